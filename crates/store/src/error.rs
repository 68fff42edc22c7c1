//! What can go wrong with the files of the event store.

use std::{io, sync::Arc};

/// Why the event store did not do what was asked. After any of these nothing is half done.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("could not {doing} {file}")]
    File {
        doing: &'static str,
        file: String,
        source: io::Error,
    },
    #[error("could not {doing} {file}")]
    Object {
        doing: &'static str,
        file: String,
        source: object_store::Error,
    },
    #[error("could not {doing} {file}")]
    Parquet {
        doing: &'static str,
        file: String,
        source: parquet::errors::ParquetError,
    },
    #[error("could not arrange columns of {file}")]
    Columns {
        file: String,
        source: arrow::error::ArrowError,
    },
    #[error(
        "{file} is damaged: {what}; restore the file from a backup, or remove the parts and \
         replay the log"
    )]
    Damaged { file: String, what: String },
    #[error(
        "{file} is missing; restore the file from a backup, or remove the parts and replay the log"
    )]
    Missing { file: String },
    #[error(
        "{file} has format {found}, but this program knows formats up to {known}: start the \
         newer program"
    )]
    Newer {
        file: String,
        found: u32,
        known: u32,
    },
    #[error(
        "the store has {found} buckets, but {wanted} are configured; the count is fixed when a \
         workspace is made"
    )]
    Buckets { found: u32, wanted: u32 },
    #[error("could not read the rows of a run")]
    Read(#[from] ReadError),
    #[error("another process has changed the store; only one may write to it")]
    Fenced,
    #[error("an earlier change of the store may or may not be durable; start the program again")]
    Stopped,
    #[error(
        "event names do not continue those of the store: code {code} is `{found}`, not `{given}`"
    )]
    Names {
        code: usize,
        found: String,
        given: String,
    },
}

impl StoreError {
    pub(crate) fn damaged(file: impl Into<String>, what: impl Into<String>) -> Self {
        Self::Damaged {
            file: file.into(),
            what: what.into(),
        }
    }

    /// True when the disk is full: nothing is broken, and the same call may succeed later.
    pub fn is_full(&self) -> bool {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(self);
        while let Some(error) = cause {
            let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
            if let Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) = kind {
                return true;
            }
            cause = error.source();
        }
        false
    }
}

/// Why rows could not be read.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ReadError {
    #[error("could not read part {part}")]
    Part {
        part: String,
        source: Arc<dyn std::error::Error + Send + Sync>,
    },
}
