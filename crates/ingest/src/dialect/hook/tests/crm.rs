//! Contacts and deals of a CRM, in the shapes of HubSpot's reference on webhooks, classic and generic.

use expect_test::expect;
use serde_json::{Value, json};

use super::{Maker, Note, check, read, shown};

#[test]
fn contacts_of_hubspot_are_made_and_changed() {
    let body = json!([
        {"eventId": 1, "subscriptionType": "contact.creation", "objectId": 51, "portalId": 8, "occurredAt": 1_795_860_000_123_i64, "changeSource": "FORM"},
        {"eventId": 2, "subscriptionType": "contact.propertyChange", "objectId": 51, "propertyName": "email", "propertyValue": "ana@example.com", "occurredAt": 1_795_860_001_000_i64},
        {"eventId": 3, "subscriptionType": "company.creation", "objectId": 9, "occurredAt": 1_795_860_002_000_i64}]);
    check(
        Maker::Hubspot,
        &Note::default(),
        &body,
        expect![[r#"
        2026-11-28T10:00:00.123Z other contact_created
          who Anonymous hubspot:8:51
          source "FORM"
        2026-11-28T10:00:01.000Z other $identify
          who Anonymous hubspot:51, Email ana@example.com
          email "ana@example.com"
          trait email "ana@example.com"
        about nobody: 1
    "#]],
    );
    let of_account = |account: u32| json!({"eventId": 1, "subscriptionType": "contact.creation", "objectId": 51, "portalId": account, "occurredAt": 1_795_860_000_123_i64});
    let decoded = read(
        Maker::Hubspot,
        &Note::default(),
        &json!([of_account(8), of_account(9)]),
    );
    let [(_, one), (_, other)] = &decoded.events[..] else {
        panic!("each is an event");
    };
    assert_ne!(one.message, other.message);
    assert_ne!(one.identifiers, other.identifiers);
}

/// An element of a body, with the members that each has.
fn told(at: i64, event: u32, kind: &str, rest: Value) -> Value {
    let mut item = json!({"eventId": event, "subscriptionId": 112_233, "portalId": 8, "appId": 54_321, "attemptNumber": 0,
        "occurredAt": 1_795_860_000_000_i64 + at, "subscriptionType": kind, "changeSource": "CRM_UI", "sourceId": "userId:7"});
    let members = rest.as_object().expect("an object").clone();
    item.as_object_mut().expect("an object").extend(members);
    item
}

fn deal(at: i64, event: u32, property: &str, value: &str) -> Value {
    let rest = json!({"objectId": 9, "propertyName": property, "propertyValue": value});
    told(at, event, "deal.propertyChange", rest)
}

#[test]
fn a_deal_goes_through_its_stages_and_gets_its_contact() {
    let body = json!([
        told(
            0,
            1,
            "deal.creation",
            json!({"objectId": 9, "changeFlag": "CREATED"})
        ),
        deal(0, 2, "dealstage", "appointmentscheduled"),
        deal(1, 3, "amount", "12000.50"),
        deal(2, 4, "closedate", "1798761599000"),
        told(
            3,
            5,
            "deal.associationChange",
            json!({"fromObjectId": 9, "toObjectId": 51,
            "associationType": "DEAL_TO_CONTACT", "associationRemoved": false, "isPrimaryAssociation": false})
        ),
        deal(4, 6, "dealstage", "closedwon"),
        deal(4, 7, "hs_is_closed_won", "true"),
        deal(5, 8, "hs_is_closed_won", "false"),
        told(
            6,
            9,
            "deal.associationChange",
            json!({"fromObjectId": 9, "toObjectId": 51,
            "associationType": "DEAL_TO_CONTACT", "associationRemoved": true, "isPrimaryAssociation": false})
        ),
        told(
            7,
            10,
            "deal.merge",
            json!({"primaryObjectId": 9, "mergedObjectIds": [10, 11], "newObjectId": 12, "numberOfPropertiesMoved": 1})
        ),
        told(
            8,
            11,
            "deal.deletion",
            json!({"objectId": 9, "changeFlag": "DELETED"})
        ),
    ]);
    check(
        Maker::Hubspot,
        &Note::default(),
        &body,
        expect![[r#"
        2026-11-28T10:00:00.000Z other deal_created
          who Order hubspot_deal:8:9
          deal_id "8:9"
          source "CRM_UI"
        2026-11-28T10:00:00.000Z other deal_stage_changed
          who Order hubspot_deal:8:9
          after "appointmentscheduled"
          deal_id "8:9"
          property "dealstage"
          source "CRM_UI"
          stage "appointmentscheduled"
        2026-11-28T10:00:00.001Z other deal_updated
          who Order hubspot_deal:8:9
          after "12000.50"
          amount 12000.5
          deal_id "8:9"
          property "amount"
          source "CRM_UI"
        2026-11-28T10:00:00.002Z other deal_updated
          who Order hubspot_deal:8:9
          after "1798761599000"
          close_date "2026-12-31T23:59:59.000Z"
          deal_id "8:9"
          property "closedate"
          source "CRM_UI"
        2026-11-28T10:00:00.003Z other deal_contact_added
          who Anonymous hubspot:8:51, Order hubspot_deal:8:9
          deal_id "8:9"
          source "CRM_UI"
        2026-11-28T10:00:00.004Z other deal_stage_changed
          who Order hubspot_deal:8:9
          after "closedwon"
          deal_id "8:9"
          property "dealstage"
          source "CRM_UI"
          stage "closedwon"
        2026-11-28T10:00:00.004Z other deal_won
          who Order hubspot_deal:8:9
          after "true"
          deal_id "8:9"
          property "hs_is_closed_won"
          source "CRM_UI"
        2026-11-28T10:00:00.005Z other deal_updated
          who Order hubspot_deal:8:9
          after "false"
          deal_id "8:9"
          property "hs_is_closed_won"
          source "CRM_UI"
        2026-11-28T10:00:00.006Z other deal_contact_removed
          who Anonymous hubspot:8:51
          deal_id "8:9"
          source "CRM_UI"
        2026-11-28T10:00:00.007Z other deal_merged
          who Order hubspot_deal:8:12
          deal_id "8:12"
          merged_ids ["10","11"]
          source "CRM_UI"
        2026-11-28T10:00:00.008Z other deal_deleted
          who Order hubspot_deal:8:9
          deal_id "8:9"
          source "CRM_UI"
    "#]],
    );
}

#[test]
fn the_generic_form_says_the_same_as_the_classic_one() {
    let pair = |kind: &str, number: &str, rest: Value| {
        let (_, topic) = kind.split_once('.').expect("in two parts");
        let mut of_type = rest.clone();
        of_type["objectTypeId"] = number.into();
        let classic = told(1, 1, kind, rest);
        (classic, told(1, 1, &format!("object.{topic}"), of_type))
    };
    let link = json!({"fromObjectId": 9, "toObjectId": 51, "associationRemoved": false, "isPrimaryAssociation": false});
    let mut linked = link.clone();
    linked["associationType"] = "DEAL_TO_CONTACT".into();
    let mut typed = link;
    typed["fromObjectTypeId"] = "0-3".into();
    typed["toObjectTypeId"] = "0-1".into();
    for (classic, generic) in [
        pair("contact.creation", "0-1", json!({"objectId": 51})),
        pair(
            "contact.propertyChange",
            "0-1",
            json!({"objectId": 51, "propertyName": "email", "propertyValue": "ana@example.com"}),
        ),
        pair("deal.creation", "0-3", json!({"objectId": 9})),
        pair(
            "deal.propertyChange",
            "0-3",
            json!({"objectId": 9, "propertyName": "dealstage", "propertyValue": "closedlost"}),
        ),
        (
            told(1, 1, "deal.associationChange", linked),
            told(1, 1, "object.associationChange", typed),
        ),
    ] {
        let note = Note::default();
        let classic = read(Maker::Hubspot, &note, &json!([classic]));
        let generic = read(Maker::Hubspot, &note, &json!([generic]));
        assert_eq!(classic.events.len(), 1, "{classic:?}");
        assert_eq!(shown(&classic), shown(&generic));
        // So moving a subscription to the other form counts nothing twice.
        assert_eq!(classic.events[0].1.message, generic.events[0].1.message);
    }
}

#[test]
fn both_ends_of_an_association_tell_the_same_event() {
    let from_deal = told(
        1,
        1,
        "deal.associationChange",
        json!({"fromObjectId": 9, "toObjectId": 51, "associationType": "DEAL_TO_CONTACT", "associationRemoved": false}),
    );
    let from_contact = told(
        1,
        2,
        "contact.associationChange",
        json!({"fromObjectId": 51, "toObjectId": 9, "associationType": "CONTACT_TO_DEAL", "associationRemoved": false}),
    );
    let decoded = read(
        Maker::Hubspot,
        &Note::default(),
        &json!([from_deal, from_contact]),
    );
    let [(_, one), (_, other)] = &decoded.events[..] else {
        panic!("each end tells");
    };
    assert_eq!(one.message, other.message);
    assert_eq!(one.identifiers, other.identifiers);
}

#[test]
fn what_is_about_no_deal_and_no_contact_stays_in_the_raw_log() {
    let body = json!([
        told(
            1,
            1,
            "object.creation",
            json!({"objectId": 9, "objectTypeId": "0-2"})
        ),
        told(
            1,
            2,
            "object.creation",
            json!({"objectId": 9, "objectTypeId": "2-4711"})
        ),
        told(1, 3, "object.creation", json!({"objectId": 9})),
        told(
            1,
            4,
            "deal.associationChange",
            json!({"fromObjectId": 9, "toObjectId": 7, "associationType": "DEAL_TO_COMPANY"})
        ),
        told(
            1,
            5,
            "deal.propertyChange",
            json!({"propertyName": "dealstage", "propertyValue": "x"})
        ),
        told(
            1,
            6,
            "object.associationChange",
            json!({"fromObjectTypeId": "0-3", "toObjectTypeId": "0-1", "fromObjectId": {}, "toObjectId": []})
        ),
    ]);
    check(
        Maker::Hubspot,
        &Note::default(),
        &body,
        expect![[r#"
        about nobody: 6
    "#]],
    );
}

#[test]
fn a_property_of_any_name_and_value_overwrites_nothing() {
    let evil = "</script>\u{202e}'; DROP TABLE--\u{0}";
    let body = json!([
        deal(1, 1, "deal_id", evil),
        deal(1, 2, evil, "1"),
        deal(1, 3, "amount", "1e999"),
        deal(1, 4, "closedate", "soon")
    ]);
    let decoded = read(Maker::Hubspot, &Note::default(), &body);
    assert_eq!(decoded.events.len(), 4);
    for (_, event) in &decoded.events {
        let properties = event.properties.to_map();
        assert_eq!(event.name.as_str(), "deal_updated");
        assert_eq!(properties["deal_id"], "8:9");
        assert!(!properties.contains_key("amount") && !properties.contains_key("close_date"));
    }
    let first = decoded.events[0].1.properties.to_map();
    assert_eq!(first["after"], evil.replace('\0', ""));
}
