//! What questions are asked of, and how much of the tables each of them needs.

use std::{borrow::Cow, collections::BTreeSet, sync::Arc};

use throughline_model::{
    EventCode, Timestamp,
    account::AccountTypes,
    people::PeopleRule,
    report::Report,
    segment::{Definitions, SegmentDefinition},
};
use throughline_store::{Known, Snapshot, state::StateError};

use super::{Meaning, MoneyInForce, WorkspaceRuntime, described};
use crate::pipeline::InForce;

/// What a question is asked of: one moment of the log, its meaning, and what counts as now.
#[derive(Clone)]
pub struct Context {
    pub snapshot: Arc<Snapshot>,
    pub naming: InForce,
    pub money: MoneyInForce,
    pub meaning: Meaning,
    /// Grows when a segment changes.
    pub segments_version: u64,
    pub segments: Arc<Definitions>,
    pub now: Timestamp,
    pub runtime: WorkspaceRuntime,
}

impl Context {
    /// Stands for the snapshot where answers are kept: another log, or other costs, have another key.
    pub fn snapshot_key(&self) -> u64 {
        let mut hasher = std::hash::DefaultHasher::new();
        let runs: Vec<u64> = self.snapshot.runs.iter().map(|run| run.id).collect();
        let costs = self.runtime.state().costs_version();
        let accounts = self.runtime.state().accounts_version();
        let reading = self.reading();
        // Whose turn it was on a shared device may change without a line of the link log.
        let turns = self.snapshot.roots.turns_print();
        std::hash::Hash::hash(
            &(runs, self.snapshot.links, turns, costs, accounts, reading),
            &mut hasher,
        );
        std::hash::Hasher::finish(&hasher)
    }

    /// The versions of what events are read by: rules on names, and on money.
    pub fn reading(&self) -> (u64, u64) {
        (self.naming.version, self.money.version)
    }

    /// The snapshot with all that some reports ask besides the log.
    pub fn snapshot_of<'a>(
        &'a self,
        reports: &[&'a Report],
    ) -> Result<Cow<'a, Snapshot>, StateError> {
        let rules = reports.iter().flat_map(|it| it.rules());
        let rules: Vec<&PeopleRule> = rules.map(|it| it.1).collect();
        let traits = reports.iter().flat_map(|it| it.traits());
        let account_types = reports.iter().flat_map(|it| it.account_types());
        let snapshot = self.snapshot_with(
            &rules,
            traits.map(Cow::Borrowed).collect(),
            account_types.collect(),
        )?;
        if reports.iter().all(|it| it.accounts().is_none()) {
            return Ok(snapshot);
        }
        let known = Known {
            account_types: self.runtime.state().account_types()?,
            ..Known::clone(&snapshot.known)
        };
        Ok(Cow::Owned(Snapshot {
            known: Arc::new(known),
            ..snapshot.into_owned()
        }))
    }

    /// The snapshot with all that a rule about people asks besides the log.
    pub fn snapshot_for<'a>(
        &'a self,
        rules: &[&'a PeopleRule],
    ) -> Result<Cow<'a, Snapshot>, StateError> {
        self.snapshot_with(rules, BTreeSet::new(), BTreeSet::new())
    }

    fn snapshot_with<'a>(
        &'a self,
        rules: &[&'a PeopleRule],
        mut names: BTreeSet<Cow<'a, str>>,
        mut account_types: BTreeSet<&'a str>,
    ) -> Result<Cow<'a, Snapshot>, StateError> {
        let mut seen = BTreeSet::new();
        let mut rules: Vec<&'a PeopleRule> = rules.to_vec();
        while let Some(rule) = rules.pop() {
            names.extend(rule.traits());
            let of = rule.accounts().into_iter();
            account_types.extend(of.map(|it| it.account_type.as_str()));
            for (_, id) in rule.segments("") {
                if seen.insert(id)
                    && let Some(SegmentDefinition::Rule(rule)) = self.segments.get(id)
                {
                    rules.push(rule);
                }
            }
        }
        if names.is_empty() && seen.is_empty() && account_types.is_empty() {
            return Ok(Cow::Borrowed(&self.snapshot));
        }
        let column = |name: Cow<'_, str>| {
            let column = self.runtime.state().trait_column(&name)?;
            Ok((name.into_owned(), column))
        };
        let traits = names.into_iter().map(column);
        let state = self.runtime.state();
        Ok(Cow::Owned(Snapshot {
            known: Arc::new(Known {
                account_types: match account_types.is_empty() {
                    true => AccountTypes::new(),
                    false => state.account_types()?,
                },
                described: described(state, account_types)?,
                segments: Arc::clone(&self.segments),
                traits: traits.collect::<Result<_, StateError>>()?,
                consent: self.runtime.state().consent_policy(),
                ..Known::default()
            }),
            ..Snapshot::clone(&self.snapshot)
        }))
    }

    /// The snapshot with what was paid in the days of some reports, where reports of their kind tell it.
    pub fn with_costs<'a>(
        &self,
        snapshot: Cow<'a, Snapshot>,
        reports: &[&Report],
    ) -> Result<Cow<'a, Snapshot>, StateError> {
        let telling = reports.iter().filter(|it| it.tells_costs());
        let days = telling.filter_map(|it| {
            let range = it.range();
            range.zone.days_of(range.resolve(self.now))
        });
        // From the first day of any to the last: each counts those of its own.
        let days = days.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        let Some(days) = days else {
            return Ok(snapshot);
        };
        let costs = self.runtime.state().costs(Some(days))?;
        if costs.currency.is_none() {
            return Ok(snapshot);
        }
        let known = Known {
            costs: Arc::new(costs),
            ..Known::clone(&snapshot.known)
        };
        Ok(Cow::Owned(Snapshot {
            known: Arc::new(known),
            ..snapshot.into_owned()
        }))
    }

    /// The same with what is blocked, which reports leave out.
    #[must_use]
    pub fn with_blocked(&self) -> Self {
        if !self.naming.naming.blocks() {
            return self.clone();
        }
        let naming = self.naming.naming.with_blocked();
        let snapshot = self.runtime.pipeline().snapshot().named(&naming);
        Self {
            snapshot: self.money.convert(snapshot).into(),
            ..self.clone()
        }
    }

    /// The name that events of a code were sent under, where it is shown as another.
    pub fn sent_as(&self, code: u16) -> Option<String> {
        let sent = self.snapshot.names.sent(EventCode(code))?;
        let shown = self.snapshot.names.name(EventCode(code))?;
        (sent != shown).then(|| sent.to_string())
    }

    /// The name of an event code.
    pub fn name_of(&self, code: u16) -> String {
        let name = self.snapshot.names.name(EventCode(code));
        name.map_or_else(|| format!("#{code}"), ToString::to_string)
    }
}
