//! Keys of a mailbox's records under their owner (`keys::user_suffix` has the first bytes).

use crate::keys::{self, user_suffix};
use crate::{MsgId, Peer, Pts, Seq, UserId};

/// A folder (`dialogFilter`); then its id u32 BE.
const FILTER: u8 = 0x15;

/// The checkpoint of the head.
pub(crate) const HEAD: [u8; 1] = [user_suffix::HEAD];

/// The last number given to a letter when letters were last removed.
pub(crate) const LETTERS_GIVEN: [u8; 1] = [user_suffix::LETTERS_GIVEN];

/// Bytes of a second number that may follow.
const NUMBER_BYTES: usize = 4;

fn numbered(first: u8, number: i32) -> Vec<u8> {
    let mut suffix = Vec::with_capacity(1 + 2 * NUMBER_BYTES);
    suffix.push(first);
    suffix.extend_from_slice(&number.to_be_bytes());
    suffix
}

fn under_peer(first: u8, peer: Peer) -> Vec<u8> {
    let mut suffix = Vec::with_capacity(1 + Peer::BYTES + NUMBER_BYTES);
    suffix.push(first);
    suffix.extend_from_slice(&peer.to_key());
    suffix
}

/// The checkpoint of a dialog.
pub(crate) fn dialog(peer: Peer) -> Vec<u8> {
    under_peer(user_suffix::DIALOG, peer)
}

/// A draft.
pub(crate) fn draft(peer: Peer) -> Vec<u8> {
    under_peer(user_suffix::DRAFT, peer)
}

/// A folder.
pub(crate) fn filter(id: i32) -> Vec<u8> {
    numbered(FILTER, id)
}

/// A message.
pub(crate) fn message(id: MsgId) -> Vec<u8> {
    numbered(user_suffix::MESSAGE, id.0)
}

/// The prefix of a conversation's index.
pub(crate) fn index_prefix(peer: Peer) -> Vec<u8> {
    under_peer(user_suffix::MESSAGE_INDEX, peer)
}

/// A message's place in its conversation.
pub(crate) fn index(peer: Peer, id: MsgId) -> Vec<u8> {
    let mut suffix = index_prefix(peer);
    suffix.extend_from_slice(&id.0.to_be_bytes());
    suffix
}

/// An entry of the pts log.
pub(crate) fn event(pts: Pts) -> Vec<u8> {
    numbered(user_suffix::EVENT, pts.0)
}

/// An entry of the second log.
pub(crate) fn change(date: i32, seq: Seq) -> Vec<u8> {
    let mut suffix = numbered(user_suffix::CHANGE, date);
    suffix.extend_from_slice(&seq.0.to_be_bytes());
    suffix
}

/// A letter that waits to be taken to its recipient.
pub(crate) fn letter(number: i64, to: UserId) -> Vec<u8> {
    let mut suffix = keys::suffix_id(user_suffix::LETTER, number);
    suffix.extend_from_slice(&to.0.to_be_bytes());
    suffix
}

/// Number and recipient of a letter's suffix.
pub(crate) fn letter_parts(suffix: &[u8]) -> Option<(i64, UserId)> {
    let to = suffix.get(9..17)?.try_into().ok().map(i64::from_be_bytes)?;
    Some((keys::id_of_suffix(suffix)?, UserId(to)))
}

/// The last letter read from a sender, where the log does not say so.
pub(crate) fn letter_read(from: UserId) -> Vec<u8> {
    keys::suffix_id(user_suffix::LETTER_READ, from.0)
}

/// The last number of a suffix: message id, pts or seq.
pub(crate) fn last_number(suffix: &[u8]) -> Option<i32> {
    let start = suffix.len().checked_sub(4)?;
    suffix.get(start..)?.try_into().ok().map(i32::from_be_bytes)
}

/// The date of a second log entry's suffix.
pub(crate) fn change_date(suffix: &[u8]) -> Option<i32> {
    suffix.get(1..5)?.try_into().ok().map(i32::from_be_bytes)
}
