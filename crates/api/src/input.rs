//! Whom a request means: input users and peers to the platform's, their access hashes checked.
//!
//! A wrong hash and an unknown id are the same error, so that nobody learns who exists. Without a hash (0) one may name
//! oneself, contacts and the service account, as Telegram allows. `input*FromMessage` names somebody seen in a message:
//! it is understood where the caller shows the message's peer, whose hash is checked in place of theirs.

use platform::mailbox::{EntityKind, Media, Message};
use platform::{MsgId, Peer, SERVICE_USER_ID, UserId};
use tl::enums;

use crate::{Context, RpcError};

impl Context<'_> {
    /// The person that an `InputUser` means.
    ///
    /// # Errors
    /// `400 USER_ID_INVALID`, `401 AUTH_KEY_UNREGISTERED`.
    pub async fn input_user(&self, input: &enums::InputUser) -> Result<UserId, RpcError> {
        let viewer = self.user()?;
        match input {
            enums::InputUser::Empty => Err(RpcError::USER_ID_INVALID),
            enums::InputUser::UserSelf => Ok(viewer),
            enums::InputUser::User(user) => self.known_user(viewer, user.user_id, user.access_hash).await,
            enums::InputUser::FromMessage(seen) => {
                self.user_of_message(viewer, &seen.peer, seen.msg_id, seen.user_id).await
            }
        }
    }

    /// The peer that an `InputPeer` means.
    ///
    /// # Errors
    /// `400 PEER_ID_INVALID`, `400 CHANNEL_INVALID`, `401 AUTH_KEY_UNREGISTERED`.
    pub async fn input_peer(&self, input: &enums::InputPeer) -> Result<Peer, RpcError> {
        let viewer = self.user()?;
        let user = match input {
            enums::InputPeer::Empty | enums::InputPeer::Chat(_) => return Err(RpcError::PEER_ID_INVALID),
            enums::InputPeer::Channel(_) | enums::InputPeer::ChannelFromMessage(_) => {
                return Err(RpcError::CHANNEL_INVALID);
            }
            enums::InputPeer::PeerSelf => Ok(viewer),
            enums::InputPeer::User(user) => self.known_user(viewer, user.user_id, user.access_hash).await,
            enums::InputPeer::UserFromMessage(seen) => {
                self.user_of_message(viewer, &seen.peer, seen.msg_id, seen.user_id).await
            }
        };
        user.map(Peer::User)
            .map_err(|error| if error == RpcError::USER_ID_INVALID { RpcError::PEER_ID_INVALID } else { error })
    }

    async fn known_user(&self, viewer: UserId, user_id: i64, access_hash: i64) -> Result<UserId, RpcError> {
        let user_id = UserId(user_id);
        let shown = user_id == viewer
            || user_id == SERVICE_USER_ID
            || self.platform().check_access_hash(viewer, user_id, access_hash)
            || (access_hash == 0 && self.platform().relation(viewer, user_id).await?.contact.is_some());
        if shown && self.platform().person(user_id).await?.is_some() {
            Ok(user_id)
        } else {
            Err(RpcError::USER_ID_INVALID)
        }
    }

    /// Somebody seen in a message of a peer that the viewer can name.
    async fn user_of_message(
        &self,
        viewer: UserId,
        peer: &enums::InputPeer,
        msg_id: i32,
        user_id: i64,
    ) -> Result<UserId, RpcError> {
        let holder = match peer {
            enums::InputPeer::PeerSelf => viewer,
            enums::InputPeer::User(user) => self.known_user(viewer, user.user_id, user.access_hash).await?,
            _ => return Err(RpcError::USER_ID_INVALID),
        };
        let user_id = UserId(user_id);
        if holder == user_id {
            return Ok(user_id);
        }
        self.seen_in_message(viewer, holder, msg_id, user_id).await
    }
}

impl Context<'_> {
    /// The people that the caller can name among these; the others are left out.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn known_input_users(&self, inputs: &[enums::InputUser]) -> Result<Vec<UserId>, RpcError> {
        let mut known = Vec::with_capacity(inputs.len());
        for input in inputs {
            match self.input_user(input).await {
                Ok(user_id) => known.push(user_id),
                Err(error) if error == RpcError::USER_ID_INVALID => {}
                Err(error) => return Err(error),
            }
        }
        Ok(known)
    }

    /// The person `user_id`, if the viewer's message with this number, in the dialog with `holder`, shows them.
    async fn seen_in_message(
        &self,
        viewer: UserId,
        holder: UserId,
        msg_id: i32,
        user_id: UserId,
    ) -> Result<UserId, RpcError> {
        let found = self.platform().message(viewer, MsgId(msg_id)).await?;
        let shows = found.is_some_and(|numbered| {
            numbered.message.peer == Peer::User(holder) && shown_people(&numbered.message).contains(&user_id)
        });
        if shows { Ok(user_id) } else { Err(RpcError::USER_ID_INVALID) }
    }
}

/// Everybody whom a message names.
fn shown_people(message: &Message) -> Vec<UserId> {
    let forward = message.forward.as_ref();
    let peers = [
        Some(message.from),
        forward.and_then(|forward| forward.from),
        forward.and_then(|forward| forward.saved_from),
        message.reply.as_ref().and_then(|reply| reply.peer),
        message.saved_peer,
    ];
    let card = match &message.media {
        Some(Media::Contact { user, .. }) => *user,
        _ => None,
    };
    let mentioned = message.entities.iter().filter_map(|entity| match entity.kind {
        EntityKind::MentionName(user) => Some(user),
        _ => None,
    });
    peers.into_iter().flatten().filter_map(Peer::user).chain(card).chain(message.via_bot).chain(mentioned).collect()
}
