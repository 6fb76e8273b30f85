//! The help that teaches: commands in groups, and examples for each.

use std::fmt::Write;

use clap::Command;

/// The groups of `quire --help`. A command that is missing here, or does not exist, fails a test.
const GROUPS: &[(&str, &[&str])] = &[
    ("Start", &["quickstart", "serve"]),
    ("One document", &["insert", "get", "replace", "patch", "delete"]),
    ("Queries", &["find", "count", "sql"]),
    ("Many documents", &["import", "export"]),
    ("Definitions", &["collection", "db"]),
    ("Operation", &["stats", "checkpoint", "check", "inspect", "version"]),
];

const HOW: &str = "\
How a command reaches the data:
  1. --url, where it is given;
  2. otherwise the server that holds the data folder, over its socket;
  3. otherwise it opens the data folder itself.

Exit codes:
  0 done   1 refused, or not found   2 wrong usage   3 damage found
  4 the data or the server cannot be reached

Examples:
  quire quickstart
  quire insert people '{\"_id\":\"ada\",\"born\":1815}'
  quire find people '{\"born\":{\"$lt\":1900}}' --sort -born
  quire sql 'SELECT count(*) AS people FROM people'

Each command has more: quire COMMAND --help";

/// The command line with its commands listed in groups.
pub(crate) fn grouped(command: Command) -> Command {
    let mut list = String::new();
    let width = command.get_subcommands().map(|known| known.get_name().len()).max().unwrap_or_default();
    for (heading, names) in GROUPS {
        // Writing into a String cannot fail.
        writeln!(list, "{heading}:").ok();
        for name in *names {
            let about = command.find_subcommand(name).and_then(Command::get_about);
            let about = about.map(ToString::to_string).unwrap_or_default();
            writeln!(list, "  {name:width$}  {about}").ok();
        }
        list.push('\n');
    }
    let settings = format!("{SERVE}\n\n{}", crate::settings::listing());
    let command = command.mut_subcommand("serve", |serve| serve.after_long_help(settings));
    // Examples hold braces, so they come in through a tag: in the template itself they would be tags.
    command.after_help(HOW).help_template(format!(
        "{{about}}\n\n{{usage-heading}} {{usage}}\n\n{list}Options:\n{{options}}{{after-help}}\n"
    ))
}

pub(super) const QUICKSTART: &str = "\
Imports two collections about browsers and what they support into ./quire-quickstart (or --data), shows an insert,
a find, SQL and a patch on them as commands that you can type, and then serves the folder.

Examples:
  quire quickstart
  quire quickstart --no-serve
  quire quickstart --data /tmp/tour --listen 127.0.0.1:0";

const SERVE: &str = "\
Stops on SIGTERM and SIGINT after the requests under way; a second signal stops at once.
Limits are set in the settings file or by QUIRE_ variables of the same names, such as QUIRE_QUERY_TIMEOUT_MS.

Examples:
  quire serve
  quire serve --data /var/lib/quire --listen 127.0.0.1:9000
  quire serve --listen none --socket /run/quire.sock
  curl http://127.0.0.1:7878/health/ready";

pub(super) const INSERT: &str = "\
Examples:
  quire insert people '{\"_id\":\"ada\",\"born\":1815}'
  quire insert people '{\"name\":\"no _id, so one is made\"}'
  quire insert orders '{\"item\":\"lamp\"}' --idempotency-key order-17
  printf '{\"_id\":\"a\"}\\n{\"_id\":\"b\"}\\n' | quire insert people";

pub(super) const GET: &str = "\
Examples:
  quire get people ada
  quire get people ada --output json";

pub(super) const REPLACE: &str = "\
Examples:
  quire replace people ada '{\"born\":1815,\"field\":\"mathematics\"}'
  quire replace people ada '{\"born\":1815}' --if-rev 7
  quire replace people ada - < ada.json";

pub(super) const PATCH: &str = "\
A field given as null is removed, an object is merged, anything else takes the field's place (RFC 7396).

Examples:
  quire patch people ada '{\"field\":\"mathematics\"}'
  quire patch people ada '{\"field\":null}' --if-rev 7
  quire patch people ada '{\"field\":\"logic\"}' --idempotency-key 2f9c1d";

pub(super) const DELETE: &str = "\
Examples:
  quire delete people ada
  quire delete people ada --if-rev 7";

pub(super) const FIND: &str = "\
Operators: $eq $ne $gt $gte $lt $lte $in $nin $and $or $nor $not $exists $type $regex $all $elemMatch $size.
Where a limit cuts the result, the cursor of the rest is printed to standard error.

Examples:
  quire find people
  quire find people '{\"born\":{\"$gte\":1800},\"tags\":\"red\"}' --sort -born,name --limit 10
  quire find people '{\"name\":{\"$regex\":\"^A\"}}' --fields name,address.city --output csv";

pub(super) const COUNT: &str = "\
Examples:
  quire count people
  quire count people '{\"born\":{\"$exists\":false}}'";

pub(super) const SQL: &str = "\
Collections are tables, top-level fields are columns, nested objects are structs and arrays lists.

Examples:
  quire sql 'SELECT _id, born FROM people ORDER BY born LIMIT 3'
  quire sql 'SELECT area, count(*) AS n FROM features GROUP BY area' --output csv
  quire sql 'SELECT _id FROM people WHERE born > $1 AND name = $2' -p 1800 -p Ada";

pub(super) const IMPORT: &str = "\
Refused documents are reported as FILE:LINE: reason [code]. _rev is ignored. The exit code is 1 when any was refused.

Examples:
  quire import people people.ndjson
  quire import people people.json.gz --on-error skip
  curl https://example.org/people.ndjson | quire import people - --replace";

pub(super) const EXPORT: &str = "\
Documents stand in the order of their _id, as one moment saw them, with every digit as it was stored.

Examples:
  quire export people > people.ndjson
  quire export people people.ndjson.gz
  quire export people people.json --format array --with-rev";

pub(super) const COLLECTION: &str = "\
Examples:
  quire collection list
  quire collection create people
  quire collection drop people";

pub(super) const DB: &str = "\
Every command takes --db NAME to work in a database; `main` always exists.

Examples:
  quire db list
  quire db create staging
  quire db drop staging";

pub(super) const STATS: &str = "\
A table shows the server's memory and cache, then each database; --output json gives everything, and csv and ndjson
give the databases.

Examples:
  quire stats
  quire stats --output json";

pub(super) const CHECKPOINT: &str = "\
Works on every database, or on the one that --db names.

Examples:
  quire checkpoint
  quire checkpoint --db main";

pub(super) const CHECK: &str = "\
Reads everything in the folder of --data and changes nothing: every file, block, row and record, their checksums, that
what is derived from rows is what the rows make of it, and that no commit since the checkpoint is missing. No
server may have the folder open. The exit code is 0 when it is healthy and 3 when something is damaged; notes are no
damage.

Examples:
  quire check
  quire check --data /var/lib/quire --output json
  quire check --output ndjson | grep damage";

pub(super) const INSPECT: &str = "\
Needs nothing but the file. Damage is shown where it stands, the rest goes on, and the exit code is 3.

Examples:
  quire inspect wal quire-data/databases/1/wal-00000001.log --documents
  quire inspect segment quire-data/databases/1/segment-00000001.seg --rows
  quire inspect manifest quire-data/databases/1/current";

pub(super) const VERSION: &str = "\
Examples:
  quire version
  quire version --output json";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_in_one_group_and_has_examples() {
        let command = super::super::command();
        let mut listed: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        let mut known: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
        listed.sort_unstable();
        known.sort_unstable();
        assert_eq!(listed, known);
        for sub in command.get_subcommands() {
            let help = sub.get_after_long_help().map(ToString::to_string).unwrap_or_default();
            let examples =
                help.lines().filter(|line| line.contains(&format!("quire {}", sub.get_name()))).count();
            assert!(examples >= 2, "{} has {examples} examples", sub.get_name());
        }
    }

    #[test]
    fn every_example_is_a_command_that_parses() {
        let helps = super::super::command();
        let subs = helps.get_subcommands().filter_map(|sub| sub.get_after_long_help());
        let texts: Vec<String> = subs.chain(helps.get_after_help()).map(ToString::to_string).collect();
        let mut parsed = 0;
        for line in texts.iter().flat_map(|text| text.lines()) {
            let typed = line.strip_prefix("  ").unwrap_or_default();
            let typed = typed.split_once("| ").map_or(typed, |(_, behind)| behind);
            let Some(example) = typed.strip_prefix("quire ") else { continue };
            let words = words(example);
            if words.iter().any(|word| word == "quickstart" || word.is_empty()) || line.contains("COMMAND") {
                continue;
            }
            let typed = std::iter::once("quire".to_owned()).chain(words);
            let read = super::super::parse(typed.map(std::ffi::OsString::from));
            assert!(read.is_ok(), "{line}: {}", read.unwrap_err());
            parsed += 1;
        }
        assert!(parsed > 30, "only {parsed} examples were found");
    }

    /// Splits a line as a shell does, as far as the examples need it.
    fn words(line: &str) -> Vec<String> {
        let mut words = vec![String::new()];
        let mut quoted = false;
        for sign in line.chars() {
            match sign {
                '\'' => quoted = !quoted,
                ' ' if !quoted => words.push(String::new()),
                '<' | '>' if !quoted => break,
                _ => words.last_mut().unwrap().push(sign),
            }
        }
        words.retain(|word| !word.is_empty());
        words
    }

    #[test]
    fn the_help_lists_the_groups() {
        let help = super::super::command().render_long_help().to_string();
        for (heading, _) in GROUPS {
            assert!(help.contains(&format!("{heading}:\n")), "{help}");
        }
    }
}
