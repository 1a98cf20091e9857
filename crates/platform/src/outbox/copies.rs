//! Finding the copy of a message that its author names by their own number: a search by halves over the conversation's
//! index, whose entries carry the author's number for what came by letter.

use super::Name;
use crate::limits::outbox::{COPY_SEARCH_PAGE, COPY_SEARCH_PAGES};
use crate::mailbox::{Numbered, Place, Stretch};
use crate::{MsgId, Peer, Platform, PlatformError, UserId};

impl Platform {
    /// The number that this mailbox has for a message, if it has one.
    pub(crate) async fn number_of(&self, user: UserId, by: UserId, name: Name) -> Result<Option<MsgId>, PlatformError> {
        match name {
            Name::Theirs(id) => Ok(Some(id)),
            Name::Authors(id) => self.find_copy(user, by, id, COPY_SEARCH_PAGES).await,
            Name::InChat { chat, author, id } => self.number_in_chat(user, chat, (author, id)).await,
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
        let is_shared = |found: &Numbered| {
            let is_theirs = found.message.sibling.is_some_and(|sibling| sibling.owner == by);
            is_theirs || matches!(found.message.peer, Peer::Chat(_))
        };
        Ok(found.filter(is_shared).collect())
    }

    /// A copy that so many pages do not lead to is as one that was deleted.
    async fn find_copy(
        &self,
        user: UserId,
        author: UserId,
        id: MsgId,
        mut pages: usize,
    ) -> Result<Option<MsgId>, PlatformError> {
        let peer = Peer::User(author);
        let downward = Stretch::downward(MsgId(i32::MAX), MsgId(1));
        let newest = self.places(user, peer, downward, COPY_SEARCH_PAGE).await?;
        if let Some(found) = newest.iter().find(|place| authors_number(place) == Some(id)) {
            return Ok(Some(found.id));
        }
        let is_past = newest.iter().filter_map(authors_number).any(|authors| authors < id);
        let Some(oldest_seen) = newest.last().filter(|_| !is_past) else { return Ok(None) };
        let (mut low, mut high) = (1, oldest_seen.id.0);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.first_by_letter(user, peer, (MsgId(middle), MsgId(high - 1)), &mut pages).await? {
                Some((found, authors)) if authors == id => return Ok(Some(found)),
                Some((found, authors)) if authors < id => low = found.0.saturating_add(1),
                _ if pages == 0 => {
                    tracing::error!(%user, %author, "a message is too far back to be found: what its author did to it is passed over");
                    return Ok(None);
                }
                _ => high = middle,
            }
        }
        Ok(None)
    }

    /// The first message of this range that came by letter, if `pages` lead to it; they are counted down.
    async fn first_by_letter(
        &self,
        user: UserId,
        peer: Peer,
        (mut from, to): (MsgId, MsgId),
        pages: &mut usize,
    ) -> Result<Option<(MsgId, MsgId)>, PlatformError> {
        while *pages > 0 {
            *pages -= 1;
            let places = self.places(user, peer, Stretch::upward(from, to), COPY_SEARCH_PAGE).await?;
            if let Some(found) = places.iter().find_map(|place| Some((place.id, authors_number(place)?))) {
                return Ok(Some(found));
            }
            match places.last() {
                Some(last) if places.len() == COPY_SEARCH_PAGE && last.id < to => from = MsgId(last.id.0 + 1),
                _ => return Ok(None),
            }
        }
        Ok(None)
    }
}

fn authors_number(place: &Place) -> Option<MsgId> {
    Some(place.author?.id)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use store::{Batch, Class, Key, Store};

    use super::*;
    use crate::keys;
    use crate::mailbox::keys as suffix;
    use crate::{Ports, Runtime, Settings};

    struct Still;

    impl Runtime for Still {
        fn now_ms(&self) -> i64 {
            1_800_000_000_000
        }

        fn fill_random(&self, buffer: &mut [u8]) {
            buffer.fill(7);
        }
    }

    const READER: UserId = UserId(11);
    const AUTHOR: UserId = UserId(12);
    /// Messages that came by letter: (number here, author's).
    const BY_LETTER: [(i32, i32); 3] = [(3, 30), (400, 31), (1_990, 40)];
    const MESSAGES: i32 = 2_000;

    /// A conversation of which few messages came by letter.
    async fn conversation() -> Platform {
        let store = Store::memory();
        for numbers in (1..=MESSAGES).collect::<Vec<_>>().chunks(500) {
            let mut batch = Batch::new(Class::C1);
            for number in numbers {
                let place = suffix::index(Peer::User(AUTHOR), MsgId(*number));
                let authors =
                    BY_LETTER.iter().find(|(here, _)| here == number).map(|(_, authors)| authors.to_be_bytes());
                let value = authors.map(|authors| authors.to_vec()).unwrap_or_default();
                batch.put_fresh(Key::new(&keys::user(READER), &place), value);
            }
            store.commit(batch).await.expect("commits");
        }
        let ports = Ports::memory(store, bus::Bus::in_process(), Arc::new(Still));
        Platform::open(ports, Settings::default()).await.expect("opens")
    }

    #[test]
    fn copies_are_found_by_halves_within_a_bound() {
        futures::executor::block_on(async {
            let platform = conversation().await;
            let find = |authors: i32, pages| platform.find_copy(READER, AUTHOR, MsgId(authors), pages);
            for (here, authors) in BY_LETTER {
                assert_eq!(find(authors, COPY_SEARCH_PAGES).await.expect("reads"), Some(MsgId(here)));
            }
            assert_eq!(find(29, COPY_SEARCH_PAGES).await.expect("reads"), None, "nobody has it");
            let all = MESSAGES as usize / COPY_SEARCH_PAGE + i32::BITS as usize;
            assert_eq!(find(30, all).await.expect("reads"), Some(MsgId(3)), "no more than the conversation is read");
            assert_eq!(find(30, 2).await.expect("reads"), None, "it is given up");
        });
    }
}
