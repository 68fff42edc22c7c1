//! Who chose which way, and what is known of each that it may hang on.

use throughline_model::{ProfileId, TimeRange, Value, choice::Choice, limits};

use super::FactorSource;
use crate::{
    ask::{AskError, When},
    labels::{Label, Labels, numbered, trait_values},
    rule::Condition,
    scan::{ProfileRows, scan},
    view::View,
};

/// Everybody who chose.
pub(super) struct Choosers {
    /// By profile.
    pub(super) people: Vec<Chooser>,
    /// What can be chosen; people name it by one more than its place.
    pub(super) ways: Vec<Label>,
    /// What the choice may hang on, those of one source together.
    pub(super) variables: Vec<Variable>,
    /// Choices that do not say which way; they are in no other number.
    pub(super) unnamed: u64,
    /// Values of sources beyond those that are looked at; their people count as those with the reference.
    pub(super) capped: u64,
}

/// One who chose.
#[derive(Debug, PartialEq)]
pub(super) struct Chooser {
    pub(super) profile: ProfileId,
    /// One more than its place among the ways.
    pub(super) way: u32,
    /// By source, one more than the place of its value there; 0 for none.
    pub(super) values: Vec<u32>,
}

/// One value of a source.
pub(super) struct Variable {
    pub(super) from: FactorSource,
    pub(super) label: Label,
    /// What its source is by number, and one more than its place there.
    source: usize,
    value: u32,
    /// The value of the source that most have, which all others are compared with.
    pub(super) is_reference: bool,
}

impl Variable {
    pub(super) fn has(&self, it: &Chooser) -> bool {
        it.values[self.source] == self.value
    }
}

/// The definition made ready.
struct Walker<'v> {
    goal: Condition,
    by: Labels<'v>,
    fields: Vec<Labels<'v>>,
    before: Vec<Condition>,
    look_back_ms: i64,
    range: TimeRange,
}

impl Walker<'_> {
    /// The first choice of a profile that says which way, and whether there is any choice at all.
    fn visit(&self, rows: &ProfileRows<'_>) -> (Option<Chooser>, bool) {
        let within = rows.between(self.range.from.0, self.range.to.0);
        let is_goal = |index: &usize| self.goal.holds(rows.event[*index], rows.place(*index));
        let mut goals = within.filter(is_goal).peekable();
        let has_any = goals.peek().is_some();
        // Of those of one instant, the first way in the order of ways, and of these the first values: an order that
        // owes nothing to arrival.
        let mut first: Option<(i64, u32, Vec<u32>)> = None;
        for index in goals {
            let (time, way) = (rows.time[index], self.by.label(rows, index));
            if first.as_ref().is_some_and(|it| time > it.0) {
                break;
            }
            if way == 0 {
                continue;
            }
            let fields = self.fields.iter().map(|it| it.label(rows, index));
            let found = (time, way, fields.collect());
            first = Some(match first {
                Some(it) => it.min(found),
                None => found,
            });
        }
        let Some((time, way, mut values)) = first else {
            return (None, has_any);
        };
        let earlier = || rows.between(time.saturating_sub(self.look_back_ms), time);
        let met = |condition: &Condition| {
            earlier().any(|index| condition.holds(rows.event[index], rows.place(index)))
        };
        values.extend(self.before.iter().map(|it| u32::from(met(it))));
        let chooser = Chooser {
            profile: rows.profile,
            way,
            values,
        };
        (Some(chooser), true)
    }
}

impl Choosers {
    pub(super) fn of(view: &View<'_>, choice: &Choice, when: &When) -> Result<Self, AskError> {
        let filter = choice.filter.as_ref();
        let walker = Walker {
            goal: view.narrowed(&choice.goal, filter)?,
            by: Labels::of(view, &choice.by)?,
            fields: (choice.fields.iter())
                .map(|field| Labels::of(view, field))
                .collect::<Result<_, AskError>>()?,
            before: (choice.before.iter())
                .map(|it| view.narrowed(&it.matcher, filter))
                .collect::<Result<_, AskError>>()?,
            look_back_ms: choice.look_back.0,
            range: when.range,
        };
        let begin = || (Vec::new(), 0_u64);
        let states = scan(
            view.snapshot,
            view.cancel,
            begin,
            |(people, unnamed), rows| {
                let (chooser, has_any) = walker.visit(rows);
                *unnamed += u64::from(has_any && chooser.is_none());
                people.extend(chooser);
            },
        )?;
        let unnamed = states.iter().map(|it| it.1).sum();
        let mut people: Vec<Chooser> = states.into_iter().flat_map(|it| it.0).collect();
        people.sort_unstable_by_key(|it| it.profile);
        let mut choosers = Self {
            people,
            ways: (1..walker.by.count())
                .map(|label| walker.by.value(u32::try_from(label).expect("a label")))
                .collect(),
            variables: Vec::new(),
            unnamed,
            capped: 0,
        };
        for (source, (field, labels)) in choice.fields.iter().zip(&walker.fields).enumerate() {
            choosers.add(source, &FactorSource::Field(field.clone()), &|value| {
                labels.value(value)
            });
        }
        for (place, named) in choice.before.iter().enumerate() {
            choosers.variables.push(Variable {
                from: FactorSource::Before(named.name.clone()),
                label: Label::Value(Value::Flag(true)),
                source: choice.fields.len() + place,
                value: 1,
                is_reference: false,
            });
        }
        for name in &choice.traits {
            choosers.know(view, name);
        }
        Ok(choosers)
    }

    /// What a value is compared with.
    pub(super) fn reference(&self, of: &Variable) -> Option<Label> {
        let mut beside = self.variables.iter().filter(|it| it.source == of.source);
        Some(beside.find(|it| it.is_reference)?.label.clone())
    }

    /// Adds what is known of people.
    fn know(&mut self, view: &View<'_>, name: &str) {
        let values = trait_values(view, name);
        let told: Vec<(usize, &Value)> = (self.people.iter().enumerate())
            .filter_map(|(place, it)| Some((place, values.get(&it.profile.0)?)))
            .collect();
        let (distinct, numbers) = numbered(told.iter().map(|it| it.1));
        let source = self.people.first().map_or(0, |it| it.values.len());
        self.people.iter_mut().for_each(|it| it.values.push(0));
        for ((place, _), number) in told.iter().zip(numbers) {
            self.people[*place].values[source] = u32::try_from(number + 1).expect("few values");
        }
        let from = FactorSource::Trait(name.to_owned());
        self.add(source, &from, &|value| match value {
            0 => Label::NotSet,
            value => Label::Value(distinct[value as usize - 1].clone()),
        });
    }

    /// Adds the values of a source that people have, the most frequent first: it is the reference.
    fn add(&mut self, source: usize, from: &FactorSource, label: &dyn Fn(u32) -> Label) {
        let mut counts = std::collections::BTreeMap::new();
        for it in &self.people {
            *counts.entry(it.values[source]).or_insert(0_u64) += 1;
        }
        let mut list: Vec<(u32, u64)> = counts.into_iter().collect();
        list.sort_by_key(|it| (std::cmp::Reverse(it.1), it.0));
        self.capped += list.len().saturating_sub(limits::BREAKDOWN_VALUES_MAX) as u64;
        list.truncate(limits::BREAKDOWN_VALUES_MAX);
        for (place, (value, _)) in list.into_iter().enumerate() {
            self.variables.push(Variable {
                from: from.clone(),
                label: label(value),
                source,
                value,
                is_reference: place == 0,
            });
        }
    }
}
