use leptos::prelude::*;

/// A hash in groups of eight digits; copied, it is in one piece.
#[expect(clippy::needless_pass_by_value, reason = "the component macro hands properties over")]
#[component]
pub(crate) fn Hash(
    /// Its digits.
    #[prop(into)]
    hash: String,
) -> impl IntoView {
    let digits: Vec<char> = hash.chars().collect();
    let groups = digits.chunks(8).map(|group| view! { <i>{group.iter().collect::<String>()}</i> }).collect_view();
    view! { <span class="hash">{groups}</span> }
}
