//! Deleting a group for everybody: first nobody is in it, then its messages go from every member's mailbox.

use super::change::{News, Turned, risen};
use super::record::Chat;
use crate::limits::chats::ERASE_CALLS_MAX;
use crate::mailbox::Action;
use crate::messages::Deletion;
use crate::{Actor, Peer, Platform, PlatformError, Refusal, UserId};

impl Platform {
    /// Deletes a group. Only whoever made it does that; asked again, it goes on with what is left.
    ///
    /// # Errors
    /// [`Refusal::ChatAdminRequired`], [`Refusal::ChatIdInvalid`], trouble of the store.
    pub async fn delete_chat(&self, actor: Actor, id: i64) -> Result<(), PlatformError> {
        let alone = self.alone_with_chat(id).await?;
        let before = alone.chat().clone();
        if before.creator != actor.user || (!before.deleted && !before.has(actor.user)) {
            return Err(Refusal::ChatAdminRequired.into());
        }
        let members: Vec<UserId> = match before.deleted {
            true => before.removed.clone(),
            false => before.others(actor.user).collect(),
        };
        if before.deleted {
            drop(alone);
        } else {
            let after = Chat { deleted: true, members: Vec::new(), removed: members.clone(), ..risen(&before) };
            let news = News::Message(Action::ChatDelete(actor.user));
            self.turn_chat(actor, alone, Turned { after, hearers: members.clone(), news }).await?;
        }
        for member in std::iter::once(actor.user).chain(members) {
            self.erase(member, Peer::Chat(id)).await?;
        }
        Ok(())
    }

    async fn erase(&self, user: UserId, peer: Peer) -> Result<(), PlatformError> {
        if self.person(user).await?.is_none_or(|person| person.is_deleted()) {
            return Ok(());
        }
        for _ in 0..ERASE_CALLS_MAX {
            if !self.delete_history(Actor::server(user), peer, Deletion::default()).await?.more {
                break;
            }
        }
        Ok(())
    }
}
