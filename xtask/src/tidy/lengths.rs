//! Small rooms: how long a file and a function may be.

use super::functions::functions;
use super::report::Report;
use super::source::Source;
use super::tree::Tree;

/// Lines of a file that run in production.
const FILE_LINES_MAX: usize = 600;

/// Lines of a function, from `fn` to its closing brace.
const FUNCTION_LINES_MAX: usize = 100;

/// Functions that read better in one piece: (file, function, why). A line that is no longer needed fails.
const LONG_FUNCTIONS: &[(&str, &str, &str)] = &[];

/// Holds every Rust file and every function to its length.
pub(crate) fn check(tree: &Tree, report: &mut Report) {
    for source in &tree.sources {
        let lines = source.production_lines();
        if lines > FILE_LINES_MAX {
            let message = format!("{lines} lines outside tests; {FILE_LINES_MAX} is the limit: open a room");
            report.add(&source.path, 1, message);
        }
        check_functions(source, report);
    }
}

fn check_functions(source: &Source, report: &mut Report) {
    let mut excused: Vec<&str> =
        LONG_FUNCTIONS.iter().filter(|(path, ..)| *path == source.path).map(|(_, name, _)| *name).collect();
    for function in functions(&source.tokens) {
        let lines = function.last_line + 1 - function.first_line;
        if lines <= FUNCTION_LINES_MAX {
            continue;
        }
        if let Some(at) = excused.iter().position(|name| *name == function.name) {
            excused.swap_remove(at);
            continue;
        }
        let message = format!("`{}` has {lines} lines; {FUNCTION_LINES_MAX} is the limit", function.name);
        report.add(&source.path, function.first_line, message);
    }
    for name in excused {
        report.add(
            &source.path,
            1,
            format!("`{name}` is no longer long; take it off the list of exceptions"),
        );
    }
}
