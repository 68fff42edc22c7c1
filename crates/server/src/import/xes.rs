//! XES, the standard for logs of process mining (IEEE 1849): traces of events, as one line for each event.
//!
//! An event has its own attributes under their keys, those of its trace under `case:` and their keys, as other readers
//! name them, and the trace's name as `case_id` besides, so that the case can be who it was and an object too.

pub mod erase;

use std::{io::Read, ops::Range};

use serde_json::{Number, Value};
use throughline_ingest::{Fault, Reason};
use throughline_model::limits;

use super::{
    erased::ERASED,
    log::LogLine,
    rows::FileFault,
    written::Written,
    xml::{Open, Tag, Xml},
};

/// The attribute that names a trace, and an event.
const NAME: &str = "concept:name";

/// The events of a file, one by one.
pub struct Xes<R: Read> {
    xml: Xml<R>,
    traces_count: u64,
    trace: Option<Vec<(String, Value)>>,
    event: Option<Vec<(String, Value)>>,
    /// The event that was read last.
    last: Vec<(String, Value)>,
    event_began: u64,
    /// How deep the children of the trace and the event lie.
    trace_depth: usize,
    event_depth: usize,
    /// Bytes of what is kept of the trace and the event.
    trace_bytes: usize,
    event_bytes: usize,
    line: Written,
}

/// A piece of the document.
enum Piece {
    /// A trace, and where what it holds begins.
    Trace(u64),
    Event(Range<u64>),
    /// Where what the trace holds ends, and its attributes.
    TraceEnd(u64, Vec<(String, Value)>),
}

impl<R: Read> Xes<R> {
    pub fn new(source: R) -> Self {
        Self {
            xml: Xml::new(source),
            traces_count: 0,
            trace: None,
            event: None,
            last: Vec::new(),
            event_began: 0,
            trace_depth: 0,
            event_depth: 0,
            trace_bytes: 0,
            event_bytes: 0,
            line: Written::default(),
        }
    }

    /// Bytes of the document that were read.
    pub fn used(&self) -> u64 {
        self.xml.position()
    }

    /// The next event as a line of JSON; none at the end.
    pub fn line(&mut self) -> Result<Option<LogLine<'_>>, FileFault> {
        while let Some(piece) = self.piece()? {
            if matches!(piece, Piece::Event(_)) {
                return Ok(Some(self.last_line()));
            }
        }
        Ok(None)
    }

    /// The next piece of the document that a reader has to know; none at the end.
    fn piece(&mut self) -> Result<Option<Piece>, FileFault> {
        loop {
            match self.xml.next()? {
                None => return Ok(None),
                Some(Tag::Open(open)) => {
                    if self.open(open)? {
                        return Ok(Some(Piece::Trace(self.xml.span().end)));
                    }
                }
                Some(Tag::Close(name)) if name == "event" && self.is_of_event() => {
                    self.last = self.event.take().unwrap_or_default();
                    return Ok(Some(Piece::Event(self.event_began..self.xml.span().end)));
                }
                Some(Tag::Close(name)) if name == "trace" => {
                    let trace = self.trace.take();
                    if self.xml.depth() == 1 {
                        let attributes = trace.unwrap_or_default();
                        return Ok(Some(Piece::TraceEnd(self.xml.span().start, attributes)));
                    }
                }
                Some(Tag::Close(_) | Tag::Text(_)) => {}
            }
        }
    }

    /// Whether the element that was just closed is the event itself.
    fn is_of_event(&self) -> bool {
        self.event.is_some() && self.xml.depth() + 1 == self.event_depth
    }

    /// True where a trace begins.
    fn open(&mut self, open: Open) -> Result<bool, FileFault> {
        let depth = self.xml.depth();
        match open.name.as_str() {
            "trace" if depth == 2 => {
                self.traces_count += 1;
                self.trace = Some(Vec::new());
                self.trace_depth = depth;
                self.trace_bytes = 0;
                return Ok(true);
            }
            "event" if self.event.is_none() && depth <= 3 => {
                self.event = Some(Vec::new());
                self.event_depth = depth;
                self.event_began = self.xml.span().start;
                self.event_bytes = 0;
            }
            _ => {
                // Attributes may have attributes of their own; those say something of a value and nothing of the event.
                let (of, bytes) = match (&mut self.event, &mut self.trace) {
                    (Some(event), _) if depth == self.event_depth + 1 => {
                        (event, &mut self.event_bytes)
                    }
                    (None, Some(trace)) if depth == self.trace_depth + 1 => {
                        (trace, &mut self.trace_bytes)
                    }
                    _ => return Ok(false),
                };
                let Some((key, value)) = attribute(open) else {
                    return Ok(false);
                };
                let text = value.as_str().map_or(0, str::len);
                *bytes += key.len() + text + size_of::<(String, Value)>();
                if *bytes > limits::IMPORT_ROW_BYTES_MAX {
                    let most = limits::IMPORT_ROW_BYTES_MAX;
                    let message =
                        format!("a trace or event has more than {most} bytes of attributes");
                    return Err(FileFault::Xml(message));
                }
                of.push((key, value));
            }
        }
        Ok(false)
    }

    /// The event that was read last as a line.
    fn last_line(&mut self) -> LogLine<'_> {
        let of_trace = self.trace.as_deref();
        match self.last.first() {
            Some((key, Value::Bool(true))) if key == ERASED => {
                let case = of_trace.map(|_| "case_id".to_owned());
                let trace = of_trace.unwrap_or_default().iter();
                let trace = trace.map(|(key, _)| format!("case:{key}"));
                let names: Vec<String> = case.into_iter().chain(trace).collect();
                let own = self.last[1..].iter().map(|(key, _)| &**key);
                let names = names.iter().map(String::as_str).chain(own);
                return LogLine::Erased(self.line.names(names));
            }
            Some((key, Value::Bool(false))) if key == ERASED => {
                let message = "the event could not be read, and was emptied with its trace";
                return LogLine::Faulty(Fault::new(Reason::TooLarge, message));
            }
            _ => {}
        }
        self.line.begin();
        if let Some(trace) = of_trace {
            let name = trace.iter().find(|it| it.0 == NAME).map(|it| it.1.clone());
            let number = || Value::from(format!("trace-{}", self.traces_count));
            self.line.add("case_id", &name.unwrap_or_else(number));
            for (key, value) in trace {
                self.line.add(&format!("case:{key}"), value);
            }
        }
        for (key, value) in &self.last {
            self.line.add(key, value);
        }
        match self.line.end() {
            Ok(line) => LogLine::Event(line),
            Err(fault) => LogLine::Faulty(fault),
        }
    }
}

/// A key with its value; none for lists and for values that are not what they say.
fn attribute(mut open: Open) -> Option<(String, Value)> {
    let key = open.take("key").filter(|it| !it.is_empty())?;
    let value = open.take("value")?;
    let value = match open.name.as_str() {
        "string" | "date" | "id" => Value::from(value),
        "int" => Value::from(value.trim().parse::<i64>().ok()?),
        "float" => Value::Number(Number::from_f64(value.trim().parse().ok()?)?),
        "boolean" => Value::from(match value.trim() {
            "true" | "1" => true,
            "false" | "0" => false,
            _ => return None,
        }),
        _ => return None,
    };
    Some((key, value))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(text: &str, expected: Expect) {
        let mut xes = Xes::new(text.as_bytes());
        let mut told = String::new();
        loop {
            match xes.line() {
                Ok(Some(LogLine::Event(line))) => {
                    told.push_str(std::str::from_utf8(line).unwrap());
                    told.push('\n');
                }
                Ok(Some(_)) => panic!("no event of it is faulty"),
                Ok(None) => break,
                Err(error) => {
                    told.push_str(&format!("{error}\n"));
                    break;
                }
            }
        }
        expected.assert_eq(&told);
    }

    #[test]
    fn events_have_what_their_trace_says() {
        check(
            r#"<?xml version="1.0" encoding="UTF-8"?>
            <log xes.version="1.0" xmlns="http://www.xes-standard.org/">
              <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
              <global scope="event"><string key="concept:name" value="nobody"/></global>
              <string key="concept:name" value="the log"/>
              <trace>
                <string key="concept:name" value="A 1"/>
                <float key="amount" value="12.5"><string key="currency" value="EUR"/></float>
                <event>
                  <string key="concept:name" value="register &amp; check"/>
                  <date key="time:timestamp" value="2026-03-02T09:00:00.000+01:00"/>
                  <string key="lifecycle:transition" value="start"/>
                  <string key="org:resource" value="Ana"/>
                  <int key="items" value="3"/><boolean key="urgent" value="true"/>
                  <list key="notes"><values><string key="note" value="inner"/></values></list>
                  <int key="broken" value="many"/><string key="items" value="twice"/>
                </event>
              </trace>
              <trace><event><string key="concept:name" value="alone"/></event></trace>
              <event><string key="concept:name" value="of no trace"/></event>
            </log>"#,
            expect![[r#"
                {"case_id":"A 1","case:concept:name":"A 1","case:amount":12.5,"concept:name":"register & check","time:timestamp":"2026-03-02T09:00:00.000+01:00","lifecycle:transition":"start","org:resource":"Ana","items":3,"urgent":true}
                {"case_id":"trace-2","concept:name":"alone"}
                {"concept:name":"of no trace"}
            "#]],
        );
    }

    #[test]
    fn what_is_cut_off_or_hostile_ends_the_file() {
        check(
            r#"<log><trace><event><string key="concept:name" value="a"/></event><event>"#,
            expect![[r#"
                {"case_id":"trace-1","concept:name":"a"}
                the file is not sound XML: the document ends within an element, before byte 72
            "#]],
        );
    }
}
