//! Stops, restored backups, and what comes in while a person goes.

use std::{fs, path::Path};

use serde_json::json;
use throughline_ingest::{
    dialect::{Dialect, Moment},
    segment::Route,
};
use throughline_model::Timestamp;
use throughline_server::{
    erasures::work, import, pipeline::envelope::Envelope, rebuild::StateHash,
};

use crate::{
    client::Server,
    erasures::{EVERYBODY, OF_ANN, SOURCE, check_sound, erase, find, holding, numbers, tick},
    erasures_reach::batch,
    events::{runtime, send, shop},
    imports::begin,
};

#[tokio::test]
async fn whoever_comes_back_before_it_is_done_takes_nobodys_number() {
    let (server, mut owner) = shop(EVERYBODY).await;
    let before = find(&mut owner, "ann@example.org").await[0]["id"].clone();
    // It waits for an import, when the log is blanked.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.csv");
    fs::write(
        &file,
        "customer,event,time\nzoe,called,2026-02-01 10:00:00\n",
    )
    .unwrap();
    let (app, here) = (server.app.clone(), runtime(&server));
    let job = begin(&app, &here, &file);
    let path = format!("/api/w/shop/profiles/{before}/erase");
    let order = json!({"refuse_later": false});
    owner.post(&path, order).await.expect(200);
    let first = server.app.clone();
    let first = tokio::task::spawn_blocking(move || work::tick(&first));
    assert!(!first.await.unwrap());
    send(&server, "+ann 5 product_viewed\n+dan 4 product_viewed").await;
    let dan = find(&mut owner, "dan").await[0]["id"].clone();
    let running = tokio::task::spawn_blocking(move || import::run(&app, &here, &job));
    running.await.unwrap();
    tick(&server).await;
    let list = owner.get("/api/w/shop/erasures").await.expect(200);
    assert_eq!(list["erasures"][0]["state"], "done");
    assert_eq!(find(&mut owner, "dan").await[0]["id"], dan);
    let again = find(&mut owner, "ann").await[0].clone();
    assert_eq!(again["events_count"], 1);
    assert_ne!(again["id"], before);
    assert_eq!(find(&mut owner, "zoe").await[0]["events_count"], 1);
    check_sound(&server).await;
}

#[tokio::test]
async fn events_that_come_in_meanwhile_are_all_there_afterwards() {
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
    let (server, mut owner) = shop(EVERYBODY).await;
    let is_over = std::sync::Arc::new(AtomicBool::new(false));
    let (app, over) = (server.app.clone(), is_over.clone());
    let sending = tokio::task::spawn_blocking(move || {
        let ws = throughline_model::WorkspaceId::parse("shop").unwrap();
        let mut accepted = 0;
        while !over.load(Relaxed) {
            let Some(runtime) = app.workspaces().get(&ws) else {
                std::thread::yield_now();
                continue;
            };
            let body = batch(&[&format!("newcomer-{accepted}")]);
            let envelope = Envelope::Request {
                source: SOURCE,
                moment: Moment {
                    received: app.now(),
                    sent: None,
                },
                dialect: Dialect::Segment(Route::Batch),
                body: body.into(),
            };
            // What is not accepted is sent again, as libraries do.
            accepted += u64::from(runtime.pipeline().append(&envelope, None).is_ok());
        }
        accepted
    });
    let done = erase(&server, &mut owner, "ann@example.org").await;
    is_over.store(true, Relaxed);
    let accepted = sending.await.unwrap();
    assert_eq!(done["found"]["events"], 5);
    let here = runtime(&server);
    let counted = move || {
        here.pipeline().settle();
        StateHash::of(here.pipeline(), Timestamp(0))
            .unwrap()
            .events_count
    };
    let counted = tokio::task::spawn_blocking(counted).await.unwrap();
    assert_eq!(counted, 5 + accepted);
    check_sound(&server).await;
}

#[tokio::test]
async fn a_workspace_that_is_removed_meanwhile_does_not_come_back() {
    let (server, mut owner) = shop(EVERYBODY).await;
    let old = runtime(&server);
    let removed = owner.send("DELETE", "/api/workspaces/shop", None).await;
    assert_eq!(removed.status, 204);
    let app = server.app.clone();
    tokio::task::spawn_blocking(move || {
        let opened = app.workspaces().reopen(&old, |_| Ok::<_, ()>(()));
        assert!(opened.is_err());
        assert!(
            old.ledger()
                .request(1, 1, true, "owner", app.now())
                .is_err()
        );
        assert!(!old.dir().exists());
        assert!(old.news().has_ended(), "open pages ask again");
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn an_older_backup_loses_nothing_of_those_who_come_after_it() {
    let (server, mut owner) = shop(EVERYBODY).await;
    let older = tempfile::tempdir().unwrap();
    let to = older.path().to_owned();
    between(&server, move |dir| copy_dir(dir, &to)).await;
    let tablet = "tablet-of-ann 3 identify {\"email\":\"ann@example.org\"}";
    send(&server, tablet).await;
    send(&server, "+bob 2 product_viewed").await;
    erase(&server, &mut owner, "ann@example.org").await;
    let from = older.path().to_owned();
    between(&server, move |dir| {
        put_back(dir, &from, &["log", "state.db", "events"])
    })
    .await;
    // Eve gets the number that the tablet had.
    send(&server, "+eve 2 product_viewed\n+ann 1 product_viewed").await;
    tick(&server).await;
    assert_eq!(find(&mut owner, "eve").await[0]["events_count"], 1);
    assert_eq!(find(&mut owner, "ann").await[0]["events_count"], 1);
    assert_eq!(find(&mut owner, "bob").await[0]["events_count"], 2);
    let list = owner.get("/api/w/shop/erasures").await.expect(200);
    // What was found the first time is not told twice.
    assert_eq!(list["erasures"][0]["found"]["events"], 5, "{list}");
    check_sound(&server).await;
}

pub fn copy_dir(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy_dir(&path, &to),
            false => drop(fs::copy(&path, &to).unwrap()),
        }
    }
}

/// Puts pieces of an older state of the folder in the place of what is there.
pub fn put_back(dir: &Path, older: &Path, pieces: &[&str]) {
    for piece in pieces {
        let (from, to) = (older.join(piece), dir.join(piece));
        if to.is_dir() {
            fs::remove_dir_all(&to).unwrap();
        }
        if *piece == "state.db" {
            // What is open still goes on with a file of its own.
            fs::remove_file(&to).unwrap();
            for more in ["state.db-wal", "state.db-shm"] {
                let _ = fs::remove_file(dir.join(more));
            }
        }
        match from.is_dir() {
            true => copy_dir(&from, &to),
            false => drop(fs::copy(&from, &to).unwrap()),
        }
    }
}

/// Closes the workspace, changes its folder, and opens it again.
pub async fn between(server: &Server, change: impl FnOnce(&Path) + Send + 'static) {
    let (app, runtime) = (server.app.clone(), runtime(server));
    let reopen = move || {
        let change = |old: &throughline_server::workspace::WorkspaceRuntime| {
            old.state().fold().unwrap();
            change(old.dir());
            Ok::<_, std::convert::Infallible>(())
        };
        let _ = app.workspaces().reopen(&runtime, change).unwrap();
        // Its tables would tidy up behind them, where others lie now.
        std::mem::forget(runtime);
    };
    tokio::task::spawn_blocking(reopen).await.unwrap();
}

#[tokio::test]
async fn whatever_a_stop_or_a_backup_leaves_the_person_is_erased() {
    use throughline_server::erasures::ErasureState::{Blanking, Done, Rebuilding};
    let (server, mut owner) = shop(EVERYBODY).await;
    let older = tempfile::tempdir().unwrap();
    let to = older.path().to_owned();
    between(&server, move |dir| copy_dir(dir, &to)).await;
    erase(&server, &mut owner, "ann@example.org").await;
    let bob = find(&mut owner, "bob").await[0]["id"].clone();
    let expected = numbers(&mut owner).await;
    // What is as it was before, what is not there, and how far the ledger says that it is.
    let stops: [(&[&str], &[&str], _); 7] = [
        (&["log", "state.db", "events"], &[], Blanking),
        (&["state.db", "events"], &[], Blanking),
        (&["state.db", "events"], &[], Rebuilding),
        (&["state.db"], &["events"], Rebuilding),
        (&[], &["events"], Rebuilding),
        (&[], &[], Rebuilding),
        (&["log", "state.db", "events"], &[], Done),
    ];
    for (old, gone, state) in stops {
        let mut erasure = runtime(&server).ledger().read(|all| all[0].clone());
        erasure.state = state;
        runtime(&server).ledger().put(&erasure).unwrap();
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
        let list = owner.get("/api/w/shop/erasures").await.expect(200);
        assert_eq!(list["erasures"][0]["state"], "done", "{place}");
        let dir = runtime(&server).dir().to_owned();
        assert_eq!(holding(&dir, &OF_ANN), Vec::<String>::new(), "{place}");
        assert_eq!(numbers(&mut owner).await, expected, "{place}");
        assert_eq!(find(&mut owner, "bob").await[0]["id"], bob, "{place}");
        check_sound(&server).await;
    }
}
