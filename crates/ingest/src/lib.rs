//! From bytes of any source to events, and from identifiers to profiles.
//!
//! Everything is a function of its arguments: no I/O, no clock, no chance.
#![forbid(unsafe_code)]

pub mod accounts;
mod check;
pub mod consent;
pub mod cost;
mod decoded;
pub mod dialect;
mod field;
pub mod file;
pub mod fuzz;
pub mod identifiers;
pub mod identity;
mod infer;
pub mod inflate;
pub mod instant;
mod json;
pub mod likeness;
pub mod mask;
mod reason;
pub mod segment;
pub mod traits;
pub mod transcript;

pub use decoded::Decoded;
pub use reason::{Fault, Quarantined, Reason, Refusal};
