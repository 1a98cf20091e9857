//! People as a viewer sees them: what they call them, whether they may see number, photo and time of being here.
//! Sources: core.telegram.org/constructor/user, core.telegram.org/api/privacy.

use std::collections::HashSet;
use std::sync::Arc;

use platform::media::Photo;
use platform::people::person::Person;
use platform::people::presence::Status;
use platform::people::privacy::PrivacyKey;
use platform::people::relation::Relation;
use platform::{Platform, PlatformError, SERVICE_USER_ID, UserId};
use tl::{Cursor, Deserializable, enums, types};

/// The people with these ids as `viewer` sees them, each once; ids of nobody are left out.
///
/// # Errors
/// Trouble of the store.
pub async fn users(platform: &Platform, viewer: UserId, ids: &[UserId]) -> Result<Vec<enums::User>, PlatformError> {
    let mut seen = HashSet::with_capacity(ids.len());
    let ids: Vec<UserId> = ids.iter().copied().filter(|id| seen.insert(*id)).collect();
    let Some(me) = platform.person(viewer).await? else { return Ok(Vec::new()) };
    let people = platform.people(&ids).await?;
    let relations = platform.relations(viewer, &ids).await?;
    let shown = people.into_iter().zip(relations).filter_map(|(person, relation)| Some((person?, relation)));
    let view = |(person, relation): (Arc<Person>, Arc<Relation>)| {
        let access_hash = platform.access_hash(viewer, person.id);
        Sight::of(platform, &me, person, relation).shown(platform, access_hash).into()
    };
    Ok(shown.map(view).collect())
}

/// One person as `viewer` sees them; an empty user for nobody.
///
/// # Errors
/// Trouble of the store.
pub async fn one_user(platform: &Platform, viewer: UserId, id: UserId) -> Result<enums::User, PlatformError> {
    let shown = users(platform, viewer, &[id]).await?.pop();
    Ok(shown.unwrap_or(enums::User::Empty(types::UserEmpty { id: id.0 })))
}

/// All that the view of a person owes to who looks, but for the access hash: equal sights look the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sight {
    person: Arc<Person>,
    relation: Arc<Relation>,
    is_self: bool,
    status: Status,
    shows_phone: bool,
    shows_photo: bool,
}

impl Sight {
    /// What `me` sees of a person.
    pub(crate) fn of(platform: &Platform, me: &Person, person: Arc<Person>, relation: Arc<Relation>) -> Self {
        Self {
            is_self: me.id == person.id,
            status: platform.status(me, &person, &relation),
            shows_phone: shows_phone(me, &person, &relation),
            shows_photo: person.shows_photos_to(me.id, &relation),
            person,
            relation,
        }
    }

    /// Whom they see.
    pub(crate) fn id(&self) -> UserId {
        self.person.id
    }

    /// Whether it is themselves.
    pub(crate) fn is_self(&self) -> bool {
        self.is_self
    }

    /// It as a client is told, with the number under which the viewer calls the person.
    pub(crate) fn shown(&self, platform: &Platform, access_hash: i64) -> types::User {
        let Self { person, relation, is_self, status: when, shows_phone, shows_photo } = self;
        let (profile, access_hash) = (&person.profile, Some(access_hash));
        if person.is_deleted() {
            return types::User { deleted: true, access_hash, ..blank_user(person.id) };
        }
        let contact = relation.contact.as_ref();
        let (first_name, last_name) = match contact {
            Some(contact) => (&contact.first_name, &contact.last_name),
            None => (&profile.first_name, &profile.last_name),
        };
        let photo = if *shows_photo { profile.photo.as_ref() } else { profile.fallback_photo.as_ref() };
        types::User {
            is_self: *is_self,
            contact: contact.is_some(),
            mutual_contact: relation.is_mutual(),
            close_friend: contact.is_some_and(|contact| contact.close_friend),
            verified: person.id == SERVICE_USER_ID,
            support: person.id == SERVICE_USER_ID,
            stories_unavailable: true,
            access_hash,
            first_name: Some(first_name.clone()),
            last_name: some_text(last_name),
            username: profile.username.clone(),
            phone: profile.phone.clone().filter(|_| *shows_phone),
            photo: photo.map(|photo| profile_photo(platform, photo)),
            status: Some(status(*when)),
            ..blank_user(person.id)
        }
    }
}

/// The photo beside a name: its number, by which it is downloaded, and what is shown until then.
fn profile_photo(platform: &Platform, photo: &Photo) -> enums::UserProfilePhoto {
    types::UserProfilePhoto {
        has_video: false,
        personal: false,
        photo_id: photo.id.0,
        stripped_thumb: photo.stripped.clone(),
        dc_id: platform.settings().home_dc,
    }
    .into()
}

/// A person as a copy shared by several viewers shows them: no more than the name, marked `min`.
#[must_use]
pub fn min_user(person: &Person) -> enums::User {
    types::User {
        min: true,
        deleted: person.is_deleted(),
        first_name: some_text(&person.profile.first_name),
        last_name: some_text(&person.profile.last_name),
        username: person.profile.username.clone(),
        ..blank_user(person.id)
    }
    .into()
}

/// Whether the viewer may see the number: by the rules, or because it is in their address book.
fn shows_phone(me: &Person, person: &Person, relation: &Relation) -> bool {
    let Some(phone) = person.profile.phone.as_ref() else { return false };
    let known = relation.contact.as_ref().is_some_and(|contact| contact.phone.as_ref() == Some(phone));
    let allowed = || !relation.blocked_by && person.privacy.allows(PrivacyKey::PhoneNumber, me.id, relation);
    me.id == person.id || person.id == SERVICE_USER_ID || known || allowed()
}

/// What a viewer may know of when somebody was here.
#[must_use]
pub fn status(status: Status) -> enums::UserStatus {
    match status {
        Status::Unknown => enums::UserStatus::Empty,
        Status::Online { expires } => types::UserStatusOnline { expires }.into(),
        Status::Offline { was_online } => types::UserStatusOffline { was_online }.into(),
        Status::Recently { by_me } => types::UserStatusRecently { by_me }.into(),
        Status::LastWeek { by_me } => types::UserStatusLastWeek { by_me }.into(),
        Status::LastMonth { by_me } => types::UserStatusLastMonth { by_me }.into(),
    }
}

/// The status of `other` as `viewer` may know it, for `updateUserStatus`; `None` for nobody.
///
/// # Errors
/// Trouble of the store.
pub async fn status_update(
    platform: &Platform,
    viewer: UserId,
    other: UserId,
) -> Result<Option<enums::Update>, PlatformError> {
    let people = platform.people(&[viewer, other]).await?;
    let [Some(me), Some(person)] = people.as_slice() else { return Ok(None) };
    let relation = platform.relation(viewer, other).await?;
    let status = status(platform.status(me, person, &relation));
    Ok(Some(types::UpdateUserStatus { user_id: other.0, status }.into()))
}

/// The name and username of `user`, as `viewer` calls them, for `updateUserName`; `None` for nobody.
///
/// # Errors
/// Trouble of the store.
pub async fn name_update(
    platform: &Platform,
    viewer: UserId,
    user: UserId,
) -> Result<Option<enums::Update>, PlatformError> {
    let Some(person) = platform.person(user).await? else { return Ok(None) };
    let relation = platform.relation(viewer, user).await?;
    let profile = &person.profile;
    let (first_name, last_name) = match &relation.contact {
        Some(contact) if viewer != user => (contact.first_name.clone(), contact.last_name.clone()),
        _ => (profile.first_name.clone(), profile.last_name.clone()),
    };
    let username = |username: &String| types::Username {
        editable: viewer == user,
        active: true,
        deletable: false,
        expired: false,
        username: username.clone(),
    };
    let usernames = profile.username.iter().map(|name| username(name).into()).collect();
    Ok(Some(types::UpdateUserName { user_id: user.0, first_name, last_name, usernames }.into()))
}

/// What the bar above a dialog with this person offers; nothing once it was `hidden`.
///
/// Source: core.telegram.org/constructor/peerSettings.
#[must_use]
pub fn peer_settings(viewer: UserId, other: UserId, relation: &Relation, hidden: bool) -> enums::PeerSettings {
    let stranger = viewer != other && other != SERVICE_USER_ID && relation.contact.is_none() && !relation.blocks;
    let offered = stranger && !hidden;
    types::PeerSettings { report_spam: offered, add_contact: offered, block_contact: offered, ..blank_peer_settings() }
        .into()
}

fn some_text(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// A user of whom nothing is said.
fn blank_user(id: UserId) -> types::User {
    // Two empty flag words and an id: no field is set.
    let mut bytes = [0; 16];
    bytes[8..].copy_from_slice(&id.0.to_le_bytes());
    blank(&bytes)
}

fn blank_peer_settings() -> types::PeerSettings {
    blank(&[0; 4])
}

/// A value whose flags are all off, read from its bytes: it stays right when a layer adds optional fields.
pub(crate) fn blank<T: Deserializable>(bytes: &[u8]) -> T {
    T::deserialize(&mut Cursor::from_slice(bytes)).expect("flags without bits ask for no more bytes")
}

/// Full information of which nothing is said.
pub(crate) fn blank_user_full(id: UserId) -> types::UserFull {
    use tl::Identifiable;
    // Two empty flag words, the id, empty settings of the bar, empty notification settings, no common chats.
    let mut bytes = vec![0; 8];
    bytes.extend_from_slice(&id.0.to_le_bytes());
    for constructor in [types::PeerSettings::CONSTRUCTOR_ID, types::PeerNotifySettings::CONSTRUCTOR_ID] {
        bytes.extend_from_slice(&constructor.to_le_bytes());
        bytes.extend_from_slice(&[0; 4]);
    }
    bytes.extend_from_slice(&[0; 4]);
    blank(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_say_nothing() {
        let user = blank_user(UserId(7));
        assert_eq!((user.id, user.is_self, user.first_name), (7, false, None));
        let full = blank_user_full(UserId(7));
        assert_eq!((full.id, full.blocked, full.common_chats_count), (7, false, 0));
    }
}
