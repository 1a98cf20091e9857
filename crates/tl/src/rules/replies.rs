//! What a message replies to: up to layer 159 two numbers in the request itself, in drafts up to layer 165.

use crate::schema::{HOME_LAYER, named};
use crate::translate::{Object, Outcome, Pass, Stop};
use crate::wire::{put_u32, u32_at};
use crate::{Identifiable, types};

/// The bit of `inputReplyToMessage.top_msg_id`.
const HAS_TOPIC: u32 = 1;

/// A request with `reply_to_msg_id` and `top_msg_id` becomes one with `reply_to`.
pub(crate) fn with_reply(pass: &mut Pass<'_>, request: &Object<'_>) -> Outcome {
    let target = named(HOME_LAYER, request.definition.name).ok_or(Stop::Missing)?;
    let (message, topic) = (request.field("reply_to_msg_id"), request.field("top_msg_id"));
    let reply = message.or(topic).map(|id| reply(id, topic));
    match &reply {
        Some(reply) => pass.merge_with(target, &[request], &[("reply_to", reply)]),
        None => pass.merge(target, &[request]),
    }
}

fn reply(id: &[u8], topic: Option<&[u8]>) -> Vec<u8> {
    let mut bytes = Vec::new();
    put_u32(&mut bytes, types::InputReplyToMessage::CONSTRUCTOR_ID);
    put_u32(&mut bytes, if topic.is_some() { HAS_TOPIC } else { 0 });
    bytes.extend_from_slice(id);
    bytes.extend_from_slice(topic.unwrap_or_default());
    bytes
}

/// A number becomes the reply to the message with it.
pub(crate) fn reply_to_id(pass: &mut Pass<'_>, source: Option<&[u8]>) -> Outcome {
    pass.out.extend_from_slice(&reply(source.ok_or(Stop::Missing)?, None));
    Ok(())
}

/// `InputReplyTo` becomes the number of the message; a reply to anything else has none.
pub(crate) fn id_of_reply(pass: &mut Pass<'_>, source: Option<&[u8]>) -> Outcome {
    let reply = source.ok_or(Stop::Missing)?;
    if u32_at(reply, 0)? != types::InputReplyToMessage::CONSTRUCTOR_ID {
        return Err(Stop::Missing);
    }
    put_u32(&mut pass.out, u32_at(reply, 8)?);
    Ok(())
}
