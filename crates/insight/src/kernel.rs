//! A kernel for each kind of report: a fold over every profile's rows.

pub mod attribution;
pub mod bottlenecks;
pub mod channels;
pub mod choice;
pub mod cost;
pub mod counts;
pub mod difference;
pub mod drivers;
pub mod funnel;
pub mod heatmap;
pub mod last_touch;
pub mod lifecycle;
pub mod lift;
pub mod page_map;
pub mod paths;
pub mod reasons;
pub mod retention;
pub mod rfm;
pub mod stage_time;
pub mod stickiness;
pub mod switches;
pub mod topics;
pub mod transitions;
pub mod trends;
pub mod unexpected;
pub mod work_time;
