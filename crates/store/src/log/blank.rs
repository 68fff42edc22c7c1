//! Bytes that say nothing in the place of bytes that said something, with the same checksum.
//!
//! A log is one chain of checksums, so what is in it can be taken out only by bytes of the same
//! length and the same CRC-32C. A CRC is linear: what a changed bit does to it does not depend on
//! the other bits. So enough bits that may be chosen freely reach every checksum, and which of
//! them to turn is a system of 32 equations over two elements.

use std::ops::Range;

use throughline_model::blank::BLANK_MARK;
pub use throughline_model::blank::is_blank;

/// The letters of the filling: their low four bits are free, and none has to be escaped.
const LETTER: u8 = b'`';
/// Letters at the end of blanked bytes; those before are blanks.
const LETTERS_MAX: usize = 24;

/// Bytes that can be blanked for certain. Anything that names an event and somebody is longer.
pub const BLANKED_BYTES_MIN: usize = 16;

/// The bytes are too few to reach their checksum with others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} bytes are too few to be blanked in their place")]
pub struct TooShort(pub usize);

/// What the log compares payloads with.
pub fn checksum(bytes: &[u8]) -> u32 {
    crc32c::crc32c(bytes)
}

/// Overwrites bytes by a JSON text that says nothing and has the same checksum.
///
/// The checksum of whatever the bytes are a piece of stays as well.
pub fn blank(bytes: &mut [u8]) -> Result<(), TooShort> {
    let too_short = TooShort(bytes.len());
    if bytes.len() < BLANKED_BYTES_MIN {
        return Err(too_short);
    }
    let wanted = crc32c::crc32c(bytes);
    let last = bytes.len() - 1;
    let first = (last - (last - BLANK_MARK.len()).min(LETTERS_MAX)).max(BLANK_MARK.len());
    bytes.fill(b' ');
    bytes[..BLANK_MARK.len()].copy_from_slice(&BLANK_MARK);
    bytes[first..last].fill(LETTER);
    bytes[last] = b'"';
    let free = (first..last).flat_map(|at| (0..4).map(move |bit| (at, 1 << bit)));
    settle(bytes, free, wanted).then_some(()).ok_or(too_short)
}

/// Chooses the bytes of a range, four or more, so that all bytes have this checksum.
///
/// False when the range is too short for that.
pub fn settle_bytes(bytes: &mut [u8], range: Range<usize>, wanted: u32) -> bool {
    let free = range.flat_map(|at| (0..8).map(move |bit| (at, 1 << bit)));
    settle(bytes, free.take(128), wanted)
}

/// Turns some of the free bits so that all bytes have this checksum; false when they do not suffice.
fn settle(bytes: &mut [u8], free: impl Iterator<Item = (usize, u8)>, wanted: u32) -> bool {
    let free: Vec<(usize, u8)> = free.collect();
    debug_assert!(free.len() <= 128, "the bits to turn are told by a mask");
    // For each leading bit of a checksum, the change that begins with it and the bits that make it.
    let mut basis: [Option<(u32, u128)>; 32] = [None; 32];
    for (index, (at, bit)) in free.iter().enumerate() {
        let mut effect = effect_of(*bit, bytes.len() - at - 1);
        let mut turned = 1_u128 << index;
        while effect != 0 {
            let leading = effect.leading_zeros() as usize;
            let Some((known, its)) = basis[leading] else {
                basis[leading] = Some((effect, turned));
                break;
            };
            effect ^= known;
            turned ^= its;
        }
    }
    let mut rest = crc32c::crc32c(bytes) ^ wanted;
    let mut turned = 0;
    while rest != 0 {
        let Some((known, its)) = basis[rest.leading_zeros() as usize] else {
            return false;
        };
        rest ^= known;
        turned ^= its;
    }
    for (index, (at, bit)) in free.iter().enumerate() {
        if turned >> index & 1 == 1 {
            bytes[*at] ^= bit;
        }
    }
    debug_assert_eq!(crc32c::crc32c(bytes), wanted, "the equations are solved");
    true
}

/// What turning a bit does to the checksum of bytes of which so many come behind it.
fn effect_of(bit: u8, behind: usize) -> u32 {
    // Of two texts of one length the checksums differ by what their difference has for itself.
    crc32c::crc32c_combine(crc32c::crc32c(&[bit]) ^ crc32c::crc32c(&[0]), 0, behind)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn blanked_bytes_have_their_length_and_checksum_and_nothing_else(
            before in any::<Vec<u8>>(),
            text in prop::collection::vec(any::<u8>(), BLANKED_BYTES_MIN..4_000),
            behind in any::<Vec<u8>>(),
        ) {
            let whole = [&*before, &*text, &*behind].concat();
            let mut blanked = whole.clone();
            let range = before.len()..before.len() + text.len();
            blank(&mut blanked[range.clone()]).expect("is long enough");
            prop_assert_eq!(crc32c::crc32c(&blanked), crc32c::crc32c(&whole));
            prop_assert_eq!(&blanked[..range.start], &whole[..range.start]);
            prop_assert_eq!(&blanked[range.end..], &whole[range.end..]);
            prop_assert!(is_blank(&blanked[range.clone()]));
            let read: Result<String, _> = serde_json::from_slice(&blanked[range]);
            let is_marked = read.is_ok_and(|it| it.starts_with('\u{7f}'));
            prop_assert!(is_marked);
        }

        #[test]
        fn four_bytes_reach_every_checksum(
            mut bytes in prop::collection::vec(any::<u8>(), 4..500), at in any::<prop::sample::Index>(),
            wanted: u32,
        ) {
            let at = at.index(bytes.len() - 3);
            prop_assert!(settle_bytes(&mut bytes, at..at + 4, wanted));
            prop_assert_eq!(crc32c::crc32c(&bytes), wanted);
        }
    }

    #[test]
    fn every_length_from_the_shortest_on_reaches_every_checksum() {
        for len in BLANKED_BYTES_MIN..BLANKED_BYTES_MIN + 2 * LETTERS_MAX {
            // Each bit of the checksum by itself: what they span is everything.
            for bit in 0..32 {
                let mut bytes = vec![b'x'; len];
                assert!(settle_bytes(&mut bytes, 0..4, 1 << bit));
                assert_eq!(blank(&mut bytes), Ok(()), "{len} bytes, bit {bit}");
                assert_eq!(crc32c::crc32c(&bytes), 1 << bit);
            }
        }
        assert_eq!(blank(&mut [b'x'; 15]), Err(TooShort(15)));
    }

    #[test]
    fn no_library_sends_what_is_taken_for_blank() {
        assert!(!is_blank(br#"{"event":"a"}"#));
        assert!(!is_blank(b"null") && !is_blank(b"\"") && !is_blank(b""));
    }
}
