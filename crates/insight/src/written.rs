//! What the vocabulary says of each event, in the order in which events were written.
//!
//! For programs that read the files of the log and cannot walk runs; the numbers are those of the reports.

use std::collections::BTreeMap;

use throughline_model::{Channel, Field};
use throughline_store::Run;

use crate::{ask::AskError, scan::Place, view::View};

/// Codes of one field for every row of the base runs; 0 stands for no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Names of the codes from 1.
    pub names: Vec<String>,
    /// Per base run its index in the snapshot, and a code for each row.
    pub codes: Vec<(usize, Vec<u16>)>,
}

/// The channel, touchpoint or stage of every event.
///
/// # Panics
/// On fields that are not worked out from the vocabulary.
pub fn written(view: &View<'_>, field: &Field) -> Result<Written, AskError> {
    let (touchpoints, stages) = (&view.vocabulary.touchpoints, &view.vocabulary.stages);
    match field {
        Field::Channel => {
            let channels = view.channels()?;
            let mut names = vec![String::new(); Channel::ALL.len()];
            for channel in Channel::ALL {
                names[usize::from(channel.code())] = channel.name().to_owned();
            }
            collect(view, names, &|run, place| {
                let row = place.row as usize;
                u16::from(channels.of(run.event[row], run.channel[row], place).code()) + 1
            })
        }
        Field::Touchpoint => {
            let codes = view.touchpoints()?;
            let names = touchpoints.iter().map(|it| it.id.clone()).collect();
            collect(view, names, &|run, place| {
                codes.of(run.event[place.row as usize], place)
            })
        }
        Field::Stage if stages.is_empty() => collect(view, Vec::new(), &|_, _| 0),
        Field::Stage => {
            let walked = view.stages()?;
            let names = stages.iter().map(|it| it.id.clone()).collect();
            collect(view, names, &|_, place| u16::from(walked.of(place)))
        }
        Field::Event | Field::Source | Field::Property(_) | Field::Context(_) => {
            unreachable!("these lie in the rows themselves")
        }
    }
}

fn collect(
    view: &View<'_>,
    names: Vec<String>,
    code: &dyn Fn(&Run, Place) -> u16,
) -> Result<Written, AskError> {
    let runs = &view.snapshot.runs;
    let codes_of = |index: usize| -> Vec<u16> {
        let run_index = u32::try_from(index).expect("a snapshot has fewer than 2^32 runs");
        let rows = 0..u32::try_from(runs[index].len()).expect("rows of a run fit 32 bits");
        rows.map(|row| {
            let place = Place {
                run: run_index,
                row,
            };
            code(&runs[index], place)
        })
        .collect()
    };
    let mut codes: BTreeMap<usize, Vec<u16>> = BTreeMap::new();
    for base in view.snapshot.bases() {
        view.cancel.check()?;
        codes.insert(base, codes_of(base));
    }
    // What depends on a profile's other events is known of a moved row only where it was moved to.
    let base_of: BTreeMap<u64, usize> = codes
        .keys()
        .map(|base| (runs[*base].base_id(), *base))
        .collect();
    for (index, run) in runs.iter().enumerate() {
        if codes.contains_key(&index) {
            continue;
        }
        view.cancel.check()?;
        for (row, code) in (0..).zip(codes_of(index)) {
            let live = view.snapshot.is_live(run.profiles[group_of(run, row)]);
            if let Some((id, at)) = run.origin(row).filter(|_| live)
                && let Some(base) = base_of.get(&id)
                && let Some(at) = runs[*base].row_of_base(at)
                && let Some(codes) = codes.get_mut(base)
            {
                codes[at as usize] = code;
            }
        }
    }
    Ok(Written {
        names,
        codes: codes.into_iter().collect(),
    })
}

fn group_of(run: &Run, row: u32) -> usize {
    run.offsets.partition_point(|first| *first <= row) - 1
}

#[cfg(test)]
mod tests {
    use throughline_model::{EventName, Matcher, StageRule, Touchpoint, Vocabulary};

    use super::*;
    use crate::{cancel::Cancel, fixture::Log};

    #[test]
    fn codes_lie_in_the_order_of_rows_and_name_what_reports_say() {
        let log = Log::read(
            "
            ana 09:00 view web
            ana 09:10 buy app
            ben 09:05 view email
            ben 09:20 view email
            ",
        );
        let snapshot = log.snapshot();
        let buy = || Matcher::event(EventName::parse("buy").unwrap());
        let vocabulary = Vocabulary {
            touchpoints: vec![Touchpoint {
                id: "till".to_owned(),
                name: "Till".to_owned(),
                matcher: buy(),
            }],
            stages: vec![StageRule {
                id: "bought".to_owned(),
                name: "Bought".to_owned(),
                entry: buy(),
            }],
            ..Vocabulary::default()
        };
        let cancel = Cancel::default();
        let view = View::new(&snapshot, &vocabulary, &cancel);
        let of = |field: &Field| {
            let written = written(&view, field).unwrap();
            let named = |code: &u16| match code {
                0 => "-".to_owned(),
                code => written.names[usize::from(*code) - 1].clone(),
            };
            let mut all = Vec::new();
            for (base, codes) in &written.codes {
                let run = &snapshot.runs[*base];
                for (row, code) in codes.iter().enumerate() {
                    let name = snapshot
                        .names
                        .name(throughline_model::EventCode(run.event[row]));
                    all.push(format!("{}: {}", name.unwrap(), named(code)));
                }
            }
            all.sort();
            all
        };
        let channels = of(&Field::Channel);
        assert_eq!(
            channels,
            ["buy: app", "view: email", "view: email", "view: web"]
        );
        let touchpoints = of(&Field::Touchpoint);
        assert_eq!(touchpoints, ["buy: till", "view: -", "view: -", "view: -"]);
        let stages = of(&Field::Stage);
        assert_eq!(stages, ["buy: bought", "view: -", "view: -", "view: -"]);
    }
}
