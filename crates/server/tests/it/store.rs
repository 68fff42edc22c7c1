//! A small object store that speaks S3, for tests: it lists in pages, checks who asks, and fails as it is told to.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use throughline_server::outgoing::sign_s3::{Asking, Signer};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

pub const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
pub const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
/// Objects of one page.
const PAGE: usize = 2;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    Nothing,
    /// Every call is answered with 503.
    Busy,
    /// An object ends before it is whole.
    Cut,
    /// A listing is no XML.
    Garbled,
}

/// A store with one bucket `orders`. Cloning shares it.
#[derive(Clone)]
pub struct Store(Arc<Mutex<Inner>>);

struct Inner {
    port: u16,
    /// By key, with how often it was written.
    objects: BTreeMap<String, (String, u32)>,
    trouble: Trouble,
    /// Keys that were asked for.
    asked: Vec<String>,
}

impl Store {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let store = Self(Arc::new(Mutex::new(Inner {
            port: listener.local_addr().unwrap().port(),
            objects: BTreeMap::new(),
            trouble: Trouble::Nothing,
            asked: Vec::new(),
        })));
        let answering = store.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let store = answering.clone();
                tokio::spawn(async move { store.answer(stream).await });
            }
        });
        store
    }

    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.0.lock().unwrap().port)
    }

    pub fn write(&self, key: &str, text: &str) {
        let mut inner = self.0.lock().unwrap();
        let object = inner.objects.entry(key.to_owned()).or_default();
        *object = (text.to_owned(), object.1 + 1);
    }

    pub fn fail(&self, trouble: Trouble) {
        self.0.lock().unwrap().trouble = trouble;
    }

    /// Keys of objects that were asked for since this was asked last.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().asked)
    }

    async fn answer(&self, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await.unwrap();
            let line = line.trim_end().to_owned();
            if line.is_empty() {
                break;
            }
            lines.push(line);
        }
        if lines.is_empty() {
            return;
        }
        let answer = self.answered(&lines);
        // Who has heard enough hangs up.
        let _ = stream.write_all(answer.as_bytes()).await;
    }

    fn answered(&self, lines: &[String]) -> String {
        let mut inner = self.0.lock().unwrap();
        let target = lines[0].split(' ').nth(1).unwrap();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let headers: BTreeMap<String, &str> = (lines[1..].iter())
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value))
            .collect();
        let query: Vec<(String, String)> = (query.split('&'))
            .filter_map(|it| it.split_once('='))
            .map(|(name, value)| (plain(name), plain(value)))
            .collect();
        if inner.trouble == Trouble::Busy {
            return refusal(503, "SlowDown", "Please reduce your request rate.");
        }
        if !is_signed(&headers, path, &query) {
            return refusal(
                403,
                "SignatureDoesNotMatch",
                "The signature does not match.",
            );
        }
        let Some(key) = path.strip_prefix("/orders/") else {
            return refusal(404, "NoSuchBucket", "The specified bucket does not exist");
        };
        if key.is_empty() {
            return match inner.trouble {
                Trouble::Garbled => answer(200, "", "<html>Welcome</html>", 20),
                _ => inner.listed(&query),
            };
        }
        let key = plain(key);
        inner.asked.push(key.clone());
        let Some((text, version)) = inner.objects.get(&key) else {
            return refusal(404, "NoSuchKey", "The specified key does not exist.");
        };
        let head = format!("ETag: {}\r\n", tag(text, *version));
        let whole = answer(200, &head, text, text.len());
        match inner.trouble {
            Trouble::Cut => whole[..whole.len() - 3].to_owned(),
            _ => whole,
        }
    }
}

impl Inner {
    fn listed(&self, query: &[(String, String)]) -> String {
        let value = |name: &str| {
            let found = query.iter().find(|it| it.0 == name);
            found.map(|it| it.1.as_str()).unwrap_or_default()
        };
        assert_eq!(value("list-type"), "2");
        let (prefix, from) = (value("prefix"), value("continuation-token"));
        let meant: Vec<_> = (self.objects.iter())
            .filter(|(key, _)| key.starts_with(prefix) && key.as_str() > from)
            .filter(|(key, _)| !key[prefix.len()..].contains('/'))
            .collect();
        let page = &meant[..meant.len().min(PAGE)];
        let mut xml = "<?xml version=\"1.0\"?><ListBucketResult>".to_owned();
        xml.push_str("<EncodingType>url</EncodingType>");
        let is_cut = meant.len() > PAGE;
        xml.push_str(&format!("<IsTruncated>{is_cut}</IsTruncated>"));
        if let (true, Some((last, _))) = (is_cut, page.last()) {
            let next = format!("<NextContinuationToken>{last}</NextContinuationToken>");
            xml.push_str(&next);
        }
        for (key, (text, version)) in page {
            let key = throughline_server::outgoing::sign_s3::encoded(key, true);
            let tag = tag(text, *version).replace('"', "&quot;");
            xml.push_str(&format!(
                "<Contents><Key>{key}</Key><LastModified>2026-02-01T10:00:{version:02}.000Z</LastModified>\
                 <ETag>{tag}</ETag><Size>{}</Size></Contents>",
                text.len()
            ));
        }
        xml.push_str("</ListBucketResult>");
        answer(200, "", &xml, xml.len())
    }
}

fn tag(text: &str, version: u32) -> String {
    format!("\"{}-{version}\"", text.len())
}

fn answer(status: u16, head: &str, body: &str, length: usize) -> String {
    format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n{head}\r\n{body}")
}

fn refusal(status: u16, code: &str, message: &str) -> String {
    let xml = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    answer(status, "", &xml, xml.len())
}

/// Whether who asks has the keys of the store.
fn is_signed(headers: &BTreeMap<String, &str>, path: &str, query: &[(String, String)]) -> bool {
    let query: Vec<(&str, &str)> = (query.iter())
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let asking = Asking {
        host: headers["host"],
        path,
        query: &query,
        headers: &[],
        at: headers["x-amz-date"],
    };
    let signed = asking.signed(Signer {
        key: KEY,
        secret: SECRET,
        region: "eu-central-1",
    });
    let proof = signed.iter().find(|it| it.0 == "authorization").unwrap();
    headers["authorization"] == proof.1
}

fn plain(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                let digits = std::str::from_utf8(&digits).unwrap();
                bytes.push(u8::from_str_radix(digits, 16).unwrap());
            }
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).unwrap()
}
