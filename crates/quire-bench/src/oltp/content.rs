//! Ids and documents of exactly 1 KiB; the same for each subject and each run.

use std::fmt::Write;

/// The size of every document, its id included.
pub(super) const DOCUMENT_BYTES: usize = 1024;

/// How many different bodies there are; more would only take memory.
const BODIES: u64 = 1024;

/// One document as every subject gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) id: String,
    /// The text, `_id` first.
    pub(super) document: String,
}

/// Makes documents: a body of nested fields and words behind an id.
pub(super) struct Content {
    bodies: Vec<String>,
}

impl Content {
    pub(super) fn new() -> Content {
        Content { bodies: (0..BODIES).map(body).collect() }
    }

    /// The document with number `number` in a database whose ids are scattered over the whole key space: an insert may
    /// hit anywhere.
    pub(super) fn scattered(&self, number: u64) -> Item {
        self.item(scattered_id(number), number)
    }

    /// The `number`-th document of a thread, whose ids grow.
    pub(super) fn growing(&self, thread: usize, number: u64) -> Item {
        self.item(format!("{thread:02}-{number:013}"), number)
    }

    fn item(&self, id: String, number: u64) -> Item {
        let body = &self.bodies[(mix(number) % BODIES) as usize];
        let document = format!("{{\"_id\":\"{id}\",{body}");
        Item { id, document }
    }
}

/// Different for each number, and in no order.
pub(super) fn scattered_id(number: u64) -> String {
    format!("{:016x}", mix(number))
}

/// A number that looks random and is different for each argument (SplitMix64).
pub(super) fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Everything behind the id, so long that a document with an id of 16 bytes has [`DOCUMENT_BYTES`].
fn body(number: u64) -> String {
    const WORDS: [&str; 16] = [
        "river", "stone", "under", "market", "seven", "light", "paper", "about", "winter", "garden", "small",
        "road", "number", "evening", "cloud", "bridge",
    ];
    let mut text = String::new();
    let _ = write!(
        text,
        "\"kind\":\"event\",\"n\":{}.{:03},\"tags\":[\"{}\",\"{}\"],\"user\":{{\"name\":\"user-{}\",\"age\":{}}},\
         \"note\":\"",
        mix(number) % 100_000,
        number % 1000,
        WORDS[(number % 16) as usize],
        WORDS[(number / 16 % 16) as usize],
        mix(number) % 5000,
        18 + number % 60
    );
    let length = DOCUMENT_BYTES - "{\"_id\":\"0123456789abcdef\",".len() - "\"}".len();
    let mut at = mix(number);
    while text.len() < length {
        at = mix(at);
        let _ = write!(text, "{} {:x} ", WORDS[(at % 16) as usize], at >> 44);
    }
    text.truncate(length);
    text + "\"}"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_have_the_size_that_is_published() {
        let content = Content::new();
        for number in [0, 1, 77, 1_000_000] {
            for item in [content.scattered(number), content.growing(15, number)] {
                assert_eq!(item.document.len(), DOCUMENT_BYTES);
                let value: serde_json::Value = serde_json::from_str(&item.document).unwrap();
                assert_eq!(value["_id"], item.id.as_str());
            }
        }
    }
}
