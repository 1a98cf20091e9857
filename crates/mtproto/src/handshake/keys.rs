//! What every key exchange of a server shares.

use crypto::{CryptoError, DhGroup, ExponentLength, PrivateKey, Stock};

use crate::limits::RSA_KEYS;

/// The server's RSA keys, its group, and what was made ahead. One for the process, behind an `Arc`.
#[derive(Debug)]
pub struct ServerKeys {
    rsa: Vec<PrivateKey>,
    group: DhGroup,
    stock: Stock,
    legacy_rsa_padding: bool,
}

impl ServerKeys {
    /// Takes the keys, the present one first, and makes and checks the group (K9).
    ///
    /// `legacy_rsa_padding` also accepts the SHA-1 padding that Telethon and Pyrogram still send (K6).
    ///
    /// # Errors
    /// [`CryptoError::BadGroup`] when the binary is damaged.
    ///
    /// # Panics
    /// When there is no key, or more than [`RSA_KEYS`].
    pub fn new(
        rsa: Vec<PrivateKey>,
        exponent_length: ExponentLength,
        legacy_rsa_padding: bool,
    ) -> Result<Self, CryptoError> {
        assert!((1..=RSA_KEYS).contains(&rsa.len()), "a server has 1 to {RSA_KEYS} RSA keys");
        Ok(Self { rsa, group: DhGroup::new(exponent_length)?, stock: Stock::default(), legacy_rsa_padding })
    }

    /// The keys offered to clients, the present one first.
    #[must_use]
    pub fn rsa(&self) -> &[PrivateKey] {
        &self.rsa
    }

    /// The Diffie-Hellman group.
    #[must_use]
    pub fn group(&self) -> &DhGroup {
        &self.group
    }

    /// What was made ahead. Refill it in idle time with [`Stock::refill`].
    #[must_use]
    pub fn stock(&self) -> &Stock {
        &self.stock
    }

    pub(super) fn accepts_legacy_padding(&self) -> bool {
        self.legacy_rsa_padding
    }

    /// K4: the key that a client chose.
    pub(super) fn by_fingerprint(&self, fingerprint: i64) -> Option<&PrivateKey> {
        self.rsa.iter().find(|key| key.fingerprint() == fingerprint)
    }

    pub(super) fn fingerprints(&self) -> impl ExactSizeIterator<Item = i64> {
        self.rsa.iter().map(PrivateKey::fingerprint)
    }
}
