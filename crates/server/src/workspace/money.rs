//! How amounts of money are read in a workspace: in which currency, and at which rates.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use throughline_model::money::{Money, MoneyRules};
use throughline_store::{
    ConvertedRuns, Snapshot,
    state::{DocumentKind, StateError, WorkspaceState},
};

/// The document, beside the vocabulary.
pub const MONEY: &str = "money";

/// The rules on money that hold.
#[derive(Clone, Debug, Default)]
pub struct MoneyInForce {
    /// 0 while nobody has written any; then it grows with each change.
    pub version: u64,
    pub rules: Arc<MoneyRules>,
    /// None while amounts are read as they were sent.
    pub money: Option<Arc<Money>>,
}

impl MoneyInForce {
    /// Rules that were read, made ready.
    pub fn of(version: u64, rules: MoneyRules, money: Option<Money>) -> Self {
        Self {
            version,
            rules: Arc::new(rules),
            money: money.map(Arc::new),
        }
    }

    /// A snapshot that no other question will ask, with its amounts in one currency.
    pub fn convert(&self, snapshot: Snapshot) -> Snapshot {
        match &self.money {
            Some(money) => snapshot.converted(money),
            None => snapshot,
        }
    }
}

/// Keeps what holds, and the runs that were made by it.
#[derive(Default)]
pub struct Moneys {
    in_force: RwLock<MoneyInForce>,
    runs: ConvertedRuns,
    /// Held by whoever writes the document and makes it hold.
    turn: Mutex<()>,
}

impl Moneys {
    /// Reads what people have written.
    pub fn load(state: &WorkspaceState) -> Result<Self, StateError> {
        let moneys = Self::default();
        if let Some(document) = state.document(DocumentKind::Vocabulary, MONEY)? {
            let rules = serde_json::from_str::<MoneyRules>(&document.json);
            match rules.map(|rules| (rules.read(), rules)) {
                Ok((Ok(money), rules)) => {
                    let in_force = MoneyInForce::of(document.head.version, rules, money);
                    moneys.set(state, in_force);
                }
                Ok((Err(faults), _)) => {
                    tracing::error!(?faults, "the rules on money are not sound")
                }
                Err(error) => tracing::error!(%error, "the rules on money cannot be read"),
            }
        }
        Ok(moneys)
    }

    /// The turn to write the document and to make it hold, so that the last that was written holds.
    pub fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads amounts by other rules from now on.
    pub fn set(&self, state: &WorkspaceState, in_force: MoneyInForce) {
        state.set_money(in_force.money.clone());
        *self
            .in_force
            .write()
            .unwrap_or_else(PoisonError::into_inner) = in_force;
    }

    /// What holds now.
    pub fn in_force(&self) -> MoneyInForce {
        let in_force = self.in_force.read();
        in_force.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A snapshot with its amounts in one currency.
    pub fn apply(&self, snapshot: &Arc<Snapshot>, by: &MoneyInForce) -> Arc<Snapshot> {
        self.runs.apply(snapshot, by.money.as_ref())
    }
}
