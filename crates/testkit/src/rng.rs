//! Chance with a seed: the same numbers on every machine, for as long as the product lives.
//!
//! Only additions, multiplications and shifts are used, never `ln` or `exp`, whose last digit
//! differs between platforms; distributions are tables of their quantiles.

/// A stream of random numbers (xoshiro256++, seeded by SplitMix64).
#[derive(Clone, Debug)]
pub struct Rng {
    state: [u64; 4],
}

impl Rng {
    /// The stream with this number under a seed. Streams are independent of one another.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut mixed = mix(seed) ^ stream.wrapping_mul(0xD134_2543_DE82_EF95);
        let state = std::array::from_fn(|_| {
            mixed = mixed.wrapping_add(0x9E37_79B9_7F4A_7C15);
            mix(mixed)
        });
        Self { state }
    }

    /// The next 64 random bits.
    pub fn bits(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let result = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let (c, d) = (c ^ a, d ^ b);
        self.state = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        result
    }

    /// Evenly from 0 up to but not including 1.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True with this probability.
    pub fn is(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Evenly from 0 up to but not including `count`, which is not 0.
    pub fn below(&mut self, count: usize) -> usize {
        ((u128::from(self.bits()) * count as u128) >> 64) as usize
    }

    /// Evenly from `least` to `most`, both included.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        least + self.below((most - least + 1) as usize) as i64
    }

    /// One of these, each as likely.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// An index, each as likely as its weight says.
    pub fn weighted(&mut self, weights: &[u32]) -> usize {
        let total: u32 = weights.iter().sum();
        let mut left = self.below(total as usize) as u32;
        for (index, weight) in weights.iter().enumerate() {
            if left < *weight {
                return index;
            }
            left -= weight;
        }
        weights.len() - 1
    }

    /// A value of the distribution with these quantiles, at even distances from 0 to 1.
    pub fn quantile(&mut self, quantiles: &[f64]) -> f64 {
        let place = self.unit() * (quantiles.len() - 1) as f64;
        let index = place as usize;
        let (low, high) = (quantiles[index], quantiles[index + 1]);
        low + (high - low) * (place - index as f64)
    }
}

fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_never_changes() {
        let mut rng = Rng::new(7, 1);
        let bits: Vec<u64> = (0..3).map(|_| rng.bits()).collect();
        expect_test::expect!["[be00c76544d230f1, a64f7da17ce80e19, ea98bc5771f38e11]"]
            .assert_eq(&format!("{bits:x?}"));
    }

    #[test]
    fn streams_of_one_seed_differ() {
        assert_ne!(Rng::new(7, 1).bits(), Rng::new(7, 2).bits());
    }

    #[test]
    fn draws_have_the_shares_they_were_asked_for() {
        let mut rng = Rng::new(1, 0);
        let n = 100_000;
        let hits = (0..n).filter(|_| rng.is(0.3)).count();
        assert!((29_300..30_700).contains(&hits), "{hits}");
        let mut counts = [0_u32; 3];
        for _ in 0..n {
            counts[rng.weighted(&[1, 2, 7])] += 1;
        }
        assert!((19_300..20_700).contains(&counts[1]), "{counts:?}");
        let below = (0..n)
            .filter(|_| rng.quantile(&[0.0, 10.0, 100.0]) < 10.0)
            .count();
        assert!((49_200..50_800).contains(&below), "{below}");
    }
}
