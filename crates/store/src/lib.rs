//! The event log, its parts and timelines, and the state tables.
//!
//! The only crate that knows how data lies on disk.

mod base;
mod cache;
mod column;
mod converted;
mod data_dir;
mod error;
mod event_store;
#[cfg(feature = "bench")]
pub mod generate;
mod json;
mod known;
pub mod log;
mod manifest;
mod merge;
mod named;
mod objects;
mod part;
mod roots;
mod rows;
mod run;
mod side;
mod snapshot;
pub mod state;
mod tail;
mod timeline;
mod values;

pub use cache::ValuesCache;
pub use column::Column;
pub use converted::ConvertedRuns;
pub use data_dir::{DATA_FORMAT, DataDir, DataDirError};
pub use error::{ReadError, StoreError};
pub use event_store::{Batch, EventStore, StoreOptions, StoreStats};
pub use known::{Known, TraitColumn};
pub use named::{NamedRuns, read_as};
pub use objects::Objects;
pub use part::Arrived;
pub use roots::{Roots, Turn, Turns};
pub use rows::value_of;
pub use run::{Run, StoredEvent};
pub use snapshot::{EventNames, ProfileSet, Snapshot, bucket_of};
pub use values::{TextCodes, Values};
