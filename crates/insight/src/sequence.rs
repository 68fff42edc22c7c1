//! A profile's events as a sequence of elements: event names, channels, touchpoints, stages, steps or values of a field.
//!
//! Events of one instant may have happened in any order. So that no answer depends on the order
//! of arrival, they are taken in the order of the elements, and an element twice in one instant
//! stays twice.

use std::{collections::BTreeMap, ops::Range};

use serde::Serialize;
use throughline_model::{
    Channel, EventCode, Field, Matcher, Rule, Span, TimeRange, Value,
    report::{NamedMatcher, PathUnit},
};
use utoipa::ToSchema;

use crate::{
    ask::AskError,
    codes::Codes,
    labels::{Label, Labels, ranks},
    rule::Condition,
    scan::{ProfileRows, scan},
    view::{Channels, Sight, View},
};

/// What a path is made of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct Element {
    /// Stands for the element when people are asked for.
    pub id: String,
    /// As it is shown.
    pub name: String,
    /// True for the element that all values stand for which are not listed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_rest: bool,
}

impl Element {
    pub(crate) fn new(id: &str, name: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            is_rest: false,
        }
    }
}

/// Names by id.
pub(crate) struct Names<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Names<'a> {
    pub(crate) fn of(elements: impl IntoIterator<Item = &'a Element>) -> Self {
        let named = elements.into_iter();
        Self(named.map(|it| (it.id.as_str(), it.name.as_str())).collect())
    }

    /// All ids, in order.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &'a str> {
        self.0.keys().copied()
    }

    /// The id itself where nobody has named it.
    pub(crate) fn name<'b>(&self, id: &'b str) -> &'b str
    where
        'a: 'b,
    {
        self.0.get(id).copied().unwrap_or(id)
    }
}

/// Stages, and per row one more than the index of the one that it leads to; none stands for those of the vocabulary.
pub(crate) fn stages_of(
    view: &View<'_>,
    stages: Option<&[NamedMatcher]>,
) -> Result<(Vec<Element>, Codes), AskError> {
    let Some(stages) = stages else {
        let own = view.vocabulary.stages.iter();
        let elements = own.map(|it| Element::new(&it.id, &it.name)).collect();
        return Ok((elements, view.stage_entries()?.clone()));
    };
    let matchers: Vec<&Matcher> = stages.iter().map(|it| &it.matcher).collect();
    let elements = stages.iter().map(|it| Element::new(&it.name, &it.name));
    let codes = view.last_fit(&matchers, Sight::Touchpoints)?;
    Ok((elements.collect(), codes))
}

/// Which element each event is, if any.
pub(crate) struct Elements<'v> {
    list: Vec<Element>,
    source: Source<'v>,
}

enum Source<'v> {
    /// By event code one more than the element; 0 for system events.
    Names(Vec<u32>),
    Channels(&'v Channels, Vec<bool>),
    Codes(CodesOf<'v>),
    Values(ValuesOf<'v>),
}

enum CodesOf<'v> {
    Vocabulary(&'v Codes),
    Steps(Codes),
}

/// The values of a field as elements.
struct ValuesOf<'v> {
    labels: Labels<'v>,
    /// Per label one more than its element; 0 for events without the field.
    element_of: Vec<u32>,
    /// Per event code whether it is nothing that a customer did.
    is_system: Vec<bool>,
}

impl<'v> Elements<'v> {
    fn of(view: &'v View<'_>, unit: &PathUnit, range: TimeRange) -> Result<Self, AskError> {
        let names = &view.snapshot.names;
        Ok(match unit {
            PathUnit::Event => {
                let mut sorted: Vec<(&str, EventCode)> = (names.iter())
                    .filter(|(code, _)| !names.is_quiet(*code) && names.stands(*code))
                    .map(|(code, name)| (name.as_str(), code))
                    .collect();
                sorted.sort_unstable();
                let mut element_of = vec![0; names.len()];
                for ((_, code), element) in sorted.iter().zip(1..) {
                    element_of[usize::from(code.0)] = element;
                }
                let list = sorted
                    .into_iter()
                    .map(|(name, _)| Element::new(name, name))
                    .collect();
                Self {
                    list,
                    source: Source::Names(element_of),
                }
            }
            PathUnit::Channel => {
                let is_taken = names.quiet().iter().map(|is_quiet| !is_quiet).collect();
                let list = Channel::ALL
                    .map(|it| Element::new(it.name(), it.name()))
                    .to_vec();
                Self {
                    list,
                    source: Source::Channels(view.channels()?, is_taken),
                }
            }
            PathUnit::Touchpoint => {
                let touchpoints = view.vocabulary.touchpoints.iter();
                let list = touchpoints
                    .map(|it| Element::new(&it.id, &it.name))
                    .collect();
                let codes = CodesOf::Vocabulary(view.touchpoints()?);
                Self {
                    list,
                    source: Source::Codes(codes),
                }
            }
            PathUnit::Stage => {
                let stages = &view.vocabulary.stages;
                if stages.is_empty() {
                    let message = "is `stage`, and the vocabulary has none; add some to it";
                    return Err(AskError::fault("by", message));
                }
                Self {
                    list: stages
                        .iter()
                        .map(|it| Element::new(&it.id, &it.name))
                        .collect(),
                    source: Source::Codes(CodesOf::Vocabulary(view.stage_entries()?)),
                }
            }
            PathUnit::Steps(steps) => {
                let conditions = steps
                    .iter()
                    .map(|it| view.matcher(&it.matcher))
                    .collect::<Result<Vec<_>, _>>()?;
                let codes = CodesOf::Steps(Codes::first_fit(view, &conditions, None)?);
                let list = (steps.iter().enumerate())
                    .map(|(index, step)| {
                        let is_again = steps[..index].iter().any(|it| it.name == step.name);
                        let id = if is_again {
                            format!("{} ({})", step.name, index + 1)
                        } else {
                            step.name.clone()
                        };
                        Element::new(&id, &step.name)
                    })
                    .collect();
                Self {
                    list,
                    source: Source::Codes(codes),
                }
            }
            PathUnit::Field(field) => Self::values(view, field, range)?,
        })
    }

    fn values(view: &'v View<'_>, field: &Field, range: TimeRange) -> Result<Self, AskError> {
        let labels = Labels::of(view, field)?;
        let names = &view.snapshot.names;
        let is_system: Vec<bool> = names.quiet();
        let begin = || vec![0_u64; labels.count()];
        let counted = scan(view.snapshot, view.cancel, begin, |sums, rows| {
            for index in rows.between(range.from.0, range.to.0) {
                if !is_system[usize::from(rows.event[index])] {
                    sums[labels.label(rows, index) as usize] += 1;
                }
            }
        })?;
        let sums: Vec<u64> = (0..labels.count())
            .map(|label| counted.iter().map(|sums| sums[label]).sum())
            .collect();
        let ranks = ranks(&sums, |label| label != 0);
        // The order of values decides between events of one instant, so it is not that of how many there are.
        let mut kept = ranks.kept;
        kept.sort_unstable();
        let mut list: Vec<Element> = Vec::new();
        let mut element_of = vec![0; labels.count()];
        for label in kept {
            let value = labels.value(u32::try_from(label).expect("a label"));
            let name = match value {
                Label::Value(Value::Text(text)) => text,
                Label::Value(Value::Number(number)) => number.to_string(),
                Label::Value(Value::Flag(flag)) => flag.to_string(),
                Label::NotSet | Label::Rest => unreachable!("only values are kept"),
            };
            // A number may read like a text.
            let id = match list.iter().any(|it| it.id == name) {
                true => format!("{name} ({})", list.len() + 1),
                false => name.clone(),
            };
            list.push(Element::new(&id, &name));
            element_of[label] = u32::try_from(list.len()).expect("few are listed");
        }
        if ranks.capped > 0 {
            let id = "\u{2026}";
            list.push(Element {
                is_rest: true,
                ..Element::new(id, id)
            });
            let rest = u32::try_from(list.len()).expect("few are listed");
            for (sum, element) in sums.iter().zip(&mut element_of).skip(1) {
                if *sum > 0 && *element == 0 {
                    *element = rest;
                }
            }
        }
        Ok(Self {
            list,
            source: Source::Values(ValuesOf {
                labels,
                element_of,
                is_system,
            }),
        })
    }

    /// Every element, in the order that decides between events of one instant.
    pub(crate) fn list(&self) -> &[Element] {
        &self.list
    }

    /// The index of an element.
    pub(crate) fn index(&self, id: &str) -> Option<u32> {
        let index = self.list.iter().position(|it| it.id == id)?;
        Some(u32::try_from(index).expect("a list of elements is short"))
    }

    /// One more than the index of the element of every event of one name, 0 for none; `None` when its rows differ.
    fn by_name(&self, event: u16) -> Option<u32> {
        match &self.source {
            Source::Names(element_of) => element_of.get(usize::from(event)).copied(),
            Source::Channels(_, is_taken) => (!is_taken.get(usize::from(event))?).then_some(0),
            Source::Codes(CodesOf::Vocabulary(codes)) => codes.by_name(event).map(u32::from),
            Source::Codes(CodesOf::Steps(codes)) => codes.by_name(event).map(u32::from),
            Source::Values(values) => values.is_system.get(usize::from(event))?.then_some(0),
        }
    }

    /// One more than the index of an event's element, 0 for none.
    fn code(&self, rows: &ProfileRows<'_>, index: usize) -> u32 {
        let event = rows.event[index];
        match &self.source {
            Source::Names(element_of) => element_of.get(usize::from(event)).copied().unwrap_or(0),
            Source::Channels(channels, is_taken) => {
                if !is_taken.get(usize::from(event)).is_some_and(|taken| *taken) {
                    return 0;
                }
                let channel = channels.of(event, rows.channel[index], rows.place(index));
                u32::from(channel.code()) + 1
            }
            Source::Codes(CodesOf::Vocabulary(codes)) => {
                u32::from(codes.of(event, rows.place(index)))
            }
            Source::Codes(CodesOf::Steps(codes)) => u32::from(codes.of(event, rows.place(index))),
            Source::Values(values) => match values.is_system.get(usize::from(event)) {
                Some(false) => values.element_of[values.labels.label(rows, index) as usize],
                Some(true) | None => 0,
            },
        }
    }
}

/// Entries for every code that 16 bits can hold, so that looking one up needs no check.
const CODES: usize = 1 << 16;

fn table(
    view: &View<'_>,
    elements: &Elements<'_>,
    passes: Option<&[bool]>,
) -> Option<Box<[u16; CODES]>> {
    let mut table: Box<[u16; CODES]> = vec![0; CODES]
        .into_boxed_slice()
        .try_into()
        .expect("as many as codes");
    for (EventCode(code), _) in view.snapshot.names.iter() {
        if passes?[usize::from(code)] {
            table[usize::from(code)] = u16::try_from(elements.by_name(code)?).ok()?;
        }
    }
    Some(table)
}

/// The elements of one instant in their own order, which is how events of one instant are taken.
#[cold]
fn in_order(table: &[u16; CODES], events: &[u16]) -> Vec<u32> {
    let mut elements: Vec<u32> = (events.iter())
        .map(|event| u32::from(table[usize::from(*event)]))
        .filter(|code| *code != 0)
        .map(|code| code - 1)
        .collect();
    elements.sort_unstable();
    elements
}

/// One element of a profile's sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) time: i64,
    /// Index into the elements.
    pub(crate) element: u32,
    /// Number of the event among the profile's rows.
    pub(crate) row: u32,
}

/// Sees the parts of sequences, one sequence after the other, each in order.
pub(crate) trait SeeParts {
    fn start(&mut self, element: u32);
    /// One element of the sequence after another, so many milliseconds later.
    fn next(&mut self, from: u32, to: u32, time: i64);
    fn end(&mut self, element: u32);
}

/// A sequence as it is told part by part.
struct Telling<'s, S> {
    see: &'s mut S,
    pause_ms: i64,
    from: u32,
    /// When `from` was; [`BEFORE_ALL`] where nothing was so far.
    since: i64,
}

/// Longer ago than the longest pause.
const BEFORE_ALL: i64 = i64::MIN / 2;
/// Longer than any time between two events, and shorter than since [`BEFORE_ALL`].
const NO_PAUSE_MS: i64 = i64::MAX / 4;

impl<'s, S: SeeParts> Telling<'s, S> {
    fn new(see: &'s mut S, pause_max: Option<Span>) -> Self {
        Self {
            see,
            pause_ms: pause_max.map_or(NO_PAUSE_MS, |span| span.0.min(NO_PAUSE_MS)),
            from: 0,
            since: BEFORE_ALL,
        }
    }

    #[inline(always)]
    fn take(&mut self, element: u32, time: i64) {
        let after = time - self.since;
        if after <= self.pause_ms {
            self.see.next(self.from, element, after);
        } else {
            self.finish();
            self.see.start(element);
        }
        (self.from, self.since) = (element, time);
    }

    #[inline(always)]
    fn finish(&mut self) {
        if self.since != BEFORE_ALL {
            self.see.end(self.from);
        }
    }
}

/// Cuts profiles' rows into sequences.
pub(crate) struct Sequences<'v> {
    pub(crate) elements: Elements<'v>,
    filter: Condition,
    /// By event code, when names alone say what passes; else the filter is asked.
    passes: Option<Vec<bool>>,
    /// Per event code one more than the element of its events, when names alone say everything.
    table: Option<Box<[u16; CODES]>>,
    range: TimeRange,
    pause_max: Option<Span>,
}

impl<'v> Sequences<'v> {
    pub(crate) fn new(
        view: &'v View<'_>,
        unit: &PathUnit,
        filter: Option<&Rule>,
        range: TimeRange,
        pause_max: Option<Span>,
    ) -> Result<Self, AskError> {
        let filter = view.rule(filter)?;
        let elements = Elements::of(view, unit, range)?;
        let passes = filter.by_name();
        Ok(Self {
            table: table(view, &elements, passes.as_deref()),
            elements,
            passes,
            filter,
            range,
            pause_max,
        })
    }

    /// True when names alone say which element an event is, and whether it is one at all.
    pub(crate) fn is_by_name(&self) -> bool {
        self.table.is_some()
    }

    /// The element of every event of one name, where names alone say everything.
    #[inline(always)]
    pub(crate) fn element_by_name(&self, event: u16) -> Option<u32> {
        let code = self.table.as_ref()?[usize::from(event)];
        u32::from(code).checked_sub(1)
    }

    pub(crate) fn range(&self) -> TimeRange {
        self.range
    }

    /// True when so much time ends a sequence.
    pub(crate) fn is_pause(&self, time: i64) -> bool {
        self.pause_max.is_some_and(|most| time > most.0)
    }

    /// Shows each sequence of a profile, none of them empty. `items` is room that is used again.
    pub(crate) fn visit(
        &self,
        rows: &ProfileRows<'_>,
        items: &mut Vec<Item>,
        mut see: impl FnMut(&mut [Item]),
    ) {
        self.collect(
            rows,
            rows.between(self.range.from.0, self.range.to.0),
            items,
        );
        match self.pause_max {
            None if items.is_empty() => {}
            None => see(items),
            Some(pause_max) => items
                .chunk_by_mut(|before, after| after.time - before.time <= pause_max.0)
                .for_each(see),
        }
    }

    /// Shows the parts of each sequence of a profile. `items` is room that is used again.
    pub(crate) fn parts(
        &self,
        rows: &ProfileRows<'_>,
        items: &mut Vec<Item>,
        see: &mut impl SeeParts,
    ) {
        match &self.table {
            Some(table) => self.parts_by_name(table, rows, see),
            None => self.visit(rows, items, |sequence| {
                see.start(sequence[0].element);
                for two in sequence.windows(2) {
                    let time = two[1].time - two[0].time;
                    see.next(two[0].element, two[1].element, time);
                }
                see.end(sequence[sequence.len() - 1].element);
            }),
        }
    }

    /// The same in one pass over the columns, for the many reports that need no more.
    fn parts_by_name(&self, table: &[u16; CODES], rows: &ProfileRows<'_>, see: &mut impl SeeParts) {
        let within = rows.between(self.range.from.0, self.range.to.0);
        let (times, events) = (&rows.time[within.clone()], &rows.event[within]);
        let mut telling = Telling::new(see, self.pause_max);
        let mut index = 0;
        while index < times.len() {
            let time = times[index];
            if times.get(index + 1) != Some(&time) {
                let code = table[usize::from(events[index])];
                if code != 0 {
                    telling.take(u32::from(code) - 1, time);
                }
                index += 1;
                continue;
            }
            let count = times[index..].iter().take_while(|it| **it == time).count();
            for element in in_order(table, &events[index..index + count]) {
                telling.take(element, time);
            }
            index += count;
        }
        telling.finish();
    }

    fn collect(&self, rows: &ProfileRows<'_>, within: Range<usize>, items: &mut Vec<Item>) {
        items.clear();
        let mut is_tied = false;
        let mut last = i64::MIN;
        for index in within {
            let code = self.elements.code(rows, index);
            if code == 0 || !self.takes(rows, index) {
                continue;
            }
            let time = rows.time[index];
            is_tied |= time == last;
            last = time;
            let row = u32::try_from(index).expect("a profile has fewer than 2^32 rows");
            items.push(Item {
                time,
                element: code - 1,
                row,
            });
        }
        if is_tied {
            items
                .chunk_by_mut(|before, after| before.time == after.time)
                .for_each(|instant| instant.sort_by_key(|item| item.element));
        }
    }

    fn takes(&self, rows: &ProfileRows<'_>, index: usize) -> bool {
        let event = rows.event[index];
        match &self.passes {
            Some(passes) => passes.get(usize::from(event)).is_some_and(|passes| *passes),
            None => self.filter.holds(event, rows.place(index)),
        }
    }
}

#[cfg(test)]
mod tests;
