//! Ending processes as hard as the system can.

/// Kills a process and everything it has started, without a chance to put anything in order.
pub(crate) fn kill_tree(root: u32) {
    #[cfg(unix)]
    for process in with_descendants(root) {
        kill(process);
    }
    #[cfg(windows)]
    drop(std::process::Command::new("taskkill").args(["/F", "/T", "/PID", &root.to_string()]).output());
}

/// Kills what a process has started, but not the process.
#[cfg(unix)]
pub(crate) fn kill_descendants(root: u32) {
    for process in with_descendants(root).into_iter().skip(1) {
        kill(process);
    }
}

#[cfg(unix)]
fn kill(process: u32) {
    use rustix::process::{Pid, Signal, kill_process};
    if let Some(pid) = i32::try_from(process).ok().and_then(Pid::from_raw) {
        // It may have ended by itself meanwhile.
        kill_process(pid, Signal::KILL).unwrap_or_default();
    }
}

/// A process and all below it, parents before children.
#[cfg(unix)]
fn with_descendants(root: u32) -> Vec<u32> {
    let pairs = pairs();
    let mut tree = vec![root];
    let mut place = 0;
    while let Some(&parent) = tree.get(place) {
        tree.extend(pairs.iter().filter(|(_, above)| *above == parent).map(|(process, _)| *process));
        place += 1;
    }
    tree
}

/// Every process with its parent.
#[cfg(target_os = "linux")]
fn pairs() -> Vec<(u32, u32)> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| {
            let process = entry.file_name().to_str()?.parse().ok()?;
            let line = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            // After the name in parentheses: the state, then the parent.
            let parent = line.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()?;
            Some((process, parent))
        })
        .collect()
}

/// Every process with its parent.
#[cfg(all(unix, not(target_os = "linux")))]
fn pairs() -> Vec<(u32, u32)> {
    let Ok(output) = std::process::Command::new("ps").args(["-A", "-o", "pid=,ppid="]).output() else {
        return Vec::new();
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?.parse().ok()?, words.next()?.parse().ok()?))
        })
        .collect()
}
