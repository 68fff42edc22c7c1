//! The one way out: every call to an address that somebody has typed goes through here.
//!
//! A name is looked up first, every address it has is judged, and the connection is made to one of
//! those very addresses, so that a name that changes its mind between the two cannot lead inside.

mod exchange;
mod fetch;
mod guard;
mod look;
mod mail;
mod resolve;
pub mod sign;
pub mod sign_s3;

use std::{io, net::IpAddr, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use http::{HeaderName, HeaderValue, Method, Request, Response, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use throughline_model::limits;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    task::JoinHandle,
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, ServerName, pem::PemObject},
    },
};

pub use exchange::Answered;
pub use fetch::{Asked, Coming};
pub use guard::{Net, refusal_of};
pub use look::Looked;
pub use mail::{Attachment, Mail, MailError, Mailer, MailerError};
pub use resolve::Resolver;
pub use sign::{hex, hmac_sha256};

use crate::config::OutgoingConfig;

/// Makes calls to the outside.
pub struct Outgoing {
    resolver: Resolver,
    allow: Vec<Net>,
    /// Empty for every port.
    ports: Vec<u16>,
    https_only: bool,
    tls: TlsConnector,
}

/// A call that hands something over.
#[derive(Clone, Debug)]
pub struct Call {
    pub url: String,
    pub headers: Vec<(HeaderName, HeaderValue)>,
    pub body: Bytes,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub status: u16,
    /// The beginning, as far as it is read.
    pub body: Bytes,
}

/// Why a call was not made, or has no answer.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    #[error("address cannot be used: {0}")]
    Url(&'static str),
    #[error("port {0} is not among those that may be called")]
    Port(u16),
    #[error("could not look up {host}")]
    Lookup { host: String, source: io::Error },
    #[error("{host} leads to {address}, which is {what}; the server calls no such address")]
    Inside {
        host: String,
        address: IpAddr,
        what: &'static str,
    },
    #[error("could not connect to {host}")]
    Connect { host: String, source: io::Error },
    #[error("{host} did not answer in time")]
    Late { host: String, is_sent: bool },
    #[error("{host} broke off")]
    Broken { host: String, source: hyper::Error },
}

impl CallError {
    /// False when the other side cannot have seen the call, so that it may be made again.
    pub fn may_have_arrived(&self) -> bool {
        match self {
            Self::Late { is_sent, .. } => *is_sent,
            Self::Broken { .. } => true,
            _ => false,
        }
    }

    /// True when another try would be refused as well.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Url(_) | Self::Port(_) | Self::Inside { .. })
    }
}

/// Why the way out could not be prepared.
#[derive(Debug, thiserror::Error)]
pub enum OutgoingError {
    #[error("`outgoing.allow`: {0}")]
    Allow(String),
    #[error("could not read the certificates in {0}")]
    Certificates(String),
}

/// Where a call goes, as far as its text tells.
struct Target {
    host: String,
    port: u16,
    is_https: bool,
    path: String,
}

/// Who has written an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// Somebody on a page: it may not lead inside.
    Typed,
    /// Whoever runs the server, in its settings: it leads wherever they say.
    Settings,
}

/// What a call is spoken over.
trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

impl Target {
    fn parse(url: &str) -> Result<Self, CallError> {
        let uri: Uri = url.parse().map_err(|_| CallError::Url("it is no URL"))?;
        let is_https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(CallError::Url("it begins with https://")),
        };
        let authority = uri.authority().ok_or(CallError::Url("it has no host"))?;
        // A name before the host is where addresses hide what they lead to.
        if authority.as_str().contains('@') {
            return Err(CallError::Url("it has a user name in it"));
        }
        let host = authority.host();
        if host.is_empty() || host == "[]" {
            return Err(CallError::Url("it has no host"));
        }
        let port = authority
            .port_u16()
            .unwrap_or(if is_https { 443 } else { 80 });
        Ok(Self {
            host: host.to_owned(),
            port,
            is_https,
            path: uri
                .path_and_query()
                .map_or("/", |it| it.as_str())
                .to_owned(),
        })
    }

    /// The host with its port, where that is not the usual one.
    fn authority(&self) -> String {
        let usual = if self.is_https { 443 } else { 80 };
        match self.port {
            port if port == usual => self.host.clone(),
            port => format!("{}:{port}", self.host),
        }
    }

    fn late(&self, is_sent: bool) -> CallError {
        CallError::Late {
            host: self.host.clone(),
            is_sent,
        }
    }

    fn broken(&self, source: hyper::Error) -> CallError {
        CallError::Broken {
            host: self.host.clone(),
            source,
        }
    }
}

impl Outgoing {
    /// Prepares the way out.
    pub fn new(config: &OutgoingConfig, resolver: Resolver) -> Result<Self, OutgoingError> {
        let allow = config.allow.iter().map(|text| {
            let wrong = || OutgoingError::Allow(format!("`{text}` is no range like 10.0.0.0/8"));
            Net::parse(text).ok_or_else(wrong)
        });
        Ok(Self {
            resolver,
            allow: allow.collect::<Result<_, _>>()?,
            ports: config.ports.clone(),
            https_only: config.https_only,
            tls: connector(&config.ca_file)?,
        })
    }

    /// Hands a body over. A redirect is an answer like any other and is not followed.
    pub async fn post(&self, call: Call) -> Result<Reply, CallError> {
        let target = self.target(&call.url)?;
        if call.body.len() > limits::OUTGOING_BODY_BYTES_MAX {
            return Err(CallError::Url("there is more to send than may be sent"));
        }
        let stream = self.reach(&target, Whose::Typed).await?;
        let sent = async {
            let wire = self.wrap(&target, stream).await?;
            send(wire, &target, call).await
        };
        timeout(limits::OUTGOING_CALL_MAX, sent)
            .await
            .map_err(|_| target.late(true))?
    }

    /// Whether an address may be called, as far as its text tells; names are judged at each call.
    pub fn check(&self, url: &str) -> Result<(), CallError> {
        self.target(url).map(|_| ())
    }

    fn target(&self, url: &str) -> Result<Target, CallError> {
        let target = Target::parse(url)?;
        if !target.is_https && self.https_only {
            return Err(CallError::Url("only https is called"));
        }
        if !self.ports.is_empty() && !self.ports.contains(&target.port) {
            return Err(CallError::Port(target.port));
        }
        Ok(target)
    }

    /// Connects in time.
    async fn reach(&self, target: &Target, whose: Whose) -> Result<TcpStream, CallError> {
        let connected = timeout(limits::OUTGOING_CONNECT_MAX, self.connect(target, whose)).await;
        connected.map_err(|_| target.late(false))?
    }

    /// A connection as it is spoken over, with encryption where the address asks for it.
    async fn wrap(&self, target: &Target, stream: TcpStream) -> Result<Box<dyn Wire>, CallError> {
        if !target.is_https {
            return Ok(Box::new(stream));
        }
        let name = ServerName::try_from(plain(&target.host).to_owned())
            .map_err(|_| CallError::Url("the host is no name of a server"))?;
        let tls = self.tls.connect(name, stream).await;
        let tls = tls.map_err(|source| CallError::Connect {
            host: target.host.clone(),
            source,
        })?;
        Ok(Box::new(tls))
    }

    /// Connects to an address that was judged, and to no other.
    async fn connect(&self, target: &Target, whose: Whose) -> Result<TcpStream, CallError> {
        let host = &target.host;
        let found = self.resolver.look_up(plain(host), target.port).await;
        let addresses = found.map_err(|source| CallError::Lookup {
            host: host.clone(),
            source,
        })?;
        for address in &addresses {
            if whose == Whose::Settings || self.allow.iter().any(|net| net.holds(address.ip())) {
                continue;
            }
            // One address inside is enough, or who owns the name could choose by chance.
            if let Some(what) = refusal_of(address.ip()) {
                return Err(CallError::Inside {
                    host: host.clone(),
                    address: address.ip(),
                    what,
                });
            }
        }
        let mut failed = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
        for address in addresses {
            match TcpStream::connect(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) => failed = error,
            }
        }
        Err(CallError::Connect {
            host: host.clone(),
            source: failed,
        })
    }
}

async fn send(wire: Box<dyn Wire>, target: &Target, call: Call) -> Result<Reply, CallError> {
    let Call { headers, body, .. } = call;
    let (mut response, _driven) = ask(wire, target, Method::POST, headers, body).await?;
    let status = response.status().as_u16();
    let mut body = BytesMut::new();
    while body.len() < limits::OUTGOING_ANSWER_BYTES_MAX {
        // The status has come, which is all that counts; what else breaks off is left.
        let Some(Ok(frame)) = response.body_mut().frame().await else {
            break;
        };
        if let Some(bytes) = frame.data_ref() {
            let room = limits::OUTGOING_ANSWER_BYTES_MAX - body.len();
            body.extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
    }
    Ok(Reply {
        status,
        body: body.freeze(),
    })
}

/// A connection that is driven until this is dropped.
struct Driven(JoinHandle<Result<(), hyper::Error>>);

impl Drop for Driven {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn ask(
    wire: Box<dyn Wire>,
    target: &Target,
    method: Method,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
) -> Result<(Response<Incoming>, Driven), CallError> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(wire))
        .await
        .map_err(|it| target.broken(it))?;
    let driven = Driven(tokio::spawn(connection));
    let mut request = Request::builder()
        .method(method)
        .uri(&target.path)
        .header(header::HOST, target.authority())
        .header(
            header::USER_AGENT,
            concat!("Throughline/", env!("CARGO_PKG_VERSION")),
        )
        .header(header::CONNECTION, "close");
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let request = request.body(Full::new(body));
    let request = request.map_err(|_| CallError::Url("it cannot be asked for"))?;
    let answered = sender.send_request(request).await;
    Ok((answered.map_err(|it| target.broken(it))?, driven))
}

/// A host without the brackets of an IPv6 address.
fn plain(host: &str) -> &str {
    let inner = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    inner.unwrap_or(host)
}

fn connector(ca_file: &str) -> Result<TlsConnector, OutgoingError> {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    if !ca_file.is_empty() {
        let unreadable = || OutgoingError::Certificates(ca_file.to_owned());
        let found = CertificateDer::pem_file_iter(ca_file).map_err(|_| unreadable())?;
        for certificate in found {
            let certificate = certificate.map_err(|_| unreadable())?;
            roots.add(certificate).map_err(|_| unreadable())?;
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider has the versions of its own crate")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// How long a mail may take to be handed over.
pub(crate) const MAIL_MAX: Duration = limits::OUTGOING_CALL_MAX;

#[cfg(test)]
mod tests;
