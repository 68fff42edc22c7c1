//! Statistics: numbers in, numbers out.

pub mod attribution;
pub mod difference;
pub mod discoveries;
pub mod incidence;
mod interval;
pub mod matched;
mod quantile;
pub mod survival;

pub use interval::{Interval, difference, wilson};
pub use quantile::{quantile, rank};
