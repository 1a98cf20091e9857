//! Updates a client does not know: left out, or a harmless one that advances the same counter.
//!
//! A counter that stands still while the server's goes on would look like a gap, and the client would ask for a
//! difference again and again ("Working with Updates", core.telegram.org/api/updates).

use crate::schema::{FALSE_ID, HOME_LAYER, named};
use crate::translate::{Object, Outcome, Pass, Stop};
use crate::wire::{put_empty_vector, put_u32, u32_at};
use crate::{Identifiable, Serializable, enums, types};

/// Leaves an update out; if it carries `pts` or `qts`, something with the same number stands for it.
pub(crate) fn left_out(pass: &mut Pass<'_>, object: &Object<'_>) -> Outcome {
    if let (Some(pts), Some(pts_count)) = (object.field("pts"), object.field("pts_count")) {
        return advance_pts(pass, object, pts, pts_count);
    }
    match object.field("qts") {
        Some(qts) => advance_qts(pass, qts),
        None => Err(Stop::Missing),
    }
}

/// `updatePinnedForumTopic` and `…Topics`: the peer was a channel by its type.
pub(crate) fn pinned_topics(pass: &mut Pass<'_>, update: &Object<'_>) -> Outcome {
    let older = update.definition.name.replace("PinnedForum", "ChannelPinned");
    let older = named(pass.layer, &older).ok_or(Stop::Missing)?;
    let peer = update.field("peer").ok_or(Stop::Missing)?;
    if u32_at(peer, 0)? != types::PeerChannel::CONSTRUCTOR_ID {
        return Err(Stop::Missing);
    }
    pass.merge_with(older, &[update], &[("channel_id", &peer[4..])])
}

/// A deletion of no messages.
fn advance_pts(pass: &mut Pass<'_>, object: &Object<'_>, pts: &[u8], pts_count: &[u8]) -> Outcome {
    match channel_of(object) {
        Some(channel_id) => {
            put_u32(&mut pass.out, types::UpdateDeleteChannelMessages::CONSTRUCTOR_ID);
            pass.out.extend_from_slice(channel_id);
        }
        None if object.definition.name.contains("Channel") => return Err(Stop::Missing),
        None => put_u32(&mut pass.out, types::UpdateDeleteMessages::CONSTRUCTOR_ID),
    }
    put_empty_vector(&mut pass.out);
    pass.out.extend_from_slice(pts);
    pass.out.extend_from_slice(pts_count);
    Ok(())
}

/// The channel whose counter an update advances.
fn channel_of<'a>(object: &Object<'a>) -> Option<&'a [u8]> {
    if let Some(channel_id) = object.field("channel_id") {
        return Some(channel_id);
    }
    let message = object.field("message")?;
    let definition = crate::schema::find(u32_at(message, 0).ok()?)?;
    let peer = Object::parse(definition, message, 0).ok()?.field("peer_id")?;
    let is_channel = u32_at(peer, 0) == Ok(types::PeerChannel::CONSTRUCTOR_ID);
    peer.get(4..12).filter(|_| is_channel)
}

/// A deletion of no messages of a business connection without a name.
fn advance_qts(pass: &mut Pass<'_>, qts: &[u8]) -> Outcome {
    let stand_in = named(HOME_LAYER, "updateBotDeleteBusinessMessage").ok_or(Stop::Missing)?;
    if !stand_in.exists_at(pass.layer) {
        return advance_older_qts(pass, qts);
    }
    put_u32(&mut pass.out, stand_in.id);
    put_u32(&mut pass.out, 0);
    put_u32(&mut pass.out, types::PeerUser::CONSTRUCTOR_ID);
    pass.out.extend_from_slice(&[0; 8]);
    put_empty_vector(&mut pass.out);
    pass.out.extend_from_slice(qts);
    Ok(())
}

/// Nobody, at no time, did not stop the bot.
fn advance_older_qts(pass: &mut Pass<'_>, qts: &[u8]) -> Outcome {
    put_u32(&mut pass.out, types::UpdateBotStopped::CONSTRUCTOR_ID);
    pass.out.extend_from_slice(&[0; 12]);
    put_u32(&mut pass.out, FALSE_ID);
    pass.out.extend_from_slice(qts);
    Ok(())
}

/// Updates without a word in them, in the place of an `updateShort` whose update cannot be told; its date comes last.
pub(crate) fn nothing(short: &[u8]) -> Vec<u8> {
    let date = short.last_chunk::<4>().copied().unwrap_or_default();
    let date = i32::from_le_bytes(date);
    let empty = types::Updates { updates: Vec::new(), users: Vec::new(), chats: Vec::new(), date, seq: 0 };
    enums::Updates::Updates(empty).to_bytes()
}
