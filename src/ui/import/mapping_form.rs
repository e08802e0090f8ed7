use super::{choice::Choice, job::Job, sample::Kind};
use crate::{
    app::files::csv_import::{AccountFrom, Amounts, CurrencyFrom, DateOrder, DecimalMark, Mapping},
    bank::{Currency, Money},
    ui::start::{Field, money_problem},
};
use leptos::prelude::*;

/// How the columns of a table are read. Every change reads the file again.
#[component]
pub fn MappingForm(job: Job) -> impl IntoView {
    let columns = job.mapping.with_untracked(|mapping| mapping.as_ref().map(columns_of).unwrap_or_default());
    let form = Form { job, columns: StoredValue::new(columns) };
    view! {
        <fieldset class="imp-m">
            <legend>"What the columns are"</legend>
            {move || {
                job.doubts
                    .get()
                    .into_iter()
                    .map(|doubt| view! { <p class="doubt">{doubt}</p> })
                    .collect_view()
            }}
            <div class="grid">
                <AccountFields form />
                <DateFields form />
                <AmountFields form />
                <TextFields form />
                <BalanceFields form />
            </div>
        </fieldset>
    }
}

/// The mapping, to be looked at and changed.
#[derive(Clone, Copy)]
struct Form {
    job: Job,
    /// Value and name of each column.
    columns: StoredValue<Vec<(String, String)>>,
}

impl Form {
    fn get<T: Default + Send + Sync + 'static>(
        self,
        look: impl Fn(&Mapping) -> T + Send + Sync + 'static,
    ) -> Signal<T> {
        Signal::derive(move || self.job.mapping.with(|mapping| mapping.as_ref().map(&look).unwrap_or_default()))
    }

    fn change(self, change: impl FnOnce(&mut Mapping)) {
        self.job.mapping.update(|mapping| {
            if let Some(mapping) = mapping {
                change(mapping);
            }
        });
        self.job.failure.set(None);
    }

    /// All columns; `none` names the choice of no column.
    fn columns(self, none: Option<&str>) -> Vec<(String, String)> {
        let none = none.map(|text| (String::new(), text.to_owned()));
        none.into_iter().chain(self.columns.get_value()).collect()
    }

    /// The different words in a column of the first rows.
    fn words(self, column: usize) -> Vec<String> {
        let mut words: Vec<String> =
            self.job.sample.with_untracked(|sample| match sample.as_ref().map(|sample| &sample.kind) {
                Some(Kind::Csv(preview)) => {
                    preview.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.trim().to_owned()).collect()
                }
                Some(Kind::CloudEvents) | None => Vec::new(),
            });
        words.sort();
        words.dedup();
        words.retain(|word| !word.is_empty());
        words
    }
}

fn columns_of(mapping: &Mapping) -> Vec<(String, String)> {
    let name = |(index, name): (usize, &String)| {
        let shown = if name.trim().is_empty() { format!("column {}", index + 1) } else { name.trim().to_owned() };
        (index.to_string(), shown)
    };
    mapping.header.iter().enumerate().map(name).collect()
}

/// The value of an option for a column that may be missing.
fn value_of(column: Option<usize>) -> String {
    column.map(|column| column.to_string()).unwrap_or_default()
}

fn options<const N: usize>(of: [(&str, &str); N]) -> Vec<(String, String)> {
    of.map(|(value, text)| (value.to_owned(), text.to_owned())).into()
}

#[component]
fn AccountFields(form: Form) -> impl IntoView {
    let column = form.get(|mapping| match mapping.account {
        AccountFrom::Column(column) => value_of(Some(column)),
        AccountFrom::Fixed(_) => String::new(),
    });
    let number = form.get(|mapping| match &mapping.account {
        AccountFrom::Fixed(number) => Some(number.clone()),
        AccountFrom::Column(_) => None,
    });
    let problem = Signal::derive(move || {
        number.get().filter(|number| number.trim().is_empty()).map(|_| "Which account is the file of?".to_owned())
    });
    let is_fixed = Memo::new(move |_| number.with(Option::is_some));
    let choose = move |value: String| {
        form.change(|mapping| {
            mapping.account = match value.parse() {
                Ok(column) => AccountFrom::Column(column),
                Err(_) => AccountFrom::Fixed(String::new()),
            };
        });
    };
    view! {
        <Choice label="Account" options=form.columns(Some("no column: one account")) value=column on_choose=choose />
        <Show when=move || is_fixed.get()>
            <Field label="Account number" problem_id="map-account-problem" problem>
                <input
                    class="in"
                    maxlength="100"
                    autocomplete="off"
                    prop:value=move || number.get().unwrap_or_default()
                    on:input=move |event| form.change(|mapping| mapping.account = AccountFrom::Fixed(event_target_value(&event)))
                    aria-invalid=move || problem.get().map(|_| "true")
                    aria-describedby="map-account-problem"
                />
            </Field>
        </Show>
    }
}

#[component]
fn DateFields(form: Form) -> impl IntoView {
    let orders = [
        ("ymd", "year, month, day: 2024-01-31"),
        ("dmy", "day, month, year: 31.01.2024"),
        ("mdy", "month, day, year: 01/31/2024"),
    ];
    let order = form.get(|mapping| {
        match mapping.date_order {
            DateOrder::YearMonthDay => "ymd",
            DateOrder::DayMonthYear => "dmy",
            DateOrder::MonthDayYear => "mdy",
        }
        .to_owned()
    });
    let choose_order = move |value: String| {
        let order = match value.as_str() {
            "dmy" => DateOrder::DayMonthYear,
            "mdy" => DateOrder::MonthDayYear,
            _ => DateOrder::YearMonthDay,
        };
        form.change(|mapping| mapping.date_order = order);
    };
    let choose_date = move |value: String| {
        if let Ok(column) = value.parse() {
            form.change(|mapping| mapping.date = column);
        }
    };
    let zone = Signal::derive(move || if form.job.is_utc.get() { "utc" } else { "local" }.to_owned());
    view! {
        <Choice label="Date" options=form.columns(None) value=form.get(|mapping| value_of(Some(mapping.date))) on_choose=choose_date />
        <Choice label="Date format" options=options(orders) value=order on_choose=choose_order />
        <Choice
            label="Time"
            options=form.columns(Some("none, or with the date"))
            value=form.get(|mapping| value_of(mapping.time))
            on_choose=move |value: String| form.change(|mapping| mapping.time = value.parse().ok())
        />
        <Choice
            label="Time zone"
            options=options([("local", "this device's"), ("utc", "UTC")])
            value=zone
            on_choose=move |value: String| form.job.is_utc.set(value == "utc")
        />
    }
}

#[component]
fn AmountFields(form: Form) -> impl IntoView {
    let kinds = [
        ("signed", "one column, with a sign"),
        ("directed", "one column, another tells in or out"),
        ("split", "two columns, in and out"),
    ];
    let kind_of = |mapping: &Mapping| {
        match mapping.amounts {
            Amounts::Signed { .. } => "signed",
            Amounts::Directed { .. } => "directed",
            Amounts::Split { .. } => "split",
        }
        .to_owned()
    };
    let kind = form.get(kind_of);
    let shown = Memo::new(move |_| kind.get());
    let choose_kind = move |value: String| form.change(|mapping| mapping.amounts = amounts_as(form, mapping, &value));
    let decimal = form.get(|mapping| if mapping.decimal == DecimalMark::Comma { "comma" } else { "point" }.to_owned());
    let choose_decimal = move |value: String| {
        let mark = if value == "comma" { DecimalMark::Comma } else { DecimalMark::Point };
        form.change(|mapping| mapping.decimal = mark);
    };
    view! {
        <Choice label="Amounts" options=options(kinds) value=kind on_choose=choose_kind />
        {move || match shown.get().as_str() {
            "directed" => view! { <DirectedFields form /> }.into_any(),
            "split" => view! { <SplitFields form /> }.into_any(),
            _ => view! { <AmountColumn form label="Amount" pick=first_column set=set_first_column /> }.into_any(),
        }}
        <Choice
            label="Decimal mark"
            options=options([("point", "1,234.56"), ("comma", "1.234,56")])
            value=decimal
            on_choose=choose_decimal
        />
        <CurrencyField form />
    }
}

/// The amounts in another form, with the columns that are known.
fn amounts_as(form: Form, mapping: &Mapping, kind: &str) -> Amounts {
    let amount = first_column(mapping);
    let next = (amount + 1) % mapping.header.len().max(1);
    match kind {
        "directed" => directed(form, amount, next),
        "split" => Amounts::Split { credit: amount, debit: next },
        _ => Amounts::Signed { amount },
    }
}

/// The first word of the direction's column stands for money in, the others for money out: to be corrected.
fn directed(form: Form, amount: usize, direction: usize) -> Amounts {
    let mut words = form.words(direction).into_iter().take(20);
    Amounts::Directed { amount, direction, words_in: words.by_ref().take(1).collect(), words_out: words.collect() }
}

fn first_column(mapping: &Mapping) -> usize {
    match mapping.amounts {
        Amounts::Signed { amount } | Amounts::Directed { amount, .. } => amount,
        Amounts::Split { credit, .. } => credit,
    }
}

fn set_first_column(mapping: &mut Mapping, to: usize) {
    match &mut mapping.amounts {
        Amounts::Signed { amount } | Amounts::Directed { amount, .. } => *amount = to,
        Amounts::Split { credit, .. } => *credit = to,
    }
}

fn debit_column(mapping: &Mapping) -> usize {
    match mapping.amounts {
        Amounts::Split { debit, .. } => debit,
        Amounts::Signed { amount } | Amounts::Directed { amount, .. } => amount,
    }
}

fn set_debit_column(mapping: &mut Mapping, to: usize) {
    if let Amounts::Split { debit, .. } = &mut mapping.amounts {
        *debit = to;
    }
}

#[component]
fn AmountColumn(
    form: Form,
    label: &'static str,
    pick: fn(&Mapping) -> usize,
    set: fn(&mut Mapping, usize),
) -> impl IntoView {
    let choose = move |value: String| {
        if let Ok(column) = value.parse() {
            form.change(|mapping| set(mapping, column));
        }
    };
    view! {
        <Choice label options=form.columns(None) value=form.get(move |mapping| value_of(Some(pick(mapping)))) on_choose=choose />
    }
}

#[component]
fn SplitFields(form: Form) -> impl IntoView {
    view! {
        <AmountColumn form label="Money in" pick=first_column set=set_first_column />
        <AmountColumn form label="Money out" pick=debit_column set=set_debit_column />
    }
}

#[component]
fn DirectedFields(form: Form) -> impl IntoView {
    let direction = form.get(|mapping| match mapping.amounts {
        Amounts::Directed { direction, .. } => value_of(Some(direction)),
        Amounts::Signed { .. } | Amounts::Split { .. } => String::new(),
    });
    let choose = move |value: String| {
        if let Ok(column) = value.parse() {
            form.change(|mapping| mapping.amounts = directed(form, first_column(mapping), column));
        }
    };
    let words = |is_in: bool| {
        form.get(move |mapping| match &mapping.amounts {
            Amounts::Directed { words_in, words_out, .. } => if is_in { words_in } else { words_out }.join(", "),
            Amounts::Signed { .. } | Amounts::Split { .. } => String::new(),
        })
    };
    let set = move |is_in: bool, text: &str| {
        let words: Vec<String> =
            text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect();
        form.change(|mapping| {
            if let Amounts::Directed { words_in, words_out, .. } = &mut mapping.amounts {
                *(if is_in { words_in } else { words_out }) = words;
            }
        });
    };
    let field = move |label: &'static str, is_in: bool| {
        let words = words(is_in);
        view! {
            <label class="fld">
                <span>{label}</span>
                <input
                    class="in"
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=move || words.get()
                    on:change=move |event| set(is_in, &event_target_value(&event))
                />
            </label>
        }
    };
    view! {
        <AmountColumn form label="Amount" pick=first_column set=set_first_column />
        <Choice label="Direction" options=form.columns(None) value=direction on_choose=choose />
        {field("Words for money in", true)}
        {field("Words for money out", false)}
    }
}

#[component]
fn CurrencyField(form: Form) -> impl IntoView {
    let value = form.get(|mapping| match mapping.currency {
        CurrencyFrom::Column(column) => value_of(Some(column)),
        CurrencyFrom::Fixed(currency) => currency.to_string(),
    });
    let choose = move |value: String| {
        let currency = match (value.parse(), Currency::parse(&value)) {
            (Ok(column), _) => CurrencyFrom::Column(column),
            (Err(_), Ok(currency)) => CurrencyFrom::Fixed(currency),
            (Err(_), Err(_)) => return,
        };
        form.change(|mapping| mapping.currency = currency);
    };
    let all = Currency::all().into_iter().map(|currency| (currency.to_string(), format!("all {currency}")));
    let columns = form.columns(None).into_iter().map(|(value, name)| (value, format!("column {name}")));
    view! { <Choice label="Currency" options=columns.chain(all).collect() value on_choose=choose /> }
}

#[component]
fn TextFields(form: Form) -> impl IntoView {
    view! {
        <Choice
            label="Source or place"
            options=form.columns(Some("none"))
            value=form.get(|mapping| value_of(mapping.source.first().copied()))
            on_choose=move |value: String| form.change(|mapping| mapping.source = value.parse().into_iter().collect())
        />
        <Choice
            label="Description"
            options=form.columns(Some("none"))
            value=form.get(|mapping| value_of(mapping.description.first().copied()))
            on_choose=move |value: String| form.change(|mapping| mapping.description = value.parse().into_iter().collect())
        />
    }
}

#[component]
fn BalanceFields(form: Form) -> impl IntoView {
    let has_balance = Memo::new(move |_| {
        form.job.mapping.with(|mapping| mapping.as_ref().is_some_and(|mapping| mapping.balance.is_some()))
    });
    let problem = RwSignal::new(None::<String>);
    let currency_of = |mapping: &Mapping| match mapping.currency {
        CurrencyFrom::Fixed(currency) => currency,
        CurrencyFrom::Column(_) => Currency::EUR,
    };
    let tolerance = form.get(move |mapping| Money::new(mapping.tolerance, currency_of(mapping)).to_decimal());
    let set_tolerance = move |text: String| {
        let currency = form.job.mapping.with_untracked(|mapping| mapping.as_ref().map_or(Currency::EUR, currency_of));
        match Money::parse(&text, currency) {
            Ok(sum) if sum.minor < 0 => problem.set(Some("The tolerance must not be below zero.".to_owned())),
            Ok(sum) => {
                problem.set(None);
                form.change(|mapping| mapping.tolerance = sum.minor);
            }
            Err(error) => problem.set(Some(money_problem(&error))),
        }
    };
    let check = move |label: &'static str, get: fn(&Mapping) -> bool, set: fn(&mut Mapping, bool)| {
        let checked = form.get(get);
        view! {
            <label class="pick">
                <input
                    type="checkbox"
                    prop:checked=move || checked.get()
                    on:change=move |event| form.change(|mapping| set(mapping, event_target_checked(&event)))
                />
                <span>{label}</span>
            </label>
        }
    };
    view! {
        <Choice
            label="Balance"
            options=form.columns(Some("none"))
            value=form.get(|mapping| value_of(mapping.balance))
            on_choose=move |value: String| form.change(|mapping| mapping.balance = value.parse().ok())
        />
        <Show when=move || has_balance.get()>
            <Field label="Tolerance of balances" problem_id="map-tolerance-problem" problem>
                <input
                    class="in num"
                    inputmode="decimal"
                    autocomplete="off"
                    prop:value=move || tolerance.get()
                    on:change=move |event| set_tolerance(event_target_value(&event))
                    aria-invalid=move || problem.get().map(|_| "true")
                    aria-describedby="map-tolerance-problem"
                />
            </Field>
            {check(
                "Accounts begin with what their first stated balance leaves",
                |mapping| mapping.open_with_stated,
                |mapping, is_on| mapping.open_with_stated = is_on,
            )}
        </Show>
        {check(
            "The newest row comes first",
            |mapping| mapping.newest_first,
            |mapping, is_on| mapping.newest_first = is_on,
        )}
    }
}
