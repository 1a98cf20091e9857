//! A group in which one writes and all others are there to read: the fan-out. A message counts once for everybody who has it.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tl::{Serializable, enums, functions, types};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::super::client::{Event, error_of};
use super::super::people::{Person, find};
use super::super::plan;
use super::super::words::{Mark, marks, text};
use super::super::worker::Crew;
use super::people;
use crate::flood::limits;
use crate::requests;
use crate::session::random_id;

/// The scene with its group.
pub struct Group {
    plan: plan::Group,
    group: Rc<Circle>,
}

/// The people, and what is under way.
struct Circle {
    writer: Person,
    readers: Vec<Person>,
    chat_id: i64,
    sent: Cell<u32>,
    /// Messages that not everybody has: when they were written, and how many readers still lack them.
    open: RefCell<HashMap<u32, (Instant, usize)>>,
    news: Notify,
}

impl Group {
    /// Makes the people and the group.
    ///
    /// # Errors
    /// When the server does not take them, or knows no groups.
    pub async fn prepare(crew: &Rc<Crew>, plan: plan::Group) -> Result<Self> {
        let mut readers = people(crew, plan.members, 0.0).await?;
        let writer = readers.pop().context("a group needs members")?;
        let chat_id = create(&writer, &readers).await.context("making the group")?;
        let (sent, open) = (Cell::new(0), RefCell::default());
        Ok(Self { plan, group: Rc::new(Circle { writer, readers, chat_id, sent, open, news: Notify::new() }) })
    }

    /// Writes until the time is over, and waits until everybody has everything.
    ///
    /// # Errors
    /// When a connection breaks.
    pub async fn play(&mut self, crew: &Rc<Crew>) -> Result<()> {
        let mut tasks = JoinSet::new();
        for reader in 0..self.group.readers.len() {
            let (group, crew) = (self.group.clone(), crew.clone());
            tasks.spawn_local(async move { group.read(&crew, reader).await });
        }
        let (group, by) = (self.group.clone(), crew.clone());
        tasks.spawn_local(async move { group.hear_answers(&by).await });
        let ended = tokio::select! {
            ended = self.write(crew) => ended,
            Some(broken) = tasks.join_next() => broken?,
        };
        tasks.abort_all();
        ended
    }

    async fn write(&self, crew: &Crew) -> Result<()> {
        let until = Instant::now() + Duration::from_secs(self.plan.seconds);
        while Instant::now() < until {
            while self.group.open.borrow().len() < self.plan.window as usize {
                self.group.write()?;
            }
            let _ = timeout(limits::SAMPLE, self.group.news.notified()).await;
        }
        let settling = async {
            while !self.group.open.borrow().is_empty() {
                self.group.news.notified().await;
            }
        };
        if timeout(limits::FINISH_TIMEOUT, settling).await.is_err() {
            crew.find(format!("{} messages did not reach everybody", self.group.open.borrow().len()));
        }
        Ok(())
    }
}

async fn create(writer: &Person, readers: &[Person]) -> Result<i64> {
    let mut users = Vec::with_capacity(readers.len());
    for reader in readers {
        let enums::InputPeer::User(peer) = find(&writer.client, &reader.phone).await? else { bail!("no person") };
        users.push(types::InputUser { user_id: peer.user_id, access_hash: peer.access_hash }.into());
    }
    let request = functions::messages::CreateChat { users, title: "Balai desa".to_owned(), ttl_period: None };
    let enums::messages::InvitedUsers::Users(made) = writer.client.call(&request, &mut |_: &[u8]| ()).await??;
    if !made.missing_invitees.is_empty() {
        bail!("{} people were not taken", made.missing_invitees.len());
    }
    let chats = match made.updates {
        enums::Updates::Updates(updates) => updates.chats,
        enums::Updates::Combined(updates) => updates.chats,
        _ => Vec::new(),
    };
    chats.first().map(enums::Chat::id).context("no group was made")
}

impl Circle {
    fn write(&self) -> Result<()> {
        let place = self.sent.get() + 1;
        let peer = types::InputPeerChat { chat_id: self.chat_id }.into();
        let request = requests::send(peer, text(Mark { sender: 0, place }), random_id());
        self.writer.client.send(request.to_bytes().into())?;
        self.sent.set(place);
        self.open.borrow_mut().insert(place, (Instant::now(), self.readers.len()));
        Ok(())
    }

    async fn hear_answers(&self, crew: &Crew) -> Result<()> {
        loop {
            if let Event::Answer(_, body) = self.writer.client.next().await?
                && let Some(error) = error_of(&body)
            {
                crew.find(format!("a send is answered {error}"));
            }
        }
    }

    async fn read(&self, crew: &Crew, reader: usize) -> Result<()> {
        let mut last = 0;
        loop {
            let Event::Push(body) = self.readers[reader].client.next().await? else { continue };
            for mark in marks(&body) {
                if mark.place != last + 1 {
                    crew.find(format!("reader {reader} got message {} after {last}", mark.place));
                }
                last = mark.place;
                self.arrived(crew, mark.place);
            }
        }
    }

    fn arrived(&self, crew: &Crew, place: u32) {
        let mut open = self.open.borrow_mut();
        let Some((began, lacking)) = open.get_mut(&place) else { return };
        crew.done("delivery", *began);
        *lacking -= 1;
        if *lacking == 0 {
            open.remove(&place);
            self.news.notify_one();
        }
    }
}
