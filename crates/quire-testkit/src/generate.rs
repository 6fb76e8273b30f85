//! Irregular documents from a seed.

use quire_model::json::write_string;
use quire_model::{DocId, Document};
use std::fmt::Write;

/// A small generator of pseudo-random numbers (SplitMix64): the same seed gives the same numbers everywhere.
pub struct Random(u64);

impl Random {
    /// A generator that begins at a seed.
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// The next number.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`, which is taken as at least 1.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next_u64() % end.max(1) as u64) as usize
    }

    /// One of the items; there must be at least one.
    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }
}

const KEYS: [&str; 14] =
    ["a", "b", "c", "name", "tags", "items", "größe", "n", "price", "", "a.b", "0", "quo\"te", "日本"];

const STRINGS: [&str; 12] = [
    "",
    "red",
    "green",
    "Zürich",
    "日本語",
    "🦀",
    "line\nbreak",
    "quo\"te",
    "back\\slash",
    "null",
    "1",
    "\u{1}\u{7f}\u{ffff}",
];

const NUMBERS: [&str; 16] = [
    "0",
    "-0",
    "1",
    "1.0",
    "-1",
    "2.50",
    "10",
    "1e2",
    "0.1",
    "9007199254740993",
    "18446744073709551616",
    "123456789012345678901234567890.123456789",
    "1E400",
    "-1e-400",
    "4.9e-324",
    "-9223372036854775808",
];

/// `count` documents with their ids: nested, irregular, with Unicode, numbers of every size, nulls and
/// arrays. The ids ascend in the order of the list; `n` is a number of which many documents share the value.
pub fn documents(seed: u64, count: usize) -> Vec<Document> {
    let mut random = Random::new(seed);
    (0..count).filter_map(|n| document(&mut random, n)).collect()
}

fn document(random: &mut Random, n: usize) -> Option<Document> {
    let suffix = random.pick(&["", "-é", "/x y", "\"q\"", "🦀"]);
    let id = DocId::new(format!("{n:08}{suffix}")).ok()?;
    let mut out = String::from("{");
    let id_first = random.below(4) > 0;
    if id_first {
        field(&mut out, "_id");
        string(&mut out, id.as_str());
    }
    fields(random, &mut out, 0);
    if !id_first {
        field(&mut out, "_id");
        string(&mut out, id.as_str());
    }
    if random.below(8) > 0 {
        field(&mut out, "group");
        let _ = write!(out, "{}", random.below(5));
    }
    out.push('}');
    Some(Document::from_checked(id, out))
}

/// Some of the keys, in a turned order, each at most once.
fn fields(random: &mut Random, out: &mut String, depth: usize) {
    let count = random.below(if depth == 0 { 9 } else { 4 });
    let start = random.below(KEYS.len());
    for n in 0..count {
        field(out, KEYS[(start + n) % KEYS.len()]);
        value(random, out, depth + 1);
    }
}

fn value(random: &mut Random, out: &mut String, depth: usize) {
    let kinds = if depth > 4 { 6 } else { 9 };
    match random.below(kinds) {
        0 => out.push_str("null"),
        1 => out.push_str(random.pick(&["true", "false"])),
        2 => string(out, random.pick(&STRINGS)),
        3 => out.push_str(random.pick(&NUMBERS)),
        4 => {
            let _ = write!(out, "{}", random.below(20));
        }
        5 => {
            let text = STRINGS[random.below(STRINGS.len())].repeat(random.below(12));
            string(out, &text);
        }
        6 => {
            out.push('{');
            fields(random, out, depth);
            out.push('}');
        }
        _ => {
            out.push('[');
            for n in 0..random.below(5) {
                if n > 0 {
                    out.push(',');
                }
                value(random, out, depth + 1);
            }
            out.push(']');
        }
    }
}

fn field(out: &mut String, key: &str) {
    if !out.ends_with('{') {
        out.push(',');
    }
    string(out, key);
    out.push(':');
}

fn string(out: &mut String, text: &str) {
    let mut bytes = Vec::with_capacity(text.len() + 2);
    write_string(text, &mut bytes);
    out.push_str(&String::from_utf8_lossy(&bytes));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_generated_document_is_one_and_a_seed_repeats_it() {
        let made = documents(7, 500);
        assert_eq!(made.len(), 500);
        for document in &made {
            assert_eq!(&Document::parse(document.text().as_bytes()).unwrap(), document);
        }
        assert!(made.is_sorted_by(|a, b| a.id() < b.id()));
        assert_eq!(documents(7, 500), made);
        assert_ne!(documents(8, 500), made);
    }
}
