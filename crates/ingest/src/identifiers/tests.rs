//! What events name, by example.

use expect_test::{Expect, expect};
use throughline_model::Timestamp;

use super::*;
use crate::segment::{Route, decode};

fn check(kind: EventKind, members: &str, expected: Expect) {
    let body = format!(r#"{{"userId":"u","event":"e","groupId":"g","previousId":"p",{members}}}"#);
    let now = Timestamp(1_700_000_000_000);
    let mut decoded = decode(Route::One(kind), body.as_bytes(), now).expect("sound");
    let event = &mut decoded.events[0].1;
    complete(event);
    let mut shown = String::new();
    for Identifier { kind, value } in &event.identifiers {
        shown.push_str(&format!("{kind:?} {value}\n"));
    }
    expected.assert_eq(&shown);
}

fn reads(kind: IdentifierKind, value: &str, expected: Option<&str>) {
    let found = typed(kind, value).map(|it| it.value);
    assert_eq!(found.as_deref(), expected, "{value:?}");
}

#[test]
fn traits_device_and_external_ids_name_somebody() {
    check(
        EventKind::Identify,
        r#""traits":{"email":" Ann@Example.ORG ","phone":"+49 (0)30 1234-567"},
           "context":{"traits":{"email":"ann@example.org"},
               "device":{"id":"ABC-1","advertisingId":"00000000-0000-0000-0000-000000000000"},
               "externalIds":[{"type":"ga_client_id","id":"1.2","collection":"users"},
                   {"type":"loyalty_id","id":77},{"type":"ios.idfa","id":"6D92078A"},
                   {"type":"user_id","id":"other"},{"id":"none"},7]}"#,
        expect![[r"
            User u
            Email ann@example.org
            Phone +49301234567
            Device abc-1
            Custom ga_client_id:1.2
            Loyalty 77
            Advertising 6d92078a
        "]],
    );
}

#[test]
fn traits_of_a_group_and_an_alias_name_nobody() {
    check(
        EventKind::Group,
        r#""traits":{"email":"info@acme.example"}"#,
        expect![[r"
            User u
        "]],
    );
    check(
        EventKind::Alias,
        r#""context":{"traits":{"email":"ann@example.org"}}"#,
        expect![[r"
            User u
            Anonymous p
        "]],
    );
}

#[test]
fn emails_are_brought_to_one_form() {
    let read = |value, expected| reads(IdentifierKind::Email, value, expected);
    read("mailto:A.B+c@X.de", Some("a.b+c@x.de"));
    read("no at", None);
    read("a@b", None);
    read("a b@c.de", None);
    read("a@b@c.de", None);
    read("null", None);
    read("TEST@test.com", None);
    read("noreply@shop.example", None);
}

#[test]
fn phones_are_brought_to_one_form() {
    let read = |value, expected| reads(IdentifierKind::Phone, value, expected);
    read("+1 (201) 555-0123", Some("+12015550123"));
    read("0044 20 7946 0018", Some("+442079460018"));
    read("tel:+8613800138000", Some("+8613800138000"));
    read("020 7946 0018", Some("national:02079460018"));
    read("+0 20 7946 0018", None);
    read("+11111111", None);
    read("call me", None);
    read("12", None);
}

#[test]
fn phones_without_a_country_wait_for_that_of_the_policy() {
    let phone = || vec![typed(IdentifierKind::Phone, "020 7946 0018").expect("a phone")];
    let mut settled = phone();
    settle(&mut settled, Some("GB"));
    assert_eq!(&*settled[0].value, "+442079460018");
    let mut left_out = phone();
    settle(&mut left_out, None);
    assert!(left_out.is_empty());
}

#[test]
fn a_hash_has_the_key_of_what_it_was_made_of() {
    let plain = typed(IdentifierKind::Email, "Ann@Example.org").expect("sound");
    let hashed = typed(
        IdentifierKind::Email,
        &digest_of("ann@example.org").to_uppercase(),
    );
    let hashed = hashed.expect("sound");
    assert!(is_hashed(&hashed) && !is_hashed(&plain));
    assert_eq!(key(&hashed), key(&plain));
    let phone = typed(IdentifierKind::Phone, &digest_of("ann@example.org")).expect("sound");
    assert_ne!(key(&phone), key(&plain), "another type");
    assert_eq!(
        digest_of("abc"),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

#[test]
fn what_a_person_types_is_read_in_every_way() {
    let found: Vec<IdentifierKind> = readings("020 7946 0018", Some("GB"))
        .into_iter()
        .map(|it| it.kind)
        .collect();
    assert!(found.contains(&IdentifierKind::Phone));
    assert!(!found.contains(&IdentifierKind::Email));
}

#[test]
fn only_phones_are_given_a_country() {
    let id = |kind, value: &str| Identifier {
        kind,
        value: value.into(),
    };
    let mut given = vec![
        id(IdentifierKind::User, "national:1"),
        id(IdentifierKind::Custom, "national:12345678"),
        typed(IdentifierKind::Phone, "030 1234567").expect("a phone"),
    ];
    let others = given[..2].to_vec();
    settle(&mut given, Some("DE"));
    assert_eq!(&given[..2], others);
    assert_eq!(&*given[2].value, "+49301234567");
    settle(&mut given, None);
    assert_eq!(given.len(), 3);
    let mut unsettled = vec![typed(IdentifierKind::Phone, "030 1234567").expect("a phone")];
    settle(&mut unsettled, None);
    assert_eq!(unsettled, []);
}

#[test]
fn a_country_in_brackets_is_one() {
    reads(
        IdentifierKind::Phone,
        "(+49) 170 1234567",
        Some("+491701234567"),
    );
    reads(
        IdentifierKind::Phone,
        "0044 (0)20 7946 0958",
        Some("+442079460958"),
    );
}
