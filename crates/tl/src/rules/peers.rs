//! Peers: as bare numbers, as channels, as peers.

use crate::translate::{Outcome, Pass, Stop};
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
