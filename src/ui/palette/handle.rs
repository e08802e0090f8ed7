use leptos::prelude::*;

/// Opens the command palette from anywhere: provided as a context by [`super::Palette`], or above it by the page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PaletteHandle {
    is_open: RwSignal<bool>,
}

impl PaletteHandle {
    /// Of a palette that is closed.
    pub(crate) fn new() -> Self {
        Self { is_open: RwSignal::new(false) }
    }

    /// Opens it. What counts as open may have been closed by the browser, which tells that later: it is asked for anew.
    pub(crate) fn open(self) {
        self.is_open.set(true);
    }

    /// Closes it.
    pub(crate) fn close(self) {
        if self.is_open.get_untracked() {
            self.is_open.set(false);
        }
    }

    /// Whether it is open.
    pub(crate) fn is_open(self) -> bool {
        self.is_open.get()
    }
}
