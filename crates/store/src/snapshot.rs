//! The resolved log at one moment. Reports read snapshots and nothing else.

use std::{
    cmp::Reverse,
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use throughline_model::{EventCode, EventName, ProfileId, Seq, Timestamp};

use crate::{
    cache::ValuesCache,
    error::ReadError,
    known::Known,
    roots::Roots,
    run::{MOVED, Run, StoredEvent},
    side::{MovedRow, Place, run_of_moved},
    tail::run_of_chunks,
};

/// Columns of owned rows that one question keeps in memory.
const OWNED_CACHE_BYTES: usize = 64 << 20;

/// What was known at one moment: runs, names and who is whom.
#[derive(Clone)]
pub struct Snapshot {
    /// Together they hold every event once in a group that is live; see [`Snapshot::is_live`].
    pub runs: Vec<Arc<Run>>,
    /// Per actor the actor that stands for its profile, and whose turn it is on those that are shared.
    pub roots: Roots,
    pub names: Arc<EventNames>,
    /// Count of links that `roots` was made from.
    pub links: u64,
    /// When the snapshot was taken.
    pub taken: Timestamp,
    /// Count of buckets, a power of two, fixed when the workspace was made.
    pub buckets: u32,
    /// The only profiles that walks show; none means all.
    pub only: Option<Arc<ProfileSet>>,
    /// What rules about people can ask besides the log; empty where none was brought.
    pub known: Arc<Known>,
}

/// Profiles, a bit each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileSet(Vec<u64>);

impl ProfileSet {
    /// Whether a profile is in it.
    pub fn contains(&self, profile: u32) -> bool {
        let word = self.0.get(profile as usize / 64);
        word.is_some_and(|word| word >> (profile % 64) & 1 == 1)
    }
}

impl ProfileSet {
    /// Puts a profile in; false when it was in already.
    pub fn insert(&mut self, profile: u32) -> bool {
        let word = profile as usize / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        let bit = 1 << (profile % 64);
        let is_new = self.0[word] & bit == 0;
        self.0[word] |= bit;
        is_new
    }

    /// Takes a profile out; false when it was not in.
    pub fn remove(&mut self, profile: u32) -> bool {
        let Some(word) = self.0.get_mut(profile as usize / 64) else {
            return false;
        };
        let bit = 1 << (profile % 64);
        let was_in = *word & bit != 0;
        *word &= !bit;
        was_in
    }

    /// Count of profiles.
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// True when nobody is in it.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// The profiles, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0_u32..).zip(&self.0).flat_map(|(index, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros())?;
                rest &= rest - 1;
                Some(index * 64 + bit)
            })
        })
    }

    /// The bits as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    /// Reads what [`ProfileSet::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let words = bytes.chunks(8).map(|chunk| {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            u64::from_le_bytes(word)
        });
        Self(words.collect())
    }
}

impl FromIterator<u32> for ProfileSet {
    fn from_iter<I: IntoIterator<Item = u32>>(profiles: I) -> Self {
        let mut set = Self::default();
        for profile in profiles {
            set.insert(profile);
        }
        set
    }
}

/// Event names by code.
#[derive(Clone, Debug, Default)]
pub struct EventNames {
    pub(crate) names: Vec<EventName>,
    pub(crate) codes: BTreeMap<EventName, u16>,
    /// Empty while all names are shown as they were sent.
    pub(crate) quiet: Vec<bool>,
    pub(crate) sent: Vec<EventName>,
}

impl EventNames {
    /// Names in the order of their codes.
    pub fn of(names: &[EventName]) -> Self {
        let mut them = Self::default();
        for name in names {
            them.intern(name);
        }
        them
    }

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

    /// Whether events of a code fit only where they are named: the product's own, and hidden ones.
    pub fn is_quiet(&self, code: EventCode) -> bool {
        let told = self.quiet.get(usize::from(code.0)).copied();
        told.unwrap_or_else(|| self.name(code).is_some_and(EventName::is_system))
    }

    /// Per code whether its events fit only where they are named.
    pub fn quiet(&self) -> Vec<bool> {
        self.iter().map(|(code, _)| self.is_quiet(code)).collect()
    }

    /// False for codes whose events are all shown under the code of another of their name.
    pub fn stands(&self, code: EventCode) -> bool {
        self.name(code).and_then(|name| self.code(name)) == Some(code)
    }

    /// True when some names are shown as others.
    pub fn is_renamed(&self) -> bool {
        !self.sent.is_empty() && (self.sent != self.names || self.codes.len() > self.names.len())
    }

    /// The name that a name is shown as; none for one that was never seen.
    pub fn shown(&self, name: &EventName) -> Option<&EventName> {
        self.code(name).and_then(|code| self.name(code))
    }

    /// Count of names.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// True when no name is known.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Every name with its code, in order of code; a name is told for each of the codes that are shown so.
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
        let root = self.roots.get(profile as usize);
        profile & MOVED == 0 && root.is_none_or(|root| *root == profile)
    }

    /// The profile that an actor belongs to.
    pub fn root(&self, actor: u32) -> u32 {
        self.roots.own(actor)
    }

    /// The profile that an event belongs to.
    pub fn profile_of(&self, event: &StoredEvent) -> u32 {
        self.roots.at(event.actor.0, event.time.0)
    }

    /// Every profile that has events.
    pub fn profiles(&self) -> ProfileSet {
        let groups = self.runs.iter().flat_map(|run| run.profiles.iter());
        groups.copied().filter(|it| self.is_live(*it)).collect()
    }

    /// The newest events of a profile, or the newest before an event that was listed already.
    ///
    /// Reads the profile's own groups only.
    pub fn profile_events(
        &self,
        profile: ProfileId,
        limit: usize,
        before: Option<(Timestamp, Seq)>,
    ) -> Result<Vec<StoredEvent>, ReadError> {
        let until = before.map_or(i64::MAX, |(time, _)| time.0);
        let mut candidates = Vec::new();
        for (index, run) in self.runs.iter().enumerate() {
            let group = run.group_of(profile.0);
            let Some(group) = group.filter(|it| self.is_live(run.profiles[*it as usize])) else {
                continue;
            };
            let rows = run.rows_of(group);
            let times = &run.time[rows.start as usize..rows.end as usize];
            // Everything at the instant itself, as only the rows know their sequence.
            let end = times.partition_point(|time| *time <= until);
            let below = times.partition_point(|time| *time < until);
            let from = below.saturating_sub(limit);
            let from = times.partition_point(|time| Some(time) < times[from..end].first());
            candidates.extend((from..end).map(|at| (times[at], index, rows.start + at as u32)));
        }
        candidates.sort_unstable_by(|left, right| right.cmp(left));
        let at_once = candidates.iter().filter(|it| it.0 == until).count();
        if let Some((last, ..)) = candidates.get(at_once + limit).copied() {
            // Equal times are ordered by sequence only below, so none may be cut apart here.
            candidates.truncate(candidates.partition_point(|it| it.0 >= last));
        }
        let mut events = Vec::with_capacity(candidates.len());
        for (index, run) in self.runs.iter().enumerate() {
            let rows = candidates.iter().filter(|it| it.1 == index);
            let rows: Vec<u32> = rows.map(|it| it.2).collect();
            if !rows.is_empty() {
                events.extend(run.events(&rows)?);
            }
        }
        events.retain(|event| before.is_none_or(|before| (event.time, event.seq) < before));
        events.sort_unstable_by_key(|event| Reverse((event.time, event.seq)));
        events.truncate(limit);
        Ok(events)
    }

    /// The rows that walks show, each under an owner in the place of its profile; those without one are not there.
    ///
    /// `owner` is told the index of a run, and a row of it. Nothing is known of owners besides their rows.
    pub fn owned(&self, owner: impl Fn(usize, u32) -> Option<u32>) -> Self {
        let mut moved = Vec::new();
        for (index, run) in self.runs.iter().enumerate() {
            let base = u32::try_from(index).expect("runs are few");
            for (group, profile) in (0_u32..).zip(run.profiles.iter()) {
                let is_shown = (self.only.as_ref()).is_none_or(|it| it.contains(*profile));
                if !is_shown || !self.is_live(*profile) {
                    continue;
                }
                let rows = run.rows_of(group);
                let owned = rows.filter_map(|row| Some((row, owner(index, row)?)));
                moved.extend(owned.map(|(row, actor)| MovedRow {
                    place: Place { base, row },
                    actor,
                }));
            }
        }
        // What is read of these rows is of no use to another question.
        let cache = Arc::new(ValuesCache::new(OWNED_CACHE_BYTES));
        let run = run_of_moved(self.runs.clone(), &moved, self.buckets, &|it, _| it, cache);
        Self {
            runs: vec![Arc::new(run)],
            roots: Roots::default(),
            only: None,
            known: Arc::default(),
            ..self.clone()
        }
    }

    /// Makes a snapshot of events in memory, spread over `runs_count` runs.
    pub fn of_events(
        events: &[StoredEvent],
        roots: Vec<u32>,
        names: EventNames,
        buckets: u32,
        runs_count: usize,
    ) -> Self {
        let roots = Roots::from(roots);
        let mut shares = vec![Vec::new(); runs_count.max(1)];
        for (index, event) in events.iter().enumerate() {
            shares[index % runs_count.max(1)].push(event.clone());
        }
        let runs = shares
            .into_iter()
            .map(|share| Arc::new(run_of_chunks(vec![Arc::new(share)], &roots, buckets, None)))
            .collect();
        Self {
            runs,
            roots,
            names: Arc::new(names),
            links: 0,
            taken: Timestamp::default(),
            buckets,
            only: None,
            known: Arc::default(),
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
    fn browsers_that_are_no_persons_have_a_field_and_servers_do_not() {
        let agents = [
            (1, "Googlebot/2.1", Some("declared")),
            (1, "Mozilla/5.0 Chrome/126.0", None),
            (3, "python-httpx/0.27", None),
            (1, "HeadlessChrome/126.0", Some("headless")),
        ];
        let events: Vec<_> = (0_i64..)
            .zip(agents)
            .map(|(time, (channel, agent, _))| StoredEvent {
                channel,
                context: JsonObject::parse(&format!(r#"{{"userAgent":"{agent}"}}"#)).expect("JSON"),
                ..event(1, time, 0)
            })
            .collect();
        assert_eq!(throughline_model::Channel::Web.code(), 1);
        let snapshot = Snapshot::of_events(&events, vec![], EventNames::default(), 1, 1);
        let field = throughline_model::Field::parse("context.bot").expect("a field");
        let values = snapshot.runs[0].values(&field).expect("read");
        for (row, (_, agent, reason)) in agents.into_iter().enumerate() {
            let expected = reason.map(|it| throughline_model::Value::Text(it.to_owned()));
            assert_eq!(values.get(row), expected, "{agent}");
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
