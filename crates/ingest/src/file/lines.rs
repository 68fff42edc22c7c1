//! Rows of JSON lines. Their columns are the members met so far.

use std::{borrow::Cow, collections::BTreeMap};

use serde_json::value::RawValue;
use throughline_model::limits;

use super::{Cell, Row};
use crate::{
    Fault, Reason,
    json::{self, Checker},
};

/// Reads lines, each one JSON object, and collects the names of their members as columns.
#[derive(Default)]
pub struct Lines {
    names: Vec<String>,
    columns: BTreeMap<String, usize>,
    checker: Checker,
}

/// One line, its values by column.
#[derive(Clone, Debug, PartialEq)]
pub struct LineRow<'a> {
    values: Vec<Option<&'a str>>,
    has_blanks: bool,
}

impl Lines {
    /// Every column met so far, in the order of its first appearance.
    pub fn names(&self) -> &[String] {
        &self.names
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
        let mut values = vec![None; self.names.len()];
        for (name, value) in json::members(text) {
            let column = self.column(name)?;
            if column == values.len() {
                values.push(None);
            }
            values[column] = Some(value);
        }
        Ok(LineRow { values, has_blanks })
    }

    fn column(&mut self, name: Cow<'_, str>) -> Result<usize, Fault> {
        if let Some(&column) = self.columns.get(&*name) {
            return Ok(column);
        }
        if self.names.len() == limits::IMPORT_COLUMNS_MAX {
            return Err(Fault::new(
                Reason::TooManyKeys,
                format!(
                    "`{name}` would be one more than the {} different members that a file may have",
                    limits::IMPORT_COLUMNS_MAX
                ),
            ));
        }
        self.names.push(name.clone().into_owned());
        self.columns.insert(name.into_owned(), self.names.len() - 1);
        Ok(self.names.len() - 1)
    }
}

impl Row for LineRow<'_> {
    fn cell(&self, column: usize) -> Cell<'_> {
        match self.values.get(column).copied().flatten().map(json_cell) {
            Some(Cell::Json(text)) if self.has_blanks => {
                Cell::Json(json::without_blanks(&text).into())
            }
            cell => cell.unwrap_or(Cell::Missing),
        }
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
    fn columns_grow_with_the_lines() {
        let mut lines = Lines::default();
        let first = lines.read(br#"{"a":1,"b":"x"}"#).expect("sound");
        let second = lines
            .read(br#" {"c":[1], "a":null, "b":2.5} "#)
            .expect("sound");
        assert_eq!(lines.names(), ["a", "b", "c"]);
        assert_eq!(first.cell(0), Cell::Int(1));
        assert_eq!(first.cell(2), Cell::Missing);
        assert_eq!(second.cell(0), Cell::Missing);
        assert_eq!(second.cell(1), Cell::Float(2.5));
        assert_eq!(second.cell(2), Cell::Json("[1]".into()));
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
