//! Who gets how far through steps.
//!
//! Everything that is shown of a funnel is a fold over the same outcomes, one for each unit.

mod answer;
mod attempt;
mod choose;
mod difference;
mod matching;
pub(crate) mod passage;
mod plan;
mod preset;
mod stream;
mod terms;
mod times;
mod unit;

pub use answer::{FunnelAnswer, FunnelLine, FunnelPoint, FunnelStepAnswer, Lengths, Share, Tally};
pub(crate) use answer::{answer, people};
pub use difference::FunnelDifference;
pub use preset::Preset;
pub use times::{FunnelTimes, TimeBin};

#[cfg(test)]
mod naive;
#[cfg(test)]
mod tests;
