//! What the chain is made of, and how many people go through each sequence.

use hashbrown::HashMap;
use throughline_model::ProfileId;

use crate::{
    ask::AskError,
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
    count: usize,
    /// From an element to another, row by row.
    follows: Vec<u64>,
    /// How often each comes.
    comes: Vec<u64>,
    /// By element, how many profiles have it how often.
    having: Vec<HashMap<u64, u64>>,
}

impl Chain {
    pub(super) fn of(view: &View<'_>, walks: &Walks<'_>) -> Result<Self, AskError> {
        let count = walks.sequences.elements.list().len();
        let none = || Self {
            profiles: 0,
            count,
            follows: vec![0; count * count],
            comes: vec![0; count],
            having: vec![HashMap::new(); count],
        };
        let begin = || (none(), Room::default(), Vec::new());
        let states = scan(
            view.snapshot,
            view.cancel,
            begin,
            |(chain, room, own), rows| {
                own.clear();
                own.resize(count, 0_u64);
                let mut is_any = false;
                walks.visit(rows, room, |elements| {
                    is_any = true;
                    for element in elements {
                        own[usize::from(*element)] += 1;
                    }
                    for two in elements.windows(2) {
                        chain.follows[usize::from(two[0]) * count + usize::from(two[1])] += 1;
                    }
                });
                chain.profiles += u64::from(is_any);
                for (element, times) in own.iter().enumerate().filter(|it| *it.1 > 0) {
                    chain.comes[element] += times;
                    *chain.having[element].entry(*times).or_default() += 1;
                }
            },
        )?;
        let mut all = none();
        for (chain, _, _) in states {
            all.profiles += chain.profiles;
            add(&mut all.follows, &chain.follows);
            add(&mut all.comes, &chain.comes);
            for (all, own) in all.having.iter_mut().zip(chain.having) {
                for (times, profiles) in own {
                    *all.entry(times).or_default() += profiles;
                }
            }
        }
        Ok(all)
    }

    /// How many people go through a sequence, by the chain.
    pub(super) fn expected(&self, sequence: &[u16]) -> f64 {
        let chance: f64 = (sequence.windows(2))
            .map(|two| {
                let (from, to) = (usize::from(two[0]), usize::from(two[1]));
                self.follows[from * self.count + to] as f64 / self.comes[from] as f64
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

    /// How many sequences of three elements or more the chain could make, up to a length.
    pub(super) fn sequences_count(&self, length_max: usize) -> f64 {
        let mut ending = vec![1.0_f64; self.count];
        let mut all = 0.0;
        for length in 2..=length_max {
            let next = |to: usize| -> f64 {
                (0..self.count)
                    .filter(|from| self.follows[from * self.count + to] > 0)
                    .map(|from| ending[from])
                    .sum()
            };
            ending = (0..self.count).map(next).collect();
            if length >= 3 {
                all += ending.iter().sum::<f64>();
            }
        }
        all
    }
}

fn add(all: &mut [u64], own: &[u64]) {
    for (all, own) in all.iter_mut().zip(own) {
        *all += own;
    }
}

/// How many go through each sequence of one length.
pub(super) struct Counts(HashMap<Vec<u16>, Passes>);

impl Counts {
    /// Counts those whose parts enough people went through; rarer ones cannot be told anyway.
    pub(super) fn of(
        view: &View<'_>,
        walks: &Walks<'_>,
        length: usize,
        shorter: Option<&Self>,
        people_min: u64,
    ) -> Result<Self, AskError> {
        let may_be = |sequence: &[u16]| {
            let Some(Self(shorter)) = shorter else {
                return true;
            };
            let (first, last) = (&sequence[..length - 1], &sequence[1..]);
            shorter.contains_key(first) && shorter.contains_key(last)
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
