//! Tables for people.
//!
//! On a terminal a table has to fit. What does not is handled in this order: long cells are cut; a single row is
//! turned on its side, a line for each field; of many rows only the first columns that fit are shown, with `_id`
//! and `_rev`, and a line below names the others.

use comfy_table::Table;
use comfy_table::presets::UTF8_FULL_CONDENSED;

use super::cell::harmless;

/// Characters of a cell where there is not room for all.
const CELL_CHARACTERS_MAX: usize = 40;

/// What a column takes besides its text: a space on both sides, and a line.
const COLUMN_EXTRA: usize = 3;

/// A table, within `width` columns of a terminal where there is one.
pub(super) fn table(columns: &[String], rows: Vec<Vec<String>>, width: Option<u16>) -> String {
    let columns: Vec<String> = columns.iter().map(|column| harmless(column)).collect();
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| harmless(cell)).collect()).collect();
    let Some(width) = width.map(usize::from) else { return draw(&columns, &rows) };
    if total(&widths(&columns, &rows)) <= width {
        return draw(&columns, &rows);
    }
    if let [row] = &rows[..] {
        return on_its_side(&columns, row, width);
    }
    let rows: Vec<Vec<String>> = rows.iter().map(|row| shortened(&columns, row)).collect();
    let shown = choose(&columns, &widths(&columns, &rows), width);
    let pick = |row: &Vec<String>| -> Vec<String> { shown.iter().map(|at| row[*at].clone()).collect() };
    let mut text = draw(&pick(&columns), &rows.iter().map(pick).collect::<Vec<_>>());
    let hidden: Vec<&str> =
        (0..columns.len()).filter(|at| !shown.contains(at)).map(|at| columns[at].as_str()).collect();
    if !hidden.is_empty() {
        text.push_str(&format!(
            "\nnot shown: {} (choose columns by name, or another --output)",
            hidden.join(", ")
        ));
    }
    text
}

fn draw(columns: &[String], rows: &[Vec<String>]) -> String {
    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED).set_header(columns);
    table.add_rows(rows);
    table.to_string()
}

/// The row as lines of name and value.
fn on_its_side(columns: &[String], row: &[String], width: usize) -> String {
    let name_width = columns.iter().map(|column| column.chars().count()).max().unwrap_or_default();
    let room = width.saturating_sub(name_width + 2 * COLUMN_EXTRA + 1).max(CELL_CHARACTERS_MAX);
    let lines: Vec<Vec<String>> =
        columns.iter().zip(row).map(|(column, cell)| vec![column.clone(), cut(cell, room)]).collect();
    draw(&["field".to_owned(), "value".to_owned()], &lines)
}

fn widths(columns: &[String], rows: &[Vec<String>]) -> Vec<usize> {
    let width = |at: usize| {
        let cells = rows.iter().filter_map(|row| row.get(at));
        cells.chain([&columns[at]]).map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    (0..columns.len()).map(width).collect()
}

fn total(widths: &[usize]) -> usize {
    widths.iter().map(|width| width + COLUMN_EXTRA).sum::<usize>() + 1
}

/// The row with its long cells cut, all but the `_id`, which has to be there whole to be of use.
fn shortened(columns: &[String], row: &[String]) -> Vec<String> {
    let cells = columns.iter().zip(row);
    cells
        .map(|(name, cell)| if name == "_id" { cell.clone() } else { cut(cell, CELL_CHARACTERS_MAX) })
        .collect()
}

fn cut(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        None => text.to_owned(),
        Some(_) => text.chars().take(characters.saturating_sub(1)).chain(['…']).collect(),
    }
}

/// The columns that fit, by position: those a document always has, then the others from the left.
fn choose(columns: &[String], widths: &[usize], width: usize) -> Vec<usize> {
    let is_fixed = |at: &usize| ["_id", "_rev"].contains(&columns[*at].as_str());
    let mut shown: Vec<usize> = (0..columns.len()).filter(is_fixed).collect();
    let mut taken = 1 + shown.iter().map(|at| widths[*at] + COLUMN_EXTRA).sum::<usize>();
    for at in (0..columns.len()).filter(|at| !is_fixed(at)) {
        if shown.is_empty() || taken + widths[at] + COLUMN_EXTRA <= width {
            taken += widths[at] + COLUMN_EXTRA;
            shown.push(at);
        }
    }
    shown.sort_unstable();
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(columns: &[&str], rows: &[&[&str]], width: u16) -> Vec<String> {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let text = table(&owned(columns), rows.iter().map(|row| owned(row)).collect(), Some(width));
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_table_fits_into_its_terminal() {
        let long = "x".repeat(100);
        let rows: &[&[&str]] = &[&["a", &long, &long, "1"], &["b", "y", "z", "2"]];
        for width in [20, 40, 60, 80, 120, 240] {
            let lines = made(&["_id", "text", "more", "_rev"], rows, width);
            let table = lines.iter().filter(|line| !line.starts_with("not shown"));
            assert!(table.clone().all(|line| line.chars().count() <= usize::from(width)), "{lines:#?}");
            assert!(lines[1].contains("_id") && lines[1].contains("_rev"), "{lines:#?}");
        }
        let lines = made(&["_id", "text", "more", "_rev"], rows, 80);
        assert!(lines.last().unwrap().starts_with("not shown: more "), "{lines:#?}");
        assert!(lines[3].contains('…'), "{lines:#?}");
    }

    #[test]
    fn one_row_is_turned_on_its_side() {
        let lines = made(&["name", "bytes"], &[&["main", "123456789"]], 12);
        assert!(lines[1].contains("field") && lines[3].contains("name") && lines[4].contains("123456789"));
    }
}
