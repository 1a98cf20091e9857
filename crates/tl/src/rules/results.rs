//! Results that were one field of what they are today.

use crate::schema::{find, named};
use crate::translate::{Object, Outcome, Pass, Stop, put_vector};
use crate::wire::u32_at;

/// `help.appConfig` was its JSON.
pub(crate) fn config(pass: &mut Pass<'_>, input: &[u8]) -> Outcome {
    only(pass, input, "config")
}

/// `messages.dialogFilters` was the vector of folders.
pub(crate) fn filters(pass: &mut Pass<'_>, input: &[u8]) -> Outcome {
    only(pass, input, "filters")
}

/// `messages.webPage` was the page.
pub(crate) fn web_page(pass: &mut Pass<'_>, input: &[u8]) -> Outcome {
    only(pass, input, "webpage")
}

/// `messages.webPagePreview` was the medium.
pub(crate) fn media(pass: &mut Pass<'_>, input: &[u8]) -> Outcome {
    only(pass, input, "media")
}

fn only(pass: &mut Pass<'_>, input: &[u8], field: &str) -> Outcome {
    let definition = find(u32_at(input, 0)?).ok_or(Stop::Missing)?;
    let index = definition.field(field).ok_or(Stop::Missing)?;
    let object = Object::parse(definition, input, 0)?;
    pass.value(object.at(index).ok_or(Stop::Missing)?, definition.fields[index].kind)
}

/// A vector of readers with dates was one of numbers.
pub(crate) fn readers(pass: &mut Pass<'_>, input: &[u8]) -> Outcome {
    put_vector(&mut pass.out, u32_at(input, 4)?);
    let readers = input.get(8..).unwrap_or_default();
    // `readParticipantDate user_id:long date:int`: 16 bytes each.
    readers.chunks_exact(16).for_each(|reader| pass.out.extend_from_slice(&reader[4..12]));
    Ok(())
}

/// `help.promoData` without a peer was no promotion.
pub(crate) fn promotion(pass: &mut Pass<'_>, promotion: &Object<'_>) -> Outcome {
    let name = if promotion.field("peer").is_some() { "help.promoData" } else { "help.promoDataEmpty" };
    pass.merge(named(pass.layer, name).ok_or(Stop::Missing)?, &[promotion])
}
