//! The laws of the mailbox under random operations: what is kept in memory equals what is read anew and what is counted
//! by hand; pts advance without gaps; a device that follows pushes, differences and slices in any mixture ends with the
//! server's messages; failed commits change nothing and break nothing.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::collections::BTreeMap;
use std::sync::Arc;

use bus::Bus;
use common::Story;
use futures::executor::block_on;
use platform::mailbox::{Cursor, Difference, DifferenceLimits, Entry, EventBody, Flags, Window};
use platform::messages::{Deletion, DialogOffset, Draft, ForwardRequest, Outgoing, Pinning};
use platform::settings::Bounds;
use platform::{Actor, Delivery, MsgId, Peer, Platform, PlatformError, Pts, Settings, UserId};
use proptest::prelude::*;
use store::{Faults, Store};

const PEOPLE: [UserId; 3] = [UserId(11), UserId(12), UserId(13)];

/// What somebody does. Numbers choose among what is there.
#[derive(Clone, Debug)]
enum Deed {
    Send { to: usize, random_id: i64, reply: usize },
    Edit { to: usize, which: usize },
    Delete { which: Vec<usize>, revoke: bool },
    Clear { to: usize, just_clear: bool, revoke: bool },
    Read { to: usize, which: usize },
    Pin { to: usize, which: usize, unpin: bool, one_side: bool },
    UnpinAll { to: usize },
    Forward { from: usize, to: usize, which: Vec<usize> },
    Draft { to: usize, empty: bool },
    PinDialog { to: usize, pinned: bool },
    Archive { to: usize, folder: i32 },
    Mark { to: usize, unread: bool },
    Notice,
}

fn deed() -> impl Strategy<Value = Deed> {
    let person = || 0..PEOPLE.len();
    prop_oneof![
        8 => (person(), 1_i64..40, 0_usize..8).prop_map(|(to, random_id, reply)| Deed::Send { to, random_id, reply }),
        2 => (person(), 0_usize..20).prop_map(|(to, which)| Deed::Edit { to, which }),
        2 => (prop::collection::vec(0_usize..30, 1..5), any::<bool>())
            .prop_map(|(which, revoke)| Deed::Delete { which, revoke }),
        1 => (person(), any::<bool>(), any::<bool>())
            .prop_map(|(to, just_clear, revoke)| Deed::Clear { to, just_clear, revoke }),
        4 => (person(), 0_usize..20).prop_map(|(to, which)| Deed::Read { to, which }),
        2 => (person(), 0_usize..20, any::<bool>(), any::<bool>())
            .prop_map(|(to, which, unpin, one_side)| Deed::Pin { to, which, unpin, one_side }),
        1 => person().prop_map(|to| Deed::UnpinAll { to }),
        1 => (person(), person(), prop::collection::vec(0_usize..20, 1..4))
            .prop_map(|(from, to, which)| Deed::Forward { from, to, which }),
        1 => (person(), any::<bool>()).prop_map(|(to, empty)| Deed::Draft { to, empty }),
        1 => (person(), any::<bool>()).prop_map(|(to, pinned)| Deed::PinDialog { to, pinned }),
        1 => (person(), 0..2_i32).prop_map(|(to, folder)| Deed::Archive { to, folder }),
        1 => (person(), any::<bool>()).prop_map(|(to, unread)| Deed::Mark { to, unread }),
        1 => Just(Deed::Notice),
    ]
}

/// A server on the memory engine.
struct World {
    store: Store,
    faults: Faults,
    story: Arc<Story>,
    platform: Platform,
}

impl World {
    async fn new() -> Self {
        let faults = Faults::none();
        let store = Store::memory_with(faults.clone());
        let story = Story::new();
        let platform = open(&store, &story).await;
        Self { store, faults, story, platform }
    }

    /// The same on the engine that servers run on.
    async fn on_disk(folder: &std::path::Path) -> Self {
        let store = Store::open_embedded(folder, store::EmbeddedOptions::default()).expect("opens");
        let story = Story::new();
        let platform = open(&store, &story).await;
        Self { store, faults: Faults::none(), story, platform }
    }

    /// The same on a database.
    async fn on_postgres() -> Self {
        let url = testing_postgres::Instance::shared().fresh_url();
        let options = store::PostgresOptions::from_url(&url).expect("a URL");
        let store = Store::open_postgres(&options).await.expect("opens");
        let story = Story::new();
        let platform = open(&store, &story).await;
        Self { store, faults: Faults::none(), story, platform }
    }

    async fn chosen(&self, actor: UserId, peer: Peer, which: usize) -> MsgId {
        let page = self.platform.history(actor, peer, Window::newest(100)).await.expect("history");
        page.messages.get(which % page.messages.len().max(1)).map_or(MsgId(0), |found| found.id)
    }

    async fn anywhere(&self, actor: UserId, which: usize) -> MsgId {
        let newest = self.platform.cut(actor).await.expect("cut").msg_id.0;
        MsgId(newest - i32::try_from(which).expect("small"))
    }

    /// Does it; refusals are as good as deeds.
    async fn act(&self, actor: Actor, deed: &Deed) -> Result<(), PlatformError> {
        let platform = &self.platform;
        let with = |to: usize| Peer::User(PEOPLE[to]);
        match deed.clone() {
            Deed::Send { to, random_id, reply } => {
                let reply_id = if reply < 2 { self.chosen(actor.user, with(to), reply).await } else { MsgId(0) };
                let mut outgoing = text(with(to), "a #word and a.com", random_id);
                outgoing.reply = (reply_id.0 > 0)
                    .then(|| platform::messages::ReplyTo { id: reply_id, ..platform::messages::ReplyTo::default() });
                platform.send_message(actor, outgoing).await.map(drop)
            }
            Deed::Edit { to, which } => {
                let id = self.chosen(actor.user, with(to), which).await;
                platform.edit_message(actor, with(to), id, &format!("edited {which}"), &[]).await.map(drop)
            }
            Deed::Delete { which, revoke } => {
                let mut ids = Vec::new();
                for one in which {
                    ids.push(self.anywhere(actor.user, one).await);
                }
                platform.delete_messages(actor, &ids, revoke).await.map(drop)
            }
            Deed::Clear { to, just_clear, revoke } => {
                let deletion = Deletion { just_clear, revoke, ..Deletion::default() };
                platform.delete_history(actor, with(to), deletion).await.map(drop)
            }
            Deed::Read { to, which } => {
                let id = self.chosen(actor.user, with(to), which).await;
                platform.read_history(actor, with(to), id).await.map(drop)
            }
            Deed::Pin { to, which, unpin, one_side } => {
                let id = self.chosen(actor.user, with(to), which).await;
                platform.pin_message(actor, with(to), id, Pinning { unpin, one_side, silent: false }).await.map(drop)
            }
            Deed::UnpinAll { to } => platform.unpin_all(actor, with(to)).await.map(drop),
            Deed::Forward { from, to, which } => {
                let mut ids = Vec::new();
                for one in which {
                    ids.push(self.chosen(actor.user, with(from), one).await);
                }
                let random_ids = (0..ids.len()).map(|at| 1_000 + at as i64 + i64::from(ids[0].0) * 10).collect();
                let request = ForwardRequest { ids, random_ids, ..ForwardRequest::default() };
                platform.forward_messages(actor, with(from), with(to), request).await.map(drop)
            }
            Deed::Draft { to, empty } => {
                let text = if empty { String::new() } else { "so far".to_owned() };
                platform.save_draft(actor, with(to), Draft { text, ..Draft::default() }).await
            }
            Deed::PinDialog { to, pinned } => platform.pin_dialog(actor, with(to), pinned).await,
            Deed::Archive { to, folder } => platform.move_dialogs(actor, &[(with(to), folder)]).await.map(drop),
            Deed::Mark { to, unread } => platform.mark_unread(actor, with(to), unread).await,
            Deed::Notice => platform.send_service_message(actor.user, "code", Vec::new()).await.map(drop),
        }
    }
}

async fn open(store: &Store, story: &Arc<Story>) -> Platform {
    // Checkpoints come often, so that much is read that was written down by one.
    let bounds = Bounds { checkpoint_events: 5, ..Bounds::default() };
    let settings = Settings { delivery: common::delivery(), bounds, ..Settings::default() };
    let ports = platform::Ports::memory(store.clone(), Bus::in_process(), story.clone());
    Platform::open(ports, settings).await.expect("opens")
}

fn text(peer: Peer, text: &str, random_id: i64) -> Outgoing {
    Outgoing {
        peer,
        text: text.to_owned(),
        entities: Vec::new(),
        random_id,
        reply: None,
        flags: Flags::default(),
        media: None,
        clear_draft: true,
    }
}

fn peers() -> Vec<Peer> {
    PEOPLE.iter().map(|user| Peer::User(*user)).chain([Peer::User(platform::SERVICE_USER_ID)]).collect()
}

/// Memory, a fresh reading of the store, and a count by hand agree, once all letters are taken.
async fn check_projections(world: &World) {
    world.platform.drain_outbox().await.expect("letters are taken");
    let fresh = open(&world.store, &world.story).await;
    for user in PEOPLE {
        let known = world.platform.dialogs_with(user, &peers()).await.expect("dialogs");
        assert_eq!(known, fresh.dialogs_with(user, &peers()).await.expect("dialogs"), "reloaded");
        let list = |platform: Platform| async move {
            platform.dialogs(user, None, false, DialogOffset::default(), 100).await.expect("list")
        };
        assert_eq!(list(world.platform.clone()).await, list(fresh.clone()).await, "order");
        let (cut, again) = (world.platform.cut(user).await.expect("cut"), fresh.cut(user).await.expect("cut"));
        assert_eq!((cut.pts, cut.msg_id, cut.seq, cut.unread), (again.pts, again.msg_id, again.seq, again.unread));
        for dialog in known.dialogs {
            check_by_hand(world, user, &dialog).await;
        }
    }
}

async fn check_by_hand(world: &World, user: UserId, dialog: &platform::mailbox::Dialog) {
    let mut all = Vec::new();
    loop {
        let offset_id = all.last().map_or(0, |last: &platform::mailbox::Numbered| last.id.0);
        let window = Window { offset_id, ..Window::newest(100) };
        let page = world.platform.history(user, dialog.peer, window).await.expect("history");
        if page.messages.is_empty() {
            break;
        }
        all.extend(page.messages);
    }
    check_windows(world, user, dialog.peer, &all).await;
    let unread = all.iter().filter(|found| !found.message.is_out() && found.id > dialog.read_inbox_max).count();
    let mut pinned: Vec<MsgId> =
        all.iter().filter(|found| found.message.flags.has(Flags::PINNED)).map(|found| found.id).collect();
    pinned.reverse();
    assert_eq!(dialog.count as usize, all.len(), "count");
    assert_eq!(dialog.unread as usize, unread, "unread");
    assert_eq!(dialog.top, all.first().map_or(MsgId(0), |found| found.id), "top");
    assert_eq!(dialog.pinned_messages, pinned, "pinned");
}

/// A conversation's pages, whichever way they are asked for, have what the mailbox has of it; `all` is newest first.
async fn check_windows(world: &World, user: UserId, peer: Peer, all: &[platform::mailbox::Numbered]) {
    let newest = world.platform.cut(user).await.expect("cut").msg_id.0;
    let ids: Vec<MsgId> = (1..=newest).rev().map(MsgId).collect();
    let kept = world.platform.messages(user, &ids).await.expect("messages").into_iter().flatten();
    let kept: Vec<MsgId> = kept.filter(|found| found.message.peer == peer).map(|found| found.id).collect();
    assert_eq!(all.iter().map(|found| found.id).collect::<Vec<_>>(), kept, "from the newest");
    for (place, id) in kept.iter().enumerate() {
        let window = Window { offset_id: id.0, add_offset: -3, limit: 4, ..Window::default() };
        let page = world.platform.history(user, peer, window).await.expect("history");
        let found: Vec<MsgId> = page.messages.iter().map(|found| found.id).collect();
        let around = &kept[(place + 1).saturating_sub(3)..(place + 2).min(kept.len())];
        assert_eq!(found, around, "around {id:?}");
    }
}

/// Both copies of a message that are still there say the same, and name each other; each has at most one.
async fn check_copies(world: &World) {
    let mut copies: BTreeMap<(UserId, MsgId), (UserId, platform::mailbox::Numbered)> = BTreeMap::new();
    for user in PEOPLE {
        let newest = world.platform.cut(user).await.expect("cut").msg_id.0;
        let ids: Vec<MsgId> = (1..=newest).map(MsgId).collect();
        for found in world.platform.messages(user, &ids).await.expect("messages").into_iter().flatten() {
            let Some(sibling) = found.message.sibling.filter(|_| !found.message.is_out()) else { continue };
            let twin = copies.insert((sibling.owner, sibling.id), (user, found));
            assert_eq!(twin, None, "nobody has a message twice");
        }
    }
    for ((author, id), (_, copy)) in copies {
        let Some(own) = world.platform.message(author, id).await.expect("reads") else { continue };
        let said = |of: &platform::mailbox::Message| (of.text.clone(), of.entities.clone(), of.date, of.edit_date);
        assert_eq!(said(&own.message), said(&copy.message));
        let answers = |of: &platform::mailbox::Message| of.reply.as_ref().and_then(|reply| reply.id);
        let (Some(own_answer), Some(answer)) = (answers(&own.message), answers(&copy.message)) else { continue };
        let answered = world.platform.message(author, own_answer).await.expect("reads");
        let others = world.platform.message(copy_owner(&own), answer).await.expect("reads");
        if let (Some(answered), Some(others)) = (answered, others) {
            assert_eq!(answered.message.date, others.message.date, "both answer the same message");
            assert_eq!(answered.message.text, others.message.text, "both answer the same message");
        }
    }
}

fn copy_owner(own: &platform::mailbox::Numbered) -> UserId {
    own.message.sibling.expect("there is a copy").owner
}

/// A device: what it holds, and how far it has come.
#[derive(Default)]
struct Device {
    messages: BTreeMap<MsgId, Option<String>>,
    cursor: Cursor,
    date: i32,
}

impl Device {
    fn new() -> Self {
        Self { cursor: Cursor { pts: Pts(1), ..Cursor::default() }, ..Self::default() }
    }

    fn take(&mut self, entry: &Entry) {
        match entry {
            Entry::Message(id, message) => drop(self.messages.insert(*id, Some(message.text.clone()))),
            Entry::Event(_, event) => match &event.body {
                EventBody::Deleted { ids, .. } => ids.iter().for_each(|id| drop(self.messages.remove(id))),
                EventBody::Edited { id } => {
                    // The text is read when the device shows it.
                    self.messages.entry(*id).and_modify(|text| *text = None);
                }
                _ => {}
            },
            Entry::Change(..) => {}
        }
    }

    /// Follows pushes: no pts may be missing.
    async fn follow(&mut self, platform: &Platform, user: UserId) {
        let (entries, cut) = platform.entries_since(user, self.cursor).await.expect("entries");
        let entries = entries.expect("never too far behind");
        let live = entries.iter().map(|item| &item.entry).filter(|entry| !matches!(entry, Entry::Change(..)));
        let mut pts = self.cursor.pts.0;
        for entry in live {
            pts += match entry {
                Entry::Event(_, event) => event.pts_count,
                _ => 1,
            };
            assert_eq!(entry.pts().0, pts, "no gap in what is pushed");
        }
        entries.iter().for_each(|item| self.take(&item.entry));
        assert_eq!(pts, cut.pts.0, "nothing left out");
        (self.cursor, self.date) = (cut.cursor(), cut.date);
    }

    /// Asks for the difference, in slices of this size.
    async fn catch_up(&mut self, platform: &Platform, user: UserId, slice: i32) {
        let limits = DifferenceLimits { slice: Some(slice), total: None };
        loop {
            let found = platform.difference(user, self.cursor.pts, self.date, limits).await.expect("difference");
            let (entries, cut, is_last) = match found {
                Difference::Empty(cut) => (Vec::new(), cut, true),
                Difference::Full(entries, cut) => (entries, cut, true),
                Difference::Slice(entries, cut) => (entries, cut, false),
                Difference::TooLong(_) => panic!("the log is whole"),
            };
            assert!(entries.len() <= slice as usize || is_last, "a slice is no longer than asked");
            entries.iter().for_each(|entry| self.take(entry));
            self.cursor.pts = cut.pts;
            self.date = cut.date;
            if is_last {
                self.cursor = cut.cursor();
                return;
            }
        }
    }

    async fn check(&self, platform: &Platform, user: UserId) {
        let cut = platform.cut(user).await.expect("cut");
        assert_eq!(self.cursor.pts, cut.pts);
        let ids: Vec<MsgId> = (1..=cut.msg_id.0).map(MsgId).collect();
        let found = platform.messages(user, &ids).await.expect("messages");
        let held: Vec<MsgId> = self.messages.keys().copied().collect();
        let kept: Vec<MsgId> = found.iter().flatten().map(|found| found.id).collect();
        assert_eq!(held, kept, "the device holds what the server holds");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn memory_equals_the_disk_and_a_count_by_hand(deeds in prop::collection::vec((0..3_usize, deed()), 1..60)) {
        block_on(async {
            let world = World::new().await;
            for (who, deed) in &deeds {
                world.story.pass_seconds(1);
                let _refused = world.act(Actor::server(PEOPLE[*who]), deed).await;
                check_projections(&world).await;
            }
            check_copies(&world).await;
        });
    }

    #[test]
    fn failed_commits_change_nothing(
        deeds in prop::collection::vec((0..3_usize, deed(), 0..8_u8), 1..50),
    ) {
        block_on(async {
            let world = World::new().await;
            for (who, deed, fate) in &deeds {
                world.story.pass_seconds(1);
                match fate {
                    0 => world.faults.fail_nth(1),
                    1 => world.faults.unknown_nth(1, true),
                    2 => world.faults.unknown_nth(1, false),
                    _ => {}
                }
                let _refused = world.act(Actor::server(PEOPLE[*who]), deed).await;
                check_projections(&world).await;
            }
            check_copies(&world).await;
        });
    }

    /// Letters wait for any time, commits fail anywhere, and the server is started anew at any moment.
    #[test]
    fn whatever_happens_on_the_way_everything_arrives_once(
        deeds in prop::collection::vec((0..3_usize, deed(), 0..12_u8), 1..80),
    ) {
        block_on(async {
            let mut world = World::new().await;
            for (who, deed, fate) in &deeds {
                world.story.pass_seconds(1);
                match fate {
                    0 => world.faults.fail_nth(1),
                    1 => world.faults.unknown_nth(2, true),
                    2 => world.faults.unknown_nth(2, false),
                    3 => world.platform = open(&world.store, &world.story).await,
                    4 | 5 => drop(world.platform.drain_outbox().await),
                    6 => {
                        world.faults.fail_nth(2);
                        drop(world.platform.drain_outbox().await);
                    }
                    _ => {}
                }
                let _refused = world.act(Actor::server(PEOPLE[*who]), deed).await;
            }
            check_projections(&world).await;
            check_copies(&world).await;
        });
    }

    #[test]
    fn a_device_ends_with_the_servers_messages(
        deeds in prop::collection::vec((0..3_usize, deed(), 0..6_i32), 1..80),
    ) {
        block_on(async {
            let world = World::new().await;
            let mut devices: Vec<Device> = PEOPLE.iter().map(|_| Device::new()).collect();
            for (who, deed, way) in &deeds {
                let _refused = world.act(Actor::server(PEOPLE[*who]), deed).await;
                if *way != 5 {
                    world.platform.drain_outbox().await.expect("letters are taken");
                }
                for (device, user) in devices.iter_mut().zip(PEOPLE) {
                    match way {
                        0 => device.follow(&world.platform, user).await,
                        1..=3 => device.catch_up(&world.platform, user, *way).await,
                        _ => {}
                    }
                }
            }
            world.platform.drain_outbox().await.expect("letters are taken");
            for (device, user) in devices.iter_mut().zip(PEOPLE) {
                device.catch_up(&world.platform, user, 7).await;
                device.check(&world.platform, user).await;
            }
        });
    }
}

/// Long enough for checkpoints, eviction of the ring and slices.
#[test]
fn a_long_conversation_survives_checkpoints_and_restarts() {
    block_on(async { talk_long(World::new().await, 700).await });
}

#[test]
fn a_long_conversation_survives_on_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    block_on(async { talk_long(World::on_disk(folder.path()).await, 300).await });
}

#[test]
fn a_long_conversation_survives_in_a_database() {
    block_on(async { talk_long(World::on_postgres().await, 300).await });
}

async fn talk_long(mut world: World, rounds: i64) {
    let (one, other) = (Actor::server(PEOPLE[0]), Actor::server(PEOPLE[1]));
    for round in 0..rounds {
        world.story.pass_seconds(1);
        world.platform.send_message(one, text(PEOPLE[1].into(), "to", 10_000 + round)).await.expect("sent");
        if round % 3 == 0 {
            world.platform.send_message(other, text(PEOPLE[0].into(), "fro", 20_000 + round)).await.expect("sent");
        }
        if round % 50 == 0 {
            let ids: Vec<MsgId> = (0..5).map(|back| MsgId(round as i32 - back * 3)).collect();
            world.platform.delete_messages(other, &ids, true).await.expect("deleted");
            world.platform.read_history(other, PEOPLE[0].into(), MsgId(0)).await.expect("read");
        }
        if round % 100 == 99 {
            check_projections(&world).await;
            world.platform = open(&world.store, &world.story).await;
        }
    }
    world.platform.drain_outbox().await.expect("letters are taken");
    let mut device = Device::new();
    device.catch_up(&world.platform, PEOPLE[1], 500).await;
    device.check(&world.platform, PEOPLE[1]).await;
}

/// DESIGN §3: nothing read from a pending head leaves before that head is durable.
#[test]
fn nothing_leaves_before_it_is_durable() {
    block_on(async {
        let world = World::new().await;
        let (one, platform) = (Actor::server(PEOPLE[0]), &world.platform);
        platform.send_message(one, text(PEOPLE[1].into(), "first", 1)).await.expect("sent");
        platform.drain_outbox().await.expect("letters are taken");
        let before = platform.cut(PEOPLE[1]).await.expect("cut");
        world.faults.hold();
        let mut sending = Box::pin(platform.send_message(one, text(PEOPLE[1].into(), "second", 2)));
        assert!(futures::poll!(&mut sending).is_pending());
        let mut carrying = Box::pin(platform.drain_outbox());
        if common::delivery() == Delivery::Outbox {
            world.faults.step(1);
            assert!(futures::poll!(&mut carrying).is_pending(), "the letter is being taken");
        }
        let mut reading = Box::pin(platform.cut(PEOPLE[1]));
        let ayu = [PEOPLE[0].into()];
        let mut listing = Box::pin(platform.dialogs_with(PEOPLE[1], &ayu));
        let mut pushing = Box::pin(platform.entries_since(PEOPLE[1], before.cursor()));
        let mut repeating = Box::pin(platform.send_message(one, text(PEOPLE[1].into(), "second", 2)));
        assert!(futures::poll!(&mut reading).is_pending());
        assert!(futures::poll!(&mut listing).is_pending());
        assert!(futures::poll!(&mut pushing).is_pending());
        if common::delivery() == Delivery::Folded {
            assert!(futures::poll!(&mut repeating).is_pending());
        }
        world.faults.release();
        carrying.await.expect("it is taken");
        let sent = sending.await.expect("sent");
        assert_eq!(repeating.await.expect("the same"), sent);
        assert_eq!(reading.await.expect("cut").pts.0, before.pts.0 + 1);
        assert_eq!(listing.await.expect("dialogs").dialogs[0].unread, 2);
        assert_eq!(pushing.await.expect("entries").0.expect("near").len(), 1);
    });
}

/// Batches built on one that failed fail with it, and the next ones build on what is durable.
#[test]
fn a_failed_batch_takes_those_built_on_it_along() {
    block_on(async {
        let world = World::new().await;
        let (one, platform) = (Actor::server(PEOPLE[0]), &world.platform);
        platform.send_message(one, text(PEOPLE[1].into(), "first", 1)).await.expect("sent");
        world.faults.hold();
        let mut sends: Vec<_> =
            (2..6).map(|id| Box::pin(platform.send_message(one, text(PEOPLE[1].into(), "more", id)))).collect();
        for send in &mut sends {
            assert!(futures::poll!(send).is_pending());
        }
        world.faults.fail_nth(2);
        world.faults.release();
        let mut outcomes = Vec::new();
        for send in sends {
            outcomes.push(send.await.is_ok());
        }
        assert_eq!(outcomes, [true, false, false, false]);
        check_projections(&world).await;
        let last = platform.send_message(one, text(PEOPLE[1].into(), "again", 5)).await.expect("sent");
        assert_eq!(last.message.id, MsgId(3));
    });
}
