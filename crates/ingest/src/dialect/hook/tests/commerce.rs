//! Shops and payments.

use expect_test::expect;
use serde_json::json;

use super::{Maker, Note, check, read, topic};

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
        expect![[""]],
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
        expect![[""]],
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
        expect![[""]],
    );
    body["shipment_status"] = json!("delivered");
    check(
        Maker::Shopify,
        &topic("fulfillments/update"),
        &body,
        expect![[""]],
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
    expect![[""]].assert_eq(&text);
    let body = json!({"id": 1, "domain": "shop.example"});
    check(
        Maker::Shopify,
        &topic("app/uninstalled"),
        &body,
        expect![[""]],
    );
}

#[test]
fn one_act_of_shopify_with_several_topics_gives_several_events_and_a_second_delivery_none() {
    let key = |it: &str| {
        read(Maker::Shopify, &topic(it), &order()).events[0]
            .1
            .message
    };
    assert_ne!(key("orders/create"), key("orders/paid"));
    assert_eq!(key("orders/create"), key("orders/create"));
    let without = Note {
        id: None,
        ..topic("orders/create")
    };
    let key = |body: &serde_json::Value| read(Maker::Shopify, &without, body).events[0].1.message;
    assert_eq!(key(&order()), key(&order()), "the whole text is its id");
    let mut other = order();
    other["total_price"] = json!("1.00");
    assert_ne!(key(&order()), key(&other));
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
        expect![[""]],
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
    expect![[""]].assert_eq(&text);
}

#[test]
fn a_refund_of_stripe_is_what_the_total_grew_by() {
    let mut body = stripe(
        "charge.refunded",
        json!({"id": "ch_1", "object": "charge", "amount": 5_990, "amount_refunded": 3_000, "currency": "eur", "refunded": false,
            "payment_intent": "pi_1", "billing_details": {"email": "ana@example.com"}}),
    );
    body["data"]["previous_attributes"] = json!({"amount_refunded": 1_000});
    check(Maker::Stripe, &Note::default(), &body, expect![[""]]);
}

#[test]
fn a_paid_invoice_of_a_cycle_is_a_renewal_too() {
    check_stripe(
        "invoice.paid",
        json!({"id": "in_1", "object": "invoice", "customer": "cus_9", "customer_email": "ana@example.com", "amount_paid": 1_200,
            "currency": "usd", "billing_reason": "subscription_cycle", "parent": {"subscription_details": {"subscription": "sub_1"}}}),
        expect![[""]],
    );
}

#[test]
fn a_subscription_of_stripe_tells_why_it_ended() {
    check_stripe(
        "customer.subscription.deleted",
        json!({"id": "sub_1", "object": "subscription", "customer": "cus_9", "status": "canceled", "cancel_at_period_end": false,
            "cancellation_details": {"reason": "cancellation_requested", "feedback": "too_expensive", "comment": "later maybe"},
            "items": {"data": [{"quantity": 1, "current_period_end": 1_798_000_000, "price": {"id": "price_1", "nickname": "Pro", "unit_amount": 1_200, "currency": "usd", "product": "prod_1", "recurring": {"interval": "month"}}}]}}),
        expect![[""]],
    );
}

#[test]
fn a_failed_payment_says_why_and_what_is_about_nobody_stays_aside() {
    check_stripe(
        "payment_intent.payment_failed",
        json!({"id": "pi_2", "object": "payment_intent", "amount": 900, "currency": "usd", "customer": "cus_9",
            "last_payment_error": {"code": "card_declined", "message": "Your card was declined."}}),
        expect![[""]],
    );
    check_stripe(
        "balance.available",
        json!({"object": "balance", "livemode": true}),
        expect![[""]],
    );
    check_stripe(
        "customer.updated",
        json!({"id": "cus_9", "object": "customer", "email": "ana@example.com", "name": "Ana", "created": 1_700_000_000}),
        expect![[""]],
    );
    check_stripe(
        "some.new_thing",
        json!({"id": "x", "customer": "cus_9", "amount": 100, "currency": "usd"}),
        expect![[""]],
    );
}
