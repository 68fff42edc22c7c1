//! One profile at a time: where its rows lie, and what can be said of them in a line.

use std::ops::Range;

use throughline_model::{Channel, ProfileId, Timestamp};
use throughline_store::{Run, Snapshot, bucket_of};

use crate::{ask::AskError, scan::Place, view::View};

/// What a list shows of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub profile: ProfileId,
    pub first: Timestamp,
    pub last: Timestamp,
    /// Without system events.
    pub events_count: u64,
    /// The channels that it was met on, the most frequent first.
    pub channels: Vec<(Channel, u64)>,
    /// Index of the stage that it is in, and since when.
    pub stage: Option<(usize, Timestamp)>,
}

/// Where a profile's rows lie: run by run, each in the order of time.
pub fn places_of(snapshot: &Snapshot, profile: ProfileId) -> Vec<(usize, Range<usize>)> {
    if !snapshot.is_live(profile.0) {
        return Vec::new();
    }
    let of_run = |(index, run): (usize, &std::sync::Arc<Run>)| {
        rows_of(run, profile, snapshot.buckets).map(|rows| (index, rows))
    };
    snapshot
        .runs
        .iter()
        .enumerate()
        .filter_map(of_run)
        .collect()
}

/// Describes profiles, in the order asked. Those without a row are left out.
pub fn describe(view: &View<'_>, profiles: &[ProfileId]) -> Result<Vec<Person>, AskError> {
    let (channels, stages) = (view.channels()?, view.stage_entries()?);
    let is_system: Vec<bool> = view.snapshot.names.quiet();
    let mut people = Vec::with_capacity(profiles.len());
    for profile in profiles {
        let mut counts = [0_u64; Channel::ALL.len()];
        let mut extent: Option<(i64, i64)> = None;
        let mut entries: Vec<(i64, u16)> = Vec::new();
        for (index, rows) in places_of(view.snapshot, *profile) {
            let run = &view.snapshot.runs[index];
            for row in rows {
                let (time, event) = (run.time[row], run.event[row]);
                let (first, last) = extent.unwrap_or((time, time));
                extent = Some((first.min(time), last.max(time)));
                let place = Place {
                    run: u32::try_from(index).expect("fewer than 2^32 runs"),
                    row: u32::try_from(row).expect("rows of a run fit 32 bits"),
                };
                if !is_system.get(usize::from(event)).copied().unwrap_or(false) {
                    let channel = channels.of(event, run.channel[row], place);
                    counts[usize::from(channel.code())] += 1;
                }
                match stages.of(event, place) {
                    0 => {}
                    stage => entries.push((time, stage)),
                }
            }
        }
        let Some((first, last)) = extent else {
            continue;
        };
        people.push(Person {
            profile: *profile,
            first: Timestamp(first),
            last: Timestamp(last),
            events_count: counts.iter().sum(),
            channels: ranked(&counts),
            stage: stage_after(entries),
        });
    }
    Ok(people)
}

fn rows_of(run: &Run, profile: ProfileId, buckets: u32) -> Option<Range<usize>> {
    let bucket = bucket_of(profile.0, buckets) as usize;
    let groups = run.buckets[bucket] as usize..run.buckets[bucket + 1] as usize;
    let found = run.profiles[groups.clone()]
        .binary_search(&profile.0)
        .ok()?;
    let group = groups.start + found;
    Some(run.offsets[group] as usize..run.offsets[group + 1] as usize)
}

fn ranked(counts: &[u64; Channel::ALL.len()]) -> Vec<(Channel, u64)> {
    let mut ranked: Vec<(Channel, u64)> = Channel::ALL
        .into_iter()
        .zip(*counts)
        .filter(|(_, count)| *count > 0)
        .collect();
    ranked.sort_by_key(|(channel, count)| (std::cmp::Reverse(*count), *channel));
    ranked
}

/// The stage after all entries, and when it was entered. At one instant the last stage wins.
pub(crate) fn stage_after(mut entries: Vec<(i64, u16)>) -> Option<(usize, Timestamp)> {
    entries.sort_unstable();
    let mut now: Option<(u16, i64)> = None;
    for together in entries.chunk_by(|a, b| a.0 == b.0) {
        let (time, stage) = *together.last()?;
        if now.is_none_or(|(current, _)| current != stage) {
            now = Some((stage, time));
        }
    }
    now.map(|(stage, since)| (usize::from(stage) - 1, Timestamp(since)))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use throughline_model::Vocabulary;

    use super::*;
    use crate::{
        cancel::Cancel,
        fixture::{Layout, Log},
    };

    fn check(log: &str, expected: Expect) {
        let vocabulary: Vocabulary = serde_json::from_str(
            r#"{"stages":[{"id":"look","name":"Look","entry":{"events":["view"]}},
                          {"id":"buy","name":"Buy","entry":{"events":["order"]}}]}"#,
        )
        .expect("readable");
        let log = Log::read(log);
        for runs in [1, 3] {
            let layout = Layout {
                runs,
                ..Layout::default()
            };
            let snapshot = log.laid_out(layout);
            let cancel = Cancel::default();
            let view = View::new(&snapshot, &vocabulary, &cancel);
            let all: Vec<ProfileId> = (0..log.roots.len() as u32 + 1).map(ProfileId).collect();
            let mut text = String::new();
            for person in describe(&view, &all).expect("described") {
                let channels: Vec<String> = (person.channels.iter())
                    .map(|(channel, count)| format!("{} {count}", channel.name()))
                    .collect();
                let stage = person
                    .stage
                    .map(|(stage, since)| format!("{stage} since {since}"));
                text.push_str(&format!(
                    "{}: {} events, {} to {}, {}, stage {}\n",
                    person.profile.0,
                    person.events_count,
                    person.first,
                    person.last,
                    channels.join(", "),
                    stage.unwrap_or_default(),
                ));
            }
            expected.assert_eq(&text);
        }
    }

    #[test]
    fn a_person_is_described_from_all_runs() {
        check(
            "
            ana 09:00 view web
            ana 09:30 order app
            ana 09:40 order app
            ana 09:50 $identify web
            ben 10:00 view web
            ben 10:00 order web
            cem 11:00 $identify app
            ",
            expect![[r"
                0: 3 events, 2026-03-02T09:00:00.000Z to 2026-03-02T09:50:00.000Z, app 2, web 1, stage 1 since 2026-03-02T09:30:00.000Z
                1: 2 events, 2026-03-02T10:00:00.000Z to 2026-03-02T10:00:00.000Z, web 2, stage 1 since 2026-03-02T10:00:00.000Z
                2: 0 events, 2026-03-02T11:00:00.000Z to 2026-03-02T11:00:00.000Z, , stage 
            "]],
        );
    }
}
