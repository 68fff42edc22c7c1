//! A visit to the web shop or the app: arriving, looking around, filling the cart.

use super::catalog::{CATEGORIES, Product};
use super::library::Sight;
use super::life::{HOUR, Happening, Life, MINUTE, Origin, SECOND};
use super::person::DeviceKind;
use super::plan;
use super::site;
use super::truth::Planted;
use super::words;
use super::writer::{Call, Campaign, Object};

pub(super) const CAMPAIGNS: [(Campaign, u32); 6] = [
    (campaign("tea_season", "search_ads", "cpc"), 30),
    (campaign("new_home", "search_ads", "cpc"), 22),
    (campaign(SOLD_OUT_CAMPAIGN, "display_ads", "cpc"), 14),
    (campaign("baby_basics", "video_ads", "cpc"), 8),
    (campaign("maker_stories", "social", "social"), 16),
    (campaign("unboxing", "social", "social"), 10),
];

/// The campaign whose product is sold out.
pub(super) const SOLD_OUT_CAMPAIGN: &str = "garden_week";

const fn campaign(name: &'static str, source: &'static str, medium: &'static str) -> Campaign {
    Campaign {
        name,
        source,
        medium,
    }
}

/// A visit under way.
pub(super) struct Visit {
    pub now: i64,
    pub device: usize,
    pub campaign: Option<&'static Campaign>,
    pub is_app: bool,
    /// The address form refused a good address more than once.
    pub was_refused: bool,
    /// The present page where the browser library runs, and the address of the one before.
    pub sight: Option<Sight>,
    pub path_before: Option<&'static str>,
}

impl Life<'_> {
    /// A visit from the first page to the last.
    pub fn visit(&mut self, at: i64, origin: Origin) {
        let device = self.choose_device(origin);
        let kind = self.person.devices[device].kind;
        let mut visit = Visit {
            now: at,
            device,
            campaign: None,
            is_app: kind.is_app(),
            was_refused: false,
            sight: None,
            path_before: None,
        };
        let known = &self.person.devices[device];
        if known.signed_in && !known.is_identified {
            self.identify(at, device);
        }
        let stays = self.arrive(&mut visit, origin);
        if stays {
            match origin {
                Origin::OrderStatus { order } => self.see_status(&mut visit, order),
                Origin::Cart if !self.cart.is_empty() => self.go_to_cart(&mut visit, 1.5),
                _ => self.look_around(&mut visit, origin),
            }
        }
        if self.is_known {
            // Whoever has an account signs in sooner or later on every device.
            self.sign_in(&mut visit);
        }
    }

    fn choose_device(&mut self, origin: Origin) -> usize {
        let devices = &self.person.devices;
        if !self.is_known || devices.len() == 1 {
            return 0;
        }
        let app = devices.iter().position(|device| device.kind.is_app());
        match (origin, app) {
            (Origin::Push, Some(app)) => app,
            (Origin::Own | Origin::Cart, Some(app)) if self.rng.is(0.45) => app,
            _ => self.rng.below(devices.len()),
        }
    }

    fn arrive(&mut self, visit: &mut Visit, origin: Origin) -> bool {
        if visit.is_app {
            let from = match origin {
                Origin::Push => "push",
                Origin::Own => "icon",
                _ => "link",
            };
            self.track(visit, "app_opened", |it| {
                it.plain("from", from);
            });
            self.page(visit, "Home", "/");
            return !self.rng.is(0.12);
        }
        match origin {
            Origin::Own if self.rng.is(0.42) => self.land_from_campaign(visit),
            Origin::Own => {
                let is_deep = self.rng.is(0.3);
                if is_deep {
                    let category = Product::draw_category(&mut self.rng);
                    self.category(visit, category);
                } else {
                    self.page(visit, "Home", "/");
                }
                !self.rng.is(0.28)
            }
            Origin::Email(name) => {
                static NEWSLETTER: Campaign = campaign("newsletter", "email", "email");
                static REMINDER: Campaign = campaign("cart_reminder", "email", "email");
                visit.campaign = Some(match name {
                    "newsletter" => &NEWSLETTER,
                    _ => &REMINDER,
                });
                self.page(visit, "Landing", "/landing/mail");
                true
            }
            _ => {
                self.page(visit, "Home", "/");
                true
            }
        }
    }

    fn land_from_campaign(&mut self, visit: &mut Visit) -> bool {
        let chosen = self.rng.weighted(&CAMPAIGNS.map(|(_, weight)| weight));
        let campaign = &CAMPAIGNS[chosen].0;
        let is_social = campaign.medium == "social";
        let (event, channel) = if is_social {
            ("social_post_clicked", "social")
        } else {
            ("ad_clicked", "ads")
        };
        visit.campaign = Some(campaign);
        self.track(visit, event, |it| {
            it.plain("channel", channel)
                .plain("campaign", campaign.name);
        });
        visit.now += self.rng.between(1, 4) * SECOND;
        let is_sold_out = campaign.name == SOLD_OUT_CAMPAIGN;
        if is_sold_out {
            self.page(visit, "Landing", site::SOLD_OUT);
            let bench = Product {
                category: super::catalog::BULKY,
                model: 0,
                variant: 0,
            };
            self.product(visit, bench, 0);
        } else {
            self.page(visit, "Landing", "/landing/season");
        }
        let bounces = if is_sold_out {
            plan::BOUNCES_SOLD_OUT
        } else {
            plan::BOUNCES
        };
        let leaves = self.rng.is(bounces);
        if !is_social {
            self.see(
                Planted::SoldOutLanding,
                visit.now,
                is_sold_out,
                leaves.into(),
            );
        }
        !leaves
    }

    fn look_around(&mut self, visit: &mut Visit, origin: Origin) {
        let category = Product::draw_category(&mut self.rng);
        if self.rng.is(0.45) {
            if !self.search(visit, category) {
                return;
            }
        } else {
            self.category(visit, category);
            if self.rng.is(0.25) {
                let sorting = *self.rng.pick(&["price", "newest", "rating"]);
                self.track(visit, "list_filtered", |it| {
                    it.plain("by", sorting);
                });
            }
        }
        let eagerness = self.person.eagerness
            * match origin {
                Origin::Own => 1.0,
                _ => 1.3,
            };
        let products = self.rng.quantile(&[1.0, 1.0, 1.4, 2.1, 3.1, 4.4, 8.0]) as usize;
        for _ in 0..products {
            let product = Product::draw(&mut self.rng, category);
            self.product(visit, product, product.stock());
            if self.rng.is(0.12) {
                self.track(visit, "reviews_read", |it| product.write_sku(it));
            }
            if self.rng.is(0.05) {
                self.track(visit, "wishlist_added", |it| product.write_sku(it));
            }
            if product.stock() > 0 && self.rng.is(0.17 * eagerness) {
                self.add(visit, product);
            }
        }
        if self.rng.is(0.03) {
            self.page(visit, "Help", site::HELP);
        }
        if !self.cart.is_empty() && self.rng.is(0.8) {
            self.go_to_cart(visit, 1.0);
        }
    }

    fn search(&mut self, visit: &mut Visit, category: usize) -> bool {
        for _ in 0..3 {
            let is_empty = self.rng.is(plan::SEARCH_EMPTY);
            let words = &CATEGORIES[category];
            let query = match self.person.hostile {
                Some(at) if self.rng.is(0.5) => words::hostile(at),
                _ if is_empty => self.rng.pick(&words.unknown_queries),
                _ => self.rng.pick(&words.queries),
            };
            let results = if is_empty { 0 } else { self.rng.between(3, 60) };
            let at = visit.now;
            self.track(visit, "product_searched", |it| {
                it.text("query", query).count("results_count", results);
            });
            self.answer_search(visit, at, results);
            let leaves = if is_empty {
                plan::LEAVES_AFTER_EMPTY_SEARCH
            } else {
                plan::LEAVES_AFTER_SEARCH
            };
            let leaves = self.rng.is(leaves);
            self.see(Planted::EmptySearch, visit.now, is_empty, leaves.into());
            if leaves {
                return false;
            }
            if !is_empty {
                return true;
            }
        }
        true
    }

    fn add(&mut self, visit: &mut Visit, product: Product) {
        self.cart.push(product);
        self.track(visit, "product_added", |it| {
            product.write_sku(it);
            it.plain("category", CATEGORIES[product.category].id)
                .money("price", product.price())
                .count("quantity", 1);
        });
    }

    fn go_to_cart(&mut self, visit: &mut Visit, keenness: f64) {
        let value: i64 = self.cart.iter().map(|product| product.price()).sum();
        let items = self.cart.len() as i64;
        self.track(visit, "cart_viewed", |it| {
            it.money("value", value).count("items_count", items);
        });
        if self.cart.len() > 1 && self.rng.is(0.15) {
            let product = self.cart.remove(0);
            self.track(visit, "product_removed", |it| product.write_sku(it));
        }
        if self.rng.is(0.3) {
            // Shown by lot, and without any effect: not everything that is shown is to blame.
            self.track(visit, "recommendation_shown", |it| {
                it.plain("placement", "cart");
            });
        }
        let goes_on = if !visit.is_app && self.rng.is(plan::ASKS_FOR_HELP) {
            self.ask_for_help(visit)
        } else {
            self.rng.is((0.52 * keenness).min(0.9))
        };
        if goes_on {
            self.check_out(visit);
        } else {
            self.leave_cart(visit);
        }
    }

    /// The cart stays behind; the shop may remind of it.
    pub fn leave_cart(&mut self, visit: &Visit) {
        if self.is_known && self.takes_email {
            let at = visit.now + self.rng.between(150, 210) * MINUTE;
            self.later(at, Happening::Reminder { is_second: false });
        } else if self.rng.is(plan::RETURNS_ALONE) {
            let at = self.moment(visit.now, 4..=70, HOUR);
            self.later(at, Happening::Visit(Origin::Cart));
        }
    }

    /// The first moment from `at` on at which the customer is awake.
    pub fn waking(&self, at: i64) -> i64 {
        self.demo.waking(at, self.person.clock_ms)
    }

    /// Signs in on this device, if that has not happened yet.
    pub fn sign_in(&mut self, visit: &mut Visit) {
        if !self.person.devices[visit.device].signed_in {
            visit.now += self.rng.between(5, 40) * SECOND;
            let is_new = !self.is_known;
            self.identify(visit.now, visit.device);
            let event = if is_new { "signed_up" } else { "signed_in" };
            self.track(visit, event, |_| {});
        }
    }

    fn see_status(&mut self, visit: &mut Visit, order: usize) {
        self.sign_in(visit);
        let number = self.orders[order].number;
        self.page(visit, "Order Status", "/account/orders");
        self.track(visit, "order_status_viewed", |it| {
            it.shown("order_id", format_args!("{number}"));
        });
        if self.is_member && self.rng.is(0.6) {
            self.track(visit, "loyalty_banner_shown", |it| {
                it.plain("placement", "account");
            });
        }
    }

    fn category(&mut self, visit: &mut Visit, category: usize) {
        let id = CATEGORIES[category].id;
        let at = self.step(visit);
        self.show(visit, "Category", CATEGORY_PATHS[category], at, |it| {
            it.plain("category", id);
        });
    }

    fn product(&mut self, visit: &mut Visit, product: Product, stock: i64) {
        let is_chinese = self.person.is_chinese;
        self.track(visit, "product_viewed", |it| {
            product.write_sku(it);
            it.text("name", &product.name(is_chinese))
                .plain("category", CATEGORIES[product.category].id)
                .money("price", product.price())
                .count("stock", stock);
        });
    }

    /// Shows a page of the web shop, or the screen of the app that stands for it.
    pub fn page(&mut self, visit: &mut Visit, name: &'static str, path: &'static str) {
        let at = self.step(visit);
        self.show(visit, name, path, at, |_| {});
    }

    fn show(
        &mut self,
        visit: &mut Visit,
        name: &'static str,
        path: &'static str,
        at: i64,
        fill: impl FnOnce(&mut Object<'_>),
    ) {
        let (device, campaign) = (visit.device, visit.campaign);
        if visit.is_app {
            self.tell(at, device, campaign, Call::Screen(name), fill);
            return;
        }
        let sight = self.sight(visit, path, at, visit.now);
        self.tell(at, device, campaign, Call::Page { name, path }, |it| {
            fill(it);
            if let Some(sight) = &sight {
                sight.write(it);
            }
        });
        if let Some(sight) = sight {
            self.watch(visit, sight);
        }
    }

    /// A page that only the browser library tells, from an instant until now.
    pub fn show_to_library(
        &mut self,
        visit: &mut Visit,
        name: &'static str,
        path: &'static str,
        at: i64,
    ) {
        if self.person.devices[visit.device].runs_library {
            self.show(visit, name, path, at, |_| {});
        }
    }

    /// Tells what the customer does next, after a moment of thought. False behind the last day.
    pub fn track(
        &mut self,
        visit: &mut Visit,
        event: &'static str,
        fill: impl FnOnce(&mut Object<'_>),
    ) -> bool {
        let at = self.step(visit);
        self.tell(at, visit.device, visit.campaign, Call::Track(event), fill)
    }

    fn step(&mut self, visit: &mut Visit) -> i64 {
        let at = visit.now;
        let pause = match self.person.devices[visit.device].kind {
            DeviceKind::Desktop => [2.0, 7.0, 14.0, 28.0, 60.0, 240.0],
            _ => [2.0, 5.0, 11.0, 20.0, 45.0, 200.0],
        };
        visit.now += (self.rng.quantile(&pause) * 1_000.0) as i64;
        at
    }
}

const CATEGORY_PATHS: [&str; 8] = [
    "/c/tea",
    "/c/kitchen",
    "/c/bedding",
    "/c/lighting",
    "/c/garden",
    "/c/baby",
    "/c/pets",
    "/c/stationery",
];
