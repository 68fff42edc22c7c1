//! Decisions that are records of the log: they hold once they are durable and applied.

use std::sync::PoisonError;

use throughline_model::{
    Timestamp,
    identity::Decided,
    naming::{NameRules, NamesDecided},
    plan::{PlanDecided, TrackingPlan},
};

use super::{AcceptError, Pipeline};
use crate::pipeline::{
    envelope::Envelope,
    in_force::{InForce, PlanInForce},
};

impl Pipeline {
    /// Makes a decision about identity durable and waits until it is applied; false when the
    /// pipeline ends before. Blocks.
    pub fn decide(&self, decided: &Decided) -> Result<bool, AcceptError> {
        let envelope = Envelope::IdentityDecided {
            received: decided.at,
            decided: (serde_json::to_vec(decided).expect("decisions have text keys")).into(),
        };
        let position = self.append(&envelope, None)?;
        Ok(self.wait_until_applied(position))
    }

    /// How names are read now.
    pub fn naming(&self) -> InForce {
        let naming = self.0.naming.read().unwrap_or_else(PoisonError::into_inner);
        naming.clone()
    }

    /// Makes rules on names durable and waits until they hold; none when the pipeline ends before.
    /// `Err` inside tells the version that somebody else has written meanwhile. Blocks.
    pub fn decide_names(
        &self,
        expected: u64,
        by: String,
        rules: NameRules,
    ) -> Result<Result<Option<u64>, u64>, AcceptError> {
        self.decide_next(
            expected,
            |it| it.naming().version,
            |at, version| {
                let decided = NamesDecided {
                    at,
                    by,
                    version,
                    rules,
                };
                Envelope::NamesDecided {
                    received: at,
                    decided: (serde_json::to_vec(&decided).expect("decisions have text keys"))
                        .into(),
                }
            },
        )
    }

    /// What is planned now.
    pub fn plan(&self) -> PlanInForce {
        let plan = self.0.plan.read().unwrap_or_else(PoisonError::into_inner);
        plan.clone()
    }

    /// As [`Pipeline::decide_names`], for a tracking plan. Blocks.
    pub fn decide_plan(
        &self,
        expected: u64,
        by: String,
        plan: TrackingPlan,
    ) -> Result<Result<Option<u64>, u64>, AcceptError> {
        self.decide_next(
            expected,
            |it| it.plan().version,
            |at, version| {
                let decided = PlanDecided {
                    at,
                    by,
                    version,
                    plan,
                };
                Envelope::PlanDecided {
                    received: at,
                    decided: (serde_json::to_vec(&decided).expect("decisions have text keys"))
                        .into(),
                }
            },
        )
    }
    /// Makes the next version of something durable and waits until it holds, unless another than the expected one
    /// holds already.
    fn decide_next(
        &self,
        expected: u64,
        version_of: impl Fn(&Self) -> u64,
        decided: impl FnOnce(Timestamp, u64) -> Envelope,
    ) -> Result<Result<Option<u64>, u64>, AcceptError> {
        let _turn = (self.0.decision_turn.lock()).unwrap_or_else(PoisonError::into_inner);
        let found = version_of(self);
        if found != expected {
            return Ok(Err(found));
        }
        let version = found + 1;
        let position = self.append(&decided(self.0.clock.now(), version), None)?;
        Ok(Ok(self.wait_until_applied(position).then_some(version)))
    }
}
