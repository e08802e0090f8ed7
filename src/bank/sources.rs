//! Totals by source: where money came from and where it went.

mod stored;

use super::{AccountEvent, Currency};
use crate::kernel::{Label, Projection, Recorded, SharedVec};
use std::{collections::BTreeMap, sync::Arc};

/// How money moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flow {
    /// Paid in, by the source of the deposit.
    Deposit,
    /// Taken out, by place.
    Withdrawal,
    /// Between accounts.
    Transfer,
    /// Interest, by rate.
    Interest,
    /// Fees, by what for.
    Fee,
}

/// Count and sum of what moved one way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceTotal {
    /// How many events.
    pub count: u32,
    /// Their sum in minor units, above zero.
    pub sum: i128,
}

/// Totals by currency, flow and source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// Where the total of each source stands among them. Shared by all clones until a source appears.
    places: Arc<BTreeMap<Source, usize>>,
    /// In the order in which the sources appeared.
    totals: SharedVec<SourceTotal>,
    /// By stream; `None` for streams that are no open account.
    currencies: SharedVec<Option<Currency>>,
}

type Source = (Currency, Flow, Label);

impl Sources {
    /// All totals, by currency, flow and source.
    pub fn iter(&self) -> impl Iterator<Item = (Currency, Flow, &Label, SourceTotal)> {
        let total = |place: &usize| self.totals.get(*place).copied().unwrap_or_default();
        self.places.iter().map(move |((currency, flow, source), place)| (*currency, *flow, source, total(place)))
    }

    /// The total of a source, which appears if it has not before.
    fn total(&mut self, source: Source) -> Option<&mut SourceTotal> {
        let place = match self.places.get(&source) {
            Some(place) => *place,
            None => {
                let place = self.totals.len();
                Arc::make_mut(&mut self.places).insert(source, place);
                self.totals.push(SourceTotal::default());
                place
            }
        };
        self.totals.get_mut(place)
    }
}

impl Projection for Sources {
    type Event = AccountEvent;
    const NAME: &'static str = "sources";
    const REVISION: u32 = 2;

    fn weight(&self) -> usize {
        // A tree's node holds up to eleven entries, and one is allocated whole.
        let places = self.places.len().next_multiple_of(11) * size_of::<(Source, usize)>();
        let places = places / Arc::strong_count(&self.places);
        // Currencies never change, and new ones come at the end: the newest state has them all in any case.
        size_of::<Self>() + places + self.totals.bytes() + self.currencies.reference_bytes()
    }

    fn apply(&mut self, recorded: &Recorded<'_, AccountEvent>) {
        let (currency, flow, source) = match recorded.event {
            AccountEvent::Opened(opened) => {
                let slot = recorded.stream.index().and_then(|index| self.currencies.slot(index));
                // A second opening changes nothing.
                let Some(slot) = slot.filter(|slot| slot.is_none()) else { return };
                *slot = Some(opened.currency);
                if opened.initial_balance == 0 {
                    return;
                }
                (Some(opened.currency), Flow::Deposit, Label::new("opening balance"))
            }
            AccountEvent::Deposited(event) => (event.currency, Flow::Deposit, event.source.clone()),
            AccountEvent::Withdrawn(event) => (Some(event.currency), Flow::Withdrawal, town(&event.atm_location)),
            AccountEvent::TransferSent(event) => (Some(event.currency), Flow::Transfer, Label::new("sent")),
            AccountEvent::TransferReceived(event) => (Some(event.currency), Flow::Transfer, Label::new("received")),
            AccountEvent::Interest(event) => (Some(event.currency), Flow::Interest, Label::new("interest")),
            AccountEvent::Fee(event) => (Some(event.currency), Flow::Fee, event.reason.clone()),
            AccountEvent::OverdraftLimitSet(_) | AccountEvent::Closed(_) => return,
        };
        let of_account = || recorded.stream.index().and_then(|index| *self.currencies.get(index)?);
        let Some(currency) = currency.or_else(of_account) else { return };
        let Some(total) = self.total((currency, flow, source)) else { return };
        total.count = total.count.saturating_add(1);
        total.sum += i128::from(recorded.event.change()).abs();
    }
}

/// The town of a place: what stands before its first comma.
pub(super) fn town(place: &Label) -> Label {
    place.split_once(',').map_or_else(|| place.clone(), |(town, _)| Label::new(town))
}
