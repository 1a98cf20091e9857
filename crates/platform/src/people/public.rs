//! What a stranger who is not even signed in may see of a person: the page under their username.
//!
//! Whatever there is no page for looks the same here (nobody has the name, it is reserved, the account is banned), and
//! costs the same reads. What privacy keeps from anybody, be it one person by name, is kept from the page: who looks at it is
//! not known.

use std::net::IpAddr;

use super::flood::Act;
use super::names::{Username, is_reserved};
use super::person::{AccountState, Person};
use super::privacy::PrivacyKey;
use crate::media::{Photo, Variant};
use crate::{Platform, PlatformError, Refusal, UserId, limits};

/// A person, as everybody may see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicPerson {
    /// As its holder spells it.
    pub username: String,
    /// The first name.
    pub first_name: String,
    /// May be empty.
    pub last_name: String,
    /// The line under the name, if everybody may see it; never empty.
    pub about: Option<String>,
    /// The photo that everybody may see.
    pub photo: Option<Photo>,
}

/// Nobody's id: read in place of the one that a name does not lead to.
const NOBODY: UserId = UserId(0);

impl Platform {
    /// The person with this username, if there is one to show to somebody at this address.
    ///
    /// # Errors
    /// [`Refusal::FloodWait`] for who looks at too many, trouble of the store.
    pub async fn public_person(&self, username: &str, ip: IpAddr) -> Result<Option<PublicPerson>, PlatformError> {
        // Proxies that nobody told this server to trust speak from this machine.
        if !ip.to_canonical().is_loopback() {
            self.count_act(Act::LookAtPage, ip, limits::PAGES_PER_ADDRESS)?;
        }
        let is_reserved = Username::parse(username).is_ok_and(|username| is_reserved(&username));
        let holder = self.user_by_username(username).await?.filter(|_| !is_reserved);
        let person = self.person(holder.unwrap_or(NOBODY)).await?;
        Ok(person.as_deref().and_then(Person::public))
    }

    /// The bytes (JPEG) of the largest copy of a photo.
    ///
    /// # Errors
    /// [`Refusal::LocationInvalid`] when it is gone, trouble of the storage.
    pub async fn public_photo(&self, photo: &Photo) -> Result<bytes::Bytes, PlatformError> {
        let largest = photo.sizes.iter().max_by_key(|size| size.width).ok_or(Refusal::LocationInvalid)?;
        let variant = Variant::Size(largest.letter);
        self.medium_bytes(photo.id, variant, limits::PUBLIC_PHOTO_MAX_BYTES).await
    }
}

impl Person {
    /// What everybody may see; `None` when there is nobody to see.
    #[must_use]
    pub fn public(&self) -> Option<PublicPerson> {
        let profile = &self.profile;
        let username = profile.username.clone().filter(|_| profile.state == AccountState::Active)?;
        let shows = |key| self.privacy.is_public(key);
        let photo = if shows(PrivacyKey::ProfilePhoto) { &profile.photo } else { &profile.fallback_photo };
        let about = Some(&profile.about).filter(|about| shows(PrivacyKey::About) && !about.is_empty());
        Some(PublicPerson {
            username,
            first_name: profile.first_name.clone(),
            last_name: profile.last_name.clone(),
            about: about.cloned(),
            photo: photo.clone(),
        })
    }
}

/// What a stranger is told of an invite.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShownInvite {
    /// Whether somebody may still come in with it.
    pub usable: bool,
    /// The first name of who made it, if a person did; never of one that is not usable.
    pub by: Option<String>,
    /// Whether it makes its bearer an administrator.
    pub makes_admin: bool,
}

impl Platform {
    /// What a stranger at this address may know of an invite: one that cannot be used is like one that never was.
    ///
    /// # Errors
    /// [`Refusal::FloodWait`] for who tries too many, trouble of the store.
    pub async fn show_invite(&self, code: &str, ip: IpAddr) -> Result<ShownInvite, PlatformError> {
        self.count_act(Act::TryCode, ip, limits::TRIES_PER_ADDRESS)?;
        let Some(read) = self.guess_invite(code, None, ip).await? else { return Ok(ShownInvite::default()) };
        let by = match read.by() {
            Some(user_id) => self.person(user_id).await?.map(|person| person.profile.first_name.clone()),
            None => None,
        };
        Ok(ShownInvite { usable: true, by, makes_admin: read.makes_admin() })
    }
}
