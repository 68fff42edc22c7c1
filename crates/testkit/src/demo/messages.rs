//! What the shop sends: letters, pushes, text messages, reminders.

use super::life::{DAY, HOUR, Happening, Life, MINUTE, Origin};
use super::plan;
use super::truth::Planted;

impl Life<'_> {
    /// Puts the regular messages on the agenda, from the moment the customer is known.
    pub fn plan_messages(&mut self, from: i64) {
        let start = self.demo.start();
        for week in 0..self.demo.days.div_ceil(7) {
            let monday = start + i64::from(week) * 7 * DAY;
            if monday < from {
                continue;
            }
            if week % 2 == 0 {
                let at = monday + 26 * HOUR + self.rng.between(0, 90) * MINUTE;
                self.later(at, Happening::Newsletter(week));
            } else if self.has_app() {
                let at = self.moment(monday + 80 * HOUR, 0..=600, MINUTE);
                self.later(at, Happening::Offer(week));
            }
            if week % 4 == 2 && self.person.is_chinese {
                let at = self.moment(monday + 100 * HOUR, 0..=60, MINUTE);
                self.later(at, Happening::TextMessage(week));
            }
        }
        if self.is_member || self.rng.is(0.1) {
            for _ in 0..self.rng.weighted(&[40, 40, 20]) {
                let at = self.any_time(from, self.demo.end.0);
                self.later(at, Happening::StoreVisit);
            }
        }
    }

    fn has_app(&self) -> bool {
        self.takes_push
            && self
                .person
                .devices
                .iter()
                .any(|device| device.kind.is_app())
    }

    /// A newsletter.
    pub fn newsletter(&mut self, at: i64, number: u32) {
        if !self.takes_email {
            return;
        }
        let opened = self.mail(at, "newsletter", 0.27);
        if let Some(opened) = opened {
            if self.rng.is(0.16) {
                self.follow(opened, "newsletter", Origin::Email("newsletter"));
            }
            if number > 4 && self.rng.is(0.006) {
                self.unsubscribe(opened + MINUTE, "newsletter");
            }
        }
    }

    /// An offer on the lock screen.
    pub fn offer(&mut self, at: i64, number: u32) {
        self.note(at, "push_sent", "push", |it| {
            it.plain("template", "weekly_offer")
                .count("week", i64::from(number));
        });
        if self.rng.is(0.09) {
            let opened = at + self.rng.between(1, 300) * MINUTE;
            self.note(opened, "push_opened", "push", |it| {
                it.plain("template", "weekly_offer");
            });
            self.later(opened + 2_000, Happening::Visit(Origin::Push));
        }
    }

    /// A text message with a flash sale.
    pub fn text_message(&mut self, at: i64, number: u32) {
        self.note(at, "sms_sent", "sms", |it| {
            it.plain("template", "flash_sale")
                .count("week", i64::from(number));
        });
        if self.rng.is(0.05) {
            let clicked = at + self.rng.between(1, 200) * MINUTE;
            self.note(clicked, "sms_clicked", "sms", |it| {
                it.plain("template", "flash_sale");
            });
            self.later(clicked + 2_000, Happening::Visit(Origin::TextMessage));
        }
    }

    /// A reminder of the cart: the first one helps, the second one only annoys.
    pub fn reminder(&mut self, at: i64, is_second: bool) {
        if self.cart.is_empty() || !self.takes_email {
            return;
        }
        if is_second {
            self.second_reminder(at);
            return;
        }
        let is_held_back = self.rng.is(plan::REMINDER_HOLDOUT);
        let mut returns = self.rng.is(plan::RETURNS_ALONE);
        if !is_held_back {
            let opened = self.mail(at, "cart_reminder", 0.42);
            let is_convinced = self.rng.is(plan::RETURNS_BY_REMINDER);
            returns = returns || is_convinced;
            if self.rng.is(plan::UNSUBSCRIBES) {
                self.unsubscribe(at + 2 * HOUR, "cart_reminder");
            }
            if let Some(opened) = opened
                && is_convinced
            {
                self.follow(opened, "cart_reminder", Origin::Cart);
                return;
            }
        }
        if returns {
            let at = self.moment(at, 2..=70, HOUR);
            self.later(at, Happening::Visit(Origin::Cart));
        } else if !is_held_back {
            self.later(at + 23 * HOUR, Happening::Reminder { is_second: true });
        }
    }

    fn second_reminder(&mut self, at: i64) {
        let is_sent = self.rng.is(plan::DUPLICATE_SHARE);
        let unsubscribes = self.rng.is(if is_sent {
            plan::UNSUBSCRIBES_BY_DUPLICATE
        } else {
            plan::UNSUBSCRIBES
        });
        if is_sent {
            self.mail(at, "cart_reminder_again", 0.3);
        }
        let gone_at = at + 3 * HOUR;
        self.see(
            Planted::DuplicateReminder,
            gone_at,
            is_sent,
            unsubscribes.into(),
        );
        if unsubscribes {
            let template = if is_sent {
                "cart_reminder_again"
            } else {
                "newsletter"
            };
            self.unsubscribe(gone_at, template);
        }
        if self.rng.is(0.04) {
            let at = self.moment(at, 5..=48, HOUR);
            self.later(at, Happening::Visit(Origin::Cart));
        }
    }

    /// A letter about an order.
    pub fn letter(&mut self, at: i64, template: &'static str, opens: f64) {
        self.mail(at, template, opens);
    }

    fn mail(&mut self, at: i64, template: &'static str, opens: f64) -> Option<i64> {
        self.note(at, "email_sent", "email", |it| {
            it.plain("template", template);
        });
        if self.rng.is(0.008) {
            self.note(at + MINUTE, "email_bounced", "email", |it| {
                it.plain("template", template);
            });
            return None;
        }
        let opened = self.moment(at, 3..=900, MINUTE);
        self.rng.is(opens).then(|| {
            self.note(opened, "email_opened", "email", |it| {
                it.plain("template", template);
            });
            opened
        })
    }

    fn follow(&mut self, opened: i64, template: &'static str, origin: Origin) {
        let clicked = opened + self.rng.between(4, 90) * 1_000;
        self.note(clicked, "email_clicked", "email", |it| {
            it.plain("template", template);
        });
        self.later(clicked + 1_500, Happening::Visit(origin));
    }

    fn unsubscribe(&mut self, at: i64, template: &'static str) {
        self.takes_email = false;
        self.note(at, "email_unsubscribed", "email", |it| {
            it.plain("template", template);
        });
    }

    /// News about an order by messenger; some answer.
    pub fn whatsapp(&mut self, at: i64, order: usize) {
        self.note(at, "whatsapp_sent", "whatsapp", |it| {
            it.plain("template", "order_update")
                .shown("order_id", format_args!("{order}"));
        });
        if self.rng.is(0.72) {
            let read = at + self.rng.between(1, 240) * MINUTE;
            self.note(read, "whatsapp_read", "whatsapp", |it| {
                it.plain("template", "order_update");
            });
            if self.rng.is(0.06) {
                self.note(read + MINUTE, "whatsapp_replied", "whatsapp", |it| {
                    it.plain("topic", "order");
                });
            }
        }
    }
}
