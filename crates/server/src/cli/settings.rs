//! `throughline config`.

use clap::Args;

use super::Global;
use crate::config::DEFAULTS;

/// Arguments of `config`.
#[derive(Debug, Args)]
pub struct Settings {
    /// Print the commented defaults instead
    #[arg(long)]
    defaults: bool,
}

impl Settings {
    /// Prints settings, or says what is wrong with them.
    pub fn run(self, global: &Global) -> anyhow::Result<()> {
        if self.defaults {
            print!("{DEFAULTS}");
            return Ok(());
        }
        let config = global.load()?;
        if global.json {
            println!("{}", serde_json::to_string_pretty(&config)?);
        } else {
            print!("{}", toml::to_string(&config)?);
        }
        Ok(())
    }
}
