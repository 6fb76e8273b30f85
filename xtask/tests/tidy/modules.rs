//! Arrows between the engine's modules.

use crate::fixture::Fixture;

fn with_module(path: &str, code: &str) -> Fixture {
    Fixture::with(&format!("crates/quire-engine/src/{path}"), &format!("//! A module.\n\n{code}\n"))
}

#[test]
fn a_module_may_use_what_is_below_it_and_itself() {
    with_module(
        "wal/reader.rs",
        "use crate::log::{Log, Record};\nuse crate::wal::Wal;\nuse super::Wal as W;",
    )
    .finds(&[]);
}

#[test]
fn the_root_may_name_everything() {
    with_module("lib.rs", "pub use crate::store::Store;\nuse database::Database;").finds(&[]);
}

#[test]
fn an_arrow_up_fails() {
    with_module("log/writer.rs", "fn a() {\n    crate::wal::open();\n}")
        .finds(&["crates/quire-engine/src/log/writer.rs:4: `log` may not use `wal`: \
         the arrow is not in xtask/src/tidy/arrows.rs"]);
}

#[test]
fn wal_segment_and_manifest_never_name_one_another() {
    with_module("wal.rs", "use crate::{log::Log, segment::{self, Segment}, manifest};").finds(&[
        "crates/quire-engine/src/wal.rs:3: `wal` may not use `manifest`: the arrow is not in xtask/src/tidy/arrows.rs",
        "crates/quire-engine/src/wal.rs:3: `wal` may not use `segment`: the arrow is not in xtask/src/tidy/arrows.rs",
        "crates/quire-engine/src/wal.rs:3: `wal` may not use `segment`: the arrow is not in xtask/src/tidy/arrows.rs",
    ]);
}

#[test]
fn climbing_by_super_is_an_arrow_too() {
    with_module(
        "segment/rows/block.rs",
        "use super::super::super::manifest::Edit;\nuse super::super::index::Index;",
    )
    .finds(&["crates/quire-engine/src/segment/rows/block.rs:3: `segment` may not use `manifest`: \
             the arrow is not in xtask/src/tidy/arrows.rs"]);
}

#[test]
fn a_module_that_is_not_in_the_table_fails_once() {
    let fixture = with_module("cellar.rs", "use crate::store::Store;");
    fixture.write("crates/quire-engine/src/cellar/shelf.rs", "//! A shelf.\n");
    fixture.finds(&[
        "crates/quire-engine/src/cellar.rs:1: module `cellar` is not in the table of xtask/src/tidy/arrows.rs; \
         give it a floor there",
    ]);
}

#[test]
fn a_line_of_the_table_without_its_module_fails() {
    let fixture = Fixture::clean();
    std::fs::remove_file(fixture.root.join("crates/quire-engine/src/wal.rs")).expect("the module is there");
    fixture.finds(&[
        "xtask/src/tidy/arrows.rs:1: the table names the module `wal`, which quire-engine does not have",
    ]);
}

#[test]
fn a_name_from_the_root_fails() {
    with_module("wal.rs", "use crate::Engine;").finds(&[
        "crates/quire-engine/src/wal.rs:3: `Engine` is no module in the table of xtask/src/tidy/arrows.rs; \
         if it comes from the crate's root, name the module that owns it",
    ]);
}

#[test]
fn tests_may_use_everything() {
    let fixture = with_module("wal.rs", "#[cfg(test)]\nmod tests {\n    use crate::store::Store;\n}");
    fixture.write("crates/quire-engine/src/log/tests.rs", "//! Tests.\n\nuse crate::store::Store;\n");
    fixture.finds(&[]);
}
