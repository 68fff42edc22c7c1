//! Stripe: checkouts, payments, invoices and subscriptions.
//!
//! Amounts come in the smallest unit of their currency. An event tells of the object as it was at
//! that moment, so deliveries in any order fold right by their times.

use serde_json::{Map, Value, json};
use throughline_model::{Channel, IdentifierKind};

use super::{
    read::{at, first, list, number, plain, plain_name, text, time},
    told::Told,
};

/// Currencies whose smallest unit is the whole one. Of two more, ISK and UGX, amounts still come
/// in hundredths.
const WHOLE: [&str; 15] = [
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf",
    "xof", "xpf",
];
const THOUSANDTHS: [&str; 5] = ["bhd", "jod", "kwd", "omr", "tnd"];

/// Our names of its types.
const NAMES: [(&str, &str); 23] = [
    ("checkout.session.expired", "checkout_abandoned"),
    ("checkout.session.async_payment_succeeded", "order_paid"),
    ("checkout.session.async_payment_failed", "payment_failed"),
    ("payment_intent.payment_failed", "payment_failed"),
    ("payment_intent.succeeded", "payment_succeeded"),
    ("payment_intent.canceled", "payment_canceled"),
    ("charge.refunded", "order_refunded"),
    ("charge.dispute.created", "payment_disputed"),
    ("charge.dispute.closed", "payment_dispute_closed"),
    ("invoice.paid", "invoice_paid"),
    ("invoice.payment_failed", "payment_failed"),
    ("invoice.created", "invoice_created"),
    ("invoice.finalized", "invoice_finalized"),
    ("invoice.sent", "invoice_sent"),
    ("invoice.upcoming", "invoice_upcoming"),
    ("customer.subscription.created", "subscription_started"),
    ("customer.subscription.updated", "subscription_updated"),
    ("customer.subscription.deleted", "subscription_canceled"),
    ("customer.subscription.paused", "subscription_paused"),
    ("customer.subscription.resumed", "subscription_resumed"),
    (
        "customer.subscription.trial_will_end",
        "subscription_trial_ending",
    ),
    ("refund.created", "refund_created"),
    ("refund.failed", "refund_failed"),
];

pub fn told(body: &Value) -> Vec<Told<'_>> {
    let none = Value::Null;
    let kind = text(body, "type").unwrap_or_default();
    let object = at(body, "data.object").unwrap_or(&none);
    let mut told = Told::new(name_of(&kind, object), channel_of(&kind, object), body);
    told.id = text(body, "id").map(|it| it.into_owned());
    told.time = time(body, &["created"]);
    told.is_identify = matches!(&*kind, "customer.created" | "customer.updated");
    buyer(&kind, object, &mut told);
    let family = kind.split('.').next().unwrap_or_default();
    match family {
        "checkout" => checkout(object, &mut told),
        "payment_intent" | "charge" | "refund" => payment(&kind, body, object, &mut told),
        "invoice" => invoice(object, &mut told),
        "customer" if kind.starts_with("customer.subscription.") => {
            subscription(body, object, &mut told);
        }
        "customer" => {}
        _ => other(object, &mut told),
    }
    told.put(
        "is_test",
        (at(body, "livemode") == Some(&json!(false))).then_some(true),
    );
    let renewal = (kind == "invoice.paid" && is_renewal(object)).then(|| renewal(&told));
    [Some(told), renewal].into_iter().flatten().collect()
}

fn name_of(kind: &str, object: &Value) -> String {
    if kind == "checkout.session.completed" {
        // One of a subscription is paid by its first invoice.
        return match text(object, "mode").as_deref() {
            Some("subscription" | "setup") => "checkout_completed",
            _ => "order_completed",
        }
        .to_owned();
    }
    let known = NAMES.iter().find(|(it, _)| *it == kind);
    match known {
        Some((_, name)) => (*name).to_owned(),
        None if kind.is_empty() => "stripe_event".to_owned(),
        None => plain_name(kind),
    }
}

fn channel_of(kind: &str, object: &Value) -> Channel {
    let is_present = at(object, "payment_method_details.card_present").is_some()
        || at(object, "payment_method_details.interac_present").is_some();
    match kind {
        _ if is_present => Channel::Store,
        kind if kind.starts_with("checkout.") => Channel::Web,
        _ => Channel::Other,
    }
}

fn buyer(kind: &str, object: &Value, told: &mut Told<'_>) {
    let is_customer =
        kind.starts_with("customer.") && text(object, "object").as_deref() == Some("customer");
    let who = &mut told.who;
    let customer = match is_customer {
        true => text(object, "id"),
        false => first(object, &["customer.id", "customer"]),
    };
    who.known_by("stripe", customer);
    who.email(first(
        object,
        &[
            "customer_details.email",
            "customer_email",
            "receipt_email",
            "billing_details.email",
            "customer.email",
            "email",
        ],
    ));
    who.phone(first(
        object,
        &[
            "customer_details.phone",
            "customer_phone",
            "billing_details.phone",
            "customer.phone",
            "phone",
        ],
    ));
    let names = [
        "customer_details.name",
        "customer_name",
        "billing_details.name",
        "customer.name",
    ];
    who.trait_of("name", first(object, &names));
    if is_customer {
        who.trait_of("name", text(object, "name"));
        who.trait_of("country", text(object, "address.country"));
        who.trait_of(
            "createdAt",
            time(object, &["created"]).map(|it| it.to_string()),
        );
    }
    who.add(
        IdentifierKind::User,
        first(object, &["metadata.user_id", "metadata.userId"]),
    );
    who.add(
        IdentifierKind::Anonymous,
        first(object, &["metadata.anonymous_id", "metadata.anonymousId"]),
    );
}

/// The order: what the shop calls it, else the payment, which its refund names too.
fn of_order(object: &Value, payment: Option<&str>, told: &mut Told<'_>) {
    let own = first(object, &["metadata.order_id", "metadata.orderId"]);
    for id in [own.as_deref(), payment].into_iter().flatten() {
        told.who.add(IdentifierKind::Order, Some(id));
    }
    told.who.known_by("stripe_payment", payment);
    let id = own.as_deref().or(payment);
    told.put("order_id", id);
}

fn money(told: &mut Told<'_>, name: &str, object: &Value, place: &str) {
    let currency = text(object, "currency").unwrap_or_default().to_lowercase();
    let amount = number(object, place).map(|it| major(it, &currency));
    told.put(name, amount);
    if !currency.is_empty() {
        told.put("currency", Some(currency.to_uppercase()));
    }
}

/// An amount in whole units of its currency.
pub(super) fn major(amount: f64, currency: &str) -> f64 {
    match currency {
        it if WHOLE.contains(&it) => amount,
        it if THOUSANDTHS.contains(&it) => amount / 1e3,
        _ => amount / 1e2,
    }
}

fn checkout(object: &Value, told: &mut Told<'_>) {
    let payment = first(object, &["payment_intent.id", "payment_intent"]);
    let session = text(object, "id");
    of_order(object, payment.as_deref().or(session.as_deref()), told);
    told.put("checkout_id", session);
    money(told, "value", object, "amount_total");
    money(told, "subtotal", object, "amount_subtotal");
    money(told, "tax", object, "total_details.amount_tax");
    money(told, "shipping", object, "total_details.amount_shipping");
    money(told, "discount", object, "total_details.amount_discount");
    let mode = match text(object, "mode").as_deref() {
        Some("subscription") => "subscription",
        _ => "web",
    };
    told.put("purchase_mode", Some(mode));
    told.put("payment_status", text(object, "payment_status"));
    told.put("subscription_id", text(object, "subscription"));
    told.put("reference", text(object, "client_reference_id"));
    told.put(
        "checkout_url",
        text(object, "after_expiration.recovery.url"),
    );
    lines(list(object, "line_items.data"), object, told);
}

fn lines(lines: &[Value], object: &Value, told: &mut Told<'_>) {
    if lines.is_empty() {
        return;
    }
    let currency = text(object, "currency").unwrap_or_default().to_lowercase();
    let items = lines.iter().map(|line| {
        let mut item = Map::new();
        let mut put = |name: &str, value: Option<Value>| {
            item.extend(value.map(|it| (name.to_owned(), it)));
        };
        let shown = |places: &[&str]| first(line, places).map(|it| json!(it));
        let product = [
            "price.product.id",
            "price.product",
            "pricing.price_details.product",
        ];
        put("product_id", shown(&product));
        put("name", shown(&["description"]));
        put("quantity", number(line, "quantity").map(Value::from));
        let amount = number(line, "amount_total").or_else(|| number(line, "amount"));
        put("value", amount.map(|it| major(it, &currency).into()));
        Value::Object(item)
    });
    told.put("items", Some(items.collect::<Vec<Value>>()));
    told.put("items_count", Some(lines.len()));
}

fn payment(kind: &str, body: &Value, object: &Value, told: &mut Told<'_>) {
    let is_intent = text(object, "object").as_deref() == Some("payment_intent");
    let payment = match is_intent {
        true => text(object, "id"),
        false => first(
            object,
            &["payment_intent.id", "payment_intent", "charge", "id"],
        ),
    };
    of_order(object, payment.as_deref(), told);
    told.put("payment_id", payment);
    if kind == "charge.refunded" {
        refunded(body, object, told);
    } else {
        money(told, "value", object, "amount");
    }
    told.put("invoice_id", text(object, "invoice"));
    let errors = [
        "last_payment_error.code",
        "failure_code",
        "last_payment_error.decline_code",
    ];
    told.put(
        "reason",
        first(object, &errors).or_else(|| text(object, "reason")),
    );
    let messages = ["last_payment_error.message", "failure_message"];
    told.put("message", first(object, &messages));
    told.put(
        "payment_method",
        first(
            object,
            &["payment_method_details.type", "payment_method_types.0"],
        ),
    );
    told.put("status", text(object, "status"));
}

/// The amount of a charge that is refunded grows; the part of this event is what it grew by.
fn refunded(body: &Value, object: &Value, told: &mut Told<'_>) {
    let currency = text(object, "currency").unwrap_or_default().to_lowercase();
    let total = number(object, "amount_refunded").unwrap_or_default();
    let before = number(body, "data.previous_attributes.amount_refunded").unwrap_or_default();
    told.put("value", Some(major(total - before, &currency)));
    told.put("value_total", Some(major(total, &currency)));
    money(told, "order_value", object, "amount");
    told.put(
        "is_partial",
        Some(at(object, "refunded") != Some(&json!(true))),
    );
    told.put("refund_id", text(object, "refunds.data.0.id"));
    told.put("reason", text(object, "refunds.data.0.reason"));
}

fn invoice(object: &Value, told: &mut Told<'_>) {
    told.put("invoice_id", text(object, "id"));
    told.put("invoice_number", text(object, "number"));
    let is_paid = told.name == "invoice_paid";
    money(
        told,
        "value",
        object,
        if is_paid { "amount_paid" } else { "amount_due" },
    );
    money(told, "tax", object, "tax");
    told.put("reason", text(object, "billing_reason"));
    told.put("attempts", number(object, "attempt_count"));
    let due = time(object, &["due_date"]);
    told.put("due_at", due.map(|it| it.to_string()));
    let subscription = subscription_of(object).map(|it| it.into_owned());
    told.put(
        "purchase_mode",
        subscription.is_some().then_some("subscription"),
    );
    told.put("subscription_id", subscription);
    lines(list(object, "lines.data"), object, told);
}

/// Newer versions of its API have put the subscription elsewhere.
fn subscription_of(invoice: &Value) -> Option<std::borrow::Cow<'_, str>> {
    first(
        invoice,
        &[
            "subscription.id",
            "subscription",
            "parent.subscription_details.subscription",
        ],
    )
}

fn is_renewal(invoice: &Value) -> bool {
    text(invoice, "billing_reason").as_deref() == Some("subscription_cycle")
}

/// A renewal is told by its invoice, whose amount stays there, so that no sum counts it twice.
fn renewal<'a>(paid: &Told<'a>) -> Told<'a> {
    let mut told = Told::new("subscription_renewed", paid.channel, paid.item);
    told.id.clone_from(&paid.id);
    told.time = paid.time;
    told.who = paid.who.clone();
    for name in ["subscription_id", "invoice_id", "purchase_mode", "is_test"] {
        told.put(name, paid.properties.get(name).cloned());
    }
    told
}

fn subscription(body: &Value, object: &Value, told: &mut Told<'_>) {
    told.put("subscription_id", text(object, "id"));
    told.put("purchase_mode", Some("subscription"));
    told.put("status", text(object, "status"));
    told.put(
        "status_before",
        text(body, "data.previous_attributes.status"),
    );
    let price = at(object, "items.data.0.price").or_else(|| at(object, "plan"));
    if let Some(price) = price {
        told.put("plan", first(price, &["nickname", "lookup_key", "id"]));
        told.put("product_id", first(price, &["product.id", "product"]));
        told.put(
            "interval",
            first(price, &["recurring.interval", "interval"]),
        );
        money(
            told,
            "price",
            price,
            if at(price, "unit_amount").is_some() {
                "unit_amount"
            } else {
                "amount"
            },
        );
    }
    told.put("quantity", number(object, "items.data.0.quantity"));
    told.put(
        "cancels_at_end",
        at(object, "cancel_at_period_end").cloned(),
    );
    let end = time(
        object,
        &["current_period_end", "items.data.0.current_period_end"],
    );
    told.put("period_ends_at", end.map(|it| it.to_string()));
    let trial = time(object, &["trial_end"]);
    told.put("trial_ends_at", trial.map(|it| it.to_string()));
    told.put(
        "reason",
        first(
            object,
            &[
                "cancellation_details.feedback",
                "cancellation_details.reason",
            ],
        ),
    );
    told.put("comment", text(object, "cancellation_details.comment"));
}

/// Types without a recipe: the plain members of their object.
fn other(object: &Value, told: &mut Told<'_>) {
    let payment = first(object, &["payment_intent.id", "payment_intent"]);
    told.who.add(IdentifierKind::Order, payment.as_deref());
    told.who.known_by("stripe_payment", payment);
    let has_currency = text(object, "currency").is_some();
    if has_currency {
        money(told, "value", object, "amount");
    }
    for (name, value) in plain(object) {
        match is_amount(name) {
            true if has_currency => money(told, name, object, name),
            true => {}
            false => told.put(name, Some(value.clone())),
        }
    }
}

/// Whether a member holds an amount in the smallest unit, as they all do.
fn is_amount(name: &str) -> bool {
    let last = name.rsplit('_').next().unwrap_or_default();
    name.contains("amount")
        || name.ends_with("_excluding_tax")
        || matches!(
            last,
            "balance" | "fee" | "net" | "subtotal" | "tax" | "total"
        )
}
