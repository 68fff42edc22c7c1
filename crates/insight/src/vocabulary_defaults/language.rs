//! The names of a suggested vocabulary in the language of who reads them.
//!
//! Suggested names are made of the words of event names. A name is told in another language when each of its
//! words is known; else it stays as it is, as half a name would mislead.

use throughline_model::{Vocabulary, schedule::Language};

use super::words::Words;

/// Stages by id: simplified, then traditional.
const STAGES: &[(&str, &str, &str)] = &[
    ("awareness", "认知", "認知"),
    ("consideration", "考虑", "考慮"),
    ("decision", "决策", "決策"),
    ("purchase", "购买", "購買"),
    ("after", "售后", "售後"),
    ("beginning", "开始", "開始"),
    ("middle", "中段", "中段"),
    ("end", "结束", "結束"),
];

/// Signals by id: simplified, then traditional.
const SIGNALS: &[(&str, &str, &str)] = &[
    ("rage_click", "愤怒点击", "憤怒點擊"),
    ("dead_click", "无效点击", "無效點擊"),
    ("form_error", "表单报错", "表單錯誤"),
    ("quick_back", "快速返回", "快速返回"),
    ("repeated_search", "重复搜索", "重複搜尋"),
    ("zero_results", "搜索无结果", "搜尋無結果"),
];

/// Words of event names. Chinese puts the thing before what is done with it, as these names do.
const WORDS: &[(&str, &str, &str)] = &[
    ("account", "账户", "帳戶"),
    ("ad", "广告", "廣告"),
    ("add", "加入", "加入"),
    ("added", "加入", "加入"),
    ("address", "地址", "地址"),
    ("again", "再次", "再次"),
    ("answered", "回复", "回覆"),
    ("app", "App ", "App "),
    ("article", "文章", "文章"),
    ("banner", "横幅", "橫幅"),
    ("basket", "购物车", "購物車"),
    ("bought", "购买", "購買"),
    ("bounced", "退信", "退信"),
    ("call", "通话", "通話"),
    ("campaign", "活动", "活動"),
    ("canceled", "取消", "取消"),
    ("cancelled", "取消", "取消"),
    ("cart", "购物车", "購物車"),
    ("catalog", "目录", "目錄"),
    ("category", "分类", "分類"),
    ("changed", "更改", "變更"),
    ("chat", "在线客服", "線上客服"),
    ("checkout", "结算", "結帳"),
    ("choice", "选择", "選擇"),
    ("chosen", "选择", "選擇"),
    ("clicked", "点击", "點擊"),
    ("closed", "关闭", "關閉"),
    ("collected", "自提", "自取"),
    ("completed", "完成", "完成"),
    ("confirmation", "确认", "確認"),
    ("coupon", "优惠券", "優惠券"),
    ("courier", "快递", "快遞"),
    ("delayed", "延误", "延誤"),
    ("delivered", "送达", "送達"),
    ("delivery", "配送", "配送"),
    ("done", "完成", "完成"),
    ("downloaded", "下载", "下載"),
    ("earned", "获得", "獲得"),
    ("email", "邮件", "郵件"),
    ("ended", "结束", "結束"),
    ("entered", "填写", "填寫"),
    ("error", "报错", "錯誤"),
    ("failed", "失败", "失敗"),
    ("feedback", "反馈", "意見"),
    ("filtered", "筛选", "篩選"),
    ("flash", "限时", "限時"),
    ("form", "表单", "表單"),
    ("friend", "好友", "好友"),
    ("guide", "指南", "指南"),
    ("held", "待审", "待審"),
    ("help", "帮助", "說明"),
    ("home", "首页", "首頁"),
    ("install", "安装", "安裝"),
    ("installed", "安装", "安裝"),
    ("invited", "邀请", "邀請"),
    ("item", "商品", "商品"),
    ("joined", "加入", "加入"),
    ("landing", "落地", "到達"),
    ("list", "列表", "清單"),
    ("login", "登录", "登入"),
    ("loyalty", "会员", "會員"),
    ("main", "主页", "主頁"),
    ("mentioned", "提及", "提及"),
    ("message", "消息", "訊息"),
    ("newsletter", "简报", "電子報"),
    ("notice", "通知", "通知"),
    ("notification", "通知", "通知"),
    ("offer", "优惠", "優惠"),
    ("opened", "打开", "開啟"),
    ("order", "订单", "訂單"),
    ("other", "其他", "其他"),
    ("page", "页面", "頁面"),
    ("pages", "页面", "頁面"),
    ("paid", "支付", "付款"),
    ("payment", "支付", "付款"),
    ("pickup", "自提", "自取"),
    ("placed", "提交", "成立"),
    ("points", "积分", "點數"),
    ("popup", "弹窗", "彈出視窗"),
    ("post", "帖子", "貼文"),
    ("product", "商品", "商品"),
    ("profile", "资料", "個人資料"),
    ("purchase", "购买", "購買"),
    ("purchased", "购买", "購買"),
    ("push", "推送", "推播"),
    ("read", "阅读", "閱讀"),
    ("received", "收到", "收到"),
    ("recommendation", "推荐", "推薦"),
    ("redeemed", "兑换", "兌換"),
    ("refund", "退款", "退款"),
    ("registration", "注册", "註冊"),
    ("rejected", "被拒", "被拒"),
    ("reminder", "提醒", "提醒"),
    ("removed", "移除", "移除"),
    ("requested", "申请", "申請"),
    ("return", "退货", "退貨"),
    ("review", "评价", "評價"),
    ("reviews", "评价", "評價"),
    ("sale", "特卖", "特賣"),
    ("screen", "屏幕", "畫面"),
    ("search", "搜索", "搜尋"),
    ("searched", "搜索", "搜尋"),
    ("sent", "发送", "寄送"),
    ("share", "分享", "分享"),
    ("shared", "分享", "分享"),
    ("shipped", "发货", "出貨"),
    ("shipping", "发货", "出貨"),
    ("shown", "展示", "顯示"),
    ("sms", "短信", "簡訊"),
    ("social", "社交", "社群"),
    ("started", "开始", "開始"),
    ("status", "状态", "狀態"),
    ("store", "门店", "門市"),
    ("submitted", "提交", "送出"),
    ("subscribed", "订阅", "訂閱"),
    ("survey", "问卷", "問卷"),
    ("ticket", "工单", "工單"),
    ("unsubscribed", "退订", "取消訂閱"),
    ("update", "更新", "更新"),
    ("updated", "更新", "更新"),
    ("viewed", "浏览", "瀏覽"),
    ("visit", "访问", "造訪"),
    ("visited", "到访", "造訪"),
    ("weekly", "每周", "每週"),
    ("whatsapp", "WhatsApp ", "WhatsApp "),
    ("wishlist", "收藏", "收藏"),
];

/// Names whose words together mean something else.
const WHOLE: &[(&str, &str, &str)] = &[
    ("signed in", "登录", "登入"),
    ("signed out", "退出登录", "登出"),
    ("signed up", "注册", "註冊"),
    ("home page", "首页", "首頁"),
    ("landing page", "落地页", "到達頁"),
    ("help page", "帮助页", "說明頁"),
    ("order placed", "提交订单", "訂單成立"),
];

/// The suggested names in a language; ids, and what they stand for, stay.
pub fn named_in(mut vocabulary: Vocabulary, language: Language) -> Vocabulary {
    for stage in &mut vocabulary.stages {
        if let Some(name) = look_up(STAGES, &stage.id, language) {
            stage.name = name.to_owned();
        }
    }
    for signal in &mut vocabulary.signals {
        if let Some(name) = look_up(SIGNALS, &signal.id, language) {
            signal.name = name.to_owned();
        }
    }
    for touchpoint in &mut vocabulary.touchpoints {
        if let Some(name) = name_in(&touchpoint.name, language) {
            touchpoint.name = name;
        }
    }
    vocabulary
}

fn name_in(name: &str, language: Language) -> Option<String> {
    if let Some(whole) = look_up(WHOLE, &name.to_lowercase(), language) {
        return Some(whole.to_owned());
    }
    let words = Words::of(name).words;
    let told: String = (words.iter())
        .map(|word| look_up(WORDS, word, language))
        .collect::<Option<_>>()?;
    let told = told.trim();
    (!told.is_empty()).then(|| told.to_owned())
}

fn look_up(
    list: &[(&'static str, &'static str, &'static str)],
    name: &str,
    language: Language,
) -> Option<&'static str> {
    let (_, simplified, traditional) = list.iter().find(|it| it.0 == name)?;
    match language {
        Language::English => None,
        Language::SimplifiedChinese => Some(simplified),
        Language::TraditionalChinese => Some(traditional),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str, language: Language) -> String {
        name_in(name, language).unwrap_or_else(|| name.to_owned())
    }

    #[test]
    fn names_are_told_word_by_word_or_not_at_all() {
        let simplified = |name| told(name, Language::SimplifiedChinese);
        assert_eq!(simplified("Product viewed"), "商品浏览");
        assert_eq!(
            simplified("Cart reminder again email"),
            "购物车提醒再次邮件"
        );
        assert_eq!(simplified("App opened"), "App 打开");
        assert_eq!(simplified("Signed up"), "注册");
        assert_eq!(simplified("Product teleported"), "Product teleported");
        assert_eq!(simplified("提交订单"), "提交订单");
        assert_eq!(told("SMS", Language::TraditionalChinese), "簡訊");
        assert_eq!(told("Product viewed", Language::English), "Product viewed");
    }

    #[test]
    fn every_list_is_in_order_and_names_nothing_twice() {
        let mut names: Vec<&str> = WORDS.iter().map(|it| it.0).collect();
        let listed = names.clone();
        names.sort_unstable();
        names.dedup();
        assert_eq!(listed, names);
    }
}
