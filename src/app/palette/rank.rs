/// How well all words are found in the texts, 0 best; `None` where one is not found.
///
/// A text that begins with the words comes before a word that does, and that before a place within a word.
pub(super) fn rank(words: &[String], texts: &[&str]) -> Option<u8> {
    let texts: Vec<String> = texts.iter().map(|text| text.to_lowercase()).collect();
    let whole = words.join(" ");
    let found = |word: &String| {
        let in_text = |text: &String| {
            let begins = |place: usize| text.get(..place).is_none_or(|before| !before.ends_with(char::is_alphanumeric));
            text.match_indices(word.as_str()).map(|(place, _)| if begins(place) { 2 } else { 3 }).min()
        };
        texts.iter().filter_map(in_text).min()
    };
    let worst = words.iter().map(found).try_fold(0u8, |worst, rank| Some(worst.max(rank?)))?;
    Some(match texts.contains(&whole) {
        true => 0,
        false if !whole.is_empty() && texts.iter().any(|text| text.starts_with(&whole)) => 1,
        false => worst,
    })
}
