//! What the server and its SQL companion say to each other: one line of JSON each way, twice.
//!
//! The companion is a program of its own, so everything that it needs is named here and nothing else reaches it.

use std::{collections::BTreeSet, path::PathBuf};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Timestamp, Zone};

/// The first line to the companion: what is asked, and how much it may cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SqlJob {
    pub sql: String,
    pub format: SqlFormat,
    /// A file that does not exist yet; the rows of the result are written there.
    pub output: PathBuf,
    /// An empty folder for what does not fit into memory.
    pub spill: PathBuf,
    pub limits: SqlLimits,
}

/// How the rows of a result are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SqlFormat {
    /// A list of rows, each a list of values.
    #[default]
    Json,
    Csv,
    Parquet,
}

/// What a query may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SqlLimits {
    pub memory_bytes: u64,
    pub spill_bytes: u64,
    pub processor_seconds: u64,
    pub threads: usize,
    pub rows: u64,
    pub bytes: u64,
}

/// What the companion says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SqlReply {
    /// The statement has passed the gate and been planned; these are the tables that it needs.
    Needs(SqlNeeds),
    /// The gate does not let the statement through.
    Refused(String),
    /// The statement cannot be planned or has failed on the way.
    Failed { why: SqlFailure, message: String },
    /// The result has been written.
    Done(SqlDone),
}

/// Why a statement has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SqlFailure {
    /// Its author can mend it.
    Statement,
    /// It needs more than it may have.
    Resources,
    /// It is nobody's fault but ours.
    Internal,
}

/// Columns that a statement reads, by table; a table that it does not read is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SqlNeeds {
    pub events: Option<BTreeSet<String>>,
    pub profiles: Option<BTreeSet<String>>,
    pub segments: Option<BTreeSet<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub costs: Option<BTreeSet<String>>,
}

/// The second line to the companion: where the tables lie.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SqlTables {
    /// A file with the profile of each actor, as 32-bit numbers, little end first.
    pub profile_of_actor: Option<PathBuf>,
    /// A file with the turns of actors that several people share: actor and profile as 32-bit
    /// numbers and the moment as a 64-bit one, little end first, in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turns_of_actors: Option<PathBuf>,
    /// Names by code for the files of codes in `events`; code 0 is no name.
    pub channels: Vec<String>,
    pub touchpoints: Vec<String>,
    pub stages: Vec<String>,
    pub events: Vec<SqlRows>,
    /// Parquet files whose columns are those of the table.
    pub profiles: Option<PathBuf>,
    pub segments: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub costs: Option<PathBuf>,
}

/// A piece of the event log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SqlRows {
    /// A Parquet file with the columns of a part.
    pub file: PathBuf,
    /// Files with a code for each row, as 16-bit numbers, little end first.
    pub channels: Option<PathBuf>,
    pub touchpoints: Option<PathBuf>,
    pub stages: Option<PathBuf>,
}

/// A result that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SqlDone {
    pub columns: Vec<SqlColumn>,
    pub rows: u64,
    /// True when there are more rows than were written.
    pub is_cut: bool,
}

/// A column of a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SqlColumn {
    pub name: String,
    pub kind: SqlKind,
}

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SqlKind {
    Text,
    Number,
    Flag,
    /// An instant, as text like `2026-03-01T09:30:00Z`.
    Time,
    /// A day, as text like `2026-03-01`.
    Date,
    /// Something else, as text.
    Other,
}

/// A calendar unit that statements count in, as reports do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    Hour,
    Day,
    /// Monday to Sunday.
    Week,
    /// Sunday to Saturday.
    SundayWeek,
    Month,
}

impl Period {
    /// Every unit with its name in statements.
    pub const ALL: [(&str, Self); 5] = [
        ("hour", Self::Hour),
        ("day", Self::Day),
        ("week", Self::Week),
        ("sunday_week", Self::SundayWeek),
        ("month", Self::Month),
    ];

    /// Reads a name; `None` when there is no such unit.
    pub fn parse(name: &str) -> Option<Self> {
        let found = Self::ALL.into_iter().find(|(it, _)| *it == name);
        found.map(|(_, period)| period)
    }

    /// Its name in statements.
    pub fn name(self) -> &'static str {
        let found = Self::ALL.into_iter().find(|(_, it)| *it == self);
        found.map_or("", |(name, _)| name)
    }

    /// A number that grows by one from each unit to the next.
    pub fn number(self, at: Timestamp, zone: &Zone) -> i64 {
        let days = || days_of(at.in_zone(zone).date());
        match self {
            Self::Hour => self.start(at, zone).0.div_euclid(3_600_000),
            Self::Day => days(),
            // The first day of 1970 was a Thursday.
            Self::Week => (days() + 3).div_euclid(7),
            Self::SundayWeek => (days() + 4).div_euclid(7),
            Self::Month => {
                let date = at.in_zone(zone).date();
                (i64::from(date.year()) - 1970) * 12 + i64::from(date.month()) - 1
            }
        }
    }

    /// The first instant of the unit that an instant lies in.
    pub fn start(self, at: Timestamp, zone: &Zone) -> Timestamp {
        let local = at.in_zone(zone);
        let back = |days: i8| {
            let days = jiff::Span::new().days(i64::from(days));
            zone.start_of(local.date().saturating_sub(days))
        };
        match self {
            Self::Hour => {
                let into_hour = i64::from(local.minute()) * 60_000
                    + i64::from(local.second()) * 1000
                    + i64::from(local.millisecond());
                Timestamp(at.0 - into_hour)
            }
            Self::Day => zone.start_of(local.date()),
            Self::Week => back(local.date().weekday().to_monday_zero_offset()),
            Self::SundayWeek => back(local.date().weekday().to_sunday_zero_offset()),
            Self::Month => zone.start_of(local.date().first_of_month()),
        }
    }
}

/// Days since 1970-01-01.
fn days_of(date: Date) -> i64 {
    let midnight = date.to_zoned(jiff::tz::TimeZone::UTC);
    midnight.map_or(0, |it| it.timestamp().as_second().div_euclid(86_400))
}

/// A table that statements may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SqlTable {
    pub name: &'static str,
    pub columns: &'static [(&'static str, SqlType)],
}

/// The type of a column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SqlType {
    Integer,
    Text,
    /// A text that holds a JSON object.
    Json,
    Timestamp,
}

/// Every table there is.
pub const TABLES: &[SqlTable] = &[
    SqlTable {
        name: "events",
        columns: &[
            ("time", SqlType::Timestamp),
            ("event", SqlType::Text),
            ("profile", SqlType::Integer),
            ("channel", SqlType::Text),
            ("touchpoint", SqlType::Text),
            ("stage", SqlType::Text),
            ("properties", SqlType::Json),
            ("context", SqlType::Json),
            ("kind", SqlType::Text),
            ("actor", SqlType::Integer),
            ("source", SqlType::Integer),
            ("message", SqlType::Text),
            ("received", SqlType::Timestamp),
            ("seq", SqlType::Integer),
        ],
    },
    SqlTable {
        name: "profiles",
        columns: &[
            ("id", SqlType::Integer),
            ("first_seen", SqlType::Timestamp),
            ("last_seen", SqlType::Timestamp),
            ("events", SqlType::Integer),
            ("traits", SqlType::Json),
        ],
    },
    SqlTable {
        name: "segments",
        columns: &[
            ("segment", SqlType::Text),
            ("name", SqlType::Text),
            ("profile", SqlType::Integer),
        ],
    },
    SqlTable {
        name: "costs",
        columns: &[
            ("day", SqlType::Text),
            ("channel", SqlType::Text),
            ("source", SqlType::Text),
            ("campaign", SqlType::Text),
            ("medium", SqlType::Text),
            ("content", SqlType::Text),
            ("currency", SqlType::Text),
            ("micros", SqlType::Integer),
            ("impressions", SqlType::Integer),
            ("clicks", SqlType::Integer),
        ],
    },
];

/// Functions of ours, beside those that SQL has.
pub const FUNCTIONS: &[&str] = &[
    "json_get",
    "json_text",
    "json_number",
    "json_flag",
    "period_number",
    "period_start",
    "epoch_ms",
    "instant",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_numbered_without_gaps_over_a_change_of_clocks() {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        // The last Sunday of March 2026, when an hour is skipped.
        let start = Timestamp::parse("2026-03-27T23:30:00Z").unwrap();
        let mut before = None;
        for hour in 0..72 {
            let at = Timestamp(start.0 + hour * 3_600_000);
            let day = Period::Day.number(at, &zone);
            assert!(before.is_none_or(|it| day - it <= 1));
            before = Some(day);
            assert!(Period::Day.start(at, &zone) <= at);
        }
        assert_eq!(before.unwrap() - Period::Day.number(start, &zone), 3);
    }

    #[test]
    fn weeks_begin_on_monday_or_sunday() {
        let at = |text: &str| Timestamp::parse(text).unwrap();
        let (saturday, sunday, monday) = (
            at("2026-03-07T12:00:00Z"),
            at("2026-03-08T12:00:00Z"),
            at("2026-03-09T12:00:00Z"),
        );
        let number = |period: Period, at| period.number(at, &Zone::UTC);
        assert_eq!(number(Period::Week, saturday), number(Period::Week, sunday));
        assert_eq!(
            number(Period::Week, sunday) + 1,
            number(Period::Week, monday)
        );
        assert_eq!(
            number(Period::SundayWeek, saturday) + 1,
            number(Period::SundayWeek, sunday)
        );
        assert_eq!(
            Period::Week.start(sunday, &Zone::UTC),
            at("2026-03-02T00:00:00Z")
        );
    }
}
