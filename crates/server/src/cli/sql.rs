//! `throughline sql`: a statement asked from the command line.

use std::io::Write as _;

use anyhow::Context as _;
use clap::Args;
use throughline_insight::Cancel;
use throughline_model::sql::SqlFormat;

use super::offline::Offline;
use crate::{
    config::Config,
    sql::{self, Place, Question},
};

/// Arguments of `sql`.
#[derive(Debug, Args)]
pub struct Sql {
    /// One statement that begins with SELECT, WITH or EXPLAIN
    #[arg(value_name = "STATEMENT")]
    sql: String,
    /// Print CSV, with as many rows as an export may have
    #[arg(long)]
    csv: bool,
    #[command(flatten)]
    offline: Offline,
}

impl Sql {
    /// Prints the result.
    pub fn run(self, config: Config, json: bool) -> anyhow::Result<()> {
        let companion = sql::find(&config.sql.companion).with_context(|| {
            "SQL is answered by a companion that is not here; build it with `make sql`, \
             or put throughline-sql beside throughline"
        })?;
        let folder = sql::folder_of(&config.data.dir);
        let wait_max = sql::wait_max(&config.sql);
        let question = Question {
            sql: self.sql,
            format: if self.csv {
                SqlFormat::Csv
            } else {
                SqlFormat::Json
            },
            rows_max: u64::MAX,
        };
        let answered = self.offline.with_workspace(config, |app, runtime| {
            let place = Place {
                companion: &companion,
                folder: &folder,
                wait_max,
                state: runtime.state(),
            };
            let context = runtime.context(app.now());
            sql::answer(place, &context, question, &Cancel::default())
                .map_err(|refusal| anyhow::anyhow!("{}", refusal.message()))
        })?;
        let mut out = std::io::stdout().lock();
        if self.csv {
            out.write_all(&answered.bytes)?;
        } else if json {
            let rows: serde_json::Value = serde_json::from_slice(&answered.bytes)?;
            let body = serde_json::json!({"columns": answered.columns, "rows": rows,
                "rows_count": answered.rows_count, "is_cut": answered.is_cut});
            writeln!(out, "{body}")?;
        } else {
            let rows: Vec<Vec<serde_json::Value>> = serde_json::from_slice(&answered.bytes)?;
            let names = answered.columns.iter().map(|it| it.name.clone()).collect();
            write!(out, "{}", aligned(names, &rows))?;
            if answered.is_cut {
                writeln!(out, "cut at {} rows; --csv gives more", answered.rows_count)?;
            }
        }
        Ok(())
    }
}

/// A table for people, its columns as wide as their longest value.
fn aligned(names: Vec<String>, rows: &[Vec<serde_json::Value>]) -> String {
    let shown = |value: &serde_json::Value| match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text.replace('\n', " "),
        value => value.to_string(),
    };
    let mut lines = vec![names];
    lines.extend(rows.iter().map(|row| row.iter().map(shown).collect()));
    let count = lines.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count)
        .map(|column| {
            let all = lines.iter().filter_map(|line| line.get(column));
            all.map(|it| it.chars().count()).max().unwrap_or(0)
        })
        .collect();
    let mut out = String::new();
    for line in &lines {
        let cells = line.iter().zip(&widths);
        let cells: Vec<String> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        out.push_str(cells.join("  ").trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let rows = vec![
            vec![serde_json::json!("view"), serde_json::json!(12)],
            vec![serde_json::json!(null), serde_json::json!(3.5)],
        ];
        let table = aligned(vec!["event".to_owned(), "n".to_owned()], &rows);
        assert_eq!(table, "event  n\nview   12\n       3.5\n");
    }
}
