use super::{
    act::{click, press, type_into},
    board::{settle, until},
    find::{Find as _, attribute, description_of, words},
    stage::{Stage, withdraw},
};
use crate::{app::Travel, kernel::Position, ui::bank::BankScreen};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

const PAST: &str = "You are looking at the past. Return to live to append.";

async fn bank() -> Stage {
    let mut stage = Stage::with_books().await;
    stage.show(|session| view! { <BankScreen session /> });
    settle().await;
    stage
}

async fn fill(stage: &Stage, fields: &[(&str, &str)]) {
    for (label, text) in fields {
        type_into(&stage.field(label), text).await;
    }
}

async fn choose_withdrawal(stage: &Stage) {
    click(&stage.role("radio", "Withdraw")).await;
}

/// What is read out of why nothing was sent.
fn announced(stage: &Stage) -> String {
    words(&stage.all("p.vh[role='alert']").remove(0).text_content().unwrap_or_default())
}

fn is_disabled(button: &web_sys::Element) -> bool {
    button.matches(":disabled").expect("a selector")
}

#[wasm_bindgen_test]
async fn the_form_says_beforehand_which_event_it_appends_as_which_version_and_the_balance_then() {
    let stage = bank().await;
    fill(&stage, &[("Amount", "25"), ("Source", "rent"), ("Who", "Ada"), ("Why", "May")]).await;
    assert!(stage.says("Appends MoneyDeposited as version 6 of ACC-0001. The balance becomes EUR 125.00."));
    assert!(!is_disabled(&stage.role("button", "Deposit EUR 25.00")));
    assert_eq!(stage.head(), 7, "nothing is sent by that");
}

#[wasm_bindgen_test]
async fn the_form_says_what_is_missing() {
    let stage = bank().await;
    assert!(stage.says("Write an amount."));
    fill(&stage, &[("Amount", "25")]).await;
    assert!(stage.says("Say where it comes from."));
    assert!(is_disabled(&stage.role("button", "Deposit EUR 25.00")));
}

#[wasm_bindgen_test]
async fn an_amount_that_cannot_be_read_says_so_at_the_field() {
    let stage = bank().await;
    fill(&stage, &[("Amount", "ten")]).await;
    let amount = stage.field("Amount");
    assert_eq!(attribute(&amount, "aria-invalid"), "true");
    assert!(description_of(&amount).contains("ten"), "{}", description_of(&amount));
    fill(&stage, &[("Amount", "10")]).await;
    assert_eq!((attribute(&amount, "aria-invalid"), description_of(&amount)), (String::new(), String::new()));
}

#[wasm_bindgen_test]
async fn without_who_or_why_nothing_is_sent_and_the_form_says_so() {
    let stage = bank().await;
    for (who, why, told) in [(" ", "May", "Say who appends it."), ("Ada", " ", "Say why.")] {
        fill(&stage, &[("Amount", "25"), ("Source", "rent"), ("Who", who), ("Why", why)]).await;
        assert!(stage.says(told), "{told}");
        assert!(is_disabled(&stage.role("button", "Deposit EUR 25.00")), "{told}");
        press(&stage.field("Amount"), "Control+Enter").await;
        assert_eq!(stage.head(), 7, "{told}");
    }
}

#[wasm_bindgen_test]
async fn a_time_that_is_still_to_come_is_no_time_at_which_it_happened() {
    let stage = bank().await;
    click(&stage.role("button", "Happened earlier")).await;
    fill(&stage, &[("Amount", "25"), ("Source", "rent"), ("Who", "Ada"), ("Why", "May")]).await;
    for (when, problem, is_refused) in [
        ("2999-01-01", "It cannot have happened later than now.", true),
        ("then", "Write 2024-01-05 or 2024-01-05 14:03.", true),
        ("2024-01-02 10:00", "", false),
    ] {
        fill(&stage, &[("When it happened", when)]).await;
        assert_eq!(description_of(&stage.field("When it happened")), problem);
        assert_eq!(is_disabled(&stage.role("button", "Deposit EUR 25.00")), is_refused, "{when}");
    }
}

#[wasm_bindgen_test]
async fn a_deposit_appends_one_event_and_its_row_and_balance_appear() {
    let stage = bank().await;
    fill(&stage, &[("Amount", "25"), ("Source", "rent"), ("Who", "Ada"), ("Why", "May")]).await;
    click(&stage.role("button", "Deposit EUR 25.00")).await;
    until("it is saved", || stage.says("Saved MoneyDeposited: version 6 of ACC-0001, event 8.").then_some(())).await;
    assert_eq!(stage.head(), 8);
    let rows = stage.test_ids("timeline-row");
    let newest = rows.first().expect("a row");
    assert_eq!((attribute(newest, "data-position"), attribute(newest, "data-version")), ("8".into(), "6".into()));
    assert_eq!(rows.len(), 6);
    let balance = stage.test_id("balance");
    assert_eq!(["data-minor", "data-currency"].map(|name| attribute(&balance, name)), ["12500", "EUR"]);
    assert_eq!(stage.field("Amount").value(), "", "the form is empty again");
    assert_eq!(stage.field("Who").value(), "Ada", "but knows who writes");
}

#[wasm_bindgen_test]
async fn a_withdrawal_beyond_the_money_there_is_says_so_before_it_is_sent() {
    let stage = bank().await;
    choose_withdrawal(&stage).await;
    fill(&stage, &[("Amount", "1000"), ("Place", "Oslo"), ("Who", "Ada"), ("Why", "May")]).await;
    assert!(stage.says("EUR 1,000.00 were asked for; the account holds EUR 100.00"));
    assert!(is_disabled(&stage.role("button", "Withdraw EUR 1,000.00")));
}

#[wasm_bindgen_test]
async fn control_enter_sends_what_the_button_would() {
    let stage = bank().await;
    fill(&stage, &[("Amount", "25"), ("Source", "rent"), ("Who", "Ada"), ("Why", "May")]).await;
    press(&stage.field("Amount"), "Control+Enter").await;
    until("it is saved", || stage.says("Saved MoneyDeposited: version 6 of ACC-0001, event 8.").then_some(())).await;
    assert_eq!(announced(&stage), "");
}

#[wasm_bindgen_test]
async fn control_enter_sends_nothing_that_the_button_would_not_and_the_reason_is_read_out() {
    let stage = bank().await;
    choose_withdrawal(&stage).await;
    fill(&stage, &[("Amount", "1000"), ("Place", "Oslo"), ("Who", "Ada")]).await;
    let amount = stage.field("Amount");
    let press_keys = || press(&amount, "Control+Enter");
    press_keys().await;
    assert!(announced(&stage).contains("the account holds EUR 100.00"), "{}", announced(&stage));
    assert!(!stage.says("Refused.") && !stage.says("Not appended."), "it was not sent");
    press(&amount, "Backspace").await;
    assert_eq!(announced(&stage), "", "another key, and it can be read out once more");
    fill(&stage, &[("Amount", "10")]).await;
    press_keys().await;
    assert_eq!(announced(&stage), "Say why.");
    click(&stage.role("button", "Happened earlier")).await;
    fill(&stage, &[("Why", "May"), ("When it happened", "2999-01-01")]).await;
    press_keys().await;
    assert_eq!(announced(&stage), "It cannot have happened later than now.");
    assert_eq!(stage.head(), 7);
    fill(&stage, &[("When it happened", "")]).await;
    press_keys().await;
    until("it is sent", || (stage.head() == 8).then_some(())).await;
    assert_eq!(announced(&stage), "");
}

/// Another tab takes the money while the form still shows it.
#[wasm_bindgen_test]
async fn a_refused_command_says_why_appends_nothing_and_keeps_what_was_typed() {
    let stage = bank().await;
    choose_withdrawal(&stage).await;
    fill(&stage, &[("Amount", "50"), ("Place", "Oslo"), ("Who", "Ada"), ("Why", "May")]).await;
    stage.append_elsewhere("2024-01-07T09:00:00Z", withdraw("ACC-0001", 9_000)).await;
    click(&stage.role("button", "Withdraw EUR 50.00")).await;
    until("it is refused", || stage.says("Not appended.").then_some(())).await;
    assert!(stage.says("Teller wrote version 6 of ACC-0001 first"), "{}", stage.root().inner_text());
    assert!(stage.says("it is refused: "), "{}", stage.root().inner_text());
    assert_eq!((stage.head(), stage.test_ids("timeline-row").len()), (8, 6), "only what the other tab has written");
    assert_eq!(stage.field("Amount").value(), "50");
    click(&stage.role("button", "Check again and retry")).await;
    assert!(announced(&stage).contains("the account holds EUR 10.00"), "{}", announced(&stage));
    click(&stage.role("button", "Put away")).await;
    assert!(!stage.says("Not appended."));
    assert_eq!(stage.head(), 8);
}

#[wasm_bindgen_test]
async fn a_transfer_says_both_events_and_changes_both_accounts() {
    let stage = bank().await;
    click(&stage.role("radio", "Transfer")).await;
    fill(&stage, &[("Amount", "40"), ("To account", "ACC-0002"), ("Who", "Ada"), ("Why", "May")]).await;
    assert!(stage.says(
        "Appends TransferSent as version 6 of ACC-0001 and TransferReceived as version 3 of ACC-0002. \
         The balance becomes EUR 60.00."
    ));
    click(&stage.role("button", "Transfer EUR 40.00")).await;
    until("both are saved", || (stage.head() == 9).then_some(())).await;
    settle().await;
    let rows = stage.test_ids("account-row");
    assert!(rows[0].says("60.00") && rows[1].says("85.00"));
}

#[wasm_bindgen_test]
async fn in_the_past_the_form_is_disabled_and_says_why() {
    let stage = bank().await;
    fill(&stage, &[("Amount", "25"), ("Source", "rent"), ("Who", "Ada"), ("Why", "May")]).await;
    stage.session.travel(Travel::ToPosition(Position::new(5)));
    settle().await;
    let button = stage.role("button", "Deposit");
    let fields = stage.all("fieldset").remove(0);
    assert!(is_disabled(&button) && is_disabled(&fields) && is_disabled(&stage.field("Amount")));
    for part in [&button, &fields] {
        assert!(description_of(part).starts_with(PAST), "{}", description_of(part));
    }
    press(&stage.field("Amount"), "Control+Enter").await;
    settle().await;
    assert_eq!(stage.head(), 7);
}

#[wasm_bindgen_test]
async fn back_in_the_present_the_form_can_be_sent_with_what_was_typed() {
    let stage = bank().await;
    fill(&stage, &[("Amount", "25"), ("Source", "rent"), ("Who", "Ada"), ("Why", "May")]).await;
    stage.session.travel(Travel::ToPosition(Position::new(5)));
    settle().await;
    click(&stage.role("button", "Return to live")).await;
    assert!(!stage.says(PAST));
    assert!(!is_disabled(&stage.role("button", "Deposit EUR 25.00")));
}
