//! The last arrivals of each webhook and what became of them, since the server was started.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::Serialize;
use throughline_model::{SourceId, Timestamp, limits};
use utoipa::ToSchema;

/// What came, the newest first.
#[derive(Debug, Default)]
pub struct Heard(Mutex<BTreeMap<SourceId, Kept>>);

/// What is remembered of one webhook.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    pub taken: u64,
    pub refused: u64,
    pub last: VecDeque<HookArrival>,
}

/// One request that came to a webhook.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct HookArrival {
    pub at: Timestamp,
    pub is_taken: bool,
    /// The stable code of the refusal.
    pub code: Option<String>,
    /// Why it was refused.
    pub message: Option<String>,
    /// What it is about, where the product says so beside the body.
    pub topic: Option<String>,
    /// The names of the events that it became.
    pub events: Vec<String>,
    /// What was held back of it, in words.
    pub held: Vec<String>,
    /// What is about nobody, and stays in the raw log only.
    pub aside: usize,
    pub bytes: usize,
    /// The body, unless it is long or was refused.
    pub sample: Option<String>,
}

impl Heard {
    /// Remembers an arrival.
    pub fn note(&self, hook: SourceId, arrival: HookArrival) {
        let mut all = self.all();
        let kept = all.entry(hook).or_default();
        match arrival.is_taken {
            true => kept.taken += 1,
            false => kept.refused += 1,
        }
        kept.last.push_front(arrival);
        kept.last.truncate(limits::HOOK_ARRIVALS_KEPT);
    }

    /// What is remembered of a webhook.
    pub fn of(&self, hook: SourceId) -> Kept {
        self.all().get(&hook).cloned().unwrap_or_default()
    }

    /// How many requests were taken and refused, and the latest of them.
    pub fn counts(&self, hook: SourceId) -> (u64, u64, Option<HookArrival>) {
        let all = self.all();
        let Some(kept) = all.get(&hook) else {
            return (0, 0, None);
        };
        let latest = kept.last.front().map(|it| HookArrival {
            sample: None,
            ..it.clone()
        });
        (kept.taken, kept.refused, latest)
    }

    /// Forgets what came to a webhook, but not how much it was.
    pub fn forget_arrivals(&self, hook: SourceId) {
        if let Some(kept) = self.all().get_mut(&hook) {
            kept.last.clear();
        }
    }

    /// Forgets a webhook that is gone.
    pub fn forget(&self, hook: SourceId) {
        self.all().remove(&hook);
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<SourceId, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
