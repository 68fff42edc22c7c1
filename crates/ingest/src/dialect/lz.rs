//! LZ-String in Base64, in which older libraries of PostHog pack what they send (`lz64`).
//!
//! A code names a piece of the text that was said before, or a unit of UTF-16 that is new. The format
//! is that of the library `lz-string`; it has no mark at its beginning and no checksum.

/// Bits of a character of Base64.
const CHAR_BITS: usize = 6;
/// Codes with a meaning of their own.
const NEW_BYTE: usize = 0;
const NEW_UNIT: usize = 1;
const END: usize = 2;

/// What a text unpacks to; none where it is not packed like this, or unpacks to more units than these.
pub fn unpacked(text: &str, units_max: usize) -> Option<String> {
    let mut bits = Bits::of(text)?;
    let mut units: Vec<u16> = Vec::new();
    // Where each piece begins, and how long it is. The first three codes name none.
    let mut pieces: Vec<(usize, usize)> = vec![(0, 0); 3];
    let mut width = 2;
    // How many codes can be told apart by this width.
    let mut room = 1;
    let mut last: Option<(usize, usize)> = None;
    loop {
        let code = bits.take(width)?;
        let begin = units.len();
        let piece = match code {
            NEW_BYTE | NEW_UNIT => {
                let unit = bits.take(if code == NEW_BYTE { 8 } else { 16 })?;
                units.push(u16::try_from(unit).ok()?);
                pieces.push((begin, 1));
                room -= 1;
                (begin, 1)
            }
            END => return String::from_utf16(&units).ok(),
            code => {
                // The one that is about to be known is the last with its own first unit.
                let (from, len) = match pieces.get(code) {
                    Some(known) => *known,
                    None if code == pieces.len() => last.map(|(from, len)| (from, len + 1))?,
                    None => return None,
                };
                if units.len() + len > units_max {
                    return None;
                }
                for at in from..from + len {
                    units.push(*units.get(at)?);
                }
                (begin, len)
            }
        };
        if units.len() > units_max {
            return None;
        }
        widen(&mut room, &mut width);
        // What was said last, with the first unit of what is said now, stands right there.
        if let Some((from, len)) = last {
            pieces.push((from, len + 1));
            room -= 1;
            widen(&mut room, &mut width);
        }
        last = Some(piece);
    }
}

/// Takes one bit more for a code when all of a width are used.
fn widen(room: &mut usize, width: &mut usize) {
    if *room == 0 {
        *room = 1 << *width;
        *width += 1;
    }
}

/// The bits of a text in Base64, the highest of each character first.
struct Bits {
    values: Vec<u8>,
    at: usize,
}

impl Bits {
    fn of(text: &str) -> Option<Self> {
        let value = |byte: u8| match byte {
            b'A'..=b'Z' => Some(byte - b'A'),
            b'a'..=b'z' => Some(byte - b'a' + 26),
            b'0'..=b'9' => Some(byte - b'0' + 52),
            // A plus in a form is read as a blank.
            b'+' | b' ' => Some(62),
            b'/' => Some(63),
            _ => None,
        };
        let text = text.trim_matches(['\n', '\r']).trim_end_matches('=');
        let values: Option<Vec<u8>> = text.bytes().map(value).collect();
        Some(Self {
            values: values?,
            at: 0,
        })
    }

    /// A number whose lowest bit comes first.
    fn take(&mut self, count: usize) -> Option<usize> {
        let mut number = 0;
        for place in 0..count {
            let value = *self.values.get(self.at / CHAR_BITS)?;
            let shift = CHAR_BITS - 1 - self.at % CHAR_BITS;
            number |= usize::from(value >> shift & 1) << place;
            self.at += 1;
        }
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 1 << 20;

    /// Texts as lz-string 1.5.0 packs them; the first is in its own tests.
    #[test]
    fn texts_are_unpacked_as_the_library_packs_them() {
        for (packed, text) in [
            ("BYUwNmD2A0AECWsCGBbZtDUzkA==", "hello, i am a 猫"),
            ("IJA=", "A"),
            ("IIISA===", "AB"),
            ("Q===", ""),
            ("IY18ZVA=", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
            ("NoRgNATGDMC6Q===", "[1,2,3]"),
            (
                "N4IgpgbmB2AuIC4QBIAOBDA5pAlmA7iADQioBOA9qmGbHgM6KiwUDWMiIrxIAJjvTrQAxrAD6OXpwCuARh7I6sADZhOgR3NANXIACQLwbgAD3tAS5ABfU0A=",
                r#"{"event":"$pageview","properties":{"token":"k","distinct_id":"u1","$title":"東京 😀 é"}}"#,
            ),
        ] {
            assert_eq!(unpacked(packed, MOST).as_deref(), Some(text), "{packed}");
        }
    }

    #[test]
    fn what_is_broken_or_too_much_is_nothing() {
        for bad in ["", "=", "BYUwNmD2", "not base64!", "////"] {
            assert_eq!(unpacked(bad, MOST), None, "{bad}");
        }
        assert_eq!(unpacked("IY18ZVA=", 35), None);
        assert!(unpacked("IY18ZVA=", 36).is_some());
    }
}
