//! Opening profiles and finding them, as their page does.

use std::time::Instant;

use anyhow::ensure;

use super::{Figure, Target, Unit, client::Member, median};

/// Profiles that are opened, spread over all.
const OPENED: u32 = 100;
const OPENED_MS_MAX: f64 = 300.0;
const FOUND_MS_MAX: f64 = 100.0;

/// Opens profiles one after the other, and finds each by its identifier. Nobody has opened them before.
pub async fn open(
    member: &mut Member,
    workspace: &str,
    profiles_count: u32,
    identifier: impl Fn(u32) -> String,
) -> anyhow::Result<Vec<Figure>> {
    let (mut opened, mut found) = (Vec::new(), Vec::new());
    let base = format!("/api/w/{workspace}/profiles");
    for index in 0..OPENED.min(profiles_count) {
        let profile = (u64::from(index) * u64::from(profiles_count) / u64::from(OPENED)) as u32;
        let began = Instant::now();
        let search = format!("{base}?q={}", identifier(profile));
        let answer = member.get(&search).await?;
        found.push(began.elapsed().as_secs_f64() * 1e3);
        let is_found = answer["profiles"]
            .as_array()
            .is_some_and(|it| it.iter().any(|it| it["id"] == profile));
        ensure!(is_found, "{search} did not find profile {profile}");
        let began = Instant::now();
        for part in [
            "",
            "/events",
            "/segments",
            "/objects",
            "/accounts",
            "/identity",
        ] {
            member.get(&format!("{base}/{profile}{part}")).await?;
        }
        opened.push(began.elapsed().as_secs_f64() * 1e3);
    }
    let worst = |times: &[f64]| times.iter().copied().fold(0.0, f64::max);
    let of = |name: &str| format!("{name} of {}", opened.len());
    let most = |name: &str, times: &[f64], bound: f64| {
        Figure::new(name, worst(times), Unit::Milliseconds).with(Target::AtMost(bound))
    };
    Ok(vec![
        Figure::new(
            "a profile with all that its page shows, half within",
            median(opened.clone()),
            Unit::Milliseconds,
        ),
        most(&of("the slowest profile"), &opened, OPENED_MS_MAX),
        Figure::new(
            "a profile by its identifier, half within",
            median(found.clone()),
            Unit::Milliseconds,
        ),
        most(&of("the slowest search"), &found, FOUND_MS_MAX),
    ])
}
