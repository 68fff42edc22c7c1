use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use throughline_model::{EventKind, Matcher, Rule, Timestamp, Vocabulary, schedule::Language};
use throughline_testkit::demo::Demo;

use super::*;
use crate::{
    cancel::Cancel,
    fixture::{LAYOUTS, Layout, Log},
    view::View,
};

/// Events by name, count and position.
fn seen(events: &[(&str, u64, f64)]) -> Vec<SeenEvent> {
    events
        .iter()
        .map(|(name, events, position)| {
            SeenEvent::named(EventName::parse(name).expect(name), *events, *position)
        })
        .collect()
}

fn check(seen: &[SeenEvent], expected: Expect) {
    expected.assert_eq(&show(&suggest(seen)));
}

fn show(vocabulary: &Vocabulary) -> String {
    let mut lines = Vec::new();
    for rule in &vocabulary.channels {
        lines.push(format!(
            "channel {}: {}",
            rule.channel.name(),
            names(&rule.matcher)
        ));
    }
    for touchpoint in &vocabulary.touchpoints {
        let rule = match &touchpoint.matcher.rule {
            Some(rule) => format!(" where {}", show_rule(rule)),
            None => String::new(),
        };
        let events = names(&touchpoint.matcher);
        lines.push(format!(
            "{} = {:?}: {events}{rule}",
            touchpoint.id, touchpoint.name
        ));
    }
    for stage in &vocabulary.stages {
        lines.push(format!(
            "stage {}: {}",
            stage.id,
            stage.entry.touchpoints.join(" ")
        ));
    }
    lines.join("\n") + "\n"
}

fn show_rule(rule: &Rule) -> String {
    match rule {
        Rule::Where { field, test } => format!("{field} {test:?}"),
        Rule::Any(rules) => rules.iter().map(show_rule).collect::<Vec<_>>().join(" or "),
        other => format!("{other:?}"),
    }
}

fn names(matcher: &Matcher) -> String {
    let names: Vec<&str> = matcher.events.iter().map(EventName::as_str).collect();
    names.join(" ")
}

/// What a walk over the log would see of the demo shop.
fn demo_events() -> Vec<SeenEvent> {
    let demo = Demo {
        profiles: 1_500,
        ..Demo::new(Timestamp(1_780_000_000_000))
    };
    let mut seen: BTreeMap<String, SeenEvent> = BTreeMap::new();
    for line in demo.lines() {
        let line: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        let name = match line["type"].as_str() {
            Some("page") => EventKind::Page.fixed_name(),
            Some("screen") => EventKind::Screen.fixed_name(),
            _ => line["event"].as_str(),
        };
        let Some(name) = name else {
            continue;
        };
        let event = seen
            .entry(name.to_owned())
            .or_insert_with(|| SeenEvent::named(EventName::parse(name).expect("a name"), 0, 0.5));
        event.events += 1;
        let mut count = |texts: fn(&mut SeenEvent) -> &mut BTreeMap<String, u64>,
                         value: &serde_json::Value| {
            if let Some(text) = value.as_str() {
                *texts(event).entry(text.to_owned()).or_default() += 1;
            }
        };
        count(|it| &mut it.page_names, &line["properties"]["name"]);
        count(|it| &mut it.templates, &line["properties"]["template"]);
        count(|it| &mut it.paths, &line["context"]["page"]["path"]);
    }
    seen.into_values().collect()
}

#[test]
fn the_demo_shop_is_told_in_chinese_to_the_last_name() {
    for language in [Language::SimplifiedChinese, Language::TraditionalChinese] {
        let english = suggest(&demo_events());
        let chinese = named_in(english.clone(), language);
        let pairs = english.touchpoints.iter().zip(&chinese.touchpoints);
        for (before, after) in pairs {
            assert_eq!((&before.id, &before.matcher), (&after.id, &after.matcher));
            let is_chinese = !after.name.is_ascii();
            assert!(is_chinese || before.name == "Whatsapp", "{}", after.name);
        }
        assert!(chinese.stages.iter().all(|it| !it.name.is_ascii()));
        assert_eq!(chinese.check(), []);
    }
}

#[test]
fn the_demo_shop_is_understood() {
    check(
        &demo_events(),
        expect![[r#"
            channel web: page_left page_viewed
            channel app: app_opened screen_viewed
            channel email: email_bounced email_clicked email_opened email_sent email_unsubscribed
            channel sms: sms_clicked sms_sent
            channel push: push_opened push_sent
            channel whatsapp: whatsapp_read whatsapp_replied whatsapp_sent
            channel ads: ad_clicked
            channel social: social_mentioned social_post_clicked
            channel store: store_purchased store_visited
            channel call: call_ended call_requested call_started
            channel chat: chat_ended chat_requested chat_started
            channel delivery: delivery_delayed order_delivered order_shipped
            channel service: refund_paid return_received return_requested ticket_answered ticket_closed ticket_opened
            channel review: review_submitted reviews_read survey_answered
            category_page = "Category page": page_viewed screen_viewed where properties.name Is([Text("Category")])
            checkout_page = "Checkout page": page_viewed screen_viewed where properties.name Is([Text("Checkout")])
            help_page = "Help page": page_viewed screen_viewed where properties.name Is([Text("Help")])
            home_page = "Home page": page_viewed screen_viewed where properties.name Is([Text("Home")])
            landing_page = "Landing page": page_viewed screen_viewed where properties.name Is([Text("Landing")])
            order_status_page = "Order status page": page_viewed screen_viewed where properties.name Is([Text("Order Status")])
            other_pages = "Other pages": page_viewed screen_viewed
            ad_clicked = "Ad clicked": ad_clicked
            address_entered = "Address entered": address_entered
            address_rejected = "Address rejected": address_rejected
            app_opened = "App opened": app_opened
            call = "Call": call_ended call_started
            call_requested = "Call requested": call_requested
            cart_viewed = "Cart viewed": cart_viewed
            chat = "Chat": chat_ended chat_started
            chat_requested = "Chat requested": chat_requested
            checkout_started = "Checkout started": checkout_started
            coupon_popup = "Coupon popup": coupon_popup_dismissed coupon_popup_shown
            delivery_chosen = "Delivery chosen": delivery_chosen
            delivery_delayed = "Delivery delayed": delivery_delayed
            cart_reminder_email = "Cart reminder email": email_bounced email_clicked email_opened email_sent where properties.template Is([Text("cart_reminder")])
            cart_reminder_again_email = "Cart reminder again email": email_bounced email_clicked email_opened email_sent where properties.template Is([Text("cart_reminder_again")])
            newsletter_email = "Newsletter email": email_bounced email_clicked email_opened email_sent where properties.template Is([Text("newsletter")])
            order_confirmation_email = "Order confirmation email": email_bounced email_clicked email_opened email_sent where properties.template Is([Text("order_confirmation")])
            shipping_notice_email = "Shipping notice email": email_bounced email_clicked email_opened email_sent where properties.template Is([Text("shipping_notice")])
            email = "Email": email_bounced email_clicked email_opened email_sent
            email_unsubscribed = "Email unsubscribed": email_unsubscribed
            form_submitted = "Form submitted": form_submitted
            friend_invited = "Friend invited": friend_invited
            guide_opened = "Guide opened": guide_opened
            list_filtered = "List filtered": list_filtered
            loyalty_banner = "Loyalty banner": loyalty_banner_shown
            loyalty_joined = "Loyalty joined": loyalty_joined
            order_canceled = "Order canceled": order_canceled
            order_collected = "Order collected": order_collected
            order_delivered = "Order delivered": order_delivered
            order_placed = "Order placed": order_placed
            order_shipped = "Order shipped": order_shipped
            order_status_viewed = "Order status viewed": order_status_viewed
            payment_failed = "Payment failed": payment_failed
            payment_held = "Payment held": payment_held
            payment_submitted = "Payment submitted": payment_submitted
            points_earned = "Points earned": points_earned
            points_redeemed = "Points redeemed": points_redeemed
            product_added = "Product added": product_added
            product_removed = "Product removed": product_removed
            product_searched = "Product searched": product_searched
            product_viewed = "Product viewed": product_viewed
            weekly_offer_push = "Weekly offer push": push_opened push_sent where properties.template Is([Text("weekly_offer")])
            push = "Push": push_opened push_sent
            recommendation = "Recommendation": recommendation_shown
            refund_paid = "Refund paid": refund_paid
            return_received = "Return received": return_received
            return_requested = "Return requested": return_requested
            review_submitted = "Review submitted": review_submitted
            reviews_read = "Reviews read": reviews_read
            signed_in = "Signed in": signed_in
            signed_up = "Signed up": signed_up
            delivery_notice_sms = "Delivery notice SMS": sms_clicked sms_sent where properties.template Is([Text("delivery_notice")])
            flash_sale_sms = "Flash sale SMS": sms_clicked sms_sent where properties.template Is([Text("flash_sale")])
            sms = "SMS": sms_clicked sms_sent
            social_mentioned = "Social mentioned": social_mentioned
            social_post_clicked = "Social post clicked": social_post_clicked
            store_purchased = "Store purchased": store_purchased
            store_visited = "Store visited": store_visited
            survey_answered = "Survey answered": survey_answered
            ticket = "Ticket": ticket_answered ticket_closed ticket_opened
            order_update_whatsapp = "Order update whatsapp": whatsapp_read whatsapp_replied whatsapp_sent where properties.template Is([Text("order_update")])
            whatsapp = "Whatsapp": whatsapp_read whatsapp_replied whatsapp_sent
            wishlist_added = "Wishlist added": wishlist_added
            stage awareness: home_page landing_page ad_clicked social_post_clicked
            stage consideration: category_page list_filtered product_searched product_viewed recommendation reviews_read store_visited wishlist_added
            stage decision: checkout_page address_entered address_rejected cart_viewed checkout_started coupon_popup delivery_chosen product_added product_removed
            stage purchase: order_canceled order_placed payment_failed payment_held payment_submitted store_purchased
            stage after: order_status_page delivery_delayed friend_invited guide_opened loyalty_banner loyalty_joined order_collected order_delivered order_shipped order_status_viewed points_earned points_redeemed refund_paid return_received return_requested review_submitted social_mentioned survey_answered ticket
        "#]],
    );
}

#[test]
fn the_stages_of_the_demo_shop_are_the_true_ones() {
    let vocabulary = suggest(&demo_events());
    let demo = Demo::new(Timestamp(1_780_000_000_000));
    for step in demo.truth(&Default::default()).steps {
        let touchpoint = vocabulary.touchpoints.iter().find(|touchpoint| {
            let events = &touchpoint.matcher.events;
            events.iter().any(|name| name.as_str() == step.event)
        });
        let id = &touchpoint.expect("every event has a touchpoint").id;
        let stages: Vec<&str> = (vocabulary.stages.iter())
            .filter(|stage| stage.entry.touchpoints.contains(id))
            .map(|stage| stage.id.as_str())
            .collect();
        assert_eq!(stages, [step.stage.as_str()], "{}", step.event);
    }
}

#[test]
fn an_online_shop_from_a_file_is_understood() {
    let shop = seen(&[
        ("catalog", 14_518, 0.2),
        ("main", 5_635, 0.1),
        ("cart", 2_842, 0.5),
        ("product2", 2_172, 0.3),
        ("delivery_choice", 1_686, 0.6),
        ("product1", 1_515, 0.3),
        ("payment_choice", 1_107, 0.7),
        ("delivery_courier", 834, 0.65),
        ("payment_done", 706, 1.0),
        ("payment_card", 565, 0.8),
        ("delivery_pickup", 506, 0.65),
        ("payment_cash", 197, 0.8),
    ]);
    check(
        &shop,
        expect![[r#"
            cart = "Cart": cart
            catalog = "Catalog": catalog
            delivery_choice = "Delivery choice": delivery_choice
            delivery_courier = "Delivery courier": delivery_courier
            delivery_pickup = "Delivery pickup": delivery_pickup
            main = "Main": main
            payment_card = "Payment card": payment_card
            payment_cash = "Payment cash": payment_cash
            payment_choice = "Payment choice": payment_choice
            payment_done = "Payment done": payment_done
            product = "Product": product1 product2
            stage awareness: main
            stage consideration: catalog product
            stage decision: cart delivery_choice delivery_courier delivery_pickup payment_choice
            stage purchase: payment_card payment_cash payment_done
        "#]],
    );
}

#[test]
fn a_grocer_with_three_events_is_understood() {
    let grocer = seen(&[
        ("purchase_item", 75_000, 0.5),
        ("campaign_received", 6_589, 0.4),
        ("coupon_redeemed", 2_102, 0.6),
    ]);
    check(
        &grocer,
        expect![[r#"
        campaign_received = "Campaign received": campaign_received
        coupon_redeemed = "Coupon redeemed": coupon_redeemed
        purchase_item = "Purchase item": purchase_item
        stage awareness: campaign_received
        stage purchase: coupon_redeemed purchase_item
    "#]],
    );
}

#[test]
fn chinese_names_are_understood() {
    let shop = seen(&[
        ("点击广告", 900, 0.0),
        ("浏览商品", 5_000, 0.2),
        ("加入购物车", 800, 0.4),
        ("提交订单", 400, 0.6),
        ("支付成功", 350, 0.7),
        ("订单签收", 340, 0.9),
        ("申请退货", 20, 1.0),
        ("电话客服", 60, 0.9),
    ]);
    check(
        &shop,
        expect![[r#"
            channel ads: 点击广告
            channel call: 电话客服
            channel delivery: 订单签收
            channel service: 申请退货
            event_0e4f9994 = "提交订单": 提交订单
            event_286d00d6 = "点击广告": 点击广告
            event_4bd3c528 = "电话客服": 电话客服
            event_4e33e332 = "订单签收": 订单签收
            event_5edffcf0 = "支付成功": 支付成功
            event_69831294 = "浏览商品": 浏览商品
            event_d53b915b = "申请退货": 申请退货
            event_e22d0a3d = "加入购物车": 加入购物车
            stage awareness: event_286d00d6
            stage consideration: event_69831294
            stage decision: event_e22d0a3d
            stage purchase: event_0e4f9994 event_5edffcf0
            stage after: event_4e33e332 event_d53b915b
        "#]],
    );
}

#[test]
fn names_that_say_nothing_are_ordered_by_position() {
    let strange = seen(&[
        ("zeta", 10, 0.9),
        ("alpha", 10, 0.5),
        ("mu", 10, 0.1),
        ("nu", 10, 0.6),
        ("xi", 10, 0.2),
        ("pi", 10, 0.95),
    ]);
    check(
        &strange,
        expect![[r#"
        alpha = "Alpha": alpha
        mu = "Mu": mu
        nu = "Nu": nu
        pi = "Pi": pi
        xi = "Xi": xi
        zeta = "Zeta": zeta
        stage beginning: mu xi
        stage middle: alpha nu
        stage end: zeta pi
    "#]],
    );
}

#[test]
fn pages_without_names_are_grouped_by_path() {
    let mut pages = seen(&[("page_viewed", 1_000, 0.2), ("order_placed", 100, 0.9)]);
    pages[0].paths = [
        ("/", 300),
        ("/p/red-lamp", 250),
        ("/p/green-lamp", 250),
        ("/help", 150),
        ("/about", 1),
    ]
    .map(|(path, count)| (path.to_owned(), count))
    .into();
    check(
        &pages,
        expect![[r#"
            channel web: page_viewed
            home_page = "Home page": page_viewed where context.page.path Is([Text("/")])
            help_page = "Help page": page_viewed where context.page.path Is([Text("/help")]) or context.page.path StartsWith("/help/")
            p_page = "P page": page_viewed where context.page.path Is([Text("/p")]) or context.page.path StartsWith("/p/")
            other_pages = "Other pages": page_viewed
            order_placed = "Order placed": order_placed
            stage awareness: home_page p_page
            stage purchase: order_placed
        "#]],
    );
}

#[test]
fn what_the_source_said_of_the_channel_is_kept() {
    let mut events = seen(&[("call_requested", 100, 0.5), ("call_ended", 100, 0.6)]);
    events[0].channels = BTreeMap::from([(Channel::Web, 90), (Channel::Other, 10)]);
    let channels = suggest(&events).channels;
    assert_eq!(channels.len(), 1);
    assert_eq!(names(&channels[0].matcher), "call_ended");
}

#[test]
fn order_of_arrival_changes_nothing() {
    let mut events = demo_events();
    let expected = suggest(&events);
    events.reverse();
    assert_eq!(suggest(&events), expected);
    assert_eq!(expected.check(), []);
}

#[test]
fn hostile_names_make_a_sound_vocabulary() {
    let long = "very ".repeat(39) + "long";
    let events = seen(&[
        ("<script>alert(1)</script>", 5, 0.1),
        ("🛒🛒", 5, 0.2),
        ("🛒", 5, 0.3),
        (&long, 5, 0.4),
        ("A B", 5, 0.5),
        ("a_b", 5, 0.6),
    ]);
    let vocabulary = suggest(&events);
    assert_eq!(vocabulary.check(), []);
    assert_eq!(vocabulary.touchpoints.len(), 5, "{}", show(&vocabulary));
    assert_eq!(suggest(&[]), Vocabulary::default());
}

#[test]
fn a_log_is_looked_at_the_same_however_it_lies() {
    let mut log = Log::read(
        r#"
        ana 09:00 page_viewed web {"name":"Home"}
        ana 09:01 page_viewed web {"name":"Tea"}
        ana 09:02 cart_viewed web
        ana 09:03 order_placed other
        ben 09:00 page_viewed web {"name":"Home"}
        ben 09:00 email_opened other {"template":"news"}
        ben 09:05 order_placed other
        ben 09:06 $identify other
        "#,
    );
    log.roots = vec![0, 1];
    let vocabulary = Vocabulary::default();
    let cancel = Cancel::default();
    let look = |layout| {
        let snapshot = log.laid_out(layout);
        observe(&View::new(&snapshot, &vocabulary, &cancel)).expect("seen")
    };
    let seen = look(Layout::default());
    for layout in LAYOUTS {
        assert_eq!(look(layout), seen);
    }
    let shown: Vec<String> = seen
        .iter()
        .map(|it| {
            let SeenEvent {
                name,
                events,
                position,
                channels,
                page_names,
                templates,
                ..
            } = it;
            format!("{name} {events} at {position} {channels:?} {page_names:?} {templates:?}\n")
        })
        .collect();
    expect![[r#"
        cart_viewed 1 at 0.5 {Web: 1} {} {}
        email_opened 1 at 0 {Other: 1} {} {"news": 1}
        order_placed 2 at 0.66 {Other: 2} {} {}
        page_viewed 3 at 0 {Web: 3} {"Home": 2, "Tea": 1} {}
    "#]]
    .assert_eq(&shown.concat());
}
