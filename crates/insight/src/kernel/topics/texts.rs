//! The texts of the log, what each is about, and who wrote them.

use std::{cmp::Reverse, collections::BTreeMap};

use hashbrown::HashMap;
use throughline_model::{ProfileId, TimeRange, Timestamp, Value, topics::TopicsReport};
use throughline_predict::topics::{TEXTS_MAX, Topic, topics};

use crate::{
    ask::{AskError, When},
    calendar::{Point, points},
    extent::clipped,
    kernel::{
        funnel::Share,
        funnel::passage::{Passage, passages},
    },
    labels::{Label, Labels},
    passes::{Marked, Passes},
    quote::{Quote, quotable},
    rule::Condition,
    scan::{ProfileRows, scan},
    view::View,
};

/// Everything that was written, text by text.
pub(super) struct Texts<'v> {
    reader: Reader<'v>,
    /// The different texts.
    pub(super) list: Vec<Text>,
    /// By text, how often it was written.
    pub(super) seen: Vec<Written>,
    pub(super) topics: Vec<Topic>,
    /// Different texts that were not looked at, as there are too many.
    pub(super) capped: u64,
    pub(super) points: Vec<Point>,
}

/// One text.
pub(super) struct Text {
    /// As it is quoted.
    pub(super) text: String,
    pub(super) topic: Option<usize>,
}

/// How often a text was written.
#[derive(Clone, Copy, Default)]
pub(super) struct Written {
    marked: Marked,
    last: i64,
}

/// Finds the texts of a row.
struct Reader<'v> {
    fields: Vec<Labels<'v>>,
    /// By field and label one more than the number of the text; 0 for none.
    text_of: Vec<Vec<u32>>,
    condition: Condition,
    is_system: Vec<bool>,
    takes_system: bool,
    range: TimeRange,
}

impl Written {
    /// How often, and by how many.
    #[cfg(test)]
    pub(super) fn passes(&self) -> (u64, u64) {
        (self.marked.passes.times, self.marked.passes.profiles)
    }

    pub(super) fn quote(&self, text: &str) -> Quote {
        Quote {
            text: text.to_owned(),
            profiles: self.marked.passes.profiles,
            at: Timestamp(self.last),
        }
    }
}

impl Reader<'_> {
    /// Shows each text of a profile with its moment.
    fn visit(&self, rows: &ProfileRows<'_>, mut see: impl FnMut(usize, i64)) {
        for index in rows.between(self.range.from.0, self.range.to.0) {
            let (event, place) = (rows.event[index], rows.place(index));
            let may_be = self.takes_system || !self.is_system[usize::from(event)];
            if !may_be || !self.condition.holds(event, place) {
                continue;
            }
            for (labels, text_of) in self.fields.iter().zip(&self.text_of) {
                let label = labels.label(rows, index) as usize;
                if let Some(text) = text_of[label].checked_sub(1) {
                    see(text as usize, rows.time[index]);
                }
            }
        }
    }
}

impl<'v> Texts<'v> {
    pub(super) fn of(
        view: &'v View<'_>,
        report: &TopicsReport,
        when: &When,
    ) -> Result<Self, AskError> {
        let fields: Vec<Labels<'v>> = (report.fields.iter())
            .map(|field| Labels::of(view, field))
            .collect::<Result<_, AskError>>()?;
        let (list, text_of) = different(&fields);
        let range = clipped(view, when);
        let points = points(range, report.every.every(), &when.zone, when.now)
            .ok_or_else(|| AskError::fault("every", "is too short for the range"))?;
        let reader = Reader {
            fields,
            text_of,
            condition: view.narrowed(&report.events, report.filter.as_ref())?,
            is_system: view.snapshot.names.quiet(),
            takes_system: !report.events.events.is_empty(),
            range,
        };
        let begin = || vec![Written::default(); list.len()];
        let states = scan(view.snapshot, view.cancel, begin, |seen, rows| {
            reader.visit(rows, |text, at| {
                seen[text].marked.add(rows.profile);
                seen[text].last = at.max(seen[text].last);
            });
        })?;
        let mut seen = vec![Written::default(); list.len()];
        for state in states {
            for (all, own) in seen.iter_mut().zip(state) {
                all.marked.merge(&own.marked);
                all.last = own.last.max(all.last);
            }
        }
        view.cancel.check()?;
        let mut order: Vec<usize> = (0..list.len())
            .filter(|it| seen[*it].marked.passes.times > 0)
            .collect();
        order.sort_by_key(|it| (Reverse(seen[*it].marked.passes.times), *it));
        let capped = order.len().saturating_sub(TEXTS_MAX) as u64;
        order.truncate(TEXTS_MAX);
        let given: Vec<(&str, u64)> = (order.iter())
            .map(|it| (list[*it].as_str(), seen[*it].marked.passes.times))
            .collect();
        let found = topics(&given);
        let mut list: Vec<Text> = (list.into_iter())
            .map(|text| Text { text, topic: None })
            .collect();
        for (text, topic) in order.iter().zip(found.topic_of) {
            list[*text].topic = topic;
        }
        Ok(Self {
            reader,
            list,
            seen,
            topics: found.topics,
            capped,
            points,
        })
    }

    /// Who wrote a text that is wanted.
    pub(super) fn people(
        &self,
        view: &View<'_>,
        is_wanted: impl Fn(&Text) -> bool + Sync,
    ) -> Result<Vec<ProfileId>, AskError> {
        let states = scan(view.snapshot, view.cancel, Vec::new, |found, rows| {
            let mut is_in = false;
            self.reader
                .visit(rows, |text, _| is_in |= is_wanted(&self.list[text]));
            if is_in {
                found.push(rows.profile);
            }
        })?;
        let mut people = states.concat();
        people.sort_unstable();
        Ok(people)
    }
}

/// The different texts of several fields, and which one each label is.
fn different(fields: &[Labels<'_>]) -> (Vec<String>, Vec<Vec<u32>>) {
    let mut number_of: BTreeMap<String, u32> = BTreeMap::new();
    let texts = |labels: &Labels<'_>| -> Vec<Option<String>> {
        (0..labels.count())
            .map(
                |label| match labels.value(u32::try_from(label).expect("a label")) {
                    Label::Value(Value::Text(text)) => quotable(&text),
                    _ => None,
                },
            )
            .collect()
    };
    let by_field: Vec<Vec<Option<String>>> = fields.iter().map(texts).collect();
    for text in by_field.iter().flatten().flatten() {
        number_of.entry(text.clone()).or_insert(0);
    }
    for (number, (_, place)) in (1..).zip(&mut number_of) {
        *place = number;
    }
    let text_of = (by_field.iter())
        .map(|texts| {
            (texts.iter())
                .map(|it| it.as_ref().map_or(0, |it| number_of[it]))
                .collect()
        })
        .collect();
    (number_of.into_keys().collect(), text_of)
}

/// What was written of each topic, and when.
pub(super) struct Told {
    pub(super) all: Passes,
    pub(super) untold: Passes,
    pub(super) trend: Vec<u64>,
    pub(super) topics: Vec<Counted>,
}

/// What was written of one topic.
#[derive(Clone)]
pub(super) struct Counted {
    pub(super) passes: Passes,
    pub(super) trend: Vec<u64>,
    /// Who wrote, sorted.
    pub(super) people: Vec<ProfileId>,
}

#[derive(Clone)]
struct Tally {
    marked: Marked,
    trend: Vec<u64>,
    people: Vec<ProfileId>,
}

impl Tally {
    fn new(points_count: usize) -> Self {
        Self {
            marked: Marked::default(),
            trend: vec![0; points_count],
            people: Vec::new(),
        }
    }

    fn add(&mut self, profile: ProfileId, point: Option<usize>) {
        if self.marked.is_new(profile) {
            self.people.push(profile);
        }
        self.marked.add(profile);
        if let Some(point) = point {
            self.trend[point] += 1;
        }
    }

    fn merge(&mut self, mut other: Self) {
        self.marked.merge(&other.marked);
        self.people.append(&mut other.people);
        for (all, own) in self.trend.iter_mut().zip(other.trend) {
            *all += own;
        }
    }
}

impl Told {
    pub(super) fn of(view: &View<'_>, texts: &Texts<'_>) -> Result<Self, AskError> {
        let count = texts.topics.len();
        // One tally for each topic, then that of all and that of those without one.
        let none = || vec![Tally::new(texts.points.len()); count + 2];
        let states = scan(view.snapshot, view.cancel, none, |tallies, rows| {
            texts.reader.visit(rows, |text, at| {
                let point = texts.points.partition_point(|it| it.to.0 <= at);
                let point = Some(point).filter(|it| *it < texts.points.len());
                let topic = texts.list[text].topic.unwrap_or(count + 1);
                tallies[topic].add(rows.profile, point);
                tallies[count].add(rows.profile, point);
            });
        })?;
        let mut all = none();
        for state in states {
            for (all, own) in all.iter_mut().zip(state) {
                all.merge(own);
            }
        }
        let untold = all.pop().expect("it is there").marked.passes;
        let whole = all.pop().expect("it is there");
        Ok(Self {
            all: whole.marked.passes,
            untold,
            trend: whole.trend,
            topics: (all.into_iter())
                .map(|mut it| {
                    it.people.sort_unstable();
                    Counted {
                        passes: it.marked.passes,
                        trend: it.trend,
                        people: it.people,
                    }
                })
                .collect(),
        })
    }
}

/// Whose time on the way is over, and who arrived.
pub(super) struct Ways {
    has_arrived: HashMap<u32, bool>,
    /// When the first of them set out, and the last.
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) immature: u64,
}

impl Ways {
    /// None where the report has no way.
    pub(super) fn of(
        view: &View<'_>,
        report: &TopicsReport,
        when: &When,
    ) -> Result<Option<Self>, AskError> {
        let Some(funnel) = report.funnel() else {
            return Ok(None);
        };
        let all = passages(view, &funnel, (0, funnel.steps.len() - 1), when)?;
        let (mature, young): (Vec<Passage>, Vec<Passage>) =
            all.into_iter().partition(|it| it.is_mature);
        let begins = || mature.iter().map(|it| it.begin);
        Ok(Some(Self {
            first: begins().min().unwrap_or(0),
            last: begins().max().unwrap_or(0),
            immature: young.len() as u64,
            has_arrived: (mature.iter())
                .map(|it| (it.profile.0, it.has_arrived))
                .collect(),
        }))
    }

    pub(super) fn has_arrived(&self, profile: ProfileId) -> Option<bool> {
        self.has_arrived.get(&profile.0).copied()
    }

    pub(super) fn gave_up(&self) -> Share {
        let left = self.has_arrived.values().filter(|it| !**it).count();
        Share::of(left as u64, self.has_arrived.len() as u64)
    }

    /// How many of some gave up, and how many arrived.
    pub(super) fn among(&self, people: &[ProfileId]) -> (u64, u64) {
        let found = || people.iter().filter_map(|it| self.has_arrived(*it));
        let arrived = found().filter(|it| *it).count() as u64;
        (found().count() as u64 - arrived, arrived)
    }

    pub(super) fn people(&self, is_wanted: impl Fn(bool) -> bool) -> Vec<ProfileId> {
        let wanted = self.has_arrived.iter().filter(|it| is_wanted(*it.1));
        let mut people: Vec<ProfileId> = wanted.map(|it| ProfileId(*it.0)).collect();
        people.sort_unstable();
        people
    }
}
