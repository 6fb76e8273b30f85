//! A crate's `Cargo.toml`: its name and what it depends on.
//!
//! Reads the shape that Cargo's own documentation writes, line by line: a table header, `name = ...` or
//! `name.workspace = true`, and `[dependencies.name]`.

/// The part of a manifest that the arrows ask about.
#[derive(Debug, Default)]
pub(crate) struct Manifest {
    pub(crate) name: String,
    pub(crate) dependencies: Vec<Dependency>,
}

/// One line of a table of dependencies.
#[derive(Debug)]
pub(crate) struct Dependency {
    pub(crate) line: usize,
    /// The package, where the manifest gives it another name too.
    pub(crate) package: String,
    /// Whether only tests get it.
    pub(crate) is_dev: bool,
}

impl Manifest {
    pub(crate) fn read(text: &str) -> Self {
        let mut manifest = Self::default();
        let mut table = String::new();
        for (index, raw) in text.lines().enumerate() {
            let line = raw.split('#').next().unwrap_or(raw).trim();
            if let Some(header) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
                // A `]` that ends a list over several lines begins with no `[`, so this is a header.
                table = header.trim_matches('[').trim().to_string();
                if let Some((above, name)) = table.rsplit_once('.')
                    && let Some(is_dev) = kind(above)
                {
                    manifest.add(index + 1, name, is_dev);
                }
                continue;
            }
            let Some((key, value)) = line.split_once('=') else { continue };
            let key = key.trim().trim_matches('"');
            if table == "package" && key == "name" {
                manifest.name = unquoted(value).to_string();
            } else if let Some(is_dev) = kind(&table) {
                let name = key.split('.').next().unwrap_or(key);
                manifest.add(index + 1, renamed(value).unwrap_or(name), is_dev);
            } else if key == "package"
                && table.rsplit_once('.').is_some_and(|(above, _)| kind(above).is_some())
                && let Some(last) = manifest.dependencies.last_mut()
            {
                last.package = unquoted(value).to_string();
            }
        }
        manifest
    }

    fn add(&mut self, line: usize, package: &str, is_dev: bool) {
        self.dependencies.push(Dependency { line, package: package.trim_matches('"').to_string(), is_dev });
    }
}

/// Whether `table` holds dependencies, and whether for tests only. `target.'cfg(unix)'.dependencies` does too.
fn kind(table: &str) -> Option<bool> {
    match table.rsplit('.').next().unwrap_or(table) {
        "dependencies" | "build-dependencies" => Some(false),
        "dev-dependencies" => Some(true),
        _ => None,
    }
}

/// The package in `{ package = "quire-model", ... }`.
fn renamed(value: &str) -> Option<&str> {
    let (_, behind) = value.split_once("package")?;
    behind.trim_start().strip_prefix('=').map(unquoted)
}

/// The text between the first pair of quotes.
fn unquoted(value: &str) -> &str {
    value.split('"').nth(1).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::Manifest;

    #[test]
    fn every_shape_of_a_dependency_is_read() {
        let text = r#"[package]
name = "here"
[dependencies]
a.workspace = true # z = "1"
b = { version = "1", features = [
    "x",
] }
c = { package = "real-c" }
[target.'cfg(unix)'.dependencies]
d = "1"
[dev-dependencies.e]
path = "e"
package = "real-e"
[features]
f = []
"#;
        let manifest = Manifest::read(text);
        assert_eq!(manifest.name, "here");
        let found: Vec<_> =
            manifest.dependencies.iter().map(|d| (d.package.as_str(), d.line, d.is_dev)).collect();
        let expected =
            [("a", 4, false), ("b", 5, false), ("real-c", 8, false), ("d", 10, false), ("real-e", 11, true)];
        assert_eq!(found, expected);
    }
}
