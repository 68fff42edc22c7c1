use serde_json::{Value, json};

use crate::events::shop;

const LINES: &str = "
    ana 30 product_viewed
    ana 20 order_placed
    ben 40 product_viewed
    +cem 50 product_viewed
    +cem 45 order_placed
";

fn funnel() -> Value {
    json!({"kind": "funnel", "range": {"last": "1d", "zone": "Asia/Shanghai"}, "steps": [
        {"name": "=look", "matcher": {"events": ["product_viewed"]}},
        {"name": "buy", "matcher": {"events": ["order_placed"]}}]})
}

fn map() -> Value {
    json!({"title": "Shop", "kind": "current", "goal": {"events": ["order_placed"]},
        "range": {"all": true}, "stages": [{"id": "buy", "title": "Buy", "steps": [
            {"id": "look", "title": "Look", "matcher": {"events": ["product_viewed"]}}]}]})
}

fn rows(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .comment(Some(b'#'))
        .from_reader(bytes);
    let rows = reader.records();
    rows.map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

#[tokio::test]
async fn an_answer_leaves_as_a_file_with_what_it_depends_on() {
    let (_server, mut owner) = shop(LINES).await;
    let body = json!({"of": {"report": funnel()}, "format": "csv", "table": "steps",
        "title": "谁会购买", "mark": true});
    let file = owner.post("/api/w/shop/export", body).await;
    assert_eq!(file.status, 200);
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(
        file.header("content-disposition"),
        "attachment; filename=\"export.csv\"; \
         filename*=UTF-8''%E8%B0%81%E4%BC%9A%E8%B4%AD%E4%B9%B0.csv"
    );
    let text = std::str::from_utf8(&file.bytes).unwrap();
    for head in [
        "\u{feff}# title,谁会购买",
        "# report,funnel",
        "# range_from,2026-03-01T20:00:00+08:00",
        "# zone,Asia/Shanghai",
        "# asked,2026-03-02T20:00:00+08:00",
        "# link_log_position,",
        "# n,3",
        "# left_out_immature,1",
        "# definition,",
    ] {
        assert!(text.contains(head), "{head} in {text}");
    }
    let rows = rows(text.strip_prefix('\u{feff}').unwrap().as_bytes());
    let told: Vec<(&str, &str)> = rows
        .iter()
        .map(|row| (row[1].as_str(), row[4].as_str()))
        .collect();
    assert_eq!(told, [("step", "profiles"), ("'=look", "3"), ("buy", "2")]);
}

#[tokio::test]
async fn every_format_is_what_it_says() {
    let (_server, mut owner) = shop(LINES).await;
    for (of, format, begins) in [
        (json!({"report": funnel()}), "xlsx", &b"PK"[..]),
        (json!({"report": funnel()}), "parquet", b"PK"),
        (json!({"report": funnel()}), "json", b"{"),
        (json!({"draft": map()}), "xlsx", b"PK"),
        (json!({"draft": map()}), "csv", b"# title,Shop\r\n"),
        (json!({"draft": map()}), "json", b"{"),
    ] {
        let body = json!({"of": of, "format": format});
        let file = owner.post("/api/w/shop/export", body).await;
        assert_eq!(file.status, 200, "{of} {format}");
        assert!(file.bytes.starts_with(begins), "{of} {format}");
    }
    let one = json!({"of": {"report": funnel()}, "format": "parquet", "table": "steps"});
    let file = owner.post("/api/w/shop/export", one).await;
    assert!(file.bytes.starts_with(b"PAR1"));
}

#[tokio::test]
async fn what_cannot_be_written_is_refused_with_its_place() {
    let (_server, mut owner) = shop(LINES).await;
    let funnel = json!({"report": funnel()});
    for (body, place) in [
        (
            json!({"of": funnel, "format": "csv", "table": "stps"}),
            "table",
        ),
        (
            json!({"of": funnel, "format": "csv", "bare": true}),
            "table",
        ),
        (json!({"of": funnel, "format": "csv", "title": ""}), "title"),
        (json!({"of": funnel, "format": "xls"}), "format"),
        (
            json!({"of": {"report": {"kind": "funnel", "range": {"all": true}, "steps": []}}, "format": "csv"}),
            "steps",
        ),
    ] {
        let refused = owner.post("/api/w/shop/export", body).await.expect(422);
        assert_eq!(refused["error"]["faults"][0]["place"], place, "{refused}");
    }
}

#[tokio::test]
async fn the_people_behind_a_number_leave_as_a_file_and_the_audit_log_knows() {
    let (_server, mut owner) = shop(LINES).await;
    let select = json!({"kind": "funnel", "step": 1, "part": "reached"});
    let of = json!({"people": {"of": {"report": funnel()}, "select": select}});
    let body = json!({"of": of, "format": "csv", "title": "Buyers"});
    let file = owner.post("/api/w/shop/export", body).await;
    assert_eq!(file.status, 200);
    let text = std::str::from_utf8(&file.bytes).unwrap();
    for head in ["# n,2", "# listed,2", "# left_out_capped,0"] {
        assert!(text.contains(head), "{head}");
    }
    let rows = rows(&file.bytes);
    let labels: Vec<&str> = rows.iter().map(|row| row[1].as_str()).collect();
    assert_eq!(labels, ["label", "ana", "cem"]);
    let audit = owner.get("/api/audit").await.expect(200);
    let entry = &audit["entries"][0];
    assert_eq!(entry["action"], "people.exported");
    assert_eq!(entry["details"], json!({"profiles": 2, "format": "csv"}));
}
