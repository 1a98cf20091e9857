//! Who has read a message of a small group (page "messages.getMessageReadParticipants").

use crate::limits::chats::{READ_MARK_MEMBERS_MAX, READ_MARK_SCAN_EVENTS, READ_MARK_SECONDS};
use crate::mailbox::EventBody;
use crate::{MsgId, Peer, Platform, PlatformError, Refusal, UserId};

/// Somebody who has read a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadBy {
    /// Who.
    pub user: UserId,
    /// When.
    pub date: i32,
}

impl Platform {
    /// Who of the other members has read a message that the person wrote.
    ///
    /// # Errors
    /// [`Refusal::MessageIdInvalid`], [`Refusal::MessageTooOld`], [`Refusal::ChatTooBig`], [`Refusal::PeerIdInvalid`].
    pub async fn message_readers(&self, user: UserId, chat: i64, id: MsgId) -> Result<Vec<ReadBy>, PlatformError> {
        let peer = Peer::Chat(chat);
        let found = self.message_in(user, peer, id).await?;
        let members = self.chat(chat).await?.ok_or(Refusal::PeerIdInvalid)?;
        if !found.message.is_out() || !members.has(user) {
            return Err(Refusal::MessageIdInvalid.into());
        }
        if self.now().saturating_sub(found.message.date) > READ_MARK_SECONDS {
            return Err(Refusal::MessageTooOld.into());
        }
        if members.members.len() > READ_MARK_MEMBERS_MAX {
            return Err(Refusal::ChatTooBig.into());
        }
        let others = self.others_in(user, peer).await?;
        let numbers = self.numbers_in(chat, (user, id), &others).await?;
        let mut readers = Vec::new();
        for other in others {
            if let Some(copy) = numbers.get(&other) {
                let read = self.read_at(other, peer, *copy).await?;
                readers.extend(read.map(|date| ReadBy { user: other, date }));
            }
        }
        Ok(readers)
    }

    /// When a member read their copy, if they have.
    async fn read_at(&self, user: UserId, peer: Peer, id: MsgId) -> Result<Option<i32>, PlatformError> {
        if self.dialog(user, peer).await?.read_inbox_max < id {
            return Ok(None);
        }
        let Some(copy) = self.message(user, id).await? else { return Ok(None) };
        let events = self.events_after(user, copy.message.pts, READ_MARK_SCAN_EVENTS).await?;
        let is_it = |body: &EventBody| matches!(body, EventBody::ReadInbox { peer: of, max_id, .. } if *of == peer && *max_id >= id);
        Ok(events.iter().find(|event| is_it(&event.body)).map(|event| event.date))
    }
}
