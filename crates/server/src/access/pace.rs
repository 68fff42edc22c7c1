//! How often one address may call what anybody may call.

use std::{collections::BTreeMap, net::IpAddr, sync::Mutex};

use throughline_model::{Span, Timestamp};

/// Counts calls per address, minute by minute.
#[derive(Debug)]
pub struct Pace {
    calls_max: u32,
    addresses_max: usize,
    minute: Mutex<Minute>,
}

#[derive(Debug, Default)]
struct Minute {
    start: Timestamp,
    calls: BTreeMap<IpAddr, u32>,
}

const MINUTE: Span = Span::minutes(1);

impl Pace {
    /// Lets every address make so many calls in a minute; so many addresses are told apart.
    pub fn new(calls_max: u32, addresses_max: usize) -> Self {
        Self {
            calls_max,
            addresses_max,
            minute: Mutex::default(),
        }
    }

    /// Counts a call; how long to wait when there were too many.
    pub fn call(&self, address: IpAddr, now: Timestamp) -> Result<(), Span> {
        let mut minute = self
            .minute
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let end = minute.start.plus(MINUTE);
        if now >= end || now < minute.start {
            *minute = Minute {
                start: now,
                calls: BTreeMap::new(),
            };
        }
        let wait = minute.start.plus(MINUTE).since(now);
        let is_known = minute.calls.contains_key(&address);
        // Beyond it memory would grow with every forged address.
        if !is_known && minute.calls.len() >= self.addresses_max {
            return Err(wait);
        }
        let calls = minute.calls.entry(address).or_default();
        *calls = calls.saturating_add(1);
        if *calls > self.calls_max {
            return Err(wait);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> IpAddr {
        IpAddr::from([10, 0, 0, last])
    }

    #[test]
    fn an_address_waits_for_the_next_minute_and_others_do_not() {
        let pace = Pace::new(2, 10);
        let start = Timestamp(1_000_000);
        assert_eq!(pace.call(address(1), start), Ok(()));
        assert_eq!(pace.call(address(1), start), Ok(()));
        let later = start.plus(Span::seconds(20));
        assert_eq!(pace.call(address(1), later), Err(Span::seconds(40)));
        assert_eq!(pace.call(address(2), later), Ok(()));
        assert_eq!(pace.call(address(1), start.plus(MINUTE)), Ok(()));
    }

    #[test]
    fn memory_is_bounded() {
        let pace = Pace::new(2, 3);
        for last in 1..=3 {
            assert_eq!(pace.call(address(last), Timestamp(0)), Ok(()));
        }
        assert!(pace.call(address(4), Timestamp(0)).is_err());
        assert_eq!(pace.call(address(3), Timestamp(0)), Ok(()));
    }
}
