//! First run: how the first event arrives.
#![expect(unreachable_pub, reason = "the component macro makes the properties of every component public")]

mod account_form;
mod beside;
mod demo;
mod field;
mod file;
mod work;

pub(crate) use beside::{Beside, begin_here, show};
pub(crate) use field::{Field, money_problem};
pub(crate) use file::choose_file;
pub(crate) use work::{OpeningMeter, Work, WorkMeter, WorkPane, bytes, share};

use super::{
    loss::Loss,
    session::{Session, Tense},
};
use crate::app::format;
use account_form::{AccountDraft, AccountForm, BlankLedger};
use demo::DemoWay;
use file::FileWay;
use leptos::prelude::*;

/// First run: three ways in which the first event arrives. Also where a further ledger is begun.
#[component]
pub(crate) fn StartScreen(session: Session) -> impl IntoView {
    let draft = AccountDraft::new();
    let loss = Memo::new(move |_| Loss::of(session));
    let title = move || match (loss.get(), session.tense.get()) {
        (Some(loss), _) => loss.title(),
        (None, Tense::Empty) => "Nothing has happened yet.",
        (None, Tense::Live | Tense::Past) => "Begin another ledger.",
    };
    let lead = move || match session.head.get().get() {
        0 if let Some(loss) = loss.get() => loss.lead(),
        0 => "This ledger has no events. Choose how the first one arrives.".to_owned(),
        1 => "The open ledger keeps its event. What begins here becomes a ledger of its own.".to_owned(),
        head => format!(
            "The open ledger keeps its {} events. What begins here becomes a ledger of its own.",
            format::int(head)
        ),
    };
    view! {
        <section id="start" class="screen" aria-label="First run">
            <div class="wrap">
                <h1>{title}</h1>
                <p class="lead">{lead}</p>
                <DemoWay session />
                <FileWay session />
                <div class="way">
                    <div>
                        <h2>"Start an account"</h2>
                        <p>"Appends AccountOpened as event 1."</p>
                    </div>
                    <AccountForm session draft />
                </div>
                <p class="foot">
                    "Events are kept in this browser. Nothing is ever overwritten, so every ledger you start here can be replayed from event 1."
                </p>
            </div>
            <BlankLedger draft />
        </section>
    }
}
