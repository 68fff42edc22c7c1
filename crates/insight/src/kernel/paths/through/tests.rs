use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use throughline_model::{Vocabulary, report::Report};

use crate::{
    ask::{Numbers, ask, people},
    cancel::Cancel,
    fixture::{LAYOUTS, Log, any_log, at},
    select::{
        Select,
        ways::{Among, BandLook, PathsAlign, PathsBand, PathsSelect, Through},
    },
};

const REPORTS: [&str; 4] = [
    r#"{"kind":"paths","range":{"all":true},"length_max":3,"top":10000}"#,
    r#"{"kind":"paths","range":{"all":true},"length_max":4,"top":4,"collapse":false}"#,
    r#"{"kind":"paths","range":{"all":true},"from":{"events":["view"]},"to":{"events":["buy"]},"top":10000}"#,
    r#"{"kind":"paths","range":{"all":true},"to":{"events":["buy"]},"tail":true,"length_max":3,"top":3}"#,
];

/// A listed way with the people on it, which another number of the answer tells.
type Way = (Vec<String>, BTreeSet<u32>);

fn look_of(way: &[String], place: usize) -> BandLook {
    match way[..place].iter().rposition(|it| *it == way[place]) {
        Some(before) if before + 1 == place => BandLook::Loop,
        Some(_) => BandLook::Return,
        None => BandLook::Forward,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn people_of_places_and_bands_are_those_of_the_drawn_ways(
        log in any_log(),
        report in prop::sample::select(REPORTS.to_vec()),
        layout in prop::sample::select(LAYOUTS.to_vec()),
    ) {
        let report: Report = serde_json::from_str(report).expect(report);
        let Report::Paths(asked) = &report else { panic!("paths") };
        let snapshot = log.laid_out(layout);
        let (vocabulary, cancel, now) = (Vocabulary::default(), Cancel::default(), at("9d00:00"));
        let Numbers::Paths(answer) = ask(&snapshot, &vocabulary, &report, now, &cancel).expect("sound").numbers else {
            panic!("paths")
        };
        let of = |of: PathsSelect| -> BTreeSet<u32> {
            let select = Select::Paths { of };
            let found = people(&snapshot, &vocabulary, &report, &select, now, &cancel).expect("sound");
            found.into_iter().map(|it| it.0).collect()
        };
        let ways: Vec<Way> = (answer.paths.iter())
            .map(|it| (it.elements.clone(), of(PathsSelect::Path(it.elements.clone()))))
            .collect();
        let is_open_end = |way: &[String]| asked.to.is_none() && way.len() >= asked.length_max;
        for align in [PathsAlign::Start, PathsAlign::End] {
            // What is drawn: per place and element the people of its ways, and so for each band.
            let mut nodes: BTreeMap<(usize, &str), BTreeSet<u32>> = BTreeMap::new();
            let mut bands: BTreeMap<(usize, &str, String), (PathsBand, BTreeSet<u32>)> = BTreeMap::new();
            for (way, people) in &ways {
                for index in 0..way.len() {
                    let place = match align {
                        PathsAlign::Start => index,
                        PathsAlign::End => way.len() - 1 - index,
                    };
                    nodes.entry((place, &way[index])).or_default().extend(people);
                    let band = match way.get(index + 1) {
                        Some(next) => PathsBand::To { at: Among::Is(vec![next.clone()]), look: look_of(way, index + 1) },
                        None if is_open_end(way) => PathsBand::Open,
                        None => PathsBand::Ended,
                    };
                    let key = (place, way[index].as_str(), format!("{band:?}"));
                    bands.entry(key).or_insert_with(|| (band, BTreeSet::new())).1.extend(people);
                }
            }
            for ((place, element), expected) in &nodes {
                let at = Among::Is(vec![(*element).to_owned()]);
                let through = |at: Among, band| of(PathsSelect::Through(Through { align, place: *place, at, band }));
                prop_assert_eq!(&through(at.clone(), None), expected);
                // Everybody at a place goes on in one of the ways that are drawn from it.
                let mut gone: BTreeSet<u32> = BTreeSet::new();
                for ((_, _, _), (band, people)) in bands.range((*place, *element, String::new())..).take_while(|it| it.0.0 == *place && it.0.1 == *element) {
                    if *band == PathsBand::Open {
                        // Also those who go on: only their cut ends were gathered above.
                        prop_assert!(through(at.clone(), Some(band.clone())).is_superset(people));
                    } else {
                        prop_assert_eq!(&through(at.clone(), Some(band.clone())), people);
                    }
                    gone.extend(people);
                }
                prop_assert_eq!(&gone, expected);
                let drawn: Vec<String> = nodes.keys().filter(|it| it.0 == *place).map(|it| it.1.to_owned()).collect();
                let others = Among::IsNot(vec![(*element).to_owned()]);
                let rest: BTreeSet<u32> = (nodes.iter())
                    .filter(|(it, _)| it.0 == *place && it.1 != *element)
                    .flat_map(|(_, people)| people.iter().copied())
                    .collect();
                prop_assert_eq!(through(others, None), rest);
                prop_assert_eq!(through(Among::IsNot(drawn), None), BTreeSet::new());
                let earlier: BTreeSet<u32> = (ways.iter())
                    .filter(|(way, _)| {
                        let index = match align {
                            PathsAlign::Start => Some(*place),
                            PathsAlign::End => way.len().checked_sub(place + 1),
                        };
                        index.is_some_and(|it| it > 0 && way.get(it).is_some_and(|it| it == element))
                    })
                    .flat_map(|(_, people)| people.iter().copied())
                    .collect();
                prop_assert_eq!(through(at, Some(PathsBand::Earlier)), earlier);
            }
        }
    }
}

#[test]
fn an_element_that_is_not_there_is_refused() {
    let report: Report = serde_json::from_str(REPORTS[0]).expect("read");
    let select = Select::Paths {
        of: PathsSelect::Through(Through {
            align: PathsAlign::Start,
            place: 0,
            at: Among::Is(vec!["nothing".to_owned()]),
            band: None,
        }),
    };
    let snapshot = Log::read("a 09:00 view").snapshot();
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let found = people(
        &snapshot,
        &vocabulary,
        &report,
        &select,
        at("9d00:00"),
        &cancel,
    );
    assert!(found.is_err());
}
