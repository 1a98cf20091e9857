//! The recovery code: a long secret that a person prints and keeps, for the day the password is forgotten.
//!
//! It is made here, shown once and kept as a keyed hash. With 120 random bits it cannot be guessed, so tries are counted by
//! address alone, and nobody can use up somebody else's. It opens the door for the login code ([`crate::people::door`]), and
//! replaces a forgotten password in any client, in the field for the code from the mail; that spends it.
//!
//! Whoever holds an open device for a minute can make one. So the account is told when one is made and each time it is
//! used, and one that was made without a password ends when the first password is set: from then on nobody has a
//! way in who did not prove to know it.

use store::{Batch, Check, Class};
use subtle::ConstantTimeEq;

use super::check::{Proof, Prover};
use super::{kind, mail, place};
use crate::codec::{self, Stored};
use crate::people::flood::Act;
use crate::words::Words;
use crate::{Platform, PlatformError, UserId, limits};

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
    /// Makes the person's recovery code; the former one is worthless. Needs the password where there is one. The account is
    /// told, unless it is its first one, made while coming in.
    ///
    /// # Errors
    /// The refusals of a check, or trouble of the store.
    pub async fn make_recovery_code(&self, prover: Prover<'_>, proof: &Proof) -> Result<String, PlatformError> {
        let read = self.check_proof(prover, proof).await?;
        let user_id = prover.user_id;
        if !self.is_coming_in(user_id).await? {
            // Told before it is made: a false alarm is better than none.
            self.tell(user_id, Words::RecoveryMade, &[]).await?;
        }
        let random: [u8; limits::RECOVERY_CODE_LETTERS] = self.random();
        let code: String = random.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
        let record = RecoveryRecord { hash: self.recovery_hash(user_id, &code), made_at: self.now() };
        let mut batch = Batch::new(Class::C1);
        // A first password that is set meanwhile ends this code, too.
        let password = place(user_id, kind::PASSWORD);
        batch.checks.push(match read {
            Some(read) => Check::Version(password, read.record.version),
            None => Check::Absent(password),
        });
        batch.put(place(user_id, kind::RECOVERY_CODE), codec::encode(&record));
        self.commit_password(batch).await?;
        let groups: Vec<&str> = (0..code.len()).step_by(GROUP).map(|at| &code[at..at + GROUP]).collect();
        Ok(groups.join("-"))
    }

    /// Whether the account is new and this would be its first recovery code: that is no news to anybody.
    async fn is_coming_in(&self, user_id: UserId) -> Result<bool, PlatformError> {
        let age = self.now().saturating_sub(self.living_person(user_id).await?.profile.created_at);
        Ok(age < limits::NEW_ACCOUNT_SECONDS && self.recovery_made_at(user_id).await?.is_none())
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

    /// Whether this is the person's recovery code.
    pub(crate) async fn is_recovery_code(&self, user_id: UserId, given: &str) -> Result<bool, PlatformError> {
        let record = self.recovery_record(user_id).await?;
        let known = record.map_or([0; 32], |record| record.hash);
        let folded = folded(given);
        let hash = self.recovery_hash(user_id, folded.as_deref().unwrap_or_default());
        let is_same: bool = known.ct_eq(&hash).into();
        Ok(is_same && folded.is_some())
    }

    /// Whether what was typed in the field for the mailed code is the recovery code; `None` when it does not look like one.
    pub(super) async fn try_recovery_code(
        &self,
        prover: Prover<'_>,
        given: &str,
    ) -> Result<Option<bool>, PlatformError> {
        if !is_recovery_code(given) {
            return Ok(None);
        }
        self.count_act(Act::TryCode, prover.ip, limits::TRIES_PER_ADDRESS)?;
        self.is_recovery_code(prover.user_id, given).await.map(Some)
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
