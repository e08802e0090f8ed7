//! The built page that the stories are about.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

/// The folder of the release page: `ANNALS_DIST`, or `dist/` of the workspace.
///
/// # Errors
///
/// When there is no release page in it.
pub fn dist() -> Result<PathBuf> {
    let folder = env::var_os("ANNALS_DIST").map_or_else(|| workspace().join("dist"), PathBuf::from);
    let page = fs::read_to_string(folder.join("index.html")).unwrap_or_default();
    ensure!(page.contains("offline-worker"), "there is no release page to test: run `cargo xtask test stories`");
    Ok(folder)
}

/// A copy of the release page that a story may change.
///
/// # Errors
///
/// When there is no release page, or it cannot be copied.
pub fn copy_of_dist() -> Result<TempDir> {
    let copy = TempDir::new().context("no temporary folder can be made")?;
    copy_folder(&dist()?, copy.path())?;
    Ok(copy)
}

/// A file of real data, by its path within `ANNALS_DATA` or, without that, `shared/data` beside the workspace; `None`
/// where it is not there, for such data is not the project's to hand on.
#[must_use]
pub fn real_data(file: &str) -> Option<PathBuf> {
    let beside = || workspace().join("../shared/data");
    let path = env::var_os("ANNALS_DATA").map_or_else(beside, PathBuf::from).join(file);
    fs::canonicalize(path).ok()
}

/// The folder of the workspace.
pub(crate) fn workspace() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here)
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
