//! Statistics: numbers in, numbers out.

pub mod attribution;
pub mod difference;
pub mod discoveries;
pub mod incidence;
mod interval;
pub mod matched;
mod quantile;
pub mod risk_set;
pub mod survival;

pub use interval::{Interval, Measured, difference, difference_of, wilson};
pub use quantile::{quantile, rank};
