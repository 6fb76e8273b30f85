//! Strings as JSON.

use super::block::string_stop;

/// Appends `s` as a JSON string with its quotes. Only what must be escaped is: `"`, `\` and control characters.
pub fn write_string(s: &str, out: &mut Vec<u8>) {
    let bytes = s.as_bytes();
    out.reserve(bytes.len() + 2);
    out.push(b'"');
    let mut run = 0;
    loop {
        let stop = string_stop(bytes, run);
        out.extend_from_slice(bytes.get(run..stop).unwrap_or_default());
        let Some(&byte) = bytes.get(stop) else {
            break;
        };
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x0c => out.extend_from_slice(b"\\f"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            _ => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
        }
        run = stop + 1;
    }
    out.push(b'"');
}
