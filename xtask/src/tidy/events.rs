//! Events of the log: each has a name, and `docs/logs.md` tells what it says.

use super::report::Report;
use super::tree::Tree;

/// The page that lists the events: a table whose first column names them.
const PAGE: &str = "docs/logs.md";

/// The macros that log.
const MACROS: &[&str] =
    &["tracing::error!(", "tracing::warn!(", "tracing::info!(", "tracing::debug!(", "tracing::trace!("];

/// How a name begins in the source.
const NAMED: &str = "event = \"";

/// Holds the source to the page, and the page to the source.
pub(crate) fn check(tree: &Tree, report: &mut Report) {
    let page = tree.paper(PAGE).map_or("", |paper| &paper.text);
    let listed = listed(page);
    let mut logged: Vec<String> = Vec::new();
    for source in tree.sources.iter().filter(|source| source.path.starts_with("crates/")) {
        let lines: Vec<&str> = source.text.lines().collect();
        for (index, line) in
            lines.iter().enumerate().filter(|(index, _)| source.is_production_line(index + 1))
        {
            if MACROS.iter().any(|name| line.contains(name)) && name_in(line, lines.get(index + 1)).is_none()
            {
                report.add(&source.path, index + 1, "what is logged has no `event = \"NAME\"`");
            }
            if let Some(name) = name(line) {
                if !listed.iter().any(|(_, known)| *known == name) {
                    report.add(&source.path, index + 1, format!("the event `{name}` is not in {PAGE}"));
                }
                logged.push(name.to_string());
            }
        }
    }
    for (line, name) in listed {
        if !logged.iter().any(|known| known == name) {
            report.add(PAGE, line, format!("nothing logs the event `{name}`"));
        }
    }
}

/// The name on the macro's own line, or on the next where that is full.
fn name_in<'a>(line: &'a str, next: Option<&&'a str>) -> Option<&'a str> {
    name(line).or_else(|| name(next?).filter(|_| line.trim_end().ends_with('(')))
}

fn name(line: &str) -> Option<&str> {
    let (_, behind) = line.split_once(NAMED)?;
    behind.split('"').next()
}

/// Every name in the first column of the page's table, and its line.
fn listed(page: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (index, line) in page.lines().enumerate() {
        let Some(first) = line.strip_prefix("| `").and_then(|rest| rest.split('|').next()) else { continue };
        // Every second piece between back quotes is a name; the first one was opened already.
        found.extend(
            first.split('`').step_by(2).filter(|name| !name.trim().is_empty()).map(|name| (index + 1, name)),
        );
    }
    found
}
