//! What the texts of people are about, who writes of what, and who of them gives up.
//!
//! The topics are found in the different texts, each weighing as often as it was written
//! (`throughline_predict::topics`); each text belongs to one topic or to none. With a way, those who write of a topic
//! are set against all others whose time on the way is over: a text may have been written after giving up, and who
//! writes differs from who does not.

mod texts;

use serde::Serialize;
use throughline_model::{ProfileId, topics::TopicsReport};
use throughline_predict::{
    matched::{Stratum, expected},
    stratified::{Pair, stratified_test},
};
use utoipa::ToSchema;

use self::texts::{Texts, Told, Ways};
use crate::{
    ask::{AskError, Counted, LeftOut, When},
    calendar::Point,
    contrast::{Contrast, Contrasts, SUPPORT_MIN, Test, months},
    kernel::funnel::Share,
    passes::Passes,
    quote::{Quote, first},
    select::why::{TopicPart, TopicsSelect},
    view::View,
};

/// Topics, each with who writes of it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TopicsAnswer {
    /// All texts, and who wrote them.
    pub texts: Passes,
    /// Those that no topic fits.
    pub untold: Passes,
    /// The periods over which topics are followed.
    pub points: Vec<Point>,
    /// How many texts there are in each.
    pub trend: Vec<u64>,
    /// The one with most texts first.
    pub topics: Vec<TopicAnswer>,
    /// With a way, those who gave up, of all whose time on it is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gave_up: Option<Share>,
    /// Topics that were tested; a finding has to hold its own against all of them.
    pub tested: u64,
    /// How many months people set out in on the way.
    pub months: f64,
}

/// One topic.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TopicAnswer {
    /// The heaviest word first: it names the topic.
    pub terms: Vec<String>,
    pub texts: Passes,
    /// How many texts in each period.
    pub trend: Vec<u64>,
    pub quotes: Vec<Quote>,
    /// With a way, those who wrote of it, of all who gave up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gave_up: Option<Share>,
    /// With a way, those who wrote of it, of all who arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub converted: Option<Share>,
    pub standing: TopicStanding,
    /// How often those who wrote of it give up, against all others on the way; none when it was not tested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compared: Option<Contrast>,
}

/// What a topic is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TopicStanding {
    /// Those who write of it give up more often.
    Holds,
    /// Those who write of it give up less often.
    Helps,
    /// Chance may explain the difference.
    Unsure,
    /// Too few write of it, or set out, or there is no way.
    Few,
}

pub(crate) fn answer(
    view: &View<'_>,
    report: &TopicsReport,
    when: &When,
) -> Result<Counted<TopicsAnswer>, AskError> {
    let texts = Texts::of(view, report, when)?;
    let told = Told::of(view, &texts)?;
    let ways = Ways::of(view, report, when)?;
    let both: Vec<(TopicAnswer, Option<Test>)> = (0..texts.topics.len())
        .map(|topic| measured(&texts, &told, ways.as_ref(), topic))
        .collect();
    let tests: Vec<Test> = both.iter().filter_map(|it| it.1).collect();
    let months = ways.as_ref().map_or(0.0, |it| months(it.first, it.last));
    let mut contrasts = Contrasts::new(report.false_permille, months)
        .tell(&tests)
        .into_iter();
    let topics = (both.into_iter())
        .map(|(mut topic, test)| {
            if test.is_some() {
                let (contrast, is_found) = contrasts.next().expect("one for each test");
                topic.standing = match is_found {
                    true if contrast.difference > 0.0 => TopicStanding::Holds,
                    true => TopicStanding::Helps,
                    false => TopicStanding::Unsure,
                };
                topic.compared = Some(contrast);
            }
            topic
        })
        .collect();
    Ok(Counted {
        n: told.all.profiles,
        left_out: LeftOut {
            capped: texts.capped,
            immature: ways.as_ref().map_or(0, |it| it.immature),
            ..LeftOut::default()
        },
        numbers: TopicsAnswer {
            texts: told.all,
            untold: told.untold,
            points: texts.points.clone(),
            trend: told.trend.clone(),
            topics,
            gave_up: ways.as_ref().map(Ways::gave_up),
            tested: tests.len() as u64,
            months,
        },
    })
}

/// A topic before it is known what the others are; with a test when there is one.
fn measured(
    texts: &Texts<'_>,
    told: &Told,
    ways: Option<&Ways>,
    topic: usize,
) -> (TopicAnswer, Option<Test>) {
    let counted = &told.topics[topic];
    let quotes = (texts.list.iter().zip(&texts.seen))
        .filter(|(text, _)| text.topic == Some(topic))
        .map(|(text, seen)| seen.quote(&text.text));
    let mut answer = TopicAnswer {
        terms: texts.topics[topic].terms.clone(),
        texts: counted.passes,
        trend: counted.trend.clone(),
        quotes: first(quotes),
        gave_up: None,
        converted: None,
        standing: TopicStanding::Few,
        compared: None,
    };
    let Some(ways) = ways else {
        return (answer, None);
    };
    let all = ways.gave_up();
    let (left, arrived) = ways.among(&counted.people);
    answer.gave_up = Some(Share::of(left, all.part));
    answer.converted = Some(Share::of(arrived, all.whole - all.part));
    let members = left + arrived;
    let pair = Pair {
        members_part: left,
        stratum: Stratum {
            members,
            others: all.whole - members,
            others_part: all.part - left,
        },
    };
    if members.min(pair.stratum.others) < SUPPORT_MIN {
        return (answer, None);
    }
    let test = (stratified_test(&[pair]).filter(|it| !it.is_rare))
        .zip(expected(&[pair.stratum]))
        .map(|(test, without)| Test {
            with: (left, members),
            without,
            odds: test.odds,
            p: test.p,
        });
    (answer, test)
}

pub(crate) fn people(
    view: &View<'_>,
    report: &TopicsReport,
    select: &TopicsSelect,
    when: &When,
) -> Result<Vec<ProfileId>, AskError> {
    let texts = Texts::of(view, report, when)?;
    let place = |name: &str| {
        let has = |it: &throughline_predict::topics::Topic| it.terms[0] == name;
        let found = texts.topics.iter().position(has);
        found.ok_or_else(|| AskError::fault("select", "names a topic that the answer has not"))
    };
    let ways = || {
        let ways = Ways::of(view, report, when)?;
        ways.ok_or_else(|| AskError::fault("select", "is of a way, and the report has none"))
    };
    match select {
        TopicsSelect::All => texts.people(view, |_| true),
        TopicsSelect::Untold => texts.people(view, |it| it.topic.is_none()),
        TopicsSelect::Entered => Ok(ways()?.people(|_| true)),
        TopicsSelect::GaveUp => Ok(ways()?.people(|has_arrived| !has_arrived)),
        TopicsSelect::Quoted { topic, text } => {
            let topic = place(topic)?;
            texts.people(view, |it| it.topic == Some(topic) && it.text == *text)
        }
        TopicsSelect::Of { topic, part } => {
            let topic = place(topic)?;
            let mut people = texts.people(view, |it| it.topic == Some(topic))?;
            if *part != TopicPart::Said {
                let ways = ways()?;
                let wanted = *part == TopicPart::Converted;
                people.retain(|it| ways.has_arrived(*it) == Some(wanted));
            }
            Ok(people)
        }
    }
}

#[cfg(test)]
mod tests;
