//! What the chain is made of, and how many people go through each sequence.

use hashbrown::HashMap;
use throughline_model::ProfileId;

use crate::{
    ask::AskError,
    cancel::{Cancel, Cancelled},
    passes::{Marked, Passes},
    scan::{ProfileRows, scan},
    sequence::{Item, Sequences},
    view::View,
};

/// Profiles as sequences, the same element again and again taken once.
pub(super) struct Walks<'v> {
    pub(super) sequences: Sequences<'v>,
}

/// Room that is used again for each profile.
#[derive(Default)]
struct Room {
    items: Vec<Item>,
    elements: Vec<u16>,
}

impl Walks<'_> {
    /// Shows each sequence of a profile.
    fn visit(&self, rows: &ProfileRows<'_>, room: &mut Room, mut see: impl FnMut(&[u16])) {
        let Room { items, elements } = room;
        self.sequences.visit(rows, items, |sequence| {
            elements.clear();
            let codes = sequence.iter().map(|it| it.element);
            elements
                .extend(codes.map(|it| u16::try_from(it).expect("a list of elements is short")));
            elements.dedup();
            see(elements);
        });
    }

    /// Who goes through a sequence.
    pub(super) fn people(
        &self,
        view: &View<'_>,
        sequence: &[u16],
    ) -> Result<Vec<ProfileId>, AskError> {
        let begin = || (Vec::new(), Room::default());
        let states = scan(view.snapshot, view.cancel, begin, |(found, room), rows| {
            let mut is_in = false;
            self.visit(rows, room, |elements| {
                // No sequence at all is any.
                is_in |= match sequence.len() {
                    0 => true,
                    length => elements.windows(length).any(|it| it == sequence),
                };
            });
            if is_in {
                found.push(rows.profile);
            }
        })?;
        let mut people: Vec<ProfileId> = states.into_iter().flat_map(|it| it.0).collect();
        people.sort_unstable();
        Ok(people)
    }
}

/// How often each element follows each other one.
pub(super) struct Chain {
    pub(super) profiles: u64,
    /// From an element to another; only those that were seen, as of very many elements all pairs have no room.
    follows: HashMap<[u16; 2], Marked>,
    /// How often each comes.
    comes: Vec<u64>,
    /// By element, how many profiles have it how often.
    having: Vec<HashMap<u64, u64>>,
}

/// Room that one thread counts a profile in.
struct OwnRoom {
    room: Room,
    /// By element, how often the profile has it; all 0 between two profiles.
    own: Vec<u64>,
    /// Elements that the profile has.
    touched: Vec<u16>,
}

impl Chain {
    pub(super) fn of(view: &View<'_>, walks: &Walks<'_>) -> Result<Self, AskError> {
        let count = walks.sequences.elements.list().len();
        let begin = || {
            let own = OwnRoom {
                room: Room::default(),
                own: vec![0; count],
                touched: Vec::new(),
            };
            (Self::none(count), own)
        };
        let states = scan(view.snapshot, view.cancel, begin, |(chain, own), rows| {
            chain.count(walks, own, rows);
        })?;
        let mut all = Self::none(count);
        for (chain, _) in states {
            all.profiles += chain.profiles;
            for (pair, own) in chain.follows {
                all.follows.entry(pair).or_default().merge(&own);
            }
            for (all, own) in all.comes.iter_mut().zip(chain.comes) {
                *all += own;
            }
            for (all, own) in all.having.iter_mut().zip(chain.having) {
                for (times, profiles) in own {
                    *all.entry(times).or_default() += profiles;
                }
            }
        }
        Ok(all)
    }

    fn none(count: usize) -> Self {
        Self {
            profiles: 0,
            follows: HashMap::new(),
            comes: vec![0; count],
            having: vec![HashMap::new(); count],
        }
    }

    fn count(&mut self, walks: &Walks<'_>, own: &mut OwnRoom, rows: &ProfileRows<'_>) {
        let OwnRoom { room, own, touched } = own;
        let mut is_any = false;
        walks.visit(rows, room, |elements| {
            is_any = true;
            for element in elements {
                let times = &mut own[usize::from(*element)];
                if *times == 0 {
                    touched.push(*element);
                }
                *times += 1;
            }
            for two in elements.windows(2) {
                let pair = self.follows.entry([two[0], two[1]]).or_default();
                pair.add(rows.profile);
            }
        });
        self.profiles += u64::from(is_any);
        for element in touched.drain(..) {
            let element = usize::from(element);
            let times = std::mem::take(&mut own[element]);
            self.comes[element] += times;
            *self.having[element].entry(times).or_default() += 1;
        }
    }

    /// How many people go through a sequence, by the chain.
    pub(super) fn expected(&self, sequence: &[u16]) -> f64 {
        let chance: f64 = (sequence.windows(2))
            .map(|two| {
                let follows = self.follows.get(&[two[0], two[1]]);
                let times = follows.map_or(0, |it| it.passes.times);
                times as f64 / self.comes[usize::from(two[0])] as f64
            })
            .product();
        let mut having: Vec<(u64, u64)> = (self.having[usize::from(sequence[0])].iter())
            .map(|(times, profiles)| (*times, *profiles))
            .collect();
        // A sum of fractions must not tell in which order they came.
        having.sort_unstable();
        let each = having.iter().map(|(times, profiles)| {
            // One less the chance that none of its occurrences goes on so.
            let at_all = -((-chance).ln_1p() * *times as f64).exp_m1();
            *profiles as f64 * at_all
        });
        each.sum()
    }

    /// Pairs that enough people went through.
    pub(super) fn pairs(&self, people_min: u64) -> Counts {
        let enough = (self.follows.iter())
            .filter(|(_, marked)| marked.passes.profiles >= people_min)
            .map(|(pair, marked)| (pair.to_vec(), marked.passes));
        Counts(enough.collect())
    }

    /// How many sequences of three elements or more the chain could make, up to a length.
    pub(super) fn sequences_count(
        &self,
        length_max: usize,
        cancel: &Cancel,
    ) -> Result<f64, Cancelled> {
        // The same order for each element keeps the sums the same.
        let mut pairs: Vec<[u16; 2]> = self.follows.keys().copied().collect();
        pairs.sort_unstable();
        let mut ending = vec![1.0_f64; self.comes.len()];
        let mut all = 0.0;
        for length in 2..=length_max {
            cancel.check()?;
            let mut next = vec![0.0; ending.len()];
            for [from, to] in &pairs {
                next[usize::from(*to)] += ending[usize::from(*from)];
            }
            ending = next;
            if length >= 3 {
                all += ending.iter().sum::<f64>();
            }
        }
        Ok(all)
    }
}

/// How many go through each sequence of one length.
pub(super) struct Counts(HashMap<Vec<u16>, Passes>);

impl Counts {
    /// Counts those whose parts, which are one shorter, enough people went through; rarer ones cannot be told anyway.
    pub(super) fn of(
        view: &View<'_>,
        walks: &Walks<'_>,
        length: usize,
        shorter: &Self,
        people_min: u64,
    ) -> Result<Self, AskError> {
        let may_be = |sequence: &[u16]| {
            let (first, last) = (&sequence[..length - 1], &sequence[1..]);
            shorter.0.contains_key(first) && shorter.0.contains_key(last)
        };
        let begin = || (HashMap::<Vec<u16>, Marked>::new(), Room::default());
        let states = scan(view.snapshot, view.cancel, begin, |(counts, room), rows| {
            walks.visit(rows, room, |elements| {
                for sequence in elements.windows(length).filter(|it| may_be(it)) {
                    match counts.get_mut(sequence) {
                        Some(marked) => marked.add(rows.profile),
                        None => {
                            let mut marked = Marked::default();
                            marked.add(rows.profile);
                            counts.insert(sequence.to_vec(), marked);
                        }
                    }
                }
            });
        })?;
        let mut all: HashMap<Vec<u16>, Marked> = HashMap::new();
        for (counts, _) in states {
            for (sequence, marked) in counts {
                all.entry(sequence).or_default().merge(&marked);
            }
        }
        let enough = (all.into_iter())
            .map(|(sequence, marked)| (sequence, marked.passes))
            .filter(|(_, passes)| passes.profiles >= people_min);
        Ok(Self(enough.collect()))
    }

    /// Each sequence with how many go through it, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Vec<u16>, Passes)> {
        self.0.iter().map(|(sequence, passes)| (sequence, *passes))
    }
}
