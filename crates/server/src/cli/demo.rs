//! `throughline demo`: the demo shop, loaded, drawn and served.

use std::{
    io::{IsTerminal, Write},
    net::SocketAddr,
};

use clap::Args;
use throughline_model::{WorkspaceId, schedule::Language};

use crate::{
    app::App,
    clock::Clock,
    config::Config,
    demo::{self, DEMO, DemoProgress},
    logs,
    serve::{self, Greeting},
};

/// Arguments of `demo`.
#[derive(Clone, Debug, Args)]
pub struct Demo {
    /// How many customers the shop has [default: 50000]
    #[arg(long, value_name = "N")]
    profiles: Option<u32>,
    /// How many days it is open, up to now [default: 90]
    #[arg(long, value_name = "N")]
    days: Option<u32>,
    /// The same number makes the same shop [default: 42]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Language of the names of stages, touchpoints and the map: en, zh-CN or zh-TW [default: en]
    #[arg(long, value_name = "LANGUAGE", value_parser = language)]
    language: Option<Language>,
    /// Address to listen on; port 0 takes a free one [default: 127.0.0.1:7700]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Load the shop and end, without serving it
    #[arg(long)]
    no_serve: bool,
}

impl Demo {
    /// Loads the shop unless it is there already, then serves it.
    pub fn run(self, mut config: Config, json: bool) -> anyhow::Result<()> {
        if let Some(listen) = self.listen {
            config.server.listen = listen;
        }
        logs::start(&config.log)?;
        let runtime = tokio::runtime::Runtime::new()?;
        runtime.block_on(async {
            let app = App::open(config, Clock::System)?;
            let (loading, shop) = (app.clone(), self.clone());
            let id = WorkspaceId::parse(DEMO).expect("a valid name");
            if app.instance().read().workspace(&id).is_none() {
                tokio::task::spawn_blocking(move || shop.load(&loading, json)).await??;
            }
            if self.no_serve {
                app.close().await;
                return Ok(());
            }
            serve::until_stopped(app, Greeting::Demo).await
        })
    }

    fn load(&self, app: &App, json: bool) -> anyhow::Result<()> {
        let began = std::time::Instant::now();
        let language = self.language.unwrap_or_default();
        let runtime = demo::make_workspace(app, None, language)?;
        let shop = demo::shop(self.profiles, self.days, self.seed, app.now());
        let is_watched = !json && std::io::stderr().is_terminal();
        let loaded = demo::load(app, &runtime, &shop, language, |progress| {
            if is_watched {
                show(progress);
            }
        })?;
        let seconds = began.elapsed().as_secs_f64();
        if json {
            let result = serde_json::json!({"workspace": DEMO, "events": loaded.events,
                "map": loaded.map, "truth": loaded.truth, "seconds": seconds});
            println!("{result}");
        } else {
            eprintln!(
                "{}loaded {} events in {seconds:.1} s",
                if is_watched { "\r\x1b[K" } else { "" },
                loaded.events
            );
            println!("truth about the shop: {}", loaded.truth.display());
        }
        Ok(())
    }
}

fn language(text: &str) -> Result<Language, String> {
    let value = serde_json::Value::from(text);
    serde_json::from_value(value).map_err(|_| "is en, zh-CN or zh-TW".to_owned())
}

fn show(progress: &DemoProgress) {
    let total = progress.rows_total.unwrap_or(progress.rows).max(1);
    let percent = progress.rows * 100 / total;
    let left = progress.seconds_left.unwrap_or(0.0);
    eprint!(
        "\rloading the demo shop: {} events, {percent} %, {left:.0} s left  ",
        progress.rows
    );
    // The line shows how far it is; whether it could be shown changes nothing.
    let _ = std::io::stderr().flush();
}
