//! A shop that never was: its customers, what they live through, and the truth about it.
//!
//! Everything is a function of the seed. People are independent of one another, so any
//! range of them can be told at any time, in any order, on any number of threads.

mod after;
mod catalog;
mod checkout;
mod contact;
mod costs;
mod library;
mod life;
mod messages;
mod person;
mod plan;
mod site;
mod truth;
mod visit;
mod words;
mod writer;

use std::ops::Range;

use throughline_model::Timestamp;

use crate::rng::Rng;
use life::{DAY, HOUR, Life};

pub use truth::{
    Cases, Counted, Harmless, Measure, Planned, Problem, ProblemKind, Tally, TrueStep, Truth,
};

/// A demo shop: how many people, over how many days up to which end, from which seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demo {
    pub profiles: u32,
    pub days: u32,
    pub seed: u64,
    /// Every event lies before this.
    pub end: Timestamp,
}

impl Demo {
    /// The shop of the tour: 50,000 people over 90 days.
    pub fn new(end: Timestamp) -> Self {
        Self {
            profiles: 50_000,
            days: 90,
            seed: 42,
            end,
        }
    }

    /// Every event as a line of JSON in the shape of the Segment API, person by person,
    /// each person's in order of time.
    pub fn lines(&self) -> Lines {
        Lines {
            demo: self.clone(),
            next: 0,
            lines: writer::Lines::default(),
            place: 0,
            tally: Tally::default(),
        }
    }

    /// Appends the lines of some people, each with an end of line, and says what they hold.
    pub fn write(&self, people: Range<u32>, out: &mut String) -> Tally {
        let mut lines = writer::Lines::default();
        let mut tally = Tally::default();
        for index in people {
            self.tell(index, &mut lines, &mut tally);
            for place in 0..lines.len() {
                out.push_str(lines.get(place).unwrap_or_default());
                out.push('\n');
            }
        }
        tally
    }

    /// The truth about the shop, given what was counted while all of it was told.
    pub fn truth(&self, tally: &Tally) -> Truth {
        Truth::new(self, tally)
    }

    fn tell(&self, index: u32, lines: &mut writer::Lines, tally: &mut Tally) {
        lines.clear();
        Life::begin(self, index, lines, tally).live();
        tally.events_count += lines.len() as u64;
    }

    /// The first instant of the shop.
    fn start(&self) -> i64 {
        self.end.0 - i64::from(self.days) * DAY
    }

    /// When the new app comes out.
    fn middle(&self) -> Timestamp {
        Timestamp(self.start() + i64::from(self.days) * DAY / 2)
    }

    /// Tells demo shops apart, so that loading two of them loses no event.
    fn fingerprint(&self) -> u32 {
        let mut rng = Rng::new(self.seed ^ self.end.0 as u64, u64::from(self.days));
        (rng.bits() ^ u64::from(self.profiles)) as u32
    }

    /// An instant from `from` up to `to`: more of them late, on weekends and in the evening.
    fn draw_time(&self, rng: &mut Rng, clock_ms: i64, from: i64, to: i64) -> i64 {
        let (start, length) = (self.start(), (self.end.0 - self.start()).max(1));
        let mut at = from;
        for _ in 0..12 {
            at = from + (rng.unit() * (to - from) as f64) as i64;
            let place = (at - start) as f64 / length as f64;
            let day = (at + clock_ms).div_euclid(DAY);
            // The first of January 1970 was a Thursday.
            let is_weekend = matches!(day.rem_euclid(7), 2 | 3);
            let weight = (0.6 + 0.4 * place) * if is_weekend { 1.0 } else { 0.68 };
            let in_hour = day * DAY - clock_ms + hour(rng) as i64 * HOUR + rng.between(0, HOUR - 1);
            if rng.is(weight) && (from..to).contains(&in_hour) {
                return in_hour;
            }
        }
        at
    }

    /// The same instant, or the morning after when it lies in the night.
    fn waking(&self, at: i64, clock_ms: i64) -> i64 {
        let hour = (at + clock_ms).rem_euclid(DAY) / HOUR;
        if hour < 7 {
            // Spread over the morning by the minutes of the night.
            at + (8 - hour) * HOUR + at.rem_euclid(97) * 60_000
        } else {
            at
        }
    }
}

/// An hour of the day, as often as people shop in it.
fn hour(rng: &mut Rng) -> usize {
    rng.weighted(&[
        14, 7, 4, 2, 2, 3, 8, 18, 30, 42, 50, 52, 60, 54, 46, 44, 46, 52, 62, 78, 92, 96, 70, 36,
    ])
}

/// The lines of a demo shop, one person in memory at a time.
pub struct Lines {
    demo: Demo,
    next: u32,
    lines: writer::Lines,
    place: usize,
    tally: Tally,
}

impl Lines {
    /// What was counted so far; all of it once the lines have ended.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }
}

impl Iterator for Lines {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        while self.place == self.lines.len() {
            if self.next == self.demo.profiles {
                return None;
            }
            self.demo.tell(self.next, &mut self.lines, &mut self.tally);
            self.next += 1;
            self.place = 0;
        }
        let line = self.lines.get(self.place)?.to_owned();
        self.place += 1;
        Some(line)
    }
}

#[cfg(test)]
mod tests;
