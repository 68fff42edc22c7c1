//! An event of another shape, written as a line of JSON, so that all that reads lines reads it.

use std::collections::BTreeSet;

use serde_json::Value;
use throughline_ingest::{Fault, Reason};
use throughline_model::limits;

/// A line that is being written. Of members of one name the first stays.
#[derive(Default)]
pub struct Written {
    text: String,
    names: BTreeSet<String>,
}

impl Written {
    pub fn begin(&mut self) {
        self.text.clear();
        self.text.push('{');
        self.names.clear();
    }

    pub fn add(&mut self, name: &str, value: &Value) {
        if !self.names.insert(name.to_owned()) {
            return;
        }
        if self.text.len() > 1 {
            self.text.push(',');
        }
        self.text.push_str(&Value::from(name).to_string());
        self.text.push(':');
        self.text.push_str(&value.to_string());
    }

    /// The line of an event that was erased: the names that it had. It is shorter than with their values.
    pub fn names<'a>(&mut self, names: impl Iterator<Item = &'a str>) -> &[u8] {
        self.begin();
        for name in names {
            self.add(name, &Value::from(0));
        }
        self.text.push('}');
        self.text.as_bytes()
    }

    /// The line, unless it is too long for a row.
    pub fn end(&mut self) -> Result<&[u8], Fault> {
        self.text.push('}');
        if self.text.len() > limits::IMPORT_ROW_BYTES_MAX {
            let most = limits::IMPORT_ROW_BYTES_MAX;
            let message = format!("the event is longer than {most} bytes");
            return Err(Fault::new(Reason::TooLarge, message));
        }
        Ok(self.text.as_bytes())
    }
}
