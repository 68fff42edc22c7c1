//! What people write of.

use super::{Amount, Body, DigestRow, Quantity, RowLabel, bar};
use crate::{
    kernel::topics::{TopicAnswer, TopicsAnswer},
    select::{
        Select,
        why::{TopicPart, TopicsSelect},
    },
};

/// Words that name a topic in one line.
const WORDS_MAX: usize = 4;

pub(super) fn body(answer: &TopicsAnswer) -> Body {
    let everybody = Select::Topics {
        of: TopicsSelect::All,
    };
    Body {
        figures: vec![
            Amount::count(answer.texts.times).named(Quantity::Texts),
            Amount::profiles(answer.texts.profiles, everybody).named(Quantity::Profiles),
        ],
        columns: vec![Quantity::Texts, Quantity::Profiles],
        rows: (answer.topics.iter())
            .map(|it| row(it, answer.texts.times))
            .collect(),
        ..Body::default()
    }
}

fn row(it: &TopicAnswer, whole: u64) -> DigestRow {
    let of = TopicsSelect::Of {
        topic: it.terms[0].clone(),
        part: TopicPart::Said,
    };
    let words = &it.terms[..it.terms.len().min(WORDS_MAX)];
    DigestRow {
        label: RowLabel::Name(words.join(" · ")),
        bar: bar(it.texts.times, whole),
        cells: vec![
            Amount::count(it.texts.times),
            Amount::profiles(it.texts.profiles, Select::Topics { of }),
        ],
    }
}
