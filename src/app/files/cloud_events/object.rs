//! JSON objects whose values are kept to the letter.

use crate::kernel::{line_run, plain_run};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::{borrow::Cow, fmt};

/// A JSON object: names and the texts of their values, in the order they stand.
#[derive(Debug, Default)]
pub(super) struct Object<'a> {
    members: Vec<(Cow<'a, str>, Json<'a>)>,
}

/// The text of one JSON value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Json<'a> {
    json: &'a str,
    /// It is a text without escapes.
    is_plain: bool,
}

impl<'a> Json<'a> {
    /// The JSON.
    pub(super) fn as_str(self) -> &'a str {
        self.json
    }

    /// The text that it stands for, if it is one.
    pub(super) fn text(self) -> Option<Cow<'a, str>> {
        if self.is_plain {
            return self.json.get(1..self.json.len() - 1).map(Cow::Borrowed);
        }
        if self.json.starts_with('"') {
            serde_json::from_str::<Text<'_>>(self.json).ok().map(|text| text.0)
        } else {
            None
        }
    }
}

impl<'a> Object<'a> {
    /// Reads an object; a sentence when it is none, or when a name stands in it twice.
    pub(super) fn parse(text: &'a str) -> Result<Self, String> {
        let mut object = Self::default();
        if scan(text, &mut |name, value| object.push(name.into(), value)) { Ok(object) } else { Self::parse_odd(text) }
    }

    /// Reads what [`scan`] gave up at.
    pub(super) fn parse_odd(text: &'a str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    /// Adds a member; tells whether its name is new.
    pub(super) fn push(&mut self, name: Cow<'a, str>, value: Json<'a>) -> bool {
        let is_new = self.get(&name).is_none();
        self.members.push((name, value));
        is_new
    }

    pub(super) fn into_members(self) -> impl Iterator<Item = (Cow<'a, str>, Json<'a>)> {
        self.members.into_iter()
    }

    pub(super) fn members(&self) -> impl Iterator<Item = (&str, Json<'a>)> {
        self.members.iter().map(|(name, value)| (name.as_ref(), *value))
    }

    /// The JSON text of a member.
    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        self.value(name).map(Json::as_str)
    }

    /// A member's text, if it is one.
    pub(super) fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        self.value(name).and_then(Json::text)
    }

    fn value(&self, name: &str) -> Option<Json<'a>> {
        self.members().find(|(other, _)| *other == name).map(|(_, value)| value)
    }
}

/// Shows the members of an object whose names have no escapes, as nearly all are, in a fraction of the time that a reader
/// for everything takes, until one is not taken. Tells whether that was all of it; `false` for other objects, and for what
/// is wrong.
pub(super) fn scan<'a>(text: &'a str, take: &mut dyn FnMut(&'a str, Json<'a>) -> bool) -> bool {
    Scan { text, bytes: text.as_bytes(), at: 0 }.object(take).is_some()
}

/// A place in a JSON text.
struct Scan<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    fn object(mut self, take: &mut dyn FnMut(&'a str, Json<'a>) -> bool) -> Option<()> {
        self.take(b'{')?;
        loop {
            self.skip_space();
            let name = self.plain_text()?;
            self.take(b':')?;
            let value = self.value()?;
            if !take(name, value) {
                return None;
            }
            if self.take(b',').is_none() {
                self.take(b'}')?;
                self.skip_space();
                return (self.at == self.bytes.len()).then_some(());
            }
        }
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    /// Takes this character and the white space before it, if it comes next.
    fn take(&mut self, character: u8) -> Option<()> {
        // Mostly there is no white space.
        if self.bytes.get(self.at) != Some(&character) {
            self.skip_space();
            if self.bytes.get(self.at) != Some(&character) {
                return None;
            }
        }
        self.at += 1;
        Some(())
    }

    /// Takes a text without escapes; gives it without its quotes.
    fn plain_text(&mut self) -> Option<&'a str> {
        let (quote, inside) = self.bytes.get(self.at..)?.split_first()?;
        let length = if *quote == b'"' { plain_run(inside) } else { return None };
        let start = self.at + 1;
        if inside.get(length) != Some(&b'"') {
            return None;
        }
        self.at = start + length + 1;
        self.text.get(start..start + length)
    }

    fn value(&mut self) -> Option<Json<'a>> {
        self.skip_space();
        let start = self.at;
        let is_plain = self.plain_text().is_some();
        if !is_plain && self.small_number().is_none() {
            let mut values = serde_json::Deserializer::from_str(self.text.get(start..)?).into_iter::<&RawValue>();
            values.next()?.ok()?;
            self.at = start + values.byte_offset();
        }
        Some(Json { json: self.text.get(start..self.at)?, is_plain })
    }

    /// Takes a whole number of one digit, the usual schema.
    fn small_number(&mut self) -> Option<()> {
        let [b'0'..=b'9', b',' | b'}', ..] = self.bytes.get(self.at..)? else { return None };
        self.at += 1;
        Some(())
    }
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
    if line_run(json.as_bytes()) < json.len() { compact(json).into() } else { json.into() }
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
                let mut object = Object::default();
                while let Some(Text(name)) = map.next_key::<Text<'de>>()? {
                    if object.get(&name).is_some() {
                        return Err(A::Error::custom(format_args!("{name:?} stands there twice")));
                    }
                    let json = map.next_value::<&RawValue>()?.get();
                    object.members.push((name, Json { json, is_plain: false }));
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
    fn what_the_quick_reader_takes_it_reads_as_the_reader_for_everything_does() {
        let members = |object: Object<'_>| -> Vec<(String, String, Option<String>)> {
            let owned = |(name, value): (&str, Json<'_>)| {
                (name.to_owned(), value.as_str().to_owned(), value.text().map(Cow::into_owned))
            };
            object.members().map(owned).collect()
        };
        for (text, is_quick) in [
            (r#"{"a":"x","b":1,"c":{"d":[1,"}"]},"e":null,"f":-1.5e3}"#, true),
            ("{ \"a\" : \"\\u00f8 \\\"\" ,\t\"b\"\r\n: [ ] } ", true),
            (r#"{"a":10,"b":0}"#, true),
            (r#"{"b\u0041":1}"#, false),
            ("{}", false),
        ] {
            let mut quick = Object::default();
            assert_eq!(scan(text, &mut |name, value| quick.push(name.into(), value)), is_quick, "{text}");
            if is_quick {
                assert_eq!(members(quick), members(Object::parse_odd(text).unwrap()), "{text}");
            }
        }
        for wrong in [
            "",
            "{",
            "{\"a\":1",
            "{\"a\":01}",
            "{\"a\":1,}",
            "{\"a\":1}}",
            "{\"a\" 1}",
            "{\"a\":x}",
            "{\"a\":\"\u{1}\"}",
        ] {
            assert!(!scan(wrong, &mut |_, _| true) && Object::parse(wrong).is_err(), "{wrong:?}");
        }
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
