//! How soon an event that was acknowledged shows in every report, and what segments cost meanwhile.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Context;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{
    Chapter, Figure, Plan, Subject, Target, Unit,
    client::{Connection, Member},
    folder::Folder,
    lines::Lines,
    load::{Load, paced},
    median,
    process::Server,
};
use crate::clock::Clock;

const WORKSPACE: &str = "bench";
/// Events each second meanwhile.
const PACE: u32 = 5_000;
/// Between two events that are looked for.
const PROBE_EVERY: Duration = Duration::from_millis(700);
/// Between two looks at a report.
const LOOK_EVERY: Duration = Duration::from_millis(25);
const FRESH_SECONDS_MAX: f64 = 2.0;
/// After so long something is wrong.
const SHOWN_MAX: Duration = Duration::from_secs(60);
const SEGMENTS: usize = 20;

/// Streams events into a server of its own: alone, with reports that are looked at, and with segments.
pub fn measure(
    plan: &Plan,
    folder: &Folder,
    tell: &mut impl FnMut(&str),
) -> anyhow::Result<Chapter> {
    tell("starting a server");
    let server = Server::start(&folder.path().join("freshness"))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let site = Site::new(plan, &server).await?;
        tell("sending a stream of events");
        let alone = site.stream().await?;
        tell("looking for events in reports");
        let (streamed, shown) = tokio::try_join!(site.stream(), site.probe())?;
        tell("keeping segments meanwhile");
        site.make_segments().await?;
        let kept = site.stream().await?;
        Ok(Chapter {
            subject: Subject::Freshness,
            about: about(plan),
            figures: figures(&alone, &streamed, &shown, &kept),
            grid: None,
        })
    })
}

/// A stream, and what it cost the server.
struct Streamed {
    load: Load,
    /// Share of one processor.
    busy: f64,
}

fn about(plan: &Plan) -> String {
    format!(
        "{PACE} events of the demo shop come each second, one by one over {} connections, for {} s at a time.\n\
         Meanwhile two events of a new profile are sent again and again; from their answer on each of \
         {} kinds of reports is asked every {} ms until it shows them.\n\
         Then the stream comes again while {SEGMENTS} segments are kept up to date, by events of the last days, by \
         their count, and by what did not follow.",
        plan.connections,
        lasting(plan).as_secs_f64(),
        reports().len(),
        LOOK_EVERY.as_millis(),
    )
}

fn figures(alone: &Streamed, streamed: &Streamed, shown: &[f64], kept: &Streamed) -> Vec<Figure> {
    let most = shown.iter().copied().fold(0.0, f64::max);
    let seconds = |name: &str, value| Figure::new(name, value, Unit::Seconds);
    let cores = |name: &str, it: &Streamed| Figure::new(name, it.busy, Unit::Times);
    let refused = alone.load.refused + streamed.load.refused + kept.load.refused;
    vec![
        seconds(
            "until every report shows an event, mostly",
            median(shown.to_vec()),
        ),
        seconds("until every report shows an event, at most", most)
            .with(Target::AtMost(FRESH_SECONDS_MAX)),
        Figure::new("events looked for", shown.len() as f64, Unit::Count),
        Figure::new(
            "accepted meanwhile",
            streamed.load.per_second(),
            Unit::RequestsPerSecond,
        ),
        cores("processors that the stream takes alone", alone),
        cores("processors with 20 segments", kept),
        Figure::new(
            "stream alone, 99 % wait at most",
            alone.load.wait_ms(99),
            Unit::Milliseconds,
        ),
        Figure::new(
            "stream with 20 segments, 99 % wait at most",
            kept.load.wait_ms(99),
            Unit::Milliseconds,
        ),
        Figure::new("requests that were refused", refused as f64, Unit::Count),
    ]
}

/// Three times as long as a round of other loads, so that segments are looked at many times.
fn lasting(plan: &Plan) -> Duration {
    Duration::from_secs_f64(plan.seconds * 3.0)
}

/// Kinds of reports about the events that are looked for, and where each tells how often they came.
fn reports() -> Vec<(Value, &'static str)> {
    let [began, done] = ["probe_began", "probe_done"].map(|it| json!({"events": [it]}));
    let named = |name: &str, matcher: &Value| json!({"name": name, "matcher": matcher});
    let both = json!([named("began", &began), named("done", &done)]);
    let only = json!({"where": {"field": "event", "test": {"is": ["probe_began", "probe_done"]}}});
    let all = json!({"all": true});
    vec![
        (
            json!({"kind": "counts", "range": all, "every": "range", "series": [named("done", &done)]}),
            "/numbers/total/events",
        ),
        (
            json!({"kind": "funnel", "range": all, "window": {"whole": "1d"}, "steps": both}),
            "/numbers/converted/part",
        ),
        (
            json!({"kind": "transitions", "range": all, "by": "event", "filter": only}),
            "/numbers/transitions/0/passes/times",
        ),
        (
            json!({"kind": "paths", "range": all, "by": "event", "from": began, "to": done}),
            "/numbers/total/times",
        ),
        (
            json!({"kind": "retention", "range": all, "start": began, "returns": done, "period": "week"}),
            "/numbers/total/starts",
        ),
        (
            json!({"kind": "stage_time", "range": all, "stages": both}),
            "/numbers/stages/0/stays/times",
        ),
        (
            json!({"kind": "attribution", "range": all, "conversion": done, "touch": began,
                "look_back": {"within": "1d"}, "models": ["linear"]}),
            "/numbers/total/passes/times",
        ),
    ]
}

/// The workspace that events are sent to.
struct Site<'a> {
    plan: &'a Plan,
    server: &'a Server,
    member: Member,
    lines: Arc<Lines>,
    sent: Arc<AtomicU64>,
}

impl<'a> Site<'a> {
    async fn new(plan: &'a Plan, server: &'a Server) -> anyhow::Result<Self> {
        let token = server.token.as_deref().unwrap_or_default();
        let mut member = Member::own(server.address, token).await?;
        let workspace = json!({"id": WORKSPACE, "name": "Bench", "zone": "UTC"});
        member.post("/api/workspaces", &workspace).await?;
        let path = format!("/api/w/{WORKSPACE}/keys");
        let key = member.post(&path, &json!({"name": "bench"})).await?;
        let key = key["key"].as_str().unwrap_or_default();
        Ok(Self {
            plan,
            server,
            member,
            lines: Arc::new(Lines::new(server.address, key, plan.now)),
            sent: Arc::default(),
        })
    }

    async fn stream(&self) -> anyhow::Result<Streamed> {
        let (lines, sent) = (Arc::clone(&self.lines), Arc::clone(&self.sent));
        let (began, before) = (Instant::now(), self.server.processor_seconds()?);
        let load = paced(
            self.lines.address,
            self.plan.connections,
            lasting(self.plan),
            PACE,
            move |out| lines.single(sent.fetch_add(1, Ordering::Relaxed), out),
        )
        .await?;
        let busy = self.server.processor_seconds()? - before;
        Ok(Streamed {
            load,
            busy: busy / began.elapsed().as_secs_f64(),
        })
    }

    /// Seconds from the answer to events until the last kind of report shows them, once for each that is looked for.
    async fn probe(&self) -> anyhow::Result<Vec<f64>> {
        let until = Instant::now() + lasting(self.plan);
        let mut connection = Connection::open(self.lines.address).await?;
        let (mut shown, mut sent, mut request) = (Vec::new(), 0, Vec::new());
        while Instant::now() < until || shown.is_empty() {
            tokio::time::sleep(PROBE_EVERY).await;
            self.lines.probe(sent, Clock::System.now(), &mut request);
            let status = connection.exchange(&request).await?;
            anyhow::ensure!(status == 200, "an event was answered with {status}");
            sent += 1;
            let answered = Instant::now();
            let mut looks = JoinSet::new();
            for (report, place) in reports() {
                looks.spawn(shows(self.member.clone(), report, place, sent));
            }
            while let Some(look) = looks.join_next().await {
                look.context("a look ended")??;
            }
            shown.push(answered.elapsed().as_secs_f64());
        }
        Ok(shown)
    }

    async fn make_segments(&self) -> anyhow::Result<()> {
        let mut member = self.member.clone();
        for number in 0..SEGMENTS {
            let path = format!("/api/w/{WORKSPACE}/segments");
            let rule = rule(number);
            let segment =
                json!({"title": format!("Segment {number}"), "definition": {"rule": rule}});
            member.post(&path, &segment).await?;
        }
        Ok(())
    }
}

/// Rules of the kinds that people make.
fn rule(number: usize) -> Value {
    let events = [
        "product_viewed",
        "cart_added",
        "checkout_started",
        "purchase",
        "email_opened",
    ];
    let matcher = json!({"events": [events[number % events.len()]]});
    let last = json!({"last": format!("{}d", number + 1)});
    let did = json!({"did": {"matcher": matcher, "within": last}});
    match number / events.len() {
        0 => did,
        1 => json!({"did": {"matcher": matcher, "within": last, "times": {"at_least": 2}}}),
        2 => json!({"not": did}),
        _ => json!({"all": [did,
            {"not": {"did": {"matcher": {"events": ["purchase"]}, "within": last}}}]}),
    }
}

/// Asks a report until it shows what was sent so often.
async fn shows(
    mut member: Member,
    report: Value,
    place: &'static str,
    sent: u64,
) -> anyhow::Result<()> {
    let (began, path) = (Instant::now(), format!("/api/w/{WORKSPACE}/ask"));
    loop {
        let answer = member.post(&path, &report).await?;
        let shown = answer.pointer(place).and_then(Value::as_u64).unwrap_or(0);
        if shown >= sent {
            return Ok(());
        }
        let kind = &report["kind"];
        anyhow::ensure!(
            began.elapsed() < SHOWN_MAX,
            "{kind} shows {shown} of {sent} events that were acknowledged"
        );
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
