//! Links between papers: a relative link points to a file of the repository.

use super::report::Report;
use super::tree::Tree;

/// Signs that open a link's target: Markdown's own, and HTML's inside Markdown.
const OPENINGS: &[(&str, char)] = &[("](", ')'), ("src=\"", '"'), ("href=\"", '"')];

/// Holds the Markdown at the root, of `docs` and of `samples` to their links.
pub(crate) fn check(tree: &Tree, report: &mut Report) {
    for paper in tree.papers.iter().filter(|paper| is_checked(&paper.path)) {
        for (line, target) in targets(&paper.text) {
            if is_elsewhere(&target) {
                continue;
            }
            match resolve(&paper.path, &target) {
                Some(path) if exists(tree, &path) => {}
                _ => report.add(&paper.path, line, format!("the link `{target}` leads to no file")),
            }
        }
    }
}

fn is_checked(path: &str) -> bool {
    let in_papers = !path.contains('/') || path.starts_with("docs/") || path.starts_with("samples/");
    path.ends_with(".md") && in_papers
}

/// Another site, an address, or a place on the same page.
fn is_elsewhere(target: &str) -> bool {
    target.contains("://") || target.starts_with("mailto:") || target.starts_with('#') || target.is_empty()
}

/// Every link's target and its line, outside code.
fn targets(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut is_code = false;
    for (index, line) in text.lines().enumerate() {
        let trimmed = line.trim_start();
        if trimmed.starts_with("```") || trimmed.starts_with("~~~") {
            is_code = !is_code;
        }
        if is_code {
            continue;
        }
        // Every second piece between back quotes is code.
        let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
        for (opening, close) in OPENINGS {
            for behind in prose.split(opening).skip(1) {
                found.push((index + 1, cleaned(behind.split(*close).next().unwrap_or(behind))));
            }
        }
        found.extend(reference(trimmed).map(|target| (index + 1, cleaned(target))));
    }
    found
}

/// The target of `[name]: target` on a line of its own. A footnote, `[^1]: words`, has none.
fn reference(line: &str) -> Option<&str> {
    let (name, behind) = line.strip_prefix('[')?.split_once(']')?;
    if name.starts_with('^') { None } else { behind.strip_prefix(": ") }
}

/// A target without its title, its angle brackets and the place on the page.
fn cleaned(target: &str) -> String {
    let target = target.trim();
    let bare = match target.strip_prefix('<') {
        Some(rest) => rest.split('>').next().unwrap_or(rest),
        None => target.split_whitespace().next().unwrap_or(target),
    };
    let page = if bare.starts_with('#') { bare } else { bare.split('#').next().unwrap_or(bare) };
    page.replace("%20", " ")
}

/// The target from the root; none where it leaves the repository.
fn resolve(paper: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    if !target.starts_with('/') {
        parts.extend(paper.split('/'));
        parts.pop();
    }
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// A file that the repository holds, or a folder of such files. What only lies about here is not enough.
fn exists(tree: &Tree, path: &str) -> bool {
    let folder = format!("{path}/");
    let is_below = || tree.names.range(folder.clone()..).next().is_some_and(|name| name.starts_with(&folder));
    path.is_empty() || tree.names.contains(path) || is_below()
}
