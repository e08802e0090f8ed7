use crate::ui::session::Session;
use leptos::prelude::*;
use web_sys::{Event, HtmlInputElement};

/// What a file of movements looks like.
const CSV_EXAMPLE: &str = "date,account,amount,currency,description
2024-01-05 14:03:12,ACC-0001,250.00,EUR,Opening float
2024-01-08 09:15:00,ACC-0001,-12.50,EUR,Ferry ticket";

/// What an event looks like outside of the app.
const CLOUD_EVENT_EXAMPLE: &str = r#"{"specversion":"1.0","id":"0190a5d4-7e5a-7c3a-8f00-0123456789ab","source":"/annals/books","type":"annals.bank.MoneyDeposited","subject":"account/ACC-0001","time":"2024-01-05T14:03:12Z","datacontenttype":"application/json","schemaversion":2,"actor":"i.solheim","reason":"Opening float","data":{"amount":25000,"currency":"EUR","source":"cash"}}"#;

/// Open a file: by the button, or dropped anywhere on the page.
#[component]
pub fn FileWay(session: Session) -> impl IntoView {
    view! {
        <div class="way">
            <div>
                <h2>"Open a file"</h2>
                <p>
                    "CSV, or CloudEvents as JSON Lines or JSON. Drop the file anywhere on this page. It is read here and sent nowhere; nothing is imported before you have seen what is in it."
                </p>
                <details>
                    <summary>"What the file should look like"</summary>
                    <p>"A table with a heading. Columns may have other names and stand in another order:"</p>
                    <pre class="code" tabindex="0">{CSV_EXAMPLE}</pre>
                    <p>"Or one CloudEvents 1.0 object a line. Amounts are in minor units: 25000 are EUR 250.00."</p>
                    <pre class="code" tabindex="0">{CLOUD_EVENT_EXAMPLE}</pre>
                </details>
            </div>
            <label class="btn file">
                <span>"Choose file"</span>
                <input
                    type="file"
                    class="vh"
                    data-testid="open-file"
                    accept=".csv,.tsv,.txt,.json,.jsonl,.ndjson,text/csv,application/json"
                    on:change=move |event| choose_file(session, &event)
                />
            </label>
        </div>
    }
}

/// Sends the chosen file of a file field to the import dialog. The field is emptied, so that the same file can be
/// chosen again.
pub(crate) fn choose_file(session: Session, event: &Event) {
    let field: HtmlInputElement = event_target(event);
    if let Some(file) = field.files().and_then(|files| files.get(0)) {
        session.file.set(Some(file));
    }
    field.set_value("");
}
