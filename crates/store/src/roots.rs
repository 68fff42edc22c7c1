//! Which profile a row belongs to: that of its actor, and of a device that several people share,
//! that of whoever had it at the time of the row.

use std::{collections::BTreeMap, ops::Deref, sync::Arc};

use throughline_model::{ProfileId, Timestamp};
use xxhash_rust::xxh3::Xxh3;

/// From a moment until that of the next turn, the rows of an actor belong to a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Turn {
    pub from: Timestamp,
    pub profile: ProfileId,
}

/// The turns of one actor in the order of time. Rows before the first belong to the actor itself.
pub type Turns = Arc<[Turn]>;

/// Who is whom.
///
/// An actor with turns is its own root: what belongs to nobody else lies under itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roots {
    actors: Arc<[u32]>,
    turns: Arc<BTreeMap<u32, Turns>>,
    /// Tells other turns apart, as who reads them keeps what follows.
    print: u64,
}

impl Roots {
    /// A root per actor, and the turns of those that are shared.
    pub fn new(actors: Arc<[u32]>, turns: Arc<BTreeMap<u32, Turns>>) -> Self {
        let mut hasher = Xxh3::new();
        for (actor, its) in turns.iter() {
            hasher.update(&actor.to_le_bytes());
            for turn in its.iter() {
                hasher.update(&turn.from.0.to_le_bytes());
                hasher.update(&turn.profile.0.to_le_bytes());
            }
            hasher.update(&u64::MAX.to_le_bytes());
        }
        Self {
            actors,
            print: if turns.is_empty() { 0 } else { hasher.digest() },
            turns,
        }
    }

    /// The profile of an actor as such.
    pub fn own(&self, actor: u32) -> u32 {
        self.actors.get(actor as usize).copied().unwrap_or(actor)
    }

    /// The profile of an actor's row at a time.
    pub fn at(&self, actor: u32, time: i64) -> u32 {
        match self.turns.get(&actor) {
            Some(turns) => owner(turns, time).unwrap_or(actor),
            None => self.own(actor),
        }
    }

    /// The turns of an actor that is shared.
    pub fn turns_of(&self, actor: u32) -> Option<&Turns> {
        self.turns.get(&actor)
    }

    /// All actors that are shared, with their turns.
    pub fn turns(&self) -> &BTreeMap<u32, Turns> {
        &self.turns
    }

    /// Equal for equal turns, and 0 where nothing is shared.
    pub fn turns_print(&self) -> u64 {
        self.print
    }

    /// Equal for equal roots and turns.
    pub fn print(&self) -> u128 {
        let seed = self.print;
        let actors: &[u8] = bytemuck::cast_slice(&self.actors[..]);
        let mut hasher = Xxh3::with_seed(seed);
        hasher.update(actors);
        hasher.digest128()
    }

    /// The times between which an actor's rows may belong elsewhere than under others; none where
    /// all are as they were.
    pub(crate) fn change(&self, others: &Self, actor: u32) -> Option<(i64, i64)> {
        if self.own(actor) != others.own(actor) {
            return Some((i64::MIN, i64::MAX));
        }
        let none: &[Turn] = &[];
        let of = |roots: &Self| roots.turns.get(&actor).cloned();
        let (mine, theirs) = (of(self), of(others));
        let mine = mine.as_deref().unwrap_or(none);
        let theirs = theirs.as_deref().unwrap_or(none);
        let same = mine.iter().zip(theirs).take_while(|(a, b)| a == b).count();
        let (mine, theirs) = (&mine[same..], &theirs[same..]);
        if mine.is_empty() && theirs.is_empty() {
            return None;
        }
        let start = |turns: &[Turn]| turns.first().map_or(i64::MAX, |it| it.from.0);
        let from = start(mine).min(start(theirs));
        let same = mine.iter().rev().zip(theirs.iter().rev());
        let same = same.take_while(|(a, b)| a == b).count();
        // The last turns that are equal start at the same moment, and so end what differs.
        let until = match same {
            0 => i64::MAX,
            _ => mine[mine.len() - same].from.0 - 1,
        };
        Some((from, until))
    }
}

impl Deref for Roots {
    type Target = [u32];

    fn deref(&self) -> &[u32] {
        &self.actors
    }
}

impl From<Arc<[u32]>> for Roots {
    fn from(actors: Arc<[u32]>) -> Self {
        Self::new(actors, Arc::default())
    }
}

impl FromIterator<u32> for Roots {
    fn from_iter<I: IntoIterator<Item = u32>>(actors: I) -> Self {
        actors.into_iter().collect::<Vec<u32>>().into()
    }
}

impl From<Vec<u32>> for Roots {
    fn from(actors: Vec<u32>) -> Self {
        Arc::<[u32]>::from(actors).into()
    }
}

/// Whose turn it is at a time; none before the first.
pub fn owner(turns: &[Turn], time: i64) -> Option<u32> {
    let behind = turns.partition_point(|it| it.from.0 <= time);
    let last = behind.checked_sub(1)?;
    Some(turns[last].profile.0)
}

#[cfg(test)]
impl Roots {
    /// Roots, and of some actors moments with those whose they are from then on. Actors that do not
    /// stand for themselves are not shared.
    pub fn shared(roots: Vec<u32>, shared: BTreeMap<u32, Vec<(i64, u32)>>) -> Self {
        let plain = Self::from(roots);
        let shared = shared.into_iter().filter(|(it, _)| plain.own(*it) == *it);
        let turns = shared.map(|(actor, mut turns)| {
            turns.sort_unstable();
            turns.dedup_by_key(|it| it.0);
            let turns = turns.into_iter().map(|(from, owner)| Turn {
                from: Timestamp(from),
                profile: ProfileId(plain.own(owner)),
            });
            (actor, turns.collect::<Turns>())
        });
        let turns = turns.filter(|(_, turns)| !turns.is_empty()).collect();
        Self::new(Arc::clone(&plain.actors), Arc::new(turns))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rows_before_the_first_turn_are_the_actors_own() {
        let roots = Roots::shared(vec![0, 1, 1], BTreeMap::from([(0, vec![(5, 2), (9, 0)])]));
        let found: Vec<u32> = [4, 5, 8, 9].map(|time| roots.at(0, time)).into();
        assert_eq!(found, [0, 1, 1, 0]);
        assert_eq!((roots.own(0), roots.own(2), roots.at(2, 7)), (0, 1, 1));
        assert_eq!(roots.own(99), 99);
    }

    proptest! {
        #[test]
        fn what_changes_lies_within_the_times_that_are_told(
            sides in proptest::collection::vec(
                proptest::collection::vec((0_i64..20, 0_u32..4), 0..6), 2,
            ),
        ) {
            let [old, new] = [0, 1].map(|it| Roots::shared(
                (0..4).collect(),
                BTreeMap::from([(0, sides[it].clone())]),
            ));
            let change = new.change(&old, 0);
            for time in -1..21 {
                if new.at(0, time) != old.at(0, time) {
                    let (from, until) = change.expect("something changed");
                    prop_assert!((from..=until).contains(&time), "{time} in {from}..={until}");
                }
            }
            prop_assert_eq!(change.is_none(), new.turns_print() == old.turns_print());
        }
    }
}
