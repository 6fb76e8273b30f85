//! What a query shows of a document.
//!
//! A path keeps the objects and arrays on its way: `items.sku` on a list of items gives a list of
//! `{"sku":…}`. On an array a step means each element that is an object or an array, and also the element at
//! its position where it is a number; other elements are left out. The order of fields and the text of values
//! stay as they are.

use quire_model::json::{Json, Kind};
use quire_model::{Path, Stored};

/// The fields to show; everything where there are none.
pub(super) struct Projection {
    root: Node,
}

/// The steps that may follow.
#[derive(Default)]
struct Node {
    steps: Vec<(Box<str>, Option<usize>, Node)>,
    /// Whether everything from here on is shown.
    whole: bool,
}

impl Projection {
    /// Where one path leads into another, the shorter one counts.
    pub(super) fn new(fields: &[Path]) -> Projection {
        let mut root = Node { steps: Vec::new(), whole: fields.is_empty() };
        for path in fields.iter().filter(|path| !path.is("_rev")) {
            root.add(path);
        }
        if !root.whole {
            root.add(&Path::key("_id"));
        }
        Projection { root }
    }

    /// The text of a document, with `_rev`.
    pub(super) fn text(&self, stored: &Stored) -> String {
        if self.root.whole {
            return stored.text_with_rev();
        }
        let mut out = String::with_capacity(256);
        self.root.write(stored.document.json(), &mut out);
        // What was written is an object with at least its _id.
        out.pop();
        out.push_str(",\"_rev\":");
        out.push_str(&stored.rev.to_string());
        out.push('}');
        out
    }
}

impl Node {
    fn add(&mut self, path: &Path) {
        let mut node = self;
        for segment in path.segments() {
            let known = node.steps.iter().position(|(key, _, _)| *key == segment.key);
            let at = known.unwrap_or_else(|| {
                node.steps.push((segment.key.clone(), segment.index, Node::default()));
                node.steps.len() - 1
            });
            node = &mut node.steps[at].2;
        }
        node.whole = true;
    }

    fn write(&self, value: Json<'_>, out: &mut String) {
        if self.whole {
            out.push_str(value.text());
        } else if value.kind() == Kind::Object {
            self.write_object(value, out);
        } else {
            self.write_array(value, out);
        }
    }

    /// Whether anything of a value is shown, be it only its empty shape.
    fn shows(&self, value: Json<'_>) -> bool {
        self.whole || matches!(value.kind(), Kind::Object | Kind::Array)
    }

    fn write_object(&self, object: Json<'_>, out: &mut String) {
        out.push('{');
        let start = out.len();
        for (key, value) in object.fields() {
            let Some((_, _, node)) = self.steps.iter().find(|(step, _, _)| key.is(step)) else { continue };
            if node.shows(value) {
                separate(out, start);
                out.push('"');
                out.push_str(key.raw());
                out.push_str("\":");
                node.write(value, out);
            }
        }
        out.push('}');
    }

    fn write_array(&self, array: Json<'_>, out: &mut String) {
        out.push('[');
        let start = out.len();
        for (n, element) in array.items().enumerate() {
            let here = self.steps.iter().find(|(_, index, _)| *index == Some(n)).map(|(_, _, node)| node);
            let node = here.filter(|node| node.shows(element)).unwrap_or(self);
            if node.shows(element) {
                separate(out, start);
                node.write(element, out);
            }
        }
        out.push(']');
    }
}

fn separate(out: &mut String, start: usize) {
    if out.len() > start {
        out.push(',');
    }
}
