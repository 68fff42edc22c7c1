//! A person goes out of the tables, by what the raw log says without them.

use std::{collections::BTreeSet, path::Path};

use rusqlite::{Transaction, params};
use throughline_model::{ActorId, IdentifierKind};

use super::{StateError, WorkspaceState, each, schema::SCHEMA};
use crate::{ProfileSet, state::db::Db};

/// The tables that follow from the raw log, besides how far it was applied.
const OF_THE_LOG: [&str; 15] = [
    "event_names",
    "identifiers",
    "links",
    "link_moments",
    "sign_ins",
    "traits",
    "operated_traits",
    "trait_operations",
    "consents",
    "account_types",
    "account_traits",
    "quarantine",
    "quarantine_counts",
    "source_counts",
    "violations",
];
/// Documents that follow from it too.
const DECIDED: &str = "WHERE kind IN ('names_decided', 'plan_decided')";

/// What stands in the place of an identifier that is no more. No client can send it.
const GONE: &str = "\u{7f}";

impl WorkspaceState {
    /// Writes a copy of the tables in which nothing is left that follows from the raw log.
    pub fn copy_without_log(&self, path: &Path) -> Result<(), StateError> {
        self.copy_with_numbers(path, 0, &BTreeSet::new())
    }

    /// As above, where the first actors keep their numbers, though the log no longer says who some
    /// of them were: memberships and addresses name people by them.
    pub fn copy_with_numbers(
        &self,
        path: &Path,
        actors_count: u64,
        gone: &BTreeSet<ActorId>,
    ) -> Result<(), StateError> {
        self.db.copy(path)?;
        let copy = Db::open(path, SCHEMA)?;
        copy.write("empty the copy of the tables", |tx| {
            for table in OF_THE_LOG.iter().filter(|it| **it != "identifiers") {
                tx.execute(&format!("DELETE FROM {table}"), [])?;
            }
            tx.execute(&format!("DELETE FROM main.documents {DECIDED}"), [])?;
            tx.execute("UPDATE progress SET applied = 0", [])?;
            let beyond = actors_count.cast_signed();
            tx.execute("DELETE FROM identifiers WHERE actor >= ?1", [beyond])?;
            forget(tx, gone)
        })
    }

    /// Takes what another state says of the log in the place of what this one says, and forgets
    /// actors in all that does not follow from the log. All of it is durable on `Ok`, none otherwise.
    pub fn take_over(&self, fresh: &Path, gone: &BTreeSet<ActorId>) -> Result<(), StateError> {
        let doing = "take over what the log says";
        self.db.write_beside(fresh, doing, |tx| {
            // Whoever came after the other state was made keeps the number that others know.
            tx.execute(
                "INSERT INTO fresh.identifiers SELECT * FROM main.identifiers
                 WHERE actor > (SELECT ifnull(max(actor), -1) FROM fresh.identifiers)",
                [],
            )?;
            for table in OF_THE_LOG.iter().chain(&["progress"]) {
                tx.execute_batch(&format!(
                    "DELETE FROM main.{table}; INSERT INTO main.{table} SELECT * FROM fresh.{table};"
                ))?;
            }
            // What else members wrote may have changed since the other state was made.
            tx.execute_batch(&format!(
                "DELETE FROM main.documents {DECIDED};
                 INSERT INTO main.documents SELECT * FROM fresh.documents {DECIDED};"
            ))?;
            for table in ["segment_moves", "crm_contacts"] {
                let delete = format!("DELETE FROM main.{table} WHERE profile = ?1");
                let mut delete = tx.prepare(&delete)?;
                for actor in gone {
                    delete.execute([actor.0])?;
                }
            }
            let mut select = tx.prepare("SELECT segment, members FROM main.segment_bases")?;
            let bases: Vec<(String, Vec<u8>)> = (select
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?)
            .collect::<rusqlite::Result<_>>()?;
            let mut update =
                tx.prepare("UPDATE main.segment_bases SET members = ?2 WHERE segment = ?1")?;
            for (segment, members) in bases {
                let mut members = ProfileSet::from_bytes(&members);
                for actor in gone {
                    members.remove(actor.0);
                }
                update.execute(params![segment, members.to_bytes()])?;
            }
            Ok(())
        })?;
        self.find_operated()
    }

    /// Writes the tables anew, so that nothing of what was removed is left in their file.
    pub fn scrub(&self) -> Result<(), StateError> {
        self.db.scrub()
    }

    /// Actors that stand for nobody.
    pub fn gone_actors(&self) -> Result<ProfileSet, StateError> {
        self.db.read("read who is no more", |tx| {
            let mut actors = ProfileSet::default();
            let all = "SELECT actor FROM identifiers WHERE substr(value, 1, 1) = char(127)";
            each(tx, all, |row| {
                actors.insert(row.get(0)?);
                Ok(())
            })?;
            Ok(actors)
        })
    }

    /// How many actors there are.
    pub fn actors_count(&self) -> Result<u64, StateError> {
        self.db.read("count actors", |tx| {
            let count: i64 =
                tx.query_row("SELECT count(*) FROM identifiers", [], |row| row.get(0))?;
            Ok(count.cast_unsigned())
        })
    }

    /// Lines of the link log that name one of these actors, and traits that are told of them.
    pub fn lines_of(&self, actors: &BTreeSet<ActorId>) -> Result<(u64, u64), StateError> {
        self.db.read("count what is known of a person", |tx| {
            let mut links = tx.prepare_cached(
                "SELECT count(*) FROM links WHERE is_retraction = 0 AND left_actor = ?1",
            )?;
            let mut traits = tx.prepare_cached(
                "SELECT count(*) FROM (SELECT name, source FROM traits WHERE actor = ?1
                 UNION SELECT name, source FROM operated_traits WHERE actor = ?1)",
            )?;
            let (mut links_count, mut traits_count) = (0, 0);
            for actor in actors {
                links_count += links.query_row([actor.0], |row| row.get::<_, i64>(0))?;
                traits_count += traits.query_row([actor.0], |row| row.get::<_, i64>(0))?;
            }
            Ok((links_count.cast_unsigned(), traits_count.cast_unsigned()))
        })
    }

    /// Kind, id and title of documents that name somebody, as their title or their JSON says.
    pub fn documents_that_name(
        &self,
        names: &dyn Fn(&str) -> bool,
    ) -> Result<Vec<(String, String, String)>, StateError> {
        self.db.read("look for a person in documents", |tx| {
            let mut select = tx.prepare("SELECT kind, id, title, json FROM documents")?;
            let mut rows = select.query([])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let (title, json): (String, String) = (row.get(2)?, row.get(3)?);
                if names(&title) || names(&json) {
                    found.push((row.get(0)?, row.get(1)?, title));
                }
            }
            Ok(found)
        })
    }
}

fn forget(tx: &Transaction<'_>, gone: &BTreeSet<ActorId>) -> rusqlite::Result<()> {
    let mut update = tx.prepare("UPDATE identifiers SET kind = ?2, value = ?3 WHERE actor = ?1")?;
    for actor in gone {
        let value = format!("{GONE}{}", actor.0);
        update.execute(params![actor.0, IdentifierKind::Custom as u8, value])?;
    }
    Ok(())
}

/// True for what stands in the place of an identifier that was erased.
pub fn is_gone(value: &str) -> bool {
    value.starts_with(GONE)
}
