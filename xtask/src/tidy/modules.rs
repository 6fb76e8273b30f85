//! Arrows between the modules of the engine, as its `crate::` and `super::` paths draw them.

use std::collections::BTreeSet;

use super::arrows::{ENGINE, MODULES};
use super::paths::{NamedPath, paths};
use super::report::Report;
use super::source::Source;
use super::tree::Tree;

const TABLE: &str = "xtask/src/tidy/arrows.rs";

/// Holds the engine's production code to the table of floors, and the table to the code.
pub(crate) fn check(tree: &Tree, report: &mut Report) {
    let mut seen = BTreeSet::new();
    for source in tree.sources.iter().filter(|source| source.crate_name() == ENGINE && source.is_production())
    {
        let Some(module) = source.module() else { continue };
        let [own, ..] = module[..] else { continue };
        let is_new = seen.insert(own);
        match line_of(own) {
            Some(line) => check_source(source, module.len(), line, report),
            None if is_new => {
                let message = format!("module `{own}` is not in the table of {TABLE}; give it a floor there");
                report.add(&source.path, 1, message);
            }
            None => {}
        }
    }
    for (_, name, _) in MODULES.iter().filter(|(_, name, _)| !seen.contains(name)) {
        report.add(TABLE, 1, format!("the table names the module `{name}`, which {ENGINE} does not have"));
    }
}

type Line = (u8, &'static str, &'static [&'static str]);

fn line_of(module: &str) -> Option<Line> {
    MODULES.iter().find(|(_, name, _)| *name == module).copied()
}

fn check_source(source: &Source, depth: usize, own: Line, report: &mut Report) {
    let (floor, name, neighbours) = own;
    // `lib.rs` is the root itself; whatever it names is below it.
    if name == "lib" {
        return;
    }
    for path in paths(&source.tokens) {
        let Some(target) = top_level(&path, depth).filter(|target| *target != name) else { continue };
        if !source.is_production_line(path.line) {
            continue;
        }
        match line_of(target) {
            Some((below, ..)) if below < floor || neighbours.contains(&target) => {}
            Some(_) => {
                let message = format!("`{name}` may not use `{target}`: the arrow is not in {TABLE}");
                report.add(&source.path, path.line, message);
            }
            None => {
                let message = format!(
                    "`{target}` is no module in the table of {TABLE}; if it comes from the crate's root, \
                     name the module that owns it"
                );
                report.add(&source.path, path.line, message);
            }
        }
    }
}

/// The top-level module that `path` goes to, seen from a module `depth` below the root. None where the path does not
/// go through the root.
fn top_level<'a>(path: &NamedPath<'a>, depth: usize) -> Option<&'a str> {
    let names = &path.names;
    if names.first() == Some(&"crate") {
        return names.get(1).copied();
    }
    let climbs = names.iter().take_while(|name| **name == "super").count();
    (climbs == depth).then(|| names.get(climbs).copied()).flatten()
}
