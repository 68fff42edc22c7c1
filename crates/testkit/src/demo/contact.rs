//! Contacts with the service: by chat, phone or ticket, and visits to the store.

use super::life::{DAY, HOUR, Happening, Life, SECOND};
use super::plan;
use super::truth::Planted;
use super::words::{self, Experience};

impl Life<'_> {
    /// A contact about an order, on the channel that the customer prefers.
    pub fn contact(&mut self, at: i64, order: usize) {
        let topic = match self.orders[order].experience {
            Experience::Late => "delivery",
            Experience::Quality => "quality",
            _ => "order",
        };
        match self.rng.weighted(&[38, 27, 35]) {
            0 => self.talk(at, order, "chat", "chat_started", "chat_ended", topic),
            1 => self.talk(at, order, "call", "call_started", "call_ended", topic),
            _ => self.open_ticket(at, order, topic),
        }
    }

    fn talk(
        &mut self,
        at: i64,
        order: usize,
        channel: &str,
        started: &str,
        ended: &str,
        topic: &str,
    ) {
        let number = self.orders[order].number;
        let wait = self
            .rng
            .between(15, if channel == "call" { 900 } else { 200 });
        let seconds = self.rng.between(80, 1_200);
        let is_solved = self.rng.is(if channel == "call" { 0.66 } else { 0.74 });
        self.note(at, started, channel, |it| {
            it.plain("topic", topic)
                .count("wait_seconds", wait)
                .shown("order_id", format_args!("{number}"));
        });
        self.note(at + seconds * SECOND, ended, channel, |it| {
            it.plain("topic", topic)
                .count("seconds", seconds)
                .plain("outcome", if is_solved { "solved" } else { "open" });
        });
        if is_solved {
            self.orders[order].contentment += 0.3;
        } else {
            self.orders[order].contentment -= 0.3;
            if self.rng.is(0.5) {
                let again = self.moment(at, 10..=60, HOUR);
                self.open_ticket(again, order, topic);
            }
        }
    }

    /// A ticket, which is answered after a while.
    pub fn open_ticket(&mut self, at: i64, order: usize, topic: &str) {
        let number = self.orders[order].number;
        let subject = self.person.hostile.map(words::hostile);
        self.note(at, "ticket_opened", "service", |it| {
            it.plain("topic", topic)
                .shown("order_id", format_args!("{number}"));
            if let Some(subject) = subject {
                it.text("subject", subject);
            }
        });
        let quantiles: &[f64] = if topic == "returns" {
            &plan::ANSWER_HOURS_RETURNS
        } else {
            &plan::ANSWER_HOURS
        };
        let hours = self.rng.quantile(quantiles);
        let happening = Happening::Answer {
            order,
            asked_at: at,
            is_return: topic == "returns",
        };
        self.later(at + (hours * HOUR as f64) as i64, happening);
    }

    /// The ticket is answered, closed, and sometimes scored.
    pub fn answer(&mut self, at: i64, order: usize, asked_at: i64, is_return: bool) {
        let number = self.orders[order].number;
        let topic = if is_return { "returns" } else { "order" };
        let waited = (at - asked_at) as f64;
        self.note(at, "ticket_answered", "service", |it| {
            it.plain("topic", topic)
                .shown("order_id", format_args!("{number}"))
                .count("waited_hours", (at - asked_at) / HOUR);
        });
        let is_solved = self.rng.is(0.8);
        let closed_at = at + self.rng.between(1, 30) * HOUR;
        self.note(closed_at, "ticket_closed", "service", |it| {
            it.plain("topic", topic)
                .plain("outcome", if is_solved { "solved" } else { "given_up" });
        });
        if self.rng.is(0.5) {
            let lost = waited / DAY as f64 * plan::TICKET_SCORE_LOST_PER_DAY;
            let start = self.rng.quantile(&[2.6, 3.8, 4.3, 4.8, 5.4]);
            let score = (start - lost + 0.5).clamp(1.0, 5.0) as i64;
            let scored_at = closed_at + self.rng.between(1, 12) * HOUR;
            let is_chinese = self.person.is_chinese;
            let comment = self.rng.is(0.4).then(|| {
                let experience = if waited > (DAY + DAY / 2) as f64 {
                    Experience::SlowAnswer
                } else {
                    Experience::Fine
                };
                let product = self.orders[order].items[0].name(is_chinese);
                words::opinion(&mut self.rng, is_chinese, score, experience, &product)
            });
            self.note(scored_at, "survey_answered", "service", |it| {
                it.plain("survey", "ticket")
                    .plain("topic", topic)
                    .count("score", score)
                    .count("score_max", 5);
                if let Some(comment) = &comment {
                    it.text("comment", comment);
                }
            });
            self.see(Planted::SlowAnswer, scored_at, is_return, score);
        }
    }

    /// A visit to the store, noticed by the member card.
    pub fn store_visit(&mut self, at: i64) {
        let region = self.person.region;
        self.note(at, "store_visited", "store", |it| {
            it.plain("store", region);
        });
        if self.rng.is(0.4) {
            let product = {
                let category = super::catalog::Product::draw_category(&mut self.rng);
                super::catalog::Product::draw(&mut self.rng, category)
            };
            let paid_at = at + self.rng.between(300, 2_400) * SECOND;
            self.note(paid_at, "store_purchased", "store", |it| {
                product.write_sku(it);
                it.money("value", product.price()).plain("store", region);
            });
            if self.is_member {
                self.note(paid_at + SECOND, "points_redeemed", "store", |it| {
                    it.count("points", product.price() / 200);
                });
            }
        }
    }
}
