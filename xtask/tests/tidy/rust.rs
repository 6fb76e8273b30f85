//! Rules of a Rust file: words, lengths, the clock.

use crate::fixture::Fixture;

fn with_code(code: &str) -> Fixture {
    Fixture::with("crates/quire-wire/src/a.rs", &format!("//! A.\n\n{code}\n"))
}

#[test]
fn a_file_begins_with_what_it_is() {
    Fixture::with("crates/quire-wire/build.rs", "fn main() {}\n")
        .finds(&["crates/quire-wire/build.rs:1: begin the file with a `//!` that says what it is"]);
}

#[test]
fn a_line_has_120_columns_at_most() {
    with_code(&format!("// {}", "é".repeat(117))).finds(&[]);
    with_code(&format!("// {}", "é".repeat(118)))
        .finds(&["crates/quire-wire/src/a.rs:3: 121 columns; 120 is the limit"]);
}

#[test]
fn leftover_macros_fail() {
    with_code("fn a() { todo!() }\nfn b() { unimplemented!(\"b\") }\nfn c() { dbg!(1); }").finds(&[
        "crates/quire-wire/src/a.rs:3: `todo!` is a leftover",
        "crates/quire-wire/src/a.rs:4: `unimplemented!` is a leftover",
        "crates/quire-wire/src/a.rs:5: `dbg!` is a leftover",
    ]);
}

#[test]
fn markers_fail_in_comments_too() {
    let (first, second) = (concat!("FIX", "ME"), concat!("XX", "X"));
    with_code(&format!("// {first}: later\n// {second}\n// \\u{second}X")).finds(&[
        &format!("crates/quire-wire/src/a.rs:3: `{first}`: do it, or write it where work is planned"),
        &format!("crates/quire-wire/src/a.rs:4: `{second}`: do it, or write it where work is planned"),
    ]);
}

#[test]
fn a_muted_test_fails() {
    with_code("#[test]\n#[ignore = \"slow\"]\nfn a() {}")
        .finds(&["crates/quire-wire/src/a.rs:4: `#[ignore]`: a test runs, or it goes"]);
}

#[test]
fn only_the_binary_ends_the_process() {
    with_code("use std::process::{self, exit};").finds(&[
        "crates/quire-wire/src/a.rs:3: `process::exit` only in crates/quire/src/main.rs: elsewhere, return",
    ]);
    Fixture::with("crates/quire/src/main.rs", "//! A.\n\nfn main() {\n    std::process::exit(2);\n}\n")
        .finds(&[]);
}

#[test]
fn comments_and_strings_are_not_code() {
    with_code(
        "// todo!() and std::process::exit(1)\nconst A: &str = \"#[ignore] dbg!( \";\n/* axum::serve() */",
    )
    .finds(&[]);
}

#[test]
fn a_file_has_600_lines_at_most_outside_tests() {
    let lines = |count: usize| "// A line.\n".repeat(count);
    let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}", lines(700));
    with_code(&format!("{}{tests}", lines(598))).finds(&[]);
    with_code(&format!("{}{tests}", lines(599)))
        .finds(&["crates/quire-wire/src/a.rs:1: 601 lines outside tests; 600 is the limit: open a room"]);
    Fixture::with("crates/quire-wire/tests/a.rs", &format!("//! A.\n{}", lines(700))).finds(&[]);
}

#[test]
fn a_module_of_tests_at_the_top_hides_nothing_behind_it() {
    with_code("#[cfg(test)]\nmod tests;\n\nuse std::process::exit;").finds(&[
        "crates/quire-wire/src/a.rs:6: `process::exit` only in crates/quire/src/main.rs: elsewhere, return",
    ]);
    let code = format!("#[cfg(test)]\nmod tests;\n{}", "// A line.\n".repeat(600));
    with_code(&code)
        .finds(&["crates/quire-wire/src/a.rs:1: 605 lines outside tests; 600 is the limit: open a room"]);
}

#[test]
fn a_function_has_100_lines_at_most() {
    let body = |count: usize| format!("fn a(\n    b: [u8; 4],\n) {{\n{}}}", "    b();\n".repeat(count));
    with_code(&body(96)).finds(&[]);
    with_code(&body(97)).finds(&["crates/quire-wire/src/a.rs:3: `a` has 101 lines; 100 is the limit"]);
}

#[test]
fn the_engine_asks_its_clock() {
    let text = "//! A.\n\nuse std::time::{Instant, SystemTime};\n\nfn a() {\n    Instant::now();\n    \
                std::time::SystemTime::now();\n}\n";
    Fixture::with("crates/quire-engine/src/wal.rs", text).finds(&[
        "crates/quire-engine/src/wal.rs:6: `Instant::now` is banned in quire-engine: ask the `Clock`",
        "crates/quire-engine/src/wal.rs:7: `SystemTime::now` is banned in quire-engine: ask the `Clock`",
    ]);
    Fixture::with("crates/quire-engine/src/clock.rs", text).finds(&[]);
    Fixture::with("crates/quire-engine/src/clock/system.rs", text).finds(&[]);
}

#[test]
fn the_model_is_told_the_time() {
    let text = "//! A.\n\nfn a() {\n    std::time::Instant::now();\n}\n";
    Fixture::with("crates/quire-model/tests/a.rs", text).finds(&[
        "crates/quire-model/tests/a.rs:4: `Instant::now` is banned in quire-model: take the time as an argument",
    ]);
}
