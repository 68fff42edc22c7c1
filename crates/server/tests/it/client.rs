//! A server of the test's own, and a tiny client that behaves like our pages.

use std::net::SocketAddr;

use http_body_util::{BodyExt, Full};
use hyper::{
    Request,
    body::{Bytes, Incoming},
    client::conn::http1,
    header,
    http::response::Parts,
};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use throughline_model::Timestamp;
use throughline_server::{
    api::{self, setup},
    app::App,
    clock::Clock,
    config::Config,
    http::server,
};
use tokio::net::{TcpListener, TcpStream};

pub const PASSWORD: &str = "correct horse battery";
pub const NOON: &str = "2026-03-02T12:00:00Z";

/// A running server. Its folder goes when it is dropped.
pub struct Server {
    pub app: App,
    pub clock: Clock,
    pub address: SocketAddr,
    _folder: tempfile::TempDir,
}

/// Somebody's browser: it keeps the cookie and says where its calls come from.
#[derive(Clone)]
pub struct Browser {
    address: SocketAddr,
    pub cookie: Option<String>,
    pub origin: Option<String>,
    pub headers: Vec<(&'static str, String)>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: hyper::HeaderMap,
    pub bytes: Bytes,
}

impl Server {
    /// Starts a server without an owner, at noon of a Monday.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts a server with other settings.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::defaults();
        config.data.dir = folder.path().join("data");
        change(&mut config);
        let clock = Clock::manual(Timestamp::parse(NOON).unwrap());
        let app = App::open(config, clock.clone()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(server::serve(
            listener,
            api::router(&app),
            app.clone().drained(),
        ));
        Self {
            app,
            clock,
            address,
            _folder: folder,
        }
    }

    /// A browser that is not signed in.
    pub fn browser(&self) -> Browser {
        Browser {
            address: self.address,
            cookie: None,
            origin: Some(format!("http://{}", self.address)),
            headers: Vec::new(),
        }
    }

    /// Makes the owner with the link of the first start.
    pub async fn owner(&self) -> Browser {
        let token = setup::new_setup_link(&self.app)
            .unwrap()
            .expect("no owner yet");
        let mut browser = self.browser();
        let body = json!({"token": token.reveal(), "email": "owner@example.com",
            "name": "Olive Owner", "password": PASSWORD});
        browser
            .send("POST", "/api/setup", Some(body))
            .await
            .expect(200);
        browser
    }

    /// Invites somebody with roles, and signs them in.
    pub async fn member(
        &self,
        owner: &mut Browser,
        email: &str,
        roles: &[(&str, &str)],
    ) -> Browser {
        let roles: Vec<_> = roles
            .iter()
            .map(|(id, role)| json!({"id": id, "role": role}))
            .collect();
        let body = json!({"email": email, "name": email, "workspaces": roles});
        let invited = owner
            .send("POST", "/api/members", Some(body))
            .await
            .expect(200);
        let link = invited["link"]
            .as_str()
            .expect("a link for somebody new")
            .to_owned();
        let (_, token) = link.split_once("token=").unwrap();
        let mut browser = self.browser();
        let body = json!({"token": token, "password": PASSWORD});
        browser
            .send("POST", "/api/join", Some(body))
            .await
            .expect(200);
        browser
    }
}

impl Browser {
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, None).await
    }

    pub async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.send("POST", path, Some(body)).await
    }

    /// Sends a call as a page of ours would.
    pub async fn send(&mut self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let bytes = body.map(|body| body.to_string().into_bytes());
        self.send_bytes(method, path, bytes).await
    }

    /// As `send`, with a body as it is.
    pub async fn send_bytes(&mut self, method: &str, path: &str, body: Option<Vec<u8>>) -> Answer {
        let (parts, body) = self.request(method, path, body).await;
        if let Some(cookie) = parts.headers.get(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            self.cookie = Some(pair.to_owned()).filter(|it| !it.ends_with('='));
        }
        // A stream has no end; who wants to read one asks for it with `listen`.
        let is_stream = parts
            .headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|it| it == "text/event-stream");
        let bytes = match is_stream {
            true => Bytes::new(),
            false => body.collect().await.unwrap().to_bytes(),
        };
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            bytes,
        }
    }

    /// Opens a stream of server-sent events.
    pub async fn listen(&self, path: &str) -> Stream {
        let (parts, body) = self.request("GET", path, None).await;
        assert_eq!(parts.status, 200);
        Stream {
            body,
            rest: String::new(),
        }
    }

    async fn request(&self, method: &str, path: &str, body: Option<Vec<u8>>) -> (Parts, Incoming) {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, self.address.to_string());
        if let Some(origin) = &self.origin {
            request = request.header(header::ORIGIN, origin);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if body.is_some() && !self.headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let request = request
            .body(Full::<Bytes>::from(body.unwrap_or_default()))
            .unwrap();
        let response = sender.send_request(request).await.unwrap();
        response.into_parts()
    }
}

/// An open stream of server-sent events.
pub struct Stream {
    body: Incoming,
    rest: String,
}

impl Stream {
    /// The next event; empty once the stream has ended.
    pub async fn next(&mut self) -> String {
        loop {
            if let Some((event, rest)) = self.rest.split_once("\n\n") {
                let event = event.to_owned();
                self.rest = rest.to_owned();
                return event;
            }
            match self.body.frame().await {
                Some(Ok(frame)) => self
                    .rest
                    .push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap()),
                _ => return String::new(),
            }
        }
    }
}

impl Answer {
    /// The body as JSON, after a check of the status.
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        if self.bytes.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.bytes).unwrap()
    }

    /// Status and stable code, like `403 role.low`.
    pub fn refusal(&self) -> String {
        let body: Value = serde_json::from_slice(&self.bytes).unwrap_or_default();
        let code = body["error"]["code"].as_str().unwrap_or("without a code");
        format!("{} {code}", self.status)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |it| it.to_str().unwrap())
    }
}
