//! A small tree that keeps every rule, in a folder of its own.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use xtask::tidy::arrows::{CRATES, ENGINE, MODULES};
use xtask::tidy::{Report, tidy};

/// A tree that goes when the test ends.
pub(crate) struct Fixture {
    pub(crate) root: PathBuf,
}

impl Fixture {
    /// Every crate and every module of the tables, each with nothing in it.
    pub(crate) fn clean() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let root = std::env::temp_dir().join(format!("quire-tidy-{}-{count}", std::process::id()));
        let fixture = Self { root };
        for arrows in CRATES {
            let folder =
                if arrows.name == "xtask" { "xtask".to_string() } else { format!("crates/{}", arrows.name) };
            fixture.write(&format!("{folder}/Cargo.toml"), &manifest(arrows.name, ""));
            fixture.write(&format!("{folder}/src/lib.rs"), "//! A crate.\n");
        }
        for (_, module, _) in MODULES {
            fixture.write(&format!("crates/{ENGINE}/src/{module}.rs"), "//! A module.\n");
        }
        fixture
    }

    /// A clean tree, but for one file.
    pub(crate) fn with(path: &str, text: &str) -> Self {
        let fixture = Self::clean();
        fixture.write(path, text);
        fixture
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        self.write_bytes(path, text.as_bytes());
    }

    pub(crate) fn write_bytes(&self, path: &str, bytes: &[u8]) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the folder can be made");
        fs::write(path, bytes).expect("the file can be written");
    }

    pub(crate) fn remove_folder(&self, path: &str) {
        fs::remove_dir_all(self.root.join(path)).expect("the folder can be removed");
    }

    pub(crate) fn report(&self) -> Report {
        tidy(&self.root).expect("the tree can be read")
    }

    /// Asserts that tidy finds exactly this, each as `path:line: message`.
    #[track_caller]
    pub(crate) fn finds(&self, expected: &[&str]) {
        let found: Vec<String> = self.report().problems.iter().map(ToString::to_string).collect();
        assert_eq!(found, expected);
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        // A folder that stays behind in the system's own temporary place does no harm to the next run.
        fs::remove_dir_all(&self.root).ok();
    }
}

/// A manifest whose tables of dependencies begin on line 3.
pub(crate) fn manifest(name: &str, tables: &str) -> String {
    format!("[package]\nname = \"{name}\"\n{tables}")
}
