//! Limits on how long events are kept, through stops and beside other work.

use std::fs;

use serde_json::json;
use throughline_server::{erasures::work, import};

use crate::{
    erasures::{check_sound, find, holding, numbers, tick},
    erasures_stops::{between, copy_dir, put_back},
    events::{runtime, send, shop},
    imports::begin,
    keeping::{SHOP, SWEEPS, aged, events_left, known, limits, sweep, write},
};

#[tokio::test]
async fn a_stop_at_any_moment_is_taken_up_and_ends_the_same() {
    use throughline_server::erasures::ErasureState::{Blanking, Rebuilding};
    let (server, mut owner) = shop(&aged(SHOP)).await;
    write(&mut owner, 0, limits()).await.expect(200);
    let older = tempfile::tempdir().unwrap();
    let to = older.path().to_owned();
    between(&server, move |dir| copy_dir(dir, &to)).await;
    sweep(&server, &mut owner).await;
    let expected = numbers(&mut owner).await;
    let events = events_left(&server, |_, _| false).await;
    let people = known(&server, &events).await;
    let bob = find(&mut owner, "bob").await[0]["id"].clone();
    // What is as it was before, what is not there, and how far the ledger says that it is.
    let stops: [(&[&str], &[&str], _); 6] = [
        (&["log", "state.db", "events"], &[], Blanking),
        (&["state.db", "events"], &[], Blanking),
        (&["state.db", "events"], &[], Rebuilding),
        (&["state.db"], &["events"], Rebuilding),
        (&[], &["events"], Rebuilding),
        (&[], &[], Rebuilding),
    ];
    for (old, gone, state) in stops {
        let mut sweep = runtime(&server).ledger().sweeps(|all| all[0].clone());
        sweep.state = state;
        runtime(&server).ledger().put_sweep(&sweep).unwrap();
        let from = older.path().to_owned();
        between(&server, move |dir| {
            put_back(dir, &from, old);
            for piece in gone {
                fs::remove_dir_all(dir.join(piece)).unwrap();
            }
        })
        .await;
        tick(&server).await;
        let place = format!("{old:?} {gone:?} {state:?}");
        let list = owner.get(SWEEPS).await.expect(200);
        assert_eq!(list["sweeps"][0]["state"], "done", "{place}");
        let dir = runtime(&server).dir().to_owned();
        let forgotten = ["worn-out-by-time", "lost-browser", "cid@example.org"];
        assert_eq!(holding(&dir, &forgotten), Vec::<String>::new(), "{place}");
        assert_eq!(numbers(&mut owner).await, expected, "{place}");
        assert_eq!(events_left(&server, |_, _| false).await, events, "{place}");
        assert_eq!(known(&server, &events).await, people, "{place}");
        assert_eq!(find(&mut owner, "bob").await[0]["id"], bob, "{place}");
        check_sound(&server).await;
    }
}

#[tokio::test]
async fn events_that_come_while_it_waits_are_all_there_afterwards() {
    let (server, mut owner) = shop(&aged(SHOP)).await;
    write(&mut owner, 0, limits()).await.expect(200);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.csv");
    fs::write(
        &file,
        "customer,event,time\nzoe,called,2026-02-01 10:00:00\n",
    )
    .unwrap();
    let (app, here) = (server.app.clone(), runtime(&server));
    let job = begin(&app, &here, &file);
    owner.post(SWEEPS, json!({})).await.expect(200);
    let first = server.app.clone();
    let first = tokio::task::spawn_blocking(move || work::tick(&first));
    assert!(!first.await.unwrap(), "it waits for the import");
    let list = owner.get(SWEEPS).await.expect(200);
    assert!(
        list["sweeps"][0]["waits_for"]
            .as_str()
            .unwrap()
            .contains("import")
    );
    // Who was about to be forgotten comes back as somebody new.
    send(
        &server,
        "lost-browser 5 product_viewed\n+dan 4 product_viewed",
    )
    .await;
    let dan = find(&mut owner, "dan").await[0]["id"].clone();
    let running = tokio::task::spawn_blocking(move || import::run(&app, &here, &job));
    running.await.unwrap();
    tick(&server).await;
    let list = owner.get(SWEEPS).await.expect(200);
    assert_eq!(list["sweeps"][0]["state"], "done", "{list}");
    assert_eq!(find(&mut owner, "dan").await[0]["id"], dan);
    assert_eq!(find(&mut owner, "lost-browser").await[0]["events_count"], 1);
    check_sound(&server).await;
}
