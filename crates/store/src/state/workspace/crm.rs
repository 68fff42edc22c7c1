//! Contacts of a CRM: which profile is which contact, and what was written to it last.
//!
//! Of values only digests are kept. A person who is erased goes from here by the number of the profile.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension as _, Row, params};
use throughline_model::{ProfileId, Timestamp, crm::Written};

use super::{StateError, WorkspaceState};

/// A profile as it was looked for in the CRM last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrmContactRow {
    pub profile: ProfileId,
    /// The id that the CRM gives it; none where it knows nobody.
    pub contact: Option<String>,
    /// Stands for all that we held of it then; empty where that was not carried through.
    pub held: String,
    /// By the name of the property.
    pub written: BTreeMap<String, Written>,
    pub looked: Timestamp,
}

const COLUMNS: &str = "profile, contact, held, written, looked";

impl WorkspaceState {
    /// Every profile that was looked for, by its number.
    pub fn crm_contacts(&self) -> Result<BTreeMap<ProfileId, CrmContactRow>, StateError> {
        self.db.read("read the contacts of the CRM", |tx| {
            let select = format!("SELECT {COLUMNS} FROM crm_contacts");
            let mut select = tx.prepare_cached(&select)?;
            let rows = select.query_map([], |row| {
                let row = read(row)?;
                Ok((row.profile, row))
            })?;
            rows.collect()
        })
    }

    /// What was written to a contact, by the id that the CRM gives it.
    pub fn crm_contact(&self, contact: &str) -> Result<Option<CrmContactRow>, StateError> {
        self.db.read("read a contact of the CRM", |tx| {
            let select = format!("SELECT {COLUMNS} FROM crm_contacts WHERE contact = ?1 LIMIT 1");
            tx.prepare_cached(&select)?
                .query_row([contact], read)
                .optional()
        })
    }

    /// Whether anything was ever written to a CRM.
    pub fn has_crm_contacts(&self) -> Result<bool, StateError> {
        self.db.read("read the contacts of the CRM", |tx| {
            tx.query_row("SELECT EXISTS (SELECT 1 FROM crm_contacts)", [], |row| {
                row.get(0)
            })
        })
    }

    /// Keeps how profiles were found.
    pub fn put_crm_contacts(&self, rows: &[CrmContactRow]) -> Result<(), StateError> {
        self.db.write("keep contacts of the CRM", |tx| {
            let mut insert = tx.prepare_cached(
                "INSERT INTO crm_contacts (profile, contact, held, written, looked)
                 VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (profile) DO UPDATE SET contact = excluded.contact,
                 held = excluded.held, written = excluded.written, looked = excluded.looked",
            )?;
            for row in rows {
                let written = serde_json::to_string(&row.written).expect("it has text keys");
                insert.execute(params![
                    row.profile.0,
                    row.contact,
                    row.held,
                    written,
                    row.looked.0
                ])?;
            }
            Ok(())
        })
    }

    /// Forgets all contacts but those of some profiles.
    pub fn retain_crm_contacts(
        &self,
        keep: impl Fn(ProfileId) -> bool,
    ) -> Result<usize, StateError> {
        self.db.write("forget contacts of the CRM", |tx| {
            let mut select = tx.prepare_cached("SELECT profile FROM crm_contacts")?;
            let all: Vec<u32> =
                (select.query_map([], |row| row.get(0))?).collect::<rusqlite::Result<_>>()?;
            let mut delete = tx.prepare_cached("DELETE FROM crm_contacts WHERE profile = ?1")?;
            let mut forgotten = 0;
            for profile in all.into_iter().filter(|it| !keep(ProfileId(*it))) {
                forgotten += delete.execute([profile])?;
            }
            Ok(forgotten)
        })
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<CrmContactRow> {
    let written: String = row.get(3)?;
    Ok(CrmContactRow {
        profile: ProfileId(row.get(0)?),
        contact: row.get(1)?,
        held: row.get(2)?,
        written: serde_json::from_str(&written).unwrap_or_default(),
        looked: Timestamp(row.get(4)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contacts_are_kept_by_profile_and_found_by_their_id() {
        let dir = tempfile::tempdir().expect("a folder");
        let state = WorkspaceState::open(&dir.path().join("state.db")).expect("opened");
        assert!(!state.has_crm_contacts().expect("read"));
        let written = Written {
            digest: "d".to_owned(),
            changed: Timestamp(3),
            at: Timestamp(4),
        };
        let row = |profile, contact: Option<&str>| CrmContactRow {
            profile: ProfileId(profile),
            contact: contact.map(str::to_owned),
            held: "h".to_owned(),
            written: BTreeMap::from([("plan".to_owned(), written.clone())]),
            looked: Timestamp(5),
        };
        let rows = [row(7, Some("51")), row(8, None)];
        state.put_crm_contacts(&rows).expect("kept");
        let found = state.crm_contact("51").expect("read");
        assert_eq!(found, Some(rows[0].clone()));
        assert_eq!(state.crm_contact("' OR 1 --").expect("read"), None);
        let again = [row(7, Some("52"))];
        state.put_crm_contacts(&again).expect("kept");
        assert_eq!(state.crm_contact("51").expect("read"), None);
        assert!(state.has_crm_contacts().expect("read"));

        let forgotten = state
            .retain_crm_contacts(|it| it.0 == 7)
            .expect("forgotten");
        assert_eq!(forgotten, 1);
        let left = state.crm_contacts().expect("read");
        assert_eq!(left.into_keys().collect::<Vec<_>>(), [ProfileId(7)]);
    }
}
