//! Small parts that know no domain rule and no context.

mod chip;
mod dialog;
mod focus;
mod fold;
mod hash;
mod icon;
mod json;
mod row_height;
mod virtual_list;

pub(crate) use chip::EventChip;
pub(crate) use dialog::{close_dialog, is_dialog_open, open_dialog};
pub(crate) use focus::focus_on;
pub(crate) use fold::BigMoney;
pub(crate) use hash::Hash;
pub(crate) use icon::Icon;
pub(crate) use json::{Json, text_of};
pub(crate) use row_height::{Page, row_height};
pub(crate) use virtual_list::{Reveal, RowView, VirtualList};
