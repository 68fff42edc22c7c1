//! A rhythm taken out of a series, so that what is left can be tested as if each value stood for itself.
//!
//! What a phase adds is the median, over all times it comes round, of how far it lies from the mean of the cycle around
//! it: the classical way by moving means, with a median so that a change of level, or one odd week, moves it little.

use crate::quantile;

/// A phase must come round so often with a whole cycle around it.
const ROUNDS_MIN: usize = 2;
const MILLION: f64 = 1e6;

/// The series without what each phase adds; `None` where a phase comes round too seldom to say what it adds.
///
/// `phases` says for each value in which of the `cycle` phases it is, one after the other.
pub fn without_rhythm(
    series: &[Option<f64>],
    phases: &[usize],
    cycle: usize,
) -> Option<Vec<Option<f64>>> {
    debug_assert_eq!(series.len(), phases.len());
    let mut off: Vec<Vec<i64>> = vec![Vec::new(); cycle];
    for (index, phase) in phases.iter().enumerate() {
        if let (Some(value), Some(mean)) = (series[index], mean_around(series, index, cycle)) {
            off[*phase].push(((value - mean) * MILLION).round() as i64);
        }
    }
    if off.iter().any(|it| it.len() < ROUNDS_MIN) {
        return None;
    }
    let medians: Vec<f64> = (off.iter_mut())
        .map(|it| quantile(it, 500).expect("not empty") as f64 / MILLION)
        .collect();
    let mean = medians.iter().sum::<f64>() / cycle as f64;
    // What is left is rounded, so that values that only a rhythm told apart are the same.
    let rid = |(value, phase): (&Option<f64>, &usize)| {
        value.map(|it| ((it - (medians[*phase] - mean)) * MILLION).round() / MILLION)
    };
    Some(series.iter().zip(phases).map(rid).collect())
}

/// The mean of one whole cycle whose middle is a value; where the cycle is even, its two ends count by half.
fn mean_around(series: &[Option<f64>], index: usize, cycle: usize) -> Option<f64> {
    let half = cycle / 2;
    let window = series.get(index.checked_sub(half)?..=index + half)?;
    let values: Vec<f64> = window.iter().copied().collect::<Option<_>>()?;
    let sum: f64 = values.iter().sum();
    let ends = match cycle % 2 {
        0 => (values[0] + values[values.len() - 1]) / 2.0,
        _ => 0.0,
    };
    Some((sum - ends) / cycle as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rid(series: impl Iterator<Item = f64>, cycle: usize) -> Option<Vec<f64>> {
        let series: Vec<Option<f64>> = series.map(Some).collect();
        let phases: Vec<usize> = (0..series.len()).map(|it| (it + 3) % cycle).collect();
        without_rhythm(&series, &phases, cycle)
            .map(|it| it.into_iter().map(|it| it.expect("a value")).collect())
    }

    #[test]
    fn a_rhythm_goes_and_the_level_stays() {
        for cycle in [7, 24] {
            let found = rid((0..200).map(|it| 50.0 + (it % cycle) as f64), cycle).expect("long");
            let mean = 50.0 + (cycle - 1) as f64 / 2.0;
            assert!(found.iter().all(|it| (it - mean).abs() < 1e-3), "{cycle}");
        }
    }

    #[test]
    fn a_change_of_level_stays_where_it_is() {
        // With half of the weeks on each side no plain median of a weekday would be on the same side for all.
        let level = |day: usize| if day < 30 { 100.0 } else { 60.0 };
        let weekday = |day: usize| if day % 7 < 2 { -25.0 } else { 10.0 };
        let found = rid((0..60).map(|day| level(day) + weekday(day)), 7).expect("long");
        for (day, value) in found.iter().enumerate() {
            assert!((value - level(day)).abs() < 1.0, "{day}: {value}");
        }
    }

    #[test]
    fn too_few_rounds_say_nothing() {
        assert_eq!(rid((0..19).map(f64::from), 7), None);
        assert!(rid((0..20).map(f64::from), 7).is_some());
        assert_eq!(without_rhythm(&[None; 40], &[0; 40], 7), None);
    }
}
