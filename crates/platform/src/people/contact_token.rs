//! Links by which a person is found without their number: the id and an end, signed by the server. Nothing is stored.

use subtle::ConstantTimeEq;

use crate::{Platform, UserId, limits};

/// Id 8 bytes, end 4 bytes, signature 16 bytes.
const TOKEN_BYTES: usize = 28;

impl Platform {
    /// A token that finds this person, and until when (Unix seconds).
    #[must_use]
    pub fn contact_token(&self, owner: UserId) -> (String, i32) {
        let expires_at = self.now().saturating_add(limits::CONTACT_TOKEN_SECONDS);
        let mut token = owner.0.to_be_bytes().to_vec();
        token.extend_from_slice(&expires_at.to_be_bytes());
        token.extend_from_slice(&self.sign_contact_token(&token));
        (hex::encode(token), expires_at)
    }

    /// Whom a token finds; nobody once it ended or when this server did not make it.
    #[must_use]
    pub fn owner_of_contact_token(&self, token: &str) -> Option<UserId> {
        let bytes: [u8; TOKEN_BYTES] = hex::decode(token).ok()?.try_into().ok()?;
        let (said, signature) = bytes.split_at(12);
        let genuine: bool = self.sign_contact_token(said).ct_eq(signature).into();
        let owner = i64::from_be_bytes(said[..8].try_into().ok()?);
        let expires_at = i32::from_be_bytes(said[8..].try_into().ok()?);
        (genuine && expires_at > self.now()).then_some(UserId(owner))
    }

    fn sign_contact_token(&self, said: &[u8]) -> [u8; 16] {
        let digest = self.keyed_hash(b"contact token", &[said]);
        digest[..16].try_into().expect("a digest has 32 bytes")
    }
}
