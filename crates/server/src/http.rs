//! What every handler shares: how requests are read, refused, routed and served.

pub mod body;
pub mod cors;
pub mod headers;
pub mod openapi;
pub mod refusal;
pub mod routes;
pub mod server;
