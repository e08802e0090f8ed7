//! The stored format: what was written stays readable to the letter, and what was not written is never taken for it.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

#[path = "kernel_support/events.rs"]
mod events;
#[path = "kernel_support/raw.rs"]
mod raw;
#[path = "kernel_support/toy.rs"]
mod toy;

use annals::kernel::{
    Block, BlockError, ChainHash, EventId, FORMAT_VERSION, History, NewEvent, Position, RecordedEvent, SchemaVersion,
    Timestamp, Version,
};
use events::{every_kind, id, json, plain, recorded, some_events, stream, time};
use proptest::prelude::*;
use raw::{
    ACTOR, CAUSATION, CORRELATION, DICTIONARY, ID, OCCURRED, RECORDED, Raw, SHAPE, SHAPES, STREAM, STREAMS, VALUES,
    number, table, text, with_checksum,
};
use std::{fs, path::PathBuf};
use toy::Toy;
use uuid::Uuid;

fn sealed(events: &[RecordedEvent]) -> Block {
    Block::seal(events, ChainHash::START).unwrap()
}

/// The events, a second apart.
fn a_second_apart(events: impl IntoIterator<Item = NewEvent>) -> Vec<RecordedEvent> {
    let start = time("2024-02-01T08:00:00Z");
    let times = (0i64..).map(|second| start.plus_micros(second * Timestamp::MICROS_PER_SECOND));
    recorded(1, events.into_iter().zip(times))
}

fn smallest() -> Vec<RecordedEvent> {
    let event = NewEvent {
        id: id(0),
        stream: stream("a/b"),
        event_type: "T".into(),
        schema: SchemaVersion::FIRST,
        data: json(r#"{"n":-3}"#),
        occurred_at: Timestamp::from_micros(1),
        actor: "".into(),
        reason: "".into(),
        correlation_id: None,
        causation_id: None,
        attributes: None,
    };
    recorded(1, [(event, Timestamp::from_micros(2))])
}

/// The golden files and what is in them. Once a file is there it never changes: a log somewhere may hold such a block.
fn golden() -> Vec<(&'static str, Vec<RecordedEvent>)> {
    let bank = |(number, (name, event_type, schema, data)): (u128, (&str, &str, u16, &str))| NewEvent {
        id: id(number),
        event_type: event_type.into(),
        schema: SchemaVersion(schema),
        data: json(data),
        occurred_at: time("2024-01-05T14:03:12.418Z").plus_micros(-1_000_000_007 * i64::try_from(number % 3).unwrap()),
        correlation_id: Some(id(1)),
        causation_id: Some(id(number.saturating_sub(1))),
        ..plain(name)
    };
    let ledger = [
        ("account/1", "AccountOpened", 1, r#"{"owner":"Ådne","currency":"EUR","initial_balance":0}"#),
        ("account/1", "MoneyDeposited", 1, r#"{"amount":14860}"#),
        ("account/2", "AccountOpened", 1, r#"{"owner":"Bo","currency":"JPY","initial_balance":500}"#),
        ("account/1", "MoneyDeposited", 2, r#"{"amount":14860,"currency":"EUR","source":"salary"}"#),
        ("account/2", "MoneyWithdrawn", 1, r#"{"amount":500,"atm_location":null}"#),
        ("account/2", "AccountClosed", 1, "{}"),
    ];
    vec![
        ("block-v1-smallest.bin", smallest()),
        ("block-v1-every-kind.bin", a_second_apart(every_kind())),
        ("block-v1-ledger.bin", a_second_apart((1u128..).zip(ledger).map(bank))),
    ]
}

fn golden_path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

#[test]
fn stored_blocks_are_read_as_what_was_written_and_written_as_they_were() {
    for (name, events) in golden() {
        let path = golden_path(name);
        if std::env::var_os("ANNALS_NEW_GOLDEN").is_some() && !path.exists() {
            fs::write(&path, sealed(&events).bytes()).unwrap();
        }
        let stored = fs::read(&path).unwrap_or_else(|_| panic!("no {name}: make it once, with ANNALS_NEW_GOLDEN=1"));
        let block = Block::from_bytes(stored.clone()).unwrap();
        assert_eq!(block.events().unwrap(), events, "{name} is read as what was written");
        assert_eq!(block.verify_chain(), Ok(()), "{name} has the chain that it had");
        assert_eq!(sealed(&events).bytes(), stored, "{name} is written as it was");
    }
}

#[test]
fn every_golden_file_has_its_test() {
    let known = golden();
    for entry in fs::read_dir(golden_path("")).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            continue; // The folders hold the golden files of other rooms, each with a test of its own.
        }
        let name = entry.file_name().into_string().unwrap();
        assert!(known.iter().any(|(golden, _)| *golden == name), "nothing reads {name}");
    }
}

/// The smallest block, byte by byte as the format describes it.
const SMALLEST: &[(&str, &str)] = &[
    ("41 4e 4e 42", "ANNB"),
    ("01 00  00 00", "format version 1, flags 0"),
    ("3b 4a c5 a6", "CRC-32 of all that follows"),
    ("01 00 00 00  01 00 00 00", "one event, the first at position 1"),
    ("01 00 00 00 00 00 00 00  01 00 00 00 00 00 00 00", "earliest and latest occurred_at: 1 microsecond"),
    ("02 00 00 00 00 00 00 00  02 00 00 00 00 00 00 00", "first and last recorded_at: 2 microseconds"),
    ("00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", "chain before"),
    ("1d 9a 0a 2c 18 fe 8a 5b ad 01 24 5a f1 43 fd eb d0 38 08 4d 8b eb e7 5d a3 a5 51 a7 4a a6 6e 0e", "chain after"),
    ("06  03  01 54  00  01 6e", "dictionary: 3 texts, 0 T, 1 empty, 2 n"),
    ("07  01  00 03 61 2f 62  01", "streams: 1, 0 bytes of the one before and a/b, from version 1"),
    ("03  01  00 01", "types: 1, its name text 0, schema 1"),
    ("04  01  01  02 00", "shapes: 1 of one field, its key text 2, a whole number"),
    ("01 00  01 00", "stream 0, type 0"),
    ("00", "recorded when the header says"),
    ("03  00  01  01", "occurred, told from recorded_at, in microseconds: -1, zigzag"),
    ("01 01  01 01", "actor and reason: text 1"),
    ("10  48  ff ff ff ff ff 63  00 00 00 00 00 00 00 00 00", "id: a UUID of version 7, its time, its random bits"),
    ("01 00  01 00  01 00", "no correlation, no causation, no attributes"),
    ("01 01  01 05", "shape 1 - 1, value -3, zigzag"),
];

#[test]
fn the_smallest_block_is_what_the_format_says() {
    let digits: String = SMALLEST.iter().flat_map(|(hex, _)| hex.chars()).filter(|digit| *digit != ' ').collect();
    let bytes: Vec<u8> =
        (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect();
    assert_eq!(sealed(&smallest()).bytes(), bytes);
    assert_eq!(Block::from_bytes(bytes).unwrap().events().unwrap(), smallest());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_sealed_is_what_comes_back(events in some_events(1)) {
        let block = sealed(&events);
        let again = Block::from_bytes(block.bytes()).unwrap();
        prop_assert_eq!(&again, &block);
        prop_assert_eq!(again.events().unwrap(), events.clone());
        prop_assert_eq!(again.verify_chain(), Ok(()));
        let (header, times) = (again.header(), events.iter().map(|event| event.event.occurred_at));
        prop_assert_eq!(header.count as usize, events.len());
        prop_assert_eq!((header.first, header.last()), (events[0].position, events[events.len() - 1].position));
        prop_assert_eq!(Some(header.occurred), times.clone().min().zip(times.max()));
        prop_assert_eq!(header.recorded, (events[0].recorded_at, events[events.len() - 1].recorded_at));
    }

    #[test]
    fn the_chain_does_not_depend_on_where_blocks_end(events in some_events(2), cuts in any::<u16>()) {
        let events: Vec<RecordedEvent> = (1..).zip(events).map(|(position, event)| {
            RecordedEvent { position: Position::new(position), ..event }
        }).collect();
        let ok = events.iter().all(|event| event.version.get() <= event.position.get());
        prop_assume!(ok);
        let mut parts = History::new(Toy);
        let mut start = 0;
        for end in 1..=events.len() {
            if end == events.len() || cuts & (1 << end) != 0 {
                parts.extend(Block::seal(&events[start..end], parts.tail().chain).unwrap()).unwrap();
                start = end;
            }
        }
        let mut whole = History::new(Toy);
        whole.extend(sealed(&events)).unwrap();
        prop_assert_eq!(whole.tail(), parts.tail());
        let mut before = ChainHash::START;
        for position in (1..).map(Position::new).take(events.len()) {
            let hashes = whole.hashes(position).unwrap();
            prop_assert_eq!(Some(hashes), parts.hashes(position));
            prop_assert_eq!(hashes.0, before);
            before = hashes.1;
        }
        prop_assert_eq!(before, whole.tail().chain);
        prop_assert_eq!(whole.hashes(Position::ZERO).or(whole.hashes(whole.head().next())), None);
    }

    #[test]
    fn bytes_by_chance_are_no_block(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(Block::from_bytes(bytes).is_err());
    }

    #[test]
    fn damage_under_a_right_checksum_is_an_error_and_never_another_event(
        events in some_events(1),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = sealed(&events).bytes().to_vec();
        for (place, byte) in damage {
            let place = 12 + place.index(bytes.len() - 12);
            bytes[place] = byte;
        }
        check_damaged(with_checksum(bytes), &events)?;
    }

    #[test]
    fn damage_within_a_section_is_an_error_and_never_another_event(
        events in some_events(1),
        damage in prop::collection::vec((0usize..16, any::<prop::sample::Index>(), any::<u8>(), 0u8..3), 1..4),
    ) {
        let mut raw = Raw::of(&sealed(&events));
        for (section, place, byte, how) in damage {
            let section = &mut raw.sections[section];
            let place = place.index(section.len() + 1);
            match how {
                0 => section.insert(place, byte),
                1 if place < section.len() => drop(section.remove(place)),
                _ if place < section.len() => section[place] = byte,
                _ => section.push(byte),
            }
        }
        check_damaged(raw.bytes(), &events)?;
    }
}

/// Whatever the bytes are: an error, a broken chain, or the events that were written.
fn check_damaged(bytes: Vec<u8>, events: &[RecordedEvent]) -> Result<(), TestCaseError> {
    let Ok(block) = Block::from_bytes(bytes) else { return Ok(()) };
    let mut history = History::new(Toy);
    let taken = history.extend(block.clone());
    prop_assert_eq!(history.head().get(), if taken.is_ok() { block.header().count } else { 0 });
    if let (Ok(found), Ok(())) = (block.events(), block.verify_chain()) {
        prop_assert_eq!(found, events);
    }
    Ok(())
}

#[test]
fn each_flipped_bit_and_each_changed_byte_is_noticed() {
    let block = sealed(&a_second_apart(every_kind()));
    for place in 0..block.bytes().len() {
        for flip in (0..8).map(|bit| 1u8 << bit).chain([0xff]) {
            let mut bytes = block.bytes().to_vec();
            bytes[place] ^= flip;
            assert!(Block::from_bytes(bytes).is_err(), "byte {place} xor {flip:#x}");
        }
    }
}

#[test]
fn each_shortened_and_each_lengthened_block_is_noticed() {
    let bytes = sealed(&a_second_apart(every_kind())).bytes().to_vec();
    for length in 0..bytes.len() {
        assert!(Block::from_bytes(&bytes[..length]).is_err(), "{length} bytes");
        let shortened = Block::from_bytes(with_checksum(bytes[..length].to_vec()));
        assert!(shortened.and_then(|block| block.events()).is_err(), "{length} bytes under a right checksum");
    }
    let longer = [bytes, vec![0]].concat();
    assert!(matches!(Block::from_bytes(longer.clone()), Err(BlockError::Checksum { .. })));
    let longer = Block::from_bytes(with_checksum(longer)).unwrap();
    assert!(matches!(longer.events(), Err(BlockError::Malformed { .. })));
}

#[test]
fn what_does_not_begin_as_a_block_and_what_a_newer_program_wrote_is_told_apart() {
    let with = |place: usize, new: &[u8]| {
        let mut bytes = sealed(&smallest()).bytes().to_vec();
        bytes[place..place + new.len()].copy_from_slice(new);
        Block::from_bytes(bytes).unwrap_err()
    };
    assert_eq!(with(0, b"PK"), BlockError::NotABlock);
    assert_eq!(Block::from_bytes([]).unwrap_err(), BlockError::NotABlock);
    let newer = FORMAT_VERSION + 1;
    assert_eq!(with(4, &newer.to_le_bytes()), BlockError::UnknownFormat { found: newer });
    assert_eq!(with(4, &[0, 0]), BlockError::UnknownFormat { found: 0 });
    assert!(matches!(with(6, &[1, 0]), BlockError::Malformed { .. }));
    assert!(matches!(with(8, &[0, 0, 0, 0]), BlockError::Checksum { stored: 0, .. }));
}

#[test]
fn the_chain_notices_any_change_to_any_part_of_an_event() {
    let changes: [fn(&mut RecordedEvent); 19] = [
        |it| it.recorded_at = it.recorded_at.plus_micros(1),
        |it| it.event.occurred_at = it.event.occurred_at.plus_micros(-1),
        |it| it.event.id = id(99),
        |it| it.event.stream = stream("account/ACC-0418"),
        |it| it.event.event_type = "Adde".into(),
        |it| it.event.schema = SchemaVersion(7),
        |it| it.event.data = json(r#"{"add":2}"#),
        |it| it.event.data = json(r#"{"add":1 }"#),
        |it| it.event.data = json(r#"{"add":"1"}"#),
        |it| it.event.actor = "anne".into(),
        |it| it.event.actor = "ann".into(),
        |it| it.event.reason = "a".into(),
        |it| it.event.correlation_id = Some(id(99)),
        |it| it.event.correlation_id = Some(EventId::parse("")),
        |it| it.event.causation_id = Some(id(99)),
        |it| it.event.causation_id = Some(EventId::parse("")),
        |it| (it.event.correlation_id, it.event.causation_id) = (it.event.causation_id.clone(), Some(id(1))),
        |it| it.event.attributes = Some("{}".into()),
        |it| it.event.attributes = Some("".into()),
    ];
    let events = a_second_apart([plain("account/ACC-0417"), plain("account/ACC-0417"), plain("account/2")]);
    let true_one = Raw::of(&sealed(&events));
    for (number, change) in changes.iter().enumerate() {
        let mut forgery = events.clone();
        change(&mut forgery[2]);
        assert_ne!(forgery, events);
        let mut forged = Raw::of(&sealed(&forgery));
        forged.header[52..].copy_from_slice(&true_one.header[52..]);
        let forged = forged.block().unwrap();
        assert_eq!(forged.events().as_ref(), Ok(&forgery), "change {number} can be read");
        assert_eq!(forged.verify_chain(), Err(BlockError::BrokenChain { at: Position::FIRST }), "change {number}");
    }
    let swapped = a_second_apart([plain("account/2"), plain("account/ACC-0417"), plain("account/ACC-0417")]);
    let mut forged = Raw::of(&sealed(&swapped));
    forged.header[52..].copy_from_slice(&true_one.header[52..]);
    assert!(forged.block().unwrap().verify_chain().is_err(), "two that changed places");
}

#[test]
fn what_no_writer_writes_is_malformed() {
    let events = a_second_apart([plain("a/1"), plain("a/2"), plain("a/1")]);
    let good = Raw::of(&sealed(&events));
    let malformed = |what: &str, change: &dyn Fn(&mut Raw)| {
        let mut raw = good.clone();
        change(&mut raw);
        let found = raw.block().and_then(|block| block.events());
        assert!(matches!(found, Err(BlockError::Malformed { .. })), "{what}: {found:?}");
    };
    assert_eq!(good.block().unwrap().events().unwrap(), events);
    let names = &good.sections[STREAMS];
    // 2 names: 0 bytes of nothing, "a/1", from 1; 2 bytes of it, "2", from 1.
    assert_eq!(names, &[2, 0, 3, b'a', b'/', b'1', 1, 2, 1, b'2', 1]);
    malformed("a stream twice", &|raw| raw.sections[STREAMS][9] = b'1');
    malformed("a stream without an event", &|raw| raw.sections[STREAM][1] = 0);
    malformed("a stream from version 0", &|raw| raw.sections[STREAMS][6] = 0);
    malformed("a version above the position", &|raw| raw.sections[STREAMS][6] = 2);
    malformed("more of a name than there is", &|raw| raw.sections[STREAMS][7] = 4);
    malformed("a place outside of the dictionary", &|raw| raw.sections[ACTOR][0] = 100);
    malformed("a slot outside of the streams", &|raw| raw.sections[STREAM][0] = 9);
    malformed("a table that goes on", &|raw| raw.sections[DICTIONARY].push(0));
    malformed("a column that goes on", &|raw| raw.sections[STREAM].push(0));
    malformed("one section more", &|raw| raw.sections.push(Vec::new()));
    malformed("no count", &|raw| raw.header[12] = 0);
    malformed("position 0", &|raw| raw.header[16] = 0);
    malformed("more events than bytes", &|raw| raw.header[12..16].copy_from_slice(&[0xff, 0xff, 0, 0]));
    malformed("positions beyond 32 bits", &|raw| raw.header[16..20].copy_from_slice(&[0xff; 4]));
    malformed("other times than the events'", &|raw| raw.header[20] ^= 1);
    malformed("other times of recording", &|raw| raw.header[44] ^= 1);
    malformed("a time out of bounds", &|raw| raw.header[20..28].copy_from_slice(&i64::MIN.to_le_bytes()));
    malformed("a unit of nothing", &|raw| raw.sections[RECORDED][0] = 0);
    malformed("a unit beyond bounds", &|raw| raw.sections[RECORDED].splice(..1, [0xff; 9]).for_each(drop));
    malformed("a step beyond bounds", &|raw| {
        raw.sections[RECORDED].splice(2..3, [&[0xff; 8][..], &[0x7f]].concat()).for_each(drop);
    });
    malformed("occurred times from nowhere", &|raw| raw.sections[OCCURRED][0] = 2);
    malformed("no id", &|raw| raw.sections[ID][0] = 0);
    malformed("a reference for an id", &|raw| raw.sections[ID][0] = 1);
    malformed("a code without a meaning", &|raw| raw.sections[ID][0] = 7);
    for (column, code) in [(CORRELATION, 2), (CORRELATION, 3), (CORRELATION, 4), (CAUSATION, 4), (CAUSATION, 6)] {
        malformed("a reference to nothing", &|raw| raw.sections[column] = vec![code]);
    }
    malformed("an id that one byte cannot hold", &|raw| raw.sections[CORRELATION] = vec![8]);
    malformed("a byte that is no number", &|raw| raw.sections[CORRELATION] = vec![0x80]);
    malformed("a count beyond its table", &|raw| raw.sections[SHAPES] = vec![0xff, 0xff, 0xff, 0xff, 0x0f]);
}

#[test]
fn a_stream_whose_name_is_none_is_noticed_whichever_way_a_block_is_read() {
    let mut raw = Raw::of(&sealed(&a_second_apart([plain("a/1")])));
    raw.sections[STREAMS][4] = b'+';
    let block = raw.block().unwrap();
    let why = BlockError::Malformed { what: "names a stream that cannot be" };
    assert_eq!(block.read().map(drop), Err(why.clone()));
    assert_eq!(block.events(), Err(why.clone()));
    assert_eq!(block.verify_chain(), Err(why));
}

#[test]
fn what_would_take_much_memory_is_refused_before_it_is_taken() {
    let good = Raw::of(&sealed(&a_second_apart([plain("a/1")])));
    let mut many = good.clone();
    many.header[12..16].copy_from_slice(&65_537_u32.to_le_bytes());
    many.sections[DICTIONARY].resize(1 << 17, 0);
    assert!(matches!(many.block(), Err(BlockError::Malformed { .. })), "more events than a block may have");
    let with_name = |length: usize| {
        let mut raw = good.clone();
        raw.sections[STREAMS] = table(1, &[number(0), text(&format!("{:x<length$}", "a/")), number(1)].concat());
        raw.block().unwrap().read().map(drop)
    };
    assert_eq!(with_name(255), Ok(()));
    assert!(matches!(with_name(256), Err(BlockError::Malformed { .. })), "names that are told from each other");
    let mut streams = good.clone();
    streams.sections[STREAMS] =
        table(2, &[number(0), text("a/1"), number(1), number(2), text("2"), number(1)].concat());
    assert!(matches!(streams.block().unwrap().read(), Err(BlockError::Malformed { .. })), "more streams than events");
}

#[test]
fn an_id_whose_time_does_not_fit_is_malformed() {
    let good = Raw::of(&sealed(&a_second_apart([plain("a/1")])));
    let with_difference = |difference: &[u8]| {
        let mut raw = good.clone();
        raw.sections[ID] = [&[72][..], difference, &[0; 9]].concat();
        raw.block().unwrap().events()
    };
    assert!(with_difference(&[0]).is_ok());
    let far = |last: u8| [&[0xff; 7][..], &[last]].concat();
    assert!(matches!(with_difference(&far(3)), Err(BlockError::Malformed { .. })), "2^50 ms after");
    assert!(
        matches!(with_difference(&[&[0xfe][..], &far(3)[1..]].concat()), Err(BlockError::Malformed { .. })),
        "before"
    );
    let least = [&[0xff; 9][..], &[1]].concat();
    assert!(matches!(with_difference(&least), Err(BlockError::Malformed { .. })), "the least difference there is");
}

#[test]
fn a_payload_that_is_not_json_is_malformed() {
    let events = a_second_apart([NewEvent { data: json("[7]"), ..plain("a/1") }]);
    let mut raw = Raw::of(&sealed(&events));
    let place = raw.sections[DICTIONARY].windows(3).position(|bytes| bytes == b"[7]").unwrap();
    for bad in [b"[7 ", b"[7}", b" 7 ", b"7 8"] {
        raw.sections[DICTIONARY][place..place + 3].copy_from_slice(bad);
        assert!(matches!(raw.block().unwrap().events(), Err(BlockError::Malformed { .. })));
        assert!(History::new(Toy).extend(raw.block().unwrap()).is_err());
    }
}

#[test]
fn a_few_bytes_cannot_grow_into_a_payload_without_bound() {
    let event = NewEvent { data: json(r#"{"a":"x","b":"x"}"#), ..plain("a/1") };
    let good = Raw::of(&sealed(&a_second_apart([event])));
    let places = good.sections[VALUES].clone();
    assert_eq!((places.len(), good.sections[SHAPE].as_slice()), (2, &[1u8][..]));
    let grown = |length: usize, fields: usize| {
        let mut raw = good.clone();
        let count = usize::from(raw.sections[DICTIONARY][0]);
        let mut words = raw.sections[DICTIONARY][1..].to_vec();
        words.extend(text(&"x".repeat(length)));
        let keys: Vec<u8> = (0..fields).flat_map(|field| text(&format!("k{field}"))).collect();
        raw.sections[DICTIONARY] = table(count + 1 + fields, &[words, keys].concat());
        let shape = (0..fields).flat_map(|field| [number(count + 1 + field), vec![1]].concat()).collect::<Vec<u8>>();
        raw.sections[SHAPES] = table(1, &[number(fields), shape].concat());
        raw.sections[VALUES] = number(count).repeat(fields);
        raw.block().unwrap().events().map(|events| events[0].event.data.as_str().len())
    };
    assert!(grown(10_000, 6).is_ok_and(|length| length > 60_000), "as long as an event may be");
    assert!(matches!(grown(10_000, 7), Err(BlockError::Malformed { .. })), "seven times the same long text");
    assert!(matches!(grown(70_000, 1), Err(BlockError::Malformed { .. })), "a text longer than an event may be");
    assert!(grown(1, 64).is_ok() && grown(1, 65).is_err(), "fields have a bound");
}

#[test]
fn a_few_bytes_cannot_grow_into_a_block_without_bound() {
    let by_reason = NewEvent { reason: "R".into(), ..plain("a/1") };
    let by_id = NewEvent { id: EventId::parse("R"), ..plain("a/1") };
    let by_correlation = NewEvent { correlation_id: Some(EventId::parse("R")), ..plain("a/1") };
    let with = |event: &NewEvent, length: usize, count: usize| {
        let mut raw = Raw::of(&sealed(&a_second_apart(std::iter::repeat_n(event.clone(), count))));
        let words = &mut raw.sections[DICTIONARY];
        let place = words.windows(2).position(|bytes| bytes == [1, b'R']).unwrap();
        words.splice(place..place + 2, text(&"R".repeat(length))).for_each(drop);
        assert!(raw.bytes().len() < 100_000, "few bytes");
        raw.block().unwrap().events()
    };
    for event in [&by_reason, &by_id, &by_correlation] {
        assert_eq!(with(event, 60_000, 130).unwrap().len(), 130, "less than 8 MiB");
        assert!(matches!(with(event, 60_000, 150), Err(BlockError::Malformed { .. })), "more than 8 MiB");
    }
    let large = NewEvent { reason: "R".repeat(60_000).as_str().into(), ..by_reason };
    assert!(Block::seal(&a_second_apart(std::iter::repeat_n(large.clone(), 130)), ChainHash::START).is_some());
    assert!(Block::seal(&a_second_apart(std::iter::repeat_n(large, 150)), ChainHash::START).is_none());
}

#[test]
fn every_value_of_every_byte_is_an_error_or_changes_no_event() {
    let events = a_second_apart([
        NewEvent { correlation_id: Some(id(8)), causation_id: Some(id(8)), ..plain("a/b") },
        NewEvent { id: EventId::parse("x"), data: json("[1]"), attributes: Some("{}".into()), ..plain("a/c") },
    ]);
    let good = sealed(&events).bytes().to_vec();
    for place in 12..good.len() {
        for byte in 0..=u8::MAX {
            let mut bytes = good.clone();
            bytes[place] = byte;
            let Ok(block) = Block::from_bytes(with_checksum(bytes)) else { continue };
            let read = block.events().and_then(|found| block.verify_chain().map(|()| found));
            assert!(read.is_err() || read.as_ref() == Ok(&events), "byte {place} as {byte:#x}: {read:?}");
        }
    }
}

#[test]
fn an_id_of_version_7_made_shortly_before_its_event_takes_ten_bytes() {
    let recorded_at = time("2024-02-01T08:00:00.123456Z");
    let millis = u128::try_from(recorded_at.as_millis()).unwrap();
    let chance = 0xfff_bfff_ffff_ffff_ffff_u128;
    let v7 = |millis: u128, chance: u128| Uuid::from_u128(millis << 80 | 7 << 76 | 2 << 62 | chance & !(7 << 76));
    let nearly =
        [v7(millis, 0).as_u128() ^ 1 << 76, v7(millis, 0).as_u128() ^ 1 << 62, v7(millis, 0).as_u128() ^ 1 << 63];
    let length = |uuid: Uuid| {
        let events = recorded(1, [(NewEvent { id: uuid.into(), ..plain("a/b") }, recorded_at)]);
        let block = sealed(&events);
        assert_eq!(block.events().unwrap(), events, "{uuid}");
        Raw::of(&block).sections[ID].len()
    };
    for chance in [0, chance, 1, 1 << 61, 1 << 64, 1 << 75, 0x155_1555_5555_5555_5555] {
        for before in [0, 1, 15] {
            assert_eq!(length(v7(millis - before, chance)), 10, "{before} ms before");
        }
        for other in [millis - 16, millis - 17, millis + 1, 0, (1 << 48) - 1] {
            assert!((11..=17).contains(&length(v7(other, chance))), "{other} and not {millis}");
        }
    }
    for other in nearly.into_iter().chain([0, u128::MAX]) {
        assert_eq!(length(Uuid::from_u128(other)), 17, "no version 7");
    }
}

#[test]
fn an_entry_of_equal_bytes_is_not_taken_for_a_column_of_them() {
    let fives = Some(Uuid::from_bytes([5; 16]).into());
    let one = NewEvent { correlation_id: fives.clone(), causation_id: fives, ..plain("a/b") };
    let none = [plain("a/b"), plain("a/b"), plain("a/b")];
    for (events, length) in [(a_second_apart([one]), 17), (a_second_apart(none), 1)] {
        let block = sealed(&events);
        assert_eq!(Raw::of(&block).sections[CORRELATION].len(), length);
        assert_eq!(block.events().unwrap(), events);
    }
}

#[test]
fn times_are_kept_in_the_unit_that_they_have() {
    let bytes = |lag: i64, unit: i64| {
        let start = time("2024-02-01T00:00:00Z");
        let at = |number: i64| start.plus_micros(number * unit);
        let event = |number| NewEvent { occurred_at: at(number).plus_micros(lag), ..plain("a/b") };
        let events = recorded(1, (0..100).map(|number| (event(number), at(number))));
        let block = sealed(&events);
        assert_eq!(block.events().unwrap(), events);
        let sections = Raw::of(&block).sections;
        (sections[RECORDED].len(), sections[OCCURRED].len())
    };
    assert_eq!(bytes(0, 0), (0, 0), "all at once");
    assert_eq!(bytes(0, Timestamp::MICROS_PER_DAY), (106, 0), "a day apart: a byte each, behind the unit");
    assert_eq!(bytes(-1000, Timestamp::MICROS_PER_SECOND).1, 103, "as long before, each");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_part_of_a_block_goes_on_from_any_event_as_the_whole_does(events in some_events(1), at in any::<prop::sample::Index>()) {
        let events: Vec<RecordedEvent> = (1..).zip(events).map(|(position, event)| {
            RecordedEvent { position: Position::new(position), ..event }
        }).collect();
        prop_assume!(events.iter().all(|event| event.version.get() <= event.position.get()));
        let block = sealed(&events);
        let known = at.index(events.len());
        let mut history = History::new(Toy);
        if let Some(first) = Block::seal(&events[..known], ChainHash::START) {
            history.extend(first).unwrap();
        }
        let part = block.clone().part_after(history.head()).unwrap();
        prop_assert_eq!(part.events().unwrap(), &events[known..]);
        history.extend(part).unwrap();
        let mut whole = History::new(Toy);
        whole.extend(block.clone()).unwrap();
        prop_assert_eq!(history.tail(), whole.tail());
        prop_assert_eq!(block.chain_at(Position::new(u32::try_from(known).unwrap())).unwrap(), whole.hashes(Position::new(u32::try_from(known + 1).unwrap())).map(|(before, _)| before));
        prop_assert!(block.clone().part_after(block.header().last()).is_err(), "nothing is left");
        prop_assert_eq!(block.chain_at(block.header().last().next()), Ok(None));
    }
}

#[test]
fn a_part_of_another_history_does_not_go_on_from_ours() {
    let of = |reason: &str| {
        a_second_apart(["a/1", "a/2", "a/1"].map(|name| NewEvent { reason: reason.into(), ..plain(name) }))
    };
    let (ours, theirs) = (of("ours"), of("theirs"));
    let mut history = History::new(Toy);
    history.extend(sealed(&ours[..2])).unwrap();
    let part = sealed(&theirs).part_after(history.head()).unwrap();
    assert_eq!(history.extend(part).unwrap_err(), BlockError::BrokenChain { at: Position::new(3) });
    let mut forged = Raw::of(&sealed(&theirs));
    forged.header[84..].copy_from_slice(sealed(&ours).bytes()[84..116].as_ref());
    let refused = forged.block().unwrap().part_after(Position::FIRST);
    assert_eq!(refused, Err(BlockError::BrokenChain { at: Position::FIRST }));
}

#[test]
fn only_consecutive_events_are_sealed() {
    let events = a_second_apart([plain("a/1"), plain("a/2"), plain("a/1")]);
    let sealed_with = |change: fn(&mut Vec<RecordedEvent>)| {
        let mut events = events.clone();
        change(&mut events);
        Block::seal(&events, ChainHash::START)
    };
    assert!(sealed_with(|_| {}).is_some());
    assert!(sealed_with(Vec::clear).is_none(), "no events");
    assert!(sealed_with(|events| drop(events.remove(1))).is_none(), "a gap in the positions");
    assert!(sealed_with(|events| events[2].version = Version::new(3)).is_none(), "a gap in the versions");
    assert!(sealed_with(|events| events[1].version = Version::ZERO).is_none(), "a version of zero");
    assert!(sealed_with(|events| events[1].version = Version::new(3)).is_none(), "a version above its position");
    assert!(sealed_with(|events| events[2].recorded_at = Timestamp::MIN).is_none(), "time that goes back");
    let huge = |events: &mut Vec<RecordedEvent>| events[0].event.actor = "x".repeat(70_000).into();
    assert!(sealed_with(huge).is_none(), "an event that is too large");
    let at = |position: u32| {
        let mut event = events[0].clone();
        event.position = Position::new(position);
        Block::seal(&[event], ChainHash::START)
    };
    assert!(at(0).is_none() && at(u32::MAX).is_none() && at(u32::MAX - 1).is_some(), "positions have a last one");
}
