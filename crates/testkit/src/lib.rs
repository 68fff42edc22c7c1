//! Timelines and other fixtures for tests, and the demo shop.

pub mod demo;
pub mod rng;
pub mod timelines;
