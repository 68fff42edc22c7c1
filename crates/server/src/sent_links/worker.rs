//! Takes up links from clicks, and asks for those that are due, host by host at a pace.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use throughline_insight::Cancel;
use throughline_model::{
    Timestamp, limits,
    sent_link::{Address, LinkStanding, SentLinkSettings},
};
use throughline_store::state::{DocumentKind, NewSentLink, SentLinkRow};
use tokio::{sync::Semaphore, task::JoinSet};

use super::{CLICKS_WITHIN, LinksError, clicked, counted_as, hear, settings};
use crate::{app::App, kept, work::blocking, workspace::WorkspaceRuntime};

/// How often is looked for what is due.
const LOOK: Duration = Duration::from_secs(10);
/// When links were taken up from clicks last.
const TAKEN_UP: &str = "taken_up";

/// A link that is due, with how its workspace looks at links.
struct Due {
    runtime: WorkspaceRuntime,
    settings: Arc<SentLinkSettings>,
    link: SentLinkRow,
}

/// Looks at links until the server drains.
pub async fn run(app: App) {
    let drained = app.clone().drained();
    tokio::pin!(drained);
    loop {
        tokio::select! {
            () = &mut drained => return,
            () = async { tokio::time::sleep(LOOK).await; tick(&app).await } => {}
        }
    }
}

/// Asks for what is due now, and returns when all of it was.
pub async fn tick(app: &App) {
    // Hosts are paced over all workspaces.
    let mut hosts: BTreeMap<String, Vec<Due>> = BTreeMap::new();
    for runtime in app.workspaces().all() {
        let (now, here) = (app.now(), runtime.clone());
        match blocking(move || find_due(&here, now)).await {
            Ok(due) => {
                for it in due {
                    let host = Address::told(&it.link.address);
                    let host = host.map_or_else(|_| String::new(), |it| it.0.host().to_owned());
                    hosts.entry(host).or_default().push(it);
                }
            }
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(workspace = %runtime.id(), error, "links cannot be looked at");
            }
        }
    }
    let places = Arc::new(Semaphore::new(limits::LINK_HOSTS_AT_ONCE_MAX));
    let mut running = JoinSet::new();
    for mut due in hosts.into_values() {
        due.truncate(limits::LINKS_OF_HOST_MAX);
        let (app, places) = (app.clone(), places.clone());
        running.spawn(async move {
            let _place = places.acquire().await.expect("the semaphore is never closed");
            for (index, it) in due.into_iter().enumerate() {
                if index > 0 {
                    tokio::time::sleep(limits::LINK_HOST_PAUSE).await;
                }
                let (runtime, settings, link) = (it.runtime, it.settings, it.link);
                if let Err(error) = look(&app, &runtime, &settings, link).await {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(workspace = %runtime.id(), error, "how a link stands was not kept");
                }
            }
        });
    }
    while let Some(ended) = running.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "looking at links broke down");
        }
    }
}

/// Asks for one link, and keeps how it stands.
pub async fn look(
    app: &App,
    runtime: &WorkspaceRuntime,
    settings: &SentLinkSettings,
    link: SentLinkRow,
) -> Result<LinkStanding, LinksError> {
    let heard = hear(app.outgoing(), &link.address).await;
    let (now, every, runtime) = (app.now(), settings.every, runtime.clone());
    let mut standing = link.standing;
    let was_broken = standing.is_broken();
    standing.hear(&link.address, &heard, now);
    if standing.is_broken() && !was_broken {
        tracing::warn!(workspace = %runtime.id(), link = link.id, "a link in messages is broken");
    }
    let kept = blocking(move || {
        let state = runtime.state();
        state.put_link_standing(link.id, &standing, standing.next(every))?;
        Ok(standing)
    });
    kept.await
}

fn find_due(runtime: &WorkspaceRuntime, now: Timestamp) -> Result<Vec<Due>, LinksError> {
    let state = runtime.state();
    let settings = settings(state)?;
    if !settings.is_on {
        return Ok(Vec::new());
    }
    let (_, taken) = kept::read::<Timestamp>(state, DocumentKind::SentLinks, TAKEN_UP)?;
    if taken.is_none_or(|it| now.since(it) >= limits::LINKS_TAKEN_UP_AFTER) {
        take_up(runtime, &settings, now)?;
        kept::update(
            state,
            DocumentKind::SentLinks,
            TAKEN_UP,
            now,
            || now,
            |it| *it = now,
        )?;
    }
    let due = state.sent_links_due(now, limits::LINKS_DUE_MAX)?;
    let settings = Arc::new(settings);
    let due = due.into_iter().map(|link| Due {
        runtime: runtime.clone(),
        settings: Arc::clone(&settings),
        link,
    });
    Ok(due.collect())
}

/// Keeps the links that were clicked and are not kept yet, those that were clicked most first.
fn take_up(
    runtime: &WorkspaceRuntime,
    settings: &SentLinkSettings,
    now: Timestamp,
) -> Result<(), LinksError> {
    let state = runtime.state();
    let known = state.sent_links()?;
    let known: BTreeSet<String> = (known.iter())
        .map(|it| counted_as(&it.address, settings))
        .collect();
    let clicked = clicked(runtime, settings, now, &Cancel::default())?;
    let mut found: Vec<_> = clicked
        .into_iter()
        .filter(|it| !known.contains(&it.0))
        .collect();
    found.sort_by_key(|(_, it)| std::cmp::Reverse(it.0.clicks));
    let new = found
        .into_iter()
        .map(|(address, (_, unasked))| NewSentLink {
            address,
            unasked,
            code: None,
            fallback: None,
        });
    let new: Vec<NewSentLink> = new.collect();
    let kept = state.add_sent_links(&new, limits::LINKS_MAX, now)?;
    if kept < new.len() {
        tracing::warn!(
            workspace = %runtime.id(), left_out = new.len() - kept, days = CLICKS_WITHIN.0 / 86_400_000,
            "there are more links in messages than are kept"
        );
    }
    Ok(())
}
