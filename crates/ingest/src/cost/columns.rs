//! What the columns of exports of ad platforms usually mean.

use super::{CostMapping, DayOrder};

/// A mapping from the names of columns, in the languages and spellings of usual exports.
pub fn suggest(columns: &[String]) -> CostMapping {
    let find = |names: &[&str]| {
        let is = |column: &&String, name: &&str| plain(column) == **name;
        names
            .iter()
            .find_map(|name| columns.iter().find(|column| is(column, name)).cloned())
    };
    let micros = find(&["costmicros", "metricscostmicros", "spendmicros"]);
    let amount = find(&[
        "amount",
        "cost",
        "spend",
        "amountspent",
        "totalspent",
        "totalcost",
        "花费",
        "花費",
        "消耗",
        "费用",
        "費用",
        "金额",
        "金額",
    ])
    .or_else(|| {
        // Some platforms write the currency into the name, like `Amount spent (EUR)`.
        let starts = ["amountspent", "cost", "spend", "花费", "消耗"];
        let is = |column: &&String| starts.iter().any(|it| plain(column).starts_with(it));
        columns
            .iter()
            .filter(|it| !plain(it).contains("per"))
            .find(is)
            .cloned()
    });
    let in_micros =
        amount.as_ref().is_none_or(|it| Some(it) == micros.as_ref()) && micros.is_some();
    CostMapping {
        day: find(&[
            "day",
            "date",
            "segmentsdate",
            "reportingstarts",
            "日期",
            "天",
            "时间",
            "時間",
        ])
        .unwrap_or_default(),
        day_order: DayOrder::Year,
        amount: amount.or(micros).unwrap_or_default(),
        in_micros,
        channel: find(&["channel", "渠道", "管道"]),
        channel_else: None,
        source: find(&[
            "source",
            "utmsource",
            "platform",
            "network",
            "adnetwork",
            "来源",
            "來源",
            "平台",
        ]),
        campaign: find(&[
            "campaign",
            "utmcampaign",
            "campaignname",
            "推广计划",
            "计划",
            "广告系列",
            "廣告活動",
            "行銷活動",
        ]),
        medium: find(&["medium", "utmmedium", "媒介"]),
        content: find(&[
            "content",
            "utmcontent",
            "ad",
            "adname",
            "adgroup",
            "adgroupname",
            "adset",
            "adsetname",
            "创意",
            "广告组",
        ]),
        currency: find(&[
            "currency",
            "currencycode",
            "accountcurrency",
            "币种",
            "货币",
            "幣別",
            "貨幣",
        ]),
        currency_else: None,
        impressions: find(&[
            "impressions",
            "impr",
            "展现",
            "展示次数",
            "曝光",
            "曝光數",
            "展示",
        ]),
        clicks: find(&[
            "clicks",
            "linkclicks",
            "点击",
            "点击次数",
            "點擊",
            "點擊數",
            "点击量",
        ]),
    }
}

/// The name without anything but letters, in lower case.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(|it| it.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}
