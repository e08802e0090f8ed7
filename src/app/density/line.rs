use crate::{app::TimeRange, bank::AccountHistory};

/// A corner of a line: how far along the range, in pixels, and the balance there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Corner {
    /// Pixels from the beginning of the range.
    pub x: f64,
    /// A balance in minor units.
    pub minor: i64,
}

/// The balance as a line of steps over a range that is `width` pixels wide: the entries `from ≤ index < to` of a
/// history, and before them the balance that the range begins with.
///
/// It is exact: every balance that was reached in a column of pixels lies on the line there. A column has at most four
/// corners, so a million entries draw as fast as a thousand. The line ends at its last corner; where it leads on to is
/// the caller's to say.
pub fn balance_line(history: &AccountHistory, from: usize, to: usize, range: TimeRange, width: f64) -> Vec<Corner> {
    let entries = history.entries();
    let to = to.min(entries.len());
    let mut line = Vec::new();
    let mut now = from.checked_sub(1).map(|_| history.balance_after(from));
    if let Some(minor) = now {
        line.push(Corner { x: 0.0, minor });
    }
    let mut next = from;
    while next < to {
        let Some(at) = entries.at(next) else { break };
        let x = range.share_of(at) * width;
        let end = range.instant_at((x.floor() + 1.0) / width.max(1.0));
        let many = entries.count_before(end).min(to).saturating_sub(next).max(1);
        let last = history.balance_after(next + many);
        if let Some(minor) = now {
            line.push(Corner { x, minor });
        }
        if many > 1
            && let Some((low, high)) = history.extremes(next, next + many)
        {
            // The way that is left from the nearer extreme to the last balance draws over itself.
            let (first, second) = if now.unwrap_or(last) <= last { (low, high) } else { (high, low) };
            line.extend([first, second].map(|minor| Corner { x, minor }));
        }
        line.push(Corner { x, minor: last });
        now = Some(last);
        next += many;
    }
    line
}

/// What came in and what went out in a column of pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InOut {
    /// Pixels from the beginning of the range.
    pub x: f64,
    /// What came in, in minor units.
    pub inward: i64,
    /// What went out, in minor units; not negative.
    pub outward: i64,
}

/// In and out for each column of pixels that has entries, of the entries `from ≤ index < to`. A column of very many
/// entries has only their difference: what is looked at stays bounded.
pub fn in_and_out(history: &AccountHistory, from: usize, to: usize, range: TimeRange, width: f64) -> Vec<InOut> {
    const SUMMED_MAX: usize = 48;
    let entries = history.entries();
    let to = to.min(entries.len());
    let mut out = Vec::new();
    let mut next = from;
    while next < to {
        let Some(at) = entries.at(next) else { break };
        let column = (range.share_of(at) * width).floor();
        let end = range.instant_at((column + 1.0) / width.max(1.0));
        let many = entries.count_before(end).min(to).saturating_sub(next).max(1);
        let (mut inward, mut outward) = (0i64, 0i64);
        let mut flow = |change: i64| {
            inward = inward.saturating_add(change.max(0));
            outward = outward.saturating_add(change.min(0).saturating_neg());
        };
        if many <= SUMMED_MAX {
            (next..next + many).for_each(|index| flow(history.change(index)));
        } else {
            flow(history.balance_after(next + many).saturating_sub(history.balance_after(next)));
        }
        if inward != 0 || outward != 0 {
            out.push(InOut { x: column, inward, outward });
        }
        next += many;
    }
    out
}
