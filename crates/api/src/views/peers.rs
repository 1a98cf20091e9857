//! Which people an answer names. Every answer carries all peers reachable from it: clients refuse what names unknown ones.

use std::collections::BTreeSet;

use platform::mailbox::{Action, EntityKind, Media, Message};
use platform::{Peer, Platform, UserId};
use tl::enums;

use crate::RpcError;

/// The peers named so far.
#[derive(Clone, Debug, Default)]
pub struct Peers {
    users: BTreeSet<UserId>,
    chats: BTreeSet<i64>,
}

impl Peers {
    /// Adds a person.
    pub fn add_user(&mut self, user: UserId) {
        self.users.insert(user);
    }

    /// Adds a group.
    pub fn add_chat(&mut self, chat: i64) {
        self.chats.insert(chat);
    }

    /// Adds a peer. Channels come with their own issue.
    pub fn add(&mut self, peer: Peer) {
        match peer {
            Peer::User(user) => self.add_user(user),
            Peer::Chat(chat) => self.add_chat(chat),
            Peer::Channel(_) => {}
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
        match &message.action {
            Some(Action::ChatCreate(_, users) | Action::ChatAdd(users)) => {
                users.iter().for_each(|user| self.add_user(*user));
            }
            Some(Action::ChatDelete(user) | Action::ChatJoinedByLink(user)) => self.add_user(*user),
            _ => {}
        }
        for entity in &message.entities {
            if let EntityKind::MentionName(user) = entity.kind {
                self.add_user(user);
            }
        }
    }

    /// The people, in order.
    pub(crate) fn users(&self) -> impl Iterator<Item = UserId> {
        self.users.iter().copied()
    }

    /// Whether no other group is named than this one.
    pub(crate) fn names_only(&self, chat: i64) -> bool {
        self.chats.iter().all(|named| *named == chat)
    }

    /// Them as the viewer sees them: people, then groups.
    pub async fn shown(
        self,
        platform: &Platform,
        viewer: UserId,
    ) -> Result<(Vec<enums::User>, Vec<enums::Chat>), RpcError> {
        let ids: Vec<UserId> = self.users.into_iter().collect();
        let users = if ids.is_empty() { Vec::new() } else { super::user::users(platform, viewer, &ids).await? };
        let ids: Vec<i64> = self.chats.into_iter().collect();
        Ok((users, super::chat::chats(platform, viewer, &ids).await?))
    }
}
