//! What a first visit downloads, against the budget.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::{Result, bail, ensure};

use crate::shell::root;

/// Bytes the page may weigh, compressed. The aim is 450,000; this holds what is reached so far.
const BUDGET: usize = 675_000;

const COUNTED: [&str; 4] = ["html", "js", "css", "wasm"];

const QUALITY: u32 = 11;
const WINDOW_BITS: u32 = 22;
const BUFFER_BYTES: usize = 1 << 16;

pub(crate) fn check() -> Result<()> {
    let dist = root().join("dist");
    let page = fs::read_to_string(dist.join("index.html")).unwrap_or_default();
    ensure!(page.contains("offline-worker"), "dist/ holds no release page: run `cargo xtask build`");
    let files = files_below(&dist)?;
    let mut sums = (0, 0);
    println!("\n{:<44}{:>12}{:>12}", "file", "bytes", "brotli");
    for file in files.iter().filter(|file| is_counted(file)) {
        let bytes = fs::read(file)?;
        let small = compressed_bytes(&bytes)?;
        println!("{:<44}{:>12}{:>12}", file.strip_prefix(&dist)?.display(), bytes.len(), small);
        sums = (sums.0 + bytes.len(), sums.1 + small);
    }
    println!("{:<44}{:>12}{:>12}\n{:<44}{:>24}", "sum", sums.0, sums.1, "budget", BUDGET);
    if sums.1 > BUDGET {
        bail!("the page weighs {} bytes more than its budget", sums.1 - BUDGET);
    }
    Ok(())
}

/// All files in a folder and the folders in it, in order.
pub(crate) fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn is_counted(file: &Path) -> bool {
    file.extension().and_then(|extension| extension.to_str()).is_some_and(|extension| COUNTED.contains(&extension))
}

fn compressed_bytes(bytes: &[u8]) -> Result<usize> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), BUFFER_BYTES, QUALITY, WINDOW_BITS);
    writer.write_all(bytes)?;
    Ok(writer.into_inner().len())
}
