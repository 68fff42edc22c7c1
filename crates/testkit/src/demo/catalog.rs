//! What the shop sells.

use crate::rng::Rng;

/// A sort of goods.
#[derive(Clone, Copy, Debug)]
pub(super) struct Category {
    pub id: &'static str,
    pub english: [&'static str; 5],
    pub chinese: [&'static str; 5],
    /// What people call it in the search field.
    pub queries: [&'static str; 4],
    /// Words for it that the shop's search does not know.
    pub unknown_queries: [&'static str; 3],
    /// Lowest and highest price, in hundredths.
    pub prices: (i64, i64),
    weight: u32,
}

/// One thing on sale.
#[derive(Clone, Copy, Debug)]
pub(super) struct Product {
    pub category: usize,
    pub model: usize,
    pub variant: usize,
}

/// The category whose goods are bulky: a handling fee is added that no product page shows.
pub(super) const BULKY: usize = 4;

pub(super) const CATEGORIES: [Category; 8] = [
    Category {
        id: "tea",
        english: [
            "Green tea",
            "Black tea",
            "Gaiwan",
            "Travel tea set",
            "Tea tray",
        ],
        chinese: ["绿茶", "红茶", "盖碗", "旅行茶具", "茶盘"],
        queries: ["green tea", "teapot", "龙井", "茶具"],
        unknown_queries: ["matcha whisk", "crocodile tea pet", "建盏"],
        prices: (900, 8_900),
        weight: 22,
    },
    Category {
        id: "kitchen",
        english: ["Wok", "Rice cooker", "Chef knife", "Soup bowl", "Steamer"],
        chinese: ["炒锅", "电饭煲", "主厨刀", "汤碗", "蒸笼"],
        queries: ["wok", "knife", "炒锅", "电饭煲"],
        unknown_queries: ["wok ring", "induction safe", "不粘煎蛋锅"],
        prices: (1_200, 18_900),
        weight: 20,
    },
    Category {
        id: "bedding",
        english: [
            "Linen sheet",
            "Silk quilt",
            "Pillow",
            "Throw",
            "Mattress pad",
        ],
        chinese: ["亚麻床单", "蚕丝被", "枕头", "盖毯", "床垫"],
        queries: ["linen", "pillow", "床单", "蚕丝被"],
        unknown_queries: ["weighted blanket", "四件套 1.8m", "cooling sheet"],
        prices: (2_500, 29_900),
        weight: 14,
    },
    Category {
        id: "lighting",
        english: [
            "Desk lamp",
            "Paper lantern",
            "Reading light",
            "Night light",
            "Floor lamp",
        ],
        chinese: ["台灯", "纸灯笼", "阅读灯", "小夜灯", "落地灯"],
        queries: ["lamp", "lantern", "台灯", "夜灯"],
        unknown_queries: ["fairy lights", "氛围灯", "e14 bulb"],
        prices: (1_500, 15_900),
        weight: 12,
    },
    Category {
        id: "garden",
        english: [
            "Garden bench",
            "Planter",
            "Stone lantern",
            "Fire bowl",
            "Rain barrel",
        ],
        chinese: ["花园长椅", "花盆", "石灯", "火盆", "雨水桶"],
        queries: ["bench", "planter", "花盆", "长椅"],
        unknown_queries: ["raised bed kit", "户外秋千", "hose reel"],
        prices: (3_900, 39_900),
        weight: 11,
    },
    Category {
        id: "baby",
        english: [
            "Cotton bib",
            "Wooden blocks",
            "Night suit",
            "Bath tub",
            "Soft bear",
        ],
        chinese: ["棉围兜", "木积木", "睡衣", "浴盆", "软熊"],
        queries: ["blocks", "bib", "积木", "围兜"],
        unknown_queries: ["baby monitor", "安抚巾", "stroller hook"],
        prices: (700, 7_900),
        weight: 9,
    },
    Category {
        id: "pets",
        english: ["Cat tree", "Dog bed", "Litter box", "Feeding bowl", "Lead"],
        chinese: ["猫爬架", "狗窝", "猫砂盆", "食盆", "牵引绳"],
        queries: ["cat tree", "dog bed", "猫爬架", "狗窝"],
        unknown_queries: ["gps collar", "猫薄荷球", "aquarium"],
        prices: (800, 11_900),
        weight: 7,
    },
    Category {
        id: "stationery",
        english: [
            "Notebook",
            "Brush pen",
            "Ink stone",
            "Calendar",
            "Gift paper",
        ],
        chinese: ["笔记本", "毛笔", "砚台", "日历", "礼品纸"],
        queries: ["notebook", "brush pen", "笔记本", "日历"],
        unknown_queries: ["bullet journal", "手账贴纸", "fountain pen"],
        prices: (300, 4_900),
        weight: 5,
    },
];

const VARIANTS: [(&str, &str); 4] = [
    ("classic", "经典款"),
    ("small", "小号"),
    ("large", "大号"),
    ("gift", "礼盒装"),
];

impl Product {
    /// A product of a category; the first models and variants are the popular ones.
    pub fn draw(rng: &mut Rng, category: usize) -> Self {
        Self {
            category,
            model: rng.weighted(&[40, 25, 16, 11, 8]),
            variant: rng.weighted(&[50, 22, 18, 10]),
        }
    }

    /// A category, as often as people look for it.
    pub fn draw_category(rng: &mut Rng) -> usize {
        rng.weighted(&CATEGORIES.map(|category| category.weight))
    }

    fn number(self) -> i64 {
        (self.category * 20 + self.model * 4 + self.variant) as i64
    }

    /// The stock keeping number, like `tea-003`.
    pub fn write_sku(self, object: &mut super::writer::Object<'_>) {
        let number = self.model * 4 + self.variant;
        let category = CATEGORIES[self.category].id;
        object.shown("sku", format_args!("{category}-{number:03}"));
    }

    /// The price in hundredths: fixed for a product, spread over its category's range.
    pub fn price(self) -> i64 {
        let (low, high) = CATEGORIES[self.category].prices;
        let place = (self.number() * 7_919) % 101;
        let cents = low + (high - low) * place * place / 10_000;
        cents / 10 * 10 + 9
    }

    /// What the product is called.
    pub fn name(self, chinese: bool) -> String {
        let category = &CATEGORIES[self.category];
        let (english_variant, chinese_variant) = VARIANTS[self.variant];
        if chinese {
            format!("{} {chinese_variant}", category.chinese[self.model])
        } else {
            format!("{}, {english_variant}", category.english[self.model])
        }
    }

    /// Pieces left; some products are sold out all along.
    pub fn stock(self) -> i64 {
        let number = self.number();
        if number % 23 == 11 {
            0
        } else {
            3 + (number * 37) % 80
        }
    }
}
