//! Auth keys outlive the server; temporary ones act for permanent ones until they expire.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{BEGINNING, Server, new_key, refusal};
use platform::people::auth_key::{Binding, ClientInfo};
use platform::{AuthKeyId, AuthKeyKind, Refusal, StoredKey, UserId};

const DAY: i32 = 24 * 3600;
const NOW: i32 = BEGINNING as i32;

fn binding(permanent: i64, expires_at: i32) -> Binding {
    Binding { permanent: AuthKeyId(permanent), expires_at, nonce: 5 }
}

#[tokio::test]
async fn a_key_outlives_the_server() {
    let mut server = Server::start().await;
    let key = server.device(1).await;
    let client = ClientInfo { layer: 230, device_model: "drum".into(), ..ClientInfo::default() };
    server.platform.note_client(&key, client.clone()).await.unwrap();
    server.restart().await;
    let found = server.platform.auth_key(AuthKeyId(1)).await.unwrap().expect("it was durable");
    assert_eq!(found.key, key.key);
    assert_eq!(found.layer(), 230);
    assert_eq!(found.client(), client);
    assert_eq!(found.dialled_dc, Some(2));
}

#[tokio::test]
async fn an_id_that_exists_collides() {
    let server = Server::start().await;
    server.device(1).await;
    let again = server.platform.store_auth_key(new_key(1, AuthKeyKind::Permanent)).await.unwrap();
    assert!(matches!(again, StoredKey::Collides));
}

#[tokio::test]
async fn a_binding_outlives_the_server_and_ends_with_the_key() {
    let mut server = Server::start().await;
    server.device(1).await;
    let temporary = server.key(2, AuthKeyKind::Temporary { expires_at: NOW + DAY }).await;
    server.platform.bind_temp_key(&temporary, binding(1, NOW + DAY)).await.unwrap();
    server.restart().await;
    let found = server.platform.auth_key(AuthKeyId(2)).await.unwrap().expect("it was durable");
    assert_eq!(found.bound_to(), Some(AuthKeyId(1)));
    server.story.pass_seconds(i64::from(DAY));
    assert!(server.platform.auth_key(AuthKeyId(2)).await.unwrap().is_none());
}

#[tokio::test]
async fn what_cannot_be_bound() {
    let server = Server::start().await;
    let permanent = server.device(1).await;
    let temporary = server.key(2, AuthKeyKind::Temporary { expires_at: NOW + DAY }).await;
    let refused = async |key, binding| refusal(server.platform.bind_temp_key(key, binding).await);
    assert_eq!(refused(&permanent, binding(1, NOW + DAY)).await, Refusal::TempAuthKeyEmpty);
    assert_eq!(refused(&temporary, binding(1, NOW)).await, Refusal::ExpiresAtInvalid);
    assert_eq!(refused(&temporary, binding(1, NOW + 2 * DAY)).await, Refusal::ExpiresAtInvalid);
    server.platform.bind_temp_key(&temporary, binding(1, NOW + DAY)).await.unwrap();
    assert_eq!(refused(&temporary, binding(3, NOW + DAY)).await, Refusal::TempAuthKeyAlreadyBound);
}

#[tokio::test]
async fn dropped_and_destroyed_keys_are_gone() {
    let server = Server::start().await;
    let permanent = server.device(1).await;
    for id in [2, 3] {
        let temporary = server.key(id, AuthKeyKind::Temporary { expires_at: NOW + DAY }).await;
        server.platform.bind_temp_key(&temporary, binding(1, NOW + DAY)).await.unwrap();
    }
    server.platform.drop_temp_keys(AuthKeyId(1), &[AuthKeyId(3)]).await.unwrap();
    assert!(server.platform.auth_key(AuthKeyId(2)).await.unwrap().is_none());
    assert!(server.platform.auth_key(AuthKeyId(3)).await.unwrap().is_some());
    server.platform.destroy_auth_key(&permanent).await.unwrap();
    assert!(permanent.is_destroyed());
    assert!(server.platform.auth_key(AuthKeyId(1)).await.unwrap().is_none());
    assert!(server.platform.auth_key(AuthKeyId(3)).await.unwrap().is_none());
}

#[tokio::test]
async fn access_hashes_belong_to_their_viewer_and_outlive_the_server() {
    let mut server = Server::start().await;
    let hash = server.platform.access_hash(UserId(1), UserId(2));
    assert!(server.platform.check_access_hash(UserId(1), UserId(2), hash));
    assert!(!server.platform.check_access_hash(UserId(3), UserId(2), hash));
    assert!(!server.platform.check_access_hash(UserId(1), UserId(3), hash));
    server.restart().await;
    assert_eq!(server.platform.access_hash(UserId(1), UserId(2)), hash);
}
