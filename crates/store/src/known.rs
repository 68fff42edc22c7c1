//! What can be asked besides the log: saved segments, what is known of profiles, and what was paid.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use throughline_model::{
    SourceId, Timestamp, Value, account::AccountTypes, consent::ConsentPolicy, cost::Costs,
    identity::Survivor, segment::Definitions,
};

/// Segments, and the traits and costs that were brought along.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub segments: Arc<Definitions>,
    /// By name; those of consents are named by [`ConsentIs`](throughline_model::consent::ConsentIs).
    pub traits: BTreeMap<String, Arc<TraitColumn>>,
    /// What holds of those who have said nothing.
    pub consent: Arc<ConsentPolicy>,
    /// What was paid in the days of the question.
    pub costs: Arc<Costs>,
    /// The types of accounts, where the question is about accounts.
    pub account_types: AccountTypes,
}

/// One trait of every actor: the newest that any source has told, or the one that a rule keeps.
#[derive(Clone, Debug, Default)]
pub struct TraitColumn {
    keep: Option<Survivor>,
    // What one actor's value is never depends on the order in which they lie here.
    actors: HashMap<u32, Told>,
}

/// A trait as it was told; the greater of two holds, as for the tables.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Told {
    precedence: (i64, i64),
    /// JSON text; none when it was removed.
    value: Option<Arc<str>>,
}

impl TraitColumn {
    /// A column in which a rule says what stays.
    pub fn keeping(keep: Option<Survivor>) -> Self {
        Self {
            keep,
            actors: HashMap::new(),
        }
    }

    /// Hears what was told of an actor; what is older than what is known changes nothing.
    pub fn hear(&mut self, actor: u32, source: SourceId, time: Timestamp, value: Option<&str>) {
        if value.is_none() && self.keep == Some(Survivor::First) {
            // What was first cannot be taken back.
            return;
        }
        let told = Told {
            precedence: Survivor::precedence(self.keep.as_ref(), source, time),
            value: value.map(Arc::from),
        };
        match self.actors.get_mut(&actor) {
            Some(known) if *known >= told => {}
            Some(known) => *known = told,
            None => {
                self.actors.insert(actor, told);
            }
        }
    }

    /// The value of a profile of these actors.
    pub fn value(&self, actors: impl Iterator<Item = u32>) -> Option<Value> {
        let newest = actors.filter_map(|actor| self.actors.get(&actor)).max();
        newest.and_then(Told::value)
    }

    /// The value of every profile that has one, given the profile of each actor.
    pub fn values(&self, root: impl Fn(u32) -> u32) -> HashMap<u32, Value> {
        let mut newest: HashMap<u32, &Told> = HashMap::new();
        for (actor, told) in &self.actors {
            let known = newest.entry(root(*actor)).or_insert(told);
            *known = told.max(*known);
        }
        let values = newest.into_iter();
        values
            .filter_map(|(profile, told)| Some((profile, told.value()?)))
            .collect()
    }
}

impl Told {
    /// A scalar; all else counts as missing.
    fn value(&self) -> Option<Value> {
        serde_json::from_str(self.value.as_deref()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_of_all_actors_holds_whoever_came_first() {
        let mut column = TraitColumn::default();
        let source = SourceId(1);
        column.hear(1, source, Timestamp(5), Some("\"pro\""));
        column.hear(1, source, Timestamp(4), Some("\"free\""));
        column.hear(2, source, Timestamp(9), None);
        column.hear(3, source, Timestamp(5), Some("{\"a\":1}"));
        let text = |text: &str| Some(Value::Text(text.to_owned()));
        assert_eq!(column.value([1].into_iter()), text("pro"));
        assert_eq!(
            column.value([1, 2].into_iter()),
            None,
            "it was removed later"
        );
        assert_eq!(column.value([3].into_iter()), None, "an object is no value");
        let apart = column.values(|actor| actor);
        assert_eq!(apart.get(&1), text("pro").as_ref());
        assert_eq!(column.values(|_| 0).len(), 0);
    }

    #[test]
    fn a_rule_keeps_the_first_value_or_that_of_a_source() {
        let text = |text: &str| Some(Value::Text(text.to_owned()));
        let hear = |keep| {
            let mut column = TraitColumn::keeping(Some(keep));
            column.hear(1, SourceId(1), Timestamp(5), Some("\"b\""));
            column.hear(1, SourceId(2), Timestamp(3), Some("\"a\""));
            column.hear(2, SourceId(3), Timestamp(9), Some("\"c\""));
            column.hear(2, SourceId(3), Timestamp(1), None);
            column.value([1, 2].into_iter())
        };
        assert_eq!(hear(Survivor::First), text("a"));
        let order = vec![SourceId(2), SourceId(1)];
        assert_eq!(hear(Survivor::Sources { order }), text("a"));
        let order = vec![SourceId(9)];
        assert_eq!(hear(Survivor::Sources { order }), text("c"));
    }
}
