//! A connection that costs little, so that the server is measured and not its client.
//!
//! It speaks as much HTTP as our own server answers with: whole bodies of a stated length.

use std::{io, net::SocketAddr, str};

use anyhow::{Context, bail};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// An open connection that serves one request after the other.
pub struct Connection {
    stream: TcpStream,
    /// The last answer, and nothing behind it.
    room: Vec<u8>,
    body_from: usize,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            room: Vec::new(),
            body_from: 0,
        })
    }

    /// Sends a request that is whole, and reads the answer to its end. Gives the status.
    pub async fn exchange(&mut self, request: &[u8]) -> io::Result<u16> {
        self.stream.write_all(request).await?;
        self.room.clear();
        let (status, length) = loop {
            self.read_more().await?;
            if let Some(end) = find(&self.room, b"\r\n\r\n") {
                self.body_from = end + 4;
                break head(&self.room[..end]).ok_or(io::ErrorKind::InvalidData)?;
            }
        };
        while self.room.len() < self.body_from + length {
            self.read_more().await?;
        }
        Ok(status)
    }

    /// The body of the last answer.
    pub fn body(&self) -> &[u8] {
        &self.room[self.body_from..]
    }

    /// A header of the last answer.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.room[..self.body_from], name)
    }

    async fn read_more(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.room).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

/// Status and length of the body.
fn head(head: &[u8]) -> Option<(u16, usize)> {
    let status = str::from_utf8(head.get(9..12)?).ok()?.parse().ok()?;
    let length = match header(head, "content-length") {
        Some(text) => text.parse().ok()?,
        None => 0,
    };
    Some((status, length))
}

fn header<'a>(head: &'a [u8], name: &str) -> Option<&'a str> {
    str::from_utf8(head).ok()?.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|it| it == wanted)
}

/// Somebody who is signed in, one call at a time.
#[derive(Clone)]
pub struct Member {
    address: SocketAddr,
    cookie: Option<String>,
}

impl Member {
    /// Makes the owner with the token of the first start.
    pub async fn own(address: SocketAddr, token: &str) -> anyhow::Result<Self> {
        let mut member = Self {
            address,
            cookie: None,
        };
        let owner = serde_json::json!({"token": token, "email": "owner@example.com",
            "name": "Owner", "password": token});
        member.post("/api/setup", &owner).await?;
        Ok(member)
    }

    /// The same member at a server that was started again.
    pub fn at(self, address: SocketAddr) -> Self {
        Self { address, ..self }
    }

    /// Reads from the API as a page of ours does.
    pub async fn get(&mut self, path: &str) -> anyhow::Result<Value> {
        self.call("GET", path, "").await
    }

    /// Calls the API as a page of ours does.
    pub async fn post(&mut self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.call("POST", path, &body.to_string()).await
    }

    async fn call(&mut self, method: &str, path: &str, body: &str) -> anyhow::Result<Value> {
        let address = self.address;
        let cookie = self.cookie.as_deref().unwrap_or_default();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\n\
             Cookie: {cookie}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut connection = Connection::open(address).await?;
        let status = connection.exchange(request.as_bytes()).await;
        let status = status.with_context(|| format!("could not call {path}"))?;
        if status != 200 {
            let body = String::from_utf8_lossy(connection.body());
            bail!("{path} was answered with {status}: {body}");
        }
        if let Some(cookie) = connection.header("set-cookie") {
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        Ok(serde_json::from_slice(connection.body())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_says_status_and_length() {
        let of = |text: &str| head(text.as_bytes());
        assert_eq!(
            of("HTTP/1.1 200 OK\r\ncontent-length: 12\r\nX: y"),
            Some((200, 12))
        );
        assert_eq!(of("HTTP/1.1 204 No Content\r\nx: y"), Some((204, 0)));
        assert_eq!(of("HTTP/1.1 2"), None);
        assert_eq!(of("HTTP/1.1 200 OK\r\nContent-Length: many"), None);
    }
}
