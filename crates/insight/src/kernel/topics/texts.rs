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
            if !self.condition.holds(event, place) {
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
            range,
        };
        // A log may have very many texts, of which a thread sees few.
        let begin = HashMap::<usize, Written>::new;
        let states = scan(view.snapshot, view.cancel, begin, |seen, rows| {
            reader.visit(rows, |text, at| {
                let written = seen.entry(text).or_default();
                written.marked.add(rows.profile);
                written.last = at.max(written.last);
            });
        })?;
        let mut seen = vec![Written::default(); list.len()];
        for (text, own) in states.into_iter().flatten() {
            seen[text].marked.merge(&own.marked);
            seen[text].last = own.last.max(seen[text].last);
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

/// What one thread has seen of all texts, or all of them.
struct Tally {
    all: Marked,
    untold: Marked,
    trend: Vec<u64>,
    topics: Vec<TopicTally>,
}

#[derive(Clone)]
struct TopicTally {
    marked: Marked,
    trend: Vec<u64>,
    people: Vec<ProfileId>,
}

impl Tally {
    fn new(topics_count: usize, points_count: usize) -> Self {
        let topic = TopicTally {
            marked: Marked::default(),
            trend: vec![0; points_count],
            people: Vec::new(),
        };
        Self {
            all: Marked::default(),
            untold: Marked::default(),
            trend: vec![0; points_count],
            topics: vec![topic; topics_count],
        }
    }

    fn add(&mut self, profile: ProfileId, topic: Option<usize>, point: Option<usize>) {
        self.all.add(profile);
        if let Some(point) = point {
            self.trend[point] += 1;
        }
        let Some(topic) = topic else {
            return self.untold.add(profile);
        };
        let topic = &mut self.topics[topic];
        if topic.marked.is_new(profile) {
            topic.people.push(profile);
        }
        topic.marked.add(profile);
        if let Some(point) = point {
            topic.trend[point] += 1;
        }
    }

    fn merge(&mut self, other: Self) {
        self.all.merge(&other.all);
        self.untold.merge(&other.untold);
        add(&mut self.trend, &other.trend);
        for (all, mut own) in self.topics.iter_mut().zip(other.topics) {
            all.marked.merge(&own.marked);
            all.people.append(&mut own.people);
            add(&mut all.trend, &own.trend);
        }
    }
}

fn add(all: &mut [u64], own: &[u64]) {
    for (all, own) in all.iter_mut().zip(own) {
        *all += own;
    }
}

impl Told {
    pub(super) fn of(view: &View<'_>, texts: &Texts<'_>) -> Result<Self, AskError> {
        let none = || Tally::new(texts.topics.len(), texts.points.len());
        let states = scan(view.snapshot, view.cancel, none, |tally, rows| {
            texts.reader.visit(rows, |text, at| {
                let point = texts.points.partition_point(|it| it.to.0 <= at);
                let point = Some(point).filter(|it| *it < texts.points.len());
                tally.add(rows.profile, texts.list[text].topic, point);
            });
        })?;
        let mut all = none();
        for state in states {
            all.merge(state);
        }
        Ok(Self {
            all: all.all.passes,
            untold: all.untold.passes,
            trend: all.trend,
            topics: (all.topics.into_iter())
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
