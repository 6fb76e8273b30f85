//! Settings: one struct, four sources.
//!
//! 1. [`Settings::default`] is what holds where nobody says anything.
//! 2. The settings file (`file.rs`): `--config`, or `quire.toml` in the data folder where there is one.
//! 3. The environment: `QUIRE_` and a key's name in capitals.
//! 4. Flags of the command line.
//!
//! A later source wins. Each key is one line in `keys.rs`. Whatever does not fit is fatal and says where it stands:
//! a setting that is silently ignored would be worse than none.

mod file;
mod keys;
mod listen;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(crate) use keys::listing;
pub(crate) use listen::Listen;

use crate::failure::Failure;
use keys::{KEYS, Key};

/// The data folder where none is named.
const DATA_DEFAULT: &str = "./quire-data";

/// The settings file's name in a data folder.
const FILE_NAME: &str = "quire.toml";

/// What the program runs by.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Settings {
    /// The data folder.
    pub(crate) data: PathBuf,
    /// The database that commands work in.
    pub(crate) db: String,
    /// Where the server listens.
    pub(crate) listen: Listen,
    /// The server's Unix socket; `quire.sock` in the data folder where it is not set.
    pub(crate) socket: Option<PathBuf>,
    /// Whether an address that others can reach is allowed though nobody has to prove who they are.
    pub(crate) insecure_no_auth: bool,
    /// What is logged.
    pub(crate) log: Option<String>,
    /// How it is logged: `text` or `json`.
    pub(crate) log_format: Option<String>,
    /// The limits of requests.
    pub(crate) limits: quire_query::Limits,
    /// The limits of the server.
    pub(crate) server: quire_server::Limits,
    /// Host names under which the server may be addressed, besides addresses and `localhost`.
    pub(crate) hosts_allowed: Vec<String>,
    /// The memory budget, where it is set; else it follows the machine.
    pub(crate) memory_bytes_max: Option<u64>,
    /// What the storage engine runs by.
    pub(crate) engine: quire_engine::Options,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            data: PathBuf::from(DATA_DEFAULT),
            db: "main".to_owned(),
            listen: Listen::default(),
            socket: None,
            insecure_no_auth: false,
            log: None,
            log_format: None,
            limits: quire_query::Limits::default(),
            server: quire_server::Limits::default(),
            hosts_allowed: Vec::new(),
            memory_bytes_max: None,
            engine: quire_engine::Options::default(),
        }
    }
}

/// What the command line says about settings; it wins over everything else.
#[derive(Debug, Default)]
pub(crate) struct Flags {
    /// `--config`.
    pub(crate) config: Option<PathBuf>,
    /// Keys that a flag sets, with the flag's name for messages: (key, flag, value).
    pub(crate) values: Vec<(&'static str, &'static str, OsString)>,
}

impl Settings {
    /// Reads every source.
    ///
    /// # Errors
    /// Wrong usage: a file that cannot be read, an unknown key, a value that does not fit.
    pub(crate) fn read(flags: &Flags, environment: &[(String, OsString)]) -> Result<Settings, Failure> {
        let mut settings = Settings::default();
        match &flags.config {
            Some(path) => file::apply(&mut settings, path, true)?,
            None => {
                // The file in the data folder is found through `data`, so that key has to be known before.
                let mut early = Settings::default();
                early.apply_environment(environment)?;
                early.apply_flags(flags)?;
                let path = early.data.join(FILE_NAME);
                if path.exists() {
                    file::apply(&mut settings, &path, false)?;
                }
            }
        }
        settings.apply_environment(environment)?;
        settings.apply_flags(flags)?;
        Ok(settings)
    }

    fn apply_environment(&mut self, environment: &[(String, OsString)]) -> Result<(), Failure> {
        for key in KEYS {
            let name = key.variable();
            let Some((_, value)) = environment.iter().find(|(known, _)| *known == name) else { continue };
            key.apply_text(self, value)
                .map_err(|why| Failure::usage(format!("the variable {name}: {why}")))?;
        }
        Ok(())
    }

    fn apply_flags(&mut self, flags: &Flags) -> Result<(), Failure> {
        for (name, flag, value) in &flags.values {
            let key = Key::named(name).ok_or_else(|| Failure::internal(format!("no setting `{name}`")))?;
            key.apply_text(self, value).map_err(|why| Failure::usage(format!("{flag}: {why}")))?;
        }
        Ok(())
    }

    /// The server's socket.
    pub(crate) fn socket_path(&self) -> PathBuf {
        self.socket.clone().unwrap_or_else(|| socket_in(&self.data))
    }
}

/// Where the server that holds a data folder is found.
pub(crate) fn socket_in(data: &Path) -> PathBuf {
    data.join("quire.sock")
}

/// Variables that look like ours and are none, each with the key that may have been meant.
pub(crate) fn strangers(environment: &[(String, OsString)]) -> Vec<(String, Option<String>)> {
    // These two are read by the command line alone.
    const OTHERS: &[&str] = &["QUIRE_URL", "QUIRE_CONFIG"];
    let is_known = |name: &str| OTHERS.contains(&name) || KEYS.iter().any(|key| key.variable() == name);
    let unknown = environment.iter().map(|(name, _)| name).filter(|name| name.starts_with("QUIRE_"));
    unknown
        .filter(|name| !is_known(name))
        .map(|name| {
            let key = name["QUIRE_".len()..].to_ascii_lowercase();
            (name.clone(), keys::nearest(&key).map(Key::variable))
        })
        .collect()
}

fn milliseconds(count: u64) -> Duration {
    Duration::from_millis(count)
}
