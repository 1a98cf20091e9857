//! The writer: several mailboxes locked in the order of their owners, one batch, enqueued under the locks.
//!
//! A plan runs under the locks, sees the pending state, and adds log entries; nothing changes unless the batch was taken.
//! A new message costs a mailbox one record, anything else one log entry and what it rewrites; a checkpoint adds the
//! projections and the places of messages in their conversations. A message with a medium
//! adds its reference, which lies under the medium: writing it and taking it away is part of the same batch.
//!
//! Where deeds travel by letter ([`crate::outbox`]) a plan has one mailbox: its letters to others are written there, and what
//! a letter brings is written between opening and closing it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use bus::Signal;
use bytes::Bytes;
use failpoint::failpoint;
use futures::future::{FutureExt as _, join_all};
use parking_lot::MutexGuard;
use smallvec::SmallVec;
use store::{Batch, Class, Key, Owner, StoreError};

use super::change::{Change, ChangeRecord};
use super::dialog::{Dialog, Head};
use super::event::{Event, EventBody, LetterMark, SentAs};
use super::record::{Message, Numbered};
use super::state::{Barrier, Entry, State};
use super::{Actor, Mailbox, suffix};
use crate::codec::encode;
use crate::keys;
use crate::limits::mailbox::{BATCH_VALUES_MAX_BYTES, CHECKPOINT_DIALOGS, RECORD_MAX_BYTES};
use crate::media::{Holder, references};
use crate::outbox::{Effect, Letter, Number};
use crate::{AuthKeyId, MsgId, Platform, PlatformError, Pts, Refusal, Seq, UserId};

/// One mailbox's share of a write.
struct Part<'a> {
    user: UserId,
    mailbox: &'a Arc<Mailbox>,
    owner: Owner,
    state: MutexGuard<'a, State>,
    origin: Option<AuthKeyId>,
    pts: Pts,
    msg_id: MsgId,
    seq: Seq,
    change_date: i32,
    entries: SmallVec<[Entry; 1]>,
    /// To whom this plan writes letters.
    posted: Vec<UserId>,
    /// Whose letters were taken and go.
    taken: Vec<UserId>,
    /// Letters read that left no entry.
    marks: Vec<LetterMark>,
}

/// A write being planned.
pub(crate) struct Write<'a> {
    platform: &'a Platform,
    parts: SmallVec<[Part<'a>; 2]>,
    batch: Batch,
    now: i32,
    /// The letter that is open.
    letter: Option<LetterMark>,
    /// The medium that it held has a new holder.
    is_handed_over: bool,
    /// Longest record.
    record_max_bytes: usize,
}

/// A write that was enqueued.
#[must_use = "nothing may leave before it is durable"]
pub(crate) struct Written<T> {
    value: T,
    barrier: Option<Barrier>,
    actor: Actor,
    mailboxes: SmallVec<[Arc<Mailbox>; 2]>,
}

impl<'a> Write<'a> {
    fn lock(platform: &'a Platform, mailboxes: &'a [Arc<Mailbox>], actor: Actor) -> Self {
        let mut ordered: SmallVec<[&Arc<Mailbox>; 2]> = mailboxes.iter().collect();
        ordered.sort_unstable_by_key(|mailbox| mailbox.user);
        ordered.dedup_by_key(|mailbox| mailbox.user);
        let parts: SmallVec<[Part<'_>; 2]> = ordered.into_iter().map(|mailbox| Part::lock(mailbox, actor)).collect();
        let (mut batch, now) = (Batch::new(Class::C1), platform.now());
        // A new message without a medium is one record.
        batch.puts.reserve(parts.len());
        batch.fresh.reserve(parts.len());
        Self { platform, parts, batch, now, letter: None, is_handed_over: false, record_max_bytes: RECORD_MAX_BYTES }
    }

    /// Parts are locked in the order of their owners: a group may have two hundred.
    fn place(&self, user: UserId) -> Option<usize> {
        self.parts.binary_search_by_key(&user, |part| part.user).ok()
    }

    fn part(&self, user: UserId) -> &Part<'a> {
        let place = self.place(user).expect("a plan names only mailboxes it was given");
        &self.parts[place]
    }

    fn part_mut(&mut self, user: UserId) -> &mut Part<'a> {
        let place = self.place(user).expect("a plan names only mailboxes it was given");
        &mut self.parts[place]
    }

    /// Whether this mailbox is written, too.
    pub(crate) fn holds(&self, user: UserId) -> bool {
        self.place(user).is_some()
    }

    /// The pending state, without what this plan has added so far.
    pub(crate) fn state(&self, user: UserId) -> &State {
        &self.part(user).state
    }

    /// Seconds since the epoch.
    pub(crate) fn now(&self) -> i32 {
        self.now
    }

    /// The id that the next message of this mailbox gets.
    pub(crate) fn next_id(&self, user: UserId) -> MsgId {
        MsgId(self.part(user).msg_id.0.saturating_add(1))
    }

    /// Takes messages out of the sender's allowance.
    pub(crate) fn spend(&mut self, user: UserId, now_ms: i64, messages: i64) -> Result<(), PlatformError> {
        let taken = self.part_mut(user).state.allowance.take(now_ms, messages);
        taken.map_err(|seconds| Refusal::FloodWait(seconds).into())
    }

    /// Adds a new message.
    pub(crate) fn message(&mut self, user: UserId, mut message: Message) -> Numbered {
        let letter = self.letter.map(|mark| mark.number);
        let part = self.part_mut(user);
        part.pts.0 += 1;
        part.msg_id.0 += 1;
        message.pts = part.pts;
        message.letter = letter;
        let (id, message) = (part.msg_id, Arc::new(message));
        part.entries.push(Entry::Message(id, message.clone()));
        let key = Key::new(&part.owner, &suffix::message(id));
        self.batch.put_fresh(key, encode(&*message));
        self.hold(user, id, &message);
        Numbered { id, message }
    }

    /// Notes that this copy holds its medium. The batch fails if the medium is gone; what a letter brings was held by it.
    pub(crate) fn hold(&mut self, user: UserId, id: MsgId, message: &Message) {
        let Some(medium) = message.medium() else { return };
        let holder = Holder::Message(user, id);
        match self.letter {
            Some(mark) => {
                self.is_handed_over = true;
                references::replace(&mut self.batch, medium, Holder::Letter(mark.from, mark.number), holder);
            }
            None => references::add(&mut self.batch, medium, references::LIVE, holder),
        }
    }

    /// Notes that this copy holds its medium no longer.
    pub(crate) fn release(&mut self, user: UserId, id: MsgId, message: &Message) {
        if let Some(medium) = message.medium() {
            references::remove(self.platform, &mut self.batch, medium, Holder::Message(user, id));
        }
    }

    /// Adds an entry to the pts log and gives the pts after it.
    pub(crate) fn event(&mut self, user: UserId, pts_count: i32, body: EventBody) -> Pts {
        self.entry(user, pts_count, body).pts()
    }

    /// Adds the entry of a deletion, which keeps what repeated sends of these messages are recognised by.
    pub(crate) fn deletion(&mut self, user: UserId, pts_count: i32, body: EventBody, taken: Vec<SentAs>) -> Pts {
        self.log(user, pts_count, body, Some(taken).filter(|taken| !taken.is_empty())).pts()
    }

    /// Adds an entry to the pts log and gives it.
    pub(crate) fn entry(&mut self, user: UserId, pts_count: i32, body: EventBody) -> Entry {
        self.log(user, pts_count, body, None)
    }

    fn log(&mut self, user: UserId, pts_count: i32, body: EventBody, taken: Option<Vec<SentAs>>) -> Entry {
        let (date, letter) = (self.now, self.letter);
        let part = self.part_mut(user);
        part.pts.0 += pts_count;
        let (pts, event) = (part.pts, Arc::new(Event { pts_count, date, body, letter, taken }));
        let entry = Entry::Event(pts, event.clone());
        part.entries.push(entry.clone());
        self.put_fresh(user, &suffix::event(pts), encode(&*event));
        entry
    }

    /// Adds an entry to the second log and gives it.
    pub(crate) fn change(&mut self, user: UserId, change: Change) -> Entry {
        let now = self.now;
        let part = self.part_mut(user);
        part.seq.0 += 1;
        part.change_date = part.change_date.max(now).max(part.state.change_date_floor);
        let (date, seq) = (part.change_date, part.seq);
        let record = Arc::new(ChangeRecord { pts_at: part.pts, change });
        let entry = Entry::Change(seq, date, record.clone());
        part.entries.push(entry.clone());
        self.put_fresh(user, &suffix::change(date, seq), encode(&*record));
        entry
    }

    /// Writes a record beside the log entries.
    pub(crate) fn put(&mut self, user: UserId, suffix: &[u8], value: Bytes) {
        let key = Key::new(&self.part(user).owner, suffix);
        self.batch.put(key, value);
    }

    /// Writes a record under a number that was never given before.
    fn put_fresh(&mut self, user: UserId, suffix: &[u8], value: Bytes) {
        let key = Key::new(&self.part(user).owner, suffix);
        self.batch.put_fresh(key, value);
    }

    /// The batch itself, for what lies under other owners and belongs to the same deed.
    pub(crate) fn batch(&mut self) -> &mut Batch {
        &mut self.batch
    }

    /// Removes a record.
    pub(crate) fn delete(&mut self, user: UserId, suffix: &[u8]) {
        let key = Key::new(&self.part(user).owner, suffix);
        self.batch.deletes.push(key);
    }

    /// Enqueues the batch and only then folds its entries into the pending states.
    fn enqueue(mut self, platform: &Platform) -> Result<Option<Barrier>, PlatformError> {
        if self.batch.puts.is_empty() && self.batch.deletes.is_empty() {
            return Ok(self.parts.first().and_then(|part| part.state.barrier.clone()));
        }
        if !self.fits() {
            return Err(Refusal::MessageTooLong.into());
        }
        if self.parts.iter().any(|part| part.mailbox.chain.is_broken()) {
            return Err(StoreError::Unavailable("an earlier write of this mailbox failed").into());
        }
        self.batch.chains = self.parts.iter().map(|part| part.mailbox.chain.clone()).collect();
        let barrier = platform.inner.store.enqueue(self.batch)?.shared();
        for mut part in self.parts {
            if !part.posted.is_empty() {
                platform.inner.outbox.bell.ring(part.mailbox.user);
            }
            part.fold(&barrier);
            part.checkpoint_if_due(platform);
        }
        Ok(Some(barrier))
    }
}

impl Write<'_> {
    /// Writes a letter to another mailbox. It holds the medium that its effect needs.
    pub(crate) fn post(&mut self, from: UserId, to: UserId, effect: Effect) -> Result<(), PlatformError> {
        let date = self.now;
        let part = self.part_mut(from);
        part.state.letters.check_room(to, &part.posted)?;
        part.posted.push(to);
        let number = part.state.letters.last() + i64::try_from(part.posted.len()).unwrap_or(i64::MAX);
        let medium = effect.medium();
        self.put(from, &suffix::letter(number, to), encode(&Letter { date, effect }));
        if let Some(medium) = medium {
            references::add(&mut self.batch, medium, references::LIVE, Holder::Letter(from, number));
        }
        Ok(())
    }

    /// What follows is what this letter brings, and happened when it was written. It was measured when it was written.
    pub(crate) fn open_letter(&mut self, mark: LetterMark, date: i32) {
        self.letter = Some(mark);
        self.is_handed_over = false;
        self.now = date;
        self.record_max_bytes = store::limits::VALUE_MAX_BYTES;
    }

    /// The letter is read: if no entry says so, a record of its own does. A medium that nothing took is let go.
    pub(crate) fn close_letter(&mut self, user: UserId, effect: &Effect) {
        let Some(mark) = self.letter.take() else { return };
        if let Some(medium) = effect.medium().filter(|_| !self.is_handed_over) {
            references::remove(self.platform, &mut self.batch, medium, Holder::Letter(mark.from, mark.number));
        }
        let is_logged = self.part(user).entries.last().is_some_and(|entry| match entry {
            Entry::Message(_, message) => message.letter == Some(mark.number),
            Entry::Event(_, event) => event.letter == Some(mark),
            Entry::Change(..) => false,
        });
        if !is_logged {
            self.part_mut(user).marks.push(mark);
            self.put(user, &suffix::letter_read(mark.from), encode(&Number { number: mark.number }));
        }
    }

    /// Removes letters that were taken, and keeps the last number given.
    pub(crate) fn remove_letters(&mut self, user: UserId, taken: &[(i64, UserId)]) {
        for (number, to) in taken {
            self.delete(user, &suffix::letter(*number, *to));
        }
        let part = self.part_mut(user);
        part.taken.extend(taken.iter().map(|(_, to)| *to));
        let number = part.state.letters.last();
        self.put(user, &suffix::LETTERS_GIVEN, encode(&Number { number }));
    }

    /// Whether the store could take it. What people put in (links, cards) is the only thing that can be too long, and to be
    /// told so is better than to be told to wait and repeat.
    fn fits(&self) -> bool {
        let mut bytes = 0;
        self.batch.puts.iter().all(|(_, record)| {
            bytes += record.value.len();
            record.value.len() <= self.record_max_bytes && bytes <= BATCH_VALUES_MAX_BYTES
        })
    }
}

impl<'a> Part<'a> {
    fn lock(mailbox: &'a Arc<Mailbox>, actor: Actor) -> Self {
        let state = mailbox.state.lock();
        let head = &state.head;
        Self {
            user: mailbox.user,
            mailbox,
            owner: keys::user(mailbox.user),
            origin: if actor.user == mailbox.user { actor.device } else { None },
            pts: head.pts,
            msg_id: head.msg_id,
            seq: head.seq,
            change_date: head.change_date,
            entries: SmallVec::new(),
            posted: Vec::new(),
            taken: Vec::new(),
            marks: Vec::new(),
            state,
        }
    }

    fn fold(&mut self, barrier: &Barrier) {
        self.state.barrier = Some(barrier.clone());
        for entry in std::mem::take(&mut self.entries) {
            self.state.apply(&entry);
            self.remember_random_id(&entry);
            self.state.ring.push(entry, self.origin);
        }
        self.marks.iter().for_each(|mark| self.state.read_letter(*mark));
        self.posted.iter().for_each(|to| self.state.letters.add(*to));
        self.taken.iter().for_each(|to| self.state.letters.remove(*to));
    }

    fn remember_random_id(&mut self, entry: &Entry) {
        if let Entry::Message(id, message) = entry
            && let (Some(replays), Some(random_id)) = (&mut self.state.replays, message.random_id)
        {
            replays.remember(random_id, *id);
        }
    }

    /// Writes the projections now and then, so that a load replays a short tail. A refusal only means a longer tail.
    fn checkpoint_if_due(&mut self, platform: &Platform) {
        if self.state.since_checkpoint < platform.inner.settings.bounds.checkpoint_events
            && self.state.dirty.len() < CHECKPOINT_DIALOGS
        {
            return;
        }
        let state = &self.state;
        let mut head = state.head.clone();
        // Dialogs gather while checkpoints are refused.
        let room = store::limits::BATCH_MAX_RECORDS.saturating_sub(1 + state.dirty.len());
        let due = self.mailbox.may_place().then(|| state.unplaced.due(room, head.msg_id));
        head.placed = due.as_ref().map(|due| due.upto).or(head.placed);
        let mut batch = checkpoint(&self.owner, &head, self.dirty_dialogs());
        due.iter().for_each(|due| due.put(&self.owner, &mut batch));
        batch.chains.push(self.mailbox.chain.clone());
        failpoint!("platform.checkpoint");
        if let Ok(commit) = platform.inner.store.enqueue(batch) {
            self.state.barrier = Some(commit.shared());
            due.iter().for_each(|due| self.state.unplaced.placed(due.upto));
            self.state.head = head;
            self.state.dirty.clear();
            self.state.since_checkpoint = 0;
            self.mailbox.trim_due.store(true, Ordering::Relaxed);
        }
    }

    fn dirty_dialogs(&self) -> impl Iterator<Item = &Dialog> {
        self.state.dirty.iter().filter_map(|peer| self.state.dialogs.get(peer))
    }
}

/// A batch that writes the projections.
pub(super) fn checkpoint<'d>(owner: &Owner, head: &Head, dialogs: impl Iterator<Item = &'d Dialog>) -> Batch {
    let mut batch = Batch::new(Class::C1);
    batch.put(Key::new(owner, &suffix::HEAD), encode(head));
    for dialog in dialogs {
        batch.put(Key::new(owner, &suffix::dialog(dialog.peer)), encode(dialog));
    }
    batch
}

impl<T> Written<T> {
    /// Waits until the write is durable, and tells nobody.
    pub(crate) async fn settled(&self, platform: &Platform) -> Result<(), PlatformError> {
        let Some(barrier) = self.barrier.clone() else { return Ok(()) };
        barrier.await.map_err(|error| {
            self.mailboxes.iter().for_each(|mailbox| platform.inner.mailboxes.forget(mailbox));
            error.into()
        })
    }

    /// Waits until the write is durable, then tells whoever watches these mailboxes.
    pub(crate) async fn durable(self, platform: &Platform) -> Result<T, PlatformError> {
        self.settled(platform).await?;
        for mailbox in &self.mailboxes {
            let by = self.actor.device.filter(|_| self.actor.user == mailbox.user);
            platform.publish(Signal::Moved { user_id: mailbox.user.0, by: by.map(|device| device.0) });
        }
        // Those of a group fall due together: they share their waits for the disk.
        let is_due = |mailbox: &&Arc<Mailbox>| mailbox.trim_due.swap(false, Ordering::Relaxed);
        join_all(self.mailboxes.iter().filter(is_due).map(|mailbox| platform.trim_logs(mailbox))).await;
        Ok(self.value)
    }
}

impl Platform {
    /// Plans and enqueues one write over these mailboxes.
    pub(crate) fn write<T>(
        &self,
        mailboxes: &[Arc<Mailbox>],
        actor: Actor,
        plan: impl FnOnce(&mut Write<'_>) -> Result<T, PlatformError>,
    ) -> Result<Written<T>, PlatformError> {
        let mut write = Write::lock(self, mailboxes, actor);
        let value = plan(&mut write)?;
        let barrier = write.enqueue(self)?;
        Ok(Written { value, barrier, actor, mailboxes: mailboxes.iter().cloned().collect() })
    }

    /// Appends to the second log of a person and tells their other devices.
    ///
    /// # Errors
    /// [`PlatformError::Store`] when it could not be written.
    pub async fn log_change(
        &self,
        user: UserId,
        change: Change,
        origin: Option<AuthKeyId>,
    ) -> Result<(), PlatformError> {
        let mailbox = self.mailbox(user).await?;
        let plan = |write: &mut Write<'_>| {
            write.change(user, change);
            Ok(())
        };
        self.write(&[mailbox], Actor { user, device: origin }, plan)?.durable(self).await
    }
}
