//! JSON indented for people; strings and numbers stay as they are written.

use quire_model::json::{Json, Kind};

/// The value with one member on each line.
pub(crate) fn pretty(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    write(Json::new(text), 0, &mut out);
    out
}

/// Depth is bounded: a document is at most 128 deep.
fn write(value: Json<'_>, depth: usize, out: &mut String) {
    match value.kind() {
        Kind::Object => {
            let fields = value.fields().map(|(key, value)| (Some(key.raw()), value));
            members(fields, ['{', '}'], depth, out);
        }
        Kind::Array => members(value.items().map(|value| (None, value)), ['[', ']'], depth, out),
        _ => out.push_str(value.text()),
    }
}

fn members<'a>(
    members: impl Iterator<Item = (Option<&'a str>, Json<'a>)>,
    brackets: [char; 2],
    depth: usize,
    out: &mut String,
) {
    out.push(brackets[0]);
    let mut is_empty = true;
    for (key, value) in members {
        if !is_empty {
            out.push(',');
        }
        is_empty = false;
        line(depth + 1, out);
        if let Some(key) = key {
            out.push('"');
            out.push_str(key);
            out.push_str("\": ");
        }
        write(value, depth + 1, out);
    }
    if !is_empty {
        line(depth, out);
    }
    out.push(brackets[1]);
}

fn line(depth: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use super::pretty;

    #[test]
    fn every_member_has_its_line_and_every_digit_stays() {
        let wanted = "{\n  \"a\": 1.00,\n  \"b\\\"\": [\n    {},\n    [],\n    \"x, y\"\n  ]\n}";
        assert_eq!(pretty(r#"{"a":1.00,"b\"":[{},[],"x, y"]}"#), wanted);
        assert_eq!(pretty("[]"), "[]");
        assert_eq!(pretty("7"), "7");
    }
}
