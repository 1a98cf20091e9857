//! Serialised values as JSON, by the schema: what the client libraries are compared with.
//!
//! An object is `{"_": name, field: value}` with what is there: fields that are absent and switches that are off are left
//! out. Numbers of 8 bytes are strings (JSON's own lose bits), bytes are `hex:…`.

use serde_json::{Map, Value};
use tl::schema::{self, Definition, Field, Kind};

/// The JSON of a value of this kind.
pub fn dump(kind: Kind, bytes: &[u8]) -> Value {
    let mut reader = Reader { bytes, at: 0 };
    let value = reader.value(kind);
    assert_eq!(reader.at, bytes.len(), "nothing is left over");
    value
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let bytes = self.bytes[self.at..].first_chunk::<N>().expect("a whole value");
        self.at += N;
        *bytes
    }

    fn word(&mut self) -> u32 {
        u32::from_le_bytes(self.take())
    }

    fn value(&mut self, kind: Kind) -> Value {
        match kind {
            Kind::Flags => self.word().into(),
            Kind::Int => i32::from_le_bytes(self.take()).into(),
            Kind::Long => i64::from_le_bytes(self.take()).to_string().into(),
            Kind::Double => f64::from_le_bytes(self.take()).into(),
            Kind::Int128 => hex(&self.take::<16>()),
            Kind::Int256 => hex(&self.take::<32>()),
            Kind::String => String::from_utf8(self.text()).expect("text").into(),
            Kind::Bytes => hex(&self.text()),
            Kind::Bool => (self.word() == schema::TRUE_ID).into(),
            Kind::Boxed(_) | Kind::Query => self.object(),
            Kind::Vector(element) => {
                assert_eq!(self.word(), schema::VECTOR_ID);
                self.elements(*element)
            }
            Kind::BareVector(element) => self.elements(*element),
        }
    }

    fn text(&mut self) -> Vec<u8> {
        let kind = Kind::Bytes;
        let end = tl::walk::skip(self.bytes, kind, self.at).expect("a whole string");
        let mut cursor = tl::Cursor::from_slice(&self.bytes[self.at..end]);
        self.at = end;
        tl::Deserializable::deserialize(&mut cursor).expect("a whole string")
    }

    fn elements(&mut self, element: Kind) -> Value {
        let count = self.word();
        (0..count).map(|_| self.value(element)).collect()
    }

    fn object(&mut self) -> Value {
        let id = self.word();
        let definition = schema::find(id).expect("a known constructor");
        let mut made = Map::from_iter([("_".to_owned(), definition.name.into())]);
        let mut words = Vec::new();
        for field in definition.fields {
            if !is_there(field, &words) {
                continue;
            }
            let value = self.value(field.kind);
            if field.kind == Kind::Flags {
                words.push(value.as_u64().unwrap_or(0));
            } else {
                made.insert(field.name.to_owned(), value);
            }
        }
        made.extend(switches(definition, &words));
        Value::Object(made)
    }
}

fn is_there(field: &Field, words: &[u64]) -> bool {
    field.condition.is_none_or(|bit| words[usize::from(bit.word)] >> bit.bit & 1 == 1)
}

fn switches(definition: &'static Definition, words: &[u64]) -> impl Iterator<Item = (String, Value)> {
    let is_on = |bit: tl::translate::Bit| words[usize::from(bit.word)] >> bit.bit & 1 == 1;
    definition.switches.iter().filter(move |it| is_on(it.bit)).map(|it| (it.name.to_owned(), true.into()))
}

fn hex(bytes: &[u8]) -> Value {
    format!("hex:{}", hex::encode(bytes)).into()
}
