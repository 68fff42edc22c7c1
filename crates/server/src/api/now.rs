//! Real time: what the last half hour brought, counted by the same kernel as every report.

use axum::{extract::State, response::Response};
use serde::Serialize;
use throughline_insight::{
    AskError, Cancel, CountsSelect, Label, Numbers, Select, SeriesName,
    kernel::counts::{CountsAnswer, Series},
};
use throughline_model::{
    Field, Matcher, Role, Timestamp, Value, Zone, limits,
    report::{Counts, Days, Every, NamedMatcher, Range, Report},
};
use utoipa::ToSchema;

use crate::{
    access::gate::{Needs, Workspace},
    answers::{self, Asked},
    app::App,
    http::{refusal::Refusal, routes::Route},
    workspace::Context,
};

/// The last 30 minutes.
#[derive(Debug, Serialize, ToSchema)]
pub struct Now {
    /// What counted as now; every range ends here.
    pub asked: Timestamp,
    pub taken: Timestamp,
    pub links: u64,
    pub events: u64,
    pub profiles: u64,
    /// The report that the minutes are the points of.
    pub report: Report,
    /// The whole half hour, minute by minute.
    pub minutes: Vec<NowPoint>,
    /// The report that the seconds are the points of.
    pub seconds_report: Report,
    /// Its last minutes, second by second.
    pub seconds: Vec<NowPoint>,
    pub splits: Vec<NowSplit>,
}

/// One minute or second.
#[derive(Debug, Serialize, ToSchema)]
pub struct NowPoint {
    pub from: Timestamp,
    pub to: Timestamp,
    /// Cut off by the start of the half hour, or not over yet.
    pub is_partial: bool,
    pub events: u64,
    pub profiles: u64,
}

/// The half hour split by one thing.
#[derive(Debug, Serialize, ToSchema)]
pub struct NowSplit {
    pub by: NowBy,
    /// The report that the lines are the lines of.
    pub report: Report,
    /// The busiest first; events that have no value, such as those in no stage, have a line too.
    pub lines: Vec<NowLine>,
    /// Lines beyond those that are listed.
    pub more: u64,
}

/// What the half hour is split by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NowBy {
    Event,
    Channel,
    Source,
    Touchpoint,
    /// The stage that a profile is in right after the event.
    Stage,
}

/// One line of a split.
#[derive(Debug, Serialize, ToSchema)]
pub struct NowLine {
    pub label: Label,
    pub events: u64,
    pub profiles: u64,
    /// The number's place in the report, to list its profiles.
    pub select: Select,
}

const ALL: &str = "all";

pub fn routes() -> Vec<Route> {
    vec![Route::new(
        Needs::Workspace(Role::Viewer),
        __path_show,
        show,
    )]
}

/// What happens now: the last 30 minutes by minute and second, and by what and where.
///
/// However many pages watch, the workspace is counted at most once in two seconds.
#[utoipa::path(get, path = "/api/w/{ws}/now", tag = "live", operation_id = "getNow",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = Now)))]
async fn show(State(app): State<App>, workspace: Workspace) -> Result<Response, Refusal> {
    let zone = {
        let directory = app.instance().read();
        let row = directory.workspace(workspace.runtime.id());
        row.map_or(Zone::UTC, |row| row.zone.clone())
    };
    let asked = Asked {
        age_max: limits::NOW_AGE_MAX,
        any_snapshot: true,
        ..Asked::of(&workspace, "now")
    };
    answers::answer(&app, asked, move |context, cancel| {
        now(context, &zone, cancel)
    })
    .await
}

fn now(context: &Context, zone: &Zone, cancel: &Cancel) -> Result<Now, AskError> {
    let ask = |report: &Report| match context.ask(report, cancel)?.numbers {
        Numbers::Counts(counts) => Ok::<_, AskError>(counts),
        _ => unreachable!("counts are answered with counts"),
    };
    let counts = |span, every, breakdown: Option<Field>| {
        Report::Counts(Counts {
            range: Range {
                days: Days::Last(span),
                zone: zone.clone(),
            },
            // Without a series each event name is one, which is the split by name itself.
            series: match &breakdown {
                Some(Field::Event) => Vec::new(),
                _ => vec![NamedMatcher {
                    name: ALL.to_owned(),
                    matcher: Matcher::default(),
                }],
            },
            every,
            filter: None,
            people: None,
            accounts: None,
            breakdown: (breakdown.filter(|field| *field != Field::Event)).map(Into::into),
        })
    };
    let report = counts(limits::NOW_SPAN, Every::Minute, None);
    let minutes = ask(&report)?;
    let seconds_report = counts(limits::NOW_SECONDS_SPAN, Every::Second, None);
    let seconds = ask(&seconds_report)?;
    let mut splits = Vec::new();
    for (by, field) in [
        (NowBy::Event, Field::Event),
        (NowBy::Channel, Field::Channel),
        (NowBy::Source, Field::Source),
        (NowBy::Touchpoint, Field::Touchpoint),
        (NowBy::Stage, Field::Stage),
    ] {
        let report = counts(limits::NOW_SPAN, Every::Range, Some(field));
        let answer = ask(&report)?;
        splits.push(split(by, report, answer));
    }
    Ok(Now {
        asked: context.now,
        taken: context.snapshot.taken,
        links: context.snapshot.links,
        events: minutes.total.events,
        profiles: minutes.total.profiles,
        minutes: points(&minutes),
        seconds: points(&seconds),
        report,
        seconds_report,
        splits,
    })
}

fn points(counts: &CountsAnswer) -> Vec<NowPoint> {
    let series = counts.series.first();
    let cells = counts.points.iter().enumerate();
    let points = cells.map(|(index, point)| {
        let count = series.and_then(|it| it.points.get(index)).copied();
        let count = count.unwrap_or_default();
        NowPoint {
            from: point.from,
            to: point.to,
            is_partial: point.is_partial,
            events: count.events,
            profiles: count.profiles,
        }
    });
    points.collect()
}

fn split(by: NowBy, report: Report, answer: CountsAnswer) -> NowSplit {
    let mut lines: Vec<NowLine> = answer.series.iter().filter_map(line).collect();
    lines.sort_by_key(|line| {
        let is_rest = matches!(line.label, Label::Rest);
        (is_rest, std::cmp::Reverse(line.events))
    });
    let more = lines.len().saturating_sub(limits::NOW_LINES_MAX);
    lines.truncate(limits::NOW_LINES_MAX);
    NowSplit {
        by,
        report,
        lines,
        more: more as u64,
    }
}

fn line(series: &Series) -> Option<NowLine> {
    let (label, select) = match (&series.label, &series.name) {
        (Some(label), _) => (
            label.clone(),
            CountsSelect {
                label: Some(label.clone()),
                ..CountsSelect::default()
            },
        ),
        (None, name) => (
            match name {
                SeriesName::Name(name) => Label::Value(Value::Text(name.clone())),
                SeriesName::Rest => Label::Rest,
            },
            CountsSelect {
                series: Some(name.clone()),
                ..CountsSelect::default()
            },
        ),
    };
    (series.total.events > 0).then_some(NowLine {
        label,
        events: series.total.events,
        profiles: series.total.profiles,
        select: Select::Counts(select),
    })
}
