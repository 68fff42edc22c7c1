use std::path::PathBuf;

use proptest::prelude::*;

use super::*;

/// A small fast stream of numbers below a bound.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = (self.0)
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % below
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.roll(list.len())]
    }
}

/// Texts about one of several subjects, made of three of its words each and something between.
fn planted(subjects: &[&[&str]], between: &[&str], gap: &str) -> Vec<(String, usize)> {
    let mut dice = Dice(4);
    (0..400)
        .map(|index| {
            let subject = index % subjects.len();
            let mut words = Vec::new();
            for _ in 0..3 {
                words.push(dice.of(subjects[subject]));
                words.push(dice.of(between));
            }
            (words.join(gap), subject)
        })
        .collect()
}

/// Each text as one that came once, equal ones together.
fn found(texts: &[(String, usize)]) -> (Topics, Vec<usize>) {
    let mut counts: BTreeMap<&str, (u64, usize)> = BTreeMap::new();
    for (text, subject) in texts {
        counts.entry(text).or_insert((0, *subject)).0 += 1;
    }
    let list: Vec<(&str, u64)> = counts.iter().map(|(text, it)| (*text, it.0)).collect();
    (topics(&list), counts.values().map(|it| it.1).collect())
}

/// Of texts with a topic, how many are in the topic that most of their subject are in, and in no other subject's.
fn purity(topics: &Topics, subjects: &[usize]) -> (f64, f64) {
    let mut table: BTreeMap<usize, BTreeMap<usize, u64>> = BTreeMap::new();
    for (topic, subject) in topics.topic_of.iter().zip(subjects) {
        if let Some(topic) = topic {
            *table
                .entry(*topic)
                .or_default()
                .entry(*subject)
                .or_default() += 1;
        }
    }
    let all: u64 = table.values().flat_map(BTreeMap::values).sum();
    let pure: u64 = table.values().filter_map(|it| it.values().max()).sum();
    (pure as f64 / all as f64, all as f64 / subjects.len() as f64)
}

#[test]
fn planted_subjects_in_english_become_topics() {
    let subjects: [&[&str]; 3] = [
        &[
            "shipping", "courier", "late", "parcels", "parcel", "tracking",
        ],
        &["refund", "returns", "money", "voucher", "charged"],
        &["size", "fabric", "color", "fits", "sleeves"],
    ];
    let texts = planted(
        &subjects,
        &["the", "was", "and I really", "is so", "just", "never"],
        " ",
    );
    let (topics, wanted) = found(&texts);
    assert_eq!(topics.topics.len(), 3, "{topics:?}");
    let (pure, told) = purity(&topics, &wanted);
    assert!(pure > 0.99 && told > 0.95, "{pure} {told}");
    let all: Vec<&String> = topics.topics.iter().flat_map(|it| &it.terms).collect();
    // Words of no subject are in no topic, and one of many is the same as many of it.
    assert!(
        !all.iter()
            .any(|it| ["the", "really", "parcels"].contains(&it.as_str()))
    );
}

#[test]
fn planted_subjects_in_chinese_become_topics_without_a_dictionary() {
    let subjects: [&[&str]; 3] = [
        &["快递", "配送", "送货", "包裹", "物流"],
        &["退款", "退货", "客服", "发票", "投诉"],
        &["尺码", "颜色", "面料", "质量", "款式"],
    ];
    let between = [
        "的",
        "了我",
        "，很",
        "是在",
        "，",
        "太",
        "真让人",
        "怎么这样",
    ];
    let (topics, wanted) = found(&planted(&subjects, &between, ""));
    let (pure, told) = purity(&topics, &wanted);
    assert!(pure > 0.9 && told > 0.85, "{pure} {told} {topics:?}");
    let all: BTreeSet<&str> = (topics.topics.iter())
        .flat_map(|it| it.terms.iter().map(String::as_str))
        .collect();
    let words = subjects.iter().flat_map(|it| it.iter());
    let known = words.filter(|it| all.contains(**it)).count();
    assert!(known >= 13, "{known} {all:?}");
}

#[test]
fn both_languages_in_one_list_stay_apart() {
    let mut texts = planted(
        &[&["battery", "charger", "power", "cable"]],
        &["the", "is"],
        " ",
    );
    let chinese = planted(
        &[&["电池", "充电", "屏幕", "续航"]],
        &["的", "，很", "了"],
        "",
    );
    texts.extend(chinese.into_iter().map(|(text, _)| (text, 1)));
    let (topics, wanted) = found(&texts);
    assert!(purity(&topics, &wanted).0 > 0.99, "{topics:?}");
}

#[test]
fn empty_and_single_texts_have_no_topic() {
    assert_eq!(topics(&[]).topics, []);
    assert_eq!(topics(&[("", 5), ("  ?!", 9), ("42", 7)]).topics, []);
    assert_eq!(
        topics(&[("a lonely text about llamas", 1)]).topic_of,
        [None]
    );
}

#[test]
fn addresses_numbers_and_empty_words_are_no_words() {
    let words = |text: &str| -> Vec<String> {
        let pieces = tokens::pieces(text).into_iter();
        let words = pieces.filter_map(|it| match it {
            Piece::Word(word) => Some(word),
            Piece::Han(_) => None,
        });
        words.collect()
    };
    assert_eq!(
        words("@shop I don't see 42 REFUNDS at https://a.b/c?d=e, l'été"),
        ["refunds", "lété"]
    );
    let mixed = tokens::pieces("App闪退了 v2");
    assert_eq!(
        mixed,
        [
            Piece::Word("app".to_owned()),
            Piece::Han("闪退了".chars().collect())
        ]
    );
}

/// The folder of public data sets, when it is there.
fn shared(path: &str) -> Option<String> {
    let folder = std::env::var_os("THROUGHLINE_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let packed = std::fs::read(folder.join("data").join(path)).ok()?;
    let mut text = String::new();
    let mut file = flate2::read::MultiGzDecoder::new(&packed[..]);
    std::io::Read::read_to_string(&mut file, &mut text).expect("packed text");
    Some(text)
}

fn of_list<'a>(texts: impl Iterator<Item = &'a str>) -> (Topics, Vec<&'a str>) {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    texts.for_each(|it| *counts.entry(it).or_default() += 1);
    let list: Vec<(&str, u64)> = counts.into_iter().collect();
    (topics(&list), list.into_iter().map(|it| it.0).collect())
}

#[test]
fn reviews_of_meals_are_about_what_people_who_order_meals_talk_about() {
    let Some(text) = shared("zh_waimai/waimai_10k.csv.gz") else {
        return;
    };
    let rows: Vec<(&str, &str)> = (text.lines().skip(1))
        .filter_map(|line| line.split_once(','))
        .collect();
    let (topics, texts) = of_list(rows.iter().map(|it| it.1));
    let all: BTreeSet<&str> = (topics.topics.iter())
        .flat_map(|it| it.terms.iter().map(String::as_str))
        .collect();
    for word in ["小时", "味道", "送餐", "态度", "分钟"] {
        assert!(all.contains(word), "{word} of {all:?}");
    }
    // Whoever writes of waiting for hours complains, though nobody has told which reviews are bad.
    let label: BTreeMap<&str, &str> = rows.iter().map(|it| (it.1, it.0)).collect();
    let bad = |topic: usize| {
        let own = texts
            .iter()
            .zip(&topics.topic_of)
            .filter(|it| *it.1 == Some(topic));
        let labels: Vec<&str> = own.map(|it| label[it.0]).collect();
        labels.iter().filter(|it| **it == "0").count() as f64 / labels.len() as f64
    };
    let of = |word: &str| {
        let has = |it: &Topic| it.terms.iter().any(|term| term == word);
        topics.topics.iter().position(has).expect(word)
    };
    assert!(bad(of("小时")) > 0.8, "{}", bad(of("小时")));
}

#[test]
fn tweets_and_reviews_of_a_market_are_told_without_empty_words() {
    if let Some(text) = shared("en_tweets/tweets_GroundTruth.txt.gz") {
        let (topics, _) = of_list(text.lines().filter_map(|line| line.rsplit('\t').next()));
        assert!(topics.topics.len() >= 10, "{topics:?}");
        let all = topics.topics.iter().flat_map(|it| &it.terms);
        for word in all {
            assert!(
                !["the", "and", "you", "is"].contains(&word.as_str()),
                "{word}"
            );
        }
    }
    if let Some(text) = shared("olist_reviews/olist_classified_public_dataset.csv.gz") {
        let mut rows = csv::Reader::from_reader(text.as_bytes());
        let heads = rows.headers().expect("heads").clone();
        let at = heads.iter().position(|it| it == "review_comment_message");
        let texts: Vec<String> = (rows.records())
            .map(|row| row.expect("a row")[at.expect("there")].to_owned())
            .collect();
        let (topics, _) = of_list(texts.iter().map(String::as_str));
        let all: BTreeSet<&str> = (topics.topics.iter())
            .flat_map(|it| it.terms.iter().map(String::as_str))
            .collect();
        for word in ["prazo", "entregue", "recomendo"] {
            assert!(all.contains(word), "{word} of {all:?}");
        }
    }
}

proptest! {
    #[test]
    fn how_often_a_text_comes_is_as_good_as_writing_it_so_often(
        picks in prop::collection::vec((0..6_usize, 1..4_u64), 0..20),
    ) {
        let list = ["late parcel again", "parcel late", "refund money", "money back refund", "快递慢", "慢 快递慢"];
        let counted: Vec<(&str, u64)> = picks.iter().map(|it| (list[it.0], it.1)).collect();
        let written: Vec<(&str, u64)> = (picks.iter())
            .flat_map(|it| (0..it.1).map(|_| (list[it.0], 1)))
            .collect();
        prop_assert_eq!(topics(&counted).topics, topics(&written).topics);
        let topics = topics(&counted);
        prop_assert_eq!(topics.topic_of.len(), counted.len());
        prop_assert!(topics.topic_of.iter().flatten().all(|it| *it < topics.topics.len()));
    }
}
