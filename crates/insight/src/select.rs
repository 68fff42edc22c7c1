//! Names for every number of an answer, so that the people behind it can be asked for.

use serde::{Deserialize, Serialize};
use throughline_model::Timestamp;
use utoipa::ToSchema;

use crate::labels::Label;

/// One number of an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Select {
    Counts(CountsSelect),
}

/// A count of profiles in a report of counts: of one series, line and point, or of all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CountsSelect {
    /// Index in the answer's series; none means any of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series: Option<SeriesName>,
    /// Line of the breakdown; none means any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// Start of a point; none means the whole range.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point: Option<Timestamp>,
}

/// Which series.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeriesName {
    Name(String),
    /// All event names beyond those that are listed.
    Rest,
}
