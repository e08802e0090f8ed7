use crate::ui::{
    backend::{self, Estimate},
    session::Session,
    start::{bytes, share},
};
use leptos::{prelude::*, task::spawn_local};

/// What the browser says of its storage.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Said {
    estimate: Option<Estimate>,
    is_kept: Option<bool>,
    answer: Answer,
}

/// What it answered when it was asked to keep everything.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Answer {
    #[default]
    NotAsked,
    Yes,
    No,
    CannotBeAsked,
}

/// How much room there is, and whether it is kept.
#[component]
pub fn Room(session: Session) -> impl IntoView {
    let said = RwSignal::new(Said::default());
    let look = move || {
        spawn_local(async move {
            let (estimate, is_kept) = (backend::storage_estimate().await, backend::is_storage_kept().await);
            // Where the screen was left meanwhile there is nothing to tell.
            said.try_update(|said| {
                said.estimate = estimate;
                said.is_kept = is_kept;
            });
        });
    };
    look();
    let ask = move |_| {
        spawn_local(async move {
            let answer = match backend::ask_to_keep_storage().await {
                Some(true) => Answer::Yes,
                Some(false) => Answer::No,
                None => Answer::CannotBeAsked,
            };
            said.try_update(|said| said.answer = answer);
            look();
        });
    };
    let used = move || match said.get().estimate {
        #[expect(clippy::cast_precision_loss, reason = "for a percentage")]
        Some(Estimate { usage, quota }) => {
            let percent = share(usage as f64, quota as f64) * 100.0;
            format!("{} of {} that the browser gives this site ({percent:.1} %)", bytes(usage), bytes(quota))
        }
        None => "the browser does not say".to_owned(),
    };
    let kept = move || match (session.in_memory.get(), said.get().is_kept) {
        (true, _) => "nothing: the events last until this tab is closed or reloaded",
        (false, Some(true)) => "until you delete it: the browser has promised not to clear it",
        (false, Some(false)) => "as long as there is room: the browser may clear it when the device runs short",
        (false, None) => "the browser does not say",
    };
    let answer = move || match said.get().answer {
        Answer::NotAsked => "",
        Answer::Yes => "It will keep it.",
        Answer::No => {
            "It does not promise to. Browsers do for sites that are used often or installed; export now and then."
        }
        Answer::CannotBeAsked => "This browser cannot be asked. Export now and then.",
    };
    view! {
        <section class="set" aria-labelledby="set-room">
            <h2 id="set-room">"Storage"</h2>
            <dl>
                <div>
                    <dt>"Used"</dt>
                    <dd data-testid="storage-used">{used}</dd>
                </div>
                <div>
                    <dt>"Kept"</dt>
                    <dd data-testid="storage-kept">{kept}</dd>
                </div>
            </dl>
            <div class="row">
                <Show when=move || said.get().is_kept != Some(true) && !session.in_memory.get()>
                    <button class="btn" type="button" on:click=ask>
                        "Ask the browser to keep it"
                    </button>
                </Show>
                <span class="sub" role="status">
                    {answer}
                </span>
            </div>
        </section>
    }
}
