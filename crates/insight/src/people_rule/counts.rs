//! How many people satisfy a rule, and how much each of its conditions narrows.

use serde::Serialize;
use throughline_model::{Timestamp, people::PeopleRule};
use utoipa::ToSchema;

use super::Ready;
use crate::{
    ask::AskError,
    scan::{ProfileRows, scan},
    view::View,
};

/// A rule in numbers of profiles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RuleCounts {
    /// Who has any event in the log.
    pub everybody: u64,
    /// Who satisfies the rule.
    pub people: u64,
    /// Each condition and each group of conditions, the rule itself left out, as they are written.
    pub conditions: Vec<ConditionCount>,
}

/// One condition of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConditionCount {
    /// Where it stands in the rule, like `all[0].did`.
    pub place: String,
    /// Who satisfies it, whatever the others say.
    pub people: u64,
    /// Who would satisfy the rule without it; only told of the parts of an outermost `all`.
    pub without: Option<u64>,
}

/// Counts who satisfies a rule and each of its conditions, in one walk.
pub fn count_people(
    view: &View<'_>,
    rule: &PeopleRule,
    now: Timestamp,
) -> Result<RuleCounts, AskError> {
    let ready = Ready::checked(view, rule, now)?;
    let mut places = Vec::new();
    list(rule, "", &mut places);
    let parts = match rule {
        PeopleRule::All(rules) => rules.iter().map(size).collect(),
        _ => Vec::new(),
    };
    let begin = || Tally::new(places.len(), parts.len());
    let states = scan(view.snapshot, view.cancel, begin, |tally, rows| {
        tally.add(&ready, rows, &parts);
    })?;
    let mut sum = Tally::new(places.len(), parts.len());
    states.iter().for_each(|state| sum.merge(state));
    let mut without = vec![None; places.len()];
    let mut at = 1;
    for (part, alone) in parts.iter().zip(&sum.failed_alone) {
        without[at] = Some(sum.holding[0] + alone);
        at += part;
    }
    let counted = places.into_iter().zip(&sum.holding).zip(without).skip(1);
    Ok(RuleCounts {
        everybody: sum.everybody,
        people: sum.holding[0],
        conditions: counted
            .map(|((place, people), without)| ConditionCount {
                place,
                people: *people,
                without,
            })
            .collect(),
    })
}

struct Tally {
    everybody: u64,
    /// Per condition, the rule itself first.
    holding: Vec<u64>,
    /// Per part of the outermost `all` those who satisfy all parts but it.
    failed_alone: Vec<u64>,
    /// What one profile satisfies.
    holds: Vec<bool>,
}

impl Tally {
    fn new(conditions: usize, parts: usize) -> Self {
        Self {
            everybody: 0,
            holding: vec![0; conditions],
            failed_alone: vec![0; parts],
            holds: Vec::with_capacity(conditions),
        }
    }

    fn add(&mut self, ready: &Ready<'_>, rows: &ProfileRows<'_>, parts: &[usize]) {
        self.everybody += 1;
        self.holds.clear();
        ready.mark(rows, &mut self.holds);
        for (count, holds) in self.holding.iter_mut().zip(&self.holds) {
            *count += u64::from(*holds);
        }
        let mut failed = None;
        let mut at = 1;
        for (index, part) in parts.iter().enumerate() {
            if !self.holds[at] {
                if failed.is_some() {
                    return;
                }
                failed = Some(index);
            }
            at += part;
        }
        if let Some(index) = failed {
            self.failed_alone[index] += 1;
        }
    }

    fn merge(&mut self, other: &Self) {
        self.everybody += other.everybody;
        let lists = [
            (&mut self.holding, &other.holding),
            (&mut self.failed_alone, &other.failed_alone),
        ];
        for (own, others) in lists {
            for (count, more) in own.iter_mut().zip(others) {
                *count += more;
            }
        }
    }
}

impl Ready<'_> {
    /// Notes of each condition whether it holds, in the order in which they are written.
    fn mark(&self, rows: &ProfileRows<'_>, holds: &mut Vec<bool>) -> bool {
        let at = holds.len();
        holds.push(false);
        // Each part is asked, also where the answer is known, as each is counted.
        let value = match self {
            Self::All(rules) => {
                let failing = rules.iter().filter(|rule| !rule.mark(rows, holds)).count();
                failing == 0
            }
            Self::Any(rules) => {
                let holding = rules.iter().filter(|rule| rule.mark(rows, holds)).count();
                holding > 0
            }
            Self::Not(rule) => !rule.mark(rows, holds),
            one => one.holds(rows),
        };
        holds[at] = value;
        value
    }
}

/// The place of each condition, in the order of [`Ready::mark`]; the rule itself has none.
fn list(rule: &PeopleRule, place: &str, places: &mut Vec<String>) {
    let at = |inner: String| match place {
        "" => inner,
        place => format!("{place}.{inner}"),
    };
    let name = match rule {
        PeopleRule::All(rules) | PeopleRule::Any(rules) => {
            places.push(place.to_owned());
            let group = match rule {
                PeopleRule::All(_) => "all",
                _ => "any",
            };
            for (index, rule) in rules.iter().enumerate() {
                list(rule, &at(format!("{group}[{index}]")), places);
            }
            return;
        }
        PeopleRule::Not(rule) => {
            places.push(place.to_owned());
            return list(rule, &at("not".to_owned()), places);
        }
        PeopleRule::Did(_) => "did",
        PeopleRule::InOrder(_) => "in_order",
        PeopleRule::Stage(_) => "stage",
        PeopleRule::Listed(_) => "listed",
        PeopleRule::Trait(_) => "trait",
        PeopleRule::Account(_) => "account",
        PeopleRule::Consent(_) => "consent",
        PeopleRule::Segment(_) => "segment",
    };
    places.push(at(name.to_owned()));
}

/// Count of conditions and groups in a rule, itself included.
fn size(rule: &PeopleRule) -> usize {
    let mut places = Vec::new();
    list(rule, "", &mut places);
    places.len()
}
