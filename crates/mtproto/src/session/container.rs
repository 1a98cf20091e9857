//! `msg_container` (service messages page): read completely and checked for shape before any of it is acted upon, because
//! a container is taken or refused as a whole.

use super::Incoming;
use super::limits::CONTAINER_MAX_MESSAGES;
use super::schema::{BadMsg, MSG_CONTAINER};
use crate::wire::{Malformed, Reader, constructor_of};
use smallvec::SmallVec;

/// Bytes before each message's body: msg_id, seq_no, length.
const HEADER_BYTES: usize = 16;

/// The messages of a container, in their order.
pub type Messages<'a> = SmallVec<[Incoming<'a>; 8]>;

/// Reads a container. Refused: more than 1,024 messages, a container within, an inner msg_id not below the outer one, the
/// same msg_id twice, lengths that do not fit.
pub fn read<'a>(outer: &Incoming<'a>) -> Option<Messages<'a>> {
    let messages = parse(outer.body).ok()?;
    let mut ids: SmallVec<[i64; 32]> = messages.iter().map(|inner| inner.msg_id).collect();
    ids.sort_unstable();
    let unique = ids.windows(2).all(|pair| pair[0] != pair[1]);
    let sound = |inner: &Incoming<'_>| inner.msg_id < outer.msg_id && constructor_of(inner.body) != MSG_CONTAINER;
    (!messages.is_empty() && unique && messages.iter().all(sound)).then_some(messages)
}

fn parse(body: &[u8]) -> Result<Messages<'_>, Malformed> {
    let mut reader = Reader::new(body);
    let (constructor, count) = (reader.constructor()?, reader.size()?);
    let fits = count <= CONTAINER_MAX_MESSAGES && count * HEADER_BYTES <= reader.rest().len();
    if constructor != MSG_CONTAINER || !fits {
        return Err(Malformed);
    }
    let messages = (0..count).map(|_| message(&mut reader)).collect::<Result<_, _>>()?;
    reader.end()?;
    Ok(messages)
}

fn message<'a>(reader: &mut Reader<'a>) -> Result<Incoming<'a>, Malformed> {
    let (msg_id, seq_no, length) = (reader.long()?, reader.int()?, reader.size()?);
    if !length.is_multiple_of(4) || length < 4 {
        return Err(Malformed);
    }
    Ok(Incoming { msg_id, seq_no, body: reader.take(length)? })
}

/// Sequence numbers must rise with msg_ids among the messages of one container, and not pass the container's own.
pub fn check_seq_nos(outer: &Incoming<'_>, messages: &Messages<'_>) -> Result<(), BadMsg> {
    let mut ordered: SmallVec<[(i64, i32); 32]> = messages.iter().map(|inner| (inner.msg_id, inner.seq_no)).collect();
    ordered.push((outer.msg_id, outer.seq_no));
    ordered.sort_unstable();
    let falls = |pair: &[(i64, i32)]| pair[0].1 > pair[1].1 || (pair[0].1 == pair[1].1 && pair[0].1 % 2 != 0);
    if ordered.windows(2).any(falls) { Err(BadMsg::SeqTooLow) } else { Ok(()) }
}
