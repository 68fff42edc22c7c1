//! What is written to one contact: a function of what both sides hold, and of what was written last.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CrmRule, Leads};
use crate::{Timestamp, limits};

/// A value of ours, in the form in which the CRM keeps its property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ours {
    /// Never empty: what we do not hold is not written.
    pub text: String,
    pub changed: Timestamp,
}

/// What the CRM holds in a property, in the same form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Theirs {
    /// Empty where it holds nothing.
    pub text: String,
    /// None where the CRM does not tell.
    pub changed: Option<Timestamp>,
}

/// What we wrote to a property last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// Stands for the text, which is not kept.
    pub digest: String,
    /// When our value had changed.
    pub changed: Timestamp,
    /// When it was written.
    pub at: Timestamp,
}

/// What becomes of one property of a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CrmVerdict)]
pub enum Verdict {
    /// Ours is written where there was nothing.
    Fill,
    /// Ours is written in place of theirs.
    Replace,
    /// Both are the same.
    Same,
    /// We hold nothing.
    Nothing,
    /// The CRM leads and holds something.
    TheirsLeads,
    /// Theirs changed last, or at a moment that nobody knows.
    TheirsNewer,
}

/// What becomes of one property, and whether both sides had said something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planned {
    pub verdict: Verdict,
    /// True where both hold a value, they differ, and theirs is not what we wrote before.
    pub is_conflict: bool,
}

impl Planned {
    /// Whether ours is written.
    pub fn writes(self) -> bool {
        matches!(self.verdict, Verdict::Fill | Verdict::Replace)
    }
}

/// What becomes of each property that a rule names.
///
/// A value that we have written ourselves is no change of theirs, whenever the CRM took it: it is as old
/// as our value was. `digest_of` is what digests of [`Written`] were made with.
pub fn plan(
    rules: &[CrmRule],
    ours: &BTreeMap<String, Ours>,
    theirs: &BTreeMap<String, Theirs>,
    written: &BTreeMap<String, Written>,
    digest_of: impl Fn(&str) -> String,
) -> BTreeMap<String, Planned> {
    let nothing = Theirs::default();
    let of_rule = |rule: &CrmRule| {
        let theirs = theirs.get(&rule.property).unwrap_or(&nothing);
        let echo = written.get(&rule.property);
        let echo = echo.filter(|it| is_echo(it, theirs, &digest_of));
        let ours = ours.get(&rule.property);
        let verdict = verdict(rule.leads, ours, theirs, echo);
        let differs = ours.is_some_and(|it| it.text != theirs.text);
        let is_conflict = differs && !theirs.text.is_empty() && echo.is_none();
        let planned = Planned {
            verdict,
            is_conflict,
        };
        (rule.property.clone(), planned)
    };
    rules.iter().map(of_rule).collect()
}

/// Whether the CRM holds what we wrote, as it took it then.
fn is_echo(written: &Written, theirs: &Theirs, digest_of: &impl Fn(&str) -> String) -> bool {
    let latest = Timestamp(written.at.0.saturating_add(limits::CRM_ECHO_MAX.0));
    !theirs.text.is_empty()
        && theirs.changed.is_none_or(|it| it <= latest)
        && written.digest == digest_of(&theirs.text)
}

fn verdict(leads: Leads, ours: Option<&Ours>, theirs: &Theirs, echo: Option<&Written>) -> Verdict {
    let Some(ours) = ours else {
        return Verdict::Nothing;
    };
    if ours.text == theirs.text {
        return Verdict::Same;
    }
    if theirs.text.is_empty() {
        return Verdict::Fill;
    }
    match leads {
        Leads::Ours => Verdict::Replace,
        Leads::Theirs => Verdict::TheirsLeads,
        Leads::Newest => {
            let changed = echo.map(|it| it.changed).or(theirs.changed);
            match changed {
                Some(changed) if ours.changed > changed => Verdict::Replace,
                _ => Verdict::TheirsNewer,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::crm::CrmValue;

    const PROPERTY: &str = "plan";

    fn rule(property: &str, leads: Leads) -> CrmRule {
        CrmRule {
            what: CrmValue::Trait("plan".to_owned()),
            property: property.to_owned(),
            leads,
        }
    }

    fn digest(text: &str) -> String {
        format!("<{text}>")
    }

    /// Texts are `text@changed`; what was written last has when it was written behind a slash.
    fn check(leads: Leads, ours: &str, theirs: &str, written: &str) -> Planned {
        let moment = |text: &str| text.parse().ok().map(Timestamp);
        let parts = |text: &str| {
            let (text, at) = text.split_once('@').unwrap_or((text, ""));
            (text.to_owned(), at.to_owned())
        };
        let map = |is_told: bool| is_told.then_some(PROPERTY.to_owned());
        let (text, at) = parts(ours);
        let ours = map(!text.is_empty()).map(|name| {
            let changed = moment(&at).unwrap();
            (name, Ours { text, changed })
        });
        let (text, at) = parts(theirs);
        let theirs = map(!text.is_empty()).map(|name| {
            let changed = moment(&at);
            (name, Theirs { text, changed })
        });
        let (text, at) = parts(written);
        let written = map(!text.is_empty()).map(|name| {
            let (changed, at) = at.split_once('/').unwrap();
            let written = Written {
                digest: digest(&text),
                changed: moment(changed).unwrap(),
                at: moment(at).unwrap(),
            };
            (name, written)
        });
        let planned = plan(
            &[rule(PROPERTY, leads)],
            &ours.into_iter().collect(),
            &theirs.into_iter().collect(),
            &written.into_iter().collect(),
            digest,
        );
        planned[PROPERTY]
    }

    #[test]
    fn each_rule_says_whose_value_stays() {
        use Leads::{Newest, Ours, Theirs};
        for (leads, ours, theirs, verdict, is_conflict) in [
            (Ours, "pro@5", "", Verdict::Fill, false),
            (Ours, "pro@5", "free@9", Verdict::Replace, true),
            (Ours, "pro@5", "pro@9", Verdict::Same, false),
            (Ours, "", "free@9", Verdict::Nothing, false),
            (Theirs, "pro@5", "", Verdict::Fill, false),
            (Theirs, "pro@5", "free@1", Verdict::TheirsLeads, true),
            (Theirs, "", "free@1", Verdict::Nothing, false),
            (Newest, "pro@5", "", Verdict::Fill, false),
            (Newest, "pro@5", "free@4", Verdict::Replace, true),
            (Newest, "pro@5", "free@5", Verdict::TheirsNewer, true),
            (Newest, "pro@5", "free@6", Verdict::TheirsNewer, true),
            (Newest, "pro@5", "free", Verdict::TheirsNewer, true),
        ] {
            let planned = check(leads, ours, theirs, "");
            let expected = Planned {
                verdict,
                is_conflict,
            };
            assert_eq!(planned, expected, "{leads:?}: {ours} and {theirs}");
        }
    }

    #[test]
    fn what_we_wrote_is_no_newer_change_of_theirs() {
        // Our value of 5 was written at 9; one of 7 arrived late.
        let late = check(Leads::Newest, "late@7", "pro@9", "pro@5/9");
        assert_eq!(late.verdict, Verdict::Replace);
        assert!(!late.is_conflict);
        // Somebody there has changed it since, at 8.
        let changed = check(Leads::Newest, "late@7", "free@8", "pro@5/6");
        assert_eq!(changed.verdict, Verdict::TheirsNewer);
        assert!(changed.is_conflict);
        // Somebody there has brought the same value back, long after we wrote it.
        let back = check(Leads::Newest, "late@7", "pro@900000", "pro@5/9");
        assert_eq!(back.verdict, Verdict::TheirsNewer);
        let older = check(Leads::Newest, "older@4", "pro@9", "pro@5/9");
        assert_eq!(older.verdict, Verdict::TheirsNewer);
    }

    fn leads() -> impl Strategy<Value = Leads> {
        prop_oneof![Just(Leads::Ours), Just(Leads::Theirs), Just(Leads::Newest)]
    }

    /// Few values and moments, so that both sides often agree.
    fn text() -> impl Strategy<Value = String> {
        prop_oneof![Just("a"), Just("b"), Just("ü;\"\u{202e}"), Just("<script>")]
            .prop_map(str::to_owned)
    }

    type Sides = (
        Vec<CrmRule>,
        BTreeMap<String, Ours>,
        BTreeMap<String, Theirs>,
        BTreeMap<String, Written>,
    );

    fn sides() -> impl Strategy<Value = Sides> {
        let moment = || (0_i64..6).prop_map(Timestamp);
        let ours = (text(), moment()).prop_map(|(text, changed)| Ours { text, changed });
        let theirs = (
            prop_oneof![Just(String::new()), text()],
            prop::option::of(moment()),
        )
            .prop_map(|(text, changed)| Theirs { text, changed });
        let written = (text(), moment(), moment()).prop_map(|(text, changed, at)| Written {
            digest: digest(&text),
            changed,
            at,
        });
        let one = (
            leads(),
            prop::option::of(ours),
            prop::option::of(theirs),
            prop::option::of(written),
        );
        prop::collection::vec(one, 1..5).prop_map(|all| {
            let mut sides = Sides::default();
            for (index, (leads, ours, theirs, written)) in all.into_iter().enumerate() {
                let name = format!("p{index}");
                sides.0.push(rule(&name, leads));
                sides.1.extend(ours.map(|it| (name.clone(), it)));
                sides.2.extend(theirs.map(|it| (name.clone(), it)));
                sides.3.extend(written.map(|it| (name.clone(), it)));
            }
            sides
        })
    }

    proptest! {
        #[test]
        fn a_plan_that_was_carried_out_leaves_nothing_to_write(sides in sides()) {
            let (rules, ours, mut theirs, mut written) = sides;
            let now = Timestamp(9);
            let planned = plan(&rules, &ours, &theirs, &written, digest);
            for (name, _) in planned.iter().filter(|it| it.1.writes()) {
                let ours = &ours[name];
                theirs.insert(name.clone(), Theirs { text: ours.text.clone(), changed: Some(now) });
                let now_written = Written { digest: digest(&ours.text), changed: ours.changed, at: now };
                written.insert(name.clone(), now_written);
            }
            let again = plan(&rules, &ours, &theirs, &written, digest);
            prop_assert!(again.values().all(|it| !it.writes()), "{again:?}");
        }

        #[test]
        fn what_theirs_holds_and_leads_is_never_written(sides in sides()) {
            let (rules, ours, theirs, written) = sides;
            let planned = plan(&rules, &ours, &theirs, &written, digest);
            for rule in rules.iter().filter(|it| it.leads == Leads::Theirs) {
                let holds = theirs.get(&rule.property).is_some_and(|it| !it.text.is_empty());
                prop_assert!(!(holds && planned[&rule.property].writes()));
            }
        }

        #[test]
        fn nothing_is_written_that_we_do_not_hold_or_that_is_there(sides in sides()) {
            let (rules, ours, theirs, written) = sides;
            let planned = plan(&rules, &ours, &theirs, &written, digest);
            for (name, it) in planned {
                let is_same = ours.get(&name).map(|it| &it.text) == theirs.get(&name).map(|it| &it.text);
                prop_assert!(!it.writes() || (ours.contains_key(&name) && !is_same));
            }
        }
    }
}
