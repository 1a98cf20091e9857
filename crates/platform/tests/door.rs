//! Accounts without a phone: numbers of the server's own, and everybody who tries to get one, or its code, the wrong way.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::net::IpAddr;

use common::door::{
    RIGHT, answer, easy, enter, join, knock, number, own_proof, recovery_code, server, set_password, with_mail,
};
use common::{HOME, Letterbox, Server, refusal};
use futures::future::join_all;
use platform::mailbox::Window;
use platform::people::SignUpMode;
use platform::people::codes::CodeVia;
use platform::people::door::challenge::{Challenge, solve};
use platform::people::door::proofs::DoorProof;
use platform::people::door::reservation::Knock;
use platform::people::invites::NewInvite;
use platform::people::password::check::{Proof, Prover};
use platform::people::sign_in::SignedIn;
use platform::people::stewards::Steward;
use platform::{AuthKeyId, Peer, PlatformError, Refusal, Settings, limits};
use store::Store;

#[tokio::test]
async fn a_newcomer_without_a_phone_is_somebody_and_no_letter_was_sent() {
    let server = server().await;
    let (user, _, phone) = join(&server, 1, "Ayu", None).await;
    assert!(phone.starts_with("888") && phone.len() == 12);
    let ayu = server.platform.person(user).await.unwrap().unwrap();
    assert_eq!((ayu.profile.first_name.as_str(), ayu.profile.phone.as_deref()), ("Ayu", Some(phone.as_str())));
    assert!(server.letterbox.letters.lock().is_empty(), "its code goes on no road");
    assert!(server.platform.protection(user).await.unwrap().door_number);
}

#[tokio::test]
async fn work_is_judged_before_a_number_is_given() {
    let server = server().await;
    let (key, other) = (server.device(1).await.id, server.device(2).await.id);
    let platform = &server.platform;
    let challenge = platform.door_challenge(key, HOME).unwrap();
    let reserve = async |key, bytes: &[u8], answer| {
        platform.reserve_number(key, Knock { challenge: bytes, answer, invite: None }, HOME).await
    };
    let (right, wrong) = (solve(&challenge), (0..).find(|answer| !fits(&challenge, *answer)).unwrap());
    assert_eq!(refusal(reserve(key, &challenge.bytes, wrong).await), Refusal::ChallengeInvalid, "not solved");
    assert_eq!(refusal(reserve(other, &challenge.bytes, right).await), Refusal::ChallengeInvalid, "somebody else's");
    assert_eq!(refusal(reserve(key, &[], right).await), Refusal::ChallengeInvalid);
    assert_eq!(refusal(reserve(key, &[0; 37], right).await), Refusal::ChallengeInvalid);
    for place in 0..challenge.bytes.len() {
        let mut bent = challenge.bytes.clone();
        bent[place] ^= 1;
        let answer = solve(&Challenge { bytes: bent.clone(), ..challenge.clone() });
        assert_eq!(refusal(reserve(key, &bent, answer).await), Refusal::ChallengeInvalid, "byte {place} is sealed");
    }
    server.story.pass_seconds(i64::from(limits::CHALLENGE_SECONDS));
    assert_eq!(refusal(reserve(key, &challenge.bytes, right).await), Refusal::ChallengeExpired);
}

fn fits(challenge: &Challenge, answer: u64) -> bool {
    platform::people::door::challenge::zero_bits(&challenge.bytes, answer) >= challenge.bits
}

#[tokio::test]
async fn a_challenge_serves_once_across_a_restart_too() {
    let mut server = server().await;
    let key = server.device(1).await.id;
    let challenge = server.platform.door_challenge(key, HOME).unwrap();
    knock(&server, key, &challenge, None).await.unwrap();
    assert_eq!(refusal(knock(&server, key, &challenge, None).await), Refusal::ChallengeInvalid);
    server.restart().await;
    assert_eq!(refusal(knock(&server, key, &challenge, None).await), Refusal::ChallengeInvalid);
    let key = server.platform.auth_key(key).await.unwrap().unwrap();
    let phone = number(&server, key.id, None).await.unwrap();
    let hash = enter(&server, &key, &phone).await.unwrap();
    server.platform.sign_up(&key, &phone, &hash, ("Ayu", ""), HOME).await.unwrap();
    assert_eq!(refusal(knock(&server, key.id, &challenge, None).await), Refusal::ChallengeInvalid);
}

#[tokio::test]
async fn a_key_keeps_its_number_and_cannot_collect_numbers() {
    let server = server().await;
    let key = server.device(1).await.id;
    let first = number(&server, key, None).await.unwrap();
    for _ in 1..limits::NUMBERS_PER_KEY {
        assert_eq!(number(&server, key, None).await.unwrap(), first);
    }
    assert!(matches!(refusal(number(&server, key, None).await), Refusal::FloodWait(_)));
    server.story.pass_seconds(i64::from(limits::RESERVATION_SECONDS) + 1);
    assert_ne!(number(&server, key, None).await.unwrap(), first, "it was not taken in time");
}

/// One challenge sent twice at once is two numbers to nobody.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_challenge_answered_twice_at_once_serves_once() {
    let server = server().await;
    let key = server.device(1).await.id;
    let challenge = server.platform.door_challenge(key, HOME).unwrap();
    let outcomes = join_all((0..8).map(|_| knock(&server, key, &challenge, None))).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
}

#[tokio::test]
async fn the_work_grows_for_a_farm_and_for_nobody_else() {
    let server = server().await;
    let base = server.platform.door_challenge(AuthKeyId(1), HOME).unwrap().bits;
    for id in 1..=i64::from(2 * limits::NUMBERS_PER_WORK_STEP) {
        let key = server.device(id).await.id;
        number(&server, key, None).await.unwrap();
    }
    assert_eq!(server.platform.door_challenge(AuthKeyId(1), HOME).unwrap().bits, base + 2);
    let elsewhere: IpAddr = "203.0.113.7".parse().unwrap();
    assert_eq!(server.platform.door_challenge(AuthKeyId(1), elsewhere).unwrap().bits, base);
    server.story.pass_seconds(i64::from(limits::FLOOD_WINDOW_SECONDS));
    assert_eq!(server.platform.door_challenge(AuthKeyId(1), HOME).unwrap().bits, base);
}

#[tokio::test]
async fn somebody_elses_reservation_is_worth_nothing() {
    let server = server().await;
    let (mine, thief) = (server.device(1).await, server.device(2).await);
    let phone = number(&server, mine.id, None).await.unwrap();
    let platform = &server.platform;
    let sent = platform.send_code(&phone, thief.id, HOME).await.unwrap();
    let asked = platform.door_code(&thief, &phone, &DoorProof::Reserved, HOME).await;
    assert_eq!(refusal(asked), Refusal::PhoneCodeExpired);
    // Even the right code is of no use to the thief, and no account comes of it.
    let code = platform.admin_code(Steward::Local, &phone).await.unwrap().unwrap();
    let outcome = platform.sign_in(&thief, &phone, &sent.hash, &code, HOME).await;
    assert_eq!(refusal(outcome), Refusal::PhoneCodeInvalid);
    let outcome = platform.sign_up(&thief, &phone, &sent.hash, ("Thief", ""), HOME).await;
    assert_eq!(refusal(outcome), Refusal::PhoneCodeInvalid);
    let hash = enter(&server, &mine, &phone).await.unwrap();
    let stolen = platform.sign_up(&thief, &phone, &hash, ("Thief", ""), HOME).await;
    assert_eq!(refusal(stolen), Refusal::PhoneCodeInvalid);
    platform.sign_up(&mine, &phone, &hash, ("Ayu", ""), HOME).await.unwrap();
}

#[tokio::test]
async fn a_number_that_was_not_given_cannot_be_taken() {
    let server = server().await;
    let key = server.device(1).await;
    let platform = &server.platform;
    for phone in ["888123456789", "8881", "88812345678901", "+888 123 456 789"] {
        let Ok(sent) = platform.send_code(phone, key.id, HOME).await else { continue };
        assert_eq!(sent.via, CodeVia::Door);
        let code = platform.admin_code(Steward::Local, phone).await.unwrap().unwrap();
        assert_eq!(refusal(platform.sign_in(&key, phone, &sent.hash, &code, HOME).await), Refusal::PhoneCodeInvalid);
    }
    let invite = platform.create_invite(open_invite()).await.unwrap();
    let sent = platform.send_code("888123456780", key.id, HOME).await.unwrap();
    let outcome = platform.sign_in(&key, "888123456780", &sent.hash, &invite.code, HOME).await;
    assert_eq!(refusal(outcome), Refusal::PhoneCodeInvalid, "an invite is no number");
    assert!(server.letterbox.letters.lock().is_empty());
    let (user, _) = server.sign_up(2, "15550002", "Budi").await;
    let outcome = platform.send_change_phone_code(user, "888123456781", HOME).await;
    assert_eq!(refusal(outcome), Refusal::PhoneNumberInvalid);
}

fn open_invite() -> NewInvite {
    NewInvite { uses: 1, seconds: None, is_admin: false, phone: None }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn newcomers_together_get_different_numbers() {
    let server = server().await;
    let mut keys = Vec::new();
    for id in 1..=20 {
        keys.push(server.device(id).await.id);
    }
    let mut phones: Vec<String> = join_all(keys.into_iter().map(|key| number(&server, key, None)))
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    phones.sort();
    phones.dedup();
    assert_eq!(phones.len(), 20);
}

/// The dice are loaded: the number of a deleted account falls again, and is not given.
#[tokio::test]
async fn the_number_of_a_deleted_account_rests_for_a_year() {
    let mut server = server().await;
    let (user, key, phone) = join(&server, 1, "Ayu", None).await;
    server.platform.delete_account(user).await.unwrap();
    server.restart().await;
    let platform = &server.platform;
    assert!(!platform.is_number_free(&phone).await.unwrap());
    let sent = platform.send_code(&phone, key.id, HOME).await.unwrap();
    assert_eq!(sent.via, CodeVia::Door, "as for any other");
    let code = platform.admin_code(Steward::Local, &phone).await.unwrap().unwrap();
    assert_eq!(refusal(platform.sign_in(&key, &phone, &sent.hash, &code, HOME).await), Refusal::PhoneCodeInvalid);
    server.story.pass_seconds(364 * 24 * 3600);
    assert!(!server.platform.is_number_free(&phone).await.unwrap());
    server.story.pass_seconds(3 * 24 * 3600);
    assert!(server.platform.is_number_free(&phone).await.unwrap());
}

#[tokio::test]
async fn the_mode_of_the_server_holds_at_the_door() {
    let server = server().await;
    let platform = &server.platform;
    platform.set_sign_up_mode(Steward::Local, SignUpMode::Invite).await.unwrap();
    let key = server.device(1).await;
    assert_eq!(refusal(number(&server, key.id, None).await), Refusal::InviteInvalid);
    assert_eq!(refusal(number(&server, key.id, Some("000000000000")).await), Refusal::InviteInvalid);
    let for_one = NewInvite { phone: Some("15550009".to_owned()), ..open_invite() };
    let for_one = platform.create_invite(for_one).await.unwrap();
    assert_eq!(refusal(number(&server, key.id, Some(&for_one.code)).await), Refusal::InviteInvalid);
    let invite = platform.create_invite(open_invite()).await.unwrap();
    let phone = number(&server, key.id, Some(&invite.code)).await.unwrap();
    // Two may reserve with one invite; one comes in.
    let second = server.device(2).await;
    let other = number(&server, second.id, Some(&invite.code)).await.unwrap();
    let hash = enter(&server, &key, &phone).await.unwrap();
    let late = enter(&server, &second, &other).await.unwrap();
    platform.sign_up(&key, &phone, &hash, ("Ayu", ""), HOME).await.unwrap();
    let outcome = platform.sign_up(&second, &other, &late, ("Budi", ""), HOME).await;
    assert_eq!(refusal(outcome), Refusal::PhoneCodeExpired);
    platform.set_sign_up_mode(Steward::Local, SignUpMode::Closed).await.unwrap();
    let third = server.device(3).await;
    assert_eq!(refusal(number(&server, third.id, None).await), Refusal::InviteInvalid);
}

#[tokio::test]
async fn the_operator_decides_about_a_number_without_a_phone() {
    let server = server().await;
    let platform = &server.platform;
    platform.set_sign_up_mode(Steward::Local, SignUpMode::Approved).await.unwrap();
    let key = server.device(1).await;
    let phone = number(&server, key.id, None).await.unwrap();
    let hash = enter(&server, &key, &phone).await.unwrap();
    let outcome = platform.sign_up(&key, &phone, &hash, ("Ayu", ""), HOME).await;
    assert_eq!(refusal(outcome), Refusal::PhoneNumberUnoccupied);
    server.story.pass_seconds(5 * 24 * 3600);
    platform.admin_decide(Steward::Local, &phone, true).await.unwrap();
    let hash = enter(&server, &key, &phone).await.unwrap();
    platform.sign_up(&key, &phone, &hash, ("Ayu", ""), HOME).await.unwrap();
}

#[tokio::test]
async fn the_password_shows_the_code_on_any_device() {
    let server = server().await;
    let (user, key, phone) = join(&server, 1, "Ayu", None).await;
    set_password(&server, user, &key, None).await.unwrap();
    server.platform.sign_out(&key).await.unwrap();
    let platform = &server.platform;
    let (page, client) = (server.device(2).await, server.device(3).await);
    let challenge = platform.door_password(page.id, &phone, HOME).await.unwrap();
    let early = platform.door_code(&page, &phone, &answer(&challenge, RIGHT), HOME).await;
    assert_eq!(refusal(early), Refusal::PhoneCodeExpired, "no code is under way");
    let sent = platform.send_code(&phone, client.id, HOME).await.unwrap();
    assert_eq!(sent.via, CodeVia::Door);
    let challenge = platform.door_password(page.id, &phone, HOME).await.unwrap();
    assert!(challenge.hint.is_empty(), "a hint would tell that somebody is here");
    let proof = answer(&challenge, RIGHT);
    let code = platform.door_code(&page, &phone, &proof, HOME).await.unwrap();
    assert_eq!(refusal(platform.door_code(&page, &phone, &proof, HOME).await), Refusal::SrpIdInvalid, "replayed");
    let outcome = platform.sign_in(&client, &phone, &sent.hash, &code, HOME).await;
    assert_eq!(refusal(outcome), Refusal::SessionPasswordNeeded);
}

/// What a stranger sees of a number that somebody has, and of one that nobody has, try by try.
#[tokio::test]
async fn the_door_tells_nobody_who_is_here() {
    let (server, postman) = with_mail().await;
    let (user, key, with) = join(&server, 1, "Ayu", None).await;
    let outcome = set_password(&server, user, &key, Some("ayu@example.org")).await;
    assert_eq!(refusal(outcome), Refusal::EmailUnconfirmed(6));
    server.platform.confirm_email(user, &postman.last()).await.unwrap();
    let (_, bare, without) = join(&server, 2, "Budi", None).await;
    for key in [&key, &bare] {
        server.platform.sign_out(key).await.unwrap();
    }
    let mut seen = Vec::new();
    for (id, phone) in [(3, with.as_str()), (4, without.as_str()), (5, "888000000001")] {
        seen.push(everything_seen(&server, id, phone).await);
    }
    assert_eq!(seen[0], seen[1], "an account without a password, mail or recovery code looks the same");
    assert_eq!(seen[0], seen[2], "so does nobody");
    assert_eq!(postman.0.lock().len(), 1 + limits::DOOR_MAILS_PER_VISITOR as usize, "only the account has mail");
}

async fn everything_seen(server: &Server, id: i64, phone: &str) -> Vec<String> {
    let (platform, key) = (&server.platform, server.device(id).await);
    let mut seen = Vec::new();
    let sent = platform.send_code(phone, key.id, HOME).await.unwrap();
    seen.push(format!("{:?} {:?} {}", sent.via, sent.next, sent.hash.len()));
    let first = platform.door_password(key.id, phone, HOME).await.unwrap();
    for _ in 0..=limits::PASSWORD_TRIES {
        let challenge = platform.door_password(key.id, phone, HOME).await.unwrap();
        assert_eq!(challenge.salts, first.salts, "stable");
        seen.push(format!("{} {} {}", challenge.salts.first.len(), challenge.salts.second.len(), challenge.hint));
        let outcome = platform.door_code(&key, phone, &answer(&challenge, "guess"), HOME).await;
        seen.push(format!("{:?}", refusal(outcome)));
    }
    for _ in 0..3 {
        let proof = DoorProof::Recovery("ABCD-EFGH-JKLM-NPQR-STUV-WXYZ".to_owned());
        seen.push(format!("{:?}", refusal(platform.door_code(&key, phone, &proof, HOME).await)));
    }
    seen.push(format!("{:?}", refusal(platform.door_code(&key, phone, &DoorProof::Mail("1".to_owned()), HOME).await)));
    for _ in 0..=limits::DOOR_MAILS_PER_VISITOR {
        seen.push(format!("{:?}", platform.door_mail(&key, phone, HOME).await.map_err(|error| error.to_string())));
        for _ in 0..=limits::CODE_TRIES {
            let outcome = platform.door_code(&key, phone, &DoorProof::Mail("0".to_owned()), HOME).await;
            seen.push(format!("{:?}", refusal(outcome)));
        }
    }
    for _ in 0..=limits::CODE_TRIES {
        seen.push(format!("{:?}", refusal(platform.sign_in(&key, phone, &sent.hash, "1", HOME).await)));
    }
    seen
}

#[tokio::test]
async fn tries_at_the_door_outlive_a_restart_and_lock_no_other_proof() {
    let mut server = server().await;
    let (user, key, phone) = join(&server, 1, "Ayu", None).await;
    let code = recovery_code(&server, user, &key).await;
    server.platform.sign_out(&key).await.unwrap();
    let page = server.device(2).await;
    server.platform.send_code(&phone, page.id, HOME).await.unwrap();
    for round in 0..limits::PASSWORD_TRIES {
        if round == 5 {
            server.restart().await;
        }
        let challenge = server.platform.door_password(page.id, &phone, HOME).await.unwrap();
        let outcome = server.platform.door_code(&page, &phone, &answer(&challenge, "guess"), HOME).await;
        assert_eq!(refusal(outcome), Refusal::PasswordHashInvalid);
    }
    let challenge = server.platform.door_password(page.id, &phone, HOME).await.unwrap();
    let outcome = server.platform.door_code(&page, &phone, &answer(&challenge, RIGHT), HOME).await;
    assert!(matches!(refusal(outcome), Refusal::FloodWait(_)), "the right one comes too late");
    let recovery = DoorProof::Recovery(code.to_ascii_lowercase().replace('-', " "));
    server.platform.door_code(&page, &phone, &recovery, HOME).await.unwrap();
    server.story.pass_seconds(i64::from(limits::PASSWORD_WINDOW_SECONDS));
    server.platform.send_code(&phone, page.id, HOME).await.unwrap();
    let challenge = server.platform.door_password(page.id, &phone, HOME).await.unwrap();
    server.platform.door_code(&page, &phone, &answer(&challenge, RIGHT), HOME).await.unwrap();
}

#[tokio::test]
async fn strangers_who_ask_and_guess_keep_nobody_from_their_number() {
    let server = server().await;
    let (user, key, phone) = join(&server, 1, "Ayu", None).await;
    let prover = Prover { user_id: user, key: &key, ip: HOME };
    let recovery = DoorProof::Recovery(server.platform.make_recovery_code(prover, &Proof::Empty).await.unwrap());
    server.platform.sign_out(&key).await.unwrap();
    let stranger = server.device(2).await;
    let mut wrong = 0;
    for _ in 0..=limits::CODES_PER_PHONE {
        let sent = server.platform.send_code(&phone, stranger.id, HOME).await.unwrap();
        for guess in ["000000", "111111", "222222", "333333", "444444", "555555"] {
            let outcome = server.platform.sign_in(&stranger, &phone, &sent.hash, guess, HOME).await;
            assert_eq!(refusal(outcome), Refusal::PhoneCodeInvalid, "nobody was shown the code");
            wrong += 1;
        }
        server.platform.cancel_code(&phone, &sent.hash).await.unwrap();
    }
    assert!(wrong > limits::DOOR_CODE_TRIES);
    let page = server.device(3).await;
    let sent = server.platform.send_code(&phone, page.id, HOME).await.unwrap();
    let code = server.platform.door_code(&page, &phone, &recovery, HOME).await.unwrap();
    server.platform.send_code(&phone, stranger.id, HOME).await.unwrap();
    assert_eq!(server.platform.sign_in(&page, &phone, &sent.hash, &code, HOME).await.unwrap(), SignedIn::Person(user));
}

#[tokio::test]
async fn a_code_that_was_shown_is_not_guessed_at_without_end() {
    let server = server().await;
    let (_, key, phone) = join(&server, 1, "Ayu", None).await;
    server.platform.sign_out(&key).await.unwrap();
    let page = server.device(2).await;
    let sent = server.platform.send_code(&phone, page.id, HOME).await.unwrap();
    let code = server.platform.admin_code(Steward::Local, &phone).await.unwrap().unwrap();
    let guess = if code == "000000" { "111111" } else { "000000" };
    for _ in 0..limits::DOOR_CODE_TRIES {
        assert_eq!(
            refusal(server.platform.sign_in(&page, &phone, &sent.hash, guess, HOME).await),
            Refusal::PhoneCodeInvalid
        );
    }
    assert_eq!(
        refusal(server.platform.sign_in(&page, &phone, &sent.hash, &code, HOME).await),
        Refusal::PhoneCodeExpired
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guesses_made_at_once_are_all_counted() {
    let (server, postman) = with_mail().await;
    let (user, key, phone) = join(&server, 1, "Ayu", None).await;
    let _ = set_password(&server, user, &key, Some("ayu@example.org")).await;
    server.platform.confirm_email(user, &postman.last()).await.unwrap();
    server.platform.sign_out(&key).await.unwrap();
    let page = server.device(2).await;
    server.platform.send_code(&phone, page.id, HOME).await.unwrap();
    server.platform.door_mail(&page, &phone, HOME).await.unwrap();
    let right = postman.last();
    let wrong = if right == "000000" { "000001" } else { "000000" };
    let guesses: Vec<DoorProof> = (0..limits::CODE_TRIES).map(|_| DoorProof::Mail(wrong.to_owned())).collect();
    join_all(guesses.iter().map(|guess| server.platform.door_code(&page, &phone, guess, HOME))).await;
    let outcome = server.platform.door_code(&page, &phone, &DoorProof::Mail(right), HOME).await;
    assert_eq!(refusal(outcome), Refusal::CodeInvalid, "guessed at too often");
    server.platform.door_mail(&page, &phone, HOME).await.unwrap();
    let fresh = DoorProof::Mail(postman.last());
    server.platform.door_code(&page, &phone, &fresh, HOME).await.unwrap();
    assert_eq!(refusal(server.platform.door_code(&page, &phone, &fresh, HOME).await), Refusal::CodeInvalid, "spent");
}

#[tokio::test]
async fn the_recovery_code_replaces_a_forgotten_password_once() {
    let server = server().await;
    let (user, key, phone) = join(&server, 1, "Ayu", None).await;
    let former = recovery_code(&server, user, &key).await;
    let platform = &server.platform;
    let prover = Prover { user_id: user, key: &key, ip: HOME };
    let code = platform.make_recovery_code(prover, &own_proof(&server, user, &key).await).await.unwrap();
    assert_eq!((code.len(), code.matches('-').count()), (29, 5));
    assert_eq!(refusal(platform.make_recovery_code(prover, &Proof::Empty).await), Refusal::PasswordHashInvalid);
    assert!(platform.password_state(user, key.id).await.unwrap().has_recovery);
    platform.request_recovery(user).await.unwrap();
    platform.sign_out(&key).await.unwrap();
    let device = server.device(2).await;
    let sent = platform.send_code(&phone, device.id, HOME).await.unwrap();
    let shown = platform.door_code(&device, &phone, &DoorProof::Recovery(code.clone()), HOME).await.unwrap();
    let outcome = platform.sign_in(&device, &phone, &sent.hash, &shown, HOME).await;
    assert_eq!(refusal(outcome), Refusal::SessionPasswordNeeded);
    assert_eq!(refusal(platform.check_recovery(prover, &former).await), Refusal::CodeInvalid, "worthless");
    platform.check_recovery(prover, &code).await.unwrap();
    platform.recover(Prover { key: &device, ..prover }, &code, None).await.unwrap();
    assert_eq!(device.user_id(), Some(user));
    assert!(!platform.has_password(user).await.unwrap());
    assert_eq!(platform.protection(user).await.unwrap().recovery_made_at, None, "spent");
}

#[tokio::test]
async fn recovery_codes_are_not_tried_without_end() {
    let server = server().await;
    let (user, key, _) = join(&server, 1, "Ayu", None).await;
    let code = recovery_code(&server, user, &key).await;
    let prover = Prover { user_id: user, key: &key, ip: HOME };
    for _ in 0..limits::TRIES_PER_ADDRESS {
        let Err(error) = server.platform.check_recovery(prover, "ABCD-EFGH-JKLM-NPQR-STUV-WXYZ").await else {
            panic!("it is wrong")
        };
        if matches!(error, PlatformError::Refused(Refusal::FloodWait(_))) {
            break;
        }
    }
    assert!(matches!(refusal(server.platform.check_recovery(prover, &code).await), Refusal::FloodWait(_)));
    let elsewhere = Prover { ip: "10.0.0.7".parse().unwrap(), ..prover };
    server.platform.check_recovery(elsewhere, &code).await.expect("nobody uses up somebody else's tries");
}

#[tokio::test]
async fn a_person_brings_others_in_and_they_know_each_other() {
    let settings = Settings { invites_per_person: 2, ..easy() };
    let mut server = Server::start_with(Store::memory(), settings, Letterbox::default()).await;
    let (ayu, _, _) = join(&server, 1, "Ayu", None).await;
    server.platform.set_sign_up_mode(Steward::Local, SignUpMode::Invite).await.unwrap();
    let invite = server.platform.own_invite(ayu).await.unwrap();
    assert_eq!((invite.uses_left, invite.used), (2, 0));
    let shown = server.platform.show_invite(&invite.code, HOME).await.unwrap();
    assert_eq!((shown.usable, shown.by.as_deref()), (true, Some("Ayu")));
    let (budi, _, _) = join(&server, 2, "Budi", Some(&invite.code)).await;
    for (owner, other) in [(ayu, budi), (budi, ayu)] {
        let contacts = server.platform.contacts(owner).await.unwrap();
        assert_eq!(contacts.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [other]);
        let page =
            server.platform.history(owner, Peer::User(other), Window { limit: 9, ..Window::default() }).await.unwrap();
        assert_eq!(page.messages.len(), 1, "a conversation to write in");
    }
    server.restart().await;
    let platform = &server.platform;
    let page = platform.history(ayu, Peer::User(budi), Window { limit: 9, ..Window::default() }).await.unwrap();
    assert_eq!(page.messages.len(), 1, "introduced once");
    let renewed = platform.renew_invite(ayu).await.unwrap();
    assert_eq!((renewed.uses_left, renewed.used), (1, 1));
    assert!(!platform.show_invite(&invite.code, HOME).await.unwrap().usable, "taken back");
    join(&server, 3, "Citra", Some(&renewed.code)).await;
    assert_eq!(server.platform.own_invite(ayu).await.unwrap().uses_left, 0);
    assert!(!server.platform.show_invite(&renewed.code, HOME).await.unwrap().usable, "used up");
    for junk in ["", "1", "000000000000", "not digits!!"] {
        assert_eq!(server.platform.show_invite(junk, HOME).await.unwrap(), Default::default());
    }
}

#[tokio::test]
async fn a_persons_invite_brings_nobody_past_the_operator() {
    let server = server().await;
    let (ayu, key, _) = join(&server, 1, "Ayu", None).await;
    let platform = &server.platform;
    let invite = platform.own_invite(ayu).await.unwrap();
    platform.set_sign_up_mode(Steward::Local, SignUpMode::Closed).await.unwrap();
    assert!(!platform.show_invite(&invite.code, HOME).await.unwrap().usable);
    assert_eq!(refusal(platform.own_invite(ayu).await), Refusal::InvitesForbidden);
    let newcomer = server.device(2).await;
    assert_eq!(refusal(number(&server, newcomer.id, Some(&invite.code)).await), Refusal::InviteInvalid);
    platform.set_sign_up_mode(Steward::Local, SignUpMode::Approved).await.unwrap();
    let phone = number(&server, newcomer.id, Some(&invite.code)).await.unwrap();
    let hash = enter(&server, &newcomer, &phone).await.unwrap();
    let outcome = platform.sign_up(&newcomer, &phone, &hash, ("Budi", ""), HOME).await;
    assert_eq!(refusal(outcome), Refusal::PhoneNumberUnoccupied, "the operator decides");
    platform.admin_decide(Steward::Local, &phone, true).await.unwrap();
    let hash = enter(&server, &newcomer, &phone).await.unwrap();
    let budi = platform.sign_up(&newcomer, &phone, &hash, ("Budi", ""), HOME).await.unwrap();
    assert_eq!(platform.contacts(budi).await.unwrap().len(), 1, "and still they know each other");
    platform.admin_ban(Steward::Local, ayu, true).await.unwrap();
    assert!(!platform.show_invite(&invite.code, HOME).await.unwrap().usable, "the banned bring nobody");
    drop(key);
}

#[tokio::test]
async fn where_people_invite_nobody_there_is_no_invite() {
    let settings = Settings { invites_per_person: 0, ..easy() };
    let server = Server::start_with(Store::memory(), settings, Letterbox::default()).await;
    let (ayu, _, _) = join(&server, 1, "Ayu", None).await;
    assert_eq!(refusal(server.platform.own_invite(ayu).await), Refusal::InvitesForbidden);
    assert_eq!(refusal(server.platform.renew_invite(ayu).await), Refusal::InvitesForbidden);
}

#[tokio::test]
async fn newcomers_wait_and_people_who_are_here_do_not() {
    let settings = Settings { newcomers_per_minute: 1, ..easy() };
    let server = Server::start_with(Store::memory(), settings, Letterbox::default()).await;
    let (ayu, key, phone) = join(&server, 1, "Ayu", None).await;
    set_password(&server, ayu, &key, None).await.unwrap();
    let (door, phoned) = (server.device(2).await, server.device(3).await);
    assert!(matches!(refusal(number(&server, door.id, None).await), Refusal::FloodWait(1..=50)));
    let outcome = server.platform.send_code("15550003", phoned.id, HOME).await;
    assert!(matches!(refusal(outcome), Refusal::FloodWait(1..=50)), "an unmodified client waits, too");
    assert!(server.letterbox.letters.lock().is_empty(), "nothing was sent or paid for");
    let again = server.device(4).await;
    server.platform.send_code(&phone, again.id, HOME).await.expect("somebody who is here is not held up");
    server.story.pass_seconds(60);
    number(&server, door.id, None).await.expect("it is their turn");
    assert!(server.platform.send_code("15550003", phoned.id, HOME).await.is_err());
    server.story.pass_seconds(60);
    server.platform.send_code("15550003", phoned.id, HOME).await.expect("and theirs");
}
