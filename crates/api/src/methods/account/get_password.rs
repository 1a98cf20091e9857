//! `account.getPassword`: whether there is a second password, and what a check or a new one needs.

use platform::people::password::PasswordState;
use tl::{enums, functions, types};

use crate::password::algorithm;
use crate::{Context, RpcError};

/// Answered to a device that owes the password, too; begins a check when there is one.
pub async fn handle(
    cx: &Context<'_>,
    _request: functions::account::GetPassword,
) -> Result<enums::account::Password, RpcError> {
    let state = cx.platform().password_state(cx.user_or_waiting()?, cx.caller.key.id).await?;
    Ok(view(cx, state))
}

fn view(cx: &Context<'_>, state: PasswordState) -> enums::account::Password {
    let mut random = [0; RANDOM_BYTES];
    cx.platform().runtime().fill_random(&mut random);
    let (salt, secure_random) = random.split_at(SECURE_SALT_BYTES);
    let new_secure_algo = types::SecurePasswordKdfAlgoPbkdf2Hmacsha512iter100000 { salt: salt.to_vec() };
    let hint = state.challenge.as_ref().map(|challenge| challenge.hint.clone()).filter(|hint| !hint.is_empty());
    let (srp_id, srp_b, current_algo) = match state.challenge {
        Some(challenge) => (Some(challenge.id), Some(challenge.public), Some(algorithm(challenge.salts))),
        None => (None, None, None),
    };
    types::account::Password {
        has_recovery: state.has_recovery,
        has_secure_values: state.has_secure_secret,
        has_password: srp_id.is_some(),
        current_algo,
        srp_b,
        srp_id,
        hint,
        email_unconfirmed_pattern: state.unconfirmed_email,
        new_algo: algorithm(state.new_salts),
        new_secure_algo: new_secure_algo.into(),
        secure_random: secure_random.to_vec(),
        pending_reset_date: state.reset_at,
        login_email_pattern: None,
    }
    .into()
}

/// Bytes of the salt for a secret of encrypted documents.
const SECURE_SALT_BYTES: usize = 8;
/// That, and 256 bytes that clients mix into their own randomness.
const RANDOM_BYTES: usize = SECURE_SALT_BYTES + 256;
