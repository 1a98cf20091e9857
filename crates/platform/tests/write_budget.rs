//! The write budget: how many records each operation costs, counted on the store itself.
//!
//! A new message costs one record a mailbox: itself, which is also its log entry. Everything else costs one log entry and
//! what it rewrites. Dialogs, counters, heads and the places of messages in their conversations are projections; their
//! checkpoints are rare.
//!
//! Told with letters, no batch writes more than one mailbox, and each mailbox pays the same; the letters, which go again, are
//! counted apart.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::Server;
use platform::limits::mailbox::CHECKPOINT_EVENTS;
use platform::messages::{Draft, ForwardRequest, Outgoing, Pinning};
use platform::{Actor, Delivery, MsgId, Peer, Refusal, Settings, UserId};
use store::{Faults, Store};

/// Records put and deleted in one mailbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Cost {
    puts: usize,
    deletes: usize,
}

const fn puts(puts: usize) -> Cost {
    Cost { puts, deletes: 0 }
}

/// Two people and a counter of what is written for them.
struct Ledger {
    server: Server,
    faults: Faults,
    anna: Actor,
    boris: Actor,
    next_random_id: i64,
}

impl Ledger {
    async fn open() -> Self {
        let faults = Faults::none();
        let store = Store::memory_with(faults.clone());
        let server = Server::start_with(store, Settings::default(), common::Letterbox::default()).await;
        let (anna, anna_key) = server.sign_up(1, "+15550001", "Anna").await;
        let (boris, boris_key) = server.sign_up(2, "+15550002", "Boris").await;
        let anna = Actor { user: anna, device: Some(anna_key.id) };
        let boris = Actor { user: boris, device: Some(boris_key.id) };
        let ledger = Self { server, faults, anna, boris, next_random_id: 1 };
        let _ = ledger.faults.take_footprints();
        ledger
    }

    fn outgoing(&mut self, to: UserId) -> Outgoing {
        self.next_random_id += 1;
        Outgoing {
            peer: Peer::User(to),
            text: "the drum is beaten twice".into(),
            entities: Vec::new(),
            random_id: self.next_random_id,
            reply: None,
            flags: Default::default(),
            media: None,
            clear_draft: false,
        }
    }

    async fn send(&mut self, from: Actor, to: UserId) -> MsgId {
        let outgoing = self.outgoing(to);
        self.server.platform.send_message(from, outgoing).await.expect("it is sent").message.id
    }

    /// What was written since the last look, once all letters are taken: the most mailboxes in one batch, and the cost to each
    /// mailbox.
    fn written(&self) -> (usize, BTreeMap<UserId, Cost>) {
        self.server.platform();
        let footprints = self.faults.take_footprints();
        let mut costs = BTreeMap::<UserId, Cost>::new();
        let (mut widest, mut letters) = (0, 0_usize);
        for footprint in &footprints {
            let mut owners = BTreeSet::new();
            for (keys, is_put) in [(&footprint.puts, true), (&footprint.deletes, false)] {
                for user in keys.iter().filter_map(mailbox_of) {
                    owners.insert(user);
                }
                for key in keys.iter().filter(|key| is_letter(key)) {
                    letters = if is_put { letters + 1 } else { letters - 1 };
                    assert_eq!(common::delivery(), Delivery::Outbox, "{key:?}");
                }
                for user in keys.iter().filter(|key| !is_letter(key) && !is_count(key)).filter_map(mailbox_of) {
                    let cost = costs.entry(user).or_default();
                    *(if is_put { &mut cost.puts } else { &mut cost.deletes }) += 1;
                }
            }
            widest = widest.max(owners.len());
        }
        assert_eq!(letters, 0, "every letter goes");
        (widest, costs)
    }

    /// Both mailboxes were written at this cost, in one batch or in one each; `None` is a mailbox that was not touched.
    #[track_caller]
    fn expect(&self, what: &str, anna: Option<Cost>, boris: Option<Cost>) {
        let (widest, costs) = self.written();
        let found = (costs.get(&self.anna.user).copied(), costs.get(&self.boris.user).copied());
        assert_eq!(found, (anna, boris), "{what}: the cost to Anna's and to Boris's mailbox");
        assert_eq!(costs.len(), usize::from(anna.is_some()) + usize::from(boris.is_some()), "{what}: nobody else pays");
        let allowed = if common::delivery() == Delivery::Outbox { costs.len().min(1) } else { costs.len() };
        assert_eq!(widest, allowed, "{what}: the mailboxes in one batch");
    }
}

/// Whose mailbox a key belongs to: owners of kind 1 are users.
fn mailbox_of(key: &store::Key) -> Option<UserId> {
    let (owner, _) = key.parts();
    let (kind, identity) = owner.split_first()?;
    (*kind == 1).then_some(UserId(i64::from_be_bytes(identity.try_into().ok()?)))
}

/// Suffixes that begin with 0x16 are letters.
fn is_letter(key: &store::Key) -> bool {
    mailbox_of(key).is_some() && key.parts().1.first() == Some(&0x16)
}

/// How many letters there were, noted when some go.
fn is_count(key: &store::Key) -> bool {
    mailbox_of(key).is_some() && key.parts().1 == [0x18]
}

#[tokio::test]
async fn a_message_costs_one_record_a_mailbox() {
    let mut ledger = Ledger::open().await;
    let (anna, boris) = (ledger.anna, ledger.boris);
    ledger.send(anna, boris.user).await;
    ledger.expect("a first message", Some(puts(1)), Some(puts(1)));
    ledger.send(boris, anna.user).await;
    ledger.expect("an answer", Some(puts(1)), Some(puts(1)));
    ledger.send(anna, anna.user).await;
    ledger.expect("a note to oneself", Some(puts(1)), None);
}

#[tokio::test]
async fn a_repeated_send_costs_nothing() {
    let mut ledger = Ledger::open().await;
    let outgoing = ledger.outgoing(ledger.boris.user);
    let first = ledger.server.platform.send_message(ledger.anna, outgoing.clone()).await.expect("it is sent");
    ledger.written();
    let again = ledger.server.platform.send_message(ledger.anna, outgoing).await.expect("the same");
    assert_eq!(again.message.id, first.message.id);
    ledger.expect("a repeated send", None, None);
}

#[tokio::test]
async fn forwards_cost_what_messages_cost() {
    let mut ledger = Ledger::open().await;
    let (anna, boris) = (ledger.anna, ledger.boris);
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(ledger.send(anna, anna.user).await);
    }
    ledger.written();
    let request = ForwardRequest { random_ids: (900..905).collect(), ids, ..ForwardRequest::default() };
    let (from, to) = (Peer::User(anna.user), Peer::User(boris.user));
    ledger.server.platform.forward_messages(anna, from, to, request).await.expect("they are forwarded");
    ledger.expect("five forwards", Some(puts(5)), Some(puts(5)));
}

#[tokio::test]
async fn changes_cost_a_log_entry_and_what_they_rewrite() {
    let mut ledger = Ledger::open().await;
    let (anna, boris) = (ledger.anna, ledger.boris);
    let platform = ledger.server.platform.clone();
    let (to_anna, to_boris) = (Peer::User(anna.user), Peer::User(boris.user));
    let id = ledger.send(anna, boris.user).await;
    ledger.written();

    platform.edit_message(anna, to_boris, id, "the drum is beaten thrice", &[]).await.expect("it is edited");
    ledger.expect("an edit", Some(puts(2)), Some(puts(2)));
    platform.read_history(boris, to_anna, MsgId(0)).await.expect("it is read");
    ledger.expect("reading", Some(puts(1)), Some(puts(1)));
    platform.read_history(boris, to_anna, MsgId(0)).await.expect("nothing to do");
    ledger.expect("reading again", None, None);
    platform.delete_messages(anna, &[id], true).await.expect("it is deleted");
    let gone = Cost { puts: 1, deletes: 1 };
    ledger.expect("deleting for both", Some(gone), Some(gone));

    let draft = Draft { text: "not yet".into(), ..Draft::default() };
    platform.save_draft(anna, to_boris, draft).await.expect("it is kept");
    ledger.expect("a draft", Some(puts(2)), None);
    platform.mark_unread(anna, to_boris, true).await.expect("it is marked");
    ledger.expect("a mark", Some(puts(1)), None);
}

#[tokio::test]
async fn pinning_costs_a_log_entry_the_message_and_the_notice() {
    let mut ledger = Ledger::open().await;
    let (anna, boris) = (ledger.anna, ledger.boris);
    let id = ledger.send(anna, boris.user).await;
    ledger.written();
    let to_boris = Peer::User(boris.user);
    ledger.server.platform.pin_message(anna, to_boris, id, Pinning::default()).await.expect("it is pinned");
    ledger.expect("a pin", Some(puts(3)), Some(puts(3)));
}

/// What a checkpoint has given its place is taken out of there: out of the run that has it, which goes with its last.
#[tokio::test]
async fn deleting_what_has_its_place_rewrites_a_run() {
    let mut ledger = Ledger::open().await;
    let (anna, boris) = (ledger.anna, ledger.boris);
    let mut ids = Vec::new();
    for _ in 0..CHECKPOINT_EVENTS {
        ids.push(ledger.send(anna, boris.user).await);
    }
    ledger.written();
    let platform = ledger.server.platform.clone();
    platform.delete_messages(anna, &ids[7..8], false).await.expect("it is deleted");
    ledger.expect("one of a run", Some(Cost { puts: 2, deletes: 1 }), None);
    let (some, rest) = (&ids[..7], &ids[8..]);
    for ids in some.chunks(100).chain(rest.chunks(100)) {
        ledger.written();
        platform.delete_messages(anna, ids, false).await.expect("they are deleted");
    }
    let last = rest.chunks(100).next_back().map_or(0, <[MsgId]>::len);
    ledger.expect("the last of a run", Some(Cost { puts: 1, deletes: last + 1 }), None);
}

/// Checkpoints of the projections add little: less than one record for twenty.
#[tokio::test]
async fn projections_are_rarely_written() {
    const MESSAGES: usize = 2_000;
    let mut ledger = Ledger::open().await;
    let (anna, boris) = (ledger.anna, ledger.boris);
    for number in 0..MESSAGES {
        ledger.server.story.pass_seconds(1);
        let (from, to) = if number % 3 == 0 { (boris, anna) } else { (anna, boris) };
        ledger.send(from, to.user).await;
    }
    let (_, costs) = ledger.written();
    for (user, cost) in costs {
        assert_eq!(cost.deletes, 0);
        assert!(cost.puts >= MESSAGES, "every message is there");
        assert!(cost.puts < MESSAGES + MESSAGES / 20, "{} records for {user:?}", cost.puts);
    }
}

/// Somebody who touches very many dialogs in few calls: the checkpoints still fit into a batch.
#[tokio::test]
async fn checkpoints_keep_up_with_many_dialogs() {
    let mut ledger = Ledger::open().await;
    let (anna, platform) = (ledger.anna, ledger.server.platform.clone());
    let peers = |from: i64, count: i64| (from..from + count).map(|id| (Peer::User(UserId(id)), 1)).collect::<Vec<_>>();
    assert_eq!(common::refusal(platform.move_dialogs(anna, &peers(1, 201)).await), Refusal::LimitInvalid);
    for call in 0..20 {
        platform.move_dialogs(anna, &peers(5_000 + call * 200, 200)).await.expect("they are moved");
    }
    let puts = ledger.written().1[&anna.user].puts;
    assert!(puts > 3_600, "{puts} records: most dialogs are in checkpoints");
    ledger.server.restart().await;
    let dialog = ledger.server.platform.dialog(anna.user, Peer::User(UserId(5_000))).await.expect("reads");
    assert_eq!(dialog.folder, 1);
}
