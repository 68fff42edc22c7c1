//! Customers by how recently, how often and for how much they bought.
//!
//! The score of a customer is the fifth in which the share of customers that are behind lies, so that who
//! is alike has one score: with many ties some scores are nobody's, and none is given by chance.

use serde::Serialize;
use throughline_model::{
    ProfileId, Timestamp,
    rfm::{Rfm, RfmGroup},
};
use throughline_predict::quantile;
use utoipa::ToSchema;

use crate::{
    ask::{AskError, Counted, LeftOut, When},
    pick::Picker,
    rule::{Condition, Verdict},
    scan::{ProfileRows, scan},
    select::counts::RfmSelect,
    view::View,
    worth::Worths,
};

/// Customers by their scores.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RfmAnswer {
    /// From when recency is counted back.
    pub until: Timestamp,
    pub total: RfmTally,
    /// Purchases of which nobody knows what they were worth; none where nobody asked.
    pub unvalued: u64,
    /// By recency, then frequency, every pair of scores that somebody has.
    pub cells: Vec<RfmCell>,
    /// All ten, the most valuable to hold first.
    pub groups: Vec<RfmGroupLine>,
    /// The scores that somebody has, the least first.
    pub recency: Vec<RfmScore>,
    pub frequency: Vec<RfmScore>,
    /// Empty where worth was not asked for.
    pub money: Vec<RfmScore>,
}

/// What some customers bought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct RfmTally {
    pub profiles: u64,
    pub purchases: u64,
    /// In whatever the property is in.
    pub value: f64,
}

/// Customers of one score of recency and one of frequency.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct RfmCell {
    pub recency: u8,
    pub frequency: u8,
    pub group: RfmGroup,
    #[serde(flatten)]
    pub tally: RfmTally,
}

/// Customers of one group.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct RfmGroupLine {
    pub group: RfmGroup,
    #[serde(flatten)]
    pub tally: RfmTally,
    /// The median time since the last purchase.
    pub median_ms: Option<i64>,
}

/// Customers of one score of one measure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct RfmScore {
    pub score: u8,
    #[serde(flatten)]
    pub tally: RfmTally,
    /// The least and the most that they have: milliseconds since the last purchase, purchases, or worth.
    pub least: f64,
    pub most: f64,
}

pub(crate) fn answer(
    view: &View<'_>,
    rfm: &Rfm,
    when: &When,
) -> Result<Counted<RfmAnswer>, AskError> {
    let plan = Plan::new(view, rfm, when)?;
    let customers = plan.customers(view)?;
    let scored = scored(&customers);
    let mut total = Sum::default();
    let mut cells = [[Sum::default(); FIFTHS]; FIFTHS];
    for (customer, scores) in customers.iter().zip(&scored) {
        total.add(customer);
        cells[index(scores.recency)][index(scores.frequency)].add(customer);
    }
    let pairs = (1..=Rfm::SCORES).flat_map(|r| (1..=Rfm::SCORES).map(move |f| (r, f)));
    let groups = RfmGroup::ALL.map(|group| {
        let of = |it: &&(&Customer, &Scores)| it.1.group() == group;
        let both: Vec<_> = customers.iter().zip(&scored).collect();
        let mut sum = Sum::default();
        let mut ages = Vec::new();
        for (customer, _) in both.iter().filter(of) {
            sum.add(customer);
            ages.push(plan.until - customer.last);
        }
        RfmGroupLine {
            group,
            tally: sum.tally(),
            median_ms: quantile(&mut ages, 500),
        }
    });
    let lines = |score: fn(&Scores) -> u8, amount: &dyn Fn(&Customer) -> f64| {
        by_score(&customers, &scored, score, amount)
    };
    Ok(Counted {
        n: customers.len() as u64,
        left_out: LeftOut::default(),
        numbers: RfmAnswer {
            until: Timestamp(plan.until),
            total: total.tally(),
            unvalued: customers.iter().map(|it| it.unvalued).sum(),
            cells: pairs
                .map(|(recency, frequency)| RfmCell {
                    recency,
                    frequency,
                    group: RfmGroup::of(recency, frequency),
                    tally: cells[index(recency)][index(frequency)].tally(),
                })
                .filter(|it| it.tally.profiles > 0)
                .collect(),
            groups: groups.to_vec(),
            recency: lines(|it| it.recency, &|it| (plan.until - it.last) as f64),
            frequency: lines(|it| it.frequency, &|it| it.purchases as f64),
            money: match plan.worths.is_some() {
                true => lines(|it| it.money, &|it| it.micros as f64 / 1e6),
                false => Vec::new(),
            },
        },
    })
}

pub(crate) fn people(
    view: &View<'_>,
    rfm: &Rfm,
    select: &RfmSelect,
    when: &When,
) -> Result<Vec<ProfileId>, AskError> {
    let all = [
        ("select.recency", select.recency),
        ("select.frequency", select.frequency),
        ("select.money", select.money),
    ];
    for (place, score) in all {
        if score.is_some_and(|it| !(1..=Rfm::SCORES).contains(&it)) {
            return Err(AskError::fault(place, "lies between 1 and 5"));
        }
    }
    let plan = Plan::new(view, rfm, when)?;
    if select.money.is_some() && plan.worths.is_none() {
        return Err(AskError::fault(
            "select.money",
            "needs a report that says what a purchase is worth",
        ));
    }
    let customers = plan.customers(view)?;
    let fits = |wanted: Option<u8>, score: u8| wanted.is_none_or(|it| it == score);
    let chosen = (customers.iter().zip(scored(&customers))).filter(|(_, scores)| {
        fits(select.recency, scores.recency)
            && fits(select.frequency, scores.frequency)
            && fits(select.money, scores.money)
            && select.group.is_none_or(|it| it == scores.group())
    });
    // Customers are sorted.
    Ok(chosen.map(|(customer, _)| customer.profile).collect())
}

const FIFTHS: usize = Rfm::SCORES as usize;

/// The definition made ready.
struct Plan {
    purchase: Condition,
    /// Per code of a name whether its events have to be looked at.
    is_wanted: Vec<bool>,
    worths: Option<Worths>,
    from: i64,
    /// Nothing counts from here on.
    end: i64,
    /// From when recency is counted back.
    until: i64,
}

/// Who bought, and what.
struct Customer {
    profile: ProfileId,
    /// When they bought last.
    last: i64,
    purchases: u64,
    micros: i128,
    unvalued: u64,
}

/// Each from 1, the least, to 5.
struct Scores {
    recency: u8,
    frequency: u8,
    money: u8,
}

impl Plan {
    fn new(view: &View<'_>, rfm: &Rfm, when: &When) -> Result<Self, AskError> {
        let purchase = view.narrowed(&rfm.purchase, rfm.filter.as_ref())?;
        let names = view.snapshot.names.iter();
        Ok(Self {
            is_wanted: names
                .map(|(code, _)| purchase.verdict(code.0) != Verdict::No)
                .collect(),
            purchase,
            worths: (rfm.value.as_ref())
                .map(|field| Worths::of(view, field))
                .transpose()?,
            from: when.range.from.0,
            end: when.range.to.0.min(when.now.0.saturating_add(1)),
            until: when.range.to.min(when.now).0,
        })
    }

    /// Everybody who bought, by profile.
    fn customers(&self, view: &View<'_>) -> Result<Vec<Customer>, AskError> {
        let begin = || (Vec::new(), Picker::default());
        let states = scan(
            view.snapshot,
            view.cancel,
            begin,
            |(found, picker), rows| {
                found.extend(self.customer(rows, picker));
            },
        )?;
        let mut customers: Vec<Customer> = states.into_iter().flat_map(|(it, _)| it).collect();
        customers.sort_unstable_by_key(|it| it.profile);
        Ok(customers)
    }

    fn customer(&self, rows: &ProfileRows<'_>, picker: &mut Picker) -> Option<Customer> {
        let within = rows.between(self.from, self.end);
        let start = within.start;
        let picked = picker.pick(&rows.event[within], |event| {
            (self.is_wanted.get(usize::from(event))).is_some_and(|is_wanted| *is_wanted)
        });
        let mut customer = Customer {
            profile: rows.profile,
            last: i64::MIN,
            purchases: 0,
            micros: 0,
            unvalued: 0,
        };
        for index in picked {
            let index = start + *index as usize;
            if !self.purchase.holds(rows.event[index], rows.place(index)) {
                continue;
            }
            customer.last = rows.time[index];
            customer.purchases += 1;
            if let Some(worths) = &self.worths {
                match worths.micros(rows.place(index)) {
                    Some(micros) => customer.micros += i128::from(micros),
                    None => customer.unvalued += 1,
                }
            }
        }
        (customer.purchases > 0).then_some(customer)
    }
}

impl Scores {
    fn group(&self) -> RfmGroup {
        RfmGroup::of(self.recency, self.frequency)
    }
}

fn index(score: u8) -> usize {
    usize::from(score - 1)
}

fn scored(customers: &[Customer]) -> Vec<Scores> {
    let recency = fifths(customers, |it| i128::from(it.last));
    let frequency = fifths(customers, |it| i128::from(it.purchases));
    let money = fifths(customers, |it| it.micros);
    (recency.into_iter().zip(frequency).zip(money))
        .map(|((recency, frequency), money)| Scores {
            recency,
            frequency,
            money,
        })
        .collect()
}

/// The fifth of each customer: 1 and five times the share of customers that have less, rounded down.
fn fifths(customers: &[Customer], amount: impl Fn(&Customer) -> i128) -> Vec<u8> {
    let mut order: Vec<(i128, usize)> = (customers.iter().enumerate())
        .map(|(index, it)| (amount(it), index))
        .collect();
    order.sort_unstable();
    let mut scores = vec![0; order.len()];
    let mut less = 0;
    for (rank, (amount, index)) in order.iter().enumerate() {
        if rank > 0 && order[rank - 1].0 < *amount {
            less = rank;
        }
        let fifth = less * FIFTHS / order.len();
        scores[*index] = 1 + u8::try_from(fifth).expect("below five, as not all have less");
    }
    scores
}

fn by_score(
    customers: &[Customer],
    scored: &[Scores],
    score: fn(&Scores) -> u8,
    amount: &dyn Fn(&Customer) -> f64,
) -> Vec<RfmScore> {
    let lines = (1..=Rfm::SCORES).map(|wanted| {
        let mut sum = Sum::default();
        let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
        for (customer, scores) in customers.iter().zip(scored) {
            if score(scores) == wanted {
                sum.add(customer);
                least = least.min(amount(customer));
                most = most.max(amount(customer));
            }
        }
        RfmScore {
            score: wanted,
            tally: sum.tally(),
            least,
            most,
        }
    });
    lines.filter(|it| it.tally.profiles > 0).collect()
}

/// What some customers bought, exactly.
#[derive(Clone, Copy, Default)]
struct Sum {
    profiles: u64,
    purchases: u64,
    micros: i128,
}

impl Sum {
    fn add(&mut self, customer: &Customer) {
        self.profiles += 1;
        self.purchases += customer.purchases;
        self.micros += customer.micros;
    }

    fn tally(self) -> RfmTally {
        RfmTally {
            profiles: self.profiles,
            purchases: self.purchases,
            value: self.micros as f64 / 1e6,
        }
    }
}

#[cfg(test)]
mod tests;
