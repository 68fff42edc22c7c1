//! Credit for conversions, shared among the channels that came before them.
//!
//! Credit says how a rule divides what happened; it does not say what would have happened without
//! a channel. A path without a touch has no channel to credit, and is passed over by every model.

mod markov;
mod weights;

pub use markov::{Chain, Step, TooManyStates, by_effect};
pub use weights::{Position, decay, decay_by_position, except, first, last, linear};

/// One way through the channels, and what came of everyone who went it.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// Numbers of the channels, from 0, in the order of the touches.
    pub channels: Vec<u32>,
    pub conversions: f64,
    /// What the conversions were worth together.
    pub value: f64,
    /// How many went this way and did not convert.
    pub nulls: f64,
}

/// What one channel is given.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Credit {
    pub conversions: f64,
    pub value: f64,
}

impl Credit {
    fn add(&mut self, path: &Path, weight: f64) {
        self.conversions += weight * path.conversions;
        self.value += weight * path.value;
    }
}

/// Credit by the place of a touch on its path. `weigh` gives the weights of a count of touches.
///
/// Where the weights sum to 1, the credit sums to the conversions.
pub fn by_place(paths: &[Path], channels: usize, weigh: impl Fn(usize) -> Vec<f64>) -> Vec<Credit> {
    let mut credits = vec![Credit::default(); channels];
    for path in paths {
        for (channel, weight) in path.channels.iter().zip(weigh(path.channels.len())) {
            credits[*channel as usize].add(path, weight);
        }
    }
    credits
}

/// Full credit to every channel on the path, so that the credit sums to more than the conversions.
pub fn participation(paths: &[Path], channels: usize) -> Vec<Credit> {
    by_presence(paths, channels, |_| 1.0)
}

/// The Shapley value of the game in which a set of channels is worth the conversions of the paths
/// that need no other channel.
///
/// A path is worth something to every coalition that holds all its channels, so its channels are
/// alike in it and share it equally. The sum over coalitions has this closed form, which is exact
/// for any number of channels.
pub fn shapley(paths: &[Path], channels: usize) -> Vec<Credit> {
    by_presence(paths, channels, |count| 1.0 / count as f64)
}

/// Credit to the different channels of each path, by how many they are.
fn by_presence(paths: &[Path], channels: usize, weigh: impl Fn(usize) -> f64) -> Vec<Credit> {
    let mut credits = vec![Credit::default(); channels];
    for path in paths {
        let mut present = path.channels.clone();
        present.sort_unstable();
        present.dedup();
        for channel in &present {
            credits[*channel as usize].add(path, weigh(present.len()));
        }
    }
    credits
}

#[cfg(test)]
mod tests;
