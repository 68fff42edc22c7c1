//! How the API says no: a status, a stable code, and what to do.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use throughline_model::{
    MapFault, Span, VocabularyFault, consent::ConsentFault, identity::PolicyFault,
    keeping::KeepingFault, masking::MaskingFault, money::MoneyFault, naming::NameFault,
    report::ReportFault,
};
use throughline_store::state::StateError;
use utoipa::ToSchema;

/// Every stable code. Each has a section in `docs/reference/errors.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    BodyLarge,
    BodySyntax,
    BodyType,
    BodyUnusable,
    EventsMissing,
    EventsBusy,
    WriteKeyUnknown,
    ParameterUnusable,
    PathUnknown,
    MethodUnknown,
    OriginForeign,
    SetupNeeded,
    SetupDone,
    LinkUnknown,
    SessionNone,
    SignInWrong,
    SignInWait,
    PasswordUnusable,
    RoleLow,
    MemberUnknown,
    MemberLast,
    WorkspaceUnknown,
    WorkspaceExists,
    LimitReached,
    KeyUnknown,
    DocumentUnknown,
    SegmentUsed,
    ShareUnknown,
    SharedBusy,
    FileUnknown,
    FileUnusable,
    ImportUnknown,
    ImportState,
    HookUnknown,
    HookPaused,
    HookSignature,
    VersionNeeded,
    VersionConflict,
    QuestionUnknown,
    QuestionStopped,
    ProfileUnknown,
    ErasureUnknown,
    ErasureState,
    SqlRefused,
    SqlFailed,
    SqlExhausted,
    SqlMissing,
    DiskFull,
    LogStopped,
    Busy,
    Draining,
    Internal,
}

impl Code {
    /// Every code, for the reference page.
    pub const ALL: &[Self] = &[
        Self::BodyLarge,
        Self::BodySyntax,
        Self::BodyType,
        Self::BodyUnusable,
        Self::EventsMissing,
        Self::EventsBusy,
        Self::WriteKeyUnknown,
        Self::ParameterUnusable,
        Self::PathUnknown,
        Self::MethodUnknown,
        Self::OriginForeign,
        Self::SetupNeeded,
        Self::SetupDone,
        Self::LinkUnknown,
        Self::SessionNone,
        Self::SignInWrong,
        Self::SignInWait,
        Self::PasswordUnusable,
        Self::RoleLow,
        Self::MemberUnknown,
        Self::MemberLast,
        Self::WorkspaceUnknown,
        Self::WorkspaceExists,
        Self::LimitReached,
        Self::KeyUnknown,
        Self::DocumentUnknown,
        Self::SegmentUsed,
        Self::ShareUnknown,
        Self::SharedBusy,
        Self::FileUnknown,
        Self::FileUnusable,
        Self::ImportUnknown,
        Self::ImportState,
        Self::HookUnknown,
        Self::HookPaused,
        Self::HookSignature,
        Self::VersionNeeded,
        Self::VersionConflict,
        Self::QuestionUnknown,
        Self::QuestionStopped,
        Self::ProfileUnknown,
        Self::ErasureUnknown,
        Self::ErasureState,
        Self::SqlRefused,
        Self::SqlFailed,
        Self::SqlExhausted,
        Self::SqlMissing,
        Self::DiskFull,
        Self::LogStopped,
        Self::Busy,
        Self::Draining,
        Self::Internal,
    ];

    /// The code as programs see it, and the status that it comes with.
    pub fn parts(self) -> (&'static str, StatusCode) {
        match self {
            Self::BodyLarge => ("body.large", StatusCode::PAYLOAD_TOO_LARGE),
            Self::BodySyntax => ("body.syntax", StatusCode::BAD_REQUEST),
            Self::BodyType => ("body.type", StatusCode::UNSUPPORTED_MEDIA_TYPE),
            Self::BodyUnusable => ("body.unusable", StatusCode::UNPROCESSABLE_ENTITY),
            Self::EventsMissing => ("events.missing", StatusCode::BAD_REQUEST),
            Self::EventsBusy => ("events.busy", StatusCode::TOO_MANY_REQUESTS),
            Self::WriteKeyUnknown => ("write_key.unknown", StatusCode::UNAUTHORIZED),
            Self::ParameterUnusable => ("parameter.unusable", StatusCode::BAD_REQUEST),
            Self::PathUnknown => ("path.unknown", StatusCode::NOT_FOUND),
            Self::MethodUnknown => ("method.unknown", StatusCode::METHOD_NOT_ALLOWED),
            Self::OriginForeign => ("origin.foreign", StatusCode::FORBIDDEN),
            Self::SetupNeeded => ("setup.needed", StatusCode::UNAUTHORIZED),
            Self::SetupDone => ("setup.done", StatusCode::CONFLICT),
            Self::LinkUnknown => ("link.unknown", StatusCode::UNAUTHORIZED),
            Self::SessionNone => ("session.none", StatusCode::UNAUTHORIZED),
            Self::SignInWrong => ("sign_in.wrong", StatusCode::UNAUTHORIZED),
            Self::SignInWait => ("sign_in.wait", StatusCode::TOO_MANY_REQUESTS),
            Self::PasswordUnusable => ("password.unusable", StatusCode::UNPROCESSABLE_ENTITY),
            Self::RoleLow => ("role.low", StatusCode::FORBIDDEN),
            Self::MemberUnknown => ("member.unknown", StatusCode::NOT_FOUND),
            Self::MemberLast => ("member.last_owner", StatusCode::CONFLICT),
            Self::WorkspaceUnknown => ("workspace.unknown", StatusCode::NOT_FOUND),
            Self::WorkspaceExists => ("workspace.exists", StatusCode::CONFLICT),
            Self::LimitReached => ("limit.reached", StatusCode::CONFLICT),
            Self::ProfileUnknown => ("profile.unknown", StatusCode::NOT_FOUND),
            Self::ErasureUnknown => ("erasure.unknown", StatusCode::NOT_FOUND),
            Self::ErasureState => ("erasure.state", StatusCode::CONFLICT),
            Self::SqlRefused => ("sql.refused", StatusCode::UNPROCESSABLE_ENTITY),
            Self::SqlFailed => ("sql.failed", StatusCode::UNPROCESSABLE_ENTITY),
            Self::SqlExhausted => ("sql.exhausted", StatusCode::UNPROCESSABLE_ENTITY),
            Self::SqlMissing => ("sql.missing", StatusCode::SERVICE_UNAVAILABLE),
            Self::QuestionStopped => ("question.stopped", StatusCode::CONFLICT),
            Self::QuestionUnknown => ("question.unknown", StatusCode::NOT_FOUND),
            Self::VersionConflict => ("version.conflict", StatusCode::CONFLICT),
            Self::VersionNeeded => ("version.needed", StatusCode::PRECONDITION_REQUIRED),
            Self::DocumentUnknown => ("document.unknown", StatusCode::NOT_FOUND),
            Self::SegmentUsed => ("segment.used", StatusCode::CONFLICT),
            Self::ShareUnknown => ("share.unknown", StatusCode::NOT_FOUND),
            Self::SharedBusy => ("shared.busy", StatusCode::TOO_MANY_REQUESTS),
            Self::FileUnknown => ("file.unknown", StatusCode::NOT_FOUND),
            Self::FileUnusable => ("file.unusable", StatusCode::UNPROCESSABLE_ENTITY),
            Self::ImportUnknown => ("import.unknown", StatusCode::NOT_FOUND),
            Self::ImportState => ("import.state", StatusCode::CONFLICT),
            Self::HookUnknown => ("hook.unknown", StatusCode::NOT_FOUND),
            Self::HookPaused => ("hook.paused", StatusCode::SERVICE_UNAVAILABLE),
            Self::HookSignature => ("hook.signature", StatusCode::UNAUTHORIZED),
            Self::KeyUnknown => ("key.unknown", StatusCode::NOT_FOUND),
            Self::DiskFull => ("disk.full", StatusCode::SERVICE_UNAVAILABLE),
            Self::LogStopped => ("log.stopped", StatusCode::SERVICE_UNAVAILABLE),
            Self::Busy => ("server.busy", StatusCode::SERVICE_UNAVAILABLE),
            Self::Draining => ("server.draining", StatusCode::SERVICE_UNAVAILABLE),
            Self::Internal => ("server.internal", StatusCode::INTERNAL_SERVER_ERROR),
        }
    }
}

/// An answer that says no. Boxed, as it is rare and results are passed around.
#[derive(Clone, Debug)]
pub struct Refusal(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    code: Code,
    message: String,
    faults: Vec<Fault>,
    retry_after: Option<Span>,
}

/// Something that the caller can mend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Fault {
    /// Where in the body, like `steps[1].matcher`.
    pub place: String,
    pub message: String,
}

macro_rules! faults_of_the_model {
    ($($fault:ty),+) => {
        $(impl From<$fault> for Fault {
            fn from(fault: $fault) -> Self {
                Self {
                    place: fault.place,
                    message: fault.message,
                }
            }
        })+
    };
}

faults_of_the_model!(
    ConsentFault,
    KeepingFault,
    MapFault,
    MaskingFault,
    MoneyFault,
    NameFault,
    PolicyFault,
    ReportFault,
    VocabularyFault
);

/// The body of every answer that says no.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ErrorBody {
    pub error: ErrorContent,
}

/// What went wrong.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ErrorContent {
    /// Stable, for programs; `docs/reference/errors.md` explains each.
    pub code: String,
    /// What happened and what to do, for people.
    pub message: String,
    /// Everything that the caller can mend, at once.
    pub faults: Vec<Fault>,
}

impl Refusal {
    /// Refuses with a message that says what to do.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            code,
            message: message.into(),
            faults: Vec::new(),
            retry_after: None,
        }))
    }

    /// Refuses a body, naming every fault in it.
    pub fn faulty(message: impl Into<String>, faults: Vec<Fault>) -> Self {
        let mut refusal = Self::new(Code::BodyUnusable, message);
        refusal.0.faults = faults;
        refusal
    }

    /// Says when it is worth trying again.
    pub fn retry_after(mut self, span: Span) -> Self {
        self.0.retry_after = Some(span);
        self
    }

    /// Our own fault: logged with its causes, told without them.
    pub fn internal(error: &dyn std::error::Error) -> Self {
        let mut causes = error.to_string();
        let mut next = error.source();
        while let Some(cause) = next {
            causes.push_str(": ");
            causes.push_str(&cause.to_string());
            next = cause.source();
        }
        tracing::error!(error = causes, "request failed");
        Self::new(
            Code::Internal,
            "something went wrong here; the server's log says what",
        )
    }

    /// What happened and what to do, for people.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Everything that the caller can mend.
    pub fn faults(&self) -> &[Fault] {
        &self.0.faults
    }

    /// True when the same may go well a moment later.
    pub fn may_pass(&self) -> bool {
        let (_, status) = self.0.code.parts();
        status.is_server_error() || self.0.retry_after.is_some()
    }

    /// The stable code.
    pub fn code(&self) -> Code {
        self.0.code
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0.message)?;
        for (index, fault) in self.0.faults.iter().enumerate() {
            let before = if index == 0 { ": " } else { "; " };
            write!(formatter, "{before}{} {}", fault.place, fault.message)?;
        }
        Ok(())
    }
}

impl From<StateError> for Refusal {
    fn from(error: StateError) -> Self {
        if error.is_full() {
            let message = "the disk is full; nothing was changed, free some space and try again";
            return Self::new(Code::DiskFull, message).retry_after(Span::seconds(30));
        }
        Self::internal(&error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        self.respond(|error| ErrorBody { error })
    }
}

impl Refusal {
    /// Answers with a body made from what went wrong, for callers that look for it elsewhere.
    pub fn respond<B: Serialize>(self, body: impl FnOnce(ErrorContent) -> B) -> Response {
        let Inner {
            code,
            message,
            faults,
            retry_after,
        } = *self.0;
        let (code, status) = code.parts();
        let error = ErrorContent {
            code: code.to_owned(),
            message,
            faults,
        };
        let mut response = (status, Json(body(error))).into_response();
        if let Some(span) = retry_after {
            let seconds = span.0.div_euclid(1_000).max(1);
            let value = HeaderValue::from(seconds);
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        response
    }
}
