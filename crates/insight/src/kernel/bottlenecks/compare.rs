//! Each place against the range before, and each value of a field against its peers.

use std::collections::BTreeMap;

use throughline_model::{bottlenecks::Bottlenecks, limits};
use throughline_predict::{difference, difference::share_test, discoveries::false_discovery_rates};

use super::{
    Cell, HeldAgainst, Key, Opportunity, Passage, Spot, StageContrast, Tally, walk::Walker,
};

/// Shares of fewer say little.
const SMALL: u64 = 30;
/// Findings are listed with at most this share of false ones.
const FALSE_SHARE_MAX: f64 = 0.05;

/// The lists of an answer.
pub(super) struct Compared {
    pub(super) bottlenecks: Vec<StageContrast>,
    pub(super) strengths: Vec<StageContrast>,
    pub(super) opportunities: Vec<Opportunity>,
    pub(super) tests_count: u64,
    pub(super) too_small: u64,
    pub(super) capped: u64,
}

impl Compared {
    pub(super) fn of(
        walker: &Walker<'_>,
        report: &Bottlenecks,
        tally: &Tally,
        passages: &BTreeMap<Key, Passage>,
    ) -> Self {
        let spot = |key: &Key| Spot {
            stage: walker.stages[key.stage].clone(),
            by: (key.field.checked_sub(1)).map(|it| report.by[it].clone()),
            label: (key.field.checked_sub(1)).map(|it| walker.fields[it].value(key.label)),
        };
        let worth = |key: &Key| worth(passages, key);
        let (mut contrasts, mut too_small) = (Vec::new(), 0);
        let mut opportunities = Vec::new();
        for (key, own) in passages.iter().filter(|(key, _)| !key.is_before) {
            let before = Key {
                is_before: true,
                ..*key
            };
            let past = (walker.before).map(|_| {
                (
                    HeldAgainst::Past,
                    passages.get(&before).cloned().unwrap_or_default(),
                )
            });
            let peers = (key.field > 0).then(|| {
                let others = peers(tally, key).map(|(_, cell)| cell.clone());
                let mut all = Cell::default();
                others.for_each(|it| all.merge(it));
                (HeldAgainst::Peers, all.passage(own.value.is_some()))
            });
            for (against, other) in past.into_iter().chain(peers) {
                match contrast(own, &other) {
                    Some((chance, difference)) => contrasts.push(StageContrast {
                        people: difference * own.entered as f64,
                        value: worth(key).map(|it| it * difference * own.entered as f64),
                        interval: interval(own, &other),
                        spot: spot(key),
                        own: own.clone(),
                        false_share: 1.0,
                        is_sure: false,
                        against,
                        other,
                        difference,
                        chance,
                    }),
                    None => too_small += 1,
                }
            }
            opportunities.extend(opportunity(passages, key, own).map(|(best, behind)| {
                let people = behind * own.entered as f64;
                Opportunity {
                    spot: spot(key),
                    own: own.clone(),
                    best: walker.fields[key.field - 1].value(best.label),
                    best_passage: passages[&best].clone(),
                    value: worth(key).map(|it| it * people),
                    behind,
                    people,
                }
            }));
        }
        let shares =
            false_discovery_rates(&contrasts.iter().map(|it| it.chance).collect::<Vec<_>>());
        for (contrast, share) in contrasts.iter_mut().zip(shares) {
            contrast.false_share = share;
            contrast.is_sure = share <= FALSE_SHARE_MAX;
        }
        let tests_count = contrasts.len() as u64;
        let cost = |people: f64, value: Option<f64>| (value.unwrap_or(0.0).abs(), people.abs());
        // Sure ones first, then by money, then by people.
        contrasts.sort_by(|a, b| {
            let (one, other) = (cost(a.people, a.value), cost(b.people, b.value));
            let by_cost = (other.0.total_cmp(&one.0)).then(other.1.total_cmp(&one.1));
            b.is_sure.cmp(&a.is_sure).then(by_cost)
        });
        opportunities.sort_by(|a, b| {
            let (one, other) = (cost(a.people, a.value), cost(b.people, b.value));
            (other.0.total_cmp(&one.0)).then(other.1.total_cmp(&one.1))
        });
        let (mut strengths, mut bottlenecks): (Vec<StageContrast>, Vec<StageContrast>) =
            (contrasts.into_iter())
                .filter(|it| it.difference != 0.0)
                .partition(|it| it.difference > 0.0);
        let most = limits::BOTTLENECKS_LISTED_MAX;
        let capped = [bottlenecks.len(), strengths.len(), opportunities.len()]
            .map(|it| it.saturating_sub(most) as u64);
        bottlenecks.truncate(most);
        strengths.truncate(most);
        opportunities.truncate(most);
        Self {
            bottlenecks,
            strengths,
            opportunities,
            tests_count,
            too_small,
            capped: capped.iter().sum(),
        }
    }
}

/// The other values of a field at a stage.
fn peers<'t>(tally: &'t Tally, key: &Key) -> impl Iterator<Item = (&'t Key, &'t Cell)> {
    let (first, last) = (
        Key { label: 0, ..*key },
        Key {
            label: u32::MAX,
            ..*key
        },
    );
    let own = key.label;
    tally
        .range(first..=last)
        .filter(move |it| it.0.label != own)
}

/// What one who goes on from a place's stage brings, over everybody: a value of its own would be too small a sample.
fn worth(passages: &BTreeMap<Key, Passage>, key: &Key) -> Option<f64> {
    let everybody = Key {
        is_before: false,
        field: 0,
        label: 0,
        ..*key
    };
    let all = passages.get(&everybody)?;
    let value = all.value?;
    Some(match all.passed {
        0 => 0.0,
        passed => value / passed as f64,
    })
}

/// The chance and the size of a difference; none where either side is too small.
fn contrast(own: &Passage, other: &Passage) -> Option<(f64, f64)> {
    if own.entered < SMALL || other.entered < SMALL {
        return None;
    }
    let groups = [(own.passed, own.entered), (other.passed, other.entered)];
    // Where all or none go on, or hardly anybody does, nothing can be told apart.
    let chance = share_test(&groups).map_or(1.0, |it| it.p);
    Some((chance, share(own) - share(other)))
}

fn interval(own: &Passage, other: &Passage) -> throughline_predict::Interval {
    difference((own.passed, own.entered), (other.passed, other.entered), 1)
        .expect("neither side is empty")
}

/// The best of a value's peers, and how much more of its profiles go on.
fn opportunity(passages: &BTreeMap<Key, Passage>, key: &Key, own: &Passage) -> Option<(Key, f64)> {
    if key.field == 0 || own.entered < SMALL {
        return None;
    }
    let (first, last) = (
        Key { label: 0, ..*key },
        Key {
            label: u32::MAX,
            ..*key
        },
    );
    let peers = passages.range(first..=last);
    let large = peers.filter(|(it, passage)| it.label != key.label && passage.entered >= SMALL);
    let best = large.max_by(|a, b| {
        // Of equals the first.
        (share(a.1).total_cmp(&share(b.1))).then(b.0.cmp(a.0))
    });
    let (best, passage) = best?;
    let behind = share(passage) - share(own);
    (behind > 0.0).then_some((*best, behind))
}

fn share(passage: &Passage) -> f64 {
    passage.passed as f64 / passage.entered as f64
}
