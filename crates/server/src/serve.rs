//! Serving from the first line printed until the last request has ended.

use std::{net::SocketAddr, time::Duration};

use anyhow::Context;
use axum::{Router, routing::get};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use crate::{
    api::{self, health, setup},
    app::App,
    crm, erasures, folders,
    http::server,
    schedules::worker,
    sent_links,
};

/// What is said to whoever starts the server, besides its address.
#[derive(Clone, Debug)]
pub enum Greeting {
    /// The link that makes the owner, when there is none yet.
    FirstStart,
    /// A link that opens the demo without typing.
    Demo,
}

/// Serves until SIGTERM or SIGINT, then drains; a second signal ends at once.
pub async fn until_stopped(app: App, greeting: Greeting) -> anyhow::Result<()> {
    let listen = app.config().server.listen;
    let listener = bind(listen).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let admin = match app.config().server.admin_listen {
        Some(address) => Some(bind(address).await?),
        None => None,
    };
    // Who has read the address may send a signal at once.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut signalled = async move || {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    greet(&app, &greeting, &url)?;
    if let Some(listener) = admin {
        tokio::spawn(server::serve(
            listener,
            admin_router(&app),
            app.clone().drained(),
        ));
    }
    for runtime in app.workspaces().all() {
        let id = runtime.id();
        let resumed = runtime.resume_imports(&app);
        resumed.with_context(|| format!("could not go on with the imports of {id}"))?;
    }
    erasures::work::start(app.clone());
    tokio::spawn(folders::worker::run(app.clone()));
    tokio::spawn(sent_links::worker::run(app.clone()));
    tokio::spawn(crm::worker::work(app.clone()));
    let mut sending = tokio::spawn(worker::run(app.clone()));
    let router = api::router(&app);
    let mut serving = tokio::spawn(server::serve(listener, router, app.clone().drained()));
    signalled().await;
    tracing::info!("stopping: no new connections, open requests go on");
    app.drain();
    let drain_max = Duration::from_millis(app.config().server.drain_max.0.unsigned_abs());
    let ended = async {
        // A delivery that has begun is brought to its end, as nobody takes it up again.
        let (served, sent) = tokio::join!(&mut serving, &mut sending);
        served.and(sent)
    };
    tokio::select! {
        ended = ended => ended.context("could not serve")?,
        () = tokio::time::sleep(drain_max) => tracing::warn!("requests were cut off"),
        () = signalled() => tracing::warn!("requests were cut off by a second signal"),
    }
    app.close().await;
    tracing::info!("stopped");
    Ok(())
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("could not listen on {address}; choose another address with --listen")
    })
}

/// The link comes first, so that whoever waits for the address has seen everything.
fn greet(app: &App, greeting: &Greeting, url: &str) -> anyhow::Result<()> {
    let public = app.config().server.public_url.as_ref();
    let base = public.map_or(url, |it| it.as_str());
    let link = match greeting {
        Greeting::FirstStart => setup::new_setup_link(app)?.map(|token| ("setup", token)),
        Greeting::Demo => None,
    };
    let link = match link {
        Some(link) => Some(link),
        None => setup::new_open_link(app, matches!(greeting, Greeting::Demo))?
            .map(|token| ("open", token)),
    };
    if let Some((page, token)) = link {
        println!("open {base}/{page}?token={}", token.reveal());
    }
    println!("listening on {url}");
    Ok(())
}

/// Health and metrics alone, for an address that others may reach.
fn admin_router(app: &App) -> Router {
    let metrics = app.clone();
    Router::new()
        .route(
            "/metrics",
            get(async move || health::metrics_text(&metrics)),
        )
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .with_state(app.clone())
}
