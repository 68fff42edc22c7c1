//! `throughline openapi`.

use std::io::Write;

use crate::{api, http::openapi};

/// Prints the document that the interface's types are made from.
pub fn run() -> anyhow::Result<()> {
    let text = openapi::text(&api::routes());
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(())
}
