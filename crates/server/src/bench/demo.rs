//! Loading the demo shop, from the start of the process to its end.

use std::{process::Stdio, time::Instant};

use anyhow::Context;
use serde_json::Value;

use super::{Chapter, Figure, Plan, Subject, Target, Unit, folder::Folder, process::command};

const SECONDS_MAX: f64 = 60.0;

/// Loads the shop into a data directory of its own, once.
pub fn measure(
    plan: &Plan,
    folder: &Folder,
    tell: &mut impl FnMut(&str),
) -> anyhow::Result<Chapter> {
    tell("loading the demo shop");
    let began = Instant::now();
    let output = command(&folder.path().join("demo"))?
        .args(["demo", "--no-serve", "--json", "--profiles"])
        .arg(plan.profiles.to_string())
        .stderr(Stdio::inherit())
        .output()
        .context("could not load the demo shop")?;
    let seconds = began.elapsed().as_secs_f64();
    anyhow::ensure!(
        output.status.success(),
        "loading ended with {}",
        output.status
    );
    let loaded: Value = serde_json::from_slice(&output.stdout)?;
    let events = loaded["events"].as_f64().unwrap_or(f64::NAN);
    let figures = vec![
        Figure::new("from start to end", seconds, Unit::Seconds).with(Target::AtMost(SECONDS_MAX)),
        Figure::new("events", events, Unit::Count),
        Figure::new("events over time", events / seconds, Unit::EventsPerSecond),
    ];
    Ok(Chapter {
        subject: Subject::Demo,
        about: format!(
            "`throughline demo --no-serve` makes up {} customers, takes their events in as it would \
             over HTTP, names touchpoints and stages, and draws a map.",
            plan.profiles
        ),
        figures,
        grid: None,
    })
}
