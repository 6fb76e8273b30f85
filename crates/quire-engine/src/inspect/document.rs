//! Whether a stored text is the document that its id says.

use quire_model::json::{Json, Kind, Limits, Scanner};
use quire_model::{ID_BYTES_MAX, json};

/// Proves documents. What a document may be is checked on its way in; here it only has to be one.
pub(crate) struct Documents(Scanner);

impl Documents {
    pub(crate) fn new() -> Documents {
        Documents(Scanner::new(Limits { depth_max: usize::MAX, bytes_max: usize::MAX }))
    }

    /// What is wrong with a document.
    pub(crate) fn fault(&mut self, id: &str, text: &str) -> Option<String> {
        let checked = match self.0.check(text.as_bytes(), &[&["_id"]]) {
            Ok(checked) => checked,
            Err(json::Fault { kind, offset }) => {
                return Some(format!("it is not JSON at its byte {offset}: {kind}"));
            }
        };
        if checked.kind != Kind::Object {
            return Some(format!("it is of type {} and not an object", checked.kind.name()));
        }
        let inner = checked.ranges.first().cloned().flatten().and_then(|range| checked.text.get(range));
        match inner.and_then(|value| Json::new(value).as_str()) {
            Some(inner) if inner == id => None,
            Some(inner) => Some(format!("its _id is {inner:?}")),
            None => Some("it has no _id".to_owned()),
        }
    }
}

/// What is wrong with an id.
pub(crate) fn id_fault(id: &str) -> Option<String> {
    (id.is_empty() || id.len() > ID_BYTES_MAX).then(|| format!("its id has {} bytes", id.len()))
}
