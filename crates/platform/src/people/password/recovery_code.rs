//! The recovery code: a long secret that a person prints and keeps, for the day the password is forgotten.
//!
//! It is made here, shown once and kept as a keyed hash. With 120 random bits it cannot be guessed; tries are counted all the
//! same. It opens the door for the login code ([`crate::people::door`]), and replaces a forgotten password in any client, in
//! the field for the code from the mail; that spends it.

use store::{Batch, Class, StoreError};
use subtle::ConstantTimeEq;

use super::check::{Proof, Prover};
use super::{kind, mail, place};
use crate::codec::{self, Stored};
use crate::people::privacy::replace;
use crate::{Platform, PlatformError, Refusal, UserId, limits};

/// Letters and digits that nobody confuses when reading them from paper; 32, so that each is five bits.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Letters between two hyphens.
const GROUP: usize = 4;

/// What protects an account without a phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protection {
    /// Whether the number is one of this server's own.
    pub door_number: bool,
    /// Whether there is a password.
    pub password: bool,
    /// When the recovery code was made, Unix seconds; `None` when there is none.
    pub recovery_made_at: Option<i32>,
    /// The address on file, made unrecognisable.
    pub mail: Option<String>,
}

/// The recovery code, as it is kept.
#[derive(Clone, Debug, minicbor::Encode, minicbor::Decode)]
struct RecoveryRecord {
    #[cbor(n(0), with = "minicbor::bytes")]
    hash: [u8; 32],
    #[n(1)]
    made_at: i32,
}

impl Stored for RecoveryRecord {
    const WHAT: &'static str = "recovery code";
}

/// Codes tried where the password is asked for, in a while.
#[derive(Clone, Debug, Default, minicbor::Encode, minicbor::Decode)]
struct RecoveryTries {
    #[n(0)]
    began_at: i32,
    #[n(1)]
    count: u32,
}

impl Stored for RecoveryTries {
    const WHAT: &'static str = "tries of the recovery code";
}

/// What was typed, as it is hashed: hyphens, spaces and case do not count. Nothing when it cannot be a recovery code.
fn folded(text: &str) -> Option<String> {
    let letters = text.chars().filter(|letter| !matches!(letter, '-' | ' ' | '\u{2011}' | '\u{2013}' | '\u{a0}'));
    let folded: String =
        letters.take(limits::RECOVERY_CODE_LETTERS + 1).map(|letter| letter.to_ascii_uppercase()).collect();
    let possible = folded.len() == limits::RECOVERY_CODE_LETTERS && folded.bytes().all(|byte| ALPHABET.contains(&byte));
    possible.then_some(folded)
}

/// Whether what was typed looks like a recovery code; one from a mail is shorter.
pub(super) fn is_recovery_code(text: &str) -> bool {
    folded(text).is_some()
}

impl Platform {
    /// Makes the person's recovery code; the former one is worthless. Needs the password where there is one.
    ///
    /// # Errors
    /// The refusals of a check, or trouble of the store.
    pub async fn make_recovery_code(&self, prover: Prover<'_>, proof: &Proof) -> Result<String, PlatformError> {
        self.check_password(prover, proof).await?;
        let random: [u8; limits::RECOVERY_CODE_LETTERS] = self.random();
        let code: String = random.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
        let record = RecoveryRecord { hash: self.recovery_hash(prover.user_id, &code), made_at: self.now() };
        let mut batch = Batch::new(Class::C1);
        batch.put(place(prover.user_id, kind::RECOVERY_CODE), codec::encode(&record));
        batch.deletes.push(place(prover.user_id, kind::RECOVERY_TRIES));
        self.commit(batch).await?;
        let groups: Vec<&str> = (0..code.len()).step_by(GROUP).map(|at| &code[at..at + GROUP]).collect();
        Ok(groups.join("-"))
    }

    /// What protects the person's account.
    ///
    /// # Errors
    /// [`Refusal::UserIdInvalid`], or trouble of the store.
    pub async fn protection(&self, user_id: UserId) -> Result<Protection, PlatformError> {
        let person = self.living_person(user_id).await?;
        let phone = person.profile.phone.as_deref().map(crate::people::names::Phone::stored);
        Ok(Protection {
            door_number: phone.is_some_and(|phone| phone.is_reserved()),
            password: self.has_password(user_id).await?,
            recovery_made_at: self.recovery_made_at(user_id).await?,
            mail: self.mail_address(user_id).await?.as_deref().map(mail::pattern),
        })
    }

    /// When the person's recovery code was made; `None` when there is none.
    pub(super) async fn recovery_made_at(&self, user_id: UserId) -> Result<Option<i32>, PlatformError> {
        Ok(self.recovery_record(user_id).await?.map(|record| record.made_at))
    }

    async fn recovery_record(&self, user_id: UserId) -> Result<Option<RecoveryRecord>, PlatformError> {
        codec::decode_record(self.store().get(&place(user_id, kind::RECOVERY_CODE)).await?.as_ref())
    }

    fn recovery_hash(&self, user_id: UserId, folded: &str) -> [u8; 32] {
        self.keyed_hash(b"recovery code", &[&user_id.0.to_be_bytes(), folded.as_bytes()])
    }

    /// Whether this is the person's recovery code. The caller counts the try before.
    pub(crate) async fn is_recovery_code(&self, user_id: UserId, given: &str) -> Result<bool, PlatformError> {
        let record = self.recovery_record(user_id).await?;
        let known = record.map_or([0; 32], |record| record.hash);
        let folded = folded(given);
        let hash = self.recovery_hash(user_id, folded.as_deref().unwrap_or_default());
        let is_same: bool = known.ct_eq(&hash).into();
        Ok(is_same && folded.is_some())
    }

    /// Whether what was typed in the field for the mailed code is the recovery code; `None` when it does not look like one.
    /// The try is counted before it is judged.
    pub(super) async fn try_recovery_code(&self, user_id: UserId, given: &str) -> Result<Option<bool>, PlatformError> {
        if !is_recovery_code(given) {
            return Ok(None);
        }
        self.count_recovery_try(user_id).await?;
        self.is_recovery_code(user_id, given).await.map(Some)
    }

    async fn count_recovery_try(&self, user_id: UserId) -> Result<(), PlatformError> {
        let key = place(user_id, kind::RECOVERY_TRIES);
        for _ in 0..limits::CONFLICT_ATTEMPTS_MAX {
            let record = self.store().get(&key).await?;
            let mut tries: RecoveryTries = codec::decode_record(record.as_ref())?.unwrap_or_default();
            let now = self.now();
            if now.saturating_sub(tries.began_at) >= limits::PASSWORD_WINDOW_SECONDS {
                tries = RecoveryTries { began_at: now, count: 0 };
            }
            if tries.count >= limits::RECOVERY_TRIES {
                metrics::PEOPLE_LIMITED.inc("recovery code");
                let wait = tries.began_at.saturating_add(limits::PASSWORD_WINDOW_SECONDS) - now;
                return Err(Refusal::FloodWait(u32::try_from(wait).unwrap_or(1).max(1)).into());
            }
            tries.count += 1;
            match self.commit(replace(&key, record.as_ref(), &tries)).await {
                Err(error) if error.is_conflict() => {}
                outcome => return outcome,
            }
        }
        Err(StoreError::Conflict.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let whole = "ABCD-EFGH-JKLM-NPQR-STUV-WXYZ";
        let plain = Some("ABCDEFGHJKLMNPQRSTUVWXYZ".to_owned());
        for text in [whole, "abcd efgh jklm npqr stuv wxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ"] {
            assert_eq!(folded(text), plain, "{text}");
        }
        for text in
            ["", "123456", "ABCD-EFGH", &format!("{whole}A"), "ÄBCDEFGHJKLMNPQRSTUVWXYZ", "0BCDEFGHJKLMNPQRSTUVWXYZ"]
        {
            assert_eq!(folded(text), None, "{text}");
        }
    }
}
