//! The tables: which crate may use which, and which module of the engine may use which.
//!
//! To allow a new arrow, add the name to its line here, with a word on why if it is not plain. Whatever is not in a
//! table fails, and so does a line about something that no longer exists.

/// One crate, and what it may name of ours.
pub struct CrateArrows {
    /// The crate, which is also its folder under `crates/` (`xtask` is at the root).
    pub name: &'static str,
    /// What its `[dependencies]` may name.
    pub uses: &'static [&'static str],
    /// What its `[dev-dependencies]` may name besides: testkit and itself always may.
    pub tests_use: &'static [&'static str],
}

const fn arrows(
    name: &'static str,
    uses: &'static [&'static str],
    tests_use: &'static [&'static str],
) -> CrateArrows {
    CrateArrows { name, uses, tests_use }
}

/// The crates of the workspace. A request goes down: client -> (HTTP) -> server -> query -> store -> engine.
#[rustfmt::skip]
pub const CRATES: &[CrateArrows] = &[
    arrows("quire-model", &[], &[]),
    arrows("quire-engine", &["quire-model"], &[]),
    arrows("quire-query", &["quire-model"], &[]),
    arrows("quire-wire", &[], &[]),
    // A server is tested over a real engine and through a real client, and a client against a real server.
    arrows("quire-server", &["quire-model", "quire-query", "quire-wire"], &["quire-engine", "quire-client"]),
    arrows("quire-client", &["quire-wire"], &["quire-model", "quire-engine", "quire-query", "quire-server"]),
    arrows("quiredb", &["quire-model", "quire-engine", "quire-query"], &["quire-wire"]),
    arrows(
        "quire",
        &["quire-model", "quire-engine", "quire-query", "quire-wire", "quire-server", "quire-client"],
        &["quiredb"],
    ),
    arrows("quire-testkit", &["quire-model"], &[]),
    arrows("quire-bench", &["quire-model", "quire-engine", "quire-query", "quire-testkit"], &[]),
    arrows("quire-drill", &["quire-model", "quire-engine", "quire-testkit"], &[]),
    arrows("xtask", &[], &[]),
];

/// What every crate's tests may use.
pub const TESTKIT: &str = "quire-testkit";

/// Crates that have no dependency at all, not even of others: a fresh clone's first `cargo xtask` starts at once.
pub const BARE: &[&str] = &["xtask"];

/// Families of outside crates that one crate of ours keeps to itself: (family, its only user).
pub const KEPT: &[(&str, &str)] = &[("datafusion", "quire-query"), ("axum", "quire-server")];

/// Paths that a crate's production code must not name: (crate, path, why).
pub const WALLS: &[(&str, &str, &str)] = &[
    ("quire-model", "std::fs", "the model does no I/O"),
    ("quire-model", "std::net", "the model does no I/O"),
    ("quire-model", "std::thread", "the model has no threads"),
    ("quire-model", "std::time::SystemTime", "the model has no clock"),
    ("quire-model", "std::time::Instant", "the model has no clock"),
    ("quire-client", "quire_model", "the client knows only the wire's types"),
];

/// Where the present time may not be read: (crate, the one module that may).
pub const CLOCKLESS: &[(&str, Option<&str>)] = &[("quire-engine", Some("clock")), ("quire-model", None)];

/// The crate whose modules [`MODULES`] lists.
pub const ENGINE: &str = "quire-engine";

/// The engine's top-level modules: (floor, module, neighbours).
///
/// A module may use every module on a lower floor, and of its own floor only the named neighbours. `wal`, `segment` and
/// `manifest` are three users of one log and never name one another.
#[rustfmt::skip]
pub const MODULES: &[(u8, &str, &[&str])] = &[
    (9, "lib", &[]),
    (8, "store", &[]),
    (7, "database", &[]),
    (6, "commit", &["snapshot"]), // for the error for an absent collection
    (6, "recover", &[]),
    (6, "snapshot", &[]),
    (6, "maintain", &["commit"]), // under memory pressure it freezes memtables
    (5, "checkpoint", &[]),
    (5, "compact", &[]),
    (5, "check", &[]), // beside what opens a folder: it trusts nothing that recovery makes of it
    (4, "output", &["state"]),
    (4, "retention", &["state"]),
    (4, "merge", &[]),
    (4, "state", &[]), // what the parts above share: it joins version, manifest and settings
    (3, "version", &[]),
    (3, "inspect", &[]), // one file at a time, of any kind
    (2, "wal", &[]),
    (2, "manifest", &[]),
    (2, "segment", &[]),
    (2, "registry", &[]),
    (2, "memtable", &[]),
    (2, "catalog", &[]),
    (1, "log", &[]),
    (1, "cache", &[]),
    (1, "facts", &[]), // what segment and manifest both say
    (1, "bitmap", &[]),
    (0, "codec", &[]),
    (0, "clock", &[]),
    (0, "disk", &["sync"]), // the simulated disk locks
    (0, "error", &[]),
    (0, "options", &[]),
    (0, "planted", &[]), // asked at the place of each planted bug
    (0, "sync", &[]),
];
