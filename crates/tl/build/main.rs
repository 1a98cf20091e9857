//! Builds the schema tables and the translation tables out of `schema/`, and refuses to build when a difference between
//! layers has neither a rule nor a written reason (`schema/rules.tsv`).

mod actions;
mod emit;
mod empty;
mod manifest;
mod model;
mod plan;

use std::path::Path;
use std::{env, fs};

use actions::Builder;
use manifest::Manifest;
use model::Schema;

/// All code is written against this layer.
const HOME_LAYER: u16 = 230;
/// Layers from here on have tables of their own; older clients get this one's.
const OLDEST_LAYER: u16 = 150;

fn main() {
    println!("cargo:rerun-if-changed=schema");
    println!("cargo:rerun-if-changed=build");
    let schema = Schema::load(&read("schema/230.tl"), &read("schema/layers.tsv"), HOME_LAYER, OLDEST_LAYER);
    let manifest = Manifest::load(&read("schema/rules.tsv"), HOME_LAYER);
    let types = schema.constructors();
    let mut builder = Builder { schema: &schema, manifest: &manifest, types, plans: Vec::new(), problems: Vec::new() };
    let down: Vec<actions::Table> = schema.layers.iter().map(|&layer| builder.down(layer)).collect();
    let up = builder.up();
    refuse(&builder.problems);
    let text = emit::emit(&builder, &down, &up);
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("tables.rs"), text).expect("OUT_DIR is writable");
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn refuse(problems: &[String]) {
    if problems.is_empty() {
        return;
    }
    let list = problems.iter().map(|problem| format!("\n  {problem}")).collect::<String>();
    panic!("differences between layers without a rule or a reason in schema/rules.tsv:{list}\n");
}
