//! Names of events taken apart, and a small language for patterns over their words.

/// A name of an event as words: lower case, divided at blanks, signs and capitals.
///
/// Chinese has no blanks, so its patterns are looked for anywhere in the name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Words {
    pub words: Vec<String>,
    whole: String,
}

impl Words {
    /// Takes a name apart.
    pub fn of(name: &str) -> Self {
        let mut words: Vec<String> = Vec::new();
        let mut word = String::new();
        let mut before = ' ';
        for sign in name.chars() {
            let is_break = !sign.is_alphanumeric()
                || (sign.is_uppercase() && before.is_lowercase())
                || (sign.is_ascii_digit() != before.is_ascii_digit() && before.is_alphanumeric());
            if is_break && !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            if sign.is_alphanumeric() {
                word.extend(sign.to_lowercase());
            }
            before = sign;
        }
        words.extend((!word.is_empty()).then_some(word));
        Self {
            words,
            whole: name.to_lowercase(),
        }
    }

    /// True when one of the patterns fits.
    ///
    /// A pattern is a word, the beginning of one when it ends in `*`, or, in other
    /// scripts, a part of the name.
    pub fn has(&self, patterns: &str) -> bool {
        patterns
            .split_whitespace()
            .any(|pattern| match pattern.strip_suffix('*') {
                Some(start) => self.words.iter().any(|word| word.starts_with(start)),
                None if pattern.is_ascii() => self.words.iter().any(|word| word == pattern),
                None => self.whole.contains(pattern),
            })
    }

    /// An id for a library object: 1 to 60 of `a-z`, `0-9` and `_`.
    pub fn id(&self) -> String {
        let words: Vec<&str> = self
            .words
            .iter()
            .map(String::as_str)
            .filter(|word| word.bytes().all(|it| it.is_ascii_alphanumeric()))
            .collect();
        let joined = words.join("_");
        let has_all = words.len() == self.words.len();
        if has_all && !joined.is_empty() && joined.len() <= 60 {
            return joined;
        }
        // A name that letters cannot stand for gets a number that is the same every time.
        let hash = xxhash_rust::xxh3::xxh3_64(self.whole.as_bytes()) as u32;
        format!("event_{hash:08x}")
    }

    /// The words as a title: `order_delivered` becomes `Order delivered`.
    pub fn title(&self) -> String {
        let words = self.words.iter().map(|word| match word.as_str() {
            "sms" | "nps" | "csat" | "faq" => word.to_uppercase(),
            _ => word.clone(),
        });
        let title = words.collect::<Vec<_>>().join(" ");
        let mut letters = title.chars();
        match letters.next() {
            Some(first) => first.to_uppercase().chain(letters).take(200).collect(),
            None => self.whole.chars().take(200).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart_in_every_spelling() {
        for name in [
            "order_delivered",
            "Order Delivered",
            "orderDelivered",
            "order-delivered",
            "order.Delivered",
        ] {
            let words = Words::of(name);
            assert_eq!(words.words, ["order", "delivered"], "{name}");
            assert_eq!(words.id(), "order_delivered");
            assert_eq!(words.title(), "Order delivered");
        }
        assert_eq!(Words::of("product2").words, ["product", "2"]);
    }

    #[test]
    fn names_in_other_scripts_get_an_id_that_stays() {
        let words = Words::of("加入购物车");
        assert_eq!(words.id(), Words::of("加入购物车").id());
        assert_ne!(words.id(), Words::of("提交订单").id());
        assert_eq!(words.title(), "加入购物车");
        assert!(words.has("cart 购物车"));
        assert_eq!(Words::of("!!!").title(), "!!!");
    }

    #[test]
    fn patterns_are_words_or_their_beginnings() {
        let words = Words::of("ad_clicked");
        assert!(words.has("ad"));
        assert!(words.has("click*"));
        assert!(!words.has("a click"));
        assert!(!Words::of("address_entered").has("ad"));
    }
}
