//! Groups in memory: each behind a lock that writers of messages share and that whoever changes the group has alone.
//!
//! The lock is taken before any mailbox's mutation lock and never while one is held; who only looks takes none.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use store::{Batch, Check, Key, Record};
use tokio::sync::{OwnedRwLockMappedWriteGuard, OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

use super::record::Chat;
use crate::codec::{decode, encode};
use crate::keys::{self, chat_suffix};
use crate::limits::chats::CHATS_KEPT;
use crate::{Platform, PlatformError, Refusal};

/// A group as it is on the disk.
#[derive(Clone)]
pub(crate) struct Kept {
    pub(super) chat: Arc<Chat>,
    version: u64,
}

#[derive(Default)]
struct Slot {
    lock: Arc<RwLock<Option<Kept>>>,
    /// The group as it last was on the disk, for those who only look.
    seen: Mutex<Option<Arc<Chat>>>,
}

/// The groups of this node.
#[derive(Default)]
pub(crate) struct Chats {
    slots: Mutex<HashMap<i64, Arc<Slot>>>,
}

impl Chats {
    fn slot(&self, id: i64) -> Arc<Slot> {
        let mut slots = self.slots.lock();
        if slots.len() >= CHATS_KEPT && !slots.contains_key(&id) {
            slots.retain(|_, slot| Arc::strong_count(slot) > 1 || Arc::strong_count(&slot.lock) > 1);
        }
        slots.entry(id).or_default().clone()
    }

    /// The group as it last was on the disk, if that is known.
    pub(super) fn seen(&self, id: i64) -> Option<Arc<Chat>> {
        self.slots.lock().get(&id)?.seen.lock().clone()
    }
}

/// A group that does not change while this lives.
pub(crate) struct Held(OwnedRwLockReadGuard<Option<Kept>, Kept>);

impl Held {
    pub(crate) fn chat(&self) -> &Arc<Chat> {
        &self.0.chat
    }
}

/// A group that nobody writes to or changes while this lives.
pub(super) struct Alone(OwnedRwLockMappedWriteGuard<Option<Kept>, Kept>, Arc<Slot>);

impl Alone {
    pub(super) fn chat(&self) -> &Arc<Chat> {
        &self.0.chat
    }

    /// The change of its record, if nobody was faster.
    pub(super) fn put(&self, batch: &mut Batch, after: &Chat) {
        let key = record_key(after.id);
        batch.checks.push(Check::Version(key.clone(), self.0.version));
        batch.puts.push((key, Record { version: self.0.version + 1, value: encode(after) }));
    }

    /// It is durable.
    pub(super) fn changed(&mut self, after: Chat) {
        let version = self.0.version + 1;
        let chat = Arc::new(after);
        *self.1.seen.lock() = Some(chat.clone());
        *self.0 = Kept { chat, version };
    }
}

pub(super) fn record_key(id: i64) -> Key {
    Key::new(&keys::chat(id), &[chat_suffix::RECORD])
}

impl Platform {
    /// A group as it is now.
    ///
    /// # Errors
    /// [`PlatformError::Store`] when it cannot be read.
    pub async fn chat(&self, id: i64) -> Result<Option<Arc<Chat>>, PlatformError> {
        let slot = self.inner.chats.slot(id);
        if let Some(seen) = slot.seen.lock().clone() {
            return Ok(Some(seen));
        }
        match slot.lock.clone().try_write_owned() {
            Ok(mut write) => {
                self.fill(&slot, &mut write, id).await?;
                Ok(write.as_ref().map(|kept| kept.chat.clone()))
            }
            // Somebody else is at it: what the disk shows is as good.
            Err(_) => Ok(self.read_chat(id).await?.map(|kept| kept.chat)),
        }
    }

    /// A group, held against changes.
    pub(crate) async fn hold_chat(&self, id: i64) -> Result<Option<Held>, PlatformError> {
        let slot = self.inner.chats.slot(id);
        let read = slot.lock.clone().read_owned().await;
        if read.is_some() {
            return Ok(Some(Held(OwnedRwLockReadGuard::map(read, known))));
        }
        drop(read);
        let mut write = slot.lock.clone().write_owned().await;
        self.fill(&slot, &mut write, id).await?;
        let read = OwnedRwLockWriteGuard::downgrade(write);
        Ok(OwnedRwLockReadGuard::try_map(read, Option::as_ref).ok().map(Held))
    }

    /// A group that exists, alone. What a failed write left is read anew.
    pub(super) async fn alone_with_chat(&self, id: i64) -> Result<Alone, PlatformError> {
        let slot = self.inner.chats.slot(id);
        let mut write = slot.lock.clone().write_owned().await;
        self.fill(&slot, &mut write, id).await?;
        match OwnedRwLockWriteGuard::try_map(write, Option::as_mut) {
            Ok(known) => Ok(Alone(known, slot)),
            Err(_) => Err(Refusal::ChatIdInvalid.into()),
        }
    }

    async fn fill(&self, slot: &Slot, kept: &mut Option<Kept>, id: i64) -> Result<(), PlatformError> {
        if kept.is_none() {
            *kept = self.read_chat(id).await?;
            *slot.seen.lock() = kept.as_ref().map(|kept| kept.chat.clone());
        }
        Ok(())
    }

    /// Forgets what is known of a group: a write failed, and it may or may not be on the disk.
    pub(super) fn forget_chat(&self, id: i64) {
        self.inner.chats.slots.lock().remove(&id);
    }

    async fn read_chat(&self, id: i64) -> Result<Option<Kept>, PlatformError> {
        let Some(record) = self.store().get(&record_key(id)).await? else { return Ok(None) };
        Ok(Some(Kept { chat: Arc::new(decode(&record.value)?), version: record.version }))
    }
}

fn known(slot: &Option<Kept>) -> &Kept {
    slot.as_ref().expect("looked at before")
}
