//! `find` and `count`.

use std::io::Write;

use quire_client::{self as client, Collection};

use super::Desk;
use crate::args::{Count, Find, Format};
use crate::failure::Failure;
use crate::output::List;

/// Documents that are asked for at once. Up to so many, a limit is kept by one page, whose cursor can be shown.
const PAGE_DOCUMENTS: u64 = 1_000;

pub(super) async fn find(desk: &Desk, collection: &Collection, args: Find) -> Result<(), Failure> {
    let format = desk.output.format();
    // A table that nobody limited is one page: more than a screen, less than a flood.
    let one_page = format == Format::Table && args.limit.is_none();
    let by_page =
        one_page || args.cursor.is_some() || args.limit.is_some_and(|limit| limit <= PAGE_DOCUMENTS);
    let columns = args.fields.as_deref().filter(|_| format == Format::Csv).map(columns);
    let find = client::Find {
        filter: args.filter,
        sort: args.sort,
        fields: args.fields,
        limit: args.limit,
        cursor: args.cursor,
    };
    let mut list = desk.output.list(columns);
    let cursor = match by_page {
        true => pages(collection, find, one_page, &mut list).await?,
        false => {
            let mut documents = collection.find_stream(&find).await?;
            while let Some(document) = documents.next().await? {
                list.add(&document)?;
            }
            None
        }
    };
    list.end()?;
    if let Some(cursor) = cursor {
        desk.notes.say(format_args!("there is more: --cursor {cursor}"));
    }
    Ok(())
}

/// Lists page after page; returns the cursor of what is left.
async fn pages<W: Write>(
    collection: &Collection,
    mut find: client::Find,
    one_page: bool,
    list: &mut List<W>,
) -> Result<Option<String>, Failure> {
    let limit = find.limit;
    let mut left = limit.unwrap_or(u64::MAX);
    loop {
        // Without a limit the server's own size of a page holds. One of 0 is the server's to judge.
        find.limit = limit.map(|_| left.min(PAGE_DOCUMENTS));
        let page = collection.find(&find).await?;
        for document in &page.documents {
            list.add(document.get())?;
        }
        left = left.saturating_sub(page.documents.len() as u64);
        find.cursor = page.cursor;
        if find.cursor.is_none() || left == 0 || one_page {
            return Ok(find.cursor);
        }
    }
}

/// The columns of CSV where fields were asked for: each by its first part, for that is where it is in a document.
fn columns(fields: &str) -> Vec<String> {
    let mut columns = vec!["_id".to_owned()];
    for field in fields.split(',') {
        let top = field.trim().split('.').next().unwrap_or_default();
        if top != "_rev" && !columns.iter().any(|column| column == top) {
            columns.push(top.to_owned());
        }
    }
    columns.push("_rev".to_owned());
    columns
}

pub(super) async fn count(desk: &Desk, collection: &Collection, args: Count) -> Result<(), Failure> {
    let count = collection.count(args.filter.as_deref()).await?;
    match desk.output.format() {
        Format::Table => desk.output.text(&count.to_string()),
        _ => desk.output.row(&format!("{{\"count\":{count}}}")),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_columns_of_csv_are_the_top_level_fields() {
        assert_eq!(super::columns("b.c, a,b.d,_id,_rev"), ["_id", "b", "a", "_rev"]);
    }
}
