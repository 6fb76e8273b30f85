//! Walls in the code: what a crate must not name.

use super::arrows::{KEPT, WALLS};
use super::paths::paths;
use super::report::Report;
use super::tree::Tree;

/// Holds every path that code names to [`KEPT`] and [`WALLS`].
///
/// A kept family is kept from tests too. A wall stands around what runs in production: a test of the model may read
/// its scripts from a file.
pub(crate) fn check(tree: &Tree, report: &mut Report) {
    for source in &tree.sources {
        let name = source.crate_name();
        for path in paths(&source.tokens) {
            for (family, keeper) in KEPT {
                let first = path.names.first().and_then(|first| first.split('_').next());
                if first == Some(*family) && name != *keeper {
                    report.add(&source.path, path.line, format!("only {keeper} may name `{family}`"));
                }
            }
            for (walled, wall, why) in WALLS {
                if name == *walled && path.is_within(wall) && source.is_production_line(path.line) {
                    report.add(&source.path, path.line, format!("{walled} must not name `{wall}`: {why}"));
                }
            }
        }
    }
}
