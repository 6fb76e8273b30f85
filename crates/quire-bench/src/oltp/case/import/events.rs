//! Events of a social network, one JSON object a line: the shape that public benchmarks of JSON use.

use crate::oltp::content::mix;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// What happens, and how often of 100.
const KINDS: [(&str, u64); 4] =
    [("feed.like", 46), ("graph.follow", 36), ("feed.post", 11), ("feed.repost", 7)];

/// Users who do it; a few do most of it.
const USERS: u64 = 200_000;

/// Writes so many lines and says how many bytes they have, without the ends of the lines.
pub(super) fn write(path: &Path, lines: u64) -> io::Result<u64> {
    let mut file = BufWriter::new(File::create(path)?);
    let mut bytes = 0;
    for number in 0..lines {
        let line = event(number);
        bytes += line.len() as u64;
        writeln!(file, "{line}")?;
    }
    file.flush()?;
    Ok(bytes)
}

fn event(number: u64) -> String {
    let (random, time_us) = (mix(number), 1_732_206_349_000_000 + number * 823);
    let kind = kind(random % 100);
    let record = match kind {
        "graph.follow" => format!("\"subject\":\"{}\"", user(mix(random))),
        "feed.post" => format!("\"langs\":[\"en\"],\"text\":\"{}\"", text(random)),
        _ => format!(
            "\"subject\":{{\"cid\":\"bafyrei{}\",\"uri\":\"at://{}/app.bsky.feed.post/{:013x}\"}}",
            letters(mix(random ^ 1), 52),
            user(mix(random ^ 2)),
            mix(random ^ 3) >> 12
        ),
    };
    format!(
        "{{\"did\":\"{}\",\"time_us\":{time_us},\"kind\":\"commit\",\"commit\":{{\"rev\":\"3l{:011x}\",\
         \"operation\":\"create\",\"collection\":\"app.bsky.{kind}\",\"rkey\":\"3l{:011x}\",\"record\":{{\
         \"$type\":\"app.bsky.{kind}\",\"createdAt\":\"2024-11-21T16:{:02}:{:02}.{:03}Z\",{record}}},\
         \"cid\":\"bafyrei{}\"}}}}",
        user(mix(random ^ 4)),
        time_us >> 8,
        time_us >> 9,
        number / 60_000 % 60,
        number / 1000 % 60,
        number % 1000,
        letters(mix(random ^ 5), 52)
    )
}

fn kind(of_hundred: u64) -> &'static str {
    let mut end = 0;
    let found = KINDS.iter().find(|(_, share)| {
        end += share;
        of_hundred < end
    });
    found.map_or(KINDS[0].0, |(kind, _)| kind)
}

/// Low numbers are much more frequent than high ones.
fn user(random: u64) -> String {
    let part = (random % USERS) * (random / USERS % USERS) / USERS;
    format!("did:plc:{}", letters(mix(part), 24))
}

fn text(random: u64) -> String {
    const WORDS: [&str; 12] =
        ["the", "morning", "coffee", "is", "never", "quite", "as", "good", "photograph", "of", "naïve", "猫"];
    let words = 8 + random % 40;
    let word = |n| WORDS[(mix(random ^ (n << 8)) % WORDS.len() as u64) as usize];
    (0..words).map(word).collect::<Vec<_>>().join(" ")
}

fn letters(seed: u64, count: usize) -> String {
    let mut state = seed;
    let letter = |n: usize| {
        if n.is_multiple_of(12) {
            state = mix(state);
        }
        char::from(b"abcdefghijklmnopqrstuvwxyz234567"[(state >> (n % 12 * 5)) as usize % 32])
    };
    (0..count).map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_json_of_about_480_bytes() {
        let lines: Vec<String> = (0..2000).map(event).collect();
        for line in &lines {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(value["kind"], "commit");
        }
        let mean = lines.iter().map(String::len).sum::<usize>() / lines.len();
        assert!((430..=530).contains(&mean), "{mean} bytes on average");
    }
}
