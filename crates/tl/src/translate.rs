//! Translates between the home layer and the layers of older clients.
//!
//! Tables made at build time say for every definition what is done with it: copied, copied with something inside
//! translated, made anew by a plan (fields copied by name), by a named rule, by a stand-in, or left out together with
//! what requires it. At the home layer nothing is touched. What does not differ is copied in stretches as long as can be.
//!
//! What it does not do: decide. Every decision is a row of `schema/rules.tsv` or a function of `rules/`.

mod object;
mod pass;

use std::borrow::Cow;

pub(crate) use object::Object;
pub(crate) use pass::{Pass, put_vector};

use crate::schema::{DEFINITIONS, DOWN, HOME_LAYER, Kind, PLANS, RESULTS, UP, boxed, find, index_of};
use crate::walk::WalkError;
use crate::wire::Short;
use crate::{check, rules};

/// A bit of a flags word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bit {
    /// Which flags word of the definition.
    pub word: u8,
    /// Which bit of it.
    pub bit: u8,
}

/// What is done with an object of one definition.
#[derive(Clone, Copy)]
pub(crate) enum Action {
    Same,
    Walk,
    Plan(u16),
    /// An index of [`crate::schema::RULES`].
    Rule(u16),
    StandIn(u16),
    Missing,
}

/// Where a field of the target comes from.
#[derive(Clone, Copy)]
pub(crate) enum Move {
    Flags,
    Copy(u8),
    CopyOrZero(u8),
    Zero,
    Field(FieldRule, Option<u8>),
}

/// How one definition is made from another of the same name.
pub(crate) struct Plan {
    pub(crate) to: u16,
    pub(crate) moves: &'static [Move],
    pub(crate) switches: &'static [(Bit, Bit)],
    /// If some objects can be copied as they are but for the number.
    pub(crate) lean: Option<Lean>,
}

/// Which objects are the same in both but for the number and for what is skipped on the way.
#[derive(Default)]
pub(crate) struct Lean {
    /// Those with none of these bits, per flags word.
    pub(crate) forbidden: [u32; 4],
    /// Steps of the source that are left out, a bit each.
    pub(crate) dropped: u64,
}

/// The actions of one direction and layer.
pub(crate) struct LayerTable {
    pub(crate) layer: u16,
    pub(crate) actions: &'static [Action],
    /// By type: something inside is not copied as it is.
    pub(crate) dirty: &'static [bool],
}

/// Writes the stand-in of an object.
pub(crate) type Rule = fn(&mut Pass<'_>, &Object<'_>) -> Outcome;
/// Writes one field of the target, given a field of the source if it is there.
pub(crate) type FieldRule = fn(&mut Pass<'_>, Option<&[u8]>) -> Outcome;
/// Writes the result an older function promised from that of today's function.
pub(crate) type ResultRule = fn(&mut Pass<'_>, &[u8]) -> Outcome;
/// Written, or why not.
pub(crate) type Outcome = Result<(), Stop>;

/// Why something could not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The other side has nothing for it.
    Missing,
    /// The bytes are not what the schema says.
    Walk(WalkError),
}

impl From<WalkError> for Stop {
    fn from(error: WalkError) -> Self {
        Self::Walk(error)
    }
}

impl From<Short> for Stop {
    fn from(error: Short) -> Self {
        Self::Walk(error.into())
    }
}

/// Why a translation has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TranslateError {
    /// Something the other layer cannot express, in a place where it cannot be left out.
    #[error("the other layer has no words for it")]
    Inexpressible,
    /// The bytes are not what the schema says.
    #[error(transparent)]
    Walk(#[from] WalkError),
}

impl From<Stop> for TranslateError {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Missing => Self::Inexpressible,
            Stop::Walk(error) => Self::Walk(error),
        }
    }
}

/// The table for a client of this layer; `None` at the home layer, and where no layer was announced.
///
/// A client between two layers we know gets the lower one's, one older than all gets the oldest's, one newer the newest's.
fn table(layer: i32) -> Option<&'static LayerTable> {
    if layer == HOME_LAYER || layer <= 0 {
        return None;
    }
    let known = DOWN.iter().rev().find(|table| i32::from(table.layer) <= layer).or_else(|| DOWN.first());
    // The lower one of two may be the home layer.
    known.filter(|table| layer < HOME_LAYER || i32::from(table.layer) > HOME_LAYER)
}

/// The layer whose constructors a client of this layer is sent.
#[must_use]
pub fn served_layer(layer: i32) -> i32 {
    table(layer).map_or(HOME_LAYER, |table| i32::from(table.layer))
}

/// A checked request, in home constructors. Constructors of every layer are understood, whatever was announced.
pub fn request(input: &[u8]) -> Result<Cow<'_, [u8]>, TranslateError> {
    if !check::request(input)?.foreign {
        return Ok(Cow::Borrowed(input));
    }
    let mut pass = Pass::new(&UP, HOME_LAYER, input.len());
    pass.value(input, Kind::Query)?;
    Ok(Cow::Owned(pass.out))
}

/// The home function that answers the function with this constructor of any layer, where a plan says so.
#[must_use]
pub fn home_function(asked: u32) -> Option<u32> {
    let index = index_of(asked)?;
    match UP.actions[index] {
        Action::Plan(plan) => Some(DEFINITIONS[usize::from(PLANS[usize::from(plan)].to)].id),
        Action::Same | Action::Walk => Some(asked),
        _ => None,
    }
}

/// The result of a function, for a client of this layer that asked with constructor `asked`; the home layer's function
/// `answered` made it.
pub fn result(layer: i32, asked: u32, answered: u32, input: &[u8]) -> Result<Cow<'_, [u8]>, TranslateError> {
    let Some(table) = table(layer) else { return Ok(Cow::Borrowed(input)) };
    let Some(function) = find(answered) else { return Ok(Cow::Borrowed(input)) };
    if let Some(rule) = result_rule(layer, asked) {
        let mut pass = Pass::new(table, i32::from(table.layer), input.len());
        rule(&mut pass, input)?;
        return Ok(Cow::Owned(pass.out));
    }
    match value(table, function.result, input) {
        // A call is answered even when the one thing it brought cannot be told.
        Err(TranslateError::Inexpressible) if Some(function.result) == boxed("Updates") => {
            Ok(Cow::Owned(rules::updates::nothing(input)))
        }
        told => told,
    }
}

/// Updates of any shape for a client of this layer; `None` when nothing is left to tell.
pub fn updates(layer: i32, input: &[u8]) -> Result<Option<Cow<'_, [u8]>>, TranslateError> {
    let Some(table) = table(layer) else { return Ok(Some(Cow::Borrowed(input))) };
    let id = crate::wire::u32_at(input, 0).map_err(WalkError::from)?;
    let index = index_of(id).ok_or(WalkError::Constructor { id, at: 0, expected: "Updates" })?;
    match value(table, DEFINITIONS[index].result, input) {
        Err(TranslateError::Inexpressible) => Ok(None),
        other => other.map(Some),
    }
}

/// One value of a kind, as it stands in what a client of this layer is sent.
pub fn part(layer: i32, kind: Kind, input: &[u8]) -> Result<Cow<'_, [u8]>, TranslateError> {
    table(layer).map_or(Ok(Cow::Borrowed(input)), |table| value(table, kind, input))
}

fn value<'a>(table: &'static LayerTable, kind: Kind, input: &'a [u8]) -> Result<Cow<'a, [u8]>, TranslateError> {
    let mut pass = Pass::new(table, i32::from(table.layer), input.len());
    if !pass.is_dirty(kind) {
        return Ok(Cow::Borrowed(input));
    }
    pass.value(input, kind)?;
    Ok(Cow::Owned(pass.out))
}

fn result_rule(layer: i32, asked: u32) -> Option<ResultRule> {
    let name = find(asked)?.name;
    let fits = |row: &&(&str, u16, ResultRule)| row.0 == name && i32::from(row.1) >= layer;
    RESULTS.iter().filter(fits).min_by_key(|row| row.1).map(|row| row.2)
}
