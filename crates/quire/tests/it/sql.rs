//! `sql`.

use crate::run::Folder;

fn people() -> Folder {
    let folder = Folder::new();
    let lines = "{\"_id\":\"ada\",\"born\":1815,\"o\":{\"k\":[1,2]}}\n{\"_id\":\"bob\",\"born\":1900}\n";
    folder.command(&["insert", "people"]).input(lines).answer().ok();
    folder
}

#[test]
fn rows_come_in_every_format() {
    let folder = people();
    let sql = "SELECT _id, born, o FROM people ORDER BY _id";
    let run = |format: &str| folder.quire(&["sql", sql, "--output", format]).ok();
    let rows =
        "{\"_id\":\"ada\",\"born\":1815,\"o\":{\"k\":[1,2]}}\n{\"_id\":\"bob\",\"born\":1900,\"o\":null}\n";
    assert_eq!(run("ndjson"), rows);
    assert_eq!(run("json"), format!("[\n{}\n]\n", rows.trim().replace("}\n{", "},\n{")));
    assert_eq!(run("csv"), "_id,born,o\nada,1815,\"{\"\"k\"\":[1,2]}\"\nbob,1900,\n");
    let table = run("table");
    assert!(table.contains("│ _id ┆ born ┆ o"), "{table}");
    // Columns are known without a row.
    let none = folder.quire(&["sql", "SELECT _id AS a FROM people WHERE false", "--output", "csv"]).ok();
    assert_eq!(none, "a\n");
}

#[test]
fn parameters_are_scalars_or_strings() {
    let folder = people();
    let sql = "SELECT _id FROM people WHERE born > $1 AND _id <> $2";
    let out = folder.quire(&["sql", sql, "-p", "1000", "-p", "bob"]).ok();
    assert_eq!(out, "{\"_id\":\"ada\"}\n");
    let sql = "SELECT ? AS a, ? AS b, ? AS c";
    let out = folder.quire(&["sql", sql, "-p", "-7", "--param", "true", "-p", "\"7\""]).ok();
    assert_eq!(out, "{\"a\":-7,\"b\":true,\"c\":\"7\"}\n");
}

#[test]
fn what_is_no_query_is_refused() {
    let folder = people();
    for sql in ["SELEKT 1", "SELECT nothing(1)", "DROP TABLE people", "COPY people TO 'x'"] {
        folder.quire(&["sql", sql]).refused(1, "invalid_sql");
    }
}
