//! What the columns of a file mean: a small document that can be kept and used again.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Serialize};
use throughline_model::{Channel, EventName, IdentifierKind, Zone};
use utoipa::ToSchema;

use crate::check;

/// How the rows of a file become events.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    pub format: Format,
    /// What separates the cells of a CSV file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// The column of the known identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The column of the anonymous id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anonymous: Option<String>,
    /// Columns that hold identifiers of other types, with the type.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub identifiers: BTreeMap<String, IdentifierKind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<EventSource>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<TimeColumn>,
    /// The channel of all rows, or the column that names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<EventSource>,
    /// The column of the message id; without one it is made from the row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    #[serde(default, skip_serializing_if = "PropertyRules::is_default")]
    pub properties: PropertyRules,
}

/// What kind of file it is; gzip around it is found by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Csv,
    /// One JSON object a line.
    Lines,
    /// One event of the Segment dialect a line; nothing else has to be mapped.
    Segment,
    Parquet,
    /// Traces of events, as process mining keeps them (IEEE 1849).
    Xes,
    /// Events with the objects that take part in them (OCEL 2.0), in JSON or XML.
    Ocel,
}

/// One value for all rows, or the column that holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventSource {
    Column(String),
    Constant(String),
}

/// The column of the time and how it is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeColumn {
    pub column: String,
    #[serde(default, skip_serializing_if = "TimeFormat::is_default")]
    #[schema(value_type = String, example = "%d/%m/%Y %H:%M")]
    pub format: TimeFormat,
    /// The zone of times that name none.
    #[serde(default, skip_serializing_if = "is_utc")]
    #[schema(value_type = String, example = "Asia/Shanghai")]
    pub zone: Zone,
}

/// How times are written: `iso`, a unit since 1970, or a pattern like `%d/%m/%Y %H:%M`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum TimeFormat {
    /// ISO 8601; numbers count from 1970, their size tells the unit.
    #[default]
    Iso,
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
    Pattern(String),
}

/// Which columns become properties and how. All that are not used elsewhere do by default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PropertyRules {
    /// Names of properties by column.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub rename: BTreeMap<String, String>,
    /// Columns that are left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<String>,
    /// Columns whose texts are read as numbers; what is none stays a text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<String>,
    /// Columns whose texts are read as true or false.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
    /// Columns with JSON objects, whose members become properties.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub spread: Vec<String>,
}

/// What has to be mended in a mapping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MappingFault {
    /// Where, like `time.column`.
    pub place: String,
    pub message: String,
}

impl Mapping {
    /// A mapping that names no columns yet.
    pub fn new(format: Format) -> Self {
        Self {
            format,
            delimiter: None,
            user: None,
            anonymous: None,
            identifiers: BTreeMap::new(),
            event: None,
            time: None,
            channel: None,
            message: None,
            properties: PropertyRules::default(),
        }
    }

    /// Everything that is wrong with the mapping for a file with these columns.
    pub fn check(&self, columns: &[String]) -> Vec<MappingFault> {
        let mut faults = Vec::new();
        if self.format == Format::Segment {
            let names_columns = self != &Self::new(Format::Segment);
            if names_columns {
                faults.push(fault(
                    "format",
                    "lines of the Segment dialect need no columns",
                ));
            }
            return faults;
        }
        if self.user.is_none() && self.anonymous.is_none() && self.identifiers.is_empty() {
            faults.push(fault(
                "user",
                "name the column that says who it was, here or in `anonymous`",
            ));
        }
        for (column, kind) in &self.identifiers {
            if matches!(kind, IdentifierKind::User | IdentifierKind::Anonymous) {
                faults.push(fault(
                    &format!("identifiers.{column}"),
                    "user ids and anonymous ids have parts of their own: `user` and `anonymous`",
                ));
            }
        }
        match &self.event {
            None => faults.push(fault(
                "event",
                "name a column, or one event name for all rows",
            )),
            Some(EventSource::Constant(name)) => match EventName::parse(name) {
                Err(error) => faults.push(fault("event.constant", &error.to_string())),
                Ok(name) => faults.extend(
                    check::reserved(&name)
                        .err()
                        .map(|it| fault("event.constant", &it.message)),
                ),
            },
            Some(EventSource::Column(_)) => {}
        }
        if self.time.is_none() {
            faults.push(fault("time", "name the column that says when it was"));
        }
        if let Some(EventSource::Constant(name)) = &self.channel
            && Channel::parse(name).is_none()
        {
            let names = Channel::ALL.map(Channel::name).join(", ");
            faults.push(fault(
                "channel.constant",
                &format!("`{name}` is none of {names}"),
            ));
        }
        if let Some(delimiter) = self.delimiter
            && !(delimiter.is_ascii() && (delimiter == '\t' || !delimiter.is_control()))
        {
            faults.push(fault(
                "delimiter",
                "is one ASCII character, like , ; | or a tab",
            ));
        }
        for (place, column) in self.named_columns() {
            if !columns.contains(column) {
                faults.push(fault(
                    place,
                    &format!(
                        "the file has no column `{column}`; it has {}",
                        shown(columns)
                    ),
                ));
            }
        }
        let mut names = BTreeSet::new();
        for column in columns.iter().filter(|it| self.is_property(it)) {
            let name = self.property_name(column);
            if !names.insert(name) {
                faults.push(fault(
                    &format!("properties.rename.{column}"),
                    &format!("two columns become the property `{name}`"),
                ));
            }
        }
        faults
    }

    /// True for columns that become properties of their own.
    pub fn is_property(&self, column: &str) -> bool {
        let time = self.time.as_ref().map(|it| &it.column);
        let roles = [
            self.user.as_ref(),
            self.anonymous.as_ref(),
            self.message.as_ref(),
            self.event.as_ref().and_then(EventSource::column),
            self.channel.as_ref().and_then(EventSource::column),
            time,
        ];
        let is_used = roles.into_iter().flatten().any(|it| it == column)
            || self.identifiers.contains_key(column);
        !is_used && !self.properties.ignore.iter().any(|it| it == column)
    }

    /// The name of the property that a column becomes.
    pub fn property_name<'a>(&'a self, column: &'a str) -> &'a str {
        self.properties
            .rename
            .get(column)
            .map_or(column, String::as_str)
    }

    /// Every column that the mapping gives a meaning, each once.
    pub(crate) fn places(&self) -> Vec<String> {
        let mut places: Vec<String> = Vec::new();
        let named = self.named_columns().into_iter().map(|(_, column)| column);
        for column in named.chain(self.properties.rename.keys()) {
            if !places.contains(column) {
                places.push(column.clone());
            }
        }
        places
    }

    /// Columns by which somebody or an event is known.
    pub(crate) fn persons(&self) -> impl Iterator<Item = &str> {
        let ids = [&self.user, &self.anonymous, &self.message];
        let ids = ids.into_iter().flatten().chain(self.identifiers.keys());
        ids.map(String::as_str)
    }

    /// Every column that the mapping names, with the place where it does.
    fn named_columns(&self) -> Vec<(&'static str, &String)> {
        let roles = [
            ("user", self.user.as_ref()),
            ("anonymous", self.anonymous.as_ref()),
            (
                "event.column",
                self.event.as_ref().and_then(EventSource::column),
            ),
            ("time.column", self.time.as_ref().map(|it| &it.column)),
            (
                "channel.column",
                self.channel.as_ref().and_then(EventSource::column),
            ),
            ("message", self.message.as_ref()),
        ];
        let mut named: Vec<_> = roles
            .into_iter()
            .filter_map(|(place, column)| Some((place, column?)))
            .collect();
        named.extend(self.identifiers.keys().map(|it| ("identifiers", it)));
        // Lines need not all have the same members, so a sample cannot prove that one is missing.
        if self.format != Format::Lines {
            let rules = &self.properties;
            named.extend(rules.rename.keys().map(|it| ("properties.rename", it)));
            for (place, columns) in [
                ("properties.ignore", &rules.ignore),
                ("properties.numbers", &rules.numbers),
                ("properties.flags", &rules.flags),
                ("properties.spread", &rules.spread),
            ] {
                named.extend(columns.iter().map(|it| (place, it)));
            }
        }
        named
    }
}

impl EventSource {
    /// The column, if it is one.
    pub fn column(&self) -> Option<&String> {
        match self {
            Self::Column(column) => Some(column),
            Self::Constant(_) => None,
        }
    }
}

impl PropertyRules {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl TimeFormat {
    fn is_default(&self) -> bool {
        *self == Self::Iso
    }
}

fn is_utc(zone: &Zone) -> bool {
    *zone == Zone::UTC
}

impl TryFrom<String> for TimeFormat {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Ok(match text.as_str() {
            "iso" => Self::Iso,
            "seconds" => Self::Seconds,
            "milliseconds" => Self::Milliseconds,
            "microseconds" => Self::Microseconds,
            "nanoseconds" => Self::Nanoseconds,
            pattern if pattern.contains('%') => Self::Pattern(text),
            _ => {
                return Err(format!(
                    "`{text}` is not a time format; use iso, seconds, milliseconds, microseconds, \
                     nanoseconds or a pattern like %d/%m/%Y %H:%M"
                ));
            }
        })
    }
}

impl From<TimeFormat> for String {
    fn from(format: TimeFormat) -> Self {
        format.to_string()
    }
}

impl fmt::Display for TimeFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Iso => "iso",
            Self::Seconds => "seconds",
            Self::Milliseconds => "milliseconds",
            Self::Microseconds => "microseconds",
            Self::Nanoseconds => "nanoseconds",
            Self::Pattern(pattern) => pattern,
        })
    }
}

fn fault(place: &str, message: &str) -> MappingFault {
    MappingFault {
        place: place.to_owned(),
        message: message.to_owned(),
    }
}

/// The first columns of a file, for a message.
fn shown(columns: &[String]) -> String {
    const FEW: usize = 20;
    let mut shown = columns
        .iter()
        .take(FEW)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    if columns.len() > FEW {
        shown.push_str(", ...");
    }
    shown
}
