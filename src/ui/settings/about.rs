use leptos::prelude::*;

/// What can be relied on, in short.
const PROMISES: [(&str, &str); 7] = [
    ("Saved means saved.", "An event counts as saved once the browser has written it to disk."),
    ("All or nothing.", "A command, a transfer or an import is appended whole or not at all, however many tabs write."),
    ("Nothing is overwritten.", "A mistake is corrected by another event; what was there stays readable."),
    (
        "Losses are told.",
        "Should the browser lose events, the next start says how many, instead of showing an empty page.",
    ),
    ("Bad input changes nothing.", "A file or an amount that is wrong is named with its row and its reason."),
    ("Same events, same figures.", "Every figure is a fold of the log and comes out the same on every device."),
    ("Nothing leaves this page.", "There is no server and no request to one; only files that you export leave."),
];

/// The promises, and which program this is.
#[component]
pub fn About() -> impl IntoView {
    view! {
        <section class="set" aria-labelledby="set-about">
            <h2 id="set-about">"What you can rely on"</h2>
            <ul class="promises">
                {PROMISES.map(|(short, long)| view! { <li><strong>{short}</strong> " " {long}</li> }).into_iter().collect_view()}
            </ul>
            <p class="sub" data-testid="version">
                "Annals " {env!("CARGO_PKG_VERSION")}
            </p>
        </section>
    }
}
