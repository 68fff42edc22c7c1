use serde_json::json;

use crate::events::shop;

#[tokio::test]
async fn home_counts_what_is_there_and_says_what_to_do() {
    let (_server, mut owner) =
        shop("ana 90 product_viewed\n+ben 80 order_placed\n+ben 70 identify {}").await;
    let overview = owner.get("/api/w/shop/overview").await.expect(200);
    for (field, expected) in [
        ("events_count", 2),
        ("profiles_count", 2),
        ("known_profiles_count", 1),
    ] {
        assert_eq!(overview[field], expected, "{field}");
    }
    let days = overview["days"].as_array().unwrap();
    assert_eq!((days.len(), &days[0]["day"]), (30, &json!("2026-02-01")));
    assert_eq!(
        days[29],
        json!({"day": "2026-03-02", "events": 2, "profiles": 2})
    );
    let open: Vec<_> = overview["next"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["done"] == false)
        .map(|it| it["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        open,
        [
            "connect",
            "import",
            "name_touchpoints",
            "discover_map",
            "invite"
        ]
    );
    assert_eq!(overview["changes"], json!([]));
}

#[tokio::test]
async fn an_empty_workspace_has_an_overview_too() {
    let (_server, mut owner) = shop("").await;
    let overview = owner.get("/api/w/shop/overview").await.expect(200);
    assert_eq!(
        (&overview["events_count"], &overview["first_event"]),
        (&json!(0), &json!(null))
    );
}

#[tokio::test]
async fn fields_and_their_values_are_found() {
    let (_server, mut owner) = shop("ana 9 view {\"color\":\"red\",\"size\":{\"width\":3}}\nben 8 view {\"color\":\"Rose\"}\nben 7 view {\"color\":\"blue\"}").await;
    let fields = owner.get("/api/w/shop/fields").await.expect(200);
    let color = fields["fields"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["field"] == "properties.color")
        .unwrap();
    assert_eq!(
        (&color["share"], &color["types"]),
        (&json!(1.0), &json!(["text"]))
    );
    let names: Vec<_> = fields["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["field"].as_str().unwrap())
        .collect();
    assert!(names.contains(&"properties.size.width"), "{names:?}");
    let values = owner
        .get("/api/w/shop/fields/values?field=properties.color&prefix=r")
        .await
        .expect(200);
    let mut found: Vec<_> = values["values"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["value"].as_str().unwrap())
        .collect();
    found.sort_unstable();
    assert_eq!(found, ["Rose", "red"]);
    assert_eq!(
        owner
            .get("/api/w/shop/fields/values?field=price")
            .await
            .refusal(),
        "400 parameter.unusable"
    );
}
