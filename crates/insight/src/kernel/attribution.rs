//! Which touches get how much of the credit for conversions, by several models side by side.
//!
//! A conversion has the touches of its profile that its look-back reaches. Touches that no
//! conversion has are cut into paths to none, which chains need. What a conversion is worth is
//! counted in millionths, so that sums are exact.

mod by_label;
mod tally;
mod walk;

use std::{cmp::Reverse, collections::BTreeMap};

use rayon::prelude::*;
use serde::Serialize;
use throughline_model::{
    ProfileId,
    attribution::{AttributionReport, CreditModel, PositionWeights},
    limits,
};
use throughline_predict::attribution as models;
use utoipa::ToSchema;

use self::{
    tally::{Counts, Line, PARTS, Parts, Rules, Tally, Worth, weights_by_place},
    walk::{Room, Seen, Touch, Walker},
};
use crate::{
    ask::{AskError, Counted, LeftOut, When},
    kernel::cost::{self, CostTotal, PaidFor},
    labels::Label,
    passes::Passes,
    scan::{Found, ProfileRows, scan, scan_picked},
    select::why::AttributionSelect,
    view::View,
};

/// Credit by every model, and what it is credit for.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AttributionAnswer {
    /// The models of each credit, in the order of the report.
    pub models: Vec<CreditModel>,
    /// Models whose chain would have more states than is allowed.
    pub skipped: Vec<CreditModel>,
    /// The line on most paths to a conversion first, then what is not set, then the rest.
    pub lines: Vec<CreditLine>,
    /// Sums over the lines, one for each model.
    pub sums: Vec<Credit>,
    /// All conversions; those without a touch have no credit to give.
    pub total: Conversions,
    pub untouched: Conversions,
    /// Paths that led to no conversion.
    pub unconverted: Passes,
    /// How many different paths led to a conversion; those that led to none are among them only where a model
    /// asks for chances of converting, as Markov chains and Shapley values do.
    pub paths: u64,
    /// Conversions that do not say what they are worth; they count as worth nothing.
    pub unvalued: u64,
    /// Paths of which only the latest touches are credited.
    pub cut: u64,
    /// What was paid in the range; none while no cost is stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<CostTotal>,
}

/// Conversions and what they are worth together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Conversions {
    pub passes: Passes,
    pub value: f64,
}

/// One value of the field.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CreditLine {
    pub label: Label,
    /// Touches in the range, whatever came of them, and the profiles that were reached.
    pub touches: Passes,
    /// Conversions with the value on their path.
    pub on_path: Passes,
    /// Conversions with the value on their path before the last touch.
    pub assisted: Passes,
    /// One for each model.
    pub credit: Vec<Credit>,
    /// What was paid for the value in the range; none where no cost names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<PaidFor>,
}

/// What one model gives. It divides what happened, and does not say what caused it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Credit {
    pub conversions: f64,
    pub value: f64,
    /// Of the conversions with a touch.
    pub share: f64,
    /// The share of conversions that a chain loses without the value; only chains know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<f64>,
}

pub(crate) fn answer(
    view: &View<'_>,
    report: &AttributionReport,
    when: &When,
) -> Result<Counted<AttributionAnswer>, AskError> {
    let plan = Plan::new(view, report, when)?;
    let tally = plan.tally(view)?;
    let lines = Lines::of(&tally, &plan.walker);
    let ledger = Ledger::of(&tally, &lines, &plan.rules);
    let touched = tally.total.passes.passes.times - tally.untouched.passes.passes.times;
    let (mut names, mut skipped, mut columns) = (Vec::new(), Vec::new(), Vec::new());
    for model in &report.models {
        view.cancel.check()?;
        match ledger.credits(*model, &plan.rules, touched) {
            Some(column) => {
                names.push(*model);
                columns.push(column);
            }
            None => skipped.push(*model),
        }
    }
    let costs = &view.snapshot.known.costs;
    let (cost, mut paid) = CostTotal::of(costs, report, when, &lines.places(&plan.walker)).unzip();
    let mut listed = Vec::new();
    for (index, label) in lines.labels.iter().enumerate() {
        let [touches, on_path, assisted] = match label {
            Label::Rest => plan.rest(view, &lines, index)?,
            _ => ledger.passes(index),
        };
        listed.push(CreditLine {
            label: label.clone(),
            touches,
            on_path,
            assisted,
            credit: columns.iter().map(|column| column[index]).collect(),
            cost: paid.as_mut().and_then(|paid| paid.remove(&index)),
        });
    }
    Ok(Counted {
        n: tally.total.passes.passes.times,
        left_out: LeftOut {
            immature: tally.open,
            capped: lines.capped,
            ..LeftOut::default()
        },
        numbers: AttributionAnswer {
            models: names,
            skipped,
            lines: listed,
            sums: columns.iter().map(|column| sum(column)).collect(),
            total: tally.total.into(),
            untouched: tally.untouched.into(),
            unconverted: tally.unconverted.passes,
            paths: tally.ways_count() as u64,
            unvalued: tally.unvalued,
            cut: tally.cut,
            cost,
        },
    })
}

pub(crate) fn people(
    view: &View<'_>,
    report: &AttributionReport,
    select: &AttributionSelect,
    when: &When,
) -> Result<Vec<ProfileId>, AskError> {
    let plan = Plan::new(view, report, when)?;
    let (part, label) = match select {
        AttributionSelect::Converted => (Part::Converted, None),
        AttributionSelect::Untouched => (Part::Untouched, None),
        AttributionSelect::Unconverted => (Part::Unconverted, None),
        AttributionSelect::Reached(label) => (Part::Reached, Some(label)),
        AttributionSelect::OnPath(label) => (Part::OnPath, Some(label)),
        AttributionSelect::Assisted(label) => (Part::Assisted, Some(label)),
    };
    let Some(label) = label else {
        return Ok(plan.hits(view, part, |_| true)?.1);
    };
    let lines = Lines::of(&plan.tally(view)?, &plan.walker);
    let line = (lines.labels.iter().position(|it| it == label))
        .ok_or_else(|| AskError::fault("select.of", "is not in the report's answer"))?;
    Ok(plan.hits(view, part, |label| lines.line(label) == line)?.1)
}

/// Which of a profile's conversions, paths or touches are counted.
#[derive(Clone, Copy)]
enum Part {
    Converted,
    Untouched,
    Unconverted,
    Reached,
    OnPath,
    Assisted,
}

struct Plan<'v> {
    walker: Walker<'v>,
    rules: Rules,
}

impl<'v> Plan<'v> {
    fn new(view: &'v View<'_>, report: &AttributionReport, when: &When) -> Result<Self, AskError> {
        let walker = Walker::new(view, report, when)?;
        Ok(Self {
            rules: Rules::of(report, walker.labels.count()),
            walker,
        })
    }

    /// Shows every profile that may have a touch or a conversion, with the rows that may be one where names tell.
    fn scan<S: Send>(
        &self,
        view: &View<'_>,
        begin: impl Fn() -> S + Sync,
        visit: impl Fn(&mut S, &ProfileRows<'_>, Option<&[Found]>) + Sync,
    ) -> Result<Vec<S>, AskError> {
        let (snapshot, cancel) = (view.snapshot, view.cancel);
        Ok(match &self.walker.picks {
            Some(picks) => scan_picked(snapshot, cancel, picks, begin, |state, rows, found| {
                visit(state, rows, Some(found));
            }),
            None => scan(snapshot, cancel, begin, |state, rows| {
                visit(state, rows, None);
            }),
        }?)
    }

    fn tally(&self, view: &View<'_>) -> Result<Tally, AskError> {
        let begin = || (Tally::default(), Room::default());
        let states = self.scan(view, begin, |(tally, room), rows, picked| {
            self.walker.visit(rows, picked, room, &mut |seen| {
                tally.add(&self.rules, rows.profile, &seen);
            });
        })?;
        let tally = (states.into_iter())
            .map(|(tally, _)| tally)
            .reduce(Tally::merged)
            .unwrap_or_default();
        if tally.is_full {
            let most = limits::CREDIT_PATHS_MAX;
            return Err(AskError::fault(
                "by",
                format!(
                    "makes more than {most} different paths; choose a field with fewer values, \
                     a shorter look-back, or let touches in a row count once"
                ),
            ));
        }
        Ok(tally)
    }

    /// How often a part is met on a line, and the profiles that meet it, sorted.
    fn hits(
        &self,
        view: &View<'_>,
        part: Part,
        is_wanted: impl Fn(u32) -> bool + Sync,
    ) -> Result<(u64, Vec<ProfileId>), AskError> {
        let begin = || (0, Vec::new(), Room::default());
        let states = self.scan(view, begin, |(times, profiles, room), rows, picked| {
            let before = *times;
            self.walker.visit(rows, picked, room, &mut |seen| {
                *times += u64::from(self.is_hit(part, &seen, &is_wanted));
            });
            if *times > before {
                profiles.push(rows.profile);
            }
        })?;
        let mut profiles = Vec::new();
        let mut all = 0;
        for (times, them, _) in states {
            all += times;
            profiles.extend(them);
        }
        profiles.sort_unstable();
        Ok((all, profiles))
    }

    fn is_hit(&self, part: Part, seen: &Seen<'_>, is_wanted: &impl Fn(u32) -> bool) -> bool {
        let is_met = |it: &Touch| is_wanted(it.label);
        match (part, seen) {
            (Part::Reached, Seen::Touch(label)) => is_wanted(*label),
            (Part::Unconverted, Seen::Null { .. }) | (Part::Converted, Seen::Conversion(_)) => true,
            (Part::Untouched, Seen::Conversion(it)) => it.way.touches.is_empty(),
            (Part::OnPath, Seen::Conversion(it)) => it.way.touches.iter().any(is_met),
            (Part::Assisted, Seen::Conversion(it)) => {
                let counted: Vec<&Touch> = self.rules.counted(it.way.touches).collect();
                (counted.split_last()).is_some_and(|(_, before)| before.iter().any(|it| is_met(it)))
            }
            _ => false,
        }
    }

    /// The numbers of the values that are not listed: who meets several of them counts once.
    fn rest(&self, view: &View<'_>, lines: &Lines, rest: usize) -> Result<[Passes; 3], AskError> {
        let passes = |part| {
            let (times, profiles) = self.hits(view, part, |label| lines.line(label) == rest)?;
            Ok::<_, AskError>(Passes {
                times,
                profiles: profiles.len() as u64,
            })
        };
        Ok([
            passes(Part::Reached)?,
            passes(Part::OnPath)?,
            passes(Part::Assisted)?,
        ])
    }
}

/// Which line each label is counted on.
struct Lines {
    labels: Vec<Label>,
    line_of: BTreeMap<u32, usize>,
    capped: u64,
}

impl Lines {
    fn of(tally: &Tally, walker: &Walker<'_>) -> Self {
        let mut order: Vec<(u32, &Line)> = tally.lines.iter().filter(|it| it.0 != 0).collect();
        order.sort_unstable_by_key(|(label, line)| {
            let times = (line.on_path.passes.times, line.touches.passes.times);
            (Reverse(times), *label)
        });
        let listed = order.len().min(limits::BREAKDOWN_VALUES_MAX);
        let mut labels: Vec<Label> = (order[..listed].iter())
            .map(|(label, _)| walker.labels.value(*label))
            .collect();
        let mut line_of: BTreeMap<u32, usize> = (order.iter().enumerate())
            .map(|(index, (label, _))| (*label, index))
            .collect();
        if tally.lines.has(0) {
            line_of.insert(0, labels.len());
            labels.push(Label::NotSet);
        }
        if listed < order.len() {
            for (label, _) in &order[listed..] {
                line_of.insert(*label, labels.len());
            }
            labels.push(Label::Rest);
        }
        Self {
            labels,
            line_of,
            capped: (order.len() - listed) as u64,
        }
    }

    /// The line of every value that has a touch, as costs write it.
    fn places(&self, walker: &Walker<'_>) -> BTreeMap<String, usize> {
        let named = |(label, line): (&u32, &usize)| {
            let name = cost::name_of(&walker.labels.value(*label))?;
            Some((name, *line))
        };
        self.line_of.iter().filter_map(named).collect()
    }

    fn line(&self, label: u32) -> usize {
        self.line_of.get(&label).copied().unwrap_or(usize::MAX)
    }
}

/// Everything that models need, by line.
struct Ledger {
    lines: Vec<Line>,
    paths: Vec<models::Path>,
}

impl Ledger {
    fn of(tally: &Tally, lines: &Lines, rules: &Rules) -> Self {
        let empty = Line {
            decays: vec![Parts::default(); rules.half_lives.len()],
            ..Line::default()
        };
        let mut by_line = vec![empty; lines.labels.len()];
        for (label, line) in tally.lines.iter() {
            by_line[lines.line(label)].merge(line);
        }
        let mut ways: Vec<(Vec<u32>, Counts)> = (tally.ways.iter())
            .map(|(way, counts)| {
                let line_of = |label: &u32| u32::try_from(lines.line(*label));
                let way = way
                    .iter()
                    .map(|it| line_of(it).expect("a list of lines is short"));
                (way.collect(), *counts)
            })
            .collect();
        // Sums of fractions depend on the order of what is added.
        ways.par_sort_unstable_by(|a, b| a.0.cmp(&b.0));
        ways.dedup_by(|more, first| {
            let is_same = more.0 == first.0;
            if is_same {
                first.1.merge(more.1);
            }
            is_same
        });
        let paths = (ways.into_iter())
            .map(|(channels, counts)| models::Path {
                channels,
                conversions: counts.conversions as f64,
                value: counts.micros as f64 / 1e6,
                nulls: counts.nulls as f64,
            })
            .collect();
        Self {
            lines: by_line,
            paths,
        }
    }

    fn passes(&self, line: usize) -> [Passes; 3] {
        let line = &self.lines[line];
        [line.touches, line.on_path, line.assisted].map(|it| it.passes)
    }

    /// The credit of each line; none when the model's chain has too many states.
    fn credits(&self, model: CreditModel, rules: &Rules, touched: u64) -> Option<Vec<Credit>> {
        let (paths, count) = (&self.paths, self.lines.len());
        let place = |weigh: &dyn Fn(usize) -> Vec<f64>| match rules.is_by_place {
            true => self.by_place(weigh),
            false => models::by_place(paths, count, weigh),
        };
        let parts =
            |of: &dyn Fn(&Line) -> Parts| (self.lines.iter()).map(|it| of(it).into()).collect();
        let mut effects = None;
        let credits: Vec<models::Credit> = match model {
            CreditModel::First => place(&models::first),
            CreditModel::Last => place(&models::last),
            CreditModel::Linear => place(&models::linear),
            CreditModel::Position(PositionWeights { first, last }) => {
                let position = models::Position {
                    first: f64::from(first) / 100.0,
                    last: f64::from(last) / 100.0,
                };
                place(&|count| position.weights(count))
            }
            CreditModel::LastNonDirect => parts(&|line| line.non_direct),
            CreditModel::TimeDecay(span) => {
                let index = (rules.half_lives.iter()).position(|it| *it == span)?;
                parts(&|line| line.decays[index])
            }
            CreditModel::Participation => models::participation(paths, count),
            CreditModel::Shapley => models::shapley(paths, count),
            CreditModel::Markov(order) => {
                let order = usize::from(order);
                let most = limits::MARKOV_STATES_MAX;
                let chain = models::Chain::of(paths, count, order, most).ok()?;
                let effects = effects.insert(chain.removal_effects());
                models::by_effect(paths, effects)
            }
        };
        Some(
            (credits.into_iter().enumerate())
                .map(|(index, credit)| Credit {
                    conversions: credit.conversions,
                    value: credit.value,
                    share: match touched {
                        0 => 0.0,
                        touched => credit.conversions / touched as f64,
                    },
                    effect: effects.as_ref().map(|effects| effects[index]),
                })
                .collect(),
        )
    }
}

impl Ledger {
    /// Credit by the place of a touch on its path, where only places were counted.
    fn by_place(&self, weigh: &dyn Fn(usize) -> Vec<f64>) -> Vec<models::Credit> {
        let longest = self.lines.iter().map(|it| it.placed.len()).max();
        let weights: Vec<[f64; 3]> = (1..=longest.unwrap_or(0))
            .map(|length| weights_by_place(&weigh(length)))
            .collect();
        let credit = |line: &Line| {
            let placed = line.placed.as_flattened().iter();
            let all = placed.zip(weights.as_flattened());
            all.fold(models::Credit::default(), |sum, (placed, weight)| {
                models::Credit {
                    conversions: sum.conversions + weight * placed.conversions as f64,
                    value: sum.value + weight * (placed.micros as f64 / 1e6),
                }
            })
        };
        self.lines.iter().map(credit).collect()
    }
}

impl From<Parts> for models::Credit {
    fn from(parts: Parts) -> Self {
        Self {
            conversions: parts.conversions as f64 / PARTS,
            value: parts.micros as f64 / PARTS / 1e6,
        }
    }
}

impl From<Worth> for Conversions {
    fn from(worth: Worth) -> Self {
        Self {
            passes: worth.passes.passes,
            value: worth.micros as f64 / 1e6,
        }
    }
}

fn sum(column: &[Credit]) -> Credit {
    column.iter().fold(Credit::default(), |sum, it| Credit {
        conversions: sum.conversions + it.conversions,
        value: sum.value + it.value,
        share: sum.share + it.share,
        effect: None,
    })
}

#[cfg(test)]
mod tests;
