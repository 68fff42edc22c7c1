//! The API over HTTP, one file per resource. Each test has a server, a folder and a port of its own.

mod access;
mod client;
mod interface;
mod matrix;
mod members;
mod process;
mod reference;
mod workspaces;
