//! The command line. Each command is a file; what they print for people or as JSON ends here.

mod bench;
mod costs;
mod demo;
mod import;
mod map;
mod offline;
mod openapi;
mod out;
mod people;
mod reference;
mod replay;
mod report;
mod schema;
mod serve;
mod settings;
mod sql;
mod verify;
mod version;

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};

use crate::config::{Config, ConfigError};

/// See what your customers live through, over every channel, and change it.
#[derive(Debug, Parser)]
#[command(name = "throughline", version, propagate_version = true)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
struct Global {
    /// A file of settings; `throughline config` prints one to start from
    #[arg(long, global = true, value_name = "FILE", env = "THROUGHLINE_CONFIG")]
    config: Option<PathBuf>,
    /// The folder that holds everything [default: throughline-data]
    #[arg(long, global = true, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Print JSON instead of text for people
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the interface, the API and the collecting API
    Serve(serve::Serve),
    /// Load the demo shop, draw its map and serve both
    Demo(demo::Demo),
    /// Turn a file into events
    Import(Box<import::Import>),
    /// Take in what was paid for ads, by day, or list it
    Costs(costs::Costs),
    /// Answer a report, the same as the API does
    Report(report::Report),
    /// Count or list the people who satisfy a rule
    People(people::People),
    /// Ask in SQL, the same as the console does
    Sql(sql::Sql),
    /// Draw maps from the log
    Map(map::Map),
    /// Measure what is promised about speed and memory, on this machine
    Bench(bench::Bench),
    /// Check that everything on disk is what was written
    Verify(verify::Verify),
    /// Make profiles, links and parts again from the raw log, and compare or swap
    Replay(replay::Replay),
    /// Print the settings that are in force, as a file to start from
    Config(settings::Settings),
    /// Print the JSON Schema of a kind of file
    Schema(schema::Schema),
    /// Print the description of the API (OpenAPI 3.1)
    Openapi,
    /// Print the version
    Version,
    /// Print docs/reference/cli.md
    #[command(hide = true)]
    Reference,
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let json = cli.global.json;
    match dispatch(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
            if json {
                eprintln!(
                    "{}",
                    serde_json::json!({"error": {"message": causes.join(": ")}})
                );
            } else {
                eprintln!("throughline: {}", causes.join(": "));
            }
            ExitCode::FAILURE
        }
    }
}

fn dispatch(cli: Cli) -> anyhow::Result<()> {
    let Cli { global, command } = cli;
    match command {
        Command::Serve(serve) => serve.run(global.load()?),
        Command::Demo(demo) => demo.run(global.load()?, global.json),
        Command::Import(import) => import.run(global.load()?, global.json),
        Command::Costs(costs) => costs.run(global.load()?, global.json),
        Command::Report(report) => report.run(global.load()?, global.json),
        Command::People(people) => people.run(global.load()?, global.json),
        Command::Sql(sql) => sql.run(global.load()?, global.json),
        Command::Map(map) => map.run(global.load()?, global.json),
        Command::Bench(bench) => bench.run(global.json),
        Command::Verify(verify) => verify.run(global.load()?, global.json),
        Command::Replay(replay) => replay.run(global.load()?, global.json),
        Command::Config(settings) => settings.run(&global),
        Command::Schema(schema) => schema.run(),
        Command::Openapi => openapi::run(),
        Command::Version => version::run(global.json),
        Command::Reference => reference::run(),
    }
}

impl Global {
    /// The settings that hold for this command.
    fn load(&self) -> Result<Config, ConfigError> {
        let mut config = Config::load(self.config.as_deref(), std::env::vars())?;
        if let Some(dir) = &self.data {
            config.data.dir.clone_from(dir);
        }
        Ok(config)
    }
}
