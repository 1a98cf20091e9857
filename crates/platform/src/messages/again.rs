//! Sends that come again: whoever got no answer repeats what they asked for under the same `random_id`, and hears what the
//! first time came to, whatever has changed since. What was deleted meanwhile stays deleted.

use std::sync::Arc;

use super::send::Sent;
use crate::mailbox::Mailbox;
use crate::{MsgId, Platform, PlatformError, Refusal, UserId};

/// Messages that were sent before, perhaps not durable yet.
pub(super) struct Earlier {
    mailbox: Arc<Mailbox>,
    numbers: Vec<(i64, MsgId)>,
}

impl Platform {
    /// What this person sent before under this number, if they did.
    ///
    /// # Errors
    /// [`Refusal::RandomIdDuplicate`] when it was deleted since; [`PlatformError::Store`] when it cannot be read.
    pub async fn sent_earlier(&self, user: UserId, random_id: i64) -> Result<Option<Sent>, PlatformError> {
        Ok(self.all_sent_earlier(user, &[random_id]).await?.and_then(|mut sent| sent.pop()))
    }

    /// What this person sent before under these numbers, without what was deleted since; `None` if one of them is new.
    ///
    /// # Errors
    /// [`Refusal::RandomIdDuplicate`] when all of it was deleted; [`PlatformError::Store`] when it cannot be read.
    pub async fn all_sent_earlier(&self, user: UserId, random_ids: &[i64]) -> Result<Option<Vec<Sent>>, PlatformError> {
        match self.find_earlier(user, random_ids).await? {
            Some(earlier) => Ok(Some(self.sent_again(user, earlier).await?)),
            None => Ok(None),
        }
    }

    /// Looks for all of these among what was sent lately; waits for no disk but that of the first look.
    pub(super) async fn find_earlier(
        &self,
        user: UserId,
        random_ids: &[i64],
    ) -> Result<Option<Earlier>, PlatformError> {
        let mailbox = self.sending_mailbox(user).await?;
        let numbers: Option<Vec<(i64, MsgId)>> = {
            let state = mailbox.state.lock();
            let find = |random_id: &i64| Some((*random_id, state.replays.as_ref()?.find(*random_id)?));
            random_ids.iter().map(find).collect()
        };
        let found = numbers.filter(|numbers| !numbers.is_empty());
        Ok(found.map(|numbers| Earlier { mailbox, numbers }))
    }

    /// The originals, once they are durable.
    pub(super) async fn sent_again(&self, user: UserId, earlier: Earlier) -> Result<Vec<Sent>, PlatformError> {
        earlier.mailbox.settle().await?;
        self.originals(user, &earlier.numbers).await
    }

    /// The durable messages with these numbers, without those that are gone.
    pub(super) async fn originals(&self, user: UserId, numbers: &[(i64, MsgId)]) -> Result<Vec<Sent>, PlatformError> {
        let ids: Vec<MsgId> = numbers.iter().map(|(_, id)| *id).collect();
        let found = self.messages(user, &ids).await?;
        let sent = numbers
            .iter()
            .zip(found)
            .filter_map(|((random_id, _), message)| Some(Sent { message: message?, random_id: *random_id }));
        let sent: Vec<Sent> = sent.collect();
        if sent.is_empty() { Err(Refusal::RandomIdDuplicate.into()) } else { Ok(sent) }
    }
}
