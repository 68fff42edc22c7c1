//! Answers that are given again while nothing has changed, with their age.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderValue, header};
use serde::Serialize;
use throughline_insight::{AskError, Cancel};
use throughline_model::{Timestamp, WorkspaceId, limits};

use crate::{
    access::gate::Workspace,
    app::App,
    http::refusal::{Code, Fault, Refusal},
    work::Ticket,
    workspace::Context,
};

/// Answers by question and by what they were taken from.
#[derive(Default)]
pub struct Answers {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    answers: HashMap<Key, Answer>,
    bytes: usize,
    /// Grows with each use, so that the smallest was used longest ago.
    uses: u64,
}

struct Answer {
    json: Bytes,
    asked: Timestamp,
    used: u64,
}

/// What an answer depends on, besides the time.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    workspace: WorkspaceId,
    snapshot: u64,
    vocabulary: u64,
    question: String,
}

/// A question with the name under which its answer is kept.
pub struct Asked<'a> {
    pub workspace: &'a Workspace,
    /// The same for the same question, like a path with its body.
    pub question: String,
    pub ticket: Option<Ticket>,
}

impl<'a> Asked<'a> {
    /// A question that nobody follows or stops.
    pub fn of(workspace: &'a Workspace, question: &str) -> Self {
        Self {
            workspace,
            question: question.to_owned(),
            ticket: None,
        }
    }
}

/// Answers a question, or gives the answer again that it had a moment ago.
pub async fn answer<T: Serialize + 'static>(
    app: &App,
    asked: Asked<'_>,
    work: impl FnOnce(&Context, &Cancel) -> Result<T, AskError> + Send + 'static,
) -> Result<Response, Refusal> {
    try_answer(app, asked, |context, cancel| {
        work(context, cancel).map_err(refuse)
    })
    .await
}

/// As [`answer`], for work that can be refused for other reasons too.
pub async fn try_answer<T: Serialize + 'static>(
    app: &App,
    asked: Asked<'_>,
    work: impl FnOnce(&Context, &Cancel) -> Result<T, Refusal> + Send + 'static,
) -> Result<Response, Refusal> {
    let context = asked.workspace.runtime.context(app.now());
    let key = Key {
        workspace: asked.workspace.runtime.id().clone(),
        snapshot: context.snapshot_key(),
        vocabulary: context.meaning.version,
        question: asked.question,
    };
    let now = context.now;
    if let Some((json, asked)) = app.answers().get(&key, now) {
        return Ok(response(json, now.since(asked).0 / 1_000));
    }
    let clock = app.clone();
    let answered = app.desk().answer(
        asked.ticket,
        move || clock.now(),
        move |cancel| {
            let value = work(&context, cancel)?;
            let json = serde_json::to_vec(&value).expect("answers have text keys");
            Ok::<_, Refusal>(Bytes::from(json))
        },
    );
    let json = answered.await??;
    app.answers().put(key, json.clone(), now);
    Ok(response(json, 0))
}

impl Answers {
    fn get(&self, key: &Key, now: Timestamp) -> Option<(Bytes, Timestamp)> {
        let mut kept = self.lock();
        kept.uses += 1;
        let used = kept.uses;
        let found = kept.answers.get_mut(key)?;
        if now.since(found.asked) > limits::ANSWER_AGE_MAX {
            return None;
        }
        found.used = used;
        Some((found.json.clone(), found.asked))
    }

    fn put(&self, key: Key, json: Bytes, asked: Timestamp) {
        if json.len() > limits::ANSWERS_BYTES_MAX / 8 {
            return;
        }
        let mut kept = self.lock();
        kept.uses += 1;
        let used = kept.uses;
        kept.bytes += json.len();
        let new = Answer { json, asked, used };
        if let Some(old) = kept.answers.insert(key, new) {
            kept.bytes -= old.json.len();
        }
        while kept.bytes > limits::ANSWERS_BYTES_MAX {
            let oldest = kept.answers.iter().min_by_key(|(_, it)| it.used);
            let Some(oldest) = oldest.map(|(key, _)| key.clone()) else {
                break;
            };
            if let Some(gone) = kept.answers.remove(&oldest) {
                kept.bytes -= gone.json.len();
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says why a question has no answer.
pub fn refuse(error: AskError) -> Refusal {
    match error {
        AskError::Faults(faults) => {
            let faults: Vec<Fault> = faults
                .into_iter()
                .map(|fault| Fault {
                    place: fault.place,
                    message: fault.message,
                })
                .collect();
            Refusal::faulty("the question cannot be asked like this", faults)
        }
        AskError::Cancelled(_) => Refusal::new(
            Code::QuestionStopped,
            "the question was stopped before it was answered",
        ),
        AskError::Read(_) => Refusal::internal(&error),
    }
}

fn response(json: Bytes, age_seconds: i64) -> Response {
    let mut response = json.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(header::AGE, HeaderValue::from(age_seconds));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(question: &str) -> Key {
        Key {
            workspace: WorkspaceId::parse("shop").unwrap(),
            snapshot: 1,
            vocabulary: 1,
            question: question.to_owned(),
        }
    }

    #[test]
    fn an_answer_is_given_again_until_it_is_old() {
        let answers = Answers::default();
        answers.put(key("a"), Bytes::from_static(b"1"), Timestamp(1_000));
        let later = Timestamp(1_000).plus(limits::ANSWER_AGE_MAX);
        assert_eq!(
            answers.get(&key("a"), later),
            Some((Bytes::from_static(b"1"), Timestamp(1_000)))
        );
        assert_eq!(answers.get(&key("a"), Timestamp(later.0 + 1)), None);
        assert_eq!(answers.get(&key("b"), later), None);
    }

    #[test]
    fn what_was_not_used_for_longest_makes_room() {
        let answers = Answers::default();
        let large = Bytes::from(vec![0; limits::ANSWERS_BYTES_MAX / 8]);
        for question in 0..8 {
            answers.put(key(&question.to_string()), large.clone(), Timestamp(0));
        }
        answers.get(&key("0"), Timestamp(0)).unwrap();
        answers.put(key("8"), large, Timestamp(0));
        assert!(answers.get(&key("0"), Timestamp(0)).is_some());
        assert!(answers.get(&key("1"), Timestamp(0)).is_none());
        assert!(answers.get(&key("8"), Timestamp(0)).is_some());
    }
}
