//! `throughline serve`.

use std::net::SocketAddr;

use clap::Args;

use crate::{app::App, clock::Clock, config::Config, logs, serve};

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// Address to listen on; port 0 takes a free one [default: 127.0.0.1:7700]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
}

impl Serve {
    /// Serves until a signal stops it.
    pub fn run(self, mut config: Config) -> anyhow::Result<()> {
        if let Some(listen) = self.listen {
            config.server.listen = listen;
        }
        logs::start(&config.log)?;
        let runtime = tokio::runtime::Runtime::new()?;
        runtime.block_on(async {
            let app = App::open(config, Clock::System)?;
            serve::until_stopped(app, serve::Greeting::FirstStart).await
        })
    }
}
