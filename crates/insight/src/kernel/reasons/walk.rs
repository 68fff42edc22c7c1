//! From a profile's rows to what it met on its way, and when first.

use hashbrown::HashMap;
use throughline_model::{
    ProfileId, Value,
    reasons::{Met, Reasons, Sign},
};
use throughline_predict::risk_set::OnTheWay;

use crate::{
    ask::{AskError, When},
    kernel::funnel::passage::{Passage, passages},
    labels::{Label, Labels},
    meetings::Meetings,
    quote::quotable,
    rule::Condition,
    scan::{ProfileRows, scan},
    view::View,
};

/// Everybody whose time is over, and what each met.
pub(super) struct Ways {
    /// By profile.
    pub(super) people: Vec<Person>,
    /// Profiles whose time is not over, sorted.
    pub(super) too_young: Vec<ProfileId>,
}

/// One who set out.
#[derive(Debug, PartialEq)]
pub(super) struct Person {
    pub(super) profile: ProfileId,
    pub(super) begin: i64,
    pub(super) way: OnTheWay,
    /// By reason, how long after setting out it was met.
    pub(super) met: Vec<Option<i64>>,
    /// Texts left on the way by who gave up, in order of time.
    pub(super) said: Vec<Said>,
}

/// A text that may be quoted.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Said {
    pub(super) at: i64,
    pub(super) text: String,
}

impl Person {
    /// How many reasons were met.
    pub(super) fn met_count(&self) -> usize {
        self.met.iter().flatten().count()
    }

    pub(super) fn has_met(&self, reason: usize) -> bool {
        self.met[reason].is_some()
    }
}

/// The definition made ready.
struct Walker<'v> {
    signs: Vec<Ready<'v>>,
    quotes: Vec<Labels<'v>>,
    meetings: Meetings<'v>,
}

enum Ready<'v> {
    Met {
        condition: Condition,
        times: usize,
        different: Option<Labels<'v>>,
        /// System events are met only where they are asked for by name.
        takes_system: bool,
    },
    Silence(i64),
}

/// How often a reason was met so far.
#[derive(Clone, Default)]
struct Seen {
    times: usize,
    labels: Vec<u32>,
    at: Option<i64>,
}

impl Ways {
    pub(super) fn of(view: &View<'_>, reasons: &Reasons, when: &When) -> Result<Self, AskError> {
        let steps = (0, reasons.steps.len() - 1);
        let all = passages(view, &reasons.funnel(), steps, when)?;
        let (mature, young): (Vec<Passage>, Vec<Passage>) =
            all.into_iter().partition(|it| it.is_mature);
        let person_of: HashMap<u32, usize> = (mature.iter().enumerate())
            .map(|(person, it)| (it.profile.0, person))
            .collect();
        let walker = Walker::new(view, reasons)?;
        let system: Vec<bool> = view.snapshot.names.quiet();
        let states = scan(view.snapshot, view.cancel, Vec::new, |people, rows| {
            if let Some(person) = person_of.get(&rows.profile.0) {
                people.push(walker.visit(rows, &mature[*person], &system));
            }
        })?;
        let mut people: Vec<Person> = states.into_iter().flatten().collect();
        people.sort_unstable_by_key(|it| it.profile);
        debug_assert_eq!(people.len(), mature.len());
        Ok(Self {
            people,
            too_young: young.iter().map(|it| it.profile).collect(),
        })
    }
}

impl<'v> Walker<'v> {
    fn new(view: &'v View<'_>, reasons: &Reasons) -> Result<Self, AskError> {
        let filter = reasons.filter.as_ref();
        let ready = |sign: &Sign| match sign {
            Sign::Silence(span) => Ok(Ready::Silence(span.0)),
            Sign::Met(Met {
                matcher,
                times,
                different,
            }) => Ok(Ready::Met {
                condition: view.narrowed(matcher, filter)?,
                times: *times as usize,
                different: match different {
                    Some(field) => Some(Labels::of(view, field)?),
                    None => None,
                },
                takes_system: !matcher.events.is_empty(),
            }),
        };
        Ok(Self {
            signs: (reasons.reasons.iter())
                .map(|it| ready(&it.sign))
                .collect::<Result<_, AskError>>()?,
            quotes: (reasons.quotes.iter())
                .map(|field| Labels::of(view, field))
                .collect::<Result<_, AskError>>()?,
            meetings: Meetings::new(view, reasons.contacts.as_ref(), filter)?,
        })
    }

    fn visit(&self, rows: &ProfileRows<'_>, passage: &Passage, is_system: &[bool]) -> Person {
        let mut seen = vec![Seen::default(); self.signs.len()];
        let mut said = Vec::new();
        let mut acts = vec![0];
        // What happens at the very instant of setting out or arriving may have come before or after it.
        for index in rows.between(passage.begin.saturating_add(1), passage.until) {
            let at = rows.time[index] - passage.begin;
            let (event, place) = (rows.event[index], rows.place(index));
            if (self.meetings.of(rows, index)).is_some_and(|it| !it.is_contact) {
                acts.push(at);
            }
            for (seen, sign) in seen.iter_mut().zip(&self.signs) {
                let Ready::Met {
                    condition,
                    times,
                    different,
                    takes_system,
                } = sign
                else {
                    continue;
                };
                let may_be = seen.at.is_none() && (*takes_system || !is_system[usize::from(event)]);
                if may_be && condition.holds(event, place) {
                    seen.count(different.as_ref().map(|it| it.label(rows, index)));
                    seen.at = (seen.times >= *times).then_some(at);
                }
            }
            if !passage.has_arrived && self.meetings.passes(rows, index) {
                said.extend(self.texts(rows, index).map(|text| Said { at, text }));
            }
        }
        let until = passage.until - passage.begin;
        let obstacle = seen.iter().filter_map(|it| it.at).min();
        let met = (self.signs.iter().zip(&seen))
            .map(|(sign, seen)| match sign {
                Ready::Met { .. } => seen.at,
                Ready::Silence(span) => silence(*span, &acts, until, obstacle),
            })
            .collect();
        // Events of one instant have no order of their own.
        said.sort_unstable();
        Person {
            profile: passage.profile,
            begin: passage.begin,
            way: OnTheWay {
                until,
                has_arrived: passage.has_arrived,
            },
            met,
            said,
        }
    }

    fn texts(&self, rows: &ProfileRows<'_>, index: usize) -> impl Iterator<Item = String> {
        self.quotes.iter().filter_map(
            move |labels| match labels.value(labels.label(rows, index)) {
                Label::Value(Value::Text(text)) => quotable(&text),
                _ => None,
            },
        )
    }
}

impl Seen {
    /// Counts an event, or a value that was not counted yet.
    fn count(&mut self, label: Option<u32>) {
        match label {
            None => self.times += 1,
            // Missing is not a value.
            Some(0) => {}
            Some(label) => {
                if !self.labels.contains(&label) {
                    self.labels.push(label);
                    self.times += 1;
                }
            }
        }
    }
}

/// When a pause between acts had first lasted for a span, unless something else was met by then.
fn silence(span: i64, acts: &[i64], until: i64, obstacle: Option<i64>) -> Option<i64> {
    let ends = acts.iter().skip(1).copied().chain([until]);
    let (_, end) = (acts.iter().zip(ends)).find_map(|(start, end)| {
        let at = start.saturating_add(span);
        (at <= end && at < until).then_some((*start, at))
    })?;
    obstacle.is_none_or(|it| it > end).then_some(end)
}
