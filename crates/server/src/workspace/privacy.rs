//! How a workspace treats personal data: what is masked, and which purposes consent is asked for.

use std::sync::{
    Arc, PoisonError, RwLock,
    atomic::{AtomicU64, Ordering},
};

use throughline_ingest::{
    Refusal,
    dialect::Dialect,
    mask::{Found, Masker},
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

/// What is masked now, and how often anything was.
#[derive(Debug)]
pub struct Privacy {
    masker: RwLock<Arc<Masker>>,
    found: [[AtomicU64; 6]; 4],
    /// Since when it is counted.
    pub since: Timestamp,
}

impl Privacy {
    /// Reads what people have decided; what they have not is as in every new workspace.
    pub fn load(state: &WorkspaceState, now: Timestamp) -> Result<Self, StateError> {
        let consent: Option<ConsentPolicy> = read(state, CONSENT)?;
        state.set_consent_policy(consent.unwrap_or_default());
        let masking: Option<Masking> = read(state, MASKING)?;
        Ok(Self {
            masker: RwLock::new(Arc::new(Masker::new(&masking.unwrap_or_default()))),
            found: Default::default(),
            since: now,
        })
    }

    /// Masks by other rules from now on.
    pub fn set_masking(&self, masking: &Masking) {
        *self.masker.write().unwrap_or_else(PoisonError::into_inner) =
            Arc::new(Masker::new(masking));
    }

    /// The body to log in the place of one that holds what may not be kept; none when it does not.
    pub fn mask(&self, dialect: Dialect, body: &[u8]) -> Result<Option<Vec<u8>>, Refusal> {
        let masker = Arc::clone(&self.masker.read().unwrap_or_else(PoisonError::into_inner));
        let Some(masked) = masker.body(dialect, body)? else {
            return Ok(None);
        };
        self.count(&masked.found);
        masked.into_body().map(Some)
    }

    fn count(&self, found: &Found) {
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
