//! Conditions made ready for one snapshot: decided by the event's name where that is enough, else row by row.

mod column;

use std::{borrow::Cow, collections::BTreeSet};

use arrow::buffer::BooleanBuffer;
use throughline_model::{Channel, EventCode, EventName, Field, Matcher, Rule, Test, Value};
use throughline_store::{EventNames, Run};

use crate::{
    ask::AskError,
    cache::{FACTS, Fact},
    scan::Place,
    view::{Sight, View, hash_of},
};

/// A matcher or a rule, answered for every row of a snapshot.
#[derive(Clone, Debug)]
pub struct Condition {
    by_code: Vec<Verdict>,
    /// Per run a bit for each row; none where no row of the run has to be asked.
    rows: Vec<Option<BooleanBuffer>>,
}

/// What an event's name alone says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    No,
    Yes,
    /// The row decides.
    Ask,
}

impl Condition {
    /// Takes or refuses everything that a customer did.
    pub(crate) fn constant(view: &View<'_>, holds: bool) -> Self {
        Self {
            by_code: vec![
                if holds { Verdict::Yes } else { Verdict::No };
                view.snapshot.names.len()
            ],
            rows: vec![None; view.snapshot.runs.len()],
        }
    }

    /// Whether the event at a place fits.
    #[inline]
    pub fn holds(&self, event: u16, place: Place) -> bool {
        match self.verdict(event) {
            Verdict::No => false,
            Verdict::Yes => true,
            Verdict::Ask => self.asked(place),
        }
    }

    /// True when no event can fit.
    pub fn is_never(&self) -> bool {
        self.by_code.iter().all(|verdict| *verdict == Verdict::No)
    }

    /// Per event code whether it fits; `None` when names do not decide.
    pub fn by_name(&self) -> Option<Vec<bool>> {
        (!self.by_code.contains(&Verdict::Ask)).then(|| {
            self.by_code
                .iter()
                .map(|verdict| *verdict == Verdict::Yes)
                .collect()
        })
    }

    #[inline]
    pub(crate) fn verdict(&self, event: u16) -> Verdict {
        self.by_code
            .get(usize::from(event))
            .copied()
            .unwrap_or(Verdict::No)
    }

    /// True when rows decide for some names.
    pub(crate) fn asks_rows(&self) -> bool {
        self.by_code.contains(&Verdict::Ask)
    }

    /// A bit for each row of a run that says what holds; none where names decide for all of them.
    pub(crate) fn rows_of(&self, run: u32) -> Option<&BooleanBuffer> {
        self.rows[run as usize].as_ref()
    }

    #[inline]
    pub(crate) fn asked(&self, place: Place) -> bool {
        self.rows[place.run as usize]
            .as_ref()
            .is_some_and(|bits| bits.value(place.row as usize))
    }
}

/// Makes a matcher ready. System events fit only where they are named.
pub(crate) fn matcher(
    view: &View<'_>,
    matcher: &Matcher,
    sight: Sight,
) -> Result<Condition, AskError> {
    let names = &view.snapshot.names;
    let named: BTreeSet<EventCode> = matcher
        .events
        .iter()
        .filter_map(|name| names.code(name))
        .collect();
    let mut rules: Vec<Rule> = Vec::new();
    if !matcher.touchpoints.is_empty() {
        rules.push(is_one_of(
            Field::Touchpoint,
            matcher.touchpoints.iter().map(String::as_str),
        ));
    }
    if !matcher.channels.is_empty() {
        rules.push(is_one_of(
            Field::Channel,
            matcher.channels.iter().map(|channel| channel.name()),
        ));
    }
    if !matcher.signals.is_empty() {
        rules.push(view.vocabulary.signals_rule(&matcher.signals));
    }
    rules.extend(matcher.rule.clone());
    let allowed = |code: EventCode| match matcher.events.is_empty() {
        true => !names.is_quiet(code),
        false if !names.is_renamed() => named.contains(&code),
        // Whole events keep the code that they were sent with.
        false => {
            let shown = names.name(code).and_then(|name| names.code(name));
            shown.is_some_and(|code| named.contains(&code))
        }
    };
    compile(view, &Rule::All(rules), sight, &allowed)
}

/// Makes a rule ready, for any event.
pub(crate) fn rule(view: &View<'_>, rule: &Rule, sight: Sight) -> Result<Condition, AskError> {
    compile(view, rule, sight, &|_| true)
}

fn is_one_of<'a>(field: Field, values: impl Iterator<Item = &'a str>) -> Rule {
    let values = values.map(|value| Value::Text(value.to_owned())).collect();
    Rule::Where {
        field,
        test: Test::Is(values),
    }
}

fn compile(
    view: &View<'_>,
    rule: &Rule,
    sight: Sight,
    allowed: &dyn Fn(EventCode) -> bool,
) -> Result<Condition, AskError> {
    let by_code: Vec<Verdict> = view
        .snapshot
        .names
        .iter()
        .map(|(code, _)| match allowed(code) {
            true => verdict_of(view, rule, sight, code),
            false => Ok(Verdict::No),
        })
        .collect::<Result<_, _>>()?;
    let mut rows = vec![None; view.snapshot.runs.len()];
    if by_code.contains(&Verdict::Ask) {
        let key = key_of(view, rule, sight);
        for (index, run) in view.snapshot.runs.iter().enumerate() {
            view.cancel.check()?;
            if has_code(run, |event| by_code.get(event) == Some(&Verdict::Ask)) {
                rows[index] = Some(bits_of(view, rule, sight, index, key)?);
            }
        }
    }
    Ok(Condition { by_code, rows })
}

/// What a rule says of every event of one name.
fn verdict_of(
    view: &View<'_>,
    rule: &Rule,
    sight: Sight,
    code: EventCode,
) -> Result<Verdict, AskError> {
    let fold = |rules: &[Rule], ends: Verdict, empty: Verdict| {
        let mut all = empty;
        for rule in rules {
            match verdict_of(view, rule, sight, code)? {
                verdict if verdict == ends => return Ok(ends),
                Verdict::Ask => all = Verdict::Ask,
                _ => {}
            }
        }
        Ok(all)
    };
    let of = |holds: bool| if holds { Verdict::Yes } else { Verdict::No };
    match rule {
        Rule::All(rules) => fold(rules, Verdict::No, Verdict::Yes),
        Rule::Any(rules) => fold(rules, Verdict::Yes, Verdict::No),
        Rule::Not(rule) => Ok(match verdict_of(view, rule, sight, code)? {
            Verdict::No => Verdict::Yes,
            Verdict::Yes => Verdict::No,
            Verdict::Ask => Verdict::Ask,
        }),
        Rule::Where { field, test } => Ok(match field {
            Field::Event => {
                let names = &view.snapshot.names;
                let name = names.name(code).map(|name| Value::Text(name.to_string()));
                of(of_shown(test, names).holds(name.as_ref()))
            }
            Field::Channel if sight >= Sight::Channels => match view.channels()?.by_name(code.0) {
                Some(channel) => of(test.holds(Some(&channel_value(channel)))),
                None => Verdict::Ask,
            },
            Field::Touchpoint if sight >= Sight::Touchpoints => {
                match view.touchpoints()?.by_name(code.0) {
                    Some(touchpoint) => {
                        of(test.holds(view.touchpoint_value(touchpoint.into()).as_ref()))
                    }
                    None => Verdict::Ask,
                }
            }
            Field::Touchpoint => of(test.holds(None)),
            Field::Stage if sight < Sight::Stages || view.vocabulary.stages.is_empty() => {
                of(test.holds(None))
            }
            _ => Verdict::Ask,
        }),
    }
}

/// The rule over all rows of a run, remembered unless it depends on more than the run.
fn bits_of(
    view: &View<'_>,
    rule: &Rule,
    sight: Sight,
    index: usize,
    key: Option<u128>,
) -> Result<BooleanBuffer, AskError> {
    let run_id = view.snapshot.runs[index].id;
    if let Some(key) = key
        && let Some(Fact::Bits(bits)) = FACTS.get((run_id, key))
    {
        return Ok(bits);
    }
    let bits = evaluate(view, rule, sight, index)?;
    if let Some(key) = key {
        FACTS.put((run_id, key), Fact::Bits(bits.clone()));
    }
    Ok(bits)
}

fn evaluate(
    view: &View<'_>,
    rule: &Rule,
    sight: Sight,
    index: usize,
) -> Result<BooleanBuffer, AskError> {
    let run = &view.snapshot.runs[index];
    Ok(match rule {
        Rule::All(rules) => {
            let mut all = BooleanBuffer::new_set(run.len());
            for rule in rules {
                all = &all & &evaluate(view, rule, sight, index)?;
            }
            all
        }
        Rule::Any(rules) => {
            let mut any = BooleanBuffer::new_unset(run.len());
            for rule in rules {
                any = &any | &evaluate(view, rule, sight, index)?;
            }
            any
        }
        Rule::Not(rule) => !&evaluate(view, rule, sight, index)?,
        Rule::Where { field, test } => {
            view.cancel.check()?;
            leaf(view, field, test, sight, index)?
        }
    })
}

fn leaf(
    view: &View<'_>,
    field: &Field,
    test: &Test,
    sight: Sight,
    index: usize,
) -> Result<BooleanBuffer, AskError> {
    let run = &view.snapshot.runs[index];
    let place = |row: usize| Place {
        run: u32::try_from(index).expect("a snapshot has fewer than 2^32 runs"),
        row: u32::try_from(row).expect("rows of a run fit 32 bits"),
    };
    Ok(match field {
        Field::Event => {
            let names = &view.snapshot.names;
            let test = of_shown(test, names);
            let fits: Vec<bool> = (names.iter())
                .map(|(_, name)| test.holds(Some(&Value::Text(name.to_string()))))
                .collect();
            let events: &[u16] = &run.event;
            BooleanBuffer::collect_bool(run.len(), |row| fits[usize::from(events[row])])
        }
        Field::Channel => {
            let fits: Vec<bool> = Channel::ALL
                .into_iter()
                .map(|channel| test.holds(Some(&channel_value(channel))))
                .collect();
            let (events, stored): (&[u16], &[u8]) = (&run.event, &run.channel);
            if sight < Sight::Channels {
                BooleanBuffer::collect_bool(run.len(), |row| {
                    fits[usize::from(Channel::from_code(stored[row]).code())]
                })
            } else {
                let channels = view.channels()?;
                BooleanBuffer::collect_bool(run.len(), |row| {
                    fits[usize::from(channels.of(events[row], stored[row], place(row)).code())]
                })
            }
        }
        Field::Touchpoint if sight >= Sight::Touchpoints => {
            let touchpoints = view.touchpoints()?;
            let fits: Vec<bool> = (0..=view.vocabulary.touchpoints.len())
                .map(|code| test.holds(view.touchpoint_value(code).as_ref()))
                .collect();
            let events: &[u16] = &run.event;
            BooleanBuffer::collect_bool(run.len(), |row| {
                fits[usize::from(touchpoints.of(events[row], place(row)))]
            })
        }
        Field::Stage if sight >= Sight::Stages => {
            let stages = view.stages()?;
            let fits: Vec<bool> = (0..=view.vocabulary.stages.len())
                .map(|code| test.holds(view.stage_value(code).as_ref()))
                .collect();
            BooleanBuffer::collect_bool(run.len(), |row| fits[usize::from(stages.of(place(row)))])
        }
        Field::Touchpoint | Field::Stage => match test.holds(None) {
            true => BooleanBuffer::new_set(run.len()),
            false => BooleanBuffer::new_unset(run.len()),
        },
        Field::Source | Field::Property(_) | Field::Context(_) => {
            column::holds(test, &*run.values(field)?, run.len())
        }
    })
}

/// A test of event names in which a name that was sent means what it is shown as.
///
/// So what was written before a name was changed still means the same events.
fn of_shown<'t>(test: &'t Test, names: &EventNames) -> Cow<'t, Test> {
    let shown = |values: &[Value]| -> Vec<Value> {
        let shown = |value: &Value| match value {
            Value::Text(text) => {
                let name = EventName::parse(text).ok();
                let name = name.as_ref().and_then(|it| names.shown(it));
                name.map_or_else(|| value.clone(), |it| Value::Text(it.to_string()))
            }
            value => value.clone(),
        };
        values.iter().map(shown).collect()
    };
    match test {
        _ if !names.is_renamed() => Cow::Borrowed(test),
        Test::Is(values) => Cow::Owned(Test::Is(shown(values))),
        Test::IsNot(values) => Cow::Owned(Test::IsNot(shown(values))),
        test => Cow::Borrowed(test),
    }
}

fn channel_value(channel: Channel) -> Value {
    Value::Text(channel.name().to_owned())
}

/// True when one of a run's events has a code that is wanted.
pub(crate) fn has_code(run: &Run, wanted: impl Fn(usize) -> bool) -> bool {
    let events: &[u16] = &run.event;
    events.iter().any(|event| wanted(usize::from(*event)))
}

/// Names a rule in the cache, together with the part of the vocabulary that it sees.
///
/// `None` for rules about stages: the stage of a row depends on other runs.
fn key_of(view: &View<'_>, rule: &Rule, sight: Sight) -> Option<u128> {
    let fields = rule.fields();
    if sight >= Sight::Stages && fields.contains(&&Field::Stage) {
        return None;
    }
    let sees_vocabulary = fields
        .iter()
        .any(|field| matches!(field, Field::Channel | Field::Touchpoint));
    let vocabulary = if sees_vocabulary { view.hash(sight) } else { 0 };
    Some(hash_of(&("rule", rule, vocabulary.to_string())))
}

#[cfg(test)]
mod tests;
