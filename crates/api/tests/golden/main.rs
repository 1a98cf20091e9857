//! The golden corpus: samples of every constructor the server can emit, written for every layer served.
//!
//! What is told to older layers is compared with the home layer's value; every difference stands in `docs/losses.md` with
//! its reason, and the run fails when the page and the tables differ. For the layers of four client libraries the samples
//! are written to a folder, from which `tests/golden` lets the libraries themselves read them.

#[path = "../emitted/mod.rs"]
mod emitted;

mod dump;
mod losses;
mod make;
mod page;
mod rows;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use losses::Losses;
use serde_json::{Value, json};
use tl::sample::{Fill, Sampler};
use tl::schema::{self, DEFINITIONS, Definition, HOME_LAYER, Kind, TYPES};
use tl::{check, translate};

/// The layers of Pyrogram 2.0.106, GramJS 2.26.22, mtcute 0.30.3 and Telethon 1.45.0.
const LIBRARY_LAYERS: [i32; 4] = [158, 198, 227, 229];
/// How the samples of one constructor are filled.
const FILLS: [Fill; 6] = [Fill::Nothing, Fill::Everything, Fill::Everything, Fill::Random, Fill::Random, Fill::Random];

/// One value of the home layer.
struct Sample {
    definition: &'static Definition,
    number: usize,
    bytes: Vec<u8>,
    home: Value,
}

impl Sample {
    /// The bytes for a client of this layer, if it can be told.
    fn at(&self, layer: i32) -> Option<Vec<u8>> {
        match translate::part(layer, self.definition.result, &self.bytes) {
            Ok(bytes) => {
                let read = check::value_at_layer(&bytes, self.definition.result, translate::served_layer(layer));
                assert_eq!(read, Ok(()), "{} at {layer}", self.definition.name);
                Some(bytes.into_owned())
            }
            Err(translate::TranslateError::Inexpressible) => None,
            Err(error) => panic!("{} at {layer}: {error}", self.definition.name),
        }
    }
}

/// Every constructor the server can emit, in every filling.
fn samples() -> Vec<Sample> {
    let emitted = emitted::emitted();
    let allowed: BTreeSet<u32> = emitted.keys().copied().collect();
    let mut all = Vec::new();
    for definition in emitted.into_values() {
        for (number, fill) in FILLS.into_iter().enumerate() {
            let next = numbers(definition.id ^ number as u32);
            let bytes = Sampler::new(HOME_LAYER, next).within(allowed.clone()).filling(fill).object(definition);
            let home = dump::dump(definition.result, &bytes);
            all.push(Sample { definition, number, bytes, home });
        }
    }
    all
}

/// A small generator of numbers (xorshift): the same values in every run.
fn numbers(seed: u32) -> impl FnMut() -> u32 {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state >> 3
    }
}

#[test]
fn newer_layers_are_told_everything() {
    let mut losses = Losses::default();
    for sample in samples() {
        for layer in schema::other_layers().filter(|&layer| layer > HOME_LAYER) {
            let told = sample.at(layer).unwrap_or_else(|| panic!("{} at {layer}", sample.definition.name));
            losses.compare(layer, &sample.home, &dump::dump(sample.definition.result, &told));
        }
    }
    assert!(losses.0.is_empty(), "{:?}", losses.0);
}

#[test]
fn every_loss_is_listed_with_its_reason() {
    let mut layers: Vec<i32> = schema::older_layers().collect();
    layers.reverse();
    let mut losses = Losses::default();
    for sample in samples() {
        let mut newer = Some(sample.bytes.clone());
        for &layer in &layers {
            let told = sample.at(layer);
            match told.as_ref() {
                // Nothing such a client asks for holds an object of a type it does not know.
                None if !knows_type(layer, sample.definition) => {}
                None => losses.untold(layer, sample.definition.name),
                // The same losses, with a later last layer.
                Some(_) if told == newer => continue,
                Some(bytes) => losses.compare(layer, &sample.home, &dump::dump(sample.definition.result, bytes)),
            }
            newer = told;
        }
    }
    page::agree(&losses);
}

fn knows_type(layer: i32, definition: &Definition) -> bool {
    let Kind::Boxed(index) = definition.result else { return true };
    let constructors = TYPES[usize::from(index)].constructors.iter();
    constructors.map(|index| &DEFINITIONS[usize::from(*index)]).any(|it| it.exists_at(layer))
}

#[test]
fn the_corpus_is_written_for_the_libraries() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("golden");
    std::fs::create_dir_all(&folder).expect("a folder for the corpus");
    let samples = samples();
    for layer in LIBRARY_LAYERS {
        let mut lines = String::new();
        for sample in &samples {
            let Some(bytes) = sample.at(layer) else { continue };
            let value = dump::dump(sample.definition.result, &bytes);
            let line = json!({ "name": sample.definition.name, "sample": sample.number, "bytes": hex::encode(&bytes), "value": value, "home": sample.home });
            writeln!(lines, "{line}").expect("a string grows");
        }
        std::fs::write(folder.join(format!("{layer}.jsonl")), lines).expect("the corpus is written");
    }
}
