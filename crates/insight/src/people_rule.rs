//! Rules about people: which profiles satisfy one at a moment, in one walk over the log.

mod at_rows;
mod counts;
mod membership;
mod overlap;
mod row;

use throughline_model::{
    Matcher, ProfileId, TimeRange, Timestamp, Value,
    consent::ConsentIs,
    people::{AccountTraitIs, Did, InOrder, PeopleRule, Times},
    report::{Entry, Funnel, FunnelStep, Range, Ties, Window},
    segment::{SegmentDefinition, named_faults},
};
use throughline_store::ProfileSet;

use crate::{
    accounts::{AccountValues, account_traits, members_of_accounts},
    ask::{AskError, When, no_purpose},
    codes::Codes,
    kernel::funnel,
    labels::trait_values,
    rule::Condition,
    scan::{ProfileRows, scan},
    select::ways::{FunnelPart, FunnelSelect},
    view::View,
};

pub use counts::{ConditionCount, RuleCounts, count_people};
pub use membership::{Membership, Move};
pub use overlap::{Overlap, overlap};
pub use row::{RowRule, Standing, TraitValues};

/// The profiles that satisfy a sound rule at `now`, sorted.
///
/// Whoever has no event in the log is nobody, also for a rule that asks for nothing.
pub fn people_who(
    view: &View<'_>,
    rule: &PeopleRule,
    now: Timestamp,
) -> Result<Vec<ProfileId>, AskError> {
    let ready = Ready::checked(view, rule, now)?;
    let states = scan(view.snapshot, view.cancel, Vec::new, |found, rows| {
        if ready.holds(rows) {
            found.push(rows.profile);
        }
    })?;
    let mut people = states.concat();
    people.sort_unstable();
    Ok(people)
}

/// A rule made ready for one snapshot, to be asked of one profile's rows at a time.
enum Ready<'v> {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Did {
        condition: Condition,
        range: TimeRange,
        times: Times,
    },
    Stage {
        entries: &'v Codes,
        code: u16,
    },
    Among(ProfileSet),
    /// What was told of profiles: a trait, or a consent.
    Told {
        told: ProfileSet,
        holding: ProfileSet,
        /// Whether it holds for those of whom nothing was told.
        is_otherwise: bool,
    },
    /// A segment, whose conditions are nobody else's to count.
    Segment(Box<Self>),
}

impl<'v> Ready<'v> {
    /// As [`Ready::new`], for a rule that may name segments which do not exist.
    fn checked(view: &'v View<'_>, rule: &PeopleRule, now: Timestamp) -> Result<Self, AskError> {
        let faults = named_faults(rule, "people", None, &view.snapshot.known.segments);
        if !faults.is_empty() {
            return Err(AskError::Faults(faults));
        }
        Self::new(view, rule, now)
    }

    fn new(view: &'v View<'_>, rule: &PeopleRule, now: Timestamp) -> Result<Self, AskError> {
        let list = |rules: &[PeopleRule]| -> Result<Vec<Self>, AskError> {
            rules.iter().map(|it| Self::new(view, it, now)).collect()
        };
        Ok(match rule {
            PeopleRule::All(rules) => Self::All(list(rules)?),
            PeopleRule::Any(rules) => Self::Any(list(rules)?),
            PeopleRule::Not(rule) => Self::Not(Box::new(Self::new(view, rule, now)?)),
            PeopleRule::Did(did) => Self::did(view, did, now)?,
            PeopleRule::InOrder(order) => Self::Among(in_order(view, order, now)?),
            PeopleRule::Stage(stage) => {
                let index = (view.vocabulary.stages.iter()).position(|it| it.id == stage.id);
                let index = index.ok_or_else(|| {
                    let message = format!("names the stage `{}`, which does not exist", stage.id);
                    AskError::fault("people", message)
                })?;
                Self::Stage {
                    entries: view.stage_entries()?,
                    code: u16::try_from(index + 1).expect("the limit of stages lies below 2^8"),
                }
            }
            PeopleRule::Listed(actors) => {
                Self::Among(actors.iter().map(|it| view.snapshot.root(it.0)).collect())
            }
            PeopleRule::Trait(it) => Self::told(view, &it.name, |value| it.test.holds(value)),
            PeopleRule::Account(it) => Self::account(view, it)?,
            PeopleRule::Consent(it) => Self::consent(view, it)?,
            PeopleRule::Segment(segment) => {
                let inner = match view.snapshot.known.segments.get(&segment.id) {
                    Some(SegmentDefinition::Rule(rule)) => Self::new(view, rule, now)?,
                    Some(SegmentDefinition::Listed(actors)) => {
                        Self::Among(actors.iter().map(|it| view.snapshot.root(it.0)).collect())
                    }
                    None => Self::Any(Vec::new()),
                };
                Self::Segment(Box::new(inner))
            }
        })
    }

    fn told(view: &View<'_>, name: &str, holds: impl Fn(Option<&Value>) -> bool) -> Self {
        let values = trait_values(view, name);
        let holding = values.iter().filter(|(_, value)| holds(Some(value)));
        Self::Told {
            holding: holding.map(|(profile, _)| *profile).collect(),
            told: values.keys().copied().collect(),
            is_otherwise: holds(None),
        }
    }

    fn account(view: &View<'_>, it: &AccountTraitIs) -> Result<Self, AskError> {
        let traits = account_traits(view, [it])?;
        let values: AccountValues = traits.into_values().next().unwrap_or_default();
        let passes = |id: &str| it.test.holds(values.get(id));
        let members = members_of_accounts(view, &it.account_type, passes)?;
        Ok(Self::Among(members))
    }

    fn consent(view: &View<'_>, it: &ConsentIs) -> Result<Self, AskError> {
        let policy = &view.snapshot.known.consent;
        if policy.purpose(&it.purpose).is_none() {
            return Err(AskError::fault("people", no_purpose(&it.purpose)));
        }
        Ok(Self::told(view, &it.column(), |denied| {
            let is_denied = denied.map(|it| *it == Value::Flag(true));
            it.holds(is_denied, policy)
        }))
    }

    fn did(view: &View<'_>, did: &Did, now: Timestamp) -> Result<Self, AskError> {
        let range = did.within.as_ref();
        Ok(Self::Did {
            condition: view.matcher(&did.matcher)?,
            range: range.map_or(TimeRange::ALL, |range| range.resolve(now)),
            times: did.times,
        })
    }

    fn holds(&self, rows: &ProfileRows<'_>) -> bool {
        match self {
            Self::All(rules) => rules.iter().all(|rule| rule.holds(rows)),
            Self::Any(rules) => rules.iter().any(|rule| rule.holds(rows)),
            Self::Not(rule) => !rule.holds(rows),
            Self::Did {
                condition,
                range,
                times,
            } => {
                let fits = |index: &usize| condition.holds(rows.event[*index], rows.place(*index));
                let fitting = rows.between(range.from.0, range.to.0).filter(fits);
                // One more than asked for decides, so the rest need not be looked at.
                let enough = match *times {
                    Times::AtLeast(times) => times as usize,
                    Times::AtMost(times) | Times::Exactly(times) => times as usize + 1,
                };
                times.holds(fitting.take(enough).count())
            }
            Self::Stage { entries, code } => stage_after(entries, rows) == *code,
            Self::Among(profiles) => profiles.contains(rows.profile.0),
            Self::Told {
                told,
                holding,
                is_otherwise,
            } => match told.contains(rows.profile.0) {
                true => holding.contains(rows.profile.0),
                false => *is_otherwise,
            },
            Self::Segment(inner) => inner.holds(rows),
        }
    }
}

/// The stage that a profile is in after its last event, one more than its index; at one instant the last wins.
fn stage_after(entries: &Codes, rows: &ProfileRows<'_>) -> u16 {
    let mut reached: Option<(i64, u16)> = None;
    for index in (0..rows.len()).rev() {
        let time = rows.time[index];
        if reached.is_some_and(|(at, _)| at != time) {
            break;
        }
        match entries.of(rows.event[index], rows.place(index)) {
            0 => {}
            code => reached = Some((time, reached.map_or(code, |(_, last)| last.max(code)))),
        }
    }
    reached.map_or(0, |(_, code)| code)
}

/// Who did the steps, as the funnel of the same steps says.
fn in_order(view: &View<'_>, order: &InOrder, now: Timestamp) -> Result<ProfileSet, AskError> {
    let step = |(index, matcher): (usize, &Matcher)| FunnelStep {
        name: index.to_string(),
        matcher: matcher.clone(),
        optional: false,
    };
    let range = Range::all();
    let when = When {
        range: range.resolve(now),
        zone: range.zone.clone(),
        now,
    };
    let steps = order.steps.iter().enumerate().map(step).collect();
    let window = order.within.map_or(Window::Unlimited, Window::Whole);
    let funnel = Funnel {
        entry: Entry::Best,
        ties: Ties::AnyOrder,
        ..Funnel::of_steps(range, steps, window)
    };
    let last = FunnelSelect {
        step: order.steps.len() - 1,
        part: FunnelPart::Reached,
        label: None,
        point: None,
        took: None,
    };
    let people = funnel::people(view, &funnel, &last, &when)?;
    Ok(people.into_iter().map(|it| it.0).collect())
}

#[cfg(test)]
mod tests;
