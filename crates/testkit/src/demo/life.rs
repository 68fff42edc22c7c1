//! One customer's 90 days: an agenda of what is due, worked off in order of time.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::ops::RangeInclusive;

use super::Demo;
use super::catalog::Product;
use super::person::{Device, Person};
use super::truth::{Planted, Tally};
use super::words::Experience;
use super::writer::{Call, Campaign, Lines, Object, Teller};
use crate::rng::Rng;

pub(super) const SECOND: i64 = 1_000;
pub(super) const MINUTE: i64 = 60 * SECOND;
pub(super) const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;

/// A customer in the middle of things.
pub(super) struct Life<'a> {
    pub demo: &'a Demo,
    pub person: Person,
    pub rng: Rng,
    /// The chance of what the browser library sees, apart from that of the life.
    pub gestures: Rng,
    pub views_count: u32,
    pub lines: &'a mut Lines,
    pub tally: &'a mut Tally,
    agenda: BinaryHeap<Due>,
    dues_count: u32,
    /// Has an account, so that the shop can write and the devices can sign in.
    pub is_known: bool,
    pub takes_email: bool,
    pub takes_push: bool,
    pub orders: Vec<Order>,
    pub orders_before: u32,
    pub cart: Vec<Product>,
    pub is_member: bool,
    /// Had enough: no visits of one's own accord any more.
    pub is_gone: bool,
}

/// An order and what became of it.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub number: usize,
    pub channel: &'static str,
    pub items: Vec<Product>,
    pub method: Method,
    pub shown: i64,
    pub charged: i64,
    pub promised_days: i64,
    pub promised_at: i64,
    pub delivered_at: i64,
    pub experience: Experience,
    /// On a scale of 1 to 5, before it is rounded.
    pub contentment: f64,
}

/// How an order reaches the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Standard,
    Express,
    Collect,
}

impl Method {
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Express => "express",
            Self::Collect => "collect",
        }
    }
}

/// Something that will happen.
#[derive(Clone, Copy, Debug)]
pub(super) enum Happening {
    Visit(Origin),
    Newsletter(u32),
    Offer(u32),
    TextMessage(u32),
    Reminder {
        is_second: bool,
    },
    Approved {
        order: usize,
    },
    Shipped {
        order: usize,
    },
    Delayed {
        order: usize,
    },
    Delivered {
        order: usize,
    },
    Survey {
        order: usize,
    },
    Review {
        order: usize,
    },
    Return {
        order: usize,
    },
    Refund {
        order: usize,
    },
    Contact {
        order: usize,
    },
    Answer {
        order: usize,
        asked_at: i64,
        is_return: bool,
    },
    StoreVisit,
}

/// What leads to a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Own,
    Email(&'static str),
    Push,
    TextMessage,
    /// Back for the cart that was left.
    Cart,
    /// To see where an order is.
    OrderStatus {
        order: usize,
    },
}

struct Due {
    at: i64,
    number: u32,
    happening: Happening,
}

impl Ord for Due {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at, other.number).cmp(&(self.at, self.number))
    }
}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Due {}

impl<'a> Life<'a> {
    /// The customer of this number before the first day.
    pub fn begin(demo: &'a Demo, index: u32, lines: &'a mut Lines, tally: &'a mut Tally) -> Self {
        let mut rng = Rng::new(demo.seed, u64::from(index));
        let person = Person::draw(demo, index, &mut rng);
        let is_known = person.is_customer;
        Self {
            takes_email: rng.is(0.62),
            takes_push: rng.is(0.55),
            orders_before: if is_known {
                rng.between(1, 9) as u32
            } else {
                0
            },
            is_member: is_known && rng.is(0.35),
            is_known,
            demo,
            person,
            rng,
            gestures: Rng::new(!demo.seed, u64::from(index)),
            views_count: 0,
            lines,
            tally,
            agenda: BinaryHeap::new(),
            dues_count: 0,
            orders: Vec::new(),
            cart: Vec::new(),
            is_gone: false,
        }
    }

    /// Lives until the last day.
    pub fn live(mut self) {
        self.plan_visits();
        if self.is_known {
            let start = self.demo.start();
            self.plan_messages(start);
        }
        while let Some(due) = self.agenda.pop() {
            self.meet(due.at, due.happening);
        }
        self.lines.sort();
    }

    fn meet(&mut self, at: i64, happening: Happening) {
        match happening {
            Happening::Visit(Origin::Own) if self.is_gone => {}
            Happening::Visit(origin) => self.visit(at, origin),
            Happening::Newsletter(number) => self.newsletter(at, number),
            Happening::Offer(number) => self.offer(at, number),
            Happening::TextMessage(number) => self.text_message(at, number),
            Happening::Reminder { is_second } => self.reminder(at, is_second),
            Happening::Approved { order } => self.approved(at, order),
            Happening::Shipped { order } => self.shipped(at, order),
            Happening::Delayed { order } => self.delayed(at, order),
            Happening::Delivered { order } => self.delivered(at, order),
            Happening::Survey { order } => self.survey(at, order),
            Happening::Review { order } => self.review(at, order),
            Happening::Return { order } => self.send_back(at, order),
            Happening::Refund { order } => self.refund(at, order),
            Happening::Contact { order } => self.contact(at, order),
            Happening::Answer {
                order,
                asked_at,
                is_return,
            } => self.answer(at, order, asked_at, is_return),
            Happening::StoreVisit => self.store_visit(at),
        }
    }

    /// Puts something on the agenda, unless it lies behind the last day.
    pub fn later(&mut self, at: i64, happening: Happening) {
        if at < self.demo.end.0 {
            self.dues_count += 1;
            self.agenda.push(Due {
                at,
                number: self.dues_count,
                happening,
            });
        }
    }

    fn plan_visits(&mut self) {
        let end = self.demo.end.0;
        let first = self.any_time(self.demo.start(), end);
        self.later(first, Happening::Visit(Origin::Own));
        let mut at = first;
        for _ in 1..self.person.visits_count {
            // Half of the visits come soon after another one, the rest at any time.
            at = if self.rng.is(0.5) {
                let days = self.rng.quantile(&[0.1, 0.8, 1.6, 3.0, 7.0, 14.0]);
                self.any_time(at, (at + (days * DAY as f64) as i64).min(end))
            } else {
                self.any_time(first, end)
            };
            self.later(at, Happening::Visit(Origin::Own));
        }
    }

    /// A time for a visit of one's own accord.
    pub fn any_time(&mut self, from: i64, to: i64) -> i64 {
        let clock_ms = self.person.clock_ms;
        self.demo.draw_time(&mut self.rng, clock_ms, from, to)
    }

    /// A moment when the customer is awake, so many units of time after another.
    pub fn moment(&mut self, after: i64, units: RangeInclusive<i64>, unit_ms: i64) -> i64 {
        let units = self.rng.between(*units.start(), *units.end());
        self.demo
            .waking(after + units * unit_ms, self.person.clock_ms)
    }

    /// Tells an event of a device. False when it lies behind the last day.
    pub fn tell(
        &mut self,
        at: i64,
        device: usize,
        campaign: Option<&Campaign>,
        call: Call<'_>,
        fill: impl FnOnce(&mut Object<'_>),
    ) -> bool {
        if at >= self.demo.end.0 {
            return false;
        }
        let device: &Device = &self.person.devices[device];
        self.lines.tell(
            at,
            &self.person,
            Teller::Device(device, campaign),
            call,
            fill,
        );
        true
    }

    /// Tells an event that a system of the shop noted.
    pub fn note(
        &mut self,
        at: i64,
        event: &str,
        channel: &str,
        fill: impl FnOnce(&mut Object<'_>),
    ) -> bool {
        if at >= self.demo.end.0 {
            return false;
        }
        self.lines
            .tell(at, &self.person, Teller::Shop, Call::Track(event), |it| {
                it.plain("channel", channel);
                fill(it);
            });
        true
    }

    /// Makes a device known: whoever used it until now has an account.
    pub fn identify(&mut self, at: i64, device: usize) {
        if at >= self.demo.end.0 {
            return;
        }
        self.person.devices[device].signed_in = true;
        self.person.devices[device].is_identified = true;
        let Person {
            name,
            email,
            region,
            is_chinese,
            ..
        } = &self.person;
        let language = if *is_chinese { "zh" } else { "en" };
        let is_member = self.is_member;
        let teller = Teller::Device(&self.person.devices[device], None);
        self.lines
            .tell(at, &self.person, teller, Call::Identify, |it| {
                it.text("name", name)
                    .plain("email", email)
                    .plain("region", region)
                    .plain("language", language)
                    .flag("member", is_member);
            });
        if !self.is_known {
            self.is_known = true;
            self.plan_messages(at);
        }
    }

    /// Counts one case of a planted problem, when all of it lies before the end.
    pub fn see(&mut self, planted: Planted, at: i64, exposed: bool, outcome: i64) {
        if at < self.demo.end.0 {
            self.tally.see(planted, exposed, outcome);
        }
    }
}
