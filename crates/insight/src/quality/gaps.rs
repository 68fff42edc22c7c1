//! Hours in which far less came than at the same time of other weeks.

/// Hours of one source, from one up to but not including another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Gap {
    pub from: usize,
    pub to: usize,
    pub events: u64,
    pub expected: f64,
}

const WEEK: usize = 168;
/// Fewer other weeks than this say too little.
const WEEKS_MIN: usize = 3;
/// Hours in which so few are expected end no gap and begin none.
const NOTHING: f64 = 0.5;
/// Chances of a false alarm: one in so many, over all hours of a source.
const FALSE_ALARM_ONE_IN: f64 = 1_000.0;

/// The gaps of a source, and how many of its hours could be judged.
///
/// What is expected of an hour is the median of the same hour of the other weeks, so a gap, a sale
/// or a holiday among them moves it little. A gap is a stretch of hours with less than half of what is
/// expected that is too improbable to be chance: the bound of Chernoff for a Poisson count, with
/// the spread that the source's hours really have around their medians. What happens in some weeks only,
/// as a mailing every other Thursday, makes no gap of the weeks without it: most other weeks must have had
/// more in the same hours.
pub(super) fn gaps(counts: &[u64]) -> (Vec<Gap>, u64) {
    let Some(begin) = counts.iter().position(|it| *it > 0) else {
        return (Vec::new(), 0);
    };
    let expected: Vec<Option<f64>> = (0..counts.len())
        .map(|hour| {
            (hour >= begin)
                .then(|| expected(counts, begin, hour))
                .flatten()
        })
        .collect();
    let judged = expected.iter().flatten().count() as u64;
    let spread = spread(counts, &expected);
    let threshold = (judged.max(1) as f64 * FALSE_ALARM_ONE_IN).ln();
    let mut found = Vec::new();
    let mut open: Option<Gap> = None;
    for (hour, expected) in expected.iter().enumerate().chain([(counts.len(), &None)]) {
        match expected {
            Some(expected) if *expected < NOTHING => {}
            Some(expected) if (counts[hour] as f64) < expected / 2.0 => {
                let gap = open.get_or_insert(Gap {
                    from: hour,
                    to: hour,
                    events: 0,
                    expected: 0.0,
                });
                gap.to = hour + 1;
                gap.events += counts[hour];
                gap.expected += expected;
            }
            _ => {
                found.extend(open.take().filter(|it| {
                    surprise(it) / spread > threshold && is_unusual(counts, begin, it)
                }))
            }
        }
    }
    (found, judged)
}

fn expected(counts: &[u64], begin: usize, hour: usize) -> Option<f64> {
    let same = (hour % WEEK..counts.len()).step_by(WEEK);
    let mut others: Vec<f64> = same
        .filter(|it| *it != hour && *it >= begin)
        .map(|it| counts[it] as f64)
        .collect();
    (others.len() >= WEEKS_MIN).then(|| median(&mut others))
}

/// Whether three of four other weeks had more than twice as much in the same hours.
fn is_unusual(counts: &[u64], begin: usize, gap: &Gap) -> bool {
    let first = (gap.from - begin) % WEEK + begin;
    let mut others: Vec<u64> = (first..counts.len())
        .step_by(WEEK)
        .filter(|from| *from != gap.from)
        .filter_map(|from| counts.get(from..from + (gap.to - gap.from)))
        .map(|hours| hours.iter().sum())
        .collect();
    others.sort_unstable();
    let low = others.get(others.len().saturating_sub(1) / 4);
    low.is_some_and(|low| gap.events < low / 2)
}

/// How much more the counts vary than those of a Poisson process, by the median of the squares.
fn spread(counts: &[u64], expected: &[Option<f64>]) -> f64 {
    /// The median of a squared standard normal.
    const MEDIAN_OF_SQUARE: f64 = 0.455;
    let mut squares: Vec<f64> = (counts.iter().zip(expected))
        .filter_map(|(count, expected)| {
            let expected = expected.filter(|it| *it >= NOTHING)?;
            Some((*count as f64 - expected).powi(2) / expected)
        })
        .collect();
    match squares.is_empty() {
        true => 1.0,
        false => (median(&mut squares) / MEDIAN_OF_SQUARE).max(1.0),
    }
}

/// Minus the logarithm of the bound on the chance of so few events.
fn surprise(gap: &Gap) -> f64 {
    let (events, expected) = (gap.events as f64, gap.expected);
    match gap.events {
        0 => expected,
        _ => expected - events + events * (events / expected).ln(),
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() % 2 {
        0 => f64::midpoint(values[middle - 1], values[middle]),
        _ => values[middle],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Five weeks of a day's rhythm, with chance that looks like that of real counts.
    fn clean(seed: u64, scale: f64) -> Vec<u64> {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        (0..5 * WEEK)
            .map(|hour| {
                let wave = 1.0 + (hour as f64 % 24.0 / 24.0 * std::f64::consts::TAU).sin() * 0.8;
                let (mut product, mut count) = (next(), 0);
                let floor = (-scale * wave).exp();
                while product > floor {
                    product *= next();
                    count += 1;
                }
                count
            })
            .collect()
    }

    #[test]
    fn what_happens_every_other_week_makes_no_gap_of_the_weeks_between() {
        let mut counts: Vec<u64> = [clean(7, 40.0), clean(8, 40.0)].concat();
        for week in (0..10).step_by(2) {
            counts[week * WEEK + 82] += 400;
        }
        assert_eq!(gaps(&counts).0, []);
        counts[6 * WEEK + 82..6 * WEEK + 90].fill(0);
        let (found, _) = gaps(&counts);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].from, found[0].to), (6 * WEEK + 82, 6 * WEEK + 90));
    }

    #[test]
    fn a_clean_source_has_no_gap() {
        for seed in 1..60 {
            for scale in [0.3, 3.0, 40.0] {
                let (found, judged) = gaps(&clean(seed, scale));
                assert_eq!(found, [], "{seed} {scale}");
                assert!(judged > 4 * WEEK as u64 || scale < 1.0);
            }
        }
    }

    #[test]
    fn a_planted_gap_is_found_where_it_is() {
        for seed in 1..20 {
            let mut counts = clean(seed, 40.0);
            counts[386..392].fill(0);
            let (found, _) = gaps(&counts);
            assert_eq!(found.len(), 1, "{seed}");
            assert!(found[0].from >= 386 && found[0].to <= 392 && found[0].to - found[0].from >= 5);
            assert!(found[0].expected > 200.0);
        }
    }

    #[test]
    fn a_source_that_ends_is_silent_until_now_and_a_new_one_is_not_missed_before() {
        let mut counts = clean(7, 40.0);
        counts[4 * WEEK + 100..].fill(0);
        let (found, _) = gaps(&counts);
        assert_eq!(
            found.last().map(|it| (it.to, it.events)),
            Some((5 * WEEK, 0))
        );
        let mut late = clean(7, 40.0);
        late[..300].fill(0);
        assert_eq!(gaps(&late).0, []);
        assert_eq!(gaps(&[0; 900]), (Vec::new(), 0));
    }
}
