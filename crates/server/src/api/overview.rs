//! Home: what is here, what changed, what to do next.

mod changes;

use axum::{extract::State, response::Response};
use serde::Serialize;
use throughline_insight::kernel::counts::CountsAnswer;
use throughline_insight::{AskError, Cancel, Label, Numbers};
use throughline_model::{
    Channel, Field, IdentifierKind, Matcher, Role, Span, Timestamp, Value, Zone,
    report::{Counts, Days, Every, NamedMatcher, Range, Report},
};
use throughline_store::state::{DocumentKind, StateError};
use utoipa::ToSchema;

use super::catalog::{CatalogEvent, names};
use crate::{
    access::gate::{Needs, Workspace},
    answers::{self, Asked},
    app::App,
    http::{refusal::Refusal, routes::Route},
    workspace::{Beat, Context},
};
pub use changes::{Change, ChangeKind};

/// The state of a workspace at a glance.
#[derive(Debug, Serialize, ToSchema)]
pub struct Overview {
    /// Events that customers did; system events are left out.
    pub events_count: u64,
    pub profiles_count: u64,
    /// Profiles that are more than a browser or an installation.
    pub known_profiles_count: u64,
    pub first_event: Option<Timestamp>,
    pub last_event: Option<Timestamp>,
    /// The last 30 days, in the workspace's zone.
    pub days: Vec<DayCount>,
    /// Over the same days.
    pub channels: Vec<ChannelUse>,
    pub top_events: Vec<TopEvent>,
    /// The last 7 days against the 7 before, as far as chance can be ruled out.
    pub changes: Vec<Change>,
    pub health: IngestHealth,
    pub next: Vec<NextStep>,
    pub links: u64,
    pub taken: Timestamp,
    /// What counted as now.
    pub asked: Timestamp,
}

/// One calendar day.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayCount {
    #[schema(value_type = String, format = Date)]
    pub day: jiff::civil::Date,
    pub events: u64,
    pub profiles: u64,
}

/// One channel.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChannelUse {
    pub channel: Channel,
    pub events: u64,
    pub profiles: u64,
}

/// A frequent event of the last 30 days.
#[derive(Debug, Serialize, ToSchema)]
pub struct TopEvent {
    pub name: String,
    pub events: u64,
    pub profiles: u64,
    /// Events of the last 7 days over those of the 7 before, less one; none under 30 before.
    pub change: Option<f64>,
}

/// How events come in.
#[derive(Debug, Serialize, ToSchema)]
pub struct IngestHealth {
    pub quarantined_24h: u64,
    /// Since the server was started, when that is less than a day ago.
    pub duplicates_24h: u64,
    /// Of what was stored, what came more than an hour after it happened.
    pub late_share: f64,
    /// The longest time until an accepted event could be asked about.
    pub lag_ms: i64,
}

/// Something worth doing next.
#[derive(Debug, Serialize, ToSchema)]
pub struct NextStep {
    pub kind: NextKind,
    pub done: bool,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NextKind {
    Connect,
    Import,
    NameTouchpoints,
    DiscoverMap,
    ReviewQuarantine,
    Invite,
}

/// What the tables and the process know besides the log.
struct Surroundings {
    zone: Zone,
    members_count: usize,
    has_live_source: bool,
    pulse: Beat,
}

const TOP_EVENTS: usize = 10;

pub fn routes() -> Vec<Route> {
    vec![Route::new(
        Needs::Workspace(Role::Viewer),
        __path_show,
        show,
    )]
}

/// What is here, what changed, and what to do next.
#[utoipa::path(get, path = "/api/w/{ws}/overview", tag = "overview", operation_id = "getOverview",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = Overview)))]
async fn show(State(app): State<App>, workspace: Workspace) -> Result<Response, Refusal> {
    let around = surroundings(&app, &workspace);
    let runtime = workspace.runtime.clone();
    let asked = Asked::of(&workspace, "overview");
    let shown = answers::try_answer(&app, asked, move |context, cancel| {
        let seen = seen(context, cancel, &around.zone)?;
        let known = runtime.state().identifiers_count(IdentifierKind::User)?;
        let since = context.now.minus(Span::hours(24));
        let quarantined_24h = runtime.state().quarantined_since(since)?;
        let next = next_steps(context, runtime.state(), &around, quarantined_24h)?;
        Ok(Overview {
            known_profiles_count: known,
            health: IngestHealth {
                quarantined_24h,
                duplicates_24h: around.pulse.duplicate,
                late_share: share(around.pulse.late, around.pulse.stored),
                lag_ms: around.pulse.lag_ms,
            },
            next,
            ..seen
        })
    });
    shown.await
}

fn surroundings(app: &App, workspace: &Workspace) -> Surroundings {
    let directory = app.instance().read();
    let id = workspace.runtime.id();
    let members = directory
        .members()
        .filter(|row| directory.role(row, id).is_some());
    Surroundings {
        zone: directory
            .workspace(id)
            .map_or(Zone::UTC, |row| row.zone.clone()),
        members_count: members.count(),
        has_live_source: directory.keys_of(id).any(|key| key.last_used.is_some()),
        pulse: workspace.runtime.pulse().day(app.now()),
    }
}

/// What the log alone tells.
fn seen(context: &Context, cancel: &Cancel, zone: &Zone) -> Result<Overview, Refusal> {
    let ask = Asker {
        context,
        cancel,
        zone,
    };
    ask.overview().map_err(answers::refuse)
}

/// Asks small counts of one moment.
struct Asker<'a> {
    context: &'a Context,
    cancel: &'a Cancel,
    zone: &'a Zone,
}

impl Asker<'_> {
    fn overview(&self) -> Result<Overview, AskError> {
        let names = names(self.context, self.cancel)?;
        let customers: Vec<&CatalogEvent> = names.iter().filter(|name| !name.system).collect();
        let everything = self.count(Days::All(true), Every::Range, everything_series(), None)?;
        let month = Days::Last(Span::days(30));
        let days = self.count(month.clone(), Every::Day, everything_series(), None)?;
        let channels = self.count(
            month.clone(),
            Every::Range,
            everything_series(),
            Some(Field::Channel),
        )?;
        let weeks = changes::Weeks::ask(self)?;
        let by_name = self.count(month, Every::Range, Vec::new(), None)?;
        let top = by_name.series.iter().filter_map(|series| {
            let name = changes::name_of(series)?;
            Some(TopEvent {
                name: name.to_owned(),
                events: series.total.events,
                profiles: series.total.profiles,
                change: weeks.events_change(name),
            })
        });
        Ok(Overview {
            events_count: customers.iter().map(|name| name.events).sum(),
            profiles_count: everything.total.profiles,
            known_profiles_count: 0,
            first_event: customers.iter().map(|name| name.first).min(),
            last_event: customers.iter().map(|name| name.last).max(),
            days: self.days(&days),
            channels: channel_uses(&channels),
            top_events: top.take(TOP_EVENTS).collect(),
            changes: weeks.changes(&customers, self.context.now),
            health: IngestHealth {
                quarantined_24h: 0,
                duplicates_24h: 0,
                late_share: 0.0,
                lag_ms: 0,
            },
            next: Vec::new(),
            links: self.context.snapshot.links,
            taken: self.context.snapshot.taken,
            asked: self.context.now,
        })
    }

    fn count(
        &self,
        days: Days,
        every: Every,
        series: Vec<NamedMatcher>,
        breakdown: Option<Field>,
    ) -> Result<CountsAnswer, AskError> {
        self.count_at(days, every, series, breakdown, self.context.now)
    }

    /// Counts as of another moment, for a week that is over.
    fn count_at(
        &self,
        days: Days,
        every: Every,
        series: Vec<NamedMatcher>,
        breakdown: Option<Field>,
        now: Timestamp,
    ) -> Result<CountsAnswer, AskError> {
        let report = Report::Counts(Counts {
            range: Range {
                days,
                zone: self.zone.clone(),
            },
            series,
            every,
            filter: None,
            people: None,
            accounts: None,
            breakdown: breakdown.map(Into::into),
        });
        let context = Context {
            now,
            ..self.context.clone()
        };
        match context.ask(&report, self.cancel)?.numbers {
            Numbers::Counts(counts) => Ok(counts),
            _ => unreachable!("counts are answered with counts"),
        }
    }

    fn days(&self, counts: &CountsAnswer) -> Vec<DayCount> {
        let Some(series) = counts.series.first() else {
            return Vec::new();
        };
        let days = counts.points.iter().zip(&series.points);
        // 30 times 24 hours begin in the middle of a day, which would look like a fall.
        let whole = days.skip_while(|(point, _)| point.is_partial && point.to < self.context.now);
        whole
            .map(|(point, count)| DayCount {
                day: point.from.in_zone(self.zone).date(),
                events: count.events,
                profiles: count.profiles,
            })
            .collect()
    }
}

fn everything_series() -> Vec<NamedMatcher> {
    vec![NamedMatcher {
        name: "all".to_owned(),
        matcher: Matcher::default(),
    }]
}

fn channel_uses(counts: &CountsAnswer) -> Vec<ChannelUse> {
    let uses = counts
        .series
        .iter()
        .filter_map(|series| match &series.label {
            Some(Label::Value(Value::Text(name))) => Some(ChannelUse {
                channel: Channel::parse(name)?,
                events: series.total.events,
                profiles: series.total.profiles,
            }),
            _ => None,
        });
    let mut uses: Vec<ChannelUse> = uses.collect();
    uses.sort_by_key(|it| (std::cmp::Reverse(it.events), it.channel));
    uses
}

fn next_steps(
    context: &Context,
    state: &throughline_store::state::WorkspaceState,
    around: &Surroundings,
    quarantined: u64,
) -> Result<Vec<NextStep>, StateError> {
    let steps = [
        (NextKind::Connect, around.has_live_source),
        (NextKind::Import, !state.imports()?.is_empty()),
        (NextKind::NameTouchpoints, context.meaning.version > 0),
        (
            NextKind::DiscoverMap,
            !state.documents(DocumentKind::Map)?.is_empty(),
        ),
        (NextKind::ReviewQuarantine, quarantined == 0),
        (NextKind::Invite, around.members_count > 1),
    ];
    Ok(steps.map(|(kind, done)| NextStep { kind, done }).into())
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    part as f64 / whole as f64
}
