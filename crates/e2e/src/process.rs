//! What the kernel says about a process.

use std::{fs, io};

/// Bytes of memory that are resident now (`VmRSS` of proc(5) status).
///
/// # Errors
/// If there is no such process.
pub fn resident(process: u32) -> io::Result<u64> {
    status(process, "VmRSS:")
}

/// The most bytes of memory that were ever resident (`VmHWM`).
///
/// # Errors
/// If there is no such process.
pub fn peak(process: u32) -> io::Result<u64> {
    status(process, "VmHWM:")
}

fn status(process: u32, name: &str) -> io::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    status
        .lines()
        .find_map(|line| {
            let kilobytes = line.strip_prefix(name)?.trim().strip_suffix(" kB")?;
            Some(kilobytes.trim().parse::<u64>().ok()? * 1024)
        })
        .ok_or_else(|| io::Error::other(format!("no {name} in {status}")))
}
