use super::export::{ExportJob, ExportProgress, Format, Range};
use crate::{
    app::format,
    bank::Account,
    kernel::{Aggregate as _, StreamName, Timestamp},
    ui::{
        session::{Session, Tense},
        start::Field,
        wish::{Wish, Wishes},
    },
};
use leptos::{ev::SubmitEvent, prelude::*};

/// How many accounts are offered while one types.
const OFFERED_MAX: usize = 1000;

/// Which part of the ledger.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Whole,
    Account,
    Dates,
}

#[derive(Clone, Copy)]
struct Form {
    format: RwSignal<Format>,
    part: RwSignal<Part>,
    account: RwSignal<String>,
    from: RwSignal<String>,
    to: RwSignal<String>,
    account_problem: RwSignal<Option<String>>,
    dates_problem: RwSignal<Option<String>>,
}

impl Form {
    /// The part that is asked for; `None` where a field is wrong, which then says so.
    fn range(self, session: Session) -> Option<Range> {
        self.account_problem.set(None);
        self.dates_problem.set(None);
        match self.part.get_untracked() {
            Part::Whole => Some(Range::All),
            Part::Account => {
                let number = self.account.get_untracked();
                let name = StreamName::new(Account::CATEGORY, number.trim()).ok();
                let is_known = |name: &StreamName| {
                    session.read_untracked(|read| read.history().stream_id(name).is_some()).unwrap_or_default()
                };
                let found = name.filter(is_known);
                if found.is_none() {
                    self.account_problem.set(Some("There is no account of this number.".to_owned()));
                }
                found.map(Range::Account)
            }
            Part::Dates => {
                let between = self.between(session);
                if between.is_none() {
                    let text = "Give two days like 2024-01-31, the first one first.";
                    self.dates_problem.set(Some(text.to_owned()));
                }
                between
            }
        }
    }

    fn between(self, session: Session) -> Option<Range> {
        let zone = session.zone.get_untracked();
        let from = format::parse_date(&self.from.get_untracked())?;
        let to = format::parse_date(&self.to.get_untracked())?;
        let end = to.succ_opt().map_or(Timestamp::MAX, |next| zone.midnight(next).plus_micros(-1));
        (from <= to).then(|| Range::Between(zone.midnight(from), end))
    }
}

/// Export of the open ledger.
#[component]
pub fn ExportForm(session: Session, job: ExportJob) -> impl IntoView {
    let span = session.read_untracked(|read| read.history().timeline(crate::kernel::Clock::Occurred).span()).flatten();
    let day = |at: Option<Timestamp>| {
        RwSignal::new(at.map(|at| format::date(at, session.zone.get_untracked())).unwrap_or_default())
    };
    let form = Form {
        format: RwSignal::new(Format::Lines),
        part: RwSignal::new(Part::Whole),
        account: RwSignal::new(String::new()),
        from: day(span.map(|(first, _)| first)),
        to: day(span.map(|(_, last)| last)),
        account_problem: RwSignal::new(None),
        dates_problem: RwSignal::new(None),
    };
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(range) = form.range(session) {
            job.begin(form.format.get_untracked(), range);
        }
    };
    Wishes::fulfil(|wish| (wish == Wish::Export).then_some("#set-export-format"));
    let is_empty = move || session.tense.get() == Tense::Empty;
    let choose = move |event| {
        let slug = event_target_value(&event);
        form.format.set(Format::ALL.into_iter().find(|format| format.slug() == slug).unwrap_or(Format::Lines));
    };
    view! {
        <section class="set" aria-labelledby="set-export">
            <h2 id="set-export">"Export the open ledger"</h2>
            <form novalidate on:submit=send>
                <label class="fld">
                    <span>"Format"</span>
                    <select class="in" id="set-export-format" on:change=choose>
                        {Format::ALL
                            .map(|format| view! { <option value=format.slug()>{format.title()}</option> })
                            .into_iter()
                            .collect_view()}
                    </select>
                </label>
                <Parts session form />
                <div class="row">
                    <button class="btn" type="submit" aria-describedby="set-export-why" prop:disabled=is_empty>
                        "Export"
                    </button>
                    <span class="sub" id="set-export-why">
                        {move || if is_empty() { "There are no events here to export." } else { "The file is written on this device and sent nowhere." }}
                    </span>
                </div>
            </form>
            <ExportProgress job />
        </section>
    }
}

#[component]
fn Parts(session: Session, form: Form) -> impl IntoView {
    let is_journal = move || form.format.get() == Format::Hledger;
    let radio = move |part: Part, text: &'static str| {
        view! {
            <label class="pick">
                <input
                    type="radio"
                    name="export-part"
                    prop:checked=move || form.part.get() == part
                    on:change=move |_| form.part.set(part)
                />
                <span>{text}</span>
            </label>
        }
    };
    let note = move || match (is_journal(), form.part.get()) {
        (false, _) | (_, Part::Whole) => "",
        (true, Part::Account) => "So that the journal balances, transfers are written against equity:transfers.",
        (true, Part::Dates) => "The journal begins with what the accounts hold at its first day, from equity:opening.",
    };
    view! {
        <fieldset class="parts">
            <legend>"Which events"</legend>
            {radio(Part::Whole, "The whole ledger")}
            {radio(Part::Account, "One account")}
            {radio(Part::Dates, "Between two dates")}
        </fieldset>
        <Show when=move || form.part.get() == Part::Account>
            <AccountField session form />
        </Show>
        <Show when=move || form.part.get() == Part::Dates>
            <DateFields form />
        </Show>
        <Show when=move || !note().is_empty()>
            <p class="sub">{note}</p>
        </Show>
    }
}

#[component]
fn AccountField(session: Session, form: Form) -> impl IntoView {
    let numbers = session.read_untracked(|read| {
        let accounts = read.history().streams().filter(|(_, entry)| entry.name.category() == Account::CATEGORY);
        accounts.take(OFFERED_MAX).map(|(_, entry)| entry.name.id().to_owned()).collect::<Vec<_>>()
    });
    view! {
        <Field label="Account number" problem_id="set-account-problem" problem=form.account_problem>
            <input
                class="in"
                list="set-accounts"
                autocomplete="off"
                prop:value=move || form.account.get()
                on:input=move |event| form.account.set(event_target_value(&event))
                aria-invalid=move || form.account_problem.get().map(|_| "true")
                aria-describedby="set-account-problem"
            />
        </Field>
        <datalist id="set-accounts">
            {numbers.unwrap_or_default().into_iter().map(|number| view! { <option value=number></option> }).collect_view()}
        </datalist>
    }
}

#[component]
fn DateFields(form: Form) -> impl IntoView {
    let field = move |label: &'static str, day: RwSignal<String>| {
        view! {
            <label class="fld">
                <span>{label}</span>
                <input
                    class="in"
                    size="10"
                    maxlength="10"
                    inputmode="numeric"
                    autocomplete="off"
                    prop:value=move || day.get()
                    on:input=move |event| day.set(event_target_value(&event))
                    aria-invalid=move || form.dates_problem.get().map(|_| "true")
                    aria-describedby="set-dates-problem"
                />
            </label>
        }
    };
    view! {
        <div class="row">{field("From", form.from)} {field("To", form.to)}</div>
        <p class="err" id="set-dates-problem" role="alert">
            {move || form.dates_problem.get()}
        </p>
    }
}
