//! Bringing a mailbox into memory: checkpoint first, then the tail of both logs in the order in which it was written.

use std::sync::Arc;

use store::{Key, Owner, Page, Scan, Store};

use super::change::ChangeRecord;
use super::dialog::{Dialog, Head};
use super::event::Event;
use super::places::Place;
use super::record::Message;
use super::replay::Replays;
use super::ring::{Cursor, Ring};
use super::state::{Entry, State};
use super::suffix;
use crate::codec::{Stored, decode, decode_record};
use crate::keys::{self, user_suffix};
use crate::limits::mailbox::{PAGE_MAX_BYTES, REPLAY_WINDOW_EVENTS, REPLAY_WINDOW_MESSAGES, REPLAY_WINDOW_SECONDS};
use crate::{MsgId, PlatformError, Pts, Seq, UserId};

const PAGE_ITEMS: usize = 1_000;
/// The first page is read where it is asked for: most mailboxes have no more than that, newcomers' nothing at all.
const FIRST_PAGE_ITEMS: usize = store::limits::SCAN_INLINE_ITEMS;

/// The state of a mailbox of which nothing is on the disk.
pub(crate) fn nothing() -> State {
    let head = Head::first();
    let ring = Ring::starting_at(Cursor { pts: head.pts, seq: head.seq });
    State { head, ring, replays: Some(Replays::default()), ..State::default() }
}

/// Reads the durable state of a mailbox.
pub(crate) async fn load(store: &Store, user: UserId) -> Result<State, PlatformError> {
    let owner = keys::user(user);
    let mut state = State { head: load_head(store, user).await?, ..State::default() };
    for (_, dialog) in read_all::<Dialog>(store, &owner, vec![user_suffix::DIALOG], None).await? {
        state.dialogs.insert(dialog.peer, dialog);
    }
    let unplaced = unplaced(store, &owner, &mut state.head).await?;
    let (before, after): (Vec<_>, Vec<_>) = unplaced.into_iter().partition(|(id, _)| *id <= state.head.msg_id);
    before.iter().for_each(|(id, message)| state.unplaced.push(message.peer, Place::of(*id, message)));
    for entry in tail(store, &owner, &state.head, after).await? {
        state.apply(&entry);
    }
    state.unplaced.placed(state.head.placed.unwrap_or(state.head.msg_id));
    state.ring = Ring::starting_at(Cursor { pts: state.head.pts, seq: state.head.seq });
    Ok(state)
}

async fn load_head(store: &Store, user: UserId) -> Result<Head, PlatformError> {
    let record = store.get(&keys::user_key(user, &suffix::HEAD)).await?;
    Ok(decode_record(record.as_ref())?.unwrap_or_else(Head::first))
}

/// Messages after the checkpoint, and before it those that the index does not have. Of a mailbox that was last written down
/// before there were runs, the index tells itself how far it goes.
async fn unplaced(store: &Store, owner: &Owner, head: &mut Head) -> Result<Vec<(MsgId, Arc<Message>)>, PlatformError> {
    let first = head.placed.unwrap_or(head.msg_id).min(head.msg_id);
    let messages = messages_after(store, owner, first).await?;
    let is_older = match head.placed {
        None => true,
        Some(MsgId(0)) if !messages.is_empty() => has_places(store, owner).await?,
        Some(_) => false,
    };
    if is_older {
        head.placed = Some(last_with_place(store, owner, &messages).await?.unwrap_or(first));
    }
    Ok(messages)
}

async fn has_places(store: &Store, owner: &Owner) -> Result<bool, PlatformError> {
    let scan = Scan { limit: 1, ..forward(owner, &[user_suffix::MESSAGE_INDEX], None) };
    Ok(!store.scan(&scan).await?.items.is_empty())
}

/// The last of these messages that has a place of its own.
async fn last_with_place(
    store: &Store,
    owner: &Owner,
    messages: &[(MsgId, Arc<Message>)],
) -> Result<Option<MsgId>, PlatformError> {
    let place = |(id, message): &(MsgId, Arc<Message>)| Key::new(owner, &suffix::index(message.peer, *id));
    let places: Vec<Key> = messages.iter().map(place).collect();
    let found = store.get_many(&places).await?;
    Ok(messages.iter().zip(found).filter(|(_, place)| place.is_some()).map(|((id, _), _)| *id).next_back())
}

/// Everything both logs hold after the checkpoint, in the order of writing.
async fn tail(
    store: &Store,
    owner: &Owner,
    head: &Head,
    messages: Vec<(MsgId, Arc<Message>)>,
) -> Result<Vec<Entry>, PlatformError> {
    let mut entries: Vec<Entry> = messages.into_iter().map(|(id, message)| Entry::Message(id, message)).collect();
    entries.extend(events_after(store, owner, head.pts).await?);
    entries.extend(changes_after(store, owner, head.change_date, head.seq).await?);
    entries.sort_by_key(order_of_writing);
    Ok(entries)
}

/// A change comes after the event whose pts it saw, and changes at the same pts in their own order.
pub(crate) fn order_of_writing(entry: &Entry) -> (Pts, Seq) {
    match entry {
        Entry::Change(seq, _, record) => (record.pts_at, *seq),
        _ => (entry.pts(), Seq(0)),
    }
}

async fn messages_after(store: &Store, owner: &Owner, id: MsgId) -> Result<Vec<(MsgId, Arc<Message>)>, PlatformError> {
    let from = suffix::message(MsgId(id.0.saturating_add(1)));
    let found = read_all::<Message>(store, owner, vec![user_suffix::MESSAGE], Some(from)).await?;
    Ok(found.into_iter().map(|(key, message)| (MsgId(number(&key)), Arc::new(message))).collect())
}

async fn events_after(store: &Store, owner: &Owner, pts: Pts) -> Result<Vec<Entry>, PlatformError> {
    let from = suffix::event(Pts(pts.0.saturating_add(1)));
    let found = read_all::<Event>(store, owner, vec![user_suffix::EVENT], Some(from)).await?;
    Ok(found.into_iter().map(|(key, event)| Entry::Event(Pts(number(&key)), Arc::new(event))).collect())
}

async fn changes_after(store: &Store, owner: &Owner, date: i32, seq: Seq) -> Result<Vec<Entry>, PlatformError> {
    let from = suffix::change(date, Seq(seq.0.saturating_add(1)));
    let found = read_all::<ChangeRecord>(store, owner, vec![user_suffix::CHANGE], Some(from)).await?;
    Ok(found.into_iter().map(|(key, record)| change_entry(&key, record)).collect())
}

/// The entry of a record of the second log.
pub(crate) fn change_entry(key: &[u8], record: ChangeRecord) -> Entry {
    Entry::Change(Seq(number(key)), suffix::change_date(key).unwrap_or_default(), Arc::new(record))
}

fn number(key: &[u8]) -> i32 {
    suffix::last_number(key).unwrap_or_default()
}

async fn read_all<T: Stored>(
    store: &Store,
    owner: &Owner,
    prefix: Vec<u8>,
    mut from: Option<Vec<u8>>,
) -> Result<Vec<(Vec<u8>, T)>, PlatformError> {
    let mut found = Vec::new();
    let mut limit = FIRST_PAGE_ITEMS;
    loop {
        let page: Page = store.scan(&Scan { limit, ..forward(owner, &prefix, from) }).await?;
        limit = PAGE_ITEMS;
        for (key, record) in page.items {
            found.push((key, decode(&record.value)?));
        }
        match page.next {
            Some(next) => from = Some(next),
            None => return Ok(found),
        }
    }
}

fn forward(owner: &Owner, prefix: &[u8], from: Option<Vec<u8>>) -> Scan {
    Scan {
        owner: owner.clone(),
        prefix: prefix.to_vec(),
        from,
        to: None,
        reverse: false,
        limit: PAGE_ITEMS,
        max_bytes: PAGE_MAX_BYTES,
    }
}

/// Rebuilds the window of `random_id`s from the newest messages, and from the newest deletions for those that are gone. In
/// this order: what is deleted meanwhile is found twice, and not missed.
pub(crate) async fn load_replays(store: &Store, user: UserId, now: i32) -> Result<Replays, PlatformError> {
    let oldest_date = now.saturating_sub(REPLAY_WINDOW_SECONDS);
    let mut sent: Vec<(MsgId, i64)> = Vec::new();
    look_back(store, user, user_suffix::MESSAGE, REPLAY_WINDOW_MESSAGES, |key, message: Message| {
        sent.extend(message.random_id.map(|random_id| (MsgId(number(key)), random_id)));
        // What came by letter has the date on which it was written: older than what came before it, perhaps.
        message.letter.is_some() || message.date >= oldest_date
    })
    .await?;
    look_back(store, user, user_suffix::EVENT, REPLAY_WINDOW_EVENTS, |_, event: Event| {
        let is_in_window = event.letter.is_some() || event.date >= oldest_date;
        sent.extend(event.taken.into_iter().flatten().map(|gone| (gone.id, gone.random_id)));
        is_in_window
    })
    .await?;
    sent.sort_unstable();
    let mut replays = Replays::default();
    sent.into_iter().for_each(|(id, random_id)| replays.remember(random_id, id));
    Ok(replays)
}

/// Shows the newest records of a kind, so many at most and until one is too old to go on.
async fn look_back<T: Stored>(
    store: &Store,
    user: UserId,
    first: u8,
    mut left: usize,
    mut goes_on: impl FnMut(&[u8], T) -> bool,
) -> Result<(), PlatformError> {
    let owner = keys::user(user);
    let mut from = None;
    let mut limit = FIRST_PAGE_ITEMS;
    loop {
        let page = store.scan(&Scan { reverse: true, limit, ..forward(&owner, &[first], from) }).await?;
        limit = PAGE_ITEMS;
        for (key, record) in page.items {
            if left == 0 || !goes_on(&key, decode(&record.value)?) {
                return Ok(());
            }
            left -= 1;
        }
        match page.next {
            Some(next) => from = Some(next),
            None => return Ok(()),
        }
    }
}
