//! The vocabulary that holds in a workspace: the one that people have written, or a suggestion.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, RwLock, RwLockReadGuard},
};

use throughline_insight::vocabulary_defaults::{SeenEvent, named_in, suggest};
use throughline_model::{
    Channel, EventCode, EventName, Touchpoint, Vocabulary, naming::Naming, object_kind::ObjectKind,
    schedule::Language,
};
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

    /// The touchpoint of every event that is sent under a name; none where more than the name decides.
    pub fn touchpoint_of(&self, sent: &EventName, naming: &Naming) -> Option<&str> {
        let shown = naming.shown(sent);
        let is_quiet = sent.is_system() || naming.is_hidden(sent);
        let may_be = |touchpoint: &&Touchpoint| {
            let events = &touchpoint.matcher.events;
            match events.is_empty() {
                true => !is_quiet,
                // A vocabulary may name what is sent.
                false => events.iter().any(|it| naming.shown(it) == shown),
            }
        };
        let first = self.vocabulary.touchpoints.iter().find(may_be)?;
        let is_decided = first.matcher.rule.is_none() && first.matcher.channels.is_empty();
        is_decided.then_some(first.id.as_str())
    }
}

/// Keeps what was read or suggested last.
#[derive(Debug, Default)]
pub struct Meanings {
    written: RwLock<Option<Meaning>>,
    suggested: RwLock<Option<Suggested>>,
    language: RwLock<Language>,
    objects: RwLock<Objects>,
}

/// What was suggested last, and all that it was suggested for.
#[derive(Clone, Debug)]
struct Suggested {
    names: BTreeSet<EventName>,
    language: Language,
    meaning: Meaning,
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
        let names: BTreeSet<EventName> = names_of(snapshot).map(|it| it.1.clone()).collect();
        let language = *self
            .language
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let kept = self
            .suggested
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone();
        let meaning = match kept {
            Some(it) if it.names == names && it.language == language => it.meaning,
            _ => self.suggest(snapshot, names, language),
        };
        // Kinds of objects are put in last, so that a suggestion cannot bring back those of before.
        meaning.with(&self.objects())
    }

    fn suggest(
        &self,
        snapshot: &Snapshot,
        names: BTreeSet<EventName>,
        language: Language,
    ) -> Meaning {
        let meaning = Meaning {
            version: 0,
            objects_version: 0,
            vocabulary: Arc::new(named_in(suggest(&glance(snapshot)), language)),
        };
        *self
            .suggested
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Some(Suggested {
            names,
            language,
            meaning: meaning.clone(),
        });
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

#[cfg(test)]
mod tests {
    use throughline_store::EventNames;

    use super::*;

    #[test]
    fn a_suggestion_is_for_the_names_that_there_are_and_not_for_how_many() {
        let meanings = Meanings::default();
        let of = |name: &str| {
            let names = EventNames::of(&[EventName::parse(name).expect(name)]);
            let vocabulary = meanings
                .of(&Snapshot::of_events(&[], vec![], names, 4, 1))
                .vocabulary;
            vocabulary.touchpoints[0].name.clone()
        };
        assert_ne!(of("order_completed"), of("page_seen"));
        let before = of("order_completed");
        meanings.speak(Language::SimplifiedChinese);
        assert_ne!(of("order_completed"), before);
        meanings.set_objects(3, Vec::new());
        let names = EventNames::default();
        let snapshot = Snapshot::of_events(&[], vec![], names, 4, 1);
        assert_eq!(meanings.of(&snapshot).objects_version, 3);
    }
}
