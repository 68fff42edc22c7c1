use proptest::prelude::*;
use throughline_model::{
    Span, TimeRange, Timestamp,
    report::{Entry, ExclusionEffect, Order, Ties, Window},
};

use super::{
    choose::{Choice, Chooser},
    naive,
    terms::{Attempt, Bound, Exclusion, Hit, Terms},
};
use crate::cancel::Cancel;

/// Steps and events by letters; an event may stand for several letters.
#[derive(Clone, Debug)]
struct Shape {
    steps: Vec<u8>,
    optional: Vec<usize>,
    exclusions: Vec<(usize, usize, ExclusionEffect)>,
    order: Order,
    window: Window,
    entry: Entry,
    ties: Ties,
    may_reuse: bool,
    from: i64,
    to: i64,
}

impl Shape {
    fn terms(&self) -> Terms {
        let steps_count = self.steps.len();
        let required: Vec<usize> = (0..steps_count)
            .filter(|it| !self.optional.contains(it))
            .collect();
        Terms {
            steps_count,
            level_of: Terms::levels(&required),
            required,
            order: self.order,
            window: self.window,
            entry: self.entry,
            ties: self.ties,
            may_reuse: self.may_reuse,
            exclusions: (self.exclusions.iter().enumerate())
                .map(|(index, (after, before, effect))| Exclusion {
                    bit: 1 << (steps_count + index),
                    after: *after,
                    before: *before,
                    effect: *effect,
                })
                .collect(),
            range: TimeRange {
                from: Timestamp(self.from),
                to: Timestamp(self.to),
            },
        }
    }

    /// Letters `a` to `c` are steps, `x` and `y` exclusions, `z` neither.
    fn hit(&self, time: i64, letters: &[u8], row: u32) -> Hit {
        let mut mask = 0;
        for letter in letters {
            for (step, it) in self.steps.iter().enumerate() {
                if it == letter {
                    mask |= 1 << step;
                }
            }
            for index in 0..self.exclusions.len() {
                if usize::from(*letter) == usize::from(b'x') + index {
                    mask |= 1 << (self.steps.len() + index);
                }
            }
        }
        Hit { time, mask, row }
    }
}

/// A small fast stream of numbers, so that a hundred thousand timelines take a moment.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

fn timeline(shape: &Shape, dice: &mut Dice) -> Vec<Hit> {
    const LETTERS: [&[u8]; 10] = [b"a", b"a", b"b", b"b", b"c", b"ab", b"bc", b"x", b"y", b"z"];
    let count = dice.roll(8);
    let spread = 1 + dice.roll(7);
    let mut events: Vec<(i64, &[u8])> = (0..count)
        .map(|_| (dice.roll(spread) as i64, LETTERS[dice.roll(10) as usize]))
        .collect();
    events.sort_by_key(|it| it.0);
    (0..)
        .zip(events)
        .map(|(row, (time, letters))| shape.hit(time, letters, row))
        .filter(|hit| hit.mask != 0 || shape.order == Order::Strict)
        .collect()
}

/// What counts of a choice: not how it was come by.
fn essence(choice: &Choice, entry: Entry) -> (Vec<Attempt>, bool, usize) {
    let is_empty = choice.attempts.is_empty();
    let void = match entry {
        Entry::Every => choice.void,
        Entry::First | Entry::Best => usize::from(is_empty && choice.void > 0),
    };
    match choice.is_dropped {
        true => (Vec::new(), true, 0),
        false => (choice.attempts.clone(), false, void),
    }
}

fn equals_naive(shape: &Shape, seed: u64, count: usize) -> Result<(), TestCaseError> {
    let terms = shape.terms();
    let cancel = Cancel::default();
    let mut chooser = Chooser::new(&cancel);
    let mut dice = Dice(seed);
    for _ in 0..count {
        let hits = timeline(shape, &mut dice);
        let bound = match dice.roll(3) {
            0 => Bound {
                open_until: 6,
                ..Bound::NONE
            },
            _ => Bound::NONE,
        };
        let expected = essence(&naive::choose(&terms, &hits, bound), shape.entry);
        let found = essence(&chooser.choose(&terms, &hits, bound), shape.entry);
        prop_assert_eq!(&found, &expected, "{:?} {:?}", hits, bound);
        let backwards = shuffled(&hits, &mut dice);
        let again = essence(&chooser.choose(&terms, &backwards, bound), shape.entry);
        prop_assert_eq!(&again, &expected, "order of arrival {:?}", backwards);
    }
    Ok(())
}

/// The same events, those of one instant in another order.
fn shuffled(hits: &[Hit], dice: &mut Dice) -> Vec<Hit> {
    let mut hits: Vec<(i64, u64, Hit)> = hits
        .iter()
        .map(|hit| (hit.time, dice.roll(1000), *hit))
        .collect();
    hits.sort_by_key(|it| (it.0, it.1));
    hits.into_iter().map(|it| it.2).collect()
}

fn any_steps() -> impl Strategy<Value = Vec<u8>> {
    let shapes: Vec<Vec<u8>> = [
        "a", "ab", "abc", "aa", "aba", "abb", "aab", "aaa", "abab", "abca",
    ]
    .map(|it| it.as_bytes().to_vec())
    .to_vec();
    prop::sample::select(shapes)
}

fn any_window() -> impl Strategy<Value = Window> {
    prop_oneof![
        (0..5_i64).prop_map(|it| Window::Whole(Span(it))),
        (0..5_i64).prop_map(|it| Window::Whole(Span(it))),
        (0..3_i64).prop_map(|it| Window::Each(Span(it))),
        Just(Window::Unlimited),
    ]
}

fn any_entry() -> impl Strategy<Value = Entry> {
    prop::sample::select(vec![Entry::First, Entry::Best, Entry::Every])
}

fn any_ties() -> impl Strategy<Value = Ties> {
    prop::sample::select(vec![
        Ties::AnyOrder,
        Ties::Later,
        Ties::Grace(Span(1)),
        Ties::Grace(Span(2)),
    ])
}

fn any_effect() -> impl Strategy<Value = ExclusionEffect> {
    prop::sample::select(vec![
        ExclusionEffect::SpoilAttempt,
        ExclusionEffect::StopThere,
        ExclusionEffect::DropUnit,
    ])
}

/// Shapes with every choice open that the order allows.
fn any_shape(order: Order) -> impl Strategy<Value = Shape> {
    let exclusion = (0..4_usize, 0..4_usize, any_effect());
    (
        any_steps(),
        prop::collection::vec(1..3_usize, 0..3),
        prop::collection::vec(exclusion, 0..3),
        (any_window(), any_entry(), any_ties(), any::<bool>()),
        (0..2_i64, 4..9_i64),
    )
        .prop_map(move |(steps, optional, exclusions, choices, (from, to))| {
            let (window, entry, ties, may_reuse) = choices;
            let count = steps.len();
            let is_ordered = order == Order::Ordered;
            Shape {
                optional: (optional.into_iter())
                    .filter(|it| is_ordered && it + 1 < count)
                    .collect(),
                exclusions: (exclusions.into_iter())
                    .map(|(after, before, effect)| (after.min(before), after.max(before), effect))
                    .filter(|(after, before, _)| {
                        order != Order::Any && after < before && *before < count
                    })
                    .collect(),
                window: match (order, window) {
                    (Order::Any, Window::Each(span)) => Window::Whole(span),
                    _ => window,
                },
                entry: match (order, entry) {
                    (Order::Any, Entry::Every) => Entry::Best,
                    _ => entry,
                },
                ties: match (order, ties) {
                    (Order::Strict, Ties::Grace(_)) => Ties::AnyOrder,
                    _ => ties,
                },
                steps,
                order,
                may_reuse,
                from,
                to,
            }
        })
}

/// Funnels that each twin is asked for, and timelines of each: 100,000 together.
const SHAPES: u32 = 250;
const TIMELINES: usize = 400;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(SHAPES))]

    #[test]
    fn the_common_funnel_equals_its_naive_twin(
        shape in any_shape(Order::Ordered),
        is_first in any::<bool>(),
        seed in any::<u64>(),
    ) {
        let shape = Shape {
            entry: if is_first { Entry::First } else { Entry::Best },
            ties: match shape.ties {
                Ties::Grace(_) => Ties::AnyOrder,
                ties => ties,
            },
            exclusions: Vec::new(),
            ..shape
        };
        prop_assert!(shape.terms().is_common());
        equals_naive(&shape, seed, TIMELINES)?;
    }

    #[test]
    fn the_ordered_funnel_with_every_choice_equals_its_naive_twin(
        shape in any_shape(Order::Ordered),
        seed in any::<u64>(),
    ) {
        equals_naive(&shape, seed, TIMELINES)?;
    }

    #[test]
    fn the_strict_funnel_equals_its_naive_twin(
        shape in any_shape(Order::Strict),
        seed in any::<u64>(),
    ) {
        equals_naive(&shape, seed, TIMELINES)?;
    }

    #[test]
    fn the_funnel_in_any_order_equals_its_naive_twin(
        shape in any_shape(Order::Any),
        seed in any::<u64>(),
    ) {
        equals_naive(&shape, seed, TIMELINES)?;
    }
}
