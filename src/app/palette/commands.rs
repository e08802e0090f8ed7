use super::{Action, Item, Kind, Look, ONLY_NOW, Place, travels::go_live};
use crate::app::route::{Pane, Screen};

/// All commands and screens in the order in which they stand when nothing is typed, with further words they go by.
pub(super) fn commands(place: &Place) -> Vec<(Item, &'static str)> {
    let item = |kind, title: String, action| Item { kind, title, hint: String::new(), action, is_blocked: false };
    let writes = |title: String, action| {
        let is_blocked = !place.moment.is_live();
        let hint = if is_blocked { ONLY_NOW.to_owned() } else { String::new() };
        Item { hint, is_blocked, ..item(Kind::Command, title, action) }
    };
    let screen = |title: &str, screen| item(Kind::Screen, title.to_owned(), Action::Go(screen));
    let mut all = vec![(go_live(&place.moment), "now present head")];
    if let Some(number) = &place.account {
        let pane = |pane| Screen::Account { number: number.clone(), pane };
        all.extend([
            (writes(format!("Deposit into {number}"), Action::Deposit(number.clone())), "pay in credit"),
            (writes(format!("Withdraw from {number}"), Action::Withdraw(number.clone())), "take out debit"),
            (screen(&format!("Statement of {number}"), pane(Pane::Statement)), "period print"),
            (screen("Alerts", pane(Pane::Alerts)), "fraud"),
            (screen("Totals by source", pane(Pane::Sources)), "sources report"),
        ]);
    }
    all.extend([
        (writes("Open a new account".to_owned(), Action::OpenAccount), "create"),
        (screen("Bank", Screen::Home), "accounts home"),
        (screen("Log", Screen::Log { event: None }), "events search"),
        (screen("Settings", Screen::Settings), "preferences zone"),
        (item(Kind::Command, "Export".to_owned(), Action::Export), "save download backup csv cloudevents"),
        (writes("Import a file".to_owned(), Action::Import), "open load csv cloudevents"),
    ]);
    let ledgers = place.ledgers.iter().map(|(id, name)| {
        (item(Kind::Ledger, format!("Switch to {name}"), Action::SwitchLedger(id.clone())), "ledger open")
    });
    all.extend(ledgers);
    let looks = [("Theme: light", Look::Light), ("Theme: dark", Look::Dark), ("Theme: as the system", Look::System)];
    all.extend(
        looks.map(|(title, look)| (item(Kind::Command, title.to_owned(), Action::Theme(look)), "appearance colours")),
    );
    all
}
