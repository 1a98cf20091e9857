//! The largest things people may do in one call fit into what the store takes.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::collections::BTreeSet;

use common::Server;
use platform::mailbox::{Difference, DifferenceLimits, Entity, EntityKind, Media, Window};
use platform::messages::{Deletion, Draft, ForwardRequest, Outgoing, Pinning};
use platform::people::privacy::{PrivacyKey, Rule};
use platform::{Actor, MsgId, Peer, Refusal, UserId};

/// As long as a message may be, in letters of two bytes.
const LONG: usize = 4_096;

fn outgoing(to: UserId, random_id: i64, text: String) -> Outgoing {
    Outgoing {
        peer: Peer::User(to),
        text,
        entities: Vec::new(),
        random_id,
        reply: None,
        flags: Default::default(),
        media: None,
        clear_draft: false,
    }
}

fn long_text() -> String {
    "д".repeat(LONG)
}

async fn sign_up(server: &Server, number: i64) -> Actor {
    server.story.pass_seconds(3_600);
    let phone = format!("+1555{number:07}");
    let (user, key) = server.sign_up(number, &phone, "Somebody").await;
    Actor { user, device: Some(key.id) }
}

/// Anna's long messages to Boris.
async fn long_messages(server: &Server, anna: Actor, boris: Actor, count: i64) -> Vec<MsgId> {
    let mut ids = Vec::new();
    for number in 1..=count {
        server.story.pass_seconds(60);
        let sent = server.platform().send_message(anna, outgoing(boris.user, number, long_text())).await;
        ids.push(sent.expect("it is sent").message.id);
    }
    ids
}

#[tokio::test]
async fn a_hundred_long_messages_are_forwarded() {
    let server = Server::start().await;
    let (anna, boris) = (sign_up(&server, 1).await, sign_up(&server, 2).await);
    let ids = long_messages(&server, anna, boris, 100).await;
    let (to_anna, to_boris) = (Peer::User(anna.user), Peer::User(boris.user));
    server.story.pass_seconds(3_600);
    for to in [to_boris, to_anna] {
        let random_ids = (1_000..1_100).map(|number| number + if to == to_anna { 500 } else { 0 }).collect();
        let request = ForwardRequest { ids: ids.clone(), random_ids, ..ForwardRequest::default() };
        let sent = server.platform().forward_messages(anna, to_boris, to, request.clone()).await.expect("all of them");
        let numbers = sent.iter().map(|sent| sent.message.id).collect::<BTreeSet<_>>();
        assert_eq!(numbers.len(), 100);
        assert!(sent.windows(2).all(|pair| pair[0].message.id < pair[1].message.id), "in their order");
        server.story.pass_seconds(3_600);
        let again = server.platform().forward_messages(anna, to_boris, to, request).await.expect("repeated");
        let again = again.iter().map(|sent| sent.message.id).collect::<BTreeSet<_>>();
        assert_eq!(again, numbers, "nothing is doubled");
    }
}

#[tokio::test]
async fn many_long_pins_are_taken_off() {
    let server = Server::start().await;
    let (anna, boris) = (sign_up(&server, 1).await, sign_up(&server, 2).await);
    let to_boris = Peer::User(boris.user);
    for id in long_messages(&server, anna, boris, 80).await {
        let pinning = Pinning { silent: true, ..Pinning::default() };
        server.platform().pin_message(anna, to_boris, id, pinning).await.expect("it is pinned");
    }
    for call in 0.. {
        assert!(call < 20, "each call takes some off");
        if !server.platform().unpin_all(anna, to_boris).await.expect("they are taken off").more {
            break;
        }
    }
    for (reader, partner) in [(anna, boris), (boris, anna)] {
        let dialog = server.platform().dialog(reader.user, Peer::User(partner.user)).await.expect("reads");
        assert_eq!(dialog.pinned_messages, []);
    }
}

#[tokio::test]
async fn messages_to_very_many_people_are_deleted_at_once() {
    const PARTNERS: i64 = 200;
    let server = Server::start().await;
    let anna = sign_up(&server, 1).await;
    let mut ids = Vec::new();
    for number in 0..PARTNERS {
        let partner = sign_up(&server, 10 + number).await;
        let sent = server.platform().send_message(anna, outgoing(partner.user, 1 + number, "hello".into())).await;
        ids.push(sent.expect("it is sent").message.id);
    }
    let affected = server.platform().delete_messages(anna, &ids, true).await.expect("all of them");
    assert_eq!(i64::from(affected.pts_count), PARTNERS);
}

#[tokio::test]
async fn a_long_history_is_deleted() {
    let server = Server::start().await;
    let (anna, boris) = (sign_up(&server, 1).await, sign_up(&server, 2).await);
    long_messages(&server, anna, boris, 450).await;
    let deletion = Deletion { revoke: true, ..Deletion::default() };
    let affected = server.platform().delete_history(anna, Peer::User(boris.user), deletion).await.expect("all of it");
    assert_eq!((affected.pts_count, affected.more), (450, false));
    let dialog = server.platform().dialog(boris.user, Peer::User(anna.user)).await.expect("reads");
    assert_eq!((dialog.count, dialog.unread), (0, 0));
}

/// All rules of a person are one record: past its size they are refused, not retried for ever.
#[tokio::test]
async fn very_long_privacy_rules_are_refused() {
    let server = Server::start().await;
    let anna = sign_up(&server, 1).await;
    let named = (0..1_000).map(|number| UserId(9_000_000_000 + number)).collect::<Vec<_>>();
    let mut outcomes = Vec::new();
    for key in PrivacyKey::ALL {
        let rules = vec![Rule::AllowUsers(named.clone()), Rule::AllowAll];
        outcomes.push(server.platform().set_privacy(anna.user, key, rules, None).await);
    }
    let (taken, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert!(taken.len() >= 4, "several long lists are taken: {}", taken.len());
    assert!(!refused.is_empty(), "not all of them fit");
    for outcome in refused {
        assert_eq!(common::refusal(outcome), Refusal::PrivacyTooLong);
    }
}

/// Links and cards have no bound of their own, but a message has.
#[tokio::test]
async fn what_makes_a_message_too_long_is_refused() {
    let server = Server::start().await;
    let (anna, boris) = (sign_up(&server, 1).await, sign_up(&server, 2).await);
    let long = |bytes: usize| "x".repeat(bytes);
    let link = |bytes: usize| Entity { offset: 0, length: 4, kind: EntityKind::TextUrl(long(bytes)) };
    let card = |bytes: usize| Media::Contact {
        phone: "15550003".into(),
        first_name: "Vera".into(),
        last_name: String::new(),
        vcard: long(bytes),
        user: None,
    };
    for (bytes, fits) in [(50_000, true), (65_000, false), (1_000_000, false)] {
        let linked = Outgoing { entities: vec![link(bytes)], ..outgoing(boris.user, bytes as i64, "here".into()) };
        let carded = Outgoing { media: Some(card(bytes)), ..outgoing(boris.user, 1 + bytes as i64, String::new()) };
        for outgoing in [linked, carded] {
            let outcome = server.platform().send_message(anna, outgoing).await;
            assert_eq!(outcome.is_ok(), fits, "{bytes}");
            if !fits {
                assert_eq!(common::refusal(outcome), Refusal::MessageTooLong);
            }
        }
        let draft = Draft { text: "here".into(), entities: vec![link(bytes)], ..Draft::default() };
        let outcome = server.platform().save_draft(anna, Peer::User(boris.user), draft).await;
        assert_eq!(outcome.is_ok(), fits, "a draft of {bytes}");
    }
    let page = server.platform().history(boris.user, Peer::User(anna.user), Window::newest(10)).await.expect("reads");
    assert_eq!(page.messages.len(), 2);
}

/// Somebody who missed very much gets it in slices of a bounded size, without a gap.
#[tokio::test]
async fn a_difference_is_cut_into_slices_by_size() {
    let server = Server::start().await;
    let (anna, boris) = (sign_up(&server, 1).await, sign_up(&server, 2).await);
    let mut pts = server.platform().cut(boris.user).await.expect("reads").pts;
    let text = "д".repeat(LONG);
    let link = Entity { offset: 0, length: 4, kind: EntityKind::TextUrl("x".repeat(40_000)) };
    for number in 1..=60 {
        server.story.pass_seconds(60);
        let outgoing = Outgoing { entities: vec![link.clone()], ..outgoing(boris.user, number, text.clone()) };
        server.platform().send_message(anna, outgoing).await.expect("it is sent");
    }
    let (mut missed, mut slices) = (0, 0);
    loop {
        let difference = server.platform().difference(boris.user, pts, i32::MAX, DifferenceLimits::default()).await;
        let (entries, cut, is_last) = match difference.expect("reads") {
            Difference::Slice(entries, cut) => (entries, cut, false),
            Difference::Full(entries, cut) => (entries, cut, true),
            other => panic!("there is more to come: {other:?}"),
        };
        assert!(!entries.is_empty() && entries.len() < 20, "{} messages of 48 KB", entries.len());
        missed += entries.len();
        slices += 1;
        pts = cut.pts;
        if is_last {
            break;
        }
    }
    assert_eq!(missed, 60);
    assert!(slices >= 4);
}
