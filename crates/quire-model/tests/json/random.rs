//! Random documents from a seed: the same for everyone who runs the tests.

/// Xorshift: small, fast and good enough to choose bytes.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 16) as usize % limit
    }

    pub(crate) fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

const SPACES: &[&str] = &["", "", "", "", "", " ", "\n", "\t ", "  \r\n      "];
const NUMBERS: &[&str] = &[
    "0",
    "-0",
    "1",
    "-1",
    "12",
    "1.0",
    "10e-1",
    "1E2",
    "0.5",
    "-0.5",
    "1e400",
    "9007199254740993",
    "3.14159",
    "123456789012345678901234567890",
    "1e-400",
    "-17.250",
    "0e5",
    "1e+2",
    "9223372036854775807",
];
const STRINGS: &[&str] = &[
    "",
    "a",
    "b",
    "_id",
    "key",
    "ä",
    "\\u00e4",
    "\\u0061",
    "日本語",
    "\\ud83d\\ude00",
    "😀",
    "\\n",
    "\\\\",
    "\\\"",
    "a longer string that fills more than one block of bytes",
    "tail\\\\",
    "\\/",
    "/",
    "{[",
    "]}",
    "~",
    "\u{7f}",
    "0123456789abcde\\\"",
    "\\\\\\\"\\\\",
];

/// A random value as text, nested up to `depth`, with white space in between where `spaces`.
pub(crate) fn value(random: &mut Random, depth: usize, spaces: bool, out: &mut String) {
    let space = |random: &mut Random, out: &mut String| {
        if spaces {
            out.push_str(random.pick(SPACES));
        }
    };
    let kind = random.below(if depth == 0 { 5 } else { 10 });
    match kind {
        0 => out.push_str(random.pick(&["null", "true", "false"])),
        1 | 2 => out.push_str(random.pick(NUMBERS)),
        3 | 4 => string(random, out),
        kind => {
            let object = kind < 8;
            out.push(if object { '{' } else { '[' });
            space(random, out);
            let mut keys: Vec<String> = Vec::new();
            for index in 0..random.below(5) {
                let mut key = String::new();
                string(random, &mut key);
                // Mostly without duplicates, or nothing else would be tested.
                if object && keys.contains(&key) {
                    continue;
                }
                if index > 0 && !keys.is_empty() {
                    out.push(',');
                    space(random, out);
                }
                if object {
                    out.push_str(&key);
                    space(random, out);
                    out.push(':');
                    space(random, out);
                }
                keys.push(key);
                value(random, depth - 1, spaces, out);
                space(random, out);
            }
            out.push(if object { '}' } else { ']' });
        }
    }
}

fn string(random: &mut Random, out: &mut String) {
    out.push('"');
    for _ in 0..=random.below(2) {
        out.push_str(random.pick(STRINGS));
    }
    out.push('"');
}

/// Changes a few bytes of `text`: some removed, doubled, swapped for bytes that matter, or cut off.
pub(crate) fn mutate(random: &mut Random, text: &mut Vec<u8>) {
    const BYTES: &[u8] =
        b"\"\"\"\\\\{}[]::,,,0123456789.-+eE tfnu\n\x00\x1f/dD8cC\x80\xc3\xa4\xed\xa0\xf0\xff";
    for _ in 0..=random.below(2) {
        if text.is_empty() {
            return;
        }
        let at = random.below(text.len());
        let byte = BYTES[random.below(BYTES.len())];
        match random.below(8) {
            0 | 1 => text[at] = byte,
            2 | 3 => text.insert(at, byte),
            4 | 5 => {
                text.remove(at);
            }
            6 => {
                let to = (at + random.below(12)).min(text.len());
                let piece = text[at..to].to_vec();
                text.splice(at..at, piece);
            }
            _ => {
                if random.below(4) == 0 {
                    text.truncate(at);
                }
            }
        }
    }
}
