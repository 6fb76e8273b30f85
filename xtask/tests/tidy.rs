//! The house rules hold for this tree, and each of them can fail.
//!
//! The rules are shown on a small clean tree with one violation each; `fixture.rs` makes it from tidy's own tables.

#[path = "tidy/arrows.rs"]
mod arrows;
#[path = "tidy/fixture.rs"]
mod fixture;
#[path = "tidy/modules.rs"]
mod modules;
#[path = "tidy/papers.rs"]
mod papers;
#[path = "tidy/rust.rs"]
mod rust;

use fixture::Fixture;

#[test]
fn the_tree_is_tidy() {
    let report = xtask::tidy::tidy(&xtask::root()).expect("the tree can be read");
    assert!(report.problems.is_empty(), "\n{report}\nrerun with: cargo xtask tidy");
}

#[test]
fn the_tree_is_formatted() {
    if let Err(said) = xtask::format::formatted(&xtask::root()) {
        panic!("{said}\nto format the tree: cargo fmt --all");
    }
}

#[test]
fn a_clean_tree_has_no_problem_and_one_line_says_so() {
    let report = Fixture::clean().report();
    assert_eq!(report.to_string(), format!("tidy: {} files, no problem", report.files));
    assert!(report.files > 20, "every crate of the table has files: {report}");
}

#[test]
fn every_problem_is_shown_with_its_place() {
    let fixture = Fixture::clean();
    fixture.write("crates/quire-wire/src/a.rs", "//! A.\n\nfn a() {\n    dbg!(1);\n}\n");
    fixture.write("crates/quire-wire/src/b.rs", "fn b() {}\n");
    let report = fixture.report();
    let expected = "crates/quire-wire/src/a.rs:4: `dbg!` is a leftover\n\
                    crates/quire-wire/src/b.rs:1: begin the file with a `//!` that says what it is\n";
    assert_eq!(report.to_string(), format!("{expected}tidy: {} files, 2 problems", report.files));
}
