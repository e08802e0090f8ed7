//! Payloads: what an event says, as JSON.

use serde::{
    Deserialize, Serialize,
    de::{DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, Visitor, value::BorrowedStrDeserializer},
    forward_to_deserialize_any,
};
use serde_json::{Value, value::RawValue};
use std::{fmt::Write as _, sync::Arc};

/// The text of one JSON value, kept to the letter as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload(Arc<str>);

/// Why a text is not taken as a payload.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    /// It is not JSON.
    #[error("not JSON: {why}")]
    NotJson {
        /// What the parser says.
        why: String,
    },
    /// Arrays and objects lie in each other more than [`Payload::DEPTH_MAX`] deep.
    #[error("nested more than {max} deep", max = Payload::DEPTH_MAX)]
    TooDeep,
    /// It is longer than [`super::EVENT_BYTES_MAX`].
    #[error("{bytes} bytes long, more than {max} are not taken", max = super::EVENT_BYTES_MAX)]
    TooLong {
        /// The length of the text.
        bytes: usize,
    },
}

impl Payload {
    /// How deep arrays and objects may lie in each other.
    pub const DEPTH_MAX: usize = 32;

    /// Takes a JSON text, without the white space around it.
    ///
    /// # Errors
    /// [`PayloadError`] when it is not JSON, too deep or too long.
    pub fn parse(text: &str) -> Result<Self, PayloadError> {
        let text = text.trim_matches([' ', '\t', '\n', '\r']);
        if text.len() > super::EVENT_BYTES_MAX {
            return Err(PayloadError::TooLong { bytes: text.len() });
        }
        if depth(text) > Self::DEPTH_MAX {
            return Err(PayloadError::TooDeep);
        }
        match serde_json::from_str::<&RawValue>(text) {
            Ok(raw) => Ok(Self(raw.get().into())),
            Err(error) => Err(PayloadError::NotJson { why: error.to_string() }),
        }
    }

    /// Writes a value as JSON.
    ///
    /// # Errors
    /// [`PayloadError`] when the value has no JSON form, or one that is too deep or too long.
    pub fn of<T: Serialize>(value: &T) -> Result<Self, PayloadError> {
        match serde_json::to_string(value) {
            Ok(text) => Self::parse(&text),
            Err(error) => Err(PayloadError::NotJson { why: error.to_string() }),
        }
    }

    /// The JSON text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The value as a tree.
    pub fn to_value(&self) -> Value {
        serde_json::from_str(&self.0).unwrap_or(Value::Null)
    }

    /// The same payload, borrowed.
    pub fn view(&self) -> PayloadView<'_> {
        PayloadView::Text(&self.0)
    }

    pub(super) fn from_valid(text: &str) -> Self {
        Self(text.into())
    }
}

/// How deep brackets lie in each other outside of texts; counts no further than needed to refuse.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest, mut in_text, mut escaped) = (0usize, 0usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// What stands behind a key of a flat object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    /// A whole number that fits an `i64`.
    Int,
    /// A text, by its place in the dictionary.
    Text,
    True,
    False,
    Null,
}

/// The keys of a flat object, in their order, and what stands behind each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shape<'a> {
    pub(super) fields: Vec<(&'a str, Kind)>,
}

/// A payload as a log shows it: its text, or the parts it was taken apart into.
#[derive(Clone, Copy, Debug)]
pub enum PayloadView<'a> {
    /// The JSON text.
    Text(&'a str),
    /// A flat object in parts.
    Flat(Flat<'a>),
}

/// A flat object: its keys, and one number for each whole number or text in it.
#[derive(Clone, Copy, Debug)]
pub struct Flat<'a> {
    pub(super) shape: &'a Shape<'a>,
    pub(super) values: &'a [i64],
    pub(super) dictionary: &'a [&'a str],
}

impl PayloadView<'_> {
    /// Reads the payload as a `T`.
    ///
    /// # Errors
    /// A sentence when the payload does not have the shape of a `T`.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, String> {
        match self {
            Self::Text(text) => serde_json::from_str(text).map_err(|error| error.to_string()),
            Self::Flat(flat) => T::deserialize(*flat).map_err(|error| error.to_string()),
        }
    }

    /// Appends the JSON text.
    pub fn write_json(&self, out: &mut String) {
        match self {
            Self::Text(text) => out.push_str(text),
            Self::Flat(flat) => {
                out.push('{');
                for (index, (key, scalar)) in flat.fields().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    push_text(out, key);
                    out.push(':');
                    match scalar {
                        Scalar::Int(number) => {
                            // Writing to a String cannot fail.
                            write!(out, "{number}").unwrap_or_default();
                        }
                        Scalar::Text(text) => push_text(out, text),
                        Scalar::Bool(truth) => out.push_str(if truth { "true" } else { "false" }),
                        Scalar::Null => out.push_str("null"),
                    }
                }
                out.push('}');
            }
        }
    }

    /// The same payload, owned.
    pub fn to_payload(&self) -> Payload {
        let mut text = String::new();
        self.write_json(&mut text);
        Payload::from_valid(&text)
    }
}

fn push_text(out: &mut String, text: &str) {
    if text.bytes().all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\' && byte != 0x7f) {
        out.push('"');
        out.push_str(text);
        out.push('"');
    } else {
        out.push_str(&Value::from(text).to_string());
    }
}

/// The fields of a flat object, and a number for each whole number or text in it.
pub(super) type Parts = (Vec<(String, Kind)>, Vec<i64>);

/// Takes a JSON text apart if it is a flat object and comes back to the letter; the texts in it are handed to
/// `place`, which answers with their place in a dictionary.
pub(super) fn take_apart(text: &str, mut place: impl FnMut(&str) -> i64) -> Option<Parts> {
    let Ok(Value::Object(object)) = serde_json::from_str::<Value>(text) else { return None };
    let mut kinds = Vec::with_capacity(object.len());
    let mut rendered = String::with_capacity(text.len());
    rendered.push('{');
    for (key, value) in &object {
        if rendered.len() > 1 {
            rendered.push(',');
        }
        push_text(&mut rendered, key);
        rendered.push(':');
        let kind = match value {
            Value::Null => Kind::Null,
            Value::Bool(true) => Kind::True,
            Value::Bool(false) => Kind::False,
            Value::Number(number) if number.is_i64() => Kind::Int,
            Value::String(_) => Kind::Text,
            Value::Number(_) | Value::Array(_) | Value::Object(_) => return None,
        };
        match value {
            Value::String(text) => push_text(&mut rendered, text),
            other => write!(rendered, "{other}").ok()?,
        }
        kinds.push((key.clone(), kind));
    }
    rendered.push('}');
    if rendered != text {
        return None;
    }
    let values = object
        .values()
        .filter_map(|value| match value {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => Some(place(text)),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        })
        .collect();
    Some((kinds, values))
}

#[derive(Clone, Copy)]
enum Scalar<'a> {
    Int(i64),
    Text(&'a str),
    Bool(bool),
    Null,
}

impl<'a> Flat<'a> {
    fn fields(self) -> impl Iterator<Item = (&'a str, Scalar<'a>)> {
        let mut values = self.values.iter().copied();
        let mut next = move || values.next().unwrap_or_default();
        self.shape.fields.iter().map(move |(key, kind)| {
            let scalar = match kind {
                Kind::Int => Scalar::Int(next()),
                Kind::Text => {
                    let place = usize::try_from(next()).unwrap_or(usize::MAX);
                    Scalar::Text(self.dictionary.get(place).copied().unwrap_or_default())
                }
                Kind::True => Scalar::Bool(true),
                Kind::False => Scalar::Bool(false),
                Kind::Null => Scalar::Null,
            };
            (*key, scalar)
        })
    }
}

type FlatError = serde::de::value::Error;

impl<'de> Deserializer<'de> for Flat<'de> {
    type Error = FlatError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FlatError> {
        visitor.visit_map(FieldAccess { fields: self.fields(), value: None })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct FieldAccess<'de, I: Iterator<Item = (&'de str, Scalar<'de>)>> {
    fields: I,
    value: Option<Scalar<'de>>,
}

impl<'de, I: Iterator<Item = (&'de str, Scalar<'de>)>> MapAccess<'de> for FieldAccess<'de, I> {
    type Error = FlatError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, FlatError> {
        let Some((key, value)) = self.fields.next() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(BorrowedStrDeserializer::new(key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, FlatError> {
        seed.deserialize(self.value.take().unwrap_or(Scalar::Null))
    }
}

impl<'de> Deserializer<'de> for Scalar<'de> {
    type Error = FlatError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FlatError> {
        match self {
            Self::Int(number) => visitor.visit_i64(number),
            Self::Text(text) => visitor.visit_borrowed_str(text),
            Self::Bool(flag) => visitor.visit_bool(flag),
            Self::Null => visitor.visit_unit(),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FlatError> {
        match self {
            Self::Null => visitor.visit_none(),
            Self::Int(_) | Self::Text(_) | Self::Bool(_) => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, FlatError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, FlatError> {
        match self {
            Self::Text(text) => BorrowedStrDeserializer::new(text).deserialize_enum(name, variants, visitor),
            Self::Int(_) | Self::Bool(_) | Self::Null => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct identifier ignored_any
    }
}

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Self::parse(raw.get()).map_err(serde::de::Error::custom)
    }
}

impl Serialize for Payload {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serde_json::from_str::<&RawValue>(&self.0) {
            Ok(raw) => raw.serialize(serializer),
            Err(error) => Err(serde::ser::Error::custom(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_kept_to_the_letter() {
        for text in [r#"{"amount":14860,"currency":"EUR"}"#, r#"{ "a" : 1.10 }"#, "[1,2]", "null", r#""x""#] {
            assert_eq!(Payload::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn what_is_not_json_too_deep_or_too_long_is_refused() {
        assert!(matches!(Payload::parse("{"), Err(PayloadError::NotJson { .. })));
        assert!(matches!(Payload::parse("{} {}"), Err(PayloadError::NotJson { .. })));
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(Payload::parse(&nested(32)).is_ok());
        assert_eq!(Payload::parse(&nested(33)), Err(PayloadError::TooDeep));
        assert_eq!(Payload::parse(&nested(100_000)).err(), Some(PayloadError::TooLong { bytes: 200_000 }));
        assert!(Payload::parse(&format!("\"{}\"", "[".repeat(40))).is_ok(), "brackets in a text do not nest");
    }

    #[test]
    fn only_what_comes_back_to_the_letter_is_taken_apart() {
        let apart = |text: &str| take_apart(text, |_| 0).is_some();
        assert!(apart(r#"{"amount":14860,"currency":"EUR","known":true,"memo":null}"#));
        assert!(apart(r#"{"a":"quote \" and ø"}"#));
        assert!(!apart(r#"{"a": 1}"#), "white space would be lost");
        assert!(!apart(r#"{"a":1.5}"#));
        assert!(!apart(r#"{"a":[1]}"#));
        assert!(!apart(r#"{"a":18446744073709551615}"#));
        assert!(!apart(r#"{"a":"\u0041"}"#), "the escape would be lost");
        assert!(!apart(r#"{"a":1,"a":2}"#), "a repeated key would be lost");
    }
}
