//! Two-step verification: a password that is asked for after the login code. Source: core.telegram.org/api/srp.
//!
//! The server keeps the verifier of SRP, never the password. A check takes a challenge, which lives in memory, is bound
//! to the key that asked, serves once and ends soon; each try is counted in the store before it is judged. A device that gave
//! the right code waits for the password under its own key ([`waiting`]), durably. Whoever forgot it recovers by
//! e-mail where the operator has a road for mail ([`crate::settings::MailDelivery`]), waits a week on a device that is
//! still signed in ([`reset`]), or asks the operator.

mod challenges;
pub mod change;
pub mod check;
pub(crate) mod mail;
pub mod recovery;
pub mod recovery_code;
pub mod reset;
pub mod waiting;

use crypto::srp::NUMBER_BYTES;
use store::{Key, Record};

pub(crate) use challenges::Passwords;

use crate::codec::{self, Stored};
use crate::keys::{self, user_suffix};
use crate::{AuthKeyId, Platform, PlatformError, UserId, limits};

/// Second suffix byte under `PASSWORD`. On-disk format.
mod kind {
    /// The password.
    pub(super) const PASSWORD: u8 = 1;
    /// Tries in a while.
    pub(super) const TRIES: u8 = 2;
    /// A reset that waits, or was declined.
    pub(super) const RESET: u8 = 3;
    /// A recovery address that is being confirmed.
    pub(super) const CONFIRMATION: u8 = 4;
    /// A recovery under way.
    pub(super) const RECOVERY: u8 = 5;
    /// The recovery code.
    pub(super) const RECOVERY_CODE: u8 = 6;
    /// Tries of the recovery code, which earlier releases counted; cleared away with the code.
    pub(super) const RECOVERY_TRIES: u8 = 7;
}

/// What a recovery code leaves behind.
const RECOVERY_CODE: [u8; 2] = [kind::RECOVERY_CODE, kind::RECOVERY_TRIES];

/// Salts of a password: the one lengthened by the client, and the server's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Salts {
    /// `salt1`.
    pub first: Vec<u8>,
    /// `salt2`.
    pub second: Vec<u8>,
}

/// The secret of encrypted documents, which only the password opens: kept for the client, meaningless here.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct SecureSecret {
    /// How the password becomes its key.
    #[n(0)]
    pub algorithm: SecureAlgorithm,
    /// The secret, encrypted.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub secret: Vec<u8>,
    /// Its fingerprint.
    #[n(2)]
    pub id: i64,
}

/// How a password becomes the key of a [`SecureSecret`].
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub enum SecureAlgorithm {
    /// PBKDF2 with HMAC-SHA-512, 100,000 rounds.
    #[n(0)]
    Pbkdf2 {
        /// Its salt.
        #[cbor(n(0), with = "minicbor::bytes")]
        salt: Vec<u8>,
    },
    /// SHA-512, as old clients do.
    #[n(1)]
    Sha512 {
        /// Its salt.
        #[cbor(n(0), with = "minicbor::bytes")]
        salt: Vec<u8>,
    },
}

/// A password, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub(crate) struct PasswordRecord {
    /// `v = g^x mod p`.
    #[cbor(n(0), with = "minicbor::bytes")]
    verifier: Vec<u8>,
    #[cbor(n(1), with = "minicbor::bytes")]
    salt1: Vec<u8>,
    #[cbor(n(2), with = "minicbor::bytes")]
    salt2: Vec<u8>,
    #[n(3)]
    hint: String,
    /// The confirmed address for recovery.
    #[n(4)]
    email: Option<String>,
    #[n(5)]
    secure: Option<SecureSecret>,
    #[n(6)]
    set_at: i32,
    /// Tells this password from every other of the person, before and after.
    #[n(7)]
    epoch: i64,
}

impl Stored for PasswordRecord {
    const WHAT: &'static str = "password";
}

impl PasswordRecord {
    fn verifier(&self) -> Result<&[u8; NUMBER_BYTES], PlatformError> {
        self.verifier.as_slice().try_into().map_err(|_| PlatformError::Damaged {
            what: Self::WHAT,
            detail: format!("a verifier of {} bytes", self.verifier.len()),
        })
    }

    fn salts(&self) -> Salts {
        Salts { first: self.salt1.clone(), second: self.salt2.clone() }
    }

    /// A password that nobody knows, made of keyed hashes: what is checked where there is none and nobody may learn it.
    pub(crate) fn stand_in(hash: impl Fn(&[u8]) -> [u8; 32]) -> Self {
        let mut verifier: Vec<u8> = (0..NUMBER_BYTES / 32).flat_map(|part| hash(&[b'v', part as u8])).collect();
        // Below the prime, whose first byte is greater.
        verifier[0] &= 0x7f;
        let added = *limits::PASSWORD_SALT_ADDED_BYTES.start();
        Self {
            verifier,
            salt1: [&hash(b"1")[..SALT1_BYTES], &hash(b"a")[..added]].concat(),
            salt2: hash(b"2")[..SALT2_BYTES].to_vec(),
            hint: String::new(),
            email: None,
            secure: None,
            set_at: 0,
            epoch: 0,
        }
    }
}

/// A password as it was read, to be replaced under the condition that it is still the same.
pub(crate) struct ReadPassword {
    pub(crate) password: PasswordRecord,
    pub(crate) record: Record,
}

/// A challenge for a check, and what the client needs to answer it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// Names it; good for one answer.
    pub id: i64,
    /// `B`.
    pub public: Vec<u8>,
    /// The salts of the password.
    pub salts: Salts,
    /// What the person wrote down to remember it by.
    pub hint: String,
}

/// What a client is told of the password of its person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordState {
    /// Set when there is a password.
    pub challenge: Option<Challenge>,
    /// Whether mail or a recovery code can recover it.
    pub has_recovery: bool,
    /// Whether a secret of encrypted documents hangs on it.
    pub has_secure_secret: bool,
    /// The address that waits for confirmation, made unrecognisable.
    pub unconfirmed_email: Option<String>,
    /// The salts a new password has to use; the client makes the first one longer.
    pub new_salts: Salts,
    /// When a reset under way takes effect, Unix seconds.
    pub reset_at: Option<i32>,
}

fn place(user_id: UserId, kind: u8) -> Key {
    keys::user_key(user_id, &[user_suffix::PASSWORD, kind])
}

impl Platform {
    /// Whether the person has a password.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn has_password(&self, user_id: UserId) -> Result<bool, PlatformError> {
        Ok(self.store().get(&place(user_id, kind::PASSWORD)).await?.is_some())
    }

    /// What a client on this key is told of its person's password; begins a check when there is one.
    ///
    /// # Errors
    /// [`crate::Refusal::FloodWait`], or trouble of the store.
    pub async fn password_state(&self, user_id: UserId, key: AuthKeyId) -> Result<PasswordState, PlatformError> {
        let read = self.read_password(user_id).await?;
        let epoch = read.as_ref().map_or(0, |read| read.password.epoch);
        let challenge = match &read {
            Some(read) => Some(self.challenge(user_id, key, &read.password)?),
            None => None,
        };
        let password = read.as_ref().map(|read| &read.password);
        Ok(PasswordState {
            challenge,
            has_recovery: match password {
                Some(password) => self.can_recover(password) || self.recovery_made_at(user_id).await?.is_some(),
                None => false,
            },
            has_secure_secret: password.is_some_and(|password| password.secure.is_some()),
            unconfirmed_email: self.unconfirmed_email(user_id).await?,
            new_salts: self.new_salts(user_id, epoch),
            reset_at: self.reset_under_way(user_id).await?,
        })
    }

    pub(crate) async fn read_password(&self, user_id: UserId) -> Result<Option<ReadPassword>, PlatformError> {
        let Some(record) = self.store().get(&place(user_id, kind::PASSWORD)).await? else { return Ok(None) };
        Ok(Some(ReadPassword { password: codec::decode(&record.value)?, record }))
    }

    /// The salts offered for the person's next password. They follow from the present one, so that nothing needs to be
    /// remembered between the offer and its use; what makes them unique is what the client adds.
    fn new_salts(&self, user_id: UserId, epoch: i64) -> Salts {
        let salt = |label: &[u8], bytes: usize| {
            self.keyed_hash(label, &[&user_id.0.to_be_bytes(), &epoch.to_be_bytes()])[..bytes].to_vec()
        };
        Salts { first: salt(b"password salt 1", SALT1_BYTES), second: salt(b"password salt 2", SALT2_BYTES) }
    }
}

/// Bytes of the server's part of the first salt.
const SALT1_BYTES: usize = 8;
/// Bytes of the second salt.
const SALT2_BYTES: usize = 16;
