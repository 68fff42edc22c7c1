//! Many connections that send as fast as they are answered, or at a steady pace.

use std::{
    future::Future,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Context;
use tokio::task::JoinSet;

use super::client::Connection;

/// What came of a load.
#[derive(Clone, Debug, Default)]
pub struct Load {
    pub seconds: f64,
    /// Requests that were answered with 200, before and after the time that counts too.
    pub accepted: u64,
    /// Requests that were answered with anything else.
    pub refused: u64,
    /// Requests that were sent and accepted in the time that counts.
    in_time: u64,
    /// Microseconds of each accepted request that was sent in the time that counts, sorted.
    waits: Vec<u32>,
}

/// The time that counts.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    begin: Instant,
    end: Instant,
}

/// Before times count: connections are open and everything is warm.
const WARM_UP: Duration = Duration::from_millis(500);

impl Load {
    pub fn per_second(&self) -> f64 {
        self.in_time as f64 / self.seconds
    }

    /// What so many of a hundred waited no longer for, in milliseconds.
    pub fn wait_ms(&self, percent: usize) -> f64 {
        let last = self.waits.len().saturating_sub(1);
        let wait = self.waits.get((self.waits.len() * percent / 100).min(last));
        wait.map_or(f64::NAN, |it| f64::from(*it) / 1e3)
    }

    /// Notes an answer that has just come.
    pub fn note(&mut self, times: Times, sent: Instant, is_accepted: bool) {
        let now = Instant::now();
        if !is_accepted {
            self.refused += 1;
            return;
        }
        self.accepted += 1;
        if times.begin <= sent {
            let wait = (now - sent).as_micros();
            self.waits.push(u32::try_from(wait).unwrap_or(u32::MAX));
            self.in_time += u64::from(now <= times.end);
        }
    }

    fn add(&mut self, other: Self) {
        self.accepted += other.accepted;
        self.refused += other.refused;
        self.in_time += other.in_time;
        self.waits.extend(other.waits);
    }
}

impl Times {
    pub fn are_over(self, now: Instant) -> bool {
        now >= self.end
    }
}

/// Lets so many tasks work side by side, and puts together what came of each.
pub async fn together<R>(
    count: usize,
    lasting: Duration,
    one: impl Fn(Times) -> R,
) -> anyhow::Result<Load>
where
    R: Future<Output = anyhow::Result<Load>> + Send + 'static,
{
    let begin = Instant::now() + WARM_UP;
    let end = begin + lasting;
    let mut tasks = JoinSet::new();
    for _ in 0..count {
        tasks.spawn(one(Times { begin, end }));
    }
    let mut all = Load {
        seconds: lasting.as_secs_f64(),
        ..Load::default()
    };
    while let Some(load) = tasks.join_next().await {
        all.add(load.context("a connection ended")??);
    }
    all.waits.sort_unstable();
    Ok(all)
}

/// Lets so many connections each send a request as soon as the one before is answered.
pub async fn closed(
    address: SocketAddr,
    connections: usize,
    lasting: Duration,
    fill: impl Fn(&mut Vec<u8>) + Send + Sync + 'static,
) -> anyhow::Result<Load> {
    let fill = Arc::new(fill);
    let one = |times: Times| {
        let fill = Arc::clone(&fill);
        async move {
            let mut connection = Connection::open(address).await?;
            let (mut load, mut request) = (Load::default(), Vec::new());
            loop {
                fill(&mut request);
                let sent = Instant::now();
                // A machine may be busy with something else all the time; one wait can be told even then.
                if times.are_over(sent) && (load.refused > 0 || !load.waits.is_empty()) {
                    return Ok(load);
                }
                let status = connection.exchange(&request).await?;
                load.note(times, sent, status == 200);
            }
        }
    };
    together(connections, lasting, one).await
}

/// Lets the connections take turns, so that together they send so many requests each second.
///
/// A request waits from the moment on at which it is due, so that a slow answer cannot hide how
/// long those behind it had to wait.
pub async fn paced(
    address: SocketAddr,
    connections: usize,
    lasting: Duration,
    per_second: u32,
    fill: impl Fn(&mut Vec<u8>) + Send + Sync + 'static,
) -> anyhow::Result<Load> {
    let (fill, turn) = (Arc::new(fill), Arc::new(AtomicU64::new(0)));
    let one = |times: Times| {
        let (fill, turn) = (Arc::clone(&fill), Arc::clone(&turn));
        async move {
            let mut connection = Connection::open(address).await?;
            let (mut load, mut request) = (Load::default(), Vec::new());
            let first = times.begin - WARM_UP;
            loop {
                fill(&mut request);
                let turn = turn.fetch_add(1, Ordering::Relaxed) as f64;
                let due = first + Duration::from_secs_f64(turn / f64::from(per_second));
                if times.are_over(due) {
                    return Ok(load);
                }
                tokio::time::sleep_until(due.into()).await;
                let status = connection.exchange(&request).await?;
                load.note(times, due, status == 200);
            }
        }
    };
    together(connections, lasting, one).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_told_by_rank() {
        let load = Load {
            seconds: 2.0,
            in_time: 200,
            waits: (1..=200).map(|it| it * 1_000).collect(),
            ..Load::default()
        };
        assert_eq!(load.per_second(), 100.0);
        assert_eq!(load.wait_ms(50), 101.0);
        assert_eq!(load.wait_ms(99), 199.0);
        assert!(Load::default().wait_ms(50).is_nan());
    }

    #[test]
    fn what_is_accepted_too_late_still_had_to_wait() {
        let (now, hour) = (Instant::now(), Duration::from_secs(3_600));
        let early = Times {
            begin: now,
            end: now + hour,
        };
        let late = Times {
            begin: now - hour,
            end: now - hour,
        };
        let mut load = Load::default();
        load.note(early, now - hour, true);
        load.note(early, now, false);
        load.note(early, now, true);
        load.note(late, now - hour, true);
        assert_eq!((load.accepted, load.refused), (3, 1));
        assert_eq!((load.in_time, load.waits.len()), (1, 2));
    }
}
