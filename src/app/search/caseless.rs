//! Comparing texts in any case. What is looked for is given in lower case; ASCII is compared without asking for memory.

/// Whether `text` contains `part`.
pub(super) fn contains(text: &str, part: &str) -> bool {
    if !part.is_ascii() {
        return !text.is_ascii() && text.to_lowercase().contains(part);
    }
    let (text, part) = (text.as_bytes(), part.as_bytes());
    let Some((first, rest)) = part.split_first() else { return true };
    let mut left = text;
    // Most bytes are not the first of what is looked for: they are passed over one by one, the rest is compared rarely.
    while let Some(place) = left.iter().position(|byte| byte.to_ascii_lowercase() == *first) {
        left = left.get(place + 1..).unwrap_or_default();
        match left.get(..rest.len()) {
            Some(next) if next.eq_ignore_ascii_case(rest) => return true,
            Some(_) => {}
            None => return false,
        }
    }
    false
}

/// Whether `text` begins with `part`.
pub(super) fn starts_with(text: &str, part: &str) -> bool {
    match text.as_bytes().get(..part.len()) {
        Some(start) if part.is_ascii() => start.eq_ignore_ascii_case(part.as_bytes()),
        Some(_) | None => !part.is_ascii() && text.to_lowercase().starts_with(part),
    }
}

/// Whether the two are the same.
pub(super) fn equals(text: &str, other: &str) -> bool {
    if other.is_ascii() { text.eq_ignore_ascii_case(other) } else { text.to_lowercase() == other }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_does_not_matter_in_any_script() {
        for (text, part) in [
            ("account/ACC-0417", "acc-0417"),
            ("Bergen, Torget 3", "torget"),
            ("aaab", "aab"),
            ("VÅGSØY", "vågs"),
            ("VÅGSØY fyr", "fyr"),
            ("x", ""),
        ] {
            assert!(contains(text, part), "{text} {part}");
        }
        for (text, part) in [("ACC-041", "acc-0417"), ("", "a"), ("plain", "ø"), ("aab", "aac")] {
            assert!(!contains(text, part), "{text} {part}");
        }
        assert!(starts_with("FeeCharged", "feec") && !starts_with("FeeCharged", "charged") && !starts_with("F", "fee"));
        assert!(starts_with("Ørsta", "ø") && equals("ÅÅ", "åå") && equals("Account", "account") && !equals("a", "ab"));
    }
}
