use super::{PaneTabs, chosen_account};
use crate::{
    app::format,
    bank::{Currency, Flow, SourceTotal},
    kernel::Label,
    ui::session::Session,
};
use leptos::prelude::*;

/// How often and how much of one source or use.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    currency: Currency,
    flow: Flow,
    source: Label,
    count: u32,
    sum: i128,
}

/// Where money came from and where it went, of all accounts, up to the moment; each currency for itself.
#[component]
pub(super) fn SourcesPane(session: Session) -> impl IntoView {
    let chosen = Memo::new(move |_| chosen_account(session));
    let lines = Memo::new(move |_| {
        let moment = session.moment.get();
        let lines = session.read(|read| {
            let line = |(currency, flow, source, total): (Currency, Flow, &Label, SourceTotal)| Line {
                currency,
                flow,
                source: source.clone(),
                count: total.count,
                sum: total.sum,
            };
            read.sources(&moment).iter().map(line).collect::<Vec<_>>()
        });
        lines.unwrap_or_default()
    });
    let groups = move || {
        let lines = lines.get();
        lines.chunk_by(|a, b| a.currency == b.currency).map(group).collect_view()
    };
    view! {
        <div class="pane-h">
            <PaneTabs session chosen />
            <span class="count">"all accounts, up to here"</span>
        </div>
        <div class="scroll" tabindex="0" role="region" aria-label="Totals by currency, flow and source">
            <table class="mini src">
                <thead>
                    <tr><th scope="col">"Flow"</th><th scope="col">"Source"</th><th scope="col">"Events"</th><th scope="col">"Sum"</th></tr>
                </thead>
                {groups}
            </table>
            <Show when=move || lines.with(Vec::is_empty)>
                <p class="none">"No money has moved up to here."</p>
            </Show>
        </div>
    }
}

fn group(lines: &[Line]) -> impl IntoView + use<> {
    let row = |line: &Line| {
        let source = if line.source.is_empty() { "not said".to_owned() } else { line.source.to_string() };
        view! {
            <tr>
                <td>{flow_name(line.flow)}</td>
                <td class="l">{source}</td>
                <td>{format::int(line.count)}</td>
                <td>{format::money(line.sum, line.currency)}</td>
            </tr>
        }
    };
    let rows = lines.iter().map(row).collect_view();
    let currency = lines.first().map(|line| line.currency.to_string());
    view! {
        <tbody>
            <tr class="grp"><th scope="rowgroup" colspan="4">{currency}</th></tr>
            {rows}
        </tbody>
    }
}

fn flow_name(flow: Flow) -> &'static str {
    match flow {
        Flow::Deposit => "Deposit",
        Flow::Withdrawal => "Withdrawal",
        Flow::Transfer => "Transfer",
        Flow::Interest => "Interest",
        Flow::Fee => "Fee",
    }
}
