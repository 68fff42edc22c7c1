//! The same questions over the same events, asked of us and of other engines in turns.

use std::{collections::BTreeMap, fmt::Write, time::Instant};

use throughline_insight::{
    Answer, Cancel, ask,
    bench::{PeerQuestion, differences, peer_questions, told},
};
use throughline_model::Vocabulary;
use throughline_store::Snapshot;

use super::{
    Chapter, Figure, Grid, Plan, Subject, Target, Unit,
    folder::Folder,
    median,
    peer::{Peer, Reply},
    stored::Stored,
};

const ENGINES: [&str; 2] = ["clickhouse", "duckdb"];
/// The tables that something is promised against.
const CLICKHOUSE: &str = "ClickHouse tuned";
const DUCKDB: &str = "DuckDB tuned";

/// Everything about one question.
struct Asked {
    question: PeerQuestion,
    seconds: f64,
    others: Vec<Other>,
}

/// What one table of a peer made of it.
struct Other {
    table: String,
    found: Result<Found, String>,
}

struct Found {
    seconds: f64,
    /// Median of the ratios of neighbors: how many times as long as we it took.
    ratio: f64,
    differences_count: usize,
}

/// Asks each question in turns.
pub fn measure(
    plan: &Plan,
    stored: &mut Stored,
    folder: &Folder,
    tell: &mut impl FnMut(&str),
) -> anyhow::Result<Chapter> {
    let store = stored.open(folder, tell)?;
    let snapshot = store.snapshot(stored.end());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (mut peers, mut absent) = (Vec::new(), Vec::new());
    for engine in ENGINES {
        tell(&format!("loading events into {engine}"));
        let work = folder.path().join(engine);
        let parts = stored.parts()?;
        let peer = match &plan.peers {
            Some(program) => Peer::start(program, engine, &parts, &work, threads),
            None => Err(format!(
                "{engine} is absent: no program was given with `--peers`"
            )),
        };
        match peer {
            Ok(peer) => peers.push(peer),
            Err(why) => absent.push(why),
        }
    }
    let mut asked = Vec::new();
    for question in peer_questions() {
        tell(&format!("asking everybody: {}", question.question.name));
        asked.push(ask_all(&snapshot, &mut peers, question, plan.rounds)?);
    }
    Ok(Chapter {
        subject: Subject::Peers,
        about: about(plan, stored, threads, &peers, &absent),
        figures: figures(&asked, &peers),
        grid: Some(grid(&asked, &peers)),
    })
}

/// One question: everybody once to warm up and to compare, then in turns.
fn ask_all(
    snapshot: &Snapshot,
    peers: &mut [Peer],
    question: PeerQuestion,
    rounds: usize,
) -> anyhow::Result<Asked> {
    let (_, answer) = ask_us(snapshot, &question)?;
    let ours = told(&answer);
    let mut tables = Vec::new();
    for (index, peer) in peers.iter_mut().enumerate() {
        for table in peer.tables.clone() {
            let reply = peer.ask(&table, question.id)?;
            tables.push((index, table, compared(question.id, &ours, reply)));
        }
    }
    let mut times: Vec<(Vec<f64>, Vec<f64>)> = vec![Default::default(); tables.len()];
    let mut seconds = Vec::new();
    for _ in 0..rounds {
        let (our, _) = ask_us(snapshot, &question)?;
        seconds.push(our);
        for ((peer, table, first), (theirs, ratios)) in tables.iter().zip(&mut times) {
            if first.is_err() {
                continue;
            }
            if let Reply::Rows { seconds, .. } = peers[*peer].ask(table, question.id)? {
                theirs.push(seconds);
                ratios.push(seconds / our);
            }
        }
    }
    let others = (tables.into_iter().zip(times))
        .map(|((_, table, first), (theirs, ratios))| Other {
            table,
            found: first.map(|differences_count| Found {
                seconds: median(theirs),
                ratio: median(ratios),
                differences_count,
            }),
        })
        .collect();
    Ok(Asked {
        question,
        seconds: median(seconds),
        others,
    })
}

/// How many numbers differ, or why there are none.
fn compared(id: &str, ours: &BTreeMap<String, i64>, reply: Reply) -> Result<usize, String> {
    match reply {
        Reply::Rows { rows, .. } => Ok(differences(id, ours, &rows).len()),
        Reply::Failed { failed } => Err(failed),
    }
}

fn ask_us(snapshot: &Snapshot, question: &PeerQuestion) -> anyhow::Result<(f64, Answer)> {
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let began = Instant::now();
    let report = &question.question.report;
    let answer = ask(snapshot, &vocabulary, report, snapshot.taken, &cancel)?;
    Ok((began.elapsed().as_secs_f64(), answer))
}

fn figures(asked: &[Asked], peers: &[Peer]) -> Vec<Figure> {
    let mut figures = Vec::new();
    for it in asked {
        let name = it.question.question.name;
        figures.push(Figure::new(name, it.seconds, Unit::Seconds));
        for other in &it.others {
            let Ok(found) = &other.found else { continue };
            let ratio = Figure::new(
                format!("{name}: {} over ours", other.table),
                found.ratio,
                Unit::Times,
            );
            figures.push(match other.table.as_str() {
                CLICKHOUSE => ratio.with(Target::AtLeast(it.question.clickhouse_min)),
                DUCKDB => ratio.with(Target::AtLeast(it.question.duckdb_min)),
                _ => ratio,
            });
        }
    }
    for peer in peers {
        let version = &peer.version;
        let load = Figure::new(
            format!("{version}, loading"),
            peer.load_seconds,
            Unit::Seconds,
        );
        let peak = format!("{version}, peak of resident memory");
        figures.extend([load, Figure::new(peak, peer.peak_mib(), Unit::Mebibytes)]);
    }
    figures
}

fn grid(asked: &[Asked], peers: &[Peer]) -> Grid {
    let tables = peers.iter().flat_map(|it| it.tables.iter().cloned());
    let columns = ["Report".to_owned(), "Throughline".to_owned()];
    let row = |it: &Asked| {
        let mut row = vec![it.question.question.name.to_owned(), written(it.seconds)];
        row.extend(it.others.iter().map(|other| match &other.found {
            Ok(found) => written(found.seconds),
            Err(why) => format!("failed: {why}"),
        }));
        row.push(verdict(it));
        row
    };
    Grid {
        columns: (columns.into_iter())
            .chain(tables)
            .chain(["Compared".to_owned()])
            .collect(),
        rows: asked.iter().map(row).collect(),
    }
}

/// Whether everybody says the same.
fn verdict(asked: &Asked) -> String {
    let compared = asked.question.compared;
    let mut others = Vec::new();
    for other in &asked.others {
        match &other.found {
            Ok(found) if found.differences_count > 0 => {
                others.push(format!(
                    "{} differs in {}",
                    other.table, found.differences_count
                ));
            }
            _ => {}
        }
    }
    match others.as_slice() {
        _ if asked.others.iter().all(|it| it.found.is_err()) => "nobody to compare with".to_owned(),
        [] => format!("{compared}: equal"),
        some => format!("{compared}: {}", some.join(", ")),
    }
}

fn written(seconds: f64) -> String {
    format!("{seconds:.3} s")
}

fn about(
    plan: &Plan,
    stored: &Stored,
    threads: usize,
    peers: &[Peer],
    absent: &[String],
) -> String {
    let mut about = format!(
        "Everybody has the same {} generated events of {} profiles over 90 days: ours are mapped parts, \
         of which the others have read the Parquet files into tables of their own.\n\
         Everybody uses {threads} threads and was asked once before; then all take turns for {} rounds.\n\
         Times are those of the query in a process that is warm; ratios are medians of those of neighbors.\n\
         The tuned tables have enumerations for names and are in the order of person and time, as the \
         plain one is, which keeps texts and times as they come.\n\
         The statements are in `bench/peers`. Medians of stays are left out of the comparison: ours \
         count stays that have not ended as at least that long, theirs do not; returns within the week \
         of the start are asked of ours only, and so is how many profiles are behind each number.\n\
         Ours tell more than is compared, in the same walk: ninth deciles beside medians, the trend of a funnel and \
         the time from step to step, curves and shares of stays with intervals, credit by three models.\n\
         Theirs are the quickest statements that we know; the funnel of DuckDB and its ways of channels are as-of joins.",
        plan.rows,
        stored.what.profiles_count(),
        plan.rounds
    );
    let versions: Vec<&str> = peers.iter().map(|it| it.version.as_str()).collect();
    if !versions.is_empty() {
        let _ = write!(about, "\nPeers: {}.", versions.join(", "));
    }
    for why in absent {
        let _ = write!(about, "\nNot measured: {why}.");
    }
    about
}
