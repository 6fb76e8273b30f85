//! Cuts masked code into words and marks.

/// One token and its line, counted from 1.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) line: usize,
    pub(crate) mark: Mark,
}

/// What a token is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// A name, a keyword or a number.
    Word(String),
    /// `::`
    Colons,
    /// Any other sign, byte by byte.
    Byte(u8),
}

impl Token {
    pub(crate) fn is(&self, mark: Mark) -> bool {
        self.mark == mark
    }

    pub(crate) fn is_word(&self, wanted: &str) -> bool {
        self.word() == Some(wanted)
    }

    pub(crate) fn word(&self) -> Option<&str> {
        if let Mark::Word(word) = &self.mark { Some(word) } else { None }
    }
}

/// The tokens of code that `mask` has been over.
pub(crate) fn tokens(code: &str) -> Vec<Token> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let bytes = code.as_bytes();
    let mut found = Vec::new();
    let mut line = 1;
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        at += 1;
        let mark = match bytes[start] {
            b'\n' => {
                line += 1;
                continue;
            }
            byte if byte.is_ascii_whitespace() => continue,
            byte if is_name(byte) => {
                while at < bytes.len() && is_name(bytes[at]) {
                    at += 1;
                }
                Mark::Word(code[start..at].to_string())
            }
            b':' if bytes.get(at) == Some(&b':') => {
                at += 1;
                Mark::Colons
            }
            byte => Mark::Byte(byte),
        };
        found.push(Token { line, mark });
    }
    found
}

/// The index behind the bracket that closes the one at `open`; the end, where none does.
pub(crate) fn skip_block(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.mark {
            Mark::Byte(b'{' | b'(' | b'[') => depth += 1,
            Mark::Byte(b'}' | b')' | b']') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}
