//! Who was on the way, and when each candidate happened to them first.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use throughline_model::{
    Field, ProfileId, Value,
    drivers::{DriverSource, Drivers},
};
use throughline_predict::risk_set::OnTheWay;

use crate::{
    ask::{AskError, When},
    kernel::funnel::passage::{Passage, passages},
    labels::{Label, Labels, numbered, ranks, trait_values},
    rule::Condition,
    scan::{ProfileRows, scan},
    view::View,
};

/// Everybody whose time is over.
pub(super) struct Ways {
    pub(super) people: Vec<OnTheWay>,
    /// By person.
    pub(super) profiles: Vec<ProfileId>,
    /// When each set out, by person.
    pub(super) begins: Vec<i64>,
    /// Profiles whose time is not over, sorted.
    pub(super) too_young: Vec<ProfileId>,
    pub(super) candidates: Vec<Candidate>,
    /// Values that are too rare to be looked at.
    pub(super) capped: u64,
}

/// One value of something.
pub(super) struct Candidate {
    pub(super) from: DriverSource,
    pub(super) label: Label,
    /// Each person with the moment from which it counts, sorted.
    pub(super) done: Vec<(u32, i64)>,
}

impl Candidate {
    /// True when people can do it or leave it after they have set out.
    pub(super) fn is_deed(&self) -> bool {
        matches!(self.from, DriverSource::OnTheWay(_))
    }

    /// True for the event of a step of the way, whose place in it is no finding.
    pub(super) fn is_step(&self, drivers: &Drivers) -> bool {
        let DriverSource::OnTheWay(Field::Event) = self.from else {
            return false;
        };
        let Label::Value(Value::Text(name)) = &self.label else {
            return false;
        };
        let steps = &drivers.steps[..=drivers.arrival()];
        let mut names = steps.iter().flat_map(|it| &it.matcher.events);
        names.any(|it| it.as_str() == name)
    }
}

/// A field of events that is looked at.
struct Source<'v> {
    from: DriverSource,
    is_of_entry: bool,
    labels: Labels<'v>,
}

struct Look<'v> {
    sources: Vec<Source<'v>>,
    /// What an event has to be to set out with it.
    entry: Condition,
    /// Events that fail it are not there at all.
    filter: Option<Condition>,
    /// Events on the way that fail it are not looked at.
    among: Option<Condition>,
    is_system: Vec<bool>,
}

/// What was so from the start, before any moment of the way.
pub(super) const FROM_THE_START: i64 = -1;

impl Ways {
    pub(super) fn of(view: &View<'_>, drivers: &Drivers, when: &When) -> Result<Self, AskError> {
        let steps = (drivers.from, drivers.arrival());
        let all = passages(view, &drivers.funnel(), steps, when)?;
        let (mature, young): (Vec<Passage>, Vec<Passage>) =
            all.into_iter().partition(|it| it.is_mature);
        let mut ways = Self {
            people: mature.iter().map(on_the_way).collect(),
            profiles: mature.iter().map(|it| it.profile).collect(),
            begins: mature.iter().map(|it| it.begin).collect(),
            too_young: young.iter().map(|it| it.profile).collect(),
            candidates: Vec::new(),
            capped: 0,
        };
        ways.meet(view, &Look::new(view, drivers)?, &mature)?;
        for name in &drivers.traits {
            ways.know(view, name);
        }
        Ok(ways)
    }

    /// Adds what people met on the way.
    fn meet(
        &mut self,
        view: &View<'_>,
        look: &Look<'_>,
        passages: &[Passage],
    ) -> Result<(), AskError> {
        let person_of: HashMap<u32, u32> = (passages.iter().zip(0_u32..))
            .map(|(it, person)| (it.profile.0, person))
            .collect();
        let kept = look.kept(view, passages, &person_of)?;
        let found = scan(view.snapshot, view.cancel, Vec::new, |found, rows| {
            if let Some(person) = person_of.get(&rows.profile.0) {
                look.visit(
                    rows,
                    &passages[*person as usize],
                    &mut |source, label, at| {
                        if let Some(candidate) = kept.places.get(&(source, label)) {
                            found.push((*candidate, *person, at));
                        }
                    },
                );
            }
        })?;
        let mut candidates: Vec<Candidate> = (kept.list.iter())
            .map(|(source, label)| Candidate {
                from: look.sources[*source].from.clone(),
                label: look.sources[*source].labels.value(*label),
                done: Vec::new(),
            })
            .collect();
        for (candidate, person, at) in found.into_iter().flatten() {
            candidates[candidate as usize].done.push((person, at));
        }
        // Threads see people in an order of their own, and sums of fractions would tell.
        for it in &mut candidates {
            it.done.sort_unstable();
        }
        self.candidates.append(&mut candidates);
        self.capped += kept.capped;
        Ok(())
    }

    /// Adds what is known of people.
    fn know(&mut self, view: &View<'_>, name: &str) {
        let values = trait_values(view, name);
        let told: Vec<(u32, &Value)> = (self.profiles.iter().zip(0_u32..))
            .filter_map(|(profile, person)| Some((person, values.get(&profile.0)?)))
            .collect();
        let (distinct, numbers) = numbered(told.iter().map(|it| it.1));
        let mut sums = vec![0; distinct.len()];
        numbers.iter().for_each(|it| sums[*it] += 1);
        let ranked = ranks(&sums, |_| true);
        self.capped += ranked.capped;
        let mut candidates: Vec<Candidate> = (ranked.kept.iter())
            .map(|value| Candidate {
                from: DriverSource::Trait(name.to_owned()),
                label: Label::Value(distinct[*value].clone()),
                done: Vec::new(),
            })
            .collect();
        for ((person, _), value) in told.iter().zip(&numbers) {
            if let Some(candidate) = candidates.get_mut(ranked.place_of[*value]) {
                candidate.done.push((*person, FROM_THE_START));
            }
        }
        self.candidates.append(&mut candidates);
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
    places: HashMap<(usize, u32), u32>,
    capped: u64,
}

impl<'v> Look<'v> {
    fn new(view: &'v View<'_>, drivers: &'v Drivers) -> Result<Self, AskError> {
        let mut sources = Vec::new();
        for from in drivers.sources() {
            let (field, is_of_entry) = match &from {
                DriverSource::OnTheWay(field) => (field, false),
                DriverSource::AtEntry(field) => (field, true),
                DriverSource::Trait(_) => continue,
            };
            sources.push(Source {
                labels: Labels::of(view, field)?,
                is_of_entry,
                from,
            });
        }
        Ok(Self {
            sources,
            entry: view.matcher(&drivers.steps[drivers.from].matcher)?,
            filter: match &drivers.filter {
                Some(rule) => Some(view.rule(Some(rule))?),
                None => None,
            },
            among: match &drivers.among {
                Some(rule) => Some(view.rule(Some(rule))?),
                None => None,
            },
            is_system: view.snapshot.names.quiet(),
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
            let is_among = (self.among.as_ref()).is_none_or(|it| it.holds(event, place));
            for (source, it) in self.sources.iter().enumerate() {
                let is_seen = match it.is_of_entry {
                    true => is_entry,
                    false => !is_entry && at > 0 && is_among,
                };
                if !is_seen {
                    continue;
                }
                let label = it.labels.label(rows, index);
                if label == 0 {
                    continue;
                }
                if it.is_of_entry {
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
                let place = u32::try_from(kept.list.len()).expect("few sources, each cut");
                kept.places.insert(name, place);
                kept.list.push(name);
            }
        }
        Ok(kept)
    }
}
