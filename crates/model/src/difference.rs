//! Questions about why two funnels do not say the same.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::report::{Faults, Funnel, FunnelStep};

/// Why two funnels differ: what changes as the first becomes the second, one field of the definition at a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    pub from: Funnel,
    pub to: Funnel,
}

/// One change of a definition, after all that came before it.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What changes, like `window` or `steps[1]`; several where one without the others would be no funnel.
    pub fields: Vec<String>,
    /// The funnel after it.
    pub funnel: Funnel,
}

/// Who is looked at comes first, then what they do, then how it is counted.
#[derive(Clone, Copy, Debug)]
enum Part {
    Range,
    People,
    Filter,
    Steps,
    Step(usize),
    Order,
    Window,
    Entry,
    Unit,
    Ties,
    Reuse,
    Exclusions,
    Hold,
    Breakdown,
}

impl Difference {
    /// The changes that lead from the first to the second, in order; none when both count alike.
    ///
    /// Names of steps and `times` change no number, so they are no changes.
    pub fn changes(&self) -> Vec<Change> {
        let mut funnel = self.from.clone();
        let mut fields = Vec::new();
        let mut changes = Vec::new();
        for part in self.parts() {
            part.put(&mut funnel, &self.to);
            fields.push(part.name());
            let mut faults = Faults::default();
            funnel.check(&mut faults);
            if faults.0.is_empty() {
                let fields = std::mem::take(&mut fields);
                let funnel = funnel.clone();
                changes.push(Change { fields, funnel });
            }
        }
        changes
    }

    /// Where the definitions are not the same, in order.
    fn parts(&self) -> Vec<Part> {
        let (from, to) = (&self.from, &self.to);
        let is_alike =
            |a: &FunnelStep, b: &FunnelStep| (&a.matcher, a.optional) == (&b.matcher, b.optional);
        let mut parts = Vec::new();
        let mut see = |differs: bool, part: Part| {
            if differs {
                parts.push(part);
            }
        };
        see(from.range != to.range, Part::Range);
        see(from.people != to.people, Part::People);
        see(from.filter != to.filter, Part::Filter);
        if from.steps.len() == to.steps.len() {
            for (index, (a, b)) in from.steps.iter().zip(&to.steps).enumerate() {
                see(!is_alike(a, b), Part::Step(index));
            }
        } else {
            see(true, Part::Steps);
        }
        see(from.order != to.order, Part::Order);
        see(from.window != to.window, Part::Window);
        see(from.entry != to.entry, Part::Entry);
        see(from.unit != to.unit, Part::Unit);
        see(from.ties != to.ties, Part::Ties);
        see(from.reuse != to.reuse, Part::Reuse);
        see(from.exclusions != to.exclusions, Part::Exclusions);
        see(from.hold != to.hold, Part::Hold);
        see(from.breakdown != to.breakdown, Part::Breakdown);
        parts
    }

    pub(crate) fn check(&self, faults: &mut Faults) {
        for (place, funnel) in [("from", &self.from), ("to", &self.to)] {
            let mut own = Faults::default();
            funnel.check(&mut own);
            if funnel.accounts.is_some() {
                let message = "is not asked here: the two are compared by people".to_owned();
                own.push("accounts", message);
            }
            for fault in own.into_list() {
                faults.push(&format!("{place}.{}", fault.place), fault.message);
            }
        }
    }
}

impl Part {
    fn name(self) -> String {
        let name = match self {
            Self::Range => "range",
            Self::People => "people",
            Self::Filter => "filter",
            Self::Steps => "steps",
            Self::Step(index) => return format!("steps[{index}]"),
            Self::Order => "order",
            Self::Window => "window",
            Self::Entry => "entry",
            Self::Unit => "unit",
            Self::Ties => "ties",
            Self::Reuse => "reuse",
            Self::Exclusions => "exclusions",
            Self::Hold => "hold",
            Self::Breakdown => "breakdown",
        };
        name.to_owned()
    }

    /// Takes this part over from another funnel.
    fn put(self, funnel: &mut Funnel, to: &Funnel) {
        match self {
            Self::Range => funnel.range = to.range.clone(),
            Self::People => funnel.people.clone_from(&to.people),
            Self::Filter => funnel.filter.clone_from(&to.filter),
            Self::Steps => funnel.steps.clone_from(&to.steps),
            Self::Step(index) => funnel.steps[index] = to.steps[index].clone(),
            Self::Order => funnel.order = to.order,
            Self::Window => funnel.window = to.window,
            Self::Entry => funnel.entry = to.entry,
            Self::Unit => funnel.unit = to.unit.clone(),
            Self::Ties => funnel.ties = to.ties,
            Self::Reuse => funnel.reuse = to.reuse,
            Self::Exclusions => funnel.exclusions.clone_from(&to.exclusions),
            Self::Hold => funnel.hold.clone_from(&to.hold),
            Self::Breakdown => funnel.breakdown.clone_from(&to.breakdown),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Span, report::Days};

    fn funnel(more: &str) -> Funnel {
        serde_json::from_str(&format!(
            r#"{{"range":{{"all":true}},"steps":[{{"name":"a","matcher":{{"events":["a"]}}}},
                {{"name":"b","matcher":{{"events":["b"]}}}},{{"name":"c","matcher":{{"events":["c"]}}}}]{more}}}"#
        ))
        .expect(more)
    }

    fn fields(from: &Funnel, to: &Funnel) -> Vec<Vec<String>> {
        let difference = Difference {
            from: from.clone(),
            to: to.clone(),
        };
        let changes = difference.changes();
        if let Some(last) = changes.last() {
            assert_eq!(last.funnel, *to, "the last change leads to the second");
        }
        changes.into_iter().map(|it| it.fields).collect()
    }

    #[test]
    fn each_field_changes_by_itself_in_a_fixed_order() {
        let mut to = funnel(r#","reuse":true,"entry":"first","window":{"whole":"1d"}"#);
        to.range.days = Days::Last(Span::days(9));
        let changed = fields(&funnel(""), &to);
        assert_eq!(changed, [["range"], ["window"], ["entry"], ["reuse"]]);
        assert_eq!(fields(&to, &to), Vec::<Vec<String>>::new());
    }

    #[test]
    fn a_field_that_would_be_no_funnel_alone_waits_for_the_others() {
        let from = funnel(r#","unit":"attempt","entry":"every","window":{"each":"1d"}"#);
        let to = funnel(r#","order":"any""#);
        // Steps in any order allow neither a window for each step nor every entry.
        assert_eq!(
            fields(&from, &to),
            [vec!["order", "window", "entry", "unit"]]
        );
        assert_eq!(
            fields(&to, &from),
            [vec!["order"], vec!["window"], vec!["entry"], vec!["unit"]]
        );
    }

    #[test]
    fn steps_change_one_by_one_when_there_are_as_many() {
        let mut to = funnel("");
        to.steps[1].optional = true;
        to.steps[2].matcher.events.clear();
        assert_eq!(fields(&funnel(""), &to), [["steps[1]"], ["steps[2]"]]);
        to.steps.remove(1);
        assert_eq!(fields(&funnel(""), &to), [["steps"]]);
    }

    #[test]
    fn a_name_is_no_change() {
        let mut to = funnel(r#","times":true"#);
        to.steps[0].name = "z".to_owned();
        let difference = Difference {
            from: funnel(""),
            to,
        };
        assert_eq!(difference.changes(), []);
    }

    #[test]
    fn faults_say_in_which_of_the_two_they_are() {
        let difference = Difference {
            from: funnel(r#","unit":"attempt""#),
            to: funnel(""),
        };
        let mut faults = Faults::default();
        difference.check(&mut faults);
        assert_eq!(faults.0.len(), 1);
        assert_eq!(faults.0[0].place, "from.entry");
    }
}
