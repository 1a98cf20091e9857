//! Writes the tables as Rust statics for `src/schema.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::actions::{Action, Builder, Table};
use crate::empty::emptiest;
use crate::manifest::Verb;
use crate::model::{Bit, Def, Kind};
use crate::plan::{Move, Plan};

/// More than twice the number of definitions, so that a search ends after a slot or two; a power of two.
const SLOTS: usize = 8192;

/// What the writing of kinds needs to know: the numbers of types, and which vector kinds were seen.
struct Names {
    types: BTreeMap<String, usize>,
    vectors: BTreeMap<Kind, usize>,
}

pub fn emit(builder: &Builder<'_>, down: &[Table], up: &Table) -> String {
    let types = builder.types.keys().enumerate().map(|(index, name)| (name.clone(), index)).collect();
    let mut names = Names { types, vectors: BTreeMap::new() };
    let mut text = String::new();
    emit_definitions(builder, &mut names, &mut text);
    emit_types(builder, &mut text);
    emit_slots(&builder.schema.defs, &mut text);
    emit_plans(&builder.plans, &mut text);
    let rules = rule_names(down, up);
    let functions: String = rules.iter().map(|rule| format!("crate::rules::{rule},")).collect();
    writeln!(text, "pub(crate) static RULES: &[crate::translate::Rule] = &[{functions}];").expect("a string grows");
    let tables = down.iter().map(|table| emit_table(builder, table, &rules)).collect::<String>();
    writeln!(text, "pub(crate) static DOWN: &[LayerTable] = &[{tables}];").expect("a string grows");
    writeln!(text, "pub(crate) static UP: LayerTable = {};", emit_table(builder, up, &rules).trim_end_matches(','))
        .expect("a string grows");
    emit_results(builder, &mut text);
    text
}

fn emit_definitions(builder: &Builder<'_>, names: &mut Names, text: &mut String) {
    let defs = &builder.schema.defs;
    let lines: String = defs.iter().map(|def| definition(def, names)).collect();
    // Inner kinds have smaller numbers than the vectors of them only if they were seen first; statics may refer to any.
    let vectors: Vec<Kind> = names.vectors.keys().cloned().collect();
    for kind in vectors {
        let inner = kind_text(&kind, names);
        let number = names.vectors[&kind];
        writeln!(text, "static KIND_{number}: Kind = {inner};").expect("a string grows");
    }
    writeln!(
        text,
        "/// Every definition; those of the home layer first.\npub static DEFINITIONS: [Definition; {}] = [\n{lines}];",
        defs.len()
    )
    .expect("a string grows");
}

fn definition(def: &Def, names: &mut Names) -> String {
    let fields: String = def
        .fields
        .iter()
        .map(|field| {
            let condition = field.condition.map_or("None".to_owned(), |bit| format!("Some({})", bit_text(bit)));
            format!(
                "Field {{ name: {:?}, kind: {}, condition: {condition} }},",
                field.name,
                kind_text(&field.kind, names)
            )
        })
        .collect();
    let switch =
        |switch: &crate::model::Switch| format!("Switch {{ name: {:?}, bit: {} }},", switch.name, bit_text(switch.bit));
    let switches: String = def.switches.iter().map(switch).collect();
    assert!(def.fields.len() <= 64, "{}: more than 64 fields", def.name);
    let steps: String = steps(def, names);
    format!(
        "Definition {{ id: {:#x}, name: {:?}, function: {}, fields: &[{fields}], switches: &[{switches}], steps: &[{steps}], result: {}, first: {}, last: {} }},\n",
        def.id,
        def.name,
        def.function,
        kind_text(&def.result, names),
        def.first,
        def.last
    )
}

/// The fields as a walk takes them: numbers of one condition that follow one another are one step.
fn steps(def: &Def, names: &mut Names) -> String {
    let mut text = String::new();
    let mut fixed: Option<(Option<Bit>, u16)> = None;
    for field in &def.fields {
        let bytes = field.kind.fixed_bytes();
        match (bytes, &mut fixed) {
            (Some(bytes), Some((condition, sum))) if *condition == field.condition => *sum += bytes,
            (Some(bytes), _) => {
                flush_fixed(&mut fixed, &mut text);
                fixed = Some((field.condition, bytes));
            }
            (None, _) => {
                flush_fixed(&mut fixed, &mut text);
                text += &step(field.condition, &step_text(&field.kind, names));
            }
        }
    }
    flush_fixed(&mut fixed, &mut text);
    text
}

fn flush_fixed(fixed: &mut Option<(Option<Bit>, u16)>, text: &mut String) {
    if let Some((condition, bytes)) = fixed.take() {
        *text += &step(condition, &format!("StepKind::Fixed({bytes})"));
    }
}

fn step(condition: Option<Bit>, kind: &str) -> String {
    let (word, mask) = condition.map_or((0, 0), |bit| (bit.word, 1u32 << bit.bit));
    format!("Step {{ mask: {mask}, word: {word}, kind: {kind} }},")
}

fn step_text(kind: &Kind, names: &mut Names) -> String {
    match kind {
        Kind::Flags => "StepKind::Flags".to_owned(),
        Kind::String | Kind::Bytes => "StepKind::Text".to_owned(),
        Kind::Boxed(name) => format!("StepKind::Boxed({})", names.types[name]),
        other => format!("StepKind::Other(&{})", kind_text(other, names)),
    }
}

fn bit_text(bit: Bit) -> String {
    format!("Bit {{ word: {}, bit: {} }}", bit.word, bit.bit)
}

fn kind_text(kind: &Kind, names: &mut Names) -> String {
    let inner = |inner: &Kind, names: &mut Names| {
        let fresh = names.vectors.len();
        let number = *names.vectors.entry(inner.clone()).or_insert(fresh);
        if let Kind::Vector(deeper) | Kind::BareVector(deeper) = inner {
            kind_text(&Kind::Vector(deeper.clone()), names);
        }
        format!("&KIND_{number}")
    };
    match kind {
        Kind::Boxed(name) => format!("Kind::Boxed({})", names.types[name]),
        Kind::Vector(element) => format!("Kind::Vector({})", inner(element, names)),
        Kind::BareVector(element) => format!("Kind::BareVector({})", inner(element, names)),
        plain => format!("Kind::{plain:?}"),
    }
}

fn emit_types(builder: &Builder<'_>, text: &mut String) {
    let empty = emptiest(builder.schema, &builder.types);
    let line = |(name, constructors): (&String, &Vec<usize>)| {
        let empty = empty.get(name).map_or("None".to_owned(), |index| format!("Some({index})"));
        format!("TypeInfo {{ name: {name:?}, constructors: &{constructors:?}, emptiest: {empty} }},\n")
    };
    let lines: String = builder.types.iter().map(line).collect();
    writeln!(text, "/// Every boxed type.\npub static TYPES: [TypeInfo; {}] = [\n{lines}];", builder.types.len())
        .expect("a string grows");
}

fn emit_slots(defs: &[Def], text: &mut String) {
    let mut slots = vec![(0, u16::MAX); SLOTS];
    for (index, def) in defs.iter().enumerate() {
        let mut slot = def.id as usize % SLOTS;
        while slots[slot].1 != u16::MAX {
            slot = (slot + 1) % SLOTS;
        }
        slots[slot] = (def.id, u16::try_from(index).expect("fewer than 65,535 definitions"));
    }
    writeln!(text, "static SLOTS: [(u32, u16); {SLOTS}] = {slots:?};").expect("a string grows");
}

fn emit_plans(plans: &[Plan], text: &mut String) {
    let source = |made: &Move| match made {
        Move::Flags => "Move::Flags,".to_owned(),
        Move::Copy(source) => format!("Move::Copy({source}),"),
        Move::CopyOrZero(source) => format!("Move::CopyOrZero({source}),"),
        Move::Zero => "Move::Zero,".to_owned(),
        Move::Field(function, source) => format!("Move::Field(crate::rules::{function}, {source:?}),"),
    };
    let line = |plan: &Plan| {
        let moves: String = plan.moves.iter().map(source).collect();
        let pair = |(from, to): &(Bit, Bit)| format!("({}, {}),", bit_text(*from), bit_text(*to));
        let switches: String = plan.switches.iter().map(pair).collect();
        let lean = &plan.lean;
        format!("Plan {{ to: {}, moves: &[{moves}], switches: &[{switches}], lean: {lean:?} }},\n", plan.to)
    };
    let lines: String = plans.iter().map(line).collect();
    writeln!(text, "pub(crate) static PLANS: [Plan; {}] = [\n{lines}];", plans.len()).expect("a string grows");
}

/// Every rule that a table names, once.
fn rule_names(down: &[Table], up: &Table) -> Vec<String> {
    let tables = down.iter().chain([up]);
    let rules = tables.flat_map(|table| &table.actions).filter_map(|action| match action {
        Action::Rule(function) => Some(function.clone()),
        _ => None,
    });
    rules.collect::<BTreeSet<String>>().into_iter().collect()
}

fn emit_table(builder: &Builder<'_>, table: &Table, rules: &[String]) -> String {
    let action = |action: &Action| match action {
        Action::Same => "Action::Same,".to_owned(),
        Action::Walk => "Action::Walk,".to_owned(),
        Action::Plan(plan) => format!("Action::Plan({plan}),"),
        Action::Rule(function) => {
            format!("Action::Rule({}),", rules.iter().position(|rule| rule == function).expect("every rule is listed"))
        }
        Action::StandIn(index) => format!("Action::StandIn({index}),"),
        Action::Missing => "Action::Missing,".to_owned(),
    };
    let actions: String = table.actions.iter().map(action).collect();
    let dirty: Vec<bool> = builder.types.keys().map(|name| table.dirty.contains(name)).collect();
    format!("LayerTable {{ layer: {}, actions: &[{actions}], dirty: &{dirty:?} }},", table.layer)
}

fn emit_results(builder: &Builder<'_>, text: &mut String) {
    let mut lines = String::new();
    for row in builder.manifest.rows() {
        if let (Some(name), Verb::Result(function)) = (row.subject.strip_prefix("result:"), &row.verb) {
            writeln!(lines, "({name:?}, {}, crate::rules::{function}),", row.edge).expect("a string grows");
        }
    }
    writeln!(text, "pub(crate) static RESULTS: &[(&str, u16, crate::translate::ResultRule)] = &[{lines}];")
        .expect("a string grows");
}
