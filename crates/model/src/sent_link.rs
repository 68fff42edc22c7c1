//! Links in messages that were sent: in which form their addresses are kept, which of them are asked for, and
//! what the answers say.

mod address;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use address::{Address, AddressFault, joined};

use crate::{Span, Timestamp, limits, report::ReportFault};

/// Whether links are looked at, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SentLinkSettings {
    /// Whether the server asks for their addresses by itself.
    pub is_on: bool,
    /// How long after one look the next follows.
    pub every: Span,
    /// Parameters of addresses that say which page it is, like `id`. All others are left away.
    pub parameters: Vec<String>,
}

impl Default for SentLinkSettings {
    fn default() -> Self {
        Self {
            is_on: false,
            every: Span::days(1),
            parameters: Vec::new(),
        }
    }
}

impl SentLinkSettings {
    /// Everything that is wrong with them.
    pub fn faults(&self) -> Vec<ReportFault> {
        let mut faults = Vec::new();
        let mut push = |place: &str, message: String| {
            let place = place.to_owned();
            faults.push(ReportFault { place, message });
        };
        let (least, most) = (limits::LINK_EVERY_MIN, limits::LINK_EVERY_MAX);
        if !(least..=most).contains(&self.every) {
            push("every", format!("lies between {least} and {most}"));
        }
        let most = limits::LINK_PARAMETERS_MAX;
        if self.parameters.len() > most {
            push("parameters", format!("are at most {most}"));
        }
        for (index, name) in self.parameters.iter().enumerate() {
            let is_plain = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-' | b'.');
            if !(1..=60).contains(&name.len()) || !name.bytes().all(is_plain) {
                let message = "has 1 to 60 of a-z, A-Z, 0-9, -, _ and .".to_owned();
                push(&format!("parameters[{index}]"), message);
            } else if address::says_who(name) {
                let message = "tells who somebody is, and is never kept".to_owned();
                push(&format!("parameters[{index}]"), message);
            }
        }
        faults
    }
}

/// Why an address is never asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unasked {
    /// Opening it may do something: unsubscribe, confirm, sign in.
    Acts,
    /// A part of it was somebody's own, and is left away.
    Personal,
}

/// What was heard when an address was asked for, after as many redirects as are followed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Heard {
    Answer {
        status: u16,
        /// Where it came from, when that is another address than was asked for.
        from: Option<String>,
    },
    /// Redirects without an end.
    Circle,
    /// The name of the host has no address.
    NoName,
    /// No connection, or none that can be trusted.
    NoConnection,
    /// No answer in time.
    Late,
    /// It broke off.
    Broken,
    /// The server calls no such address.
    Refused(Uncalled),
}

/// How it stands with a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LinkStatus {
    Alive,
    /// It leads to another site, or to its front page.
    Elsewhere {
        to: String,
    },
    Broken {
        why: Why,
    },
    /// The site answers, and not what becomes of its visitors: it wants to know who asks, or asks for a slower pace.
    Silent {
        status: u16,
    },
    /// The server calls no such address, like one of an inner network.
    Refused {
        why: Uncalled,
    },
}

/// Why the server calls no such address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Uncalled {
    /// Its scheme or form: only https is called where the settings of the server say nothing else.
    Form,
    /// Its port is not among those that may be called.
    Port,
    /// It leads into an inner network.
    Inside,
}

/// Why a link is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// There is no such page.
    Gone,
    /// The site fails.
    Fails,
    /// The site turns the question down.
    TurnedDown,
    /// Redirects without an end.
    Circle,
    NoName,
    NoConnection,
    Late,
    BrokenOff,
}

/// Since when it stands so with a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LinkTurn {
    pub at: Timestamp,
    pub status: LinkStatus,
}

/// What is known of a link by all that was heard of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LinkStanding {
    /// The latest first; none before it was known first.
    pub turns: Vec<LinkTurn>,
    /// When it was asked for last.
    pub checked: Option<Timestamp>,
    /// How often in a row an answer said that it is broken and may have been wrong.
    pub doubts: u32,
}

/// What one answer says.
enum Verdict {
    Sure(LinkStatus),
    /// Broken, if it is heard again.
    Doubt(Why),
}

impl LinkStanding {
    /// How it stands now; none before that is known.
    pub fn status(&self) -> Option<&LinkStatus> {
        self.turns.first().map(|it| &it.status)
    }

    /// True when it was found to be broken.
    pub fn is_broken(&self) -> bool {
        matches!(self.status(), Some(LinkStatus::Broken { .. }))
    }

    /// Takes in what was heard of the link at a moment.
    pub fn hear(&mut self, asked: &str, heard: &Heard, now: Timestamp) {
        self.checked = Some(now);
        let status = match verdict(asked, heard) {
            Verdict::Sure(status) => {
                self.doubts = 0;
                status
            }
            Verdict::Doubt(why) => {
                self.doubts = self.doubts.saturating_add(1);
                if self.doubts < limits::LINK_DOUBTS {
                    return;
                }
                LinkStatus::Broken { why }
            }
        };
        if self.status() != Some(&status) {
            self.turns.insert(0, LinkTurn { at: now, status });
            self.turns.truncate(limits::LINK_TURNS_MAX);
        }
    }

    /// When it is to be asked for next; at once before the first time.
    pub fn next(&self, every: Span) -> Timestamp {
        let Some(checked) = self.checked else {
            return Timestamp(0);
        };
        let is_doubted = (1..limits::LINK_DOUBTS).contains(&self.doubts);
        checked.plus(if is_doubted {
            limits::LINK_DOUBT_AFTER
        } else {
            every
        })
    }
}

fn verdict(asked: &str, heard: &Heard) -> Verdict {
    let (status, from) = match heard {
        Heard::Answer { status, from } => (*status, from.as_deref()),
        Heard::Refused(why) => return Verdict::Sure(LinkStatus::Refused { why: *why }),
        Heard::Circle => return Verdict::Doubt(Why::Circle),
        Heard::NoName => return Verdict::Doubt(Why::NoName),
        Heard::NoConnection => return Verdict::Doubt(Why::NoConnection),
        Heard::Late => return Verdict::Doubt(Why::Late),
        Heard::Broken => return Verdict::Doubt(Why::BrokenOff),
    };
    match status {
        404 | 410 => Verdict::Sure(LinkStatus::Broken { why: Why::Gone }),
        401 | 403 | 429 => Verdict::Sure(LinkStatus::Silent { status }),
        200..=399 => Verdict::Sure(
            match from.filter(|from| address::is_elsewhere(asked, from)) {
                Some(to) => LinkStatus::Elsewhere { to: to.to_owned() },
                None => LinkStatus::Alive,
            },
        ),
        500.. => Verdict::Doubt(Why::Fails),
        _ => Verdict::Doubt(Why::TurnedDown),
    }
}

#[cfg(test)]
mod tests;
