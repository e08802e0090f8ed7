use crate::bank::MoneyError;
use leptos::prelude::*;

/// A labelled control with what is wrong with it beneath. The control itself says `aria-invalid` and names the problem
/// by `aria-describedby`.
#[component]
pub fn Field(
    /// What is asked for.
    label: &'static str,
    /// The id of the problem's text.
    problem_id: &'static str,
    /// What is wrong; `None` where nothing is.
    #[prop(into)]
    problem: Signal<Option<String>>,
    /// The control.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="field">
            <label class="fld">
                <span>{label}</span>
                {children()}
            </label>
            <Problem id=problem_id problem />
        </div>
    }
}

/// What is wrong, said at once.
#[component]
pub fn Problem(
    /// The id by which a control names it.
    id: &'static str,
    /// The sentence; `None` where nothing is wrong.
    #[prop(into)]
    problem: Signal<Option<String>>,
) -> impl IntoView {
    // The live region stands before it speaks: only then do screen readers hear it.
    view! {
        <p class="err" id=id role="alert">
            {move || problem.get()}
        </p>
    }
}

/// What is wrong with an amount, as a sentence.
pub(crate) fn money_problem(error: &MoneyError) -> String {
    match error {
        MoneyError::NotANumber { text } if text.trim().is_empty() => "Give an amount, for example 250.00.".to_owned(),
        MoneyError::NotANumber { text } => format!("“{text}” is no amount. Write it like 1,250.00."),
        MoneyError::TooPrecise { currency, exponent: 0, .. } => format!("{currency} has no decimals."),
        MoneyError::TooPrecise { currency, exponent: 1, .. } => format!("At most one decimal for {currency}."),
        MoneyError::TooPrecise { currency, exponent: 2, .. } => format!("At most two decimals for {currency}."),
        MoneyError::TooPrecise { currency, exponent: 3, .. } => format!("At most three decimals for {currency}."),
        MoneyError::TooPrecise { currency, exponent, .. } => format!("At most {exponent} decimals for {currency}."),
        MoneyError::TooLarge { .. } => "That is too large an amount to keep.".to_owned(),
    }
}
