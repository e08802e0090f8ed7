//! Merging: nothing of a log changes, few blocks stay, and little is written twice.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

use annals::{
    app::{Env, Ledger},
    kernel::{
        Block, EventId, EventLog as _, Label, MergePolicy, NewEvent, Payload, Position, RecordedEvent, SchemaVersion,
        StoredBlock, StreamName, Timestamp,
    },
    store::MemoryLog,
};
use futures_executor::block_on;
use proptest::prelude::*;

const POLICY: MergePolicy = MergePolicy { fan_in: 4, sealed_events: 32, sealed_bytes: usize::MAX };

struct Still;

impl Env for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000)
    }
    fn new_id(&self) -> EventId {
        EventId::parse("never asked")
    }
    fn elapsed_micros(&self) -> u64 {
        0
    }
    async fn breathe(&self) {}
}

fn event(number: u32) -> NewEvent {
    NewEvent {
        id: EventId::parse(&format!("id-{number}")),
        stream: StreamName::parse(&format!("test/{}", number % 7)).unwrap(),
        event_type: "Happened".into(),
        schema: SchemaVersion::FIRST,
        data: Payload::parse(&format!("{{\"number\":{number}}}")).unwrap(),
        occurred_at: Timestamp::from_millis(i64::from(number % 5)),
        actor: "ada".into(),
        reason: Label::default(),
        correlation_id: None,
        causation_id: None,
        attributes: None,
    }
}

async fn open(log: &MemoryLog) -> Ledger<MemoryLog> {
    Ledger::open(log.clone(), &Still, |_| {}).await.unwrap()
}

async fn commit(ledger: &Ledger<MemoryLog>, size: u32) {
    let first = ledger.tail().position.get();
    let events = (1..=size).map(|offset| (event(first + offset), None)).collect::<Vec<_>>();
    ledger.append_staged(events, &Still, |_| true).await.unwrap();
}

async fn stored(log: &MemoryLog) -> Vec<Block> {
    let blocks = log.read(Position::ZERO, u32::MAX).await.unwrap();
    blocks.into_iter().map(|StoredBlock { bytes, .. }| Block::from_bytes(bytes).unwrap()).collect()
}

fn events(blocks: &[Block]) -> Vec<RecordedEvent> {
    blocks.iter().flat_map(|block| block.events().unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Commits of any sizes, merged now and then: the same events and end, in few blocks, each of which was written few times.
    #[test]
    fn a_merged_log_is_the_same_log_in_few_blocks(sizes in prop::collection::vec((prop_oneof![9 => 1u32..8, 1 => 8u32..40], any::<bool>()), 1..150)) {
        block_on(async {
            let (log, plain) = (MemoryLog::new(), MemoryLog::new());
            let (merging, never) = (open(&log).await, open(&plain).await);
            let mut written = 0;
            for (size, now) in &sizes {
                commit(&merging, *size).await;
                commit(&never, *size).await;
                if *now {
                    let before = stored(&log).await;
                    merging.merge_blocks(POLICY, &Still).await.unwrap();
                    let is_new = |block: &&Block| !before.contains(block);
                    written += stored(&log).await.iter().filter(is_new).map(|block| block.header().count).sum::<u32>();
                }
            }
            merging.merge_blocks(POLICY, &Still).await.unwrap();
            let (blocks, all) = (stored(&log).await, stored(&plain).await);
            prop_assert_eq!(events(&blocks), events(&all));
            prop_assert_eq!(merging.tail(), never.tail());
            prop_assert_eq!(merging.read(|read| read.history().blocks_here().cloned().collect::<Vec<_>>()), blocks.clone());
            let count = merging.tail().position.get();
            let most = 2 * count / POLICY.sealed_events + POLICY.sealed_events / POLICY.fan_in + POLICY.fan_in + 1;
            prop_assert!(blocks.len() <= most as usize, "{} blocks of {count} events, at most {most}", blocks.len());
            prop_assert!(written <= 2 * count, "{written} of {count} events were written again");
            prop_assert_eq!(merging.merge_blocks(POLICY, &Still).await, Ok(0), "nothing is left to do");
            // It opens again as it was.
            let again = open(&log).await;
            prop_assert_eq!((again.tail(), again.damage()), (never.tail(), None));
            Ok(())
        })?;
    }
}

#[test]
fn a_tab_takes_over_what_another_has_merged() {
    block_on(async {
        let log = MemoryLog::new();
        let (one, two) = (open(&log).await, open(&log).await);
        for _ in 0..6 {
            commit(&one, 1).await;
        }
        two.catch_up(&Still).await.unwrap();
        assert_eq!(one.merge_blocks(POLICY, &Still).await, Ok(5));
        assert_eq!(two.read(|read| read.history().blocks().len()), 6);
        assert_eq!(two.merge_blocks(POLICY, &Still).await, Ok(5), "it takes over what it would have made");
        assert_eq!(two.read(|read| read.history().blocks_here().cloned().collect::<Vec<_>>()), stored(&log).await);
        // Both write on.
        commit(&two, 1).await;
        one.catch_up(&Still).await.unwrap();
        commit(&one, 1).await;
        assert_eq!(events(&stored(&log).await).len(), 8);
    });
}

#[test]
fn a_large_block_is_left_as_it_is() {
    block_on(async {
        let log = MemoryLog::new();
        let ledger = open(&log).await;
        for size in [1, 5000, 1, 2] {
            commit(&ledger, size).await;
        }
        assert_eq!(
            stored(&log).await.iter().map(|block| block.header().count).collect::<Vec<_>>(),
            [1, 1023, 3072, 905, 1, 2]
        );
        assert_eq!(ledger.merge_blocks(MergePolicy::default(), &Still).await, Ok(2), "the first three fit into one");
        assert_eq!(ledger.merge_blocks(POLICY, &Still).await, Ok(0), "neither what is larger than a sealed block");
    });
}
