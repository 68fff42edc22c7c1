//! Whether a browser says of itself that no person sits before it.
//!
//! The words are part of the program and are read when a question is asked, so a newer program judges
//! all of history anew.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why something looks like a machine.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum BotReason {
    /// It says so: a crawler, a preview, a monitor.
    Declared,
    /// A browser without a window, driven by a program.
    Headless,
    /// A library that fetches pages.
    Library,
    /// More events within a minute than a person does.
    Rate,
}

impl BotReason {
    /// The stable code, as in the API and in the field `context.bot`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Headless => "headless",
            Self::Library => "library",
            Self::Rate => "rate",
        }
    }
}

/// Words by which crawlers, previews and monitors name themselves.
const DECLARED: &[&str] = &[
    "bot",
    "crawl",
    "spider",
    "slurp",
    "archiver",
    "facebookexternalhit",
    "mediapartners",
    "bingpreview",
    "lighthouse",
    "pagespeed",
    "pingdom",
    "uptime",
    "statuscake",
    "monitor",
    "preview",
    "feedfetcher",
    "validator",
    "gptbot",
    "claudebot",
    "ccbot",
];
const HEADLESS: &[&str] = &[
    "headless",
    "phantomjs",
    "puppeteer",
    "playwright",
    "selenium",
    "webdriver",
    "cypress",
    "electron-headless",
];
const LIBRARY: &[&str] = &[
    "curl/",
    "wget/",
    "python-",
    "python/",
    "httpx",
    "aiohttp",
    "go-http-client",
    "java/",
    "okhttp",
    "axios",
    "node-fetch",
    "undici",
    "libwww",
    "ruby",
    "php/",
    "guzzle",
    "scrapy",
    "apache-httpclient",
    "postmanruntime",
    "insomnia",
    "reqwest",
];
/// Names of devices and browsers that only look like one of the words above.
const PEOPLE: &[&str] = &["cubot"];

/// Why a user agent is no person's; none where it may be one's.
pub fn bot_by_name(agent: &str) -> Option<BotReason> {
    let agent = agent.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| agent.contains(word));
    if says(HEADLESS) {
        return Some(BotReason::Headless);
    }
    if says(DECLARED) && !says(PEOPLE) {
        return Some(BotReason::Declared);
    }
    // An empty agent is hidden rather than a machine's.
    says(LIBRARY).then_some(BotReason::Library)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_say_so_and_people_do_not() {
        const CHROME: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";
        for (agent, reason) in [
            (CHROME, None),
            ("", None),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1",
                None,
            ),
            (
                "Mozilla/5.0 (Linux; Android 9; CUBOT_X19) AppleWebKit/537.36 Chrome/96.0 Mobile Safari/537.36",
                None,
            ),
            (
                "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
                Some(BotReason::Declared),
            ),
            ("facebookexternalhit/1.1", Some(BotReason::Declared)),
            (
                "Mozilla/5.0 AppleWebKit/537.36 HeadlessChrome/126.0.0.0 Safari/537.36",
                Some(BotReason::Headless),
            ),
            ("curl/8.5.0", Some(BotReason::Library)),
            ("python-requests/2.32", Some(BotReason::Library)),
            ("Go-http-client/2.0", Some(BotReason::Library)),
        ] {
            assert_eq!(bot_by_name(agent), reason, "{agent}");
        }
    }
}
