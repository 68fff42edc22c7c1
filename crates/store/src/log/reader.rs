//! Hands out committed records in order: from memory for a reader that keeps up, else from the files.

use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::frame::{Checksum, Fault, Frame, FrameKind, Header};
use super::segment::{Cursor, Place, Step, file_name, read_head};
use super::shared::Shared;
use super::{Position, Record};

/// Bytes that a reader takes at once, from memory or from a file.
const BATCH_BYTES: usize = 1 << 20;

/// Reads the log from some position on. It sees a record once that is durable, and never before.
#[derive(Debug)]
pub struct Reader {
    shared: Arc<Shared>,
    /// Position of the record that comes behind `ready`.
    next: Position,
    /// Where that record lies, once this is known.
    place: Option<Place>,
    cursor: Option<Cursor>,
    ready: VecDeque<Record>,
    /// What stopped the reading behind `ready`.
    fault: Option<ReadError>,
    /// How often files had been amended when `cursor` read from them.
    amended: u64,
}

/// What a reader got.
#[derive(Clone, Debug)]
pub enum Next {
    /// The next record.
    Record(Record),
    /// Nothing new was committed in time.
    Quiet,
    /// Everything was read, and nothing will be added any more.
    Closed,
}

/// Why a record could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The log is damaged.
    #[error("{fault}: {} at byte {offset}", file.display())]
    Corrupt {
        file: PathBuf,
        offset: u64,
        fault: Fault,
    },
    /// The disk did not give back what it holds.
    #[error("could not read {}", file.display())]
    Io { file: PathBuf, source: io::Error },
    /// The log does not reach so far.
    #[error("the log ends at {end}, so it cannot be read from {from}")]
    Beyond { from: Position, end: Position },
}

impl Reader {
    pub(super) fn new(shared: Arc<Shared>, from: Position) -> Result<Self, ReadError> {
        let end = shared.recent().next();
        if from > end {
            return Err(ReadError::Beyond { from, end });
        }
        Ok(Self {
            shared,
            next: from,
            place: None,
            cursor: None,
            ready: VecDeque::new(),
            fault: None,
            amended: 0,
        })
    }

    /// The next record; waits for it up to `timeout`.
    pub fn next(&mut self, timeout: Duration) -> Result<Next, ReadError> {
        if self.ready.is_empty() && self.fault.is_none() {
            let recent = self.shared.recent_beyond(self.next, timeout);
            if recent.next() <= self.next {
                let is_closed = recent.is_closed();
                return Ok(if is_closed { Next::Closed } else { Next::Quiet });
            }
            if let Some((records, behind)) = recent.copy_from(self.next, BATCH_BYTES) {
                self.next = behind.chain.next;
                self.place = Some(behind);
                self.cursor = None;
                self.ready.extend(records);
            } else {
                let (end, segment) = (recent.end(), recent.segment_of(self.next));
                drop(recent);
                self.fault = self.read_files(segment, end).err();
            }
        }
        match self.ready.pop_front() {
            Some(record) => Ok(Next::Record(record)),
            None => self.fault.take().map_or(Ok(Next::Quiet), Err),
        }
    }

    /// Reads a batch from the files, which hold records for certain up to `end`.
    fn read_files(&mut self, segment: Position, end: Place) -> Result<(), ReadError> {
        let shared = Arc::clone(&self.shared);
        let amended = shared.files_as_they_are();
        if self.amended != *amended {
            // The cursor holds bytes of before, which do not go with what follows them now.
            self.cursor = None;
            self.amended = *amended;
        }
        let mut cursor = match (self.cursor.take(), self.place.take()) {
            (Some(cursor), _) => cursor,
            (None, Some(place)) => self.cursor_at(place)?,
            (None, None) => self.first_cursor(segment)?,
        };
        self.aim(&mut cursor, end)?;
        let mut bytes = 0;
        while bytes < BATCH_BYTES && self.next < end.chain.next {
            let at = cursor.place();
            let frame = match cursor.step().map_err(self.failed(at.segment))? {
                Step::Frame(frame) => frame,
                Step::Bad(fault) => return Err(self.corrupt(at.segment, at.offset, fault)),
                Step::End => return Err(self.corrupt(at.segment, at.offset, Fault::Unsealed)),
            };
            match frame.kind {
                FrameKind::Record(_) if frame.position < self.next => {}
                FrameKind::Record(kind) => {
                    bytes += frame.total_bytes();
                    self.next = Position(frame.position.0 + 1);
                    self.ready.push_back(Record {
                        position: frame.position,
                        kind,
                        payload: Bytes::copy_from_slice(cursor.payload(&frame)),
                        decoded: None,
                    });
                }
                FrameKind::Mark => {}
                FrameKind::Seal => {
                    cursor = self.cursor_behind(&frame)?;
                    self.aim(&mut cursor, end)?;
                }
            }
        }
        self.place = Some(cursor.place());
        self.cursor = Some(cursor);
        Ok(())
    }

    /// Says how far a segment may be read: what lies beyond the end may be half written.
    fn aim(&self, cursor: &mut Cursor, end: Place) -> Result<(), ReadError> {
        let segment = cursor.place().segment;
        let limit = if segment == end.segment {
            end.offset
        } else {
            cursor.file_len().map_err(self.failed(segment))?
        };
        cursor.extend(limit);
        Ok(())
    }

    fn cursor_at(&self, place: Place) -> Result<Cursor, ReadError> {
        let file = self.shared.disk().open(&file_name(place.segment));
        let file = file.map_err(self.failed(place.segment))?;
        Ok(Cursor::new(file, self.checksum(), place, place.offset))
    }

    fn first_cursor(&self, segment: Position) -> Result<Cursor, ReadError> {
        let header = self.header(segment)?;
        self.cursor_at(Place::start(&header))
    }

    /// The start of the segment that follows a seal.
    fn cursor_behind(&self, seal: &Frame) -> Result<Cursor, ReadError> {
        let header = self.header(seal.position)?;
        if header.previous != seal.crc {
            return Err(self.corrupt(seal.position, 0, Fault::Foreign));
        }
        self.cursor_at(Place::start(&header))
    }

    fn header(&self, segment: Position) -> Result<Header, ReadError> {
        let head = read_head(self.shared.disk(), &file_name(segment));
        let (_, _, head) = head.map_err(self.failed(segment))?;
        match Header::decode(&head) {
            Ok(header) if header.first == segment && header.log_id == self.shared.log_id() => {
                Ok(header)
            }
            Ok(_) => Err(self.corrupt(segment, 0, Fault::Foreign)),
            Err(_) => Err(self.corrupt(segment, 0, Fault::Header)),
        }
    }

    fn checksum(&self) -> Checksum {
        self.shared.disk().checksum(self.shared.log_id())
    }

    fn corrupt(&self, segment: Position, offset: u64, fault: Fault) -> ReadError {
        ReadError::Corrupt {
            file: self.shared.disk().path(&file_name(segment)),
            offset,
            fault,
        }
    }

    fn failed(&self, segment: Position) -> impl Fn(io::Error) -> ReadError + use<> {
        let file = self.shared.disk().path(&file_name(segment));
        move |source| ReadError::Io {
            file: file.clone(),
            source,
        }
    }
}
