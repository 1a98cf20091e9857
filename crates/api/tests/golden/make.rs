//! Serialised values from JSON, by the schema of a layer: the inverse of `dump`. What is not named is zero, or absent.

use serde_json::Value;
use tl::schema::{self, Definition, Field, Kind};
use tl::{Serializable, sample};

/// The bytes of an object (or call) at a layer.
pub fn make(layer: i32, value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    object(layer, value, &mut out);
    out
}

/// The definition that a value names.
pub fn definition(layer: i32, value: &Value) -> &'static Definition {
    let name = value["_"].as_str().expect("an object names its constructor");
    schema::named(layer, name).unwrap_or_else(|| panic!("{name} at {layer}"))
}

fn object(layer: i32, value: &Value, out: &mut Vec<u8>) {
    let definition = definition(layer, value);
    let known = |name: &str| name == "_" || definition.field(name).is_some() || switch(definition, name);
    let members = value.as_object().expect("an object");
    members.keys().for_each(|name| assert!(known(name), "{}.{name} at {layer}", definition.name));
    definition.id.serialize(out);
    let mut word = 0;
    for field in definition.fields {
        match &value[field.name] {
            _ if field.kind == Kind::Flags => {
                flags(definition, word, value).serialize(out);
                word += 1;
            }
            Value::Null if field.condition.is_some() => {}
            Value::Null => out.extend(nothing(layer, field)),
            told => put(layer, field.kind, told, out),
        }
    }
}

fn nothing(layer: i32, field: &Field) -> Vec<u8> {
    let bytes = sample::empty(field.kind).unwrap_or_else(|| panic!("{} has no empty value", field.name));
    let exists = tl::check::value_at_layer(&bytes, field.kind, layer);
    exists.unwrap_or_else(|error| panic!("{} has no empty value at {layer}: {error}", field.name));
    bytes
}

fn switch(definition: &Definition, name: &str) -> bool {
    definition.switches.iter().any(|switch| switch.name == name)
}

fn flags(definition: &Definition, word: u8, value: &Value) -> u32 {
    let fields = definition.fields.iter().filter_map(|field| Some((field.condition?, field.name)));
    let bits = fields.chain(definition.switches.iter().map(|switch| (switch.bit, switch.name)));
    let set = bits.filter(|(bit, name)| bit.word == word && !value[*name].is_null());
    set.fold(0, |word, (bit, _)| word | 1 << bit.bit)
}

fn put(layer: i32, kind: Kind, value: &Value, out: &mut Vec<u8>) {
    match kind {
        Kind::Int => (value.as_i64().expect("a number") as i32).serialize(out),
        Kind::Long => value.as_i64().expect("a number").serialize(out),
        Kind::Double => value.as_f64().expect("a number").serialize(out),
        Kind::String => value.as_str().expect("a text").to_owned().serialize(out),
        Kind::Bytes => value.as_str().expect("a text").as_bytes().to_vec().serialize(out),
        Kind::Bool => value.as_bool().expect("yes or no").serialize(out),
        Kind::Boxed(_) | Kind::Query => object(layer, value, out),
        Kind::Vector(element) => {
            let list = value.as_array().expect("a list");
            schema::VECTOR_ID.serialize(out);
            (list.len() as u32).serialize(out);
            list.iter().for_each(|it| put(layer, *element, it, out));
        }
        other => panic!("{other:?} is not made here"),
    }
}
