//! What must hold of the bytes of a file that is imported.

use annals::{
    app::files::{
        StagedImport,
        audit::AuditLog,
        cloud_events::{CloudEventsImport, Envelope, Exporter, Form, LedgerSource, RecordedTimes, SeenIds, Selection},
        csv_import::{
            AccountFrom, Amounts, CsvImport, CurrencyFrom, DateOrder, DecimalMark, Dialect, LedgerFacts, Mapping,
            Preview,
        },
        hledger::{HledgerExport, Part},
    },
    bank::{BankCodec, Currency},
    kernel::{Block, History, Label, Timestamp},
};
use std::collections::BTreeMap;

/// When events are recorded that say nothing of it; behind every time that a file can state, so that a ledger which is
/// exported can be imported again as it is.
const NOW: Timestamp = Timestamp::MAX;

/// Takes bytes as a file of CloudEvents: in chunks and at once, into a ledger, out again, and in once more.
///
/// # Panics
/// When two ways do not lead to the same.
pub fn cloud_events(bytes: &[u8]) {
    let at_once = read_cloud_events(bytes, bytes.len().max(1));
    assert_eq!(read_cloud_events(bytes, chunk(bytes)), at_once, "chunks make no difference");
    let ledger = appended(&at_once);
    reads(&ledger);
    let form = if choice(bytes) & 1 == 0 { Form::Lines } else { Form::Batch };
    let source = LedgerSource::of_ledger("ledger");
    let mut exporter = Exporter::new(&ledger, Selection::All, form, Envelope::Whole, source);
    let mut text = String::new();
    while let Some(part) = exporter.next_chunk(&ledger, 7) {
        text.push_str(&part);
    }
    let again = read_cloud_events(text.as_bytes(), text.len().max(1));
    assert_eq!(again.report.rows_bad.first(), [], "what was exported can be imported: {text}");
    assert_eq!(again.report.duplicates, 0, "{text}");
    let events = |history: &History<BankCodec>| history.blocks_here().flat_map(|b| b.events().unwrap()).collect();
    let (before, after): (Vec<_>, Vec<_>) = (events(&ledger), events(&appended(&again)));
    assert_eq!(before, after, "a ledger that was exported and imported is the same: {text}");
}

fn read_cloud_events(bytes: &[u8], chunk: usize) -> StagedImport {
    let fallback = Timestamp::from_micros(0);
    let codec = BankCodec::new().unwrap();
    let mut import = CloudEventsImport::new(SeenIds::new(), codec, fallback, RecordedTimes::Keep);
    for chunk in bytes.chunks(chunk) {
        import.feed(chunk);
        while !import.step(3).is_idle {}
    }
    import.finish()
}

/// Takes bytes as a CSV file, with the mapping that is guessed of it or, where none is, one for any two columns.
///
/// # Panics
/// When two ways do not lead to the same.
pub fn csv(bytes: &[u8]) {
    let choice = choice(bytes);
    let preview = match choice & 0b1100 {
        0 => Preview::of(bytes, false),
        0b0100 => {
            let dialect = Preview::of(bytes, true).dialect;
            Preview::read_as(bytes, true, Dialect { rows_before_header: 0, ..dialect })
        }
        _ => Preview::of(bytes, true),
    };
    let mut mapping = match preview.guess(Currency::EUR) {
        Some(guess) => guess.mapping,
        None => any_two_columns(&preview),
    };
    mapping.newest_first ^= choice & 1 != 0;
    mapping.open_with_stated = choice & 2 != 0;
    let Some(at_once) = read_csv(bytes, &mapping, bytes.len().max(1)) else { return };
    let in_chunks = read_csv(bytes, &mapping, chunk(bytes));
    assert_eq!(in_chunks.as_ref(), Some(&at_once), "chunks make no difference");
    let ledger = appended(&at_once);
    assert_eq!(ledger.unreadable(), [], "what is staged can be read");
    reads(&ledger);
}

fn any_two_columns(preview: &Preview) -> Mapping {
    Mapping {
        dialect: preview.dialect,
        header: preview.header.clone(),
        account: AccountFrom::Fixed("A-1".to_owned()),
        date: 0,
        time: None,
        date_order: DateOrder::YearMonthDay,
        amounts: Amounts::Signed { amount: 1 },
        decimal: DecimalMark::Point,
        currency: CurrencyFrom::Fixed(Currency::EUR),
        source: (2..preview.header.len()).collect(),
        description: (2..preview.header.len()).collect(),
        counterparty: Vec::new(),
        reference: None,
        balance: None,
        tolerance: 0,
        kinds: None,
        words: BTreeMap::new(),
        newest_first: false,
        open_with_stated: false,
    }
}

/// `None` where the mapping makes no sense.
fn read_csv(bytes: &[u8], mapping: &Mapping, chunk: usize) -> Option<StagedImport> {
    let zone = Box::new(|_| 60);
    let mut import = CsvImport::new(mapping.clone(), LedgerFacts::default(), zone, Label::new("fuzz"), None).ok()?;
    for chunk in bytes.chunks(chunk) {
        import.feed(chunk);
        while !import.step(3).is_idle {}
        import.not_utf8_from();
    }
    Some(import.finish())
}

/// The ledger that confirming an import makes of an empty one: everything that was staged can be appended.
fn appended(staged: &StagedImport) -> History<BankCodec> {
    let mut history = History::new(BankCodec::new().unwrap());
    let mut sealer = history.sealer();
    let mut blocks: Vec<Block> = Vec::new();
    for staged in &staged.events {
        let recorded_at = staged.recorded_at.unwrap_or(NOW);
        blocks.extend(sealer.push(&history, staged.event.clone(), recorded_at).expect("what is staged can be sealed"));
    }
    blocks.extend(sealer.finish().0);
    let count: u32 = blocks.iter().map(|block| block.header().count).sum();
    assert_eq!(count as usize, staged.events.len(), "what is staged is sealed");
    for block in blocks {
        history.extend(block).expect("what was sealed can be read");
    }
    history
}

/// Reads the blocks of a ledger in every way, and writes it in the other formats.
fn reads(ledger: &History<BankCodec>) {
    for block in ledger.blocks_here() {
        super::block::check(block.bytes());
    }
    let mut journal = HledgerExport::new(ledger, &Part::Whole, Box::new(|_| 60));
    while journal.next_chunk(ledger, 5).is_some() {}
    let mut audit = AuditLog::new(ledger.head(), None);
    while audit.next_chunk(ledger, 5).is_some() {}
}

/// What a file does not say of how it is read is taken from its last byte, so that any file is a seed as it stands.
fn choice(bytes: &[u8]) -> u8 {
    bytes.last().copied().unwrap_or_default()
}

fn chunk(bytes: &[u8]) -> usize {
    1 + usize::from(choice(bytes) % 61)
}
