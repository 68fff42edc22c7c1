//! What people say, in their own words.

use std::{cmp::Reverse, collections::BTreeMap};

use serde::Serialize;
use throughline_model::Timestamp;
use utoipa::ToSchema;

/// A text that people left.
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
/// Longer texts are cut.
const TEXT_CHARS_MAX: usize = 400;

/// A text as it is quoted; none where it says nothing.
pub(crate) fn quotable(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    Some(match text.char_indices().nth(TEXT_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    })
}

/// What most said first, then what was said last. Each text comes once for each profile, with its last moment.
pub(crate) fn quoted<'t>(said: impl Iterator<Item = (&'t str, i64)>) -> Vec<Quote> {
    let mut texts: BTreeMap<&str, (u64, i64)> = BTreeMap::new();
    for (text, at) in said {
        let (profiles, last) = texts.entry(text).or_insert((0, i64::MIN));
        *profiles += 1;
        *last = at.max(*last);
    }
    first(texts.into_iter().map(|(text, (profiles, at))| Quote {
        text: text.to_owned(),
        profiles,
        at: Timestamp(at),
    }))
}

/// The quotes that are told, of different texts.
pub(crate) fn first(quotes: impl Iterator<Item = Quote>) -> Vec<Quote> {
    let mut list: Vec<Quote> = quotes.collect();
    list.sort_by(|a, b| {
        let key = |it: &Quote| (Reverse(it.profiles), Reverse(it.at));
        key(a).cmp(&key(b)).then_with(|| a.text.cmp(&b.text))
    });
    list.truncate(QUOTES_MAX);
    list
}
