//! What the fuzzer checks of bytes by chance, held here of its seeds and of some damage to them: see `fuzz/`.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

#[path = "../fuzz/src/block.rs"]
#[expect(unreachable_pub, reason = "it is part of another crate too")]
mod block;
#[path = "../fuzz/src/files.rs"]
#[expect(unreachable_pub, reason = "it is part of another crate too")]
mod files;
#[path = "../fuzz/src/repair.rs"]
#[expect(unreachable_pub, reason = "it is part of another crate too")]
mod repair;

use repair::{Pieces, with_checksum, with_true_header};
use std::{fs, path::Path};

/// The files of a folder that have one of these endings.
fn seeds(folder: &str, endings: &[&str]) -> Vec<Vec<u8>> {
    let files = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap();
    let mut paths: Vec<_> = files.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| endings.iter().any(|ending| path.extension().is_some_and(|found| found == *ending)));
    paths.sort();
    assert!(!paths.is_empty(), "{folder} has seeds");
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

#[test]
fn a_damaged_block_is_read_alike_in_every_way() {
    for good in seeds("tests/golden", &["bin"]) {
        block::check(&good);
        assert_eq!(with_true_header(&good).as_ref(), Some(&good), "its header tells the truth");
        for place in 0..good.len() {
            let mut bytes = good.clone();
            bytes[place] = bytes[place].wrapping_add(1);
            let bytes = with_checksum(bytes);
            block::check(&bytes);
            if let Some(truthful) = with_true_header(&bytes) {
                block::check(&truthful);
            }
        }
    }
}

#[test]
fn a_block_with_a_longer_or_shorter_section_is_read_alike_in_every_way() {
    for good in seeds("tests/golden", &["bin"]) {
        let count = Pieces::of(&good).unwrap().sections.len();
        for place in 0..count {
            let changes: [fn(&mut Vec<u8>); 3] =
                [|section| section.truncate(section.len().saturating_sub(1)), |section| section.push(0), Vec::clear];
            for change in changes {
                let mut pieces = Pieces::of(&good).unwrap();
                change(&mut pieces.sections[place]);
                block::check(&pieces.bytes());
            }
        }
    }
}

#[test]
fn a_file_of_cloud_events_is_the_same_ledger_again_wherever_it_was_cut_off() {
    for file in [seeds("fuzz/seeds", &["jsonl"]), seeds("tests/golden/files/cloudevents", &["json"])].concat() {
        for end in (0..=file.len()).rev().step_by(211) {
            files::cloud_events(&file[..end]);
        }
    }
}

#[test]
fn a_file_of_movements_can_be_appended_wherever_it_was_cut_off() {
    for file in [seeds("fuzz/seeds", &["csv"]), seeds("tests/golden/files", &["csv"])].concat() {
        for end in (0..=file.len()).rev().step_by(23) {
            files::csv(&file[..end]);
        }
    }
}
