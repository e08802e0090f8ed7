//! Building and serving the page.

use std::{
    env, fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use crate::{
    shell::{become_program, command, root, run},
    size::files_below,
    tools, wasm,
};

/// Serves the page and reloads it after each change, until it is stopped.
pub(crate) fn serve(options: &[&str]) -> Result<()> {
    tools::for_page()?;
    let port = port(options)?;
    eprintln!("Annals will be at http://127.0.0.1:{port}/ when its first build is done; Ctrl+C stops.");
    become_program(&mut command("trunk", &[&["serve"], options].concat()))
}

/// Builds the page for release into `dist/`.
pub(crate) fn build(options: &[&str]) -> Result<()> {
    tools::for_page()?;
    run(&mut command("trunk", &[&["build", "--release=true"], options].concat()))
}

fn port(options: &[&str]) -> Result<String> {
    let asked = options.iter().enumerate().find_map(|(place, option)| match *option {
        "--port" | "-p" => options.get(place + 1).copied(),
        other => other.strip_prefix("--port="),
    });
    if let Some(port) = asked {
        return Ok(port.to_owned());
    }
    let settings = fs::read_to_string(root().join("Trunk.toml")).context("Trunk.toml cannot be read")?;
    let port = settings.lines().find_map(|line| line.strip_prefix("port = ")).context("Trunk.toml names no port")?;
    Ok(port.to_owned())
}

/// Completes a build that Trunk is about to publish, as its last step.
///
/// # Errors
///
/// When Trunk does not say where the build is, or the build is not as expected.
pub(crate) fn finish() -> Result<()> {
    let folder = |name| env::var_os(name).map(PathBuf::from).context("only Trunk calls `cargo xtask finish-page`");
    let build = folder("TRUNK_STAGING_DIR")?;
    let scripts = folder("TRUNK_SOURCE_DIR")?.join("public");
    if env::var("TRUNK_PROFILE").is_ok_and(|profile| profile == "release") {
        finish_release(&build, &scripts)
    } else {
        finish_development(&build, &scripts)
    }
}

fn finish_development(build: &Path, scripts: &Path) -> Result<()> {
    fs::copy(scripts.join("dev.js"), build.join("dev.js")).context("public/dev.js cannot be copied")?;
    add_to_head(build, "<script type=\"module\" src=\"dev.js\"></script>")
}

fn finish_release(build: &Path, scripts: &Path) -> Result<()> {
    for file in files_below(build)?.iter().filter(|file| file.extension().is_some_and(|kind| kind == "wasm")) {
        let mut lean = wasm::without_custom_sections(&fs::read(file)?)
            .with_context(|| format!("{} is not a wasm module", file.display()))?;
        for folder in [cargo_home(), Some(root())].into_iter().flatten() {
            wasm::hide(&mut lean, &folder.to_string_lossy());
        }
        fs::write(file, lean)?;
    }
    add_to_head(build, "<meta name=\"offline-worker\" content=\"sw.js\">")?;
    let worker = fs::read_to_string(scripts.join("sw.js")).context("public/sw.js cannot be read")?;
    let worker = worker.replace("__BUILD__", &fingerprint(build)?).replace("\"__FILES__\"", &kept_files(build)?);
    fs::write(build.join("sw.js"), worker)?;
    Ok(())
}

/// Where cargo keeps the sources of dependencies.
fn cargo_home() -> Option<PathBuf> {
    env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")))
}

fn add_to_head(build: &Path, element: &str) -> Result<()> {
    let path = build.join("index.html");
    let page = fs::read_to_string(&path)?;
    let (head, rest) = page.split_once("</head>").context("the built index.html has no </head>")?;
    fs::write(path, format!("{head}{element}\n</head>{rest}"))?;
    Ok(())
}

/// A name for exactly this build: it differs when any file does.
fn fingerprint(build: &Path) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for file in files_below(build)? {
        relative(&file, build)?.hash(&mut hasher);
        fs::read(&file)?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// What the page needs to start, as the inside of a JavaScript list: what it names, and what its scripts import.
fn kept_files(build: &Path) -> Result<String> {
    let page = fs::read_to_string(build.join("index.html"))?;
    let mut names = Vec::new();
    for file in files_below(build)? {
        let name = relative(&file, build)?;
        let is_needed = page.contains(&name) || name.starts_with("snippets/");
        if is_needed && name != "index.html" {
            names.push(format!("\"{name}\""));
        }
    }
    Ok(names.join(", "))
}

fn relative(file: &Path, folder: &Path) -> Result<String> {
    let path = file.strip_prefix(folder)?;
    Ok(path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"))
}
