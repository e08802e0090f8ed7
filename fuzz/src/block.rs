//! What must hold of the bytes of a block, and of everything that reads one.

use annals::{
    app::{LogFilter, LogSearch, Playhead, ReadSide, Stand, files::cloud_events::SeenIds},
    bank::BankCodec,
    kernel::{Block, BlockError, ChainHash, Clock, Position, RecordedEvent},
};

/// Reads bytes as a block in every way there is.
///
/// # Panics
/// When the ways do not agree with each other.
pub fn check(bytes: &[u8]) {
    let Ok(block) = Block::from_bytes(bytes) else { return };
    assert_eq!(block.bytes(), bytes, "a block is its bytes");
    let (events, chain) = (block.events(), block.verify_chain());
    match (&events, &chain) {
        (Ok(_), Ok(()) | Err(BlockError::BrokenChain { .. })) | (Err(_), Err(_)) => {}
        (events, chain) => panic!("{events:?} and {chain:?}"),
    }
    views(&block, events.as_deref().ok());
    places(&block, events.as_deref().ok(), chain.is_ok());
    if let Ok(events) = &events {
        again(&block, events, chain.is_ok());
    }
    history(&block, events.as_deref().ok(), chain.is_ok());
    assert_eq!(SeenIds::new().add_block(&block).is_ok(), events.is_ok());
}

/// One event after the other, as the block shows them.
fn views(block: &Block, events: Option<&[RecordedEvent]>) {
    let Ok(mut reader) = block.read() else {
        assert!(events.is_none());
        return;
    };
    let streams = reader.streams().count();
    let mut count = 0;
    let mut text = String::new();
    while let Ok(Some(event)) = reader.next_event() {
        assert!(event.stream_slot < streams);
        text.clear();
        event.data.write_json(&mut text);
        let owned = event.to_recorded();
        if let Some(events) = events {
            assert_eq!(owned.as_ref().ok(), events.get(count));
        }
        if let Ok(owned) = owned {
            assert_eq!(owned.event.data.as_str(), text);
            // There is JSON that no tree can hold, such as 1e999: read as nothing either way.
            let [read, tree] = [event.data.read().unwrap_or_default(), owned.event.data.to_value()];
            assert_eq!(read, tree, "{text}");
        }
        count += 1;
    }
    assert!(count <= block.header().count as usize);
}

/// The chain up to, and the part behind, the first, a middle and the last event, and outside of them.
fn places(block: &Block, events: Option<&[RecordedEvent]>, is_whole: bool) {
    let (first, last) = (block.header().first, block.header().last());
    let middle = Position::new(first.get() + (last.get() - first.get()) / 2);
    for position in [Position::ZERO, first.previous(), first, middle, last, last.next()] {
        let (chain, part) = (block.chain_at(position), block.clone().part_after(position));
        let Some(events) = events else { continue };
        let is_inside = first.previous() <= position && position <= last;
        assert_eq!(chain.unwrap().is_some(), is_inside);
        let behind: Vec<&RecordedEvent> = events.iter().filter(|event| event.position > position).collect();
        match part {
            Ok(part) => assert!(part.events().unwrap().iter().eq(behind), "the part behind {position}"),
            Err(BlockError::BrokenChain { .. }) => assert!(!is_whole),
            // Behind the last nothing is left; and what was not written by us may have texts of a length that is not sealed.
            Err(BlockError::Malformed { .. }) => {}
            Err(other) => panic!("{other}"),
        }
    }
}

/// What was read can be written, and is then read as the same.
fn again(block: &Block, events: &[RecordedEvent], is_whole: bool) {
    assert_eq!(events.len(), block.header().count as usize);
    let Some(sealed) = Block::seal(events, block.header().chain_before) else { return };
    assert_eq!(sealed.events().as_deref(), Ok(events));
    assert_eq!(sealed.verify_chain(), Ok(()));
    if is_whole {
        assert_eq!(sealed.header(), block.header());
    }
}

/// The block as the whole of a log, with all read models at a few moments.
fn history(block: &Block, events: Option<&[RecordedEvent]>, is_whole: bool) {
    let mut read = ReadSide::new(BankCodec::new().unwrap());
    let taken = read.extend(block.clone());
    assert_eq!(read.history().head().get(), if taken.is_ok() { block.header().count } else { 0 });
    if taken.is_err() {
        return;
    }
    let events = events.expect("what a history takes can be read");
    let (first, last) = (block.header().first, block.header().last());
    for event in [events.first(), events.get(events.len() / 2), events.last()].into_iter().flatten() {
        assert_eq!(read.history().event(event.position).as_ref(), Some(event));
    }
    let before = read.history().hashes(first).map(|(before, _)| before);
    assert_eq!(before, Some(ChainHash::START));
    let after = read.history().hashes(last).map(|(_, after)| after);
    assert_eq!(after == Some(block.header().chain_after), is_whole);
    let middle = Position::new(last.get().div_ceil(2));
    for clock in [Clock::Recorded, Clock::Occurred] {
        for stand in [Stand::Live, Stand::At(first), Stand::At(middle)] {
            let moment = read.moment(Playhead { clock, stand });
            read.balances(&moment);
            read.sources(&moment);
            read.alerts(&moment, 10);
        }
        let id = read.history().stream_id(&events[0].event.stream).expect("the stream of an event is known");
        read.account(id, clock);
    }
    let mut search = LogSearch::new(LogFilter { words: vec!["e".to_owned()], ..LogFilter::default() });
    search.step(read.history(), u32::MAX);
    assert!(search.found().iter().all(|position| *position <= last));
    assert!(read.adopt(block.clone()), "a block can stand in its own place");
}
