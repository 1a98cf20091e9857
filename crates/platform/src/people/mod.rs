//! People: their auth keys and devices, how they sign up and in, what they are called, whom they know and whom they
//! shut out. Messages are not here.

pub mod admin;
pub mod auth_key;
pub mod authorizations;
mod blocked;
mod cached;
pub(crate) mod census;
pub mod codes;
pub mod contacts;
pub mod door;
pub(crate) mod flood;
mod guesses;
mod introductions;
pub mod invites;
pub(crate) mod key_cache;
mod leaving;
pub mod names;
pub mod own_invite;
pub mod password;
pub mod pending;
pub mod person;
pub mod photos;
pub mod preferences;
pub mod presence;
pub mod privacy;
pub mod public;
pub mod push;
pub mod relation;
pub mod reports;
pub mod search;
pub mod seeding;
mod service;
pub mod settings;
pub mod sign_in;
pub mod stewards;
pub mod switches;
mod tokens;
pub mod waiting_room;

use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use arc_swap::ArcSwap;
use quick_cache::sync::Cache;
use store::Store;

use crate::{PlatformError, UserId, codec, limits};

/// Who may sign up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum SignUpMode {
    /// Anybody who proves to hold a phone number.
    #[n(0)]
    Open,
    /// Whoever has an invite.
    #[n(1)]
    Invite,
    /// Whoever the operator approves.
    #[n(2)]
    Approved,
    /// Nobody, except with an invite that the operator made for them.
    #[n(3)]
    Closed,
}

/// What the platform keeps in memory about people. All of it can be read anew, except who is here.
pub(crate) struct People {
    pub(crate) auth_keys: key_cache::KeyCache,
    pub(crate) persons: Cache<UserId, Option<Arc<person::Person>>>,
    pub(crate) relations: Cache<(UserId, UserId), Arc<relation::Relation>>,
    pub(crate) presence: presence::Presence,
    pub(crate) flood: flood::Flood,
    pub(crate) guesses: guesses::Guesses,
    pub(crate) passwords: password::Passwords,
    pub(crate) census: census::Census,
    pub(crate) waiting_room: waiting_room::WaitingRoom,
    pub(crate) switches: ArcSwap<switches::ServerSwitches>,
    /// Newcomers a minute that this process can bear; 0 is no bound.
    pub(crate) bearable: AtomicU32,
    pub(crate) proved: stewards::Proved,
}

impl People {
    pub(crate) async fn load(store: &Store) -> Result<Self, PlatformError> {
        let switches = store.get(&switches::server_switches_key()).await?;
        let switches = codec::decode_record(switches.as_ref())?.unwrap_or_default();
        Ok(Self {
            auth_keys: key_cache::KeyCache::new(),
            persons: Cache::new(limits::PROFILE_CACHE_ITEMS),
            relations: Cache::new(limits::RELATION_CACHE_ITEMS),
            presence: presence::presence(),
            flood: flood::Flood::new(),
            guesses: guesses::Guesses::default(),
            passwords: password::Passwords::new()?,
            proved: stewards::Proved::default(),
            census: census::Census::default(),
            waiting_room: waiting_room::WaitingRoom::default(),
            switches: ArcSwap::from_pointee(switches),
            bearable: AtomicU32::new(0),
        })
    }
}
