//! Tables for people.

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Row, Table};

use super::cell::harmless;

/// A table. With a `width` it fits into a terminal: a row is one line and long cells are cut.
pub(super) fn table(
    columns: &[String],
    rows: impl Iterator<Item = Vec<String>>,
    width: Option<u16>,
) -> String {
    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED);
    if let Some(width) = width {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    }
    table.set_header(columns.iter().map(|column| harmless(column)));
    for cells in rows {
        let mut row = Row::from(cells.iter().map(|cell| harmless(cell)));
        if width.is_some() {
            row.max_height(1);
        }
        table.add_row(row);
    }
    table.to_string()
}
