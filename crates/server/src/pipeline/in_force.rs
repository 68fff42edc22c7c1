//! What members decided that holds: how names are read, and what is planned.

use std::sync::Arc;

use throughline_model::{
    naming::{NameRules, NamesDecided, Naming},
    plan::{Plan, PlanDecided, TrackingPlan},
};

/// The tracking plan that holds.
#[derive(Clone, Debug, Default)]
pub struct PlanInForce {
    /// 0 while nobody has decided anything; then it grows with each decision.
    pub version: u64,
    pub plan: TrackingPlan,
    pub ready: Arc<Plan>,
}

impl PlanInForce {
    pub(super) fn of(decided: &PlanDecided) -> Self {
        Self {
            version: decided.version,
            ready: Arc::new(Plan::of(&decided.plan)),
            plan: decided.plan.clone(),
        }
    }
}

/// The rules on names that hold.
#[derive(Clone, Debug, Default)]
pub struct InForce {
    /// 0 while nobody has decided anything; then it grows with each decision.
    pub version: u64,
    pub rules: NameRules,
    pub naming: Arc<Naming>,
    /// The same without what is blocked, for who looks at what was left out.
    pub whole: Arc<Naming>,
}

impl InForce {
    pub(super) fn of(decided: &NamesDecided) -> Self {
        let naming = Naming::of(&decided.rules);
        Self {
            version: decided.version,
            whole: Arc::new(naming.with_blocked()),
            naming: Arc::new(naming),
            rules: decided.rules.clone(),
        }
    }
}
