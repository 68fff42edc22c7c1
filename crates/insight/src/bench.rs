//! Kernels against a bare scan of the same columns, on generated timelines.

mod peers;

use std::{
    fmt,
    hint::black_box,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use rayon::prelude::*;
use serde_json::{Value, json};
use throughline_model::{EventName, Timestamp, Vocabulary, report::Report};
use throughline_store::{EventNames, Run, Snapshot, bucket_of};

use crate::{
    ask::ask,
    cancel::Cancel,
    scan::{rows_count, scan},
};

pub use peers::{PeerQuestion, differences, peer_questions, told};

/// How large a generated log is.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub rows: usize,
    pub profiles: u32,
    pub names: u16,
    pub channels: u8,
    pub days: u32,
    pub buckets: u32,
    /// Runs that follow each other in time, as parts do that were sealed one after the other.
    pub runs: u32,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            rows: 50_000_000,
            profiles: 1_900_000,
            names: 40,
            channels: 12,
            days: 90,
            buckets: 256,
            runs: 1,
        }
    }
}

/// A stream of numbers from a seed.
struct Stream(u64);

impl Stream {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From 0 up to but not including 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A log whose profiles are heavy-tailed: most have a few events, some have thousands.
pub fn generate(shape: Shape, seed: u64) -> Snapshot {
    let mut names = EventNames::default();
    for code in 0..shape.names {
        let name = EventName::parse(&format!("event_{code:02}")).expect("a valid name");
        names.intern(&name).expect("fewer names than the limit");
    }
    let mut profiles: Vec<u32> = (0..shape.profiles).collect();
    profiles.sort_unstable_by_key(|it| (bucket_of(*it, shape.buckets), *it));
    let mut sizes: Vec<f64> = profiles
        .iter()
        .map(|profile| (1.0 - Stream(seed ^ u64::from(*profile) << 20).share()).powf(-0.7))
        .collect();
    let scale = shape.rows as f64 / sizes.iter().sum::<f64>();
    for size in &mut sizes {
        *size = (*size * scale).max(1.0);
    }
    let mut runs: Vec<Columns> = (0..shape.runs).map(|_| Columns::default()).collect();
    let span_ms = i64::from(shape.days) * 86_400_000;
    for (profile, size) in profiles.iter().zip(&sizes) {
        let bucket = bucket_of(*profile, shape.buckets) as usize;
        let mut stream = Stream(seed.rotate_left(17) ^ u64::from(*profile));
        // Sizes are no whole numbers; chance rounds them, so that their sum stays.
        let count = ((*size + stream.share()) as usize).clamp(1, 100_000);
        let mut time = (stream.share() * span_ms as f64 * 0.5) as i64;
        let left = (span_ms - time) as f64;
        let mut last = usize::MAX;
        for _ in 0..count {
            let gap = match stream.next() % 5 {
                0 => stream.share().powi(3) * 8.0 * left / count as f64,
                _ => stream.share() * 120_000.0_f64.min(left / count as f64),
            };
            time = (time + gap as i64).min(span_ms - 1);
            let run = (time * i64::from(shape.runs) / span_ms) as usize;
            if run != last {
                runs[run].begin(bucket, *profile);
                last = run;
            }
            let code = (stream.share().powi(2) * f64::from(shape.names)) as u16;
            let channel = (stream.next() % u64::from(shape.channels)) as u8;
            runs[run].push(time, code, channel);
        }
    }
    Snapshot {
        runs: (runs.into_iter())
            .map(|it| Arc::new(it.sealed(shape.buckets)))
            .collect(),
        roots: (0..shape.profiles).collect(),
        names: Arc::new(names),
        links: 0,
        taken: Timestamp(span_ms),
        buckets: shape.buckets,
        only: None,
        known: Arc::default(),
    }
}

#[derive(Default)]
struct Columns {
    buckets: Vec<u32>,
    profiles: Vec<u32>,
    offsets: Vec<u32>,
    time: Vec<i64>,
    event: Vec<u16>,
    channel: Vec<u8>,
}

impl Columns {
    fn begin(&mut self, bucket: usize, profile: u32) {
        self.buckets.resize(
            self.buckets.len().max(bucket + 1),
            self.profiles.len() as u32,
        );
        self.profiles.push(profile);
        self.offsets.push(self.time.len() as u32);
    }

    fn push(&mut self, time: i64, event: u16, channel: u8) {
        self.time.push(time);
        self.event.push(event);
        self.channel.push(channel);
    }

    fn sealed(mut self, buckets: u32) -> Run {
        self.buckets
            .resize(buckets as usize + 1, self.profiles.len() as u32);
        self.offsets.push(self.time.len() as u32);
        Run::bare(
            self.buckets,
            self.profiles,
            self.offsets,
            self.time,
            self.event,
            self.channel,
        )
    }
}

/// Sums the columns of times, events and offsets of all runs, on all threads.
pub fn bare_scan(snapshot: &Snapshot) -> u64 {
    snapshot
        .runs
        .iter()
        .map(|run| {
            let (times, events, offsets): (&[i64], &[u16], &[u32]) =
                (&run.time, &run.event, &run.offsets);
            let times = times
                .par_chunks(1 << 18)
                .map(|it| it.iter().sum::<i64>())
                .sum::<i64>();
            let events = (events.par_chunks(1 << 18))
                .map(|it| it.iter().map(|it| u64::from(*it)).sum::<u64>())
                .sum::<u64>();
            let offsets = (offsets.par_chunks(1 << 18))
                .map(|it| it.iter().map(|it| u64::from(*it)).sum::<u64>())
                .sum::<u64>();
            (times as u64).wrapping_add(events).wrapping_add(offsets)
        })
        .fold(0, u64::wrapping_add)
}

/// A report with the name that it is told under.
#[derive(Clone, Debug)]
pub struct Question {
    pub name: &'static str,
    pub report: Report,
    /// How many times a bare scan it is promised to take at most.
    pub ratio_max: f64,
}

/// What is promised to be fast, over the names of a generated log.
///
/// # Panics
/// When there are fewer names than a generated log has.
pub fn questions(names: &[EventName]) -> Vec<Question> {
    vec![
        question("funnel of 5 steps", funnel(names)),
        question(
            "transitions",
            json!({"kind": "transitions", "range": {"all": true}, "by": "event"}),
        ),
        question("time in stages", stage_time(names)),
        later("ways between two steps", ways(names)),
        later("weekly retention", retention(names)),
        later("ways of channels to a conversion", attribution(names)),
    ]
}

/// Funnels that ask about a property, which only stored events have.
///
/// # Panics
/// When there are fewer names than a generated log has.
pub fn property_questions(names: &[EventName]) -> Vec<Question> {
    let (mut filtered, mut broken_down) = (funnel(names), funnel(names));
    filtered["filter"] = json!({"rule": {"where":
        {"field": "properties.country", "test": {"is": ["CN", "US", "DE"]}}}});
    broken_down["breakdown"] = json!({"field": "properties.country"});
    vec![
        question("funnel with a filter by property", filtered),
        question("funnel broken down by property", broken_down),
    ]
}

/// One that came later, with a promise of its own.
fn later(name: &'static str, report: Value) -> Question {
    Question {
        ratio_max: 4.0,
        ..question(name, report)
    }
}

fn question(name: &'static str, report: Value) -> Question {
    let report = serde_json::from_value(report).expect("a sound report");
    Question {
        name,
        report,
        ratio_max: 3.0,
    }
}

fn funnel(names: &[EventName]) -> Value {
    let steps = [3, 8, 14, 20, 30].map(|code| named("step", names, &[code]));
    json!({"kind": "funnel", "range": {"all": true}, "window": {"whole": "7d"}, "steps": steps})
}

fn stage_time(names: &[EventName]) -> Value {
    let stages = [
        named("awareness", names, &[1, 12]),
        named("consideration", names, &[5, 16]),
        named("decision", names, &[10, 22]),
        named("purchase", names, &[30]),
        named("after", names, &[35, 36]),
    ];
    json!({"kind": "stage_time", "range": {"all": true}, "silence_max": "30d", "stages": stages})
}

/// Times in stages as peers are asked about them: many events lead to a stage, and half an hour of silence ends a stay.
///
/// # Panics
/// When there are fewer names than a generated log has.
pub fn sessions(names: &[EventName]) -> Question {
    let stages = [
        named("consider", names, &[1, 2, 3]),
        named("decide", names, &[8, 12]),
        named("buy", names, &[16, 19, 20]),
        named("receive", names, &[23, 24]),
        named("after", names, &[22, 31, 33]),
    ];
    question(
        "sessions in stages",
        json!({"kind": "stage_time", "range": {"all": true}, "silence_max": "30m", "stages": stages}),
    )
}

fn ways(names: &[EventName]) -> Value {
    let end = |code: usize| json!({"events": [&names[code]]});
    json!({"kind": "paths", "range": {"all": true}, "by": "event", "from": end(14), "to": end(30),
        "length_max": 5, "top": 100, "collapse": false})
}

fn retention(names: &[EventName]) -> Value {
    json!({"kind": "retention", "range": {"all": true}, "start": {"events": [&names[3]]},
        "returns": {}, "period": "week", "periods_count": 8})
}

fn attribution(names: &[EventName]) -> Value {
    json!({"kind": "attribution", "range": {"all": true}, "conversion": {"events": [&names[30]]},
        "look_back": {"within": "1h"}, "models": ["first", "last", "linear"]})
}

fn named(name: &str, names: &[EventName], codes: &[usize]) -> Value {
    let events: Vec<&EventName> = codes.iter().map(|code| &names[*code]).collect();
    json!({"name": name, "matcher": {"events": events}})
}

/// How one kernel compares to a bare scan of the same columns.
#[derive(Clone, Debug)]
pub struct Measure {
    pub name: &'static str,
    pub rows: u64,
    /// Seconds of the first time, before anything was read.
    pub first_seconds: f64,
    /// Median seconds of the kernel.
    pub seconds: f64,
    /// Median seconds of the bare scan.
    pub bare_seconds: f64,
    /// Median of the ratios of neighbors, which a busy machine disturbs less than either.
    pub ratio: f64,
}

impl fmt::Display for Measure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{:<32} {:>11} rows  {:.4} s  bare {:.4} s  ratio {:.2}",
            self.name, self.rows, self.seconds, self.bare_seconds, self.ratio
        )
    }
}

/// Measures a walk that does nothing but visit each profile.
///
/// # Panics
/// When profiles are without rows, which generated ones are not.
pub fn walk(snapshot: &Snapshot, rounds: usize) -> Measure {
    let walk = || {
        let sums = scan(
            snapshot,
            &Cancel::default(),
            || 0,
            |sum, rows| {
                *sum += rows.len() + usize::from(rows.event[0]);
            },
        );
        black_box(sums.expect("not stopped"));
    };
    measure("walk", snapshot, rounds, walk)
}

/// Measures a question.
///
/// # Panics
/// When the question cannot be answered from the snapshot.
pub fn kernel(snapshot: &Snapshot, question: &Question, rounds: usize) -> Measure {
    let ask = || {
        let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
        let now = snapshot.taken;
        let answer = ask(snapshot, &vocabulary, &question.report, now, &cancel);
        black_box(answer.expect("a sound report"));
    };
    measure(question.name, snapshot, rounds, ask)
}

/// Stops a question at several moments of its time, and gives the seconds that it still went on, each time.
///
/// # Panics
/// When the question cannot be answered from the snapshot.
pub fn stops(snapshot: &Snapshot, question: &Question, rounds: usize) -> Vec<f64> {
    let ask = |cancel: &Cancel| {
        let vocabulary = Vocabulary::default();
        let answer = ask(
            snapshot,
            &vocabulary,
            &question.report,
            snapshot.taken,
            cancel,
        );
        black_box(answer.is_ok());
    };
    let whole = seconds_of(|| ask(&Cancel::default()));
    let stop = |round: usize| {
        let cancel = Cancel::default();
        let wait = whole * (round + 1) as f64 / (rounds + 1) as f64;
        let stopped = thread::scope(|scope| {
            let stopping = scope.spawn(|| {
                thread::sleep(Duration::from_secs_f64(wait));
                cancel.cancel();
                Instant::now()
            });
            ask(&cancel);
            let end = Instant::now();
            // It may have been over before it was stopped.
            let stopped = stopping.join().expect("waiting does not panic");
            end.saturating_duration_since(stopped)
        });
        stopped.as_secs_f64()
    };
    (0..rounds).map(stop).collect()
}

/// Runs a bare scan and a kernel in turns.
pub fn measure(
    name: &'static str,
    snapshot: &Snapshot,
    rounds: usize,
    mut kernel: impl FnMut(),
) -> Measure {
    let first_seconds = seconds_of(&mut kernel);
    let (mut bare, mut seconds) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        bare.push(seconds_of(|| {
            black_box(bare_scan(snapshot));
        }));
        seconds.push(seconds_of(&mut kernel));
    }
    let ratios = seconds
        .iter()
        .zip(&bare)
        .map(|(kernel, bare)| kernel / bare)
        .collect();
    Measure {
        name,
        rows: rows_count(snapshot),
        first_seconds,
        seconds: median(seconds),
        bare_seconds: median(bare),
        ratio: median(ratios),
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn seconds_of(mut work: impl FnMut()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}
