//! Codes that travel by mail: to confirm a recovery address, and to recover. As login codes, they are derived, not stored.

use store::{Batch, Check, Class, Record, StoreError};
use subtle::ConstantTimeEq;

use super::{PasswordRecord, place};
use crate::codec::{self, Stored};
use crate::people::flood::Act;
use crate::{Platform, PlatformError, Refusal, UserId, limits};

/// A code on its way.
#[derive(Clone, Debug, minicbor::Encode, minicbor::Decode)]
pub(super) struct MailCode {
    #[n(0)]
    nonce: i64,
    #[n(1)]
    pub(super) email: String,
    #[n(2)]
    expires_at: i32,
    #[n(3)]
    tries: u32,
    /// The password that takes effect with the code.
    #[n(4)]
    pub(super) next: Option<PasswordRecord>,
    /// The password that was in force when the code was made; 0 for none.
    #[n(5)]
    pub(super) epoch: i64,
}

impl Stored for MailCode {
    const WHAT: &'static str = "mailed code";
}

impl Platform {
    /// Makes a code and mails it. It replaces one under way.
    pub(super) async fn mail_code(
        &self,
        user_id: UserId,
        kind: u8,
        email: &str,
        next: Option<PasswordRecord>,
        epoch: i64,
    ) -> Result<(), PlatformError> {
        let expires_at = self.now().saturating_add(limits::MAIL_CODE_SECONDS);
        let code = MailCode { nonce: self.random_i64(), email: email.to_owned(), expires_at, tries: 0, next, epoch };
        self.convey_mail(user_id, &code).await?;
        let mut batch = Batch::new(Class::C2);
        batch.put(place(user_id, kind), codec::encode(&code));
        self.commit(batch).await
    }

    /// Sends a code once more.
    pub(super) async fn convey_mail(&self, user_id: UserId, code: &MailCode) -> Result<(), PlatformError> {
        let flood = &self.inner.people.flood;
        flood.count(Act::AskForMail, &user_id.to_string(), 1, limits::MAILS_PER_PERSON, self.now())?;
        let language = self.language_of(user_id).await?.unwrap_or_default();
        let digits = self.code_by_mail(user_id, code);
        self.inner.settings.mail_delivery.deliver(&code.email, &digits, language).await.map_err(|error| {
            tracing::warn!(%error, "a code could not be mailed");
            Refusal::EmailInvalid.into()
        })
    }

    fn code_by_mail(&self, user_id: UserId, code: &MailCode) -> String {
        digits_of(self.keyed_hash(b"mail code", &[&user_id.0.to_be_bytes(), &code.nonce.to_be_bytes()]))
    }

    /// The confirmed address of a person, where mail can reach it.
    pub(crate) async fn mail_address(&self, user_id: UserId) -> Result<Option<String>, PlatformError> {
        let read = self.read_password(user_id).await?;
        Ok(read.filter(|read| self.can_recover(&read.password)).and_then(|read| read.password.email))
    }

    /// The code under way, if any.
    pub(super) async fn mail_under_way(
        &self,
        user_id: UserId,
        kind: u8,
    ) -> Result<Option<(MailCode, Record)>, PlatformError> {
        let Some(record) = self.store().get(&place(user_id, kind)).await? else { return Ok(None) };
        let code: MailCode = codec::decode(&record.value)?;
        Ok((code.expires_at > self.now()).then_some((code, record)))
    }

    /// The code under way if this is it; else the try is counted before the refusal is answered. `gone` is the refusal
    /// when there is none.
    pub(super) async fn try_mail(
        &self,
        user_id: UserId,
        kind: u8,
        given: &str,
        gone: Refusal,
    ) -> Result<MailCode, PlatformError> {
        for _ in 0..limits::CONFLICT_ATTEMPTS_MAX {
            let (code, record) = self.mail_under_way(user_id, kind).await?.ok_or(gone)?;
            if self.code_by_mail(user_id, &code).as_bytes().ct_eq(given.trim().as_bytes()).into() {
                return Ok(code);
            }
            match self.count_mail_try(user_id, kind, code, &record).await {
                Ok(()) => return Err(Refusal::CodeInvalid.into()),
                Err(error) if error.is_conflict() => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Conflict.into())
    }

    async fn count_mail_try(
        &self,
        user_id: UserId,
        kind: u8,
        code: MailCode,
        record: &Record,
    ) -> Result<(), PlatformError> {
        let (key, tries) = (place(user_id, kind), code.tries + 1);
        let mut batch = Batch::new(Class::C2);
        batch.checks.push(Check::Version(key.clone(), record.version));
        if tries >= limits::CODE_TRIES {
            batch.deletes.push(key);
        } else {
            let value = codec::encode(&MailCode { tries, ..code });
            batch.puts.push((key, Record { version: record.version + 1, value }));
        }
        self.commit(batch).await
    }

    pub(super) async fn forget_mail(&self, user_id: UserId, kind: u8) -> Result<(), PlatformError> {
        let mut batch = Batch::new(Class::C2);
        batch.deletes.push(place(user_id, kind));
        self.commit(batch).await
    }
}

/// The digits of a code that is derived, not stored.
pub(crate) fn digits_of(digest: [u8; 32]) -> String {
    let number = u64::from_be_bytes(*digest.first_chunk().expect("a digest has 32 bytes"));
    format!("{:0width$}", number % 10_u64.pow(limits::CODE_DIGITS), width = limits::CODE_DIGITS as usize)
}

/// Enough of an address to recognise it, too little to learn it: `a****i@e****.org`.
pub(crate) fn pattern(email: &str) -> String {
    let Some((name, host)) = email.rsplit_once('@') else { return "*".to_owned() };
    let (host, top) = host.rsplit_once('.').unwrap_or((host, ""));
    let first = |text: &str| text.chars().next().map(String::from).unwrap_or_default();
    let last = name.chars().last().filter(|_| name.chars().count() > 2).map(String::from).unwrap_or_default();
    format!("{}****{last}@{}****.{top}", first(name), first(host))
}

/// Whether it looks like an address: one `@` with something on both sides, and a dot in the host.
pub(super) fn is_address(text: &str) -> bool {
    let is_plain = text.len() <= limits::EMAIL_MAX_BYTES && text.chars().all(|letter| letter.is_ascii_graphic());
    let host = text.split_once('@').filter(|(name, _)| !name.is_empty()).map(|(_, host)| host);
    let is_host = |host: &str| !host.contains('@') && !host.starts_with('.') && !host.ends_with('.');
    is_plain && host.is_some_and(|host| host.contains('.') && is_host(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_tells_little() {
        assert_eq!(pattern("ani@example.org"), "a****i@e****.org");
        assert_eq!(pattern("a@b.org"), "a****@b****.org");
    }

    #[test]
    fn addresses_are_told_from_other_texts() {
        assert!(is_address("ani@example.org"));
        for text in ["", "ani", "@example.org", "ani@", "ani@example", "a b@example.org", "a@b@c.org", "a@.org"] {
            assert!(!is_address(text), "{text}");
        }
    }
}
