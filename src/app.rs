//! The application: dispatches commands, keeps projections current, owns the playhead, imports and exports. No markup.

mod accounts;
pub mod advice;
pub mod density;
pub mod diff;
pub mod files;
pub mod format;
mod ledger;
pub mod palette;
mod playhead;
mod read_side;
pub mod route;
mod search;
mod slices;
mod time_range;

pub use accounts::Accounts;
pub use ledger::{
    ATTEMPTS_MAX, Ahead, BankCommand, Damage, DispatchError, Env, FetchError, HeldBlocks, ImportError, Intent, Ledger,
    OpenError, Outcome, Preview, Progress, RebuildError, RefusalReason, SavingPolicy, Verified, VerifyError,
    look_ahead,
};
pub use playhead::{Moment, Playback, Playhead, Speed, Stand, Travel};
pub use read_side::{KeptReadSide, PartCheck, ReadSide};
pub use search::{EventTypes, LogFilter, LogRow, LogRows, LogSearch};
pub use time_range::{RangeEnd, TimeRange};
