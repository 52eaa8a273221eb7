//! The folder of one process: made if it is missing, locked as long as the process lives.

use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use rustix::fs::{FlockOperation, flock};

/// A locked folder. The lock goes with the process, however that ends.
#[derive(Debug)]
pub struct DataFolder {
    _lock: File,
}

impl DataFolder {
    /// Makes `folder` if it is missing and locks the file `name` in it.
    ///
    /// # Errors
    /// If the folder cannot be written, or another process holds the lock.
    pub fn lock(folder: &Path, name: &str) -> Result<Self, FolderError> {
        let failed = |cause| FolderError::Unwritable {
            folder: folder.to_owned(),
            cause,
        };
        fs::create_dir_all(folder).map_err(failed)?;
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join(name))
            .map_err(failed)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Self { _lock: file }),
            Err(rustix::io::Errno::WOULDBLOCK) => Err(FolderError::InUse(folder.to_owned())),
            Err(cause) => Err(failed(cause.into())),
        }
    }
}

/// Why a folder is not ours.
#[derive(Debug)]
pub enum FolderError {
    /// Another process has locked it.
    InUse(PathBuf),
    /// It cannot be made, or nothing can be written in it.
    Unwritable {
        /// The folder.
        folder: PathBuf,
        /// Why.
        cause: io::Error,
    },
}

impl fmt::Display for FolderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InUse(folder) => write!(
                f,
                "the data folder {} (SUO_DATA_DIR) is in use by another process",
                folder.display()
            ),
            Self::Unwritable { folder, cause } => write!(
                f,
                "cannot write in the data folder {} (SUO_DATA_DIR): {cause}",
                folder.display()
            ),
        }
    }
}

impl std::error::Error for FolderError {}

#[cfg(test)]
mod tests {
    use super::{DataFolder, FolderError};

    #[test]
    fn a_folder_is_made_and_has_one_owner() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("a/b");
        let first = DataFolder::lock(&folder, "edge.lock").unwrap();
        let second = DataFolder::lock(&folder, "edge.lock");
        assert!(matches!(second, Err(FolderError::InUse(_))));
        drop(first);
        DataFolder::lock(&folder, "edge.lock").unwrap();
    }

    #[test]
    fn a_file_in_its_place_is_an_error_that_names_the_setting() {
        let parent = tempfile::tempdir().unwrap();
        let file = parent.path().join("file");
        std::fs::write(&file, "").unwrap();
        let error = DataFolder::lock(&file, "edge.lock").unwrap_err();
        assert!(error.to_string().contains("SUO_DATA_DIR"));
    }
}
