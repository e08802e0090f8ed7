//! Payloads: what an event says, as JSON.

use super::scan::{behind, split_plain_text};
use serde::{
    Deserialize, Serialize,
    de::{
        DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor,
        value::{BorrowedStrDeserializer, MapAccessDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};
use serde_json::{Value, value::RawValue};
use std::{
    borrow::Cow,
    fmt::{self, Write as _},
    slice,
    sync::Arc,
};

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
    /// ```
    /// # use annals::kernel::Payload;
    /// assert_eq!(Payload::parse(" { \"rate\": 1.10 }\n").unwrap().as_str(), "{ \"rate\": 1.10 }", "kept to the letter");
    /// ```
    ///
    /// # Errors
    /// [`PayloadError`] when it is not JSON, too deep or too long.
    pub fn parse(text: &str) -> Result<Self, PayloadError> {
        let text = text.trim_matches([' ', '\t', '\n', '\r']);
        Self::check(text).map(|()| Self(text.into()))
    }

    /// Whether a text is a payload as it stands, without white space around it.
    pub(super) fn check(text: &str) -> Result<(), PayloadError> {
        if text.len() > super::EVENT_BYTES_MAX {
            return Err(PayloadError::TooLong { bytes: text.len() });
        }
        // What can be taken apart is JSON and not deep: most payloads are asked no further.
        if take_apart(text).is_some() {
            return Ok(());
        }
        if depth(text) > Self::DEPTH_MAX {
            return Err(PayloadError::TooDeep);
        }
        match serde_json::from_str::<&RawValue>(text) {
            Ok(raw) if raw.get().len() == text.len() => Ok(()),
            Ok(_) => Err(PayloadError::NotJson { why: "white space around the value".to_owned() }),
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

/// How deep brackets lie in each other outside of texts.
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
    /// No payload of this shape has a shorter JSON text.
    pub(super) bytes_min: usize,
}

impl<'a> Shape<'a> {
    /// How many fields a flat object may have; a wider one is kept as a text.
    pub(super) const FIELDS_MAX: usize = 64;

    /// The shape of these fields; `None` where there are too many or a key recurs.
    pub(super) fn new(fields: Vec<(&'a str, Kind)>) -> Option<Self> {
        let recurs =
            |(index, (key, _)): (usize, &(&str, Kind))| fields.iter().take(index).any(|(other, _)| other == key);
        if fields.len() > Self::FIELDS_MAX || fields.iter().enumerate().any(recurs) {
            return None;
        }
        // Beside the key: two quotes, a colon, and one character at least.
        let bytes_min = fields.iter().map(|(key, _)| key.len() + 4).sum();
        Some(Self { fields, bytes_min })
    }
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
        let source = self.open()?;
        T::deserialize(source.node()).map_err(|error| error.to_string())
    }

    /// Reads a payload that is parsed already, as one that was lifted is.
    ///
    /// # Errors
    /// A sentence when it does not have the shape of a `T`.
    pub fn read_parsed<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
        T::deserialize(Node::of(value)).map_err(|error| error.to_string())
    }

    fn open(&self) -> Result<Source<'_>, String> {
        let said = |error: serde_json::Error| error.to_string();
        match self {
            Self::Flat(flat) => Ok(Source::Flat(*flat)),
            Self::Text(text) => match take_apart(text) {
                Some(parts) => Ok(Source::Parts(parts)),
                None if text.starts_with('{') => serde_json::from_str(text).map(Source::Pairs).map_err(said),
                None => serde_json::from_str(text).map(Source::Tree).map_err(said),
            },
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
                        Node::Int(number) => {
                            // Writing to a String cannot fail.
                            write!(out, "{number}").unwrap_or_default();
                        }
                        Node::Text(text) => push_text(out, text),
                        Node::Bool(truth) => out.push_str(if truth { "true" } else { "false" }),
                        Node::Null | Node::Fields(_) | Node::Tree(_) => out.push_str("null"),
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

/// What stands behind a key of a flat object that was taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    Int(i64),
    Text(Cow<'a, str>),
    Bool(bool),
    Null,
}

impl Part<'_> {
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Int(_) => Kind::Int,
            Self::Text(_) => Kind::Text,
            Self::Bool(true) => Kind::True,
            Self::Bool(false) => Kind::False,
            Self::Null => Kind::Null,
        }
    }
}

/// Takes a JSON text apart if it is a flat object and comes back to the letter.
pub(super) fn take_apart(text: &str) -> Option<Vec<(&str, Part<'_>)>> {
    let mut fields: Vec<(&str, Part<'_>)> = Vec::with_capacity(4);
    let mut rest = behind(text, b'{')?;
    if rest == "}" {
        return Some(fields);
    }
    loop {
        let (key, after_key) = split_plain_text(rest)?;
        let (part, after_part) = split_scalar(behind(after_key, b':')?)?;
        if fields.len() >= Shape::FIELDS_MAX || fields.iter().any(|(other, _)| *other == key) {
            return None;
        }
        fields.push((key, part));
        match behind(after_part, b',') {
            Some(more) => rest = more,
            None => return (after_part == "}").then_some(fields),
        }
    }
}

fn split_scalar(json: &str) -> Option<(Part<'_>, &str)> {
    if let Some((text, rest)) = split_plain_text(json) {
        return Some((Part::Text(Cow::Borrowed(text)), rest));
    }
    if json.starts_with('"') {
        return split_escaped_text(json);
    }
    let (token, rest) = json.split_at_checked(json.bytes().position(|byte| byte == b',' || byte == b'}')?)?;
    let part = match token {
        "null" => Part::Null,
        "true" => Part::Bool(true),
        "false" => Part::Bool(false),
        _ => Part::Int(whole_number(token)?),
    };
    Some((part, rest))
}

/// A text whose escapes are those that [`push_text`] would write.
fn split_escaped_text(json: &str) -> Option<(Part<'_>, &str)> {
    let mut escaped = false;
    let end = json.bytes().skip(1).position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })?;
    let (token, rest) = json.split_at_checked(end + 2)?;
    let text: String = serde_json::from_str(token).ok()?;
    let mut again = String::with_capacity(token.len());
    push_text(&mut again, &text);
    (again == token).then_some((Part::Text(Cow::Owned(text)), rest))
}

/// A whole number that fits an `i64`, written as it would be written again.
fn whole_number(token: &str) -> Option<i64> {
    let digits = token.strip_prefix('-').unwrap_or(token);
    let usual = digits.bytes().all(|byte| byte.is_ascii_digit()) && (!digits.starts_with('0') || token == "0");
    token.parse().ok().filter(|_| usual)
}

impl<'a> Flat<'a> {
    fn fields(self) -> Fields<'a> {
        let Self { shape, values, dictionary } = self;
        Fields::Flat { fields: shape.fields.iter(), values: values.iter(), dictionary }
    }
}

/// A value to be read, wherever it comes from: each type of event is read from this one, and so is compiled once.
#[derive(Clone, Debug)]
enum Node<'a> {
    Int(i64),
    Text(&'a str),
    Bool(bool),
    Null,
    /// A flat object.
    Fields(Fields<'a>),
    /// What only a parsed tree can tell: another number, an array, an object that is not flat.
    Tree(&'a Value),
}

/// The fields of an object that are still to be read.
#[derive(Clone, Debug)]
enum Fields<'a> {
    Flat { fields: slice::Iter<'a, (&'a str, Kind)>, values: slice::Iter<'a, i64>, dictionary: &'a [&'a str] },
    Parts(slice::Iter<'a, (&'a str, Part<'a>)>),
    Pairs(slice::Iter<'a, (String, Value)>),
    Tree(serde_json::map::Iter<'a>),
}

/// The fields of an object as they came: a key that recurs is there as often, for its reader to refuse.
struct Pairs(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Pairs;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

impl<'a> Node<'a> {
    fn of(tree: &'a Value) -> Self {
        match tree {
            Value::Null => Self::Null,
            Value::Bool(truth) => Self::Bool(*truth),
            Value::String(text) => Self::Text(text),
            Value::Object(fields) => Self::Fields(Fields::Tree(fields.iter())),
            Value::Number(number) => number.as_i64().map_or(Self::Tree(tree), Self::Int),
            Value::Array(_) => Self::Tree(tree),
        }
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = (&'a str, Node<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Flat { fields, values, dictionary } => {
                let (key, kind) = fields.next()?;
                let mut next = || values.next().copied().unwrap_or_default();
                let node = match kind {
                    Kind::Int => Node::Int(next()),
                    Kind::Text => {
                        let place = usize::try_from(next()).unwrap_or(usize::MAX);
                        Node::Text(dictionary.get(place).copied().unwrap_or_default())
                    }
                    Kind::True => Node::Bool(true),
                    Kind::False => Node::Bool(false),
                    Kind::Null => Node::Null,
                };
                Some((key, node))
            }
            Self::Parts(parts) => {
                let (key, part) = parts.next()?;
                let node = match part {
                    Part::Int(number) => Node::Int(*number),
                    Part::Text(text) => Node::Text(text),
                    Part::Bool(truth) => Node::Bool(*truth),
                    Part::Null => Node::Null,
                };
                Some((key, node))
            }
            Self::Pairs(pairs) => pairs.next().map(|(key, tree)| (key.as_str(), Node::of(tree))),
            Self::Tree(fields) => fields.next().map(|(key, tree)| (key.as_str(), Node::of(tree))),
        }
    }
}

/// A payload that is open to be read.
enum Source<'a> {
    Flat(Flat<'a>),
    Parts(Vec<(&'a str, Part<'a>)>),
    Pairs(Pairs),
    Tree(Value),
}

impl Source<'_> {
    fn node(&self) -> Node<'_> {
        match self {
            Self::Flat(flat) => Node::Fields(flat.fields()),
            Self::Parts(parts) => Node::Fields(Fields::Parts(parts.iter())),
            Self::Pairs(Pairs(pairs)) => Node::Fields(Fields::Pairs(pairs.iter())),
            Self::Tree(tree) => Node::of(tree),
        }
    }
}

type NodeError = serde::de::value::Error;

struct FieldAccess<'de> {
    fields: Fields<'de>,
    value: Option<Node<'de>>,
}

impl<'de> FieldAccess<'de> {
    fn of(fields: Fields<'de>) -> Self {
        Self { fields, value: None }
    }
}

impl<'de> MapAccess<'de> for FieldAccess<'de> {
    type Error = NodeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, NodeError> {
        let Some((key, value)) = self.fields.next() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(BorrowedStrDeserializer::new(key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, NodeError> {
        seed.deserialize(self.value.take().unwrap_or(Node::Null))
    }
}

impl<'de> IntoDeserializer<'de, NodeError> for Node<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Node<'de> {
    type Error = NodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NodeError> {
        match self {
            Self::Int(number) => visitor.visit_i64(number),
            Self::Text(text) => visitor.visit_borrowed_str(text),
            Self::Bool(truth) => visitor.visit_bool(truth),
            Self::Null => visitor.visit_unit(),
            Self::Fields(fields) => visitor.visit_map(FieldAccess::of(fields)),
            Self::Tree(Value::Array(items)) => visitor.visit_seq(SeqDeserializer::new(items.iter().map(Node::of))),
            Self::Tree(tree) => match tree.as_u64() {
                Some(number) => visitor.visit_u64(number),
                None => visitor.visit_f64(tree.as_f64().unwrap_or(f64::NAN)),
            },
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NodeError> {
        match self {
            Self::Null => visitor.visit_none(),
            other => visitor.visit_some(other),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, NodeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, NodeError> {
        match self {
            Self::Text(text) => BorrowedStrDeserializer::new(text).deserialize_enum(name, variants, visitor),
            Self::Fields(fields) => {
                MapAccessDeserializer::new(FieldAccess::of(fields)).deserialize_enum(name, variants, visitor)
            }
            other => other.deserialize_any(visitor),
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
        let apart = |text: &str| take_apart(text).is_some();
        assert!(apart(r#"{"amount":14860,"currency":"EUR","known":true,"memo":null}"#));
        assert!(apart(r#"{"a":"quote \" and ø"}"#));
        assert!(!apart(r#"{"a": 1}"#), "white space would be lost");
        assert!(!apart(r#"{"a":1.5}"#));
        assert!(!apart(r#"{"a":[1]}"#));
        assert!(!apart(r#"{"a":18446744073709551615}"#));
        assert!(!apart(r#"{"a":"\u0041"}"#), "the escape would be lost");
        assert!(!apart(r#"{"a":1,"a":2}"#), "a repeated key would be lost");
        for number in ["0", "-1", "9223372036854775807", "-9223372036854775808"] {
            assert!(apart(&format!(r#"{{"a":{number}}}"#)), "{number}");
        }
        for number in ["-0", "1.0", "1e3", "9223372036854775808", "-9223372036854775809"] {
            assert!(!apart(&format!(r#"{{"a":{number}}}"#)), "{number}");
        }
        let wide = |count: usize| {
            let fields: Vec<String> = (0..count).map(|number| format!(r#""f{number}":null"#)).collect();
            format!("{{{}}}", fields.join(","))
        };
        assert!(apart(&wide(Shape::FIELDS_MAX)) && !apart(&wide(Shape::FIELDS_MAX + 1)));
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    enum Tagged {
        Moved(i64),
    }
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Wrapped(Named);
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Named {
        steps: Option<u8>,
        name: Option<String>,
        #[serde(default)]
        fast: bool,
    }

    /// What a payload is read as from its parts, which must be what it is read as from its text.
    #[track_caller]
    fn read_in_parts<T: DeserializeOwned + PartialEq + fmt::Debug>(text: &str) -> Option<T> {
        let parts = take_apart(text).unwrap();
        let shape = Shape::new(parts.iter().map(|(key, part)| (*key, part.kind())).collect()).unwrap();
        let (mut values, mut dictionary) = (Vec::new(), Vec::new());
        for (_, part) in &parts {
            match part {
                Part::Int(number) => values.push(*number),
                Part::Text(text) => {
                    values.push(i64::try_from(dictionary.len()).unwrap());
                    dictionary.push(&**text);
                }
                Part::Bool(_) | Part::Null => {}
            }
        }
        let flat = PayloadView::Flat(Flat { shape: &shape, values: &values, dictionary: &dictionary });
        assert_eq!(flat.to_payload().as_str(), text);
        read_as_json::<T>(text);
        // With a space it cannot be taken apart, and is read from a tree.
        read_as_json::<T>(&text.replacen('{', "{ ", 1));
        assert_eq!(flat.read::<T>().ok(), serde_json::from_str(text).ok());
        flat.read().ok()
    }

    /// What a text is read as, which must be what JSON is read as everywhere.
    #[track_caller]
    fn read_as_json<T: DeserializeOwned + PartialEq + fmt::Debug>(text: &str) -> Option<T> {
        let read = PayloadView::Text(text).read().ok();
        assert_eq!(read, serde_json::from_str(text).ok());
        read
    }

    #[test]
    fn parts_are_read_as_their_text_is() {
        let text = r#"{"steps":7,"name":"\\ \"ø","fast":true}"#;
        assert!(read_in_parts::<Named>(text).is_some());
        assert!(read_in_parts::<Value>(text).is_some());
        assert!(read_in_parts::<Wrapped>(r#"{"steps":null,"name":null}"#).is_some());
        assert!(read_in_parts::<Option<Named>>("{}").is_some());
        assert_eq!(read_in_parts(r#"{"Moved":-3}"#), Some(Tagged::Moved(-3)));
        assert_eq!(read_in_parts::<Named>(r#"{"steps":256}"#), None);
    }

    #[test]
    fn what_cannot_be_taken_apart_is_read_as_json_is() {
        for text in [
            r#"{"steps": 7, "name": "a\u0041", "more": [1, {"x": 1.5}], "fast": true}"#,
            r#"{"steps":1.5}"#,
            r#"{"steps":18446744073709551615,"name":null}"#,
            r#"{"steps":7,"steps":8,"name":null}"#,
            r#"[7,"by place",true]"#,
            r#""Named""#,
            "null",
        ] {
            read_as_json::<Named>(text);
            read_as_json::<Option<Named>>(text);
            read_as_json::<Tagged>(text);
            assert!(read_as_json::<Value>(text).is_some());
        }
        assert_eq!(read_as_json(r#"{ "Moved":-3}"#), Some(Tagged::Moved(-3)));
        assert!(read_as_json::<(u8, f64, Vec<u64>)>("[1,1.5,[18446744073709551615]]").is_some());
    }
}
