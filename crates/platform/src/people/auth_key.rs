//! Auth keys: permanent and temporary, what they are bound to and who is signed in with them.
//!
//! A key is durable before the client hears that it exists (protocol-checks K13), and so is a binding (K15): a restart
//! costs nobody a key exchange. On one node the cached [`AuthKeyState`] is authoritative: sign-in, sign-out and destruction
//! change it in place, after the store has them. A key in use is never read twice (`key_cache`). The cache
//! keeps no "absent" entries and turns no trouble of the store into one: clients destroy their session on -404.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicI64, Ordering};

use bus::Signal;
use parking_lot::RwLock;
use store::{Batch, Check, Class, Record, Scan, StoreError};
use zeroize::Zeroizing;

use super::authorizations::DeviceRecord;
use super::password::waiting::Waiting;
use crate::codec::{self, Stored};
use crate::keys::{self, authorisation_suffix as suffix};
use crate::{AuthKeyId, Platform, PlatformError, Refusal, UserId, limits};

/// The 2048 bits of an auth key; wiped when dropped.
pub type KeyBytes = Zeroizing<[u8; 256]>;

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthKeyKind {
    /// Lives until it is destroyed.
    Permanent,
    /// Lives until `expires_at` (Unix seconds) and acts for the permanent key it is bound to.
    Temporary {
        /// When it ends.
        expires_at: i32,
    },
}

/// A key that a finished key exchange made.
pub struct NewAuthKey {
    /// Lower 64 bits of its SHA-1.
    pub id: AuthKeyId,
    /// The key.
    pub key: KeyBytes,
    /// Permanent or temporary.
    pub kind: AuthKeyKind,
    /// The DC the client named in the key exchange, if any.
    pub dialled_dc: Option<i32>,
}

/// What became of a new key.
pub enum StoredKey {
    /// It is durable.
    Stored(Arc<AuthKeyState>),
    /// Another key has this id: `dh_gen_retry`.
    Collides,
}

/// What a client says of itself in `initConnection`.
#[derive(Clone, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct ClientInfo {
    /// The layer it speaks; 0 when it never said.
    #[n(0)]
    pub layer: i32,
    /// Its application's id.
    #[n(1)]
    pub api_id: i32,
    /// Its device.
    #[n(2)]
    pub device_model: String,
    /// Its operating system.
    #[n(3)]
    pub system_version: String,
    /// Its own version.
    #[n(4)]
    pub app_version: String,
    /// Its system's language.
    #[n(5)]
    pub system_lang_code: String,
    /// Its language pack's name.
    #[n(6)]
    pub lang_pack: String,
    /// Its language.
    #[n(7)]
    pub lang_code: String,
}

/// Who is signed in with a key.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Authorization {
    /// The person.
    #[n(0)]
    pub user_id: UserId,
    /// The name of this authorisation in the person's list; 0 never occurs.
    #[n(1)]
    pub hash: i64,
    /// When it began, Unix seconds.
    #[n(2)]
    pub created_at: i32,
    /// The device's own key, if this one took part by import: both are one authorisation.
    #[n(3)]
    pub parent: Option<AuthKeyId>,
}

impl Authorization {
    /// As the person's list has it, from the day it began.
    pub(crate) fn device(&self, ip: &str) -> DeviceRecord {
        DeviceRecord {
            hash: self.hash,
            created_at: self.created_at,
            ip: ip.to_owned(),
            parent: self.parent,
            active_at: Some(self.created_at),
            password_pending: None,
        }
    }
}

/// The permanent key that a temporary one acts for.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Binding {
    /// The permanent key.
    #[n(0)]
    pub permanent: AuthKeyId,
    /// Until when, Unix seconds.
    #[n(1)]
    pub expires_at: i32,
    /// The nonce of the binding, to know a repeated request from a new one.
    #[n(2)]
    pub nonce: i64,
}

/// What a node knows of one auth key; shared by all its connections.
pub struct AuthKeyState {
    /// Its name.
    pub id: AuthKeyId,
    /// The key; whoever opens and seals with it shares it.
    pub key: Arc<KeyBytes>,
    /// Permanent or temporary.
    pub kind: AuthKeyKind,
    /// The DC named in its key exchange, if any: `config.this_dc` and DC migration answers need it.
    pub dialled_dc: Option<i32>,
    /// When it was made, Unix seconds.
    pub created_at: i32,
    layer: AtomicI32,
    activity_noted_at: AtomicI32,
    destroyed: AtomicBool,
    /// When its next request would be due if all came evenly, microseconds.
    due_us: AtomicI64,
    /// Somebody writes what the client said of itself.
    noting: AtomicBool,
    changing: RwLock<Changing>,
}

#[derive(Clone, Default)]
struct Changing {
    authorization: Option<Arc<Authorization>>,
    binding: Option<Binding>,
    /// Who may sign in here once this device gives their password.
    waiting: Option<Arc<Waiting>>,
    /// What the client said of itself, as it is stored: there is one for each device, and it is seldom looked at.
    client: Box<[u8]>,
}

impl std::fmt::Debug for AuthKeyState {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("AuthKeyState").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl AuthKeyState {
    /// A state outside any store, for tests of the crates above.
    #[must_use]
    pub fn detached(new: NewAuthKey, created_at: i32) -> Self {
        Self {
            id: new.id,
            key: Arc::new(new.key),
            kind: new.kind,
            dialled_dc: new.dialled_dc,
            created_at,
            layer: AtomicI32::new(0),
            activity_noted_at: AtomicI32::new(0),
            destroyed: AtomicBool::new(false),
            due_us: AtomicI64::new(0),
            noting: AtomicBool::new(false),
            changing: RwLock::default(),
        }
    }

    /// Who is signed in, if anybody.
    #[must_use]
    pub fn user_id(&self) -> Option<UserId> {
        self.changing.read().authorization.as_ref().map(|authorization| authorization.user_id)
    }

    /// Who is signed in, since when and under which hash.
    #[must_use]
    pub fn authorization(&self) -> Option<Arc<Authorization>> {
        self.changing.read().authorization.clone()
    }

    /// Who may sign in here once this device gives their password, unless it has waited too long.
    #[must_use]
    pub fn waiting(&self, now: i32) -> Option<Arc<Waiting>> {
        self.changing.read().waiting.clone().filter(|waiting| !waiting.is_over(now))
    }

    /// Under a temporary key: the permanent key it acts for.
    #[must_use]
    pub fn bound_to(&self) -> Option<AuthKeyId> {
        self.changing.read().binding.as_ref().map(|binding| binding.permanent)
    }

    /// The layer last announced; 0 when none was.
    #[must_use]
    pub fn layer(&self) -> i32 {
        self.layer.load(Ordering::Relaxed)
    }

    /// What the client said of itself.
    #[must_use]
    pub fn client(&self) -> ClientInfo {
        match &*self.changing.read().client {
            [] => ClientInfo::default(),
            encoded => codec::decode(encoded).expect("it was encoded here"),
        }
    }

    /// Counts a request of this key at this moment, microseconds; false when it has made more than `a_second` over a long
    /// time and more than `burst` at once. In memory, and one number: the time at which the next would be due if all came
    /// evenly. More than this pace can owe was owed at a slower one, before somebody signed in, or to a clock that was set
    /// back: it is forgotten.
    #[must_use]
    pub fn take_request(&self, now_us: i64, a_second: u32, burst: u32) -> bool {
        let step_us = 1_000_000 / i64::from(a_second.max(1));
        let room_us = step_us * i64::from(burst);
        let owed = self.due_us.load(Ordering::Relaxed).saturating_sub(now_us);
        let due = if owed > room_us + step_us { now_us } else { now_us + owed.max(0) };
        let has_room = due - now_us <= room_us;
        if has_room {
            // Two at once may count as one: it is a bound, not a bill.
            self.due_us.store(due + step_us, Ordering::Relaxed);
        }
        has_room
    }

    /// Whether the key was destroyed while connections held it: answer -404 and close.
    #[must_use]
    pub fn is_destroyed(&self) -> bool {
        self.destroyed.load(Ordering::Acquire)
    }

    /// Whether a temporary key's time is over.
    #[must_use]
    pub fn is_expired(&self, now: i32) -> bool {
        matches!(self.kind, AuthKeyKind::Temporary { expires_at } if expires_at <= now)
    }

    /// Whether so much time passed that the device's activity is to be written; says so once.
    pub(crate) fn is_due_to_note_activity(&self, now: i32) -> bool {
        let noted_at = self.activity_noted_at.load(Ordering::Relaxed);
        now.saturating_sub(noted_at) >= limits::ACTIVE_INTERVAL_SECONDS
            && self.activity_noted_at.compare_exchange(noted_at, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// Takes the device's activity as noted at this time.
    pub(crate) fn note_activity_at(&self, at: i32) {
        self.activity_noted_at.store(at, Ordering::Relaxed);
    }

    /// Signed in or out: either way nobody's password is owed here any more.
    pub(crate) fn set_authorization(&self, authorization: Option<Arc<Authorization>>) {
        let mut changing = self.changing.write();
        changing.authorization = authorization;
        changing.waiting = None;
    }

    pub(crate) fn set_waiting(&self, waiting: Option<Arc<Waiting>>) {
        self.changing.write().waiting = waiting;
    }

    fn set_client(&self, client: &ClientInfo) {
        self.layer.store(client.layer, Ordering::Relaxed);
        self.changing.write().client = Vec::from(codec::encode(client)).into_boxed_slice();
    }
}

#[derive(minicbor::Encode, minicbor::Decode)]
struct KeyRecord {
    #[cbor(n(0), with = "minicbor::bytes")]
    key: Vec<u8>,
    #[n(1)]
    created_at: i32,
    /// Set for temporary keys.
    #[n(2)]
    expires_at: Option<i32>,
    #[n(3)]
    dialled_dc: Option<i32>,
}

impl Stored for KeyRecord {
    const WHAT: &'static str = "auth key";
}
impl Stored for Binding {
    const WHAT: &'static str = "binding of a temporary key";
}
impl Stored for Authorization {
    const WHAT: &'static str = "authorization";
}
impl Stored for ClientInfo {
    const WHAT: &'static str = "client info";
}

impl Platform {
    /// Makes a new key durable; only then may the client hear of it.
    ///
    /// # Errors
    /// [`PlatformError::Store`]: the key does not exist, close the connection.
    pub async fn store_auth_key(&self, new: NewAuthKey) -> Result<StoredKey, PlatformError> {
        let state = AuthKeyState::detached(new, self.now());
        let mut batch = Batch::new(Class::C2);
        plan_key(&mut batch, &state);
        match self.store().commit(batch).await {
            Ok(()) => {}
            Err(StoreError::Conflict) => return Ok(StoredKey::Collides),
            Err(error) => return Err(error.into()),
        }
        Ok(StoredKey::Stored(self.inner.people.auth_keys.insert(Arc::new(state))))
    }

    /// What is known of a key. `Ok(None)` only after an authoritative read found it absent (or expired): that alone may
    /// become -404.
    ///
    /// # Errors
    /// [`PlatformError::Store`], [`PlatformError::Damaged`]: nothing is known; close the connection.
    pub async fn auth_key(&self, id: AuthKeyId) -> Result<Option<Arc<AuthKeyState>>, PlatformError> {
        let read = async { self.read_auth_key(id).await?.ok_or(Missing::Absent) };
        match self.inner.people.auth_keys.get_or_read(id, read).await {
            Ok(state) if state.is_expired(self.now()) || state.is_destroyed() => Ok(None),
            Ok(state) => Ok(Some(state)),
            Err(Missing::Absent) => Ok(None),
            Err(Missing::Trouble(error)) => Err(error),
        }
    }

    async fn read_auth_key(&self, id: AuthKeyId) -> Result<Option<AuthKeyState>, PlatformError> {
        let places = [suffix::KEY, suffix::BINDING, suffix::SIGNED_IN, suffix::CLIENT, suffix::WAITING]
            .map(|suffix| keys::authorisation_key(id, &[suffix]));
        let records = self.store().get_many(&places).await?;
        let [key, binding, signed_in, client, waiting] = records.as_slice() else {
            return Err(StoreError::Read("get_many answered with another count".into()).into());
        };
        let Some(record) = codec::decode_record::<KeyRecord>(key.as_ref())? else { return Ok(None) };
        let state = state_of_record(id, record)?;
        state.set_authorization(codec::decode_record(signed_in.as_ref())?.map(Arc::new));
        state.set_waiting(codec::decode_record(waiting.as_ref())?.map(Arc::new));
        state.set_client(&codec::decode_record(client.as_ref())?.unwrap_or_default());
        state.changing.write().binding = codec::decode_record(binding.as_ref())?;
        // Spread over the interval, so that those who come back after a restart do not all write at once.
        let spread = id.0.rem_euclid(i64::from(limits::ACTIVE_INTERVAL_SECONDS));
        state.note_activity_at(self.now().saturating_sub(i32::try_from(spread).unwrap_or(0)));
        Ok(Some(state))
    }

    /// Notes the layer and device a client announced; written only when they changed.
    ///
    /// # Errors
    /// [`PlatformError::Store`]; the state in memory is up to date nevertheless.
    pub async fn note_client(&self, state: &AuthKeyState, client: ClientInfo) -> Result<(), PlatformError> {
        if state.client() == client {
            return Ok(());
        }
        state.set_client(&client);
        self.write_client(state).await
    }

    /// One write at a time for a key, of what is the latest then, in the least class: a client that says something else in
    /// every call keeps nobody's messages from the disk.
    async fn write_client(&self, state: &AuthKeyState) -> Result<(), PlatformError> {
        while !state.noting.swap(true, Ordering::AcqRel) {
            let client = state.client();
            let mut batch = Batch::new(Class::C3);
            batch.put(keys::authorisation_key(state.id, &[suffix::CLIENT]), codec::encode(&client));
            let written = self.commit(batch).await;
            state.noting.store(false, Ordering::Release);
            written?;
            if client == state.client() {
                break;
            }
        }
        Ok(())
    }

    /// Notes the layer alone, as `invokeWithLayer` without `initConnection` announces it.
    ///
    /// # Errors
    /// As [`Platform::note_client`].
    pub async fn note_layer(&self, state: &AuthKeyState, layer: i32) -> Result<(), PlatformError> {
        if state.layer() == layer {
            return Ok(());
        }
        let client = ClientInfo { layer, ..state.client() };
        self.note_client(state, client).await
    }

    /// Binds a temporary key to a permanent one until `expires_at`, durably. The proof (the message encrypted with the
    /// permanent key) was checked by the caller. A repetition, and a renewal for the same permanent key, are no errors.
    ///
    /// # Errors
    /// [`Refusal::TempAuthKeyEmpty`], [`Refusal::TempAuthKeyAlreadyBound`], [`Refusal::ExpiresAtInvalid`], or trouble of
    /// the store.
    pub async fn bind_temp_key(&self, temporary: &AuthKeyState, binding: Binding) -> Result<(), PlatformError> {
        let AuthKeyKind::Temporary { expires_at } = temporary.kind else {
            return Err(Refusal::TempAuthKeyEmpty.into());
        };
        // https://core.telegram.org/method/auth.bindTempAuthKey: the binding ends no later than the key.
        if binding.expires_at <= self.now() || binding.expires_at > expires_at.saturating_add(BINDING_SLACK_SECONDS) {
            return Err(Refusal::ExpiresAtInvalid.into());
        }
        if temporary.bound_to().is_some_and(|bound| bound != binding.permanent) {
            return Err(Refusal::TempAuthKeyAlreadyBound.into());
        }
        self.write_binding(temporary.id, &binding).await?;
        temporary.changing.write().binding = Some(binding);
        self.publish(Signal::KeyChanged { auth_key_id: temporary.id.0 });
        Ok(())
    }

    async fn write_binding(&self, temporary: AuthKeyId, binding: &Binding) -> Result<(), PlatformError> {
        let mut batch = Batch::new(Class::C2);
        plan_binding(&mut batch, temporary, binding);
        for (id, old) in self.temporary_keys(binding.permanent).await? {
            if old.expires_at <= self.now() && id != temporary {
                forget_temporary(&mut batch, binding.permanent, id);
            }
        }
        self.commit(batch).await
    }

    pub(crate) async fn temporary_keys(
        &self,
        permanent: AuthKeyId,
    ) -> Result<Vec<(AuthKeyId, Binding)>, PlatformError> {
        let page = self
            .store()
            .scan(&Scan {
                owner: keys::authorisation(permanent),
                prefix: vec![suffix::TEMPORARY],
                from: None,
                to: None,
                reverse: false,
                limit: limits::TEMPORARY_KEYS_PER_KEY_MAX,
                max_bytes: usize::MAX,
            })
            .await?;
        page.items
            .iter()
            .filter_map(|(suffix, record)| Some((AuthKeyId(keys::id_of_suffix(suffix)?), record)))
            .map(|(id, record)| Ok((id, codec::decode(&record.value)?)))
            .collect()
    }

    /// Destroys all temporary keys bound to `permanent` except those named.
    ///
    /// # Errors
    /// Trouble of the store; then nothing was destroyed.
    pub async fn drop_temp_keys(&self, permanent: AuthKeyId, except: &[AuthKeyId]) -> Result<(), PlatformError> {
        let mut batch = Batch::new(Class::C2);
        let mut dropped = Vec::new();
        for (id, _) in self.temporary_keys(permanent).await? {
            if !except.contains(&id) {
                forget_temporary(&mut batch, permanent, id);
                dropped.push(id);
            }
        }
        if dropped.is_empty() {
            return Ok(());
        }
        self.commit(batch).await?;
        for id in dropped {
            self.mark_destroyed(id);
        }
        Ok(())
    }

    /// Destroys a key with everything under it (`destroy_auth_key`); signs its person out of this device.
    ///
    /// # Errors
    /// Trouble of the store; then the key still exists.
    pub async fn destroy_auth_key(&self, state: &AuthKeyState) -> Result<(), PlatformError> {
        self.sign_out(state).await?;
        let mut batch = Batch::new(Class::C1);
        let all = [suffix::KEY, suffix::BINDING, suffix::SIGNED_IN, suffix::CLIENT, suffix::WAITING, suffix::LET_IN];
        for first in all.into_iter().chain([suffix::AT_DOOR]) {
            batch.deletes.push(keys::authorisation_key(state.id, &[first]));
        }
        let temporary = self.temporary_keys(state.id).await?;
        for (id, _) in &temporary {
            forget_temporary(&mut batch, state.id, *id);
        }
        self.commit(batch).await?;
        self.mark_destroyed(state.id);
        for (id, _) in temporary {
            self.mark_destroyed(id);
        }
        Ok(())
    }

    fn mark_destroyed(&self, id: AuthKeyId) {
        if let Some(state) = self.inner.people.auth_keys.remove(id) {
            state.destroyed.store(true, Ordering::Release);
            state.set_authorization(None);
        }
        self.publish(Signal::KeyChanged { auth_key_id: id.0 });
    }
}

/// Clients add their clock's error to `expires_at`: so much later than the key's own end is still taken for it.
const BINDING_SLACK_SECONDS: i32 = 300;

/// Why a key is not in the cache after looking for it.
enum Missing {
    Absent,
    Trouble(PlatformError),
}

impl From<PlatformError> for Missing {
    fn from(error: PlatformError) -> Self {
        Self::Trouble(error)
    }
}

/// Adds a key that nobody has to `batch`.
pub(super) fn plan_key(batch: &mut Batch, state: &AuthKeyState) {
    let key = keys::authorisation_key(state.id, &[suffix::KEY]);
    batch.checks.push(Check::Absent(key.clone()));
    batch.puts.push((key, Record { version: 1, value: codec::encode(&key_record(state)) }));
}

/// Adds to `batch` what binds a temporary key, under both keys.
pub(super) fn plan_binding(batch: &mut Batch, temporary: AuthKeyId, binding: &Binding) {
    let bytes = codec::encode(binding);
    batch.put(keys::authorisation_key(temporary, &[suffix::BINDING]), bytes.clone());
    batch.put(keys::authorisation_key(binding.permanent, &keys::suffix_id(suffix::TEMPORARY, temporary.0)), bytes);
}

fn forget_temporary(batch: &mut Batch, permanent: AuthKeyId, temporary: AuthKeyId) {
    batch.deletes.push(keys::authorisation_key(permanent, &keys::suffix_id(suffix::TEMPORARY, temporary.0)));
    for first in [suffix::KEY, suffix::BINDING, suffix::CLIENT] {
        batch.deletes.push(keys::authorisation_key(temporary, &[first]));
    }
}

fn key_record(state: &AuthKeyState) -> KeyRecord {
    let expires_at = match state.kind {
        AuthKeyKind::Permanent => None,
        AuthKeyKind::Temporary { expires_at } => Some(expires_at),
    };
    KeyRecord { key: state.key.to_vec(), created_at: state.created_at, expires_at, dialled_dc: state.dialled_dc }
}

fn state_of_record(id: AuthKeyId, mut record: KeyRecord) -> Result<AuthKeyState, PlatformError> {
    let key: [u8; 256] = record.key.as_slice().try_into().map_err(|_| PlatformError::Damaged {
        what: KeyRecord::WHAT,
        detail: format!("{} bytes instead of 256", record.key.len()),
    })?;
    zeroize::Zeroize::zeroize(&mut record.key);
    let kind = record.expires_at.map_or(AuthKeyKind::Permanent, |expires_at| AuthKeyKind::Temporary { expires_at });
    let new = NewAuthKey { id, key: Zeroizing::new(key), kind, dialled_dc: record.dialled_dc };
    Ok(AuthKeyState::detached(new, record.created_at))
}
