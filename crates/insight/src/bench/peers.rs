//! Questions that other engines can be asked as well, and what of an answer is compared with theirs.
//!
//! `bench/peers` asks the same in SQL; `questions.py` there holds the same names and spans.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use throughline_model::Value as Known;

use super::question;
use crate::{Answer, Label, Numbers, kernel::retention::Cohort};

/// A question that peers are asked.
#[derive(Clone, Debug)]
pub struct PeerQuestion {
    /// What the scripts of the peers call it.
    pub id: &'static str,
    pub question: super::Question,
    /// What of the answers is compared.
    pub compared: &'static str,
    /// How many times as long a tuned ClickHouse is expected to take at least.
    pub clickhouse_min: f64,
    /// The same of DuckDB.
    pub duckdb_min: f64,
}

const WEEKS: usize = 8;
const WEEK_MS: i64 = 7 * 86_400_000;
/// 1970 began on a Thursday, and weeks begin on Mondays.
const MONDAY_MS: i64 = 3 * 86_400_000;

/// Every question, over the names of generated events.
///
/// # Panics
/// Never: the questions are sound.
pub fn peer_questions() -> Vec<PeerQuestion> {
    let ask = |id, (name, compared), (clickhouse_min, duckdb_min), report| PeerQuestion {
        id,
        question: question(name, report),
        compared,
        clickhouse_min,
        duckdb_min,
    };
    vec![
        ask(
            "funnel",
            (
                "funnel of 5 steps within 7 days, filtered and broken down",
                "people on each step and line",
            ),
            (5.0, 25.0),
            funnel(),
        ),
        ask(
            "paths",
            (
                "ways of up to 5 events between two steps, the first 100",
                "ways and counts, but for those as rare as the last",
            ),
            (20.0, 50.0),
            paths(),
        ),
        ask(
            "transitions",
            (
                "all transitions with exact median time",
                "counts and medians of all pairs",
            ),
            (10.0, 12.0),
            json!({"kind": "transitions", "range": {"all": true}, "by": "event"}),
        ),
        ask(
            "retention",
            (
                "weekly retention over 8 weeks",
                "starts and returns of all cells",
            ),
            (5.0, 8.0),
            retention(),
        ),
        ask(
            "stages",
            (
                "time in stages, cut into sessions by 30 minutes of silence",
                "stays by stage and by how they ended",
            ),
            (12.0, 20.0),
            stages(),
        ),
        ask(
            "channels",
            (
                "ways of channels to a purchase within 7 days",
                "different ways, and purchases with a touch",
            ),
            (5.0, 40.0),
            channels(),
        ),
    ]
}

fn funnel() -> Value {
    let steps = [
        "search_performed",
        "cart_added",
        "checkout_started",
        "payment_entered",
        "purchase",
    ];
    let steps = steps.map(|it| json!({"name": it, "matcher": {"events": [it]}}));
    json!({"kind": "funnel", "range": {"all": true}, "window": {"whole": "7d"}, "steps": steps,
        "breakdown": {"field": "properties.country"},
        "filter": {"rule": {"where":
            {"field": "properties.country", "test": {"is": ["CN", "US", "DE"]}}}}})
}

fn paths() -> Value {
    json!({"kind": "paths", "range": {"all": true}, "by": "event", "from": {"events": ["cart_added"]},
        "to": {"events": ["purchase"]}, "length_max": 5, "top": 100, "collapse": false})
}

fn retention() -> Value {
    json!({"kind": "retention", "range": {"all": true}, "start": {"events": ["search_performed"]},
        "returns": {}, "period": "week", "periods_count": WEEKS})
}

fn stages() -> Value {
    let stages: [(&str, &[&str]); 5] = [
        (
            "consider",
            &["product_viewed", "list_viewed", "search_performed"],
        ),
        ("decide", &["cart_added", "cart_viewed"]),
        ("buy", &["checkout_started", "payment_entered", "purchase"]),
        ("receive", &["delivery_tracked", "delivered"]),
        (
            "after",
            &["review_written", "return_started", "chat_started"],
        ),
    ];
    let stages = stages.map(|(name, events)| json!({"name": name, "matcher": {"events": events}}));
    json!({"kind": "stage_time", "range": {"all": true}, "silence_max": "30m", "stages": stages})
}

fn channels() -> Value {
    let touches = [
        "ad_clicked",
        "email_opened",
        "push_opened",
        "email_clicked",
        "sms_clicked",
    ];
    json!({"kind": "attribution", "range": {"all": true}, "conversion": {"events": ["purchase"]},
        "touch": {"events": touches}, "look_back": {"within": "7d"},
        "models": ["first", "last", "linear"]})
}

/// Numbers by name: what peers give as well.
pub fn told(answer: &Answer) -> BTreeMap<String, i64> {
    let mut told = BTreeMap::new();
    let mut tell = |name: String, count: u64| {
        if count > 0 {
            told.insert(name, count.cast_signed());
        }
    };
    match &answer.numbers {
        Numbers::Funnel(it) => {
            for line in &it.lines {
                for (index, count) in line.steps.iter().enumerate() {
                    tell(format!("{} {}", text(&line.label), index + 1), *count);
                }
            }
        }
        Numbers::Paths(it) => {
            for path in &it.paths {
                tell(path.elements.join(">"), path.passes.times);
            }
        }
        Numbers::Transitions(it) => {
            for pair in &it.transitions {
                let name = format!("{}>{}", pair.from, pair.to);
                tell(
                    format!("{name} median"),
                    u64::try_from(pair.median_ms).unwrap_or(0),
                );
                tell(name, pair.passes.times);
            }
        }
        Numbers::Retention(it) => {
            // The first cohort may begin in the middle of its week.
            let week_of = |cohort: &Cohort| (cohort.point.from.0 + MONDAY_MS).div_euclid(WEEK_MS);
            let first = it.cohorts.first().map_or(0, week_of);
            for cohort in &it.cohorts {
                let week = week_of(cohort) - first;
                tell(format!("week {week} +0"), cohort.profiles);
                for (later, cell) in cohort.cells.iter().enumerate().skip(1) {
                    tell(format!("week {week} +{later}"), cell.part + cell.open_back);
                }
            }
        }
        Numbers::StageTime(it) => {
            for stage in &it.stages {
                let from = &stage.stage.name;
                tell(format!("{from}>silent"), stage.silent.times);
                tell(format!("{from}>still in"), stage.still_in.times);
                for next in &stage.next {
                    tell(format!("{from}>{}", next.to), next.passes.times);
                }
            }
        }
        Numbers::Attribution(it) => {
            tell("ways".to_owned(), it.paths);
            let touched = it.total.passes.times - it.untouched.passes.times;
            tell("conversions".to_owned(), touched);
        }
        _ => {}
    }
    told
}

/// What both give must be equal; of lists that are cut, what is as rare as their last entries is left to chance.
pub fn differences(
    id: &str,
    ours: &BTreeMap<String, i64>,
    theirs: &BTreeMap<String, i64>,
) -> Vec<String> {
    let least = match id {
        "paths" if ours.len() == theirs.len() => ours.values().min().copied().unwrap_or(0),
        _ => 0,
    };
    let mut names: Vec<&String> = ours.keys().chain(theirs.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let is_other = |name: &&&String| {
        let (our, their) = (ours.get(**name), theirs.get(**name));
        our != their && our.max(their).is_some_and(|it| *it > least)
    };
    names.iter().filter(is_other).copied().cloned().collect()
}

fn text(label: &Label) -> String {
    match label {
        Label::Value(Known::Text(text)) => text.clone(),
        other => format!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(of: &[(&str, i64)]) -> BTreeMap<String, i64> {
        of.iter()
            .map(|(name, it)| ((*name).to_owned(), *it))
            .collect()
    }

    #[test]
    fn what_only_one_side_has_is_a_difference() {
        let (ours, theirs) = (counts(&[("a", 1), ("b", 2)]), counts(&[("b", 2), ("c", 1)]));
        assert_eq!(differences("funnel", &ours, &theirs), ["a", "c"]);
        assert!(differences("funnel", &ours, &ours).is_empty());
    }

    #[test]
    fn the_rarest_of_a_list_that_is_cut_may_differ() {
        let (ours, theirs) = (counts(&[("a", 1), ("b", 2)]), counts(&[("b", 2), ("c", 1)]));
        assert!(differences("paths", &ours, &theirs).is_empty());
        let more = counts(&[("a", 1), ("b", 3)]);
        assert_eq!(differences("paths", &more, &theirs), ["b"]);
    }
}
