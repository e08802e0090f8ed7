//! Counts what is allocated, so that a target can tell how much a few bytes asked for.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

/// What anything may take, whatever its length: the bounds of the format (8 MiB of texts in a block, six times that as
/// JSON where all of them are escaped, 65,536 events with their envelopes) and of the readers allow about that much.
const ALWAYS: usize = 192 << 20;

/// How many bytes may be taken for each byte that was given.
const FOR_EACH_BYTE: usize = 1024;

static NOW: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator, with a count of the bytes that are taken.
pub struct Counting;

// SAFETY: every call is passed on unchanged.
#[expect(unsafe_code, reason = "an allocator cannot be written otherwise")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = NOW.fetch_add(layout.size(), Relaxed) + layout.size();
        MOST.fetch_max(now, Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(place, layout) }
    }
}

/// Does something with bytes, and makes sure that it took no memory out of proportion to them.
///
/// # Panics
/// When it did.
pub fn in_proportion(bytes: &[u8], work: impl FnOnce(&[u8])) {
    let before = NOW.load(Relaxed);
    MOST.store(before, Relaxed);
    work(bytes);
    let taken = MOST.load(Relaxed).saturating_sub(before);
    let allowed = ALWAYS + FOR_EACH_BYTE * bytes.len();
    assert!(taken <= allowed, "{} bytes asked for {taken} bytes of memory", bytes.len());
}
