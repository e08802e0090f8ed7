use super::{
    act::{click, enter},
    board::settle,
    find::{Find as _, Found, attribute},
    patch::Patch,
    stage::Stage,
};
use crate::ui::{backend, bank::BankScreen, settings::SettingsScreen, timebar::TimeBar};
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlInputElement;

/// Lets the clock on the wall be two hours ahead.
const TWO_HOURS_AHEAD: &str = "
    const original = Date.prototype.getTimezoneOffset;
    Date.prototype.getTimezoneOffset = () => -120;
    return () => { Date.prototype.getTimezoneOffset = original; };";

/// The settings above the bank.
async fn settings() -> Stage {
    let mut stage = Stage::with_books().await;
    stage.show(|session| view! { <SettingsScreen session /> });
    settle().await;
    stage
}

async fn show_bank(stage: &mut Stage) {
    stage.show(|session| view! { <BankScreen session /> });
    settle().await;
}

fn is_chosen(radio: &Found) -> bool {
    radio.dyn_ref::<HtmlInputElement>().expect("a radio button").checked()
}

/// Light or dark, as the style sheets see it.
fn theme() -> String {
    attribute(&document().document_element().expect("a page"), "data-theme")
}

#[wasm_bindgen_test]
async fn a_theme_that_is_chosen_holds_for_the_page_and_for_the_next_visit() {
    let stage = settings().await;
    assert!(is_chosen(&stage.role("radio", "As the system")));
    for (choice, name) in [("Dark", "dark"), ("Light", "light"), ("As the system", "")] {
        click(&stage.role("radio", choice)).await;
        assert_eq!(theme(), name);
        assert!(is_chosen(&stage.role("radio", choice)), "{choice}");
        let next_visit = backend::load_preferences().theme;
        assert_eq!(next_visit, stage.session.preferences.get_untracked().theme, "{choice}");
    }
}

#[wasm_bindgen_test]
async fn times_are_shown_in_the_zone_that_is_chosen() {
    let mut stage = settings().await;
    stage.show(|session| view! { <TimeBar session /> });
    let _patch = Patch::new(TWO_HOURS_AHEAD);
    let shown = |stage: &Stage| stage.field("Exact time, year-month-day hour:minute:second").value();
    for (choice, time) in [("UTC", "2024-01-06 09:00:00"), ("Local", "2024-01-06 11:00:00")] {
        click(&stage.role("radio", choice)).await;
        assert_eq!(shown(&stage), time, "{choice}");
        let next_visit = backend::load_preferences().zone;
        assert_eq!(next_visit, stage.session.preferences.get_untracked().zone, "{choice}");
    }
    show_bank(&mut stage).await;
    assert!(stage.test_ids("timeline-row")[0].says("2024-01-06 11:00:00"));
}

#[wasm_bindgen_test]
async fn who_i_am_is_who_new_events_are_by() {
    let mut stage = settings().await;
    enter(&stage.field("Name"), " Ada ").await;
    assert_eq!(backend::load_preferences().actor, "Ada");
    show_bank(&mut stage).await;
    assert_eq!(stage.field("Who").value(), "Ada");
    assert!(stage.test_ids("timeline-row")[0].says("Teller"), "events that are there keep theirs");
}
