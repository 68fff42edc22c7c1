//! Looking what becomes of whoever opens an address, without reading what is there.

use bytes::Bytes;
use http::{Method, header};
use throughline_model::limits;
use tokio::time::timeout;

use super::{CallError, Outgoing, Whose, ask};

/// What was answered, without its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    pub status: u16,
    /// Where a redirect leads.
    pub location: Option<String>,
}

impl Outgoing {
    /// Asks an address that somebody has written into a message. A redirect is an answer like any other and is not
    /// followed; of the body nothing is read.
    pub async fn look(&self, url: &str, method: Method) -> Result<Looked, CallError> {
        let target = self.target(url)?;
        let looked = async {
            let stream = self.reach(&target, Whose::Typed).await?;
            let wire = self.wrap(&target, stream).await?;
            let (response, _driven) = ask(wire, &target, method, Vec::new(), Bytes::new()).await?;
            let location = response.headers().get(header::LOCATION);
            Ok(Looked {
                status: response.status().as_u16(),
                location: location.and_then(|it| it.to_str().ok()).map(str::to_owned),
            })
        };
        let looked = timeout(limits::LINK_CALL_MAX, looked).await;
        looked.map_err(|_| target.late(true))?
    }
}
