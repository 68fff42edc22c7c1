//! Events of the shop on their way into the log: told and decoded on all threads, written in order.

use std::{ops::Range, sync::mpsc, thread};

use rayon::prelude::*;
use throughline_ingest::{
    dialect::{Dialect, Moment},
    segment::{self, Route},
};
use throughline_model::{SourceId, Timestamp, limits};
use throughline_testkit::demo::{Demo, Tally};

use super::{DemoError, DemoProgress, DemoStage};
use crate::{
    app::App,
    pipeline::{applier::Arrival, envelope::Envelope},
    workspace::WorkspaceRuntime,
};

/// People whose events are told at once.
const PEOPLE: u32 = 64;
/// Events of one record of the log.
const EVENTS_MAX: usize = limits::BATCH_EVENTS_MAX;
/// Windows of work that wait to be written.
const WAITING: usize = 2;

/// The events of some people, ready for the log.
struct Told {
    people: u32,
    records: Vec<(Envelope, Arrival)>,
    tally: Tally,
}

/// Writes every event of the shop, and waits until all of them can be asked about.
pub fn feed(
    app: &App,
    runtime: &WorkspaceRuntime,
    shop: &Demo,
    source: SourceId,
    tell: &mut impl FnMut(&DemoProgress),
) -> Result<Tally, DemoError> {
    let (began, received) = (app.now(), app.now());
    let mut sum = Tally::default();
    let mut people = 0;
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::sync_channel(WAITING);
        scope.spawn(move || {
            for window in windows(shop.profiles) {
                let told: Vec<Told> = window
                    .into_par_iter()
                    .map(|range| tell_people(shop, range, source, received))
                    .collect();
                // Nobody takes it any more when the writer has given up.
                if sender.send(told).is_err() {
                    return;
                }
            }
        });
        for told in receiver.into_iter().flatten() {
            for (envelope, arrival) in told.records {
                if app.is_draining() {
                    return Err(DemoError::Stopped);
                }
                runtime.pipeline().append(&envelope, Some(arrival))?;
            }
            sum.add(&told.tally);
            people += told.people;
            tell(&progress(
                sum.events_count,
                people,
                shop.profiles,
                began,
                app.now(),
            ));
        }
        Ok(())
    })?;
    if !runtime.pipeline().settle() {
        return Err(DemoError::Stopped);
    }
    Ok(sum)
}

/// Ranges of people, as many at once as keep every processor busy.
fn windows(people: u32) -> impl Iterator<Item = Vec<Range<u32>>> {
    let width = PEOPLE * 4 * u32::try_from(rayon::current_num_threads()).unwrap_or(1);
    (0..people).step_by(width as usize).map(move |start| {
        let end = (start + width).min(people);
        let ranges = (start..end).step_by(PEOPLE as usize);
        ranges.map(|from| from..(from + PEOPLE).min(end)).collect()
    })
}

fn tell_people(shop: &Demo, range: Range<u32>, source: SourceId, received: Timestamp) -> Told {
    let mut text = String::new();
    let people = range.end - range.start;
    let tally = shop.write(range, &mut text);
    let lines: Vec<&str> = text.lines().collect();
    let records = lines.chunks(EVENTS_MAX).map(|lines| {
        let body = format!("{{\"batch\":[{}]}}", lines.join(","));
        let decoded = segment::decode(Route::Batch, body.as_bytes(), received)
            .expect("the shop writes what we read");
        let envelope = Envelope::Request {
            source,
            moment: Moment {
                received,
                sent: None,
            },
            dialect: Dialect::Segment(Route::Batch),
            body: body.into(),
        };
        (envelope, Arrival::of(source, received, decoded))
    });
    Told {
        people,
        records: records.collect(),
        tally,
    }
}

fn progress(
    rows: u64,
    people: u32,
    people_total: u32,
    began: Timestamp,
    now: Timestamp,
) -> DemoProgress {
    let share = f64::from(people) / f64::from(people_total.max(1));
    let taken = now.since(began).0 as f64 / 1e3;
    DemoProgress {
        stage: DemoStage::Loading,
        rows,
        rows_total: (people > 0).then(|| (rows as f64 / share) as u64),
        seconds_left: (people > 0).then(|| taken / share - taken),
    }
}
