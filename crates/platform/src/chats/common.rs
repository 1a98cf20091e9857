//! What a group and a person have in common: which groups both are in, and what the viewer may know of a group.

use std::sync::Arc;

use super::record::Chat;
use crate::{Peer, Platform, PlatformError, Refusal, UserId};

impl Platform {
    /// A group that this person is in, or has a conversation of.
    ///
    /// # Errors
    /// [`Refusal::ChatIdInvalid`], also for a group that exists and is not theirs to know; [`PlatformError::Store`].
    pub async fn known_chat(&self, user: UserId, id: i64) -> Result<Arc<Chat>, PlatformError> {
        let chat = self.chat(id).await?.ok_or(Refusal::ChatIdInvalid)?;
        if chat.has(user) || self.view(user, |state| state.dialogs.contains_key(&Peer::Chat(id))).await? {
            return Ok(chat);
        }
        Err(Refusal::ChatIdInvalid.into())
    }

    /// The groups in which both are, by falling number, below `max_id` (0: all).
    ///
    /// # Errors
    /// [`PlatformError::Store`] when they cannot be read.
    pub async fn common_chats(
        &self,
        user: UserId,
        other: UserId,
        max_id: i64,
        limit: usize,
    ) -> Result<Vec<Arc<Chat>>, PlatformError> {
        let mut ids = self.chats_of(user).await?;
        ids.retain(|id| max_id <= 0 || *id < max_id);
        ids.sort_unstable_by_key(|id| std::cmp::Reverse(*id));
        let mut common = Vec::new();
        for id in ids {
            if common.len() >= limit {
                break;
            }
            let chat = self.chat(id).await?;
            common.extend(chat.filter(|chat| chat.has(user) && chat.has(other)));
        }
        Ok(common)
    }

    /// Every group that this person's mailbox knows of.
    pub(super) async fn chats_of(&self, user: UserId) -> Result<Vec<i64>, PlatformError> {
        self.view(user, |state| {
            let chat = |peer: &Peer| if let Peer::Chat(id) = peer { Some(*id) } else { None };
            state.dialogs.keys().filter_map(chat).collect()
        })
        .await
    }
}
