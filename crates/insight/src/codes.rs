//! Which of several conditions each row fits, as a small number.

use std::sync::Arc;

use crate::{
    ask::AskError,
    cache::{FACTS, Fact},
    rule::{Condition, Verdict, has_code},
    scan::Place,
    view::View,
};

/// A number for each row: 0 for none, else one more than the index of the condition that decided.
#[derive(Clone, Debug)]
pub struct Codes {
    by_code: Vec<u16>,
    rows: Vec<Option<Arc<[u16]>>>,
}

/// Stands for names that do not decide. No list of conditions is that long.
const ASK: u16 = u16::MAX;

impl Codes {
    /// The first condition that a row fits decides.
    ///
    /// `key` names the conditions in the cache; `None` keeps the codes out of it.
    pub(crate) fn first_fit(
        view: &View<'_>,
        conditions: &[Condition],
        key: Option<u128>,
    ) -> Result<Self, AskError> {
        let names_count = u16::try_from(view.snapshot.names.len()).expect("codes fit 16 bits");
        let by_code: Vec<u16> = (0..names_count)
            .map(|event| by_name(conditions, event))
            .collect();
        let mut rows = vec![None; view.snapshot.runs.len()];
        if by_code.contains(&ASK) {
            for (index, run) in view.snapshot.runs.iter().enumerate() {
                view.cancel.check()?;
                if !has_code(run, |event| by_code.get(event) == Some(&ASK)) {
                    continue;
                }
                let cached = key.and_then(|key| FACTS.get((run.id, key)));
                if let Some(Fact::Codes(codes)) = cached {
                    rows[index] = Some(codes);
                    continue;
                }
                let run_index = u32::try_from(index).expect("a snapshot has fewer than 2^32 runs");
                let codes: Arc<[u16]> = (run.event.iter().zip(0_u32..))
                    .map(|(event, row)| {
                        let place = Place {
                            run: run_index,
                            row,
                        };
                        match by_code[usize::from(*event)] {
                            ASK => by_row(conditions, *event, place),
                            code => code,
                        }
                    })
                    .collect();
                if let Some(key) = key {
                    FACTS.put((run.id, key), Fact::Codes(codes.clone()));
                }
                rows[index] = Some(codes);
            }
        }
        Ok(Self { by_code, rows })
    }

    /// Renames codes; 0 must stay 0.
    pub(crate) fn map(self, rename: impl Fn(u16) -> u16) -> Self {
        debug_assert_eq!(rename(0), 0);
        let renamed = |code: &u16| if *code == ASK { ASK } else { rename(*code) };
        Self {
            by_code: self.by_code.iter().map(renamed).collect(),
            rows: (self.rows.iter())
                .map(|codes| codes.as_ref().map(|it| it.iter().map(renamed).collect()))
                .collect(),
        }
    }

    /// The code of the event at a place.
    #[inline]
    pub fn of(&self, event: u16, place: Place) -> u16 {
        match self.by_code.get(usize::from(event)) {
            Some(&ASK) => self.rows[place.run as usize]
                .as_ref()
                .map_or(0, |codes| codes[place.row as usize]),
            Some(code) => *code,
            None => 0,
        }
    }

    /// The code of every event of one name; `None` when its rows differ.
    pub fn by_name(&self, event: u16) -> Option<u16> {
        self.by_code
            .get(usize::from(event))
            .copied()
            .filter(|code| *code != ASK)
    }

    /// The codes by event code; `None` when names do not decide.
    pub fn table(&self) -> Option<&[u16]> {
        (!self.by_code.contains(&ASK)).then_some(&self.by_code)
    }
}

fn by_name(conditions: &[Condition], event: u16) -> u16 {
    for (code, condition) in (1..).zip(conditions) {
        match condition.verdict(event) {
            Verdict::Yes => return code,
            Verdict::Ask => return ASK,
            Verdict::No => {}
        }
    }
    0
}

fn by_row(conditions: &[Condition], event: u16, place: Place) -> u16 {
    (1..)
        .zip(conditions)
        .find(|(_, condition)| condition.holds(event, place))
        .map_or(0, |(code, _)| code)
}
