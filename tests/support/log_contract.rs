#![cfg(test)]
//! What every [`EventLog`] promises. The same functions run over memory natively and over a database in a browser.

use annals::kernel::{
    AppendError, Block, ChainHash, CheckpointStore, EventId, EventLog, Label, NewEvent, Payload, Position,
    RecordedEvent, SchemaVersion, StoredBlock, StreamName, Tail, Timestamp, Version,
};
use futures_util::future::join;

/// Where logs are opened. Opening a name again gives another handle on the same log.
pub(crate) trait Archive {
    type Log: EventLog + CheckpointStore;
    async fn open(&self, name: &str) -> Self::Log;
}

/// Hands the names of all promises to a macro that makes tests of them.
macro_rules! with_each_promise {
    ($tests:ident) => {
        $tests! {
            an_empty_log_ends_at_the_start,
            what_was_appended_is_read_back_as_it_was,
            a_stale_writer_is_refused_and_nothing_is_written,
            a_writer_ahead_of_the_log_is_refused,
            a_writer_of_another_history_is_refused,
            several_blocks_are_appended_together,
            several_blocks_are_refused_together,
            blocks_that_do_not_follow_are_refused,
            an_append_of_nothing_only_compares,
            a_log_is_read_in_pages,
            of_two_writers_exactly_one_wins,
            a_log_opened_again_is_the_same,
            two_logs_have_nothing_in_common,
            merged_blocks_hold_the_same_events,
            a_merge_of_what_is_not_there_changes_nothing,
            of_two_that_merge_exactly_one_does,
            a_merge_at_the_end_leaves_the_end_where_it_is,
            a_checkpoint_is_kept_until_the_next_of_its_key,
            checkpoints_saved_together_are_there_together,
            of_two_that_save_several_checkpoints_the_later_has_saved_all,
            checkpoints_are_cleared_and_the_log_is_not,
        }
    };
}
pub(crate) use with_each_promise;

/// `count` blocks of 1, 2, 3, … events that follow `tail`; `writer` makes them differ from another writer's.
pub(crate) fn blocks_after(tail: Tail, count: u32, writer: &str) -> Vec<Block> {
    let mut tail = tail;
    (1..=count)
        .map(|size| {
            let events: Vec<_> = (1..=size).map(|offset| event(tail.position.plus(offset), writer)).collect();
            let block = Block::seal(&events, tail.chain).expect("there are events");
            tail = Tail::after(block.header());
            block
        })
        .collect()
}

fn event(position: Position, writer: &str) -> RecordedEvent {
    let millis = i64::from(position.get());
    RecordedEvent {
        position,
        version: Version::new(position.get()),
        recorded_at: Timestamp::from_millis(millis),
        event: NewEvent {
            id: EventId::Text(Label::new(&format!("{writer}-{position}"))),
            stream: StreamName::parse("test/one").expect("a stream"),
            event_type: "Happened".into(),
            schema: SchemaVersion::FIRST,
            data: Payload::parse(&format!("{{\"by\":{writer:?}}}")).expect("JSON"),
            occurred_at: Timestamp::from_millis(millis),
            actor: writer.into(),
            reason: "because".into(),
            correlation_id: None,
            causation_id: None,
            attributes: None,
        },
    }
}

/// Where a log ends after `blocks`.
pub(crate) fn end_of(blocks: &[Block]) -> Tail {
    blocks.last().map_or(Tail::START, |block| Tail::after(block.header()))
}

/// What a log gives back for `blocks`.
pub(crate) fn stored(blocks: &[Block]) -> Vec<StoredBlock> {
    blocks.iter().map(|block| StoredBlock { last: block.header().last(), bytes: block.bytes().into() }).collect()
}

async fn everything(log: &impl EventLog) -> Vec<StoredBlock> {
    log.read(Position::ZERO, u32::MAX).await.expect("readable")
}

pub(crate) async fn an_empty_log_ends_at_the_start(archive: &impl Archive) {
    let log = archive.open("empty").await;
    assert_eq!(log.last().await, Ok(Position::ZERO));
    assert_eq!(everything(&log).await, []);
}

pub(crate) async fn what_was_appended_is_read_back_as_it_was(archive: &impl Archive) {
    let log = archive.open("round-trip").await;
    let blocks = blocks_after(Tail::START, 5, "ada");
    let mut tail = Tail::START;
    for block in &blocks {
        log.append(tail, std::slice::from_ref(block)).await.expect("appended");
        tail = Tail::after(block.header());
        assert_eq!(log.last().await, Ok(tail.position));
    }
    assert_eq!(everything(&log).await, stored(&blocks));
    let events = blocks.iter().flat_map(|block| block.events().expect("readable"));
    let read = everything(&log).await.into_iter().map(|stored| Block::from_bytes(stored.bytes).expect("a block"));
    assert_eq!(
        read.flat_map(|block| block.events().expect("readable")).collect::<Vec<_>>(),
        events.collect::<Vec<_>>()
    );
}

pub(crate) async fn a_stale_writer_is_refused_and_nothing_is_written(archive: &impl Archive) {
    let log = archive.open("stale").await;
    let (first, late) = (blocks_after(Tail::START, 2, "ada"), blocks_after(Tail::START, 3, "bob"));
    log.append(Tail::START, &first).await.expect("appended");
    let conflict = AppendError::Conflict { expected: Tail::START, actual: end_of(&first).position };
    assert_eq!(log.append(Tail::START, &late).await, Err(conflict));
    assert_eq!(log.last().await, Ok(end_of(&first).position));
    assert_eq!(everything(&log).await, stored(&first));
}

pub(crate) async fn a_writer_ahead_of_the_log_is_refused(archive: &impl Archive) {
    // What a tab believes whose log the browser has lost meanwhile.
    let log = archive.open("ahead").await;
    let lost = blocks_after(Tail::START, 3, "ada");
    let next = blocks_after(end_of(&lost), 1, "ada");
    let conflict = AppendError::Conflict { expected: end_of(&lost), actual: Position::ZERO };
    assert_eq!(log.append(end_of(&lost), &next).await, Err(conflict));
    assert_eq!(everything(&log).await, []);
}

pub(crate) async fn a_writer_of_another_history_is_refused(archive: &impl Archive) {
    let log = archive.open("other-history").await;
    let (ours, theirs) = (blocks_after(Tail::START, 2, "ada"), blocks_after(Tail::START, 2, "bob"));
    log.append(Tail::START, &ours).await.expect("appended");
    assert_eq!(end_of(&ours).position, end_of(&theirs).position);
    let next = blocks_after(end_of(&theirs), 1, "bob");
    let conflict = AppendError::Conflict { expected: end_of(&theirs), actual: end_of(&ours).position };
    assert_eq!(log.append(end_of(&theirs), &next).await, Err(conflict));
    assert_eq!(everything(&log).await, stored(&ours));
}

pub(crate) async fn several_blocks_are_appended_together(archive: &impl Archive) {
    let log = archive.open("several").await;
    let blocks = blocks_after(Tail::START, 20, "ada");
    log.append(Tail::START, &blocks).await.expect("appended");
    assert_eq!(log.last().await, Ok(end_of(&blocks).position));
    assert_eq!(everything(&log).await, stored(&blocks));
}

pub(crate) async fn several_blocks_are_refused_together(archive: &impl Archive) {
    let log = archive.open("refused-together").await;
    let first = blocks_after(Tail::START, 4, "ada");
    log.append(Tail::START, &first).await.expect("appended");
    // The last of these would fit behind the log, the ones before it would not.
    let late = blocks_after(Tail::START, 6, "bob");
    let refused = log.append(Tail::START, &late).await;
    assert_eq!(refused, Err(AppendError::Conflict { expected: Tail::START, actual: end_of(&first).position }));
    assert_eq!(everything(&log).await, stored(&first));
    assert_eq!(log.last().await, Ok(end_of(&first).position));
}

pub(crate) async fn blocks_that_do_not_follow_are_refused(archive: &impl Archive) {
    let log = archive.open("gaps").await;
    let blocks = blocks_after(Tail::START, 3, "ada");
    let gap = [blocks[0].clone(), blocks[2].clone()];
    let swapped = [blocks[1].clone(), blocks[0].clone()];
    let wrong_chain = {
        let chain = ChainHash::parse(&"5".repeat(64)).expect("a hash");
        [Block::seal(&[event(Position::FIRST, "ada")], chain).expect("one event")]
    };
    for wrong in [&gap[..], &swapped, &wrong_chain] {
        assert!(matches!(log.append(Tail::START, wrong).await, Err(AppendError::Log(_))));
    }
    assert_eq!(everything(&log).await, []);
    assert_eq!(log.last().await, Ok(Position::ZERO));
}

pub(crate) async fn an_append_of_nothing_only_compares(archive: &impl Archive) {
    let log = archive.open("nothing").await;
    let blocks = blocks_after(Tail::START, 1, "ada");
    assert_eq!(log.append(Tail::START, &[]).await, Ok(()));
    assert_eq!(log.last().await, Ok(Position::ZERO));
    log.append(Tail::START, &blocks).await.expect("appended");
    let conflict = AppendError::Conflict { expected: Tail::START, actual: end_of(&blocks).position };
    assert_eq!(log.append(Tail::START, &[]).await, Err(conflict));
    assert_eq!(log.append(end_of(&blocks), &[]).await, Ok(()));
}

pub(crate) async fn a_log_is_read_in_pages(archive: &impl Archive) {
    let log = archive.open("pages").await;
    let blocks = blocks_after(Tail::START, 10, "ada");
    log.append(Tail::START, &blocks).await.expect("appended");
    let mut pages = Vec::new();
    let mut after = Position::ZERO;
    loop {
        let page = log.read(after, 4).await.expect("readable");
        let Some(last) = page.last() else { break };
        after = last.last;
        pages.push(page);
    }
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [4, 4, 2]);
    assert_eq!(pages.concat(), stored(&blocks));
    // Block 4 holds the events 7 to 10: there is more of it after each but the last.
    for (after, block) in [(6, 3), (7, 3), (9, 3), (10, 4), (11, 4)] {
        let found = log.read(Position::new(after), 1).await;
        assert_eq!(found.as_deref(), Ok(&stored(&blocks)[block..=block]), "after {after}");
    }
    assert_eq!(log.read(Position::ZERO, 0).await.as_deref(), Ok(&[][..]));
    assert_eq!(log.read(Position::new(u32::MAX), 4).await.as_deref(), Ok(&[][..]));
}

pub(crate) async fn of_two_writers_exactly_one_wins(archive: &impl Archive) {
    let (ada, bob) = (archive.open("race").await, archive.open("race").await);
    let mut tail = Tail::START;
    let mut expected = Vec::new();
    for round in 0..100 {
        let (hers, his) = (blocks_after(tail, 2, "ada"), blocks_after(tail, 2, "bob"));
        let (she, he) = if round % 2 == 0 {
            join(ada.append(tail, &hers), bob.append(tail, &his)).await
        } else {
            let (he, she) = join(bob.append(tail, &his), ada.append(tail, &hers)).await;
            (she, he)
        };
        let (won, lost) = if she.is_ok() { (hers, he) } else { (his, she.clone()) };
        assert_eq!(
            lost,
            Err(AppendError::Conflict { expected: tail, actual: end_of(&won).position }),
            "round {round}: {she:?}"
        );
        tail = end_of(&won);
        expected.extend(stored(&won));
        assert_eq!((ada.last().await, bob.last().await), (Ok(tail.position), Ok(tail.position)), "round {round}");
    }
    assert_eq!(everything(&ada).await, expected);
    assert_eq!(everything(&bob).await, expected);
}

pub(crate) async fn a_log_opened_again_is_the_same(archive: &impl Archive) {
    let blocks = blocks_after(Tail::START, 3, "ada");
    let log = archive.open("again").await;
    log.append(Tail::START, &blocks).await.expect("appended");
    drop(log);
    let again = archive.open("again").await;
    assert_eq!(again.last().await, Ok(end_of(&blocks).position));
    assert_eq!(everything(&again).await, stored(&blocks));
    let more = blocks_after(end_of(&blocks), 1, "bob");
    again.append(end_of(&blocks), &more).await.expect("goes on");
}

pub(crate) async fn two_logs_have_nothing_in_common(archive: &impl Archive) {
    let (one, other) = (archive.open("one").await, archive.open("other").await);
    one.append(Tail::START, &blocks_after(Tail::START, 2, "ada")).await.expect("appended");
    assert_eq!(other.last().await, Ok(Position::ZERO));
    assert_eq!(everything(&other).await, []);
}

/// One block with the events of several.
pub(crate) fn merged(parts: &[Block]) -> Block {
    let events: Vec<_> = parts.iter().flat_map(|part| part.events().expect("readable")).collect();
    Block::seal(&events, parts[0].header().chain_before).expect("they follow each other")
}

fn keys(parts: &[Block]) -> Vec<Position> {
    parts.iter().map(|part| part.header().last()).collect()
}

pub(crate) async fn merged_blocks_hold_the_same_events(archive: &impl Archive) {
    let log = archive.open("merge").await;
    let blocks = blocks_after(Tail::START, 6, "ada");
    log.append(Tail::START, &blocks).await.expect("appended");
    // In the midst, a block alone, at the end, and all there is.
    for (run, left) in [(1..4, 4), (0..1, 4), (2..4, 3), (0..3, 1)] {
        let kept = everything(&log).await.into_iter().map(|one| Block::from_bytes(one.bytes).expect("a block"));
        let parts = &kept.collect::<Vec<_>>()[run];
        assert_eq!(log.merge(&keys(parts), &merged(parts)).await, Ok(true));
        assert_eq!(everything(&log).await.len(), left);
    }
    assert_eq!(everything(&log).await, stored(&[merged(&blocks)]), "the same bytes, however it came about");
    assert_eq!(log.last().await, Ok(end_of(&blocks).position));
}

pub(crate) async fn a_merge_of_what_is_not_there_changes_nothing(archive: &impl Archive) {
    let log = archive.open("merge-refused").await;
    let blocks = blocks_after(Tail::START, 5, "ada");
    log.append(Tail::START, &blocks).await.expect("appended");
    let others = blocks_after(Tail::START, 5, "bob");
    let (ours, theirs) = (merged(&blocks[1..3]), merged(&others[1..3]));
    let missing = [blocks[2].clone()];
    let elsewhere = [blocks[3].clone(), blocks[4].clone()];
    for (parts, merged) in [(&missing[..], &ours), (&elsewhere, &ours), (&blocks[..3], &ours), (&blocks[1..3], &theirs)]
    {
        assert_eq!(log.merge(&keys(parts), merged).await, Ok(false));
        assert_eq!(everything(&log).await, stored(&blocks));
    }
    assert_eq!(log.merge(&keys(&blocks[1..3]), &ours).await, Ok(true));
    assert_eq!(log.merge(&keys(&blocks[1..3]), &ours).await, Ok(false), "somebody has done it");
}

pub(crate) async fn of_two_that_merge_exactly_one_does(archive: &impl Archive) {
    let (ada, bob) = (archive.open("merge-race").await, archive.open("merge-race").await);
    let blocks = blocks_after(Tail::START, 8, "ada");
    ada.append(Tail::START, &blocks).await.expect("appended");
    let (some, more) = (&blocks[2..6], &blocks[3..8]);
    let (some_keys, more_keys, some, more) = (keys(some), keys(more), merged(some), merged(more));
    let done = join(ada.merge(&some_keys, &some), bob.merge(&more_keys, &more)).await;
    assert!(matches!(done, (Ok(true), Ok(false)) | (Ok(false), Ok(true))), "{done:?}");
    let kept = everything(&bob).await.into_iter().map(|one| Block::from_bytes(one.bytes).expect("a block"));
    let events: Vec<_> = kept.flat_map(|block| block.events().expect("readable")).collect();
    assert_eq!(events, merged(&blocks).events().expect("readable"));
}

pub(crate) async fn a_merge_at_the_end_leaves_the_end_where_it_is(archive: &impl Archive) {
    let (ada, bob) = (archive.open("merge-end").await, archive.open("merge-end").await);
    let blocks = blocks_after(Tail::START, 4, "ada");
    ada.append(Tail::START, &blocks).await.expect("appended");
    // Bob has slept since the first two.
    let stale = end_of(&blocks[..2]);
    assert_eq!(ada.merge(&keys(&blocks), &merged(&blocks)).await, Ok(true));
    let late = blocks_after(stale, 1, "bob");
    let conflict = AppendError::Conflict { expected: stale, actual: end_of(&blocks).position };
    assert_eq!(bob.append(stale, &late).await, Err(conflict));
    let next = blocks_after(end_of(&blocks), 1, "bob");
    bob.append(end_of(&blocks), &next).await.expect("goes on behind the merged block");
    assert_eq!(everything(&ada).await, stored(&[merged(&blocks), next[0].clone()]));
}

pub(crate) async fn a_checkpoint_is_kept_until_the_next_of_its_key(archive: &impl Archive) {
    let (ada, bob) = (archive.open("checkpoints").await, archive.open("checkpoints").await);
    assert_eq!(ada.load("one").await, Ok(None));
    let long: Vec<u8> = (0..100_000_u32).map(|number| number.to_le_bytes()[0]).collect();
    for (key, bytes) in [("one", &long[..]), ("other", b"o"), ("", b""), ("one", b"newer")] {
        assert_eq!(ada.save(&[(key, bytes)]).await, Ok(()));
        assert_eq!(bob.load(key).await.expect("readable").as_deref(), Some(bytes));
    }
    let others = archive.open("no-checkpoints").await;
    assert_eq!(others.load("one").await, Ok(None), "another log's are its own");
    assert_eq!(bob.load("other").await.expect("readable").as_deref(), Some(&b"o"[..]));
    assert_eq!(bob.load("").await.expect("readable").as_deref(), Some(&b""[..]));
}

async fn holds(log: &impl CheckpointStore, key: &str, bytes: &[u8]) {
    let found = log.load(key).await.expect("readable");
    assert!(found.as_deref() == Some(bytes), "{key:?} is another");
}

pub(crate) async fn checkpoints_saved_together_are_there_together(archive: &impl Archive) {
    let (ada, bob) = (archive.open("together").await, archive.open("together").await);
    assert_eq!(ada.save(&[("one", b"old"), ("before", b"b")]).await, Ok(()));
    let long: Vec<u8> = (0..100_000_u32).map(|number| number.to_le_bytes()[0]).collect();
    let records = [("one", &long[..]), ("other", b"o"), ("", b"")];
    assert_eq!(ada.save(&records).await, Ok(()));
    for (key, bytes) in records {
        holds(&ada, key, bytes).await;
        holds(&bob, key, bytes).await;
    }
    holds(&bob, "before", b"b").await;
    // One after the other, as if each were saved alone.
    assert_eq!(bob.save(&[("one", b"first"), ("other", b"p"), ("one", b"later")]).await, Ok(()));
    holds(&ada, "one", b"later").await;
    holds(&ada, "other", b"p").await;
    assert_eq!(bob.save(&[]).await, Ok(()), "nothing to save is no failure");
    holds(&ada, "one", b"later").await;
}

pub(crate) async fn of_two_that_save_several_checkpoints_the_later_has_saved_all(archive: &impl Archive) {
    let (ada, bob) = (archive.open("saving-race").await, archive.open("saving-race").await);
    for round in 0..50 {
        let (hers, his) = ([("one", &b"ada"[..]), ("other", b"ada")], [("other", &b"bob"[..]), ("one", b"bob")]);
        let done = join(ada.save(&hers), bob.save(&his)).await;
        assert_eq!(done, (Ok(()), Ok(())), "round {round}");
        let found = (ada.load("one").await.expect("readable"), bob.load("other").await.expect("readable"));
        assert!(found.0.is_some() && found.0 == found.1, "round {round}: {found:?}");
    }
}

pub(crate) async fn checkpoints_are_cleared_and_the_log_is_not(archive: &impl Archive) {
    let log = archive.open("cleared").await;
    let blocks = blocks_after(Tail::START, 3, "ada");
    log.append(Tail::START, &blocks).await.expect("appended");
    log.save(&[("one", b"1"), ("other", b"2")]).await.expect("saved");
    assert_eq!(log.clear().await, Ok(()));
    assert_eq!((log.load("one").await, log.load("other").await), (Ok(None), Ok(None)));
    assert_eq!(everything(&log).await, stored(&blocks));
    assert_eq!(log.clear().await, Ok(()), "nothing to clear is no failure");
}
