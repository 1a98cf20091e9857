//! `account.getPassword`: nobody has a second password yet.

use tl::{enums, functions, types};

use crate::{Context, RpcError};

/// Says so, and with which algorithms one would be set.
pub async fn handle(
    cx: &Context<'_>,
    _request: functions::account::GetPassword,
) -> Result<enums::account::Password, RpcError> {
    let mut random = [0; 256];
    cx.platform().runtime().fill_random(&mut random);
    let (salt1, salt2) = (random[..8].to_vec(), random[8..24].to_vec());
    let new_algo = types::PasswordKdfAlgoSha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow {
        salt1,
        salt2,
        g: i32::from(crypto::GENERATOR),
        p: crypto::DH_PRIME.to_vec(),
    };
    let new_secure_algo = types::SecurePasswordKdfAlgoPbkdf2Hmacsha512iter100000 { salt: random[24..32].to_vec() };
    cx.platform().runtime().fill_random(&mut random);
    Ok(types::account::Password {
        has_recovery: false,
        has_secure_values: false,
        has_password: false,
        current_algo: None,
        srp_b: None,
        srp_id: None,
        hint: None,
        email_unconfirmed_pattern: None,
        new_algo: new_algo.into(),
        new_secure_algo: new_secure_algo.into(),
        secure_random: random.to_vec(),
        pending_reset_date: None,
        login_email_pattern: None,
    }
    .into())
}
