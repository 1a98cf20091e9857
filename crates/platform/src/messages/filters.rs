//! Folders (`dialogFilter`): named selections of dialogs, computed by the clients.

use minicbor::{Decode, Encode};

use crate::codec::{Stored, decode_record, encode};
use crate::keys::user_key;
use crate::limits::mailbox::{FILTER_PEERS_MAX, FILTER_TITLE_MAX_UNITS, FILTERS_MAX};
use crate::mailbox::{Change, Entity, keys};
use crate::{Actor, Peer, Platform, PlatformError, Refusal, UserId};

/// A folder.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode)]
pub struct Filter {
    /// Its number, from 2.
    #[n(0)]
    pub id: i32,
    /// Its name.
    #[n(1)]
    pub title: String,
    /// Custom emoji in its name.
    #[n(2)]
    pub title_entities: Vec<Entity>,
    /// Its icon.
    #[n(3)]
    pub emoticon: Option<String>,
    /// Its colour.
    #[n(4)]
    pub color: Option<i32>,
    /// The yes-or-no fields of `dialogFilter`, by their flag numbers.
    #[n(5)]
    pub flags: u32,
    /// On top, in this order.
    #[n(6)]
    pub pinned: Vec<Peer>,
    /// In it whatever the rules say.
    #[n(7)]
    pub include: Vec<Peer>,
    /// Not in it whatever the rules say.
    #[n(8)]
    pub exclude: Vec<Peer>,
}

/// The flags that select kinds of dialogs: contacts, non_contacts, groups, broadcasts, bots.
const SELECTING_FLAGS: u32 = 0b1_1111;

impl Stored for Filter {
    const WHAT: &'static str = "folder";
}

impl Filter {
    fn check(&self) -> Result<(), Refusal> {
        let lists = [&self.pinned, &self.include, &self.exclude];
        let units = self.title.encode_utf16().count();
        if !(2..=255).contains(&self.id) || lists.iter().any(|list| list.len() > FILTER_PEERS_MAX) {
            return Err(Refusal::FilterIdInvalid);
        }
        if units == 0 || units > FILTER_TITLE_MAX_UNITS {
            return Err(Refusal::FilterTitleEmpty);
        }
        if self.flags & SELECTING_FLAGS == 0 && self.pinned.is_empty() && self.include.is_empty() {
            return Err(Refusal::FilterIncludeEmpty);
        }
        Ok(())
    }
}

impl Platform {
    /// The folders of a person in their order, without the "all chats" that every list has.
    ///
    /// # Errors
    /// [`PlatformError::Store`], [`PlatformError::Damaged`].
    pub async fn filters(&self, user: UserId) -> Result<Vec<Filter>, PlatformError> {
        let ids = self.filter_order(user).await?;
        let wanted: Vec<_> = ids.iter().map(|id| user_key(user, &keys::filter(*id))).collect();
        let records = self.inner.store.get_many(&wanted).await?;
        let found = records.iter().map(|record| decode_record::<Filter>(record.as_ref()));
        found.filter_map(Result::transpose).collect()
    }

    /// Numbers of the folders in their order; 0 stands for "all chats".
    ///
    /// # Errors
    /// [`PlatformError::Store`].
    pub async fn filter_order(&self, user: UserId) -> Result<Vec<i32>, PlatformError> {
        self.view(user, |state| state.head.filters.clone()).await
    }

    /// Makes or changes a folder.
    ///
    /// # Errors
    /// [`Refusal::FilterIdInvalid`], [`Refusal::FilterTitleEmpty`], [`Refusal::FilterIncludeEmpty`].
    pub async fn save_filter(&self, actor: Actor, filter: Filter) -> Result<(), PlatformError> {
        filter.check()?;
        let mailbox = self.mailbox(actor.user).await?;
        let written = self.write(&[mailbox], actor, |write| {
            let order = &write.state(actor.user).head.filters;
            if !order.contains(&filter.id) && order.iter().filter(|id| **id != 0).count() >= FILTERS_MAX {
                return Err(Refusal::FilterIdInvalid.into());
            }
            write.put(actor.user, &keys::filter(filter.id), encode(&filter));
            write.change(actor.user, Change::Filter { id: filter.id, present: true });
            Ok(())
        })?;
        written.durable(self).await
    }

    /// Removes a folder; one that does not exist is no error.
    ///
    /// # Errors
    /// [`PlatformError::Store`].
    pub async fn remove_filter(&self, actor: Actor, id: i32) -> Result<(), PlatformError> {
        let mailbox = self.mailbox(actor.user).await?;
        let written = self.write(&[mailbox], actor, |write| {
            if write.state(actor.user).head.filters.contains(&id) {
                write.delete(actor.user, &keys::filter(id));
                write.change(actor.user, Change::Filter { id, present: false });
            }
            Ok(())
        })?;
        written.durable(self).await
    }

    /// Sets the order of folders; those not named follow.
    ///
    /// # Errors
    /// [`PlatformError::Store`].
    pub async fn reorder_filters(&self, actor: Actor, order: &[i32]) -> Result<(), PlatformError> {
        self.change_own(actor, |state| {
            let before = &state.head.filters;
            let mut after: Vec<i32> = Vec::new();
            for id in order.iter().filter(|id| **id == 0 || before.contains(id)).chain(before) {
                if !after.contains(id) {
                    after.push(*id);
                }
            }
            Ok((after != *before).then_some(Change::FilterOrder { order: after }))
        })
        .await
    }
}
