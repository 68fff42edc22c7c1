//! Other bytes in the place of a record's own, of the same length and with the same checksum.
//!
//! Nothing else in the log changes: frames, the chain, seals and positions stay. What is to be
//! written is first made durable in a journal, and a log that has one begins with writing it once
//! more. So after a crash a record is as it was, or as it was to become.

use std::collections::BTreeMap;
use std::io::{self, IoSlice};
use std::path::PathBuf;

use bytes::Bytes;

use super::Position;
use super::disk::Disk;
use super::frame::{FRAME_BYTES, FrameKind, Header};
use super::reader::ReadError;
use super::segment::{Cursor, Place, Step, file_name, read_head};
use super::shared::Shared;

/// The journal's name; no segment is called like this.
pub(super) const JOURNAL: &str = "amend.journal";
const MAGIC: [u8; 8] = *b"TLINEAMD";
/// Bytes of one change besides the payload: segment, place in its file, length.
const CHANGE_BYTES: usize = 20;

/// Why records were not amended. Those that were are whole all the same.
#[derive(Debug, thiserror::Error)]
pub enum AmendError {
    /// Other bytes would break the chain, so nothing was written.
    #[error("record {0} has another length or checksum")]
    Unlike(Position),
    /// There is no such record yet, so nothing was written.
    #[error("the log has no record {0} yet")]
    Beyond(Position),
    /// The log could not be read, so nothing was written.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A restart finds out what was written, and completes it.
    #[error("could not {doing} {}", file.display())]
    Write {
        doing: &'static str,
        file: PathBuf,
        source: io::Error,
    },
}

/// One payload and where it belongs.
#[derive(Debug, PartialEq, Eq)]
struct Change {
    segment: Position,
    /// In the segment's file.
    offset: u64,
    payload: Bytes,
}

/// Writes payloads in the place of those of durable records.
///
/// One call is one journal, which is as large as all its payloads together.
pub(super) fn amend(
    shared: &Shared,
    payloads: &BTreeMap<Position, Bytes>,
) -> Result<(), AmendError> {
    if payloads.is_empty() {
        return Ok(());
    }
    // Two at once would have one journal.
    let _turn = shared.amending();
    let disk = shared.disk();
    let failed = |doing, name: &str| {
        let file = disk.path(name);
        move |source| AmendError::Write {
            doing,
            file,
            source,
        }
    };
    {
        // An earlier try may have ended in the middle, by an error that has passed.
        let mut amended = shared.files_to_amend();
        let names = disk.list().map_err(failed("list", ""))?;
        complete(disk, &names).map_err(|(doing, error)| failed(doing, JOURNAL)(error))?;
        *amended += 1;
    }
    let changes = locate(shared, payloads)?;
    write_journal(disk, &encode(shared.log_id(), &changes)).map_err(|error| {
        // Nothing was changed, and a journal that is not whole is not heeded either.
        let _ = disk.remove(JOURNAL);
        failed("write", JOURNAL)(error)
    })?;
    {
        // Readers of files see all of it or nothing.
        let mut amended = shared.files_to_amend();
        write(disk, &changes).map_err(failed("amend", ""))?;
        *amended += 1;
    }
    shared.recent().amend(payloads);
    disk.remove(JOURNAL)
        .and_then(|()| disk.sync_dir())
        .map_err(failed("remove", JOURNAL))
}

/// Completes what a stop may have cut short. The log is not opened before.
///
/// An error comes with what was being done.
pub(super) fn complete(disk: &Disk, names: &[String]) -> Result<(), (&'static str, io::Error)> {
    if !names.iter().any(|it| it == JOURNAL) {
        return Ok(());
    }
    let read = || {
        let file = disk.open(JOURNAL)?;
        let mut bytes = vec![0; usize::try_from(file.len()?).unwrap_or(usize::MAX)];
        let count = file.read_at(&mut bytes, 0)?;
        bytes.truncate(count);
        Ok(bytes)
    };
    let bytes = read().map_err(|error| ("read", error))?;
    // A journal that is not whole was never durable, so nothing was written by it.
    if let Some((log_id, changes)) = decode(&bytes)
        && is_of(disk, log_id, &changes).map_err(|error| ("read", error))?
    {
        write(disk, &changes).map_err(|error| ("write what is in", error))?;
    }
    disk.remove(JOURNAL)
        .and_then(|()| disk.sync_dir())
        .map_err(|error| ("remove", error))
}

/// Whether all segments belong to the log that the journal is of: a folder may hold copies.
fn is_of(disk: &Disk, log_id: u64, changes: &[Change]) -> io::Result<bool> {
    let mut checked = None;
    for change in changes {
        if checked == Some(change.segment) {
            continue;
        }
        let (_, len, head) = match read_head(disk, &file_name(change.segment)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            head => head?,
        };
        let is_sound = Header::decode(&head).is_ok_and(|it| it.log_id == log_id);
        if !is_sound || len < change.offset + change.payload.len() as u64 {
            return Ok(false);
        }
        checked = Some(change.segment);
    }
    Ok(true)
}

/// Finds the records, and compares what they hold with what they are to hold.
fn locate(
    shared: &Shared,
    payloads: &BTreeMap<Position, Bytes>,
) -> Result<Vec<Change>, AmendError> {
    let end = shared.recent().end();
    let mut changes = Vec::with_capacity(payloads.len());
    let mut wanted = payloads.iter().peekable();
    while let Some((position, _)) = wanted.peek() {
        if **position >= end.chain.next {
            return Err(AmendError::Beyond(**position));
        }
        let segment = shared.recent().segment_of(**position);
        let mut cursor = cursor_of(shared, segment, end)?;
        loop {
            let at = cursor.place();
            let failed = |source| read_error(shared, segment, source);
            let Step::Frame(frame) = cursor.step().map_err(failed)? else {
                // The next record lies in a later segment, or the file ends before it.
                break;
            };
            let FrameKind::Record(_) = frame.kind else {
                continue;
            };
            let Some((position, payload)) = wanted.next_if(|it| *it.0 == frame.position) else {
                continue;
            };
            let is_alike = payload.len() == frame.payload_bytes as usize
                && crc32c::crc32c(payload) == frame.payload_crc;
            if !is_alike {
                return Err(AmendError::Unlike(*position));
            }
            changes.push(Change {
                segment,
                offset: at.offset + FRAME_BYTES as u64,
                payload: payload.clone(),
            });
            if wanted.peek().is_none() {
                break;
            }
        }
        if let Some((position, _)) = wanted.peek()
            && shared.recent().segment_of(**position) == segment
        {
            return Err(not_met(shared, segment, cursor.place()));
        }
    }
    Ok(changes)
}

/// Where the record at a position begins, or the log ends.
pub(super) fn place_of(shared: &Shared, position: Position) -> Result<Place, AmendError> {
    let end = shared.recent().end();
    if position >= end.chain.next {
        return Ok(end);
    }
    let segment = shared.recent().segment_of(position);
    let mut cursor = cursor_of(shared, segment, end)?;
    loop {
        let at = cursor.place();
        match cursor
            .step()
            .map_err(|it| read_error(shared, segment, it))?
        {
            Step::Frame(frame) if frame.position < position => {}
            Step::Frame(_) => return Ok(at),
            Step::Bad(_) | Step::End => return Err(not_met(shared, segment, at)),
        }
    }
}

fn cursor_of(shared: &Shared, segment: Position, end: Place) -> Result<Cursor, AmendError> {
    let failed = |source| read_error(shared, segment, source);
    let (file, len, head) = read_head(shared.disk(), &file_name(segment)).map_err(failed)?;
    let Ok(header) = Header::decode(&head) else {
        return Err(ReadError::Corrupt {
            file: shared.disk().path(&file_name(segment)),
            offset: 0,
            fault: super::Fault::Header,
        }
        .into());
    };
    // What lies behind the end may be half written.
    let limit = if segment == end.segment {
        end.offset
    } else {
        len
    };
    let checksum = shared.disk().checksum(shared.log_id());
    Ok(Cursor::new(file, checksum, Place::start(&header), limit))
}

fn read_error(shared: &Shared, segment: Position, source: io::Error) -> AmendError {
    let file = shared.disk().path(&file_name(segment));
    ReadError::Io { file, source }.into()
}

/// A record is there, as the log says, and was not met: its segment is damaged before it.
fn not_met(shared: &Shared, segment: Position, at: Place) -> AmendError {
    ReadError::Corrupt {
        file: shared.disk().path(&file_name(segment)),
        offset: at.offset,
        fault: super::Fault::Short,
    }
    .into()
}

fn write_journal(disk: &Disk, bytes: &[u8]) -> io::Result<()> {
    let file = disk.create(JOURNAL)?;
    file.write_at(&mut [IoSlice::new(bytes)], 0)?;
    file.sync_all()?;
    disk.sync_dir()
}

/// Writes all changes in their places, durably.
fn write(disk: &Disk, changes: &[Change]) -> io::Result<()> {
    for of_segment in changes.chunk_by(|a, b| a.segment == b.segment) {
        let file = disk.open(&file_name(of_segment[0].segment))?;
        for change in of_segment {
            file.write_at(&mut [IoSlice::new(&change.payload)], change.offset)?;
        }
        file.sync_data()?;
    }
    Ok(())
}

fn encode(log_id: u64, changes: &[Change]) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&log_id.to_le_bytes());
    bytes.extend_from_slice(&(changes.len() as u64).to_le_bytes());
    for change in changes {
        bytes.extend_from_slice(&change.segment.0.to_le_bytes());
        bytes.extend_from_slice(&change.offset.to_le_bytes());
        bytes.extend_from_slice(&(change.payload.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&change.payload);
    }
    let crc = crc32c::crc32c(&bytes);
    bytes.extend_from_slice(&crc.to_le_bytes());
    bytes
}

/// The log and the changes of a journal; none when it is not whole.
fn decode(bytes: &[u8]) -> Option<(u64, Vec<Change>)> {
    let (body, crc) = bytes.split_last_chunk()?;
    if u32::from_le_bytes(*crc) != crc32c::crc32c(body) {
        return None;
    }
    let mut rest = body.strip_prefix(&MAGIC)?;
    let log_id = u64::from_le_bytes(*rest.split_off(..8)?.first_chunk()?);
    let count = u64::from_le_bytes(*rest.split_off(..8)?.first_chunk()?);
    let mut changes = Vec::new();
    for _ in 0..count {
        let head = rest.split_off(..CHANGE_BYTES)?;
        let len = u32::from_le_bytes(*head[16..].first_chunk()?);
        changes.push(Change {
            segment: Position(u64::from_le_bytes(*head.first_chunk()?)),
            offset: u64::from_le_bytes(*head[8..].first_chunk()?),
            payload: Bytes::copy_from_slice(rest.split_off(..len as usize)?),
        });
    }
    rest.is_empty().then_some((log_id, changes))
}

#[cfg(test)]
mod tests;
