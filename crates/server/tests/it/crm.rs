//! A CRM beside the product: its deals are objects, its stages move maps, and rules say whose traits stay.

use serde_json::{Value, json};

use crate::{
    collect::Shop,
    events::{runtime, wait_until_shown},
    hooks::{Hooked, base64_of},
    identity::wait_until_roots_shown,
};

const HUBSPOT: &str = "hubspot";

/// Sends changes as HubSpot does, and waits until they are seen. Each has its own age in minutes.
async fn tell(hooked: &Hooked, changes: &[(u32, Value)]) {
    let now = hooked.shop.server.app.now();
    let changes = changes.iter().enumerate().map(|(index, (minutes, rest))| {
        let mut item = json!({"eventId": index, "subscriptionId": 1, "portalId": 8, "appId": 5, "attemptNumber": 0,
            "changeSource": "CRM_UI", "occurredAt": now.0 - i64::from(*minutes) * 60_000});
        let rest = rest.as_object().unwrap().clone();
        item.as_object_mut().unwrap().extend(rest);
        item
    });
    let body = Value::from(changes.collect::<Vec<_>>()).to_string();
    let url = format!("http://{}{}", hooked.shop.server.address, hooked.path());
    let time = now.0.to_string();
    let code = base64_of(format!("POST{url}{body}{time}").as_bytes());
    let headers = [
        ("x-hubspot-request-timestamp", time.as_str()),
        ("x-hubspot-signature-v3", code.as_str()),
    ];
    hooked.send(&headers, body.as_bytes()).await.expect(200);
    shown(&hooked.shop).await;
}

async fn shown(shop: &Shop) {
    let runtime = runtime(&shop.server);
    let shown = tokio::task::spawn_blocking(move || wait_until_shown(&runtime));
    shown.await.unwrap();
}

async fn roots_shown(shop: &Shop) {
    let runtime = runtime(&shop.server);
    let shown = tokio::task::spawn_blocking(move || wait_until_roots_shown(&runtime));
    shown.await.unwrap();
}

fn contact(id: u32, property: &str, value: &str) -> Value {
    json!({"subscriptionType": "contact.propertyChange", "objectId": id, "propertyName": property, "propertyValue": value})
}

fn stage(value: &str) -> Value {
    json!({"subscriptionType": "object.propertyChange", "objectTypeId": "0-3", "objectId": 9,
        "propertyName": "dealstage", "propertyValue": value})
}

fn associated(contact: u32) -> Value {
    json!({"subscriptionType": "deal.associationChange", "fromObjectId": 9, "toObjectId": contact,
        "associationType": "DEAL_TO_CONTACT", "associationRemoved": false})
}

/// Lets deals join the contact that they have, while they have one only.
async fn deals_join(hooked: &mut Hooked) {
    let path = "/api/w/shop/identity/policy";
    let mut policy = hooked.shop.owner.get(path).await.expect(200)["policy"].clone();
    for rule in policy["types"].as_array_mut().unwrap() {
        if rule["kind"] == "order" {
            rule["joins"] = json!(true);
            rule["owners_max"] = json!(1);
        }
    }
    let body = json!({"version": 0, "policy": policy, "why": "a deal is of its contact"});
    let saved = hooked.shop.owner.send("PUT", path, Some(body)).await;
    saved.expect(200);
    roots_shown(&hooked.shop).await;
}

#[tokio::test]
async fn a_stage_change_in_the_crm_moves_the_deal_and_the_map() {
    let mut hooked = Hooked::of(HUBSPOT).await;
    deals_join(&mut hooked).await;
    let created =
        json!({"subscriptionType": "object.creation", "objectTypeId": "0-3", "objectId": 9});
    tell(
        &hooked,
        &[
            (60, contact(51, "email", "ana@example.com")),
            (50, created),
            (40, stage("appointmentscheduled")),
        ],
    )
    .await;
    let deal = "/api/w/shop/objects/deal/8:9";
    let story = hooked.shop.owner.get(deal).await.expect(200);
    assert_eq!(story["state"], "in_progress");
    assert_eq!(story["events_count"], 2, "it is kept without anybody");

    let step = |id: &str, stage: &str| {
        let rule = json!({"where": {"field": "properties.stage", "test": {"is": [stage]}}});
        json!({"id": id, "title": id, "matcher": {"events": ["deal_stage_changed"], "rule": rule}})
    };
    let map = json!({"title": "Sales", "kind": "current", "range": {"all": true},
        "goal": {"events": ["deal_won"]},
        "stages": [{"id": "sell", "title": "Sell", "steps":
            [step("meet", "appointmentscheduled"), step("won", "closedwon")]}]});
    let made = hooked.shop.owner.post("/api/w/shop/maps", map).await;
    made.expect(200);
    let people = async |hooked: &mut Hooked| {
        let path = "/api/w/shop/maps/sales/numbers";
        let numbers = hooked.shop.owner.get(path).await.expect(200);
        let steps = numbers["steps"].as_array().unwrap().clone();
        let of = |id: &str| steps.iter().find(|it| it["step"] == id).unwrap()["people"].clone();
        (of("meet"), of("won"))
    };
    assert_eq!(people(&mut hooked).await, (json!(1), json!(0)));

    tell(&hooked, &[(30, associated(51)), (20, stage("closedwon"))]).await;
    let story = hooked.shop.owner.get(deal).await.expect(200);
    assert_eq!(
        (&story["state"], &story["is_over"]),
        (&json!("won"), &json!(true))
    );
    let states: Vec<&Value> = (story["passages"].as_array().unwrap().iter())
        .map(|it| &it["state"])
        .collect();
    assert_eq!(states, ["created", "in_progress", "won"]);
    assert_eq!(people(&mut hooked).await, (json!(1), json!(1)));
    // The deal's own events are Ana's, those from before she was known to it too.
    assert_eq!(story["people_count"], 1);
    let found = hooked
        .shop
        .owner
        .get("/api/w/shop/profiles?q=ana%40example.com")
        .await;
    let found = found.expect(200)["profiles"].clone();
    assert_eq!(found[0]["id"], story["profiles"][0]["id"]);
    assert_eq!(found[0]["events_count"], 4);
}

#[tokio::test]
async fn a_deal_of_several_contacts_joins_none_of_them_and_shows_all() {
    let mut hooked = Hooked::of(HUBSPOT).await;
    deals_join(&mut hooked).await;
    tell(
        &hooked,
        &[
            (60, contact(51, "email", "ana@example.com")),
            (60, contact(52, "email", "ben@example.com")),
            (50, associated(51)),
            (40, associated(52)),
            (30, stage("closedlost")),
        ],
    )
    .await;
    let story = hooked
        .shop
        .owner
        .get("/api/w/shop/objects/deal/8:9")
        .await
        .expect(200);
    assert_eq!(story["state"], "lost");
    let mut ids = std::collections::BTreeSet::new();
    for person in ["ana", "ben"] {
        let path = format!("/api/w/shop/profiles?q={person}%40example.com");
        let found = hooked.shop.owner.get(&path).await.expect(200);
        let found = found["profiles"].as_array().unwrap().clone();
        assert_eq!(found.len(), 1, "{person}");
        let id = found[0]["id"].as_i64().unwrap();
        assert!(ids.insert(id), "they are two people");
        let path = format!("/api/w/shop/profiles/{id}/objects");
        let of = hooked.shop.owner.get(&path).await.expect(200);
        assert_eq!(
            (&of["objects"][0]["id"], &of["objects"][0]["state"]),
            (&json!("8:9"), &json!("lost"))
        );
    }
}

async fn trait_of(hooked: &mut Hooked, name: &str) -> Value {
    let found = hooked
        .shop
        .owner
        .get("/api/w/shop/profiles?q=ana%40example.com")
        .await;
    let id = found.expect(200)["profiles"][0]["id"].clone();
    let profile = hooked
        .shop
        .owner
        .get(&format!("/api/w/shop/profiles/{id}"))
        .await;
    let profile = profile.expect(200);
    let traits = profile["traits"].as_array().unwrap();
    let found = traits.iter().find(|it| it["name"] == name);
    found.map_or(Value::Null, |it| it["value"].clone())
}

#[tokio::test]
async fn a_crm_can_come_first_for_one_trait_and_its_late_news_overwrites_nothing_newer() {
    let mut hooked = Hooked::of(HUBSPOT).await;
    tell(
        &hooked,
        &[
            (60, contact(51, "email", "ana@example.com")),
            (60, contact(51, "plan", "crm new")),
            (60, contact(51, "city", "crm new")),
            // Sent again after a pause, so it comes later than what is newer.
            (90, contact(51, "plan", "crm old")),
            (90, contact(51, "city", "crm old")),
        ],
    )
    .await;
    assert_eq!(trait_of(&mut hooked, "plan").await, "crm new");
    let traits = json!({"email": "ana@example.com", "plan": "shop", "city": "shop"});
    let mut library = hooked
        .shop
        .stranger(&[("authorization", &crate::collect::basic(&hooked.shop.key))]);
    let sent = library
        .post(
            "/v1/identify",
            json!({"anonymousId": "phone", "messageId": "m1", "traits": traits}),
        )
        .await;
    sent.expect(200);
    shown(&hooked.shop).await;
    for name in ["plan", "city"] {
        assert_eq!(
            trait_of(&mut hooked, name).await,
            "shop",
            "the newest stays: {name}"
        );
    }

    let path = "/api/w/shop/identity/policy";
    let mut policy = hooked.shop.owner.get(path).await.expect(200)["policy"].clone();
    let order = json!([hooked.hook["id"]]);
    policy["traits"] = json!([{"name": "plan", "keep": {"kind": "sources", "order": order}}]);
    let body = json!({"version": 0, "policy": policy, "why": "sales knows the plan"});
    let saved = hooked.shop.owner.send("PUT", path, Some(body)).await;
    saved.expect(200);
    roots_shown(&hooked.shop).await;
    assert_eq!(trait_of(&mut hooked, "plan").await, "crm new");
    assert_eq!(trait_of(&mut hooked, "city").await, "shop");
    tell(&hooked, &[(70, contact(51, "plan", "crm late"))]).await;
    assert_eq!(trait_of(&mut hooked, "plan").await, "crm new");
    tell(&hooked, &[(5, contact(51, "plan", "crm newest"))]).await;
    assert_eq!(trait_of(&mut hooked, "plan").await, "crm newest");
}
