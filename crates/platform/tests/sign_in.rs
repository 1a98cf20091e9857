//! How people come in: codes, newcomers, invites, devices.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::net::IpAddr;
use std::sync::Arc;

use common::{HOME, Letterbox, Server, refusal};
use futures::future::BoxFuture;
use platform::people::SignUpMode;
use platform::people::codes::CodeVia;
use platform::people::invites::NewInvite;
use platform::people::sign_in::SignedIn;
use platform::people::stewards::Steward;
use platform::settings::NewcomerGate;
use platform::{Refusal, Settings, limits};
use store::{Class, Faults, Store};

const AYU: &str = "15550001";
const BUDI: &str = "+15550002";

async fn server_in(mode: SignUpMode, letterbox: Letterbox) -> Server {
    let settings = Settings { sign_up_mode: mode, ..Settings::default() };
    Server::start_with(Store::memory(), settings, letterbox).await
}

#[tokio::test]
async fn ayu_signs_up_signs_out_and_in_again() {
    let mut server = Server::start().await;
    let (ayu, key) = server.sign_up(1, AYU, " Ayu ").await;
    assert_eq!(key.user_id(), Some(ayu));
    let person = server.platform.person(ayu).await.unwrap().expect("she is here");
    assert_eq!((person.profile.first_name.as_str(), person.profile.phone.as_deref()), ("Ayu", Some(AYU)));
    server.platform.sign_out(&key).await.unwrap();
    assert_eq!(key.user_id(), None);
    let sent = server.platform.send_code("+1 555 0001", key.id, HOME).await.unwrap();
    assert_eq!(sent.via, CodeVia::Delivery);
    let code = server.last_code();
    let outcome = server.platform.sign_in(&key, AYU, &sent.hash, &code, HOME).await.unwrap();
    assert_eq!(outcome, SignedIn::Person(ayu));
    server.restart().await;
    let key = server.platform.auth_key(key.id).await.unwrap().expect("the key is durable");
    assert_eq!(key.user_id(), Some(ayu));
}

/// What newcomers write waits for company and is refused before messages are, from their first step to their last;
/// who is in already does not wait for a code of theirs.
#[tokio::test]
async fn a_newcomer_writes_nothing_that_comes_before_messages() {
    let faults = Faults::none();
    let server =
        Server::start_with(Store::memory_with(faults.clone()), Settings::default(), Letterbox::default()).await;
    let _ = faults.take_footprints();
    let (ayu, _) = server.sign_up(1, AYU, "Ayu").await;
    let written = faults.take_footprints();
    assert!(written.len() > 2, "{written:?}");
    for footprint in written {
        assert!(footprint.class >= Class::C2, "{footprint:?}");
    }
    server.platform.send_change_phone_code(ayu, BUDI, HOME).await.unwrap();
    let [code] = faults.take_footprints().try_into().expect("one batch");
    assert_eq!(code.class, Class::C1);
}

#[tokio::test]
async fn a_code_is_worthless_after_use_cancelling_time_and_wrong_tries() {
    let server = Server::start().await;
    let (_, _) = server.sign_up(1, AYU, "Ayu").await;
    let key = server.device(2).await;
    let platform = &server.platform;
    let send = async || {
        let sent = platform.send_code(AYU, key.id, HOME).await.unwrap();
        platform.resend_code(AYU, &sent.hash, HOME).await.unwrap().hash
    };
    let refused = async |hash: &str, code: &str| refusal(platform.sign_in(&key, AYU, hash, code, HOME).await);

    let hash = send().await;
    assert_eq!(refused(&hash, "").await, Refusal::PhoneCodeEmpty);
    assert_eq!(refused("no such hash", &server.last_code()).await, Refusal::PhoneCodeExpired);
    platform.sign_in(&key, AYU, &hash, &server.last_code(), HOME).await.unwrap();
    assert_eq!(refused(&hash, &server.last_code()).await, Refusal::PhoneCodeExpired);

    let hash = send().await;
    platform.cancel_code(AYU, &hash).await.unwrap();
    assert_eq!(refused(&hash, &server.last_code()).await, Refusal::PhoneCodeExpired);

    let hash = send().await;
    server.story.pass_seconds(i64::from(limits::CODE_SECONDS));
    assert_eq!(refused(&hash, &server.last_code()).await, Refusal::PhoneCodeExpired);

    let hash = send().await;
    for _ in 0..limits::CODE_TRIES {
        assert_eq!(refused(&hash, "x").await, Refusal::PhoneCodeInvalid);
    }
    assert_eq!(refused(&hash, &server.last_code()).await, Refusal::PhoneCodeExpired);
}

#[tokio::test]
async fn a_number_gets_a_bounded_count_of_codes_a_day() {
    let mut server = Server::start().await;
    let key = server.device(1).await;
    for _ in 0..limits::CODES_PER_PHONE {
        server.platform.send_code(AYU, key.id, HOME).await.unwrap();
    }
    server.restart().await;
    let wait = refusal(server.platform.send_code(AYU, key.id, HOME).await);
    assert!(matches!(wait, Refusal::FloodWait(seconds) if seconds > 3600), "{wait:?}");
    server.platform.send_code(BUDI, key.id, HOME).await.unwrap();
    server.story.pass_seconds(i64::from(limits::CODE_WINDOW_SECONDS));
    server.platform.send_code(AYU, key.id, HOME).await.unwrap();
}

#[tokio::test]
async fn signing_up_needs_the_key_that_gave_the_code() {
    let server = Server::start().await;
    let (key, thief) = (server.device(1).await, server.device(2).await);
    let platform = &server.platform;
    let sent = platform.send_code(AYU, key.id, HOME).await.unwrap();
    let early = platform.sign_up(&key, AYU, &sent.hash, ("Ayu", ""), HOME).await;
    assert_eq!(refusal(early), Refusal::PhoneCodeInvalid);
    platform.sign_in(&key, AYU, &sent.hash, &server.last_code(), HOME).await.unwrap();
    let stolen = platform.sign_up(&thief, AYU, &sent.hash, ("Thief", ""), HOME).await;
    assert_eq!(refusal(stolen), Refusal::PhoneCodeInvalid);
    let nameless = platform.sign_up(&key, AYU, &sent.hash, (" \u{202e}", "x"), HOME).await;
    assert_eq!(refusal(nameless), Refusal::FirstNameInvalid);
    platform.sign_up(&key, AYU, &sent.hash, ("Ayu", ""), HOME).await.unwrap();
    let again = platform.sign_up(&key, AYU, &sent.hash, ("Ayu", ""), HOME).await;
    assert_eq!(refusal(again), Refusal::PhoneNumberOccupied);
}

#[tokio::test]
async fn the_first_invite_makes_an_administrator_and_is_the_same_after_a_restart() {
    let mut server = Server::start().await;
    let invite = server.platform.first_invite().await.unwrap().expect("nobody is here");
    server.restart().await;
    assert_eq!(server.platform.first_invite().await.unwrap().unwrap().code, invite.code);
    let key = server.device(1).await;
    let platform = &server.platform;
    let sent = platform.send_code(AYU, key.id, HOME).await.unwrap();
    let outcome = platform.sign_in(&key, AYU, &sent.hash, &invite.code, HOME).await.unwrap();
    assert_eq!(outcome, SignedIn::SignUpRequired);
    let ayu = platform.sign_up(&key, AYU, &sent.hash, ("Ayu", ""), HOME).await.unwrap();
    assert!(platform.person(ayu).await.unwrap().unwrap().profile.is_admin);
    assert!(platform.first_invite().await.unwrap().is_none());
    let acts = platform.audit_log(None, 9).await.unwrap();
    let acts: Vec<_> = acts.iter().map(|act| (act.act.as_str(), act.target.as_str(), act.by)).collect();
    assert_eq!(acts, [("administrator by invite", ayu.to_string().as_str(), Some(ayu))]);
}

#[tokio::test]
async fn without_an_invite_nobody_enters_an_invite_only_server() {
    let server = server_in(SignUpMode::Invite, Letterbox::default()).await;
    let key = server.device(1).await;
    let platform = &server.platform;
    let sent = platform.send_code(AYU, key.id, HOME).await.unwrap();
    let uninvited = platform.sign_in(&key, AYU, &sent.hash, &server.last_code(), HOME).await;
    assert_eq!(refusal(uninvited), Refusal::PhoneNumberUnoccupied);
    let theirs = NewInvite { uses: 1, seconds: Some(60), is_admin: false, phone: Some(BUDI.into()) };
    let theirs = platform.create_invite(theirs).await.unwrap();
    let other_number = platform.sign_in(&key, AYU, &sent.hash, &theirs.code, HOME).await;
    assert_eq!(refusal(other_number), Refusal::PhoneCodeInvalid);
    let open = NewInvite { uses: 1, seconds: Some(60), is_admin: false, phone: None };
    let open = platform.create_invite(open).await.unwrap();
    platform.sign_in(&key, AYU, &sent.hash, &open.code, HOME).await.unwrap();
    let ayu = platform.sign_up(&key, AYU, &sent.hash, ("Ayu", ""), HOME).await.unwrap();
    assert_eq!(platform.person(ayu).await.unwrap().unwrap().profile.invite, Some(open.code.clone()));
    let key = server.device(2).await;
    let sent = platform.send_code(BUDI, key.id, HOME).await.unwrap();
    let spent = platform.sign_in(&key, BUDI, &sent.hash, &open.code, HOME).await;
    assert_eq!(refusal(spent), Refusal::PhoneCodeInvalid);
    server.story.pass_seconds(60);
    let expired = platform.sign_in(&key, BUDI, &sent.hash, &theirs.code, HOME).await;
    assert_eq!(refusal(expired), Refusal::PhoneCodeInvalid);
}

#[tokio::test]
async fn an_invite_does_not_replace_the_code_where_codes_prove_the_number() {
    let letterbox = Letterbox { proves_possession: true, ..Letterbox::default() };
    let server = server_in(SignUpMode::Invite, letterbox).await;
    let platform = &server.platform;
    let invite = NewInvite { uses: 1, seconds: None, is_admin: false, phone: None };
    let invite = platform.create_invite(invite).await.unwrap();
    let key = server.device(1).await;
    let sent = platform.send_code(AYU, key.id, HOME).await.unwrap();
    let asked_again = platform.sign_in(&key, AYU, &sent.hash, &invite.code, HOME).await;
    assert_eq!(refusal(asked_again), Refusal::PhoneCodeInvalid);
    let outcome = platform.sign_in(&key, AYU, &sent.hash, &server.last_code(), HOME).await.unwrap();
    assert_eq!(outcome, SignedIn::SignUpRequired);
    platform.sign_up(&key, AYU, &sent.hash, ("Ayu", ""), HOME).await.unwrap();
}

#[tokio::test]
async fn the_operator_approves_or_not() {
    let server = server_in(SignUpMode::Approved, Letterbox::default()).await;
    let platform = &server.platform;
    let key = server.device(1).await;
    let ask = async || {
        let sent = platform.send_code(AYU, key.id, HOME).await.unwrap();
        platform.sign_in(&key, AYU, &sent.hash, &server.last_code(), HOME).await.unwrap();
        platform.sign_up(&key, AYU, &sent.hash, ("Ayu", ""), HOME).await
    };
    assert_eq!(refusal(ask().await), Refusal::PhoneNumberUnoccupied);
    let waiting = platform.pending_sign_ups(None, 9).await.unwrap().sign_ups;
    assert_eq!((waiting[0].0.as_str(), waiting[0].1.first_name.as_str()), (AYU, "Ayu"));
    platform.admin_decide(Steward::Local, AYU, true).await.unwrap();
    ask().await.unwrap();
    assert_eq!(platform.pending_sign_ups(None, 9).await.unwrap().sign_ups, []);
    assert_eq!(platform.count_pending().await.unwrap(), 0);
}

#[tokio::test]
async fn the_mode_set_at_run_time_outlives_the_server() {
    let mut server = Server::start().await;
    server.platform.set_sign_up_mode(Steward::Local, SignUpMode::Closed).await.unwrap();
    server.restart().await;
    assert_eq!(server.platform.sign_up_mode(), SignUpMode::Closed);
    let key = server.device(1).await;
    let sent = server.platform.send_code(AYU, key.id, HOME).await.unwrap();
    let closed = server.platform.sign_in(&key, AYU, &sent.hash, &server.last_code(), HOME).await;
    assert_eq!(refusal(closed), Refusal::PhoneNumberUnoccupied);
}

#[tokio::test]
async fn devices_are_listed_and_signed_out_by_hash() {
    let mut server = Server::start().await;
    let (ayu, first) = server.sign_up(1, AYU, "Ayu").await;
    server.story.pass_seconds(10);
    let second = server.sign_in(2, AYU).await;
    let devices = server.platform.devices(ayu).await.unwrap();
    assert_eq!(devices.iter().map(|device| device.key_id).collect::<Vec<_>>(), [second.id, first.id]);
    assert_eq!(refusal(server.platform.reset_authorization(ayu, 12345).await), Refusal::HashInvalid);
    server.platform.reset_authorization(ayu, devices[1].record.hash).await.unwrap();
    assert_eq!((first.user_id(), second.user_id()), (None, Some(ayu)));
    server.restart().await;
    assert_eq!(server.platform.auth_key(first.id).await.unwrap().unwrap().user_id(), None);
}

#[tokio::test]
async fn an_exported_authorisation_signs_another_key_in_once_and_leaves_with_its_device() {
    let server = Server::start().await;
    let (ayu, key) = server.sign_up(1, AYU, "Ayu").await;
    let platform = &server.platform;
    let (media, thief) = (server.device(2).await, server.device(3).await);
    let (id, token) = platform.export_authorization(&key).await.unwrap();
    assert_eq!(id, ayu);
    let address = HOME.to_string();
    platform.import_authorization(&media, ayu, &token, &address).await.unwrap();
    assert_eq!(media.user_id(), Some(ayu));
    let again = platform.import_authorization(&thief, ayu, &token, &address).await;
    assert_eq!(refusal(again), Refusal::AuthBytesInvalid);
    let (_, late) = platform.export_authorization(&key).await.unwrap();
    server.story.pass_seconds(i64::from(limits::EXPORT_SECONDS) + 1);
    let late = platform.import_authorization(&thief, ayu, &late, &address).await;
    assert_eq!(refusal(late), Refusal::AuthBytesInvalid);
    assert_eq!(platform.devices(ayu).await.unwrap().len(), 1);
    platform.sign_out(&key).await.unwrap();
    assert_eq!(media.user_id(), None);
}

#[tokio::test]
async fn a_banned_person_is_out_and_stays_out() {
    let server = Server::start().await;
    let (ayu, key) = server.sign_up(1, AYU, "Ayu").await;
    server.platform.admin_ban(Steward::Local, ayu, true).await.unwrap();
    assert_eq!(key.user_id(), None);
    let banned = server.platform.send_code(AYU, key.id, HOME).await;
    assert_eq!(refusal(banned), Refusal::PhoneNumberBanned);
    server.platform.admin_ban(Steward::Local, ayu, false).await.unwrap();
    server.platform.send_code(AYU, key.id, HOME).await.unwrap();
    let acts: Vec<_> =
        server.platform.audit_log(None, 10).await.unwrap().into_iter().map(|record| record.act).collect();
    assert_eq!(acts.len(), 2);
}

#[tokio::test]
async fn a_deleted_account_frees_its_names() {
    let server = Server::start().await;
    let (ayu, key) = server.sign_up(1, AYU, "Ayu").await;
    server.platform.update_username(ayu, "Big_Drum", None).await.unwrap();
    server.platform.delete_account(ayu).await.unwrap();
    assert_eq!(key.user_id(), None);
    assert!(server.platform.person(ayu).await.unwrap().unwrap().is_deleted());
    assert_eq!(server.platform.user_by_username("big_drum").await.unwrap(), None);
    let (again, _) = server.sign_up(2, AYU, "Somebody").await;
    assert_ne!(again, ayu);
}

#[tokio::test]
async fn a_number_moves_with_its_code() {
    let server = Server::start().await;
    let (ayu, key) = server.sign_up(1, AYU, "Ayu").await;
    server.sign_up(2, BUDI, "Budi").await;
    let platform = &server.platform;
    let taken = platform.send_change_phone_code(ayu, BUDI, HOME).await;
    assert_eq!(refusal(taken), Refusal::PhoneNumberOccupied);
    let sent = platform.send_change_phone_code(ayu, "15550003", HOME).await.unwrap();
    let code = server.last_code();
    let for_sign_in = platform.sign_in(&key, "15550003", &sent.hash, &code, HOME).await;
    assert_eq!(refusal(for_sign_in), Refusal::PhoneCodeInvalid);
    platform.change_phone(ayu, "15550003", &sent.hash, &code, None).await.unwrap();
    assert_eq!(platform.find_person("+15550003").await.unwrap().id, ayu);
    assert_eq!(refusal(platform.find_person("+15550001").await), Refusal::UserIdInvalid);
}

#[tokio::test]
async fn a_sign_of_life_is_written_once_in_a_while() {
    let server = Server::start().await;
    let (ayu, key) = server.sign_up(1, AYU, "Ayu").await;
    let active_at = async || server.platform.devices(ayu).await.unwrap()[0].record.active_at.unwrap();
    let signed_up = active_at().await;
    server.story.pass_seconds(60);
    server.platform.note_active(&key).await.unwrap();
    assert_eq!(active_at().await, signed_up);
    server.story.pass_seconds(i64::from(limits::ACTIVE_INTERVAL_SECONDS));
    server.platform.note_active(&key).await.unwrap();
    assert_eq!(active_at().await, server.platform.now());
    server.platform.sign_out(&key).await.unwrap();
    server.platform.note_active(&key).await.unwrap();
    assert!(server.platform.devices(ayu).await.unwrap().is_empty());
}

/// A gate that lets nobody pass.
struct Shut;

impl NewcomerGate for Shut {
    fn admit<'a>(&'a self, _phone: &'a str, _ip: IpAddr) -> BoxFuture<'a, Result<(), Refusal>> {
        Box::pin(std::future::ready(Err(Refusal::FloodWait(30))))
    }
}

#[tokio::test]
async fn the_gate_stands_before_newcomers_only() {
    let mut server = Server::start().await;
    server.sign_up(1, AYU, "Ayu").await;
    server.settings.newcomer_gate = Arc::new(Shut);
    server.restart().await;
    let key = server.device(2).await;
    let letters = server.letterbox.letters.lock().len();
    let newcomer = server.platform.send_code(BUDI, key.id, HOME).await;
    assert_eq!(refusal(newcomer), Refusal::FloodWait(30));
    assert_eq!(server.letterbox.letters.lock().len(), letters, "nothing was sent");
    server.platform.send_code(AYU, key.id, HOME).await.unwrap();
}

#[tokio::test]
async fn a_device_that_was_silent_for_too_long_is_signed_out_when_it_returns() {
    let server = Server::start().await;
    let (ayu, key) = server.sign_up(1, AYU, "Ayu").await;
    server.platform.set_switches(ayu, |switches| switches.authorization_ttl_days = Some(7)).await.unwrap();
    server.story.pass_seconds(7 * 24 * 3600);
    server.platform.note_active(&key).await.unwrap();
    assert_eq!(key.user_id(), Some(ayu), "a week is not too long");
    server.story.pass_seconds(7 * 24 * 3600 + 1);
    server.platform.note_active(&key).await.unwrap();
    assert_eq!(key.user_id(), None);
}

#[tokio::test]
async fn what_was_imported_as_somebody_else_leaves_with_them() {
    let server = Server::start().await;
    let (ayu, key) = server.sign_up(1, AYU, "Ayu").await;
    let (budi, _) = server.sign_up(2, BUDI, "Budi").await;
    let media = server.device(3).await;
    let (_, token) = server.platform.export_authorization(&key).await.unwrap();
    server.platform.import_authorization(&media, ayu, &token, "").await.unwrap();
    let sent = server.platform.send_code(BUDI, key.id, HOME).await.unwrap();
    let sent = server.platform.resend_code(BUDI, &sent.hash, HOME).await.unwrap();
    server.platform.sign_in(&key, BUDI, &sent.hash, &server.last_code(), HOME).await.unwrap();
    assert_eq!((key.user_id(), media.user_id()), (Some(budi), None));
    assert!(server.platform.devices(ayu).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_address_makes_a_bounded_number_of_keys() {
    let server = Server::start().await;
    let (stranger, other): (IpAddr, IpAddr) = ("2001:db8::1".parse().unwrap(), "198.51.100.7".parse().unwrap());
    for _ in 0..limits::KEYS_PER_ADDRESS {
        server.platform.count_new_key(stranger).unwrap();
        server.platform.count_new_key("::ffff:127.0.0.1".parse().unwrap()).unwrap();
    }
    assert!(server.platform.count_new_key("2001:db8::2".parse().unwrap()).is_err(), "a household shares its bound");
    server.platform.count_new_key(IpAddr::from([127, 0, 0, 1])).unwrap();
    server.platform.count_new_key(other).unwrap();
    server.story.pass_seconds(i64::from(limits::FLOOD_WINDOW_SECONDS));
    server.platform.count_new_key(stranger).unwrap();
}
