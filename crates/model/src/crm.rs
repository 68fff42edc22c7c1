//! A CRM beside the product: what is written to which property of its contacts, and who leads.

mod plan;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use plan::{Ours, Planned, Theirs, Verdict, Written, plan};

use crate::{Span, is_short_id, limits, report::ReportFault};

/// What is written to the contacts of a CRM, and how often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CrmSettings {
    /// Whether the server writes by itself.
    pub is_on: bool,
    /// How long after one run the next begins.
    pub every: Span,
    /// Whether contacts are made of people whom the CRM does not know.
    pub creates: bool,
    /// Only people who have granted this purpose are written. None asks for no consent.
    pub purpose: Option<String>,
    pub rules: Vec<CrmRule>,
}

/// What is written to one property.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CrmRule {
    pub what: CrmValue,
    /// The property of a contact by its internal name.
    pub property: String,
    pub leads: Leads,
}

/// Something that is known of a person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CrmValue {
    /// A trait of this name.
    Trait(String),
    /// The id of the stage of this map that the person is in.
    Stage(String),
    /// Since when.
    StageSince(String),
    /// `true` or `false`: whether the person is in this segment.
    Segment(String),
}

/// Whose value stays when both sides have one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Leads {
    /// Ours is written whenever theirs is another.
    Ours,
    /// Ours is written only where the CRM has none.
    Theirs,
    /// The one that changed last.
    Newest,
}

impl Default for CrmSettings {
    fn default() -> Self {
        Self {
            is_on: false,
            every: Span::minutes(15),
            creates: false,
            purpose: None,
            rules: Vec::new(),
        }
    }
}

/// Properties by which contacts are found or that the CRM fills itself.
const NEVER_WRITTEN: [&str; 4] = [
    "email",
    "hs_additional_emails",
    "hs_object_id",
    "createdate",
];

impl CrmSettings {
    /// Everything that is wrong with them.
    pub fn faults(&self) -> Vec<ReportFault> {
        let mut faults = Vec::new();
        let mut push = |place: String, message: String| {
            faults.push(ReportFault { place, message });
        };
        let (least, most) = (limits::CRM_EVERY_MIN, limits::CRM_EVERY_MAX);
        if !(least..=most).contains(&self.every) {
            let message = format!("lies between {least} and {most}");
            push("every".to_owned(), message);
        }
        if self.is_on && self.rules.is_empty() {
            let message = "say nothing; name what is written before it is turned on".to_owned();
            push("rules".to_owned(), message);
        }
        if self.purpose.as_deref().is_some_and(|it| !is_short_id(it)) {
            let message = "is the id of a purpose of consent".to_owned();
            push("purpose".to_owned(), message);
        }
        let most = limits::CRM_RULES_MAX;
        if self.rules.len() > most {
            push("rules".to_owned(), format!("are at most {most}"));
        }
        let mut properties = BTreeSet::new();
        for (index, rule) in self.rules.iter().enumerate() {
            let at = format!("rules[{index}]");
            if let Some(message) = fault_of_property(&rule.property) {
                push(format!("{at}.property"), message);
            } else if !properties.insert(rule.property.as_str()) {
                let message = "is written by another rule already".to_owned();
                push(format!("{at}.property"), message);
            }
            let name = rule.what.name();
            if name.is_empty() || name.chars().count() > limits::CRM_NAME_CHARS_MAX {
                let most = limits::CRM_NAME_CHARS_MAX;
                push(format!("{at}.what"), format!("has 1 to {most} characters"));
            }
        }
        faults
    }
}

impl CrmValue {
    /// The trait, or the id of the map or the segment.
    pub fn name(&self) -> &str {
        match self {
            Self::Trait(name)
            | Self::Stage(name)
            | Self::StageSince(name)
            | Self::Segment(name) => name,
        }
    }
}

fn fault_of_property(name: &str) -> Option<String> {
    let is_plain = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_';
    if !(1..=limits::CRM_PROPERTY_CHARS_MAX).contains(&name.len()) || !name.bytes().all(is_plain) {
        let most = limits::CRM_PROPERTY_CHARS_MAX;
        return Some(format!(
            "has 1 to {most} of a-z, 0-9 and _, as its internal name"
        ));
    }
    let message = "is kept by the CRM, and by it contacts are found; choose another";
    NEVER_WRITTEN.contains(&name).then(|| message.to_owned())
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(json: &str, expected: Expect) {
        let settings: CrmSettings = serde_json::from_str(json).expect("settings");
        let faults = settings.faults().into_iter();
        let told: Vec<String> = faults
            .map(|it| format!("{}: {}", it.place, it.message))
            .collect();
        expected.assert_eq(&told.join("\n"));
    }

    #[test]
    fn every_fault_is_told_at_its_place() {
        check(
            r#"{"is_on": true, "every": "1m", "purpose": "No Purpose"}"#,
            expect![[r#"
                every: lies between 5m and 1w
                rules: say nothing; name what is written before it is turned on
                purpose: is the id of a purpose of consent"#]],
        );
        check(
            r#"{"rules": [
                {"what": {"trait": "plan"}, "property": "plan", "leads": "ours"},
                {"what": {"segment": "vip"}, "property": "plan", "leads": "theirs"},
                {"what": {"stage": ""}, "property": "stage", "leads": "newest"},
                {"what": {"trait": "x"}, "property": "email", "leads": "ours"},
                {"what": {"trait": "x"}, "property": "a\":{\"b", "leads": "ours"}]}"#,
            expect![[r#"
                rules[1].property: is written by another rule already
                rules[2].what: has 1 to 200 characters
                rules[3].property: is kept by the CRM, and by it contacts are found; choose another
                rules[4].property: has 1 to 100 of a-z, 0-9 and _, as its internal name"#]],
        );
    }

    #[test]
    fn a_word_that_is_not_known_is_no_settings() {
        for json in [
            r#"{"rules": [{"what": {"trait": "a"}, "property": "a", "leads": "mine"}]}"#,
            r#"{"rules": [{"what": {"mood": "a"}, "property": "a", "leads": "ours"}]}"#,
            r#"{"token": "x"}"#,
        ] {
            assert!(serde_json::from_str::<CrmSettings>(json).is_err(), "{json}");
        }
    }
}
