use super::{CommandForm, UNREAD, outcome::Told};
use crate::app::{Preview, advice, format};
use leptos::prelude::*;

/// What the command will do, in words, before it is sent; or what is missing.
#[component]
pub(super) fn Promise(form: CommandForm) -> impl IntoView {
    move || {
        if form.past.get() {
            return ().into_any();
        }
        if form.session.commands_wait() {
            return view! { <p class="then">{UNREAD}</p> }.into_any();
        }
        match (form.command.get(), form.preview.get()) {
            // What became of the last command is told beneath: the next one is not begun.
            (Err(_), _) if form.told.get() != Told::Nothing => ().into_any(),
            (Err(missing), _) => view! { <p class="then">{missing}</p> }.into_any(),
            (Ok(_), Some(Err(error))) => {
                view! { <p class="then neg">{advice::of_dispatch_error(&error).text}</p> }.into_any()
            }
            (Ok(_), Some(Ok(preview))) => match form.fields.unsaid() {
                Some(unsaid) => view! { <p class="then">{unsaid}</p> }.into_any(),
                None => promised(&preview),
            },
            (Ok(_), None) => ().into_any(),
        }
    }
}

fn promised(preview: &Preview) -> AnyView {
    if preview.events.is_empty() {
        return view! { <p class="then">"There is nothing to do: it is so already."</p> }.into_any();
    }
    let count = preview.events.len();
    let events = preview.events.iter().enumerate().map(|(index, (stream, version, event))| {
        let and = if index + 1 < count { " and " } else { "" };
        view! { <b>{event.type_name()}</b> {format!(" as version {version} of {}{and}", stream.id())} }
    });
    let events = events.collect_view();
    let then = preview.balance.map(|sum| format!(" The balance becomes {}.", format::with_currency(sum)));
    view! { <p class="then">"Appends " {events} "." <span class="nw">{then}</span></p> }.into_any()
}
