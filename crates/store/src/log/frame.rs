//! How a log lies in bytes, and what makes those bytes valid. Pure; `docs/internals/raw-log.md` has the tables.

use std::fmt;

use super::{Kind, Position};

/// The only format this build writes and reads.
pub const FORMAT_VERSION: u32 = 1;
/// Bytes of a segment's header.
pub(super) const HEADER_BYTES: usize = 40;
/// Bytes of a frame before its payload.
pub(super) const FRAME_BYTES: usize = 32;

const MAGIC: [u8; 8] = *b"TLINELOG";
const MARK: u8 = 254;
const SEAL: u8 = 255;

/// Checksums of one log, salted with its id so that nobody can write a payload that poses as a frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Checksum {
    salt: u32,
    #[cfg(any(test, feature = "simulated"))]
    is_blind: bool,
}

impl Checksum {
    pub fn new(log_id: u64) -> Self {
        Self {
            salt: crc32c::crc32c(&log_id.to_le_bytes()),
            #[cfg(any(test, feature = "simulated"))]
            is_blind: false,
        }
    }

    /// The planted mistake of a log that does not check; exists in simulations only.
    #[cfg(any(test, feature = "simulated"))]
    pub fn blind(self) -> Self {
        Self {
            is_blind: true,
            ..self
        }
    }

    fn of_frame(self, bytes: &[u8]) -> u32 {
        crc32c::crc32c_append(self.salt, bytes)
    }

    fn accepts(self, stored: u32, computed: u32) -> bool {
        #[cfg(any(test, feature = "simulated"))]
        if self.is_blind {
            return true;
        }
        stored == computed
    }
}

/// First bytes of a segment file: which log it belongs to and what comes before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub log_id: u64,
    pub first: Position,
    /// Checksum of the seal of the segment before, 0 for the first segment.
    pub previous: u32,
}

/// Why bytes are not a header that this build can use.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum HeaderFault {
    Invalid,
    UnknownVersion(u32),
}

impl Header {
    pub fn encode(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..12].copy_from_slice(&FORMAT_VERSION.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.log_id.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.first.0.to_le_bytes());
        bytes[32..36].copy_from_slice(&self.previous.to_le_bytes());
        let crc = crc32c::crc32c(&bytes[..36]);
        bytes[36..].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    pub fn decode(bytes: &[u8]) -> Result<Self, HeaderFault> {
        let bytes: &[u8; HEADER_BYTES] = bytes
            .get(..HEADER_BYTES)
            .and_then(|it| it.try_into().ok())
            .ok_or(HeaderFault::Invalid)?;
        if bytes[..8] != MAGIC {
            return Err(HeaderFault::Invalid);
        }
        // Magic and version keep their place for ever; the checksum's place may move with the version.
        let version = u32_at(bytes, 8);
        if version != FORMAT_VERSION {
            return Err(HeaderFault::UnknownVersion(version));
        }
        if crc32c::crc32c(&bytes[..36]) != u32_at(bytes, 36) || u32_at(bytes, 12) != 0 {
            return Err(HeaderFault::Invalid);
        }
        Ok(Self {
            log_id: u64_at(bytes, 16),
            first: Position(u64_at(bytes, 24)),
            previous: u32_at(bytes, 32),
        })
    }

    /// What the first frame of this segment must continue.
    pub fn chain(&self) -> Chain {
        Chain {
            next: self.first,
            previous: u32_at(&self.encode(), 36),
        }
    }
}

/// What a frame is: a record, or one of the two notes the log leaves for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FrameKind {
    Record(Kind),
    /// Everything before it was durable when it was written.
    Mark,
    /// As a mark, and the segment ends here and another one exists.
    Seal,
}

impl FrameKind {
    fn code(self) -> u8 {
        match self {
            Self::Record(kind) => kind.code(),
            Self::Mark => MARK,
            Self::Seal => SEAL,
        }
    }

    fn from_code(code: u8) -> Option<Self> {
        match code {
            MARK => Some(Self::Mark),
            SEAL => Some(Self::Seal),
            code => Kind::from_code(code).map(Self::Record),
        }
    }
}

/// The fixed part of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub kind: FrameKind,
    /// The record's own position; for a note, the position that the next record will have.
    pub position: Position,
    /// How many records of the same commit group come before this one.
    pub in_group: u32,
    pub payload_bytes: u32,
    pub payload_crc: u32,
    /// Checksum of the frame before, or of the header for a segment's first frame.
    pub previous: u32,
    pub crc: u32,
}

impl Frame {
    /// A record's frame; `crc` is set by `encode`.
    pub fn record(
        kind: Kind,
        chain: Chain,
        in_group: u32,
        payload_bytes: u32,
        payload_crc: u32,
    ) -> Self {
        Self {
            kind: FrameKind::Record(kind),
            position: chain.next,
            in_group,
            payload_bytes,
            payload_crc,
            previous: chain.previous,
            crc: 0,
        }
    }

    /// A mark or a seal at the end of `chain`.
    pub fn note(kind: FrameKind, chain: Chain) -> Self {
        Self {
            kind,
            position: chain.next,
            in_group: 0,
            payload_bytes: 0,
            payload_crc: 0,
            previous: chain.previous,
            crc: 0,
        }
    }

    /// Sets the checksum and lays the frame out.
    pub fn encode(&mut self, checksum: Checksum) -> [u8; FRAME_BYTES] {
        let mut bytes = [0; FRAME_BYTES];
        bytes[..4].copy_from_slice(&self.payload_bytes.to_le_bytes());
        bytes[4..8].copy_from_slice(&self.in_group.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.position.0.to_le_bytes());
        bytes[16..20].copy_from_slice(&self.payload_crc.to_le_bytes());
        bytes[20..24].copy_from_slice(&self.previous.to_le_bytes());
        bytes[24] = self.kind.code();
        self.crc = checksum.of_frame(&bytes[..28]);
        bytes[28..].copy_from_slice(&self.crc.to_le_bytes());
        bytes
    }

    /// Reads the fixed part at the start of `bytes`, `None` when it is not one.
    pub fn decode(bytes: &[u8], checksum: Checksum) -> Option<Self> {
        let bytes: &[u8; FRAME_BYTES] = bytes.get(..FRAME_BYTES)?.try_into().ok()?;
        let kind = FrameKind::from_code(bytes[24])?;
        let crc = u32_at(bytes, 28);
        if bytes[25..28] != [0; 3] || !checksum.accepts(crc, checksum.of_frame(&bytes[..28])) {
            return None;
        }
        let frame = Self {
            kind,
            position: Position(u64_at(bytes, 8)),
            in_group: u32_at(bytes, 4),
            payload_bytes: u32_at(bytes, 0),
            payload_crc: u32_at(bytes, 16),
            previous: u32_at(bytes, 20),
            crc,
        };
        let is_note = !matches!(kind, FrameKind::Record(_));
        let is_sound = u64::from(frame.in_group) <= frame.position.0
            && !(is_note && (frame.payload_bytes != 0 || frame.in_group != 0));
        is_sound.then_some(frame)
    }

    /// Bytes of the frame with its payload.
    pub fn total_bytes(&self) -> usize {
        FRAME_BYTES + self.payload_bytes as usize
    }

    /// Every record before this position was durable when the frame was written.
    pub fn durable_before(&self) -> Position {
        Position(self.position.0 - u64::from(self.in_group))
    }
}

/// What the next frame of a log must continue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chain {
    pub next: Position,
    pub previous: u32,
}

impl Chain {
    /// The chain once `frame`, which must be encoded, has been added.
    pub fn after(self, frame: &Frame) -> Self {
        let is_record = matches!(frame.kind, FrameKind::Record(_));
        Self {
            next: Position(self.next.0 + u64::from(is_record)),
            previous: frame.crc,
        }
    }

    /// The header of the segment that follows a seal at this place.
    pub fn next_header(self, log_id: u64, checksum: Checksum) -> Header {
        let mut seal = Frame::note(FrameKind::Seal, self);
        seal.encode(checksum);
        Header {
            log_id,
            first: self.next,
            previous: seal.crc,
        }
    }
}

/// What is wrong with the bytes at some place of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The file's header is not one.
    Header,
    /// The header names another log, another first record or another predecessor.
    Foreign,
    /// The segment that should come here is not in the directory.
    Missing,
    /// A frame's own checksum does not match.
    Frame,
    /// A payload's checksum does not match.
    Payload,
    /// A frame is valid but does not continue the one before it.
    Order,
    /// The file ends inside a frame.
    Short,
    /// A segment that has a successor does not end with a seal.
    Unsealed,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Header => "the segment header is damaged",
            Self::Foreign => "the segment does not belong at this place of this log",
            Self::Missing => "a segment is missing here",
            Self::Frame => "a record's frame is damaged",
            Self::Payload => "a record's payload is damaged",
            Self::Order => "a record does not continue the one before it",
            Self::Short => "the file ends inside a record",
            Self::Unsealed => "the segment lacks its end",
        })
    }
}

/// What stands at the start of a window of bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A whole valid frame; its payload lies behind the first `FRAME_BYTES`.
    Frame(Frame),
    /// So many bytes from the start of the frame are needed to tell.
    Short(usize),
    Bad(Fault),
}

/// Reads one frame that must continue `chain`.
pub(super) fn read_frame(window: &[u8], chain: Chain, checksum: Checksum) -> Found {
    if window.len() < FRAME_BYTES {
        return Found::Short(FRAME_BYTES);
    }
    let Some(frame) = Frame::decode(window, checksum) else {
        return Found::Bad(Fault::Frame);
    };
    if frame.position != chain.next || frame.previous != chain.previous {
        return Found::Bad(Fault::Order);
    }
    let Some(payload) = window.get(FRAME_BYTES..frame.total_bytes()) else {
        return Found::Short(frame.total_bytes());
    };
    if !checksum.accepts(frame.payload_crc, crc32c::crc32c(payload)) {
        return Found::Bad(Fault::Payload);
    }
    Found::Frame(frame)
}

/// Whether damage at the very end of a log may be cut off.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Tail {
    /// It belongs to a commit group that was never acknowledged.
    Torn,
    /// Something that was written later proves that it had been durable.
    Broken,
}

/// Judges the bytes from the first bad frame to the end of the last segment.
///
/// A group is written only after the group before it is durable, and each frame says where its
/// group begins. So whatever valid frame follows tells whether the damaged place was ever in doubt.
pub(super) fn judge_tail(rest: &[u8], chain: Chain, checksum: Checksum) -> Tail {
    let mut offset = 0;
    if let Some(frame) = Frame::decode(rest, checksum) {
        if frame.position != chain.next || frame.previous != chain.previous {
            return Tail::Broken;
        }
        // Its payload is what is damaged, and must not be searched for frames.
        offset = frame.total_bytes();
    }
    while let Some(window) = rest.get(offset..)
        && window.len() >= FRAME_BYTES
    {
        let Some(frame) = Frame::decode(window, checksum) else {
            offset += 1;
            continue;
        };
        // A frame for `chain.next` itself proves that a note stood at the damaged place.
        if frame.position == chain.next || frame.durable_before() > chain.next {
            return Tail::Broken;
        }
        // A frame that is older than the damage can only be part of a payload: look inside it as well.
        offset += if frame.position > chain.next {
            frame.total_bytes()
        } else {
            1
        };
    }
    Tail::Torn
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(
        bytes[at..at + 4]
            .try_into()
            .expect("four bytes were sliced"),
    )
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(
        bytes[at..at + 8]
            .try_into()
            .expect("eight bytes were sliced"),
    )
}

#[cfg(test)]
mod tests;
