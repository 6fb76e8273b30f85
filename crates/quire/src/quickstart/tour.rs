//! The tour: commands as a user types them, each with what the machine answered.
//!
//! What is shown is what is run: the same words go through the same parser into the same commands.

use std::ffi::OsString;

use quire_client::Database;

use crate::args;
use crate::commands::{self, Desk};
use crate::failure::Failure;

/// A stop of the tour: what it shows, and the words behind `quire`.
const STOPS: &[(&str, &[&str])] = &[
    (
        "Insert a document; its collection is made by it.",
        &["insert", "notes", r#"{"_id":"first","text":"taking the tour","tags":["new"]}"#],
    ),
    (
        "What came in 2024 or later to Safari, and is not in Firefox?",
        &[
            "find",
            "features",
            r#"{"debut.year":{"$gte":2024},"since.safari":{"$exists":true},"since.firefox":{"$exists":false}}"#,
            "--fields",
            "area,name,debut.date",
            "--sort",
            "-debut.date",
            "--limit",
            "5",
        ],
    ),
    (
        "How many features has each area, and how many are deprecated?",
        &[
            "sql",
            "SELECT area, count(*) AS features, count(*) FILTER (WHERE status.deprecated) AS deprecated \
         FROM features GROUP BY area ORDER BY features DESC",
        ],
    ),
    (
        "Which engine was first with the CSS of the years since 2020? A join.",
        &[
            "sql",
            "SELECT b.engine, count(*) AS firsts FROM features f JOIN browsers b ON f.debut.browser = b._id \
         WHERE f.area = 'css' AND f.debut.year >= 2020 GROUP BY b.engine ORDER BY firsts DESC",
        ],
    ),
    (
        "Change a part of a document. The answer names its new revision.",
        &["patch", "notes", "first", r#"{"text":"took the tour","tags":null}"#],
    ),
    ("And read it back.", &["get", "notes", "first"]),
];

/// Walks through all stops.
pub(super) async fn run(desk: &Desk, database: &Database) -> Result<(), Failure> {
    let folder = desk.settings.data.display().to_string();
    desk.output.text(&format!("\n$ export QUIRE_DATA={}", quoted(&folder)))?;
    for (about, words) in STOPS {
        desk.output.text(&format!("\n# {about}\n$ quire {}", line(words)))?;
        let typed = ["quire"].iter().chain(*words).map(OsString::from);
        let cli = args::parse(typed).map_err(|error| Failure::internal(error.to_string()))?;
        commands::dispatch(desk, database, cli.command).await?;
    }
    Ok(())
}

/// The words as a shell takes them.
fn line(words: &[&str]) -> String {
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    let is_plain = |sign: char| sign.is_ascii_alphanumeric() || "-_./,=:".contains(sign);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stop_can_be_typed() {
        for (_, words) in STOPS {
            args::parse(["quire"].iter().chain(*words).map(OsString::from)).unwrap();
        }
        assert_eq!(line(&["find", "c", "{\"a\":1}", "-a,b"]), "find c '{\"a\":1}' -a,b");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
