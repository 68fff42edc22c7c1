//! Requests to send: events of the demo shop, each time with message ids of their own.

use std::net::SocketAddr;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::json;
use throughline_model::{Span, Timestamp};
use throughline_testkit::demo::Demo;

/// Events of some customers, as bodies of the Segment API.
pub struct Lines {
    lines: Vec<Line>,
    authorization: String,
    pub address: SocketAddr,
}

/// An event around the place of its message id.
struct Line {
    call: &'static str,
    before: String,
    after: String,
}

/// Customers whose events are sent. They come again with other message ids, as customers do.
const PROFILES: u32 = 4_000;
/// What customers do. Who they are goes with it.
const CALLS: [&str; 3] = ["track", "page", "screen"];

impl Lines {
    /// Takes the events of a small shop.
    pub fn new(address: SocketAddr, write_key: &str, now: Timestamp) -> Self {
        let shop = Demo {
            profiles: PROFILES,
            ..Demo::new(now)
        };
        let mut text = String::new();
        shop.write(0..PROFILES, &mut text);
        Self {
            lines: text.lines().filter_map(Line::of).collect(),
            authorization: BASE64_STANDARD.encode(format!("{write_key}:")),
            address,
        }
    }

    /// One event, the `n`th that is sent.
    pub fn single(&self, n: u64, out: &mut Vec<u8>) {
        let line = self.line(n);
        let body_from = self.head(line.call, out);
        line.write(n, out);
        self.close(body_from, out);
    }

    /// Many events, of which the first is the `n`th that is sent.
    pub fn batch(&self, n: u64, count: u64, out: &mut Vec<u8>) {
        let body_from = self.head("batch", out);
        self.body(n, count, out);
        self.close(body_from, out);
    }

    /// The body of a batch.
    pub fn body(&self, n: u64, count: u64, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"batch\":[");
        for index in n..n + count {
            if index > n {
                out.push(b',');
            }
            self.line(index).write(index, out);
        }
        out.extend_from_slice(b"]}");
    }

    /// Two events, one a second before the other, of a profile that has no others.
    pub fn probe(&self, n: u64, now: Timestamp, out: &mut Vec<u8>) {
        let body_from = self.head("batch", out);
        let event = |name: &str, at: Timestamp| {
            json!({"type": "track", "event": name, "userId": format!("probe-{n}"),
                "messageId": format!("{name}-{n}"), "timestamp": at.to_string()})
        };
        let before = now.minus(Span(1_000));
        let batch = json!({"batch": [event("probe_began", before), event("probe_done", now)]});
        out.extend_from_slice(batch.to_string().as_bytes());
        self.close(body_from, out);
    }

    /// A request that needs nothing but an answer.
    pub fn bare(&self, out: &mut Vec<u8>) {
        out.clear();
        let head = format!(
            "GET /health/live HTTP/1.1\r\nHost: {}\r\n\r\n",
            self.address
        );
        out.extend_from_slice(head.as_bytes());
    }

    /// Bytes of a usual event.
    pub fn event_bytes(&self) -> usize {
        let bytes = self.lines.iter().map(|it| it.before.len() + it.after.len());
        bytes.sum::<usize>() / self.lines.len().max(1)
    }

    fn line(&self, n: u64) -> &Line {
        // Customers take turns, where the shop tells one after the other.
        let place = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) as u128 * self.lines.len() as u128;
        &self.lines[(place >> 64) as usize]
    }

    /// Writes the head with room for the length; gives where the body begins.
    fn head(&self, call: &str, out: &mut Vec<u8>) -> usize {
        out.clear();
        let (address, authorization) = (self.address, &self.authorization);
        let head = format!(
            "POST /v1/{call} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Basic {authorization}\r\n\
             Content-Type: application/json\r\nContent-Length: {:8}\r\n\r\n",
            ""
        );
        out.extend_from_slice(head.as_bytes());
        out.len()
    }

    fn close(&self, body_from: usize, out: &mut [u8]) {
        let length = format!("{:8}", out.len() - body_from);
        out[body_from - 12..body_from - 4].copy_from_slice(length.as_bytes());
    }
}

impl Line {
    fn of(line: &str) -> Option<Self> {
        let called = |it: &&str| line.contains(&format!("\"type\":\"{it}\""));
        let (before, rest) = line.split_once("\"messageId\":\"")?;
        let (_, after) = rest.split_once('"')?;
        Some(Self {
            call: CALLS.into_iter().find(called)?,
            before: format!("{before}\"messageId\":\""),
            after: format!("\"{after}"),
        })
    }

    fn write(&self, n: u64, out: &mut Vec<u8>) {
        out.extend_from_slice(self.before.as_bytes());
        out.extend_from_slice(format!("bench-{n:012x}").as_bytes());
        out.extend_from_slice(self.after.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use throughline_ingest::segment::{Route, decode};

    use super::*;

    #[test]
    fn requests_hold_what_the_server_reads() {
        let now = Timestamp(1_790_000_000_000);
        let lines = Lines::new("127.0.0.1:1".parse().unwrap(), "key", now);
        let mut request = Vec::new();
        lines.batch(7, 100, &mut request);
        let text = String::from_utf8(request).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("POST /v1/batch HTTP/1.1\r\n"), "{head}");
        assert!(head.contains("Authorization: Basic a2V5Og=="), "{head}");
        let (_, length) = head.split_once("Content-Length:").unwrap();
        assert_eq!(length.trim().parse(), Ok(body.len()));
        let decoded = decode(Route::Batch, body.as_bytes(), now).unwrap();
        assert_eq!(decoded.events.len(), 100);
        assert!(decoded.quarantined.is_empty());
        let mut messages: Vec<_> = decoded.events.iter().map(|(_, it)| it.message).collect();
        messages.sort_unstable();
        messages.dedup();
        assert_eq!(messages.len(), 100);
    }
}
