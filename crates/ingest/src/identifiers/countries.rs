//! How numbers of a country are written abroad: its calling code, and the digit that is dropped.
//!
//! A number of 8 to 15 digits is taken as it is; that it exists is not checked.

/// Country, calling code, trunk prefix.
const COUNTRIES: [(&str, &str, &str); 74] = [
    ("AE", "971", "0"),
    ("AR", "54", "0"),
    ("AT", "43", "0"),
    ("AU", "61", "0"),
    ("BD", "880", "0"),
    ("BE", "32", "0"),
    ("BG", "359", "0"),
    ("BR", "55", "0"),
    ("CA", "1", "1"),
    ("CH", "41", "0"),
    ("CL", "56", ""),
    ("CN", "86", "0"),
    ("CO", "57", ""),
    ("CY", "357", ""),
    ("CZ", "420", ""),
    ("DE", "49", "0"),
    ("DK", "45", ""),
    ("EC", "593", "0"),
    ("EE", "372", ""),
    ("EG", "20", "0"),
    ("ES", "34", ""),
    ("FI", "358", "0"),
    ("FR", "33", "0"),
    ("GB", "44", "0"),
    ("GH", "233", "0"),
    ("GR", "30", ""),
    ("HK", "852", ""),
    ("HR", "385", "0"),
    ("HU", "36", "06"),
    ("ID", "62", "0"),
    ("IE", "353", "0"),
    ("IL", "972", "0"),
    ("IN", "91", "0"),
    ("IS", "354", ""),
    ("IT", "39", ""),
    ("JP", "81", "0"),
    ("KE", "254", "0"),
    ("KR", "82", "0"),
    ("KZ", "7", "8"),
    ("LK", "94", "0"),
    ("LT", "370", "0"),
    ("LU", "352", ""),
    ("LV", "371", ""),
    ("MA", "212", "0"),
    ("MO", "853", ""),
    ("MT", "356", ""),
    ("MX", "52", ""),
    ("MY", "60", "0"),
    ("NG", "234", "0"),
    ("NL", "31", "0"),
    ("NO", "47", ""),
    ("NZ", "64", "0"),
    ("PE", "51", "0"),
    ("PH", "63", "0"),
    ("PK", "92", "0"),
    ("PL", "48", ""),
    ("PT", "351", ""),
    ("QA", "974", ""),
    ("RO", "40", "0"),
    ("RS", "381", "0"),
    ("RU", "7", "8"),
    ("SA", "966", "0"),
    ("SE", "46", "0"),
    ("SG", "65", ""),
    ("SI", "386", "0"),
    ("SK", "421", "0"),
    ("TH", "66", "0"),
    ("TN", "216", ""),
    ("TR", "90", "0"),
    ("TW", "886", "0"),
    ("UA", "380", "0"),
    ("US", "1", "1"),
    ("VN", "84", "0"),
    ("ZA", "27", "0"),
];

/// True for countries whose national numbers can be read.
pub fn is_country(code: &str) -> bool {
    find(code).is_some()
}

/// True for as many digits as a number with its calling code has.
pub(super) fn is_whole(digits: &str) -> bool {
    (8..=15).contains(&digits.len())
        && !digits.starts_with('0')
        && digits.bytes().any(|it| it != digits.as_bytes()[0])
}

/// The number as it is dialed from abroad, with `+`.
pub(super) fn international(digits: &str, country: &str) -> Option<String> {
    let (_, code, trunk) = find(country)?;
    let subscriber = digits.strip_prefix(trunk).unwrap_or(digits);
    let whole = format!("{code}{subscriber}");
    is_whole(&whole).then(|| format!("+{whole}"))
}

fn find(code: &str) -> Option<(&'static str, &'static str, &'static str)> {
    let found = COUNTRIES.binary_search_by(|it| it.0.cmp(code)).ok()?;
    Some(COUNTRIES[found])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_sorted_for_the_search() {
        assert!(COUNTRIES.is_sorted_by_key(|it| it.0));
    }

    #[test]
    fn the_trunk_digit_is_dropped_where_there_is_one() {
        for (digits, country, whole) in [
            ("02012345678", "GB", Some("+442012345678")),
            ("06301234567", "HU", Some("+36301234567")),
            ("0612345678", "IT", Some("+390612345678")),
            ("12015550123", "US", Some("+12015550123")),
            ("13800138000", "CN", Some("+8613800138000")),
            ("123", "GB", None),
            ("02012345678", "XX", None),
        ] {
            assert_eq!(international(digits, country).as_deref(), whole, "{digits}");
        }
    }
}
