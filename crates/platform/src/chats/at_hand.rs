//! What memory already knows of a group and its people: whoever tells a message to two hundred members asks two hundred
//! times, and falls back on reading where something is not known.

use std::sync::Arc;

use super::record::Chat;
use crate::people::person::Person;
use crate::people::relation::Relation;
use crate::{Platform, UserId};

impl Platform {
    /// A person, if memory has them.
    #[must_use]
    pub fn person_at_hand(&self, id: UserId) -> Option<Arc<Person>> {
        self.inner.people.persons.get(&id).flatten()
    }

    /// How `viewer` stands to `other`, if memory has it.
    #[must_use]
    pub fn relation_at_hand(&self, viewer: UserId, other: UserId) -> Option<Arc<Relation>> {
        self.inner.people.relations.get(&(viewer, other))
    }

    /// A group, if memory has it.
    #[must_use]
    pub fn chat_at_hand(&self, id: i64) -> Option<Arc<Chat>> {
        self.inner.chats.seen(id)
    }
}
