//! Which people an answer names. Every answer carries all peers reachable from it: clients refuse what names unknown ones.

use std::collections::BTreeSet;

use platform::mailbox::{EntityKind, Media, Message};
use platform::{Peer, Platform, UserId};
use tl::enums;

use crate::RpcError;

/// The peers named so far.
#[derive(Clone, Debug, Default)]
pub struct Peers {
    users: BTreeSet<UserId>,
}

impl Peers {
    /// Adds a person.
    pub fn add_user(&mut self, user: UserId) {
        self.users.insert(user);
    }

    /// Adds a peer. Groups and channels come with their own issue.
    pub fn add(&mut self, peer: Peer) {
        if let Peer::User(user) = peer {
            self.add_user(user);
        }
    }

    /// Adds everybody whom a message names.
    pub fn add_message(&mut self, message: &Message) {
        self.add(message.peer);
        self.add(message.from);
        message.saved_peer.into_iter().for_each(|peer| self.add(peer));
        message.via_bot.into_iter().for_each(|bot| self.add_user(bot));
        if let Some(forward) = &message.forward {
            forward.from.into_iter().chain(forward.saved_from).for_each(|peer| self.add(peer));
        }
        if let Some(peer) = message.reply.as_ref().and_then(|reply| reply.peer) {
            self.add(peer);
        }
        if let Some(Media::Contact { user: Some(user), .. }) = &message.media {
            self.add_user(*user);
        }
        for entity in &message.entities {
            if let EntityKind::MentionName(user) = entity.kind {
                self.add_user(user);
            }
        }
    }

    /// Them as the viewer sees them.
    pub async fn users(self, platform: &Platform, viewer: UserId) -> Result<Vec<enums::User>, RpcError> {
        if self.users.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<UserId> = self.users.into_iter().collect();
        Ok(super::user::users(platform, viewer, &ids).await?)
    }
}
