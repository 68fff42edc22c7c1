//! A real process, a real file system and SIGKILL: what was acknowledged must be there afterwards.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use throughline_store::DataDir;
use throughline_store::log::{Chance, Entry, Kind, Log, Next, Options, Position};

const KIND: Kind = Kind::new(1);
const PRODUCERS: u64 = 8;
/// Small, so that kills fall into the change of segments too.
const SEGMENT_BYTES: u64 = 64 << 10;

/// Starts a child that appends, kills it, and checks the log; once for each round.
pub fn run(rounds: u64, seed: u64, dir: &Path) -> Result<u64> {
    let mut chance = Chance::new(seed);
    let mut acknowledged = Vec::new();
    for round in 0..rounds {
        let lived = Duration::from_micros(5_000 + chance.below(150_000));
        let new = append_and_kill(dir, round, lived)?;
        acknowledged.extend(new);
        check(dir, &acknowledged).with_context(|| format!("after round {round}"))?;
    }
    Ok(acknowledged.len() as u64)
}

/// The child: appends until it is killed, and prints each position and the number it holds.
pub fn child(dir: &Path, round: u64) -> Result<()> {
    let data = DataDir::lock(dir)?;
    let (log, _) = Log::open(&data.path().join("log"), options())?;
    println!("ready");
    thread::scope(|scope| {
        for producer in 0..PRODUCERS {
            let log = log.clone();
            scope.spawn(move || {
                let mut count = 0;
                loop {
                    let number = (round << 40) | (producer << 32) | count;
                    let answer = log
                        .append(Entry::new(KIND, payload_of(number)))
                        .and_then(|ticket| ticket.wait());
                    let Ok(position) = answer else { return };
                    // One write for the line: a kill must not leave half of it.
                    let line = format!("{position} {number}\n");
                    if std::io::stdout().write_all(line.as_bytes()).is_err() {
                        return;
                    }
                    count += 1;
                }
            });
        }
    });
    Ok(())
}

fn append_and_kill(dir: &Path, round: u64, lived: Duration) -> Result<Vec<(u64, u64)>> {
    let mut child = Command::new(std::env::current_exe()?)
        .args(["kill-child", "--round", &round.to_string(), "--dir"])
        .arg(dir)
        .stdout(Stdio::piped())
        .spawn()
        .context("could not start the child")?;
    let stdout = child.stdout.take().context("the child has no output")?;
    let reading = thread::spawn(move || {
        let mut lines = Vec::new();
        for line in BufReader::new(stdout).lines() {
            lines.push(line?);
        }
        anyhow::Ok(lines)
    });
    thread::sleep(lived);
    child.kill().context("could not kill the child")?;
    child.wait()?;
    let lines = reading
        .join()
        .map_err(|_| anyhow::anyhow!("reading panicked"))??;
    // The last line may have been cut by the kill.
    let answers = lines.iter().filter_map(|line| {
        let (position, number) = line.split_once(' ')?;
        Some((position.parse().ok()?, number.parse().ok()?))
    });
    Ok(answers.collect())
}

fn check(dir: &Path, acknowledged: &[(u64, u64)]) -> Result<()> {
    let data = DataDir::lock(dir)?;
    let (log, recovered) = Log::open(&data.path().join("log"), options())?;
    let mut reader = log.reader(Position(0))?;
    let mut numbers = Vec::new();
    while let Next::Record(record) = reader.next(Duration::ZERO)? {
        ensure!(record.position.0 == numbers.len() as u64, "a gap");
        let number = record.payload.first_chunk().copied();
        let number = number.map(u64::from_le_bytes).context("a foreign record")?;
        ensure!(record.payload == payload_of(number), "a foreign payload");
        numbers.push(number);
    }
    ensure!(recovered.end.0 == numbers.len() as u64, "a short log");
    for (position, number) in acknowledged {
        ensure!(
            numbers.get(*position as usize) == Some(number),
            "position {position} was acknowledged for {number} and is not there"
        );
    }
    Ok(())
}

fn options() -> Options {
    Options {
        segment_bytes: SEGMENT_BYTES,
        ..Options::new(0x6b69_6c6c)
    }
}

fn payload_of(number: u64) -> Vec<u8> {
    let mut chance = Chance::new(number);
    let mut payload = number.to_le_bytes().to_vec();
    for _ in 0..chance.below(200) {
        payload.extend_from_slice(&chance.bits().to_le_bytes());
    }
    payload
}
