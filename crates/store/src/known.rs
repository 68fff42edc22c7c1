//! What can be asked besides the log: saved segments, what is known of profiles, and what was paid.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use throughline_model::{
    SourceId, Timestamp, Value,
    account::AccountTypes,
    consent::ConsentPolicy,
    cost::Costs,
    identity::Survivor,
    segment::Definitions,
    trait_operation::{Amount, Operator, TraitOperation, is_number},
};

use crate::state::AccountTrait;

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
    /// The types of accounts, where the question is about accounts, or asks of them.
    pub account_types: AccountTypes,
    /// What was told of accounts and of nobody, by the types that the question asks of.
    pub described: BTreeMap<String, Arc<Vec<AccountTrait>>>,
}

/// One trait of every actor: the newest that any source has told, or the one that a rule keeps.
#[derive(Clone, Debug, Default)]
pub struct TraitColumn {
    keep: Option<Survivor>,
    // What one actor's value is never depends on the order in which they lie here.
    actors: HashMap<u32, Told>,
    /// Where the most frequent value stays: what each source told of an actor.
    votes: HashMap<u32, Vec<(SourceId, Told)>>,
    /// What operations each source told of an actor.
    operated: HashMap<u32, Vec<(SourceId, Operated)>>,
}

/// Operations that one source told of one actor. A list is no value here, so of those that make one
/// only the time matters.
#[derive(Clone, Debug, Default)]
pub(crate) struct Operated {
    additions: Vec<(i64, Amount)>,
    lists: Vec<i64>,
}

impl Operated {
    pub(crate) fn hear(&mut self, operation: &TraitOperation) {
        let time = operation.time.0;
        if operation.operator == Operator::Add {
            let amount = Amount::parse(&operation.operand).unwrap_or_default();
            self.additions.push((time, amount));
        } else if operation.operator.makes_list() {
            self.lists.push(time);
        }
    }
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
            ..Self::default()
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
        if self.keep == Some(Survivor::Frequent) {
            let votes = self.votes.entry(actor).or_default();
            match votes.iter_mut().find(|(of, _)| *of == source) {
                Some((_, known)) => *known = told.max(known.clone()),
                None => votes.push((source, told)),
            }
            return;
        }
        match self.actors.get_mut(&actor) {
            Some(known) if *known >= told => {}
            Some(known) => *known = told,
            None => {
                self.actors.insert(actor, told);
            }
        }
    }

    /// Takes all operations of a source on the trait of an actor in the place of what was known.
    pub(crate) fn operate(&mut self, actor: u32, source: SourceId, operated: Operated) {
        let of = self.operated.entry(actor).or_default();
        match of.iter_mut().find(|(known, _)| *known == source) {
            Some((_, known)) => *known = operated,
            None => of.push((source, operated)),
        }
    }

    /// The value of a profile of these actors.
    pub fn value(&self, actors: impl Iterator<Item = u32>) -> Option<Value> {
        if self.hears_operations() {
            let actors: Vec<u32> = actors.collect();
            let told = actors.iter().filter_map(|it| self.actors.get(it)).max();
            let operated = actors.iter().filter_map(|it| self.operated.get(it));
            return self.worked_out(told, &operated.flatten().collect::<Vec<_>>());
        }
        if self.keep == Some(Survivor::Frequent) {
            let votes = actors.filter_map(|actor| self.votes.get(&actor)).flatten();
            return elected(votes.map(|(_, told)| told));
        }
        let newest = actors.filter_map(|actor| self.actors.get(&actor)).max();
        newest.and_then(Told::value)
    }

    /// The value of every profile that has one, given the profile of each actor.
    pub fn values(&self, root: impl Fn(u32) -> u32) -> HashMap<u32, Value> {
        if self.keep == Some(Survivor::Frequent) {
            let mut votes: HashMap<u32, Vec<&Told>> = HashMap::new();
            for (actor, told) in &self.votes {
                let of = votes.entry(root(*actor)).or_default();
                of.extend(told.iter().map(|(_, told)| told));
            }
            let votes = votes.into_iter();
            return votes
                .filter_map(|(profile, told)| Some((profile, elected(told.into_iter())?)))
                .collect();
        }
        let mut newest: HashMap<u32, &Told> = HashMap::new();
        for (actor, told) in &self.actors {
            let known = newest.entry(root(*actor)).or_insert(told);
            *known = told.max(*known);
        }
        let values = newest.iter();
        let mut values: HashMap<u32, Value> = values
            .filter_map(|(profile, told)| Some((*profile, told.value()?)))
            .collect();
        if self.hears_operations() {
            let mut operated: HashMap<u32, Vec<&(SourceId, Operated)>> = HashMap::new();
            for (actor, of) in &self.operated {
                operated.entry(root(*actor)).or_default().extend(of);
            }
            for (profile, operated) in operated {
                let told = newest.get(&profile).copied();
                match self.worked_out(told, &operated) {
                    Some(value) => values.insert(profile, value),
                    None => values.remove(&profile),
                };
            }
        }
        values
    }

    fn hears_operations(&self) -> bool {
        !self.operated.is_empty() && Survivor::hears_operations(self.keep.as_ref())
    }

    /// What operations make of a value, as [`after`](throughline_model::trait_operation::after) does.
    fn worked_out(&self, told: Option<&Told>, operated: &[&(SourceId, Operated)]) -> Option<Value> {
        let place = |source| Survivor::precedence(self.keep.as_ref(), source, Timestamp(0)).0;
        let places = operated.iter().map(|it| place(it.0));
        let best = places.chain(told.map(|it| it.precedence.0)).max()?;
        let told = told.filter(|it| it.precedence.0 == best);
        let counting = || {
            let of_best = operated.iter().filter(|it| place(it.0) == best);
            of_best.map(|(_, operated)| operated)
        };
        // Below zero is the time of what was set once.
        let time = told.map_or(i64::MIN, |it| it.precedence.1);
        let from = if time < 0 { i64::MIN } else { time };
        let lists = counting().flat_map(|it| &it.lists).copied();
        let list = lists.filter(|at| *at >= from).max();
        let is_after = |at: i64| at >= from && list.is_none_or(|list| at > list);
        let additions = counting().flat_map(|it| &it.additions);
        let additions: Vec<&(i64, Amount)> = additions.filter(|it| is_after(it.0)).collect();
        if additions.is_empty() {
            return match list {
                Some(_) => None,
                None => told?.value(),
            };
        }
        let is_first = || additions.iter().all(|it| it.0 >= time.saturating_neg());
        let is_base = list.is_none() && (time >= 0 || is_first());
        let base = told.filter(|_| is_base);
        let base = base.and_then(|it| it.value.as_deref()).unwrap_or("0");
        let start = match Amount::parse(base) {
            // It is too large to be added to.
            None if is_number(base) => return told?.value(),
            start => start.unwrap_or_default(),
        };
        let sum = additions.iter().fold(start, |sum, it| sum.plus(it.1));
        serde_json::from_str(&sum.clamped().to_string()).ok()
    }
}

/// The value that most tell; whoever removed it tells none.
fn elected<'a>(told: impl Iterator<Item = &'a Told>) -> Option<Value> {
    let votes = told.filter_map(|told| Some((told.precedence, told.value.as_deref()?)));
    serde_json::from_str(Survivor::elect(votes)?).ok()
}

impl Told {
    /// A scalar; all else counts as missing.
    fn value(&self) -> Option<Value> {
        serde_json::from_str(self.value.as_deref()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use throughline_model::ActorId;

    use super::*;
    use crate::state::{TraitRow, TraitRules, winning_traits};

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

    /// What one source told of one actor: actor, source, time, and which value or none.
    type Said = (u32, u32, i64, Option<u8>);

    fn json_of(value: Option<u8>) -> Option<String> {
        value.map(|it| format!("\"{it}\""))
    }

    /// The newest of each actor and source, as the tables keep it.
    fn last_of_each(said: &[Said]) -> BTreeMap<(u32, u32), (i64, Option<u8>)> {
        let mut last = BTreeMap::new();
        for &(actor, source, time, value) in said {
            let known = last.entry((actor, source)).or_insert((time, value));
            *known = (*known).max((time, value));
        }
        last
    }

    /// Counts votes value by value.
    fn naive(said: &[Said]) -> Option<u8> {
        let last = last_of_each(said);
        let of = |value: u8| last.values().filter(move |it| it.1 == Some(value));
        let mut best: Option<(usize, i64, u8)> = None;
        for value in 0..=u8::MAX {
            let newest = of(value).map(|it| it.0).max();
            if let Some(newest) = newest {
                best = best.max(Some((of(value).count(), newest, value)));
            }
        }
        best.map(|it| it.2)
    }

    fn by_column(said: &[Said]) -> Option<Value> {
        let mut column = TraitColumn::keeping(Some(Survivor::Frequent));
        for &(actor, source, time, value) in said {
            let value = json_of(value);
            column.hear(actor, SourceId(source), Timestamp(time), value.as_deref());
        }
        let one = column.value(0..4);
        assert_eq!(one, column.values(|_| 9).remove(&9), "one as all");
        one
    }

    fn by_rows(said: &[Said]) -> Option<Value> {
        let rows = last_of_each(said).into_iter();
        let rows = rows.map(|((actor, source), (time, value))| TraitRow {
            actor: ActorId(actor),
            name: "city".into(),
            value: json_of(value).map(Into::into),
            time: Timestamp(time),
            source: SourceId(source),
            first: None,
            operations_count: 0,
        });
        let rules: TraitRules = BTreeMap::from([("city".to_owned(), Survivor::Frequent)]);
        let won = winning_traits(rows.collect(), Vec::new(), &rules);
        serde_json::from_str(won.first()?.value.as_deref()?).ok()
    }

    proptest! {
        #[test]
        fn the_most_frequent_value_stays_in_any_order_of_arrival(
            said in prop::collection::vec((0..4_u32, 0..3_u32, 0..5_i64, prop::option::of(0..3_u8)), 0..12),
            other in any::<prop::sample::Index>(),
        ) {
            let expected = naive(&said).map(|it| Value::Text(it.to_string()));
            let mut turned = said.clone();
            turned.rotate_left(other.index(said.len().max(1)).min(said.len()));
            turned.reverse();
            for said in [&said, &turned] {
                prop_assert_eq!(by_column(said), expected.clone());
                prop_assert_eq!(by_rows(said), expected.clone());
            }
        }
    }

    #[test]
    fn what_two_sources_tell_stays_against_a_newer_one() {
        let text = |text: &str| Some(Value::Text(text.to_owned()));
        let two = [(0, 1, 1, Some(7)), (1, 2, 2, Some(7)), (2, 1, 9, Some(8))];
        assert_eq!(by_column(&two), text("7"));
        // A source that tells another value gives its vote to that one.
        let moved = [&two[..], &[(1, 2, 3, Some(8))]].concat();
        assert_eq!(by_column(&moved), text("8"));
        // One that takes its value back has none; of as many votes the newest stays.
        let removed = [&two[..], &[(1, 2, 3, None)]].concat();
        assert_eq!(by_column(&removed), text("8"));
        assert_eq!(by_rows(&removed), text("8"));
    }
}
