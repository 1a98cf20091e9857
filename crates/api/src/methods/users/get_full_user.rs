//! `users.getFullUser`: everything a viewer may know of a person.

use std::sync::Arc;

use platform::limits::chats::COMMON_CHATS_PAGE_MAX;
use platform::mailbox::Dialog;
use platform::media::Photo;
use platform::people::person::Person;
use platform::people::privacy::PrivacyKey;
use platform::people::relation::Relation;
use platform::people::settings::{NotifyScope, Switches};
use platform::{Peer, Platform, UserId};
use tl::{enums, functions, types};

use crate::views::media::photo;
use crate::views::notify::notify_settings;
use crate::views::user::{blank_user_full, peer_settings, users};
use crate::{Context, RpcError};

/// The profile, how the viewer stands to the person, and their dialog's settings.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::users::GetFullUser,
) -> Result<enums::users::UserFull, RpcError> {
    let viewer = cx.user()?;
    let id = cx.input_user(&request.id).await?;
    let platform = cx.platform();
    let person = platform.person(id).await?.ok_or(RpcError::USER_ID_INVALID)?;
    let common = match id == viewer {
        true => Vec::new(),
        false => platform.common_chats(viewer, id, 0, COMMON_CHATS_PAGE_MAX).await?,
    };
    let known = Known {
        viewer,
        relation: platform.relation(viewer, id).await?,
        dialog: platform.dialog(viewer, Peer::User(id)).await?,
        switches: platform.switches(id).await?,
        translations_disabled: platform.is_translation_off(viewer, Peer::User(id)).await?,
        common_chats_count: i32::try_from(common.len()).unwrap_or(i32::MAX),
    };
    let scope = [NotifyScope::Peer(Peer::User(id))];
    let notify = platform.notify_settings(viewer, &scope).await?.pop().unwrap_or_default();
    let full = full_user(platform, &person, &known, notify_settings(&notify));
    let users = users(platform, viewer, &[id]).await?;
    Ok(types::users::UserFull { full_user: full, chats: Vec::new(), users }.into())
}

struct Known {
    viewer: UserId,
    relation: Arc<Relation>,
    dialog: Dialog,
    switches: Switches,
    translations_disabled: bool,
    common_chats_count: i32,
}

impl Known {
    fn may(&self, person: &Person, key: PrivacyKey) -> bool {
        self.viewer == person.id || person.privacy.allows(key, self.viewer, &self.relation)
    }
}

fn full_user(
    platform: &Platform,
    person: &Person,
    known: &Known,
    notify_settings: enums::PeerNotifySettings,
) -> enums::UserFull {
    let profile = &person.profile;
    let about = Some(profile.about.clone()).filter(|about| !about.is_empty());
    let birthday = profile
        .birthday
        .map(|birthday| types::Birthday { day: birthday.day, month: birthday.month, year: birthday.year }.into());
    let hidden_name = (!known.may(person, PrivacyKey::Forwards)).then(|| profile.first_name.clone());
    let sees_photos = person.shows_photos_to(known.viewer, &known.relation);
    let photo = |shown: &Photo| photo(platform, known.viewer, shown);
    let note = known.relation.contact.as_ref().and_then(|contact| contact.note.clone());
    types::UserFull {
        blocked: known.relation.blocks,
        can_pin_message: true,
        translations_disabled: known.translations_disabled,
        phone_calls_private: !known.may(person, PrivacyKey::PhoneCall),
        voice_messages_forbidden: !known.may(person, PrivacyKey::VoiceMessages),
        read_dates_private: known.switches.hide_read_marks.unwrap_or(false),
        about: about.filter(|_| known.may(person, PrivacyKey::About)),
        birthday: birthday.filter(|_| known.may(person, PrivacyKey::Birthday)),
        profile_photo: profile.photo.as_ref().filter(|_| sees_photos).map(photo),
        fallback_photo: profile
            .fallback_photo
            .as_ref()
            .filter(|_| known.viewer == person.id || !sees_photos)
            .map(photo),
        settings: peer_settings(known.viewer, person.id, &known.relation, known.dialog.bar_hidden),
        notify_settings,
        pinned_msg_id: known.dialog.pinned_messages.last().map(|id| id.0),
        folder_id: Some(known.dialog.folder).filter(|folder| *folder != 0),
        ttl_period: known.dialog.ttl_seconds.filter(|seconds| *seconds > 0),
        private_forward_name: hidden_name,
        common_chats_count: known.common_chats_count,
        note: note.map(|text| types::TextWithEntities { text, entities: Vec::new() }.into()),
        ..blank_user_full(person.id)
    }
    .into()
}
