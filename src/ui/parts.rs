//! Small parts that know no domain rule and no context.

mod chip;
mod dialog;
mod fold;
mod icon;
mod virtual_list;

pub use chip::EventChip;
pub use dialog::{close_dialog, open_dialog};
pub use fold::BigMoney;
pub use icon::Icon;
pub use virtual_list::VirtualList;
