//! What became of the files of one folder, and which are to be taken next.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use throughline_model::{SourceId, Timestamp, limits};

/// By which a file is known to be as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    pub bytes: u64,
    /// Nanoseconds since 1970.
    pub modified: i64,
    /// Of an object, what its mark is known by; 0 for a file.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub tag: u64,
}

fn is_zero(tag: &u64) -> bool {
    *tag == 0
}

/// A file that was taken, or could not be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handled {
    pub version: Version,
    pub at: Timestamp,
    pub outcome: Outcome,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Imported(SourceId),
    /// Its content was imported before, under another name or by hand.
    Same(SourceId),
    /// It cannot be read, or the mapping does not fit.
    Refused(String),
}

/// The files of a folder that were handled, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Files(pub BTreeMap<String, Handled>);

/// Files that rest since the last look and were not handled as they are, the oldest first.
pub fn ready<'a>(
    seen: &'a BTreeMap<String, Version>,
    before: &BTreeMap<String, Version>,
    files: &Files,
) -> Vec<&'a str> {
    let is_new =
        |name: &str, version: &Version| files.0.get(name).is_none_or(|it| it.version != *version);
    let rests = seen
        .iter()
        .filter(|(name, version)| before.get(*name) == Some(*version) && is_new(name, version));
    let mut ready: Vec<(i64, &str)> = rests
        .map(|(name, version)| (version.modified, name.as_str()))
        .collect();
    ready.sort_unstable();
    ready.into_iter().map(|(_, name)| name).collect()
}

impl Files {
    /// Forgets the oldest of those that are no longer in the folder; true when some were.
    pub fn forget_gone(&mut self, seen: &BTreeMap<String, Version>) -> bool {
        let mut gone: Vec<(Timestamp, String)> = self
            .0
            .iter()
            .filter(|(name, _)| !seen.contains_key(*name))
            .map(|(name, it)| (it.at, name.clone()))
            .collect();
        gone.sort_unstable();
        let over = gone.len().saturating_sub(limits::FOLDER_FILES_GONE_MAX);
        for (_, name) in &gone[..over] {
            self.0.remove(name);
        }
        over > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(files: &[(&str, u64, i64)]) -> BTreeMap<String, Version> {
        let version = |bytes, modified| Version {
            bytes,
            modified,
            tag: 0,
        };
        let named = files
            .iter()
            .map(|it| (it.0.to_owned(), version(it.1, it.2)));
        named.collect()
    }

    fn handled(version: Version, at: i64) -> Handled {
        Handled {
            version,
            at: Timestamp(at),
            outcome: Outcome::Imported(SourceId(1)),
        }
    }

    #[test]
    fn a_file_is_ready_when_it_rests_and_is_not_handled_as_it_is() {
        let now = seen(&[
            ("a", 1, 9),
            ("b", 2, 5),
            ("c", 3, 5),
            ("d", 4, 4),
            ("e", 9, 9),
        ]);
        let before = seen(&[("a", 1, 9), ("b", 2, 5), ("c", 2, 5), ("e", 9, 9)]);
        let mut files = Files::default();
        assert_eq!(ready(&now, &before, &files), ["b", "a", "e"]);
        files.0.insert("b".to_owned(), handled(now["b"], 1));
        let older = Version {
            bytes: 8,
            modified: 9,
            tag: 0,
        };
        files.0.insert("e".to_owned(), handled(older, 1));
        assert_eq!(
            ready(&now, &before, &files),
            ["a", "e"],
            "`e` has changed since"
        );
    }

    #[test]
    fn of_files_that_are_gone_the_newest_are_remembered() {
        let mut files = Files::default();
        let version = Version {
            bytes: 1,
            modified: 1,
            tag: 0,
        };
        let count = i64::try_from(limits::FOLDER_FILES_GONE_MAX).unwrap() + 2;
        for at in 0..count {
            files.0.insert(format!("f{at:04}"), handled(version, at));
        }
        let here = seen(&[("f0000", 1, 1)]);
        assert!(files.forget_gone(&here));
        assert!(files.0.contains_key("f0000"), "it is there");
        assert!(
            !files.0.contains_key("f0001"),
            "it is the oldest that is gone"
        );
        assert!(files.0.contains_key("f0002"));
        assert!(!files.forget_gone(&here));
    }
}
