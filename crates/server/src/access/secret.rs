//! Secrets that we hand out: made from chance, stored as hashes, never printed.

use std::fmt;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use rand::TryRng;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use throughline_store::state::instance::SecretHash;
use utoipa::ToSchema;

/// Starts every write key, so that scanners of leaked secrets know them.
const WRITE_KEY_PREFIX: &str = "tlw_";
/// Characters of a write key that are shown later, prefix included.
const WRITE_KEY_SHOWN: usize = 12;

/// A text that must not be logged: it prints as `***`.
#[derive(Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String)]
pub struct Secret(String);

impl Secret {
    /// A new secret of 256 bits that can stand in links and cookies.
    pub fn random() -> Self {
        Self(random_text())
    }

    /// A new write key.
    pub fn write_key() -> Self {
        Self(format!("{WRITE_KEY_PREFIX}{}", random_text()))
    }

    /// The text itself, for where it has to be told.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored of it. A fast hash is enough, as nobody can guess 256 bits.
    pub fn hash(&self) -> SecretHash {
        hash_of(&self.0)
    }

    /// The beginning of a write key, by which people tell keys apart.
    pub fn key_prefix(&self) -> &str {
        &self.0[..WRITE_KEY_SHOWN.min(self.0.len())]
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

/// What is stored of a secret that was handed out.
pub fn hash_of(text: &str) -> SecretHash {
    Sha256::digest(text.as_bytes()).into()
}

fn random_text() -> String {
    let mut bytes = [0; 32];
    rand::rngs::SysRng
        .try_fill_bytes(&mut bytes)
        .expect("the system has random numbers, or nothing can be kept secret");
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_and_never_print() {
        let (one, two) = (Secret::random(), Secret::random());
        assert_ne!(one, two);
        assert_eq!(one.reveal().len(), 43);
        assert_eq!(format!("{one:?}"), "***");
    }

    #[test]
    fn write_keys_show_only_their_beginning() {
        let key = Secret::write_key();
        assert_eq!(key.key_prefix().len(), 12);
        assert!(key.reveal().starts_with(key.key_prefix()));
    }
}
