//! `throughline map`: maps from the command line.

use anyhow::Context as _;
use clap::{Args, Subcommand};
use throughline_insight::{
    Cancel, View,
    discover::{DiscoverOptions, discover},
    map_metrics::map_metrics,
};
use throughline_model::{
    EventName, Map as Drawing, Matcher, Span,
    report::{Days, Range},
};
use throughline_store::state::DocumentKind;

use super::{offline::Offline, out::Out, report::told};
use crate::{config::Config, export::Export};

/// Arguments of `map`.
#[derive(Debug, Args)]
pub struct Map {
    #[command(subcommand)]
    command: MapCommand,
}

#[derive(Debug, Subcommand)]
enum MapCommand {
    /// Draw a map of the way to a goal from what people really did
    Discover(Discover),
    /// Work out the numbers of a saved map
    Numbers(Numbers),
}

#[derive(Debug, Args)]
struct Numbers {
    /// The map, as its address names it
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    out: Out,
    #[command(flatten)]
    offline: Offline,
}

#[derive(Debug, Args)]
struct Discover {
    /// The event that customers want to reach
    #[arg(long, value_name = "EVENT")]
    goal: String,
    /// How far back to look, like 90d [default: everything]
    #[arg(long, value_name = "SPAN")]
    last: Option<String>,
    /// The map's title [default: the goal's name]
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Print the map as YAML instead
    #[arg(long)]
    yaml: bool,
    #[command(flatten)]
    offline: Offline,
}

impl Map {
    /// Runs the command below `map`.
    pub fn run(self, config: Config, json: bool) -> anyhow::Result<()> {
        match self.command {
            MapCommand::Discover(discover) => discover.run(config, json),
            MapCommand::Numbers(numbers) => numbers.run(config),
        }
    }
}

impl Numbers {
    fn run(self, config: Config) -> anyhow::Result<()> {
        let export = self.offline.with_workspace(config, |app, runtime| {
            let document = runtime.state().document(DocumentKind::Map, &self.id)?;
            let document = document.with_context(|| format!("there is no map `{}`", self.id))?;
            let map: Drawing = serde_json::from_str(&document.json)
                .with_context(|| format!("could not read the map `{}`", self.id))?;
            let context = runtime.context(app.now());
            let cancel = Cancel::default();
            let view = View::new(&context.snapshot, &context.meaning.vocabulary, &cancel);
            let numbers = map_metrics(&view, &map, context.now).map_err(told)?;
            Ok(Export::of_map(&map, &numbers))
        })?;
        self.out.write(&export)
    }
}

impl Discover {
    fn run(self, config: Config, json: bool) -> anyhow::Result<()> {
        let goal = EventName::parse(&self.goal)?;
        let range = match &self.last {
            Some(text) => {
                let span = Span::parse(text);
                let span =
                    span.ok_or_else(|| anyhow::anyhow!("`{text}` is not a span like 90d"))?;
                Range {
                    days: Days::Last(span),
                    ..Range::all()
                }
            }
            None => Range::all(),
        };
        let options = DiscoverOptions::titled(self.title.as_deref().unwrap_or(&self.goal));
        let discovery = self.offline.with_context_of(config, |context| {
            let cancel = Cancel::default();
            let view = View::new(&context.snapshot, &context.meaning.vocabulary, &cancel);
            discover(&view, &Matcher::event(goal), &range, &options, context.now).map_err(told)
        })?;
        if self.yaml {
            print!("{}", serde_norway::to_string(&discovery.map)?);
        } else if json {
            println!("{}", serde_json::to_string(&discovery)?);
        } else {
            let summary = &discovery.summary;
            let covered = summary.covered_events_share * 100.0;
            println!(
                "{} steps explain {covered:.1} % of {} events\n",
                summary.steps, summary.events
            );
            for stage in &discovery.map.stages {
                println!("{}", stage.title);
                for step in &stage.steps {
                    println!("  {}", step.title);
                }
            }
        }
        Ok(())
    }
}
