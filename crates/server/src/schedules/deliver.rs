//! One try of a delivery: counted, written, and handed over.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, header};
use serde::Serialize;
use throughline_model::{Timestamp, schedule::Destination};

use super::{
    Outcome, StoredSchedule,
    content::{Content, content},
    render::Pen,
};
use crate::{
    app::App,
    outgoing::{Call, Mail, MailError, hex, hmac_sha256},
    workspace::WorkspaceRuntime,
};

/// Why something is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Occasion {
    Due(Timestamp),
    /// Somebody has asked for it to be sent now.
    Hand,
    /// Somebody wants to see it first; mail goes to this address only.
    Test(String),
}

/// How a try ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    pub outcome: Outcome,
    pub message: String,
    pub may_try_again: bool,
}

impl Ended {
    /// Without an answer. What may have arrived is not sent again, as it would come twice.
    fn failed(may_have_arrived: bool, is_final: bool, message: String) -> Self {
        let outcome = match may_have_arrived {
            true => Outcome::Unknown,
            false => Outcome::Failed,
        };
        Self {
            outcome,
            message,
            may_try_again: !may_have_arrived && !is_final,
        }
    }
}

/// What a webhook is sent.
#[derive(Serialize)]
struct Notice<'a> {
    kind: &'static str,
    /// The same for every try of one delivery.
    id: &'a str,
    schedule: &'a str,
    workspace: &'a str,
    is_test: bool,
    due: Option<Timestamp>,
    sent: Timestamp,
    content: &'a Content,
}

/// Makes one try, and tells how it ended.
pub async fn deliver(
    app: &App,
    runtime: &WorkspaceRuntime,
    id: &str,
    stored: &StoredSchedule,
    occasion: &Occasion,
) -> Ended {
    let content = match content(app, runtime, &stored.schedule).await {
        Ok(content) => content,
        Err(refusal) => {
            return Ended {
                outcome: Outcome::Failed,
                message: refusal.message().to_owned(),
                may_try_again: refusal.may_pass(),
            };
        }
    };
    match &stored.schedule.to {
        Destination::Mail(addresses) => {
            let to = match occasion {
                Occasion::Test(address) => std::slice::from_ref(address),
                Occasion::Due(_) | Occasion::Hand => addresses,
            };
            mail(app, runtime, stored, occasion, to, &content).await
        }
        Destination::Webhook(url) => {
            webhook(app, runtime, id, stored, occasion, url, &content).await
        }
    }
}

async fn mail(
    app: &App,
    runtime: &WorkspaceRuntime,
    stored: &StoredSchedule,
    occasion: &Occasion,
    to: &[String],
    content: &Content,
) -> Ended {
    let vocabulary = runtime.context(app.now()).meaning.vocabulary;
    let pen = Pen {
        language: stored.schedule.language,
        vocabulary: &vocabulary,
        is_test: matches!(occasion, Occasion::Test(_)),
    };
    let mail = Mail {
        to: to.to_vec(),
        subject: pen.subject(content),
        text: pen.plain(content),
        html: pen.html(content),
        attachments: Vec::new(),
    };
    let sent = match app.mailer() {
        Some(mailer) => mailer.send(mail).await,
        None => Err(MailError::NotSetUp),
    };
    match sent {
        Ok(()) => Ended {
            outcome: Outcome::Sent,
            message: to.join(", "),
            may_try_again: false,
        },
        Err(error) => Ended::failed(error.may_have_arrived(), error.is_final(), told(&error)),
    }
}

async fn webhook(
    app: &App,
    runtime: &WorkspaceRuntime,
    id: &str,
    stored: &StoredSchedule,
    occasion: &Occasion,
    url: &str,
    content: &Content,
) -> Ended {
    let now = app.now();
    let due = match occasion {
        Occasion::Due(due) => Some(*due),
        Occasion::Hand | Occasion::Test(_) => None,
    };
    let workspace = runtime.id().as_str();
    let delivery = format!("{workspace}/{id}/{}", due.unwrap_or(now).0);
    let notice = Notice {
        kind: "schedule.delivery",
        id: &delivery,
        schedule: id,
        workspace,
        is_test: matches!(occasion, Occasion::Test(_)),
        due,
        sent: now,
        content,
    };
    let body = serde_json::to_vec(&notice).expect("deliveries have text keys");
    let secret = stored.secret.as_deref().unwrap_or_default();
    let call = Call {
        url: url.to_owned(),
        headers: vec![
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            ),
            (
                HeaderName::from_static("throughline-signature"),
                header_of(&signature(secret, now, &body)),
            ),
            (
                HeaderName::from_static("throughline-delivery"),
                header_of(&delivery),
            ),
        ],
        body: Bytes::from(body),
    };
    match app.outgoing().post(call).await {
        Ok(reply) => {
            let is_taken = (200..300).contains(&reply.status);
            // Another try may help when the other side is overloaded or broken, and never when it says no.
            let may_pass = reply.status >= 500 || matches!(reply.status, 408 | 425 | 429);
            Ended {
                outcome: if is_taken {
                    Outcome::Sent
                } else {
                    Outcome::Failed
                },
                message: format!("answered {}", reply.status),
                may_try_again: !is_taken && may_pass,
            }
        }
        Err(error) => Ended::failed(error.may_have_arrived(), error.is_final(), told(&error)),
    }
}

/// `t` is when it was signed, in seconds; `v1` is the code over `t`, a dot and the body.
pub fn signature(secret: &str, now: Timestamp, body: &[u8]) -> String {
    let seconds = now.0.div_euclid(1_000);
    let mut message = format!("{seconds}.").into_bytes();
    message.extend_from_slice(body);
    let code = hex(&hmac_sha256(secret.as_bytes(), &message));
    format!("t={seconds},v1={code}")
}

fn header_of(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("ids and digits are plain text")
}

/// An error with its causes, as those who can mend it read it.
fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        next = cause.source();
    }
    text.chars().take(500).collect()
}
