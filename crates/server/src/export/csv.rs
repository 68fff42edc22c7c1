//! CSV: a head of lines that begin with `#`, then each table with the names of its columns.

use throughline_insight::table::{Cell, Table};
use throughline_model::Zone;

use super::{Choices, Export, is_formula, text_of};

/// The mark by which spreadsheets know UTF-8.
const MARK: &str = "\u{feff}";

pub(super) fn write(export: &Export, tables: &[&Table], choices: &Choices) -> Vec<u8> {
    let mut text = String::new();
    if choices.has_mark {
        text.push_str(MARK);
    }
    if !choices.is_bare {
        for fact in &export.facts {
            let value = field(&fact.value, &export.zone);
            line(&mut text, [format!("# {}", fact.name), value]);
        }
    }
    for table in tables {
        if !choices.is_bare {
            // A line of its own, as readers that pass over `#` may take an empty one for a row.
            line(&mut text, ["# table".to_owned(), quoted(table.name)]);
        }
        line(&mut text, table.columns.iter().map(|it| quoted(&it.name)));
        for row in &table.rows {
            line(&mut text, row.iter().map(|it| field(it, &export.zone)));
        }
    }
    text.into_bytes()
}

fn line(text: &mut String, fields: impl IntoIterator<Item = String>) {
    for (index, field) in fields.into_iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(&field);
    }
    text.push_str("\r\n");
}

fn field(cell: &Cell, zone: &Zone) -> String {
    let text = text_of(cell, zone);
    match cell {
        // The apostrophe is what spreadsheets themselves put before a text that is to stay one.
        Cell::Text(_) if is_formula(&text) => quoted(&format!("'{text}")),
        Cell::Text(_) => quoted(&text),
        _ => text,
    }
}

/// Text that begins with `#` is quoted too, or readers would pass over its line.
fn quoted(text: &str) -> String {
    let is_plain = !text.contains([',', '"', '\r', '\n']) && !text.starts_with(['#', ' ']);
    if is_plain && !text.ends_with(' ') {
        return text.to_owned();
    }
    format!("\"{}\"", text.replace('"', "\"\""))
}
