//! `throughline import`: a file becomes events, without a browser.

use std::{
    fs,
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::Duration,
};

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use throughline_ingest::file::{EventSource, Mapping, TimeColumn, TimeFormat};
use throughline_model::{SourceId, Zone};

use super::offline::Offline;
use crate::{
    app::App,
    config::Config,
    import::{self, Import as Shown, ImportKind, ImportState, Job, Plan, archive::FileId},
    workspace::WorkspaceRuntime,
};

/// Arguments of `import`.
#[derive(Debug, Args)]
pub struct Import {
    /// CSV, JSON lines or Parquet, also gzip
    #[arg(value_name = "FILE", required_unless_present_any = ["list", "undo"])]
    file: Option<PathBuf>,
    /// What the columns mean, as JSON; `--suggest` prints one to start from
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Column of the known customer
    #[arg(long, value_name = "COLUMN")]
    user: Option<String>,
    /// Column of the anonymous id
    #[arg(long, value_name = "COLUMN")]
    anonymous: Option<String>,
    /// Column of the event's name
    #[arg(long, value_name = "COLUMN", conflicts_with = "event_name")]
    event: Option<String>,
    /// One event name for all rows
    #[arg(long, value_name = "NAME")]
    event_name: Option<String>,
    /// Column of the time
    #[arg(long, value_name = "COLUMN")]
    time: Option<String>,
    /// How times are written: iso, seconds, milliseconds, or a pattern like %d/%m/%Y %H:%M
    #[arg(long, value_name = "FORMAT")]
    time_format: Option<String>,
    /// The zone of times that name none [default: UTC]
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// Count what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Print the mapping that would be used, and change nothing
    #[arg(long)]
    suggest: bool,
    /// List the imports of the workspace
    #[arg(long, conflicts_with = "file")]
    list: bool,
    /// Take back exactly what an import brought
    #[arg(long, value_name = "ID", conflicts_with_all = ["file", "list"])]
    undo: Option<u32>,
    #[command(flatten)]
    offline: Offline,
}

impl Import {
    /// Imports, lists or takes back.
    pub fn run(self, config: Config, json: bool) -> anyhow::Result<()> {
        self.offline.with_made_workspace(config, |app, runtime| {
            let command = Command {
                import: &self,
                app,
                runtime,
                json,
            };
            match (&self.file, self.undo) {
                (Some(file), _) => command.import(file),
                (None, Some(id)) => command.undo(id),
                (None, None) => command.list(),
            }
        })
    }
}

struct Command<'a> {
    import: &'a Import,
    app: &'a App,
    runtime: &'a WorkspaceRuntime,
    json: bool,
}

impl Command<'_> {
    fn import(&self, path: &Path) -> anyhow::Result<()> {
        let archive = self.runtime.imports().archive();
        let shown = path.display();
        let file = archive
            .copy(path, rand::random())
            .with_context(|| format!("could not read {shown}"))?;
        let stored = archive.find(&file).expect("it was just stored");
        let looked = import::uploaded(&archive.path(&file), file.clone(), stored)
            .with_context(|| format!("could not use {shown}"))?;
        let mapping = self.mapping(looked.mapping)?;
        if self.import.suggest {
            println!("{}", serde_json::to_string_pretty(&mapping)?);
            return Ok(());
        }
        let faults = import::check(&archive.path(&file), &mapping)?;
        if !faults.is_empty() {
            let faults = faults
                .iter()
                .map(|it| format!("\n  {}: {}", it.place, it.message));
            let faults: String = faults.collect();
            bail!(
                "the columns of {shown} are not clear:{faults}\nsay what they mean with --user, --event, --time, or with --mapping"
            );
        }
        let job = self.begin(file, mapping)?;
        thread::scope(|scope| {
            let working = scope.spawn(|| import::run(self.app, self.runtime, &job));
            self.watch(&job, || working.is_finished());
        });
        let shown = job.shown(self.app.now());
        self.print(&shown)?;
        match shown.error {
            Some(error) => bail!("the import ended early: {error}"),
            None => Ok(()),
        }
    }

    /// The mapping of a file, or what was guessed, with what the arguments say instead.
    fn mapping(&self, suggested: Mapping) -> anyhow::Result<Mapping> {
        let import = self.import;
        let mut mapping = match &import.mapping {
            Some(path) => {
                let shown = path.display();
                let text =
                    fs::read_to_string(path).with_context(|| format!("could not read {shown}"))?;
                serde_json::from_str(&text).with_context(|| format!("{shown} is not a mapping"))?
            }
            None => suggested,
        };
        if let Some(column) = &import.user {
            mapping.user = Some(column.clone());
        }
        if let Some(column) = &import.anonymous {
            mapping.anonymous = Some(column.clone());
        }
        if let Some(column) = &import.event {
            mapping.event = Some(EventSource::Column(column.clone()));
        }
        if let Some(name) = &import.event_name {
            mapping.event = Some(EventSource::Constant(name.clone()));
        }
        if let Some(column) = &import.time {
            mapping.time = Some(TimeColumn {
                column: column.clone(),
                format: TimeFormat::default(),
                zone: Zone::UTC,
            });
        }
        if let Some(time) = &mut mapping.time {
            if let Some(format) = &import.time_format {
                time.format = TimeFormat::try_from(format.clone()).map_err(anyhow::Error::msg)?;
            }
            if let Some(zone) = &import.time_zone {
                let known = Zone::parse(zone);
                time.zone = known
                    .with_context(|| format!("`{zone}` is no time zone like Asia/Shanghai"))?;
            }
        }
        Ok(mapping)
    }

    fn begin(&self, file: FileId, mapping: Mapping) -> anyhow::Result<Arc<Job>> {
        let source = self.app.instance().new_source_here()?;
        let kind = match self.import.dry_run {
            true => ImportKind::DryRun,
            false => ImportKind::Import,
        };
        let (imports, state) = (self.runtime.imports(), self.runtime.state());
        let plan = Plan { file, mapping };
        Ok(imports.begin(state, source, kind, plan, self.app.now())?)
    }

    /// Shows the progress on a terminal, until the work is over.
    fn watch(&self, job: &Job, is_over: impl Fn() -> bool) {
        let is_shown = !self.json && std::io::stderr().is_terminal();
        let mut is_line_open = false;
        while !is_over() {
            thread::sleep(Duration::from_millis(50));
            if is_shown {
                eprint!("\r{}\x1b[K", progress(&job.shown(self.app.now())));
                // A terminal that is gone is no reason to stop the import.
                let _ = std::io::stderr().flush();
                is_line_open = true;
            }
        }
        if is_line_open {
            eprint!("\r\x1b[K");
        }
    }

    fn undo(&self, id: u32) -> anyhow::Result<()> {
        let job = self.runtime.imports().get(SourceId(id));
        let job = job.with_context(|| format!("there is no import {id}; --list shows them"))?;
        let begun = job.begin_undo(self.runtime.state())?;
        ensure!(begun, "import {id} is not done, or was undone before");
        import::undo(self.app, self.runtime, &job);
        let shown = job.shown(self.app.now());
        ensure!(
            shown.state == ImportState::Undone,
            "import {id} was not undone: {}",
            shown.error.unwrap_or_default()
        );
        match self.json {
            true => self.print(&shown),
            false => {
                println!("{} was taken back", shown.name);
                Ok(())
            }
        }
    }

    fn list(&self) -> anyhow::Result<()> {
        let jobs = self.runtime.imports().list();
        let shown: Vec<Shown> = jobs.iter().map(|job| job.shown(self.app.now())).collect();
        if self.json {
            println!("{}", serde_json::to_string(&shown)?);
            return Ok(());
        }
        for import in shown {
            let Shown {
                id,
                name,
                rows,
                started,
                ..
            } = &import;
            let state = state_of(&import);
            println!(
                "{:>6}  {started}  {state:<10}  {rows:>12} rows  {name}",
                id.0
            );
        }
        Ok(())
    }

    fn print(&self, import: &Shown) -> anyhow::Result<()> {
        if self.json {
            println!("{}", serde_json::to_string(import)?);
            return Ok(());
        }
        let (new, rows) = (import.new, import.rows);
        let verb = match import.kind {
            ImportKind::DryRun => "would become",
            ImportKind::Import => "became",
        };
        println!("{new} of {rows} rows {verb} events");
        println!(
            "{} were here before, {} are no events",
            import.duplicate, import.faulty
        );
        if import.refused > 0 {
            let refused = import.refused;
            println!("{refused} are of people who were erased, and are not taken in");
        }
        for event in &import.by_event {
            println!("{:>12}  {}", event.count, event.name);
        }
        if import.other_events > 0 {
            println!("{:>12}  of other events", import.other_events);
        }
        if import.faulty > 0 {
            let archive = self.runtime.imports().archive();
            println!(
                "what is wrong with them: {}",
                archive.faults_path(import.id.0).display()
            );
        }
        if import.kind == ImportKind::Import && import.state == ImportState::Done {
            println!(
                "take it back with: throughline import --undo {}",
                import.id.0
            );
        }
        Ok(())
    }
}

fn progress(import: &Shown) -> String {
    let total = import
        .rows_total
        .map_or(String::new(), |total| format!(" of about {total}"));
    let left = import
        .seconds_left
        .map_or(String::new(), |it| format!(", {it:.0} s left"));
    format!(
        "{} rows{total}, {:.0} rows/s{left}",
        import.rows, import.rate
    )
}

fn state_of(import: &Shown) -> String {
    let state = serde_json::to_value(import.state).unwrap_or_default();
    let kind = match import.kind {
        ImportKind::DryRun => "dry run ",
        ImportKind::Import => "",
    };
    format!("{kind}{}", state.as_str().unwrap_or_default())
}
