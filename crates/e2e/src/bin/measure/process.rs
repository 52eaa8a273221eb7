//! What the kernel says about a process.

use std::{fs, io};

/// Bytes of memory that are resident now (`VmRSS` of proc(5) status).
pub(crate) fn resident(process: u32) -> io::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    status
        .lines()
        .find_map(|line| {
            let kilobytes = line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?;
            Some(kilobytes.trim().parse::<u64>().ok()? * 1024)
        })
        .ok_or_else(|| io::Error::other(format!("no VmRSS in {status}")))
}
