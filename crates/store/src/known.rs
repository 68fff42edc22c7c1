//! What can be asked besides the log: saved segments, what is known of profiles, and what was paid.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use throughline_model::{Timestamp, Value, cost::Costs, segment::Definitions};

/// Segments, and the traits and costs that were brought along.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub segments: Arc<Definitions>,
    pub traits: BTreeMap<String, Arc<TraitColumn>>,
    /// What was paid in the days of the question.
    pub costs: Arc<Costs>,
}

/// One trait of every actor: the newest that any source has told.
#[derive(Clone, Debug, Default)]
pub struct TraitColumn {
    // What one actor's value is never depends on the order in which they lie here.
    actors: HashMap<u32, Told>,
}

/// A trait as it was told; the greater of two holds, as for the tables.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Told {
    time: Timestamp,
    /// JSON text; none when it was removed.
    value: Option<Arc<str>>,
}

impl TraitColumn {
    /// Hears what was told of an actor; what is older than what is known changes nothing.
    pub fn hear(&mut self, actor: u32, time: Timestamp, value: Option<&str>) {
        let told = Told {
            time,
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
        column.hear(1, Timestamp(5), Some("\"pro\""));
        column.hear(1, Timestamp(4), Some("\"free\""));
        column.hear(2, Timestamp(9), None);
        column.hear(3, Timestamp(5), Some("{\"a\":1}"));
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
}
