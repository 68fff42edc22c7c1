//! Names, queries and opinions in Chinese and English, put together from parts of our own.

use crate::rng::Rng;

const ENGLISH_GIVEN: [&str; 20] = [
    "Ana", "Ben", "Clara", "Daniel", "Elif", "Femi", "Grace", "Hugo", "Iris", "Jonas", "Kira",
    "Liam", "Maya", "Noah", "Olga", "Priya", "Rosa", "Samir", "Tess", "Victor",
];
const ENGLISH_FAMILY: [&str; 20] = [
    "Adler", "Brook", "Costa", "Dahl", "Evans", "Fischer", "Green", "Hall", "Ito", "Jensen",
    "Keller", "Lopez", "Moore", "Novak", "Okafor", "Patel", "Reid", "Silva", "Turner", "Weber",
];
const CHINESE_GIVEN: [(&str, &str); 20] = [
    ("子涵", "zihan"),
    ("雨桐", "yutong"),
    ("浩然", "haoran"),
    ("思远", "siyuan"),
    ("佳怡", "jiayi"),
    ("梓萱", "zixuan"),
    ("明哲", "mingzhe"),
    ("晓琳", "xiaolin"),
    ("建国", "jianguo"),
    ("秀英", "xiuying"),
    ("文博", "wenbo"),
    ("欣妍", "xinyan"),
    ("俊杰", "junjie"),
    ("雅婷", "yating"),
    ("志强", "zhiqiang"),
    ("美玲", "meiling"),
    ("天宇", "tianyu"),
    ("诗涵", "shihan"),
    ("国栋", "guodong"),
    ("若曦", "ruoxi"),
];
const CHINESE_FAMILY: [(&str, &str); 20] = [
    ("王", "wang"),
    ("李", "li"),
    ("张", "zhang"),
    ("刘", "liu"),
    ("陈", "chen"),
    ("杨", "yang"),
    ("赵", "zhao"),
    ("黄", "huang"),
    ("周", "zhou"),
    ("吴", "wu"),
    ("徐", "xu"),
    ("孙", "sun"),
    ("胡", "hu"),
    ("朱", "zhu"),
    ("高", "gao"),
    ("林", "lin"),
    ("何", "he"),
    ("郭", "guo"),
    ("马", "ma"),
    ("罗", "luo"),
];

/// A name, and the part of an address that goes with it.
pub(super) fn name(rng: &mut Rng, is_chinese: bool) -> (String, String) {
    if is_chinese {
        let (given, given_latin) = rng.pick(&CHINESE_GIVEN);
        let (family, family_latin) = rng.pick(&CHINESE_FAMILY);
        (
            format!("{family}{given}"),
            format!("{given_latin}.{family_latin}"),
        )
    } else {
        let (given, family) = (rng.pick(&ENGLISH_GIVEN), rng.pick(&ENGLISH_FAMILY));
        let handle = format!("{given}.{family}").to_ascii_lowercase();
        (format!("{given} {family}"), handle)
    }
}

/// Texts that must be shown as they are and do nothing.
pub fn hostile(index: usize) -> &'static str {
    HOSTILE[index % HOSTILE.len()]
}

const HOSTILE: [&str; 12] = [
    "<script>document.title='owned'</script>",
    "\"><img src=x onerror=\"document.title='owned'\">",
    "Robert'); DROP TABLE profiles;--",
    "{{constructor.constructor('return 1')()}}",
    "${7*7} #{7*7} <%= 7*7 %>",
    "\u{202e}txt.exe\u{202c} مرحبا بالعالم",
    "👩‍👩‍👧‍👦🏳️‍🌈 家族 𝒻𝒶𝓃𝒸𝓎",
    "=HYPERLINK(\"http://shop.example\",\"click\")",
    "javascript:alert(1)//%0d%0aSet-Cookie: a=b",
    "Z̷̢͓a̵̛͎l̶̰͝g̴̘̀o̷̙͑ \u{200b}\u{feff}zero\u{200d}width",
    "../../../../etc/passwd",
    concat!(
        "long long long long long long long long long long long long long long long long long ",
        "long long long long long long long long long long long long long long long long long ",
        "long long long long long long long long long long long long long long long long long ",
        "long long long long long long long long long long long long long long long long end"
    ),
];

/// What somebody lived through, as far as an opinion tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Experience {
    Fine,
    Late,
    Fee,
    Quality,
    Refused,
    SlowAnswer,
}

/// A text that fits a score of 1 to 5 and what was lived through.
pub(super) fn opinion(
    rng: &mut Rng,
    is_chinese: bool,
    score: i64,
    experience: Experience,
    product: &str,
) -> String {
    let parts = if is_chinese { &CHINESE } else { &ENGLISH };
    let mood = match score {
        4.. => &parts.glad,
        3 => &parts.mixed,
        _ => &parts.sad,
    };
    let opening = rng.pick(&mood.openings).replace("{}", product);
    let detail = match experience {
        Experience::Late => rng.pick(&parts.late),
        Experience::Fee => rng.pick(&parts.fee),
        Experience::Quality => rng.pick(&parts.quality),
        Experience::Refused => rng.pick(&parts.refused),
        Experience::SlowAnswer => rng.pick(&parts.slow_answer),
        Experience::Fine => rng.pick(&mood.details),
    };
    let closing = rng.pick(&mood.closings);
    let gap = if is_chinese { "" } else { " " };
    match rng.weighted(&[1, 3, 3, 6]) {
        0 => detail.to_string(),
        1 => format!("{opening}{gap}{detail}"),
        2 => format!("{detail}{gap}{closing}"),
        _ => format!("{opening}{gap}{detail}{gap}{closing}"),
    }
}

struct Parts {
    glad: Mood,
    mixed: Mood,
    sad: Mood,
    late: [&'static str; 6],
    fee: [&'static str; 4],
    quality: [&'static str; 6],
    refused: [&'static str; 4],
    slow_answer: [&'static str; 4],
}

struct Mood {
    openings: [&'static str; 6],
    details: [&'static str; 8],
    closings: [&'static str; 6],
}

static ENGLISH: Parts = Parts {
    glad: Mood {
        openings: [
            "The {} is exactly what I hoped for.",
            "Bought the {} for my mother.",
            "Second time I order the {}.",
            "Lovely {}.",
            "My {} came in good shape.",
            "Did not expect much from the {}, was wrong.",
        ],
        details: [
            "Well packed and on the day they said.",
            "The colors look like in the pictures.",
            "Feels solid in the hand.",
            "Ordering took me two minutes.",
            "Arrived a day early!",
            "The chat helped me pick the right size.",
            "Good price for what you get.",
            "Even the box is pretty.",
        ],
        closings: [
            "Would buy again.",
            "Thank you!",
            "Five stars from our kitchen.",
            "Told my sister about it.",
            "Happy customer here.",
            "Keep it up.",
        ],
    },
    mixed: Mood {
        openings: [
            "The {} is all right.",
            "Not sure about the {}.",
            "The {} does its job.",
            "I had expected a bit more of the {}.",
            "So so.",
            "The {} is fine, the rest was not.",
        ],
        details: [
            "The size is smaller than it looks.",
            "Packaging was a bit thin.",
            "You pay for the name.",
            "Took me some time to find it in the shop.",
            "The instructions are hard to read.",
            "Good material, odd smell at first.",
            "Customer service was polite but slow.",
            "The website logged me out twice.",
        ],
        closings: [
            "It will do.",
            "Might keep it.",
            "Three stars.",
            "Could be better.",
            "Let us see how it lasts.",
            "Maybe next time another shop.",
        ],
    },
    sad: Mood {
        openings: [
            "Very disappointed with the {}.",
            "Never again.",
            "I wanted to like the {}.",
            "What a mess.",
            "The {} was meant as a gift.",
            "I am angry.",
        ],
        details: [
            "It looks nothing like the pictures.",
            "One part was missing.",
            "Nobody answers the phone.",
            "I had to explain my problem four times.",
            "The price was lower a day later.",
            "They canceled and ordered again without asking.",
            "The seam opened after a week.",
            "Refund took ages.",
        ],
        closings: [
            "I want my money back.",
            "Do better.",
            "Not worth the trouble.",
            "One star is too much.",
            "I will tell my friends to stay away.",
            "Last order from me.",
        ],
    },
    late: [
        "Paid for express and waited double the time.",
        "Promised in two days, came when I had stopped waiting.",
        "The parcel sat in the west depot for days.",
        "Birthday was over when it arrived.",
        "Tracking said \"out for delivery\" three days in a row.",
        "Express? My grandmother is faster.",
    ],
    fee: [
        "A handling fee popped up at the very end.",
        "Fourteen ninety on top that no page had told me about.",
        "The price in the cart was not the price I paid.",
        "Hidden costs at checkout, not nice.",
    ],
    quality: [
        "It was scratched when I opened it.",
        "Broke on the third day.",
        "The glaze is already coming off.",
        "Wrong size in the box.",
        "Loose thread everywhere.",
        "It wobbles.",
    ],
    refused: [
        "The app refused my address again and again.",
        "Had to type my street four times until the app took it.",
        "\"Invalid postcode\", it said. I live here.",
        "The address form in the new app is broken.",
    ],
    slow_answer: [
        "Two days until somebody answered my ticket.",
        "I asked how to send it back and heard nothing for days.",
        "Support answered when I had given up.",
        "Waiting for an answer on my return was worse than the fault.",
    ],
};

static CHINESE: Parts = Parts {
    glad: Mood {
        openings: [
            "{}收到了，跟我想的一样。",
            "给妈妈买的{}，她很喜欢。",
            "第二次回购{}了。",
            "{}颜值很高。",
            "{}到手完好无损。",
            "本来没抱太大希望，{}却让我惊喜。",
        ],
        details: [
            "包装很用心，也是按说好的日子到的。",
            "颜色和图片上没有差别。",
            "拿在手里很有分量。",
            "下单特别顺，两分钟搞定。",
            "居然提前一天送到了！",
            "在线客服帮我选对了尺寸。",
            "这个价位很值。",
            "连盒子都好看。",
        ],
        closings: [
            "还会再来。",
            "谢谢店家！",
            "五星好评。",
            "已经推荐给同事了。",
            "很满意的一次购物。",
            "继续保持。",
        ],
    },
    mixed: Mood {
        openings: [
            "{}还可以吧。",
            "{}一般般。",
            "{}能用。",
            "对{}的期待更高一点。",
            "说不上好坏。",
            "{}没问题，别的就难说了。",
        ],
        details: [
            "实物比看起来小一圈。",
            "包装有点薄。",
            "感觉多半是在付牌子的钱。",
            "在网站里找了半天才找到。",
            "说明书字太小看不清。",
            "料子不错，就是刚打开有味道。",
            "客服态度好，就是慢。",
            "网站让我重新登录了两次。",
        ],
        closings: [
            "凑合用吧。",
            "先留着。",
            "给三星。",
            "还有进步空间。",
            "看看耐不耐用。",
            "下次可能换一家。",
        ],
    },
    sad: Mood {
        openings: [
            "对{}非常失望。",
            "不会再买了。",
            "本来很想喜欢{}的。",
            "一团糟。",
            "{}是要送人的，结果很尴尬。",
            "真的生气。",
        ],
        details: [
            "和图片完全不是一回事。",
            "少了一个配件。",
            "电话一直没人接。",
            "同一个问题我讲了四遍。",
            "第二天就降价了。",
            "没问我就取消重下了。",
            "用了一周就开线。",
            "退款等了好久。",
        ],
        closings: [
            "我要退款。",
            "请认真改进。",
            "不值得折腾。",
            "一星都嫌多。",
            "会劝朋友别来。",
            "最后一次下单。",
        ],
    },
    late: [
        "加钱买了加急，却等了两倍的时间。",
        "说好两天到，等到不想等了才来。",
        "包裹在西区仓库躺了好几天。",
        "生日都过完了才送到。",
        "物流连着三天显示派送中。",
        "这也叫加急？走路都到了。",
    ],
    fee: [
        "付款前突然多出一笔搬运费。",
        "多收了十四块九，之前哪里都没写。",
        "购物车的价格和实付不一样。",
        "结账才看到隐藏费用，体验不好。",
    ],
    quality: [
        "打开就有划痕。",
        "第三天就坏了。",
        "釉面已经开始掉。",
        "盒子里的尺码不对。",
        "线头到处都是。",
        "放着会晃。",
    ],
    refused: [
        "新版应用一直说我的地址不对。",
        "街道名输了四遍才通过。",
        "提示邮编无效，可我就住这儿。",
        "更新以后地址页面根本没法用。",
    ],
    slow_answer: [
        "工单两天后才有人回。",
        "问怎么退货，好几天没有动静。",
        "等客服回复的时候我已经放弃了。",
        "退货等答复比商品问题更让人难受。",
    ],
};
