//! A server in a process of its own, as it ships.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use anyhow::Context;

use super::machine::kib;

/// How often memory is looked at: an answer takes longer than that to be worked out.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Of the times in `/proc`, on every Linux that we run on.
const TICKS_PER_SECOND: f64 = 100.0;

/// A server that is ended when this is dropped.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// From the link of the first start.
    pub token: Option<String>,
}

/// Memory of a process in MiB.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// The most that was resident at a time, counted by the system.
    pub peak: f64,
    /// Resident now, of its own.
    pub own: f64,
    /// Resident now, of mapped files; the system may take it back at any time.
    pub mapped: f64,
}

/// Looks at the memory that a process has of its own, time and again.
pub struct Watch {
    is_over: Arc<AtomicBool>,
    watching: JoinHandle<f64>,
}

impl Server {
    /// Starts a server, and waits until it listens.
    pub fn start(data: &Path) -> anyhow::Result<Self> {
        let mut child = command(data)?
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .context("could not start a server")?;
        let output = child.stdout.take().expect("it was asked for");
        let mut token = None;
        for line in BufReader::new(output).lines() {
            let line = line?;
            if let Some((_, found)) = line.split_once("token=") {
                token = Some(found.to_owned());
            }
            if let Some(address) = line.strip_prefix("listening on http://") {
                let address = address.parse()?;
                return Ok(Self {
                    child,
                    address,
                    token,
                });
            }
        }
        let status = child.wait()?;
        anyhow::bail!("a server ended before it listened: {status}")
    }

    /// Seconds that all its threads have run together.
    pub fn processor_seconds(&self) -> anyhow::Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))
            .context("this system does not tell how long a process has run")?;
        // A name may hold anything, so places are counted behind it: of the program's own time, then of the system's.
        let behind = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        let ticks = behind.split_whitespace().skip(11).take(2);
        let ticks = ticks.map(|it| it.parse().unwrap_or(0.0)).sum::<f64>();
        Ok(ticks / TICKS_PER_SECOND)
    }

    /// Memory up to now.
    pub fn memory(&self) -> anyhow::Result<Memory> {
        let status = fs::read_to_string(status_path(self.child.id()))
            .context("this system does not tell the memory of a process")?;
        let mebibytes = |name| kib(&status, name) / 1024.0;
        Ok(Memory {
            peak: mebibytes("VmHWM"),
            own: mebibytes("RssAnon"),
            mapped: mebibytes("RssFile"),
        })
    }

    /// Begins to look at its own memory, of which the system keeps no peak.
    pub fn watch(&self) -> Watch {
        let (path, is_over) = (
            status_path(self.child.id()),
            Arc::new(AtomicBool::new(false)),
        );
        let over = Arc::clone(&is_over);
        let watching = thread::spawn(move || {
            let mut peak = 0.0_f64;
            while !over.load(Ordering::Relaxed) {
                let status = fs::read_to_string(&path).unwrap_or_default();
                peak = peak.max(kib(&status, "RssAnon") / 1024.0);
                thread::sleep(LOOK_EVERY);
            }
            peak
        });
        Watch { is_over, watching }
    }
}

impl Watch {
    /// The most that was seen, in MiB.
    pub fn end(self) -> f64 {
        self.is_over.store(true, Ordering::Relaxed);
        self.watching.join().expect("looking does not panic")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has nothing that anyone will need.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// This program on a data directory, with the settings that it ships with.
pub fn command(data: &Path) -> anyhow::Result<Command> {
    let program = std::env::current_exe().context("could not find this program")?;
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("THROUGHLINE__LOG__LEVEL", "warn")
        .arg("--data")
        .arg(data);
    Ok(command)
}

fn status_path(id: u32) -> String {
    format!("/proc/{id}/status")
}
