//! What paths add up to: each way once, and who took it.

use std::cmp::Ordering;

use hashbrown::{HashSet, HashTable};

use super::End;
use crate::passes::Passes;

/// What of one profile was counted already.
#[derive(Default)]
pub(super) struct Seen {
    path: bool,
    unfinished: bool,
}

/// What one thread has seen.
#[derive(Default)]
pub(super) struct Tally {
    /// The elements of all variants, one after the other.
    arena: Vec<u32>,
    variants: Vec<Variant>,
    /// Indexes into `variants`, by their elements.
    index: HashTable<u32>,
    /// Each path that counts. Those of one profile come one after the other.
    trips: Vec<Trip>,
    pub(super) total: Passes,
    pub(super) unfinished: Passes,
    pub(super) cut: u64,
}

#[derive(Clone, Copy)]
struct Variant {
    start: usize,
    length: usize,
    passes: Passes,
    last: Option<u32>,
}

/// One path of one profile.
#[derive(Clone, Copy)]
struct Trip {
    variant: u32,
    profile: u32,
    /// Length in time.
    time: i64,
}

impl Tally {
    pub(super) fn add(
        &mut self,
        profile: u32,
        seen: &mut Seen,
        end: End,
        elements: &[u32],
        time: i64,
    ) {
        if end == End::Unfinished {
            self.unfinished.times += 1;
            self.unfinished.profiles += u64::from(!std::mem::replace(&mut seen.unfinished, true));
            return;
        }
        self.cut += u64::from(end == End::Cut);
        self.total.times += 1;
        self.total.profiles += u64::from(!std::mem::replace(&mut seen.path, true));
        let variant = self.variant(elements);
        self.trips.push(Trip {
            variant,
            profile,
            time,
        });
        let variant = &mut self.variants[variant as usize];
        variant.passes.times += 1;
        if variant.last != Some(profile) {
            variant.last = Some(profile);
            variant.passes.profiles += 1;
        }
    }

    pub(super) fn variants_count(&self) -> usize {
        self.variants.len()
    }

    pub(super) fn elements(&self, variant: usize) -> &[u32] {
        let Variant { start, length, .. } = self.variants[variant];
        &self.arena[start..start + length]
    }

    pub(super) fn passes(&self, variant: usize) -> Passes {
        self.variants[variant].passes
    }

    fn variant(&mut self, elements: &[u32]) -> u32 {
        let Self {
            arena,
            variants,
            index,
            ..
        } = self;
        let elements_of = |variant: u32, variants: &[Variant]| {
            let Variant { start, length, .. } = variants[variant as usize];
            start..start + length
        };
        let hash_of_elements = hash(elements);
        let found = index.find(hash_of_elements, |variant| {
            &arena[elements_of(*variant, variants)] == elements
        });
        if let Some(found) = found {
            return *found;
        }
        let variant = u32::try_from(variants.len()).expect("fewer than 2^32 ways");
        variants.push(Variant {
            start: arena.len(),
            length: elements.len(),
            passes: Passes::default(),
            last: None,
        });
        arena.extend_from_slice(elements);
        index.insert_unique(hash_of_elements, variant, |variant| {
            hash(&arena[elements_of(*variant, variants)])
        });
        variant
    }

    /// Profiles are seen by one thread each, so their counts add up.
    pub(super) fn merged(mut self, other: Self) -> Self {
        let mut new_of = Vec::with_capacity(other.variants.len());
        for (index, more) in other.variants.iter().enumerate() {
            let mine = self.variant(other.elements(index));
            let passes = &mut self.variants[mine as usize].passes;
            passes.times += more.passes.times;
            passes.profiles += more.passes.profiles;
            new_of.push(mine);
        }
        self.trips.extend(other.trips.iter().map(|trip| Trip {
            variant: new_of[trip.variant as usize],
            ..*trip
        }));
        for (mine, more) in [
            (&mut self.total, other.total),
            (&mut self.unfinished, other.unfinished),
        ] {
            mine.times += more.times;
            mine.profiles += more.profiles;
        }
        self.cut += other.cut;
        self
    }

    /// The first variants, the most frequent first; equal ones by their elements.
    ///
    /// There may be very many ways, so only those that are wanted are sorted.
    pub(super) fn first(&self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.variants.len()).collect();
        let by_rank = |a: &usize, b: &usize| self.compare(*a, *b);
        if count < order.len() {
            order.select_nth_unstable_by(count, by_rank);
            order.truncate(count);
        }
        order.sort_unstable_by(by_rank);
        order
    }

    fn compare(&self, a: usize, b: usize) -> Ordering {
        let times = |index: usize| self.variants[index].passes.times;
        (times(b).cmp(&times(a))).then_with(|| self.elements(a).cmp(self.elements(b)))
    }

    /// The lengths in time of the paths of some variants, in their order.
    pub(super) fn times_of(&self, variants: &[usize]) -> Vec<Vec<i64>> {
        let mut place_of = vec![usize::MAX; self.variants.len()];
        for (place, variant) in variants.iter().enumerate() {
            place_of[*variant] = place;
        }
        let mut times: Vec<Vec<i64>> = vec![Vec::new(); variants.len()];
        for trip in &self.trips {
            if let Some(list) = times.get_mut(place_of[trip.variant as usize]) {
                list.push(trip.time);
            }
        }
        times
    }

    /// How often variants that are not listed were taken, and by how many.
    pub(super) fn rest(&self, listed: &[usize]) -> Passes {
        let is_listed = self.marks(listed);
        let mut rest = Passes::default();
        let mut last = None;
        for trip in &self.trips {
            if !is_listed[trip.variant as usize] {
                rest.times += 1;
                rest.profiles += u64::from(last != Some(trip.profile));
                last = Some(trip.profile);
            }
        }
        rest
    }

    /// The elements of all variants but the first ones.
    pub(super) fn unlisted(&self, listed_count: usize) -> HashSet<&[u32]> {
        let is_listed = self.marks(&self.first(listed_count));
        (0..self.variants.len())
            .filter(|variant| !is_listed[*variant])
            .map(|variant| self.elements(variant))
            .collect()
    }

    fn marks(&self, variants: &[usize]) -> Vec<bool> {
        let mut marks = vec![false; self.variants.len()];
        for variant in variants {
            marks[*variant] = true;
        }
        marks
    }
}

/// Paths are short and there are very many, so what is wanted of their hash is that it is quick.
fn hash(elements: &[u32]) -> u64 {
    const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
    let mixed = (elements.iter()).fold(elements.len() as u64, |hash, element| {
        (hash.rotate_left(23) ^ u64::from(*element)).wrapping_mul(ODD)
    });
    mixed ^ mixed >> 32
}
