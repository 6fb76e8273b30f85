//! The functions of a file and their lines.

use super::tokens::{Mark, Token, skip_block};

/// A function with a body, from its `fn` to its closing brace.
#[derive(Debug)]
pub(crate) struct Function<'a> {
    pub(crate) name: &'a str,
    pub(crate) first_line: usize,
    pub(crate) last_line: usize,
}

/// Every function with a body, those within others too.
pub(crate) fn functions(tokens: &[Token]) -> Vec<Function<'_>> {
    let mut found = Vec::new();
    for (at, pair) in tokens.windows(2).enumerate() {
        // A pointer type `fn(u8)` has no name and no body.
        let (true, Some(name)) = (pair[0].is_word("fn"), pair[1].word()) else { continue };
        let Some(open) = body(tokens, at + 2) else { continue };
        let last_line = tokens[skip_block(tokens, open) - 1].line;
        found.push(Function { name, first_line: pair[0].line, last_line });
    }
    found
}

/// The brace that opens the body of the signature at `at`; none where a `;` ends it first.
fn body(tokens: &[Token], mut at: usize) -> Option<usize> {
    loop {
        match tokens.get(at)?.mark {
            Mark::Byte(b'{') => return Some(at),
            Mark::Byte(b';') => return None,
            // The `;` of an array type is inside brackets.
            Mark::Byte(b'(' | b'[') => at = skip_block(tokens, at),
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokens;
    use super::functions;

    #[test]
    fn lengths_go_from_fn_to_the_closing_brace() {
        let code = "fn a(x: [u8; 4])\n-> fn(u8) {\n if x { }\n fn b() {}\n}\ntrait T { fn c(); }\n";
        let tokens = tokens(code);
        let found: Vec<_> =
            functions(&tokens).iter().map(|f| (f.name.to_string(), f.first_line, f.last_line)).collect();
        assert_eq!(found, [("a".to_string(), 1, 5), ("b".to_string(), 4, 4)]);
    }
}
