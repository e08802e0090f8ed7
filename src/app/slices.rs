//! Long work in slices of time, so that a page stays alive whatever the machine.

use super::Env;

/// How long a slice of work lasts, in microseconds: half a frame.
pub(super) const SLICE_MICROS: u64 = 8000;
/// The most events that are worked on between two looks at the clock.
pub(super) const EVENTS_PER_LOOK: u32 = 128;

/// The slice that is under way.
pub(super) struct Slices<'a, E> {
    env: &'a E,
    since: u64,
}

impl<'a, E: Env> Slices<'a, E> {
    /// The first slice begins.
    pub(super) fn begin(env: &'a E) -> Self {
        Self { env, since: env.elapsed_micros() }
    }

    /// Whether the slice has lasted long enough.
    pub(super) fn is_over(&self) -> bool {
        self.env.elapsed_micros().saturating_sub(self.since) >= SLICE_MICROS
    }

    /// Gives the page its turn; then the next slice begins.
    pub(super) async fn rest(&mut self) {
        self.env.breathe().await;
        self.since = self.env.elapsed_micros();
    }
}
