//! How the collecting API says no, in the words that libraries act on.
//!
//! What is our trouble is a 429 or 503 with `Retry-After`, after which every library sends again;
//! what is the sender's is a 4xx, after which it would only be refused again.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;
use throughline_ingest::Refusal as Undecoded;
use throughline_model::Span;
use throughline_store::log::AppendError;
use utoipa::ToSchema;

use crate::{
    http::refusal::{Code, ErrorContent, Refusal},
    pipeline::runtime::AcceptError,
};

/// A refusal whose body has code and message at the top as well.
#[derive(Debug)]
pub struct Refused(pub Refusal);

/// The body of every answer of the collecting API that says no.
#[derive(Debug, Serialize, ToSchema)]
pub struct CollectError {
    pub error: ErrorContent,
    /// As in `error`. A library that does not find it here sends again without end.
    pub code: String,
    /// As in `error`.
    pub message: String,
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        self.0.respond(|error| CollectError {
            code: error.code.clone(),
            message: error.message.clone(),
            error,
        })
    }
}

/// The body of an answer that says no, in the words that all other makers' libraries look for.
#[derive(Debug, Serialize, ToSchema)]
pub struct MakerError {
    /// Always 0.
    pub status: u8,
    /// The status of the answer: one maker's libraries believe the body only.
    pub code: u16,
    /// What happened and what to do, for people.
    pub error: String,
    /// Stable, for programs.
    pub reason: String,
}

/// Says no, with a status that it acts on, to a library that does not speak Segment's dialect.
pub fn refused_by_maker(refusal: Refusal, status: StatusCode) -> Response {
    let is_key = refusal.code() == Code::WriteKeyUnknown && status == StatusCode::BAD_REQUEST;
    let mut response = refusal.respond(|error| MakerError {
        status: 0,
        code: status.as_u16(),
        error: match is_key {
            true => format!("Invalid API key: {}", error.message),
            false => error.message,
        },
        reason: error.code,
    });
    *response.status_mut() = status;
    response
}

/// Says that a body could not be read.
pub fn undecoded(refusal: &Undecoded) -> Refusal {
    let code = match refusal {
        Undecoded::BodyTooLarge | Undecoded::InflatedTooLarge | Undecoded::BatchTooLong(_) => {
            Code::BodyLarge
        }
        Undecoded::GzipBroken | Undecoded::NotUtf8(_) | Undecoded::NotJson(_) => Code::BodySyntax,
        Undecoded::NotAnObject | Undecoded::BatchMissing | Undecoded::ListMissing(_) => {
            Code::EventsMissing
        }
    };
    Refusal::new(code, refusal.to_string())
}

/// Says why events were not accepted. The client may send them again as they are.
pub fn unaccepted(error: &AcceptError, is_draining: bool) -> Refusal {
    match error {
        AcceptError::Busy | AcceptError::Log(AppendError::Busy) => {
            let message = "events come faster than they can be stored; try again in a moment";
            Refusal::new(Code::EventsBusy, message).retry_after(Span::seconds(2))
        }
        AcceptError::Log(AppendError::DiskFull { retry_after }) => {
            let message = "the disk is full; the events were not stored, send them again";
            let seconds = i64::try_from(retry_after.as_secs()).unwrap_or(i64::MAX);
            Refusal::new(Code::DiskFull, message).retry_after(Span::seconds(seconds))
        }
        // A server that ends closes its logs.
        AcceptError::Log(AppendError::Stopped { .. }) if is_draining => draining(),
        AcceptError::Log(AppendError::Stopped { .. }) => {
            let message = "the server cannot write to its disk until it is started again; \
                send the events again, those with a message id are stored once";
            Refusal::new(Code::LogStopped, message).retry_after(Span::seconds(30))
        }
        AcceptError::Log(error @ AppendError::TooLarge { .. }) => {
            Refusal::new(Code::BodyLarge, error.to_string())
        }
    }
}

/// Says that the server is about to stop.
pub fn draining() -> Refusal {
    let message = "the server is about to stop; try again in a moment";
    Refusal::new(Code::Draining, message).retry_after(Span::seconds(5))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use expect_test::{Expect, expect};
    use http::header;

    use super::*;

    fn check(refusals: impl IntoIterator<Item = Refusal>, expected: Expect) {
        let mut text = String::new();
        for refusal in refusals {
            let name = refusal.code().parts().0;
            let response = Refused(refusal).into_response();
            let wait = response.headers().get(header::RETRY_AFTER);
            let wait = wait.map_or("never", |it| it.to_str().unwrap());
            text += &format!("{} {name} again: {wait}\n", response.status().as_u16());
        }
        expected.assert_eq(&text);
    }

    #[test]
    fn our_trouble_is_always_answered_so_that_libraries_send_again() {
        let log = |error| unaccepted(&AcceptError::Log(error), false);
        let stopped = || AppendError::Stopped {
            reason: "fdatasync failed".into(),
        };
        let full = AppendError::DiskFull {
            retry_after: Duration::from_secs(5),
        };
        check(
            [
                unaccepted(&AcceptError::Busy, false),
                log(AppendError::Busy),
                log(full),
                log(stopped()),
                unaccepted(&AcceptError::Log(stopped()), true),
                draining(),
            ],
            expect![[r"
                429 events.busy again: 2
                429 events.busy again: 2
                503 disk.full again: 5
                503 log.stopped again: 30
                503 server.draining again: 5
                503 server.draining again: 5
            "]],
        );
    }

    #[test]
    fn what_the_sender_has_to_mend_is_not_sent_again() {
        let faults = [
            Undecoded::BodyTooLarge,
            Undecoded::GzipBroken,
            Undecoded::InflatedTooLarge,
            Undecoded::NotUtf8(3),
            Undecoded::NotJson("line 1".to_owned()),
            Undecoded::NotAnObject,
            Undecoded::BatchMissing,
            Undecoded::BatchTooLong(3_000),
        ];
        check(
            faults.iter().map(undecoded),
            expect![[r"
                413 body.large again: never
                400 body.syntax again: never
                413 body.large again: never
                400 body.syntax again: never
                400 body.syntax again: never
                400 events.missing again: never
                400 events.missing again: never
                413 body.large again: never
            "]],
        );
    }
}
