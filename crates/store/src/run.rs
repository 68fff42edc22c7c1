//! One sorted piece of the resolved log: groups of rows, a group per profile.
//!
//! Rows are ordered by (bucket of the profile, profile, time, sequence). A report walks the runs
//! of a snapshot side by side, in this order, and sees each profile's events together.

use std::{ops::Range, sync::Arc};

use throughline_model::{
    ActorId, Channel, EventKind, Field, JsonObject, MessageKey, Seq, SourceId, Timestamp, Value,
    bot::{BotReason, bot_by_name},
};

use crate::{
    cache::ValuesCache,
    column::Column,
    error::ReadError,
    rows::Rows,
    snapshot::{bucket_of, next_run_id},
    timeline::{Foreign, Timeline},
    values::Values,
};

/// Set in the profile of a group whose rows lie in another run, beside the roots that say so of
/// whole profiles. See [`crate::Snapshot::is_live`].
pub(crate) const MOVED: u32 = 1 << 31;

/// A part's timeline, the tail's, or rows that a merge moved.
#[derive(Clone)]
pub struct Run {
    /// Stands for the run's rows in caches; never used twice for other rows in one process.
    pub id: u64,
    /// Per bucket the index of its first group, then the count of groups.
    pub buckets: Column<u32>,
    /// Per group the profile that its rows belonged to when the run was made.
    ///
    /// Some have their top bit set: they are dead, and only the lower bits are in order.
    pub profiles: Column<u32>,
    /// Per group the index of its first row, then the count of rows.
    pub offsets: Column<u32>,
    /// Milliseconds since 1970.
    pub time: Column<i64>,
    /// Codes of event names.
    pub event: Column<u16>,
    /// Codes of the channels that were inferred from the events.
    pub channel: Column<u8>,
    pub(crate) foreign: Foreign,
    pub(crate) rows: Rows,
    pub(crate) cache: Option<Arc<ValuesCache>>,
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
    pub(crate) fn new(timeline: Timeline, rows: Rows, cache: Option<Arc<ValuesCache>>) -> Self {
        Self {
            id: next_run_id(),
            buckets: timeline.buckets,
            profiles: timeline.profiles,
            offsets: timeline.offsets,
            time: timeline.time,
            event: timeline.event,
            channel: timeline.channel,
            foreign: timeline.foreign,
            rows,
            cache,
        }
    }

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
        let timeline = Timeline {
            buckets: Column::owned(buckets),
            profiles: Column::owned(profiles),
            offsets: Column::owned(offsets),
            time: Column::owned(time),
            event: Column::owned(event),
            channel: Column::owned(channel),
            foreign: Foreign::none(),
        };
        Self::new(timeline, Rows::Bare, None)
    }

    /// True when some rows lie under a profile that is not their actor.
    pub fn has_foreign_rows(&self) -> bool {
        !self.foreign.rows.is_empty()
    }

    /// The actor that a row came with; none where it is the profile that the row lies under.
    pub fn foreign_actor(&self, row: u32) -> Option<ActorId> {
        let behind = self.foreign.rows.partition_point(|first| *first <= row);
        let at = behind.checked_sub(1)?;
        let is_within = row - self.foreign.rows[at] < self.foreign.counts[at];
        is_within.then(|| ActorId(self.foreign.actors[at]))
    }

    /// The actor that each row came with, in the order of rows.
    pub fn actors(&self) -> Vec<u32> {
        let mut actors = vec![0; self.len()];
        for (profile, rows) in self.profiles.iter().zip(self.offsets.windows(2)) {
            actors[rows[0] as usize..rows[1] as usize].fill(profile & !MOVED);
        }
        for (index, row) in self.foreign.rows.iter().enumerate() {
            let count = self.foreign.counts[index] as usize;
            let from = *row as usize;
            actors[from..from + count].fill(self.foreign.actors[index]);
        }
        actors
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
    ///
    /// `context.bot` is worked out from what web events say of their browser, where they do not say it.
    pub fn values(&self, field: &Field) -> Result<Arc<Values>, ReadError> {
        let is_bot = matches!(field, Field::Context(path) if path == &["bot"]);
        if !is_bot {
            return self.stored_values(field);
        }
        if let Some(values) = self.cache.as_ref().and_then(|it| it.get(self.id, field)) {
            return Ok(values);
        }
        let values = Arc::new(self.bots(field)?);
        if let Some(cache) = &self.cache {
            cache.put(self.id, field, &values);
        }
        Ok(values)
    }

    /// What a server sends names the server's own library, so only browsers are judged by their names.
    fn bots(&self, field: &Field) -> Result<Values, ReadError> {
        let told = self.rows.values(field)?;
        let agents = self.stored_values(&Field::Context(vec!["userAgent".to_owned()]))?;
        let texts = agents.texts.iter().flat_map(|it| it.iter());
        let reasons: Vec<Option<&str>> = texts
            .map(|text| text.and_then(bot_by_name).map(BotReason::code))
            .collect();
        let reason = |row: usize| {
            let code = agents.text.as_ref()?.get(row)?;
            let is_web = self.channel[row] == Channel::Web.code();
            let reason = reasons[code].filter(|_| is_web)?;
            Some(Value::Text(reason.to_owned()))
        };
        let rows = 0..self.len();
        Ok(Values::collect(
            rows.map(|row| told.get(row).or_else(|| reason(row))),
        ))
    }

    fn stored_values(&self, field: &Field) -> Result<Arc<Values>, ReadError> {
        // Rows that are another run's look into the cache themselves: most of their columns are that run's.
        let cache = self
            .cache
            .as_ref()
            .filter(|_| !matches!(self.rows, Rows::Named(_) | Rows::Converted(_)));
        let Some(cache) = cache else {
            return self.rows.values(field);
        };
        if let Some(values) = cache.get(self.id, field) {
            return Ok(values);
        }
        let values = self.rows.values(field)?;
        cache.put(self.id, field, &values);
        Ok(values)
    }

    /// Whole events, in the order asked.
    pub fn events(&self, rows: &[u32]) -> Result<Vec<StoredEvent>, ReadError> {
        self.rows.events(self, rows)
    }

    /// Rows of a group.
    pub(crate) fn rows_of(&self, group: u32) -> Range<u32> {
        self.offsets[group as usize]..self.offsets[group as usize + 1]
    }

    /// The group of a profile, also when it is dead.
    pub(crate) fn group_of(&self, profile: u32) -> Option<u32> {
        let buckets_count = u32::try_from(self.buckets.len() - 1).expect("buckets are few");
        let bucket = bucket_of(profile, buckets_count) as usize;
        let (from, to) = (self.buckets[bucket], self.buckets[bucket + 1]);
        let groups = &self.profiles[from as usize..to as usize];
        let found = groups.binary_search_by_key(&profile, |it| it & !MOVED);
        found
            .ok()
            .map(|index| from + u32::try_from(index).expect("groups are counted in 32 bits"))
    }

    /// The group that a row lies in.
    pub(crate) fn group_of_row(&self, row: u32) -> u32 {
        let after = self.offsets.partition_point(|first| *first <= row);
        u32::try_from(after - 1).expect("groups are counted in 32 bits")
    }
}
