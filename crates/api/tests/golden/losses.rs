//! What a client of an older layer is not told, or told otherwise: differences between the JSON of the home layer's value
//! and of what was written for the client.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// What became of something: the subject, and how.
pub type Loss = (String, String);

/// Losses, each with the last layer that has it.
#[derive(Default)]
pub struct Losses(pub BTreeMap<Loss, i32>);

impl Losses {
    /// An object that cannot be told at all: it goes with whatever requires it.
    pub fn untold(&mut self, layer: i32, name: &str) {
        self.note(layer, name, "left out");
    }

    /// Compares an object with what stands for it.
    pub fn compare(&mut self, layer: i32, home: &Value, theirs: &Value) {
        self.value(layer, "", home, theirs);
    }

    fn note(&mut self, layer: i32, subject: &str, how: &str) {
        let last = self.0.entry((subject.to_owned(), how.to_owned())).or_insert(layer);
        *last = layer.max(*last);
    }

    fn value(&mut self, layer: i32, subject: &str, home: &Value, theirs: &Value) {
        match (home, theirs) {
            (Value::Object(home), Value::Object(theirs)) => self.object(layer, home, theirs),
            (Value::Array(home), Value::Array(theirs)) => self.list(layer, subject, home, theirs),
            _ if home != theirs => self.note(layer, subject, "told otherwise"),
            _ => {}
        }
    }

    fn object(&mut self, layer: i32, home: &Map<String, Value>, theirs: &Map<String, Value>) {
        let name = name(home);
        if name != self::name(theirs) {
            return self.note(layer, name, &format!("becomes `{}`", self::name(theirs)));
        }
        for (field, value) in home {
            let subject = format!("{name}.{field}");
            match theirs.get(field) {
                Some(other) => self.value(layer, &subject, value, other),
                None => self.note(layer, &subject, "left out"),
            }
        }
        for field in theirs.keys().filter(|field| !home.contains_key(*field)) {
            self.note(layer, &format!("{name}.{field}"), "only there");
        }
    }

    /// Elements are left out of lists, never moved: of all ways to leave out so many, the one with the fewest differences.
    fn list(&mut self, layer: i32, subject: &str, home: &[Value], theirs: &[Value]) {
        if theirs.len() > home.len() {
            return self.note(layer, subject, "grows");
        }
        let ways = (0..1u32 << home.len()).filter(|kept| kept.count_ones() as usize == theirs.len());
        let seen = ways.map(|kept| Self::thinned(layer, subject, home, theirs, kept));
        let fewest = seen.min_by_key(|losses| losses.0.len()).expect("one way at least");
        fewest.0.into_iter().for_each(|((subject, how), layer)| self.note(layer, &subject, &how));
    }

    fn thinned(layer: i32, subject: &str, home: &[Value], theirs: &[Value], kept: u32) -> Self {
        let mut losses = Self::default();
        let mut rest = theirs.iter();
        for (index, element) in home.iter().enumerate() {
            let next = if kept >> index & 1 == 1 { rest.next() } else { None };
            match next {
                Some(next) => losses.value(layer, subject, element, next),
                None => losses.note(layer, element.as_object().map_or(subject, name), "left out"),
            }
        }
        losses
    }
}

fn name(object: &Map<String, Value>) -> &str {
    object.get("_").and_then(Value::as_str).unwrap_or("")
}
