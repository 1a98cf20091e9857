//! What the service account writes to people, in their language.

use std::cmp::Reverse;

use crate::words::{Language, Words};
use crate::{Platform, PlatformError, UserId, limits};

impl Platform {
    /// Writes a login code to a person's other devices.
    pub(crate) async fn tell_login_code(&self, user_id: UserId, code: &str) -> Result<(), PlatformError> {
        self.tell(user_id, Words::LoginCode, &[("code", code)]).await
    }

    /// Writes to a person as the service account.
    pub(crate) async fn tell(
        &self,
        user_id: UserId,
        words: Words,
        values: &[(&str, &str)],
    ) -> Result<(), PlatformError> {
        let language = self.language_of(user_id).await?.unwrap_or_default();
        self.send_service_message(user_id, &language.say(words, values), Vec::new()).await?;
        Ok(())
    }

    /// The language that a person's devices speak, the one used last first; `None` when none of them says it.
    pub(crate) async fn language_of(&self, user_id: UserId) -> Result<Option<Language>, PlatformError> {
        let mut devices = self.device_records(user_id).await?;
        devices.sort_by_key(|(_, device)| (device.is_waiting(), Reverse(device.active_at)));
        for (key_id, _) in devices.into_iter().take(limits::LANGUAGE_DEVICES_MAX) {
            let key = self.auth_key(key_id).await?;
            if let Some(language) = key.and_then(|key| Language::of_code(&key.client().lang_code)) {
                return Ok(Some(language));
            }
        }
        Ok(None)
    }
}
