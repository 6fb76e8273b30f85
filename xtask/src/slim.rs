//! The library without SQL stays small: `quiredb` without its features pulls in no SQL engine and no HTTP server.

use std::path::Path;

use crate::cargo::CargoLine;

pub(crate) const LINE: CargoLine =
    CargoLine::new("tree -p quiredb --no-default-features -e normal --prefix none --locked");

const HEAVY: &[&str] = &["datafusion", "axum"];

/// Fails with the heavy packages that the small library would compile.
pub(crate) fn slim(root: &Path) -> Result<(), String> {
    let tree = LINE.capture(root)?;
    let heavy = heavy_packages(&tree);
    if heavy.is_empty() {
        return Ok(());
    }
    Err(format!("quiredb without its `sql` feature pulls in {}", heavy.join(", ")))
}

/// The packages of `HEAVY` families (`datafusion-expr` is one of datafusion) in the output of `cargo tree`.
fn heavy_packages(tree: &str) -> Vec<&str> {
    let names = tree.lines().filter_map(|line| line.split_whitespace().next());
    let mut heavy: Vec<&str> =
        names.filter(|name| HEAVY.iter().any(|family| name.split('-').next() == Some(*family))).collect();
    heavy.sort_unstable();
    heavy.dedup();
    heavy
}

#[cfg(test)]
mod tests {
    use super::heavy_packages;

    #[test]
    fn heavy_families_are_found_and_others_are_not() {
        let tree = "quiredb v0.1.0 (here)\nserde v1.0.0\naxum-core v0.5.0\ndatafusion-expr v1 (*)\naxum-core v0.5.0\n";
        assert_eq!(heavy_packages(tree), ["axum-core", "datafusion-expr"]);
        assert!(heavy_packages("quiredb v0.1.0\ntaxum v1.0.0\n").is_empty());
    }
}
