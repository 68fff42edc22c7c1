//! A rule about people, asked of one profile's rows: whether it holds, and until when it cannot be otherwise.
//!
//! The twin of [`people_who`](super::people_who), for the few profiles that something has happened to.

use std::collections::{BTreeMap, HashMap};

use throughline_model::{
    ProfileId, Span, Test, Timestamp, Value,
    consent::{ConsentIs, ConsentPolicy},
    people::{Did, InOrder, PeopleRule, Times},
    report::{Days, Range},
    segment::SegmentDefinition,
};
use throughline_store::ProfileSet;

use super::{at_rows::AtRows, stage_after};
use crate::{
    accounts::AccountTraits,
    ask::AskError,
    codes::Codes,
    rule::Condition,
    scan::{ProfileRows, scan},
    view::View,
};

/// What a rule says of one profile at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub holds: bool,
    /// The next moment at which it may be otherwise though nothing happens; none when there is none.
    pub until: Option<Timestamp>,
}

/// What is known of profiles besides their rows: values by trait and profile.
pub type TraitValues = BTreeMap<String, HashMap<u32, Value>>;

/// What is known of profiles and of accounts.
struct Told<'v> {
    values: &'v TraitValues,
    accounts: &'v AccountTraits,
}

/// A rule made ready for one snapshot, to be asked of one profile at a time.
pub struct RowRule<'v>(Node<'v>);

enum Node<'v> {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Did {
        fits: Condition,
        within: Option<Range>,
        times: Times,
    },
    InOrder {
        steps: Vec<Condition>,
        within: Option<Span>,
    },
    Stage {
        entries: &'v Codes,
        code: u16,
    },
    Among(ProfileSet),
    Trait {
        values: Option<&'v HashMap<u32, Value>>,
        test: Test,
    },
    Account(AtRows<'v>),
    Consent {
        /// Who has denied it, and who has granted it.
        values: Option<&'v HashMap<u32, Value>>,
        consent: ConsentIs,
        policy: &'v ConsentPolicy,
    },
}

impl<'v> RowRule<'v> {
    /// Makes a sound rule ready; what the segments that it names say is taken from the snapshot.
    pub fn new(
        view: &'v View<'_>,
        rule: &PeopleRule,
        values: &'v TraitValues,
        accounts: &'v AccountTraits,
    ) -> Result<Self, AskError> {
        Node::new(view, rule, &Told { values, accounts }).map(Self)
    }

    /// Whether the rule holds for a profile at a moment, and until when.
    pub fn stands(&self, rows: &ProfileRows<'_>, now: Timestamp) -> Standing {
        self.0.stands(rows, now)
    }

    /// Asks of every profile, in one walk.
    pub fn stand_all(
        &self,
        view: &View<'_>,
        now: Timestamp,
    ) -> Result<Vec<(ProfileId, Standing)>, AskError> {
        let states = scan(view.snapshot, view.cancel, Vec::new, |found, rows| {
            let standing = self.stands(rows, now);
            // Who is out for good need not be remembered.
            if standing.holds || standing.until.is_some() {
                found.push((rows.profile, standing));
            }
        })?;
        let mut all = states.concat();
        all.sort_unstable_by_key(|it| it.0);
        Ok(all)
    }
}

impl<'v> Node<'v> {
    fn new(view: &'v View<'_>, rule: &PeopleRule, told: &Told<'v>) -> Result<Self, AskError> {
        let list = |rules: &[PeopleRule]| -> Result<Vec<Self>, AskError> {
            rules.iter().map(|it| Self::new(view, it, told)).collect()
        };
        let among = |actors: &[throughline_model::ActorId]| {
            Self::Among(actors.iter().map(|it| view.snapshot.root(it.0)).collect())
        };
        Ok(match rule {
            PeopleRule::All(rules) => Self::All(list(rules)?),
            PeopleRule::Any(rules) => Self::Any(list(rules)?),
            PeopleRule::Not(rule) => Self::Not(Box::new(Self::new(view, rule, told)?)),
            PeopleRule::Did(did) => Self::did(view, did)?,
            PeopleRule::InOrder(order) => Self::in_order(view, order)?,
            PeopleRule::Stage(stage) => {
                match view
                    .vocabulary
                    .stages
                    .iter()
                    .position(|it| it.id == stage.id)
                {
                    Some(index) => Self::Stage {
                        entries: view.stage_entries()?,
                        code: u16::try_from(index + 1).expect("the limit of stages lies below 2^8"),
                    },
                    // A stage that was taken out of the vocabulary is one that nobody is in.
                    None => Self::Any(Vec::new()),
                }
            }
            PeopleRule::Listed(actors) => among(actors),
            PeopleRule::Trait(it) => Self::Trait {
                values: told.values.get(&it.name),
                test: it.test.clone(),
            },
            PeopleRule::Account(it) => {
                let asked = (it.account_type.clone(), it.name.clone());
                Self::Account(AtRows::new(view, it, told.accounts.get(&asked))?)
            }
            PeopleRule::Consent(it) => Self::Consent {
                values: told.values.get(&it.column()),
                consent: it.clone(),
                policy: &view.snapshot.known.consent,
            },
            PeopleRule::Segment(segment) => match view.snapshot.known.segments.get(&segment.id) {
                Some(SegmentDefinition::Rule(rule)) => Self::new(view, rule, told)?,
                Some(SegmentDefinition::Listed(actors)) => among(actors),
                None => Self::Any(Vec::new()),
            },
        })
    }

    fn did(view: &View<'_>, did: &Did) -> Result<Self, AskError> {
        Ok(Self::Did {
            fits: view.matcher(&did.matcher)?,
            within: did.within.clone(),
            times: did.times,
        })
    }

    fn in_order(view: &View<'_>, order: &InOrder) -> Result<Self, AskError> {
        let steps = order.steps.iter().map(|it| view.matcher(it));
        Ok(Self::InOrder {
            steps: steps.collect::<Result<_, _>>()?,
            within: order.within,
        })
    }

    fn stands(&self, rows: &ProfileRows<'_>, now: Timestamp) -> Standing {
        let forever = |holds| Standing { holds, until: None };
        match self {
            Self::All(rules) => together(rules, rows, now, |each| each.iter().all(|it| it.holds)),
            Self::Any(rules) => together(rules, rows, now, |each| each.iter().any(|it| it.holds)),
            Self::Not(rule) => {
                let inner = rule.stands(rows, now);
                Standing {
                    holds: !inner.holds,
                    ..inner
                }
            }
            Self::Did {
                fits,
                within,
                times,
            } => {
                let done = (0..rows.len())
                    .filter(|index| fits.holds(rows.event[*index], rows.place(*index)));
                let done: Vec<i64> = done.map(|index| rows.time[index]).collect();
                match within {
                    Some(Range {
                        days: Days::Last(span),
                        ..
                    }) => lately(&done, *span, *times, now),
                    Some(range) => {
                        let range = range.resolve(now);
                        let inside = done.iter().filter(|it| range.contains(Timestamp(**it)));
                        forever(times.holds(inside.count()))
                    }
                    None => forever(times.holds(done.len())),
                }
            }
            Self::InOrder { steps, within } => forever(has_order(steps, *within, rows)),
            Self::Stage { entries, code } => forever(stage_after(entries, rows) == *code),
            Self::Among(profiles) => forever(profiles.contains(rows.profile.0)),
            Self::Trait { values, test } => {
                let value = values.and_then(|it| it.get(&rows.profile.0));
                forever(test.holds(value))
            }
            Self::Account(accounts) => {
                forever((0..rows.len()).any(|index| accounts.holds(rows.place(index))))
            }
            Self::Consent {
                values,
                consent,
                policy,
            } => {
                let told = values.and_then(|it| it.get(&rows.profile.0));
                let is_denied = told.map(|it| *it == Value::Flag(true));
                forever(consent.holds(is_denied, policy))
            }
        }
    }
}

/// What several say together cannot change before one of them does.
fn together(
    rules: &[Node<'_>],
    rows: &ProfileRows<'_>,
    now: Timestamp,
    holds: impl Fn(&[Standing]) -> bool,
) -> Standing {
    let each: Vec<Standing> = rules.iter().map(|it| it.stands(rows, now)).collect();
    Standing {
        holds: holds(&each),
        until: each.iter().filter_map(|it| it.until).min(),
    }
}

/// How often something was done within a span that ends now, and when that will be right no longer.
///
/// An event counts from its own instant to the end of the span, both included.
fn lately(done: &[i64], span: Span, times: Times, now: Timestamp) -> Standing {
    let gone = |time: i64| time.saturating_add(span.0).saturating_add(1);
    let first = done.partition_point(|time| gone(*time) <= now.0);
    let next = done.partition_point(|time| *time <= now.0);
    let holds = times.holds(next.saturating_sub(first));
    let (mut first, mut next) = (first, next);
    loop {
        let leaves = done.get(first).map(|time| gone(*time));
        let comes = done.get(next).copied();
        let Some(moment) = leaves.into_iter().chain(comes).min() else {
            return Standing { holds, until: None };
        };
        first += done[first..].partition_point(|time| gone(*time) <= moment);
        next += done[next..].partition_point(|time| *time <= moment);
        if times.holds(next.saturating_sub(first)) != holds {
            return Standing {
                holds,
                until: Some(Timestamp(moment)),
            };
        }
    }
}

/// Whether the steps were done one after another.
///
/// Per count of steps the latest beginning of a way that has done them is kept: whoever began later
/// has more time left. Events of one instant may have come in any order, so from each count as many
/// further steps are done as different events of the instant can be given to.
fn has_order(steps: &[Condition], within: Option<Span>, rows: &ProfileRows<'_>) -> bool {
    let within = within.map_or(i64::MAX, |it| it.0);
    let mut begun: Vec<Option<i64>> = vec![None; steps.len() + 1];
    let mut start = 0;
    for instant in rows.time.chunk_by(|a, b| a == b) {
        let (time, indexes) = (instant[0], start..start + instant.len());
        start += instant.len();
        let fitting: Vec<Vec<usize>> = (steps.iter())
            .map(|step| {
                indexes
                    .clone()
                    .filter(|it| step.holds(rows.event[*it], rows.place(*it)))
                    .collect()
            })
            .collect();
        let before = begun.clone();
        for done in 0..steps.len() {
            let began = match done {
                0 => Some(time),
                done => before[done],
            };
            let Some(began) = began.filter(|it| time - it <= within) else {
                continue;
            };
            let mut givens = HashMap::new();
            for step in done..steps.len() {
                if !give(step, &fitting, &mut givens, &mut Vec::new()) {
                    break;
                }
                let known = &mut begun[step + 1];
                *known = (*known).max(Some(began));
            }
        }
    }
    begun[steps.len()].is_some()
}

/// Gives a step an event of its own, moving earlier steps to other events where that makes room.
fn give(
    step: usize,
    fitting: &[Vec<usize>],
    givens: &mut HashMap<usize, usize>,
    tried: &mut Vec<usize>,
) -> bool {
    for event in &fitting[step] {
        if tried.contains(event) {
            continue;
        }
        tried.push(*event);
        let holder = givens.get(event).copied();
        if holder.is_none_or(|holder| give(holder, fitting, givens, tried)) {
            givens.insert(*event, step);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests;
