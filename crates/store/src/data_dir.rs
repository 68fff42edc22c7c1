//! The data directory: one process at a time, one format, made durable before it is used.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The format of data directories that this build uses.
pub const DATA_FORMAT: u32 = 1;

const LOCK: &str = "LOCK";
const FORMAT: &str = "FORMAT";
const FORMAT_NEW: &str = "FORMAT.new";
const FORMAT_WORD: &str = "throughline";

/// A data directory that belongs to this process until it is dropped.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    // The lock lives as long as this file is open, and ends with the process however that ends.
    _lock: File,
}

/// Why a data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// Another process has it.
    #[error("{} is in use by {holder}; stop that process or choose another directory", path.display())]
    Held { path: PathBuf, holder: String },
    /// It was written in a format that this build does not know.
    #[error("{} has data format {found}, and this build uses format {DATA_FORMAT}", path.display())]
    UnknownFormat { path: PathBuf, found: u32 },
    /// There are files in it, but not ours.
    #[error(
        "{} is not a data directory: it holds files but no readable {FORMAT}; choose an empty directory",
        path.display()
    )]
    NotOurs { path: PathBuf },
    /// The file system refused.
    #[error("could not {doing} {}", path.display())]
    Io {
        doing: &'static str,
        path: PathBuf,
        source: io::Error,
    },
}

impl DataDir {
    /// Takes a data directory for this process, creating it when it is not there.
    pub fn lock(dir: &Path) -> Result<Self, DataDirError> {
        create_dir_durably(dir).map_err(failed("create", dir))?;
        let lock = take_lock(dir)?;
        check_format(dir)?;
        Ok(Self {
            path: dir.to_owned(),
            _lock: lock,
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Creates a directory and those above it, and makes the entries durable.
pub(crate) fn create_dir_durably(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    let parent = match dir.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    create_dir_durably(parent)?;
    match DirBuilder::new().mode(0o700).create(dir) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    sync_dir(parent)
}

/// Makes the entries of a directory durable.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

fn take_lock(dir: &Path) -> Result<File, DataDirError> {
    let path = dir.join(LOCK);
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(failed("open", &path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // Whose it is only makes the message better.
            let _ = file.read_to_string(&mut holder);
            return Err(DataDirError::Held {
                path: dir.to_owned(),
                holder: match holder.trim() {
                    "" => "another process".to_owned(),
                    id => format!("process {id}"),
                },
            });
        }
        Err(TryLockError::Error(source)) => return Err(failed("lock", &path)(source)),
    }
    file.set_len(0)
        .and_then(|()| write!(file, "{}", std::process::id()))
        .map_err(failed("write", &path))?;
    Ok(file)
}

fn check_format(dir: &Path) -> Result<(), DataDirError> {
    let path = dir.join(FORMAT);
    match fs::read_to_string(&path) {
        Ok(text) => match parse_format(&text) {
            Some(DATA_FORMAT) => Ok(()),
            Some(found) => Err(DataDirError::UnknownFormat {
                path: dir.to_owned(),
                found,
            }),
            None => Err(DataDirError::NotOurs {
                path: dir.to_owned(),
            }),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if holds_other_files(dir).map_err(failed("list", dir))? {
                return Err(DataDirError::NotOurs {
                    path: dir.to_owned(),
                });
            }
            write_format(dir).map_err(failed("write", &path))
        }
        Err(source) => Err(failed("read", &path)(source)),
    }
}

fn parse_format(text: &str) -> Option<u32> {
    text.strip_prefix(FORMAT_WORD)?.trim().parse().ok()
}

fn holds_other_files(dir: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(dir)? {
        let name = entry?.file_name();
        // A fresh file system has a lost+found.
        if name != LOCK && name != FORMAT_NEW && name != "lost+found" {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Writes beside and renames, so that the file is there whole or not at all.
fn write_format(dir: &Path) -> io::Result<()> {
    let new = dir.join(FORMAT_NEW);
    let mut file = File::create(&new)?;
    writeln!(file, "{FORMAT_WORD} {DATA_FORMAT}")?;
    file.sync_all()?;
    fs::rename(&new, dir.join(FORMAT))?;
    sync_dir(dir)
}

fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> DataDirError {
    let path = path.to_owned();
    move |source| DataDirError::Io {
        doing,
        path,
        source,
    }
}
