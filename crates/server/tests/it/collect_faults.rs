//! The binary in trouble while events come in: killed, on a full disk, on one that cannot be written.

use std::{
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use throughline_testkit::rng::Rng;

use crate::client::PASSWORD;

const BINARY: &str = env!("CARGO_BIN_EXE_throughline");
const SENDERS: usize = 6;
const BATCHES_PER_SENDER: usize = 40;
const KILLS: usize = 5;
const EVENTS_MAX: usize = 40;

/// The binary as a process. It is killed when it is dropped.
struct Running {
    child: Child,
    address: SocketAddr,
    link: String,
}

impl Running {
    fn start(data: &Path, listen: &str) -> Self {
        Self::start_by(Command::new(BINARY), data, listen)
    }

    /// Starts it by a command that takes the arguments of the binary.
    fn start_by(mut command: Command, data: &Path, listen: &str) -> Self {
        let mut child = command
            .args(["serve", "--listen", listen, "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut link = String::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = loop {
            let line = lines.next().expect("it says where it listens").unwrap();
            if let Some(address) = line.strip_prefix("listening on http://") {
                break address.parse().unwrap();
            }
            link = line;
        };
        Self {
            child,
            address,
            link,
        }
    }
}

impl Drop for Running {
    /// As `kill -9` does it.
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Sends a request and reads the answer to its end; none when either breaks off.
fn call(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &str,
    body: &Value,
) -> Option<(String, Value)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .ok()?;
    let body = match body {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\norigin: http://{address}\r\n\
         connection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
         {headers}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let body = serde_json::from_str(body).ok()?;
    Some((head.to_owned(), body))
}

/// As above, for an answer that has to come.
fn sound(answer: Option<(String, Value)>) -> (String, Value) {
    let (head, body) = answer.expect("an answer");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}\n{body}");
    (head, body)
}

/// Makes the owner, a workspace and a write key; gives the owner's cookie and the key.
fn set_up(running: &Running) -> (String, String) {
    let address = running.address;
    let token = running.link.split_once("token=").unwrap().1;
    let body = json!({"token": token, "email": "owner@example.com", "name": "Olive",
        "password": PASSWORD});
    let (head, _) = sound(call(address, "POST", "/api/setup", "", &body));
    let cookie = head
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "))
        .and_then(|cookie| cookie.split(';').next())
        .unwrap();
    let cookie = format!("cookie: {cookie}\r\n");
    let body = json!({"id": "shop", "name": "Shop", "zone": "UTC"});
    sound(call(address, "POST", "/api/workspaces", &cookie, &body));
    let body = json!({"name": "tests"});
    let made = call(address, "POST", "/api/w/shop/keys", &cookie, &body);
    let key = sound(made).1["key"].as_str().unwrap().to_owned();
    (cookie, key)
}

/// Sends batches until each is acknowledged, as libraries do; gives the count of events.
fn send_all(address: SocketAddr, key: &str, seed: u64, sender: usize, acks: &AtomicUsize) -> usize {
    let mut rng = Rng::new(seed, sender as u64);
    let mut sent = 0;
    for number in 0..BATCHES_PER_SENDER {
        // Each event has a profile of its own, so that no lost one hides behind a doubled one.
        let events: Vec<Value> = (0..=rng.below(EVENTS_MAX))
            .map(|index| {
                let id = format!("customer-{sender}-{number}-{index}");
                json!({"type": "track", "event": "sent", "userId": id, "messageId": id})
            })
            .collect();
        sent += events.len();
        let body = json!({"batch": events, "writeKey": key});
        loop {
            match call(address, "POST", "/v1/batch", "", &body) {
                Some((head, taken)) if head.starts_with("HTTP/1.1 200") => {
                    assert_eq!(taken["accepted"], body["batch"].as_array().unwrap().len());
                    break;
                }
                Some((head, taken)) => panic!("{head}\n{taken}"),
                None => thread::yield_now(),
            }
        }
        acks.fetch_add(1, Ordering::SeqCst);
    }
    sent
}

/// Sends events of these customers, each with so many bytes of text.
fn send(address: SocketAddr, key: &str, users: &[String], bytes: usize) -> Option<(String, Value)> {
    let events: Vec<Value> = users
        .iter()
        .map(|user| {
            json!({"type": "track", "event": "sent", "userId": user, "messageId": user,
                "properties": {"note": "x".repeat(bytes)}})
        })
        .collect();
    let body = json!({"batch": events, "writeKey": key});
    call(address, "POST", "/v1/batch", "", &body)
}

fn users(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|n| format!("{prefix}-{n}")).collect()
}

/// What is counted: events and profiles.
fn question() -> Value {
    json!({"kind": "counts", "range": {"all": true}, "every": "range",
        "series": [{"name": "sent", "matcher": {"events": ["sent"]}}]})
}

fn numbers(answer: &Value) -> (u64, u64) {
    let total = &answer["numbers"]["total"];
    let number = |name: &str| total[name].as_u64().unwrap();
    (number("events"), number("profiles"))
}

/// Events and profiles, counted in the folder once all that was accepted is applied.
fn count(folder: &Path, data: &Path) -> (u64, u64) {
    let spec = folder.join("report.json");
    fs::write(&spec, question().to_string()).unwrap();
    let output = Command::new(BINARY)
        .args(["report", "--json", "--workspace", "shop", "--spec"])
        .arg(&spec)
        .arg("--data")
        .arg(data)
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    numbers(&answer)
}

#[test]
fn what_was_acknowledged_is_stored_once_although_the_server_is_killed() {
    let seed = env::var("SEED").map_or_else(|_| rand::random(), |seed| seed.parse().unwrap());
    println!("SEED={seed}");
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let running = Running::start(&data, "127.0.0.1:0");
    let (_, key) = set_up(&running);
    let address = running.address;
    let acks = AtomicUsize::new(0);
    let is_over = AtomicBool::new(false);
    let (sent, running): (usize, Running) = thread::scope(|scope| {
        let (acks, key) = (&acks, &key);
        let senders: Vec<_> = (0..SENDERS)
            .map(|sender| scope.spawn(move || send_all(address, key, seed, sender, acks)))
            .collect();
        let (data, is_over) = (&data, &is_over);
        let killing = scope.spawn(move || {
            let (mut running, mut rng) = (running, Rng::new(seed, SENDERS as u64));
            let all = SENDERS * BATCHES_PER_SENDER;
            for kill in 0..KILLS {
                // At some acknowledgment within each fifth of the work, so in the middle of others.
                let at = (kill * all + rng.below(all)) / KILLS;
                while acks.load(Ordering::SeqCst) < at && !is_over.load(Ordering::SeqCst) {
                    thread::yield_now();
                }
                drop(running);
                running = Running::start(data, &address.to_string());
            }
            running
        });
        let sent = senders.into_iter().map(|it| it.join());
        let sent: Result<Vec<usize>, _> = sent.collect();
        is_over.store(true, Ordering::SeqCst);
        let sent = sent.expect("senders do not fail").into_iter().sum();
        (sent, killing.join().unwrap())
    });
    let expected = (sent as u64, sent as u64);
    drop(running);
    assert_eq!(count(folder.path(), &data), expected, "after the last kill");
    assert_eq!(count(folder.path(), &data), expected, "read back once more");
}

/// A command that runs the binary with a file system of its own, of this size, at a folder.
///
/// None where the system does not allow that.
fn on_small_disk(folder: &Path, mebibytes: usize) -> Option<Command> {
    let script = format!("mount -t tmpfs -o size={mebibytes}m tmpfs \"$0\" && exec \"$@\"");
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", &script]).arg(folder);
    let tried = Command::new("unshare")
        .args(["-rm", "sh", "-c", &script])
        .arg(folder)
        .arg("true")
        .stderr(Stdio::null())
        .status();
    command.arg(BINARY);
    tried.is_ok_and(|it| it.success()).then_some(command)
}

#[test]
fn a_full_disk_sends_events_away_until_there_is_room_again() {
    let folder = tempfile::tempdir().unwrap();
    // The log leaves 256 MiB to others, so this soon counts as full.
    let Some(command) = on_small_disk(folder.path(), 290) else {
        println!("skipped: no file system of its own");
        return;
    };
    let running = Running::start_by(command, &folder.path().join("data"), "127.0.0.1:0");
    let (cookie, key) = set_up(&running);
    let address = running.address;
    sound(send(address, &key, &users("before", 3), 10));
    let inside = format!("/proc/{}/root", running.child.id());
    let filler = Path::new(&inside)
        .join(folder.path().strip_prefix("/").unwrap())
        .join("filler");
    fs::write(&filler, vec![1; 40 << 20]).unwrap();
    let (head, refused) = send(address, &key, &users("after", 3), 10).unwrap();
    assert!(head.starts_with("HTTP/1.1 503"), "{head}");
    assert!(head.contains("\r\nretry-after: 5\r\n"), "{head}");
    assert_eq!(refused["code"], "disk.full");
    let health = call(address, "GET", "/health/ready", "", &Value::Null);
    assert_eq!(sound(health).1["state"], "ready", "reading goes on");
    fs::remove_file(&filler).unwrap();
    loop {
        let (head, answer) = send(address, &key, &users("after", 3), 10).unwrap();
        if head.starts_with("HTTP/1.1 200") {
            break;
        }
        assert_eq!(answer["code"], "disk.full", "{head}");
    }
    let begin = Instant::now();
    loop {
        let asked = call(address, "POST", "/api/w/shop/ask", &cookie, &question());
        let count = numbers(&sound(asked).1);
        if count == (6, 6) {
            break;
        }
        let is_late = begin.elapsed() > Duration::from_secs(30);
        assert!(!is_late && count.0 < 6, "{count:?}");
    }
}

#[test]
fn a_log_that_cannot_be_written_stops_and_says_so_until_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    // No file may grow beyond 2 MiB, and who tries hears it as an error.
    let mut command = Command::new("sh");
    let script = "trap '' XFSZ && ulimit -f 4096 && exec \"$@\"";
    command.args(["-c", script, "limited"]).arg(BINARY);
    let running = Running::start_by(command, &data, "127.0.0.1:0");
    let (_, key) = set_up(&running);
    let address = running.address;
    sound(send(address, &key, &users("before", 3), 10));
    for _ in 0..2 {
        let (head, refused) = send(address, &key, &users("large", 100), 30_000).unwrap();
        assert!(head.starts_with("HTTP/1.1 503"), "{head}\n{refused}");
        assert!(head.contains("\r\nretry-after: 30\r\n"), "{head}");
        assert_eq!(refused["code"], "log.stopped");
    }
    let (head, health) = call(address, "GET", "/health/ready", "", &Value::Null).unwrap();
    assert!(head.starts_with("HTTP/1.1 503"), "{head}");
    assert_eq!(health["state"], "stopped");
    let reason = health["reason"].as_str().unwrap();
    assert!(reason.contains("workspace shop"), "{reason}");
    drop(running);
    let running = Running::start(&data, "127.0.0.1:0");
    sound(send(running.address, &key, &users("large", 100), 30_000));
    drop(running);
    assert_eq!(count(folder.path(), &data), (103, 103));
}
