//! Funnels whose attempts have to be followed one by one: with exclusions, or told by the value of a field.
//!
//! From each entry the next event of the next step is looked up, then the next from there. The earliest events
//! are those of the best attempt as long as the window counts from the entry.

use throughline_model::report::{
    Attribution, Breakdown, Entry, ExclusionEffect, Funnel, Ties, Window,
};

use super::{
    Told, all, quoted,
    rule::{self, Valued},
    within,
};

/// A row per step, for each value of the breakdown where there is one; `None` where attempts are not so simple.
pub(super) fn statement(funnel: &Funnel, told: &Told<'_>) -> Option<String> {
    if matches!(funnel.window, Window::Each(_)) {
        return None;
    }
    let valued = match &funnel.breakdown {
        Some(it) => Some(rule::valued_by(&it.field)?),
        None => None,
    };
    let mut text = format!("WITH {}", followed(funnel, valued.as_ref(), told));
    text.push_str(&excluded(funnel));
    text.push_str(&kept(funnel));
    text.push_str(&rows(funnel, valued.is_some()));
    Some(text)
}

/// The common tables up to `chain_n` of the last step: each entry with when it reaches each step.
///
/// A window for each step is not looked at.
pub(super) fn followed(funnel: &Funnel, valued: Option<&Valued>, told: &Told<'_>) -> String {
    let count = funnel.steps.len();
    let mut text = marked(funnel, valued, told);
    text.push_str(match funnel.entry {
        Entry::First => {
            ",\nchain_1 AS (\n  SELECT profile, min(ms) AS t1 FROM marked WHERE is_1 = 1 GROUP BY profile\n)"
        }
        Entry::Best | Entry::Every => {
            ",\nchain_1 AS (\n  SELECT DISTINCT profile, ms AS t1 FROM marked WHERE is_1 = 1\n)"
        }
    });
    for step in 2..=count {
        let before = step - 1;
        let limit = match funnel.window {
            Window::Whole(span) => format!("i.next_{step} <= c.t1 + {}", span.0),
            _ => "true".to_owned(),
        };
        text.push_str(&format!(
            ",\nchain_{step} AS (\n  SELECT c.*, CASE WHEN {limit} THEN i.next_{step} END AS t{step}\n  \
             FROM chain_{before} c LEFT JOIN instants i ON i.profile = c.profile AND i.ms = c.t{before}\n)"
        ));
    }
    text
}

/// The events that matter, and for each instant when each step comes next.
fn marked(funnel: &Funnel, valued: Option<&Valued>, told: &Told<'_>) -> String {
    let steps: Vec<String> = (funnel.steps.iter())
        .map(|it| told.matcher(&it.matcher))
        .collect();
    let outs: Vec<String> = (funnel.exclusions.iter())
        .map(|it| told.matcher(&it.matcher))
        .collect();
    let range = within(funnel.range.resolve(told.now), "epoch_ms(time)");
    let mut columns = String::new();
    let mut flag = |condition: &str, name: String| {
        columns.push_str(&format!(
            ",\n    CASE WHEN {condition} THEN 1 ELSE 0 END AS {name}"
        ));
    };
    for (index, step) in steps.iter().enumerate() {
        flag(step, format!("fits_{}", index + 1));
    }
    flag(
        &all(vec![format!("({})", steps[0]), range]),
        "is_1".to_owned(),
    );
    for (index, out) in outs.iter().enumerate() {
        flag(out, format!("out_{}", index + 1));
    }
    if let Some(Valued { rank, number, text }) = valued {
        columns.push_str(&format!(
            ",\n    {rank} AS value_kind, {number} AS number, {text} AS value"
        ));
    }
    let filter = (funnel.filter.as_ref()).map_or_else(String::new, |it| rule::rule(&it.rule));
    let any: Vec<String> = steps.into_iter().chain(outs).collect();
    let from = match funnel.ties {
        Ties::Later => "1 FOLLOWING",
        Ties::AnyOrder | Ties::Grace(_) => "CURRENT ROW",
    };
    let nexts: Vec<String> = (2..=funnel.steps.len())
        .map(|step| {
            format!(
                ",\n    min(CASE WHEN fits_{step} = 1 THEN ms END)\n      OVER (PARTITION BY profile ORDER BY ms RANGE BETWEEN {from} AND UNBOUNDED FOLLOWING) AS next_{step}"
            )
        })
        .collect();
    format!(
        "marked AS (\n  SELECT profile, epoch_ms(time) AS ms{columns}\n  FROM {}\n  WHERE {}\n),\n\
         instants AS (\n  SELECT DISTINCT profile, ms{}\n  FROM marked\n)",
        told.events,
        all(vec![rule::one_of(&any), filter]),
        nexts.concat()
    )
}

/// For each exclusion the attempts that break it, with the first event that does.
fn excluded(funnel: &Funnel) -> String {
    let count = funnel.steps.len();
    let one = |(index, it): (usize, &throughline_model::report::Exclusion)| {
        let (number, after, before) = (index + 1, it.after + 1, it.before + 1);
        let end = match funnel.window {
            Window::Whole(span) => format!("coalesce(c.t{before}, c.t1 + {})", span.0 + 1),
            _ => format!("coalesce(c.t{before}, {})", i64::MAX),
        };
        // At the very instant of a step it does nothing.
        let apart: String = (1..=count)
            .map(|step| format!(" AND (c.t{step} IS NULL OR m.ms <> c.t{step})"))
            .collect();
        format!(
            ",\nbroken_{number} AS (\n  SELECT c.profile, c.t1, min(m.ms) AS at_ms\n  FROM chain_{count} c \
             JOIN marked m ON m.profile = c.profile AND m.ms > c.t{after}\n  \
             WHERE m.out_{number} = 1 AND m.ms < {end}{apart}\n  GROUP BY c.profile, c.t1\n)"
        )
    };
    funnel.exclusions.iter().enumerate().map(one).collect()
}

/// What exclusions leave of attempts, with how far each goes.
fn kept(funnel: &Funnel) -> String {
    let count = funnel.steps.len();
    let (mut joins, mut conditions) = (String::new(), Vec::new());
    let mut stops = Vec::new();
    for (index, exclusion) in funnel.exclusions.iter().enumerate() {
        let number = index + 1;
        match exclusion.effect {
            ExclusionEffect::DropUnit => conditions.push(format!(
                "c.profile NOT IN (SELECT profile FROM broken_{number})"
            )),
            effect => {
                joins.push_str(&format!(
                    "\n  LEFT JOIN broken_{number} ON broken_{number}.profile = c.profile AND broken_{number}.t1 = c.t1"
                ));
                match effect {
                    ExclusionEffect::SpoilAttempt => {
                        conditions.push(format!("broken_{number}.at_ms IS NULL"));
                    }
                    _ => stops.push(format!("broken_{number}.at_ms")),
                }
            }
        }
    }
    let times: String = (2..=count)
        .map(|step| {
            let ends: Vec<String> = (stops.iter())
                .map(|stop| format!("({stop} IS NULL OR c.t{step} <= {stop})"))
                .collect();
            format!(", CASE WHEN {} THEN c.t{step} END AS t{step}", all(ends))
        })
        .collect();
    let levels: String = (2..=count)
        .rev()
        .map(|step| format!("WHEN t{step} IS NOT NULL THEN {step} "))
        .collect();
    format!(
        ",\nkept AS (\n  SELECT c.profile, c.t1{times}\n  FROM chain_{count} c{joins}\n  WHERE {}\n),\n\
         ranked AS (\n  SELECT *, CASE {levels}ELSE 1 END AS level FROM kept\n),\n\
         numbered AS (\n  SELECT *, row_number() OVER (PARTITION BY profile ORDER BY level DESC, t1 DESC) AS nth FROM ranked\n),\n\
         best AS (\n  SELECT * FROM numbered WHERE nth = 1\n)",
        all(conditions)
    )
    .replace("CASE ELSE 1 END", "1")
}

/// The rows of the result, from the best attempt of each profile.
fn rows(funnel: &Funnel, has_values: bool) -> String {
    let (mut text, from, value, group) = match &funnel.breakdown {
        Some(breakdown) if has_values => (
            labelled(breakdown, funnel.steps.len()),
            "labelled",
            "value, ",
            "\nGROUP BY value_kind, value",
        ),
        _ => (String::new(), "best", "", ""),
    };
    let rows: Vec<String> = (funnel.steps.iter().enumerate())
        .map(|(index, step)| {
            let number = index + 1;
            format!(
                "SELECT {value}{number} AS step, {} AS name, count(t{number}) AS profiles\nFROM {from}{group}",
                quoted(&step.name)
            )
        })
        .collect();
    let order = if has_values { "value, step" } else { "step" };
    text.push_str(&format!(
        "\n{}\nORDER BY {order}",
        rows.join("\nUNION ALL\n")
    ));
    text
}

/// Attempts with their value: of the events that may have served the step, the smallest.
fn labelled(breakdown: &Breakdown, count: usize) -> String {
    let served = |step: usize| {
        let flag = match step {
            1 => "is_1".to_owned(),
            _ => format!("fits_{step}"),
        };
        format!(
            "SELECT {step} AS step, profile, ms, value_kind, number, value FROM marked WHERE {flag} = 1 AND value_kind > 0"
        )
    };
    let times: String = (1..=count)
        .map(|step| format!(" WHEN {step} THEN b.t{step}"))
        .collect();
    let (steps, step) = match breakdown.attribution {
        Attribution::Entry => (vec![1], "1".to_owned()),
        Attribution::Step(step) => (vec![step + 1], (step + 1).to_string()),
        Attribution::Last => ((1..=count).collect(), "b.level".to_owned()),
    };
    let served: Vec<String> = steps.into_iter().map(served).collect();
    format!(
        ",\nserved AS (\n  {}\n),\n\
         smallest AS (\n  SELECT *, row_number() OVER (PARTITION BY step, profile, ms ORDER BY value_kind, number, value) AS nth\n  \
         FROM served\n),\n\
         labelled AS (\n  SELECT b.*, coalesce(s.value_kind, 0) AS value_kind, s.value\n  \
         FROM best b LEFT JOIN smallest s ON s.nth = 1 AND s.profile = b.profile AND s.step = {step} AND s.ms = CASE {step}{times} END\n)",
        served.join("\n  UNION ALL\n  ")
    )
}
