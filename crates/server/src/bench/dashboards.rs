//! Many dashboards that refresh at the same time.

use std::time::Instant;

use serde_json::{Value, json};
use throughline_insight::bench;
use throughline_model::EventName;
use tokio::task::JoinSet;

use super::{Figure, Target, Unit, client::Member, process::Server};

/// Dashboards that refresh together.
const DASHBOARDS: usize = 16;
const P95_SECONDS_MAX: f64 = 3.0;

/// Refreshes all dashboards at once: first each has questions of its own, then they are one and the same.
pub async fn refresh(
    server: &Server,
    member: &Member,
    path: &str,
    names: &[EventName],
) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for (name, is_same) in [
        (
            "16 people refresh one dashboard of 8 reports, 95 % wait at most",
            true,
        ),
        (
            "16 different dashboards of 8 reports refresh, 95 % wait at most",
            false,
        ),
    ] {
        let watch = server.watch();
        let waits = waits(member, path, names, is_same).await?;
        let own = watch.end();
        let p95 = waits[(waits.len() * 95).div_ceil(100) - 1];
        figures.push(Figure::new(name, p95, Unit::Seconds).with(Target::AtMost(P95_SECONDS_MAX)));
        let own = Figure::new(format!("{name}: own memory"), own, Unit::Mebibytes);
        figures.push(own);
    }
    Ok(figures)
}

/// The seconds until each answer came, sorted.
async fn waits(
    member: &Member,
    path: &str,
    names: &[EventName],
    is_same: bool,
) -> anyhow::Result<Vec<f64>> {
    let began = Instant::now();
    let mut asking = JoinSet::new();
    for dashboard in 0..DASHBOARDS {
        // Nobody has asked for these ranges yet, so no answer is given again.
        let days = if is_same { 99 } else { 98 - dashboard };
        for mut report in reports(names) {
            report["range"] = json!({"last": format!("{days}d")});
            let (mut member, path) = (member.clone(), path.to_owned());
            asking.spawn(async move {
                member.post(&path, &report).await?;
                anyhow::Ok(began.elapsed().as_secs_f64())
            });
        }
    }
    let mut waits = Vec::new();
    while let Some(wait) = asking.join_next().await {
        waits.push(wait??);
    }
    waits.sort_by(f64::total_cmp);
    Ok(waits)
}

/// What is on a dashboard.
fn reports(names: &[EventName]) -> Vec<Value> {
    let plain = bench::questions(names).into_iter();
    let all = plain.chain(bench::property_questions(names));
    all.map(|it| serde_json::to_value(&it.report).expect("a report has text keys"))
        .collect()
}
