//! Notification settings in both directions.

use platform::people::preferences::{NoticedFrom, ReactionsNotify};
use platform::people::settings::{NotifyScope, NotifySettings, Sound};
use platform::{Peer, Platform, PlatformError, UserId};
use tl::{enums, types};

use super::peer::peer;

/// Notification settings as clients read them. The sound is one for all platforms: clients set only their own.
#[must_use]
pub fn notify_settings(settings: &NotifySettings) -> enums::PeerNotifySettings {
    let sound = || settings.sound.as_ref().map(sound_view);
    let stories_sound = || settings.stories_sound.as_ref().map(sound_view);
    types::PeerNotifySettings {
        show_previews: settings.show_previews,
        silent: settings.silent,
        mute_until: settings.mute_until,
        ios_sound: sound(),
        android_sound: sound(),
        other_sound: sound(),
        stories_muted: settings.stories_muted,
        stories_hide_sender: settings.stories_hide_sender,
        stories_ios_sound: stories_sound(),
        stories_android_sound: stories_sound(),
        stories_other_sound: stories_sound(),
    }
    .into()
}

/// Notification settings as clients write them.
#[must_use]
pub fn notify_settings_of(settings: &enums::InputPeerNotifySettings) -> NotifySettings {
    let enums::InputPeerNotifySettings::Settings(settings) = settings;
    NotifySettings {
        show_previews: settings.show_previews,
        silent: settings.silent,
        mute_until: settings.mute_until,
        sound: settings.sound.as_ref().map(sound_of),
        stories_muted: settings.stories_muted,
        stories_hide_sender: settings.stories_hide_sender,
        stories_sound: settings.stories_sound.as_ref().map(sound_of),
    }
}

fn sound_view(sound: &Sound) -> enums::NotificationSound {
    match sound {
        Sound::Default => enums::NotificationSound::Default,
        Sound::None => enums::NotificationSound::None,
        Sound::Local { title, data } => {
            types::NotificationSoundLocal { title: title.clone(), data: data.clone() }.into()
        }
        Sound::Ringtone(id) => types::NotificationSoundRingtone { id: *id }.into(),
    }
}

fn sound_of(sound: &enums::NotificationSound) -> Sound {
    match sound {
        enums::NotificationSound::Default => Sound::Default,
        enums::NotificationSound::None => Sound::None,
        enums::NotificationSound::Local(local) => Sound::Local { title: local.title.clone(), data: local.data.clone() },
        enums::NotificationSound::Ringtone(ringtone) => Sound::Ringtone(ringtone.id),
    }
}

/// What settings are for, as updates name it.
#[must_use]
pub fn notify_peer(scope: NotifyScope) -> enums::NotifyPeer {
    match scope {
        NotifyScope::Peer(of) => types::NotifyPeer { peer: peer(of) }.into(),
        NotifyScope::Users => enums::NotifyPeer::NotifyUsers,
        NotifyScope::Chats => enums::NotifyPeer::NotifyChats,
        NotifyScope::Broadcasts => enums::NotifyPeer::NotifyBroadcasts,
    }
}

/// `updateNotifySettings` with what is set now.
///
/// # Errors
/// Trouble of the store.
pub async fn notify_update(
    platform: &Platform,
    owner: UserId,
    scope: NotifyScope,
) -> Result<enums::Update, PlatformError> {
    let settings = platform.notify_settings(owner, &[scope]).await?.pop().unwrap_or_default();
    let update = types::UpdateNotifySettings { peer: notify_peer(scope), notify_settings: notify_settings(&settings) };
    Ok(update.into())
}

/// The notification settings of each peer, in their order.
///
/// # Errors
/// Trouble of the store.
pub async fn notify_settings_of_peers(
    platform: &Platform,
    owner: UserId,
    peers: &[Peer],
) -> Result<Vec<enums::PeerNotifySettings>, PlatformError> {
    let scopes: Vec<NotifyScope> = peers.iter().map(|peer| NotifyScope::Peer(*peer)).collect();
    Ok(platform.notify_settings(owner, &scopes).await?.iter().map(notify_settings).collect())
}

/// How reactions make themselves noticed, as clients read it.
#[must_use]
pub fn reactions_notify(settings: &ReactionsNotify) -> enums::ReactionsNotifySettings {
    let from = |from: Option<NoticedFrom>| {
        from.map(|from| match from {
            NoticedFrom::Contacts => enums::ReactionNotificationsFrom::Contacts,
            NoticedFrom::All => enums::ReactionNotificationsFrom::All,
        })
    };
    types::ReactionsNotifySettings {
        messages_notify_from: from(settings.messages),
        stories_notify_from: from(settings.stories),
        poll_votes_notify_from: from(settings.poll_votes),
        sound: sound_view(&settings.sound),
        show_previews: settings.show_previews,
    }
    .into()
}

/// How reactions make themselves noticed, as clients write it.
#[must_use]
pub fn reactions_notify_of(settings: &enums::ReactionsNotifySettings) -> ReactionsNotify {
    let enums::ReactionsNotifySettings::Settings(settings) = settings;
    let from = |from: &Option<enums::ReactionNotificationsFrom>| {
        from.as_ref().map(|from| match from {
            enums::ReactionNotificationsFrom::Contacts => NoticedFrom::Contacts,
            enums::ReactionNotificationsFrom::All => NoticedFrom::All,
        })
    };
    ReactionsNotify {
        messages: from(&settings.messages_notify_from),
        stories: from(&settings.stories_notify_from),
        poll_votes: from(&settings.poll_votes_notify_from),
        sound: sound_of(&settings.sound),
        show_previews: settings.show_previews,
    }
}
