//! What the operating system does not let this process exceed, whatever a query makes of us.

use rustix::process::{Resource, Rlimit, nice, setrlimit};
use throughline_model::sql::SqlLimits;

/// The program, its threads and what the engine does not count, in bytes.
const BESIDE_THE_POOL: u64 = 1 << 30;
/// The stack of the thread that plans; only what is used of it takes memory.
pub const PLANNING_STACK_BYTES: usize = 512 << 20;
/// The stack of each thread that reads and computes.
pub const WORKING_STACK_BYTES: usize = 16 << 20;

/// How far this process steps back behind the server, which goes on collecting and answering.
const NICENESS: i32 = 10;

/// Sets the limits for good. What cannot be set is left to the server, which also watches the clock.
pub fn set(limits: &SqlLimits) {
    // Without it statements are only faster than they should be.
    let _ = nice(NICENESS);
    let threads = u64::try_from(limits.threads).unwrap_or(u64::MAX);
    let stacks =
        PLANNING_STACK_BYTES as u64 + threads.saturating_mul(2 * WORKING_STACK_BYTES as u64);
    let memory = limits
        .memory_bytes
        .saturating_add(BESIDE_THE_POOL)
        .saturating_add(stacks);
    for (resource, most) in [
        (Resource::As, memory),
        (Resource::Cpu, limits.processor_seconds),
        (
            Resource::Fsize,
            limits.spill_bytes.max(limits.bytes) + (1 << 20),
        ),
        (Resource::Core, 0),
        (Resource::Nofile, 1_024),
    ] {
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        // A limit that is lower already cannot be raised, and need not be.
        let _ = setrlimit(resource, limit);
    }
}
