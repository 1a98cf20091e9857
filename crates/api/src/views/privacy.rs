//! Privacy keys and rules in both directions.

use platform::people::privacy::{PrivacyKey, Rule};
use platform::{Platform, PlatformError, UserId};
use tl::{enums, types};

use super::user::users;
use crate::{Context, RpcError};

/// The key that an input key means.
#[must_use]
pub fn key_of(key: &enums::InputPrivacyKey) -> PrivacyKey {
    use enums::InputPrivacyKey as Input;
    match key {
        Input::StatusTimestamp => PrivacyKey::StatusTimestamp,
        Input::ChatInvite => PrivacyKey::ChatInvite,
        Input::PhoneCall | Input::PhoneP2P => PrivacyKey::PhoneCall,
        Input::Forwards => PrivacyKey::Forwards,
        Input::ProfilePhoto => PrivacyKey::ProfilePhoto,
        Input::PhoneNumber => PrivacyKey::PhoneNumber,
        Input::AddedByPhone => PrivacyKey::AddedByPhone,
        Input::VoiceMessages => PrivacyKey::VoiceMessages,
        Input::About => PrivacyKey::About,
        Input::Birthday => PrivacyKey::Birthday,
        Input::StarGiftsAutoSave => PrivacyKey::StarGiftsAutoSave,
        Input::NoPaidMessages => PrivacyKey::NoPaidMessages,
        Input::SavedMusic => PrivacyKey::SavedMusic,
    }
}

/// A key, as updates name it.
#[must_use]
pub fn key(key: PrivacyKey) -> enums::PrivacyKey {
    use enums::PrivacyKey as View;
    match key {
        PrivacyKey::StatusTimestamp => View::StatusTimestamp,
        PrivacyKey::ChatInvite => View::ChatInvite,
        PrivacyKey::PhoneCall => View::PhoneCall,
        PrivacyKey::Forwards => View::Forwards,
        PrivacyKey::ProfilePhoto => View::ProfilePhoto,
        PrivacyKey::PhoneNumber => View::PhoneNumber,
        PrivacyKey::AddedByPhone => View::AddedByPhone,
        PrivacyKey::VoiceMessages => View::VoiceMessages,
        PrivacyKey::About => View::About,
        PrivacyKey::Birthday => View::Birthday,
        PrivacyKey::StarGiftsAutoSave => View::StarGiftsAutoSave,
        PrivacyKey::NoPaidMessages => View::NoPaidMessages,
        PrivacyKey::SavedMusic => View::SavedMusic,
    }
}

/// A rule as clients read it.
#[must_use]
pub fn rule(rule: &Rule) -> enums::PrivacyRule {
    use enums::PrivacyRule as View;
    let ids = |users: &[UserId]| users.iter().map(|user| user.0).collect();
    match rule {
        Rule::AllowContacts => View::PrivacyValueAllowContacts,
        Rule::AllowAll => View::PrivacyValueAllowAll,
        Rule::AllowUsers(users) => types::PrivacyValueAllowUsers { users: ids(users) }.into(),
        Rule::DisallowContacts => View::PrivacyValueDisallowContacts,
        Rule::DisallowAll => View::PrivacyValueDisallowAll,
        Rule::DisallowUsers(users) => types::PrivacyValueDisallowUsers { users: ids(users) }.into(),
        Rule::AllowChats(chats) => types::PrivacyValueAllowChatParticipants { chats: chats.clone() }.into(),
        Rule::DisallowChats(chats) => types::PrivacyValueDisallowChatParticipants { chats: chats.clone() }.into(),
        Rule::AllowCloseFriends => View::PrivacyValueAllowCloseFriends,
        Rule::AllowPremium => View::PrivacyValueAllowPremium,
        Rule::AllowBots => View::PrivacyValueAllowBots,
        Rule::DisallowBots => View::PrivacyValueDisallowBots,
    }
}

/// A rule as clients write it; people whom the caller cannot name are left out.
///
/// # Errors
/// Trouble of the store.
pub async fn rule_of(cx: &Context<'_>, rule: &enums::InputPrivacyRule) -> Result<Rule, RpcError> {
    use enums::InputPrivacyRule as Input;
    Ok(match rule {
        Input::InputPrivacyValueAllowContacts => Rule::AllowContacts,
        Input::InputPrivacyValueAllowAll => Rule::AllowAll,
        Input::InputPrivacyValueAllowUsers(rule) => Rule::AllowUsers(cx.known_input_users(&rule.users).await?),
        Input::InputPrivacyValueDisallowContacts => Rule::DisallowContacts,
        Input::InputPrivacyValueDisallowAll => Rule::DisallowAll,
        Input::InputPrivacyValueDisallowUsers(rule) => Rule::DisallowUsers(cx.known_input_users(&rule.users).await?),
        Input::InputPrivacyValueAllowChatParticipants(rule) => Rule::AllowChats(rule.chats.clone()),
        Input::InputPrivacyValueDisallowChatParticipants(rule) => Rule::DisallowChats(rule.chats.clone()),
        Input::InputPrivacyValueAllowCloseFriends => Rule::AllowCloseFriends,
        Input::InputPrivacyValueAllowPremium => Rule::AllowPremium,
        Input::InputPrivacyValueAllowBots => Rule::AllowBots,
        Input::InputPrivacyValueDisallowBots => Rule::DisallowBots,
    })
}

/// The rules of one key, with the people they name.
///
/// # Errors
/// Trouble of the store.
pub async fn rules(
    platform: &Platform,
    owner: UserId,
    key: PrivacyKey,
) -> Result<enums::account::PrivacyRules, PlatformError> {
    let rules = current_rules(platform, owner, key).await?;
    let named: Vec<UserId> = rules.iter().flat_map(named_users).copied().collect();
    let users = users(platform, owner, &named).await?;
    let rules = rules.iter().map(rule).collect();
    Ok(types::account::PrivacyRules { rules, chats: Vec::new(), users }.into())
}

/// `updatePrivacy` with the rules that hold now, and the people they name.
///
/// # Errors
/// Trouble of the store.
pub async fn privacy_update(
    platform: &Platform,
    owner: UserId,
    of_key: PrivacyKey,
) -> Result<(enums::Update, Vec<UserId>), PlatformError> {
    let rules = current_rules(platform, owner, of_key).await?;
    let named = rules.iter().flat_map(named_users).copied().collect();
    let update = types::UpdatePrivacy { key: key(of_key), rules: rules.iter().map(rule).collect() };
    Ok((update.into(), named))
}

async fn current_rules(platform: &Platform, owner: UserId, key: PrivacyKey) -> Result<Vec<Rule>, PlatformError> {
    Ok(platform.person(owner).await?.map(|person| person.privacy.rules(key).to_vec()).unwrap_or_default())
}

fn named_users(rule: &Rule) -> &[UserId] {
    match rule {
        Rule::AllowUsers(users) | Rule::DisallowUsers(users) => users,
        _ => &[],
    }
}
