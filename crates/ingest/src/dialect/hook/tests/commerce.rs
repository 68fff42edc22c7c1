//! Shops and payments.

use expect_test::expect;
use serde_json::json;

use throughline_model::Channel;

use super::{Maker, Note, check, read, topic};
use crate::consent::statements;

fn order() -> serde_json::Value {
    json!({
        "id": 820_982_911_946_154_508_u64, "name": "#1001", "email": "Ana@Example.com", "phone": null,
        "created_at": "2026-11-28T06:30:00-05:00", "processed_at": "2026-11-28T06:30:01-05:00",
        "currency": "EUR", "total_price": "119.90", "subtotal_price": "110.00", "total_tax": "19.14",
        "total_discounts": "10.00", "discount_codes": [{"code": "WELCOME", "amount": "10.00"}],
        "total_shipping_price_set": {"shop_money": {"amount": "9.90", "currency_code": "EUR"}},
        "financial_status": "paid", "source_name": "web", "cart_token": "c1", "checkout_token": "k1",
        "landing_site": "/products/lamp?utm_source=news&utm_campaign=black%20friday#top",
        "payment_gateway_names": ["shopify_payments"],
        "note_attributes": [{"name": "anonymous_id", "value": "anon-7"}],
        "customer": {"id": 115_310, "email": "ana@example.com", "phone": "+491701234567", "first_name": "Ana",
            "last_name": "Lopez", "orders_count": 3, "default_address": {"country_code": "DE"}},
        "line_items": [
            {"product_id": 632, "sku": "LAMP-1", "title": "Lamp", "variant_title": "Red", "quantity": 2, "price": "45.00"},
            {"product_id": 633, "sku": "BULB-1", "title": "Bulb", "quantity": 1, "price": "20.00"}]
    })
}

#[test]
fn an_order_of_shopify_has_its_amounts_and_its_person() {
    check(
        Maker::Shopify,
        &topic("orders/create"),
        &order(),
        expect![[r##"
            2026-11-28T11:30:01.000Z web order_completed
              who Anonymous anon-7, Anonymous shopify:115310, Anonymous shopify_cart:c1, Anonymous shopify_cart:k1, Anonymous shopify_order:820982911946154508, Email ana@example.com, Phone +491701234567, Order 820982911946154508
              coupon "WELCOME"
              currency "EUR"
              discount 10
              financial_status "paid"
              items [{"name":"Lamp","price":45,"product_id":"632","quantity":2,"sku":"LAMP-1","variant":"Red"},{"name":"Bulb","price":20,"product_id":"633","quantity":1,"sku":"BULB-1"}]
              items_count 2
              landing_page "/products/lamp?utm_source=news&utm_campaign=black%20friday#top"
              order_id "820982911946154508"
              order_number "#1001"
              orders_count 3
              payment_method "shopify_payments"
              purchase_mode "web"
              quantity 3
              shipping 9.9
              source "web"
              subtotal 110
              tax 19.14
              value 119.9
              trait country "DE"
              trait email "ana@example.com"
              trait firstName "Ana"
              trait lastName "Lopez"
              trait phone "+491701234567"
              campaign {"name":"black friday","source":"news"}
        "##]],
    );
}

#[test]
fn an_order_in_the_store_is_told_apart() {
    let mut body = order();
    body["source_name"] = json!("pos");
    body["location_id"] = json!(48);
    let decoded = read(Maker::Shopify, &topic("orders/create"), &body);
    let (_, event) = &decoded.events[0];
    assert_eq!(event.channel.name(), "store");
    assert_eq!(event.properties.to_map()["purchase_mode"], "store");
}

#[test]
fn a_refund_of_shopify_is_joined_by_the_order_and_lists_its_parts() {
    let body = json!({"id": 509, "order_id": 820_982_911_946_154_508_u64, "created_at": "2026-11-28T11:00:00Z", "note": "broken",
        "refund_line_items": [{"quantity": 1, "subtotal": 45.0, "total_tax": 7.18,
            "line_item": {"product_id": 632, "sku": "LAMP-1", "title": "Lamp", "price": "45.00"}}],
        "transactions": [{"kind": "refund", "status": "success", "amount": "52.18", "currency": "EUR"},
            {"kind": "refund", "status": "failure", "amount": "52.18", "currency": "EUR"}]});
    check(
        Maker::Shopify,
        &topic("refunds/create"),
        &body,
        expect![[r#"
            2026-11-28T11:00:00.000Z web order_refunded
              who Anonymous shopify_order:820982911946154508, Order 820982911946154508
              currency "EUR"
              items [{"name":"Lamp","price":45,"product_id":"632","quantity":1,"sku":"LAMP-1","value":45}]
              items_count 1
              order_id "820982911946154508"
              reason "broken"
              refund_id "509"
              value 52.18
        "#]],
    );
}

#[test]
fn shipments_of_shopify_have_their_states_and_promises() {
    let mut body = json!({"id": 255_858_046, "order_id": 450_789_469, "name": "#1001.1", "status": "success", "email": "ana@example.com",
        "created_at": "2026-11-28T09:00:00Z", "updated_at": "2026-11-28T11:30:00Z", "tracking_company": "DHL",
        "tracking_number": "JJD01", "estimated_delivery_at": "2026-11-30T18:00:00+01:00", "line_items": []});
    check(
        Maker::Shopify,
        &topic("fulfillments/create"),
        &body,
        expect![[r##"
            2026-11-28T09:00:00.000Z delivery shipment_created
              who Anonymous shopify_order:450789469, Email ana@example.com, Order 450789469
              carrier "DHL"
              order_id "450789469"
              order_number "#1001"
              promised_at "2026-11-30T17:00:00.000Z"
              shipment_id "255858046"
              status "success"
              tracking_number "JJD01"
              trait email "ana@example.com"
        "##]],
    );
    body["shipment_status"] = json!("delivered");
    check(
        Maker::Shopify,
        &topic("fulfillments/update"),
        &body,
        expect![[r##"
            2026-11-28T11:30:00.000Z delivery shipment_delivered
              who Anonymous shopify_order:450789469, Email ana@example.com, Order 450789469
              carrier "DHL"
              order_id "450789469"
              order_number "#1001"
              promised_at "2026-11-30T17:00:00.000Z"
              shipment_id "255858046"
              status "delivered"
              tracking_number "JJD01"
              trait email "ana@example.com"
        "##]],
    );
}

#[test]
fn other_topics_of_shopify_are_named() {
    let mut text = String::new();
    for it in [
        "orders/cancelled",
        "orders/fulfilled",
        "checkouts/create",
        "checkouts/update",
        "customers/update",
        "subscription_contracts/create",
        "subscription_billing_attempts/failure",
        "draft_orders/create",
        "themes/publish",
    ] {
        let body = json!({"id": 1, "token": "t1", "email": "ana@example.com", "updated_at": "2026-11-28T10:00:00Z"});
        let decoded = read(Maker::Shopify, &topic(it), &body);
        let names: Vec<&str> = decoded
            .events
            .iter()
            .map(|(_, it)| it.name.as_str())
            .collect();
        text += &format!("{it} = {}\n", names.join(", "));
    }
    expect![[r#"
        orders/cancelled = order_canceled
        orders/fulfilled = order_fulfilled
        checkouts/create = checkout_started
        checkouts/update = checkout_updated
        customers/update = $identify
        subscription_contracts/create = subscription_started
        subscription_billing_attempts/failure = payment_failed
        draft_orders/create = draft_orders_create
        themes/publish = themes_publish
    "#]]
    .assert_eq(&text);
    let body = json!({"id": 1, "domain": "shop.example"});
    check(
        Maker::Shopify,
        &topic("app/uninstalled"),
        &body,
        expect![[r#"
            about nobody: 1
        "#]],
    );
}

/// What a body of a topic says of marketing: the channel, whether it is wanted, and whether that was
/// said on purpose.
fn wanted(name: &str, body: &serde_json::Value) -> Vec<(Option<Channel>, bool, bool)> {
    let events = read(Maker::Shopify, &topic(name), body).events;
    let said = events.iter().flat_map(|(_, it)| statements(it));
    said.inspect(|it| assert_eq!(it.key, "marketing"))
        .map(|it| (it.channel, it.is_granted, it.is_decision))
        .collect()
}

#[test]
fn customers_of_shopify_say_what_they_want_to_hear_on_each_channel() {
    let state = |state: &str| json!({"state": state, "opt_in_level": "single_opt_in", "consent_updated_at": "2026-11-28T10:00:00Z"});
    let customer = |email: &str, sms: &str| {
        json!({"id": 115_310, "email": "ana@example.com", "updated_at": "2026-11-28T10:00:00Z",
            "email_marketing_consent": state(email), "sms_marketing_consent": state(sms)})
    };
    let (email, sms) = (Some(Channel::Email), Some(Channel::Sms));
    for (told, expected) in [
        (
            customer("subscribed", "unsubscribed"),
            vec![(email, true, false), (sms, false, false)],
        ),
        (customer("pending", "not_subscribed"), vec![]),
        (
            json!({"id": 115_310, "email_marketing_consent": null}),
            vec![],
        ),
    ] {
        assert_eq!(wanted("customers/update", &told), expected, "{told}");
    }
    let changed = json!({"customer_id": 115_310, "email_address": "ana@example.com",
        "email_marketing_consent": state("unsubscribed")});
    let name = "customers_email_marketing_consent/update";
    assert_eq!(wanted(name, &changed), [(email, false, true)]);
    let changed = json!({"id": 115_310, "phone": "+491701234567", "sms_marketing_consent": state("subscribed")});
    let name = "customers_marketing_consent/update";
    assert_eq!(wanted(name, &changed), [(sms, true, true)]);
    check(
        Maker::Shopify,
        &topic(name),
        &changed,
        expect![[r#"
            2026-11-28T10:00:00.000Z sms consent_changed
              who Anonymous shopify:115310, Phone +491701234567
              channel "sms"
              opt_in_level "single_opt_in"
              purpose "marketing"
              state "subscribed"
              trait phone "+491701234567"
        "#]],
    );
}

#[test]
fn one_act_of_shopify_with_several_topics_gives_several_events_and_a_second_delivery_none() {
    let key = |name: &str, body: &serde_json::Value| {
        read(Maker::Shopify, &topic(name), body).events[0].1.message
    };
    let order = order();
    assert_ne!(key("orders/create", &order), key("orders/paid", &order));
    assert_eq!(key("orders/create", &order), key("orders/create", &order));
    let mut other = order.clone();
    other["total_price"] = json!("1.00");
    assert_ne!(key("orders/create", &order), key("orders/create", &other));
}

fn stripe(kind: &str, object: serde_json::Value) -> serde_json::Value {
    json!({"id": "evt_1", "object": "event", "type": kind, "created": 1_795_860_000, "livemode": true,
        "data": {"object": object}})
}

fn check_stripe(kind: &str, object: serde_json::Value, expected: expect_test::Expect) {
    check(
        Maker::Stripe,
        &Note::default(),
        &stripe(kind, object),
        expected,
    );
}

#[test]
fn a_checkout_of_stripe_is_an_order() {
    check_stripe(
        "checkout.session.completed",
        json!({"id": "cs_1", "object": "checkout.session", "mode": "payment", "amount_total": 5_990, "amount_subtotal": 5_000,
            "currency": "eur", "customer": "cus_9", "customer_details": {"email": "ana@example.com", "name": "Ana", "phone": "+491701234567"},
            "payment_intent": "pi_1", "payment_status": "paid", "client_reference_id": "cart-7",
            "metadata": {"order_id": "A-17", "user_id": "u-1"}, "total_details": {"amount_tax": 990, "amount_shipping": 0, "amount_discount": 0}}),
        expect![[r#"
            2026-11-28T10:00:00.000Z web order_completed
              who User u-1, Anonymous stripe:cus_9, Anonymous stripe_payment:pi_1, Email ana@example.com, Phone +491701234567, Order A-17, Order pi_1
              checkout_id "cs_1"
              currency "EUR"
              discount 0
              order_id "A-17"
              payment_status "paid"
              purchase_mode "web"
              reference "cart-7"
              shipping 0
              subtotal 50
              tax 9.9
              value 59.9
              trait email "ana@example.com"
              trait name "Ana"
              trait phone "+491701234567"
        "#]],
    );
}

#[test]
fn currencies_of_stripe_have_their_own_smallest_units() {
    let mut text = String::new();
    for (currency, amount) in [
        ("jpy", 5_000),
        ("usd", 5_000),
        ("kwd", 5_000),
        ("isk", 5_000),
        ("ugx", 5_000),
        ("krw", 1),
    ] {
        let body = stripe(
            "payment_intent.succeeded",
            json!({"id": "pi", "object": "payment_intent", "amount": amount, "currency": currency, "customer": "cus_9"}),
        );
        let decoded = read(Maker::Stripe, &Note::default(), &body);
        let properties = decoded.events[0].1.properties.to_map();
        text += &format!("{} {}\n", properties["value"], properties["currency"]);
    }
    expect![[r#"
        5000 "JPY"
        50 "USD"
        5 "KWD"
        50 "ISK"
        50 "UGX"
        1 "KRW"
    "#]]
    .assert_eq(&text);
}

#[test]
fn a_refund_of_stripe_is_what_the_total_grew_by() {
    let mut body = stripe(
        "charge.refunded",
        json!({"id": "ch_1", "object": "charge", "amount": 5_990, "amount_refunded": 3_000, "currency": "eur", "refunded": false,
            "payment_intent": "pi_1", "billing_details": {"email": "ana@example.com"}}),
    );
    body["data"]["previous_attributes"] = json!({"amount_refunded": 1_000});
    check(
        Maker::Stripe,
        &Note::default(),
        &body,
        expect![[r#"
        2026-11-28T10:00:00.000Z other order_refunded
          who Anonymous stripe_payment:pi_1, Email ana@example.com, Order pi_1
          currency "EUR"
          is_partial true
          order_id "pi_1"
          order_value 59.9
          payment_id "pi_1"
          value 20
          value_total 30
          trait email "ana@example.com"
    "#]],
    );
}

#[test]
fn a_paid_invoice_of_a_cycle_is_a_renewal_too() {
    check_stripe(
        "invoice.paid",
        json!({"id": "in_1", "object": "invoice", "customer": "cus_9", "customer_email": "ana@example.com", "amount_paid": 1_200,
            "currency": "usd", "billing_reason": "subscription_cycle", "parent": {"subscription_details": {"subscription": "sub_1"}}}),
        expect![[r#"
            2026-11-28T10:00:00.000Z other invoice_paid
              who Anonymous stripe:cus_9, Email ana@example.com
              currency "USD"
              invoice_id "in_1"
              purchase_mode "subscription"
              reason "subscription_cycle"
              subscription_id "sub_1"
              value 12
              trait email "ana@example.com"
            2026-11-28T10:00:00.000Z other subscription_renewed
              who Anonymous stripe:cus_9, Email ana@example.com
              invoice_id "in_1"
              purchase_mode "subscription"
              subscription_id "sub_1"
              trait email "ana@example.com"
        "#]],
    );
}

#[test]
fn a_subscription_of_stripe_tells_why_it_ended() {
    check_stripe(
        "customer.subscription.deleted",
        json!({"id": "sub_1", "object": "subscription", "customer": "cus_9", "status": "canceled", "cancel_at_period_end": false,
            "cancellation_details": {"reason": "cancellation_requested", "feedback": "too_expensive", "comment": "later maybe"},
            "items": {"data": [{"quantity": 1, "current_period_end": 1_798_000_000, "price": {"id": "price_1", "nickname": "Pro", "unit_amount": 1_200, "currency": "usd", "product": "prod_1", "recurring": {"interval": "month"}}}]}}),
        expect![[r#"
            2026-11-28T10:00:00.000Z other subscription_canceled
              who Anonymous stripe:cus_9
              cancels_at_end false
              comment "later maybe"
              currency "USD"
              interval "month"
              period_ends_at "2026-12-23T04:26:40.000Z"
              plan "Pro"
              price 12
              product_id "prod_1"
              purchase_mode "subscription"
              quantity 1
              reason "too_expensive"
              status "canceled"
              subscription_id "sub_1"
        "#]],
    );
}

#[test]
fn a_failed_payment_says_why_and_what_is_about_nobody_stays_aside() {
    check_stripe(
        "payment_intent.payment_failed",
        json!({"id": "pi_2", "object": "payment_intent", "amount": 900, "currency": "usd", "customer": "cus_9",
            "last_payment_error": {"code": "card_declined", "message": "Your card was declined."}}),
        expect![[r#"
            2026-11-28T10:00:00.000Z other payment_failed
              who Anonymous stripe:cus_9, Anonymous stripe_payment:pi_2, Order pi_2
              currency "USD"
              message "Your card was declined."
              order_id "pi_2"
              payment_id "pi_2"
              reason "card_declined"
              value 9
        "#]],
    );
    check_stripe(
        "balance.available",
        json!({"object": "balance", "livemode": true}),
        expect![[r#"
            about nobody: 1
        "#]],
    );
    check_stripe(
        "customer.updated",
        json!({"id": "cus_9", "object": "customer", "email": "ana@example.com", "name": "Ana", "created": 1_700_000_000}),
        expect![[r#"
            2026-11-28T10:00:00.000Z other $identify
              who Anonymous stripe:cus_9, Email ana@example.com
              createdAt "2023-11-14T22:13:20.000Z"
              email "ana@example.com"
              name "Ana"
              trait createdAt "2023-11-14T22:13:20.000Z"
              trait email "ana@example.com"
              trait name "Ana"
        "#]],
    );
    check_stripe(
        "some.new_thing",
        json!({"id": "x", "customer": "cus_9", "amount": 100, "currency": "usd"}),
        expect![[r#"
            2026-11-28T10:00:00.000Z other some_new_thing
              who Anonymous stripe:cus_9
              amount 1
              currency "USD"
              customer "cus_9"
              id "x"
              value 1
        "#]],
    );
}

#[test]
fn what_stripe_has_no_recipe_for_tells_no_keys_and_whole_units() {
    check_stripe(
        "terminal.reader.action_failed",
        json!({"id": "x_1", "object": "mystery", "customer": "cus_1", "currency": "eur", "amount": 1999,
            "amount_due": 500, "unit_amount_decimal": "1050", "fee": 59, "subtotal_excluding_tax": 100, "total_count": 3,
            "client_secret": "x_1_secret_abc", "hosted_url": "https://pay.example/x_1?key=abc", "status": "failed"}),
        expect![[r#"
            2026-11-28T10:00:00.000Z other terminal_reader_action_failed
              who Anonymous stripe:cus_1
              amount 19.99
              amount_due 5
              currency "EUR"
              customer "cus_1"
              fee 0.59
              id "x_1"
              object "mystery"
              status "failed"
              subtotal_excluding_tax 1
              total_count 3
              unit_amount_decimal 10.5
              value 19.99
        "#]],
    );
    check_stripe(
        "billing.meter.created",
        json!({"id": "x_2", "customer": "cus_1", "amount": 1999, "display_name": "calls"}),
        expect![[r#"
            2026-11-28T10:00:00.000Z other billing_meter_created
              who Anonymous stripe:cus_1
              customer "cus_1"
              display_name "calls"
              id "x_2"
        "#]],
    );
}
