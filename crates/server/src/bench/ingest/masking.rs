//! What masking adds to decoding.

use std::{hint::black_box, time::Instant};

use throughline_ingest::{
    dialect::{self, Call, Dialect, Moment},
    mask::Masker,
    segment::Route,
};
use throughline_model::{Timestamp, masking::Masking};

use super::{BATCH, Figure, Lines, Unit, median};

const BATCHES: u64 = 100;
const ROUNDS: usize = 9;

/// Decoding with masking over decoding without, by the rules of a new workspace and by every rule.
pub fn figures(lines: &Lines, now: Timestamp) -> Vec<Figure> {
    let bodies: Vec<Vec<u8>> = (0..BATCHES)
        .map(|n| {
            let mut body = Vec::new();
            lines.body(n * BATCH, BATCH, &mut body);
            body
        })
        .collect();
    let usual = Masking::default();
    let mut every = usual.clone();
    every.rules.iter_mut().for_each(|rule| rule.is_on = true);
    let of = |masking: &Masking| {
        let (masker, none) = (Masker::new(masking), Masker::new(&Masking::NONE));
        let round = |_| seconds(&bodies, &masker, now) / seconds(&bodies, &none, now);
        median((0..ROUNDS).map(round).collect())
    };
    vec![
        Figure::new("masking as in a new workspace", of(&usual), Unit::Times),
        Figure::new("masking by every rule", of(&every), Unit::Times),
    ]
}

fn seconds(bodies: &[Vec<u8>], masker: &Masker, now: Timestamp) -> f64 {
    let (dialect, moment) = (
        Dialect::Segment(Route::Batch),
        Moment {
            received: now,
            sent: None,
        },
    );
    let began = Instant::now();
    for body in bodies {
        black_box(dialect::read(Call::Is(dialect), body, moment)).ok();
        if let Ok(Some(masked)) = masker.body(dialect, body) {
            black_box(dialect::read(
                Call::Is(dialect),
                masked.text.as_bytes(),
                moment,
            ))
            .ok();
        }
    }
    began.elapsed().as_secs_f64()
}
