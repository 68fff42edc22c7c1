//! What happens after the purchase: parcels, opinions, returns, the next visit.

use super::life::{DAY, HOUR, Happening, Life, MINUTE, Method, Origin};
use super::person::LATE_REGION;
use super::truth::Planted;
use super::words::{self, Experience};

impl Life<'_> {
    /// The parcel leaves.
    pub fn shipped(&mut self, at: i64, order: usize) {
        let Self { orders, .. } = self;
        let (number, promised_at) = (orders[order].number, orders[order].promised_at);
        self.note(at, "order_shipped", "delivery", |it| {
            it.shown("order_id", format_args!("{number}"))
                .time("promised_at", promised_at);
        });
        if self.takes_email {
            self.letter(at + MINUTE, "shipping_notice", 0.4);
        }
        if self.rng.is(0.3) {
            let status = Happening::Visit(Origin::OrderStatus { order });
            let at = self.moment(at, 2..=40, HOUR);
            self.later(at, status);
        }
    }

    /// The parcel will be late, and the carrier says so.
    pub fn delayed(&mut self, at: i64, order: usize) {
        let (number, promised_at) = (self.orders[order].number, self.orders[order].promised_at);
        let carrier = if self.person.region == LATE_REGION {
            "west_express"
        } else {
            "swift_parcel"
        };
        self.note(at, "delivery_delayed", "delivery", |it| {
            it.shown("order_id", format_args!("{number}"))
                .plain("carrier", carrier)
                .time("promised_at", promised_at);
        });
        let status = Happening::Visit(Origin::OrderStatus { order });
        for _ in 0..self.rng.weighted(&[25, 45, 30]) {
            let at = self.moment(at, 3..=50, HOUR);
            self.later(at, status);
        }
        if self.rng.is(0.38) {
            let at = self.moment(at, 6..=60, HOUR);
            self.later(at, Happening::Contact { order });
        }
    }

    /// The parcel is there, or waits in the store.
    pub fn delivered(&mut self, at: i64, order: usize) {
        let placed = self.orders[order].clone();
        let late = (at - placed.promised_at).max(0);
        let region = self.person.region;
        if placed.method == Method::Collect {
            let at = self.moment(at, 1..=30, HOUR);
            self.note(at, "order_collected", "store", |it| {
                it.shown("order_id", format_args!("{}", placed.number));
            });
        } else {
            self.note(at, "order_delivered", "delivery", |it| {
                it.shown("order_id", format_args!("{}", placed.number))
                    .plain("method", placed.method.name())
                    .plain("region", region)
                    .time("promised_at", placed.promised_at)
                    .time("delivered_at", at)
                    .count("days_late", (late + DAY - 1) / DAY);
            });
            if self.person.is_chinese && self.takes_push {
                self.note(at + MINUTE, "sms_sent", "sms", |it| {
                    it.plain("template", "delivery_notice");
                });
            }
        }
        if placed.experience == Experience::Fine && self.rng.is(0.07) {
            self.orders[order].experience = Experience::Quality;
            self.orders[order].contentment -= 1.8;
            let at = self.moment(at, 20..=120, HOUR);
            self.later(at, Happening::Contact { order });
        }
        self.look_back(at, order);
    }

    fn look_back(&mut self, at: i64, order: usize) {
        let content = self.orders[order].contentment;
        if self.rng.is(0.42) {
            let at = self.moment(at, 20..=80, HOUR);
            self.later(at, Happening::Survey { order });
        }
        // The very content and the very angry write more often.
        let writes = if !(2.5..4.6).contains(&content) {
            0.34
        } else {
            0.14
        };
        if self.rng.is(writes) {
            let at = self.moment(at, 2..=14, DAY);
            self.later(at, Happening::Review { order });
        }
        if self.rng.is(if content < 3.0 { 0.26 } else { 0.05 }) {
            let at = self.moment(at, 1..=10, DAY);
            self.later(at, Happening::Return { order });
        }
        if self.rng.is(0.3) {
            self.note(self.waking(at + 2 * DAY), "guide_opened", "web", |it| {
                it.plain("guide", "care");
            });
        }
        if content < 2.5 && self.rng.is(0.6) {
            self.is_gone = true;
        } else if content >= 4.0 {
            for _ in 0..self.rng.weighted(&[35, 40, 25]) {
                let at = self.moment(at, 3..=40, DAY);
                self.later(at, Happening::Visit(Origin::Own));
            }
        }
    }

    /// The customer answers how it was.
    pub fn survey(&mut self, at: i64, order: usize) {
        let score = self.score(order);
        let placed = self.orders[order].clone();
        let comment = self.rng.is(0.45).then(|| self.opinion(order, score));
        let is_recommend = self.rng.is(0.3);
        self.note(at, "survey_answered", "email", |it| {
            it.plain("survey", if is_recommend { "nps" } else { "csat" })
                .count("score", if is_recommend { score * 2 } else { score })
                .count("score_max", if is_recommend { 10 } else { 5 })
                .shown("order_id", format_args!("{}", placed.number));
            if let Some(comment) = &comment {
                it.text("comment", comment);
            }
        });
        if placed.method == Method::Express {
            let is_planted = self.person.region == LATE_REGION;
            self.see(Planted::LateExpress, at, is_planted, score);
        }
        if score >= 5 && self.rng.is(0.12) {
            self.note(at + HOUR, "friend_invited", "social", |_| {});
        }
        if (score <= 1 || score >= 5) && self.rng.is(0.12) {
            let text = self.opinion(order, score);
            self.note(at + 2 * HOUR, "social_mentioned", "social", |it| {
                it.text("text", &text);
            });
        }
    }

    /// The customer writes about a product for all to see.
    pub fn review(&mut self, at: i64, order: usize) {
        let rating = self.score(order);
        let text = match self.person.hostile {
            Some(index) => words::hostile(index + 1).to_owned(),
            None => self.opinion(order, rating),
        };
        let product = self.orders[order].items[0];
        let language = if self.person.is_chinese { "zh" } else { "en" };
        self.note(at, "review_submitted", "review", |it| {
            product.write_sku(it);
            it.count("rating", rating)
                .plain("language", language)
                .text("text", &text);
        });
    }

    /// Something goes back.
    pub fn send_back(&mut self, at: i64, order: usize) {
        let placed = self.orders[order].clone();
        let reason = match placed.experience {
            Experience::Late => "too_late",
            Experience::Quality => "damaged",
            _ => "not_needed",
        };
        self.note(at, "return_requested", "web", |it| {
            it.shown("order_id", format_args!("{}", placed.number))
                .plain("reason", reason);
        });
        if self.rng.is(0.55) {
            let topic_at = self.moment(at, 1..=20, HOUR);
            self.open_ticket(topic_at, order, "returns");
        }
        let back = at + self.rng.between(3, 8) * DAY;
        self.note(back, "return_received", "delivery", |it| {
            it.shown("order_id", format_args!("{}", placed.number));
        });
        let paid = self.moment(back, 12..=60, HOUR);
        self.later(paid, Happening::Refund { order });
    }

    /// The money goes back.
    pub fn refund(&mut self, at: i64, order: usize) {
        let placed = self.orders[order].clone();
        self.note(at, "refund_paid", "service", |it| {
            it.shown("order_id", format_args!("{}", placed.number))
                .money("value", placed.charged);
        });
    }

    fn score(&mut self, order: usize) -> i64 {
        let noise = self.rng.quantile(&[-0.9, -0.3, 0.0, 0.3, 0.9]);
        let score = self.orders[order].contentment + noise;
        (score + 0.5).clamp(1.0, 5.0) as i64
    }

    fn opinion(&mut self, order: usize, score: i64) -> String {
        let placed = &self.orders[order];
        let is_chinese = self.person.is_chinese;
        // Who is content speaks of the product, not of what went wrong on the way.
        let experience = if score >= 4 {
            Experience::Fine
        } else {
            placed.experience
        };
        let product = placed.items[0].name(is_chinese);
        words::opinion(&mut self.rng, is_chinese, score, experience, &product)
    }
}
