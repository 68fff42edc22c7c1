//! The words of mails in three languages; those that the interface has too are taken from there.

use std::sync::OnceLock;

use serde_json::Value;
use throughline_model::schedule::Language;

/// For each language the words of mails, then those of the interface.
static TEXTS: OnceLock<[[Value; 3]; 3]> = OnceLock::new();

/// The text of a key like `digest.quantity.events`; the key itself where there is none.
pub fn text(language: Language, key: &str) -> String {
    let texts = TEXTS.get_or_init(|| {
        [
            [
                include_str!("texts/en.json"),
                include_str!("../../../../web/src/i18n/en.json"),
                include_str!("../../../../web/src/i18n/en.pages.json"),
            ],
            [
                include_str!("texts/zh-cn.json"),
                include_str!("../../../../web/src/i18n/zh-cn.json"),
                include_str!("../../../../web/src/i18n/zh-cn.pages.json"),
            ],
            [
                include_str!("texts/zh-tw.json"),
                include_str!("../../../../web/src/i18n/zh-tw.json"),
                include_str!("../../../../web/src/i18n/zh-tw.pages.json"),
            ],
        ]
        .map(|all| all.map(|json| serde_json::from_str(json).expect("the build reads these too")))
    });
    let texts = match language {
        Language::English => &texts[0],
        Language::SimplifiedChinese => &texts[1],
        Language::TraditionalChinese => &texts[2],
    };
    let found = texts.iter().find_map(|texts| {
        let place = key
            .split('.')
            .try_fold(texts, |place, name| place.get(name));
        place.and_then(Value::as_str)
    });
    found.unwrap_or(key).to_owned()
}

/// A text with its places filled.
pub fn filled(language: Language, key: &str, values: &[(&str, &str)]) -> String {
    let text = text(language, key);
    values.iter().fold(text, |text, (name, value)| {
        text.replace(&format!("{{{{{name}}}}}"), value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_those_of_mails_and_of_the_interface() {
        assert_eq!(text(Language::English, "channel.email"), "Email");
        assert_eq!(text(Language::SimplifiedChinese, "channel.web"), "网站");
        assert_eq!(
            text(Language::TraditionalChinese, "digest.kind.funnel"),
            "漏斗"
        );
        assert_eq!(text(Language::English, "no.such"), "no.such");
        let shown = filled(Language::English, "label.source", &[("number", "7")]);
        assert_eq!(shown, "Source 7");
    }
}
