//! From bytes of any source to events, and from identifiers to profiles.
//!
//! Everything is a function of its arguments: no I/O, no clock, no chance.
#![forbid(unsafe_code)]

pub mod identity;
