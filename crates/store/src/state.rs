//! The state tables: what is kept in SQLite beside the event log.
//!
//! `instance.db` holds what belongs to the installation, `state.db` what belongs to one workspace.

mod db;

pub use db::{Db, Schema, StateError};
