//! Cases while they are counted: by what people are alike in, and by what they did last.

use hashbrown::HashMap;
use throughline_model::ProfileId;

use super::walk::{Case, Key};
use crate::passes::Marked;

/// Everything that one thread has seen.
pub(super) struct Tally {
    strata: HashMap<Key, Cases>,
    touched: HashMap<u32, Touched>,
    pub(super) seen: Marked,
    pub(super) left: Marked,
    pub(super) back: Marked,
    pub(super) unknown: Marked,
    /// Moments of the first case and the last.
    pub(super) first: i64,
    pub(super) last: i64,
}

/// Cases with one last act.
#[derive(Default)]
pub(super) struct Touched {
    strata: HashMap<Key, Cases>,
    pub(super) seen: Marked,
    pub(super) left: Marked,
}

/// Cases that are alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cases {
    pub(super) seen: u64,
    pub(super) left: u64,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            strata: HashMap::new(),
            touched: HashMap::new(),
            seen: Marked::default(),
            left: Marked::default(),
            back: Marked::default(),
            unknown: Marked::default(),
            first: i64::MAX,
            last: i64::MIN,
        }
    }
}

impl Tally {
    pub(super) fn add(&mut self, profile: ProfileId, case: &Case<'_>) {
        if !case.is_known {
            self.unknown.add(profile);
            return;
        }
        self.first = self.first.min(case.time);
        self.last = self.last.max(case.time);
        self.strata.entry(case.key).or_default().add(case.has_left);
        self.seen.add(profile);
        if case.has_left {
            self.left.add(profile);
            if case.is_back {
                self.back.add(profile);
            }
        }
        for label in case.labels {
            let touched = self.touched.entry(*label).or_default();
            touched
                .strata
                .entry(case.key)
                .or_default()
                .add(case.has_left);
            touched.seen.add(profile);
            if case.has_left {
                touched.left.add(profile);
            }
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        merge(&mut self.strata, other.strata);
        for (label, touched) in other.touched {
            let own = self.touched.entry(label).or_default();
            merge(&mut own.strata, touched.strata);
            own.seen.merge(&touched.seen);
            own.left.merge(&touched.left);
        }
        self.seen.merge(&other.seen);
        self.left.merge(&other.left);
        self.back.merge(&other.back);
        self.unknown.merge(&other.unknown);
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
    }

    /// All cases that are alike.
    pub(super) fn stratum(&self, key: Key) -> Cases {
        self.strata.get(&key).copied().unwrap_or_default()
    }

    /// By the label of the last act, in the order of labels.
    pub(super) fn touched(&self) -> impl Iterator<Item = (u32, &Touched)> {
        let mut all: Vec<(u32, &Touched)> = self.touched.iter().map(|it| (*it.0, it.1)).collect();
        all.sort_unstable_by_key(|it| it.0);
        all.into_iter()
    }
}

impl Touched {
    /// In a fixed order, as sums of fractions depend on it.
    pub(super) fn strata(&self) -> impl Iterator<Item = (Key, Cases)> {
        let mut all: Vec<(Key, Cases)> = self.strata.iter().map(|it| (*it.0, *it.1)).collect();
        all.sort_unstable_by_key(|it| it.0);
        all.into_iter()
    }
}

impl Cases {
    fn add(&mut self, has_left: bool) {
        self.seen += 1;
        self.left += u64::from(has_left);
    }
}

fn merge(into: &mut HashMap<Key, Cases>, other: HashMap<Key, Cases>) {
    for (key, cases) in other {
        let own = into.entry(key).or_default();
        own.seen += cases.seen;
        own.left += cases.left;
    }
}
