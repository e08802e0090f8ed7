//! Fuzzing: bytes by chance for everything that reads bytes.

use anyhow::{Context as _, Result, bail};

use crate::{
    shell::{command, root, run},
    tools,
};

/// A target of `fuzz/` and the files that its bytes are first made of.
struct Target {
    name: &'static str,
    seeds: &'static [&'static str],
}

const BLOCKS: &[&str] =
    &["tests/golden/block-v1-smallest.bin", "tests/golden/block-v1-every-kind.bin", "tests/golden/block-v1-ledger.bin"];

const TARGETS: [Target; 4] = [
    Target { name: "block", seeds: BLOCKS },
    Target { name: "block_resealed", seeds: BLOCKS },
    Target {
        name: "cloud_events",
        seeds: &["tests/golden/files/cloudevents/events_v1_batch.json", "fuzz/seeds/every-type.jsonl"],
    },
    Target {
        name: "csv",
        seeds: &[
            "tests/golden/files/mistakes.csv",
            "fuzz/seeds/directed.csv",
            "fuzz/seeds/instants.csv",
            "fuzz/seeds/two-columns.csv",
        ],
    },
];

const SECONDS: u32 = 60;

/// A single input may take so long; all of them together may take so much memory.
const LIMITS: [&str; 2] = ["-timeout=20", "-rss_limit_mb=1024"];

/// Runs one target or all of them, each for some seconds.
///
/// # Errors
///
/// When there is no such target, something that is missing cannot be installed, or an input was found that breaks a
/// check.
pub(crate) fn run_targets(options: &[&str]) -> Result<()> {
    let (name, seconds) = match options {
        [] => (None, SECONDS),
        [name] => (Some(*name), SECONDS),
        [name, seconds] => (Some(*name), seconds.parse().context("the seconds are not a whole number")?),
        _ => bail!("`cargo xtask fuzz` takes a target and a number of seconds"),
    };
    let chosen: Vec<&Target> = TARGETS.iter().filter(|target| name.is_none_or(|name| name == target.name)).collect();
    if chosen.is_empty() {
        bail!("there is no such target; there are {}", TARGETS.map(|target| target.name).join(", "));
    }
    tools::for_fuzzing()?;
    chosen.into_iter().try_for_each(|target| fuzz(target, seconds))
}

fn fuzz(target: &Target, seconds: u32) -> Result<()> {
    let seeds: Vec<String> = target.seeds.iter().map(|seed| root().join(seed).display().to_string()).collect();
    let (seeds, time) = (format!("-seed_inputs={}", seeds.join(",")), format!("-max_total_time={seconds}"));
    // There is no unsafe code for a sanitizer to watch; without one, three times as many inputs are tried.
    let cargo_fuzz = ["run", "nightly", "cargo", "fuzz", "run", "--fuzz-dir", "fuzz", "--sanitizer", "none"];
    let libfuzzer = [&seeds, &time, "-print_final_stats=1"];
    run(&mut command("rustup", &[&cargo_fuzz[..], &[target.name, "--"], &libfuzzer, &LIMITS].concat()))
}

#[cfg(test)]
mod tests {
    use super::{TARGETS, root, run_targets};
    use std::fs;

    #[test]
    fn every_target_is_built_and_every_seed_is_there() {
        let manifest = fs::read_to_string(root().join("fuzz").join("Cargo.toml")).unwrap();
        for target in TARGETS {
            assert!(manifest.contains(&format!("name = \"{}\"\n", target.name)), "{}", target.name);
            for seed in target.seeds {
                assert!(root().join(seed).is_file(), "{seed}");
            }
        }
    }

    #[test]
    fn what_cannot_be_run_is_told_before_anything_is_installed() {
        assert!(run_targets(&["blocks"]).unwrap_err().to_string().contains("block_resealed"));
        assert!(run_targets(&["block", "long"]).is_err());
    }
}
