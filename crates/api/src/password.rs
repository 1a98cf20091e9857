//! Passwords between TL and the platform: proofs and new settings in, algorithms out.

use platform::people::password::change::{NewPassword, NewSettings};
use platform::people::password::check::{Proof, Prover};
use platform::people::password::{Salts, SecureAlgorithm, SecureSecret};
use platform::{Refusal, UserId};
use tl::{enums, types};

use crate::{Context, RpcError};

/// What a client proves with.
pub(crate) fn proof(input: enums::InputCheckPasswordSrp) -> Proof {
    match input {
        enums::InputCheckPasswordSrp::InputCheckPasswordEmpty => Proof::Empty,
        enums::InputCheckPasswordSrp::Srp(answer) => {
            Proof::Srp { id: answer.srp_id, public: answer.a, proof: answer.m1 }
        }
    }
}

/// The caller, proving something about this person.
pub(crate) fn prover<'a>(cx: &'a Context<'_>, user_id: UserId) -> Prover<'a> {
    Prover { user_id, key: &cx.caller.key, ip: cx.caller.ip }
}

/// The only algorithm there is, with these salts.
pub(crate) fn algorithm(salts: Salts) -> enums::PasswordKdfAlgo {
    types::PasswordKdfAlgoSha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow {
        salt1: salts.first,
        salt2: salts.second,
        g: i32::from(crypto::GENERATOR),
        p: crypto::DH_PRIME.to_vec(),
    }
    .into()
}

/// A change of the settings. An algorithm without a hash removes the password: that is how clients say it.
pub(crate) fn new_settings(input: enums::account::PasswordInputSettings) -> Result<NewSettings, RpcError> {
    let enums::account::PasswordInputSettings::Settings(input) = input;
    let hint = input.hint.unwrap_or_default();
    let password = match (input.new_algo, input.new_password_hash) {
        (None, _) => NewPassword::Keep,
        (Some(_), None) => NewPassword::Remove,
        (Some(_), Some(hash)) if hash.is_empty() => NewPassword::Remove,
        (Some(algorithm), Some(verifier)) => NewPassword::Set { salts: salts(algorithm)?, verifier, hint },
    };
    let secure = input.new_secure_settings.map(secure_secret).transpose()?;
    Ok(NewSettings { password, email: input.email, secure })
}

fn salts(algorithm: enums::PasswordKdfAlgo) -> Result<Salts, RpcError> {
    use enums::PasswordKdfAlgo::Sha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow as ModPow;
    let ModPow(given) = algorithm else { return Err(Refusal::NewSettingsInvalid.into()) };
    if given.g != i32::from(crypto::GENERATOR) || given.p != crypto::DH_PRIME {
        return Err(Refusal::NewSettingsInvalid.into());
    }
    Ok(Salts { first: given.salt1, second: given.salt2 })
}

fn secure_secret(input: enums::SecureSecretSettings) -> Result<SecureSecret, RpcError> {
    let enums::SecureSecretSettings::Settings(input) = input;
    let algorithm = match input.secure_algo {
        enums::SecurePasswordKdfAlgo::Pbkdf2Hmacsha512iter100000(with) => SecureAlgorithm::Pbkdf2 { salt: with.salt },
        enums::SecurePasswordKdfAlgo::Sha512(with) => SecureAlgorithm::Sha512 { salt: with.salt },
        enums::SecurePasswordKdfAlgo::Unknown => return Err(Refusal::NewSettingsInvalid.into()),
    };
    Ok(SecureSecret { algorithm, secret: input.secure_secret, id: input.secure_secret_id })
}

/// The secret of encrypted documents, for whoever proved to know the password.
pub(crate) fn secure_settings(secret: SecureSecret) -> enums::SecureSecretSettings {
    let secure_algo = match secret.algorithm {
        SecureAlgorithm::Pbkdf2 { salt } => types::SecurePasswordKdfAlgoPbkdf2Hmacsha512iter100000 { salt }.into(),
        SecureAlgorithm::Sha512 { salt } => types::SecurePasswordKdfAlgoSha512 { salt }.into(),
    };
    types::SecureSecretSettings { secure_algo, secure_secret: secret.secret, secure_secret_id: secret.id }.into()
}
