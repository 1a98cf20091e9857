//! Buttons of bots' keyboards: up to layer 228 every sort was a constructor `keyboardButton…` of one type; since then a
//! button has a `type`, and those under messages are of a type of their own.

use crate::schema::{Definition, HOME_LAYER, find, named};
use crate::translate::{Object, Outcome, Pass, Stop, put_vector};
use crate::wire::{put_u32, u32_at};

/// `keyboardButton type:…` becomes `keyboardButton…`.
pub(crate) fn button_down(pass: &mut Pass<'_>, button: &Object<'_>) -> Outcome {
    let sort = parse(button.field("type").ok_or(Stop::Missing)?, 0)?;
    let target = named(pass.layer, &old_name(sort.definition.name)).ok_or(Stop::Missing)?;
    pass.merge(target, &[&sort, button])
}

/// `buttonTypeRequestPhone` -> `keyboardButtonRequestPhone`.
fn old_name(sort: &str) -> String {
    let (prefix, rest) = match sort.strip_prefix("input") {
        Some(rest) => ("inputKeyboardButton", rest),
        None => ("keyboardButton", sort),
    };
    let (_, sort) = rest.split_once("uttonType").unwrap_or(("", ""));
    match sort {
        "Default" => prefix.to_owned(),
        // A button that does nothing: one whose press tells the bot nothing.
        "Disabled" => "keyboardButtonCallback".to_owned(),
        sort => format!("{prefix}{sort}"),
    }
}

/// Rows of inline buttons become rows of keyboard buttons.
pub(crate) fn inline_rows_down(pass: &mut Pass<'_>, source: Option<&[u8]>) -> Outcome {
    let row = named(pass.layer, "keyboardButtonRow").ok_or(Stop::Missing)?;
    rows(pass, source.ok_or(Stop::Missing)?, row, button_down)
}

/// Rows of keyboard buttons become rows of inline buttons.
pub(crate) fn inline_rows_up(pass: &mut Pass<'_>, source: Option<&[u8]>) -> Outcome {
    let row = named(HOME_LAYER, "keyboardInlineButtonRow").ok_or(Stop::Missing)?;
    rows(pass, source.ok_or(Stop::Missing)?, row, inline_button_up)
}

/// A vector of rows, each a constructor with one vector of buttons.
fn rows(
    pass: &mut Pass<'_>,
    bytes: &[u8],
    row: &'static Definition,
    button: fn(&mut Pass<'_>, &Object<'_>) -> Outcome,
) -> Outcome {
    let row_count = u32_at(bytes, 4)?;
    put_vector(&mut pass.out, row_count);
    let mut at = 8;
    for _ in 0..row_count {
        let button_count = u32_at(bytes, at + 8)?;
        put_u32(&mut pass.out, row.id);
        put_vector(&mut pass.out, button_count);
        at += 12;
        for _ in 0..button_count {
            let object = parse(bytes, at)?;
            button(pass, &object)?;
            at = object.end();
        }
    }
    Ok(())
}

fn inline_button_up(pass: &mut Pass<'_>, button: &Object<'_>) -> Outcome {
    split(pass, button, "keyboardInlineButton", "InlineButtonType")
}

/// `keyboardButton…` of a reply keyboard becomes `keyboardButton type:…`.
pub(crate) fn button_up(pass: &mut Pass<'_>, button: &Object<'_>) -> Outcome {
    split(pass, button, "keyboardButton", "ButtonType")
}

/// One old button becomes a button and its type.
fn split(pass: &mut Pass<'_>, button: &Object<'_>, target: &str, type_name: &str) -> Outcome {
    let target = named(HOME_LAYER, target).ok_or(Stop::Missing)?;
    let sort = new_name(button.definition.name, type_name);
    let sort = named(HOME_LAYER, &sort).ok_or(Stop::Missing)?;
    let type_place = target.field("type").ok_or(Stop::Missing)?;
    put_u32(&mut pass.out, target.id);
    let flags_at = pass.out.len();
    put_u32(&mut pass.out, 0);
    for field in &target.fields[1..type_place] {
        if let Some(bytes) = button.field(field.name) {
            pass.value(bytes, field.kind)?;
            set(pass, flags_at, field.condition.map_or(0, |bit| 1 << bit.bit));
        }
    }
    pass.merge(sort, &[button])
}

fn set(pass: &mut Pass<'_>, flags_at: usize, bits: u32) {
    pass.out[flags_at] |= bits as u8;
    pass.out[flags_at + 1] |= (bits >> 8) as u8;
}

/// `keyboardButtonRequestPhone` -> `buttonTypeRequestPhone`, `inputKeyboardButtonUrlAuth` -> `inputInlineButtonTypeUrlAuth`.
fn new_name(old: &str, type_name: &str) -> String {
    let (_, sort) = old.split_once("eyboardButton").unwrap_or(("", ""));
    let sort = if sort.is_empty() { "Default" } else { sort };
    if old.starts_with("input") {
        return format!("input{type_name}{sort}");
    }
    let (first, rest) = type_name.split_at(1);
    format!("{}{rest}{sort}", first.to_lowercase())
}

fn parse(bytes: &[u8], at: usize) -> Result<Object<'_>, Stop> {
    let definition = find(u32_at(bytes, at)?).ok_or(Stop::Missing)?;
    Ok(Object::parse(definition, bytes, at)?)
}
