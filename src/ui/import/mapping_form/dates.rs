use super::{Form, options, value_of};
use crate::{
    app::files::csv_import::{About, DateOrder},
    ui::import::choice::Choice,
};
use leptos::prelude::*;

/// When a row happened.
#[component]
pub fn DateFields(form: Form) -> impl IntoView {
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
        form.job.settle(About::Dates);
    };
    let choose_date = move |value: String| {
        if let Ok(column) = value.parse() {
            form.change(|mapping| mapping.date = column);
        }
    };
    let zone = Signal::derive(move || if form.job.is_utc.get() { "utc" } else { "local" }.to_owned());
    view! {
        <Choice label="Date" options=form.columns(None) value=form.get(|mapping| value_of(Some(mapping.date))) on_choose=choose_date />
        <Choice label="Date format" options=options(orders) value=order on_choose=choose_order doubt=form.doubt(About::Dates) />
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
