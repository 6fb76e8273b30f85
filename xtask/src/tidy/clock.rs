//! Time comes from the engine's clock, so that a test can set it and a run can be repeated.

use super::arrows::CLOCKLESS;
use super::paths::paths;
use super::report::Report;
use super::source::Source;
use super::tree::Tree;

/// Finds every reading of the present time where none belongs, tests included.
pub(crate) fn check(tree: &Tree, report: &mut Report) {
    for source in &tree.sources {
        let rule = CLOCKLESS.iter().find(|(name, _)| *name == source.crate_name());
        let Some((name, home)) = rule else { continue };
        if home.is_some_and(|home| is_module(source, home)) {
            continue;
        }
        for path in paths(&source.tokens) {
            for clock in ["SystemTime", "Instant"] {
                if path.ends_with(&[clock, "now"]) {
                    let instead = home.map_or("take the time as an argument", |_| "ask the `Clock`");
                    let message = format!("`{clock}::now` is banned in {name}: {instead}");
                    report.add(&source.path, path.line, message);
                }
            }
        }
    }
}

fn is_module(source: &Source, home: &str) -> bool {
    source.module().is_some_and(|names| names.first() == Some(&home))
}
