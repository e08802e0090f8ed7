use super::{
    beside::{Beside, begin_here, show},
    field::{Field, Problem, money_problem},
};
use crate::{
    app::{
        BankCommand, Intent,
        advice::{self, Advice},
        format,
        route::{Pane, Screen},
    },
    bank::{Account, AccountCommand, Currency, Money},
    kernel::{Aggregate as _, Clock, Label, Position, StreamName, Version, Versions as _},
    store::LedgerKind,
    ui::{backend, parts::EventChip, session::Session},
};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

/// The name of a person's first ledger.
const BOOKS: &str = "My books";
/// How many rows the blank ledger has: more than any screen shows.
const BLANK_ROWS: u32 = 48;

/// An account that is about to be started, as it is typed.
#[derive(Clone, Copy)]
pub(super) struct AccountDraft {
    owner: RwSignal<String>,
    currency: RwSignal<Currency>,
    deposit: RwSignal<String>,
    sum: Memo<Result<Money, String>>,
    /// Whether it was sent once: only then are empty fields a mistake.
    was_sent: RwSignal<bool>,
    is_sending: RwSignal<bool>,
    refused: RwSignal<Option<String>>,
}

impl AccountDraft {
    pub(super) fn new() -> Self {
        let currency = RwSignal::new(Currency::EUR);
        let deposit = RwSignal::new("0.00".to_owned());
        let sum = Memo::new(move |_| {
            let sum = deposit.with(|text| Money::parse(text, currency.get()));
            match sum {
                Ok(sum) if sum.minor < 0 => Err("The opening deposit must not be below zero.".to_owned()),
                Ok(sum) => Ok(sum),
                Err(error) => Err(money_problem(&error)),
            }
        });
        Self {
            owner: RwSignal::new(String::new()),
            currency,
            deposit,
            sum,
            was_sent: RwSignal::new(false),
            is_sending: RwSignal::new(false),
            refused: RwSignal::new(None),
        }
    }

    fn owner_problem(&self) -> Option<String> {
        let is_missing = self.was_sent.get() && self.owner.with(|owner| owner.trim().is_empty());
        is_missing.then(|| "Name who owns the account.".to_owned())
    }

    /// Changes the currency; a sum of nothing takes its decimals.
    fn choose(&self, code: &str) {
        let Ok(currency) = Currency::parse(code) else { return };
        if self.sum.get_untracked().is_ok_and(|sum| sum.minor == 0) {
            self.deposit.set(Money::new(0, currency).to_decimal());
        }
        self.currency.set(currency);
    }
}

/// Owner, currency, opening deposit.
#[component]
pub fn AccountForm(session: Session, draft: AccountDraft) -> impl IntoView {
    let owner_problem = Signal::derive(move || draft.owner_problem());
    let sum_problem = Signal::derive(move || draft.sum.get().err());
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        draft.was_sent.set(true);
        let owner = draft.owner.get_untracked().trim().to_owned();
        if let Ok(sum) = draft.sum.get_untracked()
            && !owner.is_empty()
            && !draft.is_sending.get_untracked()
        {
            start(session, draft, &owner, sum);
        }
    };
    view! {
        <form class="own" novalidate on:submit=send>
            <Field label="Owner" problem_id="own-owner-problem" problem=owner_problem>
                <input
                    class="in"
                    autocomplete="name"
                    maxlength="200"
                    prop:value=move || draft.owner.get()
                    on:input=move |event| draft.owner.set(event_target_value(&event))
                    aria-invalid=move || owner_problem.get().map(|_| "true")
                    aria-describedby="own-owner-problem"
                />
            </Field>
            <label class="fld">
                <span>"Currency"</span>
                <select class="in" on:change=move |event| draft.choose(&event_target_value(&event))>
                    {currencies().into_iter().map(|currency| view! { <option>{currency.to_string()}</option> }).collect_view()}
                </select>
            </label>
            <Field label="Opening deposit" problem_id="own-deposit-problem" problem=sum_problem>
                <span class="money">
                    <input
                        class="in"
                        inputmode="decimal"
                        autocomplete="off"
                        prop:value=move || draft.deposit.get()
                        on:input=move |event| draft.deposit.set(event_target_value(&event))
                        aria-invalid=move || sum_problem.get().map(|_| "true")
                        aria-describedby="own-deposit-problem"
                    />
                    <em aria-hidden="true">{move || draft.currency.get().to_string()}</em>
                </span>
            </Field>
            <button class="btn" type="submit" aria-disabled=move || draft.is_sending.get().then_some("true")>
                "Open account"
            </button>
            <Problem id="own-problem" problem=draft.refused />
        </form>
    }
}

/// All currencies; the euro first.
fn currencies() -> Vec<Currency> {
    let others = Currency::all().into_iter().filter(|currency| *currency != Currency::EUR);
    std::iter::once(Currency::EUR).chain(others).collect()
}

/// The ledger as it would begin, beside the form. It only repeats what the form says, so screen readers skip it.
#[component]
pub fn BlankLedger(draft: AccountDraft) -> impl IntoView {
    let first = move || {
        let owner = draft.owner.with(|owner| owner.trim().to_owned());
        match draft.sum.get() {
            Ok(sum) if !owner.is_empty() => {
                let amount = if sum.minor == 0 { "none".to_owned() } else { format::signed(sum.minor, sum.currency) };
                view! {
                    <span class="sub">"on append"</span>
                    <EventChip event_type="AccountOpened" />
                    <span class="num" class:dim=move || sum.minor == 0 class:pos=move || sum.minor != 0>
                        {amount}
                    </span>
                    <span class="num">{format::money(sum.minor, sum.currency)}</span>
                }
                .into_any()
            }
            Ok(_) | Err(_) => view! { <span class="sub wide">"the first event goes here"</span> }.into_any(),
        }
    };
    view! {
        <div class="blank lt" aria-hidden="true">
            <div class="tr th">
                <span class="num">"Event"</span>
                <span>"Time"</span>
                <span>"Type"</span>
                <span class="num">"Amount"</span>
                <span class="num">"Balance"</span>
            </div>
            <ol>
                <li class="tr first">
                    <span class="num">"1"</span>
                    {first}
                </li>
                {(1..BLANK_ROWS).map(|_| view! { <li class="tr"></li> }).collect_view()}
            </ol>
        </div>
    }
}

/// Opens the account, and goes there.
fn start(session: Session, draft: AccountDraft, owner: &str, sum: Money) {
    let actor = session.preferences.with_untracked(|preferences| preferences.actor.clone());
    let actor = Label::new(if actor.is_empty() { owner } else { &actor });
    let owner = Label::new(owner);
    draft.is_sending.set(true);
    draft.refused.set(None);
    spawn_local(async move {
        let command = AccountCommand::Open { owner, name: Label::default(), initial_balance: sum };
        let opened = if fits_here(session) {
            open_here(session, actor, command).await
        } else {
            open_beside(session, actor, command).await
        };
        if let Err(Advice { title, text }) = opened {
            // The form is gone where the person went elsewhere meanwhile.
            draft.refused.try_set(Some(format!("{title} {text}")));
        }
        draft.is_sending.try_set(false);
    });
}

/// Whether the open ledger is empty, and neither damaged nor the demo's.
fn fits_here(session: Session) -> bool {
    let is_demo = session.current.with_untracked(|info| {
        info.as_ref().is_none_or(|info| info.kind == LedgerKind::Demo || info.id.as_str() == "demo")
    });
    let takes_events = session.ledger().is_some_and(|ledger| ledger.damage().is_none());
    session.head.get_untracked() == Position::ZERO && takes_events && !is_demo
}

fn intent(actor: Label, number: &Label, command: AccountCommand) -> Intent {
    Intent {
        actor,
        reason: "Account opened".into(),
        occurred_at: None,
        command: BankCommand::Account { number: number.clone(), command },
    }
}

async fn open_here(session: Session, actor: Label, command: AccountCommand) -> Result<(), Advice> {
    let number = session.read_untracked(|read| {
        let is_free = |name: &StreamName| read.history().version_of(name) == Version::ZERO;
        free_number(is_free)
    });
    let number = number.unwrap_or_else(|| free_number(|_| true));
    let forgotten = begin_here(session);
    match session.dispatch(intent(actor, &number, command)).await {
        Ok(_) => {
            session.go(account(&number));
            Ok(())
        }
        Err(error) => {
            if let Some((id, witness)) = forgotten {
                backend::save_witness(&id, &witness);
            }
            Err(advice::of_dispatch_error(&error))
        }
    }
}

async fn open_beside(session: Session, actor: Label, command: AccountCommand) -> Result<(), Advice> {
    let beside = Beside::make(session, BOOKS, LedgerKind::Own).await?;
    let number = free_number(|_| true);
    match beside.dispatch(&intent(actor.clone(), &number, command)).await {
        Ok(_) => {
            session.preferences.update(|preferences| preferences.actor = actor.to_string());
            show(session, &beside.hand_over(session), account(&number), Clock::Recorded);
            Ok(())
        }
        Err(error) => {
            beside.discard(session).await;
            Err(advice::of_dispatch_error(&error))
        }
    }
}

/// The first number of the form `ACC-0001` that no account has.
fn free_number(is_free: impl Fn(&StreamName) -> bool) -> Label {
    let numbers = (1u32..).map(|number| format!("ACC-{number:04}"));
    let mut free =
        numbers.filter(|number| StreamName::new(Account::CATEGORY, number).is_ok_and(|stream| is_free(&stream)));
    free.next().unwrap_or_default().into()
}

fn account(number: &Label) -> Screen {
    Screen::Account { number: number.to_string(), pane: Pane::Timeline }
}
