use super::view::View;
use crate::{
    app::{RangeEnd, Travel, format},
    kernel::{Rank, Timestamp},
    ui::parts::Icon,
};
use leptos::{ev::KeyboardEvent, prelude::*};

/// The exact time and the number of the event.
#[component]
pub(super) fn WhenFields(view: View) -> impl IntoView {
    let session = view.session;
    let time = Signal::derive(move || {
        session.moment.get().at.map(|at| format::time(at, session.zone.get())).unwrap_or_default()
    });
    let event = Signal::derive(move || format::int(session.moment.get().rank.get()));
    let travel_to_time = move |text: String| match moment_typed(&text, view) {
        Some(instant) => {
            view.travel(Travel::ToInstant(instant));
            None
        }
        None => Some("A time such as 2024-01-05 14:03:12.".to_owned()),
    };
    let travel_to_event = move |text: String| {
        let head = session.moment.get_untracked().head.get();
        let digits: String = text.chars().filter(|c| !matches!(c, ',' | ' ' | '\u{a0}' | '\u{202f}')).collect();
        match digits.parse::<u32>() {
            Ok(number) if (1..=head).contains(&number) => {
                view.travel(Travel::ToRank(Rank::new(number)));
                None
            }
            Ok(_) | Err(_) => Some(format!("A number from 1 to {}.", format::int(head))),
        }
    };
    view! {
        <div class="tb-when">
            <label>
                <span class="tb-cap">"Time "</span>
                <ExactField
                    id="tb-time"
                    label="Exact time, year-month-day hour:minute:second"
                    shown=time
                    size=19
                    pattern=r"\d{4}-\d{2}-\d{2}( \d{2}:\d{2}(:\d{2})?)?"
                    apply=Callback::new(travel_to_time)
                />
            </label>
            <label class="ev">
                <span class="tb-cap">"Event "</span>
                <ExactField
                    id="tb-seq"
                    label="Event number"
                    class="in num"
                    numeric=true
                    shown=event
                    size=9
                    pattern="[0-9, ]+"
                    apply=Callback::new(travel_to_event)
                />
                <span class="dim">"of " {move || format::int(session.moment.get().head.get())}</span>
            </label>
        </div>
    }
}

/// Times are shown without fractions of a second, so a second that is typed means its end: the time that is shown for
/// an event must lead to it.
fn moment_typed(text: &str, view: View) -> Option<Timestamp> {
    let instant = format::parse_moment(text, view.session.zone.get_untracked())?;
    let is_whole = instant.as_micros().rem_euclid(Timestamp::MICROS_PER_SECOND) == 0;
    Some(if is_whole { instant.plus_micros(Timestamp::MICROS_PER_SECOND - 1) } else { instant })
}

/// The visible range, its ends and its width.
#[component]
pub(super) fn RangeFields(view: View) -> impl IntoView {
    let session = view.session;
    let end_of = move |end: RangeEnd| {
        let range = session.range.get();
        match end {
            RangeEnd::From => range.from,
            RangeEnd::To => range.to,
        }
    };
    let shown = move |end| {
        Signal::derive(move || {
            view.whole().map(|_| session.range.get().label(end_of(end), session.zone.get())).unwrap_or_default()
        })
    };
    let full = move |end| Signal::derive(move || format::time(end_of(end), session.zone.get()));
    let apply = move |end| {
        Callback::new(move |text: String| {
            match session.range.get_untracked().parse_end(end, &text, session.zone.get_untracked()) {
                Some(at) => {
                    view.set_end(end, at);
                    None
                }
                None => Some("A date such as 2024-01-05, with or without a time.".to_owned()),
            }
        })
    };
    view! {
        <div class="tb-range" role="group" aria-label="Visible range">
            <span class="br" aria-hidden="true">"["</span>
            <ExactField id="tb-r0" label="Range from" shown=shown(RangeEnd::From) title=full(RangeEnd::From) size=10 apply=apply(RangeEnd::From) />
            <span class="dim">"to"</span>
            <ExactField id="tb-r1" label="Range to" shown=shown(RangeEnd::To) title=full(RangeEnd::To) size=10 apply=apply(RangeEnd::To) />
            <span class="br" aria-hidden="true">"]"</span>
            <button class="ib" type="button" aria-label="Zoom in" title="Zoom in (+)" on:click=move |_| view.zoom(0.5)>
                <Icon name="plus" />
            </button>
            <button class="ib" type="button" aria-label="Zoom out" title="Zoom out (\u{2212})" on:click=move |_| view.zoom(2.0)>
                <Icon name="minus" />
            </button>
            <button class="ib" type="button" aria-label="Whole ledger" title="Whole ledger (0)" on:click=move |_| view.fit()>
                <Icon name="fit" />
            </button>
        </div>
    }
}

/// A text field that shows a value and, once typed into, keeps what is typed until it is taken: with Enter, or by
/// leaving. Escape gives the value back.
#[component]
fn ExactField(
    id: &'static str,
    /// The name for screen readers.
    label: &'static str,
    #[prop(default = "in")] class: &'static str,
    #[prop(into)] shown: Signal<String>,
    /// The whole value, where the field shows a part.
    #[prop(optional, into)]
    title: Option<Signal<String>>,
    size: u32,
    #[prop(optional)] pattern: Option<&'static str>,
    #[prop(optional)] numeric: bool,
    /// Takes what was typed, or says what is wrong with it.
    apply: Callback<String, Option<String>>,
) -> impl IntoView {
    let typed = RwSignal::new(None::<String>);
    let fault = RwSignal::new(None::<String>);
    let take = move || {
        let Some(text) = typed.get_untracked() else { return };
        let wrong = apply.run(text);
        if wrong.is_none() {
            typed.set(None);
        }
        fault.set(wrong);
    };
    let give_back = move || {
        typed.set(None);
        fault.set(None);
    };
    let on_key = move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" if !event.is_composing() => take(),
        "Escape" => give_back(),
        _ => {}
    };
    let fault_id = format!("{id}-fault");
    view! {
        <span class="tb-field">
            <input
                class=class
                id=id
                type="text"
                size=size
                maxlength="35"
                spellcheck="false"
                autocomplete="off"
                enterkeyhint="go"
                inputmode=numeric.then_some("numeric")
                pattern=pattern
                title=move || title.map(|title| title.get())
                aria-label=label
                aria-invalid=move || fault.get().is_some().then_some("true")
                aria-describedby=fault_id.clone()
                prop:value=move || typed.get().unwrap_or_else(|| shown.get())
                on:input:target=move |event| {
                    typed.set(Some(event.target().value()));
                    fault.set(None);
                }
                on:keydown=on_key
                on:blur=move |_| take()
            />
            <span class="tb-fault" id=fault_id role="alert">
                {move || fault.get()}
            </span>
        </span>
    }
}
