use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use expect_test::expect;
use serde_json::Value;
use throughline_model::{Channel, EventName, Field, Matcher, MessageKey};

use super::*;

const END: Timestamp = Timestamp(1_780_000_000_000);

/// A shop of 8,000 people, read back from its lines.
struct Shop {
    truth: Truth,
    events: Vec<Value>,
}

fn demo(profiles: u32) -> Demo {
    Demo {
        profiles,
        ..Demo::new(END)
    }
}

fn shop() -> &'static Shop {
    static SHOP: OnceLock<Shop> = OnceLock::new();
    SHOP.get_or_init(|| {
        let demo = demo(8_000);
        let mut text = String::new();
        let tally = demo.write(0..demo.profiles, &mut text);
        let events = text
            .lines()
            .map(|line| serde_json::from_str(line).expect(line))
            .collect();
        Shop {
            truth: demo.truth(&tally),
            events,
        }
    })
}

/// The lines of each person.
fn people() -> Vec<&'static [Value]> {
    shop()
        .events
        .chunk_by(|a, b| person(a) == person(b))
        .collect()
}

fn person(event: &Value) -> &str {
    let message = event["messageId"].as_str().expect("a message id");
    message.split('-').nth(1).expect("the number of a person")
}

fn time(event: &Value) -> i64 {
    Timestamp::parse(event["timestamp"].as_str().expect("a time"))
        .expect("an instant")
        .0
}

fn is(event: &Value, name: &str) -> bool {
    event["event"] == name
}

/// Whether the browser library tells it by itself, beside what the shop tells.
fn is_captured(event: &Value) -> bool {
    event["context"]["library"]["name"] == "throughline/js"
}

fn problem(id: &str) -> &'static Problem {
    let mut problems = shop().truth.problems.iter();
    problems.find(|it| it.id == id).expect(id)
}

fn count(cases: impl Iterator<Item = i64>) -> Cases {
    cases.fold(Cases::default(), |sum, outcome| Cases {
        n: sum.n + 1,
        sum: sum.sum + outcome,
    })
}

#[test]
fn the_same_seed_tells_the_same_events() {
    let mut text = String::new();
    demo(300).write(0..300, &mut text);
    expect!["3ceb3dc5992bdbda3b021c90f4adbd47"]
        .assert_eq(&format!("{:032x}", MessageKey::of(&text).0));
    let mut other = String::new();
    let seed = 43;
    Demo { seed, ..demo(300) }.write(0..300, &mut other);
    assert_ne!(text, other);
}

#[test]
fn people_can_be_told_in_any_order() {
    let demo = demo(90);
    let mut lines = demo.lines();
    let whole: Vec<String> = lines.by_ref().collect();
    let (mut first, mut last) = (String::new(), String::new());
    let mut tally = demo.write(40..90, &mut last);
    tally.add(&demo.write(0..40, &mut first));
    assert_eq!(whole.join("\n") + "\n", first + &last);
    assert_eq!(lines.tally(), &tally);
    assert_eq!(tally.events_count, whole.len() as u64);
}

#[test]
fn the_shop_of_the_tour_has_about_1_2_million_events() {
    let demo = Demo::new(END);
    let mut tally = Tally::default();
    let mut lines = writer::Lines::default();
    for index in 0..demo.profiles {
        demo.tell(index, &mut lines, &mut tally);
    }
    let count = tally.events_count;
    assert!((1_100_000..1_300_000).contains(&count), "{count}");
}

#[test]
fn every_line_is_a_sound_call_within_the_range_and_in_order() {
    let mut messages = BTreeSet::new();
    for events in people() {
        assert!(events.is_sorted_by_key(time));
        for event in events {
            let at = time(event);
            assert!((END.0 - 90 * DAY..END.0).contains(&at), "{event}");
            assert!(messages.insert(event["messageId"].as_str()), "{event}");
            assert!(event["userId"].is_string() || event["anonymousId"].is_string());
            assert!(event["context"]["library"]["name"].is_string());
            match event["type"].as_str() {
                Some("track") => {
                    EventName::parse(event["event"].as_str().expect("a name")).expect("a name");
                }
                Some("page") => assert!(event["context"]["page"]["path"].is_string()),
                Some("screen") => assert!(event["context"]["app"]["version"].is_string()),
                kind => assert_eq!(kind, Some("identify")),
            }
        }
    }
    assert_eq!(people().len(), 8_000);
}

#[test]
fn every_person_becomes_one_profile() {
    let mut known = BTreeSet::new();
    let mut owners = BTreeMap::<&str, Option<&str>>::new();
    for event in &shop().events {
        let user = event["userId"].as_str();
        known.extend(user);
        if let Some(device) = event["anonymousId"].as_str() {
            let owner = owners.entry(device).or_default();
            *owner = owner.or(user);
        }
    }
    let unknown = owners.values().filter(|owner| owner.is_none()).count();
    let profiles = known.len() + unknown;
    assert!((7_990..=8_010).contains(&profiles), "{profiles}");
    assert!((3_000..6_000).contains(&unknown), "{unknown}");
}

#[test]
fn some_devices_become_known_later_and_some_are_shared() {
    let mut before = BTreeSet::new();
    let mut turned = 0;
    let mut users = BTreeMap::<&str, BTreeSet<&str>>::new();
    for event in &shop().events {
        let Some(device) = event["anonymousId"].as_str() else {
            continue;
        };
        match event["userId"].as_str() {
            None => {
                before.insert(device);
            }
            Some(user) => {
                turned += usize::from(before.remove(device));
                users.entry(device).or_default().insert(user);
            }
        }
    }
    assert!(turned > 1_000, "{turned}");
    let shared = users.values().filter(|users| users.len() > 1).count();
    assert!((5..=20).contains(&shared), "{shared}");
}

#[test]
fn the_taxonomy_is_known() {
    let mut names = BTreeMap::<&str, BTreeSet<&str>>::new();
    for event in &shop().events {
        let name = event["event"].as_str().or(event["type"].as_str());
        let library = event["context"]["library"]["name"].as_str();
        let channel = match (event["properties"]["channel"].as_str(), library) {
            (Some(channel), _) => channel,
            (None, Some("analytics.js" | "throughline/js")) => "web",
            (None, _) => "app",
        };
        names
            .entry(name.expect("a name or a type"))
            .or_default()
            .insert(channel);
    }
    let channels: BTreeSet<&str> = names.values().flatten().copied().collect();
    for channel in &Channel::ALL[1..] {
        assert!(channels.contains(channel.name()), "{}", channel.name());
    }
    let list: Vec<String> = names
        .iter()
        .map(|(name, channels)| format!("{name}: {channels:?}\n"))
        .collect();
    expect![[r#"
        ad_clicked: {"ads"}
        address_entered: {"app", "web"}
        address_rejected: {"app", "web"}
        app_opened: {"app"}
        call_ended: {"call"}
        call_requested: {"web"}
        call_started: {"call"}
        cart_viewed: {"app", "web"}
        chat_ended: {"chat"}
        chat_requested: {"web"}
        chat_started: {"chat"}
        checkout_started: {"app", "web"}
        coupon_popup_dismissed: {"web"}
        coupon_popup_shown: {"web"}
        delivery_chosen: {"app", "web"}
        delivery_delayed: {"delivery"}
        element_clicked: {"web"}
        email_bounced: {"email"}
        email_clicked: {"email"}
        email_opened: {"email"}
        email_sent: {"email"}
        email_unsubscribed: {"email"}
        form_error: {"web"}
        form_submitted: {"web"}
        friend_invited: {"social"}
        guide_opened: {"web"}
        identify: {"app", "web"}
        list_filtered: {"app", "web"}
        loyalty_banner_shown: {"app", "web"}
        loyalty_joined: {"app", "web"}
        order_canceled: {"service"}
        order_collected: {"store"}
        order_delivered: {"delivery"}
        order_placed: {"app", "web"}
        order_shipped: {"delivery"}
        order_status_viewed: {"app", "web"}
        page: {"web"}
        page_left: {"web"}
        payment_failed: {"app", "web"}
        payment_held: {"service"}
        payment_submitted: {"app", "web"}
        points_earned: {"app", "web"}
        points_redeemed: {"store"}
        product_added: {"app", "web"}
        product_removed: {"app", "web"}
        product_searched: {"app", "web"}
        product_viewed: {"app", "web"}
        push_opened: {"push"}
        push_sent: {"push"}
        recommendation_shown: {"app", "web"}
        refund_paid: {"service"}
        return_received: {"delivery"}
        return_requested: {"web"}
        review_submitted: {"review"}
        reviews_read: {"app", "web"}
        screen: {"app"}
        search_answered: {"web"}
        signed_in: {"app", "web"}
        signed_up: {"app", "web"}
        sms_clicked: {"sms"}
        sms_sent: {"sms"}
        social_mentioned: {"social"}
        social_post_clicked: {"social"}
        store_purchased: {"store"}
        store_visited: {"store"}
        survey_answered: {"email", "service"}
        ticket_answered: {"service"}
        ticket_closed: {"service"}
        ticket_opened: {"service"}
        whatsapp_read: {"whatsapp"}
        whatsapp_replied: {"whatsapp"}
        whatsapp_sent: {"whatsapp"}
        wishlist_added: {"app", "web"}
    "#]]
    .assert_eq(&list.concat());
}

#[test]
fn hostile_texts_survive_as_they_are() {
    let mut names = BTreeSet::new();
    let mut elsewhere = 0;
    for event in &shop().events {
        for (key, value) in [
            ("traits", "name"),
            ("properties", "query"),
            ("properties", "text"),
        ] {
            if let Some(text) = event[key][value].as_str()
                && (0..12).any(|index| words::hostile(index) == text)
            {
                elsewhere += usize::from(key == "properties");
                names.extend((key == "traits").then_some(text));
            }
        }
    }
    assert!(names.len() >= 8 && elsewhere > 3, "{names:?} {elsewhere}");
}

#[test]
fn opinions_vary_and_follow_the_score() {
    let mut texts = BTreeMap::<bool, BTreeSet<&str>>::new();
    let mut count = 0;
    for event in &shop().events {
        let properties = &event["properties"];
        if let Some(text) = properties["comment"]
            .as_str()
            .or(properties["text"].as_str())
        {
            let is_chinese = text
                .chars()
                .any(|it| ('\u{4e00}'..'\u{9fff}').contains(&it));
            texts.entry(is_chinese).or_default().insert(text);
            count += 1;
        }
    }
    let distinct: usize = texts.values().map(BTreeSet::len).sum();
    assert!(texts[&true].len() > 100 && texts[&false].len() > 100);
    assert!(distinct * 4 > count * 3, "{distinct} of {count}");
}

#[test]
fn weekends_and_the_last_month_are_busier() {
    let mut by_weekday = [0_u32; 7];
    let mut by_month = [0_u32; 3];
    for event in shop()
        .events
        .iter()
        .filter(|event| is(event, "product_viewed"))
    {
        let at = time(event) + 4 * HOUR;
        by_weekday[at.div_euclid(DAY).rem_euclid(7) as usize] += 1;
        by_month[((time(event) - (END.0 - 90 * DAY)) / (30 * DAY)) as usize] += 1;
    }
    let weekend = f64::from(by_weekday[2] + by_weekday[3]) / 2.0;
    let week = f64::from(by_weekday.iter().sum::<u32>()) / 7.0;
    assert!(weekend > week * 1.1, "{by_weekday:?}");
    assert!(by_month[2] > by_month[0], "{by_month:?}");
}

#[test]
fn each_kind_of_problem_is_planted_and_shows_its_size() {
    let kinds: BTreeSet<ProblemKind> = shop().truth.problems.iter().map(|it| it.kind).collect();
    assert_eq!(kinds.len(), 5);
    for problem in &shop().truth.problems {
        let Some(planned) = problem.planned else {
            continue;
        };
        for (cases, share) in [
            (problem.counted.exposed, planned.exposed),
            (problem.counted.compared, planned.compared),
        ] {
            let mean = cases.mean().expect("some cases");
            // Four standard errors, and a little for shares that depend on a drawn delay.
            let allowed = 4.0 * (share * (1.0 - share) / cases.n as f64).sqrt() + 0.02;
            assert!(
                (mean - share).abs() < allowed,
                "{}: {mean} of {} instead of {share}",
                problem.id,
                cases.n
            );
        }
    }
}

/// Whether an event is at a place, as a report would say.
fn is_at(event: &Value, place: &Matcher) -> bool {
    let look = |field: &Field| {
        let (object, names) = match field {
            Field::Property(names) => ("properties", names),
            Field::Context(names) => ("context", names),
            _ => return None,
        };
        let found = names
            .iter()
            .try_fold(&event[object], |it, name| it.get(name))?;
        match found {
            Value::String(text) => Some(throughline_model::Value::Text(text.clone())),
            Value::Number(number) => number.as_f64().map(throughline_model::Value::Number),
            _ => None,
        }
    };
    let name = event["event"].as_str().unwrap_or_default();
    place.events.iter().any(|it| it.as_str() == name)
        && place.rule.as_ref().is_none_or(|rule| rule.holds(&look))
}

#[test]
fn every_place_of_the_truth_is_met() {
    let truth = &shop().truth;
    let problems = truth.problems.iter().map(|it| &it.place);
    for place in problems.chain(truth.harmless.iter().map(|it| &it.place)) {
        let count = shop()
            .events
            .iter()
            .filter(|event| is_at(event, place))
            .count();
        assert!(count >= 10, "{count} at {place:?}");
    }
}

#[test]
fn late_parcels_are_promised_in_two_days_and_scored_low() {
    let mut orders = BTreeMap::new();
    let mut days = Vec::new();
    let (mut exposed, mut compared) = (Cases::default(), Cases::default());
    for event in &shop().events {
        let properties = &event["properties"];
        let order = properties["order_id"].as_str();
        if is(event, "order_placed") && properties["method"] == "express" {
            orders.insert(order, (time(event), properties["region"] == "west"));
        }
        let Some((placed_at, is_west)) = orders.get(&order) else {
            continue;
        };
        if is(event, "order_delivered") && *is_west {
            days.push((time(event) - placed_at) / HOUR);
        }
        if is(event, "survey_answered") {
            let cases = if *is_west {
                &mut exposed
            } else {
                &mut compared
            };
            let score = properties["score"].as_i64().expect("a score");
            let halves = properties["score_max"].as_i64().expect("a most") / 5;
            cases.n += 1;
            cases.sum += score / halves;
        }
    }
    days.sort_unstable();
    let median = days[days.len() / 2];
    assert!((84..120).contains(&median), "{median} hours");
    let counted = problem("late-express-west").counted;
    assert_eq!((exposed, compared), (counted.exposed, counted.compared));
    let gap = compared.mean().expect("cases") - exposed.mean().expect("cases");
    assert!(gap > 0.9, "{gap}");
}

#[test]
fn the_popup_loses_checkouts() {
    let (mut exposed, mut compared) = (Vec::new(), Vec::new());
    for events in people() {
        let device: Vec<&Value> = events
            .iter()
            .filter(|event| event["anonymousId"].is_string())
            .collect();
        for (place, event) in device.iter().enumerate() {
            let is_web = event["context"]["library"]["name"] == "analytics.js";
            if !is(event, "checkout_started") || !is_web {
                continue;
            }
            let visit = device[place + 1..].iter().take_while(|next| {
                time(next) < time(event) + 30 * 60_000 && !is(next, "cart_viewed")
            });
            let next: Vec<&str> = visit.filter_map(|next| next["event"].as_str()).collect();
            let goes_on = next
                .iter()
                .any(|name| matches!(*name, "address_entered" | "address_rejected"));
            let is_known = event["userId"].is_string();
            if is_known && next.contains(&"coupon_popup_shown") {
                exposed.push(i64::from(goes_on));
            } else if is_known {
                compared.push(i64::from(goes_on));
            }
        }
    }
    let exposed = count(exposed.into_iter()).mean().expect("cases");
    let compared = count(compared.into_iter()).mean().expect("cases");
    assert!(
        (compared - exposed - 0.17).abs() < 0.07,
        "{exposed} {compared}"
    );
}

#[test]
fn the_address_form_breaks_in_the_middle() {
    let middle = problem("address-form-loop").since.expect("an instant").0;
    let mut shares = [(0, 0); 2];
    for event in &shop().events {
        if !event["context"]["app"].is_object() {
            continue;
        }
        let share = &mut shares[usize::from(time(event) >= middle)];
        share.0 += u32::from(is(event, "address_rejected"));
        share.1 += u32::from(is(event, "address_entered"));
    }
    let [before, after] = shares.map(|(bad, good)| f64::from(bad) / f64::from(good));
    assert!(before < 0.1 && after > 0.4, "{before} {after}");
}

#[test]
fn empty_searches_end_visits() {
    let (mut exposed, mut compared) = (Vec::new(), Vec::new());
    for events in people() {
        let told: Vec<&Value> = events.iter().filter(|it| !is_captured(it)).collect();
        for pair in told.windows(2) {
            if is(pair[0], "product_searched") {
                let ends = time(pair[1]) - time(pair[0]) > 10 * 60_000;
                let is_empty = pair[0]["properties"]["results_count"] == 0;
                let cases = if is_empty {
                    &mut exposed
                } else {
                    &mut compared
                };
                cases.push(i64::from(ends));
            }
        }
    }
    let exposed = count(exposed.into_iter()).mean().expect("cases");
    let compared = count(compared.into_iter()).mean().expect("cases");
    assert!(exposed > compared + 0.25, "{exposed} {compared}");
}

/// What the browser library of one customer in eight tells, by the id of the view.
#[test]
fn what_the_library_sees_lies_on_its_pages_and_shows_the_dead_button() {
    let mut views = BTreeMap::<&str, (&str, [u32; 3])>::new();
    let mut dead = BTreeMap::<&str, [u32; 2]>::new();
    let mut seen = [0; 3];
    for event in shop().events.iter().filter(|it| is_captured(it)) {
        let properties = &event["properties"];
        let text = |name: &str| properties[name].as_str().expect(name);
        let (path, view) = (text("path"), text("view"));
        let (on, [pages, left, clicks]) = views.entry(view).or_insert((path, [0; 3]));
        assert_eq!(*on, path, "{event}");
        let number = |name: &str| properties[name].as_i64().expect(name);
        match event["event"].as_str() {
            None => *pages += 1,
            Some("page_left") => {
                *left += 1;
                assert!(number("reached") <= number("page_height"), "{event}");
                let bands = text("bands").split(' ').count() as i64;
                assert_eq!(bands, number("reached") / 100, "{event}");
            }
            Some("element_clicked") => {
                *clicks += 1;
                assert!(number("x") < number("page_width"), "{event}");
                assert!(number("y") < number("page_height"), "{event}");
                let is_dead = properties["reaction"] == "none";
                let of = dead.entry(path).or_default();
                of[usize::from(is_dead)] += 1;
                seen[0] += u32::from(properties["within"]["3"].is_number());
            }
            Some("search_answered") => seen[1] += 1,
            Some("form_error") => seen[2] += 1,
            Some(_) => {}
        }
    }
    // The last view may be under way at the end of the shop.
    let whole = views
        .values()
        .filter(|(_, [pages, left, _])| (*pages, *left) == (1, 1));
    assert!(whole.count() * 100 > views.len() * 98);
    assert!(seen.iter().all(|it| *it > 0), "{seen:?}");
    let share = |path: &str| {
        let [alive, dead] = dead[path];
        f64::from(dead) / f64::from(alive + dead)
    };
    assert!(share(site::SOLD_OUT) > 0.7 && share("/") < 0.2, "{dead:?}");
    let back = |it: &&Value| it["properties"]["back"] == true;
    assert!(shop().events.iter().filter(back).count() > 20);
}

#[test]
fn first_payments_wait_about_two_days() {
    let mut held = BTreeMap::new();
    let mut hours = Vec::new();
    for event in &shop().events {
        let order = event["properties"]["order_id"].as_str();
        if is(event, "payment_held") {
            held.insert(order, time(event));
        }
        if is(event, "order_placed")
            && let Some(since) = held.get(&order)
        {
            hours.push((time(event) - since) / HOUR);
        }
    }
    hours.sort_unstable();
    let median = hours[hours.len() / 2];
    assert!((42..54).contains(&median), "{median} hours");
}

#[test]
fn the_truth_is_written_and_read() {
    let truth = &shop().truth;
    let text = serde_json::to_string(truth).expect("written");
    assert_eq!(&serde_json::from_str::<Truth>(&text).expect("read"), truth);
    assert_eq!(truth.events_count, shop().events.len() as u64);
}

#[test]
fn a_shop_of_one_day_and_an_empty_shop_can_be_told() {
    for (profiles, days) in [(20, 1), (0, 90), (20, 0)] {
        let demo = Demo {
            profiles,
            days,
            ..Demo::new(END)
        };
        for line in demo.lines() {
            let event: Value = serde_json::from_str(&line).expect("JSON");
            assert!(time(&event) < END.0 && time(&event) >= demo.start());
        }
    }
}
