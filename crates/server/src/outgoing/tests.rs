//! Hostile addresses, names and answers.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;
use crate::config::Config;

fn outgoing(resolver: Resolver, change: impl FnOnce(&mut OutgoingConfig)) -> Outgoing {
    let mut config = Config::defaults().outgoing;
    config.https_only = false;
    config.ports = Vec::new();
    change(&mut config);
    Outgoing::new(&config, resolver).unwrap()
}

fn call(url: impl Into<String>) -> Call {
    Call {
        url: url.into(),
        headers: Vec::new(),
        body: Bytes::from_static(b"{}"),
    }
}

/// A server that gives one answer to everybody, and counts who came.
async fn sink(answer: &'static str) -> (u16, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let calls = Arc::new(AtomicU32::new(0));
    let counted = calls.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            let mut read = [0; 4096];
            let _ = stream.read(&mut read).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (port, calls)
}

#[tokio::test]
async fn every_way_to_write_an_inner_address_is_refused() {
    let (port, calls) = sink("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let outgoing = outgoing(Resolver::System, |_| {});
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::]",
        "0.0.0.0",
    ] {
        let url = format!("http://{host}:{port}/");
        let refused = outgoing.post(call(&url)).await;
        assert!(
            matches!(
                refused,
                Err(CallError::Inside { .. } | CallError::Lookup { .. })
            ),
            "{url}: {refused:?}"
        );
    }
    assert_eq!(calls.load(Ordering::SeqCst), 0, "nobody was called");
}

#[tokio::test]
async fn a_name_that_leads_inside_is_refused_even_beside_an_outer_address() {
    let outgoing = outgoing(
        Resolver::scripted([
            ("one.example", ["169.254.169.254"].as_slice()),
            ("both.example", ["93.184.216.34", "10.0.0.1"].as_slice()),
        ]),
        |_| {},
    );
    for host in ["one.example", "both.example"] {
        let refused = outgoing.post(call(format!("http://{host}/"))).await;
        assert!(
            matches!(refused, Err(CallError::Inside { .. })),
            "{refused:?}"
        );
    }
    let unknown = outgoing.post(call("http://nobody.example/")).await;
    assert!(
        matches!(unknown, Err(CallError::Lookup { .. })),
        "{unknown:?}"
    );
}

#[tokio::test]
async fn a_name_is_looked_up_once_so_it_cannot_change_its_mind() {
    let (port, calls) = sink("HTTP/1.1 204 No Content\r\n\r\n").await;
    // The first answer is judged and called; a second look-up would lead elsewhere, or fail.
    let resolver = Resolver::scripted([("rebind.example", ["127.0.0.1"].as_slice())]);
    let outgoing = outgoing(resolver, |config| {
        config.allow = vec!["127.0.0.1".to_owned()]
    });
    let url = format!("http://rebind.example:{port}/hook?x=1");
    assert_eq!(outgoing.post(call(&url)).await.unwrap().status, 204);
    assert!(
        outgoing.post(call(&url)).await.is_err(),
        "the script is at its end"
    );
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn redirects_are_told_and_not_followed() {
    let (inner, inside) = sink("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let answer = format!(
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:{inner}/\r\ncontent-length: 0\r\n\r\n"
    );
    let (port, _) = sink(answer.leak()).await;
    let outgoing = outgoing(Resolver::System, |config| {
        config.allow = vec!["127.0.0.1".to_owned()]
    });
    let reply = outgoing
        .post(call(format!("http://127.0.0.1:{port}/")))
        .await
        .unwrap();
    assert_eq!(reply.status, 302);
    assert_eq!(inside.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn an_endless_answer_is_cut() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        let _ = stream.write_all(head).await;
        let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
        while stream.write_all(chunk.as_bytes()).await.is_ok() {}
    });
    let outgoing = outgoing(Resolver::System, |config| {
        config.allow = vec!["127.0.0.1".to_owned()]
    });
    let reply = outgoing
        .post(call(format!("http://127.0.0.1:{port}/")))
        .await
        .unwrap();
    assert_eq!(reply.body.len(), limits::OUTGOING_ANSWER_BYTES_MAX);
}

#[tokio::test]
async fn what_the_text_alone_gives_away_is_refused_before_any_look_up() {
    let resolver = || Resolver::scripted([]);
    let strict = outgoing(resolver(), |config| {
        config.https_only = true;
        config.ports = vec![443];
    });
    for (url, expected) in [
        ("ftp://example.com/", "it begins with https://"),
        ("file:///etc/passwd", "it is no URL"),
        ("http://example.com/", "only https is called"),
        ("https://user@example.com/", "it has a user name in it"),
        ("https://127.0.0.1@example.com/", "it has a user name in it"),
        ("https://example.com:22/", "port 22 is not among"),
        ("/only/a/path", "it begins with https://"),
        ("https://exa mple.com/", "it is no URL"),
        ("https://example.com/\r\nx: y", "it is no URL"),
    ] {
        let error = strict.check(url).unwrap_err();
        assert!(error.to_string().contains(expected), "{url}: {error}");
        assert!(error.is_final() && !error.may_have_arrived());
    }
    strict.check("https://example.com/hook?a=b").unwrap();
}

#[tokio::test]
async fn who_does_not_answer_may_have_been_reached_and_who_is_not_there_has_not() {
    let outgoing = outgoing(Resolver::System, |config| {
        config.allow = vec!["127.0.0.1".to_owned()]
    });
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let absent = outgoing
        .post(call(format!("http://127.0.0.1:{port}/")))
        .await
        .unwrap_err();
    assert!(!absent.may_have_arrived(), "{absent}");
    let (port, _) = sink("").await;
    let broken = outgoing
        .post(call(format!("http://127.0.0.1:{port}/")))
        .await
        .unwrap_err();
    assert!(broken.may_have_arrived(), "{broken}");
}

#[tokio::test]
async fn a_server_without_a_certificate_is_not_spoken_to() {
    let (port, _) = sink("HTTP/1.1 200 OK\r\n\r\n").await;
    let outgoing = outgoing(Resolver::System, |config| {
        config.allow = vec!["127.0.0.1".to_owned()]
    });
    let refused = outgoing
        .post(call(format!("https://127.0.0.1:{port}/")))
        .await;
    assert!(
        matches!(refused, Err(CallError::Connect { .. })),
        "{refused:?}"
    );
}
