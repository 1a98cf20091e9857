//! For every type of the home layer its emptiest constructor: the one with the fewest required bytes, `…NotModified` last.

use std::collections::BTreeMap;

use crate::model::{Def, Kind, Schema};

const UNKNOWN_BYTES: u32 = u32::MAX;
/// "Nothing changed" is no answer to who has nothing yet.
const NOT_MODIFIED_BYTES: u32 = 1_000_000;

/// The emptiest constructor of each type, where a finite one exists.
pub fn emptiest(schema: &Schema, types: &BTreeMap<String, Vec<usize>>) -> BTreeMap<String, usize> {
    let mut best: BTreeMap<String, (u32, usize)> = BTreeMap::new();
    loop {
        let mut changed = false;
        for (name, constructors) in types {
            let sizes = constructors.iter().filter(|&&index| schema.is_home(index));
            let sizes = sizes.map(|&index| (size(&schema.defs[index], &best), index));
            if let Some(found) = sizes.min().filter(|found| found.0 != UNKNOWN_BYTES) {
                changed |= best.insert(name.clone(), found) != Some(found);
            }
        }
        if !changed {
            return best.into_iter().map(|(name, (_, index))| (name, index)).collect();
        }
    }
}

fn size(def: &Def, best: &BTreeMap<String, (u32, usize)>) -> u32 {
    let required = def.fields.iter().filter(|field| field.condition.is_none());
    let fields = required.map(|field| kind_size(&field.kind, best));
    let penalty = if def.name.ends_with("NotModified") { NOT_MODIFIED_BYTES } else { 4 };
    fields.fold(penalty, u32::saturating_add)
}

fn kind_size(kind: &Kind, best: &BTreeMap<String, (u32, usize)>) -> u32 {
    match kind {
        Kind::Boxed(name) => best.get(name).map_or(UNKNOWN_BYTES, |found| found.0),
        Kind::Query => UNKNOWN_BYTES,
        Kind::Int256 => 32,
        Kind::Int128 => 16,
        Kind::Long | Kind::Double | Kind::Vector(_) => 8,
        _ => 4,
    }
}
