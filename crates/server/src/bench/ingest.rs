//! Events over HTTP, each synced to disk before it is acknowledged.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::json;
use throughline_store::log::{Entry, Kind, Log, Options};

mod masking;

use super::{
    Chapter, Figure, Plan, Subject, Target, Unit,
    client::Member,
    folder::Folder,
    lines::Lines,
    load::{Load, closed, paced, together},
    median,
    process::Server,
};

/// Events of one batch.
const BATCH: u64 = 100;
/// Events each second of a site that is busy, not overrun.
const PACE: u32 = 2_000;
/// How long events may take until they can be counted before something is wrong.
const SETTLED_MAX: Duration = Duration::from_secs(120);
const WORKSPACE: &str = "bench";

/// One round: every load once, so that neighbors share whatever else the machine does.
struct Round {
    bare: Load,
    append: Load,
    single: Load,
    batch: Load,
    /// Seconds from the last acknowledgment until all events can be counted.
    behind: f64,
}

/// Sends single events, batches and a steady stream to a server of its own.
pub fn measure(
    plan: &Plan,
    folder: &Folder,
    tell: &mut impl FnMut(&str),
) -> anyhow::Result<Chapter> {
    tell("starting a server");
    let data = folder.path().join("ingest");
    let server = Server::start(&data)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut sender = Sender::new(plan, &server).await?;
        let mut rounds = Vec::new();
        for round in 1..=plan.rounds {
            tell(&format!("sending events, round {round} of {}", plan.rounds));
            rounds.push(sender.round(&folder.path().join("log")).await?);
        }
        tell("sending a steady stream of events");
        let steady = sender.steady().await?;
        sender.settle().await?;
        tell("masking events");
        let mut figures = figures(&rounds, &steady, sender.refused);
        figures.extend(masking::figures(&sender.lines, plan.now));
        Ok(Chapter {
            subject: Subject::Ingest,
            about: about(plan, &sender.lines),
            figures,
            grid: None,
        })
    })
}

fn about(plan: &Plan, lines: &Lines) -> String {
    format!(
        "{} connections send events of the demo shop, about {} bytes each, to `POST /v1/track`, \
         `/v1/page` and `/v1/screen`, and in batches of {BATCH} to `/v1/batch`; each sends again as \
         soon as it is answered, for {} s per round.\n\
         An answer means that the events are synced to disk.\n\
         Bare HTTP is `GET /health/live` over the same connections; a bare append is a record as \
         large as an event, put into a raw log by as many producers, without HTTP or decoding.\n\
         A steady stream is {PACE} events each second; each waits from the moment on at which it is due.\n\
         Masking is measured without HTTP and disk: decoding batches, masking them and decoding again \
         what was masked, over decoding alone.",
        plan.connections,
        lines.event_bytes(),
        plan.seconds,
    )
}

fn figures(rounds: &[Round], steady: &Load, refused: u64) -> Vec<Figure> {
    let of = |figure: &dyn Fn(&Round) -> f64| median(rounds.iter().map(figure).collect());
    let batched = |it: &Round| it.batch.per_second() * BATCH as f64;
    vec![
        Figure::new(
            "single events",
            of(&|it| it.single.per_second()),
            Unit::RequestsPerSecond,
        )
        .with(Target::AtLeast(8_000.0)),
        Figure::new(
            "single events, half wait at most",
            of(&|it| it.single.wait_ms(50)),
            Unit::Milliseconds,
        ),
        Figure::new(
            "single events, 99 % wait at most",
            of(&|it| it.single.wait_ms(99)),
            Unit::Milliseconds,
        ),
        Figure::new("batches", of(&batched), Unit::EventsPerSecond).with(Target::AtLeast(80_000.0)),
        Figure::new(
            "batches, requests",
            of(&|it| it.batch.per_second()),
            Unit::RequestsPerSecond,
        ),
        Figure::new(
            "batches, half wait at most",
            of(&|it| it.batch.wait_ms(50)),
            Unit::Milliseconds,
        ),
        Figure::new(
            "batches, 99 % wait at most",
            of(&|it| it.batch.wait_ms(99)),
            Unit::Milliseconds,
        ),
        Figure::new(
            "after a round, until all events can be counted",
            of(&|it| it.behind),
            Unit::Seconds,
        ),
        Figure::new(
            "steady stream, half wait at most",
            steady.wait_ms(50),
            Unit::Milliseconds,
        ),
        Figure::new(
            "steady stream, 99 % wait at most",
            steady.wait_ms(99),
            Unit::Milliseconds,
        ),
        Figure::new(
            "bare HTTP",
            of(&|it| it.bare.per_second()),
            Unit::RequestsPerSecond,
        ),
        Figure::new(
            "bare HTTP over single events",
            of(&|it| it.bare.per_second() / it.single.per_second()),
            Unit::Times,
        ),
        Figure::new(
            "bare appends",
            of(&|it| it.append.per_second()),
            Unit::EventsPerSecond,
        ),
        Figure::new(
            "bare appends over single events",
            of(&|it| it.append.per_second() / it.single.per_second()),
            Unit::Times,
        ),
        Figure::new("requests that were refused", refused as f64, Unit::Count),
    ]
}

/// Sends, and keeps count of what it sent.
struct Sender<'a> {
    plan: &'a Plan,
    member: Member,
    lines: Arc<Lines>,
    /// Events that were put into requests, accepted or not.
    sent: Arc<AtomicU64>,
    accepted: u64,
    refused: u64,
}

impl<'a> Sender<'a> {
    async fn new(plan: &'a Plan, server: &Server) -> anyhow::Result<Self> {
        let token = server.token.as_deref().unwrap_or_default();
        let mut member = Member::own(server.address, token).await?;
        let workspace = json!({"id": WORKSPACE, "name": "Bench", "zone": "UTC"});
        member.post("/api/workspaces", &workspace).await?;
        let path = format!("/api/w/{WORKSPACE}/keys");
        let key = member.post(&path, &json!({"name": "bench"})).await?;
        let key = key["key"].as_str().unwrap_or_default();
        Ok(Self {
            plan,
            member,
            lines: Arc::new(Lines::new(server.address, key, plan.now)),
            sent: Arc::default(),
            accepted: 0,
            refused: 0,
        })
    }

    async fn round(&mut self, log: &Path) -> anyhow::Result<Round> {
        let (connections, lasting) = (self.plan.connections, self.lasting());
        let (address, lines) = (self.lines.address, Arc::clone(&self.lines));
        let bare = closed(address, connections, lasting, move |out| lines.bare(out)).await?;
        let append = appends(log, connections, lasting, self.lines.event_bytes()).await?;
        let (lines, sent) = (Arc::clone(&self.lines), Arc::clone(&self.sent));
        let single = closed(address, connections, lasting, move |out| {
            lines.single(sent.fetch_add(1, Ordering::Relaxed), out);
        })
        .await?;
        self.count(&single, 1);
        let single_behind = self.settle().await?;
        let (lines, sent) = (Arc::clone(&self.lines), Arc::clone(&self.sent));
        let batch = closed(address, connections, lasting, move |out| {
            lines.batch(sent.fetch_add(BATCH, Ordering::Relaxed), BATCH, out);
        })
        .await?;
        self.count(&batch, BATCH);
        let batch_behind = self.settle().await?;
        Ok(Round {
            bare,
            append,
            single,
            batch,
            behind: single_behind.max(batch_behind),
        })
    }

    async fn steady(&mut self) -> anyhow::Result<Load> {
        let (lines, sent) = (Arc::clone(&self.lines), Arc::clone(&self.sent));
        let (address, connections) = (self.lines.address, self.plan.connections);
        let steady = paced(address, connections, self.lasting(), PACE, move |out| {
            lines.single(sent.fetch_add(1, Ordering::Relaxed), out);
        })
        .await?;
        self.count(&steady, 1);
        Ok(steady)
    }

    /// Waits until every accepted event can be counted, and says how many seconds that took.
    async fn settle(&mut self) -> anyhow::Result<f64> {
        let began = Instant::now();
        let path = format!("/api/w/{WORKSPACE}/ask");
        let question = json!({"kind": "counts", "range": {"all": true}, "every": "range"});
        loop {
            let answer = self.member.post(&path, &question).await?;
            let counted = answer["numbers"]["total"]["events"].as_u64().unwrap_or(0);
            if counted >= self.accepted {
                return Ok(began.elapsed().as_secs_f64());
            }
            if began.elapsed() > SETTLED_MAX {
                let accepted = self.accepted;
                anyhow::bail!("{accepted} events were accepted, but only {counted} are counted");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn count(&mut self, load: &Load, events_each: u64) {
        self.accepted += load.accepted * events_each;
        self.refused += load.refused;
    }

    fn lasting(&self) -> Duration {
        Duration::from_secs_f64(self.plan.seconds)
    }
}

/// Lets so many producers append records of so many bytes, each as soon as its last one is durable.
async fn appends(
    dir: &Path,
    producers: usize,
    lasting: Duration,
    bytes: usize,
) -> anyhow::Result<Load> {
    let (log, _) = Log::open(dir, Options::new(1))?;
    let load = together(producers, lasting, |times| {
        let log = log.clone();
        async move {
            let (mut load, payload) = (Load::default(), vec![b'x'; bytes]);
            loop {
                let sent = Instant::now();
                if times.are_over(sent) {
                    return Ok(load);
                }
                log.append(Entry::new(Kind::new(1), payload.clone()))?
                    .await?;
                load.note(times, sent, true);
            }
        }
    })
    .await?;
    log.close();
    std::fs::remove_dir_all(dir)?;
    Ok(load)
}
