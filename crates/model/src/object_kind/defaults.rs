//! The kinds of objects that a workspace has until it writes its own.
//!
//! Names are those of the specifications and shops that are met most: e-commerce events as libraries of
//! analytics name them, webhooks of shops, of payments and of help desks. A name that nobody sends costs nothing.

use std::sync::LazyLock;

use super::{Counting, ObjectKind, ObjectState, Promise};
use crate::{EventName, Field, Matcher, Rule, Span, Test, Value};

/// Orders, shipments, tickets, calls, subscriptions, bookings and deals.
pub fn default_object_kinds() -> &'static [ObjectKind] {
    static KINDS: LazyLock<Vec<ObjectKind>> = LazyLock::new(|| {
        vec![
            order(),
            shipment(),
            ticket(),
            call(),
            subscription(),
            booking(),
            deal(),
        ]
    });
    &KINDS
}

const GOES_ON: bool = false;
const ENDS: bool = true;

fn order() -> ObjectKind {
    ObjectKind {
        id: "order".to_owned(),
        name: "Orders".to_owned(),
        keys: fields(&["order_id", "orderId", "order_number", "transaction_id"]),
        states: vec![
            state(
                "placed",
                "Placed",
                GOES_ON,
                &[
                    "order_placed",
                    "Order Placed",
                    "order_created",
                    "Order Created",
                    "order_completed",
                    "Order Completed",
                    "purchase",
                    "Purchase",
                    "purchased",
                ],
            ),
            state(
                "paid",
                "Paid",
                GOES_ON,
                &[
                    "order_paid",
                    "Order Paid",
                    "payment_succeeded",
                    "Payment Succeeded",
                    "payment_captured",
                    "payment_received",
                ],
            ),
            state(
                "shipped",
                "Shipped",
                GOES_ON,
                &[
                    "order_shipped",
                    "Order Shipped",
                    "order_fulfilled",
                    "Order Fulfilled",
                    "order_partially_fulfilled",
                    "shipment_created",
                    "fulfillment_created",
                ],
            ),
            state(
                "delivered",
                "Delivered",
                ENDS,
                &[
                    "order_delivered",
                    "Order Delivered",
                    "parcel_delivered",
                    "order_collected",
                    "Order Collected",
                    "order_picked_up",
                    "shipment_delivered",
                ],
            ),
            state(
                "returned",
                "Returned",
                ENDS,
                &[
                    "order_returned",
                    "Order Returned",
                    "return_received",
                    "return_closed",
                ],
            ),
            state(
                "refunded",
                "Refunded",
                ENDS,
                &[
                    "order_refunded",
                    "Order Refunded",
                    "refund",
                    "refund_issued",
                    "refund_created",
                ],
            ),
            state(
                "cancelled",
                "Canceled",
                ENDS,
                &[
                    "order_cancelled",
                    "order_canceled",
                    "Order Cancelled",
                    "Order Canceled",
                ],
            ),
        ],
        promise: Some(promise(
            &[
                "promised_at",
                "estimated_delivery",
                "estimated_delivery_at",
                "estimated_delivery_date",
                "promised_delivery",
            ],
            "delivered",
        )),
        belongs_to: Vec::new(),
    }
}

fn shipment() -> ObjectKind {
    ObjectKind {
        id: "shipment".to_owned(),
        name: "Shipments".to_owned(),
        keys: fields(&[
            "shipment_id",
            "shipmentId",
            "tracking_number",
            "fulfillment_id",
        ]),
        states: vec![
            state(
                "created",
                "Created",
                GOES_ON,
                &[
                    "shipment_created",
                    "Shipment Created",
                    "shipment_confirmed",
                    "shipment_label_printed",
                    "fulfillment_created",
                    "order_shipped",
                    "order_fulfilled",
                ],
            ),
            state(
                "in_transit",
                "In transit",
                GOES_ON,
                &[
                    "shipment_in_transit",
                    "shipment_departed",
                    "shipment_delayed",
                    "in_transit",
                ],
            ),
            state(
                "out_for_delivery",
                "Out for delivery",
                GOES_ON,
                &["shipment_out_for_delivery", "out_for_delivery"],
            ),
            state(
                "ready",
                "Ready for pickup",
                GOES_ON,
                &["shipment_ready_for_pickup"],
            ),
            state(
                "attempted",
                "Not met",
                GOES_ON,
                &[
                    "shipment_attempted",
                    "shipment_attempted_delivery",
                    "delivery_attempted",
                    "delivery_failed",
                    "shipment_failed",
                ],
            ),
            state(
                "delivered",
                "Delivered",
                ENDS,
                &[
                    "shipment_delivered",
                    "Shipment Delivered",
                    "parcel_delivered",
                    "order_delivered",
                ],
            ),
            state(
                "returned",
                "Returned",
                ENDS,
                &["shipment_returned", "returned_to_sender"],
            ),
            state(
                "cancelled",
                "Canceled",
                ENDS,
                &["shipment_canceled", "shipment_cancelled"],
            ),
        ],
        promise: Some(promise(
            &[
                "promised_at",
                "estimated_delivery",
                "estimated_delivery_at",
                "estimated_delivery_date",
            ],
            "delivered",
        )),
        belongs_to: vec!["order".to_owned()],
    }
}

fn ticket() -> ObjectKind {
    ObjectKind {
        id: "ticket".to_owned(),
        name: "Tickets".to_owned(),
        keys: fields(&["ticket_id", "ticketId", "conversation_id", "case_id"]),
        states: vec![
            state(
                "opened",
                "Opened",
                GOES_ON,
                &[
                    "ticket_opened",
                    "Ticket Opened",
                    "ticket_created",
                    "Ticket Created",
                    "conversation_started",
                ],
            ),
            state(
                "answered",
                "Answered",
                GOES_ON,
                &["ticket_answered", "ticket_replied", "Ticket Replied"],
            ),
            state("reopened", "Reopened", GOES_ON, &["ticket_reopened"]),
            state(
                "solved",
                "Solved",
                ENDS,
                &[
                    "ticket_solved",
                    "Ticket Solved",
                    "ticket_resolved",
                    "ticket_closed",
                    "Ticket Closed",
                    "conversation_closed",
                ],
            ),
        ],
        promise: Some(promise(
            &["promised_at", "due_at", "answer_due_at"],
            "solved",
        )),
        belongs_to: vec!["order".to_owned()],
    }
}

fn call() -> ObjectKind {
    ObjectKind {
        id: "call".to_owned(),
        name: "Calls".to_owned(),
        keys: fields(&["call_id", "callId"]),
        states: vec![
            state(
                "requested",
                "Asked for",
                GOES_ON,
                &["call_requested", "callback_requested"],
            ),
            state(
                "started",
                "Taken",
                GOES_ON,
                &["call_started", "call_answered"],
            ),
            state("ended", "Ended", ENDS, &["call_ended", "call_completed"]),
            state("missed", "Missed", ENDS, &["call_missed", "call_abandoned"]),
        ],
        promise: Some(promise(&["promised_at", "callback_at"], "started")),
        belongs_to: vec!["ticket".to_owned()],
    }
}

fn subscription() -> ObjectKind {
    ObjectKind {
        id: "subscription".to_owned(),
        name: "Subscriptions".to_owned(),
        keys: fields(&["subscription_id", "subscriptionId"]),
        states: vec![
            state("trialing", "On trial", GOES_ON, &["trial_started"]),
            state(
                "active",
                "Active",
                GOES_ON,
                &[
                    "subscription_created",
                    "subscription_started",
                    "Subscription Started",
                    "subscription_renewed",
                    "subscription_resumed",
                    "invoice_paid",
                ],
            ),
            state(
                "past_due",
                "Past due",
                GOES_ON,
                &["invoice_payment_failed", "subscription_past_due"],
            ),
            state("paused", "Paused", GOES_ON, &["subscription_paused"]),
            state(
                "cancelled",
                "Canceled",
                ENDS,
                &[
                    "subscription_cancelled",
                    "subscription_canceled",
                    "subscription_deleted",
                    "Subscription Cancelled",
                    "subscription_ended",
                ],
            ),
        ],
        promise: None,
        belongs_to: Vec::new(),
    }
}

fn booking() -> ObjectKind {
    ObjectKind {
        id: "booking".to_owned(),
        name: "Bookings".to_owned(),
        keys: fields(&["booking_id", "bookingId", "reservation_id"]),
        states: vec![
            state(
                "booked",
                "Booked",
                GOES_ON,
                &["booking_created", "Booking Created", "reservation_created"],
            ),
            state("confirmed", "Confirmed", GOES_ON, &["booking_confirmed"]),
            state(
                "started",
                "Begun",
                GOES_ON,
                &["booking_started", "checked_in", "appointment_started"],
            ),
            state(
                "completed",
                "Completed",
                ENDS,
                &["booking_completed", "checked_out", "appointment_ended"],
            ),
            state(
                "missed",
                "Not shown up",
                ENDS,
                &["booking_missed", "no_show"],
            ),
            state(
                "cancelled",
                "Canceled",
                ENDS,
                &["booking_cancelled", "booking_canceled"],
            ),
        ],
        promise: Some(promise(&["promised_at", "starts_at"], "started")),
        belongs_to: Vec::new(),
    }
}

/// Stages are those that HubSpot begins with; other pipelines name their own.
fn deal() -> ObjectKind {
    const MOVED: [&str; 3] = [
        "deal_stage_changed",
        "Deal Stage Changed",
        "opportunity_stage_changed",
    ];
    let stage = |test: Test| Rule::Where {
        field: Field::Property(vec!["stage".to_owned()]),
        test,
    };
    let texts = |texts: &[&str]| {
        texts
            .iter()
            .map(|it| Value::Text((*it).to_owned()))
            .collect()
    };
    let is_not_moved = Rule::Where {
        field: Field::Event,
        test: Test::IsNot(texts(&MOVED)),
    };
    // Either an event that says so by its name, or a move to the stage of that meaning.
    let closed = |id: &str, name: &str, events: &[&str], at: &str| {
        let mut state = state(id, name, ENDS, &[events, &MOVED].concat());
        let is_there = stage(Test::Is(texts(&[at])));
        state.entry.rule = Some(Rule::Any(vec![is_not_moved.clone(), is_there]));
        state
    };
    let mut open = state("in_progress", "In progress", GOES_ON, &MOVED);
    open.entry.rule = Some(stage(Test::IsNot(texts(&["closedwon", "closedlost"]))));
    ObjectKind {
        id: "deal".to_owned(),
        name: "Deals".to_owned(),
        keys: fields(&["deal_id", "dealId", "opportunity_id"]),
        states: vec![
            state(
                "created",
                "Created",
                GOES_ON,
                &["deal_created", "Deal Created", "opportunity_created"],
            ),
            open,
            closed(
                "won",
                "Won",
                &["deal_won", "Deal Won", "opportunity_won"],
                "closedwon",
            ),
            closed(
                "lost",
                "Lost",
                &["deal_lost", "Deal Lost", "opportunity_lost"],
                "closedlost",
            ),
            state("deleted", "Deleted", ENDS, &["deal_deleted"]),
        ],
        promise: None,
        belongs_to: Vec::new(),
    }
}

fn fields(names: &[&str]) -> Vec<Field> {
    let field = |name: &&str| Field::Property(vec![(*name).to_owned()]);
    names.iter().map(field).collect()
}

fn state(id: &str, name: &str, ends: bool, events: &[&str]) -> ObjectState {
    let event = |name: &&str| EventName::parse(name).expect("names of ours are names");
    ObjectState {
        id: id.to_owned(),
        name: name.to_owned(),
        entry: Matcher {
            events: events.iter().map(event).collect(),
            ..Matcher::default()
        },
        ends,
    }
}

fn promise(told: &[&str], kept_by: &str) -> Promise {
    Promise {
        told: fields(told),
        counts: Counting::First,
        kept_by: kept_by.to_owned(),
        tolerance: Span(0),
    }
}
