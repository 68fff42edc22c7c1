//! Answers as files. Every format is written from the same tables and says the same of them.

mod csv;
mod parquet;
mod xlsx;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use throughline_insight::{
    Answer,
    compare::Comparison,
    map_metrics::MapNumbers,
    table::{
        Cell, Fact, Table, about, about_comparison, about_map, comparison_table, map_tables, tables,
    },
};
use throughline_model::{Map, Zone};
use utoipa::ToSchema;

/// Something that can be written as a file.
#[derive(Clone, Debug)]
pub struct Export {
    /// What it depends on; the title comes first where there is one.
    pub facts: Vec<Fact>,
    /// In which times are written, where a format has a place for it.
    pub zone: Zone,
    /// At least one.
    pub tables: Vec<Table>,
    /// The whole as JSON; without it the tables are.
    pub json: Option<String>,
}

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, ValueEnum)]
#[serde(rename_all = "snake_case")]
#[schema(as = ExportFormat)]
pub enum Format {
    Csv,
    Xlsx,
    Parquet,
    Json,
}

/// How it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// One table instead of all.
    pub table: Option<String>,
    /// Whether CSV begins with the mark by which spreadsheets know UTF-8.
    pub has_mark: bool,
    /// Whether CSV leaves out what stands above its tables.
    pub is_bare: bool,
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub ending: &'static str,
    pub media: &'static str,
    pub bytes: Vec<u8>,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("there is no table `{name}`; there are: {}", .names.join(", "))]
    TableUnknown {
        name: String,
        names: Vec<&'static str>,
    },
    #[error("bare CSV holds one table; name one of: {}", .0.join(", "))]
    TableNeeded(Vec<&'static str>),
    #[error(
        "table `{table}` has {rows} rows, and a worksheet has room for {}; take CSV or Parquet",
        xlsx::ROWS_MAX
    )]
    RowsMany { table: &'static str, rows: usize },
    #[error("could not write the workbook")]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
    #[error("could not write the Parquet file")]
    Parquet(#[from] ::parquet::errors::ParquetError),
    #[error("could not write columns")]
    Arrow(#[from] arrow::error::ArrowError),
    #[error("could not pack the files")]
    Zip(#[from] zip::result::ZipError),
    #[error("could not pack the files")]
    Pack(#[from] std::io::Error),
}

impl ExportError {
    /// Whether the caller can mend it.
    pub fn is_fault(&self) -> bool {
        matches!(
            self,
            Self::TableUnknown { .. } | Self::TableNeeded(_) | Self::RowsMany { .. }
        )
    }
}

impl Export {
    /// An answer under a title.
    pub fn of_answer(title: Option<&str>, answer: &Answer) -> Self {
        let json = serde_json::to_string_pretty(answer).expect("answers have text keys");
        Self {
            facts: titled(title, about(answer)),
            zone: answer.zone.clone(),
            tables: tables(answer),
            json: Some(json),
        }
    }

    /// A comparison under a title. JSON holds the whole answers of both sides.
    pub fn of_comparison(title: Option<&str>, comparison: &Comparison) -> Self {
        let json = serde_json::to_string_pretty(comparison).expect("answers have text keys");
        Self {
            facts: titled(title, about_comparison(comparison)),
            zone: comparison.a.zone.clone(),
            tables: vec![comparison_table(comparison)],
            json: Some(json),
        }
    }

    /// The numbers of a map under its title.
    pub fn of_map(map: &Map, numbers: &MapNumbers) -> Self {
        let json = serde_json::json!({"map": map, "numbers": numbers});
        Self {
            facts: titled(Some(&map.title), about_map(map, numbers)),
            zone: numbers.range.zone.clone(),
            tables: map_tables(map, numbers),
            json: Some(serde_json::to_string_pretty(&json).expect("maps have text keys")),
        }
    }

    /// Writes a file.
    pub fn write(&self, format: Format, choices: &Choices) -> Result<File, ExportError> {
        let tables = self.chosen(choices.table.as_deref())?;
        let file = |ending, media, bytes| File {
            ending,
            media,
            bytes,
        };
        Ok(match format {
            Format::Csv => {
                if choices.is_bare && tables.len() > 1 {
                    return Err(ExportError::TableNeeded(names(&tables)));
                }
                let bytes = csv::write(self, &tables, choices);
                file("csv", "text/csv; charset=utf-8", bytes)
            }
            Format::Xlsx => file("xlsx", XLSX, xlsx::write(self, &tables)?),
            Format::Parquet => match tables.as_slice() {
                [table] => {
                    let bytes = parquet::write(self, table)?;
                    file("parquet", "application/vnd.apache.parquet", bytes)
                }
                tables => file("zip", "application/zip", parquet::pack(self, tables)?),
            },
            Format::Json => file("json", "application/json", self.json().into_bytes()),
        })
    }

    /// The table of the name, or all that have rows. The first is there even without, as its head tells
    /// what there could be.
    fn chosen(&self, name: Option<&str>) -> Result<Vec<&Table>, ExportError> {
        let Some(name) = name else {
            let with_rows = (self.tables.iter().enumerate())
                .filter(|(index, table)| *index == 0 || !table.rows.is_empty());
            return Ok(with_rows.map(|(_, table)| table).collect());
        };
        let found = self.tables.iter().find(|it| it.name == name);
        let unknown = || ExportError::TableUnknown {
            name: name.to_owned(),
            names: self.tables.iter().map(|it| it.name).collect(),
        };
        Ok(vec![found.ok_or_else(unknown)?])
    }

    fn json(&self) -> String {
        if let Some(json) = &self.json {
            return json.clone();
        }
        let facts = self.facts.iter();
        let about: serde_json::Map<_, _> = facts
            .map(|it| (it.name.to_owned(), serde_json::json!(it.value)))
            .collect();
        let all = serde_json::json!({"about": about, "tables": self.tables});
        serde_json::to_string_pretty(&all).expect("tables have text keys")
    }
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn titled(title: Option<&str>, mut facts: Vec<Fact>) -> Vec<Fact> {
    if let Some(title) = title {
        facts.insert(0, Fact::new("title", title));
    }
    facts
}

fn names(tables: &[&Table]) -> Vec<&'static str> {
    tables.iter().map(|it| it.name).collect()
}

/// A cell as text, in a form that programs read back. Times have the offset of the zone at that moment.
fn text_of(cell: &Cell, zone: &Zone) -> String {
    match cell {
        Cell::Missing => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Whole(number) => number.to_string(),
        Cell::Real(number) => number.to_string(),
        Cell::Flag(flag) => flag.to_string(),
        Cell::Time(time) => time.written_in(zone),
    }
}

/// Whether a spreadsheet would run a text as a formula. It looks past spaces, and where people write
/// Chinese or Japanese it takes the wide signs for the narrow ones.
fn is_formula(text: &str) -> bool {
    let first = text.trim_start_matches([' ', '\u{a0}', '\u{3000}']);
    first.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests;
