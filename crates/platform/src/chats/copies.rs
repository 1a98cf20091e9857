//! Finding the copies of a group's message. Everybody who names one names it by its author and the author's number.
//!
//! What was written by one batch has a record under the group with all numbers. What came by letter has none: each reader's
//! index says beside the reader's number who wrote it and as which number, and is looked through from its end.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use store::{Batch, Key};

use super::record::Copies;
use crate::codec::{decode_record, encode};
use crate::keys::{self, chat_suffix};
use crate::limits::chats::COPY_SEARCH_PAGES;
use crate::limits::outbox::COPY_SEARCH_PAGE;
use crate::mailbox::{Numbered, Sibling, Stretch};
use crate::outbox::Name;
use crate::{MsgId, Peer, Platform, PlatformError, UserId};

fn key(chat: i64, author: UserId, id: MsgId) -> Key {
    let mut suffix = keys::suffix_id(chat_suffix::COPIES, author.0);
    suffix.extend_from_slice(&id.0.to_be_bytes());
    Key::new(&keys::chat(chat), &suffix)
}

/// Keeps the numbers of all copies of a message.
pub(super) fn put(batch: &mut Batch, chat: i64, author: Sibling, numbers: Vec<(UserId, MsgId)>) {
    batch.put_fresh(key(chat, author.owner, author.id), encode(&Copies { numbers }));
}

/// Author and author's number of a group's message, as its owner's mailbox has it.
pub(crate) fn author_of(user: UserId, found: &Numbered) -> (UserId, MsgId) {
    found.message.sibling.map_or((user, found.id), |sibling| (sibling.owner, sibling.id))
}

impl Platform {
    /// The numbers that copies of a group's message have, by mailbox, as far as they were kept together.
    pub(crate) async fn numbers_of_copies(
        &self,
        chat: i64,
        author: UserId,
        id: MsgId,
    ) -> Result<HashMap<UserId, MsgId>, PlatformError> {
        let record = self.store().get(&key(chat, author, id)).await?;
        let copies: Option<Copies> = decode_record(record.as_ref())?;
        let mut numbers: HashMap<UserId, MsgId> = copies.unwrap_or_default().numbers.into_iter().collect();
        numbers.insert(author, id);
        Ok(numbers)
    }

    /// The numbers that these mailboxes have for a group's message; whoever has no copy is left out.
    pub(crate) async fn numbers_in(
        &self,
        chat: i64,
        (author, id): (UserId, MsgId),
        members: &[UserId],
    ) -> Result<HashMap<UserId, MsgId>, PlatformError> {
        let mut numbers = self.numbers_of_copies(chat, author, id).await?;
        let is_kept = numbers.len() > 1;
        for member in members {
            if !is_kept && !numbers.contains_key(member) {
                let found = self.find_in_chat(*member, chat, author, id).await?;
                numbers.extend(found.map(|found| (*member, found)));
            }
        }
        Ok(numbers)
    }

    /// The number that one mailbox has for a group's message.
    pub(crate) async fn number_in_chat(
        &self,
        user: UserId,
        chat: i64,
        (author, id): (UserId, MsgId),
    ) -> Result<Option<MsgId>, PlatformError> {
        if user == author {
            return Ok(Some(id));
        }
        let kept = self.numbers_of_copies(chat, author, id).await?;
        match kept.get(&user) {
            Some(found) => Ok(Some(*found)),
            None => self.find_in_chat(user, chat, author, id).await,
        }
    }

    /// Looks through what came by letter, from the newest: one author's messages stand in the order of their numbers.
    async fn find_in_chat(
        &self,
        user: UserId,
        chat: i64,
        author: UserId,
        id: MsgId,
    ) -> Result<Option<MsgId>, PlatformError> {
        let mut stretch = Stretch::downward(MsgId(i32::MAX), MsgId(1));
        for _ in 0..COPY_SEARCH_PAGES {
            let places = self.places(user, Peer::Chat(chat), stretch, COPY_SEARCH_PAGE).await?;
            for place in &places {
                let authors = place.author.filter(|by| by.owner == author).map(|by| by.id);
                if let Some(authors) = authors.filter(|authors| *authors <= id) {
                    return Ok(Some(place.id).filter(|_| authors == id));
                }
            }
            match places.last() {
                Some(last) if places.len() == COPY_SEARCH_PAGE => stretch.from = MsgId(last.id.0 - 1),
                _ => return Ok(None),
            }
        }
        Ok(None)
    }

    /// The other copies of a person's messages, by mailbox: of a group's, those of its members.
    pub(crate) async fn copies_elsewhere(
        &self,
        user: UserId,
        own: &[Numbered],
    ) -> Result<BTreeMap<UserId, Vec<Name>>, PlatformError> {
        let mut names: BTreeMap<UserId, Vec<Name>> = BTreeMap::new();
        let mut members: HashMap<i64, Vec<UserId>> = HashMap::new();
        for found in own {
            let Peer::Chat(chat) = found.message.peer else {
                if let Some((owner, name)) = Name::of_counterpart(found) {
                    names.entry(owner).or_default().push(name);
                }
                continue;
            };
            if let Entry::Vacant(place) = members.entry(chat) {
                place.insert(self.others_in(user, Peer::Chat(chat)).await?);
            }
            let (author, id) = author_of(user, found);
            let numbers = self.numbers_of_copies(chat, author, id).await?;
            for member in members.get(&chat).into_iter().flatten() {
                let name = match numbers.get(member) {
                    Some(number) => Name::Theirs(*number),
                    // A record that has others, but not this member: they came later.
                    None if numbers.len() > 1 => continue,
                    None => Name::InChat { chat, author, id },
                };
                names.entry(*member).or_default().push(name);
            }
        }
        Ok(names)
    }
}
