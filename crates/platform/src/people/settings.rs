//! What a person set: notifications, global privacy, content, how long things live. One record a kind.

use store::{Batch, Class};

use super::names::scan_all;
use crate::codec::{self, Stored};
use crate::keys::{self, user_suffix};
use crate::mailbox::Change;
use crate::{AuthKeyId, Peer, Platform, PlatformError, Refusal, UserId, limits};

/// Second suffix byte under `SETTINGS`. On-disk format.
pub(crate) mod kind {
    /// Privacy rules.
    pub(crate) const PRIVACY: u8 = 1;
    /// Default notifications; then the scope.
    pub(crate) const NOTIFY_SCOPE: u8 = 2;
    /// Notifications of one peer; then the peer.
    pub(crate) const NOTIFY_PEER: u8 = 3;
    /// Account-wide switches.
    pub(crate) const SWITCHES: u8 = 4;
    /// What devices download by themselves.
    pub(crate) const AUTO_DOWNLOAD: u8 = 5;
    /// What devices save by themselves; then the scope.
    pub(crate) const AUTO_SAVE_SCOPE: u8 = 6;
    /// What they save of one peer; then the peer.
    pub(crate) const AUTO_SAVE_PEER: u8 = 7;
    /// How reactions make themselves noticed.
    pub(crate) const REACTIONS_NOTIFY: u8 = 8;
    /// Empty: no offers to translate what this peer writes; then the peer.
    pub(crate) const TRANSLATION_OFF: u8 = 9;
}

/// What a notification sounds like.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub enum Sound {
    /// The client's own.
    #[n(0)]
    Default,
    /// None.
    #[n(1)]
    None,
    /// A sound of the client's.
    #[n(2)]
    Local {
        /// Its title.
        #[n(0)]
        title: String,
        /// What the client needs to find it.
        #[n(1)]
        data: String,
    },
    /// A ringtone the person uploaded.
    #[n(3)]
    Ringtone(#[n(0)] i64),
}

/// Notification settings; `None` falls back to the scope's, then to the client's.
#[derive(Clone, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct NotifySettings {
    /// Whether the text shows.
    #[n(0)]
    pub show_previews: Option<bool>,
    /// Whether it makes no sound.
    #[n(1)]
    pub silent: Option<bool>,
    /// Until when nothing shows, Unix seconds.
    #[n(2)]
    pub mute_until: Option<i32>,
    /// Its sound.
    #[n(3)]
    pub sound: Option<Sound>,
    /// Whether stories are muted.
    #[n(4)]
    pub stories_muted: Option<bool>,
    /// Whether notices of stories hide who posted.
    #[n(5)]
    pub stories_hide_sender: Option<bool>,
    /// The sound of stories.
    #[n(6)]
    pub stories_sound: Option<Sound>,
}

impl Stored for NotifySettings {
    const WHAT: &'static str = "notification settings";
}

/// What notification settings are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotifyScope {
    /// One peer.
    Peer(Peer),
    /// All people.
    Users,
    /// All groups.
    Chats,
    /// All channels.
    Broadcasts,
}

impl NotifyScope {
    /// The number of a kind of peers, as the second log has it; 0 for one peer.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::Peer(_) => 0,
            Self::Users => 1,
            Self::Chats => 2,
            Self::Broadcasts => 3,
        }
    }

    /// The scope of an entry of the second log.
    #[must_use]
    pub fn of_change(peer: Option<Peer>, number: u8) -> Option<Self> {
        match (peer, number) {
            (Some(peer), _) => Some(Self::Peer(peer)),
            (None, 1) => Some(Self::Users),
            (None, 2) => Some(Self::Chats),
            (None, 3) => Some(Self::Broadcasts),
            _ => None,
        }
    }

    fn suffix(self) -> Vec<u8> {
        match self {
            Self::Peer(peer) => {
                let mut suffix = vec![user_suffix::SETTINGS, kind::NOTIFY_PEER];
                suffix.extend_from_slice(&peer.to_key());
                suffix
            }
            scope => vec![user_suffix::SETTINGS, kind::NOTIFY_SCOPE, scope.number()],
        }
    }
}

/// Account-wide switches. Every field is optional: absent means the default.
#[derive(Clone, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Switches {
    /// Archive and mute chats that strangers begin.
    #[n(0)]
    pub archive_and_mute_strangers: Option<bool>,
    /// Keep chats in the archive though not muted.
    #[n(1)]
    pub keep_archived_unmuted: Option<bool>,
    /// Keep chats in the archive though in a folder.
    #[n(2)]
    pub keep_archived_folders: Option<bool>,
    /// Do not tell when one read what.
    #[n(3)]
    pub hide_read_marks: Option<bool>,
    /// Show what is not for everybody.
    #[n(4)]
    pub sensitive_content: Option<bool>,
    /// Days of absence after which the account is deleted.
    #[n(5)]
    pub account_ttl_days: Option<i32>,
    /// Days of silence after which a device is signed out.
    #[n(6)]
    pub authorization_ttl_days: Option<i32>,
    /// No notice when a contact signs up.
    #[n(7)]
    pub silent_contact_sign_up: Option<bool>,
    /// No list of frequent contacts.
    #[n(8)]
    pub top_peers_disabled: Option<bool>,
    /// The reaction of a double tap: an emoji.
    #[n(9)]
    pub default_reaction: Option<String>,
    /// Suggestions the person does not want to see again.
    #[n(10)]
    pub dismissed_suggestions: Option<Vec<String>>,
}

impl Stored for Switches {
    const WHAT: &'static str = "account switches";
}

impl Platform {
    /// Notification settings, as set; default ones where nothing was.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn notify_settings(
        &self,
        owner: UserId,
        scopes: &[NotifyScope],
    ) -> Result<Vec<NotifySettings>, PlatformError> {
        let places: Vec<_> = scopes.iter().map(|scope| keys::user_key(owner, &scope.suffix())).collect();
        let records = self.store().get_many(&places).await?;
        records.iter().map(|record| Ok(codec::decode_record(record.as_ref())?.unwrap_or_default())).collect()
    }

    /// Sets notification settings; default ones remove the record.
    ///
    /// # Errors
    /// [`Refusal::LimitInvalid`] for a sound's name beyond its bound, or trouble of the store.
    pub async fn set_notify_settings(
        &self,
        owner: UserId,
        scope: NotifyScope,
        settings: &NotifySettings,
        origin: Option<AuthKeyId>,
    ) -> Result<(), PlatformError> {
        if [&settings.sound, &settings.stories_sound].into_iter().flatten().any(is_too_long) {
            return Err(Refusal::LimitInvalid.into());
        }
        let key = keys::user_key(owner, &scope.suffix());
        let mut batch = Batch::new(Class::C1);
        if *settings == NotifySettings::default() {
            batch.deletes.push(key);
        } else {
            batch.put(key, codec::encode(settings));
        }
        self.commit(batch).await?;
        let peer = if let NotifyScope::Peer(peer) = scope { Some(peer) } else { None };
        self.log_change(owner, Change::Notify { peer, kind: scope.number() }, origin).await
    }

    /// Peers with notification settings of their own.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn notify_exceptions(&self, owner: UserId) -> Result<Vec<(Peer, NotifySettings)>, PlatformError> {
        let prefix = vec![user_suffix::SETTINGS, kind::NOTIFY_PEER];
        let page = self.store().scan(&scan_all(keys::user(owner), prefix, limits::NOTIFY_EXCEPTIONS_MAX)).await?;
        let found = page.items.iter().filter_map(|(suffix, record)| Some((Peer::from_key(suffix.get(2..)?)?, record)));
        found.map(|(peer, record)| Ok((peer, codec::decode(&record.value)?))).collect()
    }

    /// Sets all notification settings back.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn reset_notify_settings(&self, owner: UserId, origin: Option<AuthKeyId>) -> Result<(), PlatformError> {
        for first in [kind::NOTIFY_PEER, kind::NOTIFY_SCOPE] {
            self.store().delete_prefix(&keys::user(owner), &[user_suffix::SETTINGS, first]).await?;
        }
        for scope in [NotifyScope::Users, NotifyScope::Chats, NotifyScope::Broadcasts] {
            self.log_change(owner, Change::Notify { peer: None, kind: scope.number() }, origin).await?;
        }
        Ok(())
    }

    /// A person's account-wide switches.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn switches(&self, owner: UserId) -> Result<Switches, PlatformError> {
        let record = self.store().get(&keys::user_key(owner, &[user_suffix::SETTINGS, kind::SWITCHES])).await?;
        Ok(codec::decode_record(record.as_ref())?.unwrap_or_default())
    }

    /// Changes a person's account-wide switches.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn set_switches(
        &self,
        owner: UserId,
        mut change: impl FnMut(&mut Switches),
    ) -> Result<Switches, PlatformError> {
        let key = keys::user_key(owner, &[user_suffix::SETTINGS, kind::SWITCHES]);
        for _ in 0..limits::CONFLICT_ATTEMPTS_MAX {
            let record = self.store().get(&key).await?;
            let mut switches: Switches = codec::decode_record(record.as_ref())?.unwrap_or_default();
            change(&mut switches);
            match self.commit(super::privacy::replace(&key, record.as_ref(), &switches)).await {
                Ok(()) => return Ok(switches),
                Err(error) if error.is_conflict() => {}
                Err(error) => return Err(error),
            }
        }
        Err(PlatformError::Store(store::StoreError::Conflict))
    }
}

pub(crate) fn is_too_long(sound: &Sound) -> bool {
    matches!(sound, Sound::Local { title, data } if title.len() + data.len() > limits::SOUND_NAME_MAX_BYTES)
}
