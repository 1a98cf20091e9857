//! From what a client typed to what is stored: cleaned, bounded, styles checked and sorted, links found
//! (page "Styled text with message entities"). Offsets and lengths count UTF-16 code units.

mod detect;
mod domains;
mod units;

use crate::Refusal;
use crate::limits::mailbox::{MESSAGE_ENTITIES_MAX, MESSAGE_TEXT_MAX_BYTES, MESSAGE_TEXT_MAX_UNITS};
use crate::mailbox::{Entity, EntityKind};

use units::Units;

/// A text with its styles and links.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Styled {
    /// The words.
    pub text: String,
    /// Sorted by offset, longer ones first.
    pub entities: Vec<Entity>,
}

/// Makes a text fit to be stored.
///
/// # Errors
/// [`Refusal::MessageTooLong`], [`Refusal::EntityBoundsInvalid`]. An empty result is no error here: media may go without.
pub fn prepare(text: &str, entities: &[Entity]) -> Result<Styled, Refusal> {
    if text.len() > MESSAGE_TEXT_MAX_BYTES {
        return Err(Refusal::MessageTooLong);
    }
    check_all_bounds(text, entities)?;
    let mut styled = clean(text, entities);
    // A character has no more units than bytes.
    if styled.text.len() > MESSAGE_TEXT_MAX_UNITS && styled.text.encode_utf16().count() > MESSAGE_TEXT_MAX_UNITS {
        return Err(Refusal::MessageTooLong);
    }
    sort(&mut styled.entities);
    drop_inside_code(&mut styled.entities);
    add_found(&mut styled);
    styled.entities.truncate(MESSAGE_ENTITIES_MAX);
    Ok(styled)
}

/// Whether a text and its entities could be stored as they are: what is asked of a draft.
///
/// # Errors
/// As [`prepare`].
pub fn check(text: &str, entities: &[Entity]) -> Result<(), Refusal> {
    if text.len() > MESSAGE_TEXT_MAX_BYTES || entities.len() > MESSAGE_ENTITIES_MAX {
        return Err(Refusal::MessageTooLong);
    }
    check_all_bounds(text, entities)
}

fn check_all_bounds(text: &str, entities: &[Entity]) -> Result<(), Refusal> {
    if entities.is_empty() {
        return Ok(());
    }
    let units = Units::of(text);
    entities.iter().try_for_each(|entity| check_bounds(entity, &units))
}

fn check_bounds(entity: &Entity, units: &Units) -> Result<(), Refusal> {
    let end = entity.offset.checked_add(entity.length);
    let fits = entity.offset >= 0 && entity.length >= 0 && end.is_some_and(|end| units.is_boundary(end));
    if fits && units.is_boundary(entity.offset) { Ok(()) } else { Err(Refusal::EntityBoundsInvalid) }
}

/// Carriage returns go, other control characters become spaces, white space at both ends goes; entities move along.
fn clean(text: &str, entities: &[Entity]) -> Styled {
    let leading = text.len() - text.trim_start_matches(is_blank).len();
    let trailing = text.trim_end_matches(is_blank).len().max(leading);
    let mut cleaned = String::with_capacity(trailing - leading);
    cleaned.extend(text[leading..trailing].chars().filter_map(cleaned_character));
    Styled { entities: moved(text, (leading, trailing), entities), text: cleaned }
}

/// The entities of a text where they stand once it is cleaned: of it stays what lies between these two places.
fn moved(text: &str, (leading, trailing): (usize, usize), entities: &[Entity]) -> Vec<Entity> {
    if entities.is_empty() {
        return Vec::new();
    }
    let mut places = Vec::with_capacity(text.len() + 1);
    let mut units = 0;
    for (at, character) in text.char_indices() {
        let kept = (at >= leading && at < trailing).then(|| cleaned_character(character)).flatten();
        places.extend(std::iter::repeat_n(units, character.len_utf16()));
        units += kept.map_or(0, |kept| i32::try_from(kept.len_utf16()).unwrap_or(1));
    }
    places.push(units);
    let place = |unit: i32| places[usize::try_from(unit).unwrap_or(0).min(places.len() - 1)];
    let entities = entities.iter().filter_map(|entity| {
        let (start, end) = (place(entity.offset), place(entity.offset + entity.length));
        (end > start).then(|| Entity { offset: start, length: end - start, kind: entity.kind.clone() })
    });
    entities.collect()
}

fn is_blank(character: char) -> bool {
    character.is_whitespace() || character.is_control() || matches!(character, '\u{200b}' | '\u{2060}' | '\u{feff}')
}

fn cleaned_character(character: char) -> Option<char> {
    match character {
        '\r' => None,
        '\n' => Some('\n'),
        '\u{2028}' | '\u{2029}' => Some('\n'),
        control if control.is_control() => Some(' '),
        other => Some(other),
    }
}

fn sort(entities: &mut Vec<Entity>) {
    entities.sort_by_key(|entity| (entity.offset, -entity.length));
    entities.dedup();
}

fn is_code(entity: &Entity) -> bool {
    matches!(entity.kind, EntityKind::Code | EntityKind::Pre(_))
}

fn end(entity: &Entity) -> i32 {
    entity.offset + entity.length
}

fn overlap(one: &Entity, other: &Entity) -> bool {
    one.offset < end(other) && other.offset < end(one)
}

/// Nothing else is styled within code.
fn drop_inside_code(entities: &mut Vec<Entity>) {
    let code: Vec<Entity> = entities.iter().filter(|entity| is_code(entity)).cloned().collect();
    let is_within = |entity: &Entity| {
        code.iter().any(|code| entity.offset >= code.offset && end(entity) <= end(code) && entity != code)
    };
    entities.retain(|entity| matches!(entity.kind, EntityKind::Blockquote(_)) || !is_within(entity));
}

/// What a server finds by itself: links, mentions, hashtags … wherever the sender did not say otherwise.
fn add_found(styled: &mut Styled) {
    let taken: Vec<Entity> = styled.entities.iter().filter(|entity| excludes_links(entity)).cloned().collect();
    let found = detect::find(&styled.text);
    let free = found.into_iter().filter(|entity| !taken.iter().any(|other| overlap(other, entity)));
    styled.entities.extend(free.collect::<Vec<_>>());
    sort(&mut styled.entities);
}

fn excludes_links(entity: &Entity) -> bool {
    !matches!(
        entity.kind,
        EntityKind::Bold
            | EntityKind::Italic
            | EntityKind::Underline
            | EntityKind::Strike
            | EntityKind::Spoiler
            | EntityKind::Blockquote(_)
    )
}

#[cfg(test)]
mod tests;
