//! One axis: which places it has, and which of them an event lies in.

use std::collections::HashMap;

use throughline_model::{ProfileId, Timestamp, heatmap::HeatAxis};

use super::{
    HeatPlace,
    clock::{HOURS, WEEKDAYS},
};
use crate::{
    ask::AskError,
    labels::{Label, Labels, Lines},
    people_rule::people_who,
    rule::Condition,
    scan::{ProfileRows, scan},
    view::View,
};

/// An axis made ready.
pub(super) enum Axis<'v> {
    Hour,
    Weekday,
    Field(Labels<'v>, Lines),
    Steps(Vec<(String, Condition)>),
    /// Per profile a bit for each group that it is in.
    People(Vec<String>, HashMap<ProfileId, u32>),
}

impl<'v> Axis<'v> {
    /// `is_counted` says which events rank the values of a field.
    pub(super) fn new(
        view: &'v View<'_>,
        axis: &HeatAxis,
        now: Timestamp,
        is_counted: &(dyn Fn(&ProfileRows<'_>, usize) -> bool + Sync),
    ) -> Result<Self, AskError> {
        Ok(match axis {
            HeatAxis::Hour => Self::Hour,
            HeatAxis::Weekday => Self::Weekday,
            HeatAxis::Field(by) => {
                let labels = Labels::by(view, by)?;
                let sums = sums(view, &labels, is_counted)?;
                let lines = Lines::ranked(&labels, &sums);
                Self::Field(labels, lines)
            }
            HeatAxis::Steps(steps) => {
                let ready = |it: &throughline_model::report::NamedMatcher| {
                    Ok::<_, AskError>((it.name.clone(), view.matcher(&it.matcher)?))
                };
                Self::Steps(steps.iter().map(ready).collect::<Result<_, _>>()?)
            }
            HeatAxis::People(groups) => {
                let mut within: HashMap<ProfileId, u32> = HashMap::new();
                for (index, group) in groups.iter().enumerate() {
                    for profile in people_who(view, &group.rule, now)? {
                        *within.entry(profile).or_default() |= 1 << index;
                    }
                }
                Self::People(groups.iter().map(|it| it.name.clone()).collect(), within)
            }
        })
    }

    /// How many places it has.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Hour => HOURS - 1,
            Self::Weekday => WEEKDAYS - 1,
            Self::Field(_, lines) => lines.list.len(),
            Self::Steps(steps) => steps.len(),
            Self::People(groups, _) => groups.len(),
        }
    }

    /// Values of a field that share the last place.
    pub(super) fn capped(&self) -> u64 {
        match self {
            Self::Field(_, lines) => lines.capped,
            _ => 0,
        }
    }

    pub(super) fn names(&self) -> Vec<HeatPlace> {
        match self {
            Self::Hour => (0..24).map(HeatPlace::Hour).collect(),
            Self::Weekday => (1..=7).map(HeatPlace::Weekday).collect(),
            Self::Field(_, lines) => {
                let labels: Vec<Label> = lines.list.clone();
                labels.into_iter().map(HeatPlace::Label).collect()
            }
            Self::Steps(steps) => (steps.iter())
                .map(|(name, _)| HeatPlace::Step(name.clone()))
                .collect(),
            Self::People(groups, _) => groups.iter().cloned().map(HeatPlace::People).collect(),
        }
    }

    /// The places that an event lies in, given what its clock shows.
    pub(super) fn places(
        &self,
        rows: &ProfileRows<'_>,
        index: usize,
        (weekday, hour): (usize, usize),
        places: &mut Vec<usize>,
    ) {
        places.clear();
        match self {
            Self::Hour => places.push(hour),
            Self::Weekday => places.push(weekday),
            Self::Field(labels, lines) => {
                places.push(lines.line_of[labels.label(rows, index) as usize]);
            }
            Self::Steps(steps) => {
                let (event, place) = (rows.event[index], rows.place(index));
                places.extend(steps.iter().position(|(_, it)| it.holds(event, place)));
            }
            Self::People(groups, within) => {
                let bits = within.get(&rows.profile).copied().unwrap_or(0);
                places.extend((0..groups.len()).filter(|it| bits & (1 << it) != 0));
            }
        }
    }
}

/// How many events have each value.
fn sums(
    view: &View<'_>,
    labels: &Labels<'_>,
    is_counted: &(dyn Fn(&ProfileRows<'_>, usize) -> bool + Sync),
) -> Result<Vec<u64>, AskError> {
    let begin = || vec![0_u64; labels.count()];
    let states = scan(view.snapshot, view.cancel, begin, |sums, rows| {
        for index in 0..rows.len() {
            if is_counted(rows, index) {
                sums[labels.label(rows, index) as usize] += 1;
            }
        }
    })?;
    let mut sums = begin();
    for state in states {
        for (sum, more) in sums.iter_mut().zip(state) {
            *sum += more;
        }
    }
    Ok(sums)
}
