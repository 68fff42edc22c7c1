//! Which events the company did, by name: what was sent, shown as an ad, or shipped.

use throughline_model::EventName;

use super::words::Words;

const CONTACTS: &str = "sent send sends sending impression* bounced undelivered delivered delayed shipped dispatched \
     held refund* 发送 下发 曝光 发货 送达 签收";

/// A name with one of these says what a customer did, whatever else it says.
const ACTS: &str = "request* submit* click* open* view* 点击 打开 申请 提交";

/// True when a name says that the company reached out.
pub(crate) fn is_contact(name: &EventName) -> bool {
    let words = Words::of(name.as_str());
    words.has(CONTACTS) && !words.has(ACTS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_is_a_contact_and_what_was_clicked_is_none() {
        let is_contact = |name: &str| is_contact(&EventName::parse(name).expect(name));
        for name in [
            "email_sent",
            "Email Delivered",
            "smsSent",
            "ad_impression",
            "order_shipped",
            "order_delivered",
            "refund_paid",
            "推送发送",
            "订单发货",
        ] {
            assert!(is_contact(name), "{name}");
        }
        for name in [
            "email_opened",
            "ad_clicked",
            "page",
            "refund_requested",
            "message_send_clicked",
            "presented",
            "点击推送",
        ] {
            assert!(!is_contact(name), "{name}");
        }
    }
}
