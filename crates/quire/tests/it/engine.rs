//! Settings of the engine and of the process: each has an effect and a range.

use crate::run::{Folder, Server, http};

/// The log files of the default database: name and bytes.
fn logs(folder: &Folder) -> Vec<(String, u64)> {
    let found = std::fs::read_dir(folder.data().join("databases/1")).unwrap().map(|entry| entry.unwrap());
    let named =
        found.map(|entry| (entry.file_name().into_string().unwrap(), entry.metadata().unwrap().len()));
    let mut logs: Vec<_> = named.filter(|(name, _)| name.ends_with(".log")).collect();
    logs.sort_unstable();
    logs
}

/// Checks that values at the ends of a range are taken, and that those beside them are not.
fn has_range(key: &str, taken: &[&str], refused: &[&str]) {
    let folder = Folder::new();
    let variable = format!("QUIRE_{}", key.to_uppercase());
    for value in taken {
        folder.command(&["collection", "create", "c"]).env(&variable, value).answer().exits(0);
        folder.file("s.toml", format!("{key} = {value}\n"));
        folder.quire(&["collection", "drop", "c", "--config", "s.toml"]).exits(0);
    }
    for value in refused {
        let said = folder.command(&["stats"]).env(&variable, value).answer().refused(2, "invalid_request");
        assert!(said.contains(&format!("{variable}: `{key}` is a whole number from")), "{said}");
        folder.file("s.toml", format!("{key} = {value}\n"));
        folder.quire(&["stats", "--config", "s.toml"]).refused(2, "invalid_request");
    }
}

#[test]
fn memtable_bytes_max_moves_fresh_documents_to_files_early() {
    let folder = Folder::new();
    let lines: String =
        (0..1_000).map(|n| format!("{{\"_id\":\"{n:06}\",\"t\":\"{}\"}}\n", "y".repeat(400))).collect();
    folder.file("c.ndjson", lines);
    folder.quire(&["import", "early", "c.ndjson"]).ok();
    assert_eq!(folder.quire(&["stats"]).json()["data_files"], 0);
    folder.command(&["import", "c", "c.ndjson"]).env("QUIRE_MEMTABLE_BYTES_MAX", "65536").answer().ok();
    assert_ne!(folder.quire(&["stats"]).json()["data_files"], 0, "fresh documents stayed in memory");
    assert_eq!(folder.quire(&["count", "c"]).ok(), "{\"count\":1000}\n");
    has_range("memtable_bytes_max", &["65536", "68719476736"], &["65535", "68719476737", "-1"]);
}

#[test]
fn log_bytes_max_is_where_log_files_stop_growing() {
    let written = |settings: &str| {
        let folder = Folder::new();
        folder.file("s.toml", settings);
        let serve = folder.command(&["serve", "--listen", "127.0.0.1:0", "--config", "s.toml"]);
        let server = Server::start_with(serve);
        let body = format!("{{\"t\":\"{}\"}}", "y".repeat(2_000));
        for _ in 0..250 {
            let documents = "/v1/databases/main/collections/c/documents";
            assert_eq!(http(&server.url, "POST", documents, &body).0, 201);
        }
        server.stop();
        let sizes: Vec<u64> = logs(&folder).iter().map(|(_, bytes)| *bytes).collect();
        assert!(sizes.iter().sum::<u64>() > 500_000, "{sizes:?}");
        assert_eq!(folder.quire(&["count", "c"]).ok(), "{\"count\":250}\n");
        sizes.into_iter().max().unwrap()
    };
    // Each file is twice as large as the one before, until they are as large as that.
    assert!(written("log_bytes_max = 65536\n") <= 65_536);
    assert!(written("") > 131_072);
    has_range("log_bytes_max", &["65536", "1073741824"], &["65535", "1073741825", "-1"]);
}

/// A folder whose log begins behind a checkpoint, with files that a checkpoint made needless. Opened again with these
/// settings it has so many of them left.
fn kept(settings: &[(&str, &str)]) -> usize {
    let folder = Folder::new();
    for id in 0..3 {
        folder.quire(&["insert", "c", &format!("{{\"_id\":\"{id}\"}}")]).ok();
    }
    folder.quire(&["checkpoint"]).ok();
    let before = logs(&folder);
    assert_eq!(before.len(), 3, "{before:?}");
    // The last file is the checkpoint's own.
    let run = |words: &[&str]| {
        let typed =
            settings.iter().fold(folder.command(words), |typed, (name, value)| typed.env(name, value));
        typed.answer().ok()
    };
    run(&["insert", "c", "{}"]);
    assert_eq!(run(&["count", "c"]), "{\"count\":4}\n");
    logs(&folder).iter().filter(|log| before[..2].contains(log)).count()
}

#[test]
fn changes_retain_ms_and_bytes_keep_log_below_the_checkpoint() {
    assert_eq!(kept(&[]), 2, "a day and a gigabyte are the defaults");
    assert_eq!(kept(&[("QUIRE_CHANGES_RETAIN_MS", "0")]), 0);
    assert_eq!(kept(&[("QUIRE_CHANGES_RETAIN_BYTES", "0")]), 0);
    // Files of about 150 bytes: there is room for the newer one.
    assert_eq!(kept(&[("QUIRE_CHANGES_RETAIN_BYTES", "200")]), 1);
    let ends = &["0", "9223372036854775807"];
    has_range("changes_retain_ms", ends, &["-1", "9223372036854775808"]);
    has_range("changes_retain_bytes", ends, &["-1", "9223372036854775808"]);
}

#[test]
fn memory_bytes_max_has_a_range_and_follows_the_machine_where_it_is_not_set() {
    has_range("memory_bytes_max", &["16777216", "17592186044416"], &["16777215", "17592186044417", "-1"]);
    let folder = Folder::new();
    folder.quire(&["insert", "c", "{}"]).ok();
    let stats = || folder.command(&["stats", "--output", "json"]);
    let set = stats().env("QUIRE_MEMORY_BYTES_MAX", "33554432").answer().json();
    assert_eq!(
        (&set["memory"]["bytes_max"], &set["cache"]["bytes_max"]),
        (&33_554_432.into(), &16_777_216.into())
    );
    let chosen = stats().answer().json()["memory"]["bytes_max"].as_u64().unwrap();
    let machine = std::fs::read_to_string("/proc/meminfo").unwrap();
    let total = machine.lines().find_map(|line| line.strip_prefix("MemTotal:")).unwrap();
    let total: u64 = total.trim().strip_suffix("kB").unwrap().trim().parse().unwrap();
    assert!(chosen >= 64 << 20 && chosen <= (64 << 20).max(total * 1024 / 5 * 3), "{chosen} of {total} KiB");
}

#[test]
fn the_process_takes_all_the_open_files_that_it_may_have() {
    let folder = Folder::new();
    folder.quire(&["insert", "c", "{}"]).ok();
    let script = r#"ulimit -S -n 40 && exec "$0" "$@""#;
    let words = ["serve", "--listen", "127.0.0.1:0", "--log", "debug"];
    let server = Server::start_with(folder.command_in_shell(script, &words));
    assert!(server.said.contains(r#""event":"open_files","open_files_max":"#), "{}", server.said);
    // Each database has its log open, so forty are more than forty files.
    for n in 0..40 {
        let (status, _, body) = http(&server.url, "PUT", &format!("/v1/databases/d{n}"), "");
        assert_eq!(status, 201, "{n}: {body}");
        let documents = format!("/v1/databases/d{n}/collections/c/documents");
        assert_eq!(http(&server.url, "POST", &documents, "{}").0, 201, "{n}");
    }
    server.stop();
}
