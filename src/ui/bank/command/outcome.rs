use crate::{
    app::{
        DispatchError, Outcome, Preview,
        advice::{self, Advice},
        format,
    },
    ui::parts::Icon,
};
use leptos::prelude::*;

/// What became of the last command.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Told {
    Nothing,
    Appended(String),
    Refused(Advice),
}

/// What became of the last command; it stays until the next one.
#[component]
pub(super) fn LastOutcome(told: RwSignal<Told>, send: Callback<()>) -> impl IntoView {
    view! {
        <div role="status">
            {move || match told.get() {
                Told::Nothing => ().into_any(),
                Told::Appended(text) => view! { <p class="ok"><Icon name="check" />{text}</p> }.into_any(),
                Told::Refused(advice) => {
                    view! {
                        <div class="notice bad" role="alert">
                            <p><b>{advice.title}</b> " " {advice.text}</p>
                            <div class="acts">
                                <button type="button" class="btn s" on:click=move |_| send.run(())>"Check again and retry"</button>
                                <button type="button" class="btn s" on:click=move |_| told.set(Told::Nothing)>"Put away"</button>
                            </div>
                        </div>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}

/// What is told of it.
pub(super) fn tell(outcome: Result<Outcome, DispatchError>, preview: Option<&Preview>) -> Told {
    match outcome {
        Ok(Outcome { committed: Some(committed), overtaken_by }) => {
            let events = preview.map_or_else(
                || "it".to_owned(),
                |preview| preview.events.iter().map(|(.., event)| event.type_name()).collect::<Vec<_>>().join(" and "),
            );
            let versions: Vec<String> = committed
                .versions
                .iter()
                .map(|(stream, version)| format!("version {version} of {}", stream.id()))
                .collect();
            let after = overtaken_by.last().map(|other| {
                format!(
                    " {} wrote version {} first; this was checked again after it.",
                    other.event.actor, other.version
                )
            });
            Told::Appended(format!(
                "Saved {events}: {}, event {}.{}",
                versions.join(" and "),
                format::int(committed.position.get()),
                after.unwrap_or_default()
            ))
        }
        Ok(Outcome { committed: None, .. }) => Told::Appended("Nothing to do: it is so already.".to_owned()),
        Err(error) => Told::Refused(advice::of_dispatch_error(&error)),
    }
}
