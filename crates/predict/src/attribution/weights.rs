//! How one conversion is divided among its touches. All weights of at least one touch sum to 1.

/// Everything to the first touch.
pub fn first(count: usize) -> Vec<f64> {
    (0..count)
        .map(|index| if index == 0 { 1.0 } else { 0.0 })
        .collect()
}

/// Everything to the last touch.
pub fn last(count: usize) -> Vec<f64> {
    (1..=count)
        .map(|number| if number == count { 1.0 } else { 0.0 })
        .collect()
}

/// The same to each touch.
pub fn linear(count: usize) -> Vec<f64> {
    vec![1.0 / count as f64; count]
}

/// Which touch has everything when some do not count: the last of the others, or the last of all
/// when there is no other; `None` of no touches.
pub fn except(
    is_passed_over: impl DoubleEndedIterator<Item = bool> + ExactSizeIterator,
) -> Option<usize> {
    let last = is_passed_over.len().checked_sub(1)?;
    Some(
        (is_passed_over.enumerate().rev())
            .find_map(|(index, is)| (!is).then_some(index))
            .unwrap_or(last),
    )
}

/// Shares of the first and the last touch; those between have the rest in equal parts.
///
/// There is no agreed meaning of "J-shaped", so the weights are data. Two touches divide
/// everything as their shares are to each other, and one touch has everything.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    pub first: f64,
    pub last: f64,
}

impl Position {
    /// The weights of a count of touches.
    pub fn weights(self, count: usize) -> Vec<f64> {
        let Self { first, last } = self;
        match count {
            0 => Vec::new(),
            1 => vec![1.0],
            2 if first + last > 0.0 => vec![first / (first + last), last / (first + last)],
            2 => vec![0.5; 2],
            _ => {
                let between = (1.0 - first - last) / (count - 2) as f64;
                let mut weights = vec![between; count];
                weights[0] = first;
                weights[count - 1] = last;
                weights
            }
        }
    }
}

/// Each touch has `base` times what the next one has.
pub fn decay_by_position(count: usize, base: f64) -> Vec<f64> {
    normal((0..count).map(|index| base.powi(i32::try_from(count - 1 - index).unwrap_or(i32::MAX))))
}

/// A touch has half of what a touch one half-life later has. Ages are times before the conversion,
/// the oldest first.
///
/// The newest touch is the measure, so that a path of old touches alone does not vanish.
pub fn decay(ages: &[i64], half_life: i64) -> Vec<f64> {
    let newest = ages.last().copied().unwrap_or_default();
    debug_assert!(ages.is_sorted_by(|a, b| a >= b) && half_life > 0);
    normal(
        ages.iter()
            .map(|age| (-((age - newest) as f64) / half_life as f64).exp2()),
    )
}

/// The weights, made to sum to 1.
fn normal(weights: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut weights: Vec<f64> = weights.collect();
    let sum: f64 = weights.iter().sum();
    for weight in &mut weights {
        *weight /= sum;
    }
    weights
}
