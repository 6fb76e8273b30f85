//! Words of a command line: bare words, and JSON values that may hold white space.

use quire_model::json::Json;

/// What is left of a line.
pub(super) struct Words<'a>(&'a str);

impl<'a> Words<'a> {
    pub(super) fn new(line: &'a str) -> Words<'a> {
        Words(line.trim())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Everything that is left.
    pub(super) fn rest(&self) -> &'a str {
        self.0
    }

    /// The next bare word.
    pub(super) fn word(&mut self) -> Option<&'a str> {
        let end = self.0.find(' ').unwrap_or(self.0.len());
        self.take(end).filter(|word| !word.is_empty())
    }

    /// The next JSON object or string, whole.
    pub(super) fn json(&mut self) -> Option<&'a str> {
        let (mut depth, mut in_string, mut escaped) = (0, false, false);
        for (at, byte) in self.0.bytes().enumerate() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_string => escaped = true,
                b'"' => in_string = !in_string,
                b'{' | b'[' if !in_string => depth += 1,
                b'}' | b']' if !in_string => depth -= 1,
                _ => {}
            }
            let opened = self.0.starts_with(['{', '[', '"']);
            if opened && depth == 0 && !in_string && !escaped {
                return self.take(at + 1);
            }
        }
        None
    }

    /// The next id: a bare word, or a JSON string.
    pub(super) fn id(&mut self) -> Option<String> {
        if self.0.starts_with('"') {
            return self.json().and_then(|text| Json::new(text).as_str()).map(|text| text.into_owned());
        }
        self.word().map(str::to_owned)
    }

    fn take(&mut self, end: usize) -> Option<&'a str> {
        let (taken, rest) = (self.0.get(..end)?, self.0.get(end..)?);
        self.0 = rest.trim_start();
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_with_spaces_and_quotes_are_one_word() {
        let mut words = Words::new(r#"put c {"a":" } \" ","b":[{}]}  rev 7"#);
        assert_eq!((words.word(), words.word()), (Some("put"), Some("c")));
        assert_eq!(words.json(), Some(r#"{"a":" } \" ","b":[{}]}"#));
        assert_eq!((words.word(), words.word(), words.word()), (Some("rev"), Some("7"), None));
        let mut words = Words::new(r#""a \"b" c"#);
        assert_eq!(
            (words.id(), words.id(), words.id()),
            (Some("a \"b".to_owned()), Some("c".to_owned()), None)
        );
        assert_eq!(Words::new(r#"{"a":1"#).json(), None);
        assert_eq!(Words::new("7").json(), None);
    }
}
