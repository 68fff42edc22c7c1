//! The report of rows that are no events, as a file that opens in any spreadsheet.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

use throughline_ingest::file::RowFault;
use throughline_model::limits;

/// Writes one line for each row, up to a limit; the last line counts the rest.
pub struct FaultReport {
    out: BufWriter<File>,
    listed: u64,
    more: u64,
}

impl FaultReport {
    /// Begins a report, in place of an earlier one.
    pub fn create(path: &Path) -> io::Result<Self> {
        let mut out = BufWriter::new(File::create(path)?);
        // Spreadsheets take a file without this mark for another encoding.
        out.write_all("\u{feff}row,column,reason,message\r\n".as_bytes())?;
        Ok(Self {
            out,
            listed: 0,
            more: 0,
        })
    }

    /// Lists a row; the first of the file is row 1.
    pub fn add(&mut self, row: u64, fault: &RowFault) -> io::Result<()> {
        if self.listed == limits::IMPORT_FAULTS_LISTED_MAX {
            self.more += 1;
            return Ok(());
        }
        self.listed += 1;
        let RowFault { column, fault } = fault;
        let column = cell(column.as_deref().unwrap_or_default());
        let (reason, message) = (fault.reason.code(), cell(&fault.message));
        write!(self.out, "{row},{column},{reason},{message}\r\n")
    }

    /// Writes what is left to write.
    pub fn finish(mut self) -> io::Result<()> {
        if self.more > 0 {
            let more = self.more;
            write!(self.out, ",,,{more} more rows are not listed\r\n")?;
        }
        self.out.flush()
    }
}

/// A quoted cell. Spreadsheets would run what begins like a formula, so such a text is set off.
fn cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        "'"
    } else {
        ""
    };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use throughline_ingest::{Fault, Reason};

    use super::*;

    #[test]
    fn a_report_is_safe_to_open_and_counts_what_it_leaves_out() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut report = FaultReport::create(file.path()).unwrap();
        let fault = RowFault {
            column: Some("=cmd()".to_owned()),
            fault: Fault::new(Reason::TimeInvalid, "`\"now\"` is no time"),
        };
        for row in 1..=limits::IMPORT_FAULTS_LISTED_MAX + 2 {
            report.add(row, &fault).unwrap();
        }
        report.finish().unwrap();
        let text = std::fs::read_to_string(file.path()).unwrap();
        let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
        assert_eq!(lines[0], "row,column,reason,message");
        assert_eq!(
            lines[1],
            "1,\"'=cmd()\",time_invalid,\"`\"\"now\"\"` is no time\""
        );
        assert_eq!(lines.last(), Some(&",,,2 more rows are not listed"));
        assert_eq!(lines.len() as u64, limits::IMPORT_FAULTS_LISTED_MAX + 2);
    }
}
