//! A profile's events as a sequence of elements: event names, channels, touchpoints or steps.
//!
//! Events of one instant may have happened in any order. So that no answer depends on the order
//! of arrival, they are taken in the order of the elements, and an element twice in one instant
//! stays twice.

use std::ops::Range;

use serde::Serialize;
use throughline_model::{Channel, EventCode, Rule, Span, TimeRange, report::PathUnit};
use utoipa::ToSchema;

use crate::{
    ask::AskError,
    codes::Codes,
    rule::Condition,
    scan::ProfileRows,
    view::{Channels, View},
};

/// What a path is made of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct Element {
    /// Stands for the element when people are asked for.
    pub id: String,
    /// As it is shown.
    pub name: String,
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
}

enum CodesOf<'v> {
    Touchpoints(&'v Codes),
    Steps(Codes),
}

impl<'v> Elements<'v> {
    pub(crate) fn of(view: &'v View<'_>, unit: &PathUnit) -> Result<Self, AskError> {
        let names = &view.snapshot.names;
        Ok(match unit {
            PathUnit::Event => {
                let mut sorted: Vec<(&str, EventCode)> = (names.iter())
                    .filter(|(_, name)| !name.is_system())
                    .map(|(code, name)| (name.as_str(), code))
                    .collect();
                sorted.sort_unstable();
                let mut element_of = vec![0; names.len()];
                for ((_, code), element) in sorted.iter().zip(1..) {
                    element_of[usize::from(code.0)] = element;
                }
                let list = sorted
                    .into_iter()
                    .map(|(name, _)| element(name, name))
                    .collect();
                Self {
                    list,
                    source: Source::Names(element_of),
                }
            }
            PathUnit::Channel => {
                let is_taken = names.iter().map(|(_, name)| !name.is_system()).collect();
                let list = Channel::ALL
                    .map(|it| element(it.name(), it.name()))
                    .to_vec();
                Self {
                    list,
                    source: Source::Channels(view.channels()?, is_taken),
                }
            }
            PathUnit::Touchpoint => {
                let touchpoints = view.vocabulary.touchpoints.iter();
                let list = touchpoints.map(|it| element(&it.id, &it.name)).collect();
                let codes = CodesOf::Touchpoints(view.touchpoints()?);
                Self {
                    list,
                    source: Source::Codes(codes),
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
                        element(&id, &step.name)
                    })
                    .collect();
                Self {
                    list,
                    source: Source::Codes(codes),
                }
            }
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
            Source::Codes(CodesOf::Touchpoints(codes)) => {
                u32::from(codes.of(event, rows.place(index)))
            }
            Source::Codes(CodesOf::Steps(codes)) => u32::from(codes.of(event, rows.place(index))),
        }
    }
}

fn element(id: &str, name: &str) -> Element {
    Element {
        id: id.to_owned(),
        name: name.to_owned(),
    }
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

/// Cuts profiles' rows into sequences.
pub(crate) struct Sequences<'v> {
    pub(crate) elements: Elements<'v>,
    filter: Condition,
    /// By event code, when names alone say what passes; else the filter is asked.
    passes: Option<Vec<bool>>,
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
        Ok(Self {
            elements: Elements::of(view, unit)?,
            passes: filter.by_name(),
            filter,
            range,
            pause_max,
        })
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
