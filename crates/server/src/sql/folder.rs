//! A folder for one question, gone when the question is.

use std::{
    fs::{self, DirBuilder},
    io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

/// A folder that nobody else can look into.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// Makes a folder of a name that is not in use.
    pub fn make(parent: &Path) -> io::Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = parent.join(format!("{}-{number}", std::process::id()));
        let mut builder = DirBuilder::new();
        builder.recursive(true).mode(0o700).create(&path)?;
        Ok(Self(path))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, "the folder of a question is left");
        }
    }
}

/// Removes what questions of an earlier process have left.
pub fn clear(parent: &Path) {
    if let Err(error) = fs::remove_dir_all(parent)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(%error, "folders of earlier questions are left");
    }
}
