//! Texts as a journal can carry them.

use std::fmt::Write as _;

/// A text as one segment of an account's name. What would end the name, part it or be trimmed off it is written as
/// `%` and its code, and so is `%`, so that different texts stay different.
pub(super) fn segment(text: &str) -> String {
    if text.trim().is_empty() {
        return if text.is_empty() { "unknown".to_owned() } else { escaped(text) };
    }
    escaped(text)
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let last = text.chars().count().saturating_sub(1);
    for (index, character) in text.chars().enumerate() {
        let is_inner_blank = character == ' ' && index > 0 && index < last && !out.ends_with(' ');
        let is_odd = (character.is_whitespace() && !is_inner_blank)
            || character.is_control()
            || matches!(character, ':' | ';' | '%' | '|' | '"')
            || is_format(character);
        if is_odd {
            write!(out, "%{:02X}", u32::from(character)).unwrap_or_default();
        } else {
            out.push(character);
        }
    }
    out
}

/// Characters that show nothing and that programs treat as they like.
fn is_format(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A text as the description of a transaction: on one line, without what begins a comment or parts payee and note.
pub(super) fn description(text: &str) -> String {
    let clean: String = text
        .chars()
        .map(|character| match character {
            ';' => ',',
            '|' => '/',
            odd if odd.is_whitespace() || odd.is_control() || is_format(odd) => ' ',
            other => other,
        })
        .collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text as the value of a tag, which a comma would end.
pub(super) fn tag_value(text: &str) -> String {
    description(text).replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_segment_and_stay_different() {
        for (text, written) in [
            ("ACC-1", "ACC-1"),
            ("a b", "a b"),
            ("a  b", "a %20b"),
            (" a ", "%20a%20"),
            ("a:b", "a%3Ab"),
            ("a%3Ab", "a%253Ab"),
            ("a;b\nc", "a%3Bb%0Ac"),
            ("a\u{a0}b", "a%A0b"),
            ("", "unknown"),
            ("  ", "%20%20"),
        ] {
            assert_eq!(segment(text), written);
        }
    }

    #[test]
    fn a_description_is_one_line_without_comment() {
        assert_eq!(description(" rent; May | *late*\r\n\tsecond  line "), "rent, May / *late* second line");
        assert_eq!(tag_value("a,b\nc"), "a%2Cb c");
    }
}
