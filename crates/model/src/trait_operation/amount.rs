//! Numbers that can be added up exactly, in whatever order.

use std::fmt;

use crate::limits;

/// A number in whole billionths. A sum is the same in any order, unlike one of floats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(i128);

const DIGITS: usize = 9;
const ONE: i128 = 1_000_000_000;
const MAX: i128 = limits::TRAIT_NUMBER_MAX * ONE;

impl Amount {
    /// Reads a JSON number, rounded to billionths; none for all else and where it is too large.
    pub fn parse(json: &str) -> Option<Self> {
        let (is_negative, digits) = match json.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, json),
        };
        if !digits.starts_with(|it: char| it.is_ascii_digit()) {
            return None;
        }
        let (number, power) = match digits.split_once(['e', 'E']) {
            Some((number, power)) => (number, power.parse::<i32>().ok()?),
            None => (digits, 0),
        };
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        let size = Self::scaled(whole, part, power)?;
        let size = if is_negative { -size } else { size };
        (size.abs() <= MAX).then_some(Self(size))
    }

    /// The billionths of digits before and after a point that is moved by a power.
    fn scaled(whole: &str, part: &str, power: i32) -> Option<i128> {
        let all = [whole, part].concat();
        if !all.bytes().all(|it| it.is_ascii_digit()) {
            return None;
        }
        let leading = all.len() - all.trim_start_matches('0').len();
        let digits = &all[leading..];
        if digits.is_empty() {
            return Some(0);
        }
        // So many digits stand before the end of the billionths.
        let kept = i64::try_from(whole.len()).ok()? - i64::try_from(leading).ok()?
            + i64::from(power)
            + i64::try_from(DIGITS).ok()?;
        // More digits than this are out of range, and fewer than none are less than half a billionth.
        if kept > 30 {
            return None;
        }
        let Ok(kept) = usize::try_from(kept) else {
            return Some(0);
        };
        let mut size: i128 = 0;
        for place in 0..kept {
            let digit = digits.as_bytes().get(place).map_or(0, |it| it - b'0');
            size = size * 10 + i128::from(digit);
        }
        let is_up = digits.as_bytes().get(kept).is_some_and(|it| *it >= b'5');
        Some(size + i128::from(is_up))
    }

    /// The sum of two.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The number within its limit.
    #[must_use]
    pub fn clamped(self) -> Self {
        Self(self.0.clamp(-MAX, MAX))
    }

    /// Whole billionths, as they are stored.
    pub fn billionths(self) -> i128 {
        self.0
    }

    /// A number of stored billionths.
    pub fn from_billionths(billionths: i128) -> Self {
        Self(billionths)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.0.unsigned_abs();
        let one = ONE.unsigned_abs();
        if self.0 < 0 {
            formatter.write_str("-")?;
        }
        write!(formatter, "{}", size / one)?;
        let part = size % one;
        if part == 0 {
            return Ok(());
        }
        let digits = format!("{part:0DIGITS$}");
        write!(formatter, ".{}", digits.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_and_written_exactly() {
        for (json, shown) in [
            ("0", Some("0")),
            ("-0", Some("0")),
            ("-0.0", Some("0")),
            ("007", Some("7")),
            ("1", Some("1")),
            ("-12.50", Some("-12.5")),
            ("0.1", Some("0.1")),
            ("123456789.123", Some("123456789.123")),
            ("0.0000000014", Some("0.000000001")),
            ("0.0000000015", Some("0.000000002")),
            ("-0.0000000004", Some("0")),
            ("0.0000000005", Some("0.000000001")),
            ("1.5e3", Some("1500")),
            ("1.25E-1", Some("0.125")),
            ("9e-10", Some("0.000000001")),
            ("5e-11", Some("0")),
            ("1e-400", Some("0")),
            ("0e400", Some("0")),
            ("1e+2", Some("100")),
            ("1000000000000000000", Some("1000000000000000000")),
            ("1000000000000000001", None),
            ("1e19", None),
            ("1e400", None),
            ("1e99999999999", None),
            ("\"1\"", None),
            ("true", None),
            ("null", None),
            ("[1]", None),
            ("", None),
            ("-", None),
            ("NaN", None),
            ("１", None),
        ] {
            let read = Amount::parse(json).map(|it| it.to_string());
            assert_eq!(read.as_deref(), shown, "{json}");
        }
        let sum = Amount::parse("0.1").zip(Amount::parse("0.2"));
        let sum = sum.map(|(a, b)| a.plus(b).to_string());
        assert_eq!(sum.as_deref(), Some("0.3"));
    }
}
