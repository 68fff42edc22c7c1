//! The files that were imported, kept under the digest of their content.
//!
//! The raw log names rows of a file by that digest, so a file of an import is kept as long as its
//! workspace: without it the log could not be read again. Rows that were erased are gone from the file
//! and its name stays; what comes in with the same content again is another file, under another name.

use std::{
    fmt,
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use throughline_model::{Span, Timestamp, limits};

/// A file in the archive: the SHA-256 of its content.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileId(String);

/// The files of one workspace.
#[derive(Clone, Debug)]
pub struct Archive {
    dir: PathBuf,
}

/// What is known of a file besides its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredFile {
    /// As its owner calls it.
    pub name: String,
    pub bytes: u64,
}

/// A file on its way into the archive. It is gone when it is not finished.
pub struct Incoming {
    archive: Archive,
    path: PathBuf,
    file: File,
    hasher: Sha256,
    bytes: u64,
}

/// Why a file was not taken.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    #[error("the file has more than {} bytes", limits::IMPORT_FILE_BYTES_MAX)]
    Large,
    #[error("could not keep the file")]
    Io(#[from] io::Error),
}

/// How much of a file is read at once.
const PIECE_BYTES: usize = 1 << 20;

/// Files in a folder for which nobody asked are forgotten after this time.
const UNUSED_AGE_MAX: Span = Span::hours(24);

impl FileId {
    /// The digest that was taken.
    fn of(hasher: Sha256) -> Self {
        let digest = hasher.finalize();
        Self(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Where content lies whose own place is taken.
    fn next(&self) -> Self {
        Self::of(Sha256::new_with_prefix(&self.0))
    }

    /// Reads an id; none for a text that is no digest.
    pub fn parse(text: &str) -> Option<Self> {
        let is_digest = text.len() == 64
            && text
                .bytes()
                .all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'));
        is_digest.then(|| Self(text.to_owned()))
    }
}

impl TryFrom<String> for FileId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("`{text}` names no file"))
    }
}

impl From<FileId> for String {
    fn from(id: FileId) -> Self {
        id.0
    }
}

impl fmt::Display for FileId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Archive {
    /// The archive in the folder of a workspace.
    pub fn of(workspace_dir: &Path) -> Self {
        Self {
            dir: workspace_dir.join("files"),
        }
    }

    /// Where a file lies.
    pub fn path(&self, id: &FileId) -> PathBuf {
        self.dir.join(&id.0)
    }

    /// What is known of a file; none when it is not there.
    pub fn find(&self, id: &FileId) -> Option<StoredFile> {
        let bytes = fs::metadata(self.path(id)).ok()?.len();
        let told = fs::read(self.label_path(id)).ok();
        let told = told.and_then(|json| serde_json::from_slice(&json).ok());
        Some(told.unwrap_or_else(|| StoredFile {
            name: id.to_string(),
            bytes,
        }))
    }

    /// Begins to take a file in. `token` tells it from others that come in meanwhile.
    pub fn begin(&self, token: u64) -> io::Result<Incoming> {
        fs::create_dir_all(&self.dir)?;
        let path = self.dir.join(format!("{token:016x}.incoming"));
        Ok(Incoming {
            archive: self.clone(),
            file: File::create_new(&path)?,
            path,
            hasher: Sha256::new(),
            bytes: 0,
        })
    }

    /// Takes a copy of a file of this machine.
    pub fn copy(&self, path: &Path, token: u64) -> Result<FileId, TakeError> {
        let name = path.file_name().unwrap_or(path.as_os_str());
        let incoming = self.read(File::open(path)?, token)?;
        incoming.finish(&name.to_string_lossy())
    }

    /// Takes a copy of an open file, which is kept once it is finished.
    pub fn read(&self, mut from: impl Read, token: u64) -> Result<Incoming, TakeError> {
        let mut incoming = self.begin(token)?;
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            match from.read(&mut piece)? {
                0 => return Ok(incoming),
                count => incoming.write(&piece[..count])?,
            }
        }
    }

    /// The file with the rows of an import that are no events.
    pub fn faults_path(&self, import: u32) -> PathBuf {
        self.dir.join(format!("{import}.faults.csv"))
    }

    /// Removes files that came in and were not imported within a day.
    pub fn sweep(&self, now: Timestamp, is_used: impl Fn(&FileId) -> bool) -> io::Result<()> {
        let entries = match fs::read_dir(&self.dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let stem = name.strip_suffix(".json").unwrap_or(&name);
            let is_free = match FileId::parse(stem) {
                Some(id) => !is_used(&id),
                None => name.ends_with(".incoming"),
            };
            let modified = entry.metadata()?.modified()?;
            // A file from before 1970 is as old as can be.
            let since_epoch = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
            let modified = i64::try_from(since_epoch.as_millis()).map_or(Timestamp::MAX, Timestamp);
            if is_free && now > modified.plus(UNUSED_AGE_MAX) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Where content of a digest lies, or is to lie: beside files that had it before something was
    /// erased in them.
    fn place_of(&self, content: &FileId) -> io::Result<FileId> {
        let (mut id, mut piece) = (content.clone(), vec![0; PIECE_BYTES]);
        loop {
            let mut file = match File::open(self.path(&id)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(id),
                file => file?,
            };
            let mut hasher = Sha256::new();
            loop {
                match file.read(&mut piece)? {
                    0 => break,
                    count => hasher.update(&piece[..count]),
                }
            }
            if FileId::of(hasher) == *content {
                return Ok(id);
            }
            id = id.next();
        }
    }

    fn label_path(&self, id: &FileId) -> PathBuf {
        self.dir.join(format!("{id}.json"))
    }
}

impl Incoming {
    /// Takes the next piece.
    pub fn write(&mut self, piece: &[u8]) -> Result<(), TakeError> {
        self.bytes += piece.len() as u64;
        if self.bytes > limits::IMPORT_FILE_BYTES_MAX {
            return Err(TakeError::Large);
        }
        self.hasher.update(piece);
        Ok(self.file.write_all(piece)?)
    }

    /// The digest of what was taken so far.
    pub fn id(&self) -> FileId {
        FileId::of(self.hasher.clone())
    }

    /// Makes the file durable under its digest.
    pub fn finish(self, name: &str) -> Result<FileId, TakeError> {
        let id = self.archive.place_of(&self.id())?;
        let label = StoredFile {
            name: name.to_owned(),
            bytes: self.bytes,
        };
        let json = serde_json::to_vec(&label).expect("a label has text keys");
        fs::write(self.archive.label_path(&id), json)?;
        self.file.sync_all()?;
        fs::rename(&self.path, self.archive.path(&id))?;
        File::open(&self.archive.dir)?.sync_all()?;
        Ok(id)
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        // It is there no more when it was finished.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_kept_under_its_digest_and_a_half_one_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let archive = Archive::of(dir.path());
        let mut incoming = archive.begin(1).unwrap();
        incoming.write(b"a,b\n").unwrap();
        incoming.write(b"1,2\n").unwrap();
        let id = incoming.finish("../shop.csv").unwrap();
        assert_eq!(fs::read(archive.path(&id)).unwrap(), b"a,b\n1,2\n");
        let stored = archive.find(&id).unwrap();
        assert_eq!((stored.name.as_str(), stored.bytes), ("../shop.csv", 8));
        drop(archive.begin(2).unwrap());
        let names = fs::read_dir(archive.dir).unwrap().count();
        assert_eq!(names, 2, "the file and its label");
    }

    #[test]
    fn what_was_erased_in_a_file_does_not_come_back_with_the_same_file() {
        let dir = tempfile::tempdir().unwrap();
        let archive = Archive::of(dir.path());
        let keep = || {
            let mut incoming = archive.begin(1).unwrap();
            incoming.write(b"ann\nbob\n").unwrap();
            incoming.finish("f").unwrap()
        };
        let read = |id: &FileId| fs::read(archive.path(id)).unwrap();
        let first = keep();
        assert_eq!(keep(), first);
        fs::write(archive.path(&first), "\nbob\n").unwrap();
        let second = keep();
        assert_eq!(
            (read(&first), read(&second)),
            (b"\nbob\n".into(), b"ann\nbob\n".into())
        );
        assert_eq!(keep(), second);
        fs::write(archive.path(&second), "\n\n").unwrap();
        let third = keep();
        assert_eq!(read(&third), b"ann\nbob\n");
        assert_eq!([first, second].map(|it| read(&it).len()), [5, 2]);
    }

    #[test]
    fn files_that_nobody_imports_are_forgotten_after_a_day() {
        let dir = tempfile::tempdir().unwrap();
        let archive = Archive::of(dir.path());
        let keep = |text: &[u8]| {
            let mut incoming = archive.begin(1).unwrap();
            incoming.write(text).unwrap();
            incoming.finish("f").unwrap()
        };
        let (used, free) = (keep(b"used"), keep(b"free"));
        let modified = fs::metadata(archive.path(&free))
            .unwrap()
            .modified()
            .unwrap();
        let ms = modified.duration_since(UNIX_EPOCH).unwrap().as_millis();
        let now = Timestamp(i64::try_from(ms).unwrap());
        archive
            .sweep(now.plus(Span::hours(23)), |id| *id == used)
            .unwrap();
        assert!(archive.find(&free).is_some());
        archive
            .sweep(now.plus(Span::hours(25)), |id| *id == used)
            .unwrap();
        assert!(archive.find(&free).is_none());
        assert!(archive.find(&used).is_some());
    }

    #[test]
    fn only_digests_name_files() {
        for bad in [
            "",
            "..",
            "../../instance.db",
            &"A".repeat(64),
            &"0".repeat(63),
        ] {
            assert_eq!(FileId::parse(bad), None, "{bad}");
        }
        assert!(FileId::parse(&"0".repeat(64)).is_some());
    }
}
