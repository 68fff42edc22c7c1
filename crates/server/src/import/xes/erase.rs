//! Events that go from a log of XES are emptied in their place, and a trace when its last event goes.

use std::{io::Read, ops::Range, sync::Arc};

use serde_json::{Map, Value};

use super::{NAME, Piece, Xes};
use crate::import::{
    erased::{ERASED, Edit, Edits, Fate, Puts},
    log::LogLine,
    rows::FileFault,
    xml::quoted,
};

/// A trace whose events are being read.
struct Trace {
    /// Where what it holds begins.
    from: u64,
    events: Vec<Found>,
}

struct Found {
    span: Range<u64>,
    fate: Fate,
    /// What it is when it is emptied.
    put: Option<Arc<[u8]>>,
}

/// How a log is written anew without events, by the fates of all. `names` tells whether the attributes of a trace,
/// as JSON, name who is erased.
pub fn edits(
    source: impl Read,
    fates: &[Fate],
    names: &dyn Fn(&str) -> bool,
) -> Result<Edits, FileFault> {
    let mut xes = Xes::new(source);
    let mut fates = fates.iter().copied();
    let mut puts = Puts::default();
    let mut to = Edits::default();
    let mut trace: Option<Trace> = None;
    while let Some(piece) = xes.piece()? {
        match piece {
            Piece::Trace(from) => {
                let events = Vec::new();
                trace = Some(Trace { from, events });
            }
            Piece::Event(span) => {
                let fate = fates.next().unwrap_or(Fate::Stays);
                let put = emptied(&mut xes, fate).map(|it| puts.of(it));
                let found = Found { span, fate, put };
                match &mut trace {
                    Some(trace) => trace.events.push(found),
                    None if fate == Fate::Goes => to.edits.extend(found.edit()),
                    None => {}
                }
            }
            Piece::TraceEnd(end, attributes) => {
                if let Some(trace) = trace.take() {
                    trace.end(end, attributes, names, &mut puts, &mut to);
                }
            }
        }
    }
    Ok(to)
}

/// The event that was read last without its values; none where it stays whatever its trace does.
fn emptied(xes: &mut Xes<impl Read>, fate: Fate) -> Option<String> {
    let mark = match (fate, xes.last_line()) {
        (Fate::Goes, _) => Some(true),
        // What could not be read at all must not become a row that is looked at.
        (Fate::NoEvent, LogLine::Faulty(_)) => Some(false),
        (Fate::NoEvent, _) => None,
        (Fate::Stays | Fate::Gone, _) => return None,
    };
    let mark = mark.map(|it| format!("<boolean key=\"{ERASED}\" value=\"{it}\"/>"));
    let keys = xes.last.iter().map(|(key, _)| key.as_str());
    let keys = without_values(keys.filter(|it| *it != ERASED));
    Some(format!("<event>{}{keys}</event>", mark.unwrap_or_default()))
}

/// Attributes without their values. Their names stay, as columns are made of them.
fn without_values<'a>(keys: impl Iterator<Item = &'a str>) -> String {
    keys.map(|key| format!("<string key={} value=\"\"/>", quoted(key)))
        .collect()
}

impl Found {
    fn edit(self) -> Option<Edit> {
        let span = self.span;
        self.put.map(|put| Edit { span, put })
    }
}

impl Trace {
    fn end(
        self,
        end: u64,
        attributes: Vec<(String, Value)>,
        names: &dyn Fn(&str) -> bool,
        puts: &mut Puts,
        to: &mut Edits,
    ) {
        let has = |fate| self.events.iter().any(|it| it.fate == fate);
        if !has(Fate::Goes) {
            return;
        }
        if has(Fate::Stays) {
            let going = self.events.into_iter().filter(|it| it.fate == Fate::Goes);
            to.edits.extend(going.filter_map(Found::edit));
            to.shared += u64::from(names(&told(attributes)));
            return;
        }
        let keys = attributes.iter().map(|(key, _)| key.as_str());
        let mut put = puts.of(without_values(keys));
        let mut at = self.from;
        for event in self.events {
            let between = at..event.span.start;
            at = event.span.end;
            to.edits.push(Edit { span: between, put });
            to.edits.extend(event.edit());
            put = puts.of(String::new());
        }
        to.edits.push(Edit { span: at..end, put });
    }
}

/// What a trace says, as JSON.
fn told(attributes: Vec<(String, Value)>) -> String {
    let case = attributes.iter().find(|it| it.0 == NAME);
    let case = case.map(|it| ("case_id".to_owned(), it.1.clone()));
    let all: Map<String, Value> = attributes.into_iter().chain(case).collect();
    Value::from(all).to_string()
}

#[cfg(test)]
mod tests;
