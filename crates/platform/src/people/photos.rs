//! Profile photos: the one that is shown, the one that is shown instead to those who may not see it, and those before.
//!
//! All stand in the profile, so that a view of a person reads nothing else; the numbers of former ones do, too. Each is
//! held by the profile until it is taken out of it.

use pictures::Order;
use store::Batch;

use super::person::{Person, Profile};
use super::privacy::PrivacyKey;
use super::relation::Relation;
use crate::limits::PROFILE_PHOTOS_MAX;
use crate::mailbox::Change;
use crate::media::references::{self, LIVE};
use crate::media::{Holder, MediumId, Photo, UploadedFile};
use crate::{AuthKeyId, Platform, PlatformError, Refusal, UserId};

/// Which of a person's photos.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhotoSlot {
    /// Shown to whom the privacy rules let see it.
    Main,
    /// Shown to the others.
    Fallback,
}

impl Person {
    /// The photo that a viewer may see, who stands to this person like that.
    #[must_use]
    pub fn photo_for(&self, viewer: UserId, relation: &Relation) -> Option<&Photo> {
        let profile = &self.profile;
        if self.shows_photos_to(viewer, relation) { profile.photo.as_ref() } else { profile.fallback_photo.as_ref() }
    }

    /// Whether a viewer may see this person's photos, present and former.
    #[must_use]
    pub fn shows_photos_to(&self, viewer: UserId, relation: &Relation) -> bool {
        viewer == self.id || (!relation.blocked_by && self.privacy.allows(PrivacyKey::ProfilePhoto, viewer, relation))
    }

    /// The person's photos, the latest first.
    #[must_use]
    pub fn photos(&self) -> &[MediumId] {
        self.profile.photos.as_deref().unwrap_or_default()
    }
}

impl Profile {
    fn holds(&self, photo: MediumId) -> bool {
        let is_it = |shown: &Option<Photo>| shown.as_ref().is_some_and(|shown| shown.id == photo);
        is_it(&self.photo) || is_it(&self.fallback_photo) || self.photos.iter().flatten().any(|id| *id == photo)
    }

    fn every_photo(&self) -> Vec<MediumId> {
        let shown = [&self.photo, &self.fallback_photo].into_iter().flatten().map(|photo| photo.id);
        let mut all: Vec<MediumId> = shown.chain(self.photos.iter().flatten().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

impl Platform {
    /// Makes the squares of a profile photo of what was uploaded; it is shown only once [`Platform::show_photo`] says so.
    ///
    /// # Errors
    /// As [`Platform::create_photo`].
    pub async fn create_profile_photo(&self, user: UserId, file: &UploadedFile) -> Result<Photo, PlatformError> {
        self.create_photo_of(user, file, Order::profile_photo()).await
    }

    /// Shows a photo from now on; it comes first among the person's photos. More than `limits::PROFILE_PHOTOS_MAX` are not
    /// kept.
    ///
    /// # Errors
    /// [`Refusal::PhotoIdInvalid`] when it is gone, trouble of the store.
    pub async fn show_photo(
        &self,
        user: UserId,
        photo: &Photo,
        slot: PhotoSlot,
        origin: Option<AuthKeyId>,
    ) -> Result<(), PlatformError> {
        if self.medium(photo.id).await?.is_none() {
            return Err(Refusal::PhotoIdInvalid.into());
        }
        self.change_photos(user, origin, |profile| match slot {
            PhotoSlot::Fallback => profile.fallback_photo = Some(photo.clone()),
            PhotoSlot::Main => {
                profile.photo = Some(photo.clone());
                let mut photos = profile.photos.take().unwrap_or_default();
                photos.retain(|id| *id != photo.id);
                photos.insert(0, photo.id);
                photos.truncate(PROFILE_PHOTOS_MAX);
                profile.photos = Some(photos);
            }
        })
        .await
    }

    /// Shows no photo from now on; the one that was shown is no longer among the person's photos.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn hide_photo(
        &self,
        user: UserId,
        slot: PhotoSlot,
        origin: Option<AuthKeyId>,
    ) -> Result<(), PlatformError> {
        self.change_photos(user, origin, |profile| match slot {
            PhotoSlot::Fallback => profile.fallback_photo = None,
            PhotoSlot::Main => {
                let hidden = profile.photo.take().map(|photo| photo.id);
                profile.photos.iter_mut().for_each(|photos| photos.retain(|id| Some(*id) != hidden));
            }
        })
        .await
    }

    /// Takes photos out of the profile; after the one that is shown comes the latest that is left. Gives those that were there.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn delete_photos(
        &self,
        user: UserId,
        ids: &[MediumId],
        origin: Option<AuthKeyId>,
    ) -> Result<Vec<MediumId>, PlatformError> {
        let person = self.living_person(user).await?;
        let gone: Vec<MediumId> = ids.iter().copied().filter(|id| person.profile.holds(*id)).collect();
        if gone.is_empty() {
            return Ok(gone);
        }
        let next = match person.photos().iter().find(|id| !gone.contains(id)) {
            Some(next) => Some(self.photo(*next).await?),
            None => None,
        };
        let is_gone = |photo: &Option<Photo>| photo.as_ref().is_some_and(|photo| gone.contains(&photo.id));
        self.change_photos(user, origin, |profile| {
            profile.photos.iter_mut().for_each(|photos| photos.retain(|id| !gone.contains(id)));
            if is_gone(&profile.photo) {
                profile.photo = next.clone();
            }
            if is_gone(&profile.fallback_photo) {
                profile.fallback_photo = None;
            }
        })
        .await?;
        Ok(gone)
    }

    /// Whether this is one of the person's photos that the viewer may see.
    #[must_use]
    pub fn may_see_photo(&self, person: &Person, viewer: UserId, relation: &Relation, photo: MediumId) -> bool {
        let shown = person.photo_for(viewer, relation).is_some_and(|shown| shown.id == photo);
        shown || (person.shows_photos_to(viewer, relation) && person.profile.holds(photo))
    }

    /// Changes the photos of a profile, holds what is new in it and lets go of what is not in it any more, in one batch.
    async fn change_photos(
        &self,
        user: UserId,
        origin: Option<AuthKeyId>,
        change: impl Fn(&mut Profile),
    ) -> Result<(), PlatformError> {
        self.change_profile(user, |profile, batch| {
            let before = profile.every_photo();
            change(profile);
            let after = profile.every_photo();
            for new in after.iter().filter(|id| !before.contains(id)) {
                references::add(batch, *new, LIVE, Holder::Profile(user));
            }
            before.iter().filter(|id| !after.contains(id)).for_each(|id| self.release_photo(user, *id, batch));
            Ok(())
        })
        .await?;
        self.tell_about(user, &Change::User { user }, origin).await
    }

    fn release_photo(&self, user: UserId, photo: MediumId, batch: &mut Batch) {
        references::remove(self, batch, photo, Holder::Profile(user));
    }

    /// Lets go of every photo of a profile that is about to be emptied.
    pub(super) fn release_photos(&self, user: UserId, profile: &Profile, batch: &mut Batch) {
        profile.every_photo().into_iter().for_each(|id| self.release_photo(user, id, batch));
    }
}
