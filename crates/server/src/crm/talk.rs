//! Calls of a CRM: at a pace, tried again where that may help, and given up where it cannot.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, header};
use serde_json::Value;
use throughline_model::limits;
use tokio::time::sleep;

use super::{
    CrmOutcome,
    hubspot::{self, Batch, Fault, Item, Outcomes},
};
use crate::outgoing::{Answered, Call, CallError, Outgoing};

/// How long is waited for a CRM.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For one answer.
    pub call_max: Duration,
    /// Between two calls.
    pub pause: Duration,
    /// After the first try; each later wait is twice as long.
    pub retry_after: Duration,
    /// When the CRM says how long.
    pub wait_max: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            call_max: limits::CRM_CALL_MAX,
            pause: limits::CRM_CALL_PAUSE,
            retry_after: limits::CRM_RETRY_AFTER,
            wait_max: limits::CRM_WAIT_MAX,
        }
    }
}

impl Patience {
    /// For a page that somebody looks at: a CRM that is busy is told at once, and not waited for.
    pub fn of_somebody_waiting() -> Self {
        Self {
            call_max: limits::CRM_PREVIEW_CALL_MAX,
            wait_max: limits::CRM_PREVIEW_WAIT_MAX,
            ..Self::default()
        }
    }
}

/// One account of HubSpot.
pub struct Talk<'a> {
    outgoing: &'a Outgoing,
    base: &'a str,
    token: HeaderValue,
    patience: Patience,
    calls: u32,
    refused: usize,
}

/// Why a call has no answer that can be used.
enum Failed {
    /// The run cannot go on.
    Ended(CrmOutcome),
    /// What was sent is to blame.
    Refused(Box<Fault>),
}

/// What is done after an answer that is none.
enum Next {
    /// Tries again, or ends like this after the last try.
    Wait(Duration, CrmOutcome),
    End(CrmOutcome),
}

impl<'a> Talk<'a> {
    /// None when the token cannot stand in a header.
    pub fn new(
        outgoing: &'a Outgoing,
        base: &'a str,
        token: &str,
        patience: Patience,
    ) -> Option<Self> {
        let mut token = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
        token.set_sensitive(true);
        Some(Self {
            outgoing,
            base: base.trim_end_matches('/'),
            token,
            patience,
            calls: 0,
            refused: 0,
        })
    }

    /// Asks for things by their names; what HubSpot does not know is missing in the answers.
    pub async fn ask(
        &mut self,
        path: &str,
        names: &[&str],
        body: &(dyn Fn(&[&str]) -> Value + Sync),
    ) -> Result<Vec<Batch>, CrmOutcome> {
        let mut found = Vec::new();
        let mut open = vec![names];
        while let Some(names) = open.pop() {
            match self.call(path, &body(names)).await {
                Ok(batch) => found.push(batch),
                Err(Failed::Ended(outcome)) => return Err(outcome),
                Err(Failed::Refused(_)) => {
                    self.refused += 1;
                    let (first, later) = names.split_at(names.len() / 2);
                    if names.len() > 1 {
                        open.extend([later, first]);
                    }
                }
            }
            self.check_refused()?;
        }
        Ok(found)
    }

    /// Writes contacts. Where HubSpot turns a whole call down, its halves are tried, so that one contact does not
    /// stop the others.
    pub async fn write(
        &mut self,
        items: Vec<Item>,
        is_new: bool,
    ) -> (Outcomes, Result<(), CrmOutcome>) {
        let path = match is_new {
            true => hubspot::CREATE,
            false => hubspot::UPDATE,
        };
        let body: fn(&[Item]) -> Value = match is_new {
            true => hubspot::create,
            false => hubspot::update,
        };
        let mut outcomes = Outcomes::new();
        let mut open = vec![items];
        while let Some(mut items) = open.pop() {
            match self.call(path, &body(&items)).await {
                Ok(batch) => {
                    let told = hubspot::outcomes(&batch, &items, is_new);
                    self.refused += told.values().filter(|it| it.is_err()).count();
                    outcomes.extend(told);
                }
                Err(Failed::Refused(fault)) if items.len() == 1 => {
                    self.refused += 1;
                    outcomes.insert(items.remove(0).key, Err(fault.turned_down()));
                }
                Err(Failed::Refused(_)) => {
                    let later = items.split_off(items.len() / 2);
                    open.extend([later, items]);
                }
                Err(Failed::Ended(outcome)) => return (outcomes, Err(outcome)),
            }
            if let Err(outcome) = self.check_refused() {
                return (outcomes, Err(outcome));
            }
        }
        (outcomes, Ok(()))
    }

    fn check_refused(&self) -> Result<(), CrmOutcome> {
        match self.refused >= limits::CRM_REFUSED_MAX {
            true => Err(CrmOutcome::TooManyRefused),
            false => Ok(()),
        }
    }

    async fn call(&mut self, path: &str, body: &Value) -> Result<Batch, Failed> {
        let body = Bytes::from(body.to_string());
        let mut tries = 0;
        loop {
            tries += 1;
            if self.calls > 0 {
                sleep(self.patience.pause).await;
            }
            self.calls += 1;
            let call = Call {
                url: format!("{}{path}", self.base),
                headers: self.headers(),
                body: body.clone(),
            };
            let within = self.patience.call_max;
            let most = limits::CRM_ANSWER_BYTES_MAX;
            let next = match self.outgoing.exchange(call, within, most).await {
                Ok(answered) => match self.read(answered, tries)? {
                    Ok(batch) => return Ok(batch),
                    Err(next) => next,
                },
                Err(error) => after(&error, self.backoff(tries)),
            };
            match next {
                Next::Wait(_, outcome) if tries >= limits::CRM_TRIES_MAX => {
                    return Err(Failed::Ended(outcome));
                }
                Next::Wait(wait, _) => sleep(wait).await,
                Next::End(outcome) => return Err(Failed::Ended(outcome)),
            }
        }
    }

    fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        let json = HeaderValue::from_static("application/json");
        vec![
            (header::AUTHORIZATION, self.token.clone()),
            (header::CONTENT_TYPE, json.clone()),
            (header::ACCEPT, json),
        ]
    }

    fn read(&self, answered: Answered, tries: u32) -> Result<Result<Batch, Next>, Failed> {
        let Answered {
            status,
            retry_after,
            body,
        } = answered;
        let body = body.unwrap_or_default();
        let fault = || serde_json::from_slice::<Fault>(&body).unwrap_or_default();
        match status {
            200..=299 => match serde_json::from_slice(&body) {
                Ok(batch) => Ok(Ok(batch)),
                Err(_) => Err(Failed::Ended(CrmOutcome::Unreadable)),
            },
            401 => Err(Failed::Ended(CrmOutcome::TokenRefused)),
            403 => Err(Failed::Ended(CrmOutcome::ScopeMissing)),
            429 => Ok(Err(match fault().policy.as_deref() {
                Some("DAILY") => Next::End(CrmOutcome::DailyLimit),
                policy => {
                    let wait = self.asked_wait(retry_after, policy, tries);
                    Next::Wait(wait, CrmOutcome::Busy)
                }
            })),
            408 | 423 | 500.. => {
                let wait = self.asked_wait(retry_after, None, tries);
                Ok(Err(Next::Wait(wait, CrmOutcome::Fails)))
            }
            400..=499 => Err(Failed::Refused(Box::new(fault()))),
            _ => Err(Failed::Ended(CrmOutcome::Unreadable)),
        }
    }

    /// As long as the CRM says, or as its policy does that was broken.
    fn asked_wait(&self, retry_after: Option<u64>, policy: Option<&str>, tries: u32) -> Duration {
        let wait = match (retry_after, policy) {
            (Some(seconds), _) => Duration::from_secs(seconds),
            (None, Some("TEN_SECONDLY_ROLLING")) => Duration::from_secs(10),
            (None, Some("SECONDLY")) => Duration::from_secs(1),
            (None, _) => self.backoff(tries),
        };
        wait.min(self.patience.wait_max)
    }

    fn backoff(&self, tries: u32) -> Duration {
        let wait = self.patience.retry_after * 2_u32.saturating_pow(tries.saturating_sub(1));
        wait.min(self.patience.wait_max)
    }
}

/// A write may be made twice, as it says the same; so what may have arrived is tried again.
fn after(error: &CallError, backoff: Duration) -> Next {
    match error {
        CallError::Url(_) | CallError::Port(_) | CallError::Inside { .. } => {
            Next::End(CrmOutcome::Unreachable)
        }
        // A CRM that hangs would keep the run for minutes; the next one tries again.
        CallError::Late { .. } => Next::End(CrmOutcome::Late),
        CallError::Lookup { .. } | CallError::Connect { .. } => Next::End(CrmOutcome::Unreachable),
        CallError::Broken { .. } => Next::Wait(backoff, CrmOutcome::Unreachable),
    }
}
