//! What stands in the raw log where something was erased.

/// What erased bytes begin with: a JSON text whose first character no library sends.
pub const BLANK_MARK: [u8; 2] = *b"\"\x7f";

/// True for bytes in whose place something was erased.
pub fn is_blank(bytes: &[u8]) -> bool {
    bytes.starts_with(&BLANK_MARK)
}
