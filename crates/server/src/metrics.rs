//! What the server counts about itself, for Prometheus.

use std::time::Duration;

use prometheus_client::{
    encoding::{
        EncodeLabelSet,
        text::{encode_eof, encode_registry},
    },
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};
use throughline_store::log::Health;

use crate::pipeline::runtime::PipelineStats;

/// Every metric of the process.
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    request_seconds: Family<RouteLabels, Histogram>,
    collected_bytes: Counter,
    collected_again: Counter,
}

/// Figures of one workspace, which counts for itself.
#[derive(Clone, Debug)]
pub struct Figures<'a> {
    pub workspace: &'a str,
    pub stats: PipelineStats,
    pub health: Health,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WorkspaceLabels {
    workspace: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct VerdictLabels {
    workspace: String,
    verdict: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StateLabels {
    workspace: String,
    state: &'static str,
}

const PREFIX: &str = "throughline";
const SECONDS: [f64; 10] = [0.001, 0.002, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 5.0, 30.0];

impl Metrics {
    /// Registers every metric.
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix(PREFIX);
        let requests = Family::default();
        registry.register(
            "http_requests",
            "Requests that were answered",
            requests.clone(),
        );
        let request_seconds: Family<RouteLabels, Histogram> =
            Family::new_with_constructor(|| Histogram::new(SECONDS));
        registry.register(
            "http_request_seconds",
            "Time from the head of a request to the head of its answer",
            request_seconds.clone(),
        );
        let collected_bytes = Counter::default();
        registry.register(
            "collected_bytes",
            "Bytes of bodies with events, as they came",
            collected_bytes.clone(),
        );
        let collected_again = Counter::default();
        registry.register(
            "collected_again",
            "Requests with events that a library has sent before",
            collected_again.clone(),
        );
        Self {
            registry,
            requests,
            request_seconds,
            collected_bytes,
            collected_again,
        }
    }

    /// Counts a request. The route is its pattern, so that the count of series stays small.
    pub fn answered(&self, route: &str, status: u16, took: Duration) {
        let route = route.to_owned();
        let labels = RequestLabels {
            route: route.clone(),
            status,
        };
        self.requests.get_or_create(&labels).inc();
        self.request_seconds
            .get_or_create(&RouteLabels { route })
            .observe(took.as_secs_f64());
    }

    /// Counts a request with events.
    pub fn collected(&self, bytes: usize, is_again: bool) {
        self.collected_bytes.inc_by(bytes as u64);
        self.collected_again.inc_by(is_again.into());
    }

    /// Everything in the text form of OpenMetrics.
    pub fn text(&self, workspaces: &[Figures<'_>]) -> String {
        let mut text = String::new();
        encode_registry(&mut text, &self.registry)
            .and_then(|()| encode_registry(&mut text, &registry_of(workspaces)))
            .and_then(|()| encode_eof(&mut text))
            .expect("writing to a text cannot fail");
        text
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

/// Made anew each time, so that a workspace that was removed leaves nothing behind.
fn registry_of(workspaces: &[Figures<'_>]) -> Registry {
    let mut registry = Registry::with_prefix(PREFIX);
    let events = Family::<VerdictLabels, Counter>::default();
    let help = "Events that were applied since the start";
    registry.register("events", help, events.clone());
    let states = Family::<StateLabels, Gauge>::default();
    let help = "1 for the state of the log: writing, full, or stopped until a restart";
    registry.register("log_state", help, states.clone());
    for it in workspaces {
        for (verdict, count) in verdicts(it) {
            let workspace = it.workspace.to_owned();
            let labels = VerdictLabels { workspace, verdict };
            events.get_or_create(&labels).inc_by(count);
        }
        for (state, is_it) in states_of(&it.health) {
            let workspace = it.workspace.to_owned();
            let labels = StateLabels { workspace, state };
            states.get_or_create(&labels).set(is_it.into());
        }
    }
    for (name, help, value) in COUNTERS {
        let family = Family::<WorkspaceLabels, Counter>::default();
        registry.register(name, help, family.clone());
        for it in workspaces {
            let workspace = it.workspace.to_owned();
            let labels = WorkspaceLabels { workspace };
            family.get_or_create(&labels).inc_by(value(&it.stats));
        }
    }
    for (name, help, value) in GAUGES {
        let family = Family::<WorkspaceLabels, Gauge>::default();
        registry.register(name, help, family.clone());
        for it in workspaces {
            let workspace = it.workspace.to_owned();
            let value = i64::try_from(value(&it.stats)).unwrap_or(i64::MAX);
            let labels = WorkspaceLabels { workspace };
            family.get_or_create(&labels).set(value);
        }
    }
    registry
}

/// A metric with a value for each workspace: name, help, and where the value is.
type Metric = (&'static str, &'static str, fn(&PipelineStats) -> u64);

const COUNTERS: [Metric; 3] = [
    (
        "log_records",
        "Records that were made durable since the start",
        |it| it.log.records,
    ),
    (
        "log_bytes",
        "Bytes that were made durable since the start",
        |it| it.log.bytes,
    ),
    (
        "log_groups",
        "Groups of records that were synced at once",
        |it| it.log.groups,
    ),
];

const GAUGES: [Metric; 4] = [
    (
        "log_queued_records",
        "Records that wait to be written",
        |it| it.log.queued_records as u64,
    ),
    ("log_queued_bytes", "Bytes that wait to be written", |it| {
        it.log.queued_bytes as u64
    }),
    (
        "waiting_records",
        "Records that are durable and wait to be applied",
        |it| it.waiting_records,
    ),
    (
        "remembered_messages",
        "Message ids by which a duplicate is known",
        |it| it.remembered_messages,
    ),
];

fn verdicts(figures: &Figures<'_>) -> [(&'static str, u64); 3] {
    let events = &figures.stats.events;
    [
        ("stored", events.stored),
        ("duplicate", events.duplicate),
        ("quarantined", events.quarantined),
    ]
}

fn states_of(health: &Health) -> [(&'static str, bool); 3] {
    [
        ("writing", *health == Health::Writing),
        ("full", *health == Health::Full),
        ("stopped", matches!(health, Health::Stopped(_))),
    ]
}
