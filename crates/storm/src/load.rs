//! People who write to each other as fast as they are answered: sends above all, some of them twice under one number, and
//! between them edits, deletions, reads and files. Every answer is recorded.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use futures::future::{BoxFuture, FutureExt as _, join_all, try_join_all};
use futures::stream::{FuturesUnordered, StreamExt};
use rand::{RngExt as _, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tl::{enums, functions};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use crate::account::{Account, World, is_done_already};
use crate::client::CallError;
use crate::limits;
use crate::record::{Content, Sent, Tag, messages_of, text};
use crate::requests;
use crate::session::random_id;

/// Bytes of a part of a small file: 1 KiB is the least.
const PART_BYTES: usize = 1024;
/// Bytes of a part where files are what it is about.
const LARGE_PART_BYTES: usize = 4096;
/// Most parts of such a file, in parts.
const LARGE_FILE_MAX_PARTS: i32 = 24;

/// What people do above all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mix {
    /// They write, and do a bit of everything else in between.
    #[default]
    Talk,
    /// They send files of many parts, and write in between.
    Files,
}

/// Some people who know each other.
#[derive(Clone)]
pub struct Fleet {
    people: Arc<Vec<Person>>,
    window: usize,
}

/// One of them, and what the others are called by them.
struct Person {
    account: Account,
    peers: Vec<(i64, enums::InputPeer)>,
    /// Messages written so far.
    places: parking_lot::Mutex<u32>,
}

/// Work under way.
pub struct Storm {
    stop: watch::Sender<bool>,
    workers: Vec<JoinHandle<Result<()>>>,
}

impl Fleet {
    /// Signs up so many people, each with so many calls under way at a time. Their numbers count from `first`.
    ///
    /// # Errors
    /// When the server refuses somebody.
    pub async fn sign_up(world: &World, first: u32, count: u32, window: usize) -> Result<Self> {
        let accounts = (first..first + count).map(|number| Account::sign_up(world, number));
        let accounts = try_join_all(accounts).await?;
        let finding = accounts.iter().map(|account| peers_of(account, &accounts));
        let peers = try_join_all(finding).await?;
        let people = accounts.into_iter().zip(peers);
        let person = |(account, peers)| Person { account, peers, places: parking_lot::Mutex::new(0) };
        Ok(Self { people: Arc::new(people.map(person).collect()), window })
    }

    /// Begins to write. The same seed makes everybody choose the same; when answers come is the machine's doing.
    #[must_use]
    pub fn begin(&self, seed: u64) -> Storm {
        self.begin_with(seed, Mix::Talk)
    }

    /// Begins with something else than writing.
    #[must_use]
    pub fn begin_with(&self, seed: u64, mix: Mix) -> Storm {
        let stop = watch::Sender::new(false);
        let workers = (0..self.people.len()).map(|index| {
            let (fleet, stopped) = (self.clone(), stop.subscribe());
            tokio::spawn(async move { fleet.work(index, seed, mix, stopped).await })
        });
        Storm { workers: workers.collect(), stop }
    }

    async fn work(&self, index: usize, seed: u64, mix: Mix, mut stopped: watch::Receiver<bool>) -> Result<()> {
        let mut dice = ChaCha8Rng::seed_from_u64(seed ^ (index as u64) << 32);
        let mut running = FuturesUnordered::new();
        while !*stopped.borrow() {
            while running.len() < self.window && !*stopped.borrow() {
                let deed = self.deed(index, mix, &mut dice).await;
                running.push(deed);
            }
            tokio::select! {
                Some(outcome) = running.next() => outcome?,
                _ = stopped.changed() => {}
            }
        }
        while let Some(outcome) = running.next().await {
            outcome?;
        }
        Ok(())
    }

    /// Begins one deed: what it writes is written in the order of these calls.
    async fn deed(&self, index: usize, mix: Mix, dice: &mut ChaCha8Rng) -> BoxFuture<'static, Result<()>> {
        let person = &self.people[index];
        let (peer, input) = person.peers[dice.random_range(0..person.peers.len())].clone();
        let me = Me { fleet: self.clone(), index };
        let roll = dice.random_range(0..1000);
        if mix == Mix::Files && roll < 500 {
            let parts = dice.random_range(1..=LARGE_FILE_MAX_PARTS);
            return me.send_file((peer, input), (parts, LARGE_PART_BYTES), roll < 100).boxed();
        }
        match roll {
            0..30 => me.edit(dice.random_range(0..u64::MAX)).boxed(),
            30..40 => me.delete(dice.random_range(0..u64::MAX)).boxed(),
            40..60 => me.read(peer, input).boxed(),
            60..64 => me.send_file((peer, input), (dice.random_range(1..4), PART_BYTES), roll == 60).boxed(),
            64..84 => me.send(peer, input, true).await,
            _ => me.send(peer, input, false).await,
        }
    }

    /// A small life: so many deeds of everybody one after the other, of every kind.
    ///
    /// # Errors
    /// When the server answers what nobody expects.
    pub async fn live(&self, deeds: u64, seed: u64) -> Result<()> {
        for (index, person) in self.people.iter().enumerate() {
            for deed in 0..deeds {
                let (peer, input) = person.peers[usize::try_from(deed)? % person.peers.len()].clone();
                let me = Me { fleet: self.clone(), index };
                match deed % 6 {
                    0 | 1 => me.send(peer, input, deed == 1).await.await?,
                    2 => me.edit(seed.wrapping_add(deed)).await?,
                    3 => me.read(peer, input).await?,
                    4 => me.send_file((peer, input), (2, PART_BYTES), true).await?,
                    _ => me.delete(seed.wrapping_add(deed)).await?,
                }
            }
        }
        Ok(())
    }

    /// The people, for the oracle.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.people.iter().map(|person| &person.account)
    }

    /// Ends their clients: what they were told stays.
    pub fn leave(&self) {
        self.accounts().for_each(|account| account.client.close());
    }

    /// Acknowledgements so far.
    #[must_use]
    pub fn acks(&self) -> u64 {
        self.accounts().map(|account| account.record.with(|told| told.acks)).sum()
    }

    /// Waits for so many acknowledgements more, no longer than this; how long that took.
    ///
    /// # Errors
    /// When they do not come.
    pub async fn wait_for_acks(&self, more: u64, patience: Duration) -> Result<Duration> {
        let (began, aim) = (Instant::now(), self.acks() + more);
        while self.acks() < aim {
            ensure!(began.elapsed() < patience, "acknowledgements stop at {} of {aim}", self.acks());
            sleep(limits::ACKS_NAP).await;
        }
        Ok(began.elapsed())
    }

    /// Waits until every client is answered.
    ///
    /// # Errors
    /// When one is not.
    pub async fn ping(&self) -> Result<()> {
        let asking = self.accounts().map(|account| account.client.insist(&functions::updates::GetState {}));
        for answer in join_all(asking).await {
            answer?;
        }
        Ok(())
    }
}

async fn peers_of(account: &Account, accounts: &[Account]) -> Result<Vec<(i64, enums::InputPeer)>> {
    let mut peers = Vec::with_capacity(accounts.len());
    for other in accounts.iter().filter(|other| other.user_id != account.user_id) {
        peers.push((other.user_id, account.find(other).await?));
    }
    Ok(peers)
}

impl Storm {
    /// Forgets what is under way.
    pub fn abort(self) {
        self.workers.iter().for_each(JoinHandle::abort);
    }

    /// No deed begins any more.
    pub fn calm(&self) {
        self.stop.send_replace(true);
    }

    /// Waits until everything begun is answered.
    ///
    /// # Errors
    /// When something is not answered in time, or answered with an error that nobody expects.
    pub async fn finish(self) -> Result<()> {
        self.calm();
        let waiting = timeout(limits::FINISH_TIMEOUT, join_all(self.workers)).await;
        for outcome in waiting.context("calls were never answered")? {
            outcome??;
        }
        Ok(())
    }
}

/// One of the fleet, doing something.
#[derive(Clone)]
struct Me {
    fleet: Fleet,
    index: usize,
}

impl Me {
    fn person(&self) -> &Person {
        &self.fleet.people[self.index]
    }

    fn account(&self) -> &Account {
        &self.person().account
    }

    fn next_tag(&self) -> Tag {
        let mut places = self.person().places.lock();
        *places += 1;
        Tag { sender: self.account().number, place: *places }
    }

    /// A message, or the same one twice at once.
    async fn send(self, peer: i64, input: enums::InputPeer, twice: bool) -> BoxFuture<'static, Result<()>> {
        let tag = self.next_tag();
        let request = requests::send(input, text(tag, 0), random_id());
        let first = self.account().client.begin(&request).await;
        let second = if twice { Some(self.account().client.begin(&request).await) } else { None };
        async move {
            let mut outcome = first.wait().await;
            for _ in 1..limits::PERSISTENCE {
                let Some(pause) = outcome.as_ref().err().and_then(CallError::flood_wait) else { break };
                self.account().record.with(|told| told.refused.insert(tag.place));
                sleep(pause.min(limits::COME_BACK_MAX)).await;
                outcome = self.account().client.call(&request).await;
            }
            self.note_sent(tag, peer, &outcome.context("a send")?)?;
            if let Some(Ok(updates)) = match second {
                Some(second) => Some(second.wait().await),
                None => None,
            } {
                self.note_sent(tag, peer, &updates)?;
            }
            Ok(())
        }
        .boxed()
    }

    fn note_sent(&self, tag: Tag, peer: i64, updates: &enums::Updates) -> Result<()> {
        let Some((message, pts)) = messages_of(updates).into_iter().next() else { bail!("a send without its message") };
        let sent = Sent { tag, peer, id: message.id, pts };
        self.account().record.with(|told| told.note_sent(sent));
        Ok(())
    }

    /// A message of this person's own that was acknowledged and whose deletion nobody asked for.
    fn some_message(&self, choice: u64) -> Option<Sent> {
        self.account().record.with(|told| {
            let count = told.sent.len() as u64;
            let sent = *told.sent.get(usize::try_from(choice.checked_rem(count)?).ok()?)?;
            let is_free = !told.fates.get(&sent.tag).is_some_and(|fate| fate.deletion_asked);
            (is_free && !told.files.contains_key(&sent.tag)).then_some(sent)
        })
    }

    async fn edit(self, choice: u64) -> Result<()> {
        let Some(sent) = self.some_message(choice) else { return Ok(()) };
        let version = self.account().record.with(|told| told.fates.entry(sent.tag).or_default().version + 1);
        let Some((_, input)) = self.person().peers.iter().find(|(peer, _)| *peer == sent.peer) else { return Ok(()) };
        let request = requests::edit(input.clone(), sent.id, text(sent.tag, version));
        match self.account().client.insist(&request).await {
            Ok(_) => {}
            Err(error) if is_done_already(&error) => {}
            // It was deleted meanwhile.
            Err(CallError::Rpc { code: 400, name }) if name == "MESSAGE_ID_INVALID" => return Ok(()),
            Err(error) => return Err(error).context("an edit"),
        }
        self.account().record.with(|told| {
            told.acks += 1;
            let fate = told.fates.entry(sent.tag).or_default();
            fate.version = fate.version.max(version);
        });
        Ok(())
    }

    async fn delete(self, choice: u64) -> Result<()> {
        let Some(sent) = self.some_message(choice) else { return Ok(()) };
        self.account().record.with(|told| told.fates.entry(sent.tag).or_default().deletion_asked = true);
        let request = functions::messages::DeleteMessages { revoke: true, id: vec![sent.id] };
        self.account().client.insist(&request).await.context("a deletion")?;
        self.account().record.with(|told| {
            told.acks += 1;
            told.fates.entry(sent.tag).or_default().is_deleted = true;
        });
        Ok(())
    }

    async fn read(self, peer: i64, input: enums::InputPeer) -> Result<()> {
        let Some(max_id) = self.account().record.with(|told| told.newest.get(&peer).copied()) else { return Ok(()) };
        let request = functions::messages::ReadHistory { peer: input, max_id };
        self.account().client.insist(&request).await.context("a read")?;
        self.account().record.with(|told| {
            told.acks += 1;
            let read = told.read.entry(peer).or_default();
            *read = (*read).max(max_id);
        });
        Ok(())
    }

    /// A file of some parts, each of which is acknowledged; a crash may ask for any of them again. One that is sent `twice`
    /// is uploaded once: each message has a file of its own then.
    async fn send_file(self, to: (i64, enums::InputPeer), file: (i32, usize), twice: bool) -> Result<()> {
        let ((peer, input), (parts, part_bytes)) = (to, file);
        let content = Content { file_id: random_id(), parts, part_bytes };
        let tags: Vec<Tag> = (0..if twice { 2 } else { 1 }).map(|_| self.next_tag()).collect();
        self.account().record.with(|told| {
            told.refused.extend(tags.iter().map(|tag| tag.place));
            told.files.extend(tags.iter().map(|tag| (*tag, content)));
        });
        for (part, bytes) in (0..parts).zip(content.bytes().chunks(part_bytes)) {
            self.upload(content.file_id, part, bytes).await?;
        }
        for tag in tags {
            let request = requests::send_file(input.clone(), (content.file_id, parts), text(tag, 0), random_id());
            match self.account().client.insist(&request).await {
                Ok(updates) => self.note_sent(tag, peer, &updates)?,
                Err(CallError::Rpc { code: 400, name }) if missing_part(&name).is_some() => {
                    bail!("an acknowledged part is gone: {name}")
                }
                Err(error) => return Err(error).context("a file"),
            }
        }
        Ok(())
    }

    async fn upload(&self, file_id: i64, file_part: i32, bytes: &[u8]) -> Result<()> {
        let request = functions::upload::SaveFilePart { file_id, file_part, bytes: bytes.to_vec() };
        self.account().client.insist(&request).await.context("a part of a file")?;
        self.account().record.with(|told| told.acks += 1);
        Ok(())
    }
}

fn missing_part(name: &str) -> Option<u32> {
    name.strip_prefix("FILE_PART_")?.strip_suffix("_MISSING")?.parse().ok()
}
