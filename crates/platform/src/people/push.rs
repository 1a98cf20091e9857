//! Push tokens of devices: stored with the device, gone with it. Sending pushes is not here.

use sha2::{Digest, Sha256};
use store::{Batch, Class, Key};

use super::auth_key::AuthKeyState;
use super::names::scan_all;
use crate::codec::{self, Stored};
use crate::keys::{self, authorisation_suffix};
use crate::{AuthKeyId, Platform, PlatformError, Refusal, limits};

/// How to wake a device.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct PushToken {
    /// The push service, as core.telegram.org/api/push-updates numbers them.
    #[n(0)]
    pub token_type: i32,
    /// The token itself.
    #[n(1)]
    pub token: String,
    /// Not for muted chats.
    #[n(2)]
    pub no_muted: bool,
    /// The push service's test side.
    #[n(3)]
    pub app_sandbox: bool,
    /// Encrypts what the push says.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub secret: Vec<u8>,
    /// Other accounts on the device.
    #[n(5)]
    pub other_uids: Vec<i64>,
}

impl Stored for PushToken {
    const WHAT: &'static str = "push token";
}

fn push_key(key: AuthKeyId, token_type: i32, token: &str) -> Key {
    let mut suffix = vec![authorisation_suffix::PUSH];
    suffix.extend_from_slice(&token_type.to_be_bytes());
    suffix.extend_from_slice(&Sha256::digest(token.as_bytes())[..16]);
    keys::authorisation_key(key, &suffix)
}

impl Platform {
    /// Registers a push token of this device.
    ///
    /// # Errors
    /// [`Refusal::LimitInvalid`] for a token that is none or one too many, or trouble of the store.
    pub async fn register_push(&self, key: &AuthKeyState, push: &PushToken) -> Result<(), PlatformError> {
        let fits = (1..=limits::PUSH_TOKEN_MAX_BYTES).contains(&push.token.len())
            && push.secret.len() <= limits::PUSH_TOKEN_MAX_BYTES
            && push.other_uids.len() <= limits::DEVICES_MAX;
        let known = self.push_tokens(key.id).await?;
        let again = known.iter().any(|old| old.token_type == push.token_type && old.token == push.token);
        if !fits || (!again && known.len() >= limits::PUSH_TOKENS_MAX) {
            return Err(Refusal::LimitInvalid.into());
        }
        let mut batch = Batch::new(Class::C2);
        batch.put(push_key(key.id, push.token_type, &push.token), codec::encode(push));
        self.commit(batch).await
    }

    /// Forgets a push token of this device; one that is not registered is no error.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn unregister_push(&self, key: &AuthKeyState, token_type: i32, token: &str) -> Result<(), PlatformError> {
        let mut batch = Batch::new(Class::C2);
        batch.deletes.push(push_key(key.id, token_type, token));
        self.commit(batch).await
    }

    /// The push tokens of a device.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn push_tokens(&self, key: AuthKeyId) -> Result<Vec<PushToken>, PlatformError> {
        let prefix = vec![authorisation_suffix::PUSH];
        let page = self.store().scan(&scan_all(keys::authorisation(key), prefix, limits::PUSH_TOKENS_MAX)).await?;
        page.items.iter().map(|(_, record)| codec::decode(&record.value)).collect()
    }
}
