//! Memory that is brought nearer while something else is done.
//!
//! A worker answers ten thousand other requests between two that touch the same line, so whatever is read or
//! written once a request comes from far away. Asked for early, it is here when it is needed.
#![expect(
    unsafe_code,
    reason = "the processor's hint takes a pointer, and is no more than a hint"
)]

/// Has the processor fetch the line that `value` begins in. Changes nothing, and waits for nothing.
#[inline]
pub(crate) fn prefetch<T>(value: &T) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: the pointer comes from a reference, and even one that leads nowhere would do: the instruction
        // reads nothing that the program could see and never faults (Intel SDM, volume 2, PREFETCHh).
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(value).cast()) }
    }
    // Elsewhere the hint has no stable name yet.
    let _ = value;
}
