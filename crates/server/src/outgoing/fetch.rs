//! Asking for something at an address that the settings name, and taking it piece by piece.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Response};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use throughline_model::limits;
use tokio::time::timeout;

use super::{CallError, Driven, Outgoing, Target, Whose, ask};

/// A call that asks for something.
#[derive(Clone, Debug)]
pub struct Asked {
    pub url: String,
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

/// What was asked for, on its way.
pub struct Coming {
    pub status: u16,
    response: Response<Incoming>,
    target: Target,
    _driven: Driven,
}

impl Outgoing {
    /// Asks for something where the server's settings say, which may lie inside. A redirect is an
    /// answer like any other and is not followed.
    pub async fn fetch(&self, asked: Asked) -> Result<Coming, CallError> {
        let target = Target::parse(&asked.url)?;
        let stream = self.reach(&target, Whose::Settings).await?;
        let answered = async {
            let wire = self.wrap(&target, stream).await?;
            ask(wire, &target, Method::GET, asked.headers, Bytes::new()).await
        };
        let answered = timeout(limits::OUTGOING_CALL_MAX, answered).await;
        let (response, driven) = answered.map_err(|_| target.late(true))??;
        Ok(Coming {
            status: response.status().as_u16(),
            response,
            target,
            _driven: driven,
        })
    }
}

impl Coming {
    /// A header of the answer, where it is a text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name)?.to_str().ok()
    }

    /// The next piece; none at the end. What ends before it is whole is an error.
    pub async fn next(&mut self) -> Result<Option<Bytes>, CallError> {
        loop {
            let frame = timeout(limits::OUTGOING_CALL_MAX, self.response.body_mut().frame()).await;
            let Some(frame) = frame.map_err(|_| self.target.late(true))? else {
                return Ok(None);
            };
            let frame = frame.map_err(|it| self.target.broken(it))?;
            if let Ok(bytes) = frame.into_data() {
                return Ok(Some(bytes));
            }
        }
    }

    /// All of it, as far as it has no more bytes than these; none where it has more.
    pub async fn whole(&mut self, bytes_max: usize) -> Result<Option<Vec<u8>>, CallError> {
        let mut whole = Vec::new();
        while let Some(piece) = self.next().await? {
            if whole.len() + piece.len() > bytes_max {
                return Ok(None);
            }
            whole.extend_from_slice(&piece);
        }
        Ok(Some(whole))
    }
}
