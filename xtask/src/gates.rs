//! The checks of the interface that have one verdict each. What they run is named in `web/package.json`.

use anyhow::Result;

use crate::run;
use crate::web;

/// The types of the interface.
pub fn web_types() -> Result<()> {
    run::run(&mut web::npm(&web::dir(), ["run", "typecheck"]))
}

/// The types of the browser library.
pub fn sdk_types() -> Result<()> {
    run::run(&mut web::npm(&web::sdk_dir(), ["run", "typecheck"]))
}

/// Every text has its key in every language, and no key is left over.
pub fn web_keys() -> Result<()> {
    run::run(&mut web::npm(&web::dir(), ["run", "keys"]))
}
