//! How events have come in lately, counted hour by hour since the server was started.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use throughline_model::{Span, Timestamp};

/// Counts of the last day.
pub struct Pulse {
    hours: Mutex<VecDeque<Hour>>,
}

/// What came in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Beat {
    pub stored: u64,
    pub duplicate: u64,
    /// Events that happened more than an hour before they came.
    pub late: u64,
    /// From acceptance until the event could be asked about, at worst.
    pub lag_ms: i64,
}

struct Hour {
    start: Timestamp,
    beat: Beat,
}

const HOUR: Span = Span::hours(1);
const DAY: Span = Span::hours(24);

impl Pulse {
    /// Nothing has come in yet.
    pub fn new() -> Self {
        Self {
            hours: Mutex::new(VecDeque::new()),
        }
    }

    /// Adds what has just come in.
    pub fn note(&self, now: Timestamp, beat: Beat) {
        let start = Timestamp(now.0 - now.0.rem_euclid(HOUR.0));
        let mut hours = self.lock();
        if hours.back().is_none_or(|hour| hour.start < start) {
            hours.push_back(Hour {
                start,
                beat: Beat::default(),
            });
        }
        if let Some(hour) = hours.back_mut() {
            hour.beat.add(beat);
        }
        while hours
            .front()
            .is_some_and(|hour| hour.start < now.minus(DAY))
        {
            hours.pop_front();
        }
    }

    /// The last day, as far as this process has lived.
    pub fn day(&self, now: Timestamp) -> Beat {
        let mut sum = Beat::default();
        for hour in self.lock().iter() {
            if hour.start >= now.minus(DAY) {
                sum.add(hour.beat);
            }
        }
        sum
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Hour>> {
        self.hours.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Pulse {
    fn default() -> Self {
        Self::new()
    }
}

impl Beat {
    fn add(&mut self, other: Self) {
        self.stored += other.stored;
        self.duplicate += other.duplicate;
        self.late += other.late;
        self.lag_ms = self.lag_ms.max(other.lag_ms);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_remembered_and_no_more() {
        let pulse = Pulse::new();
        let beat = Beat {
            stored: 1,
            duplicate: 2,
            late: 0,
            lag_ms: 5,
        };
        let start = Timestamp(0);
        for hour in 0..30 {
            pulse.note(
                start.plus(Span::hours(hour)),
                Beat {
                    lag_ms: hour,
                    ..beat
                },
            );
        }
        let now = start.plus(Span::hours(29));
        let expected = Beat {
            stored: 25,
            duplicate: 50,
            late: 0,
            lag_ms: 29,
        };
        assert_eq!(pulse.day(now), expected);
        assert_eq!(pulse.day(now.plus(Span::hours(48))), Beat::default());
    }
}
