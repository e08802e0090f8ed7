//! Ending processes as hard as the system can, and seeing that they have ended.

use anyhow::Result;

use crate::wait::wait_until;

/// Kills a process and everything it has started, without a chance to put anything in order.
pub(crate) fn kill_tree(root: u32) {
    #[cfg(unix)]
    for process in std::iter::once(root).chain(descendants(root)) {
        kill(process);
    }
    #[cfg(windows)]
    drop(std::process::Command::new("taskkill").args(["/F", "/T", "/PID", &root.to_string()]).output());
}

/// Kills what a process has started, but not the process, and waits until it is gone.
///
/// # Errors
///
/// When one of them goes on.
#[cfg(unix)]
pub(crate) async fn kill_descendants(root: u32) -> Result<()> {
    // One that was started while the others were listed is found the next time, as long as its parent is there.
    loop {
        let processes = descendants(root);
        if processes.is_empty() {
            return Ok(());
        }
        for process in &processes {
            kill(*process);
        }
        until_ended(&processes).await?;
    }
}

/// Waits until all of these processes have ended.
///
/// # Errors
///
/// When one of them goes on.
pub(crate) async fn until_ended(processes: &[u32]) -> Result<()> {
    let ended = async || Ok(Some(()).filter(|()| !running().iter().any(|one| processes.contains(&one.id))));
    wait_until("processes to end", ended).await
}

/// Everything that a process has started, parents before children.
pub(crate) fn descendants(root: u32) -> Vec<u32> {
    let running = running();
    let mut found = vec![root];
    let mut place = 0;
    while let Some(&parent) = found.get(place) {
        found.extend(running.iter().filter(|one| one.parent == parent).map(|one| one.id));
        place += 1;
    }
    found.split_off(1)
}

#[cfg(unix)]
fn kill(process: u32) {
    use rustix::process::{Pid, Signal, kill_process};
    if let Some(pid) = i32::try_from(process).ok().and_then(Pid::from_raw) {
        // It may have ended by itself meanwhile.
        kill_process(pid, Signal::KILL).unwrap_or_default();
    }
}

struct Process {
    id: u32,
    parent: u32,
}

/// Whether a process of this state has ended, and only its parent has not asked how.
#[cfg(unix)]
fn has_ended(state: &str) -> bool {
    state.starts_with(['Z', 'X'])
}

/// Every process that has not ended.
#[cfg(target_os = "linux")]
fn running() -> Vec<Process> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| {
            let id = entry.file_name().to_str()?.parse().ok()?;
            let line = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            // After the name in parentheses: the state, then the parent.
            let (state, rest) = line.rsplit_once(") ")?.1.split_once(' ')?;
            let parent = rest.split(' ').next()?.parse().ok()?;
            (!has_ended(state)).then_some(Process { id, parent })
        })
        .collect()
}

/// Every process that has not ended.
#[cfg(all(unix, not(target_os = "linux")))]
fn running() -> Vec<Process> {
    let Ok(output) = std::process::Command::new("ps").args(["-A", "-o", "pid=,ppid=,state="]).output() else {
        return Vec::new();
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let (id, parent) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
            (!has_ended(words.next()?)).then_some(Process { id, parent })
        })
        .collect()
}

/// Where processes are not known, nothing is waited for.
#[cfg(not(unix))]
fn running() -> Vec<Process> {
    Vec::new()
}

#[cfg(all(test, unix))]
mod tests {
    use super::{descendants, kill_descendants, until_ended};
    use crate::{Result, wait_until};
    use std::process::Command;

    #[tokio::test]
    async fn what_a_process_has_started_is_gone_once_it_is_killed() -> Result<()> {
        let mut shell = Command::new("sh").args(["-c", "sleep 600 & wait"]).spawn()?;
        wait_until("the child", async || Ok(descendants(shell.id()).first().copied())).await?;
        kill_descendants(shell.id()).await?;
        assert!(descendants(shell.id()).is_empty());
        // The shell ends with its child, and counts as ended though nobody has asked how.
        until_ended(&[shell.id()]).await?;
        assert!(shell.wait()?.success());
        Ok(())
    }
}
