//! Leaving for good: an account is deleted.
//!
//! First the account is over, in one batch: its names are free and nobody can sign in. Then what it stored is cleared
//! away, which may take many batches, be refused under load, and be called for again.

use store::{Batch, Class, Scan};

use super::census::arrival_key;
use super::door::reservation::rest;
use super::names::{free_name, username_index_key};
use super::person::{AccountState, Profile};
use crate::codec::decode;
use crate::keys::{self, NameKind, user_suffix};
use crate::mailbox::{Change, Message, keys as mailbox_keys};
use crate::media::{Holder, references};
use crate::{MsgId, Platform, PlatformError, Refusal, SERVICE_USER_ID, UserId, limits};

/// What lies under a person besides the husk of a profile, and who knows them.
const CLEARED: [u8; 13] = [
    user_suffix::HEAD,
    user_suffix::DIALOG,
    user_suffix::MESSAGE,
    user_suffix::MESSAGE_INDEX,
    user_suffix::EVENT,
    user_suffix::CHANGE,
    user_suffix::LETTER_READ,
    user_suffix::RANDOM_ID,
    user_suffix::SETTINGS,
    user_suffix::PASSWORD,
    user_suffix::DRAFT,
    user_suffix::AUTHORISATION,
    user_suffix::INVITE,
];

impl Platform {
    /// Deletes an account: names are freed, devices signed out, the mailbox, the settings and the address book go. Others
    /// keep their copies of what was written to them, under a nameless account.
    ///
    /// # Errors
    /// [`Refusal::UserIdInvalid`], or trouble of the store before the account was over. What could not be cleared away
    /// afterwards is logged; deleting the account again goes on with it.
    pub async fn delete_account(&self, user_id: UserId) -> Result<(), PlatformError> {
        if user_id == SERVICE_USER_ID {
            return Err(Refusal::UserIdInvalid.into());
        }
        let person = self.person(user_id).await?.ok_or(Refusal::UserIdInvalid)?;
        if !person.is_deleted() {
            self.end_account(user_id).await?;
        }
        // Also when it was over before: what came after that may have failed, and devices are found by what is cleared below.
        self.send_off(user_id).await?;
        if let Err(error) = self.clear_away(user_id).await {
            tracing::warn!(%error, %user_id, "a deleted account is not cleared away yet");
        }
        Ok(())
    }

    async fn end_account(&self, user_id: UserId) -> Result<(), PlatformError> {
        self.change_profile(user_id, |profile, batch| {
            self.release_photos(user_id, profile, batch);
            batch.deletes.push(keys::listed_user_key(user_id));
            batch.deletes.push(arrival_key(user_id, profile.created_at));
            empty_profile(profile, batch, self.now());
            Ok(())
        })
        .await?;
        self.inner.people.census.left();
        Ok(())
    }

    /// Signs all devices out, and tells whoever knew the account.
    async fn send_off(&self, user_id: UserId) -> Result<(), PlatformError> {
        self.reset_authorizations(user_id, None).await?;
        for other in self.who_has(user_id, limits::NEWS_FAN_OUT_MAX).await? {
            self.log_change(other, Change::UserName { user: user_id }, None).await?;
        }
        Ok(())
    }

    async fn clear_away(&self, user_id: UserId) -> Result<(), PlatformError> {
        self.leave_all_chats(user_id).await?;
        let contacts: Vec<UserId> = self.contacts(user_id).await?.into_iter().map(|(id, _)| id).collect();
        self.delete_contacts(user_id, &contacts, None).await?;
        for (other, _) in self.blocked(user_id).await? {
            self.unblock(user_id, other, None).await?;
        }
        let mailbox = self.mailbox(user_id).await?;
        self.release_media(user_id).await?;
        for first in CLEARED {
            self.store().delete_prefix(&keys::user(user_id), &[first]).await?;
        }
        self.inner.mailboxes.forget(&mailbox);
        self.inner.people.persons.remove(&user_id);
        Ok(())
    }

    /// Lets go of every medium that the mailbox holds, page by page; the messages go afterwards.
    async fn release_media(&self, user_id: UserId) -> Result<(), PlatformError> {
        let mut scan = Scan {
            owner: keys::user(user_id),
            prefix: vec![user_suffix::MESSAGE],
            from: None,
            to: None,
            reverse: false,
            limit: limits::RELEASE_BATCH_MESSAGES,
            max_bytes: limits::PEOPLE_SCAN_MAX_BYTES,
        };
        loop {
            let page = self.store().scan(&scan).await?;
            let mut batch = Batch::new(Class::C3);
            for (key, record) in &page.items {
                let message: Message = decode(&record.value)?;
                let id = MsgId(mailbox_keys::last_number(key).unwrap_or_default());
                if let Some(medium) = message.medium() {
                    references::remove(self, &mut batch, medium, Holder::Message(user_id, id));
                }
            }
            if !batch.deletes.is_empty() {
                self.commit(batch).await?;
            }
            match page.next {
                Some(next) => scan.from = Some(next),
                None => return Ok(()),
            }
        }
    }
}

fn empty_profile(profile: &mut Profile, batch: &mut Batch, now: i32) {
    if let Some(phone) = &profile.phone {
        free_name(batch, NameKind::Phone, phone);
        rest(batch, phone, now);
    }
    if let Some(username) = profile.username.as_deref().map(str::to_ascii_lowercase) {
        free_name(batch, NameKind::Username, &username);
        batch.deletes.push(username_index_key(&username));
    }
    *profile = Profile { created_at: profile.created_at, state: AccountState::Deleted, ..Profile::default() };
}
