//! Dotted paths into documents, such as `a.b.0.c`.

use crate::json::{Json, Kind};
use crate::{Code, Error, Result};
use std::fmt;

/// One step of a path: a key of an object, which is also a position of an array where it is a number.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Segment {
    /// The key.
    pub key: Box<str>,
    /// The key as an array position, where it is one.
    pub index: Option<usize>,
}

/// A dotted path with at least one step.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Path(Vec<Segment>);

impl Path {
    /// Reads a dotted path.
    ///
    /// # Errors
    /// `invalid_request` for an empty path or an empty step; callers give it their own code.
    pub fn parse(text: &str) -> Result<Path> {
        let segments: Vec<Segment> = text.split('.').map(segment).collect();
        if segments.iter().any(|s| s.key.is_empty()) {
            return Err(Error::new(
                Code::InvalidRequest,
                format!("{:?} is not a path: a step is empty", crate::name::shorten(text)),
            ));
        }
        Ok(Path(segments))
    }

    /// A path of one key, taken as it is, dots included.
    pub fn key(key: &str) -> Path {
        Path(vec![Segment { key: key.into(), index: None }])
    }

    /// The steps.
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// Whether the path is the system's field `name` and nothing below it.
    pub fn is(&self, name: &str) -> bool {
        self.0.len() == 1 && &*self.0[0].key == name
    }

    /// The one value that the path names by keys and positions, without reaching into the elements of arrays.
    /// This is what sorts, projections and SQL mean by a path.
    pub fn value<'a>(&self, root: Json<'a>) -> Option<Json<'a>> {
        self.0.iter().try_fold(root, |value, step| match step.index {
            Some(index) => value.get(&step.key).or_else(|| value.at(index)),
            None => value.get(&step.key),
        })
    }

    /// Every value that a filter's path reaches, each once: a step on an array is taken as a position and also on each
    /// of its elements that is an object. Calls `found` with `None` if there is a place where the path ends early.
    /// Stops when `found` answers true, and answers whether it did.
    pub fn any<'a>(&self, root: Json<'a>, found: &mut dyn FnMut(Option<Json<'a>>) -> bool) -> bool {
        let mut value = root;
        for (n, step) in self.0.iter().enumerate() {
            match value.kind() {
                Kind::Object => match value.get(&step.key) {
                    Some(field) => value = field,
                    None => return found(None),
                },
                Kind::Array => return spread(value, &self.0[n..], found),
                _ => return found(None),
            }
        }
        found(Some(value))
    }
}

/// Goes on from an array, step by step over the set of places reached so far. It is a set because two ways can lead to
/// the same place, and the number of ways doubles with every step.
fn spread<'a>(array: Json<'a>, steps: &[Segment], found: &mut dyn FnMut(Option<Json<'a>>) -> bool) -> bool {
    let mut places = vec![array];
    let mut missing = false;
    for step in steps {
        let mut next = Vec::new();
        let mut reach = |place: Option<Json<'a>>| match place {
            Some(place) => next.push(place),
            None => missing = true,
        };
        for place in places {
            match place.kind() {
                Kind::Object => reach(place.get(&step.key)),
                Kind::Array => {
                    let element = step.index.and_then(|index| place.at(index));
                    let mut objects = place.items().filter(|e| e.kind() == Kind::Object).peekable();
                    if element.is_some() || (step.index.is_some() && objects.peek().is_none()) {
                        reach(element);
                    }
                    objects.for_each(|object| reach(object.get(&step.key)));
                }
                _ => reach(None),
            }
        }
        next.sort_unstable_by_key(|place| place_of(*place));
        next.dedup_by_key(|place| place_of(*place));
        places = next;
        if places.is_empty() {
            break;
        }
    }
    places.into_iter().any(|place| found(Some(place))) || (missing && found(None))
}

/// Where a value stands: no two of one document begin at the same byte.
fn place_of(value: Json<'_>) -> usize {
    value.text().as_ptr() as usize
}

fn segment(text: &str) -> Segment {
    // "0", "7" and "10" are positions; "00" and "+1" are keys only, so that a position has one spelling.
    let canonical = text == "0" || (!text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit()));
    Segment { key: text.into(), index: canonical.then(|| text.parse().ok()).flatten() }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, segment) in self.0.iter().enumerate() {
            if n > 0 {
                f.write_str(".")?;
            }
            f.write_str(&segment.key)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(path: &str, text: &str) -> Vec<String> {
        let mut out = Vec::new();
        Path::parse(path).unwrap().any(Json::new(text), &mut |v| {
            out.push(v.map_or("missing".to_owned(), |v| v.text().to_owned()));
            false
        });
        out
    }

    #[test]
    fn a_filters_path_reaches_into_arrays() {
        assert_eq!(all("a.b", r#"{"a":{"b":1}}"#), ["1"]);
        assert_eq!(all("a.b", r#"{"a":[{"b":1},{"c":2},3,{"b":[4]}]}"#), ["1", "[4]", "missing"]);
        assert_eq!(all("a.1", r#"{"a":[5,6]}"#), ["6"]);
        assert_eq!(all("a.5", r#"{"a":[5,6]}"#), ["missing"]);
        assert_eq!(all("a.b", r#"{"a":[]}"#), Vec::<String>::new());
        assert_eq!(all("a.b", r#"{"a":1}"#), ["missing"]);
        assert_eq!(all("a.0.b", r#"{"a":[{"b":1}]}"#), ["1", "missing"]);
    }

    #[test]
    fn a_path_that_can_be_taken_in_many_ways_is_walked_once() {
        // Two ways for every step: as a position, and as a key of the element there. Taken one by one this would not
        // end within the year.
        let depth = 62;
        let text = format!("{}1{}", "{\"0\":[".repeat(depth), "]}".repeat(depth));
        let path = format!("{}0", "0.".repeat(depth + 20));
        assert!(all(&path, &text).len() <= 2 * depth);
    }

    #[test]
    fn a_plain_path_names_one_value() {
        let value = |p: &str, t| Path::parse(p).unwrap().value(Json::new(t)).map(|v| v.text().to_owned());
        assert_eq!(value("a.1", r#"{"a":[5,6]}"#).as_deref(), Some("6"));
        assert_eq!(value("a.1", r#"{"a":{"1":7}}"#).as_deref(), Some("7"));
        assert_eq!(value("a.b", r#"{"a":[{"b":1}]}"#), None);
    }

    #[test]
    fn empty_steps_are_refused() {
        for bad in ["", ".", "a.", ".a", "a..b"] {
            assert!(Path::parse(bad).is_err(), "{bad:?}");
        }
    }
}
