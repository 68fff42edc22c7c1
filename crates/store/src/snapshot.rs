//! The resolved log at one moment. Reports read snapshots and nothing else.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use throughline_model::{EventCode, EventName, Timestamp};

use crate::{
    column::Column,
    rows::Rows,
    run::{Run, StoredEvent},
};

/// What was known at one moment: runs, names and who is whom.
pub struct Snapshot {
    /// Together they hold every event once in a group that is live; see [`Snapshot::is_live`].
    pub runs: Vec<Arc<Run>>,
    /// Per actor the actor that stands for its profile.
    pub roots: Arc<[u32]>,
    pub names: Arc<EventNames>,
    /// Count of links that `roots` was made from.
    pub links: u64,
    /// When the snapshot was taken.
    pub taken: Timestamp,
    /// Count of buckets, a power of two, fixed when the workspace was made.
    pub buckets: u32,
}

/// Why rows could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("could not read part {part}")]
    Part {
        part: String,
        source: Arc<dyn std::error::Error + Send + Sync>,
    },
}

/// Event names by code.
#[derive(Clone, Debug, Default)]
pub struct EventNames {
    names: Vec<EventName>,
    codes: BTreeMap<EventName, u16>,
}

impl EventNames {
    /// The code of a name, a new one when it is new; `None` when the workspace is full.
    pub fn intern(&mut self, name: &EventName) -> Option<EventCode> {
        if let Some(code) = self.codes.get(name) {
            return Some(EventCode(*code));
        }
        if self.names.len() >= throughline_model::limits::EVENT_NAMES_MAX {
            return None;
        }
        let code = u16::try_from(self.names.len()).expect("the limit lies below 2^16");
        self.names.push(name.clone());
        self.codes.insert(name.clone(), code);
        Some(EventCode(code))
    }

    /// The code of a known name.
    pub fn code(&self, name: &EventName) -> Option<EventCode> {
        self.codes.get(name).copied().map(EventCode)
    }

    /// The name of a code.
    pub fn name(&self, code: EventCode) -> Option<&EventName> {
        self.names.get(usize::from(code.0))
    }

    /// Count of names.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// True when no name is known.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Every name with its code, in order of code.
    pub fn iter(&self) -> impl Iterator<Item = (EventCode, &EventName)> {
        self.names.iter().enumerate().map(|(code, name)| {
            (
                EventCode(u16::try_from(code).expect("codes fit 16 bits")),
                name,
            )
        })
    }
}

impl Snapshot {
    /// False for groups whose rows a merge has moved to another run.
    pub fn is_live(&self, profile: u32) -> bool {
        self.roots
            .get(profile as usize)
            .is_none_or(|root| *root == profile)
    }

    /// The profile that an actor belongs to.
    pub fn root(&self, actor: u32) -> u32 {
        self.roots.get(actor as usize).copied().unwrap_or(actor)
    }

    /// Makes a snapshot of events in memory, spread over `runs_count` runs.
    pub fn of_events(
        events: &[StoredEvent],
        roots: Vec<u32>,
        names: EventNames,
        buckets: u32,
        runs_count: usize,
    ) -> Self {
        let roots: Arc<[u32]> = roots.into();
        let mut shares = vec![Vec::new(); runs_count.max(1)];
        for (index, event) in events.iter().enumerate() {
            shares[index % runs_count.max(1)].push(event.clone());
        }
        let runs = shares
            .into_iter()
            .map(|share| Arc::new(run_of(share, &roots, buckets)))
            .collect();
        Self {
            runs,
            roots,
            names: Arc::new(names),
            links: 0,
            taken: Timestamp::default(),
            buckets,
        }
    }
}

/// The bucket of a profile, out of a power of two of them.
pub fn bucket_of(profile: u32, buckets: u32) -> u32 {
    debug_assert!(buckets.is_power_of_two());
    if buckets == 1 {
        return 0;
    }
    profile.wrapping_mul(0x9E37_79B1) >> (32 - buckets.trailing_zeros())
}

/// A number for a run that no other run of this process has.
pub(crate) fn next_run_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn run_of(mut events: Vec<StoredEvent>, roots: &[u32], buckets: u32) -> Run {
    let root = |event: &StoredEvent| {
        roots
            .get(event.actor.0 as usize)
            .copied()
            .unwrap_or(event.actor.0)
    };
    events.sort_by_key(|event| {
        let profile = root(event);
        (bucket_of(profile, buckets), profile, event.time, event.seq)
    });
    let mut bucket_groups = vec![0_u32];
    let mut profiles: Vec<u32> = Vec::new();
    let mut offsets = Vec::new();
    for (row, event) in events.iter().enumerate() {
        let profile = root(event);
        if profiles.last() != Some(&profile) {
            let bucket = bucket_of(profile, buckets) as usize;
            let groups = u32::try_from(profiles.len()).expect("fewer than 2^32 groups");
            while bucket_groups.len() <= bucket {
                bucket_groups.push(groups);
            }
            profiles.push(profile);
            offsets.push(u32::try_from(row).expect("fewer than 2^32 rows"));
        }
    }
    let groups = u32::try_from(profiles.len()).expect("fewer than 2^32 groups");
    bucket_groups.resize(buckets as usize + 1, groups);
    offsets.push(u32::try_from(events.len()).expect("fewer than 2^32 rows"));
    Run {
        id: next_run_id(),
        buckets: Column::owned(bucket_groups),
        profiles: Column::owned(profiles),
        offsets: Column::owned(offsets),
        time: Column::owned(events.iter().map(|event| event.time.0).collect()),
        event: Column::owned(events.iter().map(|event| event.event).collect()),
        channel: Column::owned(events.iter().map(|event| event.channel).collect()),
        rows: Rows::Memory(events.into()),
    }
}

#[cfg(test)]
mod tests {
    use throughline_model::{ActorId, EventKind, JsonObject, MessageKey, Seq, SourceId};

    use super::*;

    fn event(actor: u32, time: i64, event: u16) -> StoredEvent {
        StoredEvent {
            actor: ActorId(actor),
            seq: Seq(u64::from(actor)),
            time: Timestamp(time),
            received: Timestamp(time),
            kind: EventKind::Track,
            event,
            channel: 1,
            source: SourceId(0),
            message: MessageKey(u128::from(actor) << 64 | u128::from(time.unsigned_abs())),
            properties: JsonObject::empty(),
            context: JsonObject::empty(),
        }
    }

    #[test]
    fn groups_lie_in_their_bucket_in_time_order() {
        let events: Vec<_> = (0..200)
            .map(|n| event(n % 20, i64::from(200 - n), 0))
            .collect();
        let roots = (0..20).map(|actor| actor / 2 * 2).collect();
        let snapshot = Snapshot::of_events(&events, roots, EventNames::default(), 8, 1);
        let run = &snapshot.runs[0];
        assert_eq!(run.profiles.len(), 10);
        assert_eq!(run.buckets.len(), 9);
        for bucket in 0..8 {
            for group in run.buckets[bucket]..run.buckets[bucket + 1] {
                let group = group as usize;
                assert_eq!(bucket_of(run.profiles[group], 8) as usize, bucket);
                let rows = run.offsets[group] as usize..run.offsets[group + 1] as usize;
                assert!(run.time[rows].is_sorted());
            }
        }
    }
}
