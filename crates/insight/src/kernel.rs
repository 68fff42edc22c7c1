//! A kernel for each kind of report: a fold over every profile's rows.

pub mod attribution;
pub mod counts;
pub mod funnel;
pub mod paths;
pub mod stage_time;
pub mod transitions;
