//! The manifest: which parts there are, and how much of the log they hold.
//!
//! Each change is a new file with the next number, made only if no such file exists; so of two
//! writers one fails. The newest manifest counts. It is whole, as files get their name when they
//! are durable; a manifest that cannot be read is damage and never passed over for an older one.

use serde::{Deserialize, Serialize};
use throughline_model::EventName;

use crate::{error::StoreError, objects::Objects, part::PartEntry};

const FOLDER: &str = "manifest";
const FORMAT: u32 = 1;
const TITLE: &str = "throughline manifest";

/// What a store consists of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    /// Counts the changes.
    pub version: u64,
    /// Count of buckets, fixed when the store was made.
    pub buckets: u32,
    /// Count of records of the log whose events are all in the parts: where replaying starts.
    pub applied: u64,
    /// Above every number that a part or a set has had.
    pub next_id: u64,
    /// Event names by code, at least those that the parts use.
    pub names: Vec<EventName>,
    pub parts: Vec<PartEntry>,
}

impl Manifest {
    /// The manifest of a new store.
    pub fn first(buckets: u32) -> Self {
        Self {
            version: 0,
            buckets,
            applied: 0,
            next_id: 1,
            names: Vec::new(),
            parts: Vec::new(),
        }
    }

    /// The newest manifest, `None` in a new store.
    pub fn load(objects: &Objects) -> Result<Option<Self>, StoreError> {
        let names = objects.list(FOLDER)?;
        let Some(newest) = names.last() else {
            return Ok(None);
        };
        let manifest = Self::read(newest, &objects.read(newest)?)?;
        objects.sweep(FOLDER, &|name| name == newest)?;
        Ok(Some(manifest))
    }

    /// Makes this manifest the newest, if its predecessor still is.
    pub fn commit(&self, objects: &Objects) -> Result<(), StoreError> {
        if !objects.create(&name(self.version), self.write())? {
            return Err(StoreError::Fenced);
        }
        // The new manifest is durable, so the old one has had its day; if it stays, the next
        // start removes it.
        if let Some(before) = self.version.checked_sub(1) {
            let _ = objects.delete(&name(before));
        }
        Ok(())
    }

    /// Compares the manifest on disk with this one.
    pub fn check(&self, objects: &Objects) -> Result<(), StoreError> {
        let name = name(self.version);
        if Self::read(&name, &objects.read(&name)?)? == *self {
            return Ok(());
        }
        Err(StoreError::damaged(
            name,
            "it has changed since it was written",
        ))
    }

    fn write(&self) -> Vec<u8> {
        let body = serde_json::to_vec(self).expect("a manifest is always JSON");
        let crc32c = crc32c::crc32c(&body);
        let mut bytes = format!("{TITLE} {FORMAT} {crc32c:08x}\n").into_bytes();
        bytes.extend_from_slice(&body);
        bytes
    }

    fn read(name: &str, bytes: &[u8]) -> Result<Self, StoreError> {
        let damaged = |what: &str| StoreError::damaged(name, what);
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let end = end.ok_or_else(|| damaged("it has no first line"))?;
        let title = std::str::from_utf8(&bytes[..end]).ok();
        let rest = title.and_then(|title| title.strip_prefix(TITLE)?.strip_prefix(' '));
        let (format, sum) = rest
            .and_then(|rest| rest.split_once(' '))
            .ok_or_else(|| damaged("its first line is not that of a manifest"))?;
        let found: u32 = (format.parse()).map_err(|_| damaged("its format is no number"))?;
        if found != FORMAT {
            return Err(StoreError::Newer {
                file: name.to_owned(),
                found,
                known: FORMAT,
            });
        }
        let body = &bytes[end + 1..];
        if sum != format!("{:08x}", crc32c::crc32c(body)) {
            return Err(damaged("it does not fit its checksum"));
        }
        serde_json::from_slice(body)
            .map_err(|error| damaged(&format!("it cannot be read: {error}")))
    }
}

fn name(version: u64) -> String {
    format!("{FOLDER}/{version:016x}")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use object_store::memory::InMemory;

    use super::*;

    fn next(manifest: &Manifest) -> Manifest {
        let mut next = manifest.clone();
        next.version += 1;
        next.applied += 10;
        next
    }

    fn check(objects: &Objects) {
        assert_eq!(Manifest::load(objects).expect("readable"), None);
        let first = Manifest::first(8);
        first.commit(objects).expect("new");
        let second = next(&first);
        second.commit(objects).expect("follows");
        let rival = Manifest {
            applied: 99,
            ..second.clone()
        };
        assert!(matches!(rival.commit(objects), Err(StoreError::Fenced)));
        assert_eq!(
            Manifest::load(objects).expect("readable"),
            Some(second.clone())
        );
        second.check(objects).expect("unchanged");
        assert_eq!(objects.list(FOLDER).expect("listed").len(), 1);
    }

    #[test]
    fn of_two_writers_one_fails() {
        let dir = tempfile::tempdir().expect("a folder");
        check(&Objects::in_dir(dir.path()).expect("a folder"));
        let store = Arc::new(InMemory::new());
        check(&Objects::remote(store, dir.path()).expect("a cache"));
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let sound = Manifest::first(8).write();
        for at in 0..sound.len() * 8 {
            let mut bytes = sound.clone();
            bytes[at / 8] ^= 1 << (at % 8);
            assert!(Manifest::read("m", &bytes).is_err(), "bit {at}");
        }
    }

    #[test]
    fn what_a_crash_left_is_swept_and_never_read() {
        let dir = tempfile::tempdir().expect("a folder");
        let objects = Objects::in_dir(dir.path()).expect("a folder");
        let manifest = Manifest::first(8);
        manifest.commit(&objects).expect("new");
        let torn = dir.path().join("manifest/0000000000000001#1");
        std::fs::write(&torn, "throughline mani").expect("written");
        assert_eq!(Manifest::load(&objects).expect("readable"), Some(manifest));
        assert!(!torn.exists());
    }
}
