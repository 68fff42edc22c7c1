//! The machine that figures were measured on.

use std::{fs, path::Path};

use serde::Serialize;

/// What a reader has to know to compare figures. `unknown` where the system does not tell.
#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    pub processor: String,
    pub cores: usize,
    pub memory_gib: f64,
    pub system: String,
    /// Of the folder that was written to. Syncing costs nothing on `tmpfs`.
    pub file_system: String,
}

/// What the processors have done up to a moment, in the system's ticks.
#[derive(Clone, Copy, Debug)]
pub struct Ticks {
    all: f64,
    idle: f64,
    /// Of this process and of those that it has started and that have ended.
    own: f64,
}

impl Machine {
    /// Looks at the machine and at the file system that a folder lies on.
    pub fn look(folder: &Path) -> Self {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let release = read("/proc/sys/kernel/osrelease");
        Self {
            processor: field(&read("/proc/cpuinfo"), "model name"),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_gib: kib(&read("/proc/meminfo"), "MemTotal") / f64::from(1 << 20),
            system: format!("{} {}", std::env::consts::OS, release.trim()),
            file_system: file_system(&read("/proc/self/mounts"), folder),
        }
    }
}

impl Ticks {
    /// Looks at the clock of the processors.
    pub fn now() -> Self {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        Self::of(&read("/proc/stat"), &read("/proc/self/stat"))
    }

    fn of(machine: &str, process: &str) -> Self {
        let numbers = |text: &str| -> Vec<f64> {
            let words = text.split_whitespace();
            words.map(|it| it.parse().unwrap_or(0.0)).collect()
        };
        // The first line is the sum of all processors: user, nice, system, idle, waiting, and more.
        let all = numbers(
            machine
                .lines()
                .next()
                .unwrap_or_default()
                .trim_start_matches("cpu"),
        );
        // A name may hold anything, so places are counted behind it.
        let process = numbers(process.rsplit_once(')').map_or("", |(_, rest)| rest));
        Self {
            all: all.iter().take(8).sum(),
            idle: all.iter().skip(3).take(2).sum(),
            own: process.iter().skip(11).take(4).sum(),
        }
    }

    /// Which share of the processors' time others took since then.
    pub fn others_since(self, before: Self) -> f64 {
        let all = self.all - before.all;
        let idle = self.idle - before.idle;
        let own = self.own - before.own;
        ((all - idle - own) / all).max(0.0)
    }
}

/// A value of a file of lines like `name : value`.
fn field(text: &str, name: &str) -> String {
    let value = text.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        (found.trim() == name).then(|| value.trim().to_owned())
    });
    value.unwrap_or_else(|| "unknown".to_owned())
}

/// A value of a file of lines like `name: 12 kB`; not a number when it is not there.
pub fn kib(text: &str, name: &str) -> f64 {
    let value = field(text, name);
    let number = value.split_whitespace().next();
    number.and_then(|it| it.parse().ok()).unwrap_or(f64::NAN)
}

/// The kind of the innermost mount that a folder lies in.
fn file_system(mounts: &str, folder: &Path) -> String {
    let kind = mounts
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ').skip(1);
            let (point, kind) = (words.next()?, words.next()?);
            folder.starts_with(point).then_some((point.len(), kind))
        })
        .max_by_key(|(length, _)| *length);
    kind.map_or_else(|| "unknown".to_owned(), |(_, kind)| kind.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_name() {
        let text = "VmHWM:\t  123 kB\nmodel name\t: EPYC 9 @ 3:1\n";
        assert_eq!(kib(text, "VmHWM"), 123.0);
        assert_eq!(field(text, "model name"), "EPYC 9 @ 3:1");
        assert_eq!(field(text, "bogomips"), "unknown");
        assert!(kib(text, "RssAnon").is_nan());
    }

    #[test]
    fn what_others_took_is_neither_idle_nor_ours() {
        let ticks = |machine: &str, own: u32| {
            Ticks::of(
                &format!("cpu  {machine}\ncpu0 1 1"),
                &format!("7 (a) b) S 1 2 3 4 5 6 7 8 9 10 {own} 5 3 2 20"),
            )
        };
        let before = ticks("100 0 50 800 50 0 0 0 9 9", 10);
        let after = ticks("200 0 150 900 50 0 0 100 9 9", 110);
        assert_eq!(
            (before.all, before.idle, before.own),
            (1_000.0, 850.0, 20.0)
        );
        assert_eq!(after.others_since(before), 0.5);
    }

    #[test]
    fn the_innermost_mount_counts() {
        let mounts = "/dev/a / ext4 rw 0 0\ntmpfs /tmp tmpfs rw 0 0\n/dev/b /tmp/x xfs rw 0 0\n";
        let of = |path: &str| file_system(mounts, Path::new(path));
        assert_eq!(of("/tmp/x/y"), "xfs");
        assert_eq!(of("/tmp/xy"), "tmpfs");
        assert_eq!(of("/work"), "ext4");
        assert_eq!(file_system("", Path::new("/")), "unknown");
    }
}
