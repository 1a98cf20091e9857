//! Challenges of password checks: in memory, few per key, short-lived, each good for one answer.

use std::sync::Arc;

use crypto::srp::{SrpChallenge, SrpGroup};
use crypto::{CryptoError, Entropy};
use parking_lot::Mutex;
use quick_cache::sync::Cache;
use smallvec::SmallVec;

use super::{Challenge, PasswordRecord};
use crate::people::flood::Act;
use crate::{AuthKeyId, Platform, PlatformError, Refusal, Runtime, UserId, limits};

/// What all checks share, and those under way.
pub(crate) struct Passwords {
    pub(super) group: SrpGroup,
    by_key: Cache<AuthKeyId, Arc<Mutex<UnderWay>>>,
}

type UnderWay = SmallVec<[Pending; 1]>;

/// A challenge that was given out.
pub(crate) struct Pending {
    pub(super) challenge: SrpChallenge,
    /// The password it is about.
    pub(super) epoch: i64,
    id: i64,
    user_id: UserId,
    expires_at: i32,
}

impl Passwords {
    pub(crate) fn new() -> Result<Self, PlatformError> {
        let group = SrpGroup::new().map_err(trouble)?;
        Ok(Self { group, by_key: Cache::new(limits::PASSWORD_CHECKS_ITEMS) })
    }

    fn keep(&self, key: AuthKeyId, pending: Pending) {
        let empty = || Ok::<_, Refusal>(Arc::default());
        let Ok(under_way) = self.by_key.get_or_insert_with(&key, empty) else { return };
        let mut under_way = under_way.lock();
        if under_way.len() >= limits::PASSWORD_CHECKS_PER_KEY {
            under_way.remove(0);
        }
        under_way.push(pending);
    }

    /// The challenge with this id, which serves once.
    pub(super) fn take(&self, key: AuthKeyId, user_id: UserId, id: i64, now: i32) -> Option<Pending> {
        let under_way = self.by_key.get(&key)?;
        let mut under_way = under_way.lock();
        under_way.retain(|pending| pending.expires_at > now);
        let found = under_way.iter().position(|pending| pending.id == id && pending.user_id == user_id)?;
        Some(under_way.remove(found))
    }
}

/// The platform's dice as the crypto crate wants them.
struct Dice<'a>(&'a dyn Runtime);

impl Entropy for Dice<'_> {
    fn fill(&mut self, buffer: &mut [u8]) {
        self.0.fill_random(buffer);
    }
}

/// The library out of memory: as when the store is in trouble, the client may try again.
pub(super) fn trouble(error: CryptoError) -> PlatformError {
    tracing::error!(%error, "a password check failed");
    PlatformError::Store(store::StoreError::Unavailable("out of memory"))
}

impl Platform {
    /// Begins a check of this password for a client on `key`.
    pub(crate) fn challenge(
        &self,
        user_id: UserId,
        key: AuthKeyId,
        password: &PasswordRecord,
    ) -> Result<Challenge, PlatformError> {
        let (act, who) = (Act::BeginPasswordCheck, key.0.to_string());
        self.inner.people.flood.count(act, &who, 1, limits::PASSWORD_CHECKS_BEGUN_PER_KEY, self.now())?;
        let passwords = &self.inner.people.passwords;
        let challenge =
            passwords.group.challenge(password.verifier()?, &mut Dice(&*self.inner.runtime)).map_err(trouble)?;
        let (id, public) = (self.random_i64(), challenge.public().to_vec());
        let expires_at = self.now().saturating_add(limits::PASSWORD_CHECK_SECONDS);
        passwords.keep(key, Pending { challenge, epoch: password.epoch, id, user_id, expires_at });
        Ok(Challenge { id, public, salts: password.salts(), hint: password.hint.clone() })
    }
}
