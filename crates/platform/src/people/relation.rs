//! How a viewer stands to another person: contact, known to them, shut out, shutting out.
//!
//! All of it lies under the viewer's owner, so that a view of many people is one read of one shard: each fact that starts
//! with the other person (they have me, they block me) has a mirror record here, written in the same batch.

use std::sync::Arc;

use store::{Key, Record};

use super::cached;
use crate::codec::{self, Stored};
use crate::keys::{self, user_suffix};
use crate::{Platform, PlatformError, UserId};

/// A contact as the owner of the address book calls them.
#[derive(Clone, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Contact {
    /// The name in the address book.
    #[n(0)]
    pub first_name: String,
    /// The last name in the address book.
    #[n(1)]
    pub last_name: String,
    /// The number in the address book: its holder's number stays visible to whoever has it.
    #[n(2)]
    pub phone: Option<String>,
    /// Unix seconds.
    #[n(3)]
    pub added_at: i32,
    /// Whether the owner counts them among close friends.
    #[n(4)]
    pub close_friend: bool,
    /// A private note.
    #[n(5)]
    pub note: Option<String>,
}

impl Stored for Contact {
    const WHAT: &'static str = "contact";
}

/// The mirror of a contact, under the person who is one.
#[derive(Clone, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub(crate) struct Mirror {
    /// Whether they count this person among close friends.
    #[n(0)]
    pub(crate) close_friend: bool,
}

impl Stored for Mirror {
    const WHAT: &'static str = "mirror of a contact";
}

/// A block, under the one who blocks and mirrored under the one who is.
#[derive(Clone, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub(crate) struct Block {
    /// Unix seconds.
    #[n(0)]
    pub(crate) at: i32,
}

impl Stored for Block {
    const WHAT: &'static str = "block";
}

/// How a viewer stands to another person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relation {
    /// The other as the viewer's contact.
    pub contact: Option<Contact>,
    /// The other has the viewer in their contacts.
    pub has_me: bool,
    /// The other counts the viewer among close friends.
    pub close_friend_of: bool,
    /// The viewer blocks the other.
    pub blocks: bool,
    /// The other blocks the viewer.
    pub blocked_by: bool,
}

impl Relation {
    /// Each has the other.
    #[must_use]
    pub fn is_mutual(&self) -> bool {
        self.contact.is_some() && self.has_me
    }
}

impl Platform {
    /// How `viewer` stands to each of `others`, in their order.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn relations(&self, viewer: UserId, others: &[UserId]) -> Result<Vec<Arc<Relation>>, PlatformError> {
        let pairs: Vec<(UserId, UserId)> = others.iter().map(|other| (viewer, *other)).collect();
        cached::get_many(&self.inner.people.relations, &pairs, |pairs| self.read_relations(pairs)).await
    }

    /// How `viewer` stands to `other`.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn relation(&self, viewer: UserId, other: UserId) -> Result<Arc<Relation>, PlatformError> {
        Ok(self.relations(viewer, &[other]).await?.pop().unwrap_or_default())
    }

    /// Whether `owner` blocks `other`: what `other` writes is not delivered to `owner`.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn is_blocked(&self, owner: UserId, other: UserId) -> Result<bool, PlatformError> {
        Ok(self.relation(owner, other).await?.blocks)
    }

    async fn read_relations(&self, pairs: Vec<(UserId, UserId)>) -> Result<Vec<Arc<Relation>>, PlatformError> {
        let places: Vec<Key> = pairs.iter().flat_map(|(viewer, other)| relation_keys(*viewer, *other)).collect();
        let records = self.store().get_many(&places).await?;
        records.chunks_exact(4).map(|records| Ok(Arc::new(relation_of_records(records)?))).collect()
    }

    /// After a commit that changed how two people stand to each other.
    pub(crate) fn forget_relation(&self, one: UserId, other: UserId) {
        self.inner.people.relations.remove(&(one, other));
        self.inner.people.relations.remove(&(other, one));
    }
}

pub(crate) fn relation_key(first: u8, owner: UserId, other: UserId) -> Key {
    keys::user_key(owner, &keys::suffix_id(first, other.0))
}

fn relation_keys(viewer: UserId, other: UserId) -> [Key; 4] {
    [user_suffix::CONTACT, user_suffix::REVERSE_CONTACT, user_suffix::BLOCKED, user_suffix::BLOCKED_BY]
        .map(|first| relation_key(first, viewer, other))
}

fn relation_of_records(records: &[Option<Record>]) -> Result<Relation, PlatformError> {
    let mirror: Option<Mirror> = codec::decode_record(records[1].as_ref())?;
    Ok(Relation {
        contact: codec::decode_record(records[0].as_ref())?,
        has_me: mirror.is_some(),
        close_friend_of: mirror.is_some_and(|mirror| mirror.close_friend),
        blocks: records[2].is_some(),
        blocked_by: records[3].is_some(),
    })
}
