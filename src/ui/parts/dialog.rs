use leptos::{html::Dialog, prelude::*};

/// Opens a dialog over the page; does nothing if it is open.
pub(crate) fn open_dialog(dialog: NodeRef<Dialog>) {
    if let Some(dialog) = dialog.get_untracked()
        && !dialog.open()
    {
        // It can only fail for a dialog that is not in the page, and then there is nothing to open.
        dialog.show_modal().unwrap_or_default();
    }
}

/// Closes a dialog.
pub(crate) fn close_dialog(dialog: NodeRef<Dialog>) {
    if let Some(dialog) = dialog.get_untracked() {
        dialog.close();
    }
}

/// Whether a dialog is open. The browser tells with the next frame that one was closed: by then it may be open again.
pub(crate) fn is_dialog_open(dialog: NodeRef<Dialog>) -> bool {
    dialog.get_untracked().is_some_and(|dialog| dialog.open())
}
