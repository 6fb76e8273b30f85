//! A list of JSON objects, written as it comes where the format allows it.

use std::io::Write;

use quire_model::json::Json;

use super::cell::cell;
use super::table;
use crate::args::Format;
use crate::failure::Failure;

/// A list that is being written. [`List::end`] has to be called: it writes what a format keeps for last.
pub(crate) struct List<W: Write> {
    out: W,
    format: Format,
    width: Option<u16>,
    columns: Option<Vec<String>>,
    /// Objects whose columns are not known yet.
    kept: Vec<String>,
    count: u64,
}

impl<W: Write> List<W> {
    pub(super) fn new(format: Format, width: Option<u16>, columns: Option<Vec<String>>, out: W) -> List<W> {
        List { out, format, width, columns, kept: Vec::new(), count: 0 }
    }

    /// Adds one object, given as checked JSON text.
    pub(crate) fn add(&mut self, object: &str) -> Result<(), Failure> {
        let first = self.count == 0;
        self.count += 1;
        match (self.format, &self.columns) {
            (Format::Ndjson, _) => writeln!(self.out, "{object}")?,
            (Format::Json, _) => write!(self.out, "{}{object}", if first { "[\n" } else { ",\n" })?,
            (Format::Csv, Some(columns)) => {
                if first {
                    record(&mut self.out, columns)?;
                }
                let object = Json::new(object);
                record(&mut self.out, &row(&object, columns))?;
            }
            (Format::Csv, None) | (Format::Table, _) => self.kept.push(object.to_owned()),
        }
        Ok(())
    }

    /// Writes what is left.
    pub(crate) fn end(mut self) -> Result<(), Failure> {
        match self.format {
            Format::Ndjson => {}
            Format::Json => writeln!(self.out, "{}", if self.count == 0 { "[]" } else { "\n]" })?,
            Format::Csv => self.end_csv()?,
            Format::Table => self.end_table()?,
        }
        Ok(self.out.flush()?)
    }

    fn end_csv(&mut self) -> Result<(), Failure> {
        if let Some(columns) = &self.columns {
            if self.count == 0 {
                record(&mut self.out, columns)?;
            }
            return Ok(());
        }
        let columns = columns_of(&self.kept);
        if columns.is_empty() {
            return Ok(());
        }
        record(&mut self.out, &columns)?;
        for object in &self.kept {
            record(&mut self.out, &row(&Json::new(object), &columns))?;
        }
        Ok(())
    }

    fn end_table(&mut self) -> Result<(), Failure> {
        let columns = self.columns.take().unwrap_or_else(|| columns_of(&self.kept));
        if columns.is_empty() {
            return Ok(());
        }
        let rows = self.kept.iter().map(|object| row(&Json::new(object), &columns)).collect();
        writeln!(self.out, "{}", table::table(&columns, rows, self.width))?;
        Ok(())
    }
}

/// Every field of the objects, in the order in which they are first seen, `_rev` behind all others.
fn columns_of(objects: &[String]) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    let mut columns = Vec::new();
    for object in objects {
        for (key, _) in Json::new(object).fields() {
            let key = key.unescape();
            if !seen.contains(key.as_ref()) {
                seen.insert(key.clone().into_owned());
                columns.push(key.into_owned());
            }
        }
    }
    if let Some(at) = columns.iter().position(|column| column == "_rev") {
        let rev = columns.remove(at);
        columns.push(rev);
    }
    columns
}

fn row(object: &Json<'_>, columns: &[String]) -> Vec<String> {
    columns.iter().map(|column| object.get(column).map(cell).unwrap_or_default()).collect()
}

fn record(out: &mut impl Write, cells: &[String]) -> Result<(), Failure> {
    let mut writer = csv::Writer::from_writer(out);
    let written = writer.write_record(cells).map_err(std::io::Error::from);
    written.and_then(|()| writer.flush())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(format: Format, columns: Option<&[&str]>, objects: &[&str]) -> String {
        let mut out = Vec::new();
        let columns = columns.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
        let mut list = List::new(format, None, columns, &mut out);
        for object in objects {
            list.add(object).unwrap();
        }
        list.end().unwrap();
        String::from_utf8(out).unwrap()
    }

    const OBJECTS: &[&str] = &[
        r#"{"_id":"a","n":1.50,"_rev":1}"#,
        r#"{"_id":"b","s":"x, \"y\"","o":{"k":[1]},"z":null,"_rev":2}"#,
    ];

    #[test]
    fn json_keeps_the_text() {
        assert_eq!(written(Format::Ndjson, None, OBJECTS), format!("{}\n{}\n", OBJECTS[0], OBJECTS[1]));
        assert_eq!(written(Format::Json, None, OBJECTS), format!("[\n{},\n{}\n]\n", OBJECTS[0], OBJECTS[1]));
        assert_eq!(written(Format::Json, None, &[]), "[]\n");
        assert_eq!(written(Format::Ndjson, None, &[]), "");
    }

    #[test]
    fn csv_has_every_field_once() {
        let all = "_id,n,s,o,z,_rev\na,1.50,,,,1\nb,,\"x, \"\"y\"\"\",\"{\"\"k\"\":[1]}\",,2\n";
        assert_eq!(written(Format::Csv, None, OBJECTS), all);
        assert_eq!(written(Format::Csv, Some(&["n", "_id"]), OBJECTS), "n,_id\n1.50,a\n,b\n");
        assert_eq!(written(Format::Csv, Some(&["n"]), &[]), "n\n");
        assert_eq!(written(Format::Csv, None, &[]), "");
    }

    #[test]
    fn a_table_has_a_heading() {
        let table = written(Format::Table, Some(&["n"]), &[]);
        assert!(table.contains('n'), "{table}");
        let table = written(Format::Table, None, OBJECTS);
        assert!(table.contains("1.50") && table.contains("x, \"y\""), "{table}");
    }
}
