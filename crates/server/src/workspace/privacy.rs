//! How a workspace treats personal data: what is masked, and which purposes consent is asked for.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError, RwLock,
    atomic::{AtomicU64, Ordering},
};

use throughline_ingest::{
    Refusal,
    dialect::{Dialect, hook::Note},
    mask::{Found, Masked, Masker},
};
use throughline_model::{
    Timestamp,
    consent::ConsentPolicy,
    masking::{Detector, MaskPlace, Masking},
};
use throughline_store::state::{DocumentKind, StateError, WorkspaceState};

/// The documents of their kind.
pub const MASKING: &str = "masking";
pub const CONSENT: &str = "consent";
pub const KEEPING: &str = "keeping";

/// What is masked now, and how often anything was.
#[derive(Debug)]
pub struct Privacy {
    rules: RwLock<Arc<Rules>>,
    /// Held by whoever writes one of the documents and makes it hold.
    turn: Mutex<()>,
    found: [[AtomicU64; 6]; 4],
    /// Since when it is counted.
    pub since: Timestamp,
}

/// What is masked, and the same made ready.
#[derive(Debug)]
pub struct Rules {
    pub masking: Masking,
    pub masker: Masker,
}

impl Rules {
    /// Makes rules ready.
    pub fn of(masking: Masking) -> Self {
        Self {
            masker: Masker::new(&masking),
            masking,
        }
    }
}

impl Privacy {
    /// Reads what people have decided; what they have not is as in every new workspace.
    pub fn load(state: &WorkspaceState, now: Timestamp) -> Result<Self, StateError> {
        let consent: Option<ConsentPolicy> = read(state, CONSENT)?;
        state.set_consent_policy(consent.unwrap_or_default());
        let masking: Option<Masking> = read(state, MASKING)?;
        Ok(Self {
            rules: RwLock::new(Arc::new(Rules::of(masking.unwrap_or_default()))),
            turn: Mutex::default(),
            found: Default::default(),
            since: now,
        })
    }

    /// The turn to write a document and to make it hold, so that the last that was written holds.
    pub fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Masks by other rules from now on.
    pub fn set_masking(&self, masking: Masking) {
        let rules = Arc::new(Rules::of(masking));
        *self.rules.write().unwrap_or_else(PoisonError::into_inner) = rules;
    }

    /// What is masked now.
    pub fn rules(&self) -> Arc<Rules> {
        Arc::clone(&self.rules.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The body to log in the place of one that holds what may not be kept; none when it does not.
    pub fn mask(&self, dialect: Dialect, body: &[u8]) -> Result<Option<Vec<u8>>, Refusal> {
        self.counted(self.rules().masker.body(dialect, body)?)
    }

    /// As above for what came to a webhook.
    pub fn mask_hook(&self, note: &Note, body: &[u8]) -> Result<Option<Vec<u8>>, Refusal> {
        self.counted(self.rules().masker.hook(note, body)?)
    }

    fn counted(&self, masked: Option<Masked>) -> Result<Option<Vec<u8>>, Refusal> {
        let Some(masked) = masked else {
            return Ok(None);
        };
        self.count(&masked.found);
        masked.into_body().map(Some)
    }

    /// Counts what rules have found.
    pub fn count(&self, found: &Found) {
        for (counts, more) in self.found.iter().zip(&found.counts) {
            for (count, more) in counts.iter().zip(more) {
                count.fetch_add(*more, Ordering::Relaxed);
            }
        }
    }

    /// How often a rule has found something.
    pub fn found(&self, detector: Detector, place: MaskPlace) -> u64 {
        self.found[place as usize][detector as usize].load(Ordering::Relaxed)
    }
}

fn read<T: serde::de::DeserializeOwned>(
    state: &WorkspaceState,
    id: &str,
) -> Result<Option<T>, StateError> {
    let Some(document) = state.document(DocumentKind::Privacy, id)? else {
        return Ok(None);
    };
    match serde_json::from_str(&document.json) {
        Ok(read) => Ok(Some(read)),
        Err(error) => {
            tracing::error!(id, %error, "what was decided of privacy cannot be read");
            Ok(None)
        }
    }
}
