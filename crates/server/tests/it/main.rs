//! The API over HTTP, one file per resource. Each test has a server, a folder and a port of its own.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

mod access;
mod bench;
mod client;
mod collect;
mod collect_faults;
mod costs;
mod dashboards;
mod dialects;
mod dialects_recorded;
mod events;
mod exports;
mod identity;
mod imports;
mod interface;
mod live;
mod maps;
mod matrix;
mod members;
mod memberships;
mod now;
mod overview;
mod process;
mod profiles;
mod receipts;
mod reference;
mod reports;
mod schedules;
mod segments;
mod shares;
mod sink;
mod sql;
mod targets;
mod vocabulary;
mod workspaces;
