//! What a child may use. It limits itself: limits set in the parent would hit the parent.

use std::io;

use rustix::{
    process::{Resource, Rlimit, getrlimit, setrlimit},
    time::{ClockId, clock_gettime},
};

/// All memory a child may map, in bytes: the largest picture, decoded, and what a look at it
/// takes, and the program itself.
const MEMORY: u64 = 640 << 20;

/// Seconds of processor time for one picture: the parent ends a child earlier, if there is still
/// a parent.
const SECONDS: u64 = 4;

/// For the whole life of the child.
pub(super) fn set() -> io::Result<()> {
    limit(Resource::As, MEMORY)?;
    // No dumps of other people's pictures, and no files at all.
    limit(Resource::Core, 0)?;
    limit(Resource::Fsize, 0)
}

/// For the next picture.
pub(super) fn allow_another() -> io::Result<()> {
    let used = clock_gettime(ClockId::ProcessCPUTime).tv_sec;
    let used = u64::try_from(used).unwrap_or(0);
    let old = getrlimit(Resource::Cpu);
    let new = Rlimit {
        current: Some(used + SECONDS),
        maximum: old.maximum,
    };
    Ok(setrlimit(Resource::Cpu, new)?)
}

/// Not above what the system allows already.
fn limit(resource: Resource, most: u64) -> io::Result<()> {
    let allowed = getrlimit(resource).maximum.unwrap_or(u64::MAX);
    let most = Some(most.min(allowed));
    let new = Rlimit {
        current: most,
        maximum: most,
    };
    Ok(setrlimit(resource, new)?)
}
