//! `throughline people`: who satisfies a rule, from the command line.

use std::{fs, path::PathBuf};

use anyhow::Context as _;
use clap::Args;
use serde_json::json;
use throughline_insight::{Cancel, View, count_people, people_faults};
use throughline_model::{
    people::{InSegment, PeopleRule},
    segment::named_faults,
};
use throughline_store::state::DocumentKind;

use super::{offline::Offline, out::Out, report::told};
use crate::{
    api::{ask::Wanted, export::people::WantedPeople},
    config::Config,
    workspace::WorkspaceRuntime,
};

/// Arguments of `people`.
#[derive(Debug, Args)]
pub struct People {
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    out: Out,
    #[command(flatten)]
    offline: Offline,
}

/// Which people.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Who {
    /// A file with a rule about people as JSON, as the API takes it
    #[arg(long, value_name = "FILE")]
    rule: Option<PathBuf>,
    /// A segment, as its address names it
    #[arg(long, value_name = "ID")]
    segment: Option<String>,
}

impl People {
    /// Prints how many there are, or writes them to a file.
    pub fn run(self, config: Config, json: bool) -> anyhow::Result<()> {
        self.offline.with_workspace(config, |app, runtime| {
            let (title, rule) = self.who.find(runtime)?;
            let context = runtime.context(app.now());
            let mut faults = rule.faults("rule");
            faults.extend(named_faults(&rule, "rule", None, &context.segments));
            let consent = runtime.state().consent_policy();
            let vocabulary = &context.meaning.vocabulary;
            faults.extend(people_faults(vocabulary, &consent, &rule, "rule"));
            if !faults.is_empty() {
                return Err(told(throughline_insight::AskError::Faults(faults)));
            }
            let cancel = Cancel::default();
            if !self.out.is_unsaid() {
                let people = WantedPeople {
                    definition: json!({"of": {"rule": rule}}).to_string(),
                    wanted: Wanted::Rule(Box::new(rule)),
                    // The thread that keeps members may not have looked yet.
                    has_segments: false,
                };
                let export = people.export(title.as_deref(), &context, runtime.state(), &cancel);
                let export = export.map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
                return self.out.write(&export);
            }
            let snapshot = context.snapshot_for(&[&rule])?;
            let view = View::new(&snapshot, &context.meaning.vocabulary, &cancel);
            let counts = count_people(&view, &rule, context.now).map_err(told)?;
            if json {
                println!("{}", serde_json::to_string(&counts)?);
                return Ok(());
            }
            println!("{} of {} people", counts.people, counts.everybody);
            for condition in &counts.conditions {
                println!("  {:>9}  {}", condition.people, condition.place);
            }
            Ok(())
        })
    }
}

impl Who {
    fn find(&self, runtime: &WorkspaceRuntime) -> anyhow::Result<(Option<String>, PeopleRule)> {
        match (&self.rule, &self.segment) {
            (Some(path), _) => {
                let shown = path.display();
                let text =
                    fs::read_to_string(path).with_context(|| format!("could not read {shown}"))?;
                let rule = serde_json::from_str(&text)
                    .with_context(|| format!("{shown} is not a rule about people"))?;
                Ok((None, rule))
            }
            (None, Some(id)) => {
                let document = runtime.state().document(DocumentKind::Segment, id)?;
                let document = document.with_context(|| format!("there is no segment `{id}`"))?;
                let rule = PeopleRule::Segment(InSegment { id: id.clone() });
                Ok((Some(document.head.title), rule))
            }
            (None, None) => anyhow::bail!("name people with --rule or --segment"),
        }
    }
}
