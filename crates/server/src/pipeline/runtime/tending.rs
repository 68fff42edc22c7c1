//! The thread that tends the parts: it seals what is in memory and merges what is small.

use std::{
    sync::{PoisonError, atomic::Ordering},
    time::{Duration, Instant},
};

use throughline_model::limits;

use super::Inner;

/// How often the parts are looked after when nobody asks.
const TEND_EVERY: Duration = Duration::from_secs(1);
/// How long rows stay in memory only.
const TAIL_AGE_MAX: Duration = Duration::from_secs(300);

impl Inner {
    pub(super) fn tend(&self) {
        let mut sealed = Instant::now();
        loop {
            let is_over = {
                let tending = self.tending();
                let (mut tending, _) = self
                    .wake
                    .wait_timeout_while(tending, TEND_EVERY, |it| !it.is_wanted && !it.is_over)
                    .unwrap_or_else(PoisonError::into_inner);
                tending.is_wanted = false;
                tending.is_over
            };
            if is_over || self.store.is_seal_due() || sealed.elapsed() > TAIL_AGE_MAX {
                match self.store.seal() {
                    Ok(_) => sealed = Instant::now(),
                    Err(error) => tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "events could not be sealed; they stay in memory and in the raw log"
                    ),
                }
            }
            if is_over {
                return;
            }
            if self.is_pouring() {
                continue;
            }
            if let Err(error) = self.store.merge() {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "parts could not be merged"
                );
            }
        }
    }

    /// True while merging would take from events that pour in what it gives to reports later.
    fn is_pouring(&self) -> bool {
        let waiting = self.log.end().0 > self.applied.load(Ordering::Acquire);
        waiting && self.store.stats().parts_count < limits::PARTS_WHILE_POURING_MAX
    }
}
