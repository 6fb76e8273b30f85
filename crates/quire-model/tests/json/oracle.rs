//! The judge: serde_json reads every scalar and every boundary; this file only steps from one to the next.
//!
//! serde_json's `Value` drops duplicate keys and refuses 1e400, so values are taken as `RawValue` (which checks
//! the grammar) and keys and strings as `String` (which checks the escapes), level by level.

use serde_json::value::RawValue;
use serde_json::{Deserializer, from_slice, from_str};

/// A value with its keys in their order, duplicates and all, and its numbers as text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tree {
    Null,
    Bool(bool),
    Number(String),
    String(String),
    Object(Vec<(String, Tree)>),
    Array(Vec<Tree>),
}

/// The value that `bytes` are, if they are one by the strict rules and not nested deeper than `depth`.
pub(crate) fn tree(bytes: &[u8], depth: usize) -> Option<Tree> {
    std::str::from_utf8(bytes).ok()?;
    let raw: &RawValue = from_slice(bytes).ok()?;
    tree_of(raw.get(), depth)
}

fn tree_of(text: &str, depth: usize) -> Option<Tree> {
    Some(match text.as_bytes().first()? {
        b'n' => Tree::Null,
        b't' => Tree::Bool(true),
        b'f' => Tree::Bool(false),
        b'"' => Tree::String(from_str(text).ok()?),
        b'[' => {
            let depth = depth.checked_sub(1)?;
            let items: Vec<&RawValue> = from_str(text).ok()?;
            Tree::Array(items.into_iter().map(|item| tree_of(item.get(), depth)).collect::<Option<_>>()?)
        }
        b'{' => Tree::Object(fields(text, depth.checked_sub(1)?)?),
        _ => Tree::Number(text.to_owned()),
    })
}

/// The fields of an object whose grammar is known to be right.
fn fields(text: &str, depth: usize) -> Option<Vec<(String, Tree)>> {
    let mut rest = text[1..].trim_start();
    let mut fields: Vec<(String, Tree)> = Vec::new();
    while !rest.starts_with('}') {
        let mut keys = Deserializer::from_str(rest).into_iter::<String>();
        let key = keys.next()?.ok()?;
        rest = rest[keys.byte_offset()..].trim_start().strip_prefix(':')?;
        let mut values = Deserializer::from_str(rest).into_iter::<&RawValue>();
        let value = tree_of(values.next()?.ok()?.get(), depth)?;
        rest = rest[values.byte_offset()..].trim_start();
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
        if fields.iter().any(|(earlier, _)| *earlier == key) {
            return None;
        }
        fields.push((key, value));
    }
    Some(fields)
}
