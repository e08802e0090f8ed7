use super::{Form, options, value_of};
use crate::{
    app::files::csv_import::{About, Amounts, CurrencyFrom, DecimalMark, Mapping},
    bank::Currency,
    ui::import::choice::Choice,
};
use leptos::prelude::*;

/// What a row moves.
#[component]
pub fn AmountFields(form: Form) -> impl IntoView {
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
    let choose_kind = move |value: String| {
        form.change(|mapping| mapping.amounts = amounts_as(form, mapping, &value));
        form.job.settle(About::Amounts);
    };
    let decimal = form.get(|mapping| if mapping.decimal == DecimalMark::Comma { "comma" } else { "point" }.to_owned());
    let choose_decimal = move |value: String| {
        let mark = if value == "comma" { DecimalMark::Comma } else { DecimalMark::Point };
        form.change(|mapping| mapping.decimal = mark);
        form.job.settle(About::DecimalMark);
    };
    view! {
        <Choice label="Amounts" options=options(kinds) value=kind on_choose=choose_kind doubt=form.doubt(About::Amounts) />
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
            doubt=form.doubt(About::DecimalMark)
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
        form.job.settle(About::Currency);
    };
    let all = Currency::all().into_iter().map(|currency| (currency.to_string(), format!("all {currency}")));
    let columns = form.columns(None).into_iter().map(|(value, name)| (value, format!("column {name}")));
    view! { <Choice label="Currency" options=columns.chain(all).collect() value on_choose=choose doubt=form.doubt(About::Currency) /> }
}
