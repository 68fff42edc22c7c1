//! The numbers of a map, and what is written on it.

use std::collections::BTreeMap;

use throughline_model::{Map, Stage, Step};

use super::{Cell, Column, Table, Unit};
use crate::map_metrics::{MapNumbers, Spread, StepNumbers, TransitionKind};

/// The tables of a map whose numbers are these.
pub fn map_tables(map: &Map, numbers: &MapNumbers) -> Vec<Table> {
    let titles: BTreeMap<&str, &str> = (map.steps())
        .map(|it| (it.id.as_str(), it.title.as_str()))
        .collect();
    vec![
        steps(map, numbers),
        stages(map, numbers),
        channels(&titles, numbers),
        transitions(&titles, numbers),
        unexplained(&titles, numbers),
        totals(numbers),
        written(map, &titles),
    ]
}

fn steps(map: &Map, numbers: &MapNumbers) -> Table {
    let people = |name| Column::whole(name, Unit::Profiles);
    let visits = |name| Column::whole(name, Unit::Times);
    let mut table = Table::new(
        "steps",
        [
            Column::text("stage"),
            Column::text("stage_title"),
            Column::text("step"),
            Column::text("title"),
            people("people"),
            Column::share("share"),
            people("from_previous"),
            Column::share("from_previous_share"),
            people("goal"),
            Column::share("goal_share"),
            people("returns"),
            Column::share("return_share"),
            people("exits"),
            Column::share("exit_share"),
            people("open"),
            people("finished"),
            people("entries"),
            Column::whole("events", Unit::Events),
            visits("visits"),
            visits("visits_first"),
            visits("visits_onward"),
            visits("visits_exited"),
            visits("visits_open"),
            visits("visits_finished"),
            visits("reach_n"),
            Column::span("reach_median_ms"),
            Column::span("reach_p90_ms"),
            visits("leave_n"),
            Column::span("leave_median_ms"),
            Column::span("leave_p90_ms"),
        ],
    );
    let drawn = (map.stages.iter()).flat_map(|stage| stage.steps.iter().map(move |it| (stage, it)));
    for ((stage, step), it) in drawn.zip(&numbers.steps) {
        table.push(step_row(stage, step, it));
    }
    table
}

fn step_row(stage: &Stage, step: &Step, it: &StepNumbers) -> Vec<Cell> {
    let mut row = vec![
        stage.id.as_str().into(),
        stage.title.as_str().into(),
        step.id.as_str().into(),
        step.title.as_str().into(),
        it.people.into(),
        it.share.into(),
        it.from_previous.into(),
        it.from_previous_share.into(),
        it.goal.into(),
        it.goal_share.into(),
        it.returns.into(),
        it.return_share.into(),
        it.exits.into(),
        it.exit_share.into(),
        it.open.into(),
        it.finished.into(),
        it.entries.into(),
        it.events.into(),
        it.visits.all.into(),
        it.visits.first.into(),
        it.visits.onward.into(),
        it.visits.exited.into(),
        it.visits.open.into(),
        it.visits.finished.into(),
    ];
    row.extend(spread(it.reach));
    row.extend(spread(it.leave));
    row
}

fn spread(spread: Option<Spread>) -> [Cell; 3] {
    [
        spread.map(|it| it.n).into(),
        spread.map(|it| it.median_ms).into(),
        spread.map(|it| it.p90_ms).into(),
    ]
}

fn stages(map: &Map, numbers: &MapNumbers) -> Table {
    let mut table = Table::new(
        "stages",
        [
            Column::text("stage"),
            Column::text("title"),
            Column::whole("people", Unit::Profiles),
            Column::share("share"),
        ],
    );
    for (stage, it) in map.stages.iter().zip(&numbers.stages) {
        table.push([
            stage.id.as_str().into(),
            stage.title.as_str().into(),
            it.people.into(),
            it.share.into(),
        ]);
    }
    table
}

fn channels(titles: &BTreeMap<&str, &str>, numbers: &MapNumbers) -> Table {
    let mut table = Table::new(
        "channels",
        [
            Column::text("step"),
            Column::text("title"),
            Column::text("channel"),
            Column::whole("events", Unit::Events),
            Column::share("share"),
            Column::whole("people", Unit::Profiles),
        ],
    );
    for step in &numbers.steps {
        for it in &step.channels {
            let counted = [it.events.into(), it.share.into(), it.people.into()];
            let named = titled(titles, &step.step).into_iter();
            table.push(named.chain([it.channel.name().into()]).chain(counted));
        }
    }
    table
}

fn transitions(titles: &BTreeMap<&str, &str>, numbers: &MapNumbers) -> Table {
    let mut table = Table::new(
        "transitions",
        [
            Column::text("from"),
            Column::text("from_title"),
            Column::text("to"),
            Column::text("to_title"),
            Column::text("kind"),
            Column::whole("visits", Unit::Times),
            Column::share("share"),
            Column::whole("direct", Unit::Times),
            Column::whole("people", Unit::Profiles),
            Column::span("median_ms"),
            Column::span("p90_ms"),
        ],
    );
    for it in &numbers.transitions {
        let kind = match it.kind {
            TransitionKind::Forward => "forward",
            TransitionKind::Loop => "loop",
            TransitionKind::Return => "return",
        };
        let ends = titled(titles, &it.from).into_iter();
        let counted = [
            kind.into(),
            it.visits.into(),
            it.share.into(),
            it.direct.into(),
            it.people.into(),
            it.median_ms.into(),
            it.p90_ms.into(),
        ];
        table.push(ends.chain(titled(titles, &it.to)).chain(counted));
    }
    table
}

fn unexplained(titles: &BTreeMap<&str, &str>, numbers: &MapNumbers) -> Table {
    let mut table = Table::new(
        "unexplained",
        [
            Column::text("event"),
            Column::whole("events", Unit::Events),
            Column::share("share"),
            Column::whole("profiles", Unit::Profiles),
            Column::text("mostly_after"),
            Column::text("mostly_after_title"),
            Column::whole("mostly_after_events", Unit::Events),
        ],
    );
    for it in &numbers.coverage.unexplained {
        let after = it.mostly_after.as_deref();
        let after = after.map_or([Cell::Missing, Cell::Missing], |it| titled(titles, it));
        let counted = [
            it.name.as_str().into(),
            it.events.into(),
            it.share.into(),
            it.profiles.into(),
        ];
        let last = [it.mostly_after_events.into()];
        table.push(counted.into_iter().chain(after).chain(last));
    }
    table
}

fn totals(numbers: &MapNumbers) -> Table {
    let mut table = Table::new(
        "totals",
        [
            Column::whole("profiles", Unit::Profiles),
            Column::whole("events", Unit::Events),
            Column::whole("base", Unit::Profiles),
            Column::whole("experiences", Unit::Times),
            Column::whole("goal", Unit::Profiles),
            Column::whole("events_on_map", Unit::Events),
            Column::share("events_share"),
            Column::whole("people_whole", Unit::Profiles),
            Column::share("paths_share"),
            Column::whole("unexplained_rest", Unit::Events),
        ],
    );
    let coverage = &numbers.coverage;
    table.push([
        numbers.profiles.into(),
        numbers.events.into(),
        numbers.base.into(),
        numbers.experiences.into(),
        numbers.goal.into(),
        coverage.events_on_map.into(),
        coverage.events_share.into(),
        coverage.people_whole.into(),
        coverage.paths_share.into(),
        coverage.unexplained_rest.into(),
    ]);
    table
}

/// The cells that people have written, lane by lane.
fn written(map: &Map, titles: &BTreeMap<&str, &str>) -> Table {
    let columns = ["lane", "step", "title", "text"].map(Column::text);
    let mut table = Table::new("written", columns);
    for lane in map.lanes.iter().filter(|it| !it.kind.is_measured()) {
        for step in map.steps() {
            if let Some(text) = lane.cells.get(&step.id) {
                let named = [lane.kind.name().into()].into_iter();
                let cells = named.chain(titled(titles, &step.id));
                table.push(cells.chain([text.as_str().into()]));
            }
        }
    }
    table
}

/// The id of a step and its title.
fn titled(titles: &BTreeMap<&str, &str>, step: &str) -> [Cell; 2] {
    [step.into(), titles.get(step).copied().into()]
}
