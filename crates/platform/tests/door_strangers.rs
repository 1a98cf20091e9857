//! Strangers at the door who know somebody's number, and whoever had an open device for a minute: what they cannot take away
//! from its holder, and what the holder hears of it.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::net::IpAddr;
use std::sync::Arc;

use common::door::{RIGHT, answer, join, own_proof, recovery_code, server, set_password, told, with_mail};
use common::{HOME, Server, refusal};
use platform::people::auth_key::ClientInfo;
use platform::people::door::proofs::DoorProof;
use platform::people::password::check::{Proof, Prover};
use platform::words::Language;
use platform::{AuthKeyState, PlatformError, Refusal, UserId, limits};

/// Where strangers call from, each from elsewhere.
fn elsewhere(number: u32) -> IpAddr {
    IpAddr::V4(std::net::Ipv4Addr::from(0x0a00_0001 + number))
}

async fn guess(server: &Server, page: &Arc<AuthKeyState>, phone: &str, password: &str, ip: IpAddr) -> Refusal {
    refusal(try_password(server, page, phone, password, ip).await)
}

async fn try_password(
    server: &Server,
    page: &Arc<AuthKeyState>,
    phone: &str,
    password: &str,
    ip: IpAddr,
) -> Result<String, PlatformError> {
    let challenge = server.platform.door_password(page.id, phone, ip).await?;
    server.platform.door_code(page, phone, &answer(&challenge, password), ip).await
}

async fn speaks(server: &Server, key: &Arc<AuthKeyState>, code: &str) {
    let client = ClientInfo { layer: 200, lang_code: code.to_owned(), ..ClientInfo::default() };
    server.platform.note_client(key, client).await.unwrap();
}

async fn make_code(server: &Server, user: UserId, key: &Arc<AuthKeyState>) -> String {
    let prover = Prover { user_id: user, key, ip: HOME };
    server.platform.make_recovery_code(prover, &Proof::Empty).await.unwrap()
}

#[tokio::test]
async fn a_recovery_code_made_without_a_password_ends_with_the_first_one() {
    let server = server().await;
    let (user, key, phone) = join(&server, 1, "Ayu", None).await;
    let thiefs = make_code(&server, user, &key).await;
    set_password(&server, user, &key, None).await.unwrap();
    assert!(told(&server, user).await[0].contains("has ended"));
    assert!(server.platform.protection(user).await.unwrap().recovery_made_at.is_none());
    server.platform.sign_out(&key).await.unwrap();
    let page = server.device(2).await;
    server.platform.send_code(&phone, page.id, HOME).await.unwrap();
    let outcome = server.platform.door_code(&page, &phone, &DoorProof::Recovery(thiefs), HOME).await;
    assert_eq!(refusal(outcome), Refusal::RecoveryCodeInvalid);
}

#[tokio::test]
async fn a_recovery_code_stays_when_the_password_changes() {
    let server = server().await;
    let (user, key, _) = join(&server, 1, "Ayu", None).await;
    let code = recovery_code(&server, user, &key).await;
    let before = told(&server, user).await.len();
    change_password(&server, user, &key).await;
    assert_eq!(told(&server, user).await.len(), before, "there is nothing to tell");
    server.platform.check_recovery(Prover { user_id: user, key: &key, ip: HOME }, &code).await.unwrap();
}

async fn change_password(server: &Server, user: UserId, key: &Arc<AuthKeyState>) {
    let proof = own_proof(server, user, key).await;
    let new = common::door::new_settings(server, user, key, "another one", None).await;
    server.platform.update_password(Prover { user_id: user, key, ip: HOME }, &proof, new).await.unwrap();
}

#[tokio::test]
async fn the_account_hears_of_recovery_codes_in_its_language() {
    let server = server().await;
    let (user, key, phone) = join(&server, 1, "Ayu", None).await;
    speaks(&server, &key, "id").await;
    let code = recovery_code(&server, user, &key).await;
    assert!(told(&server, user).await.is_empty(), "the first one belongs to the coming in");
    let proof = own_proof(&server, user, &key).await;
    let prover = Prover { user_id: user, key: &key, ip: HOME };
    let code = {
        drop(code);
        server.platform.make_recovery_code(prover, &proof).await.unwrap()
    };
    assert!(told(&server, user).await[0].starts_with("Kode pemulihan baru dibuat"));
    let page = server.device(2).await;
    server.platform.send_code(&phone, page.id, HOME).await.unwrap();
    server.platform.door_code(&page, &phone, &DoorProof::Recovery(code.clone()), HOME).await.unwrap();
    assert!(told(&server, user).await[0].starts_with("Seseorang menunjukkan kode pemulihan"));
    server.platform.recover(prover, &code, None).await.unwrap();
    assert!(told(&server, user).await[0].contains("dengan kode pemulihan, yang dengan itu habis dipakai"));
}

#[tokio::test]
async fn an_older_account_hears_of_its_first_recovery_code_too() {
    let server = server().await;
    let (user, key, _) = join(&server, 1, "Ayu", None).await;
    server.story.pass_seconds(i64::from(limits::NEW_ACCOUNT_SECONDS));
    make_code(&server, user, &key).await;
    let told = told(&server, user).await;
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("A new recovery code was made"), "{told:?}");
}

#[tokio::test]
async fn a_stranger_who_guesses_passwords_shuts_their_own_road_alone() {
    let server = server().await;
    let (user, key, phone) = join(&server, 1, "Ayu", None).await;
    set_password(&server, user, &key, None).await.unwrap();
    server.platform.sign_out(&key).await.unwrap();
    let (stranger, page) = (server.device(2).await, server.device(3).await);
    server.platform.send_code(&phone, stranger.id, HOME).await.unwrap();
    for _ in 0..limits::PASSWORD_TRIES {
        assert_eq!(guess(&server, &stranger, &phone, "guess", elsewhere(0)).await, Refusal::PasswordHashInvalid);
    }
    assert!(matches!(guess(&server, &stranger, &phone, RIGHT, elsewhere(0)).await, Refusal::FloodWait(_)));
    try_password(&server, &page, &phone, RIGHT, HOME).await.expect("the holder's road is open");
}

#[tokio::test]
async fn many_strangers_together_do_not_guess_without_end() {
    let server = server().await;
    let (user, key, phone) = join(&server, 1, "Ayu", None).await;
    set_password(&server, user, &key, None).await.unwrap();
    server.platform.sign_out(&key).await.unwrap();
    let page = server.device(2).await;
    server.platform.send_code(&phone, page.id, HOME).await.unwrap();
    for number in 0..limits::DOOR_PASSWORDS_PER_PHONE {
        let refused = guess(&server, &page, &phone, "guess", elsewhere(number)).await;
        assert_eq!(refused, Refusal::PasswordHashInvalid, "try {number}");
    }
    assert!(matches!(guess(&server, &page, &phone, "guess", elsewhere(1_000)).await, Refusal::FloodWait(_)));
}

#[tokio::test]
async fn recovery_codes_tried_by_strangers_take_nothing_away() {
    let server = server().await;
    let (user, key, phone) = join(&server, 1, "Ayu", None).await;
    let code = recovery_code(&server, user, &key).await;
    server.platform.sign_out(&key).await.unwrap();
    let page = server.device(2).await;
    server.platform.send_code(&phone, page.id, HOME).await.unwrap();
    let wrong = DoorProof::Recovery("ABCD-EFGH-JKLM-NPQR-STUV-WXYZ".to_owned());
    for number in 0..1_000 {
        let outcome = server.platform.door_code(&page, &phone, &wrong, elsewhere(number % 7)).await;
        assert_eq!(refusal(outcome), Refusal::RecoveryCodeInvalid);
    }
    server.platform.door_code(&page, &phone, &DoorProof::Recovery(code), HOME).await.unwrap();
}

/// The account with mail that the stories below are about, signed in nowhere.
async fn with_address() -> (Server, Arc<common::door::Postman>, UserId, String, Arc<AuthKeyState>) {
    let (server, postman) = with_mail().await;
    let (user, key, phone) = join(&server, 1, "Ayu", None).await;
    speaks(&server, &key, "id").await;
    let _ = set_password(&server, user, &key, Some("ayu@example.org")).await;
    server.platform.confirm_email(user, &postman.last()).await.unwrap();
    assert_eq!(postman.0.lock()[0].language, Language::Indonesian, "as the device speaks");
    server.platform.sign_out(&key).await.unwrap();
    let page = server.device(2).await;
    server.platform.send_code(&phone, page.id, HOME).await.unwrap();
    (server, postman, user, phone, page)
}

#[tokio::test]
async fn a_mail_asked_for_by_a_stranger_takes_no_code_away() {
    let (server, postman, _, phone, page) = with_address().await;
    let platform = &server.platform;
    speaks(&server, &page, "id-ID").await;
    platform.door_mail(&page, &phone, HOME).await.unwrap();
    let mine = postman.last();
    assert_eq!(postman.0.lock().last().unwrap().language, Language::Indonesian, "as whoever asks speaks");
    let stranger = server.device(3).await;
    platform.door_mail(&stranger, &phone, elsewhere(0)).await.unwrap();
    assert_eq!(postman.last(), mine, "no second code to guess at while the first is young");
    server.story.pass_seconds(i64::from(limits::CODE_SECONDS / 2) + 1);
    platform.send_code(&phone, page.id, HOME).await.unwrap();
    platform.door_mail(&stranger, &phone, elsewhere(0)).await.unwrap();
    let theirs = postman.last();
    assert_ne!(theirs, mine);
    for _ in 0..=limits::CODE_TRIES {
        let outcome = platform.door_code(&stranger, &phone, &DoorProof::Mail("none".to_owned()), elsewhere(0)).await;
        assert_eq!(refusal(outcome), Refusal::CodeInvalid);
    }
    platform.door_code(&page, &phone, &DoorProof::Mail(mine.clone()), HOME).await.expect("the former one counts");
    let again = platform.door_code(&page, &phone, &DoorProof::Mail(mine), HOME).await;
    assert_eq!(refusal(again), Refusal::CodeInvalid, "spent");
    platform.door_code(&page, &phone, &DoorProof::Mail(theirs), HOME).await.expect("and so does the later one");
}

#[tokio::test]
async fn a_mailed_code_ends_with_its_time_and_is_not_guessed_at_without_end() {
    let (server, postman, _, phone, page) = with_address().await;
    let platform = &server.platform;
    platform.door_mail(&page, &phone, HOME).await.unwrap();
    let right = DoorProof::Mail(postman.last());
    for number in 0..limits::DOOR_MAIL_TRIES {
        let wrong = DoorProof::Mail("none".to_owned());
        let outcome = platform.door_code(&page, &phone, &wrong, elsewhere(number / limits::CODE_TRIES)).await;
        assert_eq!(refusal(outcome), Refusal::CodeInvalid);
    }
    assert_eq!(refusal(platform.door_code(&page, &phone, &right, HOME).await), Refusal::CodeInvalid, "guessed at");
    platform.door_mail(&page, &phone, HOME).await.unwrap();
    let fresh = DoorProof::Mail(postman.last());
    assert_ne!(fresh, right);
    server.story.pass_seconds(i64::from(limits::CODE_SECONDS));
    platform.send_code(&phone, page.id, HOME).await.unwrap();
    assert_eq!(refusal(platform.door_code(&page, &phone, &fresh, HOME).await), Refusal::CodeInvalid, "too late");
}

#[tokio::test]
async fn a_stranger_uses_up_their_own_mails_alone() {
    let (server, postman, _, phone, page) = with_address().await;
    let stranger = server.device(3).await;
    for _ in 0..limits::DOOR_MAILS_PER_VISITOR {
        server.platform.door_mail(&stranger, &phone, elsewhere(0)).await.unwrap();
    }
    let outcome = server.platform.door_mail(&stranger, &phone, elsewhere(0)).await;
    assert!(matches!(refusal(outcome), Refusal::FloodWait(_)));
    server.platform.door_mail(&page, &phone, HOME).await.expect("the holder still gets one");
    server.platform.door_code(&page, &phone, &DoorProof::Mail(postman.last()), HOME).await.unwrap();
}
