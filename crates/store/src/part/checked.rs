//! Files with a checksum for each block, so that whatever is read of them is checked.

use std::{
    fs::File,
    io::{self, Read, Write},
    os::unix::fs::FileExt as _,
    path::Path,
    sync::Arc,
};

use bytes::Bytes;
use parquet::{
    errors::ParquetError,
    file::reader::{ChunkReader, Length},
};

use crate::{column::Column, error::StoreError, objects::file_error};

/// Bytes of a block.
pub(crate) const BLOCK_BYTES: usize = 64 << 10;
/// Bytes that a sequential reader takes at once.
const AHEAD_BYTES: usize = 8 * BLOCK_BYTES;

/// Passes bytes on and keeps the checksum of each block.
pub(crate) struct Summing<W> {
    inner: W,
    sums: Vec<u32>,
    open_sum: u32,
    open_bytes: usize,
}

impl<W: Write> Summing<W> {
    pub fn new(inner: W) -> Self {
        Self {
            inner,
            sums: Vec::new(),
            open_sum: 0,
            open_bytes: 0,
        }
    }

    /// The writer below and the CRC-32C of each block, the last one shorter than the others.
    pub fn into_parts(mut self) -> (W, Vec<u32>) {
        if self.open_bytes > 0 {
            self.sums.push(self.open_sum);
        }
        (self.inner, self.sums)
    }
}

impl<W: Write> Write for Summing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        let mut rest = &bytes[..count];
        while !rest.is_empty() {
            let taken = rest.len().min(BLOCK_BYTES - self.open_bytes);
            self.open_sum = crc32c::crc32c_append(self.open_sum, &rest[..taken]);
            self.open_bytes += taken;
            rest = &rest[taken..];
            if self.open_bytes == BLOCK_BYTES {
                self.sums.push(std::mem::take(&mut self.open_sum));
                self.open_bytes = 0;
            }
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// A file whose blocks are compared with their checksums when they are read.
#[derive(Clone)]
pub(crate) struct CheckedFile {
    name: Arc<str>,
    file: Arc<File>,
    bytes_count: u64,
    sums: Column<u32>,
}

impl CheckedFile {
    /// Opens a file that must have this length.
    pub fn open(
        path: &Path,
        name: &str,
        bytes_count: u64,
        sums: Column<u32>,
    ) -> Result<Self, StoreError> {
        let file = File::open(path).map_err(file_error("open", name))?;
        let length = file.metadata().map_err(file_error("open", name))?.len();
        if length != bytes_count || sums.len() as u64 != bytes_count.div_ceil(BLOCK_BYTES as u64) {
            let what = format!("it has {length} bytes, not {bytes_count}");
            return Err(StoreError::damaged(name, what));
        }
        Ok(Self {
            name: name.into(),
            file: Arc::new(file),
            bytes_count,
            sums,
        })
    }

    /// Reads everything and compares it with the checksums.
    pub fn check(&self) -> Result<(), StoreError> {
        let mut at = 0;
        while at < self.bytes_count {
            let count = (self.bytes_count - at).min(AHEAD_BYTES as u64);
            self.read(at, usize::try_from(count).expect("a few blocks"))?;
            at += count;
        }
        Ok(())
    }

    /// Checked bytes; all of them must lie within the file.
    fn read(&self, from: u64, count: usize) -> Result<Bytes, StoreError> {
        let block = BLOCK_BYTES as u64;
        let first = from / block * block;
        let end = (from + count as u64)
            .next_multiple_of(block)
            .min(self.bytes_count);
        if from + count as u64 > self.bytes_count {
            return Err(StoreError::damaged(
                &*self.name,
                "it refers to bytes past its end",
            ));
        }
        let span = usize::try_from(end - first).expect("a piece of a file fits memory");
        let mut bytes = vec![0; span];
        self.file
            .read_exact_at(&mut bytes, first)
            .map_err(file_error("read", &self.name))?;
        let sums = self.sums[usize::try_from(first / block).expect("blocks are counted")..].iter();
        for ((index, block), sum) in bytes.chunks(BLOCK_BYTES).enumerate().zip(sums) {
            if crc32c::crc32c(block) != *sum {
                let at = first + (index * BLOCK_BYTES) as u64;
                let what = format!("the block at byte {at} does not fit its checksum");
                return Err(StoreError::damaged(&*self.name, what));
            }
        }
        let skipped = usize::try_from(from - first).expect("less than a block");
        Ok(Bytes::from(bytes).slice(skipped..skipped + count))
    }
}

impl Length for CheckedFile {
    fn len(&self) -> u64 {
        self.bytes_count
    }
}

impl ChunkReader for CheckedFile {
    type T = Ahead;

    fn get_read(&self, start: u64) -> Result<Ahead, ParquetError> {
        Ok(Ahead {
            file: self.clone(),
            at: start,
            waiting: Bytes::new(),
        })
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        self.read(start, length)
            .map_err(|error| ParquetError::External(Box::new(error)))
    }
}

/// Reads a checked file from a place on.
pub(crate) struct Ahead {
    file: CheckedFile,
    at: u64,
    waiting: Bytes,
}

impl Read for Ahead {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.waiting.is_empty() {
            let left = self.file.bytes_count.saturating_sub(self.at);
            // Up to the end of a block, so that no block is read twice.
            let wanted = AHEAD_BYTES as u64 - self.at % BLOCK_BYTES as u64;
            let count = usize::try_from(left.min(wanted)).expect("a few blocks");
            self.waiting = self.file.read(self.at, count).map_err(io::Error::other)?;
            self.at += count as u64;
        }
        let count = out.len().min(self.waiting.len());
        out[..count].copy_from_slice(&self.waiting.split_to(count));
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(content: &[u8]) -> (tempfile::TempDir, CheckedFile) {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("a");
        let mut writer = Summing::new(Vec::new());
        for piece in content.chunks(10_007) {
            writer.write_all(piece).expect("memory");
        }
        let (written, sums) = writer.into_parts();
        std::fs::write(&path, &written).expect("written");
        let length = written.len() as u64;
        let file = CheckedFile::open(&path, "a", length, Column::owned(sums)).expect("opens");
        (dir, file)
    }

    fn content(bytes_count: usize) -> Vec<u8> {
        (0..bytes_count).map(|n| (n % 251) as u8).collect()
    }

    #[test]
    fn any_piece_comes_back_as_it_was_written() {
        let content = content(3 * BLOCK_BYTES + 77);
        let (_dir, file) = file(&content);
        for (from, count) in [
            (0, 1),
            (BLOCK_BYTES - 1, 2),
            (5, 3 * BLOCK_BYTES),
            (3 * BLOCK_BYTES, 77),
        ] {
            let piece = file.get_bytes(from as u64, count).expect("sound");
            assert_eq!(piece, content[from..from + count]);
            let mut read = vec![0; count];
            file.get_read(from as u64)
                .expect("opens")
                .read_exact(&mut read)
                .expect("sound");
            assert_eq!(read, content[from..from + count]);
        }
        assert!(file.get_bytes(3 * BLOCK_BYTES as u64, 78).is_err());
        file.check().expect("sound");
    }

    #[test]
    fn a_flipped_bit_shows_when_its_block_is_read() {
        let (dir, file) = file(&content(2 * BLOCK_BYTES));
        let mut bytes = std::fs::read(dir.path().join("a")).expect("readable");
        bytes[BLOCK_BYTES + 9] ^= 4;
        std::fs::write(dir.path().join("a"), bytes).expect("written");
        assert!(file.get_bytes(0, BLOCK_BYTES).is_ok());
        let error = file.get_bytes(2 * BLOCK_BYTES as u64 - 1, 1);
        assert!(
            error
                .expect_err("damaged")
                .to_string()
                .contains("byte 65536")
        );
        assert!(file.check().is_err());
    }
}
