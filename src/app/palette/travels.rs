use super::{Action, Item, Kind, Place};
use crate::{
    app::{
        Moment, Travel,
        format::{self, Zone},
        route::Screen,
    },
    kernel::{Codec, History, Position},
};

/// A typed time or number of an event.
pub(super) fn travels<C: Codec>(line: &str, place: &Place, history: &History<C>, zone: Zone) -> Vec<Item> {
    let (mut items, clock) = (Vec::new(), place.moment.clock);
    let timeline = history.timeline(clock);
    if timeline.is_empty() {
        return items;
    }
    if let Some(instant) = format::parse_moment(line, zone) {
        let rank = timeline.rank_at(instant);
        let hint = match rank {
            rank if rank.get() == 0 => "before the first event".to_owned(),
            rank if rank >= timeline.len() => "after the last event".to_owned(),
            rank => format!("event {}", format::int(rank.get())),
        };
        let title = format!("Go to {}", format::time(instant, zone));
        items.push(travel(title, hint, Travel::ToInstant(instant)));
    }
    if let Some(position) = event_number(line).filter(|position| *position <= history.head()) {
        let at = timeline.time_at(history.rank_of(clock, position));
        let hint = at.map(|at| format::time(at, zone)).unwrap_or_default();
        let title = format!("Go to event {}", format::int(position.get()));
        items.push(travel(title, hint, Travel::ToPosition(position)));
        let title = format!("Show event {} in the log", format::int(position.get()));
        let action = Action::Go(Screen::Log { event: Some(position) });
        items.push(Item { kind: Kind::Screen, title, hint: String::new(), action, is_blocked: false });
    }
    items
}

fn travel(title: String, hint: String, travel: Travel) -> Item {
    Item { kind: Kind::Travel, title, hint, action: Action::Travel(travel), is_blocked: false }
}

/// The way back to the present.
pub(super) fn go_live(moment: &Moment) -> Item {
    let hint = if moment.is_live() { "you are there" } else { "End" };
    let item = travel("Return to live".to_owned(), hint.to_owned(), Travel::GoLive);
    Item { is_blocked: moment.is_live(), ..item }
}

/// `812004`, `812,004`, `812 004`, `#812004` or `event 812004`.
fn event_number(line: &str) -> Option<Position> {
    let line = line.trim_start_matches('#');
    let line = match line.get(..5) {
        Some(start) if start.eq_ignore_ascii_case("event") => line.get(5..)?,
        Some(_) | None => line,
    };
    let digits: String = line.chars().filter(|c| !matches!(c, ',' | ' ')).collect();
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = if is_number { digits.parse().ok()? } else { 0 };
    (number > 0).then_some(Position::new(number))
}
