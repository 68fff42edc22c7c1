//! The event log, its parts and timelines, and the state tables.
//!
//! The only crate that knows how data lies on disk.

mod column;
mod data_dir;
pub mod log;
mod rows;
mod run;
mod snapshot;
pub mod state;
mod values;

pub use column::Column;
pub use data_dir::{DATA_FORMAT, DataDir, DataDirError};
pub use rows::value_of;
pub use run::{Run, StoredEvent};
pub use snapshot::{EventNames, ReadError, Snapshot, bucket_of};
pub use values::Values;
