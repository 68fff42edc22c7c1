//! A body that was packed or wrapped, with what it says changed, in as many bytes as before.

use std::io::Write as _;

use flate2::{Compression, GzBuilder};
use throughline_store::log::blank::settle_bytes;

/// Bytes of a gzip member before its extra field, with the field's length.
const HEAD: usize = 12;
/// Bytes of a member that holds nothing, without its extra field.
const EMPTY: usize = 22;
const EXTRA_MAX: usize = u16::MAX as usize;
/// Bytes that reach any checksum.
const FREE: usize = 4;

/// A text as gzip of exactly this many bytes with this CRC-32C; none where that is too little.
pub fn pack(text: &[u8], bytes_count: usize, checksum: u32) -> Option<Vec<u8>> {
    let smallest = member(text, FREE)?;
    let mut spare = bytes_count.checked_sub(smallest.len())?;
    let mut behind = Vec::new();
    while spare > EXTRA_MAX - FREE {
        let extra = spare.min(EMPTY + EXTRA_MAX) - EMPTY;
        behind.extend(member(&[], extra)?);
        spare -= EMPTY + extra;
    }
    let mut packed = member(text, FREE + spare)?;
    packed.extend(behind);
    debug_assert_eq!(packed.len(), bytes_count, "extra fields take what is over");
    settle_bytes(&mut packed, HEAD..HEAD + FREE, checksum).then_some(packed)
}

fn member(text: &[u8], extra: usize) -> Option<Vec<u8>> {
    let builder = GzBuilder::new().extra(vec![0; extra]);
    let mut encoder = builder.write(Vec::new(), Compression::best());
    encoder.write_all(text).ok()?;
    encoder.finish().ok()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::MultiGzDecoder;
    use throughline_store::log::blank::checksum;

    use super::*;

    #[test]
    fn a_text_is_packed_into_as_many_bytes_as_asked_with_the_checksum_asked() {
        let text = r#"{"batch":["and so on"]}"#.repeat(40);
        let least = member(text.as_bytes(), FREE).unwrap().len();
        for more in [
            0, 1, 25, 26, 60_000, 65_531, 65_532, 70_000, 131_000, 400_000,
        ] {
            let packed = pack(text.as_bytes(), least + more, 0xdead_beef).unwrap();
            assert_eq!(packed.len(), least + more);
            assert_eq!(checksum(&packed), 0xdead_beef);
            let mut read = String::new();
            MultiGzDecoder::new(&*packed)
                .read_to_string(&mut read)
                .unwrap();
            assert_eq!(read, text);
        }
        assert_eq!(pack(text.as_bytes(), least - 1, 0), None);
    }
}
