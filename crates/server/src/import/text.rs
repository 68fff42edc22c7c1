//! The bytes of a file, unpacked if it is gzip, and its text in pieces and lines.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use flate2::read::MultiGzDecoder;
use throughline_ingest::{Fault, Reason, inflate};
use throughline_model::limits;

use super::rows::FileFault;

/// Bytes that are read from a file at once.
const PIECE_BYTES: usize = 1 << 20;

/// The text of a file, unpacked if it is gzip, in pieces.
pub struct Text {
    source: Source,
    bytes: Vec<u8>,
    /// What lies before it in `bytes` is used up.
    start: usize,
    /// Bytes of the unpacked file before `start`.
    pub used: u64,
    pub is_last: bool,
    pub bytes_read: Arc<AtomicU64>,
}

/// A file as bytes, unpacked.
pub enum Source {
    Plain(Counted),
    Gzip(Box<MultiGzDecoder<BufReader<Counted>>>),
}

/// A file that tells how much of it was read.
pub struct Counted {
    file: File,
    bytes_read: Arc<AtomicU64>,
}

impl Source {
    pub fn open(path: &Path, bytes_read: Arc<AtomicU64>) -> Result<Self, FileFault> {
        Self::new(File::open(path).map_err(FileFault::Read)?, bytes_read)
    }

    fn new(file: File, bytes_read: Arc<AtomicU64>) -> Result<Self, FileFault> {
        let mut counted = Counted { file, bytes_read };
        let mut begin = [0; 2];
        let count = counted.read(&mut begin).map_err(FileFault::Read)?;
        let is_gzip = inflate::is_gzip(&begin[..count]);
        io::Seek::rewind(&mut counted.file).map_err(FileFault::Read)?;
        counted.bytes_read.store(0, Ordering::Relaxed);
        Ok(if is_gzip {
            let packed = BufReader::with_capacity(PIECE_BYTES / 4, counted);
            Self::Gzip(Box::new(MultiGzDecoder::new(packed)))
        } else {
            Self::Plain(counted)
        })
    }
}

impl Read for Source {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.read(into),
            Self::Gzip(gzip) => gzip.read(into),
        }
    }
}

impl Text {
    pub fn new(file: File) -> Result<Self, FileFault> {
        let bytes_read = Arc::new(AtomicU64::new(0));
        let source = Source::new(file, Arc::clone(&bytes_read))?;
        Ok(Self {
            source,
            bytes: Vec::new(),
            start: 0,
            used: 0,
            is_last: false,
            bytes_read,
        })
    }

    /// Whether the file is gzip.
    pub fn is_packed(&self) -> bool {
        matches!(self.source, Source::Gzip(_))
    }

    /// What was read and not used yet.
    pub fn rest(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    pub fn consume(&mut self, bytes: usize) {
        self.start += bytes;
        self.used += bytes as u64;
    }

    /// Reads another piece behind what is not used yet; false when the file has no more.
    pub fn fill(&mut self) -> Result<bool, FileFault> {
        self.bytes.drain(..self.start);
        self.start = 0;
        let is_packed = self.is_packed();
        let before = self.bytes.len();
        self.bytes.resize(before + PIECE_BYTES, 0);
        let mut count = 0;
        while count < PIECE_BYTES {
            let into = &mut self.bytes[before + count..];
            let failed = |error| match is_packed {
                true => FileFault::Gzip(error),
                false => FileFault::Read(error),
            };
            let read = self.source.read(into).map_err(failed)?;
            if read == 0 {
                self.is_last = true;
                break;
            }
            count += read;
        }
        self.bytes.truncate(before + count);
        Ok(!self.is_last)
    }

    /// Leaves out the byte order mark that some programs put before UTF-8.
    pub fn skip_mark(&mut self) {
        if self.rest().starts_with("\u{feff}".as_bytes()) {
            self.consume("\u{feff}".len());
        }
    }

    /// The next line that is not blank.
    pub fn line(&mut self) -> Result<Option<Result<&[u8], Fault>>, FileFault> {
        loop {
            let found = self.rest().iter().position(|&byte| byte == b'\n');
            let (end, next) = match found {
                Some(at) => (at, at + 1),
                None if self.is_last && self.rest().is_empty() => return Ok(None),
                None if self.is_last => (self.rest().len(), self.rest().len()),
                None if self.rest().len() > limits::IMPORT_ROW_BYTES_MAX => {
                    let most = limits::IMPORT_ROW_BYTES_MAX;
                    let message = format!("a line is longer than {most} bytes");
                    return Err(FileFault::Endless(Fault::new(Reason::RowInvalid, message)));
                }
                None => {
                    self.fill()?;
                    continue;
                }
            };
            let (from, to) = (self.start, self.start + end);
            self.consume(next);
            if self.bytes[from..to].trim_ascii().is_empty() {
                continue;
            }
            if end > limits::IMPORT_ROW_BYTES_MAX {
                let most = limits::IMPORT_ROW_BYTES_MAX;
                let message = format!("the line is longer than {most} bytes");
                return Ok(Some(Err(Fault::new(Reason::TooLarge, message))));
            }
            return Ok(Some(Ok(&self.bytes[from..to])));
        }
    }
}

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(into)?;
        self.bytes_read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
