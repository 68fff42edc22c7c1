//! Reading a folder that the settings allow, and nothing else.
//!
//! Every step from the allowed folder down is opened by itself and follows no link, so neither a
//! path nor somebody who changes the folder meanwhile leads out of it.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs::File,
    io,
    os::fd::OwnedFd,
    path::{Component, Path},
};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, fstat, openat, statat};
use throughline_model::{WorkspaceId, limits};

use super::{Root, bucket::BucketError, files::Version};

/// The files of a folder.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The first by name.
    pub files: BTreeMap<String, Version>,
    /// Those that are too many to be looked at.
    pub more: u64,
    /// Those whose names are not text in UTF-8.
    pub unnamed: u64,
}

/// Why a folder or a file of it was not read.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("is in none of the folders and buckets that the server's settings allow")]
    Outside,
    #[error("does not exist")]
    Missing,
    #[error("is a link or leads through one, and links are not followed")]
    Link,
    #[error("is no folder")]
    NoFolder,
    #[error("is no plain file")]
    NoFile,
    #[error("may not be read by the server")]
    Forbidden,
    #[error("could not be read: {0}")]
    Io(#[from] io::Error),
    #[error(transparent)]
    Bucket(#[from] BucketError),
}

/// Lists the plain files of a folder; links are passed over.
pub fn list(roots: &[Root], workspace: &WorkspaceId, dir: &str) -> Result<Found, OpenError> {
    let folder = open_dir(roots, workspace, dir)?;
    let mut found = Found::default();
    for entry in Dir::read_from(&folder).map_err(io::Error::from)? {
        let entry = entry.map_err(io::Error::from)?;
        let stat = match statat(&folder, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW) {
            // It went while the folder was read.
            Err(rustix::io::Errno::NOENT) => continue,
            stat => stat.map_err(io::Error::from)?,
        };
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            continue;
        }
        let Ok(name) = entry.file_name().to_str() else {
            found.unnamed += 1;
            continue;
        };
        found.files.insert(name.to_owned(), version_of(&stat));
        if found.files.len() > limits::FOLDER_FILES_MAX {
            found.files.pop_last();
            found.more += 1;
        }
    }
    Ok(found)
}

/// Opens a plain file of a folder, and says what it is like now.
pub fn open(
    roots: &[Root],
    workspace: &WorkspaceId,
    dir: &str,
    name: &str,
) -> Result<(File, Version), OpenError> {
    let mut parts = Path::new(name).components();
    let (Some(Component::Normal(name)), None) = (parts.next(), parts.next()) else {
        return Err(OpenError::NoFile);
    };
    let folder = open_dir(roots, workspace, dir)?;
    // Without blocking, as what is no plain file may never open.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK;
    let file = step(&folder, name, flags)?;
    let (is_plain, version) = look(&file)?;
    match is_plain {
        true => Ok((File::from(file), version)),
        false => Err(OpenError::NoFile),
    }
}

/// What an open file is like now.
pub fn version(file: &File) -> Result<Version, OpenError> {
    Ok(look(file)?.1)
}

fn look(file: impl std::os::fd::AsFd) -> Result<(bool, Version), OpenError> {
    let stat = fstat(file).map_err(io::Error::from)?;
    let is_plain = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
    Ok((is_plain, version_of(&stat)))
}

fn open_dir(roots: &[Root], workspace: &WorkspaceId, dir: &str) -> Result<OwnedFd, OpenError> {
    let dir = Path::new(dir);
    let allowed = roots.iter().filter_map(|it| it.dir_for(workspace));
    let found = allowed
        .filter_map(|root| Some((root, dir.strip_prefix(root).ok()?)))
        // Where one allowed folder lies in another, the way from the nearest is the shortest.
        .min_by_key(|(_, below)| below.components().count());
    let (root, below) = found.ok_or(OpenError::Outside)?;
    let folder = OFlags::RDONLY | OFlags::DIRECTORY;
    // The settings may name a link.
    let mut at = rustix::fs::open(root, folder | OFlags::CLOEXEC, Mode::empty()).map_err(told)?;
    for part in below.components() {
        let Component::Normal(name) = part else {
            return Err(OpenError::Outside);
        };
        at = step(&at, name, folder)?;
    }
    Ok(at)
}

fn step(at: &OwnedFd, name: &OsStr, flags: OFlags) -> Result<OwnedFd, OpenError> {
    let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(at, name, flags, Mode::empty()).map_err(|error| {
        let stat = statat(at, name, AtFlags::SYMLINK_NOFOLLOW);
        let kind = stat.map(|it| FileType::from_raw_mode(it.st_mode));
        match kind {
            // Some systems say that a link is no folder.
            Ok(FileType::Symlink) => OpenError::Link,
            _ => told(error),
        }
    })
}

fn told(error: rustix::io::Errno) -> OpenError {
    match error {
        rustix::io::Errno::NOENT => OpenError::Missing,
        rustix::io::Errno::NOTDIR => OpenError::NoFolder,
        rustix::io::Errno::ACCESS | rustix::io::Errno::PERM => OpenError::Forbidden,
        error => OpenError::Io(error.into()),
    }
}

fn version_of(stat: &rustix::fs::Stat) -> Version {
    let nanos = i128::from(stat.st_mtime) * 1_000_000_000 + i128::from(stat.st_mtime_nsec);
    Version {
        bytes: u64::try_from(stat.st_size).unwrap_or_default(),
        modified: i64::try_from(nanos).unwrap_or(i64::MAX),
        tag: 0,
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::symlink};

    use super::*;

    #[test]
    fn neither_paths_nor_links_lead_out_of_an_allowed_folder() {
        let dir = tempfile::tempdir().unwrap();
        let base = dir.path().canonicalize().unwrap();
        let (root, outside) = (base.join("in"), base.join("out"));
        fs::create_dir_all(root.join("shop")).unwrap();
        fs::create_dir_all(&outside).unwrap();
        fs::write(outside.join("secret.csv"), "secret").unwrap();
        fs::write(root.join("shop/a.csv"), "a").unwrap();
        symlink(&outside, root.join("link")).unwrap();
        symlink(outside.join("secret.csv"), root.join("shop/b.csv")).unwrap();
        let roots = [Root::try_from(root.display().to_string()).unwrap()];
        let shop = WorkspaceId::parse("shop").unwrap();
        let path = |end: &str| format!("{}{end}", root.display());
        let listed = list(&roots, &shop, &path("/shop")).unwrap();
        assert_eq!(listed.files.keys().collect::<Vec<_>>(), ["a.csv"]);
        for (end, expected) in [
            ("/../out", "is in none"),
            ("/shop/../../out", "is in none"),
            ("-not", "is in none"),
            ("/link", "is a link"),
            ("/nothing", "does not exist"),
            ("/shop/a.csv", "is no folder"),
        ] {
            let told = list(&roots, &shop, &path(end)).unwrap_err().to_string();
            assert!(told.starts_with(expected), "{end}: {told}");
        }
        let read = |name: &str| open(&roots, &shop, &path("/shop"), name).map(|(_, it)| it.bytes);
        assert_eq!(read("a.csv").unwrap(), 1);
        assert!(matches!(read("b.csv"), Err(OpenError::Link)));
        for bad in ["", ".", "..", "../shop/a.csv", "/etc/passwd"] {
            assert!(matches!(read(bad), Err(OpenError::NoFile)), "{bad}");
        }
        let roots = [Root::try_from(format!("bank={}", root.display())).unwrap()];
        assert!(matches!(
            list(&roots, &shop, &path("/shop")),
            Err(OpenError::Outside)
        ));
    }
}
