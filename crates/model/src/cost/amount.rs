//! Amounts of money as decimal text, read without a binary fraction in between.

use crate::limits;

/// Parts of one unit.
pub const MICROS: i64 = 1_000_000;

/// Reads a decimal number into millionths; commas may set thousands apart.
pub fn parse_amount(text: &str) -> Result<i64, &'static str> {
    const SHAPE: &str =
        "is not a number like 1234.50; use digits and one point, no sign of a currency";
    let text = text.trim();
    if text.starts_with('-') {
        return Err(
            "is negative; a credit note has no day of its own, lower that day's cost instead",
        );
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = whole_digits(whole).ok_or(SHAPE)?;
    let is_bare_point = text.ends_with('.');
    if is_bare_point || !fraction.bytes().all(|it| it.is_ascii_digit()) {
        return Err(SHAPE);
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > 6 {
        return Err("is told more finely than to a millionth");
    }
    let too_large = "is more than one record can hold";
    let units: i64 = digits.parse().map_err(|_| too_large)?;
    if units > limits::COST_AMOUNT_MAX {
        return Err(too_large);
    }
    let parts: i64 = format!("{fraction:0<6}").parse().map_err(|_| SHAPE)?;
    Ok(units * MICROS + parts)
}

/// The digits before the point, without the commas that set thousands apart.
fn whole_digits(text: &str) -> Option<String> {
    let groups: Vec<&str> = text.split(',').collect();
    let is_sound = groups.iter().enumerate().all(|(index, group)| {
        let is_length = match index {
            0 if groups.len() == 1 => !group.is_empty(),
            0 => (1..=3).contains(&group.len()),
            _ => group.len() == 3,
        };
        is_length && group.bytes().all(|it| it.is_ascii_digit())
    });
    is_sound.then(|| groups.concat())
}

/// The shortest decimal text of millionths.
pub fn written_amount(micros: i128) -> String {
    let sign = if micros < 0 { "-" } else { "" };
    let (units, parts) = (
        micros.unsigned_abs() / MICROS.unsigned_abs() as u128,
        micros.unsigned_abs() % MICROS.unsigned_abs() as u128,
    );
    if parts == 0 {
        return format!("{sign}{units}");
    }
    let parts = format!("{parts:06}");
    format!("{sign}{units}.{}", parts.trim_end_matches('0'))
}
