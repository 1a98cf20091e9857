//! Coming in, as a client sees it: each way in, and the documented error of each wrong step.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod devices;

use crypto::SystemEntropy;
use devices::{Device, Server, error, pair};
use mtproto::client::seal_binding;
use mtproto::envelope::{AuthKey, Binding};
use platform::mailbox::Window;
use platform::{AuthKeyKind, Peer, SERVICE_USER_ID, UserId};
use tl::{enums, functions};

const AYU: &str = "15550001";

#[tokio::test]
async fn a_number_signs_up_and_is_somebody() {
    let server = Server::start().await;
    let stranger = server.device().await;
    let unknown = stranger.call(&functions::users::GetUsers { id: vec![enums::InputUser::UserSelf] }).await;
    assert_eq!(error(unknown), pair(401, "AUTH_KEY_UNREGISTERED"));
    let ayu = server.sign_up(AYU, "Ayu").await;
    let me = ayu.me().await;
    assert!(me.is_self);
    assert_eq!((me.first_name.as_deref(), me.phone.as_deref()), (Some("Ayu"), Some(AYU)));
}

#[tokio::test]
async fn every_wrong_step_of_signing_in_has_its_error() {
    let server = Server::start().await;
    let device = server.device().await;
    assert_eq!(error(device.send_code("junk").await), pair(400, "PHONE_NUMBER_INVALID"));
    assert_eq!(error(device.send_code("42777").await), pair(400, "PHONE_NUMBER_INVALID"));
    let sent = device.send_code("+1 555 0001").await.unwrap();
    let (hash, code) = (sent.phone_code_hash, server.last_code());
    assert_eq!(error(device.sign_in(AYU, &hash, "").await), pair(400, "PHONE_CODE_EMPTY"));
    assert_eq!(error(device.sign_in(AYU, &hash, "12").await), pair(400, "PHONE_CODE_INVALID"));
    assert_eq!(error(device.sign_in(AYU, "nonsense", &code).await), pair(400, "PHONE_CODE_EXPIRED"));
    assert_eq!(error(device.sign_up(AYU, &hash, "Ayu").await), pair(400, "PHONE_CODE_INVALID"));
    let required = device.sign_in(AYU, &hash, &code).await.unwrap();
    assert!(matches!(required, enums::auth::Authorization::SignUpRequired(_)));
    assert_eq!(error(device.sign_up(AYU, &hash, "  ").await), pair(400, "FIRSTNAME_INVALID"));
    device.sign_up(AYU, &hash, "Ayu").await.unwrap();
    let other = server.device().await;
    assert_eq!(error(other.sign_up(AYU, &hash, "Thief").await), pair(400, "PHONE_NUMBER_OCCUPIED"));
}

#[tokio::test]
async fn accounts_live_at_the_home_dc() {
    let server = Server::start().await;
    let mut device = server.device().await;
    device.caller.dialled_dc = Some(4);
    assert_eq!(error(device.send_code(AYU).await), pair(303, "PHONE_MIGRATE_2"));
    device.caller.dialled_dc = None;
    device.send_code(AYU).await.unwrap();
}

#[tokio::test]
async fn the_code_comes_to_the_other_device_and_by_letter_on_demand() {
    let server = Server::start().await;
    let first = server.sign_up(AYU, "Ayu").await;
    let user = UserId(first.me().await.id);
    let second = server.device().await;
    let letter_before = server.last_code();
    let sent = second.send_code(AYU).await.unwrap();
    assert!(matches!(sent.r#type, enums::auth::SentCodeType::App(_)));
    assert!(matches!(sent.next_type, Some(enums::auth::CodeType::Sms)));
    assert_eq!(server.last_code(), letter_before, "no letter was sent");
    let service = Peer::User(SERVICE_USER_ID);
    let newest = Window { limit: 1, ..Window::default() };
    let page = first.api.platform().history(user, service, newest).await.unwrap();
    let text = page.messages[0].message.text.clone();
    let code = text.split(|letter: char| !letter.is_ascii_digit()).find(|digits| digits.len() == 6).unwrap().to_owned();
    let resend = functions::auth::ResendCode {
        phone_number: AYU.to_owned(),
        phone_code_hash: sent.phone_code_hash.clone(),
        reason: None,
    };
    second.call(&resend).await.unwrap();
    assert_eq!(server.last_code(), code, "the same code on the other road");
    second.sign_in(AYU, &sent.phone_code_hash, &code).await.unwrap();
    assert_eq!(second.me().await.id, user.0);
}

#[tokio::test]
async fn a_cancelled_code_is_no_code() {
    let server = Server::start().await;
    let device = server.device().await;
    let hash = device.send_code(AYU).await.unwrap().phone_code_hash;
    let cancel = functions::auth::CancelCode { phone_number: AYU.to_owned(), phone_code_hash: hash.clone() };
    assert!(device.call(&cancel).await.unwrap());
    assert_eq!(error(device.sign_in(AYU, &hash, &server.last_code()).await), pair(400, "PHONE_CODE_EXPIRED"));
    assert_eq!(error(device.call(&cancel).await), pair(400, "PHONE_CODE_EXPIRED"));
}

#[tokio::test]
async fn leaving_ends_the_device_alone() {
    let server = Server::start().await;
    let ayu = server.sign_up(AYU, "Ayu").await;
    let exported = ayu.call(&functions::auth::ExportAuthorization { dc_id: 4 }).await.unwrap();
    let enums::auth::ExportedAuthorization::Authorization(token) = exported;
    let media = server.device().await;
    let wrong = functions::auth::ImportAuthorization { id: token.id + 1, bytes: token.bytes.clone() };
    assert_eq!(error(media.call(&wrong).await), pair(400, "AUTH_BYTES_INVALID"));
    media.call(&functions::auth::ImportAuthorization { id: token.id, bytes: token.bytes }).await.unwrap();
    assert_eq!(media.me().await.id, token.id);
    let enums::account::Authorizations::Authorizations(list) =
        media.call(&functions::account::GetAuthorizations {}).await.unwrap();
    assert_eq!(list.authorizations.len(), 1, "a key that took part by import is no device of its own");
    ayu.call(&functions::auth::LogOut {}).await.unwrap();
    let over = media.call(&functions::users::GetUsers { id: Vec::new() }).await;
    assert_eq!(error(over), pair(401, "AUTH_KEY_UNREGISTERED"));
    ayu.call(&functions::auth::LogOut {}).await.unwrap();
    let nowhere = functions::auth::ExportAuthorization { dc_id: 9 };
    let again = server.sign_up("15550002", "Budi").await;
    assert_eq!(error(again.call(&nowhere).await), pair(400, "DC_ID_INVALID"));
}

#[tokio::test]
async fn one_device_signs_the_other_out_by_its_hash() {
    let server = Server::start().await;
    let first = server.sign_up(AYU, "Ayu").await;
    let second = server.device().await;
    let hash = second.send_code(AYU).await.unwrap().phone_code_hash;
    let resend =
        functions::auth::ResendCode { phone_number: AYU.to_owned(), phone_code_hash: hash.clone(), reason: None };
    second.call(&resend).await.unwrap();
    second.sign_in(AYU, &hash, &server.last_code()).await.unwrap();
    let enums::account::Authorizations::Authorizations(list) =
        second.call(&functions::account::GetAuthorizations {}).await.unwrap();
    let hashes: Vec<i64> = list
        .authorizations
        .iter()
        .map(|enums::Authorization::Authorization(device)| if device.current { 0 } else { device.hash })
        .collect();
    let other = *hashes.iter().find(|hash| **hash != 0).expect("the first device is listed");
    let wrong = second.call(&functions::account::ResetAuthorization { hash: 0 }).await;
    assert_eq!(error(wrong), pair(400, "HASH_INVALID"));
    second.call(&functions::account::ResetAuthorization { hash: other }).await.unwrap();
    let over = first.call(&functions::users::GetUsers { id: Vec::new() }).await;
    assert_eq!(error(over), pair(401, "AUTH_KEY_UNREGISTERED"));
    assert!(second.me().await.is_self);
}

/// A permanent and a temporary device, and the call that binds them.
struct Pair {
    permanent: Device,
    temporary: Device,
    expires_at: i32,
}

impl Pair {
    async fn new(server: &Server) -> Self {
        let expires_at = server.api.platform().now() + 3600;
        let temporary = server.device_of_kind(AuthKeyKind::Temporary { expires_at }).await;
        Self { permanent: server.device().await, temporary, expires_at }
    }

    fn proof(&self) -> Binding {
        Binding {
            msg_id: self.temporary.caller.msg_id,
            nonce: 5,
            temp_auth_key_id: self.temporary.caller.key.id.0,
            perm_auth_key_id: self.permanent.caller.key.id.0,
            temp_session_id: self.temporary.caller.session_id,
            expires_at: self.expires_at,
        }
    }

    fn request(&self, proof: &Binding) -> functions::auth::BindTempAuthKey {
        let key = AuthKey::from_bytes(&self.permanent.caller.key.key);
        functions::auth::BindTempAuthKey {
            perm_auth_key_id: self.permanent.caller.key.id.0,
            nonce: 5,
            expires_at: self.expires_at,
            encrypted_message: seal_binding(&key, proof, &mut SystemEntropy),
        }
    }

    async fn bind(&self, proof: &Binding) -> Result<bool, api::RpcError> {
        self.temporary.call(&self.request(proof)).await
    }
}

#[tokio::test]
async fn a_temporary_key_acts_for_the_permanent_one_it_proves() {
    let server = Server::start().await;
    let mut pair_of_keys = Pair::new(&server).await;
    let early = pair_of_keys.temporary.send_code(AYU).await;
    assert_eq!(error(early), pair(401, "AUTH_KEY_PERM_EMPTY"));
    let proof = pair_of_keys.proof();
    assert!(pair_of_keys.bind(&proof).await.unwrap());
    assert!(pair_of_keys.bind(&proof).await.unwrap(), "a repeated binding is no error");
    let temporary = pair_of_keys.temporary.caller.key.clone();
    assert_eq!(temporary.bound_to(), Some(pair_of_keys.permanent.caller.key.id));
    // The gateway now names the permanent key as the caller's.
    pair_of_keys.temporary.caller.key = pair_of_keys.permanent.caller.key.clone();
    pair_of_keys.temporary.send_code(AYU).await.unwrap();
    let drop_all = functions::auth::DropTempAuthKeys { except_auth_keys: Vec::new() };
    assert!(pair_of_keys.temporary.call(&drop_all).await.unwrap());
    assert!(!temporary.is_destroyed(), "the key in use is kept");
    assert!(pair_of_keys.permanent.call(&drop_all).await.unwrap());
    assert!(temporary.is_destroyed());
}

#[tokio::test]
async fn a_binding_with_anything_wrong_in_it_is_refused() {
    let server = Server::start().await;
    let keys = Pair::new(&server).await;
    let right = keys.proof();
    let wrong = [
        Binding { nonce: 6, ..right },
        Binding { temp_auth_key_id: right.temp_auth_key_id ^ 1, ..right },
        Binding { perm_auth_key_id: right.perm_auth_key_id ^ 1, ..right },
        Binding { temp_session_id: right.temp_session_id ^ 1, ..right },
        Binding { expires_at: right.expires_at + 1, ..right },
    ];
    for proof in wrong {
        assert_eq!(error(keys.bind(&proof).await), pair(400, "ENCRYPTED_MESSAGE_INVALID"), "{proof:?}");
    }
    let mut garbled = keys.request(&right);
    garbled.encrypted_message[40] ^= 1;
    assert_eq!(error(keys.temporary.call(&garbled).await), pair(400, "ENCRYPTED_MESSAGE_INVALID"));
    let unknown = functions::auth::BindTempAuthKey { perm_auth_key_id: 1, ..keys.request(&right) };
    assert_eq!(error(keys.temporary.call(&unknown).await), pair(400, "ENCRYPTED_MESSAGE_INVALID"));
    let not_temporary = Binding { temp_auth_key_id: keys.permanent.caller.key.id.0, ..right };
    let not_temporary = keys.permanent.call(&keys.request(&not_temporary)).await;
    assert_eq!(error(not_temporary), pair(400, "TEMP_AUTH_KEY_EMPTY"));
    let late = Pair { expires_at: keys.expires_at + 24 * 3600, ..keys };
    assert_eq!(error(late.bind(&late.proof()).await), pair(400, "EXPIRES_AT_INVALID"));
}

#[tokio::test]
async fn a_signed_in_device_lets_another_in_by_the_code_it_shows() {
    let server = Server::start().await;
    let ayu = server.sign_up(AYU, "Ayu").await;
    let screen = server.device().await;
    let export = functions::auth::ExportLoginToken { api_id: 1, api_hash: String::new(), except_ids: Vec::new() };
    let enums::auth::LoginToken::Token(shown) = screen.call(&export).await.unwrap() else { panic!("a code") };
    let import = functions::auth::ImportLoginToken { token: shown.token };
    let enums::auth::LoginToken::Token(shown) = screen.call(&import).await.unwrap() else { panic!("a code") };
    let accept = |token: Vec<u8>| functions::auth::AcceptLoginToken { token };
    let mut forged = shown.token.clone();
    forged[3] ^= 1;
    assert_eq!(error(ayu.call(&accept(forged)).await), pair(400, "AUTH_TOKEN_INVALID"));
    assert_eq!(error(screen.call(&accept(shown.token.clone())).await), pair(401, "AUTH_KEY_UNREGISTERED"));
    server.world.pass_seconds(31);
    assert_eq!(error(ayu.call(&accept(shown.token)).await), pair(400, "AUTH_TOKEN_EXPIRED"));
    let enums::auth::LoginToken::Token(shown) = screen.call(&export).await.unwrap() else { panic!("a code") };
    let enums::Authorization::Authorization(came) = ayu.call(&accept(shown.token.clone())).await.unwrap();
    assert!(!came.current && came.hash != 0);
    assert_eq!(error(ayu.call(&accept(shown.token)).await), pair(400, "AUTH_TOKEN_ALREADY_ACCEPTED"));
    assert!(matches!(screen.call(&export).await.unwrap(), enums::auth::LoginToken::Success(_)));
    assert_eq!(screen.me().await.id, ayu.me().await.id);
}

#[tokio::test]
async fn what_comes_later_is_refused_as_documented() {
    let server = Server::start().await;
    let device = server.device().await;
    let bot = functions::auth::ImportBotAuthorization {
        flags: 0,
        api_id: 1,
        api_hash: String::new(),
        bot_auth_token: "1:a".to_owned(),
    };
    assert_eq!(error(device.call(&bot).await), pair(400, "ACCESS_TOKEN_INVALID"));
    let password = functions::auth::CheckPassword { password: enums::InputCheckPasswordSrp::InputCheckPasswordEmpty };
    assert_eq!(error(device.call(&password).await), pair(401, "AUTH_KEY_UNREGISTERED"), "a code comes first");
    let recovery = functions::auth::RequestPasswordRecovery {};
    assert_eq!(error(device.call(&recovery).await), pair(401, "AUTH_KEY_UNREGISTERED"));
}
