//! The event-sourcing kernel.
