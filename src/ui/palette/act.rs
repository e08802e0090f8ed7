//! Doing what a result says.

use crate::{
    app::{
        palette::{Action, Look},
        route::{Pane, Route, Screen},
    },
    store::Theme,
    ui::session::Session,
};
use leptos::{html, prelude::*};

/// Does it. Forms are on the screens: a command with a form leads to its screen.
pub(super) fn act(session: Session, file: NodeRef<html::Input>, action: Action) {
    match action {
        Action::Travel(travel) => session.travel(travel),
        Action::Go(screen) => session.go(screen),
        Action::Deposit(number) | Action::Withdraw(number) => {
            session.go(Screen::Account { number, pane: Pane::Timeline });
        }
        Action::OpenAccount => session.go(Screen::Home),
        Action::Export => session.go(Screen::Settings),
        Action::Import => {
            if let Some(input) = file.get_untracked() {
                input.click();
            }
        }
        Action::SwitchLedger(ledger) => session.go_to(Route { ledger, ..Route::default() }),
        Action::Theme(look) => {
            let theme = match look {
                Look::System => Theme::System,
                Look::Light => Theme::Light,
                Look::Dark => Theme::Dark,
            };
            session.preferences.update(|preferences| preferences.theme = theme);
            session.save_preferences();
        }
    }
}
