//! Watched folders in buckets of an object store: as those on the disk, and told why where a store says no.

use serde_json::{Value, json};
use throughline_server::{config::Config, folders::worker};

use crate::{
    client::{Browser, Server},
    erasures_stops::between,
    events::shop_with,
    folders::{FIRST, HEAD, SECOND, THIRD, listed, looked, mapping, told},
    imports::{counted, counts},
    store::{KEY, SECRET, Store, Trouble},
};

/// Settings that open the orders of a store below `daily` to everybody, and all to the bank.
fn settings(store: &Store, secret: &str) -> String {
    let endpoint = store.endpoint();
    format!(
        r#"
        [[import.buckets]]
        name = "orders"
        endpoint = "{endpoint}"
        region = "eu-central-1"
        bucket = "orders"
        prefix = "daily"
        key = "{KEY}"
        secret = "{secret}"

        [[import.buckets]]
        name = "all"
        workspace = "bank"
        endpoint = "{endpoint}"
        bucket = "orders"
        key = "{KEY}"
        secret = "{secret}"
        "#
    )
}

/// A server with a shop and its owner, that may read a store.
async fn open(store: &Store, secret: &str) -> (Server, Browser) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("throughline.toml");
    std::fs::write(&path, settings(store, secret)).unwrap();
    let read = Config::load(Some(&path), []).unwrap();
    shop_with("", |config| config.import.buckets = read.import.buckets).await
}

/// The same, where a folder of it is watched.
async fn watching(store: &Store, dir: &str) -> (Server, Browser) {
    let (server, mut owner) = open(store, SECRET).await;
    let body = json!({"title": "Orders", "mapping": mapping()});
    let made = owner.post("/api/w/shop/mappings", body).await.expect(200);
    let body = json!({"dir": dir, "mapping": made["id"]});
    owner.post("/api/w/shop/folders", body).await.expect(200);
    (server, owner)
}

fn file(rows: &[&str]) -> String {
    format!("{HEAD}{}", rows.concat())
}

#[tokio::test]
async fn objects_below_a_prefix_are_taken_page_by_page_and_each_content_once() {
    let store = Store::start().await;
    store.write("daily/a.csv", &file(&[FIRST]));
    store.write("daily/b ü+1.csv", &file(&[SECOND]));
    store.write("daily/c.csv", &file(&[FIRST]));
    store.write("daily/d.csv.tmp", "half");
    store.write("daily/old/e.csv", &file(&[THIRD]));
    store.write("secret.csv", &file(&[THIRD]));
    let (server, mut owner) = watching(&store, "s3://orders").await;
    let list = owner.get("/api/w/shop/folders").await.expect(200);
    assert_eq!(
        list["roots"],
        json!(["s3://orders"]),
        "the other is the bank's"
    );
    let folder = looked(&server, &mut owner).await;
    assert_eq!(folder["trouble"], Value::Null, "{folder}");
    assert_eq!(
        told(&folder),
        [
            "a.csv done 1 0 0",
            "b ü+1.csv done 1 0 0",
            "c.csv same 0 0 0"
        ]
    );
    let taken = store.asked();
    assert!(
        !taken
            .iter()
            .any(|it| it.contains("secret") || it.contains("old")),
        "{taken:?}"
    );

    store.write("daily/a.csv", &file(&[FIRST, THIRD]));
    let folder = looked(&server, &mut owner).await;
    assert_eq!(told(&folder)[0], "a.csv done 1 1 0");
    assert_eq!(
        store.asked(),
        ["daily/a.csv"],
        "what is handled is not asked for"
    );
    // Written anew with what it held before.
    store.write("daily/c.csv", &file(&[FIRST]));
    let folder = looked(&server, &mut owner).await;
    assert_eq!(told(&folder)[2], "c.csv same 0 0 0");

    between(&server, |_| ()).await;
    store.asked();
    looked(&server, &mut owner).await;
    assert_eq!(store.asked(), [""; 0], "a restart takes nothing twice");
    assert_eq!(
        counted(&server, &mut owner).await,
        counts(&[("order_placed", 2), ("product_viewed", 1)])
    );
}

#[tokio::test]
async fn a_folder_within_a_bucket_is_looked_into_and_nothing_beside_it() {
    let store = Store::start().await;
    store.write("daily/old/e.csv", &file(&[THIRD]));
    store.write("daily/older.csv", "x");
    store.write("daily-not/f.csv", "x");
    let (_server, mut owner) = open(&store, SECRET).await;
    let look = "/api/w/shop/folders/look";
    let dir = "s3://orders/old";
    let seen = owner.post(look, json!({ "dir": dir })).await.expect(200);
    let bytes = file(&[THIRD]).len();
    assert_eq!(seen["files"], json!([{"name": "e.csv", "bytes": bytes}]));
    let body = json!({"dir": dir, "name": "e.csv"});
    let uploaded = owner.post("/api/w/shop/folders/file", body).await;
    assert_eq!(uploaded.expect(200)["mapping"]["user"], "customer");
    for name in ["none.csv", "../older.csv", "/e.csv"] {
        let body = json!({"dir": dir, "name": name});
        owner
            .post("/api/w/shop/folders/file", body)
            .await
            .expect(422);
    }
    for dir in ["s3://all", "s3://nothing", "s3://orders/../x", "s3:/orders"] {
        let refused = owner.post(look, json!({ "dir": dir })).await.expect(422);
        let told = refused["error"]["faults"][0]["message"].clone();
        assert!(
            told.as_str().unwrap().starts_with("is in none"),
            "{dir}: {told}"
        );
    }
    assert_eq!(store.asked(), ["daily/old/e.csv", "daily/old/none.csv"]);
}

#[tokio::test]
async fn what_a_store_refuses_or_breaks_off_is_told_and_taken_later() {
    let store = Store::start().await;
    store.write("daily/a.csv", &file(&[FIRST]));
    let (server, mut owner) = watching(&store, "s3://orders").await;
    for (trouble, expected) in [
        (Trouble::Busy, "503 SlowDown"),
        (Trouble::Garbled, "another document"),
        (Trouble::Cut, "broke off"),
    ] {
        store.fail(Trouble::Nothing);
        worker::tick(&server.app).await;
        store.fail(trouble);
        worker::tick(&server.app).await;
        let folder = listed(&mut owner).await;
        let told_of = folder["trouble"].as_str().unwrap_or_default().to_owned();
        assert!(told_of.contains(expected), "{trouble:?}: {folder}");
        assert_eq!(told(&folder), [""; 0], "{trouble:?}");
    }
    store.fail(Trouble::Nothing);
    let folder = looked(&server, &mut owner).await;
    assert_eq!(told(&folder), ["a.csv done 1 0 0"]);
    assert_eq!(folder["trouble"], Value::Null);
    let imports = owner.get("/api/w/shop/imports").await.expect(200);
    assert_eq!(imports["imports"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn wrong_keys_are_told_without_the_secret() {
    let store = Store::start().await;
    let (_server, mut owner) = open(&store, "another secret").await;
    let look = json!({"dir": "s3://orders"});
    let refused = owner.post("/api/w/shop/folders/look", look).await;
    let text = refused.text();
    refused.expect(422);
    assert!(text.contains("403 SignatureDoesNotMatch"), "{text}");
    let list = owner.get("/api/w/shop/folders").await;
    assert!(!format!("{text}{}", list.text()).contains("another secret"));
}
