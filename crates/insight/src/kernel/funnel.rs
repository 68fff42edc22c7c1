//! Who gets how far through steps.
//!
//! Everything that is shown of a funnel is a fold over the same outcomes, one for each unit.

mod answer;
mod attempt;
mod choose;
mod difference;
mod matching;
mod plan;
mod preset;
mod stream;
mod terms;
mod unit;

pub use answer::{FunnelAnswer, FunnelLine, FunnelPoint, FunnelStepAnswer, Lengths, Share};
pub(crate) use answer::{answer, people};
pub use difference::FunnelDifference;
pub use preset::Preset;

#[cfg(test)]
mod naive;
#[cfg(test)]
mod tests;
