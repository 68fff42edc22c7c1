//! The stop button of one question, and how far its answer has come.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use serde::Serialize;
use utoipa::ToSchema;

/// Shared between who asks and who answers. Cloning shares it.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<State>);

#[derive(Debug, Default)]
struct State {
    is_cancelled: AtomicBool,
    rows_done: AtomicU64,
    rows_total: AtomicU64,
}

/// The question was stopped before it was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("question was stopped")]
pub struct Cancelled;

/// How far an answer has come. The total grows when the answer needs another walk over the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Progress {
    pub rows_done: u64,
    pub rows_total: u64,
}

impl Cancel {
    /// Asks for a stop; the answer ends soon after with [`Cancelled`].
    pub fn cancel(&self) {
        self.0.is_cancelled.store(true, Ordering::Relaxed);
    }

    /// Fails once a stop was asked for.
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.0.is_cancelled.load(Ordering::Relaxed) {
            return Err(Cancelled);
        }
        Ok(())
    }

    /// Rows walked and to be walked so far.
    pub fn progress(&self) -> Progress {
        Progress {
            rows_done: self.0.rows_done.load(Ordering::Relaxed),
            rows_total: self.0.rows_total.load(Ordering::Relaxed),
        }
    }

    pub(crate) fn expect(&self, rows: u64) {
        self.0.rows_total.fetch_add(rows, Ordering::Relaxed);
    }

    pub(crate) fn advance(&self, rows: u64) {
        self.0.rows_done.fetch_add(rows, Ordering::Relaxed);
    }
}
