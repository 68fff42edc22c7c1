//! Who was on the way, and when each candidate happened to them first.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use throughline_model::{Field, ProfileId, Value, drivers::Drivers, report::FilterWhen};
use throughline_predict::risk_set::{Exposed, OnTheWay};

use crate::{
    ask::{AskError, When},
    kernel::funnel::passage::{Passage, passages},
    labels::{Label, Labels, ranks},
    rule::Condition,
    scan::{ProfileRows, scan},
    view::View,
};

/// Everybody whose time is over.
pub(super) struct Ways {
    pub(super) people: Vec<OnTheWay>,
    /// By person.
    pub(super) profiles: Vec<ProfileId>,
    /// Profiles whose time is not over, sorted.
    pub(super) too_young: Vec<ProfileId>,
    pub(super) immature: u64,
    pub(super) candidates: Vec<Candidate>,
    /// Values that are too rare to be looked at.
    pub(super) capped: u64,
}

/// One value of a field.
pub(super) struct Candidate {
    pub(super) field: Field,
    pub(super) at_entry: bool,
    pub(super) label: Label,
    /// Each person with the moment from which it counts.
    pub(super) exposed: Vec<(u32, Exposed)>,
}

impl Candidate {
    /// True for the event of a step of the way, whose place in it is no finding.
    pub(super) fn is_step(&self, drivers: &Drivers) -> bool {
        let (Field::Event, Label::Value(Value::Text(name))) = (&self.field, &self.label) else {
            return false;
        };
        let steps = &drivers.funnel.steps[..=drivers.arrival()];
        let names = steps.iter().flat_map(|it| &it.matcher.events);
        !self.at_entry && names.into_iter().any(|it| it.as_str() == name)
    }
}

/// A field that is looked at.
struct Source<'v> {
    field: &'v Field,
    at_entry: bool,
    labels: Labels<'v>,
}

struct Look<'v> {
    sources: Vec<Source<'v>>,
    /// What an event has to be to set out with it.
    entry: Condition,
    /// Events that fail it are not there at all.
    filter: Option<Condition>,
    is_system: Vec<bool>,
}

/// What happened from the start, before any moment of the way.
const FROM_THE_START: i64 = -1;

impl Ways {
    pub(super) fn of(view: &View<'_>, drivers: &Drivers, when: &When) -> Result<Self, AskError> {
        let steps = (drivers.from, drivers.arrival());
        let all = passages(view, &drivers.funnel, steps, when)?;
        let (mature, young): (Vec<Passage>, Vec<Passage>) =
            all.into_iter().partition(|it| it.is_mature);
        let look = Look::new(view, drivers)?;
        let person_of: HashMap<u32, u32> = (mature.iter().zip(0_u32..))
            .map(|(it, person)| (it.profile.0, person))
            .collect();
        let kept = look.kept(view, &mature, &person_of)?;
        let found = scan(view.snapshot, view.cancel, Vec::new, |found, rows| {
            if let Some(person) = person_of.get(&rows.profile.0) {
                look.visit(rows, &mature[*person as usize], &mut |source, label, at| {
                    if let Some(candidate) = kept.places.get(&(source, label)) {
                        found.push((*candidate, *person, at));
                    }
                });
            }
        })?;
        let people: Vec<OnTheWay> = mature.iter().map(on_the_way).collect();
        let mut candidates: Vec<Candidate> = (kept.list.iter())
            .map(|(source, label)| Candidate {
                field: look.sources[*source].field.clone(),
                at_entry: look.sources[*source].at_entry,
                label: look.sources[*source].labels.value(*label),
                exposed: Vec::new(),
            })
            .collect();
        for (candidate, person, at) in found.into_iter().flatten() {
            let way = people[person as usize];
            candidates[candidate]
                .exposed
                .push((person, Exposed { at, way }));
        }
        // Threads see people in an order of their own, and sums of fractions would tell.
        for it in &mut candidates {
            it.exposed.sort_unstable_by_key(|it| it.0);
        }
        Ok(Self {
            profiles: mature.iter().map(|it| it.profile).collect(),
            people,
            immature: young.len() as u64,
            too_young: young.iter().map(|it| it.profile).collect(),
            candidates,
            capped: kept.capped,
        })
    }
}

fn on_the_way(passage: &Passage) -> OnTheWay {
    OnTheWay {
        until: passage.until - passage.begin,
        has_arrived: passage.has_arrived,
    }
}

/// The values that are looked at, with their places in the list.
struct Kept {
    list: Vec<(usize, u32)>,
    places: HashMap<(usize, u32), usize>,
    capped: u64,
}

impl<'v> Look<'v> {
    fn new(view: &'v View<'_>, drivers: &'v Drivers) -> Result<Self, AskError> {
        let after = drivers.fields.iter().map(|it| (it, false));
        let entry = drivers.entry_fields.iter().map(|it| (it, true));
        let source_of = |(field, at_entry)| -> Result<Source<'v>, AskError> {
            Ok(Source {
                field,
                at_entry,
                labels: Labels::of(view, field)?,
            })
        };
        Ok(Self {
            sources: after
                .chain(entry)
                .map(source_of)
                .collect::<Result<_, _>>()?,
            entry: view.matcher(&drivers.funnel.steps[drivers.from].matcher)?,
            filter: match &drivers.funnel.filter {
                Some(filter) if filter.when == FilterWhen::Before => {
                    Some(view.rule(Some(&filter.rule))?)
                }
                _ => None,
            },
            is_system: (view.snapshot.names.iter())
                .map(|(_, name)| name.is_system())
                .collect(),
        })
    }

    /// Shows each value that a person met on the way, once, with the first moment of it since setting out.
    fn visit(
        &self,
        rows: &ProfileRows<'_>,
        passage: &Passage,
        see: &mut impl FnMut(usize, u32, i64),
    ) {
        let mut first: BTreeMap<(usize, u32), i64> = BTreeMap::new();
        let mut at_entry: BTreeMap<usize, u32> = BTreeMap::new();
        // What happens at the very instant of setting out or arriving may have come before or after it.
        for index in rows.between(passage.begin, passage.until.max(passage.begin + 1)) {
            let (event, place) = (rows.event[index], rows.place(index));
            let is_there = (self.filter.as_ref()).is_none_or(|it| it.holds(event, place));
            if !is_there || self.is_system[usize::from(event)] {
                continue;
            }
            let at = rows.time[index] - passage.begin;
            let is_entry = at == 0 && self.entry.holds(event, place);
            for (source, it) in self.sources.iter().enumerate() {
                if it.at_entry != is_entry || !it.at_entry && at == 0 {
                    continue;
                }
                let label = it.labels.label(rows, index);
                if label == 0 {
                    continue;
                }
                if it.at_entry {
                    let least = at_entry.entry(source).or_insert(label);
                    *least = label.min(*least);
                } else {
                    first.entry((source, label)).or_insert(at);
                }
            }
        }
        for (source, label) in at_entry {
            see(source, label, FROM_THE_START);
        }
        for ((source, label), at) in first {
            see(source, label, at);
        }
    }

    /// The values of each field that most people met.
    fn kept(
        &self,
        view: &View<'_>,
        passages: &[Passage],
        person_of: &HashMap<u32, u32>,
    ) -> Result<Kept, AskError> {
        let none = || -> Vec<Vec<u64>> {
            (self.sources.iter())
                .map(|it| vec![0; it.labels.count()])
                .collect()
        };
        let counted = scan(view.snapshot, view.cancel, none, |counts, rows| {
            if let Some(person) = person_of.get(&rows.profile.0) {
                let passage = &passages[*person as usize];
                self.visit(rows, passage, &mut |source, label, _| {
                    counts[source][label as usize] += 1;
                });
            }
        })?;
        let mut sums = none();
        for counts in counted {
            for (sums, counts) in sums.iter_mut().zip(counts) {
                for (sum, count) in sums.iter_mut().zip(counts) {
                    *sum += count;
                }
            }
        }
        let mut kept = Kept {
            list: Vec::new(),
            places: HashMap::new(),
            capped: 0,
        };
        for (source, sums) in sums.iter().enumerate() {
            let ranked = ranks(sums, |_| true);
            kept.capped += ranked.capped;
            for label in ranked.kept {
                let name = (source, u32::try_from(label).expect("a label"));
                kept.places.insert(name, kept.list.len());
                kept.list.push(name);
            }
        }
        Ok(kept)
    }
}
