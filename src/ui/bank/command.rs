//! Commands of an account. The form says first which event it appends and what the balance becomes.

mod fields;
mod form;
mod kind;
mod outcome;
mod promise;

use self::{
    fields::Fields,
    form::{FormFields, KindChoice, Seldom},
    kind::Kind,
    outcome::{LastOutcome, Told, tell},
    promise::Promise,
};
use super::past_notice::{PAST, PastNotice};
use crate::{
    app::{BankCommand, DispatchError, Intent, Preview, advice, format},
    bank::Currency,
    kernel::{Label, StreamId},
    ui::{
        session::Session,
        wish::{Wish, Wishes},
    },
};
use leptos::{ev::KeyboardEvent, prelude::*, task::spawn_local};

/// Why nothing can be appended while the history is being read.
const UNREAD: &str = "Commands wait until all that happened is read.";

/// What the parts of the form share. A bundle of handles, passed by copy.
#[derive(Clone, Copy)]
struct CommandForm {
    session: Session,
    fields: Fields,
    chosen: Signal<Option<StreamId>>,
    currency: Memo<Currency>,
    /// Whether nothing can be appended at the moment shown.
    past: Memo<bool>,
    /// What the fields say; the error says what is missing.
    command: Memo<Result<BankCommand, String>>,
    /// What it would append.
    preview: Memo<Option<Result<Preview, DispatchError>>>,
    told: RwSignal<Told>,
    /// Why it was not sent when that was asked for.
    held_back: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
}

impl CommandForm {
    fn new(session: Session, chosen: Signal<Option<StreamId>>) -> Self {
        let fields = Fields::new(session.preferences.get_untracked().actor);
        let currency = Memo::new(move |_| {
            let moment = session.moment.get();
            chosen
                .get()
                .and_then(|id| {
                    session.accounts(|accounts| accounts.balances(&moment).get(id).map(|row| row.currency())).flatten()
                })
                .unwrap_or(Currency::EUR)
        });
        let command = Memo::new(move |_| {
            chosen.get().ok_or_else(String::new).and_then(|id| fields.command(session, id, currency.get()))
        });
        let preview = Memo::new(move |_| {
            let command = command.get().ok()?;
            session.preview(&command)
        });
        Self {
            session,
            fields,
            chosen,
            currency,
            past: Memo::new(move |_| !session.moment.get().is_live()),
            command,
            preview,
            told: RwSignal::new(Told::Nothing),
            held_back: RwSignal::new(None),
            busy: RwSignal::new(false),
        }
    }

    /// Why it cannot be sent, in a sentence; `None` when it can.
    fn hindrance(self) -> Option<String> {
        if self.past.get() {
            return Some(PAST.to_owned());
        }
        if self.session.commands_wait() {
            return Some(UNREAD.to_owned());
        }
        if self.busy.get() {
            return Some("The last one is still being saved.".to_owned());
        }
        match (self.command.get(), self.preview.get()) {
            (Err(missing), _) => Some(missing),
            (Ok(_), None) => Some("No ledger is open.".to_owned()),
            (Ok(_), Some(Err(error))) => Some(advice::of_dispatch_error(&error).text),
            (Ok(_), Some(Ok(_))) => {
                let untimely = || self.fields.occurred_at(self.session.zone.get()).err();
                self.fields.unsaid().or_else(untimely).map(str::to_owned)
            }
        }
    }

    /// Sends it, unless something hinders it, which is said then.
    fn send(self) {
        let hindrance = untrack(|| self.hindrance());
        self.held_back.set(hindrance.clone());
        if hindrance.is_some() {
            return;
        }
        let (fields, session) = (self.fields, self.session);
        let (who, why) = (fields.who.get_untracked(), fields.why.get_untracked());
        let (who, why) = (Label::new(who.trim()), Label::new(why.trim()));
        let occurred_at = untrack(|| fields.occurred_at(session.zone.get()));
        let (Ok(command), Ok(occurred_at)) = (self.command.get_untracked(), occurred_at) else { return };
        let intent = Intent { actor: who, reason: why, occurred_at, command };
        self.busy.set(true);
        spawn_local(async move {
            let shown = self.preview.get_untracked().and_then(Result::ok);
            let outcome = session.dispatch(intent).await;
            self.busy.set(false);
            if outcome.is_ok() {
                fields.clear();
            }
            self.told.set(tell(outcome, shown.as_ref()));
        });
    }
}

/// The form that sends commands to the account.
#[component]
pub(super) fn CommandPane(session: Session, #[prop(into)] chosen: Signal<Option<StreamId>>) -> impl IntoView {
    let form = CommandForm::new(session, chosen);
    let CommandForm { fields, past, currency, told, .. } = form;
    Effect::new(move |_| {
        chosen.track();
        told.set(Told::Nothing);
    });
    Wishes::fulfil(move |wish| {
        let kind = match wish {
            Wish::Deposit => Kind::Deposit,
            Wish::Withdraw => Kind::Withdraw,
            Wish::OpenAccount | Wish::Export => return None,
        };
        fields.kind.set(kind);
        Some("#cmd-amount")
    });
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            form.send();
        } else if form.held_back.with_untracked(Option::is_some) {
            // Said once more, it is heard once more.
            form.held_back.set(None);
        }
    };
    let stated = move || {
        let sum = (!past.get()).then(|| fields.stated(currency.get())).flatten();
        sum.map(|sum| format!(" {}", format::with_currency(sum)))
    };
    view! {
        <section class="cmd" aria-label="Append an event">
            <KindChoice fields />
            <form on:submit=move |event| { event.prevent_default(); form.send(); } on:keydown=on_key>
                <Show when=move || past.get()>
                    <PastNotice session id="why-off" />
                </Show>
                <FormFields form />
                <Show when=move || !past.get()>
                    <Seldom fields />
                </Show>
                <Promise form />
                <p class="vh" role="alert">{move || form.held_back.get()}</p>
                <div class="row">
                    <button class="btn pri" type="submit" prop:disabled=move || form.hindrance().is_some() aria-describedby=move || past.get().then_some("why-off")>
                        {move || fields.kind.get().verb()}
                        {stated}
                    </button>
                    <Show when=move || !past.get()>
                        <span class="dim">"Ctrl Enter"</span>
                    </Show>
                </div>
            </form>
            <LastOutcome told send=Callback::new(move |()| form.send()) />
        </section>
    }
}
