//! A second password, and coming in by a picture shown on another screen.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use crypto::{SystemEntropy, random_array, sha256};
use grammers_client::client::PasswordToken;
use grammers_client::{SignInError, tl};
use hmac::Hmac;
use num_bigint::BigUint;
use serde_json::{Value, json};
use sha2::Sha512;
use tl::enums::{InputCheckPasswordSrp, PasswordKdfAlgo};
use tl::functions::{account, auth};

use crate::clients;
use crate::fault::Fault;
use crate::operations::{Asked, Outcome, authorized, done};
use crate::views;

/// Rounds of PBKDF2, as the name of the algorithm says.
const ROUNDS: u32 = 100_000;
/// The salt a client adds to that of the server, in bytes.
const OWN_SALT_BYTES: usize = 32;

type Algorithm = tl::types::PasswordKdfAlgoSha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow;

/// Does what was asked.
pub async fn perform(operation: &str, asked: Asked<'_>) -> Outcome {
    match operation {
        "set_password" => set_password(asked).await,
        "remove_password" => remove_password(asked).await,
        "password_hint" => Ok(json!(password(asked).await?.hint)),
        "check_password" => check_password(asked).await,
        "show_qr" => show_qr(asked).await,
        "await_qr" => await_qr(asked).await,
        _ => {
            let token = BASE64.decode(asked.text("token")).map_err(Fault::new)?;
            done(asked.client()?.invoke(&auth::AcceptLoginToken { token }).await)
        }
    }
}

async fn password(asked: Asked<'_>) -> Result<tl::types::account::Password, Fault> {
    let tl::enums::account::Password::Password(it) = asked.client()?.invoke(&account::GetPassword {}).await?;
    Ok(it)
}

/// The library's helper, which does the arithmetic of the proof.
async fn check_password(asked: Asked<'_>) -> Outcome {
    let client = asked.client()?;
    let token = PasswordToken::new(password(asked).await?);
    match client.check_password(token, asked.text("password")).await {
        Ok(user) => {
            clients::signed_in(asked.name(), &user.raw).await?;
            Ok(views::user(&user.raw))
        }
        // The helper's name for that one answer.
        Err(SignInError::InvalidPassword(_)) => Err(Fault::Named(400, "PASSWORD_HASH_INVALID")),
        Err(SignInError::Other(error)) => Err(error.into()),
        Err(other) => Err(Fault::new(other)),
    }
}

/// The library has no helper that sets a password. Page "api/srp".
async fn set_password(asked: Asked<'_>) -> Outcome {
    let PasswordKdfAlgo::Sha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow(mut algorithm) =
        password(asked).await?.new_algo
    else {
        return Err(Fault::new("an algorithm nobody knows"));
    };
    algorithm.salt1.extend(random_array::<OWN_SALT_BYTES>(&mut SystemEntropy));
    let new_settings = tl::types::account::PasswordInputSettings {
        new_password_hash: Some(verifier(asked.text("password"), &algorithm)),
        new_algo: Some(algorithm.into()),
        hint: Some(asked.owned("hint")),
        email: None,
        new_secure_settings: None,
    };
    let password = InputCheckPasswordSrp::InputCheckPasswordEmpty;
    done(asked.client()?.invoke(&account::UpdatePasswordSettings { password, new_settings: new_settings.into() }).await)
}

/// `g` to the power of the hashed password, in 256 bytes.
fn verifier(password: &str, algorithm: &Algorithm) -> Vec<u8> {
    let salted = |data: &[u8], salt: &[u8]| sha256(&[salt, data, salt]);
    let once = salted(&salted(password.as_bytes(), &algorithm.salt1), &algorithm.salt2);
    let mut stretched = [0; 64];
    pbkdf2::pbkdf2::<Hmac<Sha512>>(&once, &algorithm.salt1, ROUNDS, &mut stretched).expect("any length of key will do");
    let exponent = BigUint::from_bytes_be(&salted(&stretched, &algorithm.salt2));
    let (base, modulus) = (BigUint::from(algorithm.g.unsigned_abs()), BigUint::from_bytes_be(&algorithm.p));
    let power = base.modpow(&exponent, &modulus).to_bytes_be();
    [vec![0; 256 - power.len()], power].concat()
}

async fn remove_password(asked: Asked<'_>) -> Outcome {
    let known = password(asked).await?;
    let Some(PasswordKdfAlgo::Sha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow(it)) = known.current_algo else {
        return Err(Fault::new("there is no password"));
    };
    let (server, own) = (known.srp_b.unwrap_or_default(), known.secure_random);
    let secret = asked.text("password");
    let (m1, a) =
        grammers_crypto::two_factor_auth::calculate_2fa(&it.salt1, &it.salt2, &it.p, &it.g, server, own, secret);
    let srp_id = known.srp_id.unwrap_or_default();
    let password = tl::types::InputCheckPasswordSrp { srp_id, a: a.to_vec(), m1: m1.to_vec() }.into();
    let new_settings = tl::types::account::PasswordInputSettings {
        new_algo: Some(PasswordKdfAlgo::Unknown),
        new_password_hash: Some(Vec::new()),
        hint: Some(String::new()),
        email: None,
        new_secure_settings: None,
    };
    done(asked.client()?.invoke(&account::UpdatePasswordSettings { password, new_settings: new_settings.into() }).await)
}

async fn login_token(asked: Asked<'_>) -> Result<tl::enums::auth::LoginToken, Fault> {
    let request = auth::ExportLoginToken { api_id: 1, api_hash: "0".repeat(32), except_ids: Vec::new() };
    Ok(asked.client()?.invoke(&request).await?)
}

async fn show_qr(asked: Asked<'_>) -> Outcome {
    match login_token(asked).await? {
        tl::enums::auth::LoginToken::Token(it) => Ok(Value::from(BASE64.encode(it.token))),
        _ => Err(Fault::new("no token was shown")),
    }
}

/// Once the server says that the token was accepted, it is asked for again and turns out to be the authorisation.
async fn await_qr(asked: Asked<'_>) -> Outcome {
    clients::until_accepted(asked.name()).await?;
    match login_token(asked).await? {
        tl::enums::auth::LoginToken::Success(it) => authorized(asked, it.authorization).await,
        _ => Err(Fault::new("the token was not accepted")),
    }
}
