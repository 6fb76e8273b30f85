//! Results on standard output, in the format that was asked for.
//!
//! 1. [`Output::new`] chooses the format: what `--output` says, else a table on a terminal and NDJSON in a pipe.
//! 2. A command hands over one result ([`Output::one`]) or opens a list ([`Output::list`], `list.rs`).
//! 3. JSON goes out as the very text that came from the server: digits and the order of keys stay.
//!
//! A reader that goes away (`| head`) is no error: see [`Failure::BrokenPipe`].

mod cell;
mod list;
mod pretty;
mod table;

use std::io::{self, BufWriter, IsTerminal, Write};

pub(crate) use list::List;
pub(crate) use pretty::pretty;

use crate::args::Format;
use crate::failure::Failure;

/// Where results go, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    format: Format,
    /// Columns of the terminal that a table has to fit into; without a terminal it takes what it needs.
    width: Option<u16>,
}

impl Output {
    /// The output for what `--output` says.
    pub(crate) fn new(asked: Option<Format>) -> Output {
        let is_terminal = io::stdout().is_terminal();
        let format = asked.unwrap_or(if is_terminal { Format::Table } else { Format::Ndjson });
        let width = is_terminal.then(terminal_size::terminal_size).flatten().map(|(width, _)| width.0);
        Output { format, width }
    }

    /// The chosen format.
    pub(crate) fn format(self) -> Format {
        self.format
    }

    /// Begins a list of JSON objects. Known `columns` make CSV a stream and give an empty table its heading.
    pub(crate) fn list(self, columns: Option<Vec<String>>) -> List<BufWriter<io::Stdout>> {
        List::new(self.format, self.width, columns, BufWriter::new(io::stdout()))
    }

    /// Prints one JSON object as the whole result: a row in a table.
    pub(crate) fn row(self, object: &str) -> Result<(), Failure> {
        match self.format {
            Format::Table => self.rows([object]),
            _ => self.one(object),
        }
    }

    /// Prints one JSON object as the whole result: indented for people.
    pub(crate) fn one(self, object: &str) -> Result<(), Failure> {
        match self.format {
            Format::Table | Format::Json => self.text(&pretty(object)),
            Format::Ndjson => self.text(object),
            Format::Csv => self.rows([object]),
        }
    }

    /// Prints JSON objects of one shape: a row each in a table.
    pub(crate) fn rows<'a>(self, objects: impl IntoIterator<Item = &'a str>) -> Result<(), Failure> {
        let mut list = self.list(None);
        for object in objects {
            list.add(object)?;
        }
        list.end()
    }

    /// Prints a result that is the same text in every format.
    pub(crate) fn text(self, text: &str) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        writeln!(out, "{text}")?;
        Ok(out.flush()?)
    }
}
