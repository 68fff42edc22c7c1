//! Writes events as lines of JSON in the shape of the Segment API, without a tree in between.

use std::fmt::Write as _;

use throughline_model::Timestamp;

use super::person::{Device, Person};
use super::site::Site;

/// The events of one person, collected in any order and given out by time.
#[derive(Debug, Default)]
pub(super) struct Lines {
    text: String,
    spans: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    time: i64,
    from: usize,
    to: usize,
}

/// From where an event is told.
#[derive(Clone, Copy, Debug)]
pub(super) enum Teller<'a> {
    /// A device of the customer, with the campaign that led there.
    Device(&'a Device, Option<&'a Campaign>),
    /// A system of the shop, which knows the customer by account.
    Shop,
}

/// What the address of a landing page says of where the visit came from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Campaign {
    pub name: &'static str,
    pub source: &'static str,
    pub medium: &'static str,
}

/// What is told: the calls of the API that the shop uses.
#[derive(Clone, Copy, Debug)]
pub(super) enum Call<'a> {
    Track(&'a str),
    /// What the browser library tells by itself of a page.
    Captured {
        event: &'a str,
        path: &'a str,
    },
    Page {
        name: &'a str,
        path: &'a str,
    },
    Screen(&'a str),
    Identify,
}

impl Lines {
    /// Forgets everything and keeps the memory.
    pub fn clear(&mut self) {
        self.text.clear();
        self.spans.clear();
    }

    /// Puts the lines in order of time; equal times keep the order they were told in.
    pub fn sort(&mut self) {
        self.spans.sort_by_key(|line| (line.time, line.from));
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// The line at an index, without an end of line.
    pub fn get(&self, index: usize) -> Option<&str> {
        let line = self.spans.get(index)?;
        Some(&self.text[line.from..line.to])
    }

    /// Adds one event. `fill` writes its properties, or its traits when it is an identify call.
    pub fn tell(
        &mut self,
        at: i64,
        person: &Person,
        teller: Teller<'_>,
        call: Call<'_>,
        fill: impl FnOnce(&mut Object<'_>),
    ) {
        let from = self.text.len();
        let mut line = Object::open(&mut self.text);
        match call {
            Call::Track(event) | Call::Captured { event, .. } => {
                line.plain("type", "track").plain("event", event)
            }
            Call::Page { name, .. } => line.plain("type", "page").plain("name", name),
            Call::Screen(name) => line.plain("type", "screen").plain("name", name),
            Call::Identify => line.plain("type", "identify"),
        };
        match teller {
            Teller::Device(device, _) => {
                if device.signed_in {
                    line.plain("userId", &person.user_id);
                }
                line.plain("anonymousId", &device.id);
            }
            Teller::Shop => {
                line.plain("userId", &person.user_id);
            }
        }
        line.time("timestamp", at);
        line.shown(
            "messageId",
            format_args!("{}-{:x}", person.message_prefix, self.spans.len()),
        );
        let properties = match call {
            Call::Identify => "traits",
            _ => "properties",
        };
        line.object(properties, |properties| {
            if let Call::Page { name, path } = call {
                properties.plain("name", name).plain("path", path);
            }
            if let Call::Screen(name) = call {
                properties.plain("name", name);
            }
            fill(properties);
        });
        line.object("context", |context| surroundings(context, at, teller, call));
        line.close();
        let to = self.text.len();
        self.spans.push(Line { time: at, from, to });
    }
}

fn surroundings(context: &mut Object<'_>, at: i64, teller: Teller<'_>, call: Call<'_>) {
    let Teller::Device(device, campaign) = teller else {
        context.object("library", |library| {
            library
                .plain("name", "analytics-node")
                .plain("version", "3.1.0");
        });
        return;
    };
    if let Some(campaign) = campaign {
        context.object("campaign", |it| {
            it.plain("name", campaign.name)
                .plain("source", campaign.source)
                .plain("medium", campaign.medium);
        });
    }
    let page = match call {
        Call::Page { name, path } => Some((path, name)),
        Call::Captured { path, .. } => Some((path, Site::of(path).name)),
        _ => None,
    };
    if let Some((path, title)) = page {
        context.object("page", |page| {
            page.plain("path", path)
                .shown("url", format_args!("https://shop.example{path}"))
                .plain("title", title);
        });
    }
    context.plain("locale", device.locale);
    context.object("device", |it| {
        it.plain("type", device.kind.name());
    });
    if device.kind.is_app() {
        let version = device.app_version(at);
        context.object("app", |app| {
            app.plain("name", "Shop").plain("version", version);
        });
    }
    context.object("library", |library| {
        let (name, version) = match page {
            Some(_) if device.runs_library => ("throughline/js", "1"),
            _ => device.kind.library(),
        };
        library.plain("name", name).plain("version", version);
    });
}

/// A JSON object under construction at the end of a text.
pub(super) struct Object<'a> {
    text: &'a mut String,
    is_empty: bool,
}

impl<'a> Object<'a> {
    fn open(text: &'a mut String) -> Self {
        text.push('{');
        Self {
            text,
            is_empty: true,
        }
    }

    fn close(self) {
        self.text.push('}');
    }

    fn key(&mut self, key: &str) {
        self.text.push_str(if self.is_empty { "\"" } else { ",\"" });
        self.is_empty = false;
        self.text.push_str(key);
        self.text.push_str("\":");
    }

    /// A text of our own that holds nothing to escape.
    pub fn plain(&mut self, key: &str, value: &str) -> &mut Self {
        debug_assert!(
            !value
                .bytes()
                .any(|byte| byte < b' ' || matches!(byte, b'"' | b'\\')),
            "{value:?} needs escapes"
        );
        self.key(key);
        self.text.push('"');
        self.text.push_str(value);
        self.text.push('"');
        self
    }

    /// A text that may hold anything.
    pub fn text(&mut self, key: &str, value: &str) -> &mut Self {
        self.key(key);
        let quoted = serde_json::to_string(value).expect("every text is JSON");
        self.text.push_str(&quoted);
        self
    }

    /// A text that is put together here and holds nothing to escape.
    pub fn shown(&mut self, key: &str, value: std::fmt::Arguments<'_>) -> &mut Self {
        self.key(key);
        write!(self.text, "\"{value}\"").expect("writing to memory does not fail");
        self
    }

    /// A whole number.
    pub fn count(&mut self, key: &str, value: i64) -> &mut Self {
        self.key(key);
        write!(self.text, "{value}").expect("writing to memory does not fail");
        self
    }

    /// A part of one, given in thousandths.
    pub fn thousandths(&mut self, key: &str, value: i64) -> &mut Self {
        self.key(key);
        write!(self.text, "{}.{:03}", value / 1_000, value % 1_000)
            .expect("writing to memory does not fail");
        self
    }

    /// An amount of money, given in hundredths.
    pub fn money(&mut self, key: &str, cents: i64) -> &mut Self {
        self.key(key);
        write!(self.text, "{}.{:02}", cents / 100, cents % 100)
            .expect("writing to memory does not fail");
        self
    }

    /// A truth value.
    pub fn flag(&mut self, key: &str, value: bool) -> &mut Self {
        self.key(key);
        self.text.push_str(if value { "true" } else { "false" });
        self
    }

    /// An instant, in milliseconds since 1970.
    pub fn time(&mut self, key: &str, at: i64) -> &mut Self {
        self.shown(key, format_args!("{}", Timestamp(at)))
    }

    /// An object within it.
    pub fn object(&mut self, key: &str, fill: impl FnOnce(&mut Object<'_>)) {
        self.key(key);
        let mut inner = Object::open(self.text);
        fill(&mut inner);
        inner.close();
    }
}
