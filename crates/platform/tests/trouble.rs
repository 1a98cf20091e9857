//! What people's records do when the store is in trouble: nothing is taken for absent, nothing is half done.

mod common;

use common::{HOME, Letterbox, Server, new_key, refusal};
use platform::people::relation::Contact;
use platform::people::sign_in::SignedIn;
use platform::{AuthKeyId, AuthKeyKind, PlatformError, Refusal, Settings};
use store::{Faults, Store};

const AYU: &str = "15550001";
const BUDI: &str = "15550002";

async fn server() -> (Server, Faults) {
    let faults = Faults::none();
    let server =
        Server::start_with(Store::memory_with(faults.clone()), Settings::default(), Letterbox::default()).await;
    (server, faults)
}

fn is_trouble<T>(outcome: Result<T, PlatformError>) -> bool {
    matches!(outcome, Err(PlatformError::Store(_)))
}

#[tokio::test]
async fn a_key_that_cannot_be_read_is_not_absent() {
    let (mut server, faults) = server().await;
    server.device(1).await;
    server.restart().await;
    faults.fail_reads(1);
    assert!(is_trouble(server.platform.auth_key(AuthKeyId(1)).await), "clients destroy their session on -404");
    assert!(server.platform.auth_key(AuthKeyId(1)).await.unwrap().is_some(), "the trouble is not remembered");
    assert!(server.platform.auth_key(AuthKeyId(2)).await.unwrap().is_none());
}

#[tokio::test]
async fn a_key_that_was_not_written_does_not_exist() {
    let (server, faults) = server().await;
    faults.fail_nth(1);
    assert!(is_trouble(server.platform.store_auth_key(new_key(1, AuthKeyKind::Permanent)).await.map(|_| ())));
    assert!(server.platform.auth_key(AuthKeyId(1)).await.unwrap().is_none());
    server.device(1).await;
}

#[tokio::test]
async fn a_sign_in_of_unknown_outcome_is_read_back() {
    let (server, faults) = server().await;
    let (ayu, key) = server.sign_up(1, AYU, "Ayu").await;
    server.platform.sign_out(&key).await.unwrap();
    for is_written in [false, true] {
        let sent = server.platform.send_code(AYU, key.id, HOME).await.unwrap();
        let code = server.last_code();
        faults.unknown_nth(1, is_written);
        let outcome = server.platform.sign_in(&key, AYU, &sent.hash, &code, HOME).await;
        if is_written {
            assert_eq!(outcome.unwrap(), SignedIn::Person(ayu));
            assert_eq!(key.user_id(), Some(ayu));
        } else {
            assert!(is_trouble(outcome));
            assert_eq!(key.user_id(), None);
            server.platform.sign_in(&key, AYU, &sent.hash, &code, HOME).await.expect("the code was not spent");
            server.platform.sign_out(&key).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_sign_out_of_unknown_outcome_is_read_back() {
    let (server, faults) = server().await;
    let (ayu, key) = server.sign_up(1, AYU, "Ayu").await;
    faults.unknown_nth(1, false);
    assert!(is_trouble(server.platform.sign_out(&key).await));
    assert_eq!(key.user_id(), Some(ayu), "who is not signed out is not told so");
    faults.unknown_nth(1, true);
    server.platform.sign_out(&key).await.unwrap();
    assert_eq!(key.user_id(), None);
}

#[tokio::test]
async fn a_sign_up_that_was_refused_can_be_repeated() {
    let (server, faults) = server().await;
    let key = server.device(1).await;
    let sent = server.platform.send_code(AYU, key.id, HOME).await.unwrap();
    server.platform.sign_in(&key, AYU, &sent.hash, &server.last_code(), HOME).await.unwrap();
    faults.fail_nth(1);
    assert!(is_trouble(server.platform.sign_up(&key, AYU, &sent.hash, ("Ayu", ""), HOME).await));
    assert_eq!(refusal(server.platform.find_person(&format!("+{AYU}")).await), Refusal::UserIdInvalid);
    server.platform.sign_up(&key, AYU, &sent.hash, ("Ayu", ""), HOME).await.unwrap();
}

#[tokio::test]
async fn what_was_written_in_spite_of_an_error_is_seen() {
    let (server, faults) = server().await;
    let (ayu, _) = server.sign_up(1, AYU, "Ayu").await;
    let (budi, _) = server.sign_up(2, BUDI, "Budi").await;
    assert!(server.platform.relation(ayu, budi).await.unwrap().contact.is_none());
    faults.unknown_nth(1, true);
    let contact = Contact { first_name: "Budi".into(), ..Contact::default() };
    assert!(is_trouble(server.platform.add_contact(ayu, budi, contact, None).await));
    assert!(server.platform.relation(ayu, budi).await.unwrap().contact.is_some());
    faults.unknown_nth(1, true);
    assert!(is_trouble(server.platform.update_username(ayu, "drummer", None).await));
    assert_eq!(server.platform.person(ayu).await.unwrap().unwrap().profile.username.as_deref(), Some("drummer"));
}

/// The account is over, then the disk fails: whoever asks again is signed out everywhere all the same.
#[tokio::test]
async fn a_deletion_that_was_cut_off_is_gone_on_with() {
    let (server, faults) = server().await;
    let (ayu, key) = server.sign_up(1, AYU, "Ayu").await;
    faults.fail_nth(2);
    assert!(is_trouble(server.platform.delete_account(ayu).await));
    assert!(server.platform.person(ayu).await.unwrap().unwrap().is_deleted(), "it is over");
    server.platform.delete_account(ayu).await.unwrap();
    let key = server.platform.auth_key(key.id).await.unwrap();
    assert_eq!(key.and_then(|key| key.user_id()), None);
}
