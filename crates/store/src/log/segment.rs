//! Names of segment files, places in them, and reading them frame by frame.

use std::io;

use super::Position;
use super::disk::{Disk, DiskFile};
use super::frame::{Chain, Checksum, Fault, Found, Frame, HEADER_BYTES, Header, read_frame};

/// What one read asks of the disk; a larger record makes it larger.
const READ_BYTES: usize = 256 << 10;

/// A segment's file name: its first position, padded so that names sort as positions do.
pub(super) fn file_name(first: Position) -> String {
    format!("{:020}.log", first.0)
}

/// The first position that a file name gives, `None` for a file that is not ours.
pub(super) fn parse_file_name(name: &str) -> Option<Position> {
    let digits = name.strip_suffix(".log")?;
    let is_plain = digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| digits.parse().ok().map(Position))?
}

/// A place between two frames, and what must come there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// First position of the segment, which names its file.
    pub segment: Position,
    pub offset: u64,
    pub chain: Chain,
}

impl Place {
    /// Where a segment's first frame lies.
    pub fn start(header: &Header) -> Self {
        Self {
            segment: header.first,
            offset: HEADER_BYTES as u64,
            chain: header.chain(),
        }
    }

    /// Behind `frame`, which lies here.
    pub fn after(self, frame: &Frame) -> Self {
        Self {
            segment: self.segment,
            offset: self.offset + frame.total_bytes() as u64,
            chain: self.chain.after(frame),
        }
    }
}

/// Reads a segment from some place on, and never past its limit.
#[derive(Debug)]
pub(super) struct Cursor {
    file: DiskFile,
    checksum: Checksum,
    place: Place,
    limit: u64,
    /// Bytes of the file from `place` on, as far as they were read; used from `head` on.
    window: Vec<u8>,
    head: usize,
}

/// What a cursor met.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A frame; the cursor stands behind it.
    Frame(Frame),
    /// The limit, with nothing left over.
    End,
    /// Bytes that are no frame; the cursor stands before them.
    Bad(Fault),
}

impl Cursor {
    pub fn new(file: DiskFile, checksum: Checksum, place: Place, limit: u64) -> Self {
        Self {
            file,
            checksum,
            place,
            limit,
            window: Vec::new(),
            head: 0,
        }
    }

    pub fn place(&self) -> Place {
        self.place
    }

    /// Moves the limit outwards, when more of the file may be read.
    pub fn extend(&mut self, limit: u64) {
        self.limit = self.limit.max(limit);
    }

    pub fn file_len(&self) -> io::Result<u64> {
        self.file.len()
    }

    pub fn into_file(self) -> DiskFile {
        self.file
    }

    /// Reads the next frame.
    pub fn step(&mut self) -> io::Result<Step> {
        loop {
            let window = &self.window[self.head..];
            match read_frame(window, self.place.chain, self.checksum) {
                Found::Frame(frame) => {
                    self.head += frame.total_bytes();
                    self.place = self.place.after(&frame);
                    return Ok(Step::Frame(frame));
                }
                Found::Bad(fault) => return Ok(Step::Bad(fault)),
                Found::Short(needed) => {
                    if self.place.offset == self.limit {
                        return Ok(Step::End);
                    }
                    if needed as u64 > self.limit.saturating_sub(self.place.offset)
                        || !self.fill(needed)?
                    {
                        return Ok(Step::Bad(Fault::Short));
                    }
                }
            }
        }
    }

    /// The payload of the frame that the last step met.
    pub fn payload(&self, frame: &Frame) -> &[u8] {
        &self.window[self.head - frame.payload_bytes as usize..self.head]
    }

    /// Reads on until the window holds `needed` bytes; false when the file ends before.
    fn fill(&mut self, needed: usize) -> io::Result<bool> {
        self.window.drain(..self.head);
        self.head = 0;
        let have = self.window.len();
        let rest = self.limit - self.place.offset;
        let want = (needed.max(READ_BYTES) as u64).min(rest) as usize;
        self.window.resize(want.max(have), 0);
        let at = self.place.offset + have as u64;
        let read = self.file.read_at(&mut self.window[have..], at);
        let count = read.as_ref().copied().unwrap_or(0);
        self.window.truncate(have + count);
        read?;
        Ok(self.window.len() >= needed)
    }
}

/// A segment's header as far as it is there, and its length.
pub(super) fn read_head(disk: &Disk, name: &str) -> io::Result<(DiskFile, u64, Vec<u8>)> {
    let file = disk.open(name)?;
    let len = file.len()?;
    let mut head = vec![0; HEADER_BYTES];
    let count = file.read_at(&mut head, 0)?;
    head.truncate(count);
    Ok((file, len, head))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_sort_as_positions_and_foreign_names_are_left_alone() {
        assert_eq!(file_name(Position(42)), "00000000000000000042.log");
        assert!(file_name(Position(9)) < file_name(Position(10)));
        assert_eq!(
            parse_file_name("00000000000000000042.log"),
            Some(Position(42))
        );
        for other in [
            "42.log",
            "00000000000000000042",
            "00000000000000000042.log.bak",
            "+0000000000000000042.log",
            "99999999999999999999.log",
        ] {
            assert_eq!(parse_file_name(other), None, "{other}");
        }
    }
}
