//! News of a workspace for those who watch: what came in, and how far long work is.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use serde::Serialize;
use throughline_model::{Channel, EventKind, ProfileId, Timestamp, limits};
use tokio::sync::{broadcast, watch};
use utoipa::ToSchema;

/// The latest events, and a way to hear of what happens.
pub struct News {
    recent: Mutex<VecDeque<LiveEvent>>,
    notices: broadcast::Sender<Notice>,
    position: watch::Sender<u64>,
    has_ended: watch::Sender<bool>,
}

/// Something that watchers hear of.
#[derive(Clone, Debug)]
pub enum Notice {
    Live(Box<LiveEvent>),
    /// A long piece of work, under the name of its kind, as JSON.
    Work {
        kind: &'static str,
        json: String,
    },
}

/// An event as it came in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LiveEvent {
    pub seq: String,
    pub time: Timestamp,
    pub received: Timestamp,
    pub name: String,
    pub kind: EventKind,
    pub channel: Channel,
    /// The touchpoint, where the name alone decides.
    pub touchpoint: Option<String>,
    /// None while it is held back or a duplicate.
    pub profile: Option<ProfileId>,
    /// The identifier that it came with.
    pub label: String,
    pub verdict: Verdict,
    /// Why it was held back: a stable code.
    pub reason: Option<String>,
    #[schema(value_type = Object)]
    pub properties: serde_json::Value,
    #[schema(value_type = Object)]
    pub context: serde_json::Value,
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Stored,
    Duplicate,
    Quarantined,
}

impl News {
    /// Nothing has happened yet.
    pub fn new() -> Self {
        Self {
            recent: Mutex::new(VecDeque::new()),
            notices: broadcast::Sender::new(limits::STREAM_NEWS_MAX),
            position: watch::Sender::new(0),
            has_ended: watch::Sender::new(false),
        }
    }

    /// Tells of an event, and remembers it.
    pub fn event(&self, event: LiveEvent) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.len() == limits::LIVE_EVENTS_KEPT {
            recent.pop_front();
        }
        recent.push_back(event.clone());
        drop(recent);
        self.tell(Notice::Live(Box::new(event)));
    }

    /// Tells of something; nobody may be listening.
    pub fn tell(&self, notice: Notice) {
        let _ = self.notices.send(notice);
    }

    /// Says up to where the log is in the snapshot.
    pub fn reached(&self, position: u64) {
        self.position.send_replace(position);
    }

    /// The latest events, the newest first.
    pub fn recent(&self, count: usize) -> Vec<LiveEvent> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.iter().rev().take(count).cloned().collect()
    }

    /// Hears what happens from now on.
    pub fn listen(&self) -> (broadcast::Receiver<Notice>, watch::Receiver<u64>) {
        (self.notices.subscribe(), self.position.subscribe())
    }

    /// Says that nothing will happen here any more: the workspace is opened anew, or is gone.
    pub fn end(&self) {
        self.has_ended.send_replace(true);
    }

    /// Whether that was said.
    pub fn has_ended(&self) -> bool {
        *self.has_ended.borrow()
    }

    /// Waits until it is said.
    pub async fn ended(&self) {
        let _ = self.has_ended.subscribe().wait_for(|it| *it).await;
    }

    /// How many are listening.
    pub fn listeners_count(&self) -> usize {
        self.notices.receiver_count()
    }
}

impl Default for News {
    fn default() -> Self {
        Self::new()
    }
}
