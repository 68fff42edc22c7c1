//! What every handler and worker can reach.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request};
use http::{HeaderMap, request::Parts};
use std::net::IpAddr;
use throughline_model::{Timestamp, limits};
use throughline_store::{DataDir, DataDirError, state::StateError};
use tokio::sync::{Semaphore, watch};

use crate::{
    access::{limiter::SignInLimiter, pace::Pace, password::Passwords},
    answers::Answers,
    clock::Clock,
    collect::Collector,
    config::Config,
    crm,
    folders::Looks,
    http::server::Peer,
    instance::Instance,
    metrics::Metrics,
    outgoing::{Mailer, MailerError, Outgoing, OutgoingError, Resolver},
    sql,
    work::Desk,
    workspace::{WorkspaceError, Workspaces},
};

/// One running installation. Cloning shares it.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    /// Held until the last part of the installation is gone.
    _data: DataDir,
    config: Config,
    clock: Clock,
    instance: Instance,
    workspaces: Workspaces,
    passwords: Passwords,
    sign_ins: SignInLimiter,
    shared_pace: Pace,
    metrics: Metrics,
    desk: Desk,
    answers: Answers,
    uploads: Semaphore,
    folders: Looks,
    outgoing: Outgoing,
    mailer: Option<Mailer>,
    collector: Collector,
    crm_turns: crm::Turns,
    draining: watch::Sender<bool>,
}

/// Why an installation could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Directory(#[from] DataDirError),
    #[error("could not open the installation")]
    Instance(#[from] StateError),
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error(transparent)]
    Outgoing(#[from] OutgoingError),
    #[error(transparent)]
    Mail(#[from] MailerError),
}

impl App {
    /// Opens the data directory and everything in it.
    pub fn open(config: Config, clock: Clock) -> Result<Self, OpenError> {
        let outgoing = Outgoing::new(&config.outgoing, Resolver::System)?;
        let mailer = Mailer::new(&config.mail, &config.outgoing.ca_file)?;
        let dir = config.data.dir.clone();
        let data = DataDir::lock(&dir)?;
        sql::clear(&sql::folder_of(&dir));
        let instance = Instance::open(&dir.join("instance.db"))?;
        let workspaces = Workspaces::open(&dir, &instance, clock.clone())?;
        Ok(Self(Arc::new(Inner {
            _data: data,
            config,
            clock,
            instance,
            workspaces,
            passwords: Passwords::new(),
            sign_ins: SignInLimiter::default(),
            shared_pace: Pace::new(limits::SHARED_CALLS_MAX, limits::SHARED_ADDRESSES_MAX),
            metrics: Metrics::new(),
            desk: Desk::new(),
            answers: Answers::default(),
            uploads: Semaphore::new(limits::UPLOADS_MAX),
            folders: Looks::default(),
            outgoing,
            mailer,
            collector: Collector::new(),
            crm_turns: crm::Turns::default(),
            draining: watch::Sender::new(false),
        })))
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// What reads the present instant.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Members, keys and the names of workspaces.
    pub fn instance(&self) -> &Instance {
        &self.0.instance
    }

    /// What runs for each workspace.
    ///
    /// For workers and for sources that show a write key; handlers get theirs from the gate.
    pub fn workspaces(&self) -> &Workspaces {
        &self.0.workspaces
    }

    /// The hashing of passwords.
    pub fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    /// Failures to sign in.
    pub fn sign_ins(&self) -> &SignInLimiter {
        &self.0.sign_ins
    }

    /// How often one address reads shared pages.
    pub fn shared_pace(&self) -> &Pace {
        &self.0.shared_pace
    }

    /// What is counted about the server itself.
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Where questions that cost processor time are answered.
    pub fn desk(&self) -> &Desk {
        &self.0.desk
    }

    /// Answers of a moment ago.
    pub fn answers(&self) -> &Answers {
        &self.0.answers
    }

    /// Places for files that come in, each held as long as it takes.
    pub fn uploads(&self) -> &Semaphore {
        &self.0.uploads
    }

    /// What was seen in watched folders.
    pub fn folders(&self) -> &Looks {
        &self.0.folders
    }

    /// The way to addresses that somebody has typed.
    pub fn outgoing(&self) -> &Outgoing {
        &self.0.outgoing
    }

    /// What sends mail; none when no server is set.
    pub fn mailer(&self) -> Option<&Mailer> {
        self.0.mailer.as_ref()
    }

    /// What requests with events share.
    pub fn collector(&self) -> &Collector {
        &self.0.collector
    }

    /// Workspaces for which a run for their CRM goes on.
    pub fn crm_turns(&self) -> &crm::Turns {
        &self.0.crm_turns
    }

    /// Turns readiness off and ends streams; open requests go on.
    pub fn drain(&self) {
        self.0.draining.send_replace(true);
    }

    /// True once the server is about to stop.
    pub fn is_draining(&self) -> bool {
        *self.0.draining.borrow()
    }

    /// Waits until the server is about to stop.
    pub async fn drained(self) {
        let mut draining = self.0.draining.subscribe();
        // The sender lives as long as the app, so waiting cannot fail.
        let _ = draining.wait_for(|is_draining| *is_draining).await;
    }

    /// Ends what runs, so that everything accepted is where it belongs.
    pub async fn close(&self) {
        self.drain();
        self.0.workspaces.close().await;
    }

    /// The address of the client, as far as it can be trusted.
    pub fn address_of(&self, request: &Request) -> Option<IpAddr> {
        let peer = request.extensions().get::<Peer>();
        self.address(request.headers(), peer)
    }

    fn address(&self, headers: &HeaderMap, peer: Option<&Peer>) -> Option<IpAddr> {
        if self.0.config.server.behind_proxy {
            let forwarded = headers.get_all("x-forwarded-for").iter().next_back()?;
            return forwarded
                .to_str()
                .ok()?
                .rsplit(',')
                .next()?
                .trim()
                .parse()
                .ok();
        }
        peer.map(|peer| peer.0.ip())
    }
}

/// The address of the client.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddress(pub Option<IpAddr>);

impl FromRequestParts<App> for ClientAddress {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<Peer>();
        Ok(Self(app.address(&parts.headers, peer)))
    }
}
