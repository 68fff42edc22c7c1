//! What became of one object: its states, and the promise against the fact.

use std::{collections::BTreeSet, sync::Arc};

use throughline_model::{
    Timestamp, Zone,
    object_kind::{Counting, ObjectKind, Promise},
};
use throughline_store::Values;

use super::{PromiseStanding, keys::Keys};
use crate::{ask::AskError, extent::extent, rule::Condition, scan::Place, view::View};

/// An event of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Touch {
    pub(crate) object: u32,
    pub(crate) time: i64,
    pub(crate) event: u16,
    pub(crate) channel: u8,
    pub(crate) place: Place,
    pub(crate) profile: u32,
}

/// A kind made ready for one snapshot.
pub(crate) struct Plan<'k> {
    pub(crate) kind: &'k ObjectKind,
    pub(crate) keys: Keys,
    /// Per state what enters it.
    entries: Vec<Condition>,
    promise: Option<Promised<'k>>,
    is_quiet: Vec<bool>,
    /// Up to when objects are followed: the last event of the log, or now when that is earlier.
    pub(crate) end: i64,
    zone: Zone,
}

struct Promised<'k> {
    promise: &'k Promise,
    kept_by: usize,
    /// Per field, then per run.
    told: Vec<Vec<Arc<Values>>>,
}

/// What became of one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Life {
    pub(crate) begun: i64,
    pub(crate) last: i64,
    /// States by their place in the kind's list, in the order in which they were entered.
    pub(crate) passages: Vec<(usize, i64)>,
    pub(crate) is_over: bool,
    /// None where the kind promises nothing.
    pub(crate) promise: Option<Outcome>,
}

/// The promise of one object against the fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) standing: PromiseStanding,
    /// When the promise that counts was made, and what it says.
    pub(crate) told: Option<(i64, i64)>,
    /// Different moments that were promised before the fact.
    pub(crate) promises_count: usize,
    pub(crate) kept: Option<i64>,
    /// From the promise to the fact, or to the end of the log; less than nothing when it is early.
    pub(crate) gap_ms: Option<i64>,
}

impl<'k> Plan<'k> {
    pub(crate) fn new(
        view: &View<'_>,
        kind: &'k ObjectKind,
        zone: &Zone,
        now: Timestamp,
    ) -> Result<Self, AskError> {
        let entries = (kind.states.iter()).map(|it| view.matcher(&it.entry));
        let promise = match &kind.promise {
            Some(promise) => {
                let runs = |field| {
                    let runs = view.snapshot.runs.iter();
                    let columns = runs.map(|run| {
                        view.cancel.check()?;
                        Ok(run.values(field)?)
                    });
                    columns.collect::<Result<Vec<_>, AskError>>()
                };
                let kept_by = kind.state_index(&promise.kept_by).ok_or_else(|| {
                    AskError::fault("kind", "promises a state that it does not have")
                })?;
                Some(Promised {
                    promise,
                    kept_by,
                    told: promise.told.iter().map(runs).collect::<Result<_, _>>()?,
                })
            }
            None => None,
        };
        Ok(Self {
            kind,
            keys: Keys::of(view, kind)?,
            entries: entries.collect::<Result<_, _>>()?,
            promise,
            is_quiet: view.snapshot.names.quiet(),
            end: extent(view.snapshot).map_or(now.0, |(_, last)| last.min(now.0)),
            zone: zone.clone(),
        })
    }

    /// The events of wanted objects, object by object and each in the order of time.
    pub(crate) fn gather(
        &self,
        view: &View<'_>,
        is_wanted: impl Fn(u32) -> bool + Sync,
    ) -> Result<Vec<Touch>, AskError> {
        self.keys.touches(view, self.end, |object, event, place| {
            is_wanted(object) && self.is_of_objects(event, place)
        })
    }

    /// System events and hidden ones are of objects only where a state names them.
    fn is_of_objects(&self, event: u16, place: Place) -> bool {
        let is_named = || self.entries.iter().any(|it| it.holds(event, place));
        self.is_quiet.get(usize::from(event)) == Some(&false) || is_named()
    }

    /// What became of an object, by all its events in the order of time.
    pub(crate) fn life(&self, touches: &[Touch]) -> Life {
        let mut passages: Vec<(usize, i64)> = Vec::new();
        let mut first_entries: Vec<Option<i64>> = vec![None; self.entries.len()];
        for together in touches.chunk_by(|a, b| a.time == b.time) {
            for (state, entry) in self.entries.iter().enumerate() {
                let is_entered = (together.iter()).any(|it| entry.holds(it.event, it.place));
                if !is_entered {
                    continue;
                }
                let time = together[0].time;
                first_entries[state].get_or_insert(time);
                if passages.last().is_none_or(|it| it.0 != state) {
                    passages.push((state, time));
                }
            }
        }
        let (begun, last) = match touches {
            [first, .., last] => (first.time, last.time),
            [only] => (only.time, only.time),
            [] => (self.end, self.end),
        };
        Life {
            begun,
            last,
            is_over: passages
                .last()
                .is_some_and(|it| self.kind.states[it.0].ends),
            promise: (self.promise.as_ref()).map(|promised| {
                let kept = first_entries[promised.kept_by];
                self.outcome(promised, touches, kept, &passages)
            }),
            passages,
        }
    }

    fn outcome(
        &self,
        promised: &Promised<'_>,
        touches: &[Touch],
        kept: Option<i64>,
        passages: &[(usize, i64)],
    ) -> Outcome {
        // An object that went on after an end is waited for again.
        let at_end = (passages.iter().rev()).take_while(|it| self.kind.states[it.0].ends);
        let released = at_end.last().map(|it| it.1);
        // What is said after it happened, or after nobody waits any more, promises nothing.
        let until = kept.or(released).unwrap_or(i64::MAX);
        let told: Vec<(i64, i64)> = (touches.iter())
            .filter(|it| it.time <= until)
            .filter_map(|it| Some((it.time, self.told(promised, it.place)?)))
            .collect();
        // Of the promises of one instant the strictest counts, so that their order decides nothing.
        let counting = match promised.promise.counts {
            Counting::First => told.iter().min().copied(),
            Counting::Last => {
                let last = told.iter().map(|it| it.0).max();
                (told.iter().filter(|it| Some(it.0) == last).min()).copied()
            }
        };
        let moments: BTreeSet<i64> = told.iter().map(|it| it.1).collect();
        let tolerance = promised.promise.tolerance.0;
        let (standing, gap_ms) = match (counting, kept, released) {
            (None, ..) => (PromiseStanding::Untold, None),
            (Some((_, moment)), Some(kept), _) => {
                let gap = kept - moment;
                let standing = match gap {
                    gap if gap > tolerance => PromiseStanding::Late,
                    gap if gap < -tolerance => PromiseStanding::Early,
                    _ => PromiseStanding::OnTime,
                };
                (standing, Some(gap))
            }
            (Some(_), None, Some(_)) => (PromiseStanding::Released, None),
            (Some((_, moment)), None, None) => {
                let gap = self.end - moment;
                let standing = match gap > tolerance {
                    true => PromiseStanding::Overdue,
                    false => PromiseStanding::Pending,
                };
                (standing, Some(gap))
            }
        };
        Outcome {
            standing,
            told: counting,
            promises_count: moments.len(),
            kept,
            gap_ms,
        }
    }

    /// The moment that the event at a place promises.
    fn told(&self, promised: &Promised<'_>, place: Place) -> Option<i64> {
        promised.told.iter().find_map(|runs| {
            let value = runs[place.run as usize].get(place.row as usize)?;
            Some(Promise::moment(&value, &self.zone)?.0)
        })
    }
}
