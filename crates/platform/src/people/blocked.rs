//! Who is shut out: their messages are not delivered, and they see neither status nor photo.

use store::{Batch, Class};

use super::relation::{Block, relation_key};
use crate::codec;
use crate::keys::user_suffix;
use crate::mailbox::Change;
use crate::{AuthKeyId, Platform, PlatformError, Refusal, UserId, limits};

impl Platform {
    /// Shuts `other` out.
    ///
    /// # Errors
    /// [`Refusal::ContactIdInvalid`] for oneself, [`Refusal::UserIdInvalid`], [`Refusal::LimitInvalid`], trouble.
    pub async fn block(&self, owner: UserId, other: UserId, origin: Option<AuthKeyId>) -> Result<(), PlatformError> {
        if owner == other {
            return Err(Refusal::ContactIdInvalid.into());
        }
        self.person(other).await?.ok_or(Refusal::UserIdInvalid)?;
        if self.is_blocked(owner, other).await? {
            return Ok(());
        }
        if self.blocked(owner).await?.len() >= limits::BLOCKED_MAX {
            return Err(Refusal::LimitInvalid.into());
        }
        let block = codec::encode(&Block { at: self.now() });
        let mut batch = Batch::new(Class::C1);
        batch.put(relation_key(user_suffix::BLOCKED, owner, other), block.clone());
        batch.put(relation_key(user_suffix::BLOCKED_BY, other, owner), block);
        self.write_block(batch, owner, other, true, origin).await
    }

    /// Lets `other` in again; no error if they were not shut out.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn unblock(&self, owner: UserId, other: UserId, origin: Option<AuthKeyId>) -> Result<(), PlatformError> {
        if !self.is_blocked(owner, other).await? {
            return Ok(());
        }
        let mut batch = Batch::new(Class::C1);
        batch.deletes.push(relation_key(user_suffix::BLOCKED, owner, other));
        batch.deletes.push(relation_key(user_suffix::BLOCKED_BY, other, owner));
        self.write_block(batch, owner, other, false, origin).await
    }

    async fn write_block(
        &self,
        batch: Batch,
        owner: UserId,
        other: UserId,
        blocked: bool,
        origin: Option<AuthKeyId>,
    ) -> Result<(), PlatformError> {
        let written = self.commit(batch).await;
        self.forget_relation(owner, other);
        written?;
        self.log_change(owner, Change::Blocked { peer: other.into(), blocked }, origin).await
    }

    /// Whom a person shuts out and since when (Unix seconds), the latest first.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn blocked(&self, owner: UserId) -> Result<Vec<(UserId, i32)>, PlatformError> {
        let found: Vec<(UserId, Block)> = self.scan_ids(owner, user_suffix::BLOCKED, limits::BLOCKED_MAX).await?;
        let mut blocked: Vec<(UserId, i32)> = found.into_iter().map(|(id, block)| (id, block.at)).collect();
        blocked.sort_by_key(|(id, at)| (std::cmp::Reverse(*at), *id));
        Ok(blocked)
    }
}
