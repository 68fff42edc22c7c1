use datafusion::sql::sqlparser::ast::{visit_relations, visit_statements};
use proptest::prelude::*;

use super::*;

/// What the gate says: nothing when it lets the statement through.
fn said(sql: &str) -> String {
    // The same stack as in `main`, as the parser goes as deep as the statement.
    let sql = sql.to_owned();
    let run = std::thread::Builder::new().stack_size(64 << 20);
    let said = run.spawn(move || pass(&sql).map_or_else(|it| it.to_string(), |_| String::new()));
    said.unwrap().join().unwrap()
}

#[test]
fn reading_our_tables_passes() {
    for sql in [
        "SELECT 1",
        "select count(*) from events;",
        "SELECT * FROM Events e JOIN profiles p ON p.id = e.profile LEFT JOIN \"profiles\" q USING (id)",
        "WITH a AS (SELECT profile FROM events), b AS (SELECT * FROM a) SELECT count(*) FROM b",
        "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT * FROM n",
        "EXPLAIN SELECT 1",
        "EXPLAIN ANALYZE SELECT event FROM events",
        "SELECT * FROM generate_series(1, 10)",
        "SELECT unnest(array_agg(event)) FROM events",
        "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS t(n, name)",
        "SELECT event, lag(time) OVER (PARTITION BY profile ORDER BY time) FROM events -- a remark",
        "SELECT 'INSERT INTO events; DROP TABLE events' AS text",
        "SELECT (SELECT max(time) FROM events WHERE profile = p.id) FROM profiles p",
        "SELECT event FROM events UNION ALL SELECT traits FROM profiles ORDER BY 1 LIMIT 5",
    ] {
        assert_eq!(said(sql), "", "{sql}");
    }
}

#[test]
fn whatever_does_more_than_read_is_refused_with_advice() {
    for (sql, advice) in [
        ("INSERT INTO events VALUES (1)", "begin it with SELECT"),
        ("DELETE FROM events", "begin it with SELECT"),
        ("UPDATE events SET event = 'x'", "begin it with SELECT"),
        ("CREATE TABLE a AS SELECT 1", "begin it with SELECT"),
        (
            "CREATE EXTERNAL TABLE a STORED AS PARQUET LOCATION '/etc'",
            "",
        ),
        ("CREATE VIEW a AS SELECT 1", "begin it with SELECT"),
        ("DROP TABLE events", "begin it with SELECT"),
        ("COPY events TO '/tmp/x.csv'", "begin it with SELECT"),
        ("COPY (SELECT 1) TO '/tmp/x.csv'", "begin it with SELECT"),
        (
            "SET datafusion.execution.batch_size = 1",
            "begin it with SELECT",
        ),
        ("SHOW ALL", "begin it with SELECT"),
        ("SHOW TABLES", "begin it with SELECT"),
        ("DESCRIBE events", "begin it with SELECT"),
        ("PREPARE a AS SELECT 1", "begin it with SELECT"),
        ("EXECUTE a", "begin it with SELECT"),
        ("BEGIN", "begin it with SELECT"),
        (
            "EXPLAIN INSERT INTO events VALUES (1)",
            "begin it with SELECT",
        ),
        ("EXPLAIN EXPLAIN SELECT 1", "cannot be read"),
        (
            "WITH a AS (INSERT INTO events VALUES (1) RETURNING *) SELECT * FROM a",
            "only reading",
        ),
        ("WITH a AS (SELECT 1) DELETE FROM events", "only reading"),
        ("SELECT 1; SELECT 2", "one by one"),
        ("SELECT 1; DROP TABLE events", "one by one"),
        ("SELECT * INTO a FROM events", "leave INTO out"),
        ("SELECT * FROM events FOR UPDATE", "leave FOR UPDATE"),
        (
            "SELECT * FROM events WHERE event = $1",
            "write the value itself",
        ),
        ("TABLE events", ""),
        ("", "it is empty"),
        ("  -- nothing\n;", "it is empty"),
    ] {
        let said = said(sql);
        assert_ne!(said, "", "{sql}");
        assert!(said.contains(advice), "{sql}: {said}");
    }
}

#[test]
fn nothing_but_our_tables_can_be_named() {
    for sql in [
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM \"/etc/passwd\"",
        "SELECT * FROM 'https://example.org/a.parquet'",
        "SELECT * FROM \"parts/0.parquet\"",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM information_schema.df_settings",
        "SELECT * FROM datafusion.public.events",
        "SELECT * FROM public.events",
        "SELECT * FROM members",
        "SELECT * FROM \"EVENTS\"",
        "SELECT * FROM read_parquet('/etc/passwd')",
        "SELECT * FROM read_csv('a.csv')",
        "SELECT * FROM parquet_metadata('a.parquet')",
        "SELECT * FROM TABLE(read_parquet('a'))",
        "SELECT * FROM LATERAL read_parquet('a')",
        "SELECT * FROM generate_series",
        "SELECT * FROM events, parquet_metadata('x')",
        "SELECT (SELECT max(x) FROM other) FROM events",
        "SELECT * FROM events WHERE profile IN (SELECT id FROM instance)",
        "WITH a AS (SELECT * FROM other) SELECT * FROM a",
    ] {
        assert_ne!(said(sql), "", "{sql}");
    }
    let said = said("SELECT * FROM users");
    assert!(said.contains("events, profiles, segments, costs"), "{said}");
}

#[test]
fn statements_that_would_break_the_engine_are_refused_by_size() {
    let ors = |count: usize| {
        let terms = vec!["source = 1"; count].join(" OR ");
        format!("SELECT count(*) FROM events WHERE {terms}")
    };
    assert_eq!(said(&ors(400)), "");
    for (sql, advice) in [
        (ors(20_000), "longer than"),
        (ors(1_500), "parts of expressions"),
        (
            format!("SELECT {}1{}", "(".repeat(60), ")".repeat(60)),
            "nests deeper",
        ),
        (format!("SELECT {} true", "NOT ".repeat(5_000)), ""),
        (format!("SELECT {}1", "- ".repeat(5_000)), ""),
        (
            format!(
                "SELECT {} 1 {}",
                "CASE WHEN true THEN ".repeat(400),
                "END ".repeat(400)
            ),
            "",
        ),
        (vec!["SELECT 1"; 1_000].join(" UNION ALL "), "several steps"),
        (
            format!("SELECT 1 FROM {}", vec!["events"; 1_000].join(", ")),
            "several steps",
        ),
        (
            format!(
                "SELECT 1 FROM events {}",
                "NATURAL JOIN events ".repeat(1_000)
            ),
            "several steps",
        ),
        (
            format!("SELECT {}", vec!["1"; 10_000].join(",")),
            "words and signs",
        ),
        (format!("SELECT '{}'", "x".repeat(70_000)), "longer than"),
    ] {
        let said = said(&sql);
        assert_ne!(said, "", "{}", &sql[..60.min(sql.len())]);
        assert!(
            said.contains(advice),
            "{}...: {said}",
            &sql[..60.min(sql.len())]
        );
    }
}

#[test]
fn what_cannot_be_read_is_refused_with_the_place() {
    let said = said("SELECT event FROM events WHERE (");
    assert!(said.starts_with("it cannot be read"), "{said}");
    assert!(said.contains("Line: 1") || said.contains("found"), "{said}");
}

proptest! {
    #[test]
    fn no_text_breaks_the_gate(sql in "\\PC{0,200}") {
        let _ = pass(&sql);
    }

    #[test]
    fn no_mix_of_words_breaks_the_gate_or_names_another_table(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "SELECT", "FROM", "events", "other", "(", ")", ",", "*", "WITH", "a", "AS", "UNION", "ALL", "JOIN",
                "ON", "1", "=", "INSERT", "INTO", "VALUES", ";", "EXPLAIN", "CASE", "WHEN", "END", "'/etc/passwd'",
                "\"x\"", "NOT", "IN", "LATERAL", "UNNEST", "COPY", "TO",
            ]),
            0..20,
        )
    ) {
        let sql = words.join(" ");
        if let Ok(statement) = pass(&sql) {
            // Asked of the tree, as a column may be called COPY as well.
            let acts = visit_statements(&statement, |it| match it {
                Statement::Query(_) | Statement::Explain { .. } => ControlFlow::Continue(()),
                other => ControlFlow::Break(other.to_string()),
            });
            prop_assert_eq!(acts, ControlFlow::Continue(()), "{}", statement);
            let strange = visit_relations(&statement, |it| match it.to_string().as_str() {
                "other" => ControlFlow::Break(()),
                _ => ControlFlow::Continue(()),
            });
            let is_named = words.contains(&"AS");
            prop_assert!(is_named || strange.is_continue(), "{statement}");
        }
    }
}
