//! Paths as a chain of states, and what is lost when a channel is taken out of it.
//!
//! The conventions, as three different ones go by the name of removal:
//!
//! - A state is the channels of the last touches, as many as the order says and fewer at the start
//!   of a path. The start is the state of no touches.
//! - Every path counts with its conversions and its nulls in each step: from the start through its
//!   touches, then to a conversion or to none. A channel that follows itself is a step like others.
//! - Taking a channel out sends every step to it to no conversion; the rest of the chain stays as
//!   it is. Others drop the paths and count anew, or lead around the channel.
//! - The removal effect is the share of conversions that is lost thereby.
//!   Credit is divided in the proportion of the effects.
//! - Without nulls every path converts, and the effects are those of converting paths alone.
//!
//! Nothing is drawn by chance: the share that converts is the solution of linear equations, one
//! for each state, to the last digits that a number has.

use std::collections::HashMap;

use super::{Credit, Path};

/// The channels of the last touches, the latest last; free places come first.
type History = [u32; Chain::ORDER_MAX];

/// Stands for no touch in a history.
const FREE: u32 = u32::MAX;

/// Solutions change by less than this share of themselves when they are as good as they get.
const NOISE: f64 = 1e-15;

/// Rounds after which a solution is taken as it is. A round costs as much as there are steps; as
/// many are needed as a few dozen times the length of the longest path, so this is never reached.
const ROUNDS_MAX: usize = 1_000_000;

/// How often paths go from each state to each channel, to a conversion, or to none.
#[derive(Clone, Debug)]
pub struct Chain {
    channels: usize,
    /// In order of history, so the start is the last one.
    states: Vec<State>,
}

#[derive(Clone, Debug)]
struct State {
    history: History,
    /// Index of the next state and how often it comes next.
    steps: Vec<(u32, f64)>,
    conversions: f64,
    nulls: f64,
    /// Every step away from here.
    all: f64,
}

/// What comes after a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Touch(u32),
    Conversion,
    Null,
}

/// The paths make more states than are allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyStates {
    pub states: usize,
}

#[derive(Default)]
struct Counts {
    conversions: f64,
    nulls: f64,
}

impl Chain {
    /// How many touches a state may remember.
    pub const ORDER_MAX: usize = 3;

    /// The chain of paths. `order` is how many touches a state remembers, from 1 to 3.
    pub fn of(
        paths: &[Path],
        channels: usize,
        order: usize,
        states_max: usize,
    ) -> Result<Self, TooManyStates> {
        debug_assert!((1..=Self::ORDER_MAX).contains(&order));
        let mut ends: HashMap<History, Counts> = HashMap::new();
        let mut steps: HashMap<(History, u32), f64> = HashMap::new();
        for path in paths {
            let weight = path.conversions + path.nulls;
            if path.channels.is_empty() || weight <= 0.0 {
                continue;
            }
            let mut history = [FREE; Self::ORDER_MAX];
            for channel in &path.channels {
                *steps.entry((history, *channel)).or_default() += weight;
                ends.entry(history).or_default();
                history = after(history, *channel, order);
            }
            let counts = ends.entry(history).or_default();
            counts.conversions += path.conversions;
            counts.nulls += path.nulls;
            if ends.len() > states_max {
                return Err(TooManyStates { states: ends.len() });
            }
        }
        let mut states: Vec<State> = (ends.into_iter())
            .map(|(history, counts)| State {
                history,
                steps: Vec::new(),
                conversions: counts.conversions,
                nulls: counts.nulls,
                all: counts.conversions + counts.nulls,
            })
            .collect();
        states.sort_unstable_by_key(|state| state.history);
        let index = |history: &History| {
            states
                .binary_search_by_key(history, |state| state.history)
                .expect("every history that a step leads to is a state")
        };
        let mut between: Vec<(usize, usize, f64)> = (steps.into_iter())
            .map(|((from, channel), weight)| {
                (index(&from), index(&after(from, channel, order)), weight)
            })
            .collect();
        between.sort_unstable_by_key(|(from, to, _)| (*from, *to));
        for (from, to, weight) in between {
            let to = u32::try_from(to).expect("fewer states than 2^32");
            states[from].steps.push((to, weight));
            states[from].all += weight;
        }
        Ok(Self { channels, states })
    }

    /// The share of paths that convert.
    pub fn conversion_share(&self) -> f64 {
        self.share_without(None)
    }

    /// Per channel the share of conversions that is lost without it.
    pub fn removal_effects(&self) -> Vec<f64> {
        let all = self.conversion_share();
        let mut is_met = vec![false; self.channels];
        for state in &self.states {
            if state.newest() != FREE {
                is_met[state.newest() as usize] = true;
            }
        }
        (0..)
            .zip(is_met)
            .map(|(channel, is_met)| {
                if !is_met || all <= 0.0 {
                    return 0.0;
                }
                (1.0 - self.share_without(Some(channel)) / all).clamp(0.0, 1.0)
            })
            .collect()
    }

    /// Every step with the touches that are remembered before it and its share of the steps there.
    pub fn steps(&self) -> Vec<(Vec<u32>, Step, f64)> {
        let mut all = Vec::new();
        for state in &self.states {
            let history = || {
                (state.history.into_iter())
                    .filter(|it| *it != FREE)
                    .collect()
            };
            let mut push = |step, weight: f64| {
                if weight > 0.0 {
                    all.push((history(), step, weight / state.all));
                }
            };
            for (to, weight) in &state.steps {
                push(Step::Touch(self.states[*to as usize].newest()), *weight);
            }
            push(Step::Conversion, state.conversions);
            push(Step::Null, state.nulls);
        }
        all
    }

    /// The share of paths that convert when every step to one channel leads to no conversion.
    ///
    /// The equations are solved by going through the states over and over, each time with the
    /// newest shares. The shares rise from 0 to the solution; paths end, so they get there.
    fn share_without(&self, removed: Option<u32>) -> f64 {
        let is_out = |state: &State| removed.is_some_and(|it| state.newest() == it);
        let mut shares = vec![0.0; self.states.len()];
        for round in 0..ROUNDS_MAX {
            let mut is_still = true;
            let mut improve = |index: usize| {
                let state = &self.states[index];
                if is_out(state) {
                    return;
                }
                let (mut sum, mut all) = (state.conversions, state.all);
                for (to, weight) in &state.steps {
                    if *to as usize == index {
                        all -= weight;
                    } else {
                        sum += weight * shares[*to as usize];
                    }
                }
                let share = sum / all;
                is_still &= (share - shares[index]).abs() <= NOISE * share;
                shares[index] = share;
            };
            // Alternating directions carry what is known along runs of either order.
            if round % 2 == 0 {
                (0..self.states.len()).rev().for_each(&mut improve);
            } else {
                (0..self.states.len()).for_each(&mut improve);
            }
            if is_still {
                break;
            }
        }
        shares.last().copied().unwrap_or_default()
    }
}

impl State {
    fn newest(&self) -> u32 {
        self.history[Chain::ORDER_MAX - 1]
    }
}

/// Divides everything that the paths brought in the proportion of removal effects.
pub fn by_effect(paths: &[Path], effects: &[f64]) -> Vec<Credit> {
    let sum: f64 = effects.iter().sum();
    let mut total = Credit::default();
    for path in paths.iter().filter(|path| !path.channels.is_empty()) {
        total.add(path, 1.0);
    }
    let share = |effect: &f64| if sum > 0.0 { effect / sum } else { 0.0 };
    (effects.iter())
        .map(|effect| Credit {
            conversions: share(effect) * total.conversions,
            value: share(effect) * total.value,
        })
        .collect()
}

/// The touches that are remembered after one more.
fn after(mut history: History, channel: u32, order: usize) -> History {
    history.rotate_left(1);
    history[Chain::ORDER_MAX - 1] = channel;
    for place in &mut history[..Chain::ORDER_MAX - order] {
        *place = FREE;
    }
    history
}
