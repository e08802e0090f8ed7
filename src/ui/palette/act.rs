//! Doing what a result says.

use crate::{
    app::{
        palette::{Action, Look},
        route::{Pane, Route, Screen},
    },
    store::Theme,
    ui::{
        session::Session,
        wish::{Wish, Wishes},
    },
};
use leptos::{html, prelude::*};

/// Does it. Forms are on the screens: a command with a form leads there and into its first field.
pub(super) fn act(session: Session, wishes: Wishes, file: NodeRef<html::Input>, action: Action) {
    match action {
        Action::Travel(travel) => session.travel(travel),
        Action::Go(screen) => session.go(screen),
        Action::Deposit(number) => {
            session.go(Screen::Account { number, pane: Pane::Timeline });
            wishes.ask(Wish::Deposit);
        }
        Action::Withdraw(number) => {
            session.go(Screen::Account { number, pane: Pane::Timeline });
            wishes.ask(Wish::Withdraw);
        }
        Action::OpenAccount => {
            if !session.route.with_untracked(|route| matches!(route.screen, Screen::Home | Screen::Account { .. })) {
                session.go(Screen::Home);
            }
            wishes.ask(Wish::OpenAccount);
        }
        Action::Export => {
            session.go(Screen::Settings);
            wishes.ask(Wish::Export);
        }
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
