//! Reports over stored events, each in turns with a bare scan of the columns that it walks over.

use throughline_insight::bench::{self, Measure};
use throughline_model::EventName;

use super::{Chapter, Figure, Plan, Subject, Target, Unit, folder::Folder, stored::Stored};

const STOP_MS_MAX: f64 = 200.0;

/// Asks each report again and again, in this process.
pub fn measure(
    plan: &Plan,
    stored: &mut Stored,
    folder: &Folder,
    tell: &mut impl FnMut(&str),
) -> anyhow::Result<Chapter> {
    let store = stored.open(folder, tell)?;
    let snapshot = store.snapshot(stored.end());
    let names: Vec<EventName> = (snapshot.names.iter())
        .map(|(_, name)| name.clone())
        .collect();
    tell("asking reports");
    let walk = bench::walk(&snapshot, plan.rounds);
    let mut figures = vec![
        Figure::new("bare scan", walk.bare_seconds, Unit::Seconds),
        Figure::new(walk.name, walk.seconds, Unit::Seconds),
        ratio(&walk),
    ];
    for question in bench::questions(&names) {
        let measured = bench::kernel(&snapshot, &question, plan.rounds);
        figures.push(Figure::new(question.name, measured.seconds, Unit::Seconds));
        figures.push(ratio(&measured).with(Target::AtMost(question.ratio_max)));
    }
    for question in bench::property_questions(&names) {
        let measured = bench::kernel(&snapshot, &question, plan.rounds);
        figures.push(Figure::new(question.name, measured.seconds, Unit::Seconds));
        figures.push(ratio(&measured));
        let first = format!("{}, asked first", question.name);
        figures.push(Figure::new(first, measured.first_seconds, Unit::Seconds));
    }
    tell("stopping reports");
    let all = bench::questions(&names).into_iter();
    let waits = all
        .chain(bench::property_questions(&names))
        .flat_map(|it| bench::stops(&snapshot, &it, plan.rounds));
    let slowest = waits.fold(0.0, f64::max) * 1e3;
    figures.push(
        Figure::new(
            "from stopping any report to its end, at most",
            slowest,
            Unit::Milliseconds,
        )
        .with(Target::AtMost(STOP_MS_MAX)),
    );
    Ok(Chapter {
        subject: Subject::Kernels,
        about: about(plan, stored),
        figures,
        grid: None,
    })
}

fn ratio(measure: &Measure) -> Figure {
    let name = format!("{}, over a bare scan", measure.name);
    Figure::new(name, measure.ratio, Unit::Times)
}

fn about(plan: &Plan, stored: &Stored) -> String {
    format!(
        "{} generated events of {} profiles over 90 days lie in parts on disk, mapped, with 40 event \
         names and 12 channels; few profiles have very many events.\n\
         A bare scan adds up the columns of times, events and offsets on all threads; each of {} \
         rounds is one bare scan and one report.\n\
         A walk only visits each profile.\n\
         The funnel has a window of seven days; transitions have exact medians; stages end by 30 days \
         of silence.\n\
         Each report is also stopped in the middle, after a tenth of its time, two tenths, and so on.\n\
         A property has to be read from Parquet when it is asked about first, and is kept for a while.",
        plan.rows,
        stored.what.profiles_count(),
        plan.rounds
    )
}
