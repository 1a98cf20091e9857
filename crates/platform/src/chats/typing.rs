//! Who is writing in a group: told to its other members, and not stored.

use crate::ephemeral::{Activity, Ephemeral};
use crate::{Peer, Platform, PlatformError, UserId};

impl Platform {
    /// Tells the other members of a group what the person is doing. Notices that follow each other too fast are left out.
    ///
    /// # Errors
    /// [`PlatformError::Store`] when it is not known who they are.
    pub async fn set_typing_in_chat(&self, from: UserId, chat: i64, activity: Activity) -> Result<(), PlatformError> {
        if !self.may_type_again(from, Peer::Chat(chat), activity) {
            return Ok(());
        }
        let notice = Ephemeral::TypingInChat { chat, from, activity };
        for other in self.others_in(from, Peer::Chat(chat)).await? {
            self.show(other, &notice);
        }
        Ok(())
    }
}
