//! The layers only look down, and what ARCHITECTURE.md names is there.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A room, what it may name after `crate::` beside itself, and whether it may name the browser.
struct Room {
    name: &'static str,
    below: &'static [&'static str],
    browser: bool,
}

/// From the bottom floor up. `lib.rs` and `main.rs` stand outside and may name everything.
const ROOMS: [Room; 8] = [
    Room { name: "kernel", below: &[], browser: false },
    Room { name: "bank", below: &["kernel"], browser: false },
    Room { name: "shop", below: &["kernel"], browser: false },
    Room { name: "exchange", below: &["kernel"], browser: false },
    Room { name: "store", below: &["kernel"], browser: false },
    Room { name: "platform", below: &["kernel", "store"], browser: true },
    Room { name: "app", below: &["kernel", "bank", "shop", "exchange", "store"], browser: false },
    Room { name: "ui", below: &["kernel", "bank", "shop", "exchange", "store", "platform", "app"], browser: true },
];

const BROWSER: [&str; 5] = ["leptos", "web_sys", "js_sys", "wasm_bindgen", "gloo"];

/// Which room a file below `src/` lies in; `None` for `lib.rs` and `main.rs`. A folder `platform` is a room of its own
/// wherever it is.
fn room_of(path: &str) -> Result<Option<&'static Room>, String> {
    if path == "lib.rs" || path == "main.rs" {
        return Ok(None);
    }
    let parts: Vec<&str> = path.trim_end_matches(".rs").split('/').collect();
    let name = if parts.contains(&"platform") { "platform" } else { parts[0] };
    ROOMS.iter().find(|room| room.name == name).map(Some).ok_or_else(|| format!("src/{path}:1: {name} is no room"))
}

/// What a file names that it may not, as `file:line: what`.
fn violations(path: &str, source: &str) -> Vec<String> {
    let room = match room_of(path) {
        Ok(None) => return Vec::new(),
        Ok(Some(room)) => room,
        Err(what) => return vec![what],
    };
    let code = without_comments_and_texts(source);
    let mut found = Vec::new();
    let mut report = |at: usize, what: &str| {
        let line = code[..at].matches('\n').count() + 1;
        found.push(format!("src/{path}:{line}: {} names {what}", room.name));
    };
    for (at, name) in named_after_crate(&code) {
        let own = name == room.name || room.below.contains(&name.as_str());
        if !own {
            report(at, &name);
        }
    }
    for (at, word) in words(&code) {
        let is_browser = BROWSER.iter().any(|name| word == *name || word.starts_with(&format!("{name}_")));
        if is_browser && !room.browser {
            report(at, word);
        }
    }
    found
}

/// Every name that stands behind `crate::`, also in a group, also across lines.
fn named_after_crate(code: &str) -> Vec<(usize, String)> {
    let mut names = Vec::new();
    for (at, word) in words(code).filter(|(_, word)| *word == "crate" || *word == "annals") {
        let rest = code[at + word.len()..].trim_start();
        let Some(rest) = rest.strip_prefix("::") else { continue };
        let rest = rest.trim_start();
        if let Some(group) = rest.strip_prefix('{') {
            names.extend(group_heads(group).into_iter().map(|name| (at, name)));
        } else {
            names.push((at, words(rest).next().map_or(String::new(), |(_, word)| word.to_owned())));
        }
    }
    names
}

/// The first word of each entry of a group, without what lies deeper.
fn group_heads(group: &str) -> Vec<String> {
    let (mut heads, mut depth, mut entry) = (Vec::new(), 1, String::new());
    for character in group.chars() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 || (depth == 1 && character == ',') {
            heads.extend(words(&entry).next().map(|(_, word)| word.to_owned()));
            entry.clear();
        } else {
            entry.push(character);
        }
        if depth == 0 {
            break;
        }
    }
    heads
}

fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    code.split(|character: char| !character.is_alphanumeric() && character != '_')
        .filter(|word| !word.is_empty())
        .map(|word| (word.as_ptr() as usize - code.as_ptr() as usize, word))
}

/// The same number of lines, without what the compiler does not read as names.
fn without_comments_and_texts(source: &str) -> String {
    let lines = source.lines().map(|line| {
        let mut code = String::new();
        let mut characters = line.chars().peekable();
        let mut in_text = false;
        while let Some(character) = characters.next() {
            match character {
                '\\' if in_text => {
                    characters.next();
                }
                '"' => in_text = !in_text,
                '/' if !in_text && characters.peek() == Some(&'/') => break,
                '\'' if !in_text && characters.peek() == Some(&'"') => {
                    characters.next();
                    characters.next();
                }
                _ if in_text => {}
                other => code.push(other),
            }
        }
        code
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![root().join("src")]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn no_room_names_one_above_it() {
    let mut found = Vec::new();
    let sources = sources();
    for path in &sources {
        let name = path.strip_prefix(root().join("src")).unwrap().to_str().unwrap().replace('\\', "/");
        found.extend(violations(&name, &fs::read_to_string(path).unwrap()));
    }
    assert!(sources.len() > 10, "the sources were found");
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn a_planted_violation_is_found_with_its_file_and_line() {
    let planted = [
        ("kernel/block.rs", "\nuse crate::bank::Account;\n", vec!["src/kernel/block.rs:2: kernel names bank"]),
        ("kernel.rs", "use crate :: { kernel::{Block, ui},\n app::X };", vec!["src/kernel.rs:1: kernel names app"]),
        ("bank/account.rs", "fn f() { crate::shop::price() }", vec!["src/bank/account.rs:1: bank names shop"]),
        ("store/memory.rs", "use web_sys::Window;", vec!["src/store/memory.rs:1: store names web_sys"]),
        ("store.rs", "use crate::platform::now;", vec!["src/store.rs:1: store names platform"]),
        ("platform/clock.rs", "use crate::app::Clock;", vec!["src/platform/clock.rs:1: platform names app"]),
        ("app.rs", "\n\nuse leptos::prelude::*;", vec!["src/app.rs:3: app names leptos"]),
        ("app/travel.rs", "use gloo_storage::LocalStorage;", vec!["src/app/travel.rs:1: app names gloo_storage"]),
        (
            "app/travel.rs",
            "use crate::{\n    kernel::Rank,\n    ui::Bar,\n};",
            vec!["src/app/travel.rs:1: app names ui"],
        ),
        ("attic/old.rs", "", vec!["src/attic/old.rs:1: attic is no room"]),
    ];
    for (path, source, expected) in planted {
        assert_eq!(violations(path, source), expected, "{source}");
    }
}

#[test]
fn what_is_allowed_is_not_reported() {
    for (path, source) in [
        ("kernel/block.rs", "use super::columns; use crate::kernel::{Block, Label}; pub(crate) use counter;"),
        ("kernel/block.rs", "// as crate::ui does\n/// see `web_sys`\nconst A: &str = \"crate::ui and // leptos\";"),
        ("bank.rs", "use crate::{bank::account::Account, kernel::{Aggregate, Label}};"),
        ("store/platform/indexed_db.rs", "use web_sys::IdbDatabase; use crate::store::Memory;"),
        ("platform.rs", "use wasm_bindgen::JsCast; use crate::kernel::Block;"),
        ("ui/app.rs", "use leptos::prelude::*; use crate::platform::now; use crate::app::App;"),
        ("main.rs", "use annals::ui::App; use leptos::mount;"),
    ] {
        assert_eq!(violations(path, source), Vec::<String>::new(), "{source}");
    }
}

#[test]
fn a_module_lies_beside_its_folder_and_not_in_a_mod_rs() {
    let found: Vec<PathBuf> = sources().into_iter().filter(|path| path.ends_with("mod.rs")).collect();
    assert_eq!(found, Vec::<PathBuf>::new());
}

/// The paths that a text names in backticks: what has a slash or a known ending, and no other character than a path's.
fn paths_in(text: &str) -> Vec<String> {
    const ENDINGS: [&str; 8] = [".rs", ".md", ".toml", ".css", ".html", ".bin", ".js", ".lock"];
    let mut fenced = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            continue;
        }
        let in_backticks = line.split('`').skip(1).step_by(2).filter(|_| !fenced);
        found.extend(in_backticks.filter(|word| is_path(word, &ENDINGS)).map(ToOwned::to_owned));
    }
    found
}

fn is_path(word: &str, endings: &[&str]) -> bool {
    let spelt_like_one = word.chars().all(|character| character.is_ascii_alphanumeric() || "._-/".contains(character));
    let rooted = ["src/", "tests/", "style/", "xtask/", "benches/", "docs/", "data/", "design/", "peerbench/"];
    spelt_like_one
        && (endings.iter().any(|ending| word.ends_with(ending)) || rooted.iter().any(|root| word.starts_with(root)))
}

/// A path is named from the top of the crate or, as readers know where they are, from `src/`.
fn is_there(path: &str) -> bool {
    root().join(path).exists() || root().join("src").join(path).exists()
}

#[test]
fn every_path_that_the_architecture_names_exists() {
    let Ok(text) = fs::read_to_string(root().join("ARCHITECTURE.md")) else { return };
    let gone: Vec<String> = paths_in(&text).into_iter().filter(|path| !is_there(path)).collect();
    assert!(gone.is_empty(), "ARCHITECTURE.md names what is not there: {gone:?}");
}

#[test]
fn a_path_that_is_gone_is_noticed() {
    let text = "See `src/kernel.rs`, `kernel/block.rs`, `Cargo.toml` and `src/gone.rs`; `a/b` and `History::extend` \
                are no paths.\n```\n`src/fenced.rs`\n```\nBut `tests/gone/` is.";
    let named = paths_in(text);
    assert_eq!(named, ["src/kernel.rs", "kernel/block.rs", "Cargo.toml", "src/gone.rs", "tests/gone/"]);
    let gone: Vec<&String> = named.iter().filter(|path| !is_there(path)).collect();
    assert_eq!(gone, ["src/gone.rs", "tests/gone/"]);
}
