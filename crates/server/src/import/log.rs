//! Logs of process mining, event by event, each as a line of JSON.

use std::{
    path::Path,
    sync::{Arc, atomic::AtomicU64},
};

use throughline_ingest::{
    Fault,
    file::{Format, Lines},
};

use super::{ocel::Ocel, rows::FileFault, text::Source, xes::Xes};

/// Events whose members become columns to choose from.
const SAMPLE_EVENTS: usize = 1_000;
/// Bytes of such events.
const SAMPLE_BYTES: usize = 8 << 20;

/// An event of a log, as a line of JSON.
pub enum LogLine<'a> {
    Event(&'a [u8]),
    /// In its place, the names of the members that it had.
    Erased(&'a [u8]),
    Faulty(Fault),
}

/// A log of one of the standards.
pub enum Log {
    Xes(Box<Xes<Source>>),
    Ocel(Box<Ocel<Source>>),
}

impl Log {
    /// Opens a log; `bytes_read` tells how much of it was read.
    pub fn open(
        format: Format,
        is_xml: bool,
        path: &Path,
        bytes_read: Arc<AtomicU64>,
    ) -> Result<Self, FileFault> {
        let source = Source::open(path, bytes_read)?;
        Ok(match (format, is_xml) {
            (Format::Xes, _) => Self::Xes(Box::new(Xes::new(source))),
            (_, false) => Self::Ocel(Box::new(Ocel::of_json(source)?)),
            (_, true) => {
                let first = Source::open(path, Arc::default())?;
                Self::Ocel(Box::new(Ocel::of_xml(first, source)?))
            }
        })
    }

    /// The next event; none at the end.
    pub fn line(&mut self) -> Result<Option<LogLine<'_>>, FileFault> {
        match self {
            Self::Xes(xes) => xes.line(),
            Self::Ocel(ocel) => ocel.line(),
        }
    }

    /// Whether it is written as XML.
    pub fn is_xml(&self) -> bool {
        match self {
            Self::Xes(_) => true,
            Self::Ocel(ocel) => ocel.is_xml(),
        }
    }

    /// How many events there are, where that is known before they are read.
    pub fn events_total(&self) -> Option<u64> {
        match self {
            Self::Xes(_) => None,
            Self::Ocel(ocel) => Some(ocel.events_total()),
        }
    }

    /// Bytes of the unpacked file that were used; of a log whose events are not counted.
    pub fn used(&self) -> u64 {
        match self {
            Self::Xes(xes) => xes.used(),
            Self::Ocel(_) => 0,
        }
    }

    /// The members of the first events. A file that is not sound further on is read up to there, and then says so.
    pub fn columns(&mut self) -> Result<Vec<String>, FileFault> {
        let mut sample: Vec<Vec<u8>> = Vec::new();
        let mut bytes = 0;
        while sample.len() < SAMPLE_EVENTS && bytes < SAMPLE_BYTES {
            match self.line() {
                Ok(Some(LogLine::Event(line) | LogLine::Erased(line))) => {
                    bytes += line.len();
                    sample.push(line.to_vec());
                }
                Ok(Some(LogLine::Faulty(_))) => {}
                Ok(None) => break,
                Err(_) if !sample.is_empty() => break,
                Err(fault) => return Err(fault),
            }
        }
        Ok(Lines::columns(sample.iter().map(Vec::as_slice)))
    }
}
