//! Peers: as bare numbers, as channels, as peers.

use crate::schema::{FALSE_ID, HOME_LAYER, TRUE_ID, named};
use crate::translate::{Object, Outcome, Pass, Stop, put_vector};
use crate::wire::{put_u32, u32_at};
use crate::{Identifiable, types};

/// `Peer` becomes the number in it.
pub(crate) fn id_of_peer(pass: &mut Pass<'_>, source: Option<&[u8]>) -> Outcome {
    let id = source.and_then(|peer| peer.get(4..12)).ok_or(Stop::Missing)?;
    pass.out.extend_from_slice(id);
    Ok(())
}

/// A number becomes the user with it.
pub(crate) fn peer_of_id(pass: &mut Pass<'_>, source: Option<&[u8]>) -> Outcome {
    put_u32(&mut pass.out, types::PeerUser::CONSTRUCTOR_ID);
    pass.out.extend_from_slice(source.ok_or(Stop::Missing)?);
    Ok(())
}

/// `InputChannel` becomes the `InputPeer` of the same channel: the fields are the same.
pub(crate) fn input_peer_of_channel(pass: &mut Pass<'_>, source: Option<&[u8]>) -> Outcome {
    let channel = source.ok_or(Stop::Missing)?;
    let peer = match u32_at(channel, 0)? {
        types::InputChannel::CONSTRUCTOR_ID => types::InputPeerChannel::CONSTRUCTOR_ID,
        types::InputChannelFromMessage::CONSTRUCTOR_ID => types::InputPeerChannelFromMessage::CONSTRUCTOR_ID,
        _ => return Err(Stop::Missing),
    };
    put_u32(&mut pass.out, peer);
    pass.out.extend_from_slice(&channel[4..]);
    Ok(())
}

/// `InputUser` becomes the `InputPeer` of the same person.
pub(crate) fn input_peer_of_user(pass: &mut Pass<'_>, source: Option<&[u8]>) -> Outcome {
    let user = source.ok_or(Stop::Missing)?;
    let peer = match u32_at(user, 0)? {
        types::InputUser::CONSTRUCTOR_ID => types::InputPeerUser::CONSTRUCTOR_ID,
        types::InputUserFromMessage::CONSTRUCTOR_ID => types::InputPeerUserFromMessage::CONSTRUCTOR_ID,
        id if id == constructor("inputUserSelf")? => constructor("inputPeerSelf")?,
        _ => return Err(Stop::Missing),
    };
    put_u32(&mut pass.out, peer);
    pass.out.extend_from_slice(&user[4..]);
    Ok(())
}

/// Whoever asks.
pub(crate) fn myself(pass: &mut Pass<'_>, _source: Option<&[u8]>) -> Outcome {
    put_u32(&mut pass.out, constructor("inputPeerSelf")?);
    Ok(())
}

/// A constructor of the home layer without fields, which has no type of its own.
fn constructor(name: &str) -> Result<u32, Stop> {
    named(HOME_LAYER, name).map(|definition| definition.id).ok_or(Stop::Missing)
}

/// A vector of `Peer` becomes one of numbers.
pub(crate) fn ids_of_peers(pass: &mut Pass<'_>, source: Option<&[u8]>) -> Outcome {
    let peers = source.and_then(|bytes| bytes.get(8..)).ok_or(Stop::Missing)?;
    let count = u32_at(source.unwrap_or_default(), 4)?;
    put_vector(&mut pass.out, count);
    peers.chunks_exact(12).for_each(|peer| pass.out.extend_from_slice(&peer[4..]));
    Ok(())
}

/// A vector of numbers becomes one of the users with them.
pub(crate) fn peers_of_ids(pass: &mut Pass<'_>, source: Option<&[u8]>) -> Outcome {
    let ids = source.and_then(|bytes| bytes.get(8..)).ok_or(Stop::Missing)?;
    let count = u32_at(source.unwrap_or_default(), 4)?;
    put_vector(&mut pass.out, count);
    ids.chunks_exact(8).try_for_each(|id| peer_of_id(pass, Some(id)))
}

/// The first of a vector of `Peer`.
pub(crate) fn first_peer(pass: &mut Pass<'_>, source: Option<&[u8]>) -> Outcome {
    let peer = source.and_then(|bytes| bytes.get(8..20)).ok_or(Stop::Missing)?;
    pass.out.extend_from_slice(peer);
    Ok(())
}

/// A vector of one.
pub(crate) fn one_peer(pass: &mut Pass<'_>, source: Option<&[u8]>) -> Outcome {
    put_vector(&mut pass.out, 1);
    pass.out.extend_from_slice(source.ok_or(Stop::Missing)?);
    Ok(())
}

/// `updatePeerBlocked`: whether somebody is blocked was a `Bool` after the peer.
pub(crate) fn peer_blocked(pass: &mut Pass<'_>, update: &Object<'_>) -> Outcome {
    let older = named(pass.layer, "updatePeerBlocked").ok_or(Stop::Missing)?;
    put_u32(&mut pass.out, older.id);
    pass.out.extend_from_slice(update.field("peer_id").ok_or(Stop::Missing)?);
    put_u32(&mut pass.out, if update.switch("blocked") { TRUE_ID } else { FALSE_ID });
    Ok(())
}
