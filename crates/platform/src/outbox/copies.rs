//! Finding the copy of a message that its author names by their own number: a search by halves over the conversation's
//! index, whose entries carry the author's number for what came by letter.

use store::Scan;

use super::Name;
use crate::keys;
use crate::limits::outbox::COPY_SEARCH_PAGE;
use crate::mailbox::{Numbered, keys as suffix};
use crate::{MsgId, Peer, Platform, PlatformError, UserId};

/// A place of a conversation's index: the number here and, for what came by letter, its author's.
type Place = (MsgId, Option<MsgId>);

impl Platform {
    /// The number that this mailbox has for a message, if it has one.
    pub(crate) async fn number_of(&self, user: UserId, by: UserId, name: Name) -> Result<Option<MsgId>, PlatformError> {
        match name {
            Name::Theirs(id) => Ok(Some(id)),
            Name::Authors(id) => self.find_copy(user, by, id).await,
        }
    }

    /// The messages of this mailbox with these names; what is not there is passed over.
    pub(crate) async fn copies_of(
        &self,
        user: UserId,
        by: UserId,
        names: &[Name],
    ) -> Result<Vec<Numbered>, PlatformError> {
        let mut ids = Vec::with_capacity(names.len());
        for name in names {
            ids.extend(self.number_of(user, by, *name).await?);
        }
        let found = self.messages(user, &ids).await?.into_iter().flatten();
        Ok(found.filter(|found| found.message.sibling.is_some_and(|sibling| sibling.owner == by)).collect())
    }

    async fn find_copy(&self, user: UserId, author: UserId, id: MsgId) -> Result<Option<MsgId>, PlatformError> {
        let peer = Peer::User(author);
        let newest = self.places(user, peer, (MsgId(i32::MAX), MsgId(1)), true).await?;
        if let Some((found, _)) = newest.iter().find(|(_, authors)| *authors == Some(id)) {
            return Ok(Some(*found));
        }
        let is_past = newest.iter().any(|(_, authors)| authors.is_some_and(|authors| authors < id));
        let Some((oldest_seen, _)) = newest.last().filter(|_| !is_past) else { return Ok(None) };
        let (mut low, mut high) = (1, oldest_seen.0);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.first_by_letter(user, peer, MsgId(middle), MsgId(high - 1)).await? {
                Some((found, authors)) if authors == id => return Ok(Some(found)),
                Some((found, authors)) if authors < id => low = found.0.saturating_add(1),
                _ => high = middle,
            }
        }
        Ok(None)
    }

    /// The first message of this range that came by letter.
    async fn first_by_letter(
        &self,
        user: UserId,
        peer: Peer,
        mut from: MsgId,
        to: MsgId,
    ) -> Result<Option<(MsgId, MsgId)>, PlatformError> {
        loop {
            let places = self.places(user, peer, (from, to), false).await?;
            if let Some(found) = places.iter().find_map(|(id, authors)| Some((*id, (*authors)?))) {
                return Ok(Some(found));
            }
            match places.last() {
                Some((last, _)) if places.len() == COPY_SEARCH_PAGE && *last < to => from = MsgId(last.0 + 1),
                _ => return Ok(None),
            }
        }
    }

    async fn places(
        &self,
        user: UserId,
        peer: Peer,
        (from, to): (MsgId, MsgId),
        reverse: bool,
    ) -> Result<Vec<Place>, PlatformError> {
        if !reverse && from > to {
            return Ok(Vec::new());
        }
        let scan = Scan {
            owner: keys::user(user),
            prefix: suffix::index_prefix(peer),
            from: Some(suffix::index(peer, from)),
            to: Some(suffix::index(peer, to)),
            reverse,
            limit: COPY_SEARCH_PAGE,
            max_bytes: usize::MAX,
        };
        let page = self.store().scan(&scan).await?;
        let place = |(key, record): &(Vec<u8>, store::Record)| {
            Some((MsgId(suffix::last_number(key)?), suffix::last_number(&record.value).map(MsgId)))
        };
        Ok(page.items.iter().filter_map(place).collect())
    }
}
