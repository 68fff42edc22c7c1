//! A small generator of its own, so that a seed means the same for ever.

/// Chance from a seed.
#[derive(Clone, Debug)]
pub struct Chance(u64);

/// Which of the unsynced changes a power cut spares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Survivors {
    None,
    All,
    Some,
}

impl Chance {
    /// The same seed gives the same numbers.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        // SplitMix64: passes the usual tests, and needs no state beyond a counter.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `end`, without `end`; 0 when `end` is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.bits().checked_rem(end).unwrap_or(0)
    }

    /// True once in so many times; never for 0.
    pub fn one_in(&mut self, count: u64) -> bool {
        count > 0 && self.below(count) == 0
    }

    pub(super) fn survivors(&mut self) -> Survivors {
        match self.below(4) {
            0 => Survivors::None,
            1 => Survivors::All,
            _ => Survivors::Some,
        }
    }
}

impl Survivors {
    /// Whether the next change is spared.
    pub fn keeps(self, chance: &mut Chance) -> bool {
        match self {
            Self::None => false,
            Self::All => true,
            Self::Some => chance.one_in(2),
        }
    }
}
