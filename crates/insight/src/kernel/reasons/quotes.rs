//! What people say, in their own words.

use std::{cmp::Reverse, collections::BTreeMap};

use serde::Serialize;
use throughline_model::Timestamp;
use utoipa::ToSchema;

use super::walk::Person;

/// A text that people left on their way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Quote {
    /// Cut when it is very long.
    pub text: String,
    pub profiles: u64,
    /// When it was left last.
    pub at: Timestamp,
}

/// So many are told of each group.
const QUOTES_MAX: usize = 5;

/// What most said first, then what was said last.
pub(super) fn quoted<'p>(people: impl Iterator<Item = &'p Person>) -> Vec<Quote> {
    let mut texts: BTreeMap<&str, (u64, i64)> = BTreeMap::new();
    for person in people {
        let mut own: BTreeMap<&str, i64> = BTreeMap::new();
        for said in &person.said {
            // In order of time, so the last one stays.
            own.insert(&said.text, person.begin + said.at);
        }
        for (text, at) in own {
            let (profiles, last) = texts.entry(text).or_insert((0, i64::MIN));
            *profiles += 1;
            *last = at.max(*last);
        }
    }
    let mut list: Vec<Quote> = (texts.into_iter())
        .map(|(text, (profiles, at))| Quote {
            text: text.to_owned(),
            profiles,
            at: Timestamp(at),
        })
        .collect();
    list.sort_by_key(|it| (Reverse(it.profiles), Reverse(it.at)));
    list.truncate(QUOTES_MAX);
    list
}
