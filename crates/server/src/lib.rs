//! The product as a process: HTTP, access, workers, configuration, command line.
//!
//! `http::routes` is the table of everything that the server answers; `access::gate` stands before
//! each of them; `workspace` holds what runs for each workspace.

pub mod access;
pub mod answers;
pub mod api;
pub mod app;
pub mod bench;
pub mod cli;
pub mod clock;
pub mod collect;
pub mod config;
pub mod costs;
pub mod crm;
pub mod demo;
pub mod digests;
mod embed;
pub mod erasures;
pub mod export;
pub mod folders;
pub mod hooks;
pub mod http;
pub mod import;
pub mod instance;
mod kept;
mod logs;
pub mod metrics;
pub mod outgoing;
pub mod pipeline;
pub mod rebuild;
pub mod schedules;
pub mod sent_links;
pub mod serve;
pub mod sql;
mod web_sdk;
pub mod work;
pub mod workspace;
