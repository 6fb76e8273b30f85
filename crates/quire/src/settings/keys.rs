//! The keys: one line for each, with its meaning, its form and its place in [`Settings`].

use std::ffi::OsStr;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use super::{Listen, Settings, milliseconds};

/// One setting.
pub(super) struct Key {
    /// As it stands in a settings file.
    pub(super) name: &'static str,
    /// What it does, in one sentence.
    about: &'static str,
    form: Form,
}

/// What a value looks like, and where it goes. `Show` gives the value back, for the list in the help.
enum Form {
    Text(fn(&mut Settings, &str) -> Result<(), String>, Show),
    Whole(RangeInclusive<u64>, fn(&mut Settings, u64), Show),
    Switch(fn(&mut Settings, bool), Show),
}

type Show = fn(&Settings) -> String;

/// A value in a settings file.
pub(super) enum Value<'a> {
    Text(&'a str),
    Whole(i64),
    Switch(bool),
    /// Something that no key takes, by its name.
    Other(&'a str),
}

const ANY: RangeInclusive<u64> = 1..=u64::MAX >> 1;
const ANY_OR_NONE: RangeInclusive<u64> = 0..=u64::MAX >> 1;
const BYTES: RangeInclusive<u64> = 1024..=u64::MAX >> 1;
const MONTH_MS: u64 = 30 * 24 * 60 * 60 * 1000;
/// From what the engine needs up to 16 TiB: room in the cache is noted by its size.
const MEMORY_BYTES: RangeInclusive<u64> = quire_model::MEMORY_BYTES_MIN..=1 << 44;
/// A document has to fit into one commit with room for its frame.
const DOCUMENT_BYTES: RangeInclusive<u64> = 1024..=128 * 1024 * 1024;

/// Every key, in the order of the help.
#[rustfmt::skip]
pub(super) const KEYS: &[Key] = &[
    text("data", "The data folder.",
        |s, v| put(&mut s.data, PathBuf::from(v), v), |s| s.data.display().to_string()),
    text("db", "The database that commands work in.",
        |s, v| put(&mut s.db, v.to_owned(), v), |s| s.db.clone()),
    text("listen", "Where the server listens: HOST:PORT, or none.",
        |s, v| Listen::parse(v).map(|listen| s.listen = listen), |s| s.listen.to_string()),
    text("socket", "The server's Unix socket.",
        |s, v| put(&mut s.socket, Some(PathBuf::from(v)), v), |s| s.socket_path().display().to_string()),
    switch("insecure_no_auth", "Allow an address that others can reach, though nobody has to prove who they are.",
        |s, v| s.insecure_no_auth = v, |s| s.insecure_no_auth.to_string()),
    text("log", "What is logged: error, warn, info, debug or trace, or a filter such as quire_engine=debug.",
        |s, v| put(&mut s.log, Some(v.to_owned()), v), |s| s.log.clone().unwrap_or_else(|| "info".to_owned())),
    text("log_format", "How it is logged: text or json. Text on a terminal where it is not set.",
        log_format, |s| s.log_format.clone().unwrap_or_else(|| "text or json".to_owned())),
    whole("document_bytes_max", "Bytes that one document may have.", DOCUMENT_BYTES,
        |s, v| s.limits.document_bytes_max = size(v), |s| s.limits.document_bytes_max.to_string()),
    whole("depth_max", "How deep a document may nest.", 1..=128,
        |s, v| s.limits.depth_max = size(v), |s| s.limits.depth_max.to_string()),
    whole("page_size_default", "Documents of a page where a find gives no limit.", 1..=1_000_000,
        |s, v| s.limits.page_size_default = size(v), |s| s.limits.page_size_default.to_string()),
    whole("page_size_max", "Documents that one page may have.", 1..=1_000_000,
        |s, v| s.limits.page_size_max = size(v), |s| s.limits.page_size_max.to_string()),
    whole("sort_bytes_max", "Bytes of memory that sorting one find may take.", BYTES,
        |s, v| s.limits.sort_bytes_max = size(v), |s| s.limits.sort_bytes_max.to_string()),
    whole("batch_operations_max", "Operations that one batch may have.", ANY,
        |s, v| s.limits.batch_operations_max = size(v), |s| s.limits.batch_operations_max.to_string()),
    whole("query_timeout_ms", "Milliseconds that a find, a count or a SQL query may run.", ANY,
        |s, v| s.limits.query_timeout = milliseconds(v), |s| s.limits.query_timeout.as_millis().to_string()),
    whole("sql_memory_bytes_max", "Bytes of memory that a SQL query may take.", BYTES,
        |s, v| s.limits.sql_memory_bytes_max = size(v), |s| s.limits.sql_memory_bytes_max.to_string()),
    whole("idempotency_lifetime_ms", "Milliseconds that an idempotency key is remembered.", 1..=MONTH_MS,
        |s, v| s.limits.idempotency_lifetime = milliseconds(v),
        |s| s.limits.idempotency_lifetime.as_millis().to_string()),
    whole("idempotency_records_max", "Idempotency keys that one database remembers; each line of a bulk has one.",
        1..=100_000_000, |s, v| s.limits.idempotency_records_max = size(v),
        |s| s.limits.idempotency_records_max.to_string()),
    text("hosts_allowed", "Host names, with commas, under which the server may be addressed besides localhost.",
        |s, v| put(&mut s.hosts_allowed, names(v), v), |s| s.hosts_allowed.join(",")),
    whole("connections_max", "Connections of one listener at a time.", 1..=1_000_000,
        |s, v| s.server.connections_max = size(v), |s| s.server.connections_max.to_string()),
    whole("batch_bytes_max", "Bytes that one batch may have.", BYTES,
        |s, v| s.server.batch_bytes_max = size(v), |s| s.server.batch_bytes_max.to_string()),
    whole("answer_bytes_max", "Bytes of an answer that is no stream.", BYTES,
        |s, v| s.server.answer_bytes_max = size(v), |s| s.server.answer_bytes_max.to_string()),
    whole("min_seq_timeout_ms", "Milliseconds that a read waits for the sequence number in Quire-Min-Seq.",
        1..=10 * 60 * 1000, |s, v| s.server.min_seq_timeout = milliseconds(v),
        |s| s.server.min_seq_timeout.as_millis().to_string()),
    whole("stop_timeout_ms", "Milliseconds that requests may go on when the server stops.", ANY,
        |s, v| s.server.stop_timeout = milliseconds(v), |s| s.server.stop_timeout.as_millis().to_string()),
    whole("memory_bytes_max", "Bytes of memory for the cache, fresh documents and queries together.", MEMORY_BYTES,
        |s, v| s.memory_bytes_max = Some(v),
        |s| s.memory_bytes_max.map_or("60 % of what the process may have".to_owned(), |bytes| bytes.to_string())),
    whole("memtable_bytes_max", "Bytes of fresh documents in memory before they are written to a data file.",
        64 << 10..=64 << 30, |s, v| s.engine.memtable_bytes_max = size(v), |s| s.engine.memtable_bytes_max.to_string()),
    whole("log_bytes_max", "Bytes of one log file before the next one is begun.", 64 << 10..=1 << 30,
        |s, v| s.engine.log_bytes_max = v, |s| s.engine.log_bytes_max.to_string()),
    whole("changes_retain_ms", "Milliseconds that the log is kept after a checkpoint that needs it no more.",
        ANY_OR_NONE, |s, v| s.engine.changes_retain_ms = v, |s| s.engine.changes_retain_ms.to_string()),
    whole("changes_retain_bytes", "Bytes of such log that one database keeps; whichever ends first.", ANY_OR_NONE,
        |s, v| s.engine.changes_retain_bytes = v, |s| s.engine.changes_retain_bytes.to_string()),
    switch("read_only", "Open the data folder for reading only: nothing in it changes, every write is refused.",
        |s, v| s.engine.read_only = v, |s| s.engine.read_only.to_string()),
];

const fn text(
    name: &'static str,
    about: &'static str,
    set: fn(&mut Settings, &str) -> Result<(), String>,
    show: Show,
) -> Key {
    Key { name, about, form: Form::Text(set, show) }
}

const fn whole(
    name: &'static str,
    about: &'static str,
    range: RangeInclusive<u64>,
    set: fn(&mut Settings, u64),
    show: Show,
) -> Key {
    Key { name, about, form: Form::Whole(range, set, show) }
}

const fn switch(name: &'static str, about: &'static str, set: fn(&mut Settings, bool), show: Show) -> Key {
    Key { name, about, form: Form::Switch(set, show) }
}

impl Key {
    /// The key called `name`.
    pub(super) fn named(name: &str) -> Option<&'static Key> {
        KEYS.iter().find(|key| key.name == name)
    }

    /// The environment variable of the key.
    pub(super) fn variable(&self) -> String {
        format!("QUIRE_{}", self.name.to_ascii_uppercase())
    }

    /// Sets the key from a settings file, where a number is no text and a text no number.
    pub(super) fn apply(&self, settings: &mut Settings, value: &Value<'_>) -> Result<(), String> {
        match (&self.form, value) {
            (Form::Text(set, _), Value::Text(text)) => set(settings, text),
            (Form::Whole(range, set, _), Value::Whole(number)) => {
                let number = u64::try_from(*number).ok().filter(|number| range.contains(number));
                number.map(|number| set(settings, number)).ok_or_else(|| self.wanted())
            }
            (Form::Switch(set, _), Value::Switch(on)) => {
                set(settings, *on);
                Ok(())
            }
            (_, value) => Err(format!("{}, this is {}", self.wanted(), value.kind())),
        }
    }

    /// Sets the key from the environment or a flag, where everything is text.
    pub(super) fn apply_text(&self, settings: &mut Settings, value: &OsStr) -> Result<(), String> {
        let Some(text) = value.to_str() else {
            return Err(format!("{value:?} is not UTF-8"));
        };
        let typed = match &self.form {
            Form::Text(..) => Value::Text(text),
            Form::Whole(..) => match text.parse() {
                Ok(number) => Value::Whole(number),
                Err(_) => return Err(format!("{}, this is `{text}`", self.wanted())),
            },
            Form::Switch(..) => match text {
                "true" | "1" => Value::Switch(true),
                "false" | "0" => Value::Switch(false),
                _ => return Err(format!("{}, this is `{text}`", self.wanted())),
            },
        };
        self.apply(settings, &typed)
    }

    fn wanted(&self) -> String {
        match &self.form {
            Form::Text(..) => format!("`{}` is a text", self.name),
            Form::Whole(range, ..) if *range.end() == u64::MAX >> 1 => {
                format!("`{}` is a whole number from {} on", self.name, range.start())
            }
            Form::Whole(range, ..) => {
                format!("`{}` is a whole number from {} to {}", self.name, range.start(), range.end())
            }
            Form::Switch(..) => format!("`{}` is true or false", self.name),
        }
    }

    fn shown(&self, settings: &Settings) -> String {
        match &self.form {
            Form::Text(_, show) | Form::Whole(_, _, show) | Form::Switch(_, show) => show(settings),
        }
    }
}

impl Value<'_> {
    fn kind(&self) -> &str {
        match self {
            Value::Text(_) => "a text",
            Value::Whole(_) => "a whole number",
            Value::Switch(_) => "true or false",
            Value::Other(kind) => kind,
        }
    }
}

/// The key whose name is most like `name`, if one is like it at all.
pub(super) fn nearest(name: &str) -> Option<&'static Key> {
    let likeness = |key: &&Key| strsim::jaro_winkler(name, key.name);
    let best = KEYS.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    (likeness(&best) > 0.8).then_some(best)
}

/// The keys with their meaning and default, for `quire serve --help`.
pub(crate) fn listing() -> String {
    let defaults = Settings::default();
    let mut list = String::from("Settings, in a settings file as KEY = VALUE or as a variable QUIRE_KEY:\n");
    for key in KEYS {
        let (name, about, shown) = (key.name, key.about, key.shown(&defaults));
        list.push_str(&format!("  {name} [default: {shown}]\n      {about}\n"));
    }
    list
}

fn names(list: &str) -> Vec<String> {
    list.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// Sets a text that may not be empty.
fn put<T>(slot: &mut T, value: T, text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err("the value is empty".to_owned());
    }
    *slot = value;
    Ok(())
}

fn log_format(settings: &mut Settings, text: &str) -> Result<(), String> {
    match text {
        "text" | "json" => put(&mut settings.log_format, Some(text.to_owned()), text),
        _ => Err(format!("`log_format` is text or json, this is `{text}`")),
    }
}

/// A number as a size in memory. On a machine whose sizes are smaller than the number there is no such limit.
fn size(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
