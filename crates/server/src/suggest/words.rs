//! The words in event names that tell where something happened, and how far along.

use throughline_model::Channel;

/// A touchpoint that names can speak of.
pub struct Place {
    pub id: &'static str,
    pub name: &'static str,
    /// Where it is, when the event does not say so itself.
    pub channel: Option<Channel>,
    /// One of these words is in the name.
    words: &'static [&'static str],
    /// None of these is.
    not: &'static [&'static str],
    phase: Option<Phase>,
}

/// A stage that names can speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Awareness,
    Consideration,
    Decision,
    Purchase,
    After,
}

impl Phase {
    /// Every phase, in the order of the relationship.
    pub const ALL: [Self; 5] = [
        Self::Awareness,
        Self::Consideration,
        Self::Decision,
        Self::Purchase,
        Self::After,
    ];

    /// The stage's id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Awareness => "awareness",
            Self::Consideration => "consideration",
            Self::Decision => "decision",
            Self::Purchase => "purchase",
            Self::After => "after",
        }
    }

    /// The stage's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Awareness => "Awareness",
            Self::Consideration => "Consideration",
            Self::Decision => "Decision",
            Self::Purchase => "Purchase",
            Self::After => "After purchase",
        }
    }
}

/// Names that stand for a purchase wherever they are.
const BOUGHT: [&str; 5] = [
    "purchase",
    "purchased",
    "bought",
    "transaction",
    "subscribed",
];
const ORDERED: [&str; 4] = ["order", "checkout", "payment", "transaction"];
const DONE: [&str; 9] = [
    "placed",
    "completed",
    "complete",
    "done",
    "paid",
    "succeeded",
    "success",
    "confirmed",
    "made",
];

/// The first that fits decides, so what is sent comes before what it is about.
pub const PLACES: &[Place] = &[
    Place {
        id: "email",
        name: "Email",
        channel: Some(Channel::Email),
        words: &["email", "mail", "newsletter"],
        not: &["entered", "verified"],
        phase: None,
    },
    Place {
        id: "sms",
        name: "SMS",
        channel: Some(Channel::Sms),
        words: &["sms"],
        not: &[],
        phase: None,
    },
    Place {
        id: "push",
        name: "Push message",
        channel: Some(Channel::Push),
        words: &["push", "notification"],
        not: &[],
        phase: None,
    },
    Place {
        id: "whatsapp",
        name: "WhatsApp",
        channel: Some(Channel::Whatsapp),
        words: &["whatsapp", "wechat", "line"],
        not: &[],
        phase: None,
    },
    Place {
        id: "phone_call",
        name: "Phone call",
        channel: Some(Channel::Call),
        words: &["call", "phone", "voicemail"],
        not: &[],
        phase: None,
    },
    Place {
        id: "chat",
        name: "Chat",
        channel: Some(Channel::Chat),
        words: &["chat", "livechat", "chatbot"],
        not: &[],
        phase: None,
    },
    Place {
        id: "ad",
        name: "Advertisement",
        channel: Some(Channel::Ads),
        words: &[
            "ad",
            "ads",
            "advert",
            "advertisement",
            "impression",
            "campaign",
            "banner",
        ],
        not: &["loyalty"],
        phase: Some(Phase::Awareness),
    },
    Place {
        id: "social_post",
        name: "Social post",
        channel: Some(Channel::Social),
        words: &["social", "post", "influencer", "mentioned"],
        not: &[],
        phase: Some(Phase::Awareness),
    },
    Place {
        id: "store_visit",
        name: "Store",
        channel: Some(Channel::Store),
        words: &["store", "pos", "branch", "showroom"],
        not: &["app"],
        phase: Some(Phase::Consideration),
    },
    Place {
        id: "survey",
        name: "Survey",
        channel: None,
        words: &["survey", "nps", "csat", "feedback"],
        not: &[],
        phase: Some(Phase::After),
    },
    Place {
        id: "review",
        name: "Review",
        channel: Some(Channel::Review),
        words: &["review", "rating", "rated"],
        not: &[],
        phase: Some(Phase::After),
    },
    Place {
        id: "support",
        name: "Support",
        channel: Some(Channel::Service),
        words: &[
            "ticket",
            "support",
            "complaint",
            "complained",
            "help",
            "faq",
            "contact",
        ],
        not: &[],
        phase: Some(Phase::After),
    },
    Place {
        id: "returns",
        name: "Returns and refunds",
        channel: Some(Channel::Service),
        words: &["return", "returned", "refund", "refunded", "exchange"],
        not: &[],
        phase: Some(Phase::After),
    },
    Place {
        id: "delivery",
        name: "Delivery",
        channel: Some(Channel::Delivery),
        words: &[
            "delivery",
            "delivered",
            "shipped",
            "shipping",
            "shipment",
            "courier",
            "parcel",
            "package",
            "collected",
            "pickup",
        ],
        not: &["chosen", "selected", "address"],
        phase: Some(Phase::After),
    },
    Place {
        id: "order",
        name: "Order",
        channel: None,
        words: &[
            "order",
            "orders",
            "purchase",
            "purchased",
            "bought",
            "transaction",
        ],
        not: &[],
        phase: None,
    },
    Place {
        id: "payment",
        name: "Payment",
        channel: None,
        words: &["payment", "pay", "paid", "billing", "invoice"],
        not: &[],
        phase: Some(Phase::Decision),
    },
    Place {
        id: "checkout",
        name: "Checkout",
        channel: None,
        words: &[
            "checkout", "address", "delivery", "shipping", "coupon", "voucher", "booking",
        ],
        not: &[],
        phase: Some(Phase::Decision),
    },
    Place {
        id: "wishlist",
        name: "Wish list",
        channel: None,
        words: &["wishlist", "wish", "favorite", "favorited", "favourite"],
        not: &[],
        phase: Some(Phase::Consideration),
    },
    Place {
        id: "cart",
        name: "Cart",
        channel: None,
        words: &["cart", "basket", "added", "removed"],
        not: &[],
        phase: Some(Phase::Consideration),
    },
    Place {
        id: "loyalty",
        name: "Loyalty",
        channel: None,
        words: &[
            "loyalty", "points", "reward", "friend", "referral", "referred", "invited",
        ],
        not: &[],
        phase: Some(Phase::After),
    },
    Place {
        id: "account",
        name: "Account",
        channel: None,
        words: &[
            "signed",
            "sign",
            "signup",
            "login",
            "logged",
            "logout",
            "register",
            "registered",
            "registration",
            "account",
            "password",
        ],
        not: &[],
        phase: None,
    },
    Place {
        id: "search",
        name: "Search and lists",
        channel: None,
        words: &[
            "search", "searched", "list", "filtered", "filter", "category", "catalog",
        ],
        not: &[],
        phase: Some(Phase::Consideration),
    },
    Place {
        id: "product_page",
        name: "Product page",
        channel: None,
        words: &[
            "product",
            "item",
            "detail",
            "details",
            "price",
            "pricing",
            "recommendation",
            "reviews",
            "guide",
            "compare",
            "compared",
            "demo",
            "trial",
        ],
        not: &[],
        phase: Some(Phase::Consideration),
    },
    Place {
        id: "pages",
        name: "Pages and screens",
        channel: None,
        words: &[
            "page", "screen", "home", "landing", "visit", "visited", "session", "view", "viewed",
        ],
        not: &[],
        phase: Some(Phase::Awareness),
    },
];

impl Place {
    /// Whether the words of a name speak of this place.
    pub fn fits(&self, tokens: &[String]) -> bool {
        has(tokens, self.words) && !has(tokens, self.not)
    }

    /// The stage that an event of this place leads to.
    pub fn phase_of(&self, tokens: &[String]) -> Option<Phase> {
        let is_bought = has(tokens, &BOUGHT) || (has(tokens, &ORDERED) && has(tokens, &DONE));
        if is_bought {
            return Some(Phase::Purchase);
        }
        self.phase
    }
}

fn has(tokens: &[String], words: &[&str]) -> bool {
    tokens.iter().any(|token| words.contains(&token.as_str()))
}

/// The words of a name, in lower case: at blanks, marks, and where a capital follows a small letter.
pub fn tokens(name: &str) -> Vec<String> {
    let mut tokens = vec![String::new()];
    let mut was_small = false;
    for letter in name.chars() {
        let is_start = letter.is_uppercase() && was_small;
        if !letter.is_alphanumeric() || is_start {
            tokens.push(String::new());
        }
        if letter.is_alphanumeric() {
            let last = tokens.last_mut().expect("never empty");
            last.extend(letter.to_lowercase());
        }
        was_small = letter.is_lowercase();
    }
    tokens.retain(|token| !token.is_empty());
    tokens
}
