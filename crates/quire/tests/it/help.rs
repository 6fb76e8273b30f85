//! The help, and that everything in it exists.

use std::collections::BTreeSet;

use crate::run::Folder;

fn help(folder: &Folder, words: &[&str]) -> String {
    let typed: Vec<&str> = words.iter().chain(&["--help"]).copied().collect();
    folder.quire(&typed).ok()
}

/// The commands that a help lists.
fn commands(help: &str) -> Vec<String> {
    let listed = help.split("Options:").next().unwrap_or_default();
    let name = |line: &str| {
        let rest = line.strip_prefix("  ")?;
        let name = rest.split(' ').next()?;
        (!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase())).then(|| name.to_owned())
    };
    listed.lines().skip_while(|line| !line.starts_with("Usage")).filter_map(name).collect()
}

/// The flags that a help lists.
fn flags(help: &str) -> BTreeSet<String> {
    let listed = help.lines().filter(|line| line.trim_start().starts_with('-'));
    let flag = |line: &str| {
        let at = line.find("--")?;
        let rest = &line[at + 2..];
        let end = rest.find(|sign: char| !(sign.is_ascii_lowercase() || sign == '-')).unwrap_or(rest.len());
        Some(rest[..end].to_owned())
    };
    listed.filter_map(flag).filter(|flag| !flag.is_empty()).collect()
}

/// One line for each command and each of its own flags, such as a user would type it.
const TYPED: &[(&[&str], i32)] = &[
    (&["quickstart", "--no-serve", "--listen", "127.0.0.1:0", "--data", "tour"], 0),
    (&["serve", "--listen", "0.0.0.0:0", "--socket", "s"], 2),
    (&["serve", "--insecure-no-auth", "--listen", "nowhere"], 2),
    (&["insert", "c", "{\"_id\":\"a\"}", "--idempotency-key", "k"], 0),
    (&["get", "c", "a"], 0),
    (&["replace", "c", "a", "{}", "--if-rev", "1"], 0),
    (&["patch", "c", "a", "{\"n\":1}", "--if-rev", "2"], 0),
    (&["find", "c", "{}", "--sort", "-n", "--fields", "n", "--limit", "5"], 0),
    (&["find", "c", "--cursor", "nonsense"], 1),
    (&["count", "c", "{}"], 0),
    (&["sql", "SELECT $1 AS n", "--param", "1"], 0),
    (&["import", "c", "in.ndjson", "--on-error", "skip", "--replace"], 0),
    (&["export", "c", "out.json", "--format", "array", "--with-rev"], 0),
    (&["collection", "create", "d"], 0),
    (&["collection", "list"], 0),
    (&["collection", "drop", "d"], 0),
    (&["db", "create", "e"], 0),
    (&["db", "list"], 0),
    (&["db", "drop", "e"], 0),
    (&["stats", "--quiet", "--log", "warn", "--db", "main", "--data", "data", "--config", "c.toml"], 0),
    (&["checkpoint", "--output", "csv"], 0),
    (&["check"], 0),
    (&["inspect", "wal", "data/databases/1/wal-00000001.log", "--documents"], 0),
    (&["inspect", "segment", "none.seg", "--rows"], 4),
    (&["inspect", "manifest", "data/registry"], 0),
    (&["delete", "c", "a", "--if-rev", "3"], 0),
    (&["version"], 0),
    (&["stats", "--url", "unix:none"], 4),
];

/// Commands that are followed by what to do.
const WITH_ACTIONS: &[&str] = &["collection", "db", "inspect"];

/// Commands and flags that do not exist, or do nothing.
#[test]
fn trap_31_every_command_and_flag_of_the_help_can_be_typed() {
    let folder = Folder::new();
    folder.file("in.ndjson", "{\"_id\":\"z\"}\n");
    folder.file("c.toml", "db = \"main\"\n");
    for (words, code) in TYPED {
        folder.quire(words).exits(*code);
    }
    let top = help(&folder, &[]);
    let (mut typed_commands, mut typed_flags) = (BTreeSet::new(), BTreeSet::new());
    for (words, _) in TYPED {
        typed_commands.insert(words[0].to_owned());
        typed_flags.extend(words.iter().filter_map(|word| word.strip_prefix("--")).map(str::to_owned));
        if WITH_ACTIONS.contains(&words[0]) {
            typed_commands.insert(format!("{} {}", words[0], words[1]));
        }
    }
    let mut listed_flags = flags(&top);
    for command in commands(&top) {
        assert!(typed_commands.contains(&command), "`{command}` is listed and never typed");
        let text = help(&folder, &[&command]);
        assert!(text.contains("Examples:"), "{command}: {text}");
        listed_flags.extend(flags(text.split("Examples:").next().unwrap()));
        if WITH_ACTIONS.contains(&command.as_str()) {
            for action in commands(&text) {
                assert!(typed_commands.contains(&format!("{command} {action}")), "{command} {action}");
                listed_flags.extend(flags(&help(&folder, &[&command, &action])));
            }
        }
    }
    assert!(commands(&top).len() >= 16, "{top}");
    for flag in listed_flags.iter().filter(|flag| !["help", "version"].contains(&flag.as_str())) {
        assert!(typed_flags.contains(flag), "`--{flag}` is listed and never typed");
    }
}

#[test]
fn the_help_groups_the_commands_and_names_the_exit_codes() {
    let folder = Folder::new();
    for words in [&["--help"][..], &["-h"]] {
        let text = folder.quire(words).ok();
        for part in ["Start:", "One document:", "Queries:", "Many documents:", "Definitions:", "Operation:"] {
            assert!(text.contains(part), "{part} is missing in {text}");
        }
        assert!(text.contains("3 damage found") && text.contains(r#"'{"born":{"$lt":1900}}'"#), "{text}");
    }
    // Without a command the help comes, as wrong usage.
    assert!(folder.quire(&[]).exits(2).err().contains("One document:"));
}

#[test]
fn the_help_of_serve_lists_the_settings() {
    let text = help(&Folder::new(), &["serve"]);
    for key in
        ["page_size_max [default: 10000]", "memtable_bytes_max", "hosts_allowed", "QUIRE_QUERY_TIMEOUT_MS"]
    {
        assert!(text.contains(key), "{key} is missing in {text}");
    }
}
