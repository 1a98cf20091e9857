//! What people let others see and do: rules per key, and how they are judged. Source: core.telegram.org/api/privacy.

use store::{Batch, Check, Class, Key, Record};

use super::relation::Relation;
use crate::codec::{self, Stored};
use crate::keys::{self, user_suffix};
use crate::mailbox::Change;
use crate::people::settings::kind;
use crate::{AuthKeyId, Platform, PlatformError, Refusal, UserId, limits};

/// What a set of rules is about. On-disk numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum PrivacyKey {
    /// Seeing when one was last here.
    #[n(0)]
    StatusTimestamp,
    /// Inviting one to groups.
    #[n(1)]
    ChatInvite,
    /// Calling one.
    #[n(2)]
    PhoneCall,
    /// Linking to one's account from forwarded messages.
    #[n(3)]
    Forwards,
    /// Seeing one's photos.
    #[n(4)]
    ProfilePhoto,
    /// Seeing one's number.
    #[n(5)]
    PhoneNumber,
    /// Finding one by number.
    #[n(6)]
    AddedByPhone,
    /// Sending one voice messages.
    #[n(7)]
    VoiceMessages,
    /// Seeing the line under one's name.
    #[n(8)]
    About,
    /// Seeing one's day of birth.
    #[n(9)]
    Birthday,
    /// Showing gifts at once.
    #[n(10)]
    StarGiftsAutoSave,
    /// Writing without paying.
    #[n(11)]
    NoPaidMessages,
    /// Seeing one's music.
    #[n(12)]
    SavedMusic,
}

impl PrivacyKey {
    /// Every key, at the index of its number.
    pub const ALL: [Self; 13] = [
        Self::StatusTimestamp,
        Self::ChatInvite,
        Self::PhoneCall,
        Self::Forwards,
        Self::ProfilePhoto,
        Self::PhoneNumber,
        Self::AddedByPhone,
        Self::VoiceMessages,
        Self::About,
        Self::Birthday,
        Self::StarGiftsAutoSave,
        Self::NoPaidMessages,
        Self::SavedMusic,
    ];

    /// Its number, on disk and in the second log.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The key with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// The rules of somebody who set none.
    fn default_rules(self) -> &'static [Rule] {
        const CONTACTS: &[Rule] = &[Rule::AllowContacts];
        const EVERYBODY: &[Rule] = &[Rule::AllowAll];
        match self {
            Self::PhoneNumber | Self::Birthday => CONTACTS,
            _ => EVERYBODY,
        }
    }
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub enum Rule {
    /// Contacts may.
    #[n(0)]
    AllowContacts,
    /// Everybody may.
    #[n(1)]
    AllowAll,
    /// These people may.
    #[n(2)]
    AllowUsers(#[n(0)] Vec<UserId>),
    /// Contacts may not.
    #[n(3)]
    DisallowContacts,
    /// Nobody may.
    #[n(4)]
    DisallowAll,
    /// These people may not.
    #[n(5)]
    DisallowUsers(#[n(0)] Vec<UserId>),
    /// Members of these groups may.
    #[n(6)]
    AllowChats(#[n(0)] Vec<i64>),
    /// Members of these groups may not.
    #[n(7)]
    DisallowChats(#[n(0)] Vec<i64>),
    /// Close friends may.
    #[n(8)]
    AllowCloseFriends,
    /// Subscribers may.
    #[n(9)]
    AllowPremium,
    /// Bots may.
    #[n(10)]
    AllowBots,
    /// Bots may not.
    #[n(11)]
    DisallowBots,
}

/// All rules a person set.
#[derive(Clone, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Privacy {
    #[n(0)]
    rules: Vec<(PrivacyKey, Vec<Rule>)>,
}

impl Stored for Privacy {
    const WHAT: &'static str = "privacy rules";
}

impl Privacy {
    /// The rules for `key`, the default ones if none were set.
    #[must_use]
    pub fn rules(&self, key: PrivacyKey) -> &[Rule] {
        let found = self.rules.iter().find(|(set_key, _)| *set_key == key);
        found.map_or_else(|| key.default_rules(), |(_, rules)| rules)
    }

    fn set(&mut self, key: PrivacyKey, rules: Vec<Rule>) {
        self.rules.retain(|(set_key, _)| *set_key != key);
        self.rules.push((key, rules));
    }

    /// Whether everybody may, without any exception.
    #[must_use]
    pub fn is_public(&self, key: PrivacyKey) -> bool {
        let rules = self.rules(key);
        let is_exception = |rule: &Rule| {
            use Rule::{DisallowAll, DisallowBots, DisallowChats, DisallowContacts, DisallowUsers};
            matches!(rule, DisallowAll | DisallowBots | DisallowChats(_) | DisallowContacts | DisallowUsers(_))
        };
        rules.contains(&Rule::AllowAll) && !rules.iter().any(is_exception)
    }

    /// Whether the rules let `viewer` do what `key` is about. `relation` is the viewer's to the person who set them.
    ///
    /// Exceptions by name are judged before those by circle, and circles before everybody, in whatever order they came.
    #[must_use]
    pub fn allows(&self, key: PrivacyKey, viewer: UserId, relation: &Relation) -> bool {
        let rules = self.rules(key);
        let by_name = rules.iter().find_map(|rule| match rule {
            Rule::AllowUsers(users) if users.contains(&viewer) => Some(true),
            Rule::DisallowUsers(users) if users.contains(&viewer) => Some(false),
            _ => None,
        });
        let by_circle = || {
            rules.iter().find_map(|rule| match rule {
                Rule::AllowCloseFriends if relation.close_friend_of => Some(true),
                Rule::AllowContacts if relation.has_me => Some(true),
                Rule::DisallowContacts if relation.has_me => Some(false),
                _ => None,
            })
        };
        let by_default = || rules.contains(&Rule::AllowAll);
        by_name.or_else(by_circle).unwrap_or_else(by_default)
    }
}

pub(crate) fn privacy_key(user_id: UserId) -> Key {
    keys::user_key(user_id, &[user_suffix::SETTINGS, kind::PRIVACY])
}

impl Platform {
    /// Replaces the rules of one key.
    ///
    /// # Errors
    /// [`Refusal::PrivacyTooLong`], or trouble of the store.
    pub async fn set_privacy(
        &self,
        user_id: UserId,
        key: PrivacyKey,
        rules: Vec<Rule>,
        origin: Option<AuthKeyId>,
    ) -> Result<(), PlatformError> {
        if rules.len() > limits::PRIVACY_RULES_MAX || rules.iter().map(named).sum::<usize>() > limits::PRIVACY_NAMED_MAX
        {
            return Err(Refusal::PrivacyTooLong.into());
        }
        let place = privacy_key(user_id);
        for _ in 0..limits::CONFLICT_ATTEMPTS_MAX {
            let record = self.store().get(&place).await?;
            let mut privacy: Privacy = codec::decode_record(record.as_ref())?.unwrap_or_default();
            privacy.set(key, rules.clone());
            if codec::encode(&privacy).len() > limits::PRIVACY_MAX_BYTES {
                return Err(Refusal::PrivacyTooLong.into());
            }
            let written = self.commit(replace(&place, record.as_ref(), &privacy)).await;
            self.inner.people.persons.remove(&user_id);
            match written {
                Ok(()) => return self.log_change(user_id, Change::Privacy { key: key.number() }, origin).await,
                Err(error) if error.is_conflict() => {}
                Err(error) => return Err(error),
            }
        }
        Err(PlatformError::Store(store::StoreError::Conflict))
    }
}

impl Platform {
    /// Lets one person see the number, whatever the other rules say.
    ///
    /// # Errors
    /// As [`Platform::set_privacy`].
    pub async fn show_phone_to(
        &self,
        owner: UserId,
        other: UserId,
        origin: Option<AuthKeyId>,
    ) -> Result<(), PlatformError> {
        let mut rules = self.living_person(owner).await?.privacy.rules(PrivacyKey::PhoneNumber).to_vec();
        if rules.iter().any(|rule| matches!(rule, Rule::AllowUsers(users) if users.contains(&other))) {
            return Ok(());
        }
        for rule in &mut rules {
            if let Rule::DisallowUsers(users) = rule {
                users.retain(|user| *user != other);
            }
        }
        match rules.iter_mut().find_map(|rule| if let Rule::AllowUsers(users) = rule { Some(users) } else { None }) {
            Some(users) => users.push(other),
            None => rules.insert(0, Rule::AllowUsers(vec![other])),
        }
        self.set_privacy(owner, PrivacyKey::PhoneNumber, rules, origin).await
    }
}

/// How many people or groups a rule names.
fn named(rule: &Rule) -> usize {
    match rule {
        Rule::AllowUsers(users) | Rule::DisallowUsers(users) => users.len(),
        Rule::AllowChats(chats) | Rule::DisallowChats(chats) => chats.len(),
        _ => 0,
    }
}

/// A batch that writes `value` if the record is still the one that was read.
pub(crate) fn replace<T: Stored>(key: &Key, read: Option<&Record>, value: &T) -> Batch {
    let mut batch = Batch::new(Class::C1);
    let (check, version) = match read {
        Some(record) => (Check::Version(key.clone(), record.version), record.version + 1),
        None => (Check::Absent(key.clone()), 1),
    };
    batch.checks.push(check);
    batch.puts.push((key.clone(), Record { version, value: codec::encode(value) }));
    batch
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: UserId = UserId(7);

    fn allows(rules: Vec<Rule>, relation: &Relation) -> bool {
        let mut privacy = Privacy::default();
        privacy.set(PrivacyKey::About, rules);
        privacy.allows(PrivacyKey::About, ME, relation)
    }

    #[test]
    fn names_win_over_circles_and_circles_over_everybody() {
        let stranger = Relation::default();
        let contact = Relation { has_me: true, ..Relation::default() };
        assert!(allows(vec![Rule::AllowAll], &stranger));
        assert!(!allows(vec![Rule::DisallowAll], &contact));
        assert!(!allows(vec![Rule::AllowContacts, Rule::DisallowAll], &stranger));
        assert!(allows(vec![Rule::AllowContacts, Rule::DisallowAll], &contact));
        assert!(!allows(vec![Rule::AllowAll, Rule::DisallowUsers(vec![ME])], &contact));
        assert!(allows(vec![Rule::DisallowAll, Rule::AllowUsers(vec![ME])], &stranger));
        assert!(!allows(vec![Rule::AllowAll, Rule::DisallowContacts], &contact));
        assert!(!allows(vec![], &contact));
    }

    #[test]
    fn numbers_name_their_keys() {
        for (number, key) in PrivacyKey::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(key.number()), number);
        }
    }
}
