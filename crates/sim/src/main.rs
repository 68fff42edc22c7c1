//! Plays faults against the product from a seed, and measures what only a real disk can tell.

mod log;

use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::{Parser, Subcommand, ValueEnum};

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Crashes and faults of the raw log; fails with the first seed that breaks a law.
    Crash {
        #[arg(long, default_value_t = 10_000)]
        seeds: u64,
        /// The first seed; a failing seed N is played again by `--from N --seeds 1`.
        #[arg(long, default_value_t = 0)]
        from: u64,
    },
    /// Decoders on mangled bytes.
    Fuzz {
        target: Target,
        #[arg(long, default_value_t = 100_000)]
        seeds: u64,
        #[arg(long, default_value_t = 0)]
        from: u64,
    },
    /// SIGKILL at random moments of a process that appends to a real log.
    Kill {
        #[arg(long, default_value_t = 50)]
        rounds: u64,
        #[arg(long, default_value_t = 0)]
        seed: u64,
        /// An empty directory for the log.
        #[arg(long)]
        dir: PathBuf,
    },
    /// Acknowledged appends per second on the disk of a directory.
    Bench {
        target: Target,
        #[arg(long, default_value_t = 64)]
        producers: usize,
        #[arg(long, default_value_t = 1_024)]
        bytes: usize,
        #[arg(long, default_value_t = 5)]
        seconds: u64,
        /// An empty directory for the log.
        #[arg(long)]
        dir: PathBuf,
    },
    /// The process that `kill` kills.
    #[command(hide = true)]
    KillChild {
        #[arg(long)]
        round: u64,
        #[arg(long)]
        dir: PathBuf,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Target {
    Log,
}

fn main() -> Result<()> {
    match Arguments::parse().command {
        Command::Crash { seeds, from } => crash(from..from + seeds),
        Command::Fuzz {
            target: Target::Log,
            seeds,
            from,
        } => fuzz_log(from..from + seeds),
        Command::Kill { rounds, seed, dir } => {
            let acknowledged = log::kill::run(rounds, seed, &dir)?;
            println!("{rounds} kills, {acknowledged} records acknowledged, 0 lost");
            Ok(())
        }
        Command::KillChild { round, dir } => log::kill::child(&dir, round),
        Command::Bench {
            target: Target::Log,
            producers,
            bytes,
            seconds,
            dir,
        } => {
            let lasting = Duration::from_secs(seconds);
            let measured = log::bench::run(&dir, producers, bytes, lasting)?;
            let per_second = measured.acknowledged as f64 / measured.elapsed.as_secs_f64();
            println!("{producers} producers, {bytes} bytes: {per_second:.0} acknowledged/s");
            println!(
                "p50 {:.1?}, p99 {:.1?}, {:.1} records in a group, {} read meanwhile",
                measured.p50,
                measured.p99,
                measured.acknowledged as f64 / measured.groups as f64,
                measured.read,
            );
            Ok(())
        }
    }
}

fn crash(seeds: Range<u64>) -> Result<()> {
    match log::crash::run_seeds(seeds, None) {
        Ok(tally) => {
            println!("{tally:#?}");
            Ok(())
        }
        Err(broken) => bail!("seed {}: {}", broken.seed, broken.breach),
    }
}

fn fuzz_log(seeds: Range<u64>) -> Result<()> {
    match log::fuzz::run(seeds) {
        Ok(tally) => {
            println!("{tally:#?}");
            Ok(())
        }
        Err((seed, breach)) => bail!("seed {seed}: {breach}"),
    }
}
