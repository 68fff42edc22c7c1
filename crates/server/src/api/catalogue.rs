//! The catalogue: every event and property that is seen, what is known of it, and what names are read as.

mod event;
mod list;
mod names;
mod notes;
mod proposals;
mod uses;

use crate::http::routes::Route;

pub fn routes() -> Vec<Route> {
    [
        list::routes(),
        event::routes(),
        proposals::routes(),
        notes::routes(),
        names::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
