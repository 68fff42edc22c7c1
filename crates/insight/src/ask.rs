//! The front door: a report in, its answer out, or the people behind one of its numbers.

mod sound;

use std::{borrow::Cow, sync::Arc};

use serde::Serialize;
use throughline_model::{
    ProfileId, TimeRange, Timestamp, Vocabulary, Zone,
    people::PeopleRule,
    report::{Report, ReportFault},
};
use throughline_store::{ReadError, Snapshot, state::StateError};
use utoipa::ToSchema;

use crate::{
    accounts::{Owners, ids_of, members_of, owned},
    cancel::{Cancel, Cancelled},
    kernel::{
        attribution::{self, AttributionAnswer},
        bottlenecks::{self, BottlenecksAnswer},
        channels::{self, ChannelsAnswer},
        choice::{self, ChoiceAnswer},
        counts::{self, CountsAnswer},
        difference::{self, Asker, DifferenceAnswer},
        drivers::{self, DriversAnswer},
        funnel::{self, FunnelAnswer},
        heatmap::{self, HeatmapAnswer},
        last_touch::{self, LastTouchAnswer},
        lifecycle::{self, LifecycleAnswer},
        lift::{self, LiftAnswer},
        page_map::{self, PageMapAnswer},
        paths::{self, PathsAnswer},
        promises::{self, PromisesAnswer},
        reasons::{self, ReasonsAnswer},
        retention::{self, RetentionAnswer},
        rfm::{self, RfmAnswer},
        stage_time::{self, StageTimeAnswer},
        stickiness::{self, StickinessAnswer},
        switches::{self, SwitchesAnswer},
        topics::{self, TopicsAnswer},
        transitions::{self, TransitionsAnswer},
        trends::{self, TrendsAnswer},
        unexpected::{self, UnexpectedAnswer},
        work_time::{self, WorkTimeAnswer},
    },
    people_rule::people_who,
    scan::rows_count,
    select::Select,
    unrated::unrated_of,
    view::View,
};

pub use sound::people_faults;
pub(crate) use sound::{names_signals, no_purpose};

/// A report's numbers with everything that they depend on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Answer {
    /// The definition, every default filled in.
    pub report: Report,
    /// The instants that the report's range covers.
    pub range: TimeRange,
    #[schema(value_type = String)]
    pub zone: Zone,
    /// What counted as now.
    pub asked: Timestamp,
    /// When the snapshot was taken that was asked.
    pub taken: Timestamp,
    /// Position in the link log: who counts as one profile.
    pub links: u64,
    /// Rows of the snapshot.
    pub rows: u64,
    /// How many profiles, or other units, the numbers are about.
    pub n: u64,
    pub left_out: LeftOut,
    /// Events of the range with an amount that the report asks for and that has no rate; it is in no number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unrated: Option<u64>,
    pub numbers: Numbers,
}

/// What the numbers do not say, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct LeftOut {
    /// Units that may still go further, as their window is not over. They are in the numbers.
    pub immature: u64,
    /// Lines beyond those that are listed; they are in the rest.
    pub capped: u64,
    /// Units that an exclusion took out.
    pub excluded: u64,
    /// Events that belong to no group, as the field is missing.
    pub ungrouped: u64,
}

/// The numbers of each kind of report.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Numbers {
    Trends(TrendsAnswer),
    Counts(CountsAnswer),
    Funnel(FunnelAnswer),
    Transitions(TransitionsAnswer),
    Paths(PathsAnswer),
    StageTime(StageTimeAnswer),
    WorkTime(WorkTimeAnswer),
    Attribution(AttributionAnswer),
    Retention(RetentionAnswer),
    Stickiness(StickinessAnswer),
    Lifecycle(LifecycleAnswer),
    Drivers(DriversAnswer),
    Reasons(ReasonsAnswer),
    Topics(TopicsAnswer),
    Choice(ChoiceAnswer),
    Unexpected(UnexpectedAnswer),
    Difference(DifferenceAnswer),
    LastTouch(LastTouchAnswer),
    Channels(ChannelsAnswer),
    Switches(SwitchesAnswer),
    Heatmap(HeatmapAnswer),
    Rfm(RfmAnswer),
    Bottlenecks(BottlenecksAnswer),
    PageMap(PageMapAnswer),
    Lift(LiftAnswer),
    Promises(PromisesAnswer),
}

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    #[error("report cannot be answered: {}", told(.0))]
    Faults(Vec<ReportFault>),
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error("could not read the log")]
    Read(#[from] ReadError),
    #[error("could not read what is known of profiles")]
    State(#[from] StateError),
}

impl AskError {
    pub(crate) fn fault(place: &str, message: impl Into<String>) -> Self {
        Self::Faults(vec![ReportFault {
            place: place.to_owned(),
            message: message.into(),
        }])
    }
}

fn told(faults: &[ReportFault]) -> String {
    let faults = faults.iter();
    let faults: Vec<String> = faults
        .map(|it| format!("{} {}", it.place, it.message))
        .collect();
    faults.join("; ")
}

/// What a kernel hands back.
pub(crate) struct Counted<T> {
    pub(crate) numbers: T,
    pub(crate) n: u64,
    pub(crate) left_out: LeftOut,
}

/// The time that a report is about.
#[derive(Clone, Debug)]
pub(crate) struct When {
    pub(crate) range: TimeRange,
    pub(crate) zone: Zone,
    pub(crate) now: Timestamp,
}

/// Answers a report as of `now`.
pub fn ask(
    snapshot: &Snapshot,
    vocabulary: &Vocabulary,
    report: &Report,
    now: Timestamp,
    cancel: &Cancel,
) -> Result<Answer, AskError> {
    let question = Question::new(snapshot, vocabulary, report, now, cancel)?;
    let Question { asker, when, .. } = &question;
    let view = question.view();
    let (numbers, n, left_out) = match report {
        Report::Trends(it) => trends::answer(&view, it, when)?.into(Numbers::Trends),
        Report::Counts(it) => counts::answer(&view, it, when)?.into(Numbers::Counts),
        Report::Funnel(it) => funnel::answer(&view, it, when)?.into(Numbers::Funnel),
        Report::Transitions(it) => transitions::answer(&view, it, when)?.into(Numbers::Transitions),
        Report::Paths(it) => paths::answer(&view, it, when)?.into(Numbers::Paths),
        Report::StageTime(it) => stage_time::answer(&view, it, when)?.into(Numbers::StageTime),
        Report::WorkTime(it) => work_time::answer(&view, it, when)?.into(Numbers::WorkTime),
        Report::Attribution(it) => attribution::answer(&view, it, when)?.into(Numbers::Attribution),
        Report::Retention(it) => retention::answer(&view, it, when)?.into(Numbers::Retention),
        Report::Stickiness(it) => stickiness::answer(&view, it, when)?.into(Numbers::Stickiness),
        Report::Lifecycle(it) => lifecycle::answer(&view, it, when)?.into(Numbers::Lifecycle),
        Report::Drivers(it) => drivers::answer(&view, it, when)?.into(Numbers::Drivers),
        Report::Reasons(it) => reasons::answer(&view, it, when)?.into(Numbers::Reasons),
        Report::Topics(it) => topics::answer(&view, it, when)?.into(Numbers::Topics),
        Report::Choice(it) => choice::answer(&view, it, when)?.into(Numbers::Choice),
        Report::Unexpected(it) => unexpected::answer(&view, it, when)?.into(Numbers::Unexpected),
        Report::Difference(it) => difference::answer(asker, it)?.into(Numbers::Difference),
        Report::LastTouch(it) => last_touch::answer(&view, it, when)?.into(Numbers::LastTouch),
        Report::Channels(it) => channels::answer(&view, it, when)?.into(Numbers::Channels),
        Report::Switches(it) => switches::answer(&view, it, when)?.into(Numbers::Switches),
        Report::Heatmap(it) => heatmap::answer(&view, it, when)?.into(Numbers::Heatmap),
        Report::Rfm(it) => rfm::answer(&view, it, when)?.into(Numbers::Rfm),
        Report::Bottlenecks(it) => bottlenecks::answer(&view, it, when)?.into(Numbers::Bottlenecks),
        Report::PageMap(it) => page_map::answer(&view, it, when)?.into(Numbers::PageMap),
        Report::Lift(it) => lift::answer(&view, it, when)?.into(Numbers::Lift),
        Report::Promises(it) => promises::answer(&view, it, when)?.into(Numbers::Promises),
    };
    let all = View::new(snapshot, vocabulary, cancel);
    let unrated = unrated_of(&all, report, when.range)?;
    Ok(Answer {
        report: report.clone(),
        range: when.range,
        zone: when.zone.clone(),
        asked: now,
        taken: snapshot.taken,
        links: snapshot.links,
        rows: rows_count(snapshot),
        n,
        left_out,
        unrated: (unrated > 0).then_some(unrated),
        numbers,
    })
}

/// Who is behind one number of a report's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behind {
    /// Sorted. Of a report about accounts, the members of those that the number counts.
    pub people: Vec<ProfileId>,
    /// Of a report about accounts their ids, sorted.
    pub accounts: Option<Vec<String>>,
}

/// The profiles behind one number of a report's answer, sorted.
///
/// They come from the same fold as the number, so there are as many as it says.
pub fn people(
    snapshot: &Snapshot,
    vocabulary: &Vocabulary,
    report: &Report,
    select: &Select,
    now: Timestamp,
    cancel: &Cancel,
) -> Result<Vec<ProfileId>, AskError> {
    let behind = behind(snapshot, vocabulary, report, select, now, cancel)?;
    Ok(behind.people)
}

/// The profiles behind one number of a report's answer, and the accounts where it counts those.
pub fn behind(
    snapshot: &Snapshot,
    vocabulary: &Vocabulary,
    report: &Report,
    select: &Select,
    now: Timestamp,
    cancel: &Cancel,
) -> Result<Behind, AskError> {
    let question = Question::new(snapshot, vocabulary, report, now, cancel)?;
    let Question { asker, when, shown } = &question;
    let view = question.view();
    let units = units(asker, &view, report, select, when)?;
    Ok(match &shown.owned {
        None => Behind {
            people: units,
            accounts: None,
        },
        Some((_, owners)) => Behind {
            people: members_of(&shown.people, owners, &units, cancel)?,
            accounts: Some(ids_of(owners, &units)),
        },
    })
}

/// The units behind a number, sorted: profiles, or accounts by their numbers.
fn units(
    asker: &Asker<'_>,
    view: &View<'_>,
    report: &Report,
    select: &Select,
    when: &When,
) -> Result<Vec<ProfileId>, AskError> {
    match (report, select) {
        (Report::Trends(it), Select::Trends(select)) => trends::people(view, it, select, when),
        (Report::Counts(it), Select::Counts(select)) => counts::people(view, it, select, when),
        (Report::Funnel(it), Select::Funnel(select)) => funnel::people(view, it, select, when),
        (Report::Transitions(it), Select::Transitions { of }) => {
            transitions::people(view, it, of, when)
        }
        (Report::Paths(it), Select::Paths { of }) => paths::people(view, it, of, when),
        (Report::WorkTime(it), Select::WorkTime(select)) => {
            work_time::people(view, it, select, when)
        }
        (Report::StageTime(it), Select::StageTime { of }) => stage_time::people(view, it, of, when),
        (Report::Attribution(it), Select::Attribution { of }) => {
            attribution::people(view, it, of, when)
        }
        (Report::Retention(it), Select::Retention(select)) => {
            retention::people(view, it, select, when)
        }
        (Report::Stickiness(it), Select::Stickiness(select)) => {
            stickiness::people(view, it, select, when)
        }
        (Report::Drivers(it), Select::Drivers { of }) => drivers::people(view, it, of, when),
        (Report::Reasons(it), Select::Reasons { of }) => reasons::people(view, it, of, when),
        (Report::Topics(it), Select::Topics { of }) => topics::people(view, it, of, when),
        (Report::Choice(it), Select::Choice { of }) => choice::people(view, it, of, when),
        (Report::Unexpected(it), Select::Unexpected(select)) => {
            unexpected::people(view, it, select, when)
        }
        (Report::Difference(it), Select::Difference(select)) => {
            difference::people(asker, it, select)
        }
        (Report::LastTouch(it), Select::LastTouch(select)) => {
            last_touch::people(view, it, select, when)
        }
        (Report::Lifecycle(it), Select::Lifecycle(select)) => {
            lifecycle::people(view, it, select, when)
        }
        (Report::Channels(it), Select::Channels(select)) => {
            channels::people(view, it, select, when)
        }
        (Report::Switches(it), Select::Switches(select)) => {
            switches::people(view, it, select, when)
        }
        (Report::Heatmap(it), Select::Heatmap(select)) => heatmap::people(view, it, select, when),
        (Report::Rfm(it), Select::Rfm(select)) => rfm::people(view, it, select, when),
        (Report::Bottlenecks(it), Select::Bottlenecks(select)) => {
            bottlenecks::people(view, it, select, when)
        }
        (Report::PageMap(it), Select::PageMap(select)) => page_map::people(view, it, select, when),
        (Report::Lift(it), Select::Lift(select)) => lift::people(view, it, select, when),
        (Report::Promises(it), Select::Promises(select)) => {
            promises::people(view, it, select, when)
        }
        _ => Err(AskError::fault(
            "select",
            "names a number of another kind of report",
        )),
    }
}

impl<T> Counted<T> {
    fn into(self, wrap: impl FnOnce(T) -> Numbers) -> (Numbers, u64, LeftOut) {
        (wrap(self.numbers), self.n, self.left_out)
    }
}

/// A report that holds together, and what it is asked of.
struct Question<'a> {
    asker: Asker<'a>,
    when: When,
    shown: Shown<'a>,
}

impl<'a> Question<'a> {
    fn new(
        snapshot: &'a Snapshot,
        vocabulary: &'a Vocabulary,
        report: &Report,
        now: Timestamp,
        cancel: &'a Cancel,
    ) -> Result<Self, AskError> {
        let when = sound::when(vocabulary, &snapshot.known.consent, report, now)?;
        let asker = Asker {
            snapshot,
            vocabulary,
            now,
            cancel,
        };
        let shown = Shown::of(&asker, report)?;
        Ok(Self { asker, when, shown })
    }

    fn view(&self) -> View<'_> {
        let Asker {
            vocabulary, cancel, ..
        } = self.asker;
        let view = View::new(self.shown.snapshot(), vocabulary, cancel);
        match &self.shown.owned {
            Some((_, owners)) => view.of_accounts(&self.shown.people, owners),
            None => view,
        }
    }
}

/// The snapshot as the report sees it: with its people only, and with accounts in their place where it counts those.
struct Shown<'a> {
    people: Cow<'a, Snapshot>,
    owned: Option<(Snapshot, Owners)>,
}

impl<'a> Shown<'a> {
    fn of(asker: &Asker<'a>, report: &Report) -> Result<Self, AskError> {
        let Asker {
            snapshot,
            vocabulary,
            now,
            cancel,
        } = *asker;
        let people = about(snapshot, vocabulary, report.people(), now, cancel)?;
        let owned = match report.accounts() {
            Some(account_type) => Some(owned(
                &View::new(&people, vocabulary, cancel),
                account_type,
            )?),
            None => None,
        };
        Ok(Self { people, owned })
    }

    fn snapshot(&self) -> &Snapshot {
        match &self.owned {
            Some((owned, _)) => owned,
            None => &self.people,
        }
    }
}

/// The snapshot with those profiles only that satisfy a rule; none means all.
pub(crate) fn about<'a>(
    snapshot: &'a Snapshot,
    vocabulary: &Vocabulary,
    rule: Option<&PeopleRule>,
    now: Timestamp,
    cancel: &Cancel,
) -> Result<Cow<'a, Snapshot>, AskError> {
    let Some(rule) = rule else {
        return Ok(Cow::Borrowed(snapshot));
    };
    let view = View::new(snapshot, vocabulary, cancel);
    let people = people_who(&view, rule, now)?;
    Ok(Cow::Owned(Snapshot {
        only: Some(Arc::new(people.iter().map(|it| it.0).collect())),
        ..snapshot.clone()
    }))
}

#[cfg(test)]
mod tests;
