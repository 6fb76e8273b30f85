//! A JSON value as the text of a table's or a CSV file's cell.

use quire_model::json::{Json, Kind};

/// A string is its text, null is nothing, everything else is its JSON.
pub(super) fn cell(value: Json<'_>) -> String {
    match value.kind() {
        Kind::Null => String::new(),
        Kind::String => value.as_str().map(|text| text.into_owned()).unwrap_or_default(),
        _ => value.text().to_owned(),
    }
}

/// The text without what would move a terminal's cursor or change its colours.
pub(super) fn harmless(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for sign in text.chars() {
        if sign.is_control() {
            shown.extend(sign.escape_default());
        } else {
            shown.push(sign);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_the_text_of_its_value() {
        for (json, text) in [
            ("null", ""),
            ("\"a\\nb\"", "a\nb"),
            ("1.50", "1.50"),
            ("true", "true"),
            ("{\"a\":[1]}", "{\"a\":[1]}"),
        ] {
            assert_eq!(cell(Json::new(json)), text);
        }
        assert_eq!(harmless("a\u{1b}[2J\nü"), "a\\u{1b}[2J\\nü");
    }
}
