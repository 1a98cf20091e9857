//! Commits that are slow, fail, or end unknown: nothing leaves before it is durable, nothing built on a failure survives,
//! and a sender who repeats a send has it once.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::collections::BTreeMap;

use common::{Letterbox, Server};
use futures::future::{FutureExt as _, join_all};
use platform::mailbox::{Difference, DifferenceLimits, Entry, Window};
use platform::messages::{Outgoing, Sent};
use platform::{Actor, Delivery, MsgId, Peer, Platform, PlatformError, Pts, Settings, UserId};
use store::{Faults, Store, StoreError};

/// Two people on a disk that does as told.
struct Stage {
    server: Server,
    faults: Faults,
    anna: Actor,
    boris: Actor,
}

impl Stage {
    async fn open() -> Self {
        let faults = Faults::none();
        let store = Store::memory_with(faults.clone());
        let server = Server::start_with(store, Settings::default(), Letterbox::default()).await;
        let (anna, anna_key) = server.sign_up(1, "+15550001", "Anna").await;
        let (boris, boris_key) = server.sign_up(2, "+15550002", "Boris").await;
        let anna = Actor { user: anna, device: Some(anna_key.id) };
        let boris = Actor { user: boris, device: Some(boris_key.id) };
        let stage = Self { server, faults, anna, boris };
        stage.send(1).await.expect("a first message");
        stage
    }

    /// The platform, once every letter has been taken.
    fn platform(&self) -> &Platform {
        self.server.platform()
    }

    /// Anna sends Boris the message with this number.
    async fn send(&self, random_id: i64) -> Result<Sent, PlatformError> {
        let outgoing = Outgoing {
            peer: Peer::User(self.boris.user),
            text: format!("beat {random_id}"),
            entities: Vec::new(),
            random_id,
            reply: None,
            flags: Default::default(),
            media: None,
            clear_draft: false,
        };
        self.server.platform.send_message(self.anna, outgoing).await
    }

    /// Texts of the conversation as this person sees it, oldest first.
    async fn texts(&self, reader: Actor) -> Vec<String> {
        let partner = if reader.user == self.anna.user { self.boris } else { self.anna };
        let mut texts = Vec::new();
        let mut window = Window::newest(100);
        loop {
            let page = self.platform().history(reader.user, Peer::User(partner.user), window).await.expect("reads");
            let Some(oldest) = page.messages.last() else { break };
            window.offset_id = oldest.id.0;
            texts.extend(page.messages.iter().map(|found| found.message.text.clone()));
        }
        texts.reverse();
        texts
    }

    /// New messages after this pts; asserts that pts rises by one for each of them.
    async fn missed(&self, reader: UserId, after: Pts) -> Vec<(MsgId, String)> {
        let difference = self.platform().difference(reader, after, i32::MAX, DifferenceLimits::default()).await;
        let entries = match difference.expect("reads") {
            Difference::Empty(_) => Vec::new(),
            Difference::Full(entries, _) => entries,
            other => panic!("a short way behind: {other:?}"),
        };
        let mut pts = after;
        let mut found = Vec::new();
        for entry in entries {
            let Entry::Message(id, message) = entry else { continue };
            pts.0 += 1;
            assert_eq!(message.pts, pts, "no gap and no double");
            found.push((id, message.text.clone()));
        }
        found
    }

    async fn pts(&self, user: UserId) -> Pts {
        self.platform().cut(user).await.expect("reads").pts
    }
}

fn is_unavailable<T>(outcome: &Result<T, PlatformError>) -> bool {
    matches!(outcome, Err(PlatformError::Store(StoreError::Unavailable(_))))
}

#[tokio::test]
async fn nothing_pending_leaves_the_server() {
    let stage = Stage::open().await;
    let (anna, boris) = (stage.anna.user, stage.boris.user);
    let before = stage.pts(boris).await;
    stage.faults.hold();
    let mut send = Box::pin(stage.send(2));
    assert!(futures::poll!(&mut send).is_pending(), "not acknowledged before it is durable");

    let to_anna = Peer::User(anna);
    // Whoever asks waits, or is told what was there before.
    let platform = &stage.server.platform;
    let cut = platform.cut(boris).now_or_never();
    assert!(cut.is_none_or(|cut| cut.is_ok_and(|cut| cut.pts == before)), "the state would give it away");
    let dialog = platform.dialog(boris, to_anna).now_or_never();
    assert!(dialog.is_none_or(|dialog| dialog.is_ok_and(|dialog| dialog.unread == 1)), "so would the unread counter");
    let difference = platform.difference(boris, before, i32::MAX, DifferenceLimits::default()).now_or_never();
    assert!(difference.is_none_or(|found| matches!(found, Ok(Difference::Empty(_)))), "and a difference");
    let history = platform.history(boris, to_anna, Window::newest(10)).now_or_never();
    assert!(history.is_none_or(|page| page.is_ok_and(|page| page.messages.len() == 1)), "and the history");

    stage.faults.release();
    send.await.expect("durable at last");
    assert_eq!(stage.missed(boris, before).await.len(), 1);
}

#[tokio::test]
async fn a_failed_send_leaves_no_trace_and_can_be_repeated() {
    let stage = Stage::open().await;
    let before = stage.pts(stage.boris.user).await;
    stage.faults.fail_nth(1);
    assert!(is_unavailable(&stage.send(2).await));
    assert_eq!(stage.missed(stage.boris.user, before).await, []);
    stage.send(2).await.expect("the disk is well again");
    for reader in [stage.anna, stage.boris] {
        assert_eq!(stage.texts(reader).await, ["beat 1", "beat 2"]);
    }
    let missed = stage.missed(stage.boris.user, before).await;
    assert_eq!(missed.len(), 1, "once: {missed:?}");
}

#[tokio::test]
async fn what_was_built_on_a_failure_fails_with_it() {
    let stage = Stage::open().await;
    let before = stage.pts(stage.boris.user).await;
    stage.faults.hold();
    let mut sends = (2..7).map(|number| Box::pin(stage.send(number))).collect::<Vec<_>>();
    for send in &mut sends {
        assert!(futures::poll!(send).is_pending());
    }
    stage.faults.fail_nth(3);
    stage.faults.release();
    let outcomes = join_all(sends).await;
    let is_sent = outcomes.iter().map(Result::is_ok).collect::<Vec<_>>();
    assert_eq!(is_sent, [true, true, false, false, false], "later ones stood on numbers that do not exist");
    for number in 4..7 {
        stage.send(number).await.expect("repeated");
    }
    let expected = (1..7).map(|number| format!("beat {number}")).collect::<Vec<_>>();
    assert_eq!(stage.texts(stage.anna).await, expected);
    assert_eq!(stage.texts(stage.boris).await, expected);
    assert_eq!(stage.missed(stage.boris.user, before).await.len(), 5);
}

#[tokio::test]
async fn an_unknown_outcome_is_settled_by_repeating() {
    for is_written in [false, true] {
        let mut stage = Stage::open().await;
        stage.faults.unknown_nth(1, is_written);
        let outcome = stage.send(2).await;
        assert!(matches!(outcome, Err(PlatformError::Store(StoreError::Unknown(_)))), "{outcome:?}");
        let repeated = stage.send(2).await.expect("repeated");
        let again = stage.send(2).await.expect("and again");
        assert_eq!(repeated.message.id, again.message.id);
        assert_eq!(stage.texts(stage.boris).await, ["beat 1", "beat 2"], "written: {is_written}");
        stage.server.restart().await;
        assert_eq!(stage.send(2).await.expect("after a restart").message.id, again.message.id);
        assert_eq!(stage.texts(stage.anna).await, ["beat 1", "beat 2"], "written: {is_written}");
    }
}

#[tokio::test]
async fn a_full_disk_stops_sending_and_not_reading() {
    let stage = Stage::open().await;
    stage.platform();
    stage.faults.set_read_only(true);
    assert!(is_unavailable(&stage.send(2).await));
    assert_eq!(stage.texts(stage.boris).await, ["beat 1"]);
    assert!(stage.platform().cut(stage.anna.user).await.is_ok());
    stage.faults.set_read_only(false);
    stage.send(2).await.expect("there is room again");
    assert_eq!(stage.texts(stage.boris).await, ["beat 1", "beat 2"]);
}

/// A disk that fails now and then, both people sending at once and repeating what was not acknowledged.
#[tokio::test]
async fn on_a_bad_disk_every_message_arrives_once() {
    let mut stage = Stage::open().await;
    let befores = [stage.pts(stage.anna.user).await, stage.pts(stage.boris.user).await];
    let mut numbers = BTreeMap::new();
    for round in 0..60_i64 {
        plan_trouble(&stage.faults, round);
        let mut open = (0..5).map(|number| 100 + round * 5 + number).collect::<Vec<_>>();
        for attempt in 0.. {
            assert!(attempt < 20, "round {round}: {open:?} never arrive");
            let outcomes = join_all(open.iter().map(|number| stage.send(*number))).await;
            for (number, outcome) in open.iter().zip(&outcomes) {
                if let Ok(sent) = outcome {
                    numbers.insert(*number, sent.message.id);
                }
            }
            open.retain(|number| !numbers.contains_key(number));
            if open.is_empty() {
                break;
            }
        }
        stage.server.story.pass_seconds(5);
    }
    for _ in 0..2 {
        for (reader, before) in [stage.anna, stage.boris].into_iter().zip(befores) {
            check_complete(&stage, reader.user, before, &numbers).await;
        }
        stage.server.restart().await;
    }
}

fn plan_trouble(faults: &Faults, round: i64) {
    let nth = 1 + (round % 4) as u64;
    match round % 5 {
        0 => faults.fail_nth(nth),
        1 => faults.unknown_nth(nth, true),
        2 => faults.unknown_nth(nth, false),
        3 => {
            faults.fail_nth(nth);
            faults.unknown_nth(nth + 2, round % 2 == 0);
        }
        _ => {}
    }
}

async fn check_complete(stage: &Stage, reader: UserId, before: Pts, numbers: &BTreeMap<i64, MsgId>) {
    let missed = stage.missed(reader, before).await;
    let mut texts = missed.iter().map(|(_, text)| text.clone()).collect::<Vec<_>>();
    texts.sort();
    let mut expected = numbers.keys().map(|number| format!("beat {number}")).collect::<Vec<_>>();
    expected.sort();
    assert_eq!(texts, expected, "every message once");
    assert!(missed.windows(2).all(|pair| pair[0].0 < pair[1].0), "ids rise with pts");
    if reader == stage.anna.user {
        for (number, id) in numbers {
            assert!(missed.contains(&(*id, format!("beat {number}"))), "what was acknowledged is what is there");
        }
    }
}

/// Memory has all that it takes to read what somebody wrote: reading it stands behind it on its way to the disk, and what is
/// written then waits for neither.
#[tokio::test]
async fn what_is_on_its_way_to_the_disk_is_read_without_waiting_for_it() {
    let stage = Stage::open().await;
    if stage.server.settings.delivery == Delivery::Outbox {
        return;
    }
    let platform = &stage.server.platform;
    stage.faults.hold();
    let mut second = Box::pin(stage.send(2));
    assert!(second.as_mut().now_or_never().is_none());
    let mut reading = Box::pin(platform.read_history(stage.boris, stage.anna.user.into(), MsgId(0)));
    assert!(reading.as_mut().now_or_never().is_none(), "nobody hears of it before it is durable");
    let mut third = Box::pin(stage.send(3));
    assert!(third.as_mut().now_or_never().is_none());
    assert_eq!(stage.faults.waiting(), 3, "all of them are on their way");
    stage.faults.step(1);
    assert!(reading.as_mut().now_or_never().is_none());
    stage.faults.release();
    let (second, read) = (second.await.unwrap().message, reading.await.unwrap());
    third.await.unwrap();
    let told = platform.dialog(stage.anna.user, stage.boris.user.into()).await.unwrap().read_outbox_max;
    let unread = platform.dialog(stage.boris.user, stage.anna.user.into()).await.unwrap().unread;
    assert_eq!((told, unread, read.pts_count), (second.id, 1, 1));
}

/// A reading that was built on a message which does not reach the disk is no reading.
#[tokio::test]
async fn nobody_is_told_that_a_message_was_read_which_was_never_written() {
    let stage = Stage::open().await;
    if stage.server.settings.delivery == Delivery::Outbox {
        return;
    }
    let platform = &stage.server.platform;
    platform.read_history(stage.boris, stage.anna.user.into(), MsgId(0)).await.unwrap();
    let before = platform.dialog(stage.anna.user, stage.boris.user.into()).await.unwrap();
    stage.faults.hold();
    stage.faults.fail_nth(1);
    let mut second = Box::pin(stage.send(2));
    assert!(second.as_mut().now_or_never().is_none());
    let mut reading = Box::pin(platform.read_history(stage.boris, stage.anna.user.into(), MsgId(0)));
    assert!(reading.as_mut().now_or_never().is_none());
    stage.faults.release();
    assert!(second.await.is_err() && reading.await.is_err());
    let after = platform.dialog(stage.anna.user, stage.boris.user.into()).await.unwrap();
    assert_eq!(after.read_outbox_max, before.read_outbox_max);
}

/// What was deleted may be the last that memory has: then the disk is asked whose words were read.
#[tokio::test]
async fn a_message_that_was_deleted_is_not_said_to_be_read() {
    let stage = Stage::open().await;
    let (second, third) = (stage.send(2).await.unwrap().message, stage.send(3).await.unwrap().message);
    let platform = stage.platform();
    platform.drain_outbox().await.unwrap();
    platform.delete_messages(stage.anna, &[third.id], true).await.unwrap();
    platform.drain_outbox().await.unwrap();
    platform.read_history(stage.boris, stage.anna.user.into(), MsgId(0)).await.unwrap();
    platform.drain_outbox().await.unwrap();
    let told = platform.dialog(stage.anna.user, stage.boris.user.into()).await.unwrap().read_outbox_max;
    assert_eq!(told, second.id);
}
