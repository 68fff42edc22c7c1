//! Local servers that take what a schedule sends, and keep it for the test.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::Notify,
};

/// What arrived, in order.
pub struct Sink<T> {
    taken: Arc<Mutex<Vec<T>>>,
    rings: Arc<Notify>,
}

/// A mail as its server got it.
#[derive(Clone, Debug)]
pub struct Letter {
    pub to: Vec<String>,
    /// Head and parts, the plain ones decoded as far as a test needs it.
    pub body: String,
}

/// A call of a webhook.
#[derive(Clone, Debug)]
pub struct Post {
    pub path: String,
    pub head: BTreeMap<String, String>,
    pub body: String,
}

/// What a webhook does with a call.
#[derive(Clone, Copy, Debug)]
pub enum Hook {
    Answer(u16),
    /// Keeps the call waiting for ever.
    Silent,
}

impl<T: Clone + Send + 'static> Sink<T> {
    fn new() -> Self {
        Self {
            taken: Arc::default(),
            rings: Arc::default(),
        }
    }

    fn take(&self, it: T) {
        self.taken.lock().unwrap().push(it);
        self.rings.notify_one();
    }

    fn share(&self) -> Self {
        Self {
            taken: self.taken.clone(),
            rings: self.rings.clone(),
        }
    }

    pub fn all(&self) -> Vec<T> {
        self.taken.lock().unwrap().clone()
    }

    pub fn count(&self) -> usize {
        self.all().len()
    }

    pub fn first(&self) -> T {
        self.all().into_iter().next().expect("something arrived")
    }

    /// Waits until something arrives.
    pub async fn arrived(&self) {
        self.rings.notified().await;
    }
}

/// A mail server. It turns away as many mails as there are refusals, one after the other.
pub async fn mail_sink(refusals: &'static [&'static str]) -> (u16, Sink<Letter>) {
    let (listener, port) = listen().await;
    let (sink, kept) = both();
    tokio::spawn(async move {
        let mut refusals = refusals.iter();
        while let Ok((stream, _)) = listener.accept().await {
            take_mails(stream, &kept, &mut refusals).await;
        }
    });
    (port, sink)
}

/// A server of webhooks. It does the given things in turn, and takes everything after them.
pub async fn hook_sink(does: &[Hook]) -> (u16, Sink<Post>) {
    let (listener, port) = listen().await;
    let (sink, kept) = both();
    let does = does.to_vec();
    tokio::spawn(async move {
        let mut does = does.into_iter();
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            let mut stream = BufReader::new(stream);
            kept.take(read_post(&mut stream).await);
            match does.next().unwrap_or(Hook::Answer(204)) {
                Hook::Silent => held.push(stream),
                Hook::Answer(status) => {
                    let answer = format!("HTTP/1.1 {status} So\r\ncontent-length: 0\r\n\r\n");
                    stream.write_all(answer.as_bytes()).await.unwrap();
                }
            }
        }
    });
    (port, sink)
}

pub async fn listen() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

fn both<T: Clone + Send + 'static>() -> (Sink<T>, Sink<T>) {
    let sink = Sink::new();
    let kept = sink.share();
    (sink, kept)
}

/// One connection, until the other side leaves it.
async fn take_mails(
    stream: TcpStream,
    kept: &Sink<Letter>,
    refusals: &mut std::slice::Iter<'_, &str>,
) {
    let mut stream = BufReader::new(stream);
    let mut letter = Letter {
        to: Vec::new(),
        body: String::new(),
    };
    stream.write_all(b"220 sink\r\n").await.unwrap();
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
            return;
        }
        let word = line.split([' ', ':', '\r']).next().unwrap_or_default();
        let answer = match word {
            "EHLO" => "250 sink".to_owned(),
            "MAIL" => refusals.next().map_or("250 yes", |it| it).to_owned(),
            "RCPT" => {
                let address = line.split(['<', '>']).nth(1).unwrap();
                letter.to.push(address.to_owned());
                "250 yes".to_owned()
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await.unwrap();
                letter.body = plain(&read_letter(&mut stream).await);
                kept.take(letter.clone());
                letter.to.clear();
                "250 taken".to_owned()
            }
            "QUIT" => "221 bye".to_owned(),
            _ => "250 yes".to_owned(),
        };
        let answered = stream.write_all(format!("{answer}\r\n").as_bytes()).await;
        if answered.is_err() {
            return;
        }
    }
}

async fn read_letter(stream: &mut BufReader<TcpStream>) -> String {
    let mut letter = String::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        if line.trim_end() == "." {
            return letter;
        }
        letter.push_str(&line);
    }
}

/// Undoes what keeps lines short in a mail.
fn plain(letter: &str) -> String {
    letter.replace("=\r\n", "").replace("=3D", "=")
}

pub async fn read_post(stream: &mut BufReader<TcpStream>) -> Post {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let head: BTreeMap<String, String> = lines
        .iter()
        .skip(1)
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length: usize = head["content-length"].parse().unwrap();
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    Post {
        path: lines[0].split(' ').nth(1).unwrap().to_owned(),
        head,
        body: String::from_utf8(body).unwrap(),
    }
}
