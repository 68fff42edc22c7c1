//! What a body really is: packed ones are known by their first bytes, whatever the headers say.

use std::{borrow::Cow, io::Read};

use flate2::read::{MultiGzDecoder, ZlibDecoder};
use throughline_model::limits;

use crate::Refusal;

/// Up to this size any ratio is harmless.
const ALWAYS_FINE_BYTES: usize = 1 << 20;

/// 8 MiB, what the format asks every reader to take.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;

/// True for bytes that begin like a gzip member.
pub fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

/// True for bytes that begin like any packing that we know.
pub fn is_packed(bytes: &[u8]) -> bool {
    is_gzip(bytes) || is_zlib(bytes) || is_zstd(bytes)
}

/// No text that we take begins like this: the first letter would be an `x`.
fn is_zlib(bytes: &[u8]) -> bool {
    matches!(bytes, [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..])
}

fn is_zstd(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
}

/// The body as text bytes, unpacked if it is packed; never holds more than the limit allows.
pub fn open(body: &[u8]) -> Result<Cow<'_, [u8]>, Refusal> {
    if body.len() > limits::BODY_BYTES_MAX {
        return Err(Refusal::BodyTooLarge);
    }
    if !is_packed(body) {
        return Ok(Cow::Borrowed(body));
    }
    let most = most_of(body);
    let mut inflated = Vec::with_capacity(most.min(body.len().saturating_mul(8)));
    let mut unpacked = unpacker(body)?.take(most as u64 + 1);
    match unpacked.read_to_end(&mut inflated) {
        Ok(_) if inflated.len() > most => Err(Refusal::InflatedTooLarge),
        Ok(_) => Ok(Cow::Owned(inflated)),
        Err(_) => Err(Refusal::GzipBroken),
    }
}

/// The most bytes that something packed may unpack to.
pub fn most_of(packed: impl AsRef<[u8]>) -> usize {
    let by_ratio = (packed.as_ref().len()).saturating_mul(limits::BODY_INFLATE_RATIO_MAX);
    by_ratio.clamp(ALWAYS_FINE_BYTES, limits::BODY_INFLATED_BYTES_MAX)
}

/// The same as the text that it says.
pub fn text(body: &[u8]) -> Result<Cow<'_, str>, Refusal> {
    match open(body)? {
        Cow::Borrowed(bytes) => std::str::from_utf8(bytes)
            .map(Cow::Borrowed)
            .map_err(|it| Refusal::NotUtf8(it.valid_up_to())),
        Cow::Owned(bytes) => String::from_utf8(bytes)
            .map(Cow::Owned)
            .map_err(|it| Refusal::NotUtf8(it.utf8_error().valid_up_to())),
    }
}

fn unpacker(body: &[u8]) -> Result<Box<dyn Read + '_>, Refusal> {
    if is_gzip(body) {
        return Ok(Box::new(MultiGzDecoder::new(body)));
    }
    if is_zlib(body) {
        return Ok(Box::new(ZlibDecoder::new(body)));
    }
    let mut unpacker = zstd::Decoder::with_buffer(body).map_err(|_| Refusal::GzipBroken)?;
    // The sender chooses how much memory unpacking takes, up to this.
    let set = unpacker.window_log_max(ZSTD_WINDOW_LOG_MAX);
    set.map_err(|_| Refusal::GzipBroken)?;
    Ok(Box::new(unpacker))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).expect("writes to memory");
        encoder.finish().expect("writes to memory")
    }

    #[test]
    fn gzip_is_known_by_its_bytes() {
        assert_eq!(open(b"{}").as_deref(), Ok(&b"{}"[..]));
        assert_eq!(open(&packed(b"{}")).as_deref(), Ok(&b"{}"[..]));
    }

    #[test]
    fn bombs_are_refused() {
        let bomb = packed(&vec![b' '; limits::BODY_INFLATED_BYTES_MAX + 1]);
        assert!(bomb.len() < 100_000);
        assert_eq!(open(&bomb), Err(Refusal::InflatedTooLarge));
        let small = packed(&vec![b' '; 3 << 20]);
        assert_eq!(open(&small), Err(Refusal::InflatedTooLarge));
    }

    #[test]
    fn broken_gzip_is_refused() {
        let whole = packed(br#"{"type":"track"}"#);
        assert_eq!(open(&whole[..whole.len() - 6]), Err(Refusal::GzipBroken));
        let mut changed = whole.clone();
        changed[14] ^= 0xff;
        assert_eq!(open(&changed), Err(Refusal::GzipBroken));
        let huge = vec![b'x'; limits::BODY_BYTES_MAX + 1];
        assert_eq!(open(&huge), Err(Refusal::BodyTooLarge));
    }
}
