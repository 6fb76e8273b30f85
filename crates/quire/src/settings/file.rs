//! A settings file: TOML, flat, checked key by key, every complaint with its line and column.

use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::Settings;
use super::keys::{Key, Value, nearest};
use crate::failure::Failure;

/// Sets what the file says. A file that was found through the data folder cannot set `data`.
pub(super) fn apply(settings: &mut Settings, path: &Path, may_set_data: bool) -> Result<(), Failure> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("the settings file {shown} cannot be read: {error}")))?;
    apply_text(settings, &text, may_set_data).map_err(|(offset, why)| {
        let (line, column) = line_column(&text, offset);
        Failure::usage(format!("{shown}:{line}:{column}: {why}"))
    })
}

/// Sets what the text says; an error is the byte where it stands and the reason.
fn apply_text(settings: &mut Settings, text: &str, may_set_data: bool) -> Result<(), (usize, String)> {
    let table = DeTable::parse(text)
        .map_err(|error| (error.span().map_or(0, |span| span.start), error.message().to_owned()))?;
    for (name, value) in table.get_ref() {
        let key = Key::named(name.get_ref()).ok_or_else(|| (name.span().start, unknown(name.get_ref())))?;
        if key.name == "data" && !may_set_data {
            let why = "`data` cannot be set in a file that is found in the data folder";
            return Err((name.span().start, why.to_owned()));
        }
        key.apply(settings, &plain(value.get_ref())).map_err(|why| (value.span().start, why))?;
    }
    Ok(())
}

fn plain<'a>(value: &'a DeValue<'_>) -> Value<'a> {
    match value {
        DeValue::String(text) => Value::Text(text),
        DeValue::Boolean(on) => Value::Switch(*on),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::Whole(number),
            Err(_) => Value::Other("a number out of every range"),
        },
        DeValue::Float(_) => Value::Other("a number with a fraction"),
        DeValue::Datetime(_) => Value::Other("a date"),
        DeValue::Array(_) => Value::Other("an array"),
        DeValue::Table(_) => Value::Other("a table"),
    }
}

fn unknown(name: &str) -> String {
    match nearest(name) {
        Some(key) => format!("there is no setting `{name}`; did you mean `{}`?", key.name),
        None => format!("there is no setting `{name}`; `quire serve --help` lists them"),
    }
}

fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(text: &str) -> String {
        let (offset, why) = apply_text(&mut Settings::default(), text, false).unwrap_err();
        let (line, column) = line_column(text, offset);
        format!("{line}:{column}: {why}")
    }

    #[test]
    fn a_file_sets_what_it_says_and_nothing_else() {
        let mut settings = Settings::default();
        apply_text(&mut settings, "# limits\npage_size_max = 0x10\nlisten = 'none'\n", false).unwrap();
        assert_eq!(settings.limits.page_size_max, 16);
        assert_eq!(settings.listen.to_string(), "none");
        assert_eq!(settings.db, "main");
    }

    #[test]
    fn complaints_name_the_place_and_the_nearest_key() {
        let said = complaint("db = 'x'\n  page_siz_max = 1\n");
        assert_eq!(said, "2:3: there is no setting `page_siz_max`; did you mean `page_size_max`?");
        let said = complaint("page_size_max = '10'");
        assert_eq!(said, "1:17: `page_size_max` is a whole number from 1 to 1000000, this is a text");
        assert!(complaint("depth_max = 0").ends_with("from 1 to 128"), "{}", complaint("depth_max = 0"));
        assert!(complaint("depth_max = -1").starts_with("1:13: "));
        assert!(complaint("insecure_no_auth = 1").contains("true or false, this is a whole number"));
        assert!(complaint("db = 'x'\ndb = 'y'").starts_with("2:1: "), "{}", complaint("db = 'x'\ndb = 'y'"));
        assert!(complaint("[server]\nlisten = 1").contains("no setting `server`"));
        assert!(complaint("data = 'x'").contains("found in the data folder"));
        assert!(complaint("db = ").starts_with("1:"), "{}", complaint("db = "));
    }
}
