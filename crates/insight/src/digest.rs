//! The short form of an answer: what fits into a mail or a message to another program.
//!
//! It is taken from the answer and from nothing else, so it never disagrees with the full report.

mod attribution;
mod bottlenecks;
mod channels;
mod choice;
mod counts;
mod difference;
mod drivers;
mod funnel;
mod heatmap;
mod last_touch;
mod lift;
mod page_map;
mod paths;
mod promises;
mod reasons;
mod retention;
mod rfm;
mod stage_time;
mod topics;
mod trends;
mod unexpected;
mod work_time;

use serde::Serialize;
use throughline_model::{
    By, TimeRange, Timestamp, Zone, attribution::CreditModel, limits, rfm::RfmGroup,
};
use throughline_predict::Interval;
use utoipa::ToSchema;

use crate::{
    ask::{Answer, LeftOut, Numbers},
    labels::Label,
    select::Select,
};

/// The short form of an answer, with what its numbers depend on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Digest {
    /// Which kind of report it is of.
    pub kind: &'static str,
    pub range: TimeRange,
    pub zone: Zone,
    /// What counted as now.
    pub asked: Timestamp,
    /// When the snapshot was taken that was asked.
    pub taken: Timestamp,
    pub n: u64,
    pub left_out: LeftOut,
    /// The most telling first.
    pub figures: Vec<Figure>,
    /// A quantity over time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<DigestLine>,
    /// What the labels of rows are values of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
    /// The rule that credit was given by, where there is credit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<CreditModel>,
    /// What the cells of each row are.
    pub columns: Vec<Quantity>,
    pub rows: Vec<DigestRow>,
    /// Rows beyond those that are listed.
    pub more: u64,
}

/// One number under its name.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    pub name: Quantity,
    #[serde(flatten)]
    pub amount: Amount,
}

/// What a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    Events,
    Profiles,
    /// That stand in the place of profiles.
    Accounts,
    Entered,
    Converted,
    /// Of those who entered.
    Reached,
    MedianTime,
    Times,
    Ways,
    Stays,
    StillIn,
    Conversions,
    Credit,
    Share,
    Started,
    Back,
    Active,
    New,
    Returning,
    Resurrecting,
    Dormant,
    /// As the first of two funnels says.
    Before,
    /// As the second does.
    After,
    /// Who comes with a change of a definition, and who goes.
    Gained,
    Gone,
    /// Who acted no more.
    Left,
    /// Who set out and did not arrive in time.
    GaveUp,
    /// Of those who gave up.
    ShareOfGaveUp,
    /// Of those who chose.
    Chose,
    OddsRatio,
    Texts,
    /// By a chain without memory.
    Expected,
    /// More than others who are like them, in a month.
    LostPerMonth,
    /// Fewer than expected went on.
    Lost,
    MedianWait,
    StillWaiting,
    MedianWork,
    StillInWork,
    Customers,
    Purchases,
    Worth,
    /// Whatever a series measures.
    Value,
    Visitors,
    Views,
    Clicks,
    RageClicks,
    DeadClicks,
    /// More than if those who were treated had done as the others.
    Extra,
    ExtraWorth,
    /// Things that are waited for.
    Objects,
    /// Of which the promised moment is over.
    Due,
    /// Of those that are due.
    LateShare,
    Overdue,
    MedianGap,
}

impl Quantity {
    /// Its name in files.
    pub fn word(self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(word)) => word,
            _ => String::new(),
        }
    }
}

/// A number and how it is to be written.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Amount {
    pub form: Form,
    /// None where there is nothing to take it of.
    pub value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
    /// True for a share of fewer than 30.
    pub is_small: bool,
    /// The number's place in the report, which proves it. It does not leave the server: whoever
    /// reads a short form may see numbers and no profiles.
    #[serde(skip)]
    pub select: Option<Select>,
}

/// How a number is to be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    #[default]
    Count,
    /// From 0 to 1.
    Share,
    /// Milliseconds.
    Span,
    /// Not necessarily whole.
    Amount,
}

/// A quantity over time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DigestLine {
    pub name: Quantity,
    pub form: Form,
    pub points: Vec<DigestPoint>,
}

/// One point of a line.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct DigestPoint {
    pub from: Timestamp,
    pub value: f64,
    pub is_partial: bool,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DigestRow {
    pub label: RowLabel,
    /// How long its bar is, from 0 to 1.
    pub bar: f64,
    pub cells: Vec<Amount>,
}

/// What a row is about.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowLabel {
    /// As somebody has named it.
    Name(String),
    /// A line of a breakdown.
    Line(Label),
    /// Names in the order of a path.
    Way(Vec<String>),
    /// The start of a calendar period.
    Period(Timestamp),
    /// Periods after a start; the last is open without an end.
    After { from: u32, to: Option<u32> },
    /// Active in so many units or more.
    Units(u64),
    /// 0 to 23.
    Hour(u8),
    /// 1 for Monday to 7 for Sunday.
    Weekday(u8),
    /// Customers of like scores.
    Group(RfmGroup),
    /// Those who were treated.
    Treated,
    /// Those who were not.
    Control,
}

/// What each kind of answer puts into its short form.
#[derive(Default)]
struct Body {
    figures: Vec<Figure>,
    line: Option<DigestLine>,
    by: Option<By>,
    model: Option<CreditModel>,
    columns: Vec<Quantity>,
    rows: Vec<DigestRow>,
    /// Rows that the answer itself had left out.
    more: u64,
}

impl Body {
    /// What counts profiles counts accounts in their place.
    fn count_accounts(&mut self) {
        let figures = self.figures.iter_mut().map(|it| &mut it.name);
        let line = self.line.iter_mut().map(|it| &mut it.name);
        for name in figures.chain(line).chain(&mut self.columns) {
            if *name == Quantity::Profiles {
                *name = Quantity::Accounts;
            }
        }
    }
}

/// The short form of an answer.
pub fn digest(answer: &Answer) -> Digest {
    let (kind, mut body) = match &answer.numbers {
        Numbers::Trends(it) => ("trends", trends::body(answer, it)),
        Numbers::Counts(it) => ("counts", counts::body(answer, it)),
        Numbers::Funnel(it) => ("funnel", funnel::body(it)),
        Numbers::Transitions(it) => ("transitions", paths::transitions(it)),
        Numbers::Paths(it) => ("paths", paths::paths(it)),
        Numbers::StageTime(it) => ("stage_time", stage_time::body(it)),
        Numbers::WorkTime(it) => ("work_time", work_time::body(it)),
        Numbers::Attribution(it) => ("attribution", attribution::body(answer, it)),
        Numbers::Retention(it) => ("retention", retention::body(answer, it)),
        Numbers::Stickiness(it) => ("stickiness", retention::stickiness(it)),
        Numbers::Lifecycle(it) => ("lifecycle", retention::lifecycle(it)),
        Numbers::Drivers(it) => ("drivers", drivers::body(it)),
        Numbers::Reasons(it) => ("reasons", reasons::body(it)),
        Numbers::Topics(it) => ("topics", topics::body(it)),
        Numbers::Choice(it) => ("choice", choice::body(it)),
        Numbers::Unexpected(it) => ("unexpected", unexpected::body(it)),
        Numbers::Difference(it) => ("difference", difference::body(it)),
        Numbers::LastTouch(it) => ("last_touch", last_touch::body(answer, it)),
        Numbers::Channels(it) => ("channels", channels::body(it)),
        Numbers::Switches(it) => ("switches", channels::switches(it)),
        Numbers::Heatmap(it) => ("heatmap", heatmap::body(answer, it)),
        Numbers::Rfm(it) => ("rfm", rfm::body(it)),
        Numbers::Bottlenecks(it) => ("bottlenecks", bottlenecks::body(it)),
        Numbers::PageMap(it) => ("page_map", page_map::body(it)),
        Numbers::Lift(it) => ("lift", lift::body(it)),
        Numbers::Promises(it) => ("promises", promises::body(answer, it)),
    };
    if answer.report.accounts().is_some() {
        body.count_accounts();
    }
    let cut = body.rows.len().saturating_sub(limits::DIGEST_ROWS_MAX);
    body.rows.truncate(limits::DIGEST_ROWS_MAX);
    Digest {
        kind,
        range: answer.range,
        zone: answer.zone.clone(),
        asked: answer.asked,
        taken: answer.taken,
        n: answer.n,
        left_out: answer.left_out,
        figures: body.figures,
        line: body.line,
        by: body.by,
        model: body.model,
        columns: body.columns,
        rows: body.rows,
        more: body.more + cut as u64,
    }
}

impl Amount {
    fn count(value: u64) -> Self {
        Self {
            value: Some(value as f64),
            ..Self::default()
        }
    }

    fn profiles(value: u64, select: Select) -> Self {
        Self {
            select: Some(select),
            ..Self::count(value)
        }
    }

    fn share(part: u64, whole: u64, interval: Option<Interval>) -> Self {
        Self {
            form: Form::Share,
            value: ratio(part, whole),
            interval,
            is_small: whole < SMALL,
            select: None,
        }
    }

    fn span(ms: Option<i64>) -> Self {
        Self {
            form: Form::Span,
            value: ms.map(|ms| ms as f64),
            ..Self::default()
        }
    }

    fn named(self, name: Quantity) -> Figure {
        Figure { name, amount: self }
    }
}

/// Shares of fewer than this are not to be relied on.
const SMALL: u64 = 30;

fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// The length of a bar beside the longest.
fn bar(value: u64, most: u64) -> f64 {
    ratio(value, most).unwrap_or(0.0)
}

#[cfg(test)]
mod tests;
