//! The committed end of the log, and the last records before it for readers that keep up.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;

use super::segment::Place;
use super::{Entry, Position, Record};

/// What readers share with the one who commits.
#[derive(Debug)]
pub(super) struct Recent {
    kept: VecDeque<Kept>,
    kept_bytes: usize,
    kept_bytes_max: usize,
    /// Behind the last durable frame.
    end: Place,
    /// First positions of all segments, in order.
    segments: Vec<Position>,
    is_closed: bool,
}

#[derive(Debug)]
struct Kept {
    record: Record,
    bytes: usize,
    behind: Place,
}

impl Recent {
    pub fn new(end: Place, segments: Vec<Position>, kept_bytes_max: usize) -> Self {
        Self {
            kept: VecDeque::new(),
            kept_bytes: 0,
            kept_bytes_max,
            end,
            segments,
            is_closed: false,
        }
    }

    /// Behind the last durable frame.
    pub fn end(&self) -> Place {
        self.end
    }

    /// The position that the next record will have.
    pub fn next(&self) -> Position {
        self.end.chain.next
    }

    pub fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// Nothing will be added any more.
    pub fn close(&mut self) {
        self.is_closed = true;
    }

    /// The segment that holds a position.
    pub fn segment_of(&self, position: Position) -> Position {
        let after = self.segments.partition_point(|first| *first <= position);
        self.segments[after.saturating_sub(1)]
    }

    /// First positions of all segments up to one, in order.
    pub fn segments_upto(&self, last: Position) -> Vec<Position> {
        let upto = self.segments.partition_point(|first| *first <= last);
        self.segments[..upto].to_vec()
    }

    /// Adds a committed group. Gives back what had to go, so that it is freed outside the lock.
    pub fn add(&mut self, group: Vec<Entry>, places: &[Place]) -> Vec<Record> {
        for (entry, behind) in group.into_iter().zip(places) {
            let bytes = entry.weight();
            self.kept_bytes += bytes;
            self.kept.push_back(Kept {
                record: Record {
                    position: Position(behind.chain.next.0 - 1),
                    kind: entry.kind,
                    payload: entry.payload,
                    decoded: entry.decoded,
                },
                bytes,
                behind: *behind,
            });
            self.move_end(*behind);
        }
        let mut dropped = Vec::new();
        while self.kept_bytes > self.kept_bytes_max
            && let Some(oldest) = self.kept.pop_front()
        {
            self.kept_bytes -= oldest.bytes;
            dropped.push(oldest.record);
        }
        dropped
    }

    /// Moves the end behind a note of the log.
    pub fn move_end(&mut self, end: Place) {
        if self.end.segment != end.segment {
            self.segments.push(end.segment);
        }
        self.end = end;
    }

    /// Puts other payloads in the place of those that are kept; what was made of the old ones goes.
    pub fn amend(&mut self, payloads: &BTreeMap<Position, Bytes>) {
        let Some(oldest) = self.kept.front().map(|it| it.record.position) else {
            return;
        };
        for (position, payload) in payloads.range(oldest..) {
            let index = usize::try_from(position.0 - oldest.0).unwrap_or(usize::MAX);
            if let Some(kept) = self.kept.get_mut(index) {
                kept.record.payload = payload.clone();
                kept.record.decoded = None;
            }
        }
    }

    /// Up to `bytes_max` of the records from `next` on, and the place behind them; `None` when the
    /// first of them is no longer kept.
    pub fn copy_from(&self, next: Position, bytes_max: usize) -> Option<(Vec<Record>, Place)> {
        let oldest = self.kept.front()?.record.position;
        let index = next.0.checked_sub(oldest.0)? as usize;
        let mut records = Vec::new();
        let mut behind = None;
        let mut bytes = 0;
        for kept in self.kept.iter().skip(index) {
            records.push(kept.record.clone());
            behind = Some(kept.behind);
            bytes += kept.bytes;
            if bytes >= bytes_max {
                break;
            }
        }
        Some((records, behind?))
    }
}
