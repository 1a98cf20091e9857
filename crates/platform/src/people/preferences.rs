//! What a person wants their devices to do by themselves: download, save, make themselves noticed. The server keeps it so
//! that a new device finds it; it acts on none of it.

use store::{Batch, Class};

use super::names::scan_all;
use super::privacy::replace;
use super::settings::{Sound, is_too_long, kind};
use crate::codec::{self, Stored};
use crate::keys::{self, user_suffix};
use crate::{Peer, Platform, PlatformError, Refusal, UserId, limits};

/// On which kind of network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// Roaming.
    Low,
    /// Mobile.
    Medium,
    /// Wi-Fi.
    High,
}

/// What a device downloads by itself. Sizes in bytes.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct AutoDownload {
    /// Nothing at all.
    #[n(0)]
    pub disabled: bool,
    /// The beginning of large videos.
    #[n(1)]
    pub video_preload_large: bool,
    /// The next piece of music.
    #[n(2)]
    pub audio_preload_next: bool,
    /// Calls take less data.
    #[n(3)]
    pub phonecalls_less_data: bool,
    /// Stories.
    #[n(4)]
    pub stories_preload: bool,
    /// Largest photo.
    #[n(5)]
    pub photo_size_max: i32,
    /// Largest video.
    #[n(6)]
    pub video_size_max: i64,
    /// Largest other file.
    #[n(7)]
    pub file_size_max: i64,
    /// Bits a second of videos that are sent, in kbit/s.
    #[n(8)]
    pub video_upload_maxbitrate: i32,
    /// Small downloads at once.
    #[n(9)]
    pub small_queue_active_operations_max: i32,
    /// Large downloads at once.
    #[n(10)]
    pub large_queue_active_operations_max: i32,
}

/// What was set for each network; `None` stands for what the server recommends.
#[derive(Clone, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct AutoDownloads {
    /// Roaming.
    #[n(0)]
    pub low: Option<AutoDownload>,
    /// Mobile.
    #[n(1)]
    pub medium: Option<AutoDownload>,
    /// Wi-Fi.
    #[n(2)]
    pub high: Option<AutoDownload>,
}

impl Stored for AutoDownloads {
    const WHAT: &'static str = "automatic downloads";
}

/// What a device saves to its gallery by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct AutoSave {
    /// Photos.
    #[n(0)]
    pub photos: bool,
    /// Videos.
    #[n(1)]
    pub videos: bool,
    /// The largest of these, in bytes.
    #[n(2)]
    pub video_max_size: Option<i64>,
}

impl Stored for AutoSave {
    const WHAT: &'static str = "automatic saving";
}

/// Whose media are saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveScope {
    /// Those of one peer.
    Peer(Peer),
    /// All people's.
    Users,
    /// All groups'.
    Chats,
    /// All channels'.
    Broadcasts,
}

impl SaveScope {
    fn suffix(self) -> Vec<u8> {
        let scope = |number: u8| vec![user_suffix::SETTINGS, kind::AUTO_SAVE_SCOPE, number];
        match self {
            Self::Users => scope(1),
            Self::Chats => scope(2),
            Self::Broadcasts => scope(3),
            Self::Peer(peer) => {
                let mut suffix = vec![user_suffix::SETTINGS, kind::AUTO_SAVE_PEER];
                suffix.extend_from_slice(&peer.to_key());
                suffix
            }
        }
    }
}

/// Whose reactions, and votes, make themselves noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum NoticedFrom {
    /// Only contacts'.
    #[n(0)]
    Contacts,
    /// Everybody's.
    #[n(1)]
    All,
}

/// How reactions make themselves noticed.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct ReactionsNotify {
    /// Those to messages; `None`: nobody's.
    #[n(0)]
    pub messages: Option<NoticedFrom>,
    /// Those to stories.
    #[n(1)]
    pub stories: Option<NoticedFrom>,
    /// Votes in polls.
    #[n(2)]
    pub poll_votes: Option<NoticedFrom>,
    /// With which sound.
    #[n(3)]
    pub sound: Sound,
    /// Whether they show what was reacted to.
    #[n(4)]
    pub show_previews: bool,
}

impl Default for ReactionsNotify {
    fn default() -> Self {
        let from = Some(NoticedFrom::Contacts);
        Self { messages: from, stories: from, poll_votes: from, sound: Sound::Default, show_previews: true }
    }
}

impl Stored for ReactionsNotify {
    const WHAT: &'static str = "notices of reactions";
}

impl Platform {
    /// What the person's devices download by themselves.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn auto_downloads(&self, owner: UserId) -> Result<AutoDownloads, PlatformError> {
        self.preference(owner, kind::AUTO_DOWNLOAD).await
    }

    /// Sets what they download on one kind of network.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn set_auto_download(
        &self,
        owner: UserId,
        network: Network,
        wanted: &AutoDownload,
    ) -> Result<(), PlatformError> {
        self.change_preference(owner, kind::AUTO_DOWNLOAD, |all: &mut AutoDownloads| {
            let place = match network {
                Network::Low => &mut all.low,
                Network::Medium => &mut all.medium,
                Network::High => &mut all.high,
            };
            *place = Some(wanted.clone());
        })
        .await
    }

    /// What the person's devices save by themselves, for people, groups and channels.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn auto_saves(&self, owner: UserId) -> Result<[AutoSave; 3], PlatformError> {
        let places = [SaveScope::Users, SaveScope::Chats, SaveScope::Broadcasts]
            .map(|scope| keys::user_key(owner, &scope.suffix()));
        let records = self.store().get_many(&places).await?;
        let mut saves = records.iter().map(|record| codec::decode_record::<AutoSave>(record.as_ref()));
        let mut next = || saves.next().transpose().map(|found| found.flatten().unwrap_or_default());
        Ok([next()?, next()?, next()?])
    }

    /// Peers whose media are saved in a way of their own.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn auto_save_exceptions(&self, owner: UserId) -> Result<Vec<(Peer, AutoSave)>, PlatformError> {
        let prefix = vec![user_suffix::SETTINGS, kind::AUTO_SAVE_PEER];
        let page = self.store().scan(&scan_all(keys::user(owner), prefix, limits::AUTO_SAVE_EXCEPTIONS_MAX)).await?;
        let found = page.items.iter().filter_map(|(suffix, record)| Some((Peer::from_key(suffix.get(2..)?)?, record)));
        found.map(|(peer, record)| Ok((peer, codec::decode(&record.value)?))).collect()
    }

    /// Sets what is saved; nothing at all is remembered for a peer, too: it differs from what holds for everybody.
    ///
    /// # Errors
    /// [`Refusal::LimitInvalid`] past the bound of exceptions, or trouble of the store.
    pub async fn set_auto_save(&self, owner: UserId, scope: SaveScope, wanted: &AutoSave) -> Result<(), PlatformError> {
        if matches!(scope, SaveScope::Peer(_))
            && self.auto_save_exceptions(owner).await?.len() >= limits::AUTO_SAVE_EXCEPTIONS_MAX
        {
            return Err(Refusal::LimitInvalid.into());
        }
        let mut batch = Batch::new(Class::C1);
        batch.put(keys::user_key(owner, &scope.suffix()), codec::encode(wanted));
        self.commit(batch).await
    }

    /// Forgets all exceptions.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn delete_auto_save_exceptions(&self, owner: UserId) -> Result<(), PlatformError> {
        let prefix = [user_suffix::SETTINGS, kind::AUTO_SAVE_PEER];
        Ok(self.store().delete_prefix(&keys::user(owner), &prefix).await?)
    }

    /// How reactions make themselves noticed.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn reactions_notify(&self, owner: UserId) -> Result<ReactionsNotify, PlatformError> {
        self.preference(owner, kind::REACTIONS_NOTIFY).await
    }

    /// Sets how reactions make themselves noticed.
    ///
    /// # Errors
    /// [`Refusal::LimitInvalid`] for a sound's name beyond its bound, or trouble of the store.
    pub async fn set_reactions_notify(&self, owner: UserId, wanted: &ReactionsNotify) -> Result<(), PlatformError> {
        if is_too_long(&wanted.sound) {
            return Err(Refusal::LimitInvalid.into());
        }
        let key = keys::user_key(owner, &[user_suffix::SETTINGS, kind::REACTIONS_NOTIFY]);
        let mut batch = Batch::new(Class::C1);
        batch.put(key, codec::encode(wanted));
        self.commit(batch).await
    }

    /// Whether translating what this peer writes is switched off.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn is_translation_off(&self, owner: UserId, peer: Peer) -> Result<bool, PlatformError> {
        Ok(self.store().get(&translation_key(owner, peer)).await?.is_some())
    }

    /// Switches the offer to translate what this peer writes off, or on again.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn set_translation_off(&self, owner: UserId, peer: Peer, off: bool) -> Result<(), PlatformError> {
        let mut batch = Batch::new(Class::C1);
        match off {
            true => batch.put(translation_key(owner, peer), bytes::Bytes::new()),
            false => batch.deletes.push(translation_key(owner, peer)),
        }
        self.commit(batch).await
    }

    async fn preference<T: Stored + Default>(&self, owner: UserId, kind: u8) -> Result<T, PlatformError> {
        let record = self.store().get(&keys::user_key(owner, &[user_suffix::SETTINGS, kind])).await?;
        Ok(codec::decode_record(record.as_ref())?.unwrap_or_default())
    }

    async fn change_preference<T: Stored + Default>(
        &self,
        owner: UserId,
        kind: u8,
        mut change: impl FnMut(&mut T),
    ) -> Result<(), PlatformError> {
        let key = keys::user_key(owner, &[user_suffix::SETTINGS, kind]);
        for _ in 0..limits::CONFLICT_ATTEMPTS_MAX {
            let record = self.store().get(&key).await?;
            let mut value: T = codec::decode_record(record.as_ref())?.unwrap_or_default();
            change(&mut value);
            match self.commit(replace(&key, record.as_ref(), &value)).await {
                Err(error) if error.is_conflict() => {}
                outcome => return outcome,
            }
        }
        Err(PlatformError::Store(store::StoreError::Conflict))
    }
}

fn translation_key(owner: UserId, peer: Peer) -> store::Key {
    let mut suffix = vec![user_suffix::SETTINGS, kind::TRANSLATION_OFF];
    suffix.extend_from_slice(&peer.to_key());
    keys::user_key(owner, &suffix)
}
