//! Bodies as makers' libraries send them in, events and faults as text out.

use expect_test::{Expect, expect};
use throughline_model::IdentifierKind;

use super::*;

const RECEIVED: &str = "2026-03-01T12:00:00Z";

fn moment() -> Moment {
    Moment {
        received: Timestamp::parse(RECEIVED).expect("valid"),
        sent: None,
    }
}

fn show(read: &Result<Read, Refusal>) -> String {
    let read = match read {
        Err(refusal) => return format!("refused {}: {refusal}\n", refusal.code()),
        Ok(read) => read,
    };
    let decoded = &read.decoded;
    let mut text = format!("{:?}", read.dialect);
    if let Some(key) = &decoded.write_key {
        text += &format!(" key={key}");
    }
    text.push('\n');
    for (index, event) in &decoded.events {
        let ids: Vec<String> = (event.identifiers.iter())
            .map(|it| match it.kind {
                IdentifierKind::User => format!("u={}", it.value),
                IdentifierKind::Anonymous => format!("a={}", it.value),
                kind => format!("{kind:?}={}", it.value),
            })
            .collect();
        let unnamed = match decoded.unnamed.contains(index) {
            true => " without id",
            false => "",
        };
        text += &format!(
            "{} {} {}{unnamed}\n  at {} on {:?}\n  {}\n  {}\n",
            event.name,
            event.kind as u8,
            ids.join(" "),
            event.time,
            event.channel,
            event.properties.as_str(),
            event.context.as_str(),
        );
    }
    for index in &decoded.aside {
        text += &format!("aside {index}\n");
    }
    for it in &decoded.described {
        text += &format!("described {} {} {:?}", it.account_type, it.id, it.key);
        for (name, time, value) in &it.traits {
            text += &format!(" {name}={} at {}", value.as_deref().unwrap_or("-"), time.0);
        }
        text += "\n";
    }
    for held in &decoded.quarantined {
        let code = held.fault.reason.code();
        text += &format!("held {} {code}: {}\n", held.index, held.fault.message);
    }
    text
}

fn check(call: Call, body: &str, expected: Expect) {
    expected.assert_eq(&show(&read(call, body.as_bytes(), moment())));
}

fn check_sent(call: Call, sent: &str, body: &str, expected: Expect) {
    let moment = Moment {
        sent: Some(Timestamp::parse(sent).expect("valid")),
        ..moment()
    };
    expected.assert_eq(&show(&read(call, body.as_bytes(), moment)));
}

const POSTHOG: Call = Call::Is(Dialect::PostHog);

#[test]
fn posthog_page_views_go_where_pages_are_kept() {
    check(
        POSTHOG,
        r#"{"api_key":"k","sent_at":"2026-03-01T11:00:10Z","batch":[
            {"uuid":"1","event":"$pageview","timestamp":"2026-03-01T11:00:00Z","properties":{
                "distinct_id":"d","$device_id":"d","$is_identified":false,"token":"k","$lib":"web",
                "$current_url":"https://s.example/?utm_source=g","$device_type":"Mobile",
                "utm_source":"g","utm_campaign":"c","$session_id":"s","plan":"gold"}}]}"#,
        expect![[r#"
            PostHog key=k
            page_viewed 1 a=d
              at 2026-03-01T11:59:50.000Z on Web
              {"plan":"gold"}
              {"deviceId":"d","sessionId":"s","page":{"url":"https://s.example/?utm_source=g"},"campaign":{"source":"g","name":"c"},"library":{"name":"web"},"device":{"type":"Mobile"}}
        "#]],
    );
}

#[test]
fn posthog_identify_joins_the_id_before_with_the_one_after() {
    check(
        POSTHOG,
        r#"[{"uuid":"1","event":"$identify","$set":{"email":"a@b.c"},"$set_once":{"$initial_referrer":"x"},
            "properties":{"distinct_id":"u","$anon_distinct_id":"d","$device_id":"d","$user_id":"u",
            "$is_identified":true,"token":"k"}},
            {"uuid":"2","event":"bought","properties":{"distinct_id":"u","$device_id":"d",
            "$is_identified":true,"$set":{"plan":"gold"},"$unset":["old"]}}]"#,
        expect![[r#"
            PostHog key=k
            $identify 3 u=u a=d
              at 2026-03-01T12:00:00.000Z on Other
              {"email":"a@b.c"}
              {"deviceId":"d","traitsOnce":{"initial_referrer":"x"}}
            bought 0 u=u a=d
              at 2026-03-01T12:00:00.000Z on Other
              {}
              {"deviceId":"d","traits":{"plan":"gold","old":null}}
        "#]],
    );
}

#[test]
fn posthog_aliases_are_read_as_each_library_means_them() {
    check(
        POSTHOG,
        r#"{"api_key":"k","batch":[
            {"uuid":"1","event":"$create_alias","distinct_id":"before","properties":{"alias":"u","$lib":"posthog-python"}},
            {"uuid":"2","event":"$create_alias","distinct_id":"u","properties":{"alias":"before","$lib":"posthog-node"}},
            {"uuid":"3","event":"$create_alias","properties":{"distinct_id":"d","alias":"u","$device_id":"d","$lib":"web"}}]}"#,
        expect![[r#"
            PostHog key=k
            $alias 5 u=u a=before
              at 2026-03-01T12:00:00.000Z on Other
              {"previousId":"before"}
              {"library":{"name":"posthog-python"}}
            $alias 5 u=u a=before
              at 2026-03-01T12:00:00.000Z on Other
              {"previousId":"before"}
              {"library":{"name":"posthog-node"}}
            $alias 5 u=u a=d
              at 2026-03-01T12:00:00.000Z on Web
              {"previousId":"d"}
              {"deviceId":"d","library":{"name":"web"}}
        "#]],
    );
}

#[test]
fn posthog_groups_of_servers_make_nobody() {
    check(
        POSTHOG,
        r#"{"api_key":"k","batch":[
            {"uuid":"1","event":"$groupidentify","distinct_id":"$company_acme","properties":{
                "$group_type":"company","$group_key":"acme","$group_set":{"name":"Acme"}}},
            {"uuid":"2","event":"$groupidentify","properties":{"distinct_id":"u","$is_identified":true,
                "$group_type":"company","$group_key":"acme","$group_set":{"name":"Acme"}}}]}"#,
        expect![[r#"
            PostHog key=k
            $group 4 u=u
              at 2026-03-01T12:00:00.000Z on Other
              {"name":"Acme"}
              {"groupId":"acme","groupType":"company"}
            aside 0
            described company acme Context name="Acme" at 1772366400000
        "#]],
    );
}

#[test]
fn posthog_faults_are_held_one_by_one() {
    check(
        POSTHOG,
        r#"{"api_key":"k","batch":[
            {"distinct_id":"u"},
            {"event":"e","distinct_id":null},
            {"event":"e","distinct_id":"null"},
            {"event":"e","distinct_id":"$posthog_cookieless"},
            {"event":"e","distinct_id":"u","timestamp":"1970-01-01T00:00:00Z"},
            {"event":"e","distinct_id":"u","timestamp":"3000-01-01T00:00:00Z"},
            {"event":"e","distinct_id":"u","properties":[]},
            {"event":"e","distinct_id":"u","properties":{"a":1,"a":2}},
            {"event":"e","distinct_id":"u","properties":{"a":1e999}},
            {"event":"e\u0000","distinct_id":"u"},
            7,
            {"event":"fine","distinct_id":"u","uuid":"1"}]}"#,
        expect![[r#"
            PostHog key=k
            fine 0 u=u
              at 2026-03-01T12:00:00.000Z on Other
              {}
              {}
            held 0 field_missing: has no `event`, a text
            held 1 id_missing: has no id of a person, browser or installation
            held 2 id_blocked: the id is `null`, which stands for nobody; send a real one
            held 3 id_blocked: the library may keep no id here, so the event is nobody's
            held 4 time_too_early: happened 1970-01-01T00:00:00.000Z, before any clock was set; check the sender's clock
            held 5 time_ahead: happened 3000-01-01T00:00:00.000Z, long after its arrival; check the sender's clock
            held 6 field_invalid: `properties` is not an object
            held 7 key_repeated: an object names one of its keys twice; send each key once
            held 8 number_out_of_range: a number is larger than a 64-bit float can hold
            held 9 nul_character: a text holds the character U+0000; leave it out
            held 10 not_an_object: the event is not a JSON object
        "#]],
    );
    check(
        POSTHOG,
        "{",
        expect![[r#"
        refused not_json: the body is not JSON: EOF while parsing an object at line 1 column 1
    "#]],
    );
    check(
        POSTHOG,
        r#"{"api_key":"k"}"#,
        expect![[r#"
        refused list_missing: the body has no list `batch`
    "#]],
    );
}

#[test]
fn posthog_of_2026_says_in_its_head_when_it_sent() {
    let call = Call::Is(Dialect::PostHogV1);
    let body = r#"{"created_at":"2026-03-01T10:00:00Z","batch":[{"event":"e","uuid":"1",
        "distinct_id":"u","timestamp":"2026-03-01T10:59:00Z","session_id":"s","options":
        {"process_person_profile":false},"properties":{}}]}"#;
    check_sent(
        call,
        "2026-03-01T11:00:00Z",
        body,
        expect![[r#"
        PostHogV1
        e 0 a=u
          at 2026-03-01T11:59:00.000Z on Other
          {}
          {"sessionId":"s"}
    "#]],
    );
    let read = read(call, body.as_bytes(), moment()).expect("sound");
    assert_eq!(read.ids, [(0, "1".to_owned())]);
}

#[test]
fn one_address_of_two_makers_is_told_apart_by_the_body() {
    let dialect = |call, body: &str| read(call, body.as_bytes(), moment()).map(|it| it.dialect);
    let events = Ok(Dialect::MixpanelEvents);
    let posthog = Ok(Dialect::PostHog);
    let of_mixpanel = r#"{"event":"e","properties":{"token":"k","distinct_id":"u"}}"#;
    let of_posthog = r#"{"api_key":"k","event":"e","properties":{"distinct_id":"u"}}"#;
    assert_eq!(dialect(Call::Track, of_mixpanel), events);
    assert_eq!(dialect(Call::Track, &format!("data={of_mixpanel}")), events);
    assert_eq!(dialect(Call::Track, &format!("[{of_mixpanel}]")), events);
    assert_eq!(dialect(Call::Track, of_posthog), posthog);
    let profiles = r#"{"$token":"k","$distinct_id":"u","$set":{"a":1}}"#;
    assert_eq!(
        dialect(Call::Engage, profiles),
        Ok(Dialect::MixpanelProfiles)
    );
    assert_eq!(dialect(Call::Engage, of_posthog), posthog);
    assert_eq!(
        dialect(Call::Batch, r#"{"api_key":"k","batch":[]}"#),
        posthog
    );
    let events = r#"{"api_key":"k","events":[]}"#;
    assert_eq!(dialect(Call::Batch, events), Ok(Dialect::Amplitude));
}

#[test]
fn mixpanel_ids_and_times_come_in_several_forms() {
    check(
        Call::Track,
        r#"[{"event":"Order Completed","properties":{"token":"k","distinct_id":"$device:d",
                "$device_id":"d","time":1772366399.5,"$insert_id":"1","mp_lib":"web","revenue":12.5,
                "$current_url":"https://s.example/p","utm_source":"g"}},
            {"event":"$identify","properties":{"token":"k","distinct_id":"u","$device_id":"d",
                "$user_id":"u","$anon_distinct_id":"$device:d","$insert_id":"2"}},
            {"event":"A","properties":{"token":"k","distinct_id":"u","time":1772366399500}},
            {"event":"B","properties":{"token":"k","distinct_id":"u"}},
            {"event":"$mp_web_page_view","properties":{"token":"k","$user_id":"u","$insert_id":"3"}}]"#,
        expect![[r#"
            MixpanelEvents key=k
            Order Completed 0 a=d
              at 2026-03-01T11:59:59.500Z on Web
              {"revenue":12.5}
              {"deviceId":"d","page":{"url":"https://s.example/p"},"campaign":{"source":"g"},"library":{"name":"web"}}
            $identify 3 u=u a=d
              at 2026-03-01T12:00:00.000Z on Other
              {}
              {"deviceId":"d"}
            A 0 u=u
              at 2026-03-01T11:59:59.500Z on Other
              {}
              {}
            B 0 u=u without id
              at 2026-03-01T12:00:00.000Z on Other
              {}
              {}
            page_viewed 1 u=u
              at 2026-03-01T12:00:00.000Z on Web
              {}
              {}
        "#]],
    );
}

#[test]
fn mixpanel_aliases_and_merges_name_two_ids_of_one_profile() {
    check(
        Call::Track,
        r#"[{"event":"$create_alias","properties":{"token":"k","distinct_id":"u","alias":"before"}},
            {"event":"$create_alias","properties":{"distinct_id":"0822172e-1fd5-40ba-ba18-a2719929ca46","alias":"u"}},
            {"event":"$merge","properties":{"$distinct_ids":["before","u"]}},
            {"event":"$merge","properties":{"$distinct_ids":["u","$device:d"]}},
            {"event":"$merge","properties":{"$distinct_ids":["u"]}}]"#,
        expect![[r#"
            MixpanelEvents key=k
            $alias 5 u=u a=before without id
              at 2026-03-01T12:00:00.000Z on Other
              {"previousId":"before"}
              {}
            $alias 5 u=u a=0822172e-1fd5-40ba-ba18-a2719929ca46 without id
              at 2026-03-01T12:00:00.000Z on Other
              {"previousId":"0822172e-1fd5-40ba-ba18-a2719929ca46"}
              {}
            $alias 5 u=u a=before without id
              at 2026-03-01T12:00:00.000Z on Other
              {"previousId":"before"}
              {}
            $alias 5 u=u a=d without id
              at 2026-03-01T12:00:00.000Z on Other
              {"previousId":"d"}
              {}
            held 4 field_missing: a merge needs two ids in `$distinct_ids`
        "#]],
    );
}

#[test]
fn mixpanel_operations_on_profiles_are_traits() {
    check(
        Call::Engage,
        r#"[{"$token":"k","$distinct_id":"u","$time":1772366399.5,"$set":{"$email":"a@b.c","plan":"gold"}},
            {"$token":"k","$distinct_id":"u","$set_once":{"$first_name":"A","none":null}},
            {"$token":"k","$distinct_id":"u","$unset":["plan"]},
            {"$token":"k","$distinct_id":"u","$add":{"n":1},"$ip":"1.2.3.4"},
            {"$token":"k","$distinct_id":"u"},
            {"$token":"k","$set":{"a":1}}]"#,
        expect![[r#"
            MixpanelProfiles key=k
            $identify 3 u=u
              at 2026-03-01T11:59:59.500Z on Other
              {"email":"a@b.c","plan":"gold"}
              {}
            $identify 3 u=u without id
              at 2026-03-01T12:00:00.000Z on Other
              {}
              {"traitsOnce":{"firstName":"A"}}
            $identify 3 u=u without id
              at 2026-03-01T12:00:00.000Z on Other
              {"plan":null}
              {}
            $identify 3 u=u without id
              at 2026-03-01T12:00:00.000Z on Other
              {}
              {"ip":"1.2.3.4","traitOperations":{"$add":{"n":1}}}
            held 4 field_missing: has no operation like `$set`
            held 5 id_missing: has no id of a person, browser or installation
        "#]],
    );
    let groups = Call::Is(Dialect::MixpanelGroups);
    check(
        groups,
        r#"{"$token":"k","$group_key":"company","$group_id":"acme","$set":{"name":"Acme"}}"#,
        expect![[r#"
            MixpanelGroups key=k
            aside 0
            described company acme Property name="Acme" at 1772366400000
        "#]],
    );
}

#[test]
fn mixpanel_imports_one_event_in_each_line() {
    let call = Call::Is(Dialect::MixpanelEvents);
    let line = r#"{"event":"e","properties":{"distinct_id":"u","time":1,"$insert_id":"1"}}"#;
    check(
        call,
        &format!("{line}\n\n{}\n", line.replace("\"time\":1,", "")),
        expect![[r#"
            MixpanelEvents
            e 0 u=u
              at 2026-03-01T12:00:00.000Z on Other
              {}
              {}
            held 0 time_too_early: happened 1970-01-01T00:00:01.000Z, before any clock was set; check the sender's clock
        "#]],
    );
}

#[test]
fn amplitude_events_carry_operations_groups_and_money() {
    let call = Call::Is(Dialect::Amplitude);
    check(
        call,
        r#"{"api_key":"k","client_upload_time":"2026-03-01T11:00:10Z","events":[
            {"event_type":"Order Completed","user_id":"u","device_id":"d","insert_id":"1",
                "time":1772362800000,"event_properties":{"revenue":12.5},"platform":"Web",
                "groups":{"company":"acme"},"user_properties":{"plan":"gold"}},
            {"event_type":"$identify","user_id":"u","insert_id":"2","user_properties":{
                "$set":{"email":"a@b.c"},"$setOnce":{"first":"x"},"$add":{"n":1},"$unset":{"old":"-"}}},
            {"event_type":"$groupidentify","groups":{"company":"acme"},"group_properties":{"$set":{"name":"Acme"}}},
            {"event_type":"revenue_amount","user_id":"u","insert_id":"3",
                "event_properties":{"$price":3.99,"$quantity":2,"$productId":"p1"}},
            {"event_type":"[Amplitude] Page Viewed","device_id":"d","insert_id":"4",
                "event_properties":{"[Amplitude] Page Location":"https://s.example/"}},
            {"event_type":"e"},
            {"event_type":7,"user_id":"u"},
            {"event_type":"e","user_id":"u","time":"soon"},
            {"event_type":"e","user_id":"u","event_properties":3}]}"#,
        expect![[r#"
            Amplitude key=k
            Order Completed 0 u=u a=d
              at 2026-03-01T11:59:50.000Z on Web
              {"revenue":12.5}
              {"groups":{"company":"acme"},"traits":{"plan":"gold"},"device":{"platform":"Web"}}
            $identify 3 u=u
              at 2026-03-01T12:00:00.000Z on Other
              {"email":"a@b.c","old":null}
              {"traitsOnce":{"first":"x"},"traitOperations":{"$add":{"n":1}}}
            revenue_amount 0 u=u
              at 2026-03-01T12:00:00.000Z on Other
              {"price":3.99,"quantity":2,"productId":"p1","revenue":7.98}
              {}
            page_viewed 1 a=d
              at 2026-03-01T12:00:00.000Z on Web
              {}
              {"page":{"url":"https://s.example/"}}
            aside 2
            described company acme Context name="Acme" at 1772366400000
            held 5 id_missing: has no id of a person, browser or installation
            held 6 field_missing: has no `event_type`, a text
            held 7 time_invalid: `time` is not an instant like 2026-03-01T08:00:00Z
            held 8 field_invalid: `event_properties` is not an object
        "#]],
    );
    check(
        call,
        r#"{"api_key":"k","events":{}}"#,
        expect![[r#"
        refused list_missing: the body has no list `events`
    "#]],
    );
}

#[test]
fn snowplow_events_describe_themselves() {
    let call = Call::Is(Dialect::Snowplow);
    check(
        call,
        r#"{"schema":"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4","data":[
            {"e":"pv","url":"https://s.example/?utm_source=g&utm_campaign=c","page":"Pricing","aid":"k",
                "eid":"1","dtm":"1772362800000","stm":"1772362810000","duid":"d","uid":"u","p":"web",
                "co":"{\"schema\":\"c\",\"data\":[{\"schema\":\"w\",\"data\":{\"id\":\"x\"}}]}"},
            {"e":"se","se_ca":"shop","se_ac":"add","se_va":"2.0","uid":"u","eid":"2","p":"pc"},
            {"e":"ue","uid":"u","eid":"3","ue_pr":"{\"schema\":\"s\",\"data\":{\"schema\":\"iglu:com.acme/order/jsonschema/1-0-0\",\"data\":{\"revenue\":12.5}}}"},
            {"e":"ue","uid":"u","eid":"4","ue_px":"eyJkYXRhIjp7InNjaGVtYSI6ImlnbHU6Y29tLnNub3dwbG93YW5hbHl0aWNzLnNub3dwbG93L2xpbmtfY2xpY2svanNvbnNjaGVtYS8xLTAtMSIsImRhdGEiOnsidGFyZ2V0VXJsIjoieCJ9fX0"},
            {"e":"pv","eid":"5"},
            {"e":"ue","uid":"u","ue_pr":"{"},
            {"e":"xx","uid":"u"}]}"#,
        expect![[r#"
            Snowplow key=k
            page_viewed 1 u=u a=d
              at 2026-03-01T11:59:50.000Z on Web
              {}
              {"platform":"web","entities":[{"schema":"w","data":{"id":"x"}}],"page":{"url":"https://s.example/?utm_source=g&utm_campaign=c","title":"Pricing"},"campaign":{"source":"g","name":"c"}}
            add 0 u=u
              at 2026-03-01T12:00:00.000Z on Other
              {"category":"shop","value":2.0}
              {"platform":"pc"}
            order 0 u=u
              at 2026-03-01T12:00:00.000Z on Other
              {"revenue":12.5}
              {"schema":"iglu:com.acme/order/jsonschema/1-0-0"}
            link_clicked 0 u=u
              at 2026-03-01T12:00:00.000Z on Other
              {"targetUrl":"x"}
              {"schema":"iglu:com.snowplowanalytics.snowplow/link_click/jsonschema/1-0-1"}
            held 4 id_missing: has no id of a person, browser or installation
            held 5 field_invalid: `ue_pr` is no JSON object
            held 6 type_unknown: `e` is none of pv, pp, se, ue, tr, ti
        "#]],
    );
    check(
        call,
        "e=pv&url=https%3A%2F%2Fs.example%2Fp&page=A+B&uid=u&aid=k&eid=6&dtm=1772362800000",
        expect![[r#"
            Snowplow key=k
            page_viewed 1 u=u
              at 2026-03-01T11:00:00.000Z on Web
              {}
              {"page":{"title":"A B","url":"https://s.example/p"}}
        "#]],
    );
    check(
        call,
        "x=y",
        expect![[r#"
        refused list_missing: the body has no list `data`
    "#]],
    );
}

#[test]
fn measurements_are_known_again_by_their_transaction_or_their_time() {
    let call = Call::Is(Dialect::Ga4);
    check(
        call,
        r#"{"client_id":"c.1","user_id":"u","timestamp_micros":1772362800250000,
            "user_properties":{"plan":{"value":"gold"}},"consent":{"ad_user_data":"DENIED"},
            "events":[{"name":"purchase","params":{"transaction_id":"t1","value":12.5}},
                {"name":"page_view","params":{"page_location":"https://s.example/?utm_source=g"}},
                {"params":{}}]}"#,
        expect![[r#"
            Ga4
            purchase 0 u=u a=c.1
              at 2026-03-01T11:00:00.250Z on Other
              {"transaction_id":"t1","value":12.5}
              {"consent":{"ad_user_data":"DENIED"},"traits":{"plan":"gold"}}
            page_viewed 1 u=u a=c.1
              at 2026-03-01T11:00:00.250Z on Web
              {}
              {"consent":{"ad_user_data":"DENIED"},"traits":{"plan":"gold"},"page":{"url":"https://s.example/?utm_source=g"},"campaign":{"source":"g"}}
            held 2 field_missing: has no `name`, a text
        "#]],
    );
    check(
        call,
        r#"{"app_instance_id":"i","events":[{"name":"open"}]}"#,
        expect![[r#"
            Ga4
            open 0 a=i without id
              at 2026-03-01T12:00:00.000Z on App
              {}
              {}
        "#]],
    );
}

#[test]
fn a_picture_holds_one_event() {
    check(
        Call::Is(Dialect::Pixel(EventKind::Track)),
        "writeKey=k&anonymousId=a&event=mail+opened&properties.mail=7&messageId=m",
        expect![[r#"
            Pixel(Track) key=k
            mail opened 0 a=a
              at 2026-03-01T12:00:00.000Z on Other
              {"mail":"7"}
              {}
        "#]],
    );
}

#[test]
fn makers_do_not_know_of_the_ids_of_others() {
    let key = |call, body: &str| {
        let read = read(call, body.as_bytes(), moment()).expect("sound");
        read.decoded.events[0].1.message
    };
    let amplitude = r#"{"events":[{"event_type":"e","user_id":"u","insert_id":"1"}]}"#;
    let mixpanel = r#"{"event":"e","properties":{"distinct_id":"u","$insert_id":"1"}}"#;
    let amplitude = key(Call::Is(Dialect::Amplitude), amplitude);
    assert_ne!(amplitude, key(Call::Is(Dialect::MixpanelEvents), mixpanel));
}

/// Sending the same again must be known as the same wherever the sender lets us.
#[test]
fn a_time_of_its_own_makes_up_for_an_id() {
    let at = |ms: i64| Moment {
        received: Timestamp(moment().received.0 + ms),
        sent: None,
    };
    let key = |body: &str, ms| {
        let call = Call::Engage;
        read(call, body.as_bytes(), at(ms))
            .expect("sound")
            .decoded
            .events[0]
            .1
            .message
    };
    let timed = r#"{"$distinct_id":"u","$time":1772366399.5,"$set":{"a":1}}"#;
    assert_eq!(key(timed, 0), key(timed, 5_000));
    let untimed = r#"{"$distinct_id":"u","$set":{"a":1}}"#;
    assert_ne!(key(untimed, 0), key(untimed, 5_000));
}

/// Two events of one second are two, also where the clock of their sender is put right.
#[test]
fn a_time_is_as_precise_as_it_was_sent() {
    let at = |ms: i64| Moment {
        received: Timestamp(moment().received.0 + ms),
        sent: Some(Timestamp(moment().received.0 - 777)),
    };
    let key = |body: &str, ms| {
        let read = read(Call::Is(Dialect::MixpanelEvents), body.as_bytes(), at(ms));
        read.expect("sound").decoded.events[0].1.message
    };
    let whole = r#"{"event":"e","properties":{"distinct_id":"u","time":1772366399}}"#;
    assert_ne!(key(whole, 0), key(whole, 5_000));
    let precise = r#"{"event":"e","properties":{"distinct_id":"u","time":1772366399.222}}"#;
    assert_eq!(key(precise, 0), key(precise, 5_000));
}

#[test]
fn a_refund_in_parts_is_more_than_one() {
    let body = r#"{"client_id":"c","events":[
        {"name":"refund","params":{"transaction_id":"t1","value":1}},
        {"name":"refund","params":{"transaction_id":"t1","value":2}},
        {"name":"purchase","params":{"transaction_id":"t1"}},
        {"name":"purchase","params":{"transaction_id":"t1"}}]}"#;
    let read = read(Call::Is(Dialect::Ga4), body.as_bytes(), moment()).expect("sound");
    let keys = read.decoded.events.iter().map(|it| it.1.message);
    let keys: Vec<_> = keys.collect();
    assert_ne!(keys[0], keys[1]);
    assert_eq!(keys[2], keys[3]);
}

#[test]
fn a_held_event_is_found_by_the_id_that_is_asked_for() {
    let purchase = r#"{"name":"purchase","params":{"transaction_id":"T\u002d1:7","value":2}}"#;
    let cut = &r#"{"name":"purchase","params":{"transaction_id":"T-1:7","value":2}}"#[..60];
    for (event, id, is_it) in [
        (r#"{"uuid":"a"}"#, "a", true),
        (r#"{"properties":{"$insert_id":17}}"#, "17", true),
        (r#"{"message_id":"a"}"#, "a", true),
        (r#"{"properties":{"x":"a"}}"#, "a", false),
        (purchase, "purchase:T-1:7", true),
        (purchase, "T-1:7", true),
        (purchase, "refund:T-1:7", false),
        (purchase, "purchase:T-1", false),
        (cut, "purchase:T-1:7", true),
        (cut, "refund:T-1:7", false),
    ] {
        assert_eq!(super::has_message_id(event, id), is_it, "{id} of {event}");
    }
}
