//! Arrows between crates, and the walls in their code.

use crate::fixture::{Fixture, manifest};

const ENGINE: &str = "crates/quire-engine/Cargo.toml";

fn with_tables(path: &str, name: &str, tables: &str) -> Fixture {
    Fixture::with(path, &manifest(name, tables))
}

#[test]
fn an_arrow_of_the_table_is_allowed() {
    with_tables(ENGINE, "quire-engine", "[dependencies]\nquire-model.workspace = true\n").finds(&[]);
}

#[test]
fn an_arrow_that_is_not_in_the_table_fails() {
    with_tables(ENGINE, "quire-engine", "[dependencies]\nquire-query.workspace = true\n")
        .finds(&["crates/quire-engine/Cargo.toml:4: quire-engine may not use `quire-query`: \
         the arrow is not in xtask/src/tidy/arrows.rs"]);
}

#[test]
fn tests_may_use_testkit_and_the_crate_itself() {
    let tables = "[dev-dependencies]\nquire-engine = { path = \".\" }\nquire-testkit.workspace = true\n";
    with_tables(ENGINE, "quire-engine", tables).finds(&[]);
}

#[test]
fn production_may_not_use_testkit() {
    with_tables(ENGINE, "quire-engine", "[dependencies]\nquire-testkit.workspace = true\n")
        .finds(&["crates/quire-engine/Cargo.toml:4: quire-engine may not use `quire-testkit`: \
         the arrow is not in xtask/src/tidy/arrows.rs"]);
}

#[test]
fn an_arrow_of_tests_that_is_not_in_the_table_fails() {
    with_tables(ENGINE, "quire-engine", "[dev-dependencies]\nquire-server.workspace = true\n")
        .finds(&["crates/quire-engine/Cargo.toml:4: quire-engine tests may not use `quire-server`: \
         the arrow is not in xtask/src/tidy/arrows.rs"]);
}

#[test]
fn a_crate_that_is_not_in_the_table_fails() {
    with_tables("crates/quire-new/Cargo.toml", "quire-new", "").finds(&[
        "crates/quire-new/Cargo.toml:1: crate `quire-new` is not in the table of xtask/src/tidy/arrows.rs",
    ]);
}

#[test]
fn a_line_of_the_table_without_its_crate_fails() {
    let fixture = Fixture::clean();
    fixture.remove_folder("crates/quire-wire");
    fixture
        .finds(&["xtask/src/tidy/arrows.rs:1: the table names the crate `quire-wire`, which does not exist"]);
}

#[test]
fn a_crate_in_a_folder_of_another_name_fails() {
    with_tables("crates/quire-wire/Cargo.toml", "quire-wires", "").finds(&[
        "crates/quire-wire/Cargo.toml:1: crate `quire-wires` is in the folder `quire-wire`; name them alike",
    ]);
}

#[test]
fn xtask_has_no_dependency() {
    with_tables("xtask/Cargo.toml", "xtask", "[dependencies]\nserde = \"1\"\n")
        .finds(&["xtask/Cargo.toml:4: xtask has no dependency at all, so not `serde`"]);
}

#[test]
fn a_family_stays_with_its_keeper() {
    with_tables(ENGINE, "quire-engine", "[dependencies]\ndatafusion-expr = \"1\"\naxum = \"1\"\n").finds(&[
        "crates/quire-engine/Cargo.toml:4: only quire-query may name `datafusion-expr`",
        "crates/quire-engine/Cargo.toml:5: only quire-server may name `axum`",
    ]);
    let keeper =
        with_tables("crates/quire-query/Cargo.toml", "quire-query", "[dependencies]\ndatafusion = \"1\"\n");
    keeper.write("crates/quire-query/src/sql.rs", "//! SQL.\n\nuse datafusion::prelude::*;\n");
    keeper.finds(&[]);
}

#[test]
fn a_family_is_not_named_in_code_elsewhere() {
    let text = "//! A.\n\nuse datafusion::prelude::*;\n\nfn a() {\n    axum::serve();\n}\n";
    Fixture::with("crates/quire-engine/tests/a.rs", text).finds(&[
        "crates/quire-engine/tests/a.rs:3: only quire-query may name `datafusion`",
        "crates/quire-engine/tests/a.rs:6: only quire-server may name `axum`",
    ]);
}

#[test]
fn the_model_does_no_io_and_has_no_clock() {
    let text = "//! A.\n\nuse std::{fs::File, net};\nuse std::time::{Duration, Instant};\n\nfn a() {\n    \
                std::thread::yield_now();\n}\n";
    Fixture::with("crates/quire-model/src/a.rs", text).finds(&[
        "crates/quire-model/src/a.rs:3: quire-model must not name `std::fs`: the model does no I/O",
        "crates/quire-model/src/a.rs:3: quire-model must not name `std::net`: the model does no I/O",
        "crates/quire-model/src/a.rs:4: quire-model must not name `std::time::Instant`: the model has no clock",
        "crates/quire-model/src/a.rs:7: quire-model must not name `std::thread`: the model has no threads",
    ]);
}

#[test]
fn a_wall_stands_around_production_only() {
    let text = "//! A.\n\n#[cfg(test)]\nmod tests {\n    use std::fs;\n}\n";
    let fixture = Fixture::with("crates/quire-model/src/a.rs", text);
    fixture.write("crates/quire-model/tests/a.rs", "//! A.\n\nuse std::fs;\n");
    fixture.finds(&[]);
}

#[test]
fn the_client_knows_no_model() {
    Fixture::with("crates/quire-client/src/a.rs", "//! A.\n\nuse quire_model::Document;\n")
        .finds(&["crates/quire-client/src/a.rs:3: quire-client must not name `quire_model`: \
         the client knows only the wire's types"]);
}
