//! Rows of JSON lines.

use std::{borrow::Cow, collections::BTreeMap};

use serde_json::value::RawValue;
use throughline_model::limits;

use super::{Cell, Row};
use crate::{
    Fault, Reason,
    json::{self, Checker},
};

/// Reads lines, each one JSON object, as rows of known columns.
///
/// A line is read the same wherever the reading began, so nothing is kept from one to the next.
#[derive(Default)]
pub struct Lines {
    columns: BTreeMap<String, usize>,
    checker: Checker,
}

/// One line, its values by column, and those that have none.
#[derive(Clone, Debug, PartialEq)]
pub struct LineRow<'a> {
    values: Vec<Option<&'a str>>,
    /// Sorted by name.
    others: Vec<(Cow<'a, str>, &'a str)>,
    has_blanks: bool,
}

impl Lines {
    /// Rows with these columns; the other members of a line are its [`Row::others`].
    pub fn new(columns: &[String]) -> Self {
        Self {
            columns: columns.iter().cloned().zip(0..).collect(),
            checker: Checker::default(),
        }
    }

    /// The members of some lines, in the order of their first appearance: columns to choose from.
    pub fn columns<'a>(lines: impl IntoIterator<Item = &'a [u8]>) -> Vec<String> {
        let mut reader = Self::default();
        let mut columns: Vec<String> = Vec::new();
        for line in lines {
            let others = reader.read(line).map(|row| row.others).unwrap_or_default();
            for (name, _) in others {
                if columns.len() < limits::IMPORT_COLUMNS_MAX
                    && !columns.iter().any(|known| *known == name)
                {
                    columns.push(name.into_owned());
                }
            }
        }
        columns
    }

    /// Reads one line.
    pub fn read<'a>(&mut self, line: &'a [u8]) -> Result<LineRow<'a>, Fault> {
        let text = std::str::from_utf8(line).map_err(|_| {
            Fault::new(
                Reason::TextInvalid,
                "the line is not UTF-8; save the file as UTF-8",
            )
        })?;
        let raw: &'a RawValue = serde_json::from_str(text).map_err(|error| {
            Fault::new(Reason::RowInvalid, format!("the line is not JSON: {error}"))
        })?;
        let text = raw.get();
        if !text.starts_with('{') {
            return Err(Fault::new(
                Reason::RowInvalid,
                "the line is JSON but no object",
            ));
        }
        let has_blanks = self.checker.check(text)?.has_blanks;
        let mut values = vec![None; self.columns.len()];
        let mut others = Vec::new();
        for (name, value) in json::members(text) {
            match self.columns.get(&*name) {
                Some(&column) => values[column] = Some(value),
                None => others.push((name, value)),
            }
        }
        others.sort();
        Ok(LineRow {
            values,
            others,
            has_blanks,
        })
    }
}

impl LineRow<'_> {
    fn cell_of<'a>(&self, value: &'a str) -> Cell<'a> {
        match json_cell(value) {
            Cell::Json(text) if self.has_blanks => Cell::Json(json::without_blanks(&text).into()),
            cell => cell,
        }
    }
}

impl Row for LineRow<'_> {
    fn cell(&self, column: usize) -> Cell<'_> {
        let value = self.values.get(column).copied().flatten();
        value.map_or(Cell::Missing, |value| self.cell_of(value))
    }

    fn others(&self) -> Vec<(&str, Cell<'_>)> {
        let others = self.others.iter();
        others
            .map(|(name, value)| (&**name, self.cell_of(value)))
            .collect()
    }
}

/// The cell of an accepted JSON value.
pub(super) fn json_cell(value: &str) -> Cell<'_> {
    match value.as_bytes().first() {
        Some(b'"') => json::text(value)
            .filter(|text| !text.is_empty())
            .map_or(Cell::Missing, Cell::Text),
        Some(b'{' | b'[') => Cell::Json(value.into()),
        Some(b't') => Cell::Flag(true),
        Some(b'f') => Cell::Flag(false),
        Some(b'n') | None => Cell::Missing,
        Some(_) => match (value.parse(), value.parse()) {
            (Ok(whole), _) => Cell::Int(whole),
            (_, Ok(number)) => Cell::Float(number),
            _ => Cell::Missing,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_chosen_from_a_sample_and_the_rest_is_kept() {
        let sample: [&[u8]; 2] = [br#"{"b":1,"a":"x"}"#, br#"{"c":2}"#];
        let columns = Lines::columns(sample);
        assert_eq!(columns, ["a", "b", "c"]);
        let mut lines = Lines::new(&columns);
        let row = lines
            .read(br#" {"z":[ 1 ], "a":null, "b":2.5, "y":true} "#)
            .expect("sound");
        assert_eq!(row.cell(0), Cell::Missing);
        assert_eq!(row.cell(1), Cell::Float(2.5));
        assert_eq!(
            row.others(),
            [("y", Cell::Flag(true)), ("z", Cell::Json("[1]".into()))]
        );
    }

    #[test]
    fn a_faulty_line_says_what_is_wrong() {
        let reason = |line: &[u8]| Lines::default().read(line).err().map(|it| it.reason);
        assert_eq!(reason(b"{"), Some(Reason::RowInvalid));
        assert_eq!(reason(b"[]"), Some(Reason::RowInvalid));
        assert_eq!(reason(b"{\"a\":\"\xff\"}"), Some(Reason::TextInvalid));
        assert_eq!(reason(br#"{"a":1,"a":2}"#), Some(Reason::KeyRepeated));
    }
}
