//! Questions about channels: what each one does, and what happens when customers change from one to another.
//!
//! A *contact* is an event by which the company reaches out; every other event of a customer is an *act*.
//! Events without a known channel are no meeting in a channel: the board shows them on a line of their own,
//! and switches pass over them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Field, Matcher, Rule, Span,
    people::PeopleRule,
    report::{Every, Faults, Range},
};

/// What each channel does: whom it reaches, who answers, and what comes of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelBoard {
    /// Binds events in channels and conversions; answers and later conversions may fall after its end.
    pub range: Range,
    /// The conversion that channels are measured by.
    pub goal: Matcher,
    /// The property that says what a conversion is worth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Field>,
    /// Events by which the company reaches out; none means those whose names say so, which the answer lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contacts: Option<Matcher>,
    /// How long after a contact an act still answers it, the end included.
    #[serde(default = "ChannelBoard::default_answer")]
    pub answer_within: Span,
    /// How long after the first meeting in a channel a conversion still counts, and how far before a conversion
    /// a channel is on its path; the end included.
    #[serde(default = "ChannelBoard::default_within")]
    pub within: Span,
    /// Events by which customers ask for help, one for each time that they do; none counts no repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<Matcher>,
    /// How long after one of them a later one is a repeat, the end included.
    #[serde(default = "ChannelBoard::default_repeat")]
    pub repeat_within: Span,
    /// Length of one point of the trend.
    #[serde(default = "ChannelBoard::default_every")]
    pub every: Every,
    /// Whether each channel is told again for each stage that profiles were in.
    #[serde(default)]
    pub by_stage: bool,
    /// Events that fail it are not there at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Rule>,
    /// Everything is counted as if only these people were in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleRule>,
}

/// What happens when profiles change the channel, against those who were as far in the same stage and channel, had
/// been as quiet since, and did not change.
///
/// Acts of one instant are one act, in the channel that the profile is in when that is among theirs. Each act is
/// followed to the profile's next one: in another channel and soon enough, it is a switch, else the profile stays.
/// A profile goes on when it reaches the goal, or a later stage where there is none, after the act and in time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Switches {
    /// Binds the acts that profiles switch from; what comes of them is followed to the end of the log.
    pub range: Range,
    /// What going on means; none means to reach a later stage of the vocabulary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<Matcher>,
    /// The property that says what reaching the goal is worth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Field>,
    /// Events by which the company reaches out, which nobody switches by; none means those whose names say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contacts: Option<Matcher>,
    /// How long after an act going on still counts, the end included.
    #[serde(default = "Switches::default_within")]
    pub within: Span,
    /// A longer pause before the next channel is no switch, but an end and a new start.
    #[serde(default = "Switches::default_gap")]
    pub gap_max: Span,
    /// Events that fail it are not there at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Rule>,
    /// Everything is counted as if only these people were in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleRule>,
}

impl ChannelBoard {
    fn default_answer() -> Span {
        Span::days(3)
    }

    fn default_within() -> Span {
        Span::days(30)
    }

    fn default_repeat() -> Span {
        Span::days(7)
    }

    fn default_every() -> Every {
        Every::Week
    }

    pub(crate) fn check(&self, faults: &mut Faults) {
        check_matchers(
            faults,
            &[
                ("goal", Some(&self.goal)),
                ("contacts", self.contacts.as_ref()),
                ("service", self.service.as_ref()),
            ],
        );
        faults.rule("filter", self.filter.as_ref());
        check_value(faults, self.value.as_ref());
        check_spans(
            faults,
            &[
                ("answer_within", self.answer_within),
                ("within", self.within),
                ("repeat_within", self.repeat_within),
            ],
        );
    }
}

impl Switches {
    fn default_within() -> Span {
        Span::days(7)
    }

    fn default_gap() -> Span {
        Span::days(1)
    }

    pub(crate) fn check(&self, faults: &mut Faults) {
        check_matchers(
            faults,
            &[
                ("goal", self.goal.as_ref()),
                ("contacts", self.contacts.as_ref()),
            ],
        );
        faults.rule("filter", self.filter.as_ref());
        check_value(faults, self.value.as_ref());
        if self.value.is_some() && self.goal.is_none() {
            faults.push("value", "needs a goal that has the property".to_owned());
        }
        check_spans(
            faults,
            &[("within", self.within), ("gap_max", self.gap_max)],
        );
        if self.gap_max > self.within {
            faults.push(
                "gap_max",
                "is longer than `within`: a switch would come too late to count".to_owned(),
            );
        }
    }
}

fn check_matchers(faults: &mut Faults, matchers: &[(&str, Option<&Matcher>)]) {
    for (place, matcher) in matchers {
        faults.rule(place, matcher.and_then(|it| it.rule.as_ref()));
    }
}

fn check_value(faults: &mut Faults, value: Option<&Field>) {
    if value.is_some_and(|it| !matches!(it, Field::Property(_) | Field::Context(_))) {
        faults.push("value", "is not a property of the goal".to_owned());
    }
}

fn check_spans(faults: &mut Faults, spans: &[(&str, Span)]) {
    for (place, span) in spans {
        if span.0 <= 0 {
            faults.push(place, "needs some time".to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::report::Report;

    fn places(text: &str) -> Vec<String> {
        let report: Report = serde_json::from_str(text).expect(text);
        report.check().into_iter().map(|it| it.place).collect()
    }

    #[test]
    fn the_shortest_questions_get_every_default() {
        let board = r#"{"kind":"channels","range":{"all":true},"goal":{"events":["buy"]}}"#;
        assert_eq!(places(board), [] as [&str; 0]);
        let report: Report = serde_json::from_str(board).expect("valid");
        let text = serde_json::to_string(&report).expect("written");
        assert!(text.contains(r#""answer_within":"3d""#), "{text}");
        assert_eq!(serde_json::from_str::<Report>(&text).expect("read"), report);
        assert_eq!(
            places(r#"{"kind":"switches","range":{"all":true}}"#),
            [] as [&str; 0]
        );
    }

    #[test]
    fn what_cannot_be_measured_is_refused_at_once() {
        assert_eq!(
            places(
                r#"{"kind":"switches","range":{"all":true},"value":"stage","within":"1d","gap_max":"2d"}"#
            ),
            ["value", "value", "gap_max"]
        );
        assert_eq!(
            places(r#"{"kind":"channels","range":{"all":true},"goal":{},"answer_within":"0d"}"#),
            ["answer_within"]
        );
    }
}
