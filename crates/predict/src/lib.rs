//! Statistics: numbers in, numbers out.

pub mod attribution;
pub mod change;
pub mod difference;
pub mod discoveries;
pub mod incidence;
mod interval;
pub mod logistic;
pub mod matched;
pub mod means;
pub mod poisson;
mod quantile;
pub mod rhythm;
pub mod risk_set;
pub mod scoring;
pub mod stratified;
pub mod survival;
pub mod topics;

pub use interval::{
    Bounded, Interval, Measured, difference, difference_between, difference_of, share_bounds,
    wilson,
};
pub use quantile::{quantile, rank};
