//! Whom a request means: input users and peers to the platform's, their access hashes checked.
//!
//! A wrong hash and an unknown id are the same error, so that nobody learns who exists. Without a hash (0) one may name
//! oneself, contacts and the service account, as Telegram allows. `input*FromMessage` names somebody seen in a message:
//! it is understood where the caller shows the message's peer, whose hash is checked in place of theirs.

use platform::mailbox::{Action, EntityKind, Media, Message};
use platform::{MsgId, Peer, PlatformError, SERVICE_USER_ID, UserId};
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
            enums::InputPeer::Empty => return Err(RpcError::PEER_ID_INVALID),
            enums::InputPeer::Chat(chat) => return self.known_group(viewer, chat.chat_id).await,
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

    /// A group has no access hash: those who are or were in it may name it.
    async fn known_group(&self, viewer: UserId, chat_id: i64) -> Result<Peer, RpcError> {
        match self.platform().known_chat(viewer, chat_id).await {
            Ok(chat) => Ok(Peer::Chat(chat.id)),
            Err(PlatformError::Refused(_)) => Err(RpcError::PEER_ID_INVALID),
            Err(error) => Err(error.into()),
        }
    }

    /// The group that an `InputPeer` means.
    ///
    /// # Errors
    /// `400 PEER_ID_INVALID` for anything else.
    pub async fn input_group(&self, input: &enums::InputPeer) -> Result<i64, RpcError> {
        match self.input_peer(input).await? {
            Peer::Chat(chat) => Ok(chat),
            _ => Err(RpcError::PEER_ID_INVALID),
        }
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
            enums::InputPeer::PeerSelf => Peer::User(viewer),
            enums::InputPeer::User(user) => Peer::User(self.known_user(viewer, user.user_id, user.access_hash).await?),
            enums::InputPeer::Chat(chat) => self.known_group(viewer, chat.chat_id).await?,
            _ => return Err(RpcError::USER_ID_INVALID),
        };
        let user_id = UserId(user_id);
        if holder == Peer::User(user_id) {
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
        holder: Peer,
        msg_id: i32,
        user_id: UserId,
    ) -> Result<UserId, RpcError> {
        let found = self.platform().message(viewer, MsgId(msg_id)).await?;
        let shows = found.is_some_and(|numbered| {
            numbered.message.peer == holder && shown_people(&numbered.message).contains(&user_id)
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
    let members: Vec<UserId> = match &message.action {
        Some(Action::ChatCreate(_, users) | Action::ChatAdd(users)) => users.clone(),
        Some(Action::ChatDelete(user) | Action::ChatJoinedByLink(user)) => vec![*user],
        _ => Vec::new(),
    };
    let card = match &message.media {
        Some(Media::Contact { user, .. }) => *user,
        _ => None,
    };
    let mentioned = message.entities.iter().filter_map(|entity| match entity.kind {
        EntityKind::MentionName(user) => Some(user),
        _ => None,
    });
    let named = peers.into_iter().flatten().filter_map(Peer::user).chain(members);
    named.chain(card).chain(message.via_bot).chain(mentioned).collect()
}
