//! Finds the end of a log after any kind of stop, and refuses what no stop can explain.
//!
//! Everything is read and judged before anything is written, so a read error changes nothing. Only a
//! journal of amended records comes before, as without it they may be half of the one and the other.

use std::io::{self, IoSlice};
use std::path::PathBuf;

use super::Position;
use super::amend;
use super::disk::{Disk, DiskFile};
use super::frame::{
    Checksum, FORMAT_VERSION, FRAME_BYTES, Fault, Frame, FrameKind, HEADER_BYTES, Header,
    HeaderFault, Tail, judge_tail,
};
use super::segment::{Cursor, Place, Step, file_name, parse_file_name, read_head};
use super::writer::End;

/// Why a log was not opened. Nothing on disk was changed, save for `Write`.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The log is damaged where no interrupted write can explain it.
    #[error("{fault}: {} at byte {offset}", file.display())]
    Corrupt {
        file: PathBuf,
        offset: u64,
        fault: Fault,
    },
    /// The disk did not give back what it holds; that says nothing about what it holds.
    #[error("could not read {}", file.display())]
    Read { file: PathBuf, source: io::Error },
    /// What had to be written before the log may be used was not.
    #[error("could not {doing} {}", file.display())]
    Write {
        doing: &'static str,
        file: PathBuf,
        source: io::Error,
    },
    /// A newer or older build wrote it.
    #[error(
        "{} has log format {found}, and this build uses format {FORMAT_VERSION}",
        file.display()
    )]
    UnknownVersion { file: PathBuf, found: u32 },
    /// Records are gone that were seen before.
    #[error("the log in {} ends at {end}, but records up to {end_min} were seen before", dir.display())]
    Behind {
        dir: PathBuf,
        end: Position,
        end_min: Position,
    },
}

/// What was found when a log was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// The position that the next record will have.
    pub end: Position,
    /// How many segment files there are.
    pub segments_count: usize,
    /// The unfinished write that was cut off, if there was one.
    pub cut: Option<Cut>,
}

/// An unfinished write at the end of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    pub file: PathBuf,
    /// Where it began.
    pub offset: u64,
    pub bytes: u64,
}

/// A recovered log: its end, its segments, and what to report.
#[derive(Debug)]
pub(super) struct Recovery {
    pub end: End,
    pub segments: Vec<Position>,
    pub cut: Option<Cut>,
}

/// Brings the log on `disk` into the state of a clean stop.
pub(super) fn recover(disk: &Disk, log_id: u64, end_min: Position) -> Result<Recovery, OpenError> {
    let segments = list(disk)?;
    let recovery = match segments.len() {
        0 => create(disk, log_id)?,
        _ => reopen(disk, segments, log_id)?,
    };
    let end = recovery.end.place.chain.next;
    if end < end_min {
        let dir = disk.path("");
        return Err(OpenError::Behind { dir, end, end_min });
    }
    Ok(recovery)
}

fn list(disk: &Disk) -> Result<Vec<Position>, OpenError> {
    let names = disk.list().map_err(unread(disk, ""))?;
    amend::complete(disk, &names).map_err(|(doing, source)| OpenError::Write {
        doing,
        file: disk.path(amend::JOURNAL),
        source,
    })?;
    let mut segments: Vec<Position> = names.iter().filter_map(|it| parse_file_name(it)).collect();
    segments.sort_unstable();
    Ok(segments)
}

/// Makes the first segment durable before a record can be written to it.
fn create(disk: &Disk, log_id: u64) -> Result<Recovery, OpenError> {
    let header = Header {
        log_id,
        first: Position(0),
        previous: 0,
    };
    let name = file_name(header.first);
    let write = || {
        let file = disk.create(&name)?;
        file.write_at(&mut [IoSlice::new(&header.encode())], 0)?;
        file.sync_data()?;
        disk.sync_dir()?;
        Ok(file)
    };
    let file = write().map_err(unwritten(disk, &name, "create"))?;
    Ok(Recovery {
        end: End {
            log_id,
            file,
            place: Place::start(&header),
            is_marked: true,
        },
        segments: vec![header.first],
        cut: None,
    })
}

/// A segment whose header is sound.
#[derive(Debug)]
struct Segment {
    header: Header,
    file: DiskFile,
    len: u64,
    /// The seal at its end, if there is one.
    seal: Option<Frame>,
}

enum Opened {
    Whole(Segment),
    /// Its header is not one; the file has so many bytes.
    Headless(u64),
}

fn reopen(disk: &Disk, segments: Vec<Position>, log_id: u64) -> Result<Recovery, OpenError> {
    let (last, before) = segments.split_last().expect("the caller found segments");
    let mut previous = None;
    for first in before {
        previous = match open_segment(disk, *first)? {
            Opened::Whole(segment) => {
                check_link(disk, &segment.header, previous.as_ref())?;
                Some(segment)
            }
            Opened::Headless(_) => return Err(corrupt(disk, *first, 0, Fault::Header)),
        };
    }
    match (open_segment(disk, *last)?, previous) {
        (Opened::Headless(len), previous) => {
            // Records follow only a durable header, and a seal only a durable next segment.
            let is_sealed = previous.as_ref().is_some_and(|it| it.seal.is_some());
            if len > HEADER_BYTES as u64 || is_sealed {
                return Err(corrupt(disk, *last, 0, Fault::Header));
            }
            match previous {
                Some(previous) => drop_begun(disk, segments, previous),
                None => create(disk, log_id),
            }
        }
        (Opened::Whole(last), Some(previous)) if last.len == HEADER_BYTES as u64 => {
            finish_roll(disk, segments, last, previous)
        }
        (Opened::Whole(last), previous) => {
            check_link(disk, &last.header, previous.as_ref())?;
            let scan = scan(disk, last)?;
            settle(disk, segments, scan)
        }
    }
}

fn open_segment(disk: &Disk, first: Position) -> Result<Opened, OpenError> {
    let name = file_name(first);
    let (file, len, head) = read_head(disk, &name).map_err(unread(disk, &name))?;
    let header = match Header::decode(&head) {
        Ok(header) => header,
        Err(HeaderFault::Invalid) => return Ok(Opened::Headless(len)),
        Err(HeaderFault::UnknownVersion(found)) => {
            let file = disk.path(&name);
            return Err(OpenError::UnknownVersion { file, found });
        }
    };
    if header.first != first {
        return Err(corrupt(disk, first, 0, Fault::Foreign));
    }
    let checksum = disk.checksum(header.log_id);
    let seal = read_seal(&file, len, checksum).map_err(unread(disk, &name))?;
    Ok(Opened::Whole(Segment {
        header,
        file,
        len,
        seal,
    }))
}

/// The last frame of a file, if it is a seal.
fn read_seal(file: &DiskFile, len: u64, checksum: Checksum) -> io::Result<Option<Frame>> {
    if len < (HEADER_BYTES + FRAME_BYTES) as u64 {
        return Ok(None);
    }
    let mut bytes = [0; FRAME_BYTES];
    let count = file.read_at(&mut bytes, len - FRAME_BYTES as u64)?;
    let frame = Frame::decode(&bytes[..count], checksum);
    Ok(frame.filter(|it| it.kind == FrameKind::Seal))
}

/// Holds a header against the end of the segment before.
fn check_link(disk: &Disk, header: &Header, previous: Option<&Segment>) -> Result<(), OpenError> {
    let fault = match previous {
        None if header.first == Position(0) && header.previous == 0 => return Ok(()),
        None => Fault::Missing,
        Some(previous) => match previous.seal {
            None => {
                let first = previous.header.first;
                return Err(corrupt(disk, first, previous.len, Fault::Unsealed));
            }
            Some(_) if header.log_id != previous.header.log_id => Fault::Foreign,
            Some(seal) if seal.position != header.first => Fault::Missing,
            Some(seal) if seal.crc != header.previous => Fault::Foreign,
            Some(_) => return Ok(()),
        },
    };
    Err(corrupt(disk, header.first, 0, fault))
}

/// What reading the last segment with records gave.
#[derive(Debug)]
struct Scan {
    log_id: u64,
    file: DiskFile,
    /// Behind the last whole frame.
    end: Place,
    /// Bytes behind the end, and what is wrong with them.
    torn: Option<(u64, Fault)>,
    /// The bytes that may be in the page cache only, up to the end.
    doubtful: Vec<u8>,
    is_marked: bool,
}

/// Reads a segment that has no durable successor; fails unless its end can be told.
fn scan(disk: &Disk, segment: Segment) -> Result<Scan, OpenError> {
    let Segment {
        header, file, len, ..
    } = segment;
    let name = file_name(header.first);
    let checksum = disk.checksum(header.log_id);
    let mut cursor = Cursor::new(file, checksum, Place::start(&header), len);
    // A group is in doubt until something that was written later follows it.
    let mut doubtful_from = 0;
    let mut is_marked = true;
    let fault = loop {
        let before = cursor.place();
        match cursor.step().map_err(unread(disk, &name))? {
            Step::End => break None,
            Step::Bad(fault) => break Some(fault),
            Step::Frame(frame) => match frame.kind {
                FrameKind::Record(_) => {
                    if frame.in_group == 0 {
                        doubtful_from = before.offset;
                    }
                    is_marked = false;
                }
                FrameKind::Mark => {
                    // What comes before it was durable; the mark itself need not be.
                    doubtful_from = before.offset;
                    is_marked = true;
                }
                FrameKind::Seal => return Err(corrupt(disk, frame.position, 0, Fault::Missing)),
            },
        }
    };
    let end = cursor.place();
    let file = cursor.into_file();
    let torn = match fault {
        None => None,
        Some(fault) => {
            let rest = read_range(&file, end.offset, len).map_err(unread(disk, &name))?;
            if judge_tail(&rest, end.chain, checksum) == Tail::Broken {
                return Err(corrupt(disk, header.first, end.offset, fault));
            }
            Some((len - end.offset, fault))
        }
    };
    let doubtful = read_range(&file, doubtful_from, end.offset).map_err(unread(disk, &name))?;
    Ok(Scan {
        log_id: header.log_id,
        file,
        end,
        torn,
        doubtful,
        is_marked,
    })
}

fn read_range(file: &DiskFile, from: u64, to: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; to.saturating_sub(from) as usize];
    let count = file.read_at(&mut bytes, from)?;
    if count < bytes.len() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}

impl Scan {
    fn cut(&self, disk: &Disk) -> Option<Cut> {
        self.torn.map(|(bytes, _)| Cut {
            file: disk.path(&file_name(self.end.segment)),
            offset: self.end.offset,
            bytes,
        })
    }
}

/// Cuts what was torn and makes the rest durable, so that nothing that is read from now on can vanish.
///
/// The last group is written again: after a sync that failed, the pages count as clean without
/// being on the disk, and another sync alone would prove nothing.
fn settle(disk: &Disk, segments: Vec<Position>, scan: Scan) -> Result<Recovery, OpenError> {
    let name = file_name(scan.end.segment);
    let write = || {
        if scan.torn.is_some() {
            scan.file.truncate(scan.end.offset)?;
        }
        let at = scan.end.offset - scan.doubtful.len() as u64;
        scan.file
            .write_at(&mut [IoSlice::new(&scan.doubtful)], at)?;
        scan.file.sync_all()?;
        disk.sync_dir()
    };
    write().map_err(unwritten(disk, &name, "make durable"))?;
    Ok(Recovery {
        cut: scan.cut(disk),
        end: End {
            log_id: scan.log_id,
            file: scan.file,
            place: scan.end,
            is_marked: scan.is_marked,
        },
        segments,
    })
}

/// The next segment was begun but its header did not get to the disk: it is as if it never was.
fn drop_begun(
    disk: &Disk,
    mut segments: Vec<Position>,
    previous: Segment,
) -> Result<Recovery, OpenError> {
    let scan = scan(disk, previous)?;
    if let Some(begun) = segments.pop().map(file_name) {
        disk.remove(&begun)
            .map_err(unwritten(disk, &begun, "remove"))?;
    }
    settle(disk, segments, scan)
}

/// The last segment holds no record yet, so the roll may not be durable: goes through it again.
fn finish_roll(
    disk: &Disk,
    segments: Vec<Position>,
    last: Segment,
    previous: Segment,
) -> Result<Recovery, OpenError> {
    let header = last.header;
    let checksum = disk.checksum(header.log_id);
    let previous_name = file_name(previous.header.first);
    let (file, mut seal, seal_at, cut) = if let Some(seal) = previous.seal {
        check_link(disk, &header, Some(&previous))?;
        let seal_at = previous.len - FRAME_BYTES as u64;
        (previous.file, seal, seal_at, None)
    } else {
        let scan = scan(disk, previous)?;
        if scan.end.chain.next_header(scan.log_id, checksum) != header {
            let fault = scan.torn.map_or(Fault::Missing, |(_, fault)| fault);
            return Err(corrupt(disk, scan.end.segment, scan.end.offset, fault));
        }
        let cut = scan.cut(disk);
        let seal = Frame::note(FrameKind::Seal, scan.end.chain);
        (scan.file, seal, scan.end.offset, cut)
    };
    let name = file_name(header.first);
    let begin = || {
        last.file
            .write_at(&mut [IoSlice::new(&header.encode())], 0)?;
        last.file.sync_data()?;
        disk.sync_dir()
    };
    begin().map_err(unwritten(disk, &name, "make durable"))?;
    let bytes = seal.encode(checksum);
    let end = || {
        file.truncate(seal_at)?;
        file.write_at(&mut [IoSlice::new(&bytes)], seal_at)?;
        file.sync_all()
    };
    end().map_err(unwritten(disk, &previous_name, "seal"))?;
    Ok(Recovery {
        end: End {
            log_id: header.log_id,
            file: last.file,
            place: Place::start(&header),
            is_marked: true,
        },
        segments,
        cut,
    })
}

fn corrupt(disk: &Disk, first: Position, offset: u64, fault: Fault) -> OpenError {
    let file = disk.path(&file_name(first));
    OpenError::Corrupt {
        file,
        offset,
        fault,
    }
}

fn unread<'a>(disk: &'a Disk, name: &'a str) -> impl Fn(io::Error) -> OpenError + 'a {
    move |source| OpenError::Read {
        file: disk.path(name),
        source,
    }
}

fn unwritten<'a>(
    disk: &'a Disk,
    name: &'a str,
    doing: &'static str,
) -> impl Fn(io::Error) -> OpenError + 'a {
    move |source| OpenError::Write {
        doing,
        file: disk.path(name),
        source,
    }
}
