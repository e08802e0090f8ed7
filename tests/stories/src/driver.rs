//! The process that drives one browser.

use std::{
    env,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    thread,
};

use anyhow::{Context as _, Result};

use crate::processes::kill_tree;

/// A running chromedriver. Dropping it kills it and its browser.
#[derive(Debug)]
pub(crate) struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    /// Starts `CHROMEDRIVER`, or the one on the search path, on a free port.
    ///
    /// # Errors
    ///
    /// When it is missing or does not come up.
    pub(crate) fn start() -> Result<Self> {
        let program = env::var_os("CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into());
        let mut process =
            Command::new(&program)
                .arg("--port=0")
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .with_context(|| format!("{} does not start: run `cargo xtask test stories`", program.display()))?;
        let output = process.stdout.take().context("chromedriver has no output")?;
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let port = lines.find_map(|line| port_in(&line));
        // Whatever else it says is read and dropped, so that it never waits for a reader.
        thread::spawn(move || lines.for_each(drop));
        let mut driver = Self { process, port: 0 };
        driver.port = port.context("chromedriver ended before it listened on a port")?;
        Ok(driver)
    }

    pub(crate) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        kill_tree(self.process.id());
        // It is dead, or was before.
        self.process.wait().map(drop).unwrap_or_default();
    }
}

fn port_in(line: &str) -> Option<u16> {
    let digits = line.split_once("started successfully on port ")?.1;
    digits.trim_end_matches('.').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::port_in;

    #[test]
    fn the_port_is_read_from_the_line_that_tells_it() {
        assert_eq!(port_in("ChromeDriver was started successfully on port 45123."), Some(45123));
        assert_eq!(port_in("Only local connections are allowed."), None);
    }
}
