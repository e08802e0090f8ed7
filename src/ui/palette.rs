//! The command palette, Ctrl K.

mod act;
mod field;
mod handle;
mod results;

pub(crate) use handle::PaletteHandle;

use self::{act::act, field::Field, results::Results};
use super::{
    parts::{close_dialog, is_dialog_open, open_dialog},
    session::Session,
    wish::Wishes,
};
use crate::{
    app::palette::{AccountChoice, Item, Place, results},
    app::route::Screen,
    bank::Balances,
    kernel::{History, StreamId},
};
use leptos::{html, prelude::*};

/// The identity of the list of results, and the beginning of that of a result.
const LIST: &str = "pal-list";

/// What the parts of the palette share.
#[derive(Clone, Copy)]
struct PaletteView {
    session: StoredValue<Session>,
    /// What is typed.
    line: RwSignal<String>,
    /// What it can mean.
    items: Memo<Vec<Item>>,
    /// Which result is marked.
    marked: RwSignal<usize>,
    handle: PaletteHandle,
    dialog: NodeRef<html::Dialog>,
    file: NodeRef<html::Input>,
    wishes: Wishes,
}

impl PaletteView {
    /// Does what the result at `index` says, unless it is blocked.
    fn take(self, index: usize) {
        let item = self.items.with_untracked(|items| items.get(index).cloned());
        if let Some(item) = item.filter(|item| !item.is_blocked) {
            self.close();
            act(self.session.get_value(), self.wishes, self.file, item.action);
        }
    }

    /// Closes it here and now: the keys that open it may be the very next thing.
    fn close(self) {
        close_dialog(self.dialog);
        self.handle.close();
    }

    /// Marks the result `count` further down, around the ends.
    fn mark(self, count: isize) {
        let length = self.items.with_untracked(Vec::len);
        if length > 0 {
            self.marked.update(|marked| {
                *marked = marked.checked_add_signed(count).map_or(length - 1, |marked| marked % length);
            });
        }
    }
}

/// The dialog in which a time, an event, an account or a command is typed. Ctrl K opens it, and so does the
/// [`PaletteHandle`] in the context.
#[component]
pub(crate) fn Palette(
    /// What it searches and acts on.
    session: Session,
) -> impl IntoView {
    let handle = use_context::<PaletteHandle>().unwrap_or_else(PaletteHandle::new);
    provide_context(handle);
    let (dialog, file) = (NodeRef::<html::Dialog>::new(), NodeRef::<html::Input>::new());
    let line = RwSignal::new(String::new());
    let place = Memo::new(move |_| handle.is_open().then(|| place(session)));
    let items = Memo::new(move |_| {
        let Some(place) = place.get() else { return Vec::new() };
        let (line, zone) = (line.get(), session.zone.get());
        session.read(|read| results(&line, &place, read.history(), zone)).unwrap_or_default()
    });
    let wishes = use_context::<Wishes>().unwrap_or_else(Wishes::new);
    let (session_kept, marked) = (StoredValue::new(session), RwSignal::new(0));
    let view = PaletteView { session: session_kept, line, items, marked, handle, dialog, file, wishes };
    Effect::new(move |_| match (handle.is_open(), is_dialog_open(dialog)) {
        (true, false) => {
            line.set(String::new());
            marked.set(0);
            open_dialog(dialog);
        }
        (false, true) => close_dialog(dialog),
        (true, true) | (false, false) => {}
    });
    let pressed = window_event_listener(leptos::ev::keydown, move |event| {
        if (event.ctrl_key() || event.meta_key()) && !event.alt_key() && event.key().eq_ignore_ascii_case("k") {
            event.prevent_default();
            handle.open();
        }
    });
    on_cleanup(move || pressed.remove());
    view! {
        <dialog
            id="palette"
            class="pal"
            aria-label="Search and commands"
            data-testid="palette"
            node_ref=dialog
            on:close=move |_| {
                // The browser tells it late: by then it may be open again.
                if !is_dialog_open(dialog) {
                    handle.close();
                }
            }
            on:click=move |event| {
                // A click on the dialog itself and not on what is in it is one beside it.
                if event.target() == event.current_target() {
                    view.close();
                }
            }
        >
            <Field view />
            <Results view />
        </dialog>
        <input
            class="vh"
            type="file"
            tabindex="-1"
            aria-hidden="true"
            data-testid="palette-file"
            node_ref=file
            on:change=move |_| {
                if let Some(input) = file.get_untracked() {
                    session.file.set(input.files().and_then(|files| files.get(0)));
                    input.set_value("");
                }
            }
        />
    }
}

/// The moment, the accounts and the ledgers there are to go to.
fn place(session: Session) -> Place {
    let (moment, route) = (session.moment.get(), session.route.get());
    let accounts = session.read(|read| {
        let balances = read.balances(&moment).clone();
        choices(&balances, read.history())
    });
    let accounts = accounts.unwrap_or_default();
    let account = match route.screen {
        Screen::Account { number, .. } => Some(number),
        Screen::Home | Screen::Log { .. } | Screen::Settings | Screen::Start => {
            accounts.first().map(|account| account.number.clone())
        }
    };
    let current = session.current.get().map(|info| info.id);
    let ledgers = session.ledgers.get().into_iter().filter(|info| Some(&info.id) != current.as_ref());
    Place { moment, accounts, account, ledgers: ledgers.map(|info| (info.id.to_string(), info.name)).collect() }
}

fn choices<C: crate::kernel::Codec>(balances: &Balances, history: &History<C>) -> Vec<AccountChoice> {
    let number = |id: StreamId| history.stream(id).map(|stream| stream.name.id().to_owned()).unwrap_or_default();
    let choice = |(id, row): (StreamId, crate::bank::AccountRow)| AccountChoice {
        number: number(id),
        title: row.title().clone(),
        owner: row.owner().clone(),
        balance: row.balance,
        currency: row.currency(),
    };
    balances.iter().map(choice).collect()
}
