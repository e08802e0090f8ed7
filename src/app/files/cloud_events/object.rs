//! JSON objects whose values are kept to the letter.

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::{borrow::Cow, fmt};

/// A JSON object: names and the texts of their values, in the order they stand.
#[derive(Debug, Default)]
pub(super) struct Object<'a> {
    members: Vec<(Cow<'a, str>, &'a str)>,
}

impl<'a> Object<'a> {
    /// Reads an object; a sentence when it is none, or when a name stands in it twice.
    pub(super) fn parse(text: &'a str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    pub(super) fn members(&self) -> impl Iterator<Item = (&str, &'a str)> {
        self.members.iter().map(|(name, value)| (name.as_ref(), *value))
    }

    /// The JSON text of a member.
    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        self.members().find(|(other, _)| *other == name).map(|(_, value)| value)
    }

    /// A member's text, if it is one.
    pub(super) fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        self.get(name).and_then(text_of)
    }
}

/// The text that a JSON string stands for.
pub(super) fn text_of(json: &str) -> Option<Cow<'_, str>> {
    serde_json::from_str::<Text<'_>>(json).ok().map(|text| text.0)
}

/// Writes a text as a JSON string.
pub(super) fn push_text(out: &mut String, text: &str) {
    // A text always has a JSON form.
    out.push_str(&serde_json::to_string(text).unwrap_or_default());
}

/// A JSON text without the white space around its tokens.
pub(super) fn compact(json: &str) -> String {
    let (mut out, mut in_text, mut escaped) = (String::with_capacity(json.len()), false, false);
    for character in json.chars() {
        match character {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            ' ' | '\t' | '\n' | '\r' if !in_text => continue,
            _ => {}
        }
        out.push(character);
    }
    out
}

/// The text to the letter where it stands on one line, else without white space, so that it fits one.
pub(super) fn on_one_line(json: &str) -> Cow<'_, str> {
    if json.contains(['\n', '\r']) { compact(json).into() } else { json.into() }
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor;
        impl<'de> Visitor<'de> for ObjectVisitor {
            type Value = Object<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut object = Object { members: Vec::with_capacity(16) };
                while let Some(Text(name)) = map.next_key::<Text<'de>>()? {
                    if object.get(&name).is_some() {
                        return Err(A::Error::custom(format_args!("{name:?} stands there twice")));
                    }
                    object.members.push((name, map.next_value::<&RawValue>()?.get()));
                }
                Ok(object)
            }
        }
        deserializer.deserialize_map(ObjectVisitor)
    }
}

struct Text<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_kept_to_the_letter() {
        let object = Object::parse(r#"{"a": 1.10, "b\u0041":"x\ny"}"#).unwrap();
        assert_eq!(object.get("a"), Some("1.10"));
        assert_eq!(object.text("bA").as_deref(), Some("x\ny"));
        assert_eq!(object.text("a"), None);
    }

    #[test]
    fn a_name_that_stands_twice_is_refused() {
        assert!(Object::parse(r#"{"a":1,"a":2}"#).unwrap_err().contains("\"a\" stands there twice"));
        assert!(Object::parse("[1]").is_err());
    }

    #[test]
    fn white_space_goes_only_between_tokens() {
        assert_eq!(compact("{ \"a b\" :\n [ 1 , \"\\\" \" ] }"), r#"{"a b":[1,"\" "]}"#);
        assert_eq!(on_one_line("{ \"a\" : 1 }"), "{ \"a\" : 1 }");
    }
}
