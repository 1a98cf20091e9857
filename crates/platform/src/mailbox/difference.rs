//! What a device missed (page "Working with Updates"): a merge of new messages and events by pts, then the second log by
//! date. A slice ends at an entry and its intermediate state is that entry's pts, so that a client may stop there and ask
//! again; the second log comes with the last slice only.

use std::sync::Arc;

use futures::future::FutureExt as _;
use store::Scan;

use super::change::ChangeRecord;
use super::event::Event;
use super::load::change_entry;
use super::record::Message;
use super::ring::{Cursor, RingEntry};
use super::state::{Entry, State};
use super::suffix;
use crate::codec::{decode, encode};
use crate::keys::{self, user_suffix};
use crate::limits::mailbox::{
    DIFFERENCE_CHANGES_MAX, DIFFERENCE_SLICE_BYTES, DIFFERENCE_SLICE_EVENTS, PAGE_MAX_BYTES, PUSH_EVENTS_MAX,
};
use crate::{MsgId, Platform, PlatformError, Pts, Seq, UserId};

/// A state of a mailbox such that everything up to it is durable and everything later is after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// Count of changes that carry pts.
    pub pts: Pts,
    /// Changes of the second log before this date are in, later ones get this date or a later one.
    pub date: i32,
    /// Unread messages.
    pub unread: i32,
    /// Entries of the second log.
    pub seq: Seq,
    /// Newest message.
    pub msg_id: MsgId,
    /// Events up to this pts may have been trimmed: who has come less far starts anew.
    pub log_floor: Pts,
}

impl Cut {
    fn of(state: &mut State, now: i32) -> Self {
        Self { unread: state.unread_total(), ..Self::uncounted(state, now) }
    }

    /// Without the unread messages, which are a sum over all dialogs.
    fn uncounted(state: &mut State, now: i32) -> Self {
        Self {
            pts: state.head.pts,
            date: state.cut_date(now),
            unread: 0,
            seq: state.head.seq,
            msg_id: state.head.msg_id,
            log_floor: state.head.log_floor,
        }
    }

    /// The place of this state in both logs.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor { pts: self.pts, seq: self.seq }
    }
}

/// How much a client wants at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DifferenceLimits {
    /// Most events in one slice.
    pub slice: Option<i32>,
    /// More events than this in all: the client would rather start anew.
    pub total: Option<i32>,
}

/// What was missed.
#[derive(Clone, Debug, PartialEq)]
pub enum Difference {
    /// Nothing.
    Empty(Cut),
    /// All of it; the state afterwards.
    Full(Vec<Entry>, Cut),
    /// The first part; the state after it.
    Slice(Vec<Entry>, Cut),
    /// Too much, or more than the log holds: start anew from this pts.
    TooLong(Pts),
}

impl Platform {
    /// The state of a mailbox now.
    ///
    /// # Errors
    /// [`PlatformError::Store`] when it cannot be read.
    pub async fn cut(&self, user: UserId) -> Result<Cut, PlatformError> {
        let now = self.now();
        self.view(user, |state| Cut::of(state, now)).await
    }

    /// Everything after this state. A pts from the future is taken for the present one.
    ///
    /// # Errors
    /// [`PlatformError::Store`] when it cannot be read.
    pub async fn difference(
        &self,
        user: UserId,
        pts: Pts,
        date: i32,
        limits: DifferenceLimits,
    ) -> Result<Difference, PlatformError> {
        let cut = self.cut(user).await?;
        let behind = cut.pts.0.saturating_sub(pts.0);
        if pts < cut.log_floor || limits.total.is_some_and(|total| total > 0 && behind > total) {
            return Ok(Difference::TooLong(cut.pts));
        }
        let (mut entries, more) = self.entries_between(user, pts, &cut, slice_size(limits)).await?;
        if more && let Some(last) = entries.last() {
            let intermediate = Cut { pts: last.pts(), date: date.clamp(0, cut.date), ..cut };
            return Ok(Difference::Slice(entries, intermediate));
        }
        entries.extend(self.changes_since(user, date, cut.seq).await?);
        Ok(if entries.is_empty() { Difference::Empty(cut) } else { Difference::Full(entries, cut) })
    }

    /// The first entries with a pts above the given one and up to the cut, and whether there are more.
    async fn entries_between(
        &self,
        user: UserId,
        pts: Pts,
        cut: &Cut,
        limit: usize,
    ) -> Result<(Vec<Entry>, bool), PlatformError> {
        if pts >= cut.pts {
            return Ok((Vec::new(), false));
        }
        let mut entries = self.messages_after_pts(user, pts, cut, limit + 1).await?;
        entries.extend(self.events_after_pts(user, pts, limit + 1).await?);
        entries.retain(|entry| entry.pts() <= cut.pts);
        entries.sort_by_key(Entry::pts);
        let fitting = limit.min(fitting(&entries));
        let more = entries.len() > fitting;
        entries.truncate(fitting);
        Ok((entries, more))
    }

    async fn messages_after_pts(
        &self,
        user: UserId,
        pts: Pts,
        cut: &Cut,
        limit: usize,
    ) -> Result<Vec<Entry>, PlatformError> {
        let first = self.first_message_after(user, pts, cut.msg_id).await?;
        let items = self.scan_from(user, user_suffix::MESSAGE, suffix::message(first), limit).await?;
        items.into_iter().map(|(key, value)| Ok(message_entry(&key, decode(&value)?))).collect()
    }

    async fn events_after_pts(&self, user: UserId, pts: Pts, limit: usize) -> Result<Vec<Entry>, PlatformError> {
        let from = suffix::event(Pts(pts.0.saturating_add(1)));
        let items = self.scan_from(user, user_suffix::EVENT, from, limit).await?;
        items.into_iter().map(|(key, value)| Ok(event_entry(&key, decode(&value)?))).collect()
    }

    /// Ids and pts of new messages rise together: a search by halves over the ids.
    async fn first_message_after(&self, user: UserId, pts: Pts, newest: MsgId) -> Result<MsgId, PlatformError> {
        let (mut low, mut high) = (1, newest.0.saturating_add(1));
        while low < high {
            let middle = low + (high - low) / 2;
            let found = self.scan_from(user, user_suffix::MESSAGE, suffix::message(MsgId(middle)), 1).await?;
            let is_before = match found.first() {
                Some((key, value)) => {
                    let message: Message = decode(value)?;
                    (message.pts <= pts).then(|| number(key))
                }
                None => None,
            };
            match is_before {
                Some(id) => low = id.saturating_add(1),
                None => high = middle,
            }
        }
        Ok(MsgId(low))
    }

    async fn scan_from(
        &self,
        user: UserId,
        first_byte: u8,
        from: Vec<u8>,
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, bytes::Bytes)>, PlatformError> {
        let mut scan = Scan {
            owner: keys::user(user),
            prefix: vec![first_byte],
            from: Some(from),
            to: None,
            reverse: false,
            limit,
            max_bytes: PAGE_MAX_BYTES,
        };
        let mut found = Vec::new();
        loop {
            scan.limit = limit - found.len();
            let page = self.inner.store.scan(&scan).await?;
            found.extend(page.items.into_iter().map(|(key, record)| (key, record.value)));
            if page.next.is_none() || found.len() >= limit {
                return Ok(found);
            }
            scan.from = page.next;
        }
    }

    /// Changes of this date and later ones, oldest first; of very many only the newest.
    async fn changes_since(&self, user: UserId, date: i32, upto: Seq) -> Result<Vec<Entry>, PlatformError> {
        let scan = Scan {
            owner: keys::user(user),
            prefix: vec![user_suffix::CHANGE],
            from: None,
            to: Some(suffix::change(date.max(0), Seq(0))),
            reverse: true,
            limit: DIFFERENCE_CHANGES_MAX,
            max_bytes: PAGE_MAX_BYTES,
        };
        let page = self.inner.store.scan(&scan).await?;
        let mut changes = Vec::with_capacity(page.items.len());
        for (key, record) in page.items.into_iter().rev() {
            let entry = change_entry(&key, decode::<ChangeRecord>(&record.value)?);
            if matches!(entry, Entry::Change(seq, ..) if seq <= upto) {
                changes.push(entry);
            }
        }
        Ok(changes)
    }

    /// Where a push pump begins.
    ///
    /// # Errors
    /// [`PlatformError::Store`] when it cannot be read.
    pub async fn cursor(&self, user: UserId) -> Result<Cursor, PlatformError> {
        Ok(self.cut(user).await?.cursor())
    }

    /// Events (not new messages) after a pts, oldest first.
    pub(crate) async fn events_after(
        &self,
        user: UserId,
        pts: Pts,
        limit: usize,
    ) -> Result<Vec<Arc<Event>>, PlatformError> {
        let entries = self.events_after_pts(user, pts, limit).await?;
        let events = entries.into_iter().filter_map(|entry| match entry {
            Entry::Event(_, event) => Some(event),
            _ => None,
        });
        Ok(events.collect())
    }

    /// Whether a push pump that has come this far has nothing to read, as far as memory tells: where a mailbox stands is
    /// remembered for a while after it left.
    #[must_use]
    pub fn is_at(&self, user: UserId, cursor: Cursor) -> bool {
        self.inner.mailboxes.place(user) == Some(cursor)
    }

    /// What to push after a cursor, and the state afterwards, its unread messages not counted; `None` instead of entries
    /// when it is too far behind.
    ///
    /// # Errors
    /// [`PlatformError::Store`] when it cannot be read.
    pub async fn entries_since(
        &self,
        user: UserId,
        cursor: Cursor,
    ) -> Result<(Option<Vec<RingEntry>>, Cut), PlatformError> {
        let now = self.now();
        let read = |state: &mut State| (state.ring.since(cursor), Cut::uncounted(state, now));
        let (recent, cut) = self.view(user, read).await?;
        if recent.is_some() {
            return Ok((recent, cut));
        }
        // Boxed: hardly any push comes to this, and all would carry the room for it.
        Ok((self.logged_since(user, cursor, &cut).boxed().await?, cut))
    }

    async fn logged_since(
        &self,
        user: UserId,
        cursor: Cursor,
        cut: &Cut,
    ) -> Result<Option<Vec<RingEntry>>, PlatformError> {
        let missed_changes = usize::try_from(cut.seq.0.saturating_sub(cursor.seq.0)).unwrap_or(0);
        if cursor.pts < cut.log_floor || missed_changes > DIFFERENCE_CHANGES_MAX {
            return Ok(None);
        }
        let (mut entries, more) = self.entries_between(user, cursor.pts, cut, PUSH_EVENTS_MAX).await?;
        if more {
            return Ok(None);
        }
        if missed_changes > 0 {
            let changes = self.changes_since(user, 0, cut.seq).await?;
            entries.extend(
                changes.into_iter().filter(|entry| matches!(entry, Entry::Change(seq, ..) if *seq > cursor.seq)),
            );
        }
        Ok(Some(entries.into_iter().map(|entry| RingEntry { entry, origin: None }).collect()))
    }
}

/// How many entries from the first one make up a slice of bounded size; at least one.
fn fitting(entries: &[Entry]) -> usize {
    let mut bytes = 0;
    let within = entries.iter().take_while(|entry| {
        bytes += match entry {
            Entry::Message(_, message) => encode(&**message).len(),
            _ => 0,
        };
        bytes <= DIFFERENCE_SLICE_BYTES
    });
    within.count().max(1)
}

fn slice_size(limits: DifferenceLimits) -> usize {
    let asked = limits.slice.and_then(|limit| usize::try_from(limit).ok()).filter(|limit| *limit > 0);
    asked.unwrap_or(DIFFERENCE_SLICE_EVENTS).min(DIFFERENCE_SLICE_EVENTS)
}

fn number(key: &[u8]) -> i32 {
    suffix::last_number(key).unwrap_or_default()
}

fn message_entry(key: &[u8], message: Message) -> Entry {
    Entry::Message(MsgId(number(key)), Arc::new(message))
}

fn event_entry(key: &[u8], event: Event) -> Entry {
    Entry::Event(Pts(number(key)), Arc::new(event))
}
