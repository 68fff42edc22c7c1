//! Links in messages: what was registered, what was seen in clicks, and how each stands.

use rusqlite::{OptionalExtension as _, Row, params};
use throughline_model::{
    Timestamp,
    sent_link::{LinkStanding, Unasked},
};

use super::{StateError, WorkspaceState};

/// A link as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentLinkRow {
    pub id: i64,
    pub address: String,
    /// Under which it is led on to; none of one that was only seen.
    pub code: Option<String>,
    /// Where is led to while it is broken.
    pub fallback: Option<String>,
    pub unasked: Option<Unasked>,
    pub added: Timestamp,
    pub standing: LinkStanding,
    /// How often somebody was led on.
    pub led: u64,
    /// When it is to be asked for next; none for one that never is.
    pub due: Option<Timestamp>,
}

/// A link that is not kept yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSentLink {
    pub address: String,
    pub code: Option<String>,
    pub fallback: Option<String>,
    pub unasked: Option<Unasked>,
}

const COLUMNS: &str = "id, address, code, fallback, unasked, added, standing, led, due";

impl WorkspaceState {
    /// Every link, by its address.
    pub fn sent_links(&self) -> Result<Vec<SentLinkRow>, StateError> {
        self.db.read("read the links in messages", |tx| {
            let select = format!("SELECT {COLUMNS} FROM sent_links ORDER BY address");
            let mut select = tx.prepare_cached(&select)?;
            let rows = select.query_map([], read)?;
            rows.collect()
        })
    }

    /// One link.
    pub fn sent_link(&self, id: i64) -> Result<Option<SentLinkRow>, StateError> {
        self.db.read("read a link in messages", |tx| {
            let select = format!("SELECT {COLUMNS} FROM sent_links WHERE id = ?1");
            tx.prepare_cached(&select)?.query_row([id], read).optional()
        })
    }

    /// The link that is led on to under a code.
    pub fn sent_link_of(&self, code: &str) -> Result<Option<SentLinkRow>, StateError> {
        self.db.read("read a link in messages", |tx| {
            let select = format!("SELECT {COLUMNS} FROM sent_links WHERE code = ?1");
            tx.prepare_cached(&select)?
                .query_row([code], read)
                .optional()
        })
    }

    /// The links that are to be asked for by now, those that have waited longest first.
    pub fn sent_links_due(
        &self,
        now: Timestamp,
        most: usize,
    ) -> Result<Vec<SentLinkRow>, StateError> {
        self.db.read("read the links that are due", |tx| {
            let select = format!(
                "SELECT {COLUMNS} FROM sent_links WHERE due <= ?1 ORDER BY due, id LIMIT ?2"
            );
            let mut select = tx.prepare_cached(&select)?;
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            let rows = select.query_map(params![now.0, most], read)?;
            rows.collect()
        })
    }

    /// Keeps links, as far as there is room for so many. One that is kept already keeps how it stands, and gets
    /// the code and the fallback of who registers it.
    pub fn add_sent_links(
        &self,
        links: &[NewSentLink],
        most: usize,
        now: Timestamp,
    ) -> Result<usize, StateError> {
        self.db.write("keep links in messages", |tx| {
            let known: i64 = tx.query_row("SELECT count(*) FROM sent_links", [], |row| row.get(0))?;
            let mut room = most.saturating_sub(usize::try_from(known).unwrap_or(usize::MAX));
            let mut update = tx.prepare_cached(
                "UPDATE sent_links SET code = coalesce(code, ?2), fallback = ?3
                 WHERE address = ?1",
            )?;
            let mut insert = tx.prepare_cached(
                "INSERT OR IGNORE INTO sent_links (address, code, fallback, unasked, added, standing, due)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?;
            let mut kept = 0;
            for it in links {
                if it.code.is_some() && update.execute(params![it.address, it.code, it.fallback])? > 0 {
                    kept += 1;
                    continue;
                }
                if room == 0 {
                    continue;
                }
                let due = it.unasked.is_none().then_some(0);
                let standing = json(&LinkStanding::default());
                let unasked = it.unasked.map(name_of);
                let added = insert.execute(params![
                    it.address, it.code, it.fallback, unasked, now.0, standing, due
                ])?;
                room -= added;
                kept += added;
            }
            Ok(kept)
        })
    }

    /// Keeps how a link stands, and when it is to be asked for next.
    pub fn put_link_standing(
        &self,
        id: i64,
        standing: &LinkStanding,
        due: Timestamp,
    ) -> Result<(), StateError> {
        self.db.write("keep how a link stands", |tx| {
            tx.prepare_cached("UPDATE sent_links SET standing = ?2, due = ?3 WHERE id = ?1")?
                .execute(params![id, json(standing), due.0])?;
            Ok(())
        })
    }

    /// Counts that somebody was led on, and has the link asked for soon when that is wanted.
    pub fn led_on(&self, id: i64, is_wanted: bool) -> Result<(), StateError> {
        self.db.write("count who was led on", |tx| {
            tx.prepare_cached(
                "UPDATE sent_links
                 SET led = led + 1, due = CASE WHEN ?2 AND due IS NOT NULL THEN 0 ELSE due END
                 WHERE id = ?1",
            )?
            .execute(params![id, is_wanted])?;
            Ok(())
        })
    }

    /// Forgets a link; false when there is none.
    pub fn remove_sent_link(&self, id: i64) -> Result<bool, StateError> {
        self.db.write("forget a link", |tx| {
            let removed = tx.execute("DELETE FROM sent_links WHERE id = ?1", [id])?;
            Ok(removed > 0)
        })
    }
}

fn json(standing: &LinkStanding) -> String {
    serde_json::to_string(standing).expect("a standing has text keys")
}

fn name_of(unasked: Unasked) -> &'static str {
    match unasked {
        Unasked::Acts => "acts",
        Unasked::Personal => "personal",
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<SentLinkRow> {
    let (unasked, standing): (Option<String>, String) = (row.get(4)?, row.get(6)?);
    let (led, due): (i64, Option<i64>) = (row.get(7)?, row.get(8)?);
    Ok(SentLinkRow {
        id: row.get(0)?,
        address: row.get(1)?,
        code: row.get(2)?,
        fallback: row.get(3)?,
        unasked: unasked.map(|it| match it.as_str() {
            "acts" => Unasked::Acts,
            _ => Unasked::Personal,
        }),
        added: Timestamp(row.get(5)?),
        standing: serde_json::from_str(&standing).unwrap_or_default(),
        led: led.cast_unsigned(),
        due: due.map(Timestamp),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(address: &str, code: Option<&str>) -> NewSentLink {
        NewSentLink {
            address: address.to_owned(),
            code: code.map(str::to_owned),
            fallback: code.map(|_| "https://a.example/".to_owned()),
            unasked: None,
        }
    }

    #[test]
    fn a_link_that_was_seen_first_and_is_registered_later_is_one_and_keeps_its_code() {
        let dir = tempfile::tempdir().expect("a folder");
        let state = WorkspaceState::open(&dir.path().join("state.db")).expect("opened");
        let add = |links: &[NewSentLink], most| {
            state
                .add_sent_links(links, most, Timestamp(5))
                .expect("kept")
        };
        assert_eq!(add(&[link("https://a.example/x", None)], 2), 1);
        assert_eq!(add(&[link("https://a.example/x", None)], 2), 0);
        assert_eq!(add(&[link("https://a.example/x", Some("c1"))], 2), 1);
        assert_eq!(add(&[link("https://a.example/x", Some("c2"))], 2), 1);
        let all = state.sent_links().expect("read");
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].code.as_deref(), Some("c1"));
        let more = [
            link("https://a.example/y", None),
            link("https://a.example/z", None),
        ];
        assert_eq!(add(&more, 2), 1, "there is room for two");

        let unasked = NewSentLink {
            unasked: Some(Unasked::Acts),
            ..link("https://a.example/unsubscribe", Some("c3"))
        };
        assert_eq!(add(&[unasked], 3), 1);
        assert_eq!(
            state.sent_links_due(Timestamp(9), 9).expect("read").len(),
            2
        );
        state
            .put_link_standing(all[0].id, &LinkStanding::default(), Timestamp(50))
            .expect("kept");
        assert_eq!(
            state.sent_links_due(Timestamp(9), 9).expect("read").len(),
            1
        );
        state.led_on(all[0].id, true).expect("counted");
        assert_eq!(
            state.sent_links_due(Timestamp(9), 9).expect("read").len(),
            2
        );
        let acts = state.sent_link_of("c3").expect("read").expect("there");
        state.led_on(acts.id, true).expect("counted");
        let acts = state.sent_link(acts.id).expect("read").expect("there");
        assert_eq!(
            (acts.led, acts.due, acts.unasked),
            (1, None, Some(Unasked::Acts))
        );
        assert!(state.remove_sent_link(acts.id).expect("removed"));
        assert!(!state.remove_sent_link(acts.id).expect("removed"));
    }
}
