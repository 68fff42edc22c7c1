//! The SQL companion of Throughline: one statement, over what the server hands over, and then the end.
//!
//! It is a process of its own so that a statement can break or exhaust it without harm to the server.
//! Two lines of JSON come in and two go out; `throughline_model::sql` says what they hold.

mod bounds;
mod calendar;
mod engine;
mod events;
mod file;
mod gate;
mod json;
mod object;
mod output;
mod tables;

use std::{
    io::{self, BufRead as _, Read as _, Write as _},
    process::ExitCode,
    thread,
};

use serde::de::DeserializeOwned;
use throughline_model::sql::{SqlFailure, SqlJob, SqlReply, SqlTables};

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some("--version") {
        println!("throughline-sql {}", env!("CARGO_PKG_VERSION"));
        return ExitCode::SUCCESS;
    }
    let Some(job) = next_line::<SqlJob>() else {
        eprintln!("throughline-sql is started by `throughline`, and answers nobody else");
        return ExitCode::from(2);
    };
    bounds::set(&job.limits);
    let answered = thread::Builder::new()
        .stack_size(bounds::PLANNING_STACK_BYTES)
        .spawn(move || answer(&job));
    let reply = match answered.map(thread::JoinHandle::join) {
        Ok(Ok(reply)) => reply,
        Ok(Err(_)) => failed("the engine gave up; the server's log says where"),
        Err(error) => failed(&format!("could not start a thread: {error}")),
    };
    say(&reply);
    ExitCode::SUCCESS
}

fn answer(job: &SqlJob) -> SqlReply {
    let statement = match gate::pass(&job.sql) {
        Ok(statement) => statement,
        Err(refused) => return SqlReply::Refused(refused.to_string()),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(job.limits.threads.max(1))
        .thread_stack_size(bounds::WORKING_STACK_BYTES)
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return failed(&format!("could not start threads: {error}")),
    };
    let done = runtime.block_on(async {
        let planned = engine::plan(statement, &job.spill, &job.limits).await?;
        say(&SqlReply::Needs(planned.needs.clone()));
        let Some(tables) = next_line::<SqlTables>() else {
            return Ok(failed("the server did not say where the tables lie"));
        };
        end_with_the_server();
        planned.run(job, tables).await.map(SqlReply::Done)
    });
    done.unwrap_or_else(|error| {
        let (why, message) = engine::failure_of(&error);
        SqlReply::Failed { why, message }
    })
}

/// Ends this process when the server closes our input, as it does when it stops or dies.
fn end_with_the_server() {
    thread::spawn(|| {
        let mut nothing = [0; 1];
        while matches!(io::stdin().read(&mut nothing), Ok(1..)) {}
        std::process::exit(3);
    });
}

fn next_line<T: DeserializeOwned>() -> Option<T> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).ok()?;
    serde_json::from_str(&line).ok()
}

fn say(reply: &SqlReply) {
    let line = serde_json::to_string(reply).expect("replies have text keys");
    let mut out = io::stdout().lock();
    // Nobody listens any more when this fails, so there is nobody to tell.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

fn failed(message: &str) -> SqlReply {
    SqlReply::Failed {
        why: SqlFailure::Internal,
        message: message.to_owned(),
    }
}
