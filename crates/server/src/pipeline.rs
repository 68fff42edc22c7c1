//! From the raw log to state, rows and snapshots.
//!
//! `envelope` says what a record holds, `applier` what it does to a workspace: a function of the
//! log alone, so that a replay and a restart end where an undisturbed run ends. `runtime` does it.

pub mod applier;
pub mod envelope;
mod heard;
pub mod held;
pub mod in_force;
pub mod release;
pub mod repeats;
pub mod runtime;
pub mod touched;
pub(crate) mod window;

pub use in_force::{InForce, PlanInForce};
pub use runtime::Pipeline;
