//! Small parts that know no domain rule and no context.

mod chip;
mod dialog;
mod fold;
mod icon;
mod narrow;
mod virtual_list;

pub(crate) use chip::EventChip;
pub(crate) use dialog::{close_dialog, open_dialog};
pub(crate) use fold::BigMoney;
pub(crate) use icon::Icon;
pub(crate) use narrow::is_narrow;
pub(crate) use virtual_list::VirtualList;
