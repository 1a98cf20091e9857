//! People made in numbers, for measurements on large populations: each as if they had signed up and stayed, with the keys they
//! will come back with. Whoever calls this owns the data folder and serves nobody.

use std::sync::Arc;

use store::{Batch, Class};

use super::auth_key::{AuthKeyState, Binding, NewAuthKey, plan_binding, plan_key};
use super::names::Phone;
use super::person::Profile;
use super::sign_in::plan_account;
use crate::{Platform, PlatformError, UserId};

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
        let (phone, user_id, now) = (Phone::parse(&phone)?, self.new_user_id(), self.now());
        let mut batch = Batch::new(Class::C2);
        let profile =
            Profile { first_name, phone: Some(phone.as_str().to_owned()), created_at: now, ..Profile::default() };
        plan_account(&mut batch, user_id, &phone, &profile);
        let key = Arc::new(AuthKeyState::detached(permanent, now));
        plan_key(&mut batch, &key);
        self.plan_sign_in(&mut batch, &key, user_id, SEEDED_FROM, None);
        if let Some((temporary, expires_at)) = temporary {
            let binding = Binding { permanent: key.id, expires_at, nonce: self.random_i64() };
            let temporary = AuthKeyState::detached(temporary, now);
            plan_key(&mut batch, &temporary);
            plan_binding(&mut batch, temporary.id, &binding);
        }
        self.commit(batch).await?;
        Ok(user_id)
    }
}
