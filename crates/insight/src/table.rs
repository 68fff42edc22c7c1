//! Every answer as plain tables: the one source of files, whatever their format.
//!
//! A table is tidy: one row for one thing, one column for one quantity, and nothing that the answer does
//! not hold but shares, which are left to the reader of the answer and written out here.
//! `docs/concepts/exports.md` tells what the tables of each report are called.

mod about;
mod attribution;
mod bottlenecks;
mod channels;
mod choice;
mod compare;
mod contrast;
mod cost;
mod counts;
mod difference;
mod drivers;
mod funnel;
mod heatmap;
mod last_touch;
mod lift;
mod map;
mod page_map;
mod paths;
mod promises;
mod reasons;
mod retention;
mod rfm;
mod stage_time;
mod topics;
mod trends;
mod unexpected;
mod work_time;

use std::borrow::Cow;

use serde::Serialize;
use throughline_model::{Timestamp, Value};
use throughline_predict::Interval;

pub use self::{
    about::{Fact, about, about_comparison, about_map},
    compare::comparison_table,
    map::map_tables,
};
use crate::{
    ask::{Answer, Numbers},
    calendar::Point,
    kernel::funnel::Share,
    labels::Label,
    passes::Passes,
    quote::Quote,
};

/// Rows under named columns.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Table {
    /// Short, and unlike those of the other tables of the answer.
    pub name: &'static str,
    pub columns: Vec<Column>,
    /// Each as long as there are columns.
    pub rows: Vec<Vec<Cell>>,
}

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Unlike those of the other columns of the table.
    pub name: Cow<'static, str>,
    pub kind: ColumnKind,
    pub unit: Unit,
}

/// Of which kind all cells of a column are, where they are not missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    Text,
    Whole,
    Real,
    Flag,
    Time,
}

/// What a number counts or measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Names, places in a list, instants.
    None,
    Profiles,
    Events,
    /// What a funnel counts: profiles, sessions, attempts or groups.
    Units,
    /// Orders, tickets and the like.
    Objects,
    /// Visits, transitions, paths or stays, of which a profile may have many.
    Times,
    Starts,
    Conversions,
    Purchases,
    /// Worth, in whatever the property of the conversion is in.
    Value,
    Periods,
    Milliseconds,
    /// From 0 to 1.
    Share,
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Cell {
    Missing,
    Text(String),
    Whole(i64),
    Real(f64),
    Flag(bool),
    Time(Timestamp),
}

/// The tables of an answer, the one that people look for first.
pub fn tables(answer: &Answer) -> Vec<Table> {
    match &answer.numbers {
        Numbers::Trends(it) => trends::tables(it),
        Numbers::Counts(it) => counts::tables(it),
        Numbers::Funnel(it) => funnel::tables(it),
        Numbers::Transitions(it) => paths::transitions(it),
        Numbers::Paths(it) => paths::tables(it),
        Numbers::StageTime(it) => stage_time::tables(it),
        Numbers::WorkTime(it) => work_time::tables(it),
        Numbers::Attribution(it) => attribution::tables(it),
        Numbers::Retention(it) => retention::tables(it),
        Numbers::Stickiness(it) => retention::stickiness(it),
        Numbers::Lifecycle(it) => retention::lifecycle(it),
        Numbers::Drivers(it) => drivers::tables(it),
        Numbers::Reasons(it) => reasons::tables(it),
        Numbers::Topics(it) => topics::tables(it),
        Numbers::Choice(it) => choice::tables(it),
        Numbers::Unexpected(it) => unexpected::tables(it),
        Numbers::Difference(it) => difference::tables(it),
        Numbers::LastTouch(it) => last_touch::tables(it),
        Numbers::Channels(it) => channels::tables(it),
        Numbers::Switches(it) => channels::switches(it),
        Numbers::Heatmap(it) => heatmap::tables(it),
        Numbers::Rfm(it) => rfm::tables(it),
        Numbers::Bottlenecks(it) => bottlenecks::tables(it),
        Numbers::PageMap(it) => page_map::tables(it),
        Numbers::Lift(it) => lift::tables(it),
        Numbers::Promises(it) => promises::tables(it),
    }
}

impl Table {
    /// A table without rows.
    pub fn new(name: &'static str, columns: impl IntoIterator<Item = Column>) -> Self {
        Self {
            name,
            columns: columns.into_iter().collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row that has a cell for each column.
    pub fn push(&mut self, row: impl IntoIterator<Item = Cell>) {
        let row: Vec<Cell> = row.into_iter().collect();
        debug_assert_eq!(row.len(), self.columns.len(), "row of {}", self.name);
        self.rows.push(row);
    }
}

impl Column {
    const fn new(name: &'static str, kind: ColumnKind, unit: Unit) -> Self {
        Self {
            name: Cow::Borrowed(name),
            kind,
            unit,
        }
    }

    /// A column that is named by data.
    pub fn named(name: String, kind: ColumnKind) -> Self {
        Self {
            name: Cow::Owned(name),
            kind,
            unit: Unit::None,
        }
    }

    /// A name or a word.
    pub const fn text(name: &'static str) -> Self {
        Self::new(name, ColumnKind::Text, Unit::None)
    }

    /// A count.
    pub const fn whole(name: &'static str, unit: Unit) -> Self {
        Self::new(name, ColumnKind::Whole, unit)
    }

    /// A measure.
    pub const fn real(name: &'static str, unit: Unit) -> Self {
        Self::new(name, ColumnKind::Real, unit)
    }

    /// A part of a whole.
    pub const fn share(name: &'static str) -> Self {
        Self::real(name, Unit::Share)
    }

    /// A length of time.
    pub const fn span(name: &'static str) -> Self {
        Self::whole(name, Unit::Milliseconds)
    }

    /// Whether something is so.
    pub const fn flag(name: &'static str) -> Self {
        Self::new(name, ColumnKind::Flag, Unit::None)
    }

    /// An instant.
    pub const fn time(name: &'static str) -> Self {
        Self::new(name, ColumnKind::Time, Unit::None)
    }
}

impl Unit {
    /// As it is written; nothing for none.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Profiles => "profiles",
            Self::Events => "events",
            Self::Units => "units",
            Self::Objects => "objects",
            Self::Times => "times",
            Self::Starts => "starts",
            Self::Conversions => "conversions",
            Self::Purchases => "purchases",
            Self::Value => "value",
            Self::Periods => "periods",
            Self::Milliseconds => "ms",
            Self::Share => "share",
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Whole(number)
    }
}

impl From<u64> for Cell {
    fn from(number: u64) -> Self {
        Self::Whole(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<u32> for Cell {
    fn from(number: u32) -> Self {
        Self::Whole(i64::from(number))
    }
}

impl From<usize> for Cell {
    fn from(number: usize) -> Self {
        Self::from(number as u64)
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Self {
        Self::Real(number)
    }
}

impl From<bool> for Cell {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<Timestamp> for Cell {
    fn from(time: Timestamp) -> Self {
        Self::Time(time)
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Missing, Into::into)
    }
}

/// Which line of a breakdown: what it is, and its value where it has one, so that a value which
/// reads like `rest` is not taken for the rest.
const LINE: [Column; 2] = [Column::text("line"), Column::text("label")];

/// A line is `all` where nothing is broken down.
fn line(label: Option<&Label>) -> [Cell; 2] {
    match label {
        None => ["all".into(), Cell::Missing],
        Some(Label::NotSet) => ["not_set".into(), Cell::Missing],
        Some(Label::Rest) => ["rest".into(), Cell::Missing],
        Some(Label::Value(value)) => ["value".into(), value_text(value).into()],
    }
}

fn value_text(value: &Value) -> String {
    match value {
        Value::Flag(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => text.clone(),
    }
}

const POINT: [Column; 3] = [
    Column::time("from"),
    Column::time("to"),
    Column::flag("is_partial"),
];

fn point(point: &Point) -> [Cell; 3] {
    [point.from.into(), point.to.into(), point.is_partial.into()]
}

fn passes(passes: Passes) -> [Cell; 2] {
    [passes.times.into(), passes.profiles.into()]
}

/// The bounds of a share.
fn bounds(interval: Option<Interval>) -> [Cell; 2] {
    [
        interval.map(|it| it.low).into(),
        interval.map(|it| it.high).into(),
    ]
}

/// A word as it is written in answers.
fn word(of: &impl Serialize) -> Cell {
    match serde_json::to_value(of) {
        Ok(serde_json::Value::String(word)) => word.into(),
        _ => Cell::Missing,
    }
}

/// How many of how many, their share and its bounds; missing where there is none.
fn of_whole(it: Option<Share>) -> [Cell; 5] {
    let Some(it) = it else {
        return [const { Cell::Missing }; 5];
    };
    let [low, high] = bounds(it.interval);
    [
        it.part.into(),
        it.whole.into(),
        share(it.part, it.whole),
        low,
        high,
    ]
}

/// What people said, each under what it is about; `of` names that column.
fn quotes<'a>(
    of: &'static str,
    list: impl IntoIterator<Item = (Option<&'a String>, &'a [Quote])>,
) -> Table {
    let mut table = Table::new(
        "quotes",
        [
            Column::text(of),
            Column::text("text"),
            Column::whole("profiles", Unit::Profiles),
            Column::time("at"),
        ],
    );
    for (about, quotes) in list {
        for Quote { text, profiles, at } in quotes {
            let about: Cell = about.cloned().into();
            table.push([about, text.clone().into(), (*profiles).into(), (*at).into()]);
        }
    }
    table
}

/// Missing where there is nothing to take a share of.
fn share(part: u64, whole: u64) -> Cell {
    (whole > 0).then(|| part as f64 / whole as f64).into()
}

#[cfg(test)]
mod tests;
