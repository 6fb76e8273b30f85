//! `sql`.

use quire_client::{Database, parameter};
use quire_model::json::{Json, write_string};

use super::Desk;
use crate::args::{Format, Sql};
use crate::failure::Failure;

pub(super) async fn run(desk: &Desk, database: &Database, args: Sql) -> Result<(), Failure> {
    let params: Result<Vec<_>, _> = args.params.iter().map(|text| parameter(text)).collect();
    let params = params?;
    if matches!(desk.output.format(), Format::Ndjson | Format::Json) {
        let mut list = desk.output.list(None);
        let mut rows = database.sql_stream(&args.sql, params).await?;
        while let Some(row) = rows.next().await? {
            list.add(&row)?;
        }
        return list.end();
    }
    // A table and CSV need their columns even where there is no row.
    let answer = database.sql(&args.sql, params).await?;
    let columns = unique(answer.columns.into_iter().map(|column| column.name).collect());
    let mut list = desk.output.list(Some(columns.clone()));
    for row in &answer.rows {
        list.add(&object(&columns, Json::new(row.get())))?;
    }
    list.end()
}

/// The names made different from each other, so that two columns of one name stay two columns.
fn unique(names: Vec<String>) -> Vec<String> {
    let mut made: Vec<String> = Vec::with_capacity(names.len());
    for name in names {
        let mut candidate = name.clone();
        let mut number = 2;
        while made.contains(&candidate) {
            candidate = format!("{name}_{number}");
            number += 1;
        }
        made.push(candidate);
    }
    made
}

fn object(columns: &[String], row: Json<'_>) -> String {
    let mut out = Vec::new();
    for (column, value) in columns.iter().zip(row.items()) {
        out.push(if out.is_empty() { b'{' } else { b',' });
        write_string(column, &mut out);
        out.push(b':');
        out.extend_from_slice(value.text().as_bytes());
    }
    out.extend_from_slice(if out.is_empty() { b"{}" } else { b"}" });
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_becomes_an_object_with_every_column() {
        let columns = unique(["n", "n", "a\"b"].map(str::to_owned).to_vec());
        assert_eq!(columns, ["n", "n_2", "a\"b"]);
        assert_eq!(
            object(&columns, Json::new("[1.0,null,{\"x\":[2]}]")),
            r#"{"n":1.0,"n_2":null,"a\"b":{"x":[2]}}"#
        );
        assert_eq!(object(&[], Json::new("[]")), "{}");
    }
}
