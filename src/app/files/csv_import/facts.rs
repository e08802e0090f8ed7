//! What an import has to know, and how its events are known again.

use super::{super::cloud_events::SeenIds, super::rules::KnownAccount, row::fold_128};
use crate::bank::{Balances, BankCodec};
use crate::kernel::{EventId, History, Label};
use rustc_hash::FxHashMap;
use sha2::{Digest as _, Sha256};

/// What an import has to know of the ledger that it goes into.
#[derive(Clone, Debug, Default)]
pub struct LedgerFacts {
    /// The accounts that exist, by number.
    pub accounts: FxHashMap<Label, KnownAccount>,
    /// The ids of all events.
    pub seen: SeenIds,
}

impl LedgerFacts {
    /// The facts of a ledger, from its balances and the ids of its events.
    pub fn of(history: &History<BankCodec>, balances: &Balances, seen: SeenIds) -> Self {
        let account = |(id, row): (_, crate::bank::AccountRow)| {
            let number = Label::new(history.stream(id)?.name.id());
            let (currency, balance) = (row.currency(), row.balance);
            let (overdraft_limit, opened_at) = (row.overdraft_limit(), row.opened_at());
            Some((number, KnownAccount { currency, balance, overdraft_limit, closed: row.is_closed(), opened_at }))
        };
        Self { accounts: balances.iter().filter_map(account).collect(), seen }
    }
}

/// What the id of an opening is made of.
pub(super) fn opening_bits(account: &str) -> u128 {
    bits_of("open", account, 0, 0)
}

/// What the id of a row's event is made of.
pub(super) fn row_bits(account: &str, content: u128, occurrence: u32) -> u128 {
    bits_of("row", account, content, occurrence)
}

/// An id that is the same whenever the same row is imported: a UUID of version 8, made of a hash.
pub(super) fn id_from(bits: u128) -> EventId {
    uuid::Builder::from_custom_bytes(bits.to_be_bytes()).into_uuid().into()
}

fn bits_of(what: &str, account: &str, content: u128, occurrence: u32) -> u128 {
    let digest = Sha256::new()
        .chain_update("annals csv 1 ")
        .chain_update(what)
        .chain_update([0])
        .chain_update(account)
        .chain_update([0])
        .chain_update(content.to_be_bytes())
        .chain_update(occurrence.to_be_bytes())
        .finalize();
    fold_128(&digest)
}
