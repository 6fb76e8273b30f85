//! Cursors: the place after the last document of a page, by its sort values and `_id`.
//!
//! A cursor is base64 of a JSON text such as `{"v":1,"q":"<fingerprint>","t":"<timeline>","k":[[7],[]],"id":"x"}`:
//! for each sort key a list of its value, empty where it is missing. It holds no position in any file, so it goes on
//! over changed data as well: nothing that did not change comes twice or is left out.

use super::order::Ranked;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use quire_model::json::{Json, Kind, Limits, Scanner, compact_into, write_string};
use quire_model::{Code, DocId, Error, Result};

/// The most bytes that the sort values of a cursor may have, so that cursors fit into an address.
const VALUES_BYTES_MAX: usize = 4096;

/// The most bytes of a cursor that is looked at.
const CURSOR_BYTES_MAX: usize = 64 << 10;

/// The place after a document.
pub(super) struct Position {
    pub(super) values: Vec<Option<Box<str>>>,
    pub(super) id: DocId,
    timeline: u64,
}

impl Position {
    /// Checks that the place is one of the database as it is now, and not of one that stood under its name before.
    ///
    /// # Errors
    /// `timeline_changed`.
    pub(super) fn check_timeline(&self, timeline: u64) -> Result<()> {
        if self.timeline == timeline {
            return Ok(());
        }
        let detail = "this cursor was made before the database was made anew; begin again without it";
        Err(Error::new(Code::TimelineChanged, detail).under("/cursor"))
    }
}

/// The cursor for the place after `last`.
///
/// # Errors
/// `invalid_request` where its sort values are too long to be carried around.
pub(super) fn encode(last: &Ranked, fingerprint: u64, timeline: u64) -> Result<String> {
    let mut text =
        format!("{{\"v\":1,\"q\":\"{fingerprint:016x}\",\"t\":\"{timeline:016x}\",\"k\":[").into_bytes();
    for n in 0..last.values_count() {
        text.extend_from_slice(if n > 0 { b",[" } else { b"[" });
        text.extend_from_slice(last.value(n).map_or("", Json::text).as_bytes());
        text.push(b']');
        if text.len() > VALUES_BYTES_MAX {
            let id = last.stored.document.id();
            let detail = format!(
                "the sort values of document {id:?} have more than {VALUES_BYTES_MAX} bytes: too long for a \
                 cursor; sort by a shorter field, or stream"
            );
            return Err(Error::new(Code::InvalidRequest, detail).under("/sort"));
        }
    }
    text.extend_from_slice(b"],\"id\":");
    write_string(last.stored.document.id().as_str(), &mut text);
    text.push(b'}');
    Ok(URL_SAFE_NO_PAD.encode(text))
}

/// The place that a cursor of the query with this fingerprint and number of sort keys names.
///
/// # Errors
/// `invalid_cursor` where it is not one, or one of another query.
pub(super) fn decode(cursor: &str, fingerprint: u64, keys: usize) -> Result<Position> {
    let not_ours = || invalid("this is not a cursor");
    if cursor.len() > CURSOR_BYTES_MAX {
        return Err(not_ours());
    }
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| not_ours())?;
    let mut scanner = Scanner::new(Limits::default());
    let checked = scanner.check(&bytes, &[]).map_err(|_| not_ours())?;
    let mut text = Vec::with_capacity(bytes.len());
    compact_into(checked.text, &mut text);
    let root = Json::new(std::str::from_utf8(&text).map_err(|_| not_ours())?);
    if root.get("v").map(Json::text) != Some("1") {
        return Err(not_ours());
    }
    let query = root.get("q").and_then(Json::as_str).ok_or_else(not_ours)?;
    if query != format!("{fingerprint:016x}") {
        return Err(invalid(
            "this cursor belongs to another query: collection, filter and sort must be the same",
        ));
    }
    let values = root.get("k").ok_or_else(not_ours)?.items().map(one_value).collect::<Option<Vec<_>>>();
    let values = values.filter(|values| values.len() == keys).ok_or_else(not_ours)?;
    let id = root.get("id").and_then(Json::as_str).ok_or_else(not_ours)?;
    let id = DocId::new(id.into_owned()).map_err(|_| not_ours())?;
    let timeline = root.get("t").and_then(Json::as_str).and_then(|text| u64::from_str_radix(&text, 16).ok());
    Ok(Position { values, id, timeline: timeline.ok_or_else(not_ours)? })
}

/// The value in a list of one, or the missing one of an empty list.
fn one_value(list: Json<'_>) -> Option<Option<Box<str>>> {
    let mut items = list.items();
    let value = items.next().map(|value| value.text().into());
    (list.kind() == Kind::Array && items.next().is_none()).then_some(value)
}

fn invalid(detail: &str) -> Error {
    Error::new(Code::InvalidCursor, detail).under("/cursor")
}
