//! Pages of a conversation by every form of offset.
//!
//! The list is thought of as sorted from the newest to the oldest. An offset names a place in it; the page begins
//! `add_offset` places after that one (before it, if negative) and has `limit` places (page "Pagination in the API").
//! Places before the beginning are empty, so a page may be short without being the last.

use super::places::Stretch;
use super::record::Numbered;
use crate::limits::mailbox::{HISTORY_PAGE_MAX, SEARCH_SCAN_MESSAGES};
use crate::{MsgId, Peer, Platform, PlatformError, UserId};

/// Which part of a list is asked for; 0 means "not given".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// Begin after this message.
    pub offset_id: i32,
    /// Begin at the newest message that is older than this date.
    pub offset_date: i32,
    /// Move the beginning by so many messages towards the oldest.
    pub add_offset: i32,
    /// Most messages.
    pub limit: i32,
    /// Only messages with a smaller id.
    pub max_id: i32,
    /// Only messages with a larger id.
    pub min_id: i32,
}

impl Window {
    /// The newest messages.
    #[must_use]
    pub fn newest(limit: i32) -> Self {
        Self { limit, ..Self::default() }
    }

    pub(crate) fn page_size(self) -> usize {
        usize::try_from(self.limit).unwrap_or(0).min(HISTORY_PAGE_MAX)
    }

    fn lowest(self) -> i32 {
        self.min_id.max(0).saturating_add(1)
    }

    fn highest(self) -> i32 {
        if self.max_id > 0 { self.max_id - 1 } else { i32::MAX }
    }

    /// How many messages on the newer side of the anchor, and which of those (skipping the nearest), the page covers; then
    /// how many on the older side to skip and to take.
    pub(crate) fn spans(self) -> Spans {
        let limit = self.page_size();
        if self.add_offset >= 0 {
            let skip = usize::try_from(self.add_offset).unwrap_or(0).min(SEARCH_SCAN_MESSAGES);
            return Spans { newer_skip: 0, newer_take: 0, older_skip: skip, older_take: limit };
        }
        let newer = usize::try_from(self.add_offset.unsigned_abs()).unwrap_or(usize::MAX).min(SEARCH_SCAN_MESSAGES);
        Spans {
            newer_skip: newer.saturating_sub(limit),
            newer_take: newer.min(limit),
            older_skip: 0,
            older_take: limit.saturating_sub(newer),
        }
    }
}

/// See [`Window::spans`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spans {
    pub(crate) newer_skip: usize,
    pub(crate) newer_take: usize,
    pub(crate) older_skip: usize,
    pub(crate) older_take: usize,
}

/// A page of messages, newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HistoryPage {
    /// Newest first.
    pub messages: Vec<Numbered>,
    /// Messages in the whole list.
    pub count: i32,
    /// The count is a lower bound.
    pub inexact: bool,
}

impl HistoryPage {
    /// Whether the page is the whole list.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        !self.inexact && usize::try_from(self.count).is_ok_and(|count| count <= self.messages.len())
    }
}

impl Platform {
    /// A page of one conversation.
    ///
    /// # Errors
    /// [`PlatformError::Store`] when it cannot be read.
    pub async fn history(&self, user: UserId, peer: Peer, window: Window) -> Result<HistoryPage, PlatformError> {
        let count = self.dialog(user, peer).await?.count;
        let ids = self.history_ids(user, peer, window).await?;
        let messages = self.messages(user, &ids).await?.into_iter().flatten().collect();
        Ok(HistoryPage { messages, count, inexact: false })
    }

    async fn history_ids(&self, user: UserId, peer: Peer, window: Window) -> Result<Vec<MsgId>, PlatformError> {
        let anchor = self.anchor(user, peer, window).await?;
        let spans = window.spans();
        let mut ids = Vec::new();
        if spans.newer_take > 0 {
            let from = MsgId(anchor.max(window.lowest()));
            let wanted = spans.newer_skip + spans.newer_take;
            let newer = self.index_ids(user, peer, (from, MsgId(window.highest())), false, wanted).await?;
            ids.extend(newer.into_iter().skip(spans.newer_skip));
            ids.reverse();
        }
        if spans.older_take > 0 {
            let from = MsgId(anchor.saturating_sub(1).min(window.highest()));
            let wanted = spans.older_skip + spans.older_take;
            let older = self.index_ids(user, peer, (from, MsgId(window.lowest())), true, wanted).await?;
            ids.extend(older.into_iter().skip(spans.older_skip));
        }
        Ok(ids)
    }

    /// The first id that is not on the older side.
    async fn anchor(&self, user: UserId, peer: Peer, window: Window) -> Result<i32, PlatformError> {
        if window.offset_id > 0 {
            return Ok(window.offset_id);
        }
        if window.offset_date > 0 {
            return self.first_id_since(user, peer, window.offset_date).await;
        }
        Ok(i32::MAX)
    }

    /// Dates rise with ids: a search by halves for the first message of that date or later.
    async fn first_id_since(&self, user: UserId, peer: Peer, date: i32) -> Result<i32, PlatformError> {
        let (mut low, mut high) = (1, self.dialog(user, peer).await?.top.0.saturating_add(1));
        while low < high {
            let middle = low + (high - low) / 2;
            let next = self.index_ids(user, peer, (MsgId(middle), MsgId(i32::MAX)), false, 1).await?;
            let found = match next.first() {
                Some(id) => self.message(user, *id).await?,
                None => None,
            };
            match found {
                Some(found) if found.message.date < date => low = found.id.0.saturating_add(1),
                _ => high = middle,
            }
        }
        Ok(low)
    }

    /// Ids of a conversation from the first bound to the second, both included, in that direction.
    pub(crate) async fn index_ids(
        &self,
        user: UserId,
        peer: Peer,
        (from, to): (MsgId, MsgId),
        reverse: bool,
        limit: usize,
    ) -> Result<Vec<MsgId>, PlatformError> {
        let places = self.places(user, peer, Stretch { from, to, reverse }, limit).await?;
        Ok(places.into_iter().map(|place| place.id).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(add_offset: i32, limit: i32) -> (usize, usize, usize, usize) {
        let spans = Window { add_offset, limit, ..Window::default() }.spans();
        (spans.newer_skip, spans.newer_take, spans.older_skip, spans.older_take)
    }

    #[test]
    fn a_window_moves_over_its_anchor() {
        assert_eq!(spans(0, 10), (0, 0, 0, 10));
        assert_eq!(spans(5, 10), (0, 0, 5, 10));
        assert_eq!(spans(-4, 10), (0, 4, 0, 6));
        assert_eq!(spans(-10, 10), (0, 10, 0, 0));
        assert_eq!(spans(-15, 10), (5, 10, 0, 0));
        assert_eq!(spans(0, -1), (0, 0, 0, 0));
        assert_eq!(spans(i32::MIN, 1), (SEARCH_SCAN_MESSAGES - 1, 1, 0, 0));
    }
}
