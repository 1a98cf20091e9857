//! Phone numbers, usernames and people's names: what is one, and who holds it.

use store::{Batch, Check, Key, Record, Scan};

use crate::codec::{self, Stored};
use crate::keys::{self, NameKind, name_suffix};
use crate::{Platform, PlatformError, Refusal, UserId, limits, product};

/// A phone number: digits with country code, without a plus.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Phone(String);

impl Phone {
    /// Reads a number as clients send it: with or without a plus (protocol-checks 14), with spaces, hyphens, brackets.
    ///
    /// # Errors
    /// [`Refusal::PhoneNumberInvalid`] unless 5 to 15 digits remain (E.164) that begin with a country code.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        let text = text.strip_prefix('+').unwrap_or(text);
        let mut digits = String::with_capacity(limits::PHONE_MAX_DIGITS);
        for letter in text.chars().filter(|letter| !matches!(letter, ' ' | '-' | '(' | ')' | '.' | '\u{a0}')) {
            if !letter.is_ascii_digit() || digits.len() >= limits::PHONE_MAX_DIGITS {
                return Err(Refusal::PhoneNumberInvalid);
            }
            digits.push(letter);
        }
        if digits.len() < limits::PHONE_MIN_DIGITS || digits.starts_with('0') {
            return Err(Refusal::PhoneNumberInvalid);
        }
        Ok(Self(digits))
    }

    /// A number that was valid when it was stored.
    pub(crate) fn stored(digits: &str) -> Self {
        Self(digits.to_owned())
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether only this server can have given it: no road for codes leads there.
    #[must_use]
    pub fn is_reserved(&self) -> bool {
        self.0.starts_with(product::RESERVED_PREFIX)
    }
}

/// A username: 5 to 32 letters, digits and underscores, as its holder spells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username(String);

impl Username {
    /// Reads a username.
    ///
    /// # Errors
    /// [`Refusal::UsernameInvalid`].
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let allowed = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let begins = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
        let length = (limits::USERNAME_MIN_CHARS..=limits::USERNAME_MAX_CHARS).contains(&text.len());
        if !allowed || !begins || !length || text.ends_with('_') || text.contains("__") {
            return Err(Refusal::UsernameInvalid);
        }
        Ok(Self(text.to_owned()))
    }

    /// As its holder spells it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is compared: in lower case.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

/// Names that lead to pages of the server itself, or that people would take for its operator: nobody can have them.
const RESERVED_USERNAMES: [&str; 16] = [
    "about",
    "account",
    "admin",
    "administration",
    "administrator",
    "connect",
    "contact",
    "healthz",
    "invite",
    "login",
    "metrics",
    "operator",
    "public",
    "settings",
    "static",
    "support",
];

/// Whether nobody can have this username.
pub(crate) fn is_reserved(username: &Username) -> bool {
    let folded = username.folded();
    folded == crate::product::BINARY || RESERVED_USERNAMES.contains(&folded.as_str())
}

/// A first or last name without surrounding space and control characters, cut to its greatest length.
#[must_use]
pub fn clean_name(text: &str) -> String {
    let kept: String = text.chars().filter(|letter| !letter.is_control() && !is_override(*letter)).collect();
    kept.trim().chars().take(limits::NAME_MAX_CHARS).collect::<String>().trim_end().to_owned()
}

/// Letters that turn the direction of what follows: names with them can pretend to be others.
fn is_override(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Who holds a name.
#[derive(Clone, Debug, minicbor::Encode, minicbor::Decode)]
pub(crate) struct Holder {
    #[n(0)]
    pub(crate) user_id: UserId,
}

impl Stored for Holder {
    const WHAT: &'static str = "holder of a name";
}

/// Takes a name for `user_id`; the batch conflicts if somebody holds it.
pub(crate) fn take_name(batch: &mut Batch, kind: NameKind, name: &str, user_id: UserId) {
    let key = keys::name_key(kind, name, name_suffix::HOLDER);
    batch.checks.push(Check::Absent(key.clone()));
    batch.puts.push((key, Record { version: 1, value: codec::encode(&Holder { user_id }) }));
}

/// Gives a name back. The check keeps a name that meanwhile went to another holder from being freed by the old one.
pub(crate) fn free_name(batch: &mut Batch, kind: NameKind, name: &str) {
    let key = keys::name_key(kind, name, name_suffix::HOLDER);
    batch.checks.push(Check::Version(key.clone(), 1));
    batch.deletes.push(key);
}

/// Where a username stands in the search index.
pub(crate) fn username_index_key(folded: &str) -> Key {
    let mut suffix = vec![name_suffix::USERNAME];
    suffix.extend_from_slice(folded.as_bytes());
    Key::new(&index_owner(folded), &suffix)
}

/// The part of the index with the usernames that share their first letters.
fn index_owner(folded: &str) -> store::Owner {
    let end = folded.len().min(limits::USERNAME_SEARCH_MIN_CHARS);
    keys::name(NameKind::UsernamePrefix, &folded.as_bytes()[..end])
}

impl Platform {
    /// Who holds this phone number.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn user_by_phone(&self, phone: &Phone) -> Result<Option<UserId>, PlatformError> {
        self.holder(NameKind::Phone, phone.as_str()).await
    }

    /// Who holds this username, in any spelling.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn user_by_username(&self, username: &str) -> Result<Option<UserId>, PlatformError> {
        match Username::parse(username.trim_start_matches('@')) {
            Ok(username) => self.holder(NameKind::Username, &username.folded()).await,
            Err(_) => Ok(None),
        }
    }

    async fn holder(&self, kind: NameKind, name: &str) -> Result<Option<UserId>, PlatformError> {
        let record = self.store().get(&keys::name_key(kind, name, name_suffix::HOLDER)).await?;
        Ok(codec::decode_record::<Holder>(record.as_ref())?.map(|holder| holder.user_id))
    }

    /// Holders of the phone numbers, in their order, in one read.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn users_by_phones(&self, phones: &[Phone]) -> Result<Vec<Option<UserId>>, PlatformError> {
        let keys: Vec<Key> =
            phones.iter().map(|phone| keys::name_key(NameKind::Phone, phone.as_str(), name_suffix::HOLDER)).collect();
        let records = self.store().get_many(&keys).await?;
        records
            .iter()
            .map(|record| Ok(codec::decode_record::<Holder>(record.as_ref())?.map(|holder| holder.user_id)))
            .collect()
    }

    /// People whose usernames begin with `prefix`, by username; nobody for a prefix that is too short.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn users_by_username_prefix(&self, prefix: &str, limit: usize) -> Result<Vec<UserId>, PlatformError> {
        let folded = prefix.trim_start_matches('@').to_ascii_lowercase();
        let searchable = folded.len() >= limits::USERNAME_SEARCH_MIN_CHARS
            && folded.len() <= limits::USERNAME_MAX_CHARS
            && folded.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !searchable {
            return Ok(Vec::new());
        }
        let mut prefix = vec![name_suffix::USERNAME];
        prefix.extend_from_slice(folded.as_bytes());
        let page = self.store().scan(&scan_all(index_owner(&folded), prefix, limit)).await?;
        page.items.iter().map(|(_, record)| Ok(codec::decode::<Holder>(&record.value)?.user_id)).collect()
    }
}

/// A walk over all keys with this prefix, from the beginning.
pub(crate) fn scan_all(owner: store::Owner, prefix: Vec<u8>, limit: usize) -> Scan {
    Scan { owner, prefix, from: None, to: None, reverse: false, limit, max_bytes: limits::PEOPLE_SCAN_MAX_BYTES }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_are_the_same_with_and_without_a_plus() {
        for text in ["15550001", "+15550001", " +1 (555) 000-1 ", "1.555.0001"] {
            assert_eq!(Phone::parse(text).unwrap().as_str(), "15550001");
        }
        for text in ["", "+", "1234", "05550001", "1555000a", "1234567890123456", "++15550001", "１５５５０００１"]
        {
            assert_eq!(Phone::parse(text), Err(Refusal::PhoneNumberInvalid), "{text}");
        }
    }

    #[test]
    fn usernames_have_letters_digits_and_single_underscores() {
        for text in ["drum1", "Big_Drum", "abcde", &"a".repeat(32)] {
            assert!(Username::parse(text).is_ok(), "{text}");
        }
        for text in ["", "drum", "1drum", "_drum", "drum_", "dr__um", "drüms", "dr um", &"a".repeat(33)] {
            assert_eq!(Username::parse(text), Err(Refusal::UsernameInvalid), "{text}");
        }
    }

    #[test]
    fn names_are_trimmed_and_cannot_turn_the_line() {
        assert_eq!(clean_name("  Ayu\u{202e}\n "), "Ayu");
        assert_eq!(clean_name(&"a".repeat(100)).len(), limits::NAME_MAX_CHARS);
    }
}
