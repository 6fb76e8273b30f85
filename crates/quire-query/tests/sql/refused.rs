//! Everything that is no query is refused, and changes nothing.

use crate::setup::{ask, error, session};
use quire_model::Code;
use quire_query::Session;

/// One text of every kind of statement, and of every way to put one inside of a query.
const REFUSED: &[&str] = &[
    // Data.
    "INSERT INTO users VALUES ('x')",
    "INSERT INTO users SELECT * FROM users",
    "INSERT OVERWRITE users SELECT 1",
    "REPLACE INTO users VALUES (1)",
    "UPDATE users SET name = 'x'",
    "DELETE FROM users",
    "DELETE FROM users WHERE name = 'Ada'",
    "MERGE INTO users USING users u ON true WHEN MATCHED THEN DELETE",
    "TRUNCATE TABLE users",
    "LOAD DATA INPATH '/etc/passwd' INTO TABLE users",
    // Definitions.
    "CREATE TABLE t (a INT)",
    "CREATE TABLE t AS SELECT * FROM users",
    "CREATE TEMPORARY TABLE t (a INT)",
    "CREATE OR REPLACE TABLE users AS SELECT 1",
    "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '/etc/passwd'",
    "CREATE EXTERNAL TABLE t (a INT) STORED AS PARQUET LOCATION 'file:///tmp/x'",
    "CREATE UNBOUNDED EXTERNAL TABLE t STORED AS CSV LOCATION '/etc/passwd'",
    "CREATE VIEW v AS SELECT 1",
    "CREATE MATERIALIZED VIEW v AS SELECT 1",
    "CREATE SCHEMA s",
    "CREATE DATABASE d",
    "CREATE INDEX i ON users (name)",
    "CREATE FUNCTION f(INT) RETURNS INT RETURN $1",
    "CREATE MACRO m(a) AS a",
    "CREATE PROCEDURE p AS BEGIN SELECT 1; END",
    "CREATE SEQUENCE s",
    "CREATE TYPE t AS ENUM ('a')",
    "CREATE DOMAIN d AS INT",
    "CREATE ROLE r",
    "CREATE USER u",
    "CREATE EXTENSION e",
    "CREATE POLICY p ON users",
    "CREATE TRIGGER t BEFORE INSERT ON users EXECUTE FUNCTION f()",
    "CREATE SECRET (TYPE S3)",
    "CREATE STAGE s",
    "ALTER TABLE users ADD COLUMN a INT",
    "ALTER TABLE users RENAME TO people",
    "ALTER INDEX i RENAME TO j",
    "ALTER VIEW v AS SELECT 2",
    "ALTER ROLE r SUPERUSER",
    "ALTER SESSION SET a = 1",
    "DROP TABLE users",
    "DROP TABLE IF EXISTS users",
    "DROP VIEW v",
    "DROP SCHEMA main CASCADE",
    "DROP DATABASE main",
    "DROP INDEX i",
    "DROP FUNCTION f",
    "DROP ROLE r",
    "DROP EXTENSION e",
    "RENAME TABLE users TO people",
    "COMMENT ON TABLE users IS 'x'",
    "ATTACH DATABASE 'x.db' AS x",
    "ATTACH 'x.db'",
    "DETACH x",
    "MSCK REPAIR TABLE users",
    "OPTIMIZE TABLE users",
    "VACUUM users",
    "ANALYZE TABLE users COMPUTE STATISTICS",
    "GRANT SELECT ON users TO public",
    "REVOKE SELECT ON users FROM public",
    "DENY SELECT ON users TO public",
    // Files.
    "COPY users TO '/tmp/quire-sql-test.csv'",
    "COPY (SELECT * FROM users) TO '/tmp/quire-sql-test.csv' STORED AS CSV",
    "COPY users FROM '/etc/passwd'",
    "COPY users FROM STDIN",
    "COPY INTO users FROM '@stage'",
    "UNLOAD ('SELECT 1') TO 's3://x' IAM_ROLE 'r'",
    "EXPORT DATA OPTIONS(uri='x') AS SELECT 1",
    "INSERT OVERWRITE DIRECTORY '/tmp/x' SELECT 1",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LIST @stage",
    "REMOVE @stage",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM 'file.csv'",
    "SELECT * FROM 'https://example.com/a.parquet'",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_parquet('x')",
    "SELECT * FROM parquet_metadata('x')",
    "SELECT * FROM TABLE(read_csv('x'))",
    "SELECT * FROM users, LATERAL read_csv('x')",
    "SELECT * FROM glob('/etc/*')",
    // Settings and sessions.
    "SET datafusion.execution.batch_size = 1",
    "SET a TO 1",
    "SET TIME ZONE 'UTC'",
    "SET ROLE admin",
    "RESET datafusion.execution.batch_size",
    "RESET ALL",
    "PRAGMA table_info(users)",
    "USE other",
    "DISCARD ALL",
    "SHOW ALL",
    "SHOW datafusion.execution.batch_size",
    "SHOW VARIABLES",
    "SHOW STATUS",
    "SHOW FUNCTIONS",
    "SHOW CREATE TABLE users",
    "SHOW DATABASES",
    "SHOW SCHEMAS",
    "SHOW VIEWS",
    "SHOW COLLATION",
    "SHOW TABLES FROM main",
    "SHOW PROCESSLIST",
    // Transactions, prepared statements, cursors, locks, messages.
    "BEGIN",
    "START TRANSACTION",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT s",
    "RELEASE SAVEPOINT s",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "DEALLOCATE p",
    "DECLARE c CURSOR FOR SELECT 1",
    "FETCH NEXT IN c",
    "CLOSE c",
    "OPEN c",
    "LOCK TABLES users READ",
    "UNLOCK TABLES",
    "LISTEN c",
    "UNLISTEN c",
    "NOTIFY c",
    "KILL 1",
    "CALL p()",
    "ASSERT true",
    "FLUSH TABLES",
    "CACHE TABLE t",
    "UNCACHE TABLE t",
    "RAISE 'x'",
    "PRINT 'x'",
    "WAITFOR DELAY '00:00:10'",
    "RETURN 1",
    "IF true THEN SELECT 1; END IF",
    "WHILE true BEGIN SELECT 1; END",
    // Inside of other statements.
    "EXPLAIN INSERT INTO users VALUES ('x')",
    "EXPLAIN DELETE FROM users",
    "EXPLAIN ANALYZE DELETE FROM users",
    "EXPLAIN ANALYZE INSERT INTO users SELECT * FROM users",
    "EXPLAIN CREATE TABLE t (a INT)",
    "EXPLAIN COPY users TO '/tmp/quire-sql-test.csv'",
    "EXPLAIN EXPLAIN SELECT 1",
    "EXPLAIN SET a = 1",
    "WITH x AS (INSERT INTO users VALUES ('x') RETURNING *) SELECT * FROM x",
    "WITH x AS (DELETE FROM users RETURNING *) SELECT * FROM x",
    "WITH x AS (UPDATE users SET name = 'x' RETURNING *) SELECT * FROM x",
    "WITH x AS (SELECT 1) INSERT INTO users SELECT * FROM x",
    "WITH x AS (SELECT 1) DELETE FROM users",
    "WITH x AS (SELECT 1) UPDATE users SET name = 'x'",
    "SELECT * FROM (DELETE FROM users RETURNING *)",
    "SELECT (DELETE FROM users RETURNING _id)",
    "SELECT * INTO t FROM users",
    "SELECT * INTO OUTFILE '/tmp/quire-sql-test.csv' FROM users",
    "WITH x AS (SELECT * INTO t FROM users) SELECT 1",
    "SELECT * FROM users FOR UPDATE",
    "SELECT * FROM users FOR SHARE",
    "SELECT * FROM users SETTINGS a = 1",
    "SELECT * FROM users FORMAT CSV",
    "TABLE users",
    "SELECT 1; DROP TABLE users",
    "SELECT 1; SELECT 2",
    "DROP TABLE users; SELECT 1",
    "SELECT 1;; DELETE FROM users;",
    "/* SELECT */ DELETE FROM users",
    "-- SELECT\nDELETE FROM users",
    "SELECT @a",
    "SELECT @@version",
    "SELECT * FROM JSON_TABLE('[]', '$' COLUMNS (a INT PATH '$'))",
    "SELECT * FROM users PIVOT (count(*) FOR name IN ('a'))",
    "SELECT * FROM information_schema.df_settings",
];

fn users() -> Session {
    session(&[("users", &[r#"{"_id":"a","name":"Ada"}"#, r#"{"_id":"b","name":"Bob"}"#])])
}

#[test]
fn every_kind_of_statement_but_a_query_is_refused() {
    assert!(REFUSED.len() >= 60);
    let session = users();
    let seq = session.collections().unwrap().seq;
    for sql in REFUSED {
        let error = error(&session, sql);
        let expected = [Code::InvalidSql, Code::CollectionNotFound];
        let expected = if sql.contains("information_schema") { &expected[1..] } else { &expected[..1] };
        assert!(expected.contains(&error.code()), "{sql}: {error}");
    }
    let seen = session.collections().unwrap();
    assert_eq!(seen.seq, seq);
    assert_eq!(seen.value.len(), 1);
    assert_eq!(session.databases().unwrap().len(), 1);
    assert_eq!(ask(&session, "SELECT _id, name FROM users ORDER BY _id"), r#"["a","Ada"] ["b","Bob"]"#);
    assert!(!std::path::Path::new("/tmp/quire-sql-test.csv").exists());
}

#[test]
fn a_refusal_says_what_was_refused() {
    let session = users();
    for (sql, words) in [
        ("DELETE FROM users", "not DELETE FROM"),
        ("CREATE TABLE t (a INT)", "not CREATE TABLE"),
        ("EXPLAIN DELETE FROM users", "not DELETE FROM"),
        ("SELECT * INTO t FROM users", "not SELECT INTO"),
        ("SET a = 1", "not SET"),
        ("SHOW ALL", "not SHOW"),
        ("WITH x AS (SELECT 1) INSERT INTO users SELECT * FROM x", "not INSERT"),
    ] {
        let error = error(&session, sql);
        assert!(error.detail().contains("only queries") && error.detail().contains(words), "{sql}: {error}");
    }
}

#[test]
fn what_reads_is_allowed() {
    let session = users();
    for sql in [
        "SELECT 1",
        "(SELECT 1)",
        "SELECT 1 UNION SELECT 2",
        "WITH x AS (SELECT 1) SELECT * FROM x",
        "VALUES (1)",
        "FROM users SELECT name",
        "FROM users",
        "SELECT * FROM users |> WHERE name = 'Ada'",
        "EXPLAIN SELECT 1",
        "EXPLAIN VERBOSE SELECT 1",
        "EXPLAIN ANALYZE SELECT * FROM users",
        "DESCRIBE users",
        "DESC users",
        "SHOW TABLES",
        "SHOW COLUMNS FROM users",
        "SHOW COLUMNS IN users",
        "SELECT * FROM users WHERE name = 'DROP TABLE users'",
        "SELECT 'INSERT INTO users' AS \"DELETE FROM\"",
        "SELECT * FROM information_schema.columns",
        "SELECT * FROM information_schema.schemata",
    ] {
        crate::setup::rows(&session, sql);
    }
}
