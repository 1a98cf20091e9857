//! Proving that a temporary key belongs to a permanent one.

use crypto::Entropy;

use crate::envelope::{AuthKey, Binding, seal_v1};

/// The `encrypted_message` of `auth.bindTempAuthKey`, under the permanent key.
#[must_use]
pub fn seal_binding(permanent: &AuthKey, binding: &Binding, entropy: &mut dyn Entropy) -> Vec<u8> {
    seal_v1(permanent, binding, entropy)
}
