//! Very many durations in four bytes each.

use throughline_predict::rank;

use super::Spread;

/// From here on, about 24 days, durations are kept in seconds.
const LONG: i64 = 1 << 31;

/// Durations in one piece of memory, at most.
const BLOCK: usize = 1 << 14;

/// Durations in milliseconds, in any order; none is negative.
///
/// They lie in blocks that are never copied to grow, as there may be as many of them as events.
#[derive(Clone, Default)]
pub(super) struct Packed {
    blocks: Vec<Vec<u32>>,
}

impl Packed {
    /// Adds a duration.
    pub fn push(&mut self, duration_ms: i64) {
        let number = pack(duration_ms);
        match self.blocks.last_mut() {
            Some(block) if block.len() < block.capacity() => block.push(number),
            last => {
                let room = last.map_or(4, |it| (it.len() * 2).min(BLOCK));
                let mut block = Vec::with_capacity(room);
                block.push(number);
                self.blocks.push(block);
            }
        }
    }

    /// Adds what was collected elsewhere.
    pub fn extend(&mut self, other: Self) {
        // What has room left comes last.
        self.blocks.splice(0..0, other.blocks);
    }

    /// Median and ninth decile, each one that was observed; none of nothing.
    pub fn spread(&self) -> Option<Spread> {
        let mut all = self.blocks.concat();
        let n = all.len() as u64;
        let mut quantile = |permille| {
            let index =
                usize::try_from(rank(n, permille) - 1).expect("an index into the durations");
            unpack(*all.select_nth_unstable(index).1)
        };
        (n > 0).then(|| Spread {
            n,
            median_ms: quantile(500),
            p90_ms: quantile(900),
        })
    }
}

/// Longer durations get larger numbers, so that quantiles can be taken of the numbers.
fn pack(duration_ms: i64) -> u32 {
    let number = if duration_ms < LONG {
        duration_ms
    } else {
        LONG + (duration_ms / 1000).min(LONG - 1)
    };
    u32::try_from(number).expect("below 2^32")
}

fn unpack(number: u32) -> i64 {
    let number = i64::from(number);
    if number < LONG {
        number
    } else {
        (number - LONG) * 1000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_keep_their_order_and_come_back() {
        let durations = [0, 1, LONG - 1, LONG, LONG + 5_000, 5 * LONG];
        assert!(durations.is_sorted_by_key(|it| pack(*it)));
        for duration in durations {
            let back = unpack(pack(duration));
            assert!(back <= duration && duration - back < 1_000, "{duration}");
            assert!(duration >= LONG || back == duration);
        }
    }

    #[test]
    fn quantiles_are_durations_that_were_seen() {
        let mut packed = Packed::default();
        for duration in [40, 10, 30, 20] {
            packed.push(duration);
        }
        let spread = packed.spread().expect("some");
        assert_eq!((spread.n, spread.median_ms, spread.p90_ms), (4, 20, 40));
        assert_eq!(Packed::default().spread(), None);
    }

    #[test]
    fn durations_of_several_are_put_together() {
        let mut all = Packed::default();
        for part in 0..3 {
            let mut packed = Packed::default();
            (0..40_000).for_each(|it| packed.push(it * 3 + part));
            all.extend(packed);
        }
        all.push(120_000);
        let spread = all.spread().expect("some");
        assert_eq!(
            (spread.n, spread.median_ms, spread.p90_ms),
            (120_001, 60_000, 108_000)
        );
    }
}
