//! Whether the files on disk are still those that were opened.
//!
//! A file that is deleted or replaced stays open: SQLite would keep writing
//! into a file that no later start opens.

use std::path::{Path, PathBuf};

use crate::db::error::StoreError;

/// The database file and its write-ahead log, as they were when opened.
#[derive(Clone, Debug)]
pub(super) struct Files(Vec<(PathBuf, Identity)>);

impl Files {
    /// The files of the database at `path`, which must be open.
    pub(super) fn of(path: &Path) -> Result<Self, StoreError> {
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        [path.to_owned(), PathBuf::from(log)]
            .into_iter()
            .map(|file| {
                let identity = identity(&file).ok_or(StoreError::Replaced)?;
                Ok((file, identity))
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// # Errors
    /// A file was deleted or replaced.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        let same = self.0.iter().all(|(file, opened)| identity(file).as_ref() == Some(opened));
        if same { Ok(()) } else { Err(StoreError::Replaced) }
    }
}

/// Device and number of a file.
#[cfg(unix)]
type Identity = (u64, u64);

#[cfg(unix)]
fn identity(file: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    file.metadata().ok().map(|data| (data.dev(), data.ino()))
}

/// On other systems an open file cannot be replaced.
#[cfg(not(unix))]
type Identity = ();

#[cfg(not(unix))]
fn identity(file: &Path) -> Option<Identity> {
    file.exists().then_some(())
}
