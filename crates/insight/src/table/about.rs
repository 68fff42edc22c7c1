//! What an answer depends on, to be printed with it wherever it goes.

use throughline_model::Map;

use super::Cell;
use crate::{
    ask::{Answer, LeftOut},
    compare::Comparison,
    map_metrics::MapNumbers,
};

/// One thing that the numbers depend on.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    pub name: &'static str,
    pub value: Cell,
}

impl Fact {
    /// A fact of a name that no other has.
    pub fn new(name: &'static str, value: impl Into<Cell>) -> Self {
        Self {
            name,
            value: value.into(),
        }
    }
}

/// Range, zone, n, what was left out, when it was asked, who counted as one profile, and the definition.
pub fn about(answer: &Answer) -> Vec<Fact> {
    let LeftOut {
        immature,
        capped,
        excluded,
        ungrouped,
    } = answer.left_out;
    let definition = serde_json::to_string(&answer.report).expect("reports have text keys");
    let mut facts = vec![
        Fact::new("report", answer.report.kind()),
        Fact::new("range_from", answer.range.from),
        Fact::new("range_to", answer.range.to),
        Fact::new("zone", answer.zone.name()),
        Fact::new("asked", answer.asked),
        Fact::new("log_taken", answer.taken),
        Fact::new("log_rows", answer.rows),
        Fact::new("link_log_position", answer.links),
        Fact::new("n", answer.n),
        Fact::new("left_out_immature", immature),
        Fact::new("left_out_capped", capped),
        Fact::new("left_out_excluded", excluded),
        Fact::new("left_out_ungrouped", ungrouped),
    ];
    facts.extend((answer.unrated).map(|it| Fact::new("left_out_unrated", it)));
    facts.push(Fact::new("definition", definition));
    facts
}

/// The same for a comparison: what the report depends on, then what the other side has instead.
pub fn about_comparison(comparison: &Comparison) -> Vec<Fact> {
    let mut facts = about(&comparison.a);
    let (b, sides) = (&comparison.b, comparison.sides);
    let json = |it: Result<String, serde_json::Error>| it.expect("reports have text keys");
    facts.extend([
        Fact::new("against", json(serde_json::to_string(&comparison.against))),
        Fact::new("against_range_from", b.range.from),
        Fact::new("against_range_to", b.range.to),
        Fact::new("against_n", b.n),
        Fact::new("against_left_out_immature", b.left_out.immature),
        Fact::new("against_left_out_capped", b.left_out.capped),
        Fact::new("people", sides.people_a),
        Fact::new("against_people", sides.people_b),
        Fact::new("people_of_both", sides.people_both),
        Fact::new("time_of_both_ms", sides.both_ms),
        Fact::new("against_definition", json(serde_json::to_string(&b.report))),
    ]);
    facts
}

/// The same for the numbers of a map.
pub fn about_map(map: &Map, numbers: &MapNumbers) -> Vec<Fact> {
    let definition = serde_json::to_string(map).expect("maps have text keys");
    vec![
        Fact::new("report", "map"),
        Fact::new("range_from", numbers.range.from),
        Fact::new("range_to", numbers.range.to),
        Fact::new("zone", numbers.range.zone.name()),
        Fact::new("asked", numbers.asked),
        Fact::new("log_taken", numbers.taken),
        Fact::new("events_in_scope", numbers.events),
        Fact::new("link_log_position", numbers.links),
        Fact::new("n", numbers.base),
        Fact::new("definition", definition),
    ]
}
