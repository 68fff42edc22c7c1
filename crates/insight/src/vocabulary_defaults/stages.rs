//! Stages by name; where names say little, by where on people's paths the events lie.

use throughline_model::{EventName, Matcher, StageRule};

use super::SeenEvent;
use super::words::Words;

const STAGES: [(&str, &str); 5] = [
    ("awareness", "Awareness"),
    ("consideration", "Consideration"),
    ("decision", "Decision"),
    ("purchase", "Purchase"),
    ("after", "After"),
];

const AWARENESS: Sense = Sense::Stage(0);
const CONSIDERATION: Sense = Sense::Stage(1);
const DECISION: Sense = Sense::Stage(2);
const PURCHASE: Sense = Sense::Stage(3);
const AFTER: Sense = Sense::Stage(4);

/// What a name says of the stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sense {
    /// An index in [`STAGES`].
    Stage(usize),
    /// It happens in every stage and moves nobody: a message, a login, a call.
    Neutral,
    Unknown,
}

/// The first line all of whose columns fit decides; an empty column asks nothing.
const SENSES: &[(&str, &str, Sense)] = &[
    (
        "email* mail sms push whatsapp notification* message* newsletter 短信 邮件 推送",
        "",
        Sense::Neutral,
    ),
    (
        "sign* login logout logged account register* registration identify 登录 注册",
        "",
        Sense::Neutral,
    ),
    ("call* chat* phone* 电话 在线客服", "", Sense::Neutral),
    ("app session", "open* start* launch* end*", Sense::Neutral),
    ("help faq error* 帮助 报错", "", Sense::Neutral),
    (
        "review* rating* 评价 评论",
        "read view* open* expand* 查看 浏览",
        CONSIDERATION,
    ),
    (
        "wishlist favorite* favourite* compar* 收藏 对比",
        "",
        CONSIDERATION,
    ),
    (
        "order* parcel* shipment* delivery 订单 物流",
        "status track* histor* 查询",
        AFTER,
    ),
    (
        "order* purchase* 订单",
        "deliver* ship* return* refund* receiv* collect* dispatch* arriv*",
        AFTER,
    ),
    (
        "deliver* ship* pay* address courier pickup 配送 支付",
        "choice choose chosen courier pickup select* option* method enter* form info reject* invalid 方式 选择",
        DECISION,
    ),
    ("coupon* voucher* 优惠券", "redeem* used 核销", PURCHASE),
    (
        "cart basket bag checkout coupon* voucher* address 购物车 结算 优惠券 收货地址",
        "",
        DECISION,
    ),
    ("product* item* goods 商品", "add* remov*", DECISION),
    (
        "survey* nps csat feedback return* refund* ticket* complain* support warranty mention* \
         发货 签收 物流 配送 送达 退货 退款 售后 投诉 工单 客服 问卷",
        "",
        AFTER,
    ),
    (
        "loyalty member* point* invit* renew* guide* manual repurchase repeat referral* \
         积分 会员 邀请 复购",
        "",
        AFTER,
    ),
    (
        "pay* paid purchas* order* transaction* bought buy subscrib* conver* \
         支付 付款 订单 下单 购买 成交",
        "",
        PURCHASE,
    ),
    (
        "deliver* ship* parcel* dispatch* review* rating* 评价 评论 好评",
        "",
        AFTER,
    ),
    (
        "search* product* item* catalog* categor* collection* list* filter* detail* brows* price* \
         menu recommend* demo trial 搜索 商品 浏览 详情 筛选 目录 分类",
        "",
        CONSIDERATION,
    ),
    ("store shop 门店", "visit* enter* 到店", CONSIDERATION),
    (
        "ad ads advert* campaign* impression* landing banner* social post* flyer install* main home \
         homepage visit* 广告 曝光 投放 落地页 首页 活动 关注 安装",
        "",
        AWARENESS,
    ),
];

/// At least this share of events must have a name that tells its stage.
const TOLD_SHARE: f64 = 0.5;

/// The usual stages, or a beginning, a middle and an end where names tell too little.
pub(super) fn suggest(seen: &[&SeenEvent]) -> Vec<StageRule> {
    let senses: Vec<Sense> = seen
        .iter()
        .map(|event| sense(event.name.as_str()))
        .collect();
    let of = |wanted: fn(&Sense) -> bool| -> u64 {
        let told = seen.iter().zip(&senses).filter(|(_, sense)| wanted(sense));
        told.map(|(event, _)| event.events).sum()
    };
    let told = of(|sense| matches!(sense, Sense::Stage(_)));
    let asked = of(|sense| *sense != Sense::Neutral);
    let mut kinds: Vec<usize> = senses.iter().filter_map(|sense| sense.stage()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    if kinds.len() < 2 || (told as f64) < asked as f64 * TOLD_SHARE {
        return by_position(seen, &senses);
    }
    let mut members: [Vec<EventName>; 5] = Default::default();
    for (event, sense) in seen.iter().zip(&senses) {
        let stage = match sense {
            Sense::Stage(stage) => Some(*stage),
            Sense::Unknown => nearest(event, seen, &senses),
            Sense::Neutral => None,
        };
        if let Some(stage) = stage {
            members[stage].push(event.name.clone());
        }
    }
    rules(&STAGES, members)
}

impl Sense {
    fn stage(self) -> Option<usize> {
        match self {
            Self::Stage(stage) => Some(stage),
            _ => None,
        }
    }
}

fn sense(name: &str) -> Sense {
    let words = Words::of(name);
    SENSES
        .iter()
        .find(|(first, second, _)| words.has(first) && (second.is_empty() || words.has(second)))
        .map_or(Sense::Unknown, |(_, _, sense)| *sense)
}

/// The stage of the event that lies closest on people's paths and whose name tells one.
fn nearest(event: &SeenEvent, seen: &[&SeenEvent], senses: &[Sense]) -> Option<usize> {
    let distance = |other: &SeenEvent| (other.position - event.position).abs();
    seen.iter()
        .zip(senses)
        .filter_map(|(other, sense)| Some((distance(other), &other.name, sense.stage()?)))
        .min_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(b.1)))
        .map(|(_, _, stage)| stage)
}

/// Thirds of the way, each with at least one event where there are three.
fn by_position(seen: &[&SeenEvent], senses: &[Sense]) -> Vec<StageRule> {
    const THIRDS: [(&str, &str); 3] = [
        ("beginning", "Beginning"),
        ("middle", "Middle"),
        ("end", "End"),
    ];
    let mut ordered: Vec<&SeenEvent> = seen
        .iter()
        .zip(senses)
        .filter(|(_, sense)| **sense != Sense::Neutral)
        .map(|(event, _)| *event)
        .collect();
    ordered.sort_by(|a, b| {
        let by_position = a.position.total_cmp(&b.position);
        by_position.then_with(|| a.name.cmp(&b.name))
    });
    let mut members: [Vec<EventName>; 3] = Default::default();
    let count = ordered.len().max(1);
    for (place, event) in ordered.into_iter().enumerate() {
        members[place * 3 / count].push(event.name.clone());
    }
    rules(&THIRDS, members)
}

/// A stage without an event is left out: an empty matcher would take everything.
fn rules<const N: usize>(
    stages: &[(&str, &str); N],
    members: [Vec<EventName>; N],
) -> Vec<StageRule> {
    stages
        .iter()
        .zip(members)
        .filter(|(_, events)| !events.is_empty())
        .map(|((id, name), events)| StageRule {
            id: (*id).to_owned(),
            name: (*name).to_owned(),
            entry: Matcher {
                events,
                ..Matcher::default()
            },
        })
        .collect()
}
