//! Stages without a vocabulary: cuts in the order of steps where few people go to and fro.

/// Most stages that are proposed.
const SEGMENTS_MAX: usize = 7;

/// Divides `count` steps in order into runs that keep traffic inside, and gives the length of each.
///
/// The division is the best of all into up to seven runs: it has the highest modularity,
/// the share of traffic inside the runs over what steps as busy would have by chance.
pub(super) fn segments(count: usize, traffic: impl Fn(usize, usize) -> u64) -> Vec<usize> {
    if count == 0 {
        return Vec::new();
    }
    let mut weight = vec![vec![0.0; count]; count];
    for (a, row) in weight.iter_mut().enumerate() {
        for (b, cell) in row.iter_mut().enumerate() {
            // Going on at the same step says nothing about where its stage ends.
            *cell = if a == b { 0.0 } else { traffic(a, b) as f64 };
        }
    }
    let degree: Vec<f64> = weight.iter().map(|row| row.iter().sum()).collect();
    let total: f64 = degree.iter().sum();
    if total == 0.0 {
        return vec![count];
    }
    let gain = |from: usize, to: usize| -> f64 {
        let inside: f64 = weight[from..to]
            .iter()
            .map(|row| row[from..to].iter().sum::<f64>())
            .sum();
        let degrees: f64 = degree[from..to].iter().sum();
        inside / total - (degrees / total) * (degrees / total)
    };
    let gains: Vec<Vec<f64>> = (0..count)
        .map(|from| (from + 1..=count).map(|to| gain(from, to)).collect())
        .collect();
    best(count, &gains)
}

/// The best cuts, by the best cuts of every beginning. `gains[from][n]` is that of `n + 1` steps.
fn best(count: usize, gains: &[Vec<f64>]) -> Vec<usize> {
    let runs_max = SEGMENTS_MAX.min(count);
    let mut scores = vec![vec![f64::NEG_INFINITY; count + 1]; runs_max + 1];
    let mut starts = vec![vec![0; count + 1]; runs_max + 1];
    scores[0][0] = 0.0;
    for runs in 1..=runs_max {
        for to in runs..=count {
            for from in runs - 1..to {
                let score = scores[runs - 1][from] + gains[from][to - from - 1];
                if score > scores[runs][to] + 1e-12 {
                    scores[runs][to] = score;
                    starts[runs][to] = from;
                }
            }
        }
    }
    let mut runs = 1;
    for more in 2..=runs_max {
        if scores[more][count] > scores[runs][count] + 1e-12 {
            runs = more;
        }
    }
    let mut lengths = Vec::new();
    let mut to = count;
    for runs in (1..=runs).rev() {
        let from = starts[runs][to];
        lengths.push(to - from);
        to = from;
    }
    lengths.reverse();
    lengths
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn busy_neighborhoods_are_kept_together() {
        let block = [0, 0, 0, 1, 1, 2, 2, 2];
        let traffic = |a: usize, b: usize| if block[a] == block[b] { 20 } else { 1 };
        assert_eq!(segments(8, traffic), [3, 2, 3]);
    }

    #[test]
    fn without_traffic_there_is_one_stage() {
        assert_eq!(segments(4, |_, _| 0), [4]);
        assert_eq!(segments(1, |_, _| 9), [1]);
        assert!(segments(0, |_, _| 9).is_empty());
    }

    /// The modularity of a division, from its definition.
    fn modularity(lengths: &[usize], traffic: &[Vec<u64>]) -> f64 {
        let of = |step: usize| {
            let mut left = step;
            lengths.iter().position(|length| {
                let inside = left < *length;
                left = left.saturating_sub(*length);
                inside
            })
        };
        let count = traffic.len();
        let degree = |a: usize| {
            (0..count)
                .filter(|b| *b != a)
                .map(|b| traffic[a][b])
                .sum::<u64>() as f64
        };
        let total: f64 = (0..count).map(degree).sum();
        let mut sum = 0.0;
        for (a, row) in traffic.iter().enumerate() {
            for (b, between) in row.iter().enumerate() {
                if of(a) == of(b) {
                    let weight = if a == b { 0.0 } else { *between as f64 };
                    sum += weight / total - degree(a) * degree(b) / (total * total);
                }
            }
        }
        sum
    }

    proptest! {
        #[test]
        fn no_other_division_is_better(
            numbers in prop::collection::vec(0..9_u64, 36),
        ) {
            let count = 6;
            let traffic: Vec<Vec<u64>> = (0..count)
                .map(|a| (0..count).map(|b| numbers[a * count + b] + numbers[b * count + a]).collect())
                .collect();
            let found = segments(count, |a, b| traffic[a][b]);
            prop_assert_eq!(found.iter().sum::<usize>(), count);
            let has_traffic = (0..count).any(|a| (0..count).any(|b| a != b && traffic[a][b] > 0));
            prop_assume!(has_traffic);
            let score = modularity(&found, &traffic);
            for cuts in 0_u32..32 {
                let mut lengths = vec![1];
                for cut in 0..5 {
                    if cuts >> cut & 1 == 1 {
                        lengths.push(1);
                    } else {
                        *lengths.last_mut().expect("one") += 1;
                    }
                }
                prop_assert!(modularity(&lengths, &traffic) <= score + 1e-9, "{:?}", lengths);
            }
        }
    }
}
