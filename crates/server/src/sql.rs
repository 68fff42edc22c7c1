//! SQL over one moment of the log, answered by a companion process that can break without harm.
//!
//! `companion` starts it, talks to it and ends it; `tables` lays the log out for it in a folder of
//! its own. Everything that it may cost is in `model::limits`.

mod companion;
mod folder;
mod tables;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use throughline_insight::Cancel;
use throughline_model::{
    limits,
    sql::{SqlColumn, SqlDone, SqlFormat, SqlJob, SqlLimits, SqlReply},
};
use throughline_store::state::WorkspaceState;

use companion::Companion;
pub use companion::find;
use folder::Folder;
pub use folder::clear;

use crate::{
    answers::refuse,
    config::SqlConfig,
    http::refusal::{Code, Refusal},
    workspace::Context,
};

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    pub sql: String,
    pub format: SqlFormat,
    pub rows_max: u64,
}

/// A result, in the format that was asked for.
#[derive(Debug)]
pub struct Answered {
    pub columns: Vec<SqlColumn>,
    pub rows_count: u64,
    /// True when there are more rows than these.
    pub is_cut: bool,
    pub bytes: Vec<u8>,
}

/// Where a question finds what it needs.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// The program that answers.
    pub companion: &'a Path,
    /// A folder in which questions may make folders of their own.
    pub folder: &'a Path,
    /// How long a question may take from its start to its answer.
    pub wait_max: Duration,
    pub state: &'a WorkspaceState,
}

/// Answers a question. It ends within a moment when it is cancelled.
pub fn answer(
    place: Place<'_>,
    context: &Context,
    question: Question,
    cancel: &Cancel,
) -> Result<Answered, Refusal> {
    let folder = Folder::make(place.folder).map_err(|error| Refusal::internal(&error))?;
    let output = folder.path().join("result");
    let spill = folder.path().join("spill");
    fs::create_dir(&spill).map_err(|error| Refusal::internal(&error))?;
    let job = SqlJob {
        sql: question.sql,
        format: question.format,
        output: output.clone(),
        spill,
        limits: limits_of(question.format, question.rows_max, place.wait_max),
    };
    let mut companion = Companion::start(&place, &folder, &job)?;
    let needs = match companion.reply(cancel)? {
        SqlReply::Needs(needs) => needs,
        other => return Err(no(other)),
    };
    let tables = tables::lay_out(place.state, context, &needs, folder.path(), cancel)?;
    companion.say(&tables);
    let done: SqlDone = match companion.reply(cancel)? {
        SqlReply::Done(done) => done,
        other => return Err(no(other)),
    };
    cancel.check().map_err(|stopped| refuse(stopped.into()))?;
    Ok(Answered {
        columns: done.columns,
        rows_count: done.rows,
        is_cut: done.is_cut,
        bytes: fs::read(&output).map_err(|error| Refusal::internal(&error))?,
    })
}

/// How long a question may take, as the settings say.
pub fn wait_max(settings: &SqlConfig) -> Duration {
    let ms = u64::try_from(settings.wait_max.0).unwrap_or_default();
    Duration::from_millis(ms).min(limits::SQL_WAIT_MAX)
}

/// Where questions of an installation may make folders: from the root on, as the companion works in one of them.
pub fn folder_of(data_dir: &Path) -> PathBuf {
    let folder = data_dir.join("sql");
    std::path::absolute(&folder).unwrap_or(folder)
}

fn limits_of(format: SqlFormat, rows_max: u64, wait_max: Duration) -> SqlLimits {
    let (rows, bytes) = match format {
        SqlFormat::Json => (limits::SQL_ROWS_SHOWN_MAX, limits::SQL_BYTES_SHOWN_MAX),
        SqlFormat::Csv | SqlFormat::Parquet => (
            limits::SQL_ROWS_EXPORTED_MAX,
            limits::SQL_BYTES_EXPORTED_MAX,
        ),
    };
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = processors.min(limits::SQL_THREADS_MAX);
    SqlLimits {
        memory_bytes: limits::SQL_MEMORY_BYTES_MAX,
        spill_bytes: limits::SQL_SPILL_BYTES_MAX,
        processor_seconds: wait_max.as_secs().max(1) * threads as u64,
        threads,
        rows: rows_max.min(rows),
        bytes,
    }
}

/// Says why there is no result.
fn no(reply: SqlReply) -> Refusal {
    use throughline_model::sql::SqlFailure;
    match reply {
        SqlReply::Refused(why) => {
            Refusal::new(Code::SqlRefused, format!("the statement is refused: {why}"))
        }
        SqlReply::Failed { why, message } => match why {
            SqlFailure::Statement => Refusal::new(Code::SqlFailed, message),
            SqlFailure::Resources => exhausted("more memory", &message),
            SqlFailure::Internal => {
                tracing::error!(message, "the SQL companion failed");
                let message = "the engine could not go on with this; the server's log says why";
                Refusal::new(Code::SqlFailed, message)
            }
        },
        SqlReply::Needs(_) | SqlReply::Done(_) => {
            tracing::error!("the SQL companion is of another version");
            Refusal::new(
                Code::SqlMissing,
                "the companion is of another version; build it again with `make sql`",
            )
        }
    }
}

/// Says that a question costs too much, and what to do.
fn exhausted(what: &str, details: &str) -> Refusal {
    let details = match details {
        "" => String::new(),
        details => format!(" ({details})"),
    };
    Refusal::new(
        Code::SqlExhausted,
        format!(
            "the query needs {what} than it may have{details}; \
             narrow the time, group before you join, or ask for fewer columns"
        ),
    )
}
