//! What was paid, day by day.
//!
//! An import replaces whole places: all that was stored of a campaign on a day. What it replaced stays underneath
//! until later imports have made it old, so that taking the import back brings it up again.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, PoisonError, atomic::Ordering},
};

use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use throughline_model::{
    Channel, Timestamp,
    cost::{Cost, CostPlace, Costs, Currency, Paid},
    limits,
    money::Money,
};

use super::{StateError, WorkspaceState};

/// Costs that are about to be stored, and where they come from.
#[derive(Clone, Copy, Debug)]
pub struct NewCosts<'a> {
    /// What the import is called, like the name of its file.
    pub name: &'a str,
    /// Who brings them.
    pub member: &'a str,
    /// None with the same place, medium, content and currency twice.
    pub costs: &'a [(Currency, Cost)],
}

/// What storing costs does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CostsPlanned {
    /// Places that nothing was known of.
    pub places_new: u64,
    /// Places whose records are replaced.
    pub places_replaced: u64,
}

/// Why costs were not stored.
#[derive(Debug, thiserror::Error)]
pub enum CostError {
    /// Nobody has said in which currency amounts are read, so all costs have to be in one.
    #[error("the costs would be in {} currencies", .0.len())]
    Currencies(BTreeSet<Currency>),
    #[error("there is no room for that many costs")]
    Full,
    #[error(transparent)]
    State(#[from] StateError),
}

/// One import, as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CostImport {
    pub id: u64,
    pub name: String,
    pub member: String,
    pub at: Timestamp,
    /// The codes of its currencies.
    pub currency: String,
    /// Records that it brought.
    pub records: u64,
    /// Of those, records that count now: neither replaced since nor removed.
    pub records_live: u64,
}

/// What is stored of one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CostLine {
    pub place: CostPlace,
    pub paid: Paid,
    /// How many mediums and contents it is told by.
    pub records: u64,
}

/// Which costs are removed: those that fit all that is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CostWhere {
    /// The first and the last day, as `2026-03-01`.
    pub days: Option<(String, String)>,
    pub channel: Option<Channel>,
    pub source: Option<String>,
    pub campaign: Option<String>,
}

impl WorkspaceState {
    /// Grows whenever stored costs change, while the process runs.
    pub fn costs_version(&self) -> u64 {
        self.costs_version.load(Ordering::Acquire)
    }

    /// Turns costs over at other rates from now on.
    pub fn set_money(&self, money: Option<Arc<Money>>) {
        *self.money.write().unwrap_or_else(PoisonError::into_inner) = money;
        self.costs_changed();
    }

    /// How amounts of money are turned over; none while they are read as they are.
    pub fn money(&self) -> Option<Arc<Money>> {
        let money = self.money.read();
        money.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The one currency that costs are told in; none while none was named.
    pub fn costs_currency(&self) -> Result<Option<Currency>, StateError> {
        if let Some(money) = self.money() {
            return Ok(Some(money.currency()));
        }
        self.db.read("read the currency of costs", currency)
    }

    /// What storing costs would do.
    pub fn plan_costs(&self, new: NewCosts<'_>) -> Result<CostsPlanned, CostError> {
        let money = self.money();
        self.db
            .read("look at costs", |tx| plan(tx, new, money.as_deref()))?
    }

    /// Stores costs in place of what is known of their places, and says under which number they can be taken back.
    pub fn put_costs(
        &self,
        new: NewCosts<'_>,
        now: Timestamp,
    ) -> Result<(u64, CostsPlanned), CostError> {
        let money = self.money();
        let codes: BTreeSet<&str> = new.costs.iter().map(|it| it.0.code()).collect();
        let codes = codes.into_iter().collect::<Vec<_>>().join(", ");
        let put = self.db.write("store costs", |tx| {
            let planned = match plan(tx, new, money.as_deref())? {
                Ok(planned) => planned,
                Err(error) => return Ok(Err(error)),
            };
            tx.prepare_cached(
                "INSERT INTO cost_imports (name, member, at, currency, records)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                new.name,
                new.member,
                now.0,
                codes,
                i64::try_from(new.costs.len()).unwrap_or(i64::MAX)
            ])?;
            let import = tx.last_insert_rowid();
            insert(tx, import, new.costs)?;
            forget(tx)?;
            Ok(Ok((import.cast_unsigned(), planned)))
        })?;
        self.costs_changed();
        put
    }

    /// What was paid from one day to another, both included; all costs where no days are said.
    pub fn costs(&self, days: Option<(impl ToString, impl ToString)>) -> Result<Costs, StateError> {
        let days = days.map(|(from, to)| (from.to_string(), to.to_string()));
        let money = self.money();
        self.db.read("read costs", |tx| {
            let Some(stored) = currency(tx)? else {
                return Ok(Costs::default());
            };
            let mut costs = Costs {
                currency: Some(money.as_ref().map_or(stored, |it| it.currency())),
                ..Costs::default()
            };
            each_live(tx, days.as_ref(), |_, own, mut cost| {
                let micros = match &money {
                    Some(money) => money.cost(own, cost.place.day, cost.paid.micros),
                    None => (own == stored).then_some(cost.paid.micros),
                };
                match micros {
                    Some(micros) => {
                        cost.paid.micros = micros;
                        costs.costs.push(cost);
                    }
                    None => *costs.unrated.entry(own).or_default() += 1,
                }
            })?;
            Ok(costs)
        })
    }

    /// What is stored of each place, the latest day first, and how many places there are.
    pub fn cost_lines(
        &self,
        days: Option<(String, String)>,
        campaign: Option<&str>,
        limit: usize,
    ) -> Result<(Vec<CostLine>, Costs, u64), StateError> {
        let mut costs = self.costs(days)?;
        let is_wanted = |it: &Cost| campaign.is_none_or(|name| it.place.campaign == name);
        costs.costs.retain(is_wanted);
        let mut lines: BTreeMap<&CostPlace, (Paid, u64)> = BTreeMap::new();
        for cost in &costs.costs {
            let line = lines.entry(&cost.place).or_default();
            line.0.add(cost.paid);
            line.1 += 1;
        }
        let count = lines.len() as u64;
        let mut order: Vec<(&CostPlace, (Paid, u64))> = lines.into_iter().collect();
        order.sort_by(|(one, _), (other, _)| {
            let rest = |it: &CostPlace| (it.channel, it.source.clone(), it.campaign.clone());
            (other.day.cmp(&one.day)).then_with(|| rest(one).cmp(&rest(other)))
        });
        let listed = order.into_iter().take(limit);
        let listed = listed.map(|(place, (paid, records))| CostLine {
            place: place.clone(),
            paid,
            records,
        });
        Ok((listed.collect(), costs, count))
    }

    /// The imports of costs, the newest first.
    pub fn cost_imports(&self) -> Result<Vec<CostImport>, StateError> {
        self.db.read("list imports of costs", |tx| {
            let mut live: BTreeMap<i64, u64> = BTreeMap::new();
            each_live(tx, None, |import, _, _| {
                *live.entry(import).or_default() += 1
            })?;
            let mut select = tx.prepare_cached(
                "SELECT id, name, member, at, currency, records FROM cost_imports ORDER BY id DESC",
            )?;
            let rows = select.query_map([], |row| {
                let (id, records): (i64, i64) = (row.get(0)?, row.get(5)?);
                Ok(CostImport {
                    id: id.cast_unsigned(),
                    name: row.get(1)?,
                    member: row.get(2)?,
                    at: Timestamp(row.get(3)?),
                    currency: row.get(4)?,
                    records: records.cast_unsigned(),
                    records_live: live.get(&id).copied().unwrap_or(0),
                })
            })?;
            rows.collect()
        })
    }

    /// Takes an import back: what it replaced counts again. False when there is no such import.
    pub fn undo_costs(&self, import: u64) -> Result<bool, StateError> {
        let gone = self.db.write("take back costs", |tx| {
            let import = import.cast_signed();
            tx.prepare_cached("DELETE FROM costs WHERE import = ?1")?
                .execute([import])?;
            let gone = tx
                .prepare_cached("DELETE FROM cost_imports WHERE id = ?1")?
                .execute([import])?;
            Ok(gone > 0)
        })?;
        self.costs_changed();
        Ok(gone)
    }

    /// Removes costs for good, with all that they had replaced; says how many records counted until now.
    pub fn remove_costs(&self, of: &CostWhere) -> Result<u64, StateError> {
        let gone = self.db.write("remove costs", |tx| {
            let mut live = 0;
            each_live(tx, of.days.as_ref(), |_, _, cost| {
                live += u64::from(of.fits(&cost.place));
            })?;
            let (from, to) = of.days.clone().unzip();
            tx.prepare_cached(
                "DELETE FROM costs WHERE (?1 IS NULL OR day >= ?1) AND (?2 IS NULL OR day <= ?2)
                 AND (?3 IS NULL OR channel = ?3) AND (?4 IS NULL OR source = ?4)
                 AND (?5 IS NULL OR campaign = ?5)",
            )?
            .execute(params![
                from,
                to,
                of.channel.map(Channel::code),
                of.source,
                of.campaign
            ])?;
            Ok(live)
        })?;
        self.costs_changed();
        Ok(gone)
    }

    fn costs_changed(&self) {
        self.costs_version.fetch_add(1, Ordering::AcqRel);
    }
}

impl CostWhere {
    fn fits(&self, place: &CostPlace) -> bool {
        let fits =
            |wanted: &Option<String>, text: &str| wanted.as_ref().is_none_or(|it| it == text);
        self.channel.is_none_or(|it| it == place.channel)
            && fits(&self.source, &place.source)
            && fits(&self.campaign, &place.campaign)
    }
}

fn plan(
    tx: &Transaction<'_>,
    new: NewCosts<'_>,
    money: Option<&Money>,
) -> rusqlite::Result<Result<CostsPlanned, CostError>> {
    if money.is_none() {
        let named = new.costs.iter().map(|it| it.0);
        let all: BTreeSet<Currency> = named.chain(currency(tx)?).collect();
        if all.len() > 1 {
            return Ok(Err(CostError::Currencies(all)));
        }
    }
    let stored: i64 = tx.query_row("SELECT count(*) FROM costs", [], |row| row.get(0))?;
    if stored.cast_unsigned() + new.costs.len() as u64 > limits::COSTS_MAX {
        return Ok(Err(CostError::Full));
    }
    let places: BTreeSet<&CostPlace> = new.costs.iter().map(|it| &it.1.place).collect();
    let mut select = tx.prepare_cached(
        "SELECT 1 FROM costs WHERE day = ?1 AND channel = ?2 AND source = ?3 AND campaign = ?4",
    )?;
    let mut planned = CostsPlanned::default();
    for place in places {
        let day = place.day.to_string();
        let channel = place.channel.code();
        match select.exists(params![day, channel, place.source, place.campaign])? {
            true => planned.places_replaced += 1,
            false => planned.places_new += 1,
        }
    }
    Ok(Ok(planned))
}

fn insert(tx: &Transaction<'_>, import: i64, costs: &[(Currency, Cost)]) -> rusqlite::Result<()> {
    let mut insert = tx.prepare_cached(
        "INSERT INTO costs (day, channel, source, campaign, import, medium, content,
         micros, impressions, clicks, currency) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?;
    for (currency, cost) in costs {
        insert.execute(params![
            cost.place.day.to_string(),
            cost.place.channel.code(),
            cost.place.source,
            cost.place.campaign,
            import,
            cost.medium,
            cost.content,
            i64::try_from(cost.paid.micros).unwrap_or(i64::MAX),
            i64::try_from(cost.paid.impressions).unwrap_or(i64::MAX),
            i64::try_from(cost.paid.clicks).unwrap_or(i64::MAX),
            currency.code(),
        ])?;
    }
    Ok(())
}

/// Forgets what old imports brought and newer ones replaced, and imports that have nothing left.
fn forget(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    let kept = i64::try_from(limits::COST_IMPORTS_MAX).unwrap_or(i64::MAX);
    let newest_old: Option<i64> = tx
        .query_row(
            "SELECT id FROM cost_imports ORDER BY id DESC LIMIT 1 OFFSET ?1",
            [kept],
            |row| row.get(0),
        )
        .optional()?;
    let Some(newest_old) = newest_old else {
        return Ok(());
    };
    tx.execute(
        "DELETE FROM costs WHERE import <= ?1 AND EXISTS (SELECT 1 FROM costs AS newer
         WHERE newer.day = costs.day AND newer.channel = costs.channel
         AND newer.source = costs.source AND newer.campaign = costs.campaign
         AND newer.import > costs.import)",
        [newest_old],
    )?;
    tx.execute(
        "DELETE FROM cost_imports WHERE id <= ?1
         AND NOT EXISTS (SELECT 1 FROM costs WHERE import = cost_imports.id)",
        [newest_old],
    )?;
    Ok(())
}

/// The currency of what was stored last.
fn currency(tx: &Transaction<'_>) -> rusqlite::Result<Option<Currency>> {
    let code: Option<String> = tx
        .query_row(
            "SELECT currency FROM costs ORDER BY import DESC, currency LIMIT 1",
            [],
            |row| row.get(0),
        )
        .optional()?;
    Ok(code.and_then(|code| Currency::parse(&code)))
}

/// Hands over every record that counts, with its import and its currency: those of the newest import of their place.
fn each_live(
    tx: &Transaction<'_>,
    days: Option<&(String, String)>,
    mut take: impl FnMut(i64, Currency, Cost),
) -> rusqlite::Result<()> {
    let mut select = tx.prepare_cached(
        "SELECT day, channel, source, campaign, import, medium, content, micros, impressions, clicks,
         currency FROM costs WHERE (?1 IS NULL OR day >= ?1) AND (?2 IS NULL OR day <= ?2)
         ORDER BY day, channel, source, campaign, import DESC, medium, content, currency",
    )?;
    let (from, to) = days.cloned().unzip();
    let mut rows = select.query(params![from, to])?;
    let mut newest: Option<(CostPlace, i64)> = None;
    while let Some(row) = rows.next()? {
        // A day or currency that cannot be read was not written by this program.
        let currency = Currency::parse(&row.get::<_, String>(10)?);
        let Some((currency, cost)) = currency.zip(read(row)?) else {
            continue;
        };
        let import: i64 = row.get(4)?;
        match &newest {
            Some((place, live)) if *place == cost.place => {
                if *live != import {
                    continue;
                }
            }
            _ => newest = Some((cost.place.clone(), import)),
        }
        take(import, currency, cost);
    }
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Option<Cost>> {
    let day: String = row.get(0)?;
    let (micros, impressions, clicks): (i64, i64, i64) = (row.get(7)?, row.get(8)?, row.get(9)?);
    let Ok(day) = day.parse() else {
        return Ok(None);
    };
    Ok(Some(Cost {
        place: CostPlace {
            day,
            channel: Channel::from_code(row.get(1)?),
            source: row.get(2)?,
            campaign: row.get(3)?,
        },
        medium: row.get(5)?,
        content: row.get(6)?,
        paid: Paid {
            micros: i128::from(micros),
            impressions: impressions.cast_unsigned(),
            clicks: clicks.cast_unsigned(),
        },
    }))
}

#[cfg(test)]
mod tests;
