//! Events that are past their limit go: what was asked, how far that is, and when the next is due.

use std::collections::BTreeMap;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use throughline_model::{
    Timestamp,
    keeping::{Cuts, Keeping},
    limits,
};
use throughline_store::ProfileSet;
use utoipa::ToSchema;

use super::ledger::{ErasureState, Left};

/// One look for events that are past their limit, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sweep {
    pub id: u32,
    /// The moment that ages are counted back from.
    pub requested: Timestamp,
    /// E-mail of the member who asked; none for one that was due.
    pub by: Option<String>,
    pub state: ErasureState,
    pub finished: Option<Timestamp>,
    /// Why it does not go on, until it does.
    pub waits_for: Option<String>,
    /// What is past.
    pub cuts: Cuts,
    /// Records of the raw log below this position are swept; none while that is not decided, and
    /// where nothing was found.
    pub upto: Option<u64>,
    /// How many actors there were, so that those who stay keep their numbers.
    pub actors_count: u64,
    /// Actors of whom nothing is left, from when the log is blanked until they are gone.
    #[serde(serialize_with = "pack", deserialize_with = "unpack")]
    pub gone: ProfileSet,
    pub found: Swept,
    /// What still holds something that is past, as far as it is listed.
    pub left: Vec<Left>,
    pub left_count: u64,
}

/// What was found past its limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Swept {
    /// Events, by the name that they are shown under.
    pub by_event: BTreeMap<String, u64>,
    pub events: u64,
    /// Events that were held back.
    pub held_back: u64,
    /// Profiles that have no event left, so that all that is known of them goes as well.
    pub profiles: u64,
    /// Records of the raw log in which something was blanked.
    pub records: u64,
    /// Rows of imported files that were blanked.
    pub rows: u64,
}

impl Swept {
    /// Whether nothing is past.
    pub fn is_nothing(&self) -> bool {
        self.events == 0 && self.held_back == 0
    }
}

impl Sweep {
    /// One that begins.
    pub fn of(id: u32, requested: Timestamp, by: Option<String>, cuts: Cuts) -> Self {
        Self {
            id,
            requested,
            by,
            state: ErasureState::Waiting,
            finished: None,
            waits_for: None,
            cuts,
            upto: None,
            actors_count: 0,
            gone: ProfileSet::default(),
            found: Swept::default(),
            left: Vec::new(),
            left_count: 0,
        }
    }

    /// Whether it is not done.
    pub fn is_open(&self) -> bool {
        self.state != ErasureState::Done
    }

    /// Lists something that is left, or counts it.
    pub fn leave(&mut self, left: Left) {
        self.left_count += 1;
        if self.left.len() < limits::SWEEP_LEFT_MAX {
            self.left.push(left);
        }
    }

    /// Whether the log without a sweep reads as with it, as this one holds all of it.
    fn covers(&self, other: &Self) -> bool {
        other.upto.is_none() || self.upto >= other.upto && self.cuts.covers(&other.cuts)
    }
}

/// When the next sweep is due by itself; none while nothing has a limit.
///
/// Limits wait as long as a sweep does after they were written, so that who has erred can mend it.
pub fn next_due(
    keeping: &Keeping,
    written: Timestamp,
    last: Option<Timestamp>,
) -> Option<Timestamp> {
    let from = last.map_or(written, |it| it.max(written));
    (!keeping.limits_nothing()).then(|| from.plus(limits::SWEEP_EVERY))
}

/// Forgets the oldest sweeps that nobody needs, where there are too many.
pub fn forget_old(sweeps: &mut Vec<Sweep>) {
    let mut index = 0;
    while sweeps.len() > limits::SWEEPS_KEPT_MAX && index < sweeps.len() {
        let (old, later) = (&sweeps[index], &sweeps[index + 1..]);
        if !old.is_open() && later.iter().any(|it| it.covers(old)) {
            sweeps.remove(index);
        } else {
            index += 1;
        }
    }
}

/// What is past in records below a position. One that a later one covers is left out.
pub fn in_force(sweeps: &[Sweep]) -> Vec<(u64, Cuts)> {
    let mut held: Vec<&Sweep> = Vec::new();
    for sweep in sweeps.iter().rev() {
        if sweep.upto.is_some() && !held.iter().any(|it| it.covers(sweep)) {
            held.push(sweep);
        }
    }
    let held = held.into_iter();
    held.filter_map(|it| Some((it.upto?, it.cuts.clone())))
        .collect()
}

fn pack<S: Serializer>(gone: &ProfileSet, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&BASE64_STANDARD.encode(gone.to_bytes()))
}

fn unpack<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ProfileSet, D::Error> {
    let text = String::deserialize(deserializer)?;
    let bytes = BASE64_STANDARD.decode(text).map_err(D::Error::custom)?;
    Ok(ProfileSet::from_bytes(&bytes))
}

#[cfg(test)]
mod tests {
    use throughline_model::{Span, naming::Naming};

    use super::*;

    fn keeping(days: u32) -> Keeping {
        Keeping {
            days: Some(days),
            ..Keeping::default()
        }
    }

    fn done(id: u32, days: u32, at: i64) -> Sweep {
        let now = Timestamp(0).plus(Span::days(1_000 + at));
        let cuts = keeping(days).cuts(&Naming::default(), now);
        Sweep {
            state: ErasureState::Done,
            upto: Some(u64::from(id) * 10),
            ..Sweep::of(id, now, None, cuts)
        }
    }

    #[test]
    fn a_sweep_is_due_a_day_after_the_last_and_after_the_limits_were_written() {
        let at = |hours| Timestamp(0).plus(Span::hours(hours));
        assert_eq!(next_due(&Keeping::default(), at(0), None), None);
        assert_eq!(next_due(&keeping(9), at(5), None), Some(at(29)));
        assert_eq!(next_due(&keeping(9), at(5), Some(at(20))), Some(at(44)));
        assert_eq!(next_due(&keeping(9), at(30), Some(at(20))), Some(at(54)));
    }

    #[test]
    fn only_sweeps_that_a_later_one_covers_are_forgotten() {
        let most = u32::try_from(limits::SWEEPS_KEPT_MAX).expect("few");
        // The first had the strictest limit, which nobody has had since.
        let mut sweeps = vec![done(1, 5, 0)];
        sweeps.extend((2..most + 3).map(|id| done(id, 300, i64::from(id))));
        assert_eq!(in_force(&sweeps).len(), 2);
        let before = in_force(&sweeps);
        forget_old(&mut sweeps);
        assert_eq!(sweeps.len(), limits::SWEEPS_KEPT_MAX);
        assert_eq!(in_force(&sweeps), before);
        assert_eq!((sweeps[0].id, sweeps[1].id), (1, 4));
    }

    #[test]
    fn a_sweep_is_read_as_it_was_written() {
        let mut sweep = done(1, 5, 0);
        sweep.gone = [3, 70, 4_000].into_iter().collect();
        let json = serde_json::to_string(&sweep).expect("text keys");
        assert_eq!(serde_json::from_str::<Sweep>(&json).expect("sound"), sweep);
    }
}
