//! Answers that are given again while nothing has changed, with their age.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderValue, header};
use serde::Serialize;
use throughline_insight::{AskError, Cancel};
use throughline_model::{Span, Timestamp, WorkspaceId, limits};

use crate::{
    access::gate::Workspace,
    app::App,
    http::refusal::{Code, Fault, Refusal},
    work::Ticket,
    workspace::{Context, WorkspaceRuntime},
};

/// Answers by question and by what they were taken from.
#[derive(Default)]
pub struct Answers {
    kept: Mutex<Kept>,
    /// Questions that are being answered, so that the same one is not answered twice at once.
    asking: Mutex<HashMap<Key, Weak<Turn>>>,
}

/// Held by whoever answers a question; others who ask it wait.
type Turn = tokio::sync::Mutex<()>;

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
    reading: (u64, u64),
    vocabulary: (u64, u64),
    segments: u64,
    question: String,
}

/// A question with the name under which its answer is kept.
pub struct Asked<'a> {
    pub runtime: &'a WorkspaceRuntime,
    /// The same for the same question, like a path with its body.
    pub question: String,
    pub ticket: Option<Ticket>,
    /// How old the answer may be.
    pub age_max: Span,
    /// Whether an answer from before the latest events will do.
    pub any_snapshot: bool,
}

impl<'a> Asked<'a> {
    /// A question that nobody follows or stops.
    pub fn of(workspace: &'a Workspace, question: &str) -> Self {
        Self::without_caller(&workspace.runtime, question)
    }

    /// The same, asked by nobody who is signed in.
    pub fn without_caller(runtime: &'a WorkspaceRuntime, question: &str) -> Self {
        Self {
            runtime,
            question: question.to_owned(),
            ticket: None,
            age_max: limits::ANSWER_AGE_MAX,
            any_snapshot: false,
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
    let context = asked.runtime.context(app.now());
    let key = Key {
        workspace: asked.runtime.id().clone(),
        snapshot: match asked.any_snapshot {
            true => 0,
            false => context.snapshot_key(),
        },
        reading: context.reading(),
        vocabulary: context.meaning.key(),
        segments: context.segments_version,
        question: asked.question,
    };
    let now = context.now;
    let turn = app.answers().turn(&key);
    let _turn = turn.lock().await;
    if let Some((json, asked)) = app.answers().get(&key, app.now(), asked.age_max) {
        return Ok(response(json, app.now().since(asked).0 / 1_000));
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
    /// Whoever holds it answers the question; who waits finds the answer, or is the next to try.
    fn turn(&self, key: &Key) -> Arc<Turn> {
        let mut asking = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = asking.get(key).and_then(Weak::upgrade) {
            return turn;
        }
        asking.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::new(Turn::default());
        asking.insert(key.clone(), Arc::downgrade(&turn));
        turn
    }

    fn get(&self, key: &Key, now: Timestamp, age_max: Span) -> Option<(Bytes, Timestamp)> {
        let mut kept = self.lock();
        kept.uses += 1;
        let used = kept.uses;
        let found = kept.answers.get_mut(key)?;
        if now.since(found.asked) > age_max {
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
            let faults: Vec<Fault> = faults.into_iter().map(Fault::from).collect();
            Refusal::faulty("the question cannot be asked like this", faults)
        }
        AskError::Cancelled(_) => Refusal::new(
            Code::QuestionStopped,
            "the question was stopped before it was answered",
        ),
        AskError::State(error) => error.into(),
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

    const MAX: Span = limits::ANSWER_AGE_MAX;

    #[tokio::test]
    async fn the_same_question_waits_for_its_answer_and_others_do_not() {
        let answers = Answers::default();
        let (first, second) = (answers.turn(&key("a")), answers.turn(&key("a")));
        let held = first.lock().await;
        assert!(second.try_lock().is_err());
        assert!(answers.turn(&key("b")).try_lock().is_ok());
        drop(held);
        assert!(second.try_lock().is_ok());
        drop((first, second));
        answers.turn(&key("c"));
        let asking = answers.asking.lock().unwrap();
        assert_eq!(asking.len(), 1, "what nobody asks is forgotten");
    }

    fn key(question: &str) -> Key {
        Key {
            workspace: WorkspaceId::parse("shop").unwrap(),
            reading: (0, 0),
            snapshot: 1,
            vocabulary: (1, 0),
            segments: 1,
            question: question.to_owned(),
        }
    }

    #[test]
    fn an_answer_is_given_again_until_it_is_old() {
        let answers = Answers::default();
        answers.put(key("a"), Bytes::from_static(b"1"), Timestamp(1_000));
        let later = Timestamp(1_000).plus(limits::ANSWER_AGE_MAX);
        assert_eq!(
            answers.get(&key("a"), later, MAX),
            Some((Bytes::from_static(b"1"), Timestamp(1_000)))
        );
        assert_eq!(answers.get(&key("a"), Timestamp(later.0 + 1), MAX), None);
        assert_eq!(answers.get(&key("b"), later, MAX), None);
    }

    #[test]
    fn what_was_not_used_for_longest_makes_room() {
        let answers = Answers::default();
        let large = Bytes::from(vec![0; limits::ANSWERS_BYTES_MAX / 8]);
        for question in 0..8 {
            answers.put(key(&question.to_string()), large.clone(), Timestamp(0));
        }
        answers.get(&key("0"), Timestamp(0), MAX).unwrap();
        answers.put(key("8"), large, Timestamp(0));
        assert!(answers.get(&key("0"), Timestamp(0), MAX).is_some());
        assert!(answers.get(&key("1"), Timestamp(0), MAX).is_none());
        assert!(answers.get(&key("8"), Timestamp(0), MAX).is_some());
    }
}
