use super::{PaneTabs, chosen_account};
use crate::{app::format, bank::Flow, ui::session::Session};
use leptos::prelude::*;

/// Where money came from and where it went, of all accounts, up to the moment.
#[component]
pub(super) fn SourcesPane(session: Session) -> impl IntoView {
    let chosen = Memo::new(move |_| chosen_account(session));
    let rows = Memo::new(move |_| {
        let moment = session.moment.get();
        session
            .read(|read| {
                read.sources(&moment)
                    .iter()
                    .map(|(currency, flow, source, total)| (currency, flow, source.clone(), total))
                    .collect::<Vec<_>>()
            })
            .unwrap_or_default()
    });
    view! {
        <div class="pane-h">
            <PaneTabs session chosen />
            <span class="count">"all accounts, up to here"</span>
        </div>
        <div class="scroll" tabindex="0" role="region" aria-label="Totals by source">
            <table class="mini src">
                <thead>
                    <tr><th>"Flow"</th><th>"Source"</th><th>"Events"</th><th>"Sum"</th></tr>
                </thead>
                <tbody>
                    {move || rows.get().into_iter().map(|(currency, flow, source, total)| view! {
                        <tr>
                            <td>{flow_name(flow)}</td>
                            <td class="l">{if source.is_empty() { "not said".to_owned() } else { source.to_string() }}</td>
                            <td>{format::int(total.count)}</td>
                            <td>{format!("{currency} {}", format::money(total.sum, currency))}</td>
                        </tr>
                    }).collect_view()}
                </tbody>
            </table>
        </div>
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
