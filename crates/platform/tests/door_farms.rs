//! Whoever comes in numbers: guesses at invites, challenges fetched ahead, entries in the operator's list, pages read one after
//! the other; and what the operator lowers while invites are out.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::task::Poll;

use common::door::{easy, enter, join, knock, number, server};
use common::{HOME, Letterbox, Server, refusal};
use platform::people::SignUpMode;
use platform::people::door::challenge::solve;
use platform::people::door::reservation::Knock;
use platform::people::invites::NewInvite;
use platform::people::stewards::Steward;
use platform::{AuthKeyId, PlatformError, Refusal, Settings, limits};
use store::{Faults, Store};

const NO_INVITE: &str = "000000000000";

/// Where strangers call from, each from elsewhere.
fn elsewhere(number: u32) -> IpAddr {
    IpAddr::V4(Ipv4Addr::from(0x0a00_0001 + number))
}

async fn invite_of(server: &Server) -> String {
    let new = NewInvite { uses: 9, seconds: None, is_admin: false, phone: None };
    server.platform.create_invite(new).await.unwrap().code
}

#[tokio::test]
async fn a_wrong_invite_costs_the_work_that_was_done() {
    let server = server().await;
    let invite = invite_of(&server).await;
    let key = server.device(1).await.id;
    let challenge = server.platform.door_challenge(key, HOME).unwrap();
    assert_eq!(refusal(knock(&server, key, &challenge, Some(NO_INVITE)).await), Refusal::InviteInvalid);
    assert_eq!(refusal(knock(&server, key, &challenge, Some(&invite)).await), Refusal::ChallengeInvalid, "spent");
    assert_eq!(refusal(knock(&server, key, &challenge, Some(NO_INVITE)).await), Refusal::ChallengeInvalid);
    number(&server, key, Some(&invite)).await.expect("with work of its own");
}

/// Without an invite where one is needed nothing is guessed, and nothing is spent.
#[tokio::test]
async fn a_forgotten_invite_costs_nothing() {
    let server = server().await;
    server.platform.set_sign_up_mode(Steward::Local, SignUpMode::Invite).await.unwrap();
    let invite = invite_of(&server).await;
    let key = server.device(1).await.id;
    let challenge = server.platform.door_challenge(key, HOME).unwrap();
    assert_eq!(refusal(knock(&server, key, &challenge, None).await), Refusal::InviteInvalid);
    knock(&server, key, &challenge, Some(&invite)).await.unwrap();
}

#[tokio::test]
async fn guesses_at_invites_share_a_budget_that_slows_those_who_guess() {
    let server = server().await;
    let (platform, invite) = (&server.platform, invite_of(&server).await);
    for guess in 0..limits::INVITE_GUESSES_WRONG {
        let shown = platform.show_invite(NO_INVITE, elsewhere(guess % 5)).await.unwrap();
        assert!(!shown.usable);
    }
    let guessers = elsewhere(0);
    let wait = refusal(platform.show_invite(&invite, guessers).await);
    assert!(matches!(wait, Refusal::FloodWait(1..=60)), "a right one is not told from a wrong one: {wait:?}");
    let key = server.device(1).await;
    let challenge = platform.door_challenge(key.id, guessers).unwrap();
    let at_door = Knock { challenge: &challenge.bytes, answer: solve(&challenge), invite: Some(&invite) };
    let outcome = platform.reserve_number(key.id, at_door, guessers).await;
    assert!(matches!(refusal(outcome), Refusal::FloodWait(_)), "the door shares it");
    let sent = platform.send_code("15550001", key.id, guessers).await.unwrap();
    let outcome = platform.sign_in(&key, "15550001", &sent.hash, &invite, guessers).await;
    assert!(matches!(refusal(outcome), Refusal::FloodWait(_)), "so does the field for the code");
    for _ in 0..3 {
        assert!(platform.show_invite(&invite, HOME).await.unwrap().usable, "who has one is not slowed");
    }
    let newcomer = server.device(2).await;
    number(&server, newcomer.id, Some(&invite)).await.unwrap();
    assert!(!platform.show_invite(NO_INVITE, elsewhere(9)).await.unwrap().usable, "a first slip is judged");
    assert!(platform.show_invite(NO_INVITE, elsewhere(9)).await.is_err(), "and is the last");
    server.story.pass_seconds(i64::from(limits::INVITE_GUESSES_SECONDS));
    assert!(platform.show_invite(&invite, guessers).await.unwrap().usable);
}

/// Who asks from one large network, whose own bound is used up, takes nothing from the budget of all.
#[tokio::test]
async fn what_a_network_is_refused_counts_for_nobody_else() {
    let server = server().await;
    let (platform, invite) = (&server.platform, invite_of(&server).await);
    let farm = |block: u32| std::net::IpAddr::from([0x2001, 0xdb8, 7, block as u16, 0, 0, 0, 1]);
    let somebody = elsewhere(1);
    assert!(!platform.show_invite(NO_INVITE, somebody).await.unwrap().usable, "a slip");
    for guess in 1..=limits::TRIES_PER_ADDRESS {
        platform.show_invite(NO_INVITE, farm(guess % 2)).await.expect("judged");
        if guess % (limits::INVITE_GUESSES_WRONG - 1) == 0 {
            server.story.pass_seconds(i64::from(limits::INVITE_GUESSES_SECONDS));
        }
    }
    server.story.pass_seconds(i64::from(limits::INVITE_GUESSES_SECONDS));
    for guess in 0..2 * limits::INVITE_GUESSES_WRONG {
        assert!(platform.show_invite(NO_INVITE, farm(guess % 2)).await.is_err(), "the network had its tries");
    }
    assert!(platform.show_invite(&invite, somebody).await.unwrap().usable);
}

#[tokio::test]
async fn challenges_fetched_ahead_are_paid_for() {
    let server = server().await;
    let fetch = |key: i64, ip| server.platform.door_challenge(AuthKeyId(key), ip);
    let base = fetch(0, HOME).unwrap().bits;
    for key in 1..i64::from(4 * limits::CHALLENGES_PER_WORK_STEP) {
        fetch(key, HOME).unwrap();
    }
    assert_eq!(fetch(0, HOME).unwrap().bits, base + 3);
    assert_eq!(fetch(0, elsewhere(1)).unwrap().bits, base, "neighbours elsewhere do not pay");
    server.story.pass_seconds(i64::from(limits::FLOOD_WINDOW_SECONDS));
    assert_eq!(fetch(0, HOME).unwrap().bits, base);
}

#[tokio::test]
async fn one_key_does_not_raise_the_price_for_its_neighbours() {
    let server = server().await;
    let fetch = |key: i64| server.platform.door_challenge(AuthKeyId(key), HOME);
    let base = fetch(1).unwrap().bits;
    for _ in 1..limits::CHALLENGES_PER_KEY {
        fetch(1).unwrap();
    }
    assert!(matches!(fetch(1), Err(Refusal::FloodWait(_))));
    assert_eq!(fetch(2).unwrap().bits, base);
}

#[tokio::test]
async fn what_people_may_invite_holds_at_once() {
    let server = server().await;
    let (ayu, _, _) = join(&server, 1, "Ayu", None).await;
    let platform = &server.platform;
    let invite = platform.own_invite(ayu).await.unwrap();
    assert_eq!(invite.uses_left, Settings::default().invites_per_person);
    join(&server, 2, "Budi", Some(&invite.code)).await;
    let usable = async || platform.show_invite(&invite.code, HOME).await.unwrap().usable;
    set_invites(&server, 1).await;
    assert!(!usable().await, "one came in already");
    let newcomer = server.device(3).await;
    assert_eq!(refusal(number(&server, newcomer.id, Some(&invite.code)).await), Refusal::InviteInvalid);
    set_invites(&server, 2).await;
    assert!(usable().await, "and raising it holds at once, too");
    let phone = number(&server, newcomer.id, Some(&invite.code)).await.unwrap();
    let hash = enter(&server, &newcomer, &phone).await.unwrap();
    set_invites(&server, 1).await;
    let outcome = platform.sign_up(&newcomer, &phone, &hash, ("Citra", ""), HOME).await;
    assert_eq!(refusal(outcome), Refusal::PhoneCodeExpired, "judged when it is used");
}

async fn set_invites(server: &Server, number: u32) {
    let set = |switches: &mut platform::people::switches::ServerSwitches| switches.invites_per_person = Some(number);
    server.platform.set_server_switches(Steward::Local, "invites_per_person", set).await.unwrap();
}

/// A server where the operator decides.
async fn deciding() -> Server {
    let settings = Settings { sign_up_mode: SignUpMode::Approved, ..easy() };
    Server::start_with(Store::memory(), settings, Letterbox::default()).await
}

async fn ask(server: &Server, id: i64, phone: &str, ip: IpAddr) -> Result<(), PlatformError> {
    let key = server.device(id).await;
    let sent = server.platform.send_code(phone, key.id, ip).await?;
    server.platform.sign_in(&key, phone, &sent.hash, &server.last_code(), ip).await?;
    server.platform.sign_up(&key, phone, &sent.hash, ("Ayu", "Lestari"), ip).await.map(drop)
}

#[tokio::test]
async fn the_list_of_those_who_wait_is_read_in_pages() {
    let server = deciding().await;
    for number in 0..7 {
        let outcome = ask(&server, number, &format!("1555000{number}"), HOME).await;
        assert_eq!(refusal(outcome), Refusal::PhoneNumberUnoccupied);
    }
    let (mut phones, mut after) = (Vec::new(), None);
    loop {
        let page = server.platform.pending_sign_ups(after.as_deref(), 3).await.unwrap();
        assert!(page.sign_ups.len() <= 3);
        phones.extend(page.sign_ups.into_iter().map(|(phone, _)| phone));
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(phones, (0..7).map(|number| format!("1555000{number}")).collect::<Vec<_>>());
    assert_eq!(server.platform.count_pending().await.unwrap(), 7);
}

#[tokio::test]
async fn one_network_does_not_fill_the_operators_list() {
    let server = deciding().await;
    let most = i64::try_from(limits::PENDING_PER_VISITOR).unwrap();
    for number in 0..most {
        let outcome = ask(&server, number, &format!("1555{number:04}"), HOME).await;
        assert_eq!(refusal(outcome), Refusal::PhoneNumberUnoccupied);
    }
    assert!(matches!(refusal(ask(&server, most, "15559999", HOME).await), Refusal::FloodWait(_)));
    assert_eq!(
        refusal(ask(&server, most + 1, "15550000", HOME).await),
        Refusal::PhoneNumberUnoccupied,
        "waits already"
    );
    assert_eq!(refusal(ask(&server, most + 2, "15559998", elsewhere(1)).await), Refusal::PhoneNumberUnoccupied);
    server.platform.admin_decide(Steward::Local, "15550000", false).await.unwrap();
    assert_eq!(
        refusal(ask(&server, most + 3, "15559999", HOME).await),
        Refusal::PhoneNumberUnoccupied,
        "there is room"
    );
    assert!(matches!(refusal(ask(&server, most + 4, "15559997", HOME).await), Refusal::FloodWait(_)));
    // Who comes in makes room, too, whatever let them in; and so does who asks again from elsewhere.
    server.platform.set_sign_up_mode(Steward::Local, SignUpMode::Open).await.unwrap();
    ask(&server, most + 5, "15550001", HOME).await.unwrap();
    server.platform.set_sign_up_mode(Steward::Local, SignUpMode::Approved).await.unwrap();
    assert_eq!(refusal(ask(&server, most + 6, "15550002", elsewhere(1)).await), Refusal::PhoneNumberUnoccupied);
    for (id, phone) in [(most + 7, "15559996"), (most + 8, "15559995")] {
        assert_eq!(refusal(ask(&server, id, phone, HOME).await), Refusal::PhoneNumberUnoccupied);
    }
    assert!(matches!(refusal(ask(&server, most + 9, "15559994", HOME).await), Refusal::FloodWait(_)));
}

/// However a decision falls between the steps of a sign-up: whoever was let in does not wait again.
#[tokio::test]
async fn a_decision_is_not_lost_to_somebody_who_asks_at_that_moment() {
    const STEPS_MAX: usize = 100;
    let settings = Settings { sign_up_mode: SignUpMode::Approved, ..easy() };
    for steps in 0.. {
        let faults = Faults::none();
        let server =
            Server::start_with(Store::memory_with(faults.clone()), settings.clone(), Letterbox::default()).await;
        let key = server.device(1).await;
        let phone = "15550001";
        let sent = server.platform.send_code(phone, key.id, HOME).await.unwrap();
        server.platform.sign_in(&key, phone, &sent.hash, &server.last_code(), HOME).await.unwrap();
        // Every read takes a step, before it looks and after.
        faults.set_gate(Some(Arc::new(|| {
            Box::pin(async {
                tokio::task::yield_now().await;
                Ok(())
            })
        })));
        let mut asking = std::pin::pin!(server.platform.sign_up(&key, phone, &sent.hash, ("Ayu", ""), HOME));
        let mut outcome = None;
        for _ in 0..steps {
            if let Poll::Ready(early) = futures::poll!(&mut asking) {
                outcome = Some(early);
                break;
            }
        }
        let is_over = outcome.is_some();
        server.platform.admin_decide(Steward::Local, phone, true).await.unwrap();
        let outcome = match outcome {
            Some(outcome) => outcome,
            None => asking.await,
        };
        let waiting = server.platform.pending_sign_ups(None, 9).await.unwrap().sign_ups;
        assert!(waiting.is_empty(), "after {steps} steps: {outcome:?}, {waiting:?}");
        if is_over {
            assert_eq!(refusal(outcome), Refusal::PhoneNumberUnoccupied, "nobody had decided");
            return;
        }
        assert!(steps < STEPS_MAX, "a sign-up takes fewer steps");
    }
}

#[tokio::test]
async fn pages_of_people_are_counted_by_address() {
    let server = server().await;
    for _ in 0..limits::PAGES_PER_ADDRESS {
        assert_eq!(server.platform.public_person("nobody_here", elsewhere(0)).await.unwrap(), None);
    }
    let outcome = server.platform.public_person("nobody_here", elsewhere(0)).await;
    assert!(matches!(refusal(outcome), Refusal::FloodWait(_)));
    server.platform.public_person("nobody_here", elsewhere(1)).await.unwrap();
}
