//! How the odds of doing something hang on several things at once: logistic regression.
//!
//! Fitted by Newton's method, which for this model is iteratively reweighted least squares (McCullagh and Nelder,
//! "Generalized Linear Models", 1989). It refuses where an answer would mean little: fewer than ten cases of the
//! rarer outcome for each thing (Peduzzi and others, "A simulation study of the number of events per variable in
//! logistic regression analysis", 1996), things that say the same as others, and things that decide the outcome
//! alone, for which no finite answer exists (Albert and Anderson, 1984).

use crate::interval::{Interval, two_sided_chance, two_sided_deviate};

/// Some who are alike in everything that is looked at, and how many of them did it.
#[derive(Clone, Debug, PartialEq)]
pub struct Cases {
    pub values: Vec<f64>,
    pub part: u64,
    pub whole: u64,
}

/// A fitted model.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// Log odds of who has nothing of all that is looked at.
    pub intercept: Coefficient,
    /// In the order of the values.
    pub coefficients: Vec<Coefficient>,
    pub log_likelihood: f64,
}

/// How much the log odds change with one more of something, all else being equal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coefficient {
    pub value: f64,
    pub error: f64,
}

/// Why there is no model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Too few of the rarer outcome for so many things.
    Few { cases: u64, needed: u64 },
    /// The thing says the same as those before it, or is the same for all.
    Collinear(usize),
    /// The thing, alone or with others, decides the outcome.
    Separated(usize),
    /// It was told to stop.
    Stopped,
}

/// So many of the rarer outcome are needed for each thing.
pub const CASES_PER_VALUE_MIN: u64 = 10;
/// Steps after which a fit that goes on has no end.
const STEPS_MAX: usize = 40;
/// After so many cases it is asked whether to stop.
const CASES_PER_LOOK: usize = 4096;
/// A change of the log odds over the range of a thing that no data with both outcomes on its ends bring about.
const LOG_ODDS_MAX: f64 = 25.0;
/// What is left of a column when those before it are taken off, as a share of it.
const PIVOT_MIN: f64 = 1e-9;

impl Coefficient {
    /// The odds of one more by those of one less.
    pub fn odds_ratio(&self) -> f64 {
        self.value.exp()
    }

    /// Between what these odds most likely lie, for one of so many looks (Wald).
    pub fn odds_interval(&self, looks: u64) -> Interval {
        let off = two_sided_deviate(0.05 / looks.max(1) as f64) * self.error;
        Interval {
            low: (self.value - off).exp(),
            high: (self.value + off).exp(),
        }
    }

    /// How often chance alone would make as large a difference (Wald).
    pub fn p(&self) -> f64 {
        two_sided_chance((self.value / self.error).abs()).min(1.0)
    }
}

impl Model {
    /// The chance that one with these values does it.
    pub fn chance(&self, values: &[f64]) -> f64 {
        let weights = self.coefficients.iter().map(|it| it.value);
        let log_odds: f64 = weights.zip(values).map(|(weight, it)| weight * it).sum();
        share(self.intercept.value + log_odds)
    }
}

/// Fits a model. `ridge` draws all coefficients but the intercept to none; 0 is maximum likelihood.
///
/// Each step looks at all cases; between some thousands of them it asks whether it is to stop.
pub fn fit(cases: &[Cases], ridge: f64, is_stopped: &dyn Fn() -> bool) -> Result<Model, Refusal> {
    debug_assert!(cases.iter().all(|it| it.part <= it.whole));
    let count = cases.first().map_or(0, |it| it.values.len());
    let part: u64 = cases.iter().map(|it| it.part).sum();
    let whole: u64 = cases.iter().map(|it| it.whole).sum();
    let rarer = part.min(whole - part);
    let needed = CASES_PER_VALUE_MIN * count.max(1) as u64;
    if rarer < needed {
        return Err(Refusal::Few {
            cases: rarer,
            needed,
        });
    }
    let rows: Vec<Vec<f64>> = (cases.iter())
        .map(|it| [1.0].into_iter().chain(it.values.iter().copied()).collect())
        .collect();
    if let Some(column) = first_collinear(&rows, cases, is_stopped)? {
        return Err(Refusal::Collinear(column - 1));
    }
    if ridge == 0.0
        && let Some(value) = (0..count).find(|value| decides(cases, *value))
    {
        return Err(Refusal::Separated(value));
    }
    let mut weights = vec![0.0; count + 1];
    weights[0] = (part as f64 / (whole - part) as f64).ln();
    let mut now = log_likelihood(&rows, cases, &weights, ridge);
    for _ in 0..STEPS_MAX {
        let (slope, curvature) = derivatives(&rows, cases, &weights, ridge, is_stopped)?;
        let Some(root) = cholesky(&curvature) else {
            break;
        };
        let step = solve(&root, &slope);
        // A whole step may go too far where the outcome is nearly sure.
        let mut size = 1.0;
        let (next, then) = loop {
            let next: Vec<f64> = (weights.iter().zip(&step))
                .map(|(weight, step)| weight + size * step)
                .collect();
            let then = log_likelihood(&rows, cases, &next, ridge);
            if then >= now - 1e-12 * now.abs() || size < 1e-6 {
                break (next, then);
            }
            size /= 2.0;
        };
        let gain = then - now;
        weights = next;
        now = then;
        if ridge == 0.0
            && let Some(value) = runs_away(cases, &weights)
        {
            return Err(Refusal::Separated(value));
        }
        if gain.abs() < 1e-11 * (1.0 + now.abs()) {
            let (_, curvature) = derivatives(&rows, cases, &weights, ridge, is_stopped)?;
            let Some(root) = cholesky(&curvature) else {
                break;
            };
            let coefficients: Vec<Coefficient> = (weights.iter().enumerate())
                .map(|(index, value)| Coefficient {
                    value: *value,
                    error: variance(&root, index).sqrt(),
                })
                .collect();
            return Ok(Model {
                intercept: coefficients[0],
                coefficients: coefficients[1..].to_vec(),
                log_likelihood: log_likelihood(&rows, cases, &weights, 0.0),
            });
        }
    }
    Err(Refusal::Separated(furthest(cases, &weights)))
}

fn share(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn penalty(weights: &[f64], ridge: f64) -> f64 {
    ridge / 2.0 * weights[1..].iter().map(|it| it * it).sum::<f64>()
}

fn log_likelihood(rows: &[Vec<f64>], cases: &[Cases], weights: &[f64], ridge: f64) -> f64 {
    let each = rows.iter().zip(cases).map(|(row, it)| {
        let log_odds = dot(row, weights);
        // The logarithm of one more than an exponential, without its overflow.
        let bend = log_odds.max(0.0) + (-log_odds.abs()).exp().ln_1p();
        it.part as f64 * log_odds - it.whole as f64 * bend
    });
    each.sum::<f64>() - penalty(weights, ridge)
}

/// The slope of the log likelihood, and how it bends, downwards.
fn derivatives(
    rows: &[Vec<f64>],
    cases: &[Cases],
    weights: &[f64],
    ridge: f64,
    is_stopped: &dyn Fn() -> bool,
) -> Result<(Vec<f64>, Vec<Vec<f64>>), Refusal> {
    let count = weights.len();
    let mut slope = vec![0.0; count];
    let mut curvature = vec![vec![0.0; count]; count];
    for (index, (row, it)) in rows.iter().zip(cases).enumerate() {
        if index % CASES_PER_LOOK == 0 && is_stopped() {
            return Err(Refusal::Stopped);
        }
        let chance = share(dot(row, weights));
        let whole = it.whole as f64;
        let (off, doubt) = (
            it.part as f64 - whole * chance,
            whole * chance * (1.0 - chance),
        );
        for (a, x) in row.iter().enumerate() {
            slope[a] += off * x;
            for (b, y) in row[..=a].iter().enumerate() {
                curvature[a][b] += doubt * x * y;
            }
        }
    }
    for (index, (slope, weight)) in slope.iter_mut().zip(weights).enumerate().skip(1) {
        *slope -= ridge * weight;
        curvature[index][index] += ridge;
    }
    Ok((slope, curvature))
}

/// The lower root of a matrix of which the lower half is given, row by row; none where it has no inverse.
fn cholesky(matrix: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let mut root: Vec<Vec<f64>> = Vec::with_capacity(matrix.len());
    for (index, line) in matrix.iter().enumerate() {
        let mut own = Vec::with_capacity(index + 1);
        for (above, cell) in root.iter().zip(line) {
            let rest = cell - dot(&own, above);
            own.push(rest / above[above.len() - 1]);
        }
        let rest = line[index] - dot(&own, &own);
        if rest <= PIVOT_MIN * PIVOT_MIN * line[index].max(f64::MIN_POSITIVE) {
            return None;
        }
        own.push(rest.sqrt());
        root.push(own);
    }
    Some(root)
}

fn solve(root: &[Vec<f64>], right: &[f64]) -> Vec<f64> {
    let mut found: Vec<f64> = Vec::with_capacity(right.len());
    for (line, right) in root.iter().zip(right) {
        let rest = right - dot(&found, line);
        found.push(rest / line[line.len() - 1]);
    }
    for at in (0..root.len()).rev() {
        let below: f64 = (at + 1..root.len())
            .map(|it| root[it][at] * found[it])
            .sum();
        found[at] = (found[at] - below) / root[at][at];
    }
    found
}

/// One place on the diagonal of the inverse.
fn variance(root: &[Vec<f64>], index: usize) -> f64 {
    let mut unit = vec![0.0; root.len()];
    unit[index] = 1.0;
    solve(root, &unit)[index]
}

/// The first column that those before it make up.
fn first_collinear(
    rows: &[Vec<f64>],
    cases: &[Cases],
    is_stopped: &dyn Fn() -> bool,
) -> Result<Option<usize>, Refusal> {
    let count = rows.first().map_or(0, Vec::len);
    let mut bases: Vec<Vec<f64>> = Vec::new();
    for column in 0..count {
        if is_stopped() {
            return Err(Refusal::Stopped);
        }
        let mut rest: Vec<f64> = (rows.iter().zip(cases))
            .map(|(row, it)| row[column] * (it.whole as f64).sqrt())
            .collect();
        let size = dot(&rest, &rest);
        for _ in 0..2 {
            // Twice, as what is taken off is not exact.
            for base in &bases {
                let along = dot(&rest, base);
                rest.iter_mut()
                    .zip(base)
                    .for_each(|(it, base)| *it -= along * base);
            }
        }
        let left = dot(&rest, &rest);
        if left <= PIVOT_MIN * size || size == 0.0 {
            return Ok(Some(column));
        }
        let length = left.sqrt();
        rest.iter_mut().for_each(|it| *it /= length);
        bases.push(rest);
    }
    Ok(None)
}

/// Whether all who did it lie on one side of all who did not, the border shared.
fn decides(cases: &[Cases], value: usize) -> bool {
    let bounds = |of: fn(&Cases) -> bool| {
        let values = cases.iter().filter(|it| of(it)).map(|it| it.values[value]);
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), it| {
            (low.min(it), high.max(it))
        })
    };
    let (did_low, did_high) = bounds(|it| it.part > 0);
    let (not_low, not_high) = bounds(|it| it.part < it.whole);
    did_high <= not_low || not_high <= did_low
}

/// How much the log odds change over the range of each thing.
fn reach(cases: &[Cases], weights: &[f64], value: usize) -> f64 {
    let values = || cases.iter().map(|it| it.values[value]);
    let range = values().fold(f64::NEG_INFINITY, f64::max) - values().fold(f64::INFINITY, f64::min);
    (weights[value + 1] * range).abs()
}

fn furthest(cases: &[Cases], weights: &[f64]) -> usize {
    (0..weights.len() - 1)
        .max_by(|a, b| reach(cases, weights, *a).total_cmp(&reach(cases, weights, *b)))
        .unwrap_or(0)
}

fn runs_away(cases: &[Cases], weights: &[f64]) -> Option<usize> {
    (0..weights.len() - 1).find(|value| reach(cases, weights, *value) > LOG_ODDS_MAX)
}

#[cfg(test)]
mod tests;
