//! Copying by name: from one definition to another of the same name, and what stands in the way of it.

use std::collections::BTreeMap;

use crate::manifest::{Manifest, Verb};
use crate::model::{Bit, Def, Field, Kind};

/// Where a field of the target comes from.
#[derive(Clone, Debug)]
pub enum Move {
    /// A flags word: made from what was written.
    Flags,
    /// A field of the source, translated inside; where it is required and its source absent, the object is left out.
    Copy(usize),
    /// The same, but zero when its source is absent.
    CopyOrZero(usize),
    /// Nothing: absent if optional, else zero.
    Zero,
    /// A function of `src/rules/`, given a field of the source if it names one.
    Field(String, Option<usize>),
}

/// How to make one definition from another.
#[derive(Clone, Debug)]
pub struct Plan {
    pub to: usize,
    pub moves: Vec<Move>,
    /// Bits of the source and the bits of the target that they set.
    pub switches: Vec<(Bit, Bit)>,
    /// If some objects can be copied as they are but for the number.
    pub lean: Option<Lean>,
}

/// Which objects are the same in both but for the number and for what can be skipped on the way.
#[derive(Clone, Debug, Default)]
pub struct Lean {
    /// Those with none of these bits, per flags word.
    pub forbidden: [u32; 4],
    /// Steps of the source that are left out, a bit each.
    pub dropped: u64,
}

impl Lean {
    fn forbid(&mut self, bit: Bit) {
        self.forbidden[usize::from(bit.word)] |= 1 << bit.bit;
    }
}

/// Which way, and at which client layer the manifest is asked.
#[derive(Clone, Copy)]
pub struct Direction<'a> {
    pub down: bool,
    pub layer: u16,
    pub manifest: &'a Manifest,
}

impl Direction<'_> {
    fn field(&self, def: &Def, name: &str) -> Option<&Verb> {
        self.manifest.find(self.down, &format!("{}.{name}", def.name), self.layer)
    }
}

/// The plan, or every reason why names alone do not make one.
pub fn plan(direction: Direction<'_>, from: &Def, to: (usize, &Def)) -> Result<Plan, Vec<String>> {
    let mut problems = Vec::new();
    let mut used = Vec::new();
    let moves: Vec<Move> = (0..to.1.fields.len())
        .map(|index| {
            move_for(direction, from, to.1, index, &mut used).unwrap_or_else(|problem| note(&mut problems, problem))
        })
        .collect();
    let switches = switch_moves(from, to.1);
    if !direction.down {
        problems.extend(dropped(direction, from, to.1, &used));
    }
    problems.extend(torn_bits(from, to.1, &moves));
    if problems.is_empty() {
        Ok(Plan { to: to.0, lean: lean(from, to.1, &moves), moves, switches })
    } else {
        Err(problems)
    }
}

fn note(problems: &mut Vec<String>, problem: String) -> Move {
    problems.push(problem);
    Move::Zero
}

fn move_for(
    direction: Direction<'_>,
    from: &Def,
    to: &Def,
    index: usize,
    used: &mut Vec<usize>,
) -> Result<Move, String> {
    let field = &to.fields[index];
    if field.kind == crate::model::Kind::Flags {
        return Ok(Move::Flags);
    }
    let by_name = |name: &str, used: &mut Vec<usize>| {
        let source = from.field(name);
        used.extend(source);
        source
    };
    let name = match direction.field(to, &field.name) {
        Some(Verb::Zero) => return Ok(Move::Zero),
        Some(Verb::Field(function, source)) => {
            let name = if source.is_empty() { &field.name } else { source };
            return Ok(Move::Field(function.clone(), by_name(name, used)));
        }
        Some(Verb::From(name)) => name,
        _ => &field.name,
    };
    match by_name(name, used) {
        Some(source) => fits(direction, from, source, to, index),
        None if from.switch(name).is_some() => Err(format!("{}.{name} was a switch and is now a field", to.name)),
        None if field.condition.is_none() => Err(format!("{}.{name} is required and has no source", to.name)),
        None => Ok(Move::Zero),
    }
}

fn fits(direction: Direction<'_>, from: &Def, number: usize, to: &Def, index: usize) -> Result<Move, String> {
    let (source, target) = (&from.fields[number], &to.fields[index]);
    if source.kind != target.kind {
        return Err(format!("{}.{} changes from {:?} to {:?}", to.name, target.name, source.kind, target.kind));
    }
    match direction.field(to, &target.name) {
        Some(Verb::OrZero) => Ok(Move::CopyOrZero(number)),
        Some(Verb::OrOmit) => Ok(Move::Copy(number)),
        _ if source.condition.is_some() && target.condition.is_none() => {
            Err(format!("{}.{} is required and its source is optional", to.name, target.name))
        }
        _ => Ok(Move::Copy(number)),
    }
}

fn switch_moves(from: &Def, to: &Def) -> Vec<(Bit, Bit)> {
    let pair = |target: &crate::model::Switch| from.switch(&target.name).map(|source| (source.bit, target.bit));
    to.switches.iter().filter_map(pair).collect()
}

/// Fields and switches of a request that nothing takes.
fn dropped(direction: Direction<'_>, from: &Def, to: &Def, used: &[usize]) -> Vec<String> {
    let unused_field = |(index, field): (usize, &crate::model::Field)| {
        let taken = used.contains(&index) || field.kind == crate::model::Kind::Flags;
        (!taken).then(|| field.name.clone())
    };
    let unused_switch = |switch: &crate::model::Switch| to.switch(&switch.name).is_none().then(|| switch.name.clone());
    let fields = from.fields.iter().enumerate().filter_map(unused_field);
    let members = fields.chain(from.switches.iter().filter_map(unused_switch));
    members
        .filter(|name| !matches!(direction.field(from, name), Some(Verb::Drop | Verb::Zero)))
        .map(|name| format!("{}.{name} of a request is dropped", from.name))
        .collect()
}

/// A bit of the target that governs several members must be set for all of them or none: their sources must share a bit.
fn torn_bits(from: &Def, to: &Def, moves: &[Move]) -> Vec<String> {
    let mut users: BTreeMap<Bit, Vec<(String, Option<Bit>)>> = BTreeMap::new();
    for (field, made) in to.fields.iter().zip(moves) {
        let source = match made {
            Move::Copy(source) | Move::CopyOrZero(source) => from.fields[*source].condition,
            _ => None,
        };
        if let Some(bit) = field.condition {
            users.entry(bit).or_default().push((field.name.clone(), source));
        }
    }
    for switch in &to.switches {
        let source = from.switch(&switch.name).map(|switch| switch.bit);
        if let Some(sharing) = users.get_mut(&switch.bit) {
            sharing.push((switch.name.clone(), source));
        }
    }
    let torn = |members: &&Vec<(String, Option<Bit>)>| members.iter().any(|(_, source)| *source != members[0].1);
    let tell = |members: &Vec<(String, Option<Bit>)>| {
        format!("{}: {members:?} share a bit and have different sources", to.name)
    };
    users.values().filter(torn).map(tell).collect()
}

/// Which objects of `from` differ from one of `to` in no more than the number and fields that nothing takes.
fn lean(from: &Def, to: &Def, moves: &[Move]) -> Option<Lean> {
    let mut lean = Lean::default();
    let mut targets = to.fields.iter().zip(moves).enumerate().peekable();
    let mut words = 0;
    let mut words_kept = 0;
    for (index, field) in from.fields.iter().enumerate() {
        let is_flags = field.kind == Kind::Flags;
        while let Some((_, (target, made))) = targets.next_if(|(_, (target, made))| is_absent(target, made)) {
            skip_absent(&mut lean, from, target, made)?;
        }
        let next = targets.next_if(|(_, (target, made))| {
            let copied = matches!(made, Move::Copy(source) if *source == index);
            let flags = matches!(made, Move::Flags) && is_flags;
            (copied || flags) && target.condition == field.condition
        });
        match (next.is_some(), field.condition) {
            (true, _) => words_kept += usize::from(is_flags),
            (false, Some(bit)) => lean.forbid(bit),
            (false, None) => {
                lean.dropped |= 1 << lone_step(from, index)?;
                if is_flags {
                    lean.forbidden[words] = u32::MAX;
                }
            }
        }
        words += usize::from(is_flags);
        // Words keep their places: only the last ones may be left out.
        if is_flags && next.is_some() && words_kept != words {
            return None;
        }
    }
    while let Some((_, (target, made))) = targets.next_if(|(_, (target, made))| is_absent(target, made)) {
        skip_absent(&mut lean, from, target, made)?;
    }
    for switch in &from.switches {
        match to.switch(&switch.name) {
            Some(target) if target.bit == switch.bit => {}
            _ => lean.forbid(switch.bit),
        }
    }
    targets.peek().is_none().then_some(lean)
}

/// An optional field of the target that is not there unless something of the source is.
fn is_absent(target: &Field, made: &Move) -> bool {
    target.condition.is_some() && matches!(made, Move::Zero | Move::Field(..))
}

fn skip_absent(lean: &mut Lean, from: &Def, target: &Field, made: &Move) -> Option<()> {
    lean.forbid(target.condition?);
    if let Move::Field(_, Some(source)) = made {
        lean.forbid(from.fields[*source].condition?);
    }
    Some(())
}

/// The step of a walk that goes over this field and no other.
fn lone_step(def: &Def, index: usize) -> Option<u32> {
    let mut steps = 0;
    let mut previous: Option<(Option<Bit>, bool)> = None;
    for field in &def.fields[..=index] {
        let fixed = field.kind.fixed_bytes().is_some();
        let joins = fixed && previous == Some((field.condition, true));
        steps += u32::from(!joins);
        previous = Some((field.condition, fixed));
    }
    def.fields[index].kind.fixed_bytes().is_none().then(|| steps - 1)
}
