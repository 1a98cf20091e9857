//! People made in numbers, for measurements on large populations: each as if they had signed up and stayed, with the keys they
//! will come back with. Whoever calls this owns the data folder and serves nobody.

use std::sync::Arc;

use store::{Batch, Class, StoreError};

use super::auth_key::{AuthKeyState, Binding, NewAuthKey, plan_binding, plan_key};
use super::names::Phone;
use super::person::Profile;
use super::sign_in::plan_account;
use crate::{Platform, PlatformError, UserId, limits};

/// What devices of people made in numbers are said to come from.
const SEEDED_FROM: &str = "127.0.0.1";

/// Somebody to be made.
pub struct Seedling {
    /// Their number, which nobody may have.
    pub phone: String,
    /// Their name.
    pub first_name: String,
    /// The key of their one device.
    pub permanent: NewAuthKey,
    /// A temporary key bound to it, and when that ends (Unix seconds).
    pub temporary: Option<(NewAuthKey, i32)>,
}

impl Platform {
    /// Whether nobody has an account here: only then may people be made in numbers.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn is_nobody_here(&self) -> Result<bool, PlatformError> {
        Ok(self.list_people(None, 1).await?.is_empty())
    }

    /// Makes somebody with their keys, in one batch.
    ///
    /// # Errors
    /// A conflict when the number or a key is taken; trouble of the store.
    pub async fn seed_person(&self, seedling: Seedling) -> Result<UserId, PlatformError> {
        let Seedling { phone, first_name, permanent, temporary } = seedling;
        let (phone, now) = (Phone::parse(&phone)?, self.now());
        let number = Some(phone.as_str().to_owned());
        let profile = Profile { first_name, phone: number, created_at: now, ..Profile::default() };
        let (key, mut keys) = (Arc::new(AuthKeyState::detached(permanent, now)), Batch::new(Class::C2));
        plan_key(&mut keys, &key);
        if let Some((temporary, expires_at)) = temporary {
            let binding = Binding { permanent: key.id, expires_at, nonce: self.random_i64() };
            let temporary = AuthKeyState::detached(temporary, now);
            plan_key(&mut keys, &temporary);
            plan_binding(&mut keys, temporary.id, &binding);
        }
        for _ in 0..limits::ID_ATTEMPTS_MAX {
            let (user_id, mut batch) = (self.new_user_id(), keys.clone());
            plan_account(&mut batch, user_id, &phone, &profile);
            self.plan_sign_in(&mut batch, &key, user_id, SEEDED_FROM, None);
            match self.commit(batch).await {
                Ok(()) => return Ok(user_id),
                // Somebody else drew the same id: it happens to two of 100,000 people in four cases of ten.
                Err(error) if error.is_conflict() && self.user_by_phone(&phone).await?.is_none() => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Conflict.into())
    }
}
