//! Blanks what is not code, so that a rule about code never trips over a comment or a string.

/// `text` with every comment and literal turned into spaces; the lines stay where they are.
pub(crate) fn mask(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out: Vec<u8> = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let end = blank_end(bytes, at);
        if end > at {
            out.extend(bytes[at..end].iter().map(|&byte| if byte == b'\n' { byte } else { b' ' }));
            at = end;
        } else {
            // Outside literals Rust is ASCII, but for the rare name that no rule asks about.
            out.push(if bytes[at].is_ascii() { bytes[at] } else { b'_' });
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Where the comment or literal that begins at `at` ends; `at` itself if none begins there.
fn blank_end(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at..];
    match rest {
        [b'/', b'/', ..] => at + find(rest, b"\n").unwrap_or(rest.len()),
        [b'/', b'*', ..] => at + block_comment(rest),
        [b'"', ..] => at + quoted(rest, b'"'),
        [b'\'', b'\\', ..] => at + quoted(rest, b'\''),
        [b'\'', ..] if is_char(rest) => at + quoted(rest, b'\''),
        [b'r', ..] if !continues_name(bytes, at) => at + raw_string(rest),
        _ => at,
    }
}

/// Whether the `'` here opens a character and not a lifetime: one character further, another closes it.
fn is_char(rest: &[u8]) -> bool {
    let width = match rest.get(1) {
        Some(0xF0..) => 4,
        Some(0xE0..) => 3,
        Some(0xC0..) => 2,
        _ => 1,
    };
    rest.get(1 + width) == Some(&b'\'')
}

/// `br"..."` and `cr"..."` are raw strings too; any other letter before the `r` makes it part of a name.
fn continues_name(bytes: &[u8], at: usize) -> bool {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let before = |back: usize| at.checked_sub(back).map(|place| bytes[place]).is_some_and(is_name);
    let prefixed = at > 0 && matches!(bytes[at - 1], b'b' | b'c');
    if prefixed { before(2) } else { before(1) }
}

/// The length of a literal that ends at an unescaped `quote`.
fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// The length of `r"..."` or `r#"..."#`; zero for a name such as `run` or `r#type`.
fn raw_string(rest: &[u8]) -> usize {
    let hashes = rest[1..].iter().take_while(|&&byte| byte == b'#').count();
    if rest.get(1 + hashes) != Some(&b'"') {
        return 0;
    }
    let mut close = vec![b'"'];
    close.resize(1 + hashes, b'#');
    let body = 2 + hashes;
    find(&rest[body..], &close).map_or(rest.len(), |found| body + found + close.len())
}

/// The length of a block comment, which may hold others.
fn block_comment(rest: &[u8]) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        match &rest[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::mask;

    /// The words that are left.
    fn code(text: &str) -> String {
        assert_eq!(mask(text).lines().count(), text.lines().count(), "lines must stay where they are");
        mask(text).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn comments_are_blanked() {
        assert_eq!(code("a // b\nc /* d /* e */\n f */ g"), "a c g");
    }

    #[test]
    fn strings_are_blanked_with_their_escapes() {
        assert_eq!(code(r#"a("b \" // c"); d"#), "a( ); d");
        assert_eq!(code("a(r#\"b \" c\"#, br\"d\\\", e)"), "a( , b , e)");
    }

    #[test]
    fn characters_are_blanked_and_lifetimes_stay() {
        assert_eq!(code(r"'{' '\'' '\u{7f}' '\\' 'é' <'a> b'}'"), "<'a> b");
    }

    #[test]
    fn names_that_begin_like_a_raw_string_stay() {
        assert_eq!(code("r#type run bar r"), "r#type run bar r");
    }
}
