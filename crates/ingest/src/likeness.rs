//! Which profiles are probably one person, though nothing joins them: for members to decide.
//!
//! Nothing is joined by likeness. Pairs are looked for where two profiles share evidence that
//! the policy does not join on, and weighed as in I. P. Fellegi and A. B. Sunter, *A theory for
//! record linkage*, JASA 64 (1969): a field that agrees adds log2(m/u), one that differs adds
//! log2((1−m)/(1−u)). `m`, how often it agrees for one person, is fixed; `u`, how often for two
//! strangers, is counted: how many others have the same value, so that a rare name says more
//! than a frequent one (W. E. Winkler, *Frequency-based matching*, 2000).
//!
//! The answer is a function of the set of profiles: their order decides nothing.

mod spelling;
mod weigh;

use std::collections::BTreeSet;

use throughline_model::{ActorId, ProfileId, limits};

pub use spelling::{is_near, phone_end, words_of};
use weigh::Frequencies;
pub use weigh::{Ground, Reason};

/// What is compared of a profile. Names, cities and phones are in the form in which they compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    pub profile: ProfileId,
    /// True when it holds a known identity. Two of them are never one profile.
    pub is_known: bool,
    /// Identifiers that it was seen with, or holds, and shares with others.
    pub shared: BTreeSet<ActorId>,
    pub emails: BTreeSet<String>,
    /// The ends of its phone numbers, see [`phone_end`].
    pub phones: BTreeSet<String>,
    /// The words of its name, see [`words_of`].
    pub name: Option<String>,
    pub city: Option<String>,
}

/// Two profiles that are probably one person.
#[derive(Clone, Debug, PartialEq)]
pub struct Likeness {
    /// The known one, or else that of the smaller number.
    pub left: ProfileId,
    pub right: ProfileId,
    /// How likely they are one person, from 0 to 1.
    pub chance: f64,
    /// Sum of the weights, in bits, and of what is expected before anything is compared.
    pub bits: f64,
    pub reasons: Vec<Reason>,
}

/// How much is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Profiles that share one value; what more of them share says little, and is passed over.
    pub group_max: usize,
    /// Pairs that are weighed.
    pub pairs_max: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            group_max: limits::LIKENESS_GROUP_MAX,
            pairs_max: limits::LIKENESS_PAIRS_MAX,
        }
    }
}

/// Who is probably one person, and what was not looked at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Likely {
    /// The likeliest first.
    pub pairs: Vec<Likeness>,
    /// Pairs as likely, of two known identities each: they cannot be one profile.
    pub both_known: usize,
    /// Values that more profiles share than are compared.
    pub groups_left_out: usize,
    /// True when there are more pairs than are weighed.
    pub is_cut: bool,
}

/// Pairs of profiles, the smaller number first.
pub type Pairs = BTreeSet<(ProfileId, ProfileId)>;

/// Pairs that are no less likely than this are worth a look.
const CHANCE_MIN: f64 = 0.3;
/// A workspace tells of at least so many profiles how frequent something is.
const POPULATION_MIN: usize = 1000;

/// Finds who is probably one person; `settled` are pairs about which members have decided.
pub fn find(mut subjects: Vec<Subject>, settled: &Pairs, bounds: Bounds) -> Likely {
    subjects.sort_by_key(|it| it.profile);
    let mut likely = Likely::default();
    let candidates = candidates(&subjects, bounds, &mut likely);
    let near = candidates.near.iter().copied();
    let frequencies = Frequencies::count(&subjects, near);
    for (left, right) in candidates.pairs {
        let (left, right) = (&subjects[left], &subjects[right]);
        if settled.contains(&(left.profile, right.profile)) {
            continue;
        }
        let likeness = frequencies.weigh(left, right);
        if likeness.chance < CHANCE_MIN {
            continue;
        }
        if left.is_known && right.is_known {
            likely.both_known += 1;
        } else {
            likely.pairs.push(likeness);
        }
    }
    likely.pairs.sort_by(|a, b| {
        let pair = |it: &Likeness| (it.left, it.right);
        (b.bits.total_cmp(&a.bits)).then_with(|| pair(a).cmp(&pair(b)))
    });
    likely
}

/// Pairs to weigh, as indexes, the smaller first.
#[derive(Default)]
struct Candidates {
    pairs: BTreeSet<(usize, usize)>,
    /// Those that have an e-mail nearly alike.
    near: BTreeSet<(usize, usize)>,
}

/// Who shares something: an identifier, the end of a phone, name and city, nearly an e-mail.
fn candidates(subjects: &[Subject], bounds: Bounds, likely: &mut Likely) -> Candidates {
    let mut found = Candidates::default();
    let shared = subjects.iter().map(|it| it.shared.iter().copied());
    let phones = subjects
        .iter()
        .map(|it| it.phones.iter().map(String::as_str));
    let homes = subjects
        .iter()
        .map(|it| it.name.as_deref().zip(it.city.as_deref()));
    let groups = [
        groups_of(shared),
        groups_of(phones),
        groups_of(homes.map(Option::into_iter)),
    ];
    for group in groups.iter().flatten() {
        take_pairs(group, bounds, likely, &mut found.pairs);
    }
    let spellings = subjects.iter().map(|subject| {
        let of = subject.emails.iter();
        let all: BTreeSet<u64> = of.flat_map(|it| spelling::spellings(it)).collect();
        all.into_iter()
    });
    let mut alike = BTreeSet::new();
    for group in groups_of(spellings) {
        take_pairs(&group, bounds, likely, &mut alike);
    }
    let is_near = |&(left, right): &(usize, usize)| {
        let emails = |index: usize| &subjects[index].emails;
        let near = |a: &String| emails(right).iter().any(|b| spelling::is_near(a, b));
        emails(left).iter().any(near)
    };
    found.near = alike.into_iter().filter(is_near).collect();
    for pair in &found.near {
        take_pair(*pair, bounds, likely, &mut found.pairs);
    }
    found
}

/// Those who share a value, value by value, as indexes; who shares none is in no group.
fn groups_of<T: Ord, V: Iterator<Item = T>>(values: impl Iterator<Item = V>) -> Vec<Vec<usize>> {
    let held = values.enumerate();
    let held = held.flat_map(|(index, values)| values.map(move |it| (it, index)));
    let mut held: Vec<(T, usize)> = held.collect();
    held.sort_unstable();
    let groups = held.chunk_by(|a, b| a.0 == b.0);
    let groups = groups.filter(|them| them.len() > 1);
    groups
        .map(|them| them.iter().map(|it| it.1).collect())
        .collect()
}

fn take_pairs(
    group: &[usize],
    bounds: Bounds,
    likely: &mut Likely,
    pairs: &mut BTreeSet<(usize, usize)>,
) {
    if group.len() > bounds.group_max {
        likely.groups_left_out += 1;
        return;
    }
    for (at, left) in group.iter().enumerate() {
        for right in &group[at + 1..] {
            take_pair((*left, *right), bounds, likely, pairs);
        }
    }
}

fn take_pair(
    pair: (usize, usize),
    bounds: Bounds,
    likely: &mut Likely,
    pairs: &mut BTreeSet<(usize, usize)>,
) {
    if pairs.len() < bounds.pairs_max {
        pairs.insert(pair);
    } else if !pairs.contains(&pair) {
        likely.is_cut = true;
    }
}

#[cfg(test)]
mod tests;
