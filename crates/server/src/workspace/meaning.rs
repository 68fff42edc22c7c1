//! The vocabulary that holds in a workspace: the one that people have written, or a suggestion.

use std::{
    collections::BTreeMap,
    sync::{Arc, RwLock, RwLockReadGuard},
};

use throughline_insight::vocabulary_defaults::{SeenEvent, named_in, suggest};
use throughline_model::{Channel, Vocabulary, object_kind::ObjectKind, schedule::Language, EventCode, EventName};
use throughline_store::{
    Snapshot,
    state::{DocumentKind, StateError, WorkspaceState},
};

/// The one document of its kind.
pub const VOCABULARY: &str = "vocabulary";
/// Beside it, the language in which names are suggested.
pub const LANGUAGE: &str = "language";
/// And the kinds of objects, once somebody has written some.
pub const OBJECTS: &str = "objects";

/// A vocabulary and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Meaning {
    /// 0 while it is only suggested; then it grows with each change.
    pub version: u64,
    /// 0 while the kinds of objects are those that everybody has; then it grows with each change.
    pub objects_version: u64,
    pub vocabulary: Arc<Vocabulary>,
}

impl Meaning {
    /// Stands for it where answers are kept.
    pub fn key(&self) -> (u64, u64) {
        (self.version, self.objects_version)
    }

    /// The same with other kinds of objects.
    fn with(&self, (version, kinds): &Objects) -> Self {
        let vocabulary = Vocabulary {
            objects: kinds.clone(),
            ..Vocabulary::clone(&self.vocabulary)
        };
        Self {
            version: self.version,
            objects_version: *version,
            vocabulary: Arc::new(vocabulary),
        }
    }

    /// The touchpoint of every event of a name; none where more than the name decides.
    pub fn touchpoint_of(&self, name: &str) -> Option<&str> {
        let touchpoints = self.vocabulary.touchpoints.iter();
        let named = touchpoints.filter(|it| {
            let events = &it.matcher.events;
            events.is_empty() || events.iter().any(|event| event.as_str() == name)
        });
        let first = named.into_iter().next()?;
        let is_decided = first.matcher.rule.is_none() && first.matcher.channels.is_empty();
        is_decided.then_some(first.id.as_str())
    }
}

/// Keeps what was read or suggested last.
#[derive(Debug, Default)]
pub struct Meanings {
    written: RwLock<Option<Meaning>>,
    suggested: RwLock<Option<(usize, Meaning)>>,
    language: RwLock<Language>,
    objects: RwLock<Objects>,
}

/// Kinds of objects with their version; none while they are those that everybody has.
type Objects = (u64, Option<Vec<ObjectKind>>);

impl Meanings {
    /// Reads what people have written.
    pub fn load(state: &WorkspaceState) -> Result<Self, StateError> {
        let meanings = Self::default();
        if let Some(document) = state.document(DocumentKind::Vocabulary, OBJECTS)? {
            match serde_json::from_str(&document.json) {
                Ok(kinds) => meanings.set_objects(document.head.version, kinds),
                Err(error) => tracing::error!(%error, "the kinds of objects cannot be read"),
            }
        }
        if let Some(document) = state.document(DocumentKind::Vocabulary, VOCABULARY)? {
            match serde_json::from_str(&document.json) {
                Ok(vocabulary) => meanings.set(document.head.version, vocabulary),
                Err(error) => tracing::error!(%error, "the vocabulary cannot be read"),
            }
        }
        if let Some(document) = state.document(DocumentKind::Vocabulary, LANGUAGE)? {
            match serde_json::from_str(&document.json) {
                Ok(language) => meanings.speak(language),
                Err(error) => {
                    tracing::error!(%error, "the language of the workspace cannot be read")
                }
            }
        }
        Ok(meanings)
    }

    /// Suggests names in this language from now on.
    pub fn speak(&self, language: Language) {
        *self
            .language
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = language;
    }

    /// Takes what was just written.
    pub fn set(&self, version: u64, vocabulary: Vocabulary) {
        let mut written = self
            .written
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        // Two people may write at once; the later version wins here too.
        if written.as_ref().is_none_or(|it| it.version < version) {
            let meaning = Meaning {
                version,
                objects_version: 0,
                vocabulary: Arc::new(vocabulary),
            };
            *written = Some(meaning.with(&self.objects()));
        }
    }

    /// Takes the kinds of objects that were just written.
    pub fn set_objects(&self, version: u64, kinds: Vec<ObjectKind>) {
        let mut written = self
            .written
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut objects = self
            .objects
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if version <= objects.0 {
            return;
        }
        *objects = (version, Some(kinds));
        if let Some(meaning) = written.as_mut() {
            *meaning = meaning.with(&objects);
        }
        drop(objects);
        *self
            .suggested
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = None;
    }

    fn objects(&self) -> RwLockReadGuard<'_, Objects> {
        self.objects
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// What holds for a snapshot.
    pub fn of(&self, snapshot: &Snapshot) -> Meaning {
        let written = self
            .written
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(meaning) = &*written {
            return meaning.clone();
        }
        drop(written);
        // Names that are shown as one are one; those that are hidden suggest nothing.
        let names_count = names_of(snapshot).count();
        let kept = self
            .suggested
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((count, meaning)) = &*kept
            && *count == names_count
        {
            return meaning.clone();
        }
        drop(kept);
        let language = *self
            .language
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let meaning = Meaning {
            version: 0,
            objects_version: 0,
            vocabulary: Arc::new(named_in(suggest(&glance(snapshot)), language)),
        };
        let meaning = meaning.with(&self.objects());
        *self
            .suggested
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) =
            Some((names_count, meaning.clone()));
        meaning
    }
}

fn names_of(snapshot: &Snapshot) -> impl Iterator<Item = (EventCode, &EventName)> {
    let names = &snapshot.names;
    (names.iter())
        .filter(|(code, name)| names.stands(*code) && (name.is_system() || !names.is_quiet(*code)))
}

/// What names and channels alone tell, which costs no read of a part.
fn glance(snapshot: &Snapshot) -> Vec<SeenEvent> {
    const ROWS_MAX: usize = 1_000_000;
    let mut counts: BTreeMap<(u16, u8), u64> = BTreeMap::new();
    for run in &snapshot.runs {
        for pair in run.event.iter().zip(run.channel.iter()).take(ROWS_MAX) {
            *counts.entry((*pair.0, *pair.1)).or_default() += 1;
        }
    }
    let names = names_of(snapshot).map(|(code, name)| {
        let its = counts.range((code.0, 0)..=(code.0, u8::MAX));
        let channels: BTreeMap<Channel, u64> = its
            .map(|((_, channel), count)| (Channel::from_code(*channel), *count))
            .collect();
        let events = channels.values().sum::<u64>().max(1);
        SeenEvent {
            channels,
            ..SeenEvent::named(name.clone(), events, 0.5)
        }
    });
    names.collect()
}
