//! Letters between mailboxes: whatever happens between the sender's commit, the recipient's and the removal of the letter,
//! everything that was acknowledged arrives once and in the sender's order.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::time::Duration;

use common::{Letterbox, Server};
use futures::future::{join_all, pending, select};
use platform::limits::outbox::{LETTERS_PAGE, LETTERS_TO_ONE_MAX, LETTERS_WAIT_SECONDS};
use platform::mailbox::{Flags, Window};
use platform::messages::{Outgoing, Pinning, ReplyTo, Sent};
use platform::{Actor, Delivery, MsgId, Peer, Platform, PlatformError, Refusal, Settings, UserId};
use store::{Batch, Class, Faults, Key, Owner, Store};

/// People who write to each other, on a disk that does as told.
struct Post {
    server: Server,
    faults: Faults,
}

const ANNA: Actor = Actor { user: UserId(11), device: None };
const BORIS: Actor = Actor { user: UserId(12), device: None };

impl Post {
    async fn open() -> Self {
        let faults = Faults::none();
        let mut server =
            Server::start_with(Store::memory_with(faults.clone()), Settings::default(), Letterbox::default()).await;
        server.settings.delivery = Delivery::Outbox;
        server.restart().await;
        Self { server, faults }
    }

    fn platform(&self) -> &Platform {
        &self.server.platform
    }

    async fn send(&self, from: Actor, to: Actor, number: i64) -> Result<Sent, PlatformError> {
        self.platform().send_message(from, words(to.user, &format!("beat {number}"), number)).await
    }

    /// What a person has of a conversation, oldest first.
    async fn texts(&self, of: Actor, with: Actor) -> Vec<String> {
        let mut texts = Vec::new();
        let mut window = Window::newest(100);
        loop {
            let page = self.platform().history(of.user, with.user.into(), window).await.unwrap();
            let Some(oldest) = page.messages.last() else { break };
            window.offset_id = oldest.id.0;
            texts.extend(page.messages.iter().map(|found| found.message.text.clone()));
        }
        texts.reverse();
        texts
    }

    /// Runs the carriers until the recipient has so many messages.
    async fn carry_until(&self, of: Actor, with: Actor, count: i32) {
        let mut seen = self.server.platform.dialog(of.user, with.user.into()).await.unwrap().count;
        let never = |_: Duration| -> futures::future::BoxFuture<'static, ()> { Box::pin(pending()) };
        let platform = self.platform().clone();
        let carriers = Box::pin(platform.run_outbox(never));
        let arrived = Box::pin(async {
            while seen < count {
                tokio::task::yield_now().await;
                seen = self.platform().dialog(of.user, with.user.into()).await.unwrap().count;
            }
        });
        select(arrived, carriers).await;
    }
}

fn words(to: UserId, text: &str, random_id: i64) -> Outgoing {
    Outgoing {
        peer: Peer::User(to),
        text: text.to_owned(),
        entities: Vec::new(),
        random_id,
        reply: None,
        flags: Flags::default(),
        media: None,
        clear_draft: false,
    }
}

fn beats(numbers: impl Iterator<Item = i64>) -> Vec<String> {
    numbers.map(|number| format!("beat {number}")).collect()
}

#[tokio::test]
async fn an_acknowledged_message_is_taken_after_a_crash() {
    let mut post = Post::open().await;
    for number in 1..=3 {
        post.send(ANNA, BORIS, number).await.unwrap();
    }
    assert!(post.texts(BORIS, ANNA).await.is_empty(), "it is acknowledged before it arrives");
    post.server.restart().await;
    post.carry_until(BORIS, ANNA, 3).await;
    assert_eq!(post.texts(BORIS, ANNA).await, beats(1..=3), "nothing told of them but the list of writers");
}

/// After the recipient's batch, before the letter goes: whatever the recipient did with the message meanwhile, it does not
/// come again.
#[tokio::test]
async fn a_letter_that_was_taken_is_not_taken_again() {
    for is_deleted in [false, true] {
        let mut post = Post::open().await;
        post.send(ANNA, BORIS, 1).await.unwrap();
        post.faults.fail_nth(2);
        for attempt in 3..6 {
            post.faults.fail_nth(attempt);
        }
        let _refused = post.platform().drain_outbox().await;
        assert_eq!(post.texts(BORIS, ANNA).await, beats(1..=1), "it was taken, and the letter stayed");
        post.server.restart().await;
        if is_deleted {
            post.platform().delete_messages(BORIS, &[MsgId(1)], false).await.unwrap();
            post.server.restart().await;
        }
        let before = post.platform().cut(BORIS.user).await.unwrap().pts;
        post.platform().drain_outbox().await.unwrap();
        assert_eq!(post.platform().cut(BORIS.user).await.unwrap().pts, before);
        assert_eq!(post.texts(BORIS, ANNA).await.len(), usize::from(!is_deleted));
        post.send(ANNA, BORIS, 2).await.unwrap();
        post.platform().drain_outbox().await.unwrap();
        assert_eq!(post.texts(BORIS, ANNA).await.last().unwrap(), "beat 2", "the numbers go on");
    }
}

#[tokio::test]
async fn unknown_outcomes_at_every_step_double_nothing() {
    for nth in 1..=4 {
        for is_written in [false, true] {
            let mut post = Post::open().await;
            post.faults.unknown_nth(nth, is_written);
            let mut attempts = 0;
            while post.send(ANNA, BORIS, 1).await.is_err() {
                attempts += 1;
                assert!(attempts < 4);
            }
            post.platform().drain_outbox().await.unwrap();
            post.platform().drain_outbox().await.unwrap();
            assert_eq!(post.texts(BORIS, ANNA).await, beats(1..=1), "step {nth}, written: {is_written}");
            post.server.restart().await;
            post.platform().drain_outbox().await.unwrap();
            assert_eq!(post.texts(BORIS, ANNA).await, beats(1..=1), "step {nth}, written: {is_written}");
            assert_eq!(post.texts(ANNA, BORIS).await, beats(1..=1));
        }
    }
}

/// Ten people write to one, commits fail now and then, and the carriers start right after each send without any timer.
#[tokio::test]
async fn a_thousand_messages_arrive_once_and_in_order() {
    const EACH: i64 = 100;
    let post = Post::open().await;
    let senders: Vec<Actor> = (0..10).map(|number| Actor::server(UserId(100 + number))).collect();
    let platform = post.platform().clone();
    let soon = |_: Duration| -> futures::future::BoxFuture<'static, ()> { Box::pin(tokio::task::yield_now()) };
    let carriers = Box::pin(platform.run_outbox(soon));
    let sending = Box::pin(async {
        join_all(senders.iter().map(|sender| {
            let post = &post;
            async move {
                for number in 1..=EACH {
                    if number % 17 == 0 {
                        post.faults.fail_nth(2);
                        post.faults.unknown_nth(5, number % 2 == 0);
                    }
                    while post.send(*sender, BORIS, number).await.is_err() {
                        tokio::task::yield_now().await;
                    }
                    tokio::task::yield_now().await;
                }
            }
        }))
        .await;
        while post.platform().cut(BORIS.user).await.unwrap().msg_id.0 < 10 * EACH as i32 {
            tokio::task::yield_now().await;
        }
    });
    select(sending, carriers).await;
    post.platform().drain_outbox().await.unwrap();
    for sender in senders {
        assert_eq!(post.texts(BORIS, sender).await, beats(1..=EACH));
    }
    let cut = post.platform().cut(BORIS.user).await.unwrap();
    assert_eq!((cut.pts.0, cut.msg_id.0, cut.unread), (1 + 10 * EACH as i32, 10 * EACH as i32, 10 * EACH as i32));
}

/// Edits, pins and deletions that are on their way together with their messages keep their order.
#[tokio::test]
async fn what_happens_to_a_message_before_it_arrives_arrives_after_it() {
    let post = Post::open().await;
    let platform = post.platform();
    platform.send_message(BORIS, words(BORIS.user, "shifts the numbers", 1)).await.unwrap();
    let first = post.send(ANNA, BORIS, 1).await.unwrap().message.id;
    let second = post.send(ANNA, BORIS, 2).await.unwrap().message.id;
    let mut answer = words(BORIS.user, "and so", 3);
    answer.reply = Some(ReplyTo { id: first, ..ReplyTo::default() });
    platform.send_message(ANNA, answer).await.unwrap();
    platform.edit_message(ANNA, BORIS.user.into(), first, "beat one", &[]).await.unwrap();
    platform.pin_message(ANNA, BORIS.user.into(), first, Pinning::default()).await.unwrap();
    platform.delete_messages(ANNA, &[second], true).await.unwrap();
    platform.drain_outbox().await.unwrap();
    assert_eq!(post.texts(BORIS, ANNA).await, ["beat one", "and so", ""]);
    let page = platform.history(BORIS.user, ANNA.user.into(), Window::newest(10)).await.unwrap().messages;
    let answers = |place: usize| page[place].message.reply.as_ref().and_then(|reply| reply.id);
    assert_eq!((answers(0), answers(1)), (Some(page[2].id), Some(page[2].id)), "the notice and the answer");
    assert!(page[2].message.flags.has(Flags::PINNED));
}

#[tokio::test]
async fn a_deed_on_a_message_that_the_recipient_deleted_is_harmless() {
    let mut post = Post::open().await;
    let sent = post.send(ANNA, BORIS, 1).await.unwrap().message.id;
    post.platform().drain_outbox().await.unwrap();
    post.platform().edit_message(ANNA, BORIS.user.into(), sent, "late", &[]).await.unwrap();
    post.platform().pin_message(ANNA, BORIS.user.into(), sent, Pinning::default()).await.unwrap();
    post.platform().delete_messages(BORIS, &[MsgId(1)], false).await.unwrap();
    post.platform().delete_messages(ANNA, &[sent], true).await.unwrap();
    let before = post.platform().cut(BORIS.user).await.unwrap().pts;
    post.platform().drain_outbox().await.unwrap();
    assert_eq!(post.platform().cut(BORIS.user).await.unwrap().pts, before, "nothing happened there");
    post.server.restart().await;
    post.send(ANNA, BORIS, 2).await.unwrap();
    post.platform().drain_outbox().await.unwrap();
    assert_eq!(post.texts(BORIS, ANNA).await, beats(2..=2));
}

#[tokio::test]
async fn letters_of_an_earlier_run_are_taken_before_anything_is_folded() {
    let mut post = Post::open().await;
    let sent = post.send(ANNA, BORIS, 1).await.unwrap().message.id;
    post.server.settings.delivery = Delivery::Folded;
    post.server.restart().await;
    post.send(ANNA, BORIS, 2).await.unwrap();
    assert_eq!(post.texts(BORIS, ANNA).await, beats(1..=2));
    post.platform().edit_message(ANNA, BORIS.user.into(), sent, "beat one", &[]).await.unwrap();
    assert_eq!(post.texts(BORIS, ANNA).await, ["beat one", "beat 2"], "what came by letter is found when folding");
}

#[tokio::test]
async fn who_has_too_many_letters_waiting_is_asked_to_wait() {
    let post = Post::open().await;
    for number in 1..=LETTERS_TO_ONE_MAX as i64 {
        post.send(ANNA, BORIS, number).await.unwrap();
    }
    let refused = common::refusal(post.send(ANNA, BORIS, 9_999_999).await);
    assert_eq!(refused, Refusal::FloodWait(LETTERS_WAIT_SECONDS));
    post.send(ANNA, Actor::server(UserId(13)), 10_000_000).await.expect("others can be written to");
    post.platform().drain_outbox().await.unwrap();
    post.send(ANNA, BORIS, 9_999_999).await.expect("there is room again");
    assert_eq!(post.platform().cut(BORIS.user).await.unwrap().msg_id.0, LETTERS_TO_ONE_MAX as i32);
}

/// Two letters with the same number of a client, from two people and from one.
#[tokio::test]
async fn the_numbers_of_clients_do_not_meet() {
    let post = Post::open().await;
    let vera = Actor::server(UserId(13));
    let first = post.send(ANNA, BORIS, 7).await.unwrap();
    assert_eq!(post.send(ANNA, BORIS, 7).await.unwrap(), first, "a repeat is the same message");
    post.send(vera, BORIS, 7).await.unwrap();
    post.platform().drain_outbox().await.unwrap();
    assert_eq!((post.texts(BORIS, ANNA).await, post.texts(BORIS, vera).await), (beats(7..=7), beats(7..=7)));
    assert_eq!(post.platform().cut(BORIS.user).await.unwrap().unread, 2);
}

/// Puts something unreadable in the place of a record of this mailbox.
async fn spoil(store: &Store, of: UserId, suffix: &[u8]) {
    let mut batch = Batch::new(Class::C1);
    batch.put(Key::new(&Owner::new(1, &of.0.to_be_bytes()), suffix), vec![0xff]);
    store.commit(batch).await.unwrap();
}

/// More letters than are read at a time wait for somebody whose mailbox cannot be read.
#[tokio::test]
async fn who_cannot_be_reached_holds_up_nobody_who_stands_behind() {
    let post = Post::open().await;
    let vera = Actor::server(UserId(13));
    let waiting = 2 * LETTERS_PAGE as i64 + 1;
    for number in 1..=waiting {
        post.send(ANNA, BORIS, number).await.unwrap();
    }
    post.send(ANNA, vera, waiting + 1).await.unwrap();
    let head = [0x01];
    spoil(&post.server.store, BORIS.user, &head).await;
    assert!(post.platform().drain_outbox().await.is_err(), "not all could be taken");
    assert_eq!(post.texts(vera, ANNA).await.len(), 1);
    let mut batch = Batch::new(Class::C1);
    batch.deletes.push(Key::new(&Owner::new(1, &BORIS.user.0.to_be_bytes()), &head));
    post.server.store.commit(batch).await.unwrap();
    post.platform().drain_outbox().await.unwrap();
    assert_eq!(post.texts(BORIS, ANNA).await, beats(1..=waiting), "nothing was lost and nothing overtook");
}

#[tokio::test]
async fn a_letter_that_nobody_can_read_is_passed_over() {
    let post = Post::open().await;
    for number in 1..=3 {
        post.send(ANNA, BORIS, number).await.unwrap();
    }
    let second = [&[0x16][..], &2_i64.to_be_bytes(), &BORIS.user.0.to_be_bytes()].concat();
    spoil(&post.server.store, ANNA.user, &second).await;
    post.platform().drain_outbox().await.unwrap();
    assert_eq!(post.texts(BORIS, ANNA).await, ["beat 1", "beat 3"]);
    post.send(ANNA, BORIS, 4).await.unwrap();
    post.platform().drain_outbox().await.unwrap();
    assert_eq!(post.texts(BORIS, ANNA).await, ["beat 1", "beat 3", "beat 4"]);
}
