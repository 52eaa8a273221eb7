//! Where chunks come from: files of one size in the data folder, bounded in number.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{chunk, memory::Mapped};

/// Cells of a chunk, so that its file is a little below 1 MiB.
const CELLS: usize = 14_336;

/// Files that are kept for the next chunk; further ones give their room back to the disk.
const KEPT: usize = 4;

const ENDING: &str = "journal";

/// Makes a file of so many words that has all its room on the disk.
pub(super) type Make = Box<dyn Fn(&Path, usize) -> io::Result<Mapped> + Send>;

/// The folder of the journal.
pub(super) struct Room {
    folder: PathBuf,
    limit: usize,
    files: usize,
    /// The number in the name of the next file.
    next: u64,
    idle: Vec<Mapped>,
}

impl Room {
    /// Opens the folder for at most `limit` files, and finds what is in it.
    pub(super) fn open(folder: &Path, limit: usize) -> io::Result<(Self, Vec<Mapped>)> {
        fs::create_dir_all(folder)?;
        let mut room = Self {
            folder: folder.to_owned(),
            limit,
            files: 0,
            next: 0,
            idle: Vec::new(),
        };
        let mut found = Vec::new();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let Some(number) = number(&path) else {
                continue;
            };
            room.next = room.next.max(number + 1);
            match Mapped::open(&path, chunk::words(CELLS)) {
                Ok(file) => found.push(file),
                Err(_) if is_unmade(&path) && fs::remove_file(&path).is_ok() => {}
                // Left as it is: there may be clicks in it that somebody can read.
                Err(error) => {
                    tracing::warn!(file = %path.display(), %error, "a file of the journal cannot be read");
                }
            }
        }
        room.files = found.len();
        Ok((room, found))
    }

    /// Memory for one more chunk; `None` if there are as many as may be.
    pub(super) fn take(&mut self, make: &Make) -> io::Result<Option<Mapped>> {
        if let Some(file) = self.idle.pop() {
            return Ok(Some(file));
        }
        if self.files >= self.limit {
            return Ok(None);
        }
        let path = self.folder.join(format!("{}.{ENDING}", self.next));
        let file = make(&path, chunk::words(CELLS))?;
        self.next += 1;
        self.files += 1;
        Ok(Some(file))
    }

    /// Takes memory back that holds nothing of worth.
    pub(super) fn give_back(&mut self, file: Mapped) {
        // A process that finds the file must not take what is in it for its own.
        chunk::forget(&file);
        if self.idle.len() < KEPT && self.files <= self.limit {
            self.idle.push(file);
        } else {
            self.delete(file);
        }
    }

    /// Deletes the files that hold nothing.
    pub(super) fn clear(&mut self) {
        for file in std::mem::take(&mut self.idle) {
            self.delete(file);
        }
    }

    fn delete(&mut self, file: Mapped) {
        self.files -= 1;
        if let Err(error) = file.delete() {
            tracing::warn!(%error, "a file of the journal cannot be deleted");
        }
    }
}

/// Whether a process that ended just then has begun to make this file: it is too short, and all zeros.
fn is_unmade(path: &Path) -> bool {
    let is_short = |length| length < chunk::words(CELLS) as u64 * 8;
    fs::metadata(path).is_ok_and(|file| file.is_file() && is_short(file.len()))
        && fs::read(path).is_ok_and(|bytes| bytes.iter().all(|byte| *byte == 0))
}

fn number(path: &Path) -> Option<u64> {
    let is_ours = path.extension().is_some_and(|ending| ending == ENDING);
    let stem = path.file_stem().filter(|_| is_ours)?;
    stem.to_str()?.parse().ok()
}
