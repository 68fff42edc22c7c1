//! A SQLite database with one writer, several readers and numbered migrations.
//!
//! A commit is durable before `write` returns: the journal is a write-ahead log that is synced
//! with each commit. Readers see the last commit and never wait for the writer.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior, ffi};
use throughline_model::limits;

/// What a database is and how its tables came to be.
#[derive(Clone, Copy, Debug)]
pub struct Schema {
    /// Written into the file, so that one kind of database is never opened as another.
    pub application_id: i32,
    /// SQL that leads from each version to the next; version 0 is the empty file.
    ///
    /// Released entries never change. A change of tables is a new entry at the end.
    pub migrations: &'static [&'static str],
}

/// One open database.
pub struct Db {
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}

/// Why the state tables did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    #[error("could not {doing}")]
    Sql {
        doing: &'static str,
        source: rusqlite::Error,
    },
    #[error(
        "{} has version {found} of its tables, but this program knows versions up to {known}: \
         start the newer program, or restore a backup that was made with this one",
        .path.display()
    )]
    Newer {
        path: PathBuf,
        found: i64,
        known: usize,
    },
    #[error("{} is a database, but not one of this kind", .path.display())]
    Foreign { path: PathBuf },
}

impl StateError {
    /// True when the disk is full: nothing is broken, and the same call may succeed later.
    pub fn is_full(&self) -> bool {
        let Self::Sql { source, .. } = self else {
            return false;
        };
        source.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull)
    }
}

impl Db {
    /// Opens a database, makes it if it is missing, and brings its tables up to date.
    ///
    /// Each migration is one transaction, so a start that was cut short goes on where it stopped.
    pub fn open(path: &Path, schema: Schema) -> Result<Self, StateError> {
        let doing = "open the state tables";
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut writer = Connection::open_with_flags(path, flags).map_err(sql(doing))?;
        check_kind(&writer, path, schema)?;
        set_up(&writer).map_err(sql(doing))?;
        migrate(&mut writer, path, schema)?;
        Ok(Self {
            path: path.to_owned(),
            writer: Mutex::new(writer),
            readers: Mutex::new(Vec::new()),
        })
    }

    /// Runs `change` in one transaction: all of it is durable on `Ok`, none of it otherwise.
    ///
    /// `doing` completes the sentence "could not …".
    pub fn write<T>(
        &self,
        doing: &'static str,
        change: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StateError> {
        // A panic inside `change` has rolled its transaction back, so the connection is sound.
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        in_transaction(&mut writer, change).map_err(sql(doing))
    }

    /// As [`Db::write`], with another database of the same kind beside it under the name `fresh`.
    pub fn write_beside<T>(
        &self,
        path: &Path,
        doing: &'static str,
        change: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StateError> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let path = path.to_string_lossy();
        let attached = writer.execute("ATTACH ?1 AS fresh", [&*path]);
        attached.map_err(sql(doing))?;
        let done = in_transaction(&mut writer, change);
        // Statements that are kept would hold the other database.
        writer.flush_prepared_statement_cache();
        let detached = writer.execute_batch("DETACH fresh");
        done.and_then(|done| detached.map(|()| done))
            .map_err(sql(doing))
    }

    /// Writes the whole file anew, without what was removed, and empties the log before it.
    pub fn scrub(&self) -> Result<(), StateError> {
        let doing = "write the tables anew";
        self.rest();
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer.execute_batch("VACUUM").map_err(sql(doing))?;
        empty_log(&writer).map_err(sql(doing))
    }

    /// Runs `question` on one consistent state of the tables.
    pub fn read<T>(
        &self,
        doing: &'static str,
        question: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StateError> {
        let mut reader = match self.idle_readers().pop() {
            Some(reader) => reader,
            None => self.reader().map_err(sql(doing))?,
        };
        let answer = reader.transaction().and_then(|it| question(&it));
        let mut idle = self.idle_readers();
        if idle.len() < limits::STATE_READERS_IDLE_MAX {
            idle.push(reader);
        }
        answer.map_err(sql(doing))
    }

    /// Closes connections that nobody uses, and with them what they have mapped.
    pub fn rest(&self) {
        self.idle_readers().clear();
    }

    /// Writes one consistent state of the tables into a new file.
    pub fn copy(&self, path: &Path) -> Result<(), StateError> {
        let doing = "copy the tables";
        let reader = self.reader().map_err(sql(doing))?;
        let path = path.to_string_lossy();
        let copied = reader.execute("VACUUM INTO ?1", [&*path]);
        copied.map(|_| ()).map_err(sql(doing))
    }

    /// Brings everything into the one file, so that it can be moved.
    pub fn fold(&self) -> Result<(), StateError> {
        let doing = "fold the tables into one file";
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        empty_log(&writer).map_err(sql(doing))
    }

    /// Where the database lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads every page and index; an empty list says that the file is sound.
    pub fn faults(&self) -> Result<Vec<String>, StateError> {
        let faults = self.read("check the state tables", |tx| {
            let mut check = tx.prepare("PRAGMA integrity_check(100)")?;
            let lines = check.query_map([], |row| row.get::<_, String>(0))?;
            lines.collect::<rusqlite::Result<Vec<_>>>()
        })?;
        Ok(faults.into_iter().filter(|line| line != "ok").collect())
    }

    fn idle_readers(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reader(&self) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let reader = Connection::open_with_flags(&self.path, flags)?;
        reader.busy_timeout(BUSY_MAX)?;
        reader.pragma_update(None, "mmap_size", MAPPED_BYTES)?;
        reader.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        Ok(reader)
    }
}

/// How long a statement waits for another process, such as a backup, that holds the file.
const BUSY_MAX: Duration = Duration::from_secs(10);
const STATEMENTS_KEPT: usize = 128;
const MAPPED_BYTES: i64 = 256 << 20;

fn sql(doing: &'static str) -> impl FnOnce(rusqlite::Error) -> StateError {
    move |source| StateError::Sql { doing, source }
}

/// Moves what the write-ahead log holds into the file, and cuts it.
fn empty_log(writer: &Connection) -> rusqlite::Result<()> {
    // A reader that looks at an older state is no error of the statement, but a word in its answer.
    let is_busy = writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    match is_busy {
        false => Ok(()),
        true => Err(rusqlite::Error::SqliteFailure(
            ffi::Error::new(ffi::SQLITE_BUSY),
            Some("somebody still reads an older state".to_owned()),
        )),
    }
}

fn in_transaction<T>(
    connection: &mut Connection,
    change: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    // Taking the write lock at the start keeps a read from being overtaken before its write.
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let answer = change(&tx)?;
    tx.commit()?;
    Ok(answer)
}

/// Refuses a file of another kind or of a newer program before anything in it is changed.
fn check_kind(connection: &Connection, path: &Path, schema: Schema) -> Result<(), StateError> {
    let doing = "read the version of the state tables";
    let id: i32 = connection
        .pragma_query_value(None, "application_id", |row| row.get(0))
        .map_err(sql(doing))?;
    let tables_count: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(sql(doing))?;
    if id != schema.application_id && (id != 0 || tables_count > 0) {
        return Err(StateError::Foreign {
            path: path.to_owned(),
        });
    }
    let found = version(connection).map_err(sql(doing))?;
    let known = schema.migrations.len();
    if usize::try_from(found).map_or(true, |found| found > known) {
        return Err(StateError::Newer {
            path: path.to_owned(),
            found,
            known,
        });
    }
    Ok(())
}

fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_MAX)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "mmap_size", MAPPED_BYTES)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    Ok(())
}

fn migrate(connection: &mut Connection, path: &Path, schema: Schema) -> Result<(), StateError> {
    let doing = "bring the state tables up to date";
    loop {
        let done = version(connection).map_err(sql(doing))?;
        let next = usize::try_from(done).expect("a version that was checked");
        let Some(step) = schema.migrations.get(next) else {
            return check_kind(connection, path, schema);
        };
        in_transaction(connection, |tx| {
            tx.execute_batch(step)?;
            tx.pragma_update(None, "application_id", schema.application_id)?;
            tx.pragma_update(None, "user_version", done + 1)
        })
        .map_err(sql(doing))?;
    }
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Schema = Schema {
        application_id: 7,
        migrations: &["CREATE TABLE a (x INTEGER PRIMARY KEY) STRICT;"],
    };
    const SECOND: Schema = Schema {
        application_id: 7,
        migrations: &[
            FIRST.migrations[0],
            "ALTER TABLE a ADD COLUMN y TEXT NOT NULL DEFAULT 'old';",
        ],
    };

    const BROKEN: Schema = Schema {
        application_id: 7,
        migrations: &[
            FIRST.migrations[0],
            "CREATE TABLE b (x); CREATE TABLE a (y);",
        ],
    };

    fn count(db: &Db) -> i64 {
        db.read("count", |tx| {
            tx.query_row("SELECT count(*) FROM a", [], |row| row.get(0))
        })
        .expect("readable")
    }

    fn insert(db: &Db, x: i64) -> Result<usize, StateError> {
        db.write("insert", |tx| {
            tx.execute("INSERT INTO a (x) VALUES (?1)", [x])
        })
    }

    #[test]
    fn a_failed_change_leaves_nothing_behind() {
        let dir = tempfile::tempdir().expect("a folder");
        let db = Db::open(&dir.path().join("a.db"), FIRST).expect("opens");
        insert(&db, 1).expect("stored");
        let failed = db.write("store two", |tx| {
            tx.execute("INSERT INTO a (x) VALUES (2)", [])?;
            tx.execute("INSERT INTO a (x) VALUES (1)", [])
        });
        assert_eq!(
            failed.expect_err("1 is there already").to_string(),
            "could not store two"
        );
        assert_eq!(count(&db), 1);
    }

    #[test]
    fn rows_outlive_a_reopening_and_a_migration() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("a.db");
        insert(&Db::open(&path, FIRST).expect("opens"), 1).expect("stored");
        let db = Db::open(&path, SECOND).expect("migrates");
        let y: String = db
            .read("read", |tx| {
                tx.query_row("SELECT y FROM a", [], |row| row.get(0))
            })
            .expect("readable");
        assert_eq!((count(&db), y.as_str()), (1, "old"));
        assert_eq!(db.faults().expect("checked"), Vec::<String>::new());
    }

    #[test]
    fn newer_and_foreign_files_are_refused_untouched() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("a.db");
        drop(Db::open(&path, SECOND).expect("opens"));
        let newer = Db::open(&path, FIRST).err().expect("newer");
        assert!(newer.to_string().contains("version 2"), "{newer}");
        let other = Schema {
            application_id: 8,
            ..SECOND
        };
        let foreign = Db::open(&path, other).err().expect("foreign");
        assert!(matches!(foreign, StateError::Foreign { .. }));
        Db::open(&path, SECOND).expect("still sound");
    }

    #[test]
    fn a_migration_that_fails_is_taken_up_again() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("a.db");
        assert!(Db::open(&path, BROKEN).is_err());
        let db = Db::open(&path, SECOND).expect("goes on from version 1");
        assert_eq!(count(&db), 0);
    }

    #[test]
    fn a_log_that_somebody_reads_is_not_told_to_be_empty() {
        let dir = tempfile::tempdir().expect("a folder");
        let db = Db::open(&dir.path().join("a.db"), FIRST).expect("opens");
        let writer = db.writer.lock().expect("sound");
        writer.busy_timeout(Duration::ZERO).expect("set");
        drop(writer);
        insert(&db, 1).expect("stored");
        db.read("hold an older state", |tx| {
            tx.query_row("SELECT count(*) FROM a", [], |row| row.get::<_, i64>(0))?;
            insert(&db, 2).expect("stored");
            assert!(db.fold().is_err());
            Ok(())
        })
        .expect("readable");
        db.fold().expect("nobody reads any more");
        db.scrub().expect("nobody reads any more");
    }

    #[test]
    fn readers_see_whole_commits_while_a_writer_works() {
        let dir = tempfile::tempdir().expect("a folder");
        let db = Db::open(&dir.path().join("a.db"), FIRST).expect("opens");
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for pair in 0..50 {
                    db.write("insert two", |tx| {
                        tx.execute("INSERT INTO a (x) VALUES (?1)", [2 * pair])?;
                        tx.execute("INSERT INTO a (x) VALUES (?1)", [2 * pair + 1])
                    })
                    .expect("stored");
                }
            });
            for _ in 0..50 {
                assert_eq!(count(&db) % 2, 0);
            }
        });
        assert_eq!(count(&db), 100);
    }
}
