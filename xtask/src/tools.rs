//! What the build needs beside cargo: the wasm32 target, Trunk, wasm-bindgen. Installed where missing, never twice.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};

use crate::shell::{cargo, command, output, root, run};

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

const TRUNK_VERSION: &str = "0.21.14";

const CARGO_FUZZ_VERSION: &str = "0.13.2";

/// The tools wait for cargo far longer than cargo waits for them: compiling them quickly is worth more than their speed.
const QUICK_PROFILE: [(&str, &str); 3] = [("LTO", "off"), ("CODEGEN_UNITS", "16"), ("OPT_LEVEL", "1")];

/// A program that cargo can install.
struct Tool {
    package: &'static str,
    version: String,
    /// Every program of the package that the project calls.
    programs: &'static [&'static str],
    /// How it is asked for, beside its name and version.
    options: &'static [&'static str],
    minutes: &'static str,
}

/// Makes sure of what building the page needs.
///
/// # Errors
///
/// When something is missing and cannot be installed.
pub(crate) fn for_page() -> Result<()> {
    for_wasm_tests()?;
    install(&Tool {
        package: "trunk",
        version: TRUNK_VERSION.to_owned(),
        programs: &["trunk"],
        options: &["--locked"],
        minutes: "6 to 10 minutes",
    })
}

/// Makes sure of what running wasm tests needs, the browser aside.
///
/// # Errors
///
/// When something is missing and cannot be installed.
pub(crate) fn for_wasm_tests() -> Result<()> {
    for_wasm()?;
    let lock = fs::read_to_string(root().join("Cargo.lock")).context("Cargo.lock cannot be read")?;
    let version = locked_version(&lock, "wasm-bindgen").context("Cargo.lock does not hold wasm-bindgen")?;
    install(&Tool {
        package: "wasm-bindgen-cli",
        version,
        programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
        // Its own lock file may name versions that a mirror of the registry does not have yet.
        options: &[],
        minutes: "2 to 3 minutes",
    })
}

/// Makes sure of the standard library for wasm32.
///
/// # Errors
///
/// When it is missing and rustup cannot add it.
pub(crate) fn for_wasm() -> Result<()> {
    let library = output(&mut command("rustc", &["--print", "target-libdir", "--target", TARGET]));
    if library.is_some_and(|folder| Path::new(&folder).is_dir()) {
        return Ok(());
    }
    eprintln!("The {TARGET} target is missing: rustup adds it (about 20 MB).");
    run(&mut command("rustup", &["target", "add", TARGET]))
}

/// Makes sure of rustfmt and clippy, which a minimal toolchain lacks.
///
/// # Errors
///
/// When one is missing and rustup cannot add it.
pub(crate) fn for_lints() -> Result<()> {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if output(&mut cargo(&[subcommand, "--version"])).is_none() {
            eprintln!("{component} is missing: rustup adds it.");
            run(&mut command("rustup", &["component", "add", component]))?;
        }
    }
    Ok(())
}

/// Makes sure of what fuzzing needs: a nightly compiler, which alone can watch where inputs lead, and cargo-fuzz.
///
/// # Errors
///
/// When something is missing and cannot be installed.
pub(crate) fn for_fuzzing() -> Result<()> {
    if output(&mut command("rustup", &["run", "nightly", "rustc", "--version"])).is_none() {
        eprintln!("A nightly toolchain is missing: rustup adds it (about 300 MB on disk).");
        run(&mut command("rustup", &["toolchain", "install", "nightly", "--profile", "minimal"]))?;
    }
    install(&Tool {
        package: "cargo-fuzz",
        version: CARGO_FUZZ_VERSION.to_owned(),
        programs: &["cargo-fuzz"],
        options: &["--locked"],
        minutes: "1 to 2 minutes",
    })
}

fn install(tool: &Tool) -> Result<()> {
    let Tool { package, version, minutes, .. } = tool;
    if tool.programs.iter().all(|program| has_version(program, version)) {
        return Ok(());
    }
    eprintln!("{package} {version} is missing: cargo compiles it into .tools/, once ({minutes}).");
    let arguments = [&["install", "--root", ".tools", "--version", version, package], tool.options].concat();
    let mut install = cargo(&arguments);
    for (setting, value) in QUICK_PROFILE {
        install.env(format!("CARGO_PROFILE_RELEASE_{setting}"), value);
    }
    run(&mut install)
}

fn has_version(program: &str, version: &str) -> bool {
    let answer = output(&mut command(program, &["--version"]));
    answer.is_some_and(|text| text.split_whitespace().nth(1) == Some(version))
}

/// The version of a package in the text of a `Cargo.lock`.
fn locked_version(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    let version = lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')?;
    Some(version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::locked_version;

    const LOCK: &str = "\
[[package]]
name = \"wasm-bindgen-futures\"
version = \"0.4.80\"

[[package]]
name = \"wasm-bindgen\"
version = \"0.2.130\"
";

    #[test]
    fn the_locked_version_is_that_of_the_package_of_exactly_this_name() {
        assert_eq!(locked_version(LOCK, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(locked_version(LOCK, "wasm"), None);
    }
}
