//! The raw log under faults: crashes, failing and full disks, flipped bits, mangled files, kill -9.

pub mod bench;
pub mod crash;
pub mod flip;
pub mod fuzz;
pub mod kill;
mod ledger;
