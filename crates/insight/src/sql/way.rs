//! Who is on the way from one step to another, from when to when, as SQL.

use throughline_model::report::{Funnel, Window};

use super::{Told, chain, funnel::can_be_said, log_end};

/// The common tables up to `ways`, which has a row for each profile that has set out: from when, until when, whether it
/// arrived, and whether its time is over. `None` where attempts are not followed so simply.
pub(super) fn tables(
    funnel: &Funnel,
    (from, to): (usize, usize),
    told: &Told<'_>,
) -> Option<String> {
    let Window::Whole(within) = funnel.window else {
        return None;
    };
    if !can_be_said(funnel) {
        return None;
    }
    let (from, to, within) = (from + 1, to + 1, within.0);
    Some(format!(
        "{},
{},
ways AS (
  SELECT profile, t{from} AS begin_ms, coalesce(t{to}, t1 + {within}) AS until_ms,
    CASE WHEN t{to} IS NULL THEN 0 ELSE 1 END AS has_arrived, CASE WHEN t1 + {within} <= end_ms THEN 1 ELSE 0 END AS is_over
  FROM chain_{} CROSS JOIN log_end
  WHERE t{from} IS NOT NULL
)",
        log_end(told.now),
        chain::followed(funnel, None, told),
        funnel.steps.len()
    ))
}
