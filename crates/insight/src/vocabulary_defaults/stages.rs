//! Stages by name; where names say little, by where on people's paths the events lie.

use std::collections::BTreeSet;

use throughline_model::{EventName, Matcher, StageRule, Touchpoint};

use super::SeenEvent;
use super::pages;
use super::words::Words;
use crate::captured::CAPTURED;

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
    ("other", "page*", Sense::Neutral),
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

/// A touchpoint with what its name says.
struct Subject<'a> {
    touchpoint: &'a Touchpoint,
    sense: Sense,
    events: f64,
    position: f64,
}

/// The usual stages, or a beginning, a middle and an end where names tell too little.
pub(super) fn suggest(seen: &[&SeenEvent], touchpoints: &[Touchpoint]) -> Vec<StageRule> {
    let subjects = subjects(seen, touchpoints);
    let of = |wanted: fn(&Sense) -> bool| -> f64 {
        let told = subjects.iter().filter(|it| wanted(&it.sense));
        told.map(|it| it.events).sum()
    };
    let told = of(|sense| matches!(sense, Sense::Stage(_)));
    let asked = of(|sense| *sense != Sense::Neutral);
    let kinds: BTreeSet<usize> = subjects.iter().filter_map(|it| it.sense.stage()).collect();
    if kinds.len() < 2 || told < asked * TOLD_SHARE {
        return by_position(&subjects);
    }
    let mut members: [Vec<String>; 5] = Default::default();
    for subject in &subjects {
        let stage = match subject.sense {
            Sense::Stage(stage) => Some(stage),
            Sense::Unknown => nearest(subject, &subjects),
            Sense::Neutral => None,
        };
        if let Some(stage) = stage {
            members[stage].push(subject.touchpoint.id.clone());
        }
    }
    rules(&STAGES, members)
}

/// Pages say by their name what they are, all else by the names of its events.
fn subjects<'a>(seen: &[&SeenEvent], touchpoints: &'a [Touchpoint]) -> Vec<Subject<'a>> {
    let event = |name: &EventName| seen.iter().copied().find(|event| event.name == *name);
    // What the browser library tells of any form or popup says nothing of where people are.
    let of_any_element = |name: &EventName| CAPTURED.contains(&name.as_str());
    touchpoints
        .iter()
        .filter(|it| !it.matcher.events.iter().all(of_any_element))
        .map(|touchpoint| {
            let events: Vec<&SeenEvent> =
                touchpoint.matcher.events.iter().filter_map(event).collect();
            let is_page = events.iter().any(|event| pages::is_page(event));
            let sense = if is_page {
                sense(&touchpoint.name)
            } else {
                let senses = events.iter().map(|event| sense(event.name.as_str()));
                senses.fold(Sense::Unknown, |first, next| match first {
                    Sense::Unknown => next,
                    _ => first,
                })
            };
            let sharing = |event: &SeenEvent| {
                let all = touchpoints
                    .iter()
                    .filter(|it| it.matcher.events.contains(&event.name));
                all.count().max(1) as f64
            };
            Subject {
                touchpoint,
                sense,
                // Touchpoints of the same events share them evenly, as far as is known here.
                events: events
                    .iter()
                    .map(|event| event.events as f64 / sharing(event))
                    .sum(),
                position: events.first().map_or(0.0, |event| event.position),
            }
        })
        .collect()
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

/// The stage of the touchpoint that lies closest on people's paths and whose name tells one.
fn nearest(subject: &Subject<'_>, subjects: &[Subject<'_>]) -> Option<usize> {
    let distance = |other: &Subject<'_>| (other.position - subject.position).abs();
    subjects
        .iter()
        .filter_map(|other| Some((distance(other), &other.touchpoint.id, other.sense.stage()?)))
        .min_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(b.1)))
        .map(|(_, _, stage)| stage)
}

/// Thirds of the way, each with at least one touchpoint where there are three.
fn by_position(subjects: &[Subject<'_>]) -> Vec<StageRule> {
    const THIRDS: [(&str, &str); 3] = [
        ("beginning", "Beginning"),
        ("middle", "Middle"),
        ("end", "End"),
    ];
    let mut ordered: Vec<&Subject<'_>> = subjects
        .iter()
        .filter(|subject| subject.sense != Sense::Neutral)
        .collect();
    ordered.sort_by(|a, b| {
        let by_position = a.position.total_cmp(&b.position);
        by_position.then_with(|| a.touchpoint.id.cmp(&b.touchpoint.id))
    });
    let mut members: [Vec<String>; 3] = Default::default();
    let count = ordered.len().max(1);
    for (place, subject) in ordered.into_iter().enumerate() {
        members[place * 3 / count].push(subject.touchpoint.id.clone());
    }
    rules(&THIRDS, members)
}

/// A stage without a touchpoint is left out: an empty matcher would take everything.
fn rules<const N: usize>(stages: &[(&str, &str); N], members: [Vec<String>; N]) -> Vec<StageRule> {
    stages
        .iter()
        .zip(members)
        .filter(|(_, touchpoints)| !touchpoints.is_empty())
        .map(|((id, name), touchpoints)| StageRule {
            id: (*id).to_owned(),
            name: (*name).to_owned(),
            entry: Matcher {
                touchpoints,
                ..Matcher::default()
            },
        })
        .collect()
}
