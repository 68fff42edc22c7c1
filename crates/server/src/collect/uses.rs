//! When each write key was last used, noted once in a while, as it costs a write.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use throughline_model::{SourceId, Span, Timestamp};
use throughline_store::state::{StateError, instance::Change};

use crate::instance::{Decision, Instance, WriteKey};

/// Tries to note a use, so that a write that fails is not tried again with every request.
#[derive(Debug, Default)]
pub struct Uses {
    tried: Mutex<BTreeMap<SourceId, Timestamp>>,
}

/// Between two notes of one key.
const NOTE_EVERY: Span = Span::minutes(5);

impl Uses {
    /// Notes that a key is used now, unless that was noted a moment ago.
    pub fn note(&self, instance: &Instance, key: &WriteKey, now: Timestamp) {
        if !self.is_due(key, now) {
            return;
        }
        let (instance, source) = (instance.clone(), key.source);
        tokio::spawn(async move {
            let noted: Result<(), StateError> = instance
                .decide(move |_| {
                    Ok(Decision {
                        changes: vec![Change::UseKey(source, now)],
                        audit: None,
                        result: (),
                    })
                })
                .await;
            if let Err(error) = noted {
                tracing::warn!(%error, source = source.0, "use of a key was not noted");
            }
        });
    }

    fn is_due(&self, key: &WriteKey, now: Timestamp) -> bool {
        let is_recent = |at: Timestamp| now < at.plus(NOTE_EVERY);
        if key.last_used.is_some_and(is_recent) {
            return false;
        }
        let mut tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
        if tried.get(&key.source).copied().is_some_and(is_recent) {
            return false;
        }
        tried.insert(key.source, now);
        true
    }
}

#[cfg(test)]
mod tests {
    use throughline_model::WorkspaceId;

    use super::*;

    #[test]
    fn a_use_is_noted_at_first_and_then_every_few_minutes() {
        let uses = Uses::default();
        let mut key = WriteKey {
            workspace: WorkspaceId::parse("shop").unwrap(),
            source: SourceId(3),
            last_used: None,
        };
        let start = Timestamp(1_790_000_000_000);
        assert!(uses.is_due(&key, start));
        assert!(!uses.is_due(&key, start), "it is being noted");
        key.last_used = Some(start);
        assert!(!uses.is_due(&key, start.plus(Span::seconds(299))));
        assert!(uses.is_due(&key, start.plus(NOTE_EVERY)));
    }
}
