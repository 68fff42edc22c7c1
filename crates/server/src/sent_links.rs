//! Links in messages that were sent: looked at by themselves, so that it is known when one leads nowhere.
//!
//! Off until an admin turns it on. Addresses that may do something when they are opened are never asked for.

pub mod worker;

use std::{cell::RefCell, collections::BTreeMap};

use http::Method;
use throughline_insight::{AskError, Cancel, ClickedLink, View, clicked_links};
use throughline_model::{
    Span, TimeRange, Timestamp, limits,
    sent_link::{Address, Heard, SentLinkSettings, Unasked, Uncalled, joined},
};
use throughline_store::state::{DocumentKind, StateError, WorkspaceState};

use crate::{
    kept,
    outgoing::{CallError, Looked, Outgoing},
    workspace::WorkspaceRuntime,
};

/// The only document of its kind.
pub const SETTINGS: &str = "settings";
/// Clicks of so many days are counted, and their links taken up.
pub const CLICKS_WITHIN: Span = Span::days(30);

/// Why the links of a workspace could not be worked on.
#[derive(Debug, thiserror::Error)]
pub enum LinksError {
    #[error("could not read the clicks")]
    Ask(#[from] AskError),
    #[error("could not read or keep the links")]
    State(#[from] StateError),
}

/// What admins have decided; nothing is asked for before.
pub fn settings(state: &WorkspaceState) -> Result<SentLinkSettings, StateError> {
    let (_, known) = kept::read(state, DocumentKind::SentLinks, SETTINGS)?;
    Ok(known.unwrap_or_default())
}

/// A link that was clicked, and why it is never asked for.
pub type Clicked = BTreeMap<String, (ClickedLink, Option<Unasked>)>;

/// The links that were clicked lately, by the form in which their addresses are kept.
pub fn clicked(
    runtime: &WorkspaceRuntime,
    settings: &SentLinkSettings,
    now: Timestamp,
    cancel: &Cancel,
) -> Result<Clicked, AskError> {
    let context = runtime.context(now);
    let view = View::new(&context.snapshot, &context.meaning.vocabulary, cancel);
    let range = TimeRange {
        from: now.minus(CLICKS_WITHIN),
        to: now,
    };
    // What is left away of an address may be what says that it does something.
    let unasked: RefCell<BTreeMap<String, Unasked>> = RefCell::default();
    let links = clicked_links(&view, range, |text| {
        let address = Address::parse(text, &settings.parameters).ok()?;
        let kept = address.as_str().to_owned();
        if let Some(why) = address.unasked() {
            unasked.borrow_mut().insert(kept.clone(), why);
        }
        Some(kept)
    })?;
    let unasked = unasked.into_inner();
    let told = links.into_iter().map(|(address, link)| {
        let why = unasked.get(&address).copied();
        (address, (link, why))
    });
    Ok(told.collect())
}

/// The form in which clicks on a link are counted: one that was registered has more parameters.
pub fn counted_as(address: &str, settings: &SentLinkSettings) -> String {
    let kept = Address::parse(address, &settings.parameters);
    kept.map_or_else(|_| address.to_owned(), |it| it.as_str().to_owned())
}

/// Asks an address and follows where it leads, as far as that does nothing.
pub async fn hear(outgoing: &Outgoing, address: &str) -> Heard {
    let mut at = address.to_owned();
    for _ in 0..=limits::LINK_REDIRECTS_MAX {
        let looked = match outgoing.look(&at, Method::HEAD).await {
            Ok(Looked {
                status: 405 | 501, ..
            }) => outgoing.look(&at, Method::GET).await,
            looked => looked,
        };
        let Looked { status, location } = match looked {
            Ok(looked) => looked,
            Err(error) => return heard_of(error),
        };
        let is_redirect = matches!(status, 301 | 302 | 303 | 307 | 308);
        let next = location.filter(|_| is_redirect);
        let Some(next) = next.and_then(|it| joined(&at, &it)) else {
            let from = (at != address).then_some(at);
            return Heard::Answer { status, from };
        };
        let told = Address::told(&next);
        if told.is_ok_and(|it| it.0.unasked() == Some(Unasked::Acts)) {
            let from = Some(next);
            return Heard::Answer { status, from };
        }
        at = next;
    }
    Heard::Circle
}

fn heard_of(error: CallError) -> Heard {
    match error {
        CallError::Url(_) => Heard::Refused(Uncalled::Form),
        CallError::Port(_) => Heard::Refused(Uncalled::Port),
        CallError::Inside { .. } => Heard::Refused(Uncalled::Inside),
        CallError::Lookup { .. } => Heard::NoName,
        CallError::Connect { .. } => Heard::NoConnection,
        CallError::Late { .. } => Heard::Late,
        CallError::Broken { .. } => Heard::Broken,
    }
}
