//! Files of events: what kind of file it is, what its columns mean, and its rows as events.
//!
//! CSV, JSON lines and Parquet share one way: a source of rows gives cells by column, a
//! [`RowMapper`] made from a saved [`Mapping`] turns each row into an event.
//! Lines that already have the shape of the Segment dialect need no columns.
//!
//! A row without a message id gets one from what was mapped and from how often the same row stood
//! in the file before. So equal rows of one file all count, and the same file counts once.

mod csv;
mod lines;
mod mapper;
mod mapping;
mod repeats;
mod sniff;
mod suggest;
mod when;

use std::borrow::Cow;

use throughline_model::Timestamp;

pub use csv::{CsvRow, CsvRows, NextRow};
pub use lines::{LineRow, Lines};
pub use mapper::{Mapped, RowFault, RowMapper};
pub use mapping::{
    EventSource, Format, Mapping, MappingFault, PropertyRules, TimeColumn, TimeFormat,
};
pub use repeats::{Repeats, TooManyRows, repeated_key};
pub use sniff::{SniffFault, sniff};
pub use suggest::suggest;

/// What one cell of a row holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    Missing,
    Text(Cow<'a, str>),
    Int(i64),
    Float(f64),
    Flag(bool),
    Instant(Timestamp),
    /// Milliseconds since 1970 as a clock in an unnamed zone shows them.
    Local(i64),
    /// The text of a JSON object or list that a parser has accepted.
    Json(Cow<'a, str>),
}

/// One row of a file, its cells by the index of their column.
pub trait Row {
    /// The cell; a column that the row does not have is missing.
    fn cell(&self, column: usize) -> Cell<'_>;

    /// What the row has besides its columns, sorted by name.
    fn others(&self) -> Vec<(&str, Cell<'_>)> {
        Vec::new()
    }
}

/// The names of a header, made fit for use: no blanks around, none empty, none twice.
pub fn column_names<'a>(header: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (index, name) in header.into_iter().enumerate() {
        let name = match name.trim() {
            "" => format!("column_{}", index + 1),
            name => name.to_owned(),
        };
        let mut unique = name.clone();
        let mut copy = 2;
        while names.contains(&unique) {
            unique = format!("{name}_{copy}");
            copy += 1;
        }
        names.push(unique);
    }
    names
}

impl Cell<'_> {
    /// The cell as it is shown and as it names people and events; empty when it is missing.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Missing => Cow::Borrowed(""),
            Self::Text(text) | Self::Json(text) => Cow::Borrowed(text),
            Self::Int(number) => Cow::Owned(number.to_string()),
            // Tables turn whole numbers into floats as soon as one cell is empty.
            Self::Float(number) => Cow::Owned(number.to_string()),
            Self::Flag(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
            Self::Instant(at) => Cow::Owned(at.to_string()),
            Self::Local(ms) => {
                let shown = Timestamp(*ms).to_string();
                Cow::Owned(shown.trim_end_matches('Z').to_owned())
            }
        }
    }

    /// The cell without what it borrows.
    pub fn into_owned(self) -> Cell<'static> {
        match self {
            Self::Missing => Cell::Missing,
            Self::Text(text) => Cell::Text(Cow::Owned(text.into_owned())),
            Self::Int(number) => Cell::Int(number),
            Self::Float(number) => Cell::Float(number),
            Self::Flag(flag) => Cell::Flag(flag),
            Self::Instant(at) => Cell::Instant(at),
            Self::Local(ms) => Cell::Local(ms),
            Self::Json(text) => Cell::Json(Cow::Owned(text.into_owned())),
        }
    }
}

/// A row that is held in memory, as for a preview.
impl Row for Vec<Cell<'_>> {
    fn cell(&self, column: usize) -> Cell<'_> {
        self.get(column).cloned().unwrap_or(Cell::Missing)
    }
}

#[cfg(test)]
mod tests;
