//! Channels by name, for events whose source does not say one.

use std::collections::BTreeMap;

use throughline_model::{Channel, ChannelRule, EventName, Matcher};

use super::SeenEvent;
use super::words::Words;

/// The first line that fits decides. A choice of delivery is made where one shops.
const CHANNELS: &[(&str, Option<Channel>)] = &[
    (
        "choice choose chosen select* option* method courier pickup",
        None,
    ),
    ("whatsapp", Some(Channel::Whatsapp)),
    ("sms 短信", Some(Channel::Sms)),
    ("push notification* 推送", Some(Channel::Push)),
    ("email* mail newsletter 邮件", Some(Channel::Email)),
    ("chat* livechat 在线客服 聊天", Some(Channel::Chat)),
    ("call* phone* 电话 通话", Some(Channel::Call)),
    (
        "review* rating* survey* nps csat 评价 评论 好评 问卷",
        Some(Channel::Review),
    ),
    (
        "ticket* complaint* support helpdesk return* refund* warranty 工单 售后 投诉 客服 退货 退款",
        Some(Channel::Service),
    ),
    (
        "deliver* ship* parcel* courier* dispatch* 发货 配送 物流 送达 签收 快递",
        Some(Channel::Delivery),
    ),
    (
        "social facebook instagram tiktok weibo wechat xiaohongshu 微博 微信 抖音 小红书",
        Some(Channel::Social),
    ),
    (
        "ad ads advert* impression* adwords 广告 投放 曝光",
        Some(Channel::Ads),
    ),
    ("store pos branch showroom 门店 到店", Some(Channel::Store)),
    ("app screen* 小程序", Some(Channel::App)),
    (
        "page* site web* landing homepage 网页 网站 落地页",
        Some(Channel::Web),
    ),
];

/// One rule for each channel that names tell, in the order of the channels.
pub(super) fn suggest(seen: &[&SeenEvent]) -> Vec<ChannelRule> {
    let mut by_channel: BTreeMap<Channel, Vec<EventName>> = BTreeMap::new();
    for event in seen {
        if !is_silent(event) {
            continue;
        }
        let words = Words::of(event.name.as_str());
        let line = CHANNELS.iter().find(|(patterns, _)| words.has(patterns));
        if let Some((_, Some(channel))) = line {
            by_channel
                .entry(*channel)
                .or_default()
                .push(event.name.clone());
        }
    }
    by_channel
        .into_iter()
        .map(|(channel, events)| ChannelRule {
            channel,
            matcher: Matcher {
                events,
                ..Matcher::default()
            },
        })
        .collect()
}

/// True when most of the events do not say where they happened.
fn is_silent(event: &SeenEvent) -> bool {
    let known: u64 = event
        .channels
        .iter()
        .filter(|(channel, _)| **channel != Channel::Other)
        .map(|(_, events)| events)
        .sum();
    known * 2 < event.events
}
