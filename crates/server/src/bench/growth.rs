//! The same questions over few and over many events, warm and with nothing in memory.

use std::{
    fs::{self, File},
    path::Path,
    time::Instant,
};

use anyhow::Context;
use rustix::fs::{Advice, fadvise};
use throughline_insight::{
    Cancel, ask,
    bench::{PeerQuestion, peer_questions},
};
use throughline_model::Vocabulary;
use throughline_store::{
    EventStore, Snapshot, StoreOptions,
    generate::{Generate, generate},
};

use super::{Chapter, Figure, Grid, Plan, Subject, Target, Unit, folder::Folder, median};

/// Of the events of the plan, in fifths: 10, 50, 100 and 200 million of 50.
const FIFTHS: [u64; 4] = [1, 5, 10, 20];
/// The place among them for which something is promised.
const PROMISED: usize = 2;
const WARM_SECONDS_MAX: f64 = 1.0;
const COLD_SECONDS_MAX: f64 = 5.0;

/// Seconds of one question over one log.
struct Asked {
    warm: f64,
    cold: f64,
}

/// Makes one log after the other, and removes each before the next.
pub fn measure(
    plan: &Plan,
    folder: &Folder,
    tell: &mut impl FnMut(&str),
) -> anyhow::Result<Chapter> {
    let questions = peer_questions();
    let sizes = FIFTHS.map(|it| (plan.rows * it / 5).max(1));
    let mut columns: Vec<Vec<Asked>> = Vec::new();
    for rows in sizes {
        tell(&format!("generating {rows} events"));
        let dir = folder.path().join("growth");
        columns.push(one_size(plan, rows, &dir, &questions, tell)?);
        fs::remove_dir_all(&dir).with_context(|| format!("could not remove {}", dir.display()))?;
    }
    Ok(Chapter {
        subject: Subject::Growth,
        about: about(plan),
        figures: figures(&questions, &sizes, &columns),
        grid: Some(grid(&questions, &sizes, &columns)),
    })
}

fn one_size(
    plan: &Plan,
    rows: u64,
    dir: &Path,
    questions: &[PeerQuestion],
    tell: &mut impl FnMut(&str),
) -> anyhow::Result<Vec<Asked>> {
    let what = Generate::events(rows);
    let end = what.start.plus(what.span);
    drop(generate(dir, &what, StoreOptions::default())?);
    let open = || EventStore::open(dir, StoreOptions::default());
    let mut cold = Vec::new();
    for question in questions {
        tell(&format!("asking when cold: {}", question.question.name));
        forget(dir)?;
        cold.push(seconds(&open()?.snapshot(end), question)?);
    }
    let snapshot = open()?.snapshot(end);
    let mut asked = Vec::new();
    for (question, cold) in questions.iter().zip(cold) {
        tell(&format!("asking when warm: {}", question.question.name));
        seconds(&snapshot, question)?;
        let warm = (0..plan.rounds).map(|_| seconds(&snapshot, question));
        let warm = median(warm.collect::<anyhow::Result<_>>()?);
        asked.push(Asked { warm, cold });
    }
    Ok(asked)
}

/// Asks the system to take all files of a folder out of memory.
fn forget(dir: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            forget(&path)?;
            continue;
        }
        let file = File::open(&path)?;
        // What has not reached the disk yet stays in memory whatever is asked.
        file.sync_all()?;
        fadvise(&file, 0, None, Advice::DontNeed)
            .with_context(|| format!("could not forget {}", path.display()))?;
    }
    Ok(())
}

fn seconds(snapshot: &Snapshot, question: &PeerQuestion) -> anyhow::Result<f64> {
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let began = Instant::now();
    let report = &question.question.report;
    ask(snapshot, &vocabulary, report, snapshot.taken, &cancel)?;
    Ok(began.elapsed().as_secs_f64())
}

fn figures(questions: &[PeerQuestion], sizes: &[u64], columns: &[Vec<Asked>]) -> Vec<Figure> {
    let slowest = |of: &dyn Fn(&Asked) -> f64| columns[PROMISED].iter().map(of).fold(0.0, f64::max);
    let rows = sizes[PROMISED];
    let mut figures = vec![
        Figure::new(
            format!("slowest over {rows} events, warm"),
            slowest(&|it| it.warm),
            Unit::Seconds,
        )
        .with(Target::AtMost(WARM_SECONDS_MAX)),
        Figure::new(
            format!("slowest over {rows} events, cold"),
            slowest(&|it| it.cold),
            Unit::Seconds,
        )
        .with(Target::AtMost(COLD_SECONDS_MAX)),
    ];
    let (few, many) = (0, sizes.len() - 1);
    let times = sizes[many] as f64 / sizes[few] as f64;
    for (index, it) in questions.iter().enumerate() {
        let ratio = columns[many][index].warm / columns[few][index].warm / times;
        let name = format!(
            "{}: time per event, the most over the fewest",
            it.question.name
        );
        figures.push(Figure::new(name, ratio, Unit::Times));
    }
    figures
}

fn grid(questions: &[PeerQuestion], sizes: &[u64], columns: &[Vec<Asked>]) -> Grid {
    let millions = |rows: &u64| *rows as f64 / 1e6;
    let heads = |how: &'static str| {
        sizes
            .iter()
            .map(move |it| format!("{} M {how}", millions(it)))
    };
    let row = |(index, it): (usize, &PeerQuestion)| {
        let cells = |of: fn(&Asked) -> f64| {
            (columns.iter()).map(move |column| format!("{:.3} s", of(&column[index])))
        };
        (std::iter::once(it.question.name.to_owned()))
            .chain(cells(|asked| asked.warm))
            .chain(cells(|asked| asked.cold))
            .collect()
    };
    Grid {
        columns: (std::iter::once("Report".to_owned()))
            .chain(heads("warm"))
            .chain(heads("cold"))
            .collect(),
        rows: questions.iter().enumerate().map(row).collect(),
    }
}

fn about(plan: &Plan) -> String {
    format!(
        "The questions that peers are asked, over logs of several sizes with 50 events for each profile.\n\
         Warm times are medians of {} rounds; for a cold one the store is opened anew, after the system \
         was asked to take its files out of memory.",
        plan.rounds
    )
}
