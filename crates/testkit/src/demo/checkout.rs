//! From the cart to the order.

use super::catalog::BULKY;
use super::life::{DAY, HOUR, Happening, Life, MINUTE, Method, Order, Origin, SECOND};
use super::person::{APP_NEW, LATE_REGION};
use super::plan;
use super::site;
use super::truth::Planted;
use super::visit::Visit;
use super::words::Experience;

impl Life<'_> {
    /// Help at the cart, by phone or chat as the lot falls. True when it goes on to the checkout.
    pub fn ask_for_help(&mut self, visit: &mut Visit) -> bool {
        let device = visit.device;
        let by_phone = self.rng.is(0.5);
        let (asked, started, ended, channel) = if by_phone {
            ("call_requested", "call_started", "call_ended", "call")
        } else {
            ("chat_requested", "chat_started", "chat_ended", "chat")
        };
        self.track(visit, asked, |it| {
            it.plain("topic", "cart");
        });
        let wait = self.rng.between(20, if by_phone { 400 } else { 90 });
        let talk = self.rng.between(60, 700);
        for (event, seconds) in [(started, wait), (ended, talk)] {
            visit.now += seconds * SECOND;
            let call = super::writer::Call::Track(event);
            self.tell(visit.now, device, None, call, |it| {
                it.plain("channel", channel)
                    .plain("topic", "cart")
                    .count("seconds", seconds);
            });
        }
        visit.now += self.rng.between(20, 120) * SECOND;
        let goes_on = self.rng.is(if by_phone {
            plan::GOES_ON_AFTER_CALL
        } else {
            plan::GOES_ON_AFTER_CHAT
        });
        self.see(Planted::CallHandover, visit.now, by_phone, goes_on.into());
        goes_on
    }

    /// The checkout, step by step; whoever stops leaves the cart behind.
    pub fn check_out(&mut self, visit: &mut Visit) {
        let value: i64 = self.cart.iter().map(|product| product.price()).sum();
        let items = self.cart.len() as i64;
        let at = visit.now;
        self.track(visit, "checkout_started", |it| {
            it.money("value", value).count("items_count", items);
        });
        self.show_to_library(visit, "Checkout", site::CHECKOUT, at);
        let finished = self.pass_popup(visit)
            && self.open_account(visit)
            && self.give_address(visit)
            && self.choose_delivery(visit, value);
        if !finished {
            self.leave_cart(visit);
        }
    }

    fn pass_popup(&mut self, visit: &mut Visit) -> bool {
        if visit.is_app {
            return self.rng.is(plan::GOES_ON);
        }
        let shown = self.rng.is(plan::POPUP_SHARE);
        if shown {
            self.track(visit, "coupon_popup_shown", |it| {
                it.plain("placement", "checkout").plain("coupon", "SPRING5");
            });
            if self.rng.is(0.8) {
                self.track(visit, "coupon_popup_dismissed", |it| {
                    it.plain("placement", "checkout");
                });
            }
        }
        let goes_on = self.rng.is(if shown {
            plan::GOES_ON_WITH_POPUP
        } else {
            plan::GOES_ON
        });
        self.see(Planted::CheckoutPopup, visit.now, shown, goes_on.into());
        goes_on
    }

    fn open_account(&mut self, visit: &mut Visit) -> bool {
        if !self.is_known && !self.rng.is(0.72) {
            return false;
        }
        self.sign_in(visit);
        true
    }

    fn give_address(&mut self, visit: &mut Visit) -> bool {
        let at = visit.now;
        let device = &self.person.devices[visit.device];
        let is_broken = visit.is_app && device.app_version(at) == APP_NEW;
        let mut refused = self.rng.is(if is_broken {
            plan::ADDRESS_REFUSED
        } else {
            plan::ADDRESS_REFUSED_ELSEWHERE
        });
        let mut gives_up = false;
        while refused && !gives_up {
            self.send_address(visit, visit.now, true);
            self.track(visit, "address_rejected", |it| {
                it.plain("field", "postcode")
                    .plain("error", "invalid_format");
            });
            visit.was_refused = is_broken;
            gives_up = self.rng.is(plan::GIVES_UP_PER_REFUSAL);
            refused = is_broken && self.rng.is(plan::ADDRESS_REFUSED_AGAIN);
        }
        if visit.is_app {
            self.see(Planted::AddressLoop, at, is_broken, (!gives_up).into());
        }
        if !gives_up {
            let region = self.person.region;
            self.send_address(visit, visit.now, false);
            self.track(visit, "address_entered", |it| {
                it.plain("region", region);
            });
        }
        !gives_up
    }

    fn choose_delivery(&mut self, visit: &mut Visit, value: i64) -> bool {
        let method = if self.rng.is(0.08) {
            Method::Collect
        } else if self.rng.is(self.person.takes_express) {
            Method::Express
        } else {
            Method::Standard
        };
        let is_bulky = self.cart.iter().any(|product| product.category == BULKY);
        let handling = if is_bulky { plan::HANDLING_FEE } else { 0 };
        let days = match method {
            Method::Express => plan::EXPRESS_PROMISED_DAYS,
            Method::Collect => 1,
            Method::Standard => 5,
        };
        let fee = if method == Method::Express { 900 } else { 0 };
        self.track(visit, "delivery_chosen", |it| {
            it.plain("method", method.name())
                .count("promised_days", days)
                .money("fee", fee)
                .money("handling_fee", handling);
        });
        let pays = self.rng.is(if is_bulky {
            plan::PAYS_WITH_FEE
        } else {
            plan::PAYS
        });
        self.see(Planted::HiddenFee, visit.now, is_bulky, pays.into());
        let shown = value + fee;
        pays && self.pay(visit, method, days, shown, shown + handling)
    }

    fn pay(
        &mut self,
        visit: &mut Visit,
        method: Method,
        days: i64,
        shown: i64,
        charged: i64,
    ) -> bool {
        let card = *self.rng.pick(&["card", "card", "wallet", "bank"]);
        while self.rng.is(0.06) {
            self.track(visit, "payment_failed", |it| {
                it.plain("method", card).plain("error", "declined");
            });
            if self.rng.is(0.3) {
                return false;
            }
        }
        self.track(visit, "payment_submitted", |it| {
            it.plain("method", card)
                .money("price_shown", shown)
                .money("price_charged", charged);
        });
        let order = self.orders.len();
        let number = self.person.index as usize * 100 + order;
        self.orders.push(Order {
            number,
            channel: if visit.is_app { "app" } else { "web" },
            items: std::mem::take(&mut self.cart),
            method,
            shown,
            charged,
            promised_days: days,
            promised_at: 0,
            delivered_at: 0,
            experience: match (charged > shown, visit.was_refused) {
                (true, _) => Experience::Fee,
                (false, true) => Experience::Refused,
                (false, false) => Experience::Fine,
            },
            contentment: self.rng.quantile(&[2.6, 3.8, 4.2, 4.6, 4.9, 5.2]),
        });
        let is_first = self.orders_before == 0 && order == 0;
        if is_first {
            self.hold_payment(visit, order);
        } else {
            let cancels = self.rng.is(plan::CANCELS);
            self.see(Planted::PaymentReview, visit.now, false, cancels.into());
            if cancels {
                self.cancel(visit.now, order);
            } else {
                let at = visit.now + self.rng.between(1, 5) * SECOND;
                self.later(at, Happening::Approved { order });
            }
        }
        true
    }

    fn hold_payment(&mut self, visit: &mut Visit, order: usize) {
        let number = self.orders[order].number;
        self.note(visit.now, "payment_held", "service", |it| {
            it.shown("order_id", format_args!("{number}"))
                .plain("reason", "first_order");
        });
        let hours = self.rng.quantile(&plan::REVIEW_HOURS);
        let waits = (hours * HOUR as f64) as i64;
        let cancels = self.rng.is(plan::CANCELS_PER_DAY * hours / 24.0);
        self.see(
            Planted::PaymentReview,
            visit.now + waits,
            true,
            cancels.into(),
        );
        if cancels {
            let at = visit.now + (waits as f64 * self.rng.unit()) as i64;
            self.cancel(at, order);
            return;
        }
        if self.rng.is(0.35) {
            let at = visit.now + (waits as f64 * self.rng.unit()) as i64;
            let origin = Origin::OrderStatus { order };
            self.later(self.waking(at), Happening::Visit(origin));
        }
        self.later(visit.now + waits, Happening::Approved { order });
    }

    fn cancel(&mut self, at: i64, order: usize) {
        let number = self.orders[order].number;
        self.note(at, "order_canceled", "service", |it| {
            it.shown("order_id", format_args!("{number}"));
        });
        self.is_gone = self.is_gone || self.rng.is(0.4);
    }

    /// The order stands: what was promised is fixed here, and what will be lived is drawn.
    pub fn approved(&mut self, at: i64, order: usize) {
        let days = self.orders[order].promised_days;
        let method = self.orders[order].method;
        let promised_at = at + days * DAY;
        let is_planted = method == Method::Express && self.person.region == LATE_REGION;
        let late = if is_planted {
            self.rng.quantile(&plan::LATE_DAYS)
        } else if method != Method::Collect && self.rng.is(plan::OTHER_LATE_SHARE) {
            self.rng.quantile(&plan::OTHER_LATE_DAYS)
        } else {
            -self.rng.quantile(&[0.0, 0.1, 0.3, 0.6]) * days as f64
        };
        let delivered_at = promised_at + (late * DAY as f64) as i64;
        let placed = &mut self.orders[order];
        placed.promised_at = promised_at;
        placed.delivered_at = delivered_at;
        match placed.experience {
            Experience::Fee => placed.contentment -= plan::SCORE_LOST_BY_FEE,
            Experience::Refused => placed.contentment -= plan::SCORE_LOST_BY_REFUSAL,
            _ => {}
        }
        if late > 0.0 {
            let lost = (late * plan::SCORE_LOST_PER_DAY).min(plan::SCORE_LOST_MOST);
            placed.contentment -= lost;
            placed.experience = Experience::Late;
        }
        let placed = placed.clone();
        let region = self.person.region;
        let (email, whatsapp) = (self.takes_email, !self.person.is_chinese && self.takes_push);
        self.note(at, "order_placed", placed.channel, |it| {
            it.shown("order_id", format_args!("{}", placed.number))
                .money("value", placed.charged)
                .plain("currency", "USD")
                .count("items_count", placed.items.len() as i64)
                .plain("method", method.name())
                .plain("region", region)
                .time("promised_at", promised_at)
                .money("price_shown", placed.shown)
                .money("price_charged", placed.charged);
        });
        if email {
            self.letter(at + MINUTE, "order_confirmation", 0.55);
        }
        if whatsapp {
            self.whatsapp(at + 2 * MINUTE, placed.number);
        }
        self.earn_points(at, placed.channel, placed.charged);
        let ships = at + ((delivered_at - at) as f64 * 0.35) as i64;
        self.later(ships, Happening::Shipped { order });
        if late > 0.3 {
            self.later(promised_at - 2 * HOUR, Happening::Delayed { order });
        }
        self.later(delivered_at, Happening::Delivered { order });
    }

    fn earn_points(&mut self, at: i64, channel: &str, charged: i64) {
        if !self.is_member
            && self.orders_before as usize + self.orders.len() > 1
            && self.rng.is(0.4)
        {
            self.is_member = true;
            self.note(at + MINUTE, "loyalty_joined", channel, |_| {});
        }
        if self.is_member {
            self.note(at + MINUTE, "points_earned", channel, |it| {
                it.count("points", charged / 100);
            });
        }
    }
}
