//! What was asked for on one screen and is done on another: the palette leads to forms that are elsewhere.

use super::parts::focus_on;
use leptos::prelude::*;

/// A form that is to be opened, with the keyboard in its first field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// The form of the shown account, for money that comes in.
    Deposit,
    /// The same, for money that goes out.
    Withdraw,
    /// The dialog for a new account.
    OpenAccount,
    /// The export of the open ledger.
    Export,
}

/// The wish that is open, if one is: provided as a context by the page. A bundle of handles, passed by copy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wishes(RwSignal<Option<Wish>>);

impl Wishes {
    /// None is open.
    pub(crate) fn new() -> Self {
        Self(RwSignal::new(None))
    }

    /// Asks for it; whoever has the form does it, now or when its screen is there.
    pub(crate) fn ask(self, wish: Wish) {
        self.0.set(Some(wish));
    }

    /// Does what is wished with `fulfil`, which names the field to go to, or `None` where it is another's to do.
    pub(crate) fn fulfil(fulfil: impl Fn(Wish) -> Option<&'static str> + 'static) {
        let Some(Self(open)) = use_context::<Self>() else { return };
        Effect::new(move |_| {
            if let Some(field) = open.get().and_then(&fulfil) {
                open.set(None);
                focus_on(field);
            }
        });
    }
}
