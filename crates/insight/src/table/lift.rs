//! Arms, and what they have more than the control.

use throughline_predict::Interval;

use super::{Cell, Column, Table, Unit, bounds, share, value_text};
use crate::kernel::lift::{LiftAnswer, LiftArm, LiftDifference, LiftLine, LiftMean};

const ARM: [Column; 2] = [Column::text("arm"), Column::text("value")];

pub(super) fn tables(answer: &LiftAnswer) -> Vec<Table> {
    vec![
        arms(answer),
        differences(answer),
        returns(answer),
        totals(answer),
    ]
}

/// Which arm: what it is, and its value where it has one.
fn arm(arm: &LiftArm) -> [Cell; 2] {
    match arm {
        LiftArm::Value(value) => ["value".into(), value_text(value).into()],
        LiftArm::Treated => ["treated".into(), Cell::Missing],
        LiftArm::Control => ["control".into(), Cell::Missing],
    }
}

fn arms(answer: &LiftAnswer) -> Table {
    let columns = [
        Column::whole("assigned", Unit::Profiles),
        Column::real("expected", Unit::Profiles),
        Column::whole("immature", Unit::Profiles),
        Column::whole("profiles", Unit::Profiles),
        Column::whole("reached", Unit::Profiles),
        Column::share("share"),
        Column::share("share_low"),
        Column::share("share_high"),
        Column::real("visits", Unit::Times),
        Column::real("visits_mean", Unit::Times),
        Column::real("worth", Unit::Value),
        Column::real("worth_mean", Unit::Value),
        Column::whole("contacts", Unit::Events),
        Column::real("cost", Unit::Value),
    ];
    let mut table = Table::new("arms", ARM.into_iter().chain(columns));
    for it in &answer.arms {
        let [low, high] = bounds(it.reached.interval);
        let counts = [
            it.assigned.into(),
            it.expected.into(),
            it.immature.into(),
            it.reached.whole.into(),
            it.reached.part.into(),
            share(it.reached.part, it.reached.whole),
            low,
            high,
        ];
        let rest = [it.contacts.into(), it.cost.into()];
        let means = mean(it.visits).into_iter().chain(mean(it.value));
        table.push(
            arm(&it.arm)
                .into_iter()
                .chain(counts)
                .chain(means)
                .chain(rest),
        );
    }
    table
}

fn mean(it: Option<LiftMean>) -> [Cell; 2] {
    [it.map(|it| it.sum).into(), it.and_then(|it| it.mean).into()]
}

fn differences(answer: &LiftAnswer) -> Table {
    let columns = [
        Column::text("of"),
        Column::real("difference", Unit::Value),
        Column::real("low", Unit::Value),
        Column::real("high", Unit::Value),
        Column::real("capped", Unit::Value),
        Column::real("capped_low", Unit::Value),
        Column::real("capped_high", Unit::Value),
        Column::share("relative"),
        Column::share("relative_low"),
        Column::share("relative_high"),
        Column::real("extra", Unit::Value),
        Column::real("extra_low", Unit::Value),
        Column::real("extra_high", Unit::Value),
        Column::flag("is_small"),
    ];
    let mut table = Table::new("differences", ARM.into_iter().chain(columns));
    for it in &answer.arms {
        let Some(effect) = &it.effect else { continue };
        let measures = [
            ("reached", Some(effect.reached)),
            ("visits", effect.visits),
            ("worth", effect.value),
        ];
        for (name, measure) in measures {
            if let Some(measure) = measure {
                table.push(difference(it, name, &measure, effect.is_small));
            }
        }
    }
    table
}

fn difference(
    line: &LiftLine,
    name: &str,
    it: &LiftDifference,
    is_small: bool,
) -> impl Iterator<Item = Cell> {
    let pair = |interval: Option<Interval>| bounds(interval).into_iter();
    (arm(&line.arm).into_iter())
        .chain([name.into(), it.difference.into()])
        .chain(pair(it.interval))
        .chain([it.capped.map(|it| it.difference).into()])
        .chain(pair(it.capped.and_then(|it| it.interval)))
        .chain([it.relative.into()])
        .chain(pair(it.relative_interval))
        .chain([it.extra.into()])
        .chain(pair(it.extra_interval))
        .chain([is_small.into()])
}

fn returns(answer: &LiftAnswer) -> Table {
    let columns = [
        Column::real("cost", Unit::Value),
        Column::real("net", Unit::Value),
        Column::real("net_low", Unit::Value),
        Column::real("net_high", Unit::Value),
        Column::share("ratio"),
        Column::share("ratio_low"),
        Column::share("ratio_high"),
    ];
    let mut table = Table::new("returns", ARM.into_iter().chain(columns));
    for it in &answer.arms {
        let Some(returned) = it.effect.and_then(|it| it.returned) else {
            continue;
        };
        let row = (arm(&it.arm).into_iter())
            .chain([returned.cost.into(), returned.net.into()])
            .chain(bounds(returned.net_interval))
            .chain([returned.ratio.into()])
            .chain(bounds(returned.ratio_interval));
        table.push(row);
    }
    table
}

fn totals(answer: &LiftAnswer) -> Table {
    let mut table = Table::new(
        "totals",
        [
            Column::time("followed_to"),
            Column::real("split_p", Unit::Share),
            Column::flag("split_is_off"),
            Column::whole("others", Unit::Profiles),
            Column::whole("switched", Unit::Profiles),
            Column::whole("unvalued", Unit::Conversions),
            Column::real("cap", Unit::Value),
            Column::text("currency"),
            Column::real("paid", Unit::Value),
        ],
    );
    table.push([
        answer.followed_to.into(),
        answer.split.map(|it| it.p).into(),
        answer.split.map(|it| it.is_off).into(),
        answer.others.into(),
        answer.switched.into(),
        answer.unvalued.into(),
        answer.cap.into(),
        answer.paid.as_ref().map(|it| it.currency.clone()).into(),
        answer.paid.as_ref().map(|it| it.amount).into(),
    ]);
    table
}
