//! Two-step verification: a password after the code, as its owner, a thief, and the operator meet it.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::sync::Arc;

use common::door::Postman;
use common::{HOME, Letterbox, Server, refusal};
use crypto::SystemEntropy;
use crypto::srp::{SrpGroup, client};
use platform::people::password::Salts;
use platform::people::password::change::{NewPassword, NewSettings};
use platform::people::password::check::{Proof, Prover};
use platform::people::password::reset::Reset;
use platform::people::stewards::Steward;
use platform::{AuthKeyState, PlatformError, Refusal, Settings, UserId, limits};
use store::Store;

const AYU: &str = "15550001";
const DAY: i64 = 24 * 3600;
const RIGHT: &str = "lesung 1 alu";

struct Home {
    server: Server,
    group: SrpGroup,
    user: UserId,
    key: Arc<AuthKeyState>,
}

impl Home {
    async fn new() -> Self {
        Self::with(Settings::default()).await
    }

    async fn with(settings: Settings) -> Self {
        let server = Server::start_with(Store::memory(), settings, Letterbox::default()).await;
        let (user, key) = server.sign_up(1, AYU, "Ayu").await;
        Self { server, group: SrpGroup::new().unwrap(), user, key }
    }

    async fn with_password() -> Self {
        let home = Self::new().await;
        home.change("", Some(RIGHT)).await.unwrap();
        home
    }

    fn prover<'a>(&self, key: &'a Arc<AuthKeyState>) -> Prover<'a> {
        Prover { user_id: self.user, key, ip: HOME }
    }

    /// A client's answer to the challenge of this key.
    async fn proof(&self, key: &Arc<AuthKeyState>, password: &str) -> Proof {
        let state = self.server.platform.password_state(self.user, key.id).await.unwrap();
        let challenge = state.challenge.expect("there is a password");
        let salts = (challenge.salts.first.as_slice(), challenge.salts.second.as_slice());
        let public = challenge.public.as_slice().try_into().unwrap();
        let answer = client::answer(&self.group, password, salts, public, &mut SystemEntropy).unwrap();
        Proof::Srp { id: challenge.id, public: answer.public.to_vec(), proof: answer.proof.to_vec() }
    }

    /// What a client sends for a new password.
    async fn new_password(&self, password: &str) -> NewPassword {
        let mut salts = self.server.platform.password_state(self.user, self.key.id).await.unwrap().new_salts;
        salts.first.extend([7; 32]);
        let verifier = client::verifier(&self.group, password, (&salts.first, &salts.second)).unwrap();
        NewPassword::Set { salts, verifier: verifier.to_vec(), hint: "what stands in the yard".to_owned() }
    }

    async fn proof_if_any(&self, password: &str) -> Proof {
        if password.is_empty() { Proof::Empty } else { self.proof(&self.key, password).await }
    }

    async fn change(&self, old: &str, new: Option<&str>) -> Result<(), PlatformError> {
        let proof = self.proof_if_any(old).await;
        let password = match new {
            Some(new) => self.new_password(new).await,
            None => NewPassword::Remove,
        };
        let new = NewSettings { password, email: None, secure: None };
        self.server.platform.update_password(self.prover(&self.key), &proof, new).await
    }

    /// Another device gives the right code.
    async fn knock(&self, id: i64) -> Arc<AuthKeyState> {
        let key = self.server.device(id).await;
        let platform = &self.server.platform;
        let sent = platform.send_code(AYU, key.id, HOME).await.unwrap();
        let sent = platform.resend_code(AYU, &sent.hash, HOME).await.unwrap();
        let code = self.server.last_code();
        let outcome = platform.sign_in(&key, AYU, &sent.hash, &code, HOME).await;
        assert_eq!(refusal(outcome), Refusal::SessionPasswordNeeded);
        key
    }

    async fn enter(&self, key: &Arc<AuthKeyState>, password: &str) -> Result<UserId, PlatformError> {
        let proof = self.proof(key, password).await;
        self.server.platform.sign_in_with_password(key, HOME, &proof).await
    }
}

#[tokio::test]
async fn the_code_alone_does_not_let_in() {
    let mut home = Home::with_password().await;
    let second = home.knock(2).await;
    assert_eq!(second.user_id(), None);
    let devices = home.server.platform.devices(home.user).await.unwrap();
    let waiting = |key: &AuthKeyState| {
        let device = devices.iter().find(|device| device.key_id == key.id).expect("it is in the list");
        device.record.is_waiting()
    };
    assert!(waiting(&second) && !waiting(&home.key));
    assert_eq!(refusal(home.enter(&second, "lesung").await), Refusal::PasswordHashInvalid);
    // A restart sends nobody back to the login code.
    home.server.restart().await;
    let second = home.server.platform.auth_key(second.id).await.unwrap().unwrap();
    assert_eq!(home.enter(&second, RIGHT).await.unwrap(), home.user);
    assert_eq!(second.user_id(), Some(home.user));
    home.server.restart().await;
    let second = home.server.platform.auth_key(second.id).await.unwrap().unwrap();
    assert_eq!(second.user_id(), Some(home.user));
    assert!(second.waiting(home.server.platform.now()).is_none());
    let devices = home.server.platform.devices(home.user).await.unwrap();
    assert!(devices.iter().all(|device| !device.record.is_waiting()) && devices.len() == 2);
}

#[tokio::test]
async fn who_waits_too_long_begins_anew() {
    let home = Home::with_password().await;
    let second = home.knock(2).await;
    home.server.story.pass_seconds(DAY);
    let late = home.server.platform.sign_in_with_password(&second, HOME, &Proof::Empty).await;
    assert_eq!(refusal(late), Refusal::AuthKeyUnregistered);
    assert_eq!(home.server.platform.devices(home.user).await.unwrap().len(), 1);
    home.knock(3).await;
    assert_eq!(home.server.platform.devices(home.user).await.unwrap().len(), 2, "the list does not grow");
}

#[tokio::test]
async fn who_stands_at_the_door_can_be_sent_away() {
    let home = Home::with_password().await;
    let second = home.knock(2).await;
    let devices = home.server.platform.devices(home.user).await.unwrap();
    let waiting = devices.iter().find(|device| device.record.is_waiting()).unwrap();
    let proof = home.proof(&second, RIGHT).await;
    home.server.platform.reset_authorization(home.user, waiting.record.hash).await.unwrap();
    let outcome = home.server.platform.sign_in_with_password(&second, HOME, &proof).await;
    assert_eq!(refusal(outcome), Refusal::AuthKeyUnregistered);
    // Logging out on the device itself does the same.
    let third = home.knock(3).await;
    home.server.platform.sign_out(&third).await.unwrap();
    assert!(third.waiting(home.server.platform.now()).is_none());
    assert_eq!(home.server.platform.devices(home.user).await.unwrap().len(), 1);
}

#[tokio::test]
async fn guessing_is_bounded_and_locks_the_owner_out_of_nothing() {
    let mut home = Home::with_password().await;
    let thief = home.knock(2).await;
    for _ in 0..10 {
        assert_eq!(refusal(home.enter(&thief, "guess").await), Refusal::PasswordHashInvalid);
    }
    let Refusal::FloodWait(wait) = refusal(home.enter(&thief, RIGHT).await) else { panic!("a wait") };
    assert!((1..=3600).contains(&wait));
    // Neither a restart nor another key helps; the owner's own devices are counted apart.
    home.server.restart().await;
    let other = home.knock(3).await;
    assert!(matches!(refusal(home.enter(&other, RIGHT).await), Refusal::FloodWait(_)));
    let key = home.server.platform.auth_key(home.key.id).await.unwrap().unwrap();
    let proof = home.proof(&key, RIGHT).await;
    home.server.platform.check_password(home.prover(&key), &proof).await.unwrap();
    home.server.story.pass_seconds(3600);
    assert_eq!(home.enter(&other, RIGHT).await.unwrap(), home.user);
}

#[tokio::test]
async fn a_challenge_serves_once_and_its_own_key() {
    let home = Home::with_password().await;
    let platform = &home.server.platform;
    let proof = home.proof(&home.key, RIGHT).await;
    platform.check_password(home.prover(&home.key), &proof).await.unwrap();
    let again = platform.check_password(home.prover(&home.key), &proof).await;
    assert_eq!(refusal(again), Refusal::SrpIdInvalid);
    let second = home.knock(2).await;
    let stolen = home.proof(&home.key, RIGHT).await;
    let outcome = platform.sign_in_with_password(&second, HOME, &stolen).await;
    assert_eq!(refusal(outcome), Refusal::SrpIdInvalid);
    let late = home.proof(&home.key, RIGHT).await;
    home.server.story.pass_seconds(15 * 60);
    assert_eq!(refusal(platform.check_password(home.prover(&home.key), &late).await), Refusal::SrpIdInvalid);
    // Few are kept for a key: the oldest gives way.
    let oldest = home.proof(&home.key, RIGHT).await;
    for _ in 0..4 {
        platform.password_state(home.user, home.key.id).await.unwrap();
    }
    assert_eq!(refusal(platform.check_password(home.prover(&home.key), &oldest).await), Refusal::SrpIdInvalid);
}

#[tokio::test]
async fn a_number_outside_of_the_group_is_refused() {
    let home = Home::with_password().await;
    for public in [vec![], vec![0; 256], crypto::DH_PRIME.to_vec(), vec![255; 257]] {
        let Proof::Srp { id, proof, .. } = home.proof(&home.key, RIGHT).await else { unreachable!() };
        let outside = Proof::Srp { id, public, proof };
        let outcome = home.server.platform.check_password(home.prover(&home.key), &outside).await;
        assert_eq!(refusal(outcome), Refusal::SrpAInvalid);
        home.server.story.pass_seconds(3600);
    }
}

#[tokio::test]
async fn the_password_changes_with_the_old_one_only() {
    let home = Home::with_password().await;
    assert_eq!(refusal(home.change("", Some("other")).await), Refusal::PasswordHashInvalid);
    assert_eq!(refusal(home.change("wrong", Some("other")).await), Refusal::PasswordHashInvalid);
    let overtaken = home.proof(&home.key, RIGHT).await;
    home.change(RIGHT, Some("other")).await.unwrap();
    let outcome = home.server.platform.check_password(home.prover(&home.key), &overtaken).await;
    assert_eq!(refusal(outcome), Refusal::SrpPasswordChanged);
    home.change("other", None).await.unwrap();
    assert!(!home.server.platform.has_password(home.user).await.unwrap());
    assert_eq!(refusal(home.change("", None).await), Refusal::NewSettingsEmpty);
    let srp = Proof::Srp { id: 1, public: vec![1], proof: vec![] };
    let outcome = home.server.platform.check_password(home.prover(&home.key), &srp).await;
    assert_eq!(refusal(outcome), Refusal::PasswordHashInvalid);
}

#[tokio::test]
async fn a_new_password_is_salted_as_offered() {
    let home = Home::new().await;
    let NewPassword::Set { salts, verifier, hint } = home.new_password(RIGHT).await else { unreachable!() };
    let set = |salts: Salts, verifier: Vec<u8>, hint: String| {
        let new = NewSettings { password: NewPassword::Set { salts, verifier, hint }, email: None, secure: None };
        let platform = home.server.platform.clone();
        let prover = home.prover(&home.key);
        async move { refusal(platform.update_password(prover, &Proof::Empty, new).await) }
    };
    let short = Salts { first: salts.first[..39].to_vec(), ..salts.clone() };
    let long = Salts { first: [salts.first.clone(), vec![0; 33]].concat(), ..salts.clone() };
    let foreign = Salts { first: vec![9; 40], ..salts.clone() };
    let other = Salts { second: vec![9; 16], ..salts.clone() };
    for wrong in [short, long, foreign, other, Salts::default()] {
        assert_eq!(set(wrong, verifier.clone(), hint.clone()).await, Refusal::NewSaltInvalid);
    }
    let mut one = vec![0; 256];
    one[255] = 1;
    for wrong in [vec![], verifier[1..].to_vec(), vec![0; 256], one, crypto::DH_PRIME.to_vec()] {
        assert_eq!(set(salts.clone(), wrong, hint.clone()).await, Refusal::NewSettingsInvalid);
    }
    let wordy = "x".repeat(256);
    assert_eq!(set(salts.clone(), verifier.clone(), wordy).await, Refusal::NewSettingsInvalid);
    assert!(!home.server.platform.has_password(home.user).await.unwrap());
}

#[tokio::test]
async fn a_forgotten_password_goes_after_a_week() {
    let home = Home::with_password().await;
    let platform = &home.server.platform;
    assert_eq!(refusal(platform.decline_password_reset(home.user).await), Refusal::ResetRequestMissing);
    let Reset::WaitUntil(until) = platform.reset_password(home.user).await.unwrap() else { panic!("a wait") };
    assert_eq!(i64::from(until - platform.now()), 7 * DAY);
    let state = platform.password_state(home.user, home.key.id).await.unwrap();
    assert_eq!(state.reset_at, Some(until));
    home.server.story.pass_seconds(6 * DAY);
    assert_eq!(platform.reset_password(home.user).await.unwrap(), Reset::WaitUntil(until));
    // The owner says no: the next one has to wait.
    platform.decline_password_reset(home.user).await.unwrap();
    assert!(matches!(platform.reset_password(home.user).await.unwrap(), Reset::DeclinedUntil(_)));
    home.server.story.pass_seconds(DAY);
    assert!(matches!(platform.reset_password(home.user).await.unwrap(), Reset::WaitUntil(_)));
    home.server.story.pass_seconds(7 * DAY);
    assert_eq!(platform.reset_password(home.user).await.unwrap(), Reset::Done);
    assert!(!platform.has_password(home.user).await.unwrap());
    assert_eq!(refusal(platform.reset_password(home.user).await), Refusal::PasswordEmpty);
}

#[tokio::test]
async fn a_new_password_ends_a_reset() {
    let home = Home::with_password().await;
    home.server.platform.reset_password(home.user).await.unwrap();
    home.change(RIGHT, Some("other")).await.unwrap();
    home.server.story.pass_seconds(8 * DAY);
    let again = home.server.platform.reset_password(home.user).await.unwrap();
    assert!(matches!(again, Reset::WaitUntil(_)), "not the old one's end");
}

#[tokio::test]
async fn the_operator_takes_a_password_away_and_it_is_on_record() {
    let home = Home::with_password().await;
    let second = home.knock(2).await;
    let platform = &home.server.platform;
    assert!(platform.admin_remove_password(Steward::Local, home.user).await.unwrap());
    assert!(!platform.admin_remove_password(Steward::Local, home.user).await.unwrap());
    assert_eq!(platform.audit_log(None, 1).await.unwrap()[0].act, "user password remove");
    platform.sign_in_with_password(&second, HOME, &Proof::Empty).await.unwrap();
    assert_eq!(second.user_id(), Some(home.user));
}

#[tokio::test]
async fn without_a_road_for_mail_nothing_is_promised() {
    let home = Home::with_password().await;
    let platform = &home.server.platform;
    assert_eq!(refusal(platform.request_recovery(home.user).await), Refusal::PasswordRecoveryNa);
    let proof = home.proof(&home.key, RIGHT).await;
    let new = NewSettings { password: NewPassword::Keep, email: Some("ayu@example.org".to_owned()), secure: None };
    let outcome = platform.update_password(home.prover(&home.key), &proof, new).await;
    assert_eq!(refusal(outcome), Refusal::EmailInvalid);
    assert_eq!(refusal(platform.resend_email(home.user).await), Refusal::EmailHashExpired);
    assert_eq!(refusal(platform.cancel_email(home.user).await), Refusal::EmailHashExpired);
    assert_eq!(refusal(platform.confirm_email(home.user, "1").await), Refusal::EmailHashExpired);
}

#[tokio::test]
async fn mail_confirms_an_address_and_recovers() {
    let postman = Arc::new(Postman::default());
    let home = Home::with(Settings { mail_delivery: postman.clone(), ..Settings::default() }).await;
    let platform = &home.server.platform;
    let code = || postman.last();
    let new = NewSettings {
        password: home.new_password(RIGHT).await,
        email: Some("ayu@example.org".to_owned()),
        secure: None,
    };
    let outcome = platform.update_password(home.prover(&home.key), &Proof::Empty, new).await;
    assert_eq!(refusal(outcome), Refusal::EmailUnconfirmed(6));
    let state = platform.password_state(home.user, home.key.id).await.unwrap();
    assert!(state.challenge.is_none(), "not in force yet");
    assert_eq!(state.unconfirmed_email.as_deref(), Some("a****u@e****.org"));
    assert_eq!(refusal(platform.confirm_email(home.user, "000").await), Refusal::CodeInvalid);
    platform.resend_email(home.user).await.unwrap();
    platform.confirm_email(home.user, &code()).await.unwrap();
    let state = platform.password_state(home.user, home.key.id).await.unwrap();
    assert!(state.has_recovery && state.unconfirmed_email.is_none());
    // Forgotten, on a device that is not signed in.
    let second = home.knock(2).await;
    assert_eq!(platform.request_recovery(home.user).await.unwrap(), "a****u@e****.org");
    assert_eq!(refusal(platform.recover(home.prover(&second), "", None).await), Refusal::CodeEmpty);
    for _ in 0..5 {
        assert_eq!(refusal(platform.check_recovery(home.prover(&second), "000").await), Refusal::CodeInvalid);
    }
    let gone = platform.recover(home.prover(&second), &code(), None).await;
    assert_eq!(refusal(gone), Refusal::PasswordRecoveryExpired);
    platform.request_recovery(home.user).await.unwrap();
    let new = NewSettings { password: home.new_password("other").await, email: None, secure: None };
    platform.recover(home.prover(&second), &code(), Some(new)).await.unwrap();
    assert_eq!(second.user_id(), Some(home.user));
    home.change("other", None).await.unwrap();
}

#[tokio::test]
async fn checks_that_nobody_answers_are_bounded() {
    let home = Home::with_password().await;
    let begin = || home.server.platform.password_state(home.user, home.key.id);
    for _ in 0..300 {
        begin().await.unwrap();
    }
    assert!(matches!(refusal(begin().await), Refusal::FloodWait(_)));
    home.server.story.pass_seconds(3600);
    begin().await.unwrap();
}

#[tokio::test]
async fn administrators_prove_that_it_is_they_by_their_password() {
    let home = Home::with_password().await;
    let (platform, key) = (&home.server.platform, &home.key);
    let enter = async |password: &str| {
        let proof = home.proof(key, password).await;
        platform.enter_administration(home.prover(key), &proof).await
    };
    assert_eq!(refusal(enter(RIGHT).await), Refusal::AdminRequired);
    platform.admin_appoint(Steward::Local, home.user, true).await.unwrap();
    home.server.story.pass_seconds(i64::from(limits::STEWARD_SECONDS));
    assert_eq!(refusal(enter("wrong").await), Refusal::PasswordHashInvalid);
    let nothing = platform.enter_administration(home.prover(key), &Proof::Empty).await;
    assert_eq!(refusal(nothing), Refusal::FreshSignInRequired);
    assert_eq!(refusal(platform.steward(home.user, key).await), Refusal::FreshSignInRequired);
    let until = enter(RIGHT).await.unwrap();
    assert_eq!(until, platform.now() + limits::STEWARD_SECONDS);
    assert_eq!(platform.steward(home.user, key).await.unwrap(), Steward::Person(home.user));
    home.server.story.pass_seconds(i64::from(limits::STEWARD_SECONDS));
    assert_eq!(refusal(platform.steward(home.user, key).await), Refusal::FreshSignInRequired);
}
