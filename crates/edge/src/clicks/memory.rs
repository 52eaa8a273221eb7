//! Memory that a file keeps: what was stored in it survives the process, however that ends.
//!
//! The one module of this program with `unsafe`. A file that is mapped and shared is memory which
//! somebody else could change, and Rust cannot know that nobody does. What is argued here:
//!
//! - It is only ever seen as atomic words of 64 bits, read and written through shared references.
//!   A change by somebody else is then a value that we did not store, which every reader allows
//!   for (records have checks, seals are compared with them), and no undefined behaviour.
//! - The mapping is page-aligned and a whole number of words long, lives as long as the reference
//!   that is given out, and every bit pattern is a word.
//! - A file that is cut off by somebody else would kill the process (SIGBUS), as would a full disk if
//!   room had to be found when a page is first written. The room is allocated before the file is mapped
//!   ([`Mapped::make`]; a file system that copies on write finds room again all the same, which the
//!   operations manual says), and the folder is locked (`data_folder`): nobody else has business in it.
#![expect(
    unsafe_code,
    reason = "a mapped file is memory that Rust cannot vouch for"
)]

use std::{
    fs::{File, OpenOptions},
    io,
    ops::Deref,
    path::{Path, PathBuf},
    sync::atomic::AtomicU64,
};

use memmap2::{MmapOptions, MmapRaw};
use rustix::{
    fs::{FallocateFlags, fallocate},
    io::Errno,
};

/// A mapped file as words.
#[derive(Debug)]
pub(super) struct Mapped {
    map: MmapRaw,
    path: PathBuf,
}

impl Mapped {
    /// Makes a file of zeros that has all its room on the disk.
    pub(super) fn make(path: &Path, words: usize) -> io::Result<Self> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(path)?;
        let made = allocate(&file, words as u64 * 8).and_then(|()| Self::map(&file, path));
        if made.is_err() {
            // It says nothing, and its room may be what is missing.
            let _ = std::fs::remove_file(path);
        }
        made
    }

    /// Opens a file that an earlier process has left. A file that is too short to be ours has no room
    /// allocated behind its end, and is no file of ours.
    pub(super) fn open(path: &Path, words: usize) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        if file.metadata()?.len() != words as u64 * 8 {
            return Err(io::Error::other("it has another length"));
        }
        Self::map(&file, path)
    }

    fn map(file: &File, path: &Path) -> io::Result<Self> {
        Ok(Self {
            map: MmapOptions::new().map_raw(file)?,
            path: path.to_owned(),
        })
    }

    /// Deletes the file.
    pub(super) fn delete(self) -> io::Result<()> {
        std::fs::remove_file(&self.path)
    }
}

impl Deref for Mapped {
    type Target = [AtomicU64];

    fn deref(&self) -> &[AtomicU64] {
        let words = self.map.len() / size_of::<AtomicU64>();
        // SAFETY: the mapping is readable, writable, page-aligned and `len` bytes long until `self`
        // is dropped, which the returned reference does not outlive; AtomicU64 has the size of its
        // word, allows all bit patterns, and may be changed behind a shared reference.
        unsafe { std::slice::from_raw_parts(self.map.as_ptr().cast::<AtomicU64>(), words) }
    }
}

fn allocate(file: &File, bytes: u64) -> io::Result<()> {
    let allocated = fallocate(file, FallocateFlags::empty(), 0, bytes);
    or_write(allocated, file, bytes)
}

/// Some file systems allocate nothing in advance, and some filters of system calls know no `fallocate`;
/// there zeros are written.
fn or_write(allocated: Result<(), Errno>, file: &File, bytes: u64) -> io::Result<()> {
    match allocated {
        Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => {
            let mut zeros = io::Read::take(io::repeat(0), bytes);
            io::copy(&mut zeros, &mut &*file).map(|_| ())
        }
        outcome => outcome.map_err(Into::into),
    }
}

#[cfg(test)]
mod tests {
    use super::{Errno, or_write};

    #[test]
    fn where_nothing_is_allocated_in_advance_zeros_are_written_and_a_full_disk_is_an_error() {
        let lacks = [Errno::OPNOTSUPP, Errno::NOSYS, Errno::INVAL];
        let fails = [Errno::NOSPC, Errno::DQUOT, Errno::IO];
        for (error, length) in lacks
            .map(|error| (error, Some(4096)))
            .into_iter()
            .chain(fails.map(|error| (error, None)))
        {
            let file = tempfile::tempfile().unwrap();
            let made = or_write(Err(error), &file, 4096).map(|()| file.metadata().unwrap().len());
            assert_eq!(made.ok(), length, "{error}");
        }
    }
}
