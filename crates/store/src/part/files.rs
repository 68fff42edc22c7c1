//! The three files of a part and what the manifest says of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::sections::Sum;

/// One part, as the manifest names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PartEntry {
    pub id: u64,
    /// Parts that were made together and share no profile; they are merged together.
    pub set: u64,
    pub rows_count: u64,
    /// First and last instant of events, in milliseconds.
    pub time: (i64, i64),
    /// First and last instant of arrival.
    pub received: (i64, i64),
    /// Rows of each source.
    pub sources: BTreeMap<u32, u64>,
    pub parquet_bytes: u64,
    pub timeline: Sum,
    pub keys: Sum,
}

impl PartEntry {
    pub fn names(id: u64) -> [String; 3] {
        [parquet_name(id), timeline_name(id), keys_name(id)]
    }
}

/// The folder of all parts.
pub(crate) const FOLDER: &str = "parts";

pub(crate) fn parquet_name(id: u64) -> String {
    format!("{FOLDER}/{id:016x}.parquet")
}

pub(crate) fn timeline_name(id: u64) -> String {
    format!("{FOLDER}/{id:016x}.timeline")
}

pub(crate) fn keys_name(id: u64) -> String {
    format!("{FOLDER}/{id:016x}.keys")
}
