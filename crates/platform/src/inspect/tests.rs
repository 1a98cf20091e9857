use std::sync::Arc;

use store::{Batch, Class, Store};

use super::*;
use crate::keys::{self, user_suffix};
use crate::mailbox::keys as suffixes;
use crate::mailbox::{Dialog, Flags, Run, Window, decode_run, encode_run};
use crate::messages::Outgoing;
use crate::outbox::Number;
use crate::{Actor, Delivery, MsgId, Peer, Platform, Ports, Settings, codec};

const ANI: UserId = UserId(11);
const BUDI: UserId = UserId(12);

struct Still;

impl crate::Runtime for Still {
    fn now_ms(&self) -> i64 {
        1_800_000_000_000
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        buffer.fill(7);
    }
}

async fn platform(store: &Store) -> Platform {
    platform_with(store, Delivery::Folded).await
}

async fn platform_with(store: &Store, delivery: Delivery) -> Platform {
    let ports = Ports::memory(store.clone(), bus::Bus::in_process(), Arc::new(Still));
    Platform::open(ports, Settings { delivery, ..Settings::default() }).await.expect("opens")
}

async fn send(platform: &Platform, from: UserId, to: UserId, number: i64) -> MsgId {
    let outgoing = Outgoing {
        peer: Peer::User(to),
        text: "drum".into(),
        entities: Vec::new(),
        random_id: number + 1,
        reply: None,
        flags: Flags::default(),
        media: None,
        clear_draft: false,
    };
    platform.send_message(Actor::server(from), outgoing).await.expect("sent").message.id
}

/// Two people who wrote, read and deleted, past a checkpoint.
async fn lived_in() -> Store {
    let store = Store::memory();
    let platform = platform(&store).await;
    for number in 0..300 {
        let (from, to) = if number % 3 == 0 { (BUDI, ANI) } else { (ANI, BUDI) };
        let id = send(&platform, from, to, number).await;
        if number % 7 == 0 {
            platform.delete_messages(Actor::server(from), &[id], number % 2 == 0).await.expect("deleted");
        }
        if number % 50 == 0 {
            platform.read_history(Actor::server(to), Peer::User(from), MsgId(0)).await.expect("read");
        }
    }
    send(&platform, ANI, ANI, 1_000).await;
    platform.log_change(ANI, crate::mailbox::Change::ContactsReset, None).await.expect("logged");
    store
}

/// Two people who wrote by letter: many were taken, three wait.
async fn wrote_by_letter() -> Store {
    let store = Store::memory();
    let platform = platform_with(&store, Delivery::Outbox).await;
    for number in 0..300 {
        let (from, to) = if number % 3 == 0 { (BUDI, ANI) } else { (ANI, BUDI) };
        let id = send(&platform, from, to, number).await;
        if number % 7 == 0 {
            platform.delete_messages(Actor::server(from), &[id], true).await.expect("deleted");
        }
        if number % 50 == 0 {
            platform.drain_outbox().await.expect("taken");
            platform.read_history(Actor::server(to), Peer::User(from), MsgId(0)).await.expect("read");
        }
    }
    platform.drain_outbox().await.expect("taken");
    for number in 0..3 {
        send(&platform, ANI, BUDI, 9_000 + number).await;
    }
    store
}

async fn look(store: &Store) -> Vec<Finding> {
    look_at_all(store).await.0
}

async fn look_at_all(store: &Store) -> (Vec<Finding>, Inspected) {
    let mut snapshot = store.snapshot().await.expect("opens");
    let (mut inspector, mut found) = (Inspector::default(), Vec::new());
    while let Some(chunk) = snapshot.next_chunk().await.expect("reads") {
        chunk.iter().for_each(|(key, record)| found.extend(inspector.take(key, record)));
    }
    let (more, inspected) = inspector.finish();
    assert!(inspected.mailboxes >= 2);
    found.extend(more);
    (found, inspected)
}

async fn write(store: &Store, changes: Vec<(Key, Option<Bytes>)>) {
    let mut batch = Batch::new(Class::C1);
    for (key, value) in changes {
        match value {
            Some(value) => batch.put(key, value),
            None => batch.deletes.push(key),
        }
    }
    store.commit(batch).await.expect("commits");
}

#[tokio::test]
async fn a_mailbox_that_was_lived_in_is_in_order() {
    let found = look(&lived_in().await).await;
    assert!(found.is_empty(), "{found:#?}");
}

#[tokio::test]
async fn a_message_that_is_gone_is_named_and_the_floor_rises_over_the_gap() {
    let store = lived_in().await;
    let key = keys::user_key(BUDI, &suffixes::message(MsgId(40)));
    assert!(store.get(&key).await.expect("reads").is_some());
    write(&store, vec![(key, None)]).await;
    let found = look(&store).await;
    let gap = found.iter().find(|finding| finding.trouble == Trouble::Gap).expect("a gap");
    assert!(gap.text.contains("mailbox of 12") && gap.text.contains("message 40"), "{}", gap.text);
    write(&store, gap.repair.clone()).await;
    let list = look(&store).await;
    assert!(list.iter().all(|finding| finding.trouble == Trouble::Projection), "{list:#?}");
    for finding in list {
        write(&store, finding.repair).await;
    }
    assert!(look(&store).await.is_empty());
}

/// The suffix of the n-th record of a kind, or of the last if there are fewer.
async fn nth(store: &Store, user: UserId, kind: u8, n: usize) -> Vec<u8> {
    let (owner, prefix) = (keys::user(user), vec![kind]);
    let scan = store::Scan { owner, prefix, from: None, to: None, reverse: false, limit: n, max_bytes: usize::MAX };
    store.scan(&scan).await.expect("scans").items.pop().expect("there are some").0
}

#[tokio::test]
async fn an_event_that_is_gone_is_a_gap() {
    let store = lived_in().await;
    let suffix = nth(&store, ANI, user_suffix::EVENT, 9).await;
    write(&store, vec![(keys::user_key(ANI, &suffix), None)]).await;
    let found = look(&store).await;
    assert!(
        found.iter().any(|finding| finding.trouble == Trouble::Gap && finding.text.contains("of 11")),
        "{found:#?}"
    );
}

#[tokio::test]
async fn counters_and_lists_are_mended() {
    let store = lived_in().await;
    let quiet = platform(&store).await;
    for number in 0..300 {
        // Past a checkpoint, so that no deletion comes after it: those carry counters of their own.
        send(&quiet, ANI, BUDI, 2_000 + number).await;
    }
    let key = keys::user_key(BUDI, &suffixes::dialog(Peer::User(ANI)));
    let record = store.get(&key).await.expect("reads").expect("a checkpoint was written");
    let mut dialog: Dialog = codec::decode(&record.value).expect("a dialog");
    dialog.count += 3;
    let listed = keys::user_key(BUDI, &nth(&store, BUDI, user_suffix::MESSAGE_INDEX, 1).await);
    let unknown = keys::user_key(BUDI, &suffixes::index(Peer::User(ANI), MsgId(9_000)));
    write(&store, vec![(key, Some(codec::encode(&dialog))), (listed, None), (unknown, Some(Bytes::new()))]).await;
    let found = look(&store).await;
    assert_eq!(found.len(), 3, "{found:#?}");
    assert!(found.iter().all(|finding| finding.trouble == Trouble::Projection));
    for finding in found {
        write(&store, finding.repair).await;
    }
    assert!(look(&store).await.is_empty());
    let platform = platform(&store).await;
    assert_eq!(look(&store).await.len(), 0);
    send(&platform, ANI, BUDI, 5_000).await;
    assert!(look(&store).await.is_empty(), "life goes on");
}

/// Two runs that have the same message would show it twice in a conversation.
#[tokio::test]
async fn a_message_that_is_listed_twice_is_listed_once() {
    let store = lived_in().await;
    let quiet = platform(&store).await;
    for number in 0..300 {
        send(&quiet, ANI, BUDI, 2_000 + number).await;
    }
    let suffix = nth(&store, BUDI, user_suffix::MESSAGE_INDEX, 1).await;
    let record = store.get(&keys::user_key(BUDI, &suffix)).await.expect("reads").expect("is there");
    let Run { places, .. } = decode_run(&suffix, &record.value).expect("a run");
    let (peer, again) = (Peer::User(ANI), places[1..].to_vec());
    let twice = keys::user_key(BUDI, &suffixes::index(peer, again[0].id));
    write(&store, vec![(twice, Some(encode_run(peer, &again)))]).await;
    let found = look(&store).await;
    assert!(found.len() == 1 && found[0].text.contains("do not come after the one before"), "{found:#?}");
    for finding in found {
        write(&store, finding.repair).await;
    }
    assert!(look(&store).await.is_empty());
}

/// Of a mailbox without a checkpoint the index may not tell how far it goes, once it was written anew.
#[tokio::test]
async fn lists_of_a_young_mailbox_are_mended_once() {
    let store = Store::memory();
    let young = platform(&store).await;
    for number in 0..40 {
        send(&young, ANI, BUDI, number).await;
    }
    let unknown = keys::user_key(BUDI, &suffixes::index(Peer::User(ANI), MsgId(9_000)));
    write(&store, vec![(unknown, Some(Bytes::new()))]).await;
    let found = look(&store).await;
    assert!(!found.is_empty() && found.iter().all(|finding| finding.trouble == Trouble::Projection), "{found:#?}");
    for finding in found {
        write(&store, finding.repair).await;
    }
    let platform = platform(&store).await;
    for number in 0..300 {
        send(&platform, ANI, BUDI, 2_000 + number).await;
    }
    assert!(look(&store).await.is_empty(), "what came after the repair was written down after it");
    let page = platform.history(BUDI, Peer::User(ANI), Window { offset_id: 20, ..Window::newest(100) }).await;
    let ids: Vec<MsgId> = page.expect("reads").messages.iter().map(|found| found.id).collect();
    assert!(ids.len() > 5 && ids.is_sorted_by(|one, next| one > next), "{ids:?}");
}

#[tokio::test]
async fn what_cannot_be_understood_is_named() {
    let store = lived_in().await;
    write(&store, vec![(keys::user_key(ANI, &[user_suffix::HEAD]), Some(Bytes::from_static(b"nonsense")))]).await;
    let found = look(&store).await;
    assert!(found.iter().any(|finding| finding.trouble == Trouble::Record && finding.text.contains("mailbox head")));
}

#[tokio::test]
async fn letters_that_wait_are_counted_and_nothing_is_wrong_with_them() {
    let store = wrote_by_letter().await;
    let (found, inspected) = look_at_all(&store).await;
    assert!(found.is_empty(), "{found:#?}");
    assert_eq!(inspected.letters, Waiting { count: 3, oldest: Some(1_800_000_000) });
    platform(&store).await;
    let (found, inspected) = look_at_all(&store).await;
    assert!(found.is_empty(), "a folded start takes them: {found:#?}");
    assert_eq!(inspected.letters, Waiting::default());
}

#[tokio::test]
async fn letters_that_nobody_would_look_for_are_found_and_arrive_after_the_repair() {
    let store = wrote_by_letter().await;
    write(&store, vec![(keys::outbox_key(ANI), None)]).await;
    let found = look(&store).await;
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].trouble == Trouble::Projection && found[0].text.contains("of 11 wait"), "{found:#?}");
    write(&store, found[0].repair.clone()).await;
    assert!(look(&store).await.is_empty());
    let opened = platform(&store).await;
    let (_, inspected) = look_at_all(&store).await;
    assert_eq!(inspected.letters.count, 0);
    let page = opened.dialogs_with(BUDI, &[Peer::User(ANI)]).await.expect("reads");
    assert!(page.dialogs[0].unread >= 3, "{:?}", page.dialogs);
}

#[tokio::test]
async fn a_sender_who_lost_count_is_told_what_was_read() {
    let store = wrote_by_letter().await;
    let key = keys::user_key(BUDI, &suffixes::LETTERS_GIVEN);
    let record = store.get(&key).await.expect("reads").expect("letters were removed");
    let given: Number = codec::decode(&record.value).expect("a number");
    write(&store, vec![(key.clone(), None)]).await;
    let found = look(&store).await;
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].trouble == Trouble::Projection && found[0].text.starts_with("11 read letter"), "{found:#?}");
    write(&store, found[0].repair.clone()).await;
    assert!(look(&store).await.is_empty());
    let mended: Number =
        codec::decode(&store.get(&key).await.expect("reads").expect("it is there").value).expect("one");
    assert_eq!(mended, given);
}

#[tokio::test]
async fn a_letter_that_cannot_be_understood_is_named() {
    let store = wrote_by_letter().await;
    let mut suffix = keys::suffix_id(user_suffix::LETTER, 7_000);
    suffix.extend(BUDI.0.to_be_bytes());
    for suffix in [&suffix[..], &suffix[..12]] {
        write(&store, vec![(keys::user_key(ANI, suffix), Some(Bytes::from_static(b"?")))]).await;
    }
    let found = look(&store).await;
    let named = found.iter().filter(|it| it.trouble == Trouble::Record && it.text.contains("a letter of 11"));
    assert_eq!(named.count(), 2, "{found:#?}");
}
