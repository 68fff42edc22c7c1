//! Appends groups of records to the last segment. Synchronous, so that a simulation can drive it.

use std::io::{self, IoSlice};

use super::Entry;
use super::disk::{Disk, DiskFile, is_full};
use super::frame::{Checksum, FRAME_BYTES, Frame, FrameKind, HEADER_BYTES};
use super::segment::{Place, file_name};

/// The end of the log, and the only one who moves it.
#[derive(Debug)]
pub(super) struct Writer {
    disk: Disk,
    checksum: Checksum,
    settings: Settings,
    log_id: u64,
    file: DiskFile,
    end: Place,
    /// Whether the last frame proves that everything before it is durable.
    is_marked: bool,
    /// A new segment was begun and must be finished before anything else is written.
    is_rolling: bool,
}

/// What a writer needs to know beyond the log itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub segment_bytes: u64,
    pub reserve_bytes: u64,
}

/// Where recovery found the end of the log.
#[derive(Debug)]
pub(super) struct End {
    pub log_id: u64,
    pub file: DiskFile,
    pub place: Place,
    pub is_marked: bool,
}

/// Why a group is not in the log.
#[derive(Debug)]
pub(super) enum CommitError {
    /// There is no room. Nothing of the group is on disk, and the writer can go on.
    Full,
    /// Nobody knows what is on disk. The writer must not be used again.
    Failed {
        doing: &'static str,
        source: io::Error,
    },
}

impl Writer {
    pub fn new(disk: Disk, settings: Settings, end: End) -> Self {
        Self {
            checksum: disk.checksum(end.log_id),
            disk,
            settings,
            log_id: end.log_id,
            file: end.file,
            end: end.place,
            is_marked: end.is_marked,
            is_rolling: false,
        }
    }

    /// Where the next record will be written; everything before is durable.
    pub fn end(&self) -> Place {
        self.end
    }

    /// Whether a mark would say anything new.
    pub fn wants_mark(&self) -> bool {
        !self.is_marked && !self.is_rolling
    }

    /// Whether there is room for so many bytes besides the reserve.
    pub fn has_room(&self, bytes: u64) -> bool {
        // Where the file system cannot say, the write itself will.
        let free = self.disk.free_bytes().unwrap_or(u64::MAX);
        free >= self.settings.reserve_bytes.saturating_add(bytes)
    }

    /// Makes a group durable as a whole, and says where each record ends.
    pub fn commit(&mut self, group: &[Entry]) -> Result<Vec<Place>, CommitError> {
        debug_assert!(!group.is_empty(), "an empty group would sync for nothing");
        let bytes = group
            .iter()
            .map(|entry| (FRAME_BYTES + entry.payload.len()) as u64)
            .sum();
        if !self.has_room(bytes) {
            return Err(CommitError::Full);
        }
        let is_fresh = self.end.offset == HEADER_BYTES as u64;
        if self.is_rolling || (!is_fresh && self.end.offset + bytes > self.settings.segment_bytes) {
            self.roll()?;
        }
        let (frames, places) = self.lay_out(group);
        let mut slices = Vec::with_capacity(group.len() * 2);
        for (frame, entry) in frames.iter().zip(group) {
            slices.push(IoSlice::new(frame));
            slices.push(IoSlice::new(&entry.payload));
        }
        self.write(&mut slices, "write records")?;
        self.end = *places.last().unwrap_or(&self.end);
        self.is_marked = false;
        Ok(places)
    }

    /// Notes durably that everything so far was durable.
    pub fn mark(&mut self) -> Result<(), CommitError> {
        let mut mark = Frame::note(FrameKind::Mark, self.end.chain);
        let bytes = mark.encode(self.checksum);
        self.write(&mut [IoSlice::new(&bytes)], "write a mark")?;
        self.end = self.end.after(&mark);
        self.is_marked = true;
        Ok(())
    }

    fn lay_out(&self, group: &[Entry]) -> (Vec<[u8; FRAME_BYTES]>, Vec<Place>) {
        let mut end = self.end;
        let mut frames = Vec::with_capacity(group.len());
        let mut places = Vec::with_capacity(group.len());
        for (entry, in_group) in group.iter().zip(0..) {
            let mut frame = Frame::record(
                entry.kind,
                end.chain,
                in_group,
                entry.payload.len() as u32,
                entry.payload_crc,
            );
            frames.push(frame.encode(self.checksum));
            end = end.after(&frame);
            places.push(end);
        }
        (frames, places)
    }

    /// Writes at the end and syncs; on a full disk, leaves nothing behind.
    fn write(
        &mut self,
        slices: &mut [IoSlice<'_>],
        doing: &'static str,
    ) -> Result<(), CommitError> {
        match self.file.write_at(slices, self.end.offset) {
            Ok(()) => self.file.sync_data().map_err(failed("sync records")),
            Err(error) if is_full(&error) => {
                self.take_back()?;
                Err(CommitError::Full)
            }
            Err(source) => Err(CommitError::Failed { doing, source }),
        }
    }

    /// Cuts what a failed write left. Durable before anyone is told, so that a refused record cannot
    /// come back after a power cut.
    fn take_back(&mut self) -> Result<(), CommitError> {
        self.file
            .truncate(self.end.offset)
            .and_then(|()| self.file.sync_all())
            .map_err(failed("take back records that did not fit"))
    }

    /// Begins the next segment.
    ///
    /// It is durable before the old one is sealed, so a seal proves that a next segment exists, and
    /// both before a record is written to it.
    fn roll(&mut self) -> Result<(), CommitError> {
        self.is_rolling = true;
        let chain = self.end.chain;
        let header = chain.next_header(self.log_id, self.checksum);
        let file = full_or_failed(
            self.disk.create(&file_name(header.first)),
            "create a segment",
        )?;
        let bytes = header.encode();
        full_or_failed(
            file.write_at(&mut [IoSlice::new(&bytes)], 0),
            "write a segment's header",
        )?;
        file.sync_data()
            .map_err(failed("sync a segment's header"))?;
        self.disk.sync_dir().map_err(failed("sync the directory"))?;

        let seal = Frame::note(FrameKind::Seal, chain).encode(self.checksum);
        self.write(&mut [IoSlice::new(&seal)], "seal a segment")?;

        self.file = file;
        self.end = Place::start(&header);
        self.is_marked = true;
        self.is_rolling = false;
        Ok(())
    }
}

fn failed(doing: &'static str) -> impl FnOnce(io::Error) -> CommitError {
    move |source| CommitError::Failed { doing, source }
}

fn full_or_failed<T>(result: io::Result<T>, doing: &'static str) -> Result<T, CommitError> {
    result.map_err(|source| {
        if is_full(&source) {
            CommitError::Full
        } else {
            CommitError::Failed { doing, source }
        }
    })
}
