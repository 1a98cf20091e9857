//! Constructors that clients put where their cousins belong.
//!
//! Pyrogram and its heirs send `inputPeerUser` where `InputUser` is asked for, and `inputPeerChannel` for `InputChannel`;
//! the fields are the same, only the number differs. Requests are read with that in mind; nothing else is.

use crate::schema::TYPES;
use crate::{Identifiable, enums, types};

/// The constructor of the expected type that has the same fields as this one of another type.
pub(crate) fn kindred(expected: u16, id: u32) -> Option<u32> {
    match TYPES[usize::from(expected)].name {
        "InputUser" => input_user(id),
        "InputChannel" => input_channel(id),
        _ => None,
    }
}

fn input_user(id: u32) -> Option<u32> {
    match id {
        types::InputPeerUser::CONSTRUCTOR_ID => Some(types::InputUser::CONSTRUCTOR_ID),
        types::InputPeerUserFromMessage::CONSTRUCTOR_ID => Some(types::InputUserFromMessage::CONSTRUCTOR_ID),
        id if id == number(&enums::InputPeer::PeerSelf) => Some(number(&enums::InputUser::UserSelf)),
        id if id == number(&enums::InputPeer::Empty) => Some(number(&enums::InputUser::Empty)),
        _ => None,
    }
}

fn input_channel(id: u32) -> Option<u32> {
    match id {
        types::InputPeerChannel::CONSTRUCTOR_ID => Some(types::InputChannel::CONSTRUCTOR_ID),
        types::InputPeerChannelFromMessage::CONSTRUCTOR_ID => Some(types::InputChannelFromMessage::CONSTRUCTOR_ID),
        id if id == number(&enums::InputPeer::Empty) => Some(number(&enums::InputChannel::Empty)),
        _ => None,
    }
}

/// The number of a constructor without fields, which has no type of its own.
fn number(value: &impl crate::Serializable) -> u32 {
    let bytes = value.to_bytes();
    bytes.first_chunk::<4>().map_or(0, |bytes| u32::from_le_bytes(*bytes))
}
