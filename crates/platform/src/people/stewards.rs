//! Who acts for the operator: whoever may read the data folder, or a person whom the operator trusts with the server.
//!
//! A person does so from a device on which they proved to be there a short while ago, by their password or by signing in: a
//! phone that lies about opens the chats, not the administration. That is kept in memory; after a restart one proves again.

use quick_cache::sync::Cache;

use super::auth_key::AuthKeyState;
use super::password::check::{Proof, Prover};
use super::person::AccountState;
use crate::{AuthKeyId, Platform, PlatformError, Refusal, UserId, limits};

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Steward {
    /// Whoever may read the data folder.
    Local,
    /// An administrator, from a device of theirs.
    Person(UserId),
}

impl Steward {
    /// The person, if it is one.
    #[must_use]
    pub fn person(self) -> Option<UserId> {
        match self {
            Self::Local => None,
            Self::Person(id) => Some(id),
        }
    }
}

/// When the password was last proved on a key, Unix seconds.
pub(crate) struct Proved(Cache<(AuthKeyId, UserId), i32>);

impl Default for Proved {
    fn default() -> Self {
        Self(Cache::new(limits::STEWARD_KEYS_ITEMS))
    }
}

impl Platform {
    /// Lets an administrator in who proves to know their password; gives until when, Unix seconds.
    ///
    /// # Errors
    /// [`Refusal::AdminRequired`] for others, [`Refusal::FreshSignInRequired`] for whoever has no password, the refusals of a
    /// check, trouble of the store.
    pub async fn enter_administration(&self, prover: Prover<'_>, proof: &Proof) -> Result<i32, PlatformError> {
        self.require_admin(prover.user_id).await?;
        if *proof == Proof::Empty {
            return Err(Refusal::FreshSignInRequired.into());
        }
        self.check_password(prover, proof).await?;
        let now = self.now();
        self.inner.people.proved.0.insert((prover.key.id, prover.user_id), now);
        Ok(now.saturating_add(limits::STEWARD_SECONDS))
    }

    /// The administrator who is signed in with this key and proved to be there lately.
    ///
    /// # Errors
    /// [`Refusal::AdminRequired`], [`Refusal::FreshSignInRequired`], trouble of the store.
    pub async fn steward(&self, user_id: UserId, key: &AuthKeyState) -> Result<Steward, PlatformError> {
        self.require_admin(user_id).await?;
        let signed_in = key.authorization().filter(|it| it.user_id == user_id).map(|it| it.created_at);
        let proved = self.inner.people.proved.0.get(&(key.id, user_id));
        let latest = signed_in.max(proved).ok_or(Refusal::FreshSignInRequired)?;
        if self.now().saturating_sub(latest) >= limits::STEWARD_SECONDS {
            return Err(Refusal::FreshSignInRequired.into());
        }
        Ok(Steward::Person(user_id))
    }

    async fn require_admin(&self, user_id: UserId) -> Result<(), PlatformError> {
        let person = self.person(user_id).await?.ok_or(Refusal::AdminRequired)?;
        let is_one = person.profile.is_admin && person.profile.state == AccountState::Active;
        if is_one { Ok(()) } else { Err(Refusal::AdminRequired.into()) }
    }
}
