//! Where a command writes what it was asked for, and as what.

use std::{
    fs,
    io::{self, IsTerminal, Write as _},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use clap::{Args, ValueEnum as _};

use crate::export::{Choices, Export, File, Format};

/// How a file is written.
#[derive(Debug, Default, Args)]
pub struct Out {
    /// The kind of file [default: as FILE ends, else json]
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<Format>,
    /// Where to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// One table instead of all
    #[arg(long, value_name = "NAME")]
    table: Option<String>,
    /// Begin CSV with the mark by which spreadsheets know UTF-8
    #[arg(long)]
    mark: bool,
    /// Leave out what stands above the table in CSV
    #[arg(long)]
    bare: bool,
}

impl Out {
    /// True when nothing was said, so that a command can print what it always has.
    pub fn is_unsaid(&self) -> bool {
        self.format.is_none() && self.out.is_none() && self.table.is_none()
    }

    /// Writes the file.
    pub fn write(&self, export: &Export) -> anyhow::Result<()> {
        let choices = Choices {
            table: self.table.clone(),
            has_mark: self.mark,
            is_bare: self.bare,
        };
        let file = export.write(self.format()?, &choices)?;
        match &self.out {
            Some(path) => write_to(path, &file, export),
            None => print(&file),
        }
    }

    fn format(&self) -> anyhow::Result<Format> {
        let ending = self.out.as_deref().and_then(Path::extension);
        match (self.format, ending.and_then(|it| it.to_str())) {
            (Some(format), _) => Ok(format),
            (None, Some("zip")) => Ok(Format::Parquet),
            (None, Some(ending)) => Format::from_str(ending, true).map_err(|_| {
                anyhow::anyhow!("`.{ending}` is no kind of file that can be written; use --format")
            }),
            (None, None) => Ok(Format::Json),
        }
    }
}

fn write_to(path: &Path, file: &File, export: &Export) -> anyhow::Result<()> {
    // An archive under the name of a table would be a riddle to whoever opens it.
    if file.ending == "zip" && path.extension().is_some_and(|it| it == "parquet") {
        let names: Vec<&str> = export.tables.iter().map(|it| it.name).collect();
        anyhow::bail!(
            "the answer has several tables: {}; name one with --table, or write to a file that ends in .zip",
            names.join(", ")
        );
    }
    let shown = path.display();
    fs::write(path, &file.bytes).with_context(|| format!("could not write {shown}"))
}

fn print(file: &File) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    let is_text = ["csv", "json"].contains(&file.ending);
    if !is_text && stdout.is_terminal() {
        anyhow::bail!("a terminal cannot show this; say where to write it with --out");
    }
    stdout.write_all(&file.bytes)?;
    if file.ending == "json" {
        stdout.write_all(b"\n")?;
    }
    Ok(())
}
