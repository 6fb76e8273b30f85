//! Arrows between the crates of the workspace, as their manifests draw them.

use super::arrows::{BARE, CRATES, CrateArrows, KEPT, TESTKIT};
use super::manifest::{Dependency, Manifest};
use super::report::Report;
use super::tree::Tree;

const TABLE: &str = "xtask/src/tidy/arrows.rs";

/// Holds every manifest to the table, and the table to the manifests.
pub(crate) fn check(tree: &Tree, report: &mut Report) {
    for paper in &tree.papers {
        let Some(folder) = crate_folder(&paper.path) else { continue };
        let manifest = Manifest::read(&paper.text);
        if manifest.name != folder {
            let message = format!("crate `{}` is in the folder `{folder}`; name them alike", manifest.name);
            report.add(&paper.path, 1, message);
        }
        match CRATES.iter().find(|arrows| arrows.name == folder) {
            Some(arrows) => check_manifest(&paper.path, &manifest, arrows, report),
            None => report.add(&paper.path, 1, format!("crate `{folder}` is not in the table of {TABLE}")),
        }
    }
    for arrows in CRATES {
        let nested = format!("crates/{}/Cargo.toml", arrows.name);
        let at_root = format!("{}/Cargo.toml", arrows.name);
        if tree.paper(&nested).is_none() && tree.paper(&at_root).is_none() {
            report.add(
                TABLE,
                1,
                format!("the table names the crate `{}`, which does not exist", arrows.name),
            );
        }
    }
}

/// The crate's folder, if `path` is a crate's manifest.
fn crate_folder(path: &str) -> Option<&str> {
    let folder = path.strip_suffix("/Cargo.toml")?;
    let name = folder.strip_prefix("crates/").unwrap_or(folder);
    let is_crate = name == "xtask" || (name != folder && !name.contains('/'));
    is_crate.then_some(name)
}

fn check_manifest(path: &str, manifest: &Manifest, arrows: &CrateArrows, report: &mut Report) {
    for dependency in &manifest.dependencies {
        let package = dependency.package.as_str();
        if BARE.contains(&arrows.name) {
            let message = format!("{} has no dependency at all, so not `{package}`", arrows.name);
            report.add(path, dependency.line, message);
        } else if is_ours(package) && !is_allowed(dependency, arrows) {
            let kind = if dependency.is_dev { "tests may not use" } else { "may not use" };
            let message = format!("{} {kind} `{package}`: the arrow is not in {TABLE}", arrows.name);
            report.add(path, dependency.line, message);
        }
        for (family, keeper) in KEPT {
            if package.split('-').next() == Some(*family) && arrows.name != *keeper {
                report.add(path, dependency.line, format!("only {keeper} may name `{package}`"));
            }
        }
    }
}

fn is_ours(package: &str) -> bool {
    package.starts_with("quire") || CRATES.iter().any(|arrows| arrows.name == package)
}

fn is_allowed(dependency: &Dependency, arrows: &CrateArrows) -> bool {
    let package = dependency.package.as_str();
    let for_tests = package == TESTKIT || package == arrows.name || arrows.tests_use.contains(&package);
    arrows.uses.contains(&package) || (dependency.is_dev && for_tests)
}
