//! Words that come together, as groups.

use std::collections::BTreeMap;

use super::Term;

/// Two words in fewer texts than this have met by accident.
const TOGETHER_MIN: u64 = 2;
/// Groups whose words come together less than this on average stay apart.
const LIKENESS_MIN: f64 = 0.12;
/// Words of one topic.
const MEMBERS_MAX: usize = 12;

/// Groups of words, each with its heaviest first. A word that comes with no other is a group of its own.
pub(super) fn clusters(
    terms: &[Term],
    found: &[Vec<usize>],
    texts: &[(&str, u64)],
    all: u64,
) -> Vec<Vec<usize>> {
    let count = terms.len();
    // The sum of likenesses between the members of two groups.
    let mut sums = likeness(terms, found, texts, all);
    let mut groups: Vec<Vec<usize>> = (0..count).map(|it| vec![it]).collect();
    let mut is_there = vec![true; count];
    loop {
        let mut best: Option<(f64, usize, usize)> = None;
        for a in (0..count).filter(|it| is_there[*it]) {
            for b in (a + 1..count).filter(|it| is_there[*it]) {
                let size = groups[a].len() * groups[b].len();
                if groups[a].len() + groups[b].len() > MEMBERS_MAX {
                    continue;
                }
                let mean = sums[a][b] / size as f64;
                if mean >= LIKENESS_MIN && best.is_none_or(|it| mean > it.0) {
                    best = Some((mean, a, b));
                }
            }
        }
        let Some((_, a, b)) = best else { break };
        let mut taken = std::mem::take(&mut groups[b]);
        groups[a].append(&mut taken);
        is_there[b] = false;
        for other in 0..count {
            let more = sums[other.min(b)][other.max(b)];
            if other != a && other != b {
                sums[other.min(a)][other.max(a)] += more;
            }
        }
    }
    let mut list: Vec<Vec<usize>> = groups.into_iter().filter(|it| !it.is_empty()).collect();
    for members in &mut list {
        // Terms are in the order of how much they say.
        members.sort_unstable();
    }
    list.sort_unstable();
    list
}

/// By two words, the lower first: 0 where they come together no more than by chance, 1 where they always do.
fn likeness(
    terms: &[Term],
    found: &[Vec<usize>],
    texts: &[(&str, u64)],
    all: u64,
) -> Vec<Vec<f64>> {
    let mut together: BTreeMap<(usize, usize), u64> = BTreeMap::new();
    for (found, (_, times)) in found.iter().zip(texts) {
        for (index, a) in found.iter().enumerate() {
            for b in &found[index + 1..] {
                *together.entry((*a.min(b), *a.max(b))).or_default() += times;
            }
        }
    }
    let mut likeness = vec![vec![0.0; terms.len()]; terms.len()];
    let all = all as f64;
    for ((a, b), times) in together {
        if times < TOGETHER_MIN {
            continue;
        }
        let share = times as f64 / all;
        let by_chance = terms[a].texts as f64 / all * (terms[b].texts as f64 / all);
        let informed = (share / by_chance).ln() / -share.ln();
        likeness[a][b] = informed.clamp(0.0, 1.0);
    }
    likeness
}
