//! Waiting for something to come true, with an end.

use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use tokio::time::sleep;

/// How long a story waits for one thing before it fails.
pub const PATIENCE: Duration = Duration::from_mins(1);

const POLL: Duration = Duration::from_millis(40);

/// Tries again and again until the attempt has a value, and gives that.
///
/// An attempt that fails counts as not yet: a page may be between two states.
///
/// # Errors
///
/// When [`PATIENCE`] has run out; the last failure is named.
pub async fn wait_until<T>(what: &str, mut attempt: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    let start = Instant::now();
    loop {
        let outcome = attempt().await;
        if let Ok(Some(value)) = outcome {
            return Ok(value);
        }
        if start.elapsed() >= PATIENCE {
            let waited = format!("waited {} s in vain for {what}", PATIENCE.as_secs());
            return Err(match outcome {
                Err(error) => error.context(waited),
                Ok(_) => anyhow!(waited),
            });
        }
        sleep(POLL).await;
    }
}
