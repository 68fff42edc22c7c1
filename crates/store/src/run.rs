//! One sorted piece of the resolved log: groups of rows, a group per profile.
//!
//! Rows are ordered by (bucket of the profile, profile, time, sequence). A report walks the runs
//! of a snapshot side by side, in this order, and sees each profile's events together.

use std::sync::Arc;

use throughline_model::{
    ActorId, EventKind, Field, JsonObject, MessageKey, Seq, SourceId, Timestamp,
};

use crate::{
    column::Column,
    rows::Rows,
    snapshot::{ReadError, next_run_id},
    values::Values,
};

/// A part's timeline, the tail's, or rows that a merge moved.
pub struct Run {
    /// Stands for the run in caches; never used twice in one process.
    pub id: u64,
    /// Per bucket the index of its first group, then the count of groups.
    pub buckets: Column<u32>,
    /// Per group the profile that its rows belonged to when the run was made.
    pub profiles: Column<u32>,
    /// Per group the index of its first row, then the count of rows.
    pub offsets: Column<u32>,
    /// Milliseconds since 1970.
    pub time: Column<i64>,
    /// Codes of event names.
    pub event: Column<u16>,
    /// Codes of the channels that were inferred from the events.
    pub channel: Column<u8>,
    pub(crate) rows: Rows,
}

/// One event as it is stored, for lists and exports.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredEvent {
    pub actor: ActorId,
    pub seq: Seq,
    pub time: Timestamp,
    pub received: Timestamp,
    pub kind: EventKind,
    pub event: u16,
    pub channel: u8,
    pub source: SourceId,
    pub message: MessageKey,
    pub properties: JsonObject,
    pub context: JsonObject,
}

impl Run {
    /// A timeline without whole rows behind it: every field is missing, and there are no events to list.
    ///
    /// The columns must be ordered as those of any run.
    pub fn bare(
        buckets: Vec<u32>,
        profiles: Vec<u32>,
        offsets: Vec<u32>,
        time: Vec<i64>,
        event: Vec<u16>,
        channel: Vec<u8>,
    ) -> Self {
        Self {
            id: next_run_id(),
            buckets: Column::owned(buckets),
            profiles: Column::owned(profiles),
            offsets: Column::owned(offsets),
            time: Column::owned(time),
            event: Column::owned(event),
            channel: Column::owned(channel),
            rows: Rows::Bare,
        }
    }

    /// Count of rows.
    pub fn len(&self) -> usize {
        self.time.len()
    }

    /// True when there are no rows.
    pub fn is_empty(&self) -> bool {
        self.time.is_empty()
    }

    /// A property, a context member or the source of every row.
    ///
    /// # Panics
    /// On the fields that are derived from the vocabulary or lie in the timeline itself.
    pub fn values(&self, field: &Field) -> Result<Arc<Values>, ReadError> {
        self.rows.values(self.len(), field)
    }

    /// Whole events, in the order asked.
    pub fn events(&self, rows: &[u32]) -> Result<Vec<StoredEvent>, ReadError> {
        self.rows.events(self, rows)
    }
}
