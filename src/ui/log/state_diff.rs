use super::view::LogView;
use crate::app::diff::{FieldDiff, FoldDiff, diff};
use leptos::prelude::*;

/// How many changed folds are open from the beginning.
const OPEN: usize = 2;

/// The folds before and after the event, field by field.
#[component]
pub(super) fn StateDiff(
    /// What the parts of the log share.
    log: LogView,
) -> impl IntoView {
    let folds = Memo::new(move |_| {
        let (position, clock, zone) = (log.chosen.get(), log.session().playhead.get().clock, log.session().zone.get());
        log.session().read(|read| diff(read, position, clock, zone)).unwrap_or_default()
    });
    let counted = move || {
        folds.with(|(changed, untouched)| {
            let fold = if changed.len() == 1 { "fold" } else { "folds" };
            format!("{} {fold} changed, {untouched} did not", changed.len())
        })
    };
    view! {
        <section aria-labelledby="log-diff" data-testid="log-diff">
            <h2 id="log-diff">"State before and after " <span class="count">{counted}</span></h2>
            {move || {
                let folds = folds.get().0;
                folds.into_iter().enumerate().map(|(index, fold)| view! { <Fold fold open=index < OPEN /> }).collect_view()
            }}
        </section>
    }
}

#[component]
fn Fold(fold: FoldDiff, open: bool) -> impl IntoView {
    let counted = match fold.unchanged {
        0 => format!("{} changed", fold.changed.len()),
        unchanged => format!("{} changed, {unchanged} unchanged", fold.changed.len()),
    };
    view! {
        <details class="fold-d" open=open>
            <summary>
                <b class="mono">{fold.name}</b>
                <span class="count">{counted}</span>
            </summary>
            <table class="diff">
                <thead>
                    <tr>
                        <th scope="col">"Field"</th>
                        <th scope="col">"Before"</th>
                        <th scope="col">"After"</th>
                    </tr>
                </thead>
                <tbody>{fold.changed.into_iter().map(|field| view! { <Field field /> }).collect_view()}</tbody>
            </table>
        </details>
    }
}

#[component]
fn Field(field: FieldDiff) -> impl IntoView {
    let cell = |value: Option<String>, class: &'static str| match value {
        // An empty text is there, and would be seen as nothing.
        Some(value) if value.is_empty() => ("\u{201c}\u{201d}".to_owned(), class),
        Some(value) => (value, class),
        None => ("absent".to_owned(), "same"),
    };
    let (before, was) = cell(field.before, "was");
    let (after, now) = cell(field.after, "now");
    view! {
        <tr>
            <th scope="row">{field.field}</th>
            <td class=was>{before}</td>
            <td class=now>{after}</td>
        </tr>
    }
}
