//! Files of costs: what their columns mean, and their rows as records.

mod columns;

use serde::{Deserialize, Serialize};
use throughline_model::{
    cost::{Cost, CostFault, CostRow, Currency},
    limits,
};
use utoipa::ToSchema;

use crate::file::{CsvRows, Format, NextRow, column_names, sniff};

pub use columns::suggest;

/// What the columns of a file of costs mean: the name of the column for each, none where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CostMapping {
    pub day: String,
    #[serde(default)]
    pub day_order: DayOrder,
    pub amount: String,
    /// Whether amounts are whole millionths, as Google Ads exports them.
    #[serde(default)]
    pub in_micros: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The channel of rows that name none; `ads` when it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel_else: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub medium: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The currency of rows that name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency_else: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impressions: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clicks: Option<String>,
}

/// In which order a day is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DayOrder {
    /// `2026-03-01`, `2026/3/1` or `20260301`.
    #[default]
    Year,
    /// `01.03.2026`.
    Day,
    /// `03/01/2026`.
    Month,
}

/// What a file of costs holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CostFile {
    pub columns: Vec<String>,
    /// The one that was used.
    pub mapping: CostMapping,
    pub rows_count: u64,
    /// The first rows as they were understood.
    pub sample: Vec<CostRow>,
    pub costs: Vec<(Cost, Option<Currency>)>,
    /// The first rows that cannot be used.
    pub faults: Vec<CostRowFault>,
    pub faults_count: u64,
}

/// Why a row cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CostRowFault {
    /// As a spreadsheet counts: the names of the columns are row 1.
    pub row: u64,
    /// Empty where it is the row itself.
    pub field: String,
    pub message: String,
}

/// Rows that are shown.
const SAMPLE: usize = 8;

/// Reads a file by a mapping, or by one that is made from the names of its columns.
///
/// The error says why the file cannot be read at all.
pub fn read(text: &str, mapping: Option<&CostMapping>) -> Result<CostFile, String> {
    let head = &text.as_bytes()[..text.len().min(64 << 10)];
    let sniffed = sniff(head).map_err(|error| error.to_string())?;
    if sniffed.format != Format::Csv {
        return Err("the file is not CSV; costs come as a table with a line of names".to_owned());
    }
    let delimiter = u8::try_from(sniffed.delimiter.unwrap_or(',')).unwrap_or(b',');
    let mut rows = CsvRows::new(delimiter);
    let mut piece = text.trim_start_matches('\u{feff}').as_bytes();
    let columns = match rows.next(&mut piece, true) {
        NextRow::Row(row) => column_names(row.cells()),
        _ => return Err("the file has no line with the names of its columns".to_owned()),
    };
    let mut file = CostFile {
        mapping: match mapping {
            Some(mapping) => mapping.clone(),
            None => suggest(&columns),
        },
        columns,
        ..CostFile::default()
    };
    let places = Places::of(&file.mapping, &file.columns)?;
    loop {
        match rows.next(&mut piece, true) {
            NextRow::Row(row) => {
                let cells: Vec<&str> = row.cells().collect();
                if cells.iter().all(|it| it.trim().is_empty()) {
                    continue;
                }
                file.rows_count += 1;
                let row = places.row(&file.mapping, &cells);
                file.take(row);
            }
            NextRow::Faulty(fault) => {
                file.rows_count += 1;
                file.fault("", fault.message.to_string());
            }
            NextRow::Hungry | NextRow::End => break,
            NextRow::Endless(fault) => return Err(fault.message.to_string()),
        }
        if file.rows_count > limits::COST_BATCH_MAX as u64 {
            let most = limits::COST_BATCH_MAX;
            return Err(format!(
                "the file has more than {most} rows; split it by day"
            ));
        }
    }
    Ok(file)
}

impl CostFile {
    fn take(&mut self, row: CostRow) {
        match row.read() {
            Ok(cost) => self.costs.push(cost),
            Err(CostFault { field, message }) => self.fault(&field, message),
        }
        if self.sample.len() < SAMPLE {
            self.sample.push(row);
        }
    }

    fn fault(&mut self, field: &str, message: String) {
        self.faults_count += 1;
        if self.faults.len() < limits::COST_FAULTS_MAX {
            self.faults.push(CostRowFault {
                row: self.rows_count + 1,
                field: field.to_owned(),
                message,
            });
        }
    }
}

/// The columns of a mapping, found.
struct Places {
    day: usize,
    amount: usize,
    others: [Option<usize>; 8],
}

impl Places {
    fn of(mapping: &CostMapping, columns: &[String]) -> Result<Self, String> {
        let find = |what: &str, name: &str| {
            let found = columns.iter().position(|it| it == name);
            found.ok_or_else(|| match name {
                "" => format!("say which column is the {what}"),
                name => format!("the file has no column `{name}` for the {what}"),
            })
        };
        let maybe = |what: &str, name: &Option<String>| {
            name.as_ref().map(|name| find(what, name)).transpose()
        };
        Ok(Self {
            day: find("day", &mapping.day)?,
            amount: find("amount", &mapping.amount)?,
            others: [
                maybe("channel", &mapping.channel)?,
                maybe("source", &mapping.source)?,
                maybe("campaign", &mapping.campaign)?,
                maybe("medium", &mapping.medium)?,
                maybe("content", &mapping.content)?,
                maybe("currency", &mapping.currency)?,
                maybe("impressions", &mapping.impressions)?,
                maybe("clicks", &mapping.clicks)?,
            ],
        })
    }

    fn row(&self, mapping: &CostMapping, cells: &[&str]) -> CostRow {
        let at = |place: usize| cells.get(place).map_or("", |it| it.trim());
        let [
            channel,
            source,
            campaign,
            medium,
            content,
            currency,
            impressions,
            clicks,
        ] = self.others.map(|place| place.map_or("", at));
        let or = |text: &str, usual: &Option<String>| match text {
            "" => usual.clone().unwrap_or_default(),
            text => text.to_owned(),
        };
        CostRow {
            day: iso_day(at(self.day), mapping.day_order),
            channel: or(channel, &mapping.channel_else),
            source: source.to_owned(),
            campaign: campaign.to_owned(),
            medium: medium.to_owned(),
            content: content.to_owned(),
            amount: match mapping.in_micros {
                true => of_micros(at(self.amount)),
                false => at(self.amount).to_owned(),
            },
            currency: or(currency, &mapping.currency_else),
            impressions: impressions.to_owned(),
            clicks: clicks.to_owned(),
        }
    }
}

/// A day as the model reads it; what has another shape stays as it is, to be refused as it was written.
fn iso_day(text: &str, order: DayOrder) -> String {
    let is_plain = text.len() == 8 && text.bytes().all(|it| it.is_ascii_digit());
    if is_plain && order == DayOrder::Year {
        return format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]);
    }
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let [one, two, three] = parts.as_slice() else {
        return text.to_owned();
    };
    let (year, month, day) = match order {
        DayOrder::Year => (one, two, three),
        DayOrder::Day => (three, two, one),
        DayOrder::Month => (three, one, two),
    };
    format!("{year}-{month:0>2}-{day:0>2}")
}

/// Whole millionths as a decimal number; what is none stays as it is, with a sign that no amount has.
fn of_micros(text: &str) -> String {
    if text.is_empty() || text.len() > 30 || !text.bytes().all(|it| it.is_ascii_digit()) {
        return format!("{text} millionths");
    }
    let padded = format!("{text:0>7}");
    let (whole, parts) = padded.split_at(padded.len() - 6);
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    format!("{whole}.{parts}")
}

#[cfg(test)]
mod tests;
