//! A device and the person who uses it: comes in, does something again and again, repeats what was not answered, follows
//! what others do, leaves and comes back.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures::future::join_all;
use parking_lot::Mutex;
use platform::mailbox::{Difference, Entry};
use platform::messages::Pinning;
use platform::people::codes::CodeVia;
use platform::people::sign_in::SignedIn;
use platform::{MsgId, Peer, Refusal, UserId};

use crate::executor::Group;
use crate::limits::{ATTEMPTS_MAX, DOOR_ATTEMPTS_MAX, POLL_EVERY_MS};
use crate::mirror::{Mirror, follows};
use crate::request::{Answer, Request};
use crate::world::{Device, Reply, World};

/// Everybody who ever signed up, by their place in the story.
pub type Directory = Arc<Mutex<Vec<Option<UserId>>>>;

/// A device at work.
pub struct Client {
    world: Arc<World>,
    /// Which device.
    pub device: Device,
    /// Whom there is to write to.
    directory: Directory,
    /// What it holds, while somebody is signed in.
    pub mirror: Mutex<Option<(UserId, Mirror)>>,
    /// The next number of its own.
    numbers: Mutex<i64>,
}

impl Client {
    /// A device that nobody has used.
    #[must_use]
    pub fn new(world: &Arc<World>, device: Device, directory: &Directory) -> Arc<Self> {
        let numbers = Mutex::new(1 + 100_000 * i64::try_from(device.number).unwrap_or(0));
        let (world, directory) = (world.clone(), directory.clone());
        Arc::new(Self { world, device, directory, mirror: Mutex::new(None), numbers })
    }

    /// The person's phone number.
    #[must_use]
    pub fn phone(&self) -> String {
        format!("1555000{}", self.device.person)
    }

    /// Uses it for a while.
    pub async fn live(self: Arc<Self>) {
        let follower = self.clone();
        self.world.executor.spawn(Group::World, async move { follower.follow().await });
        if self.come_in().await {
            // Whoever goes goes early: others still write to them.
            let deeds = if self.is_leaver() { self.world.profile().deeds / 3 } else { self.world.profile().deeds };
            for _ in 0..deeds {
                self.world.executor.sleep(self.world.dice.number(0, self.world.profile().pause_ms)).await;
                if self.is_gone() {
                    break;
                }
                self.act().await;
            }
            self.leave_for_good().await;
        }
        self.world.clients.fetch_sub(1, Ordering::Relaxed);
    }

    fn number(&self) -> i64 {
        let mut numbers = self.numbers.lock();
        *numbers += 1;
        *numbers
    }

    /// Asks once.
    async fn ask(&self, request: Request) -> Reply {
        self.world.call(self.device, request).await
    }

    /// Asks until there is an answer or a refusal, or patience ends.
    async fn insist(&self, request: Request) -> Option<Result<Answer, Refusal>> {
        for attempt in 0..ATTEMPTS_MAX {
            match self.ask(request.clone()).await {
                Reply::Answer(answer) => return Some(Ok(answer)),
                Reply::Refused(Refusal::FloodWait(seconds)) if seconds < 120 => {
                    self.world.executor.sleep(i64::from(seconds) * 1000).await;
                }
                Reply::Refused(refusal) => return Some(Err(refusal)),
                Reply::Trouble | Reply::Silence => {
                    self.world.executor.sleep(self.world.dice.number(1, 200 << attempt.min(6))).await;
                }
            }
        }
        None
    }

    /// Signs in, or up where nobody has the number yet.
    async fn come_in(&self) -> bool {
        self.insist(Request::StoreKey).await;
        for _ in 0..DOOR_ATTEMPTS_MAX {
            if let Some(user) = self.pass_the_door().await {
                self.settle_in(user);
                return true;
            }
            self.world.executor.sleep(self.world.dice.number(10, 5_000)).await;
        }
        false
    }

    fn settle_in(&self, user: UserId) {
        if let Some(place) = self.directory.lock().get_mut(self.device.person) {
            *place = Some(user);
        }
        let mut mirror = self.mirror.lock();
        if mirror.as_ref().is_none_or(|(before, _)| *before != user) {
            *mirror = Some((user, Mirror::default()));
        }
    }

    async fn pass_the_door(&self) -> Option<UserId> {
        let phone = self.phone();
        let Some(Ok(Answer::Code(mut sent))) = self.insist(Request::SendCode { phone: phone.clone() }).await else {
            return None;
        };
        if sent.via == CodeVia::App {
            let again = Request::ResendCode { phone: phone.clone(), hash: sent.hash.clone() };
            let Some(Ok(Answer::Code(by_letter))) = self.insist(again).await else { return None };
            sent = by_letter;
        }
        let (code, hash) = (self.world.letters.last(&phone)?, sent.hash);
        match self.insist(Request::SignIn { phone: phone.clone(), hash: hash.clone(), code }).await? {
            Ok(Answer::SignedIn(SignedIn::Person(user))) => Some(user),
            Ok(Answer::SignedIn(SignedIn::SignUpRequired)) => {
                let name = format!("P{}", self.device.person);
                match self.insist(Request::SignUp { phone, hash, name }).await? {
                    Ok(Answer::SignedUp(user)) => Some(user),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Whether the person left by way of another device.
    fn is_gone(&self) -> bool {
        let user = self.mirror.lock().as_ref().map(|(user, _)| *user);
        user.is_some_and(|user| self.world.history.has_left(user))
    }

    fn is_leaver(&self) -> bool {
        self.world.profile().leaver == Some(self.device.person)
    }

    /// The account is deleted, if this is somebody who goes.
    async fn leave_for_good(&self) {
        let user = self.mirror.lock().as_ref().map(|(user, _)| *user);
        let Some(user) = user.filter(|_| self.is_leaver()) else { return };
        self.world.history.leave(user);
        self.directory.lock().iter_mut().filter(|known| **known == Some(user)).for_each(|known| *known = None);
        drop(self.insist(Request::Leave).await);
        *self.mirror.lock() = None;
    }

    async fn leave_and_come_back(&self) {
        if let Some(Ok(_)) = self.insist(Request::SignOut).await {
            *self.mirror.lock() = None;
        }
        self.come_in().await;
    }

    async fn act(self: &Arc<Self>) {
        let Some(user) = self.mirror.lock().as_ref().map(|(user, _)| *user) else { return };
        let roll = self.world.dice.number(0, 99);
        match roll {
            0..=1 => self.leave_and_come_back().await,
            2..=11 => self.send_many(user).await,
            12..=17 => drop(self.ask(Request::Dialogs).await),
            18..=20 => {
                let Some(peer) = self.somebody(user) else { return };
                drop(self.ask(Request::History { peer, limit: 20 }).await);
            }
            _ => {
                let Some(request) = self.choose(user, roll) else { return };
                let Some(Err(Refusal::AuthKeyUnregistered)) = self.insist(request).await else { return };
                // A late copy of a sign-out came after the sign-in.
                *self.mirror.lock() = None;
                self.come_in().await;
            }
        }
    }

    /// Several messages at once, as somebody who is offline for a moment sends them; some answer what stands above.
    async fn send_many(&self, user: UserId) {
        let Some(to) = self.somebody(user) else { return };
        let count = self.world.dice.number(2, 5);
        let sends: Vec<Request> = (0..count).map(|_| self.words(to)).collect();
        let replies = self.world.call_together(self.device, &sends).await;
        let unheard = sends.into_iter().zip(replies).filter(|(_, reply)| !matches!(reply, Reply::Answer(_)));
        join_all(unheard.map(|(send, _)| self.insist(send))).await;
    }

    fn words(&self, to: Peer) -> Request {
        let answered = self.something(|held| held.peer == to).filter(|_| self.world.dice.falls(300));
        self.send(to, answered.map(|(id, _)| id), false)
    }

    fn plain(&self, to: Peer) -> Request {
        self.send(to, None, false)
    }

    fn send(&self, to: Peer, reply: Option<MsgId>, clear_draft: bool) -> Request {
        let random_id = self.number();
        Request::Send { to, text: format!("m{random_id}"), random_id, reply, clear_draft }
    }

    fn choose(&self, user: UserId, roll: i64) -> Option<Request> {
        let dice = &self.world.dice;
        let to = self.somebody(user)?;
        Some(match roll {
            21..=41 => self.plain(to),
            42..=44 => {
                let count = if dice.falls(500) { 1 } else { dice.number(2, 4) };
                Request::SendFiles { to, random_ids: (0..count).map(|_| self.number()).collect() }
            }
            45..=46 => Request::Block { peer: self.somebody_else(user)?, blocked: dice.falls(400) },
            47..=52 => {
                let (id, peer, ..) = self.something(|_| true)?;
                self.send(peer, Some(id), dice.falls(500))
            }
            53..=58 => {
                let (id, from) = self.something(|held| held.is_plain)?;
                let (ids, random_ids) = (vec![id], vec![self.number()]);
                Request::Forward { from, to, ids, random_ids }
            }
            59..=67 => {
                let (id, peer) = self.something(|held| held.is_out && held.is_plain && !held.is_forward)?;
                Request::Edit { peer, id, text: format!("e{}", self.number()) }
            }
            68..=74 => {
                let some = (0..dice.number(1, 3)).filter_map(|_| self.something(|_| true));
                let ids: Vec<MsgId> = some.map(|(id, _)| id).collect();
                if ids.is_empty() {
                    return None;
                }
                Request::Delete { ids, revoke: dice.falls(600) }
            }
            75 => Request::Clear { peer: to, revoke: dice.falls(500), just_clear: dice.falls(500) },
            76..=85 => {
                let (upto, peer) = self.something(|held| !held.is_out)?;
                Request::Read { peer, upto: if dice.falls(300) { MsgId(0) } else { upto } }
            }
            86..=89 => {
                let (id, peer) = self.something(|held| held.is_plain)?;
                let pinning = Pinning { unpin: dice.falls(300), one_side: dice.falls(300), silent: false };
                Request::Pin { peer, id, pinning }
            }
            90 => Request::UnpinAll { peer: to },
            91..=94 => {
                let text = if dice.falls(300) { String::new() } else { format!("d{}", self.number()) };
                Request::SaveDraft { peer: to, text }
            }
            95..=96 => Request::PinDialog { peer: to, pinned: dice.falls(600) },
            97..=98 => Request::Mark { peer: to, unread: dice.falls(600) },
            _ => Request::Archive { peer: to, folder: i32::from(dice.falls(500)) },
        })
    }

    /// Somebody to write to; now and then oneself.
    fn somebody(&self, user: UserId) -> Option<Peer> {
        let known: Vec<UserId> = self.directory.lock().iter().flatten().copied().collect();
        let others: Vec<UserId> = known.into_iter().filter(|other| *other != user).collect();
        if others.is_empty() || self.world.dice.falls(80) {
            return Some(Peer::User(user));
        }
        self.world.dice.one_of(&others).map(|other| Peer::User(*other))
    }

    fn somebody_else(&self, user: UserId) -> Option<Peer> {
        self.somebody(user).filter(|peer| *peer != Peer::User(user))
    }

    /// A message that the device holds, of this kind: most often a new one.
    fn something(&self, is_wanted: impl Fn(&crate::mirror::Held) -> bool) -> Option<(MsgId, Peer)> {
        let mirror = self.mirror.lock();
        let (_, mirror) = mirror.as_ref()?;
        let is_chat = |peer: Peer| peer != Peer::User(platform::SERVICE_USER_ID);
        let newest = mirror.messages.iter().rev().filter(|(_, held)| is_chat(held.peer) && is_wanted(held));
        let some: Vec<(MsgId, Peer)> = newest.take(12).map(|(id, held)| (*id, held.peer)).collect();
        self.world.dice.one_of(&some).copied()
    }

    /// Follows what happens: when a signal comes, and without one every few seconds.
    async fn follow(&self) {
        loop {
            let listener = self.world.listen();
            let Some(mut listener) = listener else {
                self.world.executor.sleep(500).await;
                continue;
            };
            loop {
                let signal = self.world.executor.within(POLL_EVERY_MS, listener.next()).await;
                match signal {
                    Some(None) => break,
                    Some(Some(bus::Signal::Moved { user_id, .. })) if !self.is(user_id) => continue,
                    Some(Some(bus::Signal::Moved { .. })) | None => self.look_for_news().await,
                    Some(Some(_)) => {}
                }
            }
        }
    }

    fn is(&self, user_id: i64) -> bool {
        self.mirror.lock().as_ref().is_some_and(|(user, _)| user.0 == user_id)
    }

    async fn look_for_news(&self) {
        let Some(cursor) = self.mirror.lock().as_ref().map(|(_, mirror)| mirror.cursor) else { return };
        if self.world.dice.falls(300) {
            return self.catch_up_some().await;
        }
        let Reply::Answer(Answer::Since(entries, cut)) = self.ask(Request::Since { cursor }).await else { return };
        let entries = entries.map(|entries| entries.into_iter().map(|item| item.entry).collect::<Vec<_>>());
        match entries {
            Some(entries) if follows(cursor.pts, &entries) == Some(cut.pts) => {
                if self.take_all(cursor, &entries).await
                    && let Some((_, mirror)) = self.mirror.lock().as_mut().filter(|(_, mirror)| mirror.cursor == cursor)
                {
                    (mirror.cursor, mirror.date) = (cut.cursor(), cut.date);
                }
            }
            _ => self.catch_up_some().await,
        }
    }

    async fn catch_up_some(&self) {
        let slice = *self.world.dice.one_of(&[1, 3, 20, 500]).unwrap_or(&20);
        self.catch_up(slice).await;
    }

    /// Asks for the difference until there is none; whether it came to that.
    pub async fn catch_up(&self, slice: i32) -> bool {
        loop {
            let held = self.mirror.lock().as_ref().map(|(_, mirror)| (mirror.cursor, mirror.date));
            let Some((cursor, date)) = held else { return true };
            let request = Request::Difference { pts: cursor.pts, date, slice };
            let Reply::Answer(Answer::Difference(difference)) = self.ask(request).await else { return false };
            let (entries, cut, is_last) = match difference {
                Difference::Empty(cut) => (Vec::new(), cut, true),
                Difference::Full(entries, cut) => (entries, cut, true),
                Difference::Slice(entries, cut) => (entries, cut, false),
                Difference::TooLong(_) => return self.start_anew(cursor).await,
            };
            if !self.take_all(cursor, &entries).await {
                return false;
            }
            let mut mirror = self.mirror.lock();
            let Some((_, mirror)) = mirror.as_mut().filter(|(_, mirror)| mirror.cursor == cursor) else { return false };
            mirror.cursor = if is_last { cut.cursor() } else { platform::mailbox::Cursor { pts: cut.pts, ..cursor } };
            mirror.date = cut.date;
            if is_last {
                return true;
            }
        }
    }

    /// The log does not reach back to what the device has: it forgets all and reads what is there.
    async fn start_anew(&self, cursor: platform::mailbox::Cursor) -> bool {
        let known = self.directory.lock().iter().flatten().copied().collect::<Vec<_>>();
        let peers = known.into_iter().chain([platform::SERVICE_USER_ID]).map(Peer::User).collect();
        let Reply::Answer(Answer::Whole(whole)) = self.ask(Request::Whole { peers }).await else { return false };
        let mut mirror = self.mirror.lock();
        let Some((_, mirror)) = mirror.as_mut().filter(|(_, mirror)| mirror.cursor == cursor) else { return false };
        *mirror = Mirror::of(&whole);
        true
    }

    /// Takes entries in, with a fresh reading of what was edited; false when that could not be read.
    async fn take_all(&self, cursor: platform::mailbox::Cursor, entries: &[Entry]) -> bool {
        let mut again = Vec::new();
        for entry in entries {
            let mut mirror = self.mirror.lock();
            let Some((_, mirror)) = mirror.as_mut().filter(|(_, mirror)| mirror.cursor == cursor) else { return false };
            again.extend(mirror.take(entry));
        }
        if again.is_empty() {
            return true;
        }
        let Reply::Answer(Answer::Messages(found)) = self.ask(Request::Look { ids: again }).await else { return false };
        if let Some((_, mirror)) = self.mirror.lock().as_mut() {
            found.iter().flatten().for_each(|found| mirror.show_again(found));
        }
        true
    }
}
