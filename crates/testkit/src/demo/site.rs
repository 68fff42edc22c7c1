//! The pages of the web shop, and what can be clicked on them.

/// A page, or all pages of one kind.
#[derive(Debug)]
pub(super) struct Site {
    pub name: &'static str,
    /// On a desktop, in CSS pixels; the narrow page of a phone is longer.
    pub height: i64,
    pub parts: &'static [Part],
}

/// Something on a page. Sides are in thousandths of its width, top and height in pixels.
#[derive(Debug)]
pub(super) struct Part {
    pub selector: &'static str,
    pub tag: &'static str,
    pub text: &'static str,
    pub left: i64,
    pub width: i64,
    pub top: i64,
    pub height: i64,
    pub fate: Fate,
    /// How often it is clicked, against the others of the page.
    pub weight: u32,
}

/// What comes of a click.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Leads,
    Changes,
    Types,
    Nothing,
}

pub(super) const HELP: &str = "/help";
pub(super) const CHECKOUT: &str = "/checkout";
pub(super) const SOLD_OUT: &str = "/landing/garden-week";

impl Site {
    pub fn of(path: &str) -> &'static Self {
        match path {
            "/" => &HOME,
            HELP => &HELP_PAGE,
            CHECKOUT => &CHECKOUT_PAGE,
            SOLD_OUT => &SOLD_OUT_PAGE,
            _ if path.starts_with("/landing") => &LANDING,
            _ if path.starts_with("/account") => &ACCOUNT,
            _ => &LIST,
        }
    }
}

static HOME: Site = Site {
    name: "Home",
    height: 2_600,
    parts: &[
        SEARCH,
        link("#hero", "See the season", [80, 220, 420, 56], 30),
        link("#nav-tea", "Tea", [80, 90, 96, 40], 16),
        link("#nav-kitchen", "Kitchen", [180, 90, 96, 40], 14),
        link("#nav-garden", "Garden", [280, 90, 96, 40], 8),
        link("#makers", "Meet the makers", [80, 260, 1_900, 48], 5),
        // It looks as if it led to the offer, and does not.
        picture("#hero-picture", [500, 420, 180, 420], 6),
    ],
};

static LIST: Site = Site {
    name: "Category",
    height: 3_400,
    parts: &[
        SEARCH,
        link(
            "#list > a:nth-of-type(1)",
            "See product",
            [80, 260, 320, 340],
            26,
        ),
        link(
            "#list > a:nth-of-type(2)",
            "See product",
            [370, 260, 320, 340],
            20,
        ),
        link(
            "#list > a:nth-of-type(3)",
            "See product",
            [660, 260, 320, 340],
            15,
        ),
        link(
            "#list > a:nth-of-type(4)",
            "See product",
            [80, 260, 720, 340],
            9,
        ),
        button("#sort", "Sort", [760, 160, 210, 44], Fate::Changes, 14),
        button("#filter", "Filter", [80, 160, 210, 44], Fate::Changes, 10),
        picture("#banner", [80, 840, 120, 72], 3),
    ],
};

static LANDING: Site = Site {
    name: "Landing",
    height: 1_800,
    parts: &[
        link("#offer", "See the offer", [80, 260, 460, 56], 40),
        link("#all", "See everything", [380, 220, 460, 56], 18),
        picture("#story", [80, 840, 640, 460], 5),
    ],
};

/// The product of the campaign is sold out, and its button says so to nobody.
static SOLD_OUT_PAGE: Site = Site {
    name: "Landing",
    height: 1_500,
    parts: &[
        button(
            "#add",
            "Add to cart",
            [560, 300, 520, 56],
            Fate::Nothing,
            46,
        ),
        link("#all", "See everything", [560, 300, 600, 44], 12),
        picture("#bench", [80, 440, 180, 520], 6),
    ],
};

static HELP_PAGE: Site = Site {
    name: "Help",
    height: 1_400,
    parts: &[
        SEARCH,
        button(
            "#delivery > summary",
            "Delivery",
            [80, 840, 320, 56],
            Fate::Changes,
            20,
        ),
        button(
            "#returns > summary",
            "Returns",
            [80, 840, 390, 56],
            Fate::Changes,
            24,
        ),
        link("#chat", "Ask us", [80, 220, 900, 52], 12),
    ],
};

static CHECKOUT_PAGE: Site = Site {
    name: "Checkout",
    height: 1_300,
    parts: &[
        field("#address input[name=postcode]", [80, 240, 420, 48], 24),
        field("#address input[name=street]", [80, 520, 350, 48], 20),
        button(
            "#continue",
            "Continue",
            [80, 260, 620, 56],
            Fate::Changes,
            36,
        ),
        link("#back-to-cart", "Back to the cart", [80, 180, 140, 32], 6),
    ],
};

static ACCOUNT: Site = Site {
    name: "Order Status",
    height: 1_200,
    parts: &[
        button(
            "#track",
            "Where is my parcel",
            [80, 300, 340, 52],
            Fate::Changes,
            40,
        ),
        link(
            "#orders > a:nth-of-type(1)",
            "See order",
            [80, 840, 460, 88],
            22,
        ),
        link("#help", "Help", [820, 100, 90, 40], 6),
    ],
};

const SEARCH: Part = field("#search", [400, 300, 30, 44], 12);

/// A place is left, width, top and height.
type Place = [i64; 4];

const fn part(
    selector: &'static str,
    (tag, text): (&'static str, &'static str),
    [left, width, top, height]: Place,
    fate: Fate,
    weight: u32,
) -> Part {
    Part {
        selector,
        tag,
        text,
        left,
        width,
        top,
        height,
        fate,
        weight,
    }
}

const fn link(selector: &'static str, text: &'static str, place: Place, weight: u32) -> Part {
    part(selector, ("a", text), place, Fate::Leads, weight)
}

const fn button(
    selector: &'static str,
    text: &'static str,
    place: Place,
    fate: Fate,
    weight: u32,
) -> Part {
    part(selector, ("button", text), place, fate, weight)
}

const fn field(selector: &'static str, place: Place, weight: u32) -> Part {
    part(selector, ("input", ""), place, Fate::Types, weight)
}

const fn picture(selector: &'static str, place: Place, weight: u32) -> Part {
    part(selector, ("img", ""), place, Fate::Nothing, weight)
}
