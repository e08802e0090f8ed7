use super::Reveal;

/// Browsers cut elements off beyond some ten million pixels; a longer list is scaled into this height.
const HEIGHT_MAX: f64 = 8_000_000.0;
/// How many rows are made beyond what is seen, at either end.
const OVERSCAN: usize = 8;
/// How many of those are left at an end before more are made there: so they are made some at a time.
const OVERSCAN_MIN: usize = 6;

/// What the browser told last of how far the box is scrolled, and how often it has told.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Told {
    pub(super) scroll: f64,
    pub(super) times: u32,
}

impl Told {
    /// What the browser tells next.
    pub(super) fn next(self, scroll: f64) -> Self {
        Self { scroll, times: self.times.wrapping_add(1) }
    }
}

/// Where a list stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Place {
    /// How far the box is scrolled, or is about to be.
    pub(super) top: f64,
    /// How often the list was taken elsewhere to bring a row into view.
    taken: u32,
    /// Whether it stands where it was taken to, or where it began: nobody has scrolled since.
    is_taken: bool,
    told: Told,
    /// The row that was brought into view last, and how high a row was then.
    revealed: (Option<Reveal>, f64),
}

impl Place {
    /// Follows the browser, and the row to bring into view where that is another or rows changed their height.
    pub(super) fn after(before: Option<&Self>, told: Told, reveal: Option<Reveal>, shape: &Shape, seen: f64) -> Self {
        let revealed = (reveal, shape.row);
        let mut place = match before {
            None => Self { top: told.scroll, taken: 0, is_taken: true, told, revealed },
            Some(before) if before.told == told => Self { revealed, ..before.clone() },
            Some(before) => {
                // The browser tells of every place, also of where it was told to go.
                let is_echo = (told.scroll - before.top).abs() < 1.0;
                Self { top: told.scroll, is_taken: before.is_taken && is_echo, told, revealed, ..before.clone() }
            }
        };
        let is_wanted = before.is_none_or(|before| before.revealed != revealed);
        let wanted = reveal.filter(|_| is_wanted).and_then(|reveal| shape.reveal(reveal.row, place.top, seen));
        if let Some(wanted) = wanted {
            place.top = wanted.floor();
            place.taken = place.taken.wrapping_add(1);
            place.is_taken = true;
        }
        place
    }
}

/// Which rows are in the page.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Window {
    pub(super) first: usize,
    /// The row after the last one.
    pub(super) last: usize,
    /// Where the first begins, in pixels.
    pub(super) top: f64,
    /// Whether these are only the rows that are seen.
    pub(super) is_lean: bool,
    /// How often the list had been taken elsewhere, and how often it had come to rest.
    stage: (u32, u32),
}

impl Window {
    /// The rows at a place. Where the list is taken far away, as while the playhead is dragged, only rows that are seen
    /// are made; the others follow once it has `rested` there, or is scrolled.
    pub(super) fn after(before: Option<&Self>, shape: &Shape, place: &Place, seen: f64, rested: u32) -> Self {
        let (from, to) = shape.rows(place.top, seen, 0);
        let stage = (place.taken, rested);
        let is_lean = place.is_taken
            && before.is_none_or(|before| {
                let is_far = to <= before.first || before.last <= from;
                before.stage.1 == rested && (before.is_lean || (before.stage.0 != place.taken && is_far))
            });
        let (first, last) = shape.rows(place.top, seen, if is_lean { 0 } else { OVERSCAN });
        let needed = shape.rows(place.top, seen, OVERSCAN_MIN);
        let is_enough = |before: &&Self| {
            let is_full = !before.is_lean && before.last - before.first == shape.full_window(seen);
            is_full && before.first <= needed.0 && needed.1 <= before.last && before.last <= shape.count
        };
        let (first, last) = before.filter(is_enough).map_or((first, last), |before| (before.first, before.last));
        let top = place.top + (shape.top_of(first) - shape.offset(place.top, seen));
        Self { first, last, top, is_lean, stage }
    }
}

/// What the rows measure, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Shape {
    pub(super) count: usize,
    /// The height of a row.
    pub(super) row: f64,
    /// A row that is open, and by how much it is higher.
    pub(super) open: Option<(usize, f64)>,
}

impl Shape {
    /// The height of all rows.
    fn full(&self) -> f64 {
        to_pixels(self.count) * self.row + self.open.map_or(0.0, |(_, extra)| extra)
    }

    /// The height that the page sees.
    pub(super) fn height(&self) -> f64 {
        self.full().min(HEIGHT_MAX)
    }

    /// How far down all rows one is, where the box is scrolled to `scroll`.
    fn offset(&self, scroll: f64, seen: f64) -> f64 {
        let (full, height) = (self.full(), self.height());
        let travel = (height - seen).max(1.0);
        if full > height { scroll.min(travel) / travel * (full - seen) } else { scroll }
    }

    fn top_of(&self, row: usize) -> f64 {
        let extra = self.open.filter(|(open, _)| *open < row).map_or(0.0, |(_, extra)| extra);
        to_pixels(row) * self.row + extra
    }

    fn row_at(&self, offset: f64) -> usize {
        match self.open {
            Some((open, extra)) if offset > to_pixels(open + 1) * self.row => {
                to_index((offset - extra) / self.row).max(open)
            }
            Some(_) | None => to_index(offset / self.row),
        }
    }

    /// The rows that are seen where the box is scrolled to `scroll`, and some beyond at either end: the first, and the
    /// one after the last. They are as many wherever the box is, so that they need not come and go: one that is cut off
    /// at the top lets another one be seen at the end.
    fn rows(&self, scroll: f64, seen: f64, beyond: usize) -> (usize, usize) {
        let first = self.row_at(self.offset(scroll, seen));
        let last = first.saturating_add(to_index(seen / self.row) + 2 + beyond);
        (first.saturating_sub(beyond).min(self.count), last.min(self.count))
    }

    /// How many rows are in the page, where the list does not begin or end there.
    fn full_window(&self, seen: f64) -> usize {
        to_index(seen / self.row) + 2 + 2 * OVERSCAN
    }

    /// Where to scroll to so that a row is seen; `None` where it is.
    fn reveal(&self, row: usize, scroll: f64, seen: f64) -> Option<f64> {
        let (at, now) = (self.top_of(row), self.offset(scroll, seen));
        if at >= now && at + self.row <= now + seen {
            return None;
        }
        let (full, height) = (self.full(), self.height());
        let wanted = (at - seen * 0.38).min(full - seen).max(0.0);
        Some(if full > height { wanted / (full - seen).max(1.0) * (height - seen) } else { wanted })
    }
}

#[expect(clippy::cast_precision_loss, reason = "rows are counted in a u32")]
fn to_pixels(rows: usize) -> f64 {
    rows as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a pixel offset, held at zero and above")]
fn to_index(rows: f64) -> usize {
    rows.max(0.0) as usize
}
