//! Shopify: orders, refunds, shipments, checkouts and customers.
//!
//! The topic stands in a header. What a guest orders is joined to what follows by the
//! number of the order, as a refund names neither customer nor address.

use serde_json::{Map, Value, json};
use throughline_model::{Channel, IdentifierKind, MessageKey};

use super::{
    Note,
    read::{at, first, list, number, plain, plain_name, text, time},
    told::Told,
};

/// Our names of topics; a shipment is named by its state, a subscription's renewal by its bill.
const NAMES: [(&str, &str); 25] = [
    ("orders/create", "order_completed"),
    ("orders/paid", "order_paid"),
    ("orders/updated", "order_updated"),
    ("orders/edited", "order_updated"),
    ("orders/cancelled", "order_canceled"),
    ("orders/delete", "order_deleted"),
    ("orders/fulfilled", "order_fulfilled"),
    ("orders/partially_fulfilled", "order_partially_fulfilled"),
    ("refunds/create", "order_refunded"),
    ("fulfillments/create", "shipment_created"),
    ("checkouts/create", "checkout_started"),
    ("checkouts/update", "checkout_updated"),
    ("carts/create", "cart_created"),
    ("carts/update", "cart_updated"),
    ("returns/request", "return_requested"),
    ("returns/approve", "return_approved"),
    ("returns/decline", "return_declined"),
    ("returns/close", "return_closed"),
    ("subscription_contracts/create", "subscription_started"),
    ("subscription_contracts/cancel", "subscription_canceled"),
    ("subscription_contracts/update", "subscription_updated"),
    (
        "subscription_billing_attempts/success",
        "subscription_renewed",
    ),
    ("subscription_billing_attempts/failure", "payment_failed"),
    ("customers_marketing_consent/update", "consent_changed"),
    (
        "customers_email_marketing_consent/update",
        "consent_changed",
    ),
];

/// The purpose of what a shop asks consent for.
const MARKETING: &str = "marketing";

pub fn told<'a>(note: &Note, body: &'a Value, key: MessageKey) -> Vec<Told<'a>> {
    let topic = note
        .topic
        .as_deref()
        .unwrap_or("unknown")
        .trim()
        .to_lowercase();
    let (object, _) = topic.split_once('/').unwrap_or((&topic, ""));
    let mut told = Told::new(name_of(&topic, body), Channel::Web, body);
    // Only the body is signed: with the id of a delivery it could be sent again under another one.
    told.id = Some(format!("{:032x}", key.0));
    told.time = note.at.as_deref().and_then(crate::instant::read);
    match object {
        "customers" => customer(&topic, body, &mut told),
        "customers_marketing_consent" => consent(Channel::Sms, body, &mut told),
        "customers_email_marketing_consent" => consent(Channel::Email, body, &mut told),
        "orders" => order(&topic, body, &mut told),
        "refunds" => refund(body, &mut told),
        "fulfillments" | "fulfillment_events" => shipment(&topic, body, &mut told),
        "checkouts" | "carts" => checkout(object, body, &mut told),
        _ => other(body, &mut told),
    }
    vec![told]
}

fn name_of(topic: &str, body: &Value) -> String {
    if topic == "fulfillments/update" || topic == "fulfillment_events/create" {
        let state = first(body, &["shipment_status", "status"]).unwrap_or_default();
        return match &*state {
            "cancelled" => "shipment_canceled".to_owned(),
            // The state of the order, before any carrier has it.
            "" | "success" | "pending" | "open" => "shipment_updated".to_owned(),
            "failure" | "error" => "shipment_failed".to_owned(),
            state => format!("shipment_{}", plain_name(state)),
        };
    }
    let known = NAMES.iter().find(|(it, _)| *it == topic);
    known.map_or_else(|| plain_name(topic), |(_, name)| (*name).to_owned())
}

fn customer(topic: &str, body: &Value, told: &mut Told<'_>) {
    told.is_identify = matches!(topic, "customers/create" | "customers/update");
    told.time = time(body, &["updated_at", "created_at"]).or(told.time);
    person(body, told);
    told.who
        .trait_of("createdAt", at(body, "created_at").cloned());
    let mut states = Map::new();
    for (place, name, channel) in [
        (
            "email_marketing_consent.state",
            "emailMarketing",
            Channel::Email,
        ),
        ("sms_marketing_consent.state", "smsMarketing", Channel::Sms),
    ] {
        let state = text(body, place);
        states.extend((state.iter()).map(|it| (channel.name().to_owned(), json!(it))));
        told.who.trait_of(name, state);
    }
    if !states.is_empty() {
        let consent = json!({ MARKETING: states });
        told.context.insert("consent".to_owned(), consent);
    }
    told.who.trait_of("tags", text(body, "tags"));
}

/// What a customer wants to hear of on one channel.
fn consent(channel: Channel, body: &Value, told: &mut Told<'_>) {
    let given = ["email_marketing_consent", "sms_marketing_consent"];
    let Some(given) = given.iter().find_map(|it| at(body, it)) else {
        return other(body, told);
    };
    told.time = time(given, &["consent_updated_at"]).or(told.time);
    told.channel = channel;
    told.who
        .known_by("shopify", first(body, &["customer_id", "id"]));
    told.who.email(first(body, &["email_address", "email"]));
    told.who.phone(text(body, "phone"));
    told.put("purpose", Some(MARKETING));
    told.put("channel", Some(channel.name()));
    told.put("state", text(given, "state"));
    told.put("opt_in_level", text(given, "opt_in_level"));
    told.put("collected_from", text(given, "consent_collected_from"));
}

/// What a customer object tells of somebody.
fn person(customer: &Value, told: &mut Told<'_>) {
    let who = &mut told.who;
    who.known_by("shopify", text(customer, "id"));
    who.email(text(customer, "email"));
    who.phone(text(customer, "phone"));
    who.trait_of("firstName", text(customer, "first_name"));
    who.trait_of("lastName", text(customer, "last_name"));
    let country = first(
        customer,
        &["default_address.country_code", "default_address.country"],
    );
    who.trait_of("country", country);
}

/// Whom an order or a checkout is of.
fn buyer(body: &Value, told: &mut Told<'_>) {
    if let Some(customer) = at(body, "customer") {
        person(customer, told);
    }
    let who = &mut told.who;
    who.email(first(body, &["email", "contact_email"]));
    who.phone(text(body, "phone"));
    for place in ["checkout_token", "cart_token"] {
        who.known_by("shopify_cart", text(body, place));
    }
    // A shop can put the browser's id into the cart, and so join visit and order.
    for note in list(body, "note_attributes") {
        let name = text(note, "name").unwrap_or_default().to_lowercase();
        if matches!(&*name, "anonymousid" | "anonymous_id" | "_anonymous_id") {
            who.add(IdentifierKind::Anonymous, text(note, "value"));
        }
    }
}

fn order(topic: &str, body: &Value, told: &mut Told<'_>) {
    told.time = match topic {
        "orders/create" => time(body, &["processed_at", "created_at"]),
        "orders/cancelled" => time(body, &["cancelled_at"]),
        _ => None,
    }
    .or(told.time)
    .or_else(|| time(body, &["updated_at", "created_at"]));
    told.channel = channel_of(body);
    buyer(body, told);
    of_order(text(body, "id"), told);
    told.put("order_number", first(body, &["name", "order_number"]));
    amounts(body, told);
    let mode = match first(body, &["source_name"]).as_deref() {
        Some(source) if source.contains("subscription") => "subscription",
        _ if told.channel == Channel::Store => "store",
        _ if told.channel == Channel::App => "app",
        _ => "web",
    };
    told.put("purchase_mode", Some(mode));
    told.put("source", text(body, "source_name"));
    told.put("financial_status", text(body, "financial_status"));
    told.put("fulfillment_status", text(body, "fulfillment_status"));
    told.put(
        "payment_method",
        first(body, &["payment_gateway_names.0", "gateway"]),
    );
    told.put("reason", text(body, "cancel_reason"));
    let location = first(body, &["location_id", "retail_location.id"]);
    told.put("location_id", location);
    let number = number(body, "customer.orders_count");
    told.put("orders_count", number);
    campaign(body, told);
}

fn channel_of(body: &Value) -> Channel {
    match text(body, "source_name").as_deref() {
        Some("pos") => Channel::Store,
        Some("iphone" | "android") => Channel::App,
        Some("shopify_draft_order") => Channel::Service,
        _ => Channel::Web,
    }
}

/// The number of an order is what its later parts are known by.
fn of_order(id: Option<impl AsRef<str>>, told: &mut Told<'_>) {
    if let Some(id) = id {
        told.who.add(IdentifierKind::Order, Some(id.as_ref()));
        told.who.known_by("shopify_order", Some(id.as_ref()));
        told.put("order_id", Some(id.as_ref()));
    }
}

fn amounts(body: &Value, told: &mut Told<'_>) {
    told.put("value", number(body, "total_price"));
    told.put(
        "currency",
        first(body, &["currency", "presentment_currency"]),
    );
    told.put("subtotal", number(body, "subtotal_price"));
    told.put("tax", number(body, "total_tax"));
    told.put(
        "discount",
        number(body, "total_discounts").filter(|it| *it != 0.0),
    );
    let shipping = number(body, "total_shipping_price_set.shop_money.amount");
    told.put("shipping", shipping);
    told.put("coupon", first(body, &["discount_codes.0.code"]));
    items(list(body, "line_items"), told);
}

fn items(lines: &[Value], told: &mut Told<'_>) {
    if lines.is_empty() {
        return;
    }
    let items = lines
        .iter()
        .map(|line| item(line, number(line, "quantity"), number(line, "price")));
    told.put("items", Some(items.collect::<Vec<Value>>()));
    told.put("items_count", Some(lines.len()));
    let pieces: f64 = lines.iter().filter_map(|it| number(it, "quantity")).sum();
    told.put("quantity", Some(pieces));
}

fn item(line: &Value, quantity: Option<f64>, price: Option<f64>) -> Value {
    let mut item = serde_json::Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        item.extend(value.map(|it| (name.to_owned(), it)));
    };
    let shown = |place| text(line, place).map(|it| Value::from(it.into_owned()));
    put("product_id", shown("product_id"));
    put("sku", shown("sku"));
    put("name", shown("title").or_else(|| shown("name")));
    put("variant", shown("variant_title"));
    put("quantity", quantity.map(Value::from));
    put("price", price.map(Value::from));
    Value::Object(item)
}

/// The campaign that led to the visit in which somebody ordered.
fn campaign(body: &Value, told: &mut Told<'_>) {
    let Some(landing) = text(body, "landing_site") else {
        return;
    };
    let mut campaign = serde_json::Map::new();
    let query = landing.split_once('?').map_or("", |(_, query)| query);
    for (name, value) in super::super::form::pairs(query.split('#').next().unwrap_or_default()) {
        if let Some(part) = name.strip_prefix("utm_")
            && !value.is_empty()
        {
            let part = if part == "campaign" { "name" } else { part };
            campaign.insert(part.to_owned(), json!(value));
        }
    }
    if !campaign.is_empty() {
        told.context.insert("campaign".to_owned(), campaign.into());
    }
    told.put("landing_page", Some(landing));
    told.put("referrer", text(body, "referring_site"));
}

fn refund(body: &Value, told: &mut Told<'_>) {
    told.time = time(body, &["processed_at", "created_at"]).or(told.time);
    of_order(text(body, "order_id"), told);
    told.put("refund_id", text(body, "id"));
    told.put("reason", text(body, "note"));
    let lines = list(body, "refund_line_items");
    let parts = lines.iter().map(|part| {
        let quantity = number(part, "quantity");
        let mut line = item(
            at(part, "line_item").unwrap_or(&Value::Null),
            quantity,
            number(part, "line_item.price"),
        );
        if let (Value::Object(members), Some(amount)) = (&mut line, number(part, "subtotal")) {
            members.insert("value".to_owned(), json!(amount));
        }
        line
    });
    let parts: Vec<Value> = parts.collect();
    if !parts.is_empty() {
        told.put("items_count", Some(parts.len()));
        told.put("items", Some(parts));
    }
    let is_paid = |it: &&Value| {
        text(it, "kind").as_deref() == Some("refund")
            && !matches!(text(it, "status").as_deref(), Some("failure" | "error"))
    };
    let paid: Vec<&Value> = list(body, "transactions").iter().filter(is_paid).collect();
    let value: f64 = match paid.is_empty() {
        false => paid.iter().filter_map(|it| number(it, "amount")).sum(),
        true => {
            let sum = |place| lines.iter().filter_map(|it| number(it, place)).sum::<f64>();
            sum("subtotal") + sum("total_tax")
        }
    };
    told.put("value", Some(cents(value)));
    let currency = paid.iter().find_map(|it| text(it, "currency"));
    let shop = "refund_line_items.0.subtotal_set.shop_money.currency_code";
    told.put("currency", currency.or_else(|| text(body, shop)));
    if let Some(customer) = at(body, "customer") {
        person(customer, told);
    }
}

/// A sum of amounts without the dust of binary fractions.
fn cents(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

fn shipment(topic: &str, body: &Value, told: &mut Told<'_>) {
    told.channel = Channel::Delivery;
    told.time = match topic {
        "fulfillments/create" => time(body, &["created_at"]),
        "fulfillment_events/create" => time(body, &["happened_at", "created_at"]),
        _ => time(body, &["updated_at"]),
    }
    .or(told.time);
    of_order(text(body, "order_id"), told);
    told.put(
        "order_number",
        text(body, "name").map(|it| order_of(&it).to_owned()),
    );
    let id = match topic.starts_with("fulfillment_events") {
        true => text(body, "fulfillment_id"),
        false => text(body, "id"),
    };
    told.put("shipment_id", id);
    told.put("carrier", text(body, "tracking_company"));
    told.put(
        "tracking_number",
        first(body, &["tracking_number", "tracking_numbers.0"]),
    );
    told.put("status", first(body, &["shipment_status", "status"]));
    let promised = time(body, &["estimated_delivery_at", "estimated_delivery_date"]);
    told.put("promised_at", promised.map(|it| it.to_string()));
    told.put("service", text(body, "service"));
    told.who.email(text(body, "email"));
    items(list(body, "line_items"), told);
}

/// The order in the name of a shipment, `#1001.1`.
fn order_of(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(order, _)| order)
}

fn checkout(object: &str, body: &Value, told: &mut Told<'_>) {
    let places: &[&str] = match told.name.ends_with("updated") {
        true => &["updated_at", "created_at"],
        false => &["created_at", "updated_at"],
    };
    told.time = time(body, places).or(told.time);
    buyer(body, told);
    told.who.known_by("shopify_cart", text(body, "token"));
    let id = match object {
        "carts" => "cart_id",
        _ => "checkout_id",
    };
    told.put(id, first(body, &["token", "id"]));
    told.put("checkout_url", text(body, "abandoned_checkout_url"));
    told.channel = channel_of(body);
    amounts(body, told);
    campaign(body, told);
}

/// Topics without a recipe: whoever is named, and the plain members.
fn other(body: &Value, told: &mut Told<'_>) {
    told.time = told
        .time
        .or_else(|| time(body, &["updated_at", "created_at"]));
    buyer(body, told);
    told.who.known_by(
        "shopify",
        first(body, &["customer_id", "admin_graphql_api_customer_id"])
            .map(|it| it.rsplit('/').next().unwrap_or_default().to_owned()),
    );
    let order = first(
        body,
        &["order_id", "order.id", "admin_graphql_api_order_id"],
    );
    of_order(
        order.map(|it| it.rsplit('/').next().unwrap_or_default().to_owned()),
        told,
    );
    for (name, value) in plain(body) {
        told.put(name, Some(value.clone()));
    }
}
