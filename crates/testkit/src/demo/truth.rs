//! The truth about the demo shop: which problems were planted, where, and how large they are.

use serde::{Deserialize, Serialize};
use throughline_model::{Matcher, TimeRange, Timestamp};

use super::Demo;
use super::person::{APP_NEW, LATE_REGION};
use super::plan;
use super::visit::SOLD_OUT_CAMPAIGN;

/// What a diagnosis of the demo shop can be scored against.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    pub profiles: u32,
    pub seed: u64,
    pub range: TimeRange,
    pub events_count: u64,
    /// What the shop is for.
    pub goal: Matcher,
    pub problems: Vec<Problem>,
    /// Touchpoints that look suspicious and do no harm.
    pub harmless: Vec<Harmless>,
    /// What a map should find: the order in which things happen, and their stages.
    pub steps: Vec<TrueStep>,
}

/// One planted problem.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    pub id: String,
    pub kind: ProblemKind,
    pub title: String,
    /// Since when; none means all along.
    pub since: Option<Timestamp>,
    /// The events at which it is met.
    pub place: Matcher,
    /// Whom it hits, and with whom they compare.
    pub exposed: String,
    pub compared: String,
    /// Whether the lot decided who is hit, so that the plain difference is the effect.
    pub is_by_lot: bool,
    pub measure: Measure,
    /// What is measured.
    pub outcome: String,
    /// As planned; where none is given the effect follows from a delay.
    pub planned: Option<Planned>,
    /// As it came out in these data.
    pub counted: Counted,
}

/// The five kinds that a diagnosis looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    ExpectationGap,
    NeedlessTouchpoint,
    Friction,
    ChannelLoss,
    SlowStage,
}

/// How the effect is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// The share of cases in which the outcome happens.
    Share,
    /// The mean of a score of 1 to 5.
    Score,
}

/// The sizes that the generator was told to plant.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    pub exposed: f64,
    pub compared: f64,
}

/// The cases that the generator counted while it told the events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    pub exposed: Cases,
    pub compared: Cases,
}

/// A number of cases, and the sum of their outcomes: 0 or 1, or scores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cases {
    pub n: u64,
    pub sum: i64,
}

impl Cases {
    /// The mean outcome; none without cases.
    pub fn mean(self) -> Option<f64> {
        (self.n > 0).then(|| self.sum as f64 / self.n as f64)
    }
}

/// A touchpoint without any planted effect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Harmless {
    pub place: Matcher,
    /// Why it may look like a cause.
    pub trap: String,
}

/// A step of the map that the generator follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrueStep {
    pub event: String,
    pub stage: String,
}

/// The planted problems; the discriminant is the place in [`Tally`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Planted {
    LateExpress,
    HiddenFee,
    CheckoutPopup,
    DuplicateReminder,
    AddressLoop,
    EmptySearch,
    CallHandover,
    SoldOutLanding,
    PaymentReview,
    SlowAnswer,
}

const PLANTED_COUNT: usize = 10;

/// What was counted while events were told. Tallies of different people add up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub events_count: u64,
    planted: [Counted; PLANTED_COUNT],
}

impl Tally {
    pub(super) fn see(&mut self, planted: Planted, is_exposed: bool, outcome: i64) {
        let counted = &mut self.planted[planted as usize];
        let cases = if is_exposed {
            &mut counted.exposed
        } else {
            &mut counted.compared
        };
        cases.n += 1;
        cases.sum += outcome;
    }

    /// Adds what was counted elsewhere.
    pub fn add(&mut self, other: &Self) {
        self.events_count += other.events_count;
        for (mine, theirs) in self.planted.iter_mut().zip(&other.planted) {
            for (mine, theirs) in [
                (&mut mine.exposed, theirs.exposed),
                (&mut mine.compared, theirs.compared),
            ] {
                mine.n += theirs.n;
                mine.sum += theirs.sum;
            }
        }
    }
}

impl Truth {
    /// The truth about a demo shop of which everything was told.
    pub(super) fn new(demo: &Demo, tally: &Tally) -> Self {
        Self {
            profiles: demo.profiles,
            seed: demo.seed,
            range: TimeRange {
                from: Timestamp(demo.start()),
                to: demo.end,
            },
            events_count: tally.events_count,
            goal: matcher(r#"{"events":["order_placed"]}"#),
            problems: problems(demo, tally),
            harmless: harmless(),
            steps: STEPS
                .iter()
                .flat_map(|(stage, events)| {
                    events.iter().map(|event| TrueStep {
                        event: (*event).to_owned(),
                        stage: (*stage).to_owned(),
                    })
                })
                .collect(),
        }
    }
}

const STEPS: [(&str, &[&str]); 5] = [
    ("awareness", &["ad_clicked", "social_post_clicked"]),
    (
        "consideration",
        &["product_searched", "product_viewed", "reviews_read"],
    ),
    (
        "decision",
        &[
            "product_added",
            "cart_viewed",
            "checkout_started",
            "address_entered",
            "delivery_chosen",
        ],
    ),
    ("purchase", &["payment_submitted", "order_placed"]),
    (
        "after",
        &[
            "order_shipped",
            "order_delivered",
            "survey_answered",
            "review_submitted",
        ],
    ),
];

struct Draft {
    planted: Planted,
    id: &'static str,
    kind: ProblemKind,
    title: &'static str,
    place: String,
    exposed: &'static str,
    compared: &'static str,
    is_by_lot: bool,
    outcome: &'static str,
    planned: Option<(f64, f64)>,
}

fn problems(demo: &Demo, tally: &Tally) -> Vec<Problem> {
    drafts()
        .into_iter()
        .map(|draft| Problem {
            id: draft.id.to_owned(),
            kind: draft.kind,
            title: draft.title.to_owned(),
            since: (draft.planted == Planted::AddressLoop).then(|| demo.middle()),
            place: matcher(&draft.place),
            exposed: draft.exposed.to_owned(),
            compared: draft.compared.to_owned(),
            is_by_lot: draft.is_by_lot,
            measure: if draft.outcome.starts_with("score") {
                Measure::Score
            } else {
                Measure::Share
            },
            outcome: draft.outcome.to_owned(),
            planned: draft
                .planned
                .map(|(exposed, compared)| Planned { exposed, compared }),
            counted: tally.planted[draft.planted as usize],
        })
        .collect()
}

fn place(event: &str, conditions: &[(&str, &str)]) -> String {
    let conditions: Vec<String> = conditions
        .iter()
        .map(|(field, test)| format!(r#"{{"where":{{"field":"{field}","test":{test}}}}}"#))
        .collect();
    format!(
        r#"{{"events":["{event}"],"rule":{{"all":[{}]}}}}"#,
        conditions.join(",")
    )
}

fn matcher(text: &str) -> Matcher {
    serde_json::from_str(text).expect("the matchers of the truth are written here, and tested")
}

fn drafts() -> [Draft; PLANTED_COUNT] {
    [
        late_express(),
        Draft {
            planted: Planted::HiddenFee,
            id: "hidden-handling-fee",
            kind: ProblemKind::ExpectationGap,
            title: "Bulky goods cost more at the delivery choice than any page said",
            place: place(
                "delivery_chosen",
                &[("properties.handling_fee", r#"{"greater":0}"#)],
            ),
            exposed: "delivery choices with a handling fee",
            compared: "delivery choices without one",
            is_by_lot: false,
            outcome: "goes on to pay in the same visit",
            planned: Some((plan::PAYS_WITH_FEE, plan::PAYS)),
        },
        Draft {
            planted: Planted::CheckoutPopup,
            id: "coupon-popup-at-checkout",
            kind: ProblemKind::NeedlessTouchpoint,
            title: "The coupon pop-up at the web checkout sends people away",
            place: place("coupon_popup_shown", &[]),
            exposed: "web checkouts with the pop-up",
            compared: "web checkouts without it",
            is_by_lot: true,
            outcome: "goes on from the start of the checkout",
            planned: Some((plan::GOES_ON_WITH_POPUP, plan::GOES_ON)),
        },
        Draft {
            planted: Planted::DuplicateReminder,
            id: "duplicate-cart-reminder",
            kind: ProblemKind::NeedlessTouchpoint,
            title: "The second cart reminder brings nobody back and loses subscribers",
            place: place(
                "email_sent",
                &[("properties.template", r#"{"is":["cart_reminder_again"]}"#)],
            ),
            exposed: "carts that got the second reminder",
            compared: "carts that got the first one only and did not come back",
            is_by_lot: true,
            outcome: "unsubscribes",
            planned: Some((plan::UNSUBSCRIBES_BY_DUPLICATE, plan::UNSUBSCRIBES)),
        },
        address_loop(),
        Draft {
            planted: Planted::EmptySearch,
            id: "searches-without-result",
            kind: ProblemKind::Friction,
            title: "Searches that find nothing end the visit",
            place: place(
                "product_searched",
                &[("properties.results_count", r#"{"is":[0]}"#)],
            ),
            exposed: "searches without a result",
            compared: "searches with results",
            is_by_lot: true,
            outcome: "leaves at once",
            planned: Some((plan::LEAVES_AFTER_EMPTY_SEARCH, plan::LEAVES_AFTER_SEARCH)),
        },
        Draft {
            planted: Planted::CallHandover,
            id: "web-to-call-loses-carts",
            kind: ProblemKind::ChannelLoss,
            title: "Who is handed over from the cart to the phone has to start again",
            place: place(
                "call_requested",
                &[("properties.topic", r#"{"is":["cart"]}"#)],
            ),
            exposed: "carts that asked for help and got the phone",
            compared: "carts that asked for help and got the chat",
            is_by_lot: true,
            outcome: "goes on to the checkout after the talk",
            planned: Some((plan::GOES_ON_AFTER_CALL, plan::GOES_ON_AFTER_CHAT)),
        },
        Draft {
            planted: Planted::SoldOutLanding,
            id: "ads-land-on-sold-out-product",
            kind: ProblemKind::ChannelLoss,
            title: "One campaign leads to a product that is sold out",
            place: place(
                "ad_clicked",
                &[(
                    "properties.campaign",
                    &format!(r#"{{"is":["{SOLD_OUT_CAMPAIGN}"]}}"#),
                )],
            ),
            exposed: "clicks on that campaign",
            compared: "clicks on other ads",
            is_by_lot: true,
            outcome: "leaves from the landing page",
            planned: Some((plan::BOUNCES_SOLD_OUT, plan::BOUNCES)),
        },
        Draft {
            planted: Planted::PaymentReview,
            id: "slow-review-of-first-payments",
            kind: ProblemKind::SlowStage,
            title: "First payments wait about two days for a review",
            place: place("payment_held", &[]),
            exposed: "first payments of a customer",
            compared: "later payments",
            is_by_lot: false,
            outcome: "is canceled before it becomes an order",
            planned: Some((plan::CANCELS_PER_DAY * 48.0 / 24.0, plan::CANCELS)),
        },
        Draft {
            planted: Planted::SlowAnswer,
            id: "slow-answers-about-returns",
            kind: ProblemKind::SlowStage,
            title: "Tickets about returns wait two days for their first answer",
            place: place(
                "ticket_opened",
                &[("properties.topic", r#"{"is":["returns"]}"#)],
            ),
            exposed: "scored tickets about returns",
            compared: "scored tickets about anything else",
            is_by_lot: false,
            outcome: "score of the ticket",
            planned: None,
        },
    ]
}

fn late_express() -> Draft {
    Draft {
        planted: Planted::LateExpress,
        id: "late-express-west",
        kind: ProblemKind::ExpectationGap,
        title: "Express to the west: promised in two days, there after four",
        place: place(
            "order_delivered",
            &[
                ("properties.method", r#"{"is":["express"]}"#),
                (
                    "properties.region",
                    &format!(r#"{{"is":["{LATE_REGION}"]}}"#),
                ),
            ],
        ),
        exposed: "scored express orders to the west",
        compared: "scored express orders to elsewhere",
        is_by_lot: false,
        outcome: "score after the delivery",
        planned: None,
    }
}

fn address_loop() -> Draft {
    let refused = plan::ADDRESS_REFUSED;
    let (leaves, again) = (plan::GIVES_UP_PER_REFUSAL, plan::ADDRESS_REFUSED_AGAIN);
    // Each refusal loses some; the rest of them is refused again with a fixed share.
    let lost = refused * leaves / (1.0 - (1.0 - leaves) * again);
    Draft {
        planted: Planted::AddressLoop,
        id: "address-form-loop",
        kind: ProblemKind::Friction,
        title: "The new app refuses good addresses again and again",
        place: place(
            "address_rejected",
            &[("context.app.version", &format!(r#"{{"is":["{APP_NEW}"]}}"#))],
        ),
        exposed: "address forms in the new app version",
        compared: "address forms in the old one",
        is_by_lot: false,
        outcome: "gets past the address form",
        planned: Some((1.0 - lost, 1.0 - plan::ADDRESS_REFUSED_ELSEWHERE * leaves)),
    }
}

fn harmless() -> Vec<Harmless> {
    [
        (
            "recommendation_shown",
            "shown by lot beside the cart, without any effect",
        ),
        (
            "loyalty_banner_shown",
            "shown to members only, who buy more anyway",
        ),
        ("wishlist_added", "comes with long visits, changes nothing"),
        (
            "chat_requested",
            "asked by those in doubt; the talk itself keeps them",
        ),
        ("whatsapp_sent", "follows orders, so it goes with buying"),
    ]
    .into_iter()
    .map(|(event, trap)| Harmless {
        place: matcher(&format!(r#"{{"events":["{event}"]}}"#)),
        trap: trap.to_owned(),
    })
    .collect()
}
