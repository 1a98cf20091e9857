//! Two-step verification, as a client sees it.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod devices;

use crypto::SystemEntropy;
use crypto::srp::{SrpGroup, client};
use devices::{Device, Server, error, pair};
use tl::{enums, functions, types};

const AYU: &str = "15550001";
const RIGHT: &str = "kentongan tiga kali";

async fn password_of(device: &Device) -> types::account::Password {
    let enums::account::Password::Password(password) = device.call(&functions::account::GetPassword {}).await.unwrap();
    password
}

type ModPow = types::PasswordKdfAlgoSha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow;

fn mod_pow(algorithm: enums::PasswordKdfAlgo) -> ModPow {
    match algorithm {
        enums::PasswordKdfAlgo::Sha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow(algorithm) => algorithm,
        enums::PasswordKdfAlgo::Unknown => panic!("the algorithm clients know"),
    }
}

/// What a client computes of the state it was told.
async fn proof(device: &Device, password: &str) -> enums::InputCheckPasswordSrp {
    let state = password_of(device).await;
    let algorithm = mod_pow(state.current_algo.expect("there is a password"));
    let (salts, public) = ((algorithm.salt1.as_slice(), algorithm.salt2.as_slice()), state.srp_b.unwrap());
    let group = SrpGroup::new().unwrap();
    let public = public.as_slice().try_into().expect("256 bytes");
    let answer = client::answer(&group, password, salts, public, &mut SystemEntropy).unwrap();
    let (srp_id, a, m1) = (state.srp_id.unwrap(), answer.public.to_vec(), answer.proof.to_vec());
    types::InputCheckPasswordSrp { srp_id, a, m1 }.into()
}

/// A password set on a device, with the old one if there is one.
async fn set(device: &Device, old: Option<&str>, new: &str) -> Result<bool, api::RpcError> {
    let mut algorithm = mod_pow(password_of(device).await.new_algo);
    algorithm.salt1.extend([3; 32]);
    let salts = (algorithm.salt1.as_slice(), algorithm.salt2.as_slice());
    let hash = client::verifier(&SrpGroup::new().unwrap(), new, salts).unwrap().to_vec();
    let new_settings = types::account::PasswordInputSettings {
        new_algo: Some(algorithm.into()),
        new_password_hash: Some(hash),
        hint: Some("how often".to_owned()),
        email: None,
        new_secure_settings: None,
    };
    let password = match old {
        Some(old) => proof(device, old).await,
        None => enums::InputCheckPasswordSrp::InputCheckPasswordEmpty,
    };
    device.call(&functions::account::UpdatePasswordSettings { password, new_settings: new_settings.into() }).await
}

async fn knock(server: &Server) -> Device {
    let device = server.device().await;
    let hash = device.send_code(AYU).await.unwrap().phone_code_hash;
    let resend =
        functions::auth::ResendCode { phone_number: AYU.to_owned(), phone_code_hash: hash.clone(), reason: None };
    device.call(&resend).await.unwrap();
    assert_eq!(error(device.sign_in(AYU, &hash, &server.last_code()).await), pair(401, "SESSION_PASSWORD_NEEDED"));
    device
}

/// Which of the person's devices owe the password, those that do at the end.
async fn waiting(owner: &Device) -> Vec<bool> {
    let enums::account::Authorizations::Authorizations(list) =
        owner.call(&functions::account::GetAuthorizations {}).await.unwrap();
    let pending = list.authorizations.iter().map(|enums::Authorization::Authorization(one)| one.password_pending);
    let mut pending: Vec<bool> = pending.collect();
    pending.sort_unstable();
    pending
}

#[tokio::test]
async fn a_password_is_set_asked_for_changed_and_removed() {
    let server = Server::start().await;
    let ayu = server.sign_up(AYU, "Ayu").await;
    let none = password_of(&ayu).await;
    assert!(!none.has_password && none.srp_id.is_none() && none.secure_random.len() == 256);
    assert_eq!(mod_pow(none.new_algo).p, crypto::DH_PRIME);
    assert!(set(&ayu, None, RIGHT).await.unwrap());
    let state = password_of(&ayu).await;
    assert!(state.has_password && !state.has_recovery && state.hint.as_deref() == Some("how often"));
    // A device that gave the code is nobody's yet.
    let second = knock(&server).await;
    let me = functions::users::GetUsers { id: vec![enums::InputUser::UserSelf] };
    assert_eq!(error(second.call(&me).await), pair(401, "SESSION_PASSWORD_NEEDED"));
    let check = |password| functions::auth::CheckPassword { password };
    let wrong = check(proof(&second, "kentongan").await);
    assert_eq!(error(second.call(&wrong).await), pair(400, "PASSWORD_HASH_INVALID"));
    assert_eq!(error(second.call(&wrong).await), pair(400, "SRP_ID_INVALID"));
    assert_eq!(waiting(&ayu).await, [false, true]);
    let right = check(proof(&second, RIGHT).await);
    assert!(matches!(second.call(&right).await.unwrap(), enums::auth::Authorization::Authorization(_)));
    assert_eq!(waiting(&ayu).await, [false, false]);
    assert_eq!(second.me().await.id, ayu.me().await.id);
    assert_eq!(error(set(&second, None, "other").await), pair(400, "PASSWORD_HASH_INVALID"));
    assert!(set(&second, Some(RIGHT), "other").await.unwrap());
    // As Telethon says "none": an algorithm and no hash.
    let removal = functions::account::UpdatePasswordSettings {
        password: proof(&ayu, "other").await,
        new_settings: types::account::PasswordInputSettings {
            new_algo: Some(password_of(&ayu).await.new_algo),
            new_password_hash: Some(Vec::new()),
            hint: Some(String::new()),
            email: None,
            new_secure_settings: None,
        }
        .into(),
    };
    assert!(ayu.call(&removal).await.unwrap());
    assert!(!password_of(&ayu).await.has_password);
    let again = functions::account::UpdatePasswordSettings {
        password: enums::InputCheckPasswordSrp::InputCheckPasswordEmpty,
        ..removal
    };
    assert_eq!(error(ayu.call(&again).await), pair(400, "NEW_SETTINGS_EMPTY"));
}

#[tokio::test]
async fn what_hangs_on_the_password_needs_it() {
    let server = Server::start().await;
    let ayu = server.sign_up(AYU, "Ayu").await;
    set(&ayu, None, RIGHT).await.unwrap();
    let empty = || enums::InputCheckPasswordSrp::InputCheckPasswordEmpty;
    let settings = functions::account::GetPasswordSettings { password: empty() };
    assert_eq!(error(ayu.call(&settings).await), pair(400, "PASSWORD_HASH_INVALID"));
    let settings = functions::account::GetPasswordSettings { password: proof(&ayu, RIGHT).await };
    let enums::account::PasswordSettings::Settings(told) = ayu.call(&settings).await.unwrap();
    assert!(told.email.is_none() && told.secure_settings.is_none());
    let tmp = functions::account::GetTmpPassword { password: proof(&ayu, RIGHT).await, period: 59 };
    assert_eq!(error(ayu.call(&tmp).await), pair(400, "TMP_PASSWORD_DISABLED"));
    let tmp = functions::account::GetTmpPassword { period: 60, ..tmp };
    let enums::account::TmpPassword::Password(tmp) = ayu.call(&tmp).await.unwrap();
    assert_eq!(tmp.valid_until, server.api.platform().now() + 60);
    let delete = functions::account::DeleteAccount { reason: String::new(), password: None };
    assert_eq!(error(ayu.call(&delete).await), pair(400, "PASSWORD_HASH_INVALID"));
    let stranger = knock(&server).await;
    assert_eq!(error(stranger.call(&delete).await), pair(401, "SESSION_PASSWORD_NEEDED"));
    let password = Some(proof(&ayu, RIGHT).await);
    assert!(ayu.call(&functions::account::DeleteAccount { reason: String::new(), password }).await.unwrap());
}

#[tokio::test]
async fn without_mail_recovery_says_so() {
    let server = Server::start().await;
    let ayu = server.sign_up(AYU, "Ayu").await;
    let request = functions::auth::RequestPasswordRecovery {};
    assert_eq!(error(ayu.call(&request).await), pair(400, "PASSWORD_EMPTY"));
    assert_eq!(error(ayu.call(&functions::account::ResetPassword {}).await), pair(400, "PASSWORD_EMPTY"));
    set(&ayu, None, RIGHT).await.unwrap();
    let second = knock(&server).await;
    assert_eq!(error(second.call(&request).await), pair(400, "PASSWORD_RECOVERY_NA"));
    let code = || "1".to_owned();
    let check = functions::auth::CheckRecoveryPassword { code: code() };
    assert_eq!(error(second.call(&check).await), pair(400, "PASSWORD_RECOVERY_EXPIRED"));
    let recover = functions::auth::RecoverPassword { code: code(), new_settings: None };
    assert_eq!(error(second.call(&recover).await), pair(400, "PASSWORD_RECOVERY_EXPIRED"));
    let confirm = functions::account::ConfirmPasswordEmail { code: code() };
    assert_eq!(error(ayu.call(&confirm).await), pair(400, "EMAIL_HASH_EXPIRED"));
    let decline = functions::account::DeclinePasswordReset {};
    assert_eq!(error(ayu.call(&decline).await), pair(400, "RESET_REQUEST_MISSING"));
    let reset = ayu.call(&functions::account::ResetPassword {}).await.unwrap();
    assert!(matches!(reset, enums::account::ResetPasswordResult::ResetPasswordRequestedWait(_)));
    assert_eq!(password_of(&ayu).await.pending_reset_date, Some(server.api.platform().now() + 7 * 24 * 3600));
    assert!(ayu.call(&decline).await.unwrap());
    let reset = ayu.call(&functions::account::ResetPassword {}).await.unwrap();
    assert!(matches!(reset, enums::account::ResetPasswordResult::ResetPasswordFailedWait(_)));
}

fn export() -> functions::auth::ExportLoginToken {
    functions::auth::ExportLoginToken { api_id: 1, api_hash: String::new(), except_ids: Vec::new() }
}

async fn shown(screen: &Device) -> Vec<u8> {
    match screen.call(&export()).await.unwrap() {
        enums::auth::LoginToken::Token(shown) => shown.token,
        other => panic!("a code to show, not {other:?}"),
    }
}

#[tokio::test]
async fn a_device_let_in_by_its_code_owes_the_password() {
    let server = Server::start().await;
    let ayu = server.sign_up(AYU, "Ayu").await;
    set(&ayu, None, RIGHT).await.unwrap();
    let screen = server.device().await;
    let token = shown(&screen).await;
    let accept = functions::auth::AcceptLoginToken { token };
    let enums::Authorization::Authorization(came) = ayu.call(&accept).await.unwrap();
    assert!(came.password_pending);
    assert_eq!(error(ayu.call(&accept).await), pair(400, "AUTH_TOKEN_ALREADY_ACCEPTED"));
    assert_eq!(error(screen.call(&export()).await), pair(401, "SESSION_PASSWORD_NEEDED"));
    let check = functions::auth::CheckPassword { password: proof(&screen, RIGHT).await };
    assert_eq!(waiting(&ayu).await, [false, true]);
    screen.call(&check).await.unwrap();
    assert_eq!(waiting(&ayu).await, [false, false]);
    assert!(matches!(screen.call(&export()).await.unwrap(), enums::auth::LoginToken::Success(_)));
}

#[tokio::test]
async fn a_device_at_another_dc_goes_on_at_home() {
    let server = Server::start().await;
    let ayu = server.sign_up(AYU, "Ayu").await;
    let screen = server.device_at(4).await;
    let accept = functions::auth::AcceptLoginToken { token: shown(&screen).await };
    ayu.call(&accept).await.unwrap();
    let enums::auth::LoginToken::MigrateTo(home) = screen.call(&export()).await.unwrap() else { panic!("sent home") };
    assert_eq!(home.dc_id, 2);
    let import = functions::auth::ImportLoginToken { token: home.token };
    let at_home = server.device().await;
    assert!(matches!(at_home.call(&import).await.unwrap(), enums::auth::LoginToken::Success(_)));
    assert_eq!(at_home.me().await.id, ayu.me().await.id);
    let thief = server.device().await;
    assert!(matches!(thief.call(&import).await.unwrap(), enums::auth::LoginToken::Token(_)), "taken once");
    // With a password, the key at home owes it.
    set(&ayu, None, RIGHT).await.unwrap();
    ayu.call(&functions::auth::AcceptLoginToken { token: shown(&screen).await }).await.unwrap();
    let enums::auth::LoginToken::MigrateTo(home) = screen.call(&export()).await.unwrap() else { panic!("sent home") };
    let import = functions::auth::ImportLoginToken { token: home.token };
    let at_home = server.device().await;
    assert_eq!(error(at_home.call(&import).await), pair(401, "SESSION_PASSWORD_NEEDED"));
    let check = functions::auth::CheckPassword { password: proof(&at_home, RIGHT).await };
    at_home.call(&check).await.unwrap();
    assert_eq!(at_home.me().await.id, ayu.me().await.id);
}
