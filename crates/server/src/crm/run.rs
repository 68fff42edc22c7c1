//! One run: whom to ask for, what to write, and what became of it.

pub mod preview;

use std::collections::{BTreeMap, BTreeSet};

use throughline_model::{
    ProfileId, Timestamp,
    crm::{CrmRule, CrmSettings, Planned, Verdict, Written, plan},
    limits,
};
use throughline_store::state::{CrmContactRow, DocumentKind};

use super::{
    CrmCounts, CrmError, CrmOutcome, CrmRefused, CrmRun, CrmWhy, LAST, Patience, Remembered, Turn,
    digest,
    held::{self, Held, Person},
    hubspot::{self, Contact, Item, Property, TurnedDown},
    talk::Talk,
};
use crate::{app::App, kept, work::blocking, workspace::WorkspaceRuntime};

/// Of whom a run asks the CRM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    Everybody,
    /// Of whom something of ours has changed since they were looked at, or who were looked at long ago.
    Due,
}

/// What a run has in hand.
struct Run<'a> {
    app: &'a App,
    runtime: &'a WorkspaceRuntime,
    began: Timestamp,
    settings: &'a CrmSettings,
    /// Those whose properties can be written.
    rules: Vec<CrmRule>,
    properties: BTreeMap<String, Property>,
    rows: BTreeMap<ProfileId, CrmContactRow>,
    /// Which profile has claimed a contact.
    claimed: BTreeMap<String, ProfileId>,
    counts: CrmCounts,
    refused: BTreeMap<(CrmWhy, TurnedDown), u64>,
    updates: Vec<Pending>,
    creates: Vec<Pending>,
}

/// Somebody who is about to be written.
struct Pending {
    item: Item,
    row: CrmContactRow,
    /// What was written before, for when this is turned down.
    before: BTreeMap<String, Written>,
}

/// Carries a run through, and remembers what became of it.
pub async fn run(
    app: &App,
    runtime: &WorkspaceRuntime,
    whom: Whom,
    patience: Patience,
    _turn: Turn,
) -> Result<CrmRun, CrmError> {
    let began = app.now();
    let here = runtime.clone();
    let connection = blocking(move || super::connection(here.state())).await?;
    let settings = &connection.settings;
    let token = connection.token.unwrap_or_default();
    let base = &app.config().crm.hubspot_url;
    let mut told = CrmRun {
        began,
        ended: began,
        is_whole: whom == Whom::Everybody,
        outcome: CrmOutcome::TokenRefused,
        counts: CrmCounts::default(),
        refused: Vec::new(),
        left_out: Vec::new(),
    };
    if let Some(mut talk) = Talk::new(app.outgoing(), base, &token, patience) {
        told.outcome = CrmOutcome::Done;
        match begin(app, runtime, settings, &mut talk).await? {
            Err(outcome) => told.outcome = outcome,
            Ok((mut run, held)) => {
                told.left_out = held.left_out.iter().cloned().collect();
                told.outcome = run.go(held.people, whom, &mut talk).await?;
                told.counts = run.counts;
                told.refused = run.told_refused();
            }
        }
    }
    told.ended = app.now();
    let here = runtime.clone();
    let kept = blocking(move || {
        let (state, now) = (here.state(), told.ended);
        kept::update(
            state,
            DocumentKind::Crm,
            LAST,
            now,
            Remembered::default,
            |it| {
                it.last = Some(told.clone());
            },
        )?;
        Ok::<_, CrmError>(told)
    });
    kept.await
}

/// Asks what the properties are, and reads what we hold.
async fn begin<'a>(
    app: &'a App,
    runtime: &'a WorkspaceRuntime,
    settings: &'a CrmSettings,
    talk: &mut Talk<'_>,
) -> Result<Result<(Run<'a>, Held), CrmOutcome>, CrmError> {
    let names: Vec<&str> = settings
        .rules
        .iter()
        .map(|it| it.property.as_str())
        .collect();
    let asked = talk.ask(hubspot::PROPERTIES, &names, &hubspot::ask_properties);
    let batches = match asked.await {
        Ok(batches) => batches,
        Err(outcome) => return Ok(Err(outcome)),
    };
    let found = batches.iter().flat_map(hubspot::properties);
    let mut properties: BTreeMap<String, Property> = found.collect();
    let mut left_out = BTreeSet::new();
    let rules: Vec<CrmRule> = held::usable(&settings.rules, &properties, &mut left_out);
    properties.retain(|name, _| rules.iter().any(|it| it.property == *name));
    let (here, asked, now) = (runtime.clone(), settings.clone(), app.now());
    let (known, theirs) = (properties.clone(), held::sources_of_crm(app, runtime));
    let (mut held, mut rows) = blocking(move || {
        let held = held::held(&here, &asked, &known, &theirs, now)?;
        Ok::<_, CrmError>((held, here.state().crm_contacts()?))
    })
    .await?;
    held.left_out.append(&mut left_out);
    let known: BTreeSet<ProfileId> = held.people.iter().map(|it| it.profile).collect();
    rows.retain(|profile, _| known.contains(profile));
    let claimed = rows
        .values()
        .filter_map(|it| Some((it.contact.clone()?, it.profile)));
    let run = Run {
        app,
        runtime,
        began: now,
        settings,
        rules,
        properties,
        claimed: claimed.collect(),
        rows,
        counts: CrmCounts {
            people: held.people.len() as u64,
            withheld: held.withheld,
            beyond: held.beyond,
            ..CrmCounts::default()
        },
        refused: BTreeMap::new(),
        updates: Vec::new(),
        creates: Vec::new(),
    };
    Ok(Ok((run, held)))
}

impl Run<'_> {
    async fn go(
        &mut self,
        mut people: Vec<Person>,
        whom: Whom,
        talk: &mut Talk<'_>,
    ) -> Result<CrmOutcome, CrmError> {
        let known: BTreeSet<ProfileId> = people.iter().map(|it| it.profile).collect();
        let here = self.runtime.clone();
        // Of whom nothing is written any more, nothing is remembered.
        blocking(move || here.state().retain_crm_contacts(|it| known.contains(&it))).await?;
        let long_ago = self.began.minus(limits::CRM_LOOKED_AGAIN_AFTER);
        let is_due = |it: &Person| {
            let row = self.rows.get(&it.profile);
            row.is_none_or(|row| row.held != it.digest || row.looked <= long_ago)
        };
        people.retain(|it| it.has_something() && (whom == Whom::Everybody || is_due(it)));
        // Whoever was looked at longest ago comes first, so that each run goes on where the last one had to end.
        people.sort_by_key(|it| (self.rows.get(&it.profile).map(|it| it.looked), it.profile));
        let is_cut = people.len() > limits::CRM_PEOPLE_OF_RUN_MAX;
        people.truncate(limits::CRM_PEOPLE_OF_RUN_MAX);
        for mut people in together(people) {
            if !self.goes_on().await? {
                return Ok(CrmOutcome::Stopped);
            }
            let gone = self.gone();
            people.retain(|it| !gone.contains(&it.profile));
            let contacts = match self.find(&people, talk).await {
                Ok(contacts) => contacts,
                Err(outcome) => return Ok(outcome),
            };
            let mut done = Vec::new();
            for person in people {
                done.extend(self.look(&person, &contacts));
            }
            self.keep(done).await?;
            for is_new in [false, true] {
                let pending = std::mem::take(match is_new {
                    false => &mut self.updates,
                    true => &mut self.creates,
                });
                if let Err(outcome) = self.write(pending, is_new, talk).await? {
                    return Ok(outcome);
                }
            }
        }
        Ok(match is_cut {
            true => CrmOutcome::GoesOn,
            false => CrmOutcome::Done,
        })
    }

    /// False once it was turned off or asks for something else.
    async fn goes_on(&self) -> Result<bool, CrmError> {
        let runtime = self.runtime.clone();
        let now = blocking(move || super::connection(runtime.state())).await?;
        Ok(now.is_live() && now.settings.rules == self.settings.rules)
    }

    /// Who was asked to be erased since the run began, or is erased since.
    fn gone(&self) -> BTreeSet<ProfileId> {
        self.runtime.ledger().read(|all| {
            let since = all
                .iter()
                .filter(|it| it.is_open() || it.finished.is_some_and(|at| at >= self.began));
            let actors = since.flat_map(|it| it.actors.iter().copied().chain([it.profile]));
            actors.map(ProfileId).collect()
        })
    }

    async fn find(
        &self,
        people: &[Person],
        talk: &mut Talk<'_>,
    ) -> Result<BTreeMap<String, Contact>, CrmOutcome> {
        let emails: Vec<&str> = people
            .iter()
            .flat_map(|it| &it.emails)
            .map(String::as_str)
            .collect();
        let names: Vec<&str> = self.properties.keys().map(String::as_str).collect();
        let body = |emails: &[&str]| hubspot::ask_contacts(emails, &names);
        let batches = talk.ask(hubspot::READ, &emails, &body).await?;
        let mut found = BTreeMap::new();
        for contact in batches
            .iter()
            .flat_map(|it| hubspot::contacts(it, &self.properties))
        {
            for email in &contact.emails {
                found.insert(email.clone(), contact.clone());
            }
        }
        Ok(found)
    }

    /// Decides what is written to somebody. Who needs no call is given back.
    fn look(
        &mut self,
        person: &Person,
        contacts: &BTreeMap<String, Contact>,
    ) -> Option<CrmContactRow> {
        self.counts.looked += 1;
        let before = self.rows.get(&person.profile).cloned();
        let mut row = CrmContactRow {
            profile: person.profile,
            contact: None,
            held: person.digest.clone(),
            written: before
                .as_ref()
                .map(|it| it.written.clone())
                .unwrap_or_default(),
            looked: self.app.now(),
        };
        if !person.unfit.is_empty() {
            self.counts.refused += 1;
        }
        for property in &person.unfit {
            self.refuse(
                CrmWhy::Form,
                TurnedDown {
                    category: None,
                    property: Some(property.clone()),
                },
            );
        }
        let Some(contact) = contact_of(person, contacts) else {
            self.counts.unknown += 1;
            row.written.clear();
            return self.look_at_unknown(person, row);
        };
        let owner = *self
            .claimed
            .entry(contact.id.clone())
            .or_insert(person.profile);
        if owner != person.profile {
            self.counts.refused += 1;
            self.refuse(
                CrmWhy::Shared,
                TurnedDown {
                    category: None,
                    property: None,
                },
            );
            row.written.clear();
            return Some(row);
        }
        if before.and_then(|it| it.contact).as_ref() != Some(&contact.id) {
            row.written.clear();
        }
        row.contact = Some(contact.id.clone());
        let planned = self.plan(person, contact, &row.written);
        self.count(&planned);
        let properties = to_write(person, &planned);
        if properties.is_empty() {
            return Some(row);
        }
        let key = contact.id.clone();
        let pending = self.pending(person, row, Item { key, properties });
        self.updates.push(pending);
        None
    }

    fn look_at_unknown(&mut self, person: &Person, row: CrmContactRow) -> Option<CrmContactRow> {
        let email = person.emails.first().filter(|_| self.settings.creates);
        let (Some(email), false) = (email, person.values.is_empty()) else {
            return Some(row);
        };
        let texts = person.values.iter();
        let properties = texts
            .map(|(name, it)| (name.clone(), it.text.clone()))
            .collect();
        let key = email.to_lowercase();
        let pending = self.pending(person, row, Item { key, properties });
        self.creates.push(pending);
        None
    }

    fn plan(
        &self,
        person: &Person,
        contact: &Contact,
        written: &BTreeMap<String, Written>,
    ) -> BTreeMap<String, Planned> {
        plan(
            &self.rules,
            &person.values,
            &contact.properties,
            written,
            digest,
        )
    }

    fn count(&mut self, planned: &BTreeMap<String, Planned>) {
        for it in planned.values() {
            self.counts.conflicts += u64::from(it.is_conflict);
            match it.verdict {
                Verdict::Same => self.counts.same += 1,
                Verdict::TheirsLeads | Verdict::TheirsNewer => self.counts.kept += 1,
                Verdict::Fill | Verdict::Replace | Verdict::Nothing => {}
            }
        }
    }

    fn refuse(&mut self, why: CrmWhy, turned_down: TurnedDown) {
        *self.refused.entry((why, turned_down)).or_default() += 1;
    }

    /// With what it will have been written, so that a webhook of it is known before the answer has come.
    fn pending(&self, person: &Person, mut row: CrmContactRow, item: Item) -> Pending {
        let before = row.written.clone();
        let at = self.app.now();
        for (name, text) in &item.properties {
            let changed = person.values.get(name).map_or(at, |it| it.changed);
            let digest = digest(text);
            row.written.insert(
                name.clone(),
                Written {
                    digest,
                    changed,
                    at,
                },
            );
        }
        Pending { item, row, before }
    }

    async fn write(
        &mut self,
        pending: Vec<Pending>,
        is_new: bool,
        talk: &mut Talk<'_>,
    ) -> Result<Result<(), CrmOutcome>, CrmError> {
        let mut pending = pending.into_iter().peekable();
        while pending.peek().is_some() {
            let some: Vec<Pending> = pending.by_ref().take(limits::CRM_WRITE_MAX).collect();
            let announced = some.iter().map(|it| CrmContactRow {
                // Until it was answered, it is not carried through.
                held: String::new(),
                ..it.row.clone()
            });
            self.keep(announced.collect()).await?;
            let items: Vec<Item> = some.iter().map(|it| it.item.clone()).collect();
            let (mut outcomes, ended) = talk.write(items, is_new).await;
            let mut rows = Vec::new();
            for mut it in some {
                match outcomes.remove(&it.item.key) {
                    Some(Ok(id)) => {
                        self.counts.written += it.item.properties.len() as u64;
                        match is_new {
                            true => self.counts.created += 1,
                            false => self.counts.changed += 1,
                        }
                        self.claimed.insert(id.clone(), it.row.profile);
                        it.row.contact = Some(id);
                    }
                    Some(Err(turned_down)) => {
                        self.counts.refused += 1;
                        self.refuse(CrmWhy::TurnedDown, turned_down);
                        it.row.written = it.before;
                    }
                    // Nobody knows whether it arrived.
                    None => it.row.held = String::new(),
                }
                rows.push(it.row);
            }
            self.keep(rows).await?;
            if ended.is_err() {
                return Ok(ended);
            }
        }
        Ok(Ok(()))
    }

    async fn keep(&self, rows: Vec<CrmContactRow>) -> Result<(), CrmError> {
        if rows.is_empty() {
            return Ok(());
        }
        let (runtime, gone) = (self.runtime.clone(), self.gone());
        let mut rows = rows;
        rows.retain(|it| !gone.contains(&it.profile));
        Ok(blocking(move || runtime.state().put_crm_contacts(&rows)).await?)
    }

    fn told_refused(&self) -> Vec<CrmRefused> {
        let told = self.refused.iter().map(|((why, it), count)| CrmRefused {
            why: *why,
            category: it.category.clone(),
            property: it.property.clone(),
            count: *count,
        });
        let mut told: Vec<CrmRefused> = told.collect();
        told.sort_by_key(|it| std::cmp::Reverse(it.count));
        told.truncate(limits::CRM_REASONS_MAX);
        told
    }
}

/// People whose e-mails fit into one call together.
fn together(people: Vec<Person>) -> Vec<Vec<Person>> {
    let mut all: Vec<Vec<Person>> = Vec::new();
    let mut emails = usize::MAX;
    for person in people {
        emails = emails.saturating_add(person.emails.len());
        match all.last_mut() {
            Some(last) if emails <= limits::CRM_READ_MAX => last.push(person),
            _ => {
                emails = person.emails.len();
                all.push(vec![person]);
            }
        }
    }
    all
}

/// The contact of the first of somebody's e-mails that leads to one.
fn contact_of<'c>(person: &Person, contacts: &'c BTreeMap<String, Contact>) -> Option<&'c Contact> {
    let mut emails = person.emails.iter().map(|it| it.to_lowercase());
    emails.find_map(|it| contacts.get(&it))
}

fn to_write(person: &Person, planned: &BTreeMap<String, Planned>) -> BTreeMap<String, String> {
    let writes = planned.iter().filter(|it| it.1.writes());
    let texts =
        writes.filter_map(|(name, _)| Some((name.clone(), person.values.get(name)?.text.clone())));
    texts.collect()
}
