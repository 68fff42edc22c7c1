//! How often somebody may fail to sign in.

use std::{collections::BTreeMap, net::IpAddr, sync::Mutex};

use throughline_model::{Span, Timestamp, limits};

/// Remembers failures per account and address, and per address.
#[derive(Debug, Default)]
pub struct SignInLimiter {
    failures: Mutex<BTreeMap<Subject, Failures>>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    Account(String, IpAddr),
    Address(IpAddr),
}

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    since: Timestamp,
}

impl SignInLimiter {
    /// How long this account has to wait from this address; none when it may try.
    pub fn wait(&self, account: &str, address: IpAddr, now: Timestamp) -> Option<Span> {
        let failures = self.lock();
        subjects(account, address)
            .into_iter()
            .filter_map(|(subject, count_max)| {
                let its = failures.get(&subject)?;
                let until = its.since.plus(limits::SIGN_IN_WINDOW);
                (its.count >= count_max && now < until).then(|| until.since(now))
            })
            .max()
    }

    /// Takes note of a try, as a failure until it is known to have succeeded.
    ///
    /// It is noted before the password is looked at, so that tries at the same time count.
    pub fn tried(&self, account: &str, address: IpAddr, now: Timestamp) {
        let mut failures = self.lock();
        for (subject, _) in subjects(account, address) {
            let its = failures.entry(subject).or_insert(Failures {
                count: 0,
                since: now,
            });
            if now >= its.since.plus(limits::SIGN_IN_WINDOW) {
                *its = Failures {
                    count: 0,
                    since: now,
                };
            }
            its.count = its.count.saturating_add(1);
        }
        if failures.len() > limits::SIGN_IN_REMEMBERED_MAX {
            forget(&mut failures, now);
        }
    }

    /// Forgets the failures of an account that has signed in.
    pub fn succeeded(&self, account: &str, address: IpAddr) {
        let mut failures = self.lock();
        failures.remove(&Subject::Account(account.to_owned(), address));
        if let Some(its) = failures.get_mut(&Subject::Address(address)) {
            its.count = its.count.saturating_sub(1);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<Subject, Failures>> {
        self.failures
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn subjects(account: &str, address: IpAddr) -> [(Subject, u32); 2] {
    [
        (
            Subject::Account(account.to_owned(), address),
            limits::SIGN_IN_FAILURES_MAX,
        ),
        (
            Subject::Address(address),
            limits::SIGN_IN_FAILURES_OF_ADDRESS_MAX,
        ),
    ]
}

/// Drops what no longer counts, and the older half when that is not enough.
fn forget(failures: &mut BTreeMap<Subject, Failures>, now: Timestamp) {
    failures.retain(|_, its| now < its.since.plus(limits::SIGN_IN_WINDOW));
    if failures.len() > limits::SIGN_IN_REMEMBERED_MAX {
        let mut starts: Vec<Timestamp> = failures.values().map(|its| its.since).collect();
        starts.sort_unstable();
        let middle = starts[starts.len() / 2];
        failures.retain(|_, its| its.since > middle);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));
    const AWAY: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 2));

    #[test]
    fn an_account_waits_only_where_it_failed_and_only_for_a_while() {
        let limiter = SignInLimiter::default();
        let start = Timestamp(1_000);
        for _ in 0..limits::SIGN_IN_FAILURES_MAX {
            assert_eq!(limiter.wait("a", HOME, start), None);
            limiter.tried("a", HOME, start);
        }
        assert_eq!(limiter.wait("a", HOME, start), Some(limits::SIGN_IN_WINDOW));
        assert_eq!(limiter.wait("a", AWAY, start), None);
        assert_eq!(limiter.wait("b", HOME, start), None);
        let later = start.plus(limits::SIGN_IN_WINDOW);
        assert_eq!(limiter.wait("a", HOME, later), None);
    }

    #[test]
    fn an_address_that_tries_many_accounts_waits_for_all() {
        let limiter = SignInLimiter::default();
        let now = Timestamp(1_000);
        for account in 0..limits::SIGN_IN_FAILURES_OF_ADDRESS_MAX {
            limiter.tried(&account.to_string(), HOME, now);
        }
        assert!(limiter.wait("another", HOME, now).is_some());
        assert_eq!(limiter.wait("another", AWAY, now), None);
    }

    #[test]
    fn signing_in_forgets_the_failures() {
        let limiter = SignInLimiter::default();
        let now = Timestamp(1_000);
        for _ in 0..limits::SIGN_IN_FAILURES_MAX {
            limiter.tried("a", HOME, now);
        }
        limiter.succeeded("a", HOME);
        assert_eq!(limiter.wait("a", HOME, now), None);
    }

    #[test]
    fn memory_is_bounded() {
        let limiter = SignInLimiter::default();
        for n in 0..30_000_i64 {
            let account = n.to_string();
            limiter.tried(&account, HOME, Timestamp(n));
        }
        assert!(limiter.lock().len() <= limits::SIGN_IN_REMEMBERED_MAX + 1);
    }
}
