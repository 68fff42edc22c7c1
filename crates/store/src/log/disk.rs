//! The directory of one log: the only place of the log that does I/O.
//!
//! `Real` is the file system. `Simulated` exists in tests and the simulator only; it loses, tears and
//! damages data from a seed.

mod real;
#[cfg(any(test, feature = "simulated"))]
pub mod simulated;

use std::io::{self, IoSlice};
use std::path::{Path, PathBuf};

use super::frame::Checksum;
use real::{RealDir, RealFile};

/// Slices that one call may write on Linux.
const SLICES_MAX: usize = 1024;

/// A directory that holds segment files.
#[derive(Clone, Debug)]
pub struct Disk(Dir);

#[derive(Clone, Debug)]
enum Dir {
    Real(RealDir),
    #[cfg(any(test, feature = "simulated"))]
    Simulated(simulated::SimulatedDisk),
}

/// An open segment file.
#[derive(Debug)]
pub(super) enum DiskFile {
    Real(RealFile),
    #[cfg(any(test, feature = "simulated"))]
    Simulated(simulated::SimulatedFile),
}

impl Disk {
    /// A directory of the file system; it is created when it is not there, durably.
    pub fn real(dir: &Path) -> io::Result<Self> {
        Ok(Self(Dir::Real(RealDir::create(dir)?)))
    }

    /// A directory in memory that fails as it is told to.
    #[cfg(any(test, feature = "simulated"))]
    pub fn simulated(disk: simulated::SimulatedDisk) -> Self {
        Self(Dir::Simulated(disk))
    }

    /// Where a file lies, for messages.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        match &self.0 {
            Dir::Real(dir) => dir.path(name),
            #[cfg(any(test, feature = "simulated"))]
            Dir::Simulated(_) => PathBuf::from(name),
        }
    }

    /// The checksums of a log on this disk.
    pub(super) fn checksum(&self, log_id: u64) -> Checksum {
        match &self.0 {
            Dir::Real(_) => Checksum::new(log_id),
            #[cfg(any(test, feature = "simulated"))]
            Dir::Simulated(disk) => disk.checksum(log_id),
        }
    }

    /// Names of all files, in no particular order.
    pub(super) fn list(&self) -> io::Result<Vec<String>> {
        match &self.0 {
            Dir::Real(dir) => dir.list(),
            #[cfg(any(test, feature = "simulated"))]
            Dir::Simulated(disk) => disk.list(),
        }
    }

    /// An empty file of this name; what a file of this name held is gone.
    pub(super) fn create(&self, name: &str) -> io::Result<DiskFile> {
        match &self.0 {
            Dir::Real(dir) => dir.create_file(name).map(DiskFile::Real),
            #[cfg(any(test, feature = "simulated"))]
            Dir::Simulated(disk) => disk.create(name).map(DiskFile::Simulated),
        }
    }

    /// A file that is there.
    pub(super) fn open(&self, name: &str) -> io::Result<DiskFile> {
        match &self.0 {
            Dir::Real(dir) => dir.open_file(name).map(DiskFile::Real),
            #[cfg(any(test, feature = "simulated"))]
            Dir::Simulated(disk) => disk.open(name).map(DiskFile::Simulated),
        }
    }

    pub(super) fn remove(&self, name: &str) -> io::Result<()> {
        match &self.0 {
            Dir::Real(dir) => dir.remove(name),
            #[cfg(any(test, feature = "simulated"))]
            Dir::Simulated(disk) => disk.remove(name),
        }
    }

    /// Makes creations and removals durable.
    pub(super) fn sync_dir(&self) -> io::Result<()> {
        match &self.0 {
            Dir::Real(dir) => dir.sync(),
            #[cfg(any(test, feature = "simulated"))]
            Dir::Simulated(disk) => disk.sync_dir(),
        }
    }

    /// Bytes that we may still write.
    pub(super) fn free_bytes(&self) -> io::Result<u64> {
        match &self.0 {
            Dir::Real(dir) => dir.free_bytes(),
            #[cfg(any(test, feature = "simulated"))]
            Dir::Simulated(disk) => Ok(disk.free_bytes()),
        }
    }
}

impl DiskFile {
    pub fn len(&self) -> io::Result<u64> {
        match self {
            Self::Real(file) => file.len(),
            #[cfg(any(test, feature = "simulated"))]
            Self::Simulated(file) => file.len(),
        }
    }

    /// Reads until `bytes` is full or the file ends; says how many bytes there were.
    pub fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut done = 0;
        while done < bytes.len() {
            let at = offset + done as u64;
            let step = match self {
                Self::Real(file) => file.read_some(&mut bytes[done..], at),
                #[cfg(any(test, feature = "simulated"))]
                Self::Simulated(file) => file.read_some(&mut bytes[done..], at),
            };
            match step {
                Ok(0) => break,
                Ok(count) => done += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    /// Writes all slices one after the other, in as few calls as the system allows.
    pub fn write_at(&self, mut slices: &mut [IoSlice<'_>], mut offset: u64) -> io::Result<()> {
        IoSlice::advance_slices(&mut slices, 0);
        while !slices.is_empty() {
            let batch = &slices[..slices.len().min(SLICES_MAX)];
            let step = match self {
                Self::Real(file) => file.write_some(batch, offset),
                #[cfg(any(test, feature = "simulated"))]
                Self::Simulated(file) => file.write_some(batch, offset),
            };
            match step {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => {
                    offset += count as u64;
                    IoSlice::advance_slices(&mut slices, count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    pub fn truncate(&self, len: u64) -> io::Result<()> {
        match self {
            Self::Real(file) => file.truncate(len),
            #[cfg(any(test, feature = "simulated"))]
            Self::Simulated(file) => file.truncate(len),
        }
    }

    /// Makes the data, and the length that is needed to read it, durable.
    pub fn sync_data(&self) -> io::Result<()> {
        match self {
            Self::Real(file) => file.sync_data(),
            #[cfg(any(test, feature = "simulated"))]
            Self::Simulated(file) => file.sync(),
        }
    }

    /// Makes a shortened length durable as well.
    pub fn sync_all(&self) -> io::Result<()> {
        match self {
            Self::Real(file) => file.sync_all(),
            #[cfg(any(test, feature = "simulated"))]
            Self::Simulated(file) => file.sync(),
        }
    }
}

/// Whether an error means that there is no room, and so may pass.
pub(super) fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}
