use super::super::parts::Icon;
use super::number_of;
use crate::{
    app::{
        BankCommand, DispatchError, Intent, Outcome, Preview, Travel,
        advice::{self, Advice},
        format::{self, Zone},
    },
    bank::{AccountCommand, Currency, DayCount, Money, RateBps, interest},
    kernel::{Clock, Label, StreamId, Timestamp},
    ui::session::Session,
};
use leptos::{prelude::*, task::spawn_local};

/// How many accounts are suggested for a transfer; any other can be typed.
const SUGGESTED_MAX: usize = 500;

/// The commands of an account, as the form offers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Deposit,
    Withdraw,
    Transfer,
    Interest,
    Fee,
    Overdraft,
    Close,
}

impl Kind {
    const ALL: [Self; 7] =
        [Self::Deposit, Self::Withdraw, Self::Transfer, Self::Interest, Self::Fee, Self::Overdraft, Self::Close];

    fn title(self) -> &'static str {
        match self {
            Self::Deposit => "Deposit",
            Self::Withdraw => "Withdraw",
            Self::Transfer => "Transfer",
            Self::Interest => "Interest",
            Self::Fee => "Fee",
            Self::Overdraft => "Overdraft",
            Self::Close => "Close",
        }
    }

    /// What the extra text field is called, where there is one.
    fn extra(self) -> Option<&'static str> {
        match self {
            Self::Deposit => Some("Source"),
            Self::Withdraw => Some("Place"),
            Self::Transfer => Some("To account"),
            Self::Fee => Some("Fee for"),
            Self::Interest | Self::Overdraft | Self::Close => None,
        }
    }
}

/// What the fields of the form hold.
#[derive(Clone, Copy)]
struct Fields {
    kind: RwSignal<Kind>,
    amount: RwSignal<String>,
    extra: RwSignal<String>,
    who: RwSignal<String>,
    why: RwSignal<String>,
    when: RwSignal<String>,
    rate: RwSignal<String>,
    from: RwSignal<String>,
    to: RwSignal<String>,
    day_count: RwSignal<DayCount>,
}

/// What became of the last command.
#[derive(Clone, Debug, PartialEq)]
enum Told {
    Nothing,
    Appended(String),
    Refused(Advice),
}

/// The form that sends commands to the account. It says first which event it appends and what the balance becomes.
#[expect(clippy::too_many_lines, reason = "most of them are markup")]
#[component]
pub(super) fn CommandPane(session: Session, #[prop(into)] chosen: Signal<Option<StreamId>>) -> impl IntoView {
    let fields = Fields {
        kind: RwSignal::new(Kind::Deposit),
        amount: RwSignal::new(String::new()),
        extra: RwSignal::new(String::new()),
        who: RwSignal::new(session.preferences.get_untracked().actor),
        why: RwSignal::new(String::new()),
        when: RwSignal::new(String::new()),
        rate: RwSignal::new("1.50".to_owned()),
        from: RwSignal::new(String::new()),
        to: RwSignal::new(String::new()),
        day_count: RwSignal::new(DayCount::default()),
    };
    let told = RwSignal::new(Told::Nothing);
    let busy = RwSignal::new(false);
    let past = Memo::new(move |_| !session.moment.get().is_live());
    let currency = Memo::new(move |_| {
        let moment = session.moment.get();
        chosen
            .get()
            .and_then(|id| session.read(|read| read.balances(&moment).get(id).map(|row| row.currency)).flatten())
            .unwrap_or(Currency::EUR)
    });
    let command = Memo::new(move |_| {
        chosen.get().ok_or_else(String::new).and_then(|id| fields.command(session, id, currency.get()))
    });
    let preview = Memo::new(move |_| {
        session.head.track();
        let command = command.get().ok()?;
        session.ledger().map(|ledger| ledger.preview(&command))
    });
    Effect::new(move |_| {
        chosen.track();
        told.set(Told::Nothing);
    });
    let send = move || {
        let (Ok(command), false, false) = (command.get_untracked(), past.get_untracked(), busy.get_untracked()) else {
            return;
        };
        let zone = session.zone.get_untracked();
        let occurred_at = Some(fields.when.get_untracked())
            .filter(|text| !text.trim().is_empty())
            .and_then(|text| format::parse_moment(&text, zone));
        let intent = Intent {
            actor: Label::new(fields.who.get_untracked().trim()),
            reason: Label::new(fields.why.get_untracked().trim()),
            occurred_at,
            command,
        };
        busy.set(true);
        spawn_local(async move {
            let shown = preview.get_untracked().and_then(Result::ok);
            let outcome = session.dispatch(intent).await;
            busy.set(false);
            if outcome.is_ok() {
                fields.clear();
            }
            told.set(tell(outcome, shown.as_ref()));
        });
    };
    view! {
        <section class="cmd" aria-label="Append an event">
            <KindChoice fields past />
            <form on:submit=move |event| { event.prevent_default(); send(); }
                on:keydown=move |event| if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) { event.prevent_default(); send(); }>
                <Show when=move || past.get()>
                    <PastNotice session />
                </Show>
                <FormFields session fields currency past chosen />
                <Promise command preview past fields />
                <div class="row">
                    <button class="btn pri" type="submit" prop:disabled=move || past.get() || busy.get() || !matches!(preview.get(), Some(Ok(_))) || fields.who.get().trim().is_empty()
                        aria-describedby=move || past.get().then_some("why-off")>
                        {move || fields.kind.get().title()}
                        {move || (!past.get()).then(|| fields.stated(currency.get())).flatten().map(|sum| format!(" {}", format::with_currency(sum)))}
                    </button>
                    <Show when=move || !past.get()>
                        <span class="dim">"Ctrl Enter"</span>
                    </Show>
                </div>
            </form>
            <LastOutcome told send=Callback::new(move |()| send()) />
        </section>
    }
}

#[component]
fn KindChoice(fields: Fields, past: Memo<bool>) -> impl IntoView {
    let option = move |kind: Kind| {
        view! {
            <label>
                <input type="radio" name="command" value=kind.title() prop:checked=move || fields.kind.get() == kind prop:disabled=move || past.get() on:change=move |_| fields.kind.set(kind) />
                <span>{kind.title()}</span>
            </label>
        }
    };
    view! { <div class="seg full wrap" role="radiogroup" aria-label="Command">{Kind::ALL.map(option).collect_view()}</div> }
}

/// Why nothing can be appended here, and the way back.
#[component]
pub(super) fn PastNotice(session: Session) -> impl IntoView {
    view! {
        <div class="notice" id="why-off">
            <p>"You are looking at the past. Return to live to append."</p>
            <div class="acts">
                <button type="button" class="btn s" on:click=move |_| session.travel(Travel::GoLive)>"Return to live"</button>
            </div>
        </div>
    }
}

#[component]
fn FormFields(
    session: Session,
    fields: Fields,
    currency: Memo<Currency>,
    past: Memo<bool>,
    chosen: Signal<Option<StreamId>>,
) -> impl IntoView {
    let has_amount = move || !matches!(fields.kind.get(), Kind::Interest | Kind::Close);
    let amount_error = move || {
        let text = fields.amount.get();
        (!text.trim().is_empty())
            .then(|| Money::parse(&text, currency.get()).err())
            .flatten()
            .map(|error| error.to_string())
    };
    let when_error = move || {
        let text = fields.when.get();
        (!text.trim().is_empty() && format::parse_moment(&text, session.zone.get()).is_none())
            .then_some("Write 2024-01-05 or 2024-01-05 14:03.")
    };
    let text = move |label: &'static str, class: &'static str, value: RwSignal<String>, list: Option<&'static str>| {
        view! {
            <label class=class>
                <span>{label}</span>
                <input class="in" list=list autocomplete="off" prop:value=move || value.get() on:input=move |event| value.set(event_target_value(&event)) />
            </label>
        }
    };
    let others = move || {
        let (moment, own, currency) = (session.moment.get(), chosen.get(), currency.get());
        let open = session.read(|read| {
            let numbers: Vec<(StreamId, String)> = read
                .history()
                .streams()
                .filter(|(id, _)| Some(*id) != own)
                .map(|(id, entry)| (id, entry.name.id().to_owned()))
                .collect();
            let balances = read.balances(&moment);
            let open = |id: StreamId| balances.get(id).filter(|row| !row.closed && row.currency == currency);
            numbers
                .into_iter()
                .filter_map(|(id, number)| open(id).map(|row| (number, row.title().to_string())))
                .take(SUGGESTED_MAX)
                .collect::<Vec<_>>()
        });
        open.unwrap_or_default()
    };
    view! {
        <fieldset prop:disabled=move || past.get() aria-describedby=move || past.get().then_some("why-off")>
            <Show when=has_amount>
                <label class="fld">
                    <span>{move || if fields.kind.get() == Kind::Overdraft { "Limit" } else { "Amount" }}</span>
                    <span class="money">
                        <input class="in" inputmode="decimal" autocomplete="off" aria-invalid=move || amount_error().map(|_| "true") prop:value=move || fields.amount.get() on:input=move |event| fields.amount.set(event_target_value(&event)) />
                        <em>{move || currency.get().to_string()}</em>
                    </span>
                    {move || amount_error().map(|error| view! { <span class="err">{error}</span> })}
                </label>
            </Show>
            <Show when=move || fields.kind.get() == Kind::Interest>
                {text("Rate, % a year", "fld", fields.rate, None)}
                <label class="fld">
                    <span>"Day count"</span>
                    <select class="in" on:change=move |event| fields.day_count.set(if event_target_value(&event) == "Actual/360" { DayCount::Actual360 } else { DayCount::Actual365 })>
                        <option>"Actual/365"</option>
                        <option>"Actual/360"</option>
                    </select>
                </label>
                {text("From day", "fld", fields.from, None)}
                {text("To day, not counted", "fld", fields.to, None)}
            </Show>
            {text("Who", "fld", fields.who, None)}
            {move || fields.kind.get().extra().map(|label| text(label, "fld w", fields.extra, (label == "To account").then_some("accounts-list")))}
            <datalist id="accounts-list">
                {move || (fields.kind.get() == Kind::Transfer).then(|| others().into_iter().map(|(number, title)| view! { <option value=number>{title}</option> }).collect_view())}
            </datalist>
            {text("Why", "fld w", fields.why, None)}
            <details class="w back">
                <summary>"Happened earlier"</summary>
                <label class="fld">
                    <span>"When it happened"</span>
                    <input class="in" placeholder="2024-01-05 14:03" autocomplete="off" aria-invalid=move || when_error().map(|_| "true") prop:value=move || fields.when.get() on:input=move |event| fields.when.set(event_target_value(&event)) />
                    {move || when_error().map(|error| view! { <span class="err">{error}</span> })}
                </label>
            </details>
        </fieldset>
    }
}

/// What the command will do, in words, before it is sent.
#[component]
fn Promise(
    command: Memo<Result<BankCommand, String>>,
    preview: Memo<Option<Result<Preview, DispatchError>>>,
    past: Memo<bool>,
    fields: Fields,
) -> impl IntoView {
    move || {
        if past.get() {
            return ().into_any();
        }
        match (command.get(), preview.get()) {
            (Err(missing), _) => view! { <p class="then">{missing}</p> }.into_any(),
            (Ok(_), Some(Err(error))) => {
                view! { <p class="then neg">{advice::of_dispatch_error(&error).text}</p> }.into_any()
            }
            (Ok(_), Some(Ok(_))) if fields.who.get().trim().is_empty() => {
                view! { <p class="then">"Say who appends it."</p> }.into_any()
            }
            (Ok(_), Some(Ok(preview))) => {
                let events = preview.events.iter().map(|(stream, version, event)| {
                    view! { <b>{event.type_name()}</b> {format!(" as version {version} of {}", stream.id())} }
                });
                let events = joined(events.collect());
                let then = preview.balance.map(|sum| format!(" The balance becomes {}.", format::with_currency(sum)));
                if preview.events.is_empty() {
                    view! { <p class="then">"There is nothing to do: it is so already."</p> }.into_any()
                } else {
                    view! { <p class="then">"Appends " {events} "." <span class="nw">{then}</span></p> }.into_any()
                }
            }
            (Ok(_), None) => ().into_any(),
        }
    }
}

/// Puts "and" between views.
fn joined(views: Vec<impl IntoView + 'static>) -> AnyView {
    let count = views.len();
    views
        .into_iter()
        .enumerate()
        .map(|(index, view)| view! { {view} {(index + 1 < count).then_some(" and ")} })
        .collect_view()
        .into_any()
}

/// What became of the last command; it stays until the next one.
#[component]
fn LastOutcome(told: RwSignal<Told>, send: Callback<()>) -> impl IntoView {
    view! {
        <div role="status">
            {move || match told.get() {
                Told::Nothing => ().into_any(),
                Told::Appended(text) => view! { <p class="ok"><Icon name="check" />{text}</p> }.into_any(),
                Told::Refused(advice) => {
                    view! {
                        <div class="notice bad" role="alert">
                            <p><b>{advice.title}</b> " " {advice.text}</p>
                            <div class="acts">
                                <button type="button" class="btn s" on:click=move |_| send.run(())>"Check again and retry"</button>
                                <button type="button" class="btn s" on:click=move |_| told.set(Told::Nothing)>"Put away"</button>
                            </div>
                        </div>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}

fn tell(outcome: Result<Outcome, DispatchError>, preview: Option<&Preview>) -> Told {
    match outcome {
        Ok(Outcome { committed: Some(committed), overtaken_by }) => {
            let events = preview.map_or_else(
                || "it".to_owned(),
                |preview| preview.events.iter().map(|(.., event)| event.type_name()).collect::<Vec<_>>().join(" and "),
            );
            let versions: Vec<String> = committed
                .versions
                .iter()
                .map(|(stream, version)| format!("version {version} of {}", stream.id()))
                .collect();
            let after = overtaken_by.last().map(|other| {
                format!(
                    " {} wrote version {} first; this was checked again after it.",
                    other.event.actor, other.version
                )
            });
            Told::Appended(format!(
                "Saved {events}: {}, event {}.{}",
                versions.join(" and "),
                format::int(committed.position.get()),
                after.unwrap_or_default()
            ))
        }
        Ok(Outcome { committed: None, .. }) => Told::Appended("Nothing to do: it is so already.".to_owned()),
        Err(error) => Told::Refused(advice::of_dispatch_error(&error)),
    }
}

impl Fields {
    fn clear(self) {
        for field in [self.amount, self.extra, self.why, self.when] {
            field.set(String::new());
        }
    }

    /// The sum that the button names.
    fn stated(self, currency: Currency) -> Option<Money> {
        (!matches!(self.kind.get(), Kind::Interest | Kind::Close))
            .then(|| Money::parse(&self.amount.get(), currency).ok())
            .flatten()
    }

    /// Reads the fields; the error says what is missing.
    fn command(self, session: Session, id: StreamId, currency: Currency) -> Result<BankCommand, String> {
        let number = Label::new(&number_of(session, id));
        let extra = Label::new(self.extra.get().trim());
        let amount = || match self.amount.get().trim() {
            "" => Err("Write an amount.".to_owned()),
            text => Money::parse(text, currency).map_err(|error| error.to_string()),
        };
        let needed = |what: &str| if extra.is_empty() { Err(what.to_owned()) } else { Ok(extra.clone()) };
        let command = match self.kind.get() {
            Kind::Deposit => AccountCommand::Deposit { amount: amount()?, source: needed("Say where it comes from.")? },
            Kind::Withdraw => AccountCommand::Withdraw {
                amount: amount()?,
                atm_location: needed("Say where it is taken: town, place.")?,
            },
            Kind::Fee => AccountCommand::ChargeFee { amount: amount()?, reason: needed("Say what the fee is for.")? },
            Kind::Overdraft => AccountCommand::SetOverdraftLimit { limit: amount()? },
            Kind::Close => AccountCommand::Close,
            Kind::Transfer => {
                return Ok(BankCommand::Transfer {
                    from: number,
                    amount: amount()?,
                    to: needed("Choose the account it goes to.")?,
                });
            }
            Kind::Interest => AccountCommand::PostInterest { quote: self.quote(session, id, currency)? },
        };
        Ok(BankCommand::Account { number, command })
    }

    fn quote(self, session: Session, id: StreamId, currency: Currency) -> Result<crate::bank::InterestQuote, String> {
        let zone = session.zone.get();
        let day = |text: String| format::parse_date(&text).ok_or_else(|| "Write both days as 2024-01-31.".to_owned());
        let period = (day(self.from.get())?, day(self.to.get())?);
        let rate = Money::parse(&self.rate.get(), Currency::EUR).map_err(|_| "Write the rate as 1.50.".to_owned())?;
        let rate = i32::try_from(rate.minor).map(RateBps).map_err(|_| "The rate is too high.".to_owned())?;
        let closing = closing_balances(session, id, zone);
        interest(&closing, period, rate, self.day_count.get(), currency).map_err(|error| error.to_string())
    }
}

/// The balance at the end of each day on which it changed.
fn closing_balances(session: Session, id: StreamId, zone: Zone) -> Vec<(chrono::NaiveDate, i64)> {
    let account = session.read(|read| read.account(id, Clock::Occurred));
    let mut closing: Vec<(chrono::NaiveDate, i64)> = Vec::new();
    for entry in account.iter().flat_map(|account| account.entries()) {
        let day = format::day(entry.at.max(Timestamp::MIN), zone);
        match closing.last_mut() {
            Some((last, balance)) if *last == day => *balance = entry.balance,
            Some(_) | None => closing.push((day, entry.balance)),
        }
    }
    closing
}
