//! Media: the right answers of a quiz, and other renderings of a film.

use crate::schema::{HOME_LAYER, boxed, find, named};
use crate::translate::{Object, Outcome, Pass, Stop, put_vector};
use crate::wire::{put_u32, string_at, u32_at};

/// `inputMediaPoll`: up to layer 223 the right answers were named by their options, since then by their places.
pub(crate) fn quiz_up(pass: &mut Pass<'_>, media: &Object<'_>) -> Outcome {
    let target = named(HOME_LAYER, "inputMediaPoll").ok_or(Stop::Missing)?;
    let Some(right) = media.field("correct_answers") else { return pass.merge(target, &[media]) };
    let places = places(right, &options(media.field("poll").ok_or(Stop::Missing)?)?)?;
    pass.merge_with(target, &[media], &[("correct_answers", &places)])
}

/// The options of a poll's answers, in their order.
fn options(poll: &[u8]) -> Result<Vec<&[u8]>, Stop> {
    let definition = find(u32_at(poll, 0)?).ok_or(Stop::Missing)?;
    let answers = Object::parse(definition, poll, 0)?.field("answers").ok_or(Stop::Missing)?;
    let mut options = Vec::new();
    let mut at = 8;
    for _ in 0..u32_at(answers, 4)? {
        let definition = find(u32_at(answers, at)?).ok_or(Stop::Missing)?;
        let answer = Object::parse(definition, answers, at)?;
        options.push(answer.field("option").ok_or(Stop::Missing)?);
        at = answer.end();
    }
    Ok(options)
}

/// A vector of options becomes one of their places; an option that is none of the poll's is no answer.
fn places(right: &[u8], options: &[&[u8]]) -> Result<Vec<u8>, Stop> {
    let count = u32_at(right, 4)?;
    let mut places = Vec::new();
    put_vector(&mut places, count);
    let mut at = 8;
    for _ in 0..count {
        let end = string_at(right, at)?.2;
        let place = options.iter().position(|option| *option == &right[at..end]).ok_or(Stop::Missing)?;
        put_u32(&mut places, u32::try_from(place).map_err(|_| Stop::Missing)?);
        at = end;
    }
    Ok(places)
}

/// Of other renderings of a film, the first; one was all there could be.
pub(crate) fn first_document(pass: &mut Pass<'_>, source: Option<&[u8]>) -> Outcome {
    let documents = source.filter(|bytes| u32_at(bytes, 4).is_ok_and(|count| count > 0)).ok_or(Stop::Missing)?;
    pass.value(&documents[8..], boxed("Document").ok_or(Stop::Missing)?)
}
