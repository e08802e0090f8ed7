//! A table of errors and what is told of each, complete by its making.

use annals::app::advice::Advice;
use std::collections::BTreeSet;

/// Names every variant of an error, and lists the names: a new variant does not compile before it is named, and its
/// table fails before it has a row.
macro_rules! variants {
    ($error:ty: $($variant:pat => $name:literal),+ $(,)?) => {
        crate::table::Variants::<$error> {
            name: |error| match error { $($variant => $name),+ },
            all: &[$($name),+],
        }
    };
}
pub(crate) use variants;

/// The variants of an error.
pub(crate) struct Variants<E> {
    pub(crate) name: fn(&E) -> &'static str,
    pub(crate) all: &'static [&'static str],
}

impl<E> Variants<E> {
    /// Fails where a variant is not among `errors`.
    #[track_caller]
    pub(crate) fn are_all_in<'a>(&self, errors: impl IntoIterator<Item = &'a E>)
    where
        E: 'a,
    {
        let named: BTreeSet<_> = errors.into_iter().map(self.name).collect();
        assert_eq!(named, self.all.iter().copied().collect());
    }
}

/// Fails where something else is told of an error than what stands beside it.
#[track_caller]
pub(crate) fn assert_told<E>(rows: &[(E, &str, &str)], tell: impl Fn(&E) -> Advice) {
    for (error, title, text) in rows {
        let advice = tell(error);
        assert_eq!((advice.title.as_str(), advice.text.as_str()), (*title, *text));
        for part in [title, text] {
            assert!(part.ends_with('.') && !part.contains("  ") && !part.contains(".."), "no sentence: {part}");
            assert!(part.starts_with(|first: char| first.is_uppercase() || "“0123456789".contains(first)), "{part}");
        }
    }
}
