//! A field of every event, or a trait of who did it, as a small number: what breakdowns and groups are counted by.

mod people;

use std::{cmp::Ordering, collections::HashMap, sync::Arc};

use arrow::array::Array;
use serde::{Deserialize, Serialize};
use throughline_model::{By, Channel, Field, ProfileId, Value, limits};
use throughline_store::Values;
use utoipa::ToSchema;

pub(crate) use people::trait_values;

use crate::{
    ask::AskError,
    codes::Codes,
    scan::{Place, ProfileRows},
    view::{Channels, Stages, View},
};

/// One line of a breakdown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    Value(Value),
    /// The field or the trait is missing.
    NotSet,
    /// All values beyond those that are listed.
    Rest,
}

/// The different values of a field, in a fixed order, and which one each event has.
pub struct Labels<'v> {
    values: Vec<Value>,
    source: Source<'v>,
}

enum Source<'v> {
    Names(Vec<u32>),
    Channels(&'v Channels, [u32; Channel::ALL.len()]),
    Touchpoints(&'v Codes, Vec<u32>),
    Stages(&'v Stages, Vec<u32>),
    Rows(Vec<RowLabels>),
    /// Of each profile, whatever it did; those behind the last have none.
    Profiles(Vec<u32>),
}

/// The labels of one run: the run's own numbering of values, translated to that of the snapshot.
struct RowLabels {
    values: Arc<Values>,
    texts: Vec<u32>,
    numbers: HashMap<u64, u32>,
    flags: [u32; 2],
}

impl<'v> Labels<'v> {
    /// Numbers what lines are told apart by.
    pub fn by(view: &'v View<'_>, by: &By) -> Result<Self, AskError> {
        match by {
            By::Field(field) => Self::of(view, field),
            By::Trait(name) => Ok(Self::of_profiles(&trait_values(view, name))),
            By::Account { account_type, name } => Ok(Self::of_profiles(&people::account_values(
                view,
                account_type,
                name,
            )?)),
        }
    }

    fn of_profiles(told: &HashMap<u32, Value>) -> Self {
        let values = sorted(told.values().cloned());
        let count = told.keys().max().map_or(0, |last| *last as usize + 1);
        let mut labels = vec![0; count];
        for (profile, value) in told {
            labels[*profile as usize] = code_in(&values, value);
        }
        Self {
            values,
            source: Source::Profiles(labels),
        }
    }

    /// Numbers the values of a field over all rows.
    pub fn of(view: &'v View<'_>, field: &Field) -> Result<Self, AskError> {
        let from_list = |values: Vec<Option<Value>>| {
            let sorted = sorted(values.iter().flatten().cloned());
            let map = values
                .iter()
                .map(|value| value.as_ref().map_or(0, |it| code_in(&sorted, it)))
                .collect::<Vec<u32>>();
            (sorted, map)
        };
        let text = |text: &str| Some(Value::Text(text.to_owned()));
        let (values, source) = match field {
            Field::Event => {
                let names = view.snapshot.names.iter();
                let (values, map) = from_list(names.map(|(_, name)| text(name.as_str())).collect());
                (values, Source::Names(map))
            }
            Field::Channel => {
                let (values, map) =
                    from_list(Channel::ALL.map(|channel| text(channel.name())).to_vec());
                let map = map.try_into().expect("one entry for each channel");
                (values, Source::Channels(view.channels()?, map))
            }
            Field::Touchpoint => {
                let count = view.vocabulary.touchpoints.len();
                let (values, map) = from_list(
                    (0..=count)
                        .map(|code| view.touchpoint_value(code))
                        .collect(),
                );
                (values, Source::Touchpoints(view.touchpoints()?, map))
            }
            Field::Stage => {
                let count = view.vocabulary.stages.len();
                let (values, map) =
                    from_list((0..=count).map(|code| view.stage_value(code)).collect());
                (values, Source::Stages(view.stages()?, map))
            }
            Field::Source | Field::Property(_) | Field::Context(_) => {
                let (values, rows) = of_rows(view, field)?;
                (values, Source::Rows(rows))
            }
        };
        Ok(Self { values, source })
    }

    /// Count of labels, the missing one included.
    pub fn count(&self) -> usize {
        self.values.len() + 1
    }

    /// The label of a profile's row: 0 when the field is missing.
    #[inline]
    pub fn label(&self, rows: &ProfileRows<'_>, index: usize) -> u32 {
        let (event, channel) = (rows.event[index], rows.channel[index]);
        self.at(rows.profile, event, channel, rows.place(index))
    }

    /// The label of a profile's event at a place.
    #[inline]
    pub fn at(&self, profile: ProfileId, event: u16, stored: u8, place: Place) -> u32 {
        match &self.source {
            Source::Names(map) => map[usize::from(event)],
            Source::Channels(channels, map) => {
                map[usize::from(channels.of(event, stored, place).code())]
            }
            Source::Touchpoints(codes, map) => map[usize::from(codes.of(event, place))],
            Source::Stages(stages, map) => map[usize::from(stages.of(place))],
            Source::Rows(runs) => runs[place.run as usize].label(place.row as usize),
            Source::Profiles(labels) => labels.get(profile.0 as usize).copied().unwrap_or(0),
        }
    }

    /// What a label means.
    pub fn value(&self, label: u32) -> Label {
        match (label as usize).checked_sub(1) {
            Some(index) => Label::Value(self.values[index].clone()),
            None => Label::NotSet,
        }
    }
}

impl RowLabels {
    #[inline]
    fn label(&self, row: usize) -> u32 {
        if let Some(text) = self.values.text.as_ref().and_then(|it| it.get(row)) {
            return self.texts[text];
        }
        if let Some(numbers) = self.values.number.as_ref().filter(|it| it.is_valid(row)) {
            return self.numbers[&bits(numbers.value(row))];
        }
        match self.values.flag.as_ref().filter(|it| it.is_valid(row)) {
            Some(flags) => self.flags[usize::from(flags.value(row))],
            None => 0,
        }
    }
}

fn of_rows(view: &View<'_>, field: &Field) -> Result<(Vec<Value>, Vec<RowLabels>), AskError> {
    let columns: Vec<Arc<Values>> = view
        .snapshot
        .runs
        .iter()
        .map(|run| {
            view.cancel.check()?;
            Ok(run.values(field)?)
        })
        .collect::<Result<_, AskError>>()?;
    let values = sorted(columns.iter().flat_map(|column| distinct(column)));
    let rows = columns
        .into_iter()
        .map(|column| RowLabels::new(column, &values))
        .collect();
    Ok((values, rows))
}

fn distinct(column: &Values) -> Vec<Value> {
    let mut values: Vec<Value> = Vec::new();
    if let Some(texts) = &column.texts {
        values.extend(
            texts
                .iter()
                .flatten()
                .map(|text| Value::Text(text.to_owned())),
        );
    }
    if let Some(numbers) = &column.number {
        let mut different: Vec<f64> = numbers.iter().flatten().map(|it| it + 0.0).collect();
        different.sort_by(f64::total_cmp);
        different.dedup_by_key(|number| number.to_bits());
        values.extend(different.into_iter().map(Value::Number));
    }
    if let Some(flags) = &column.flag {
        values.extend([false, true].into_iter().filter_map(|wanted| {
            flags
                .iter()
                .flatten()
                .any(|flag| flag == wanted)
                .then_some(Value::Flag(wanted))
        }));
    }
    values
}

impl RowLabels {
    fn new(values: Arc<Values>, all: &[Value]) -> Self {
        let texts = values.texts.as_ref().map_or_else(Vec::new, |texts| {
            texts
                .iter()
                .map(|text| text.map_or(0, |it| code_in(all, &Value::Text(it.to_owned()))))
                .collect()
        });
        let numbers = match values.number {
            Some(_) => (1..)
                .zip(all)
                .filter_map(|(code, value)| match value {
                    Value::Number(number) => Some((bits(*number), code)),
                    _ => None,
                })
                .collect(),
            None => HashMap::new(),
        };
        let flags = [false, true].map(|flag| code_in(all, &Value::Flag(flag)));
        Self {
            values,
            texts,
            numbers,
            flags,
        }
    }
}

/// Equal numbers have equal bits: adding 0 turns -0 into 0.
fn bits(number: f64) -> u64 {
    (number + 0.0).to_bits()
}

/// Flags, then numbers, then texts, each by size: an order that owes nothing to arrival.
fn order(a: &Value, b: &Value) -> Ordering {
    let rank = |value: &Value| match value {
        Value::Flag(_) => 0,
        Value::Number(_) => 1,
        Value::Text(_) => 2,
    };
    match (a, b) {
        (Value::Flag(a), Value::Flag(b)) => a.cmp(b),
        (Value::Number(a), Value::Number(b)) => (a + 0.0).total_cmp(&(b + 0.0)),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        _ => rank(a).cmp(&rank(b)),
    }
}

/// The different values in their fixed order. Of -0 and 0, which are equal, it is 0, whichever came first.
fn sorted(values: impl Iterator<Item = Value>) -> Vec<Value> {
    let unsigned = |value| match value {
        Value::Number(number) => Value::Number(number + 0.0),
        other => other,
    };
    let mut values: Vec<Value> = values.map(unsigned).collect();
    values.sort_by(order);
    values.dedup_by(|a, b| order(a, b).is_eq());
    values
}

/// The different values of a list in their fixed order, and the index of each of the list among them.
pub(crate) fn numbered<'a>(
    values: impl Iterator<Item = &'a Value> + Clone,
) -> (Vec<Value>, Vec<usize>) {
    let distinct = sorted(values.clone().cloned());
    let index = |value| code_in(&distinct, value) as usize - 1;
    let indexes = values.map(index).collect();
    (distinct, indexes)
}

/// One more than the place of a value in the sorted list; 0 when it is not there.
fn code_in(sorted: &[Value], value: &Value) -> u32 {
    sorted
        .binary_search_by(|it| order(it, value))
        .map_or(0, |index| {
            u32::try_from(index + 1).expect("fewer than 2^32 values")
        })
}

/// The lines of a breakdown: the most frequent values, the missing one, and all others as one.
pub(crate) struct Lines {
    pub(crate) list: Vec<Label>,
    /// Per label its line.
    pub(crate) line_of: Vec<usize>,
    /// Count of values that share the last line.
    pub(crate) capped: u64,
}

impl Lines {
    /// Orders values by the sums of their labels.
    pub(crate) fn ranked(labels: &Labels<'_>, sums: &[u64]) -> Self {
        let ranks = ranks(sums, |label| label != 0);
        let not_set = ranks.kept.len();
        let mut line_of = ranks.place_of;
        line_of[0] = not_set;
        let mut list: Vec<Label> = (ranks.kept.iter())
            .map(|label| labels.value(u32::try_from(*label).expect("a label")))
            .collect();
        list.push(Label::NotSet);
        if ranks.capped > 0 {
            for line in &mut line_of[1..] {
                if *line == not_set {
                    *line = not_set + 1;
                }
            }
            list.push(Label::Rest);
        }
        Self {
            list,
            line_of,
            capped: ranks.capped,
        }
    }
}

/// Which of many are listed.
pub(crate) struct Ranks {
    /// Indexes of those that are listed, the most frequent first, equal ones in their first order.
    pub(crate) kept: Vec<usize>,
    /// Per index its place in `kept`; the place behind the last for all others.
    pub(crate) place_of: Vec<usize>,
    pub(crate) capped: u64,
}

/// Ranks by sums, and keeps as many as may be listed.
pub(crate) fn ranks(sums: &[u64], may_be_kept: impl Fn(usize) -> bool) -> Ranks {
    let mut kept: Vec<usize> = (0..sums.len())
        .filter(|index| sums[*index] > 0 && may_be_kept(*index))
        .collect();
    kept.sort_by_key(|index| (std::cmp::Reverse(sums[*index]), *index));
    let capped = kept.len().saturating_sub(limits::BREAKDOWN_VALUES_MAX);
    kept.truncate(limits::BREAKDOWN_VALUES_MAX);
    let mut place_of = vec![kept.len(); sums.len()];
    for (place, index) in kept.iter().enumerate() {
        place_of[*index] = place;
    }
    Ranks {
        kept,
        place_of,
        capped: capped as u64,
    }
}

#[cfg(test)]
mod tests;
