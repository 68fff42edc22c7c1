//! A call whose whole answer counts, as of an API.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Method, header};
use http_body_util::BodyExt as _;
use throughline_model::limits;
use tokio::time::timeout;

use super::{Call, CallError, Outgoing, Whose, ask};

/// What an API has answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    pub status: u16,
    /// The seconds of `Retry-After`, where it has some.
    pub retry_after: Option<u64>,
    /// None when it broke off, or is longer than may be read.
    pub body: Option<Bytes>,
}

impl Outgoing {
    /// Hands a body over and reads the answer to its end. A redirect is an answer like any other and is not followed.
    pub async fn exchange(
        &self,
        call: Call,
        within: Duration,
        bytes_max: usize,
    ) -> Result<Answered, CallError> {
        let target = self.target(&call.url)?;
        if call.body.len() > limits::OUTGOING_BODY_BYTES_MAX {
            return Err(CallError::Url("there is more to send than may be sent"));
        }
        let stream = self.reach(&target, Whose::Typed).await?;
        let exchanged = async {
            let wire = self.wrap(&target, stream).await?;
            let Call { headers, body, .. } = call;
            let (mut response, _driven) = ask(wire, &target, Method::POST, headers, body).await?;
            let retry_after = response.headers().get(header::RETRY_AFTER);
            let retry_after = retry_after.and_then(|it| it.to_str().ok()?.trim().parse().ok());
            let mut whole = Some(BytesMut::new());
            while let Some(frame) = response.body_mut().frame().await {
                let Ok(frame) = frame else {
                    whole = None;
                    break;
                };
                if let (Some(bytes), Some(all)) = (frame.data_ref(), &mut whole) {
                    if all.len() + bytes.len() > bytes_max {
                        whole = None;
                        break;
                    }
                    all.extend_from_slice(bytes);
                }
            }
            Ok(Answered {
                status: response.status().as_u16(),
                retry_after,
                body: whole.map(BytesMut::freeze),
            })
        };
        timeout(within, exchanged)
            .await
            .map_err(|_| target.late(true))?
    }
}
