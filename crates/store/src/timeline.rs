//! The mapped columns of a run, on their way into memory or into a file.

use throughline_model::ActorId;

use crate::{column::Column, snapshot::bucket_of};

/// Columns of a run; row by row in the order of [`crate::Run`].
#[derive(Clone)]
pub(crate) struct Timeline {
    pub buckets: Column<u32>,
    pub profiles: Column<u32>,
    pub offsets: Column<u32>,
    pub time: Column<i64>,
    pub event: Column<u16>,
    pub channel: Column<u8>,
    pub foreign: Foreign,
}

/// Stretches of rows whose actor is another than the profile that they lie under, in order.
///
/// They are what un-merging has to know of a run; the other rows say it by their profile.
#[derive(Clone)]
pub(crate) struct Foreign {
    pub rows: Column<u32>,
    pub counts: Column<u32>,
    pub actors: Column<u32>,
}

impl Foreign {
    /// No row is foreign.
    pub fn none() -> Self {
        Self {
            rows: Column::owned(Vec::new()),
            counts: Column::owned(Vec::new()),
            actors: Column::owned(Vec::new()),
        }
    }
}

/// Builds a timeline from rows that come in their order.
#[derive(Default)]
pub(crate) struct TimelineBuilder {
    pub buckets: Vec<u32>,
    pub profiles: Vec<u32>,
    pub offsets: Vec<u32>,
    pub time: Vec<i64>,
    pub event: Vec<u16>,
    pub channel: Vec<u8>,
    pub foreign_rows: Vec<u32>,
    pub foreign_counts: Vec<u32>,
    pub foreign_actors: Vec<u32>,
    buckets_count: u32,
}

impl TimelineBuilder {
    pub fn new(buckets_count: u32) -> Self {
        Self {
            buckets_count,
            ..Self::default()
        }
    }

    /// Adds a row; profiles come in the order of (bucket, profile).
    pub fn push(&mut self, profile: u32, actor: ActorId, time: i64, event: u16, channel: u8) {
        let row = count(self.time.len());
        let is_new_group = self.profiles.last() != Some(&profile);
        if is_new_group {
            let bucket = bucket_of(profile, self.buckets_count) as usize;
            debug_assert!(bucket + 1 >= self.buckets.len(), "buckets come in order");
            self.buckets.resize(bucket + 1, count(self.profiles.len()));
            self.profiles.push(profile);
            self.offsets.push(row);
        }
        if actor.0 != profile {
            self.push_foreign(row, actor.0, is_new_group);
        }
        self.time.push(time);
        self.event.push(event);
        self.channel.push(channel);
    }

    fn push_foreign(&mut self, row: u32, actor: u32, is_new_group: bool) {
        let last = self.foreign_rows.last().zip(self.foreign_counts.last());
        let continues = last.is_some_and(|(first, count)| first + count == row)
            && self.foreign_actors.last() == Some(&actor)
            && !is_new_group;
        if continues {
            *self.foreign_counts.last_mut().expect("there is a stretch") += 1;
        } else {
            self.foreign_rows.push(row);
            self.foreign_counts.push(1);
            self.foreign_actors.push(actor);
        }
    }

    /// Adds what stands behind the last bucket and the last row.
    pub fn end(&mut self) {
        let groups = count(self.profiles.len());
        self.buckets.resize(self.buckets_count as usize + 1, groups);
        self.offsets.push(count(self.time.len()));
    }

    /// The columns in memory.
    pub fn finish(mut self) -> Timeline {
        self.end();
        Timeline {
            buckets: Column::owned(self.buckets),
            profiles: Column::owned(self.profiles),
            offsets: Column::owned(self.offsets),
            time: Column::owned(self.time),
            event: Column::owned(self.event),
            channel: Column::owned(self.channel),
            foreign: Foreign {
                rows: Column::owned(self.foreign_rows),
                counts: Column::owned(self.foreign_counts),
                actors: Column::owned(self.foreign_actors),
            },
        }
    }
}

/// A count of rows or groups: both are numbered in 32 bits.
pub(crate) fn count(count: usize) -> u32 {
    u32::try_from(count).expect("a run has fewer than 2^32 rows")
}
