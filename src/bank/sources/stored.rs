//! How totals by source are kept outside of the memory, as what they differ in from earlier ones.
//!
//! First the list of totals: by how much count and sum differ. Then how many of the earlier sources there still are, all
//! or none, how many are new, and for each of these, in the order in which they appeared, its currency, a number for how
//! money moved, and its text. Then the list of the streams' currencies: the code, empty for what is no account.

use super::{Flow, Source, SourceTotal, Sources};
use crate::{
    bank::Currency,
    kernel::{Label, StateReader, StateWriter, Storable},
};
use std::sync::Arc;

impl Storable for Sources {
    fn write(&self, since: &Self, out: &mut StateWriter) {
        out.changes(&self.totals, &since.totals, |out, total, before| {
            let before = before.copied().unwrap_or_default();
            out.small_since(total.count, before.count);
            out.wide_since(total.sum, before.sum);
        });
        self.write_places(since, out);
        out.changes(&self.currencies, &since.currencies, |out, currency, _| {
            out.text(currency.as_ref().map_or("", Currency::code));
        });
    }

    fn read(since: &Self, from: &mut StateReader<'_>) -> Option<Self> {
        let totals = from.changes(&since.totals, |from, before| {
            let before = before.copied().unwrap_or_default();
            Some(SourceTotal { count: from.small_since(before.count)?, sum: from.wide_since(before.sum)? })
        })?;
        let mut places = from.kept(&since.places, since.places.len())?;
        for _ in 0..from.count()? {
            let (source, place) = (read_source(from)?, places.len());
            if Arc::make_mut(&mut places).insert(source, place).is_some() {
                return None;
            }
        }
        let currencies = from.changes(&since.currencies, |from, _| match from.text()? {
            "" => Some(None),
            code => Currency::parse(code).ok().map(Some),
        })?;
        (places.len() == totals.len()).then_some(Self { places, totals, currencies })
    }
}

impl Sources {
    fn write_places(&self, since: &Self, out: &mut StateWriter) {
        let known = self.places.iter().filter(|(_, place)| **place < since.places.len());
        let kept = if known.eq(since.places.iter()) { since.places.len() } else { 0 };
        let mut new: Vec<_> = self.places.iter().filter(|(_, place)| **place >= kept).collect();
        new.sort_unstable_by_key(|(_, place)| **place);
        out.number(kept as u64);
        out.number(new.len() as u64);
        for ((currency, flow, source), _) in new {
            out.text(currency.code());
            out.number(match flow {
                Flow::Deposit => 0,
                Flow::Withdrawal => 1,
                Flow::Transfer => 2,
                Flow::Interest => 3,
                Flow::Fee => 4,
            });
            out.text(source);
        }
    }
}

fn read_source(from: &mut StateReader<'_>) -> Option<Source> {
    let currency = Currency::parse(from.text()?).ok()?;
    let flow = match from.number()? {
        0 => Flow::Deposit,
        1 => Flow::Withdrawal,
        2 => Flow::Transfer,
        3 => Flow::Interest,
        4 => Flow::Fee,
        _ => return None,
    };
    Some((currency, flow, Label::new(from.text()?)))
}
