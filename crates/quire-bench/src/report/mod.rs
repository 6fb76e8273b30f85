//! What a benchmark publishes: a table on the screen, the same as CSV, and a plot of it.
//!
//! 1. A benchmark fills a [`Report`]: what it ran on, columns, rows of cells, and the ratios to plot.
//! 2. `machine.rs` adds the commit and the machine: a figure without them says nothing.
//! 3. [`Report::publish`] prints the columns that fit a screen and writes all of them; `plot.rs` draws the bars.

mod machine;
mod plot;

pub(crate) use plot::{Bar, Plot};

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Where results go when nothing else is said.
pub(crate) const FOLDER: &str = "bench/results";

/// One column of the results.
pub(crate) struct Column {
    /// As it stands in the head of the CSV, its unit last.
    pub(crate) name: &'static str,
    /// As it stands on the screen, which has less room; `None` where it is only in the CSV.
    pub(crate) short: Option<&'static str>,
}

/// A whole benchmark's result.
pub(crate) struct Report {
    pub(crate) name: &'static str,
    /// What it ran on and in which mode: a line each.
    pub(crate) setting: Vec<String>,
    pub(crate) columns: Vec<Column>,
    /// A cell for each column. A cell is empty where a figure does not apply.
    pub(crate) rows: Vec<Vec<String>>,
    pub(crate) plots: Vec<Plot>,
}

impl Report {
    /// Prints the table and writes `NAME.csv` and `NAME.svg` into `folder`.
    pub(crate) fn publish(&self, folder: &Path) -> Result<(), String> {
        let setting: Vec<String> = self.setting.iter().cloned().chain([machine::machine()]).collect();
        println!("{}\n\n{}", setting.join("\n"), self.table());
        fs::create_dir_all(folder).map_err(|e| format!("cannot make {}: {e}", folder.display()))?;
        let write = |extension: &str, text: &str| {
            let path = folder.join(format!("{}.{extension}", self.name));
            fs::write(&path, text).map_err(|e| format!("cannot write {}: {e}", path.display()))
        };
        write("csv", &self.csv(&setting))?;
        write("svg", &plot::draw(self.name, &self.plots))
    }

    /// The columns for the screen, numbers to the right.
    fn table(&self) -> String {
        let shown: Vec<(usize, &str)> =
            self.columns.iter().enumerate().filter_map(|(at, column)| Some((at, column.short?))).collect();
        let heads = shown.iter().map(|(_, head)| (*head).to_owned()).collect();
        let cells = self.rows.iter().map(|row| shown.iter().map(|(at, _)| row[*at].clone()).collect());
        let lines: Vec<Vec<String>> = std::iter::once(heads).chain(cells).collect();
        let width = |at: usize| lines.iter().map(|line| line[at].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..shown.len()).map(width).collect();
        lines.iter().fold(String::new(), |mut text, line| {
            for (cell, (at, width)) in line.iter().zip(widths.iter().enumerate()) {
                // The first two say what it is, the others are numbers.
                let _ = match at {
                    0 | 1 => write!(text, "{cell:<width$}  "),
                    _ => write!(text, "{cell:>width$}  "),
                };
            }
            text.truncate(text.trim_end().len());
            text + "\n"
        })
    }

    fn csv(&self, setting: &[String]) -> String {
        let mut text = setting.iter().fold(String::new(), |text, line| text + "# " + line + "\n");
        let heads: Vec<&str> = self.columns.iter().map(|column| column.name).collect();
        text += &(heads.join(",") + "\n");
        for row in &self.rows {
            // A comma in a name would shift every figure behind it.
            let cells: Vec<String> = row.iter().map(|cell| cell.replace(',', ";")).collect();
            text += &(cells.join(",") + "\n");
        }
        text
    }
}
