//! A folder that is gone when measuring ends, however it ends.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;

/// A new folder. Dropping it removes it with all that is in it.
pub struct Folder(PathBuf);

impl Folder {
    /// Makes a folder of a name that no other process uses.
    pub fn make(within: &Path) -> anyhow::Result<Self> {
        let path = within.join(format!("throughline-bench-{}", std::process::id()));
        fs::create_dir_all(&path).with_context(|| format!("could not make {}", path.display()))?;
        // Children are started in other folders, and file systems are told by whole paths.
        let path = path
            .canonicalize()
            .with_context(|| format!("could not find {}", path.display()))?;
        Ok(Self(path))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is only in the way; the figures are not wrong for it.
        let _ = fs::remove_dir_all(&self.0);
    }
}
