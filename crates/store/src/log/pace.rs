//! When a commit group is full enough to be written. Pure: the commit thread brings the clock.

use std::time::Duration;

use throughline_model::limits;

/// Remembers how busy the log was a moment ago.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pace {
    /// Records of the last group, whose producers are likely to come back at once.
    expected: usize,
}

impl Pace {
    /// Learns from a group that was just acknowledged.
    pub fn acknowledged(&mut self, records: usize) {
        self.expected = records;
    }

    /// How many waiting records make it pointless to wait for more.
    pub fn expected(self) -> usize {
        self.expected
    }

    /// How much longer to wait for more records; zero means write now.
    ///
    /// A lone producer never waits. Many that were acknowledged together get a moment to come back
    /// together, or else they would share each sync with half of the others only.
    pub fn wait(self, records: usize, bytes: usize, since_acknowledged: Duration) -> Duration {
        let is_full = records >= self.expected || bytes >= limits::LOG_GROUP_BYTES_MAX;
        if self.expected <= 1 || is_full {
            return Duration::ZERO;
        }
        limits::LOG_GROUP_DELAY.saturating_sub(since_acknowledged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expected: usize, records: usize, bytes: usize, since_us: u64, wait_us: u64) {
        let mut pace = Pace::default();
        pace.acknowledged(expected);
        let wait = pace.wait(records, bytes, Duration::from_micros(since_us));
        assert_eq!(wait, Duration::from_micros(wait_us));
    }

    #[test]
    fn an_idle_log_writes_at_once() {
        check(0, 1, 100, 0, 0);
        check(64, 1, 100, 2_000, 0);
        check(64, 1, 100, 60_000_000, 0);
    }

    #[test]
    fn a_lone_producer_never_waits() {
        check(1, 1, 100, 10, 0);
    }

    #[test]
    fn many_producers_get_a_moment_to_come_back() {
        check(64, 1, 1_000, 100, 1_900);
        check(64, 63, 63_000, 1_999, 1);
        check(64, 64, 64_000, 100, 0);
    }

    #[test]
    fn a_group_that_is_large_enough_does_not_wait_for_more() {
        check(64, 3, limits::LOG_GROUP_BYTES_MAX, 100, 0);
    }
}
