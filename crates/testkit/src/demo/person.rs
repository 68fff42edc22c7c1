//! Who the customers are: language, region, devices, and how much they shop.

use super::Demo;
use super::words;
use crate::rng::Rng;

/// What stays the same about a customer, and the devices that come along.
#[derive(Debug)]
pub(super) struct Person {
    pub index: u32,
    pub user_id: String,
    pub message_prefix: String,
    pub name: String,
    pub email: String,
    pub is_chinese: bool,
    pub region: &'static str,
    /// Difference of the local clock from UTC, in milliseconds.
    pub clock_ms: i64,
    /// Had an account before the first day.
    pub is_customer: bool,
    /// Visits of one's own accord over 90 days.
    pub visits_count: usize,
    /// How much more likely than others to put things into the cart.
    pub eagerness: f64,
    pub takes_express: f64,
    pub devices: Vec<Device>,
    /// Index of the texts that a program may stumble over, for the few who carry them.
    pub hostile: Option<usize>,
}

/// A browser or an installed app.
#[derive(Clone, Debug)]
pub(super) struct Device {
    pub id: String,
    pub kind: DeviceKind,
    pub locale: &'static str,
    pub signed_in: bool,
    /// Has told who uses it, which happens once.
    pub is_identified: bool,
    /// Runs the browser library beside what the shop has always had.
    pub runs_library: bool,
    /// When the app of this device becomes the new version.
    pub updates_at: i64,
}

/// What sort of device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DeviceKind {
    Desktop,
    Phone,
    Ios,
    Android,
}

impl DeviceKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Desktop => "desktop",
            Self::Phone => "mobile",
            Self::Ios => "ios",
            Self::Android => "android",
        }
    }

    pub fn is_app(self) -> bool {
        matches!(self, Self::Ios | Self::Android)
    }

    pub fn library(self) -> (&'static str, &'static str) {
        match self {
            Self::Desktop | Self::Phone => ("analytics.js", "2.1.0"),
            Self::Ios => ("analytics-ios", "4.1.8"),
            Self::Android => ("analytics-android", "4.11.3"),
        }
    }
}

/// The app version whose address form is broken.
pub(super) const APP_NEW: &str = "4.2.0";
const APP_OLD: &str = "4.1.3";

impl Device {
    /// The version of the app at an instant.
    pub fn app_version(&self, at: i64) -> &'static str {
        if at >= self.updates_at {
            APP_NEW
        } else {
            APP_OLD
        }
    }
}

/// The region to which express parcels come late.
pub(super) const LATE_REGION: &str = "west";
const REGIONS: [(&str, u32); 4] = [
    ("east", 34),
    ("south", 28),
    ("north", 20),
    (LATE_REGION, 18),
];

/// Quantiles of the number of visits: most come once or twice, a few all the time.
const VISITS: [f64; 11] = [1.0, 1.0, 1.0, 1.2, 1.7, 2.2, 2.8, 3.8, 5.4, 8.4, 30.0];

/// The browser library is on trial: one customer in so many has it in the browser.
const LIBRARY_EVERY: u32 = 8;

/// One household in so many people shares a browser.
const SHARES_EVERY: u32 = 400;

const DAY_MS: i64 = 86_400_000;

impl Person {
    /// The customer of this number.
    pub fn draw(demo: &Demo, index: u32, rng: &mut Rng) -> Self {
        let is_chinese = rng.is(0.55);
        let clock_ms = if is_chinese { 8 } else { rng.between(0, 1) } * 3_600_000;
        let region = REGIONS[rng.weighted(&REGIONS.map(|(_, weight)| weight))].0;
        let hostile = (index % 777 == 13).then_some((index / 777) as usize);
        // The two of a shared browser have accounts, so that each stays a profile of its own.
        let is_customer = rng.is(0.24) || index % SHARES_EVERY <= 1 || hostile.is_some();
        let visits = rng.quantile(&VISITS) * f64::from(demo.days) / 90.0;
        let visits_count = (visits * if is_customer { 1.15 } else { 0.7 }).max(1.0) as usize;
        let (name, handle) = words::name(rng, is_chinese);
        Self {
            index,
            user_id: format!("c{index:06}"),
            message_prefix: format!("{:08x}-{index:x}", demo.fingerprint()),
            name: hostile.map_or(name, |at| words::hostile(at).to_owned()),
            email: format!("{handle}.{index}@mail.example"),
            is_chinese,
            region,
            clock_ms,
            is_customer,
            visits_count,
            eagerness: rng.quantile(&[0.25, 0.5, 0.7, 1.0, 1.5, 2.6]),
            takes_express: if rng.is(0.4) { 0.7 } else { 0.12 },
            devices: devices(demo, index, is_chinese, is_customer, rng),
            hostile,
        }
    }
}

fn devices(
    demo: &Demo,
    index: u32,
    is_chinese: bool,
    is_customer: bool,
    rng: &mut Rng,
) -> Vec<Device> {
    let kinds: &[DeviceKind] = match rng.weighted(&[30, 24, 16, 18, 12]) {
        0 => &[DeviceKind::Desktop],
        1 => &[DeviceKind::Phone],
        2 if is_chinese => &[DeviceKind::Android],
        2 => &[DeviceKind::Ios],
        3 => &[DeviceKind::Phone, DeviceKind::Ios],
        _ => &[DeviceKind::Desktop, DeviceKind::Phone, DeviceKind::Android],
    };
    let middle = demo.start() + i64::from(demo.days) * DAY_MS / 2;
    let delay = rng.quantile(&[0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 80.0]);
    let mut devices: Vec<Device> = kinds
        .iter()
        .enumerate()
        .map(|(place, kind)| Device {
            id: format!("a{:x}-{index:x}-{place}", demo.seed & 0xffff),
            kind: *kind,
            locale: if is_chinese { "zh-CN" } else { "en" },
            // A customer is signed in where it is the only device, mostly.
            is_identified: false,
            runs_library: !kind.is_app() && index % LIBRARY_EVERY == 3,
            signed_in: is_customer && rng.is(if place == 0 { 0.7 } else { 0.2 }),
            updates_at: middle + (delay * DAY_MS as f64) as i64,
        })
        .collect();
    if index % SHARES_EVERY == 1 {
        // Two of one household share a browser: it is the first device of the one before.
        devices[0] = Device {
            id: format!("a{:x}-{:x}-0", demo.seed & 0xffff, index - 1),
            kind: DeviceKind::Desktop,
            signed_in: true,
            ..devices[0].clone()
        };
    }
    devices
}
