//! AES-256 in the two modes of the protocol: IGE for messages, CTR for the obfuscated transport.

use ::aes::{Aes256, Aes256Dec, Aes256Enc};
use ctr::Ctr128BE;
use ige::cipher::{Array, BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, StreamCipher};

const BLOCK_BYTES: usize = 16;

/// Encrypts in place. IGE has no padding and no integrity of its own: both are the caller's.
///
/// # Panics
/// When the length is not a multiple of 16, which every caller makes sure of.
pub fn ige_encrypt(data: &mut [u8], key: &[u8; 32], iv: &[u8; 32]) {
    let (blocks, rest) = Array::<u8, _>::slice_as_chunks_mut(data);
    assert!(rest.is_empty(), "IGE works on whole blocks of {BLOCK_BYTES} bytes");
    ige::Encryptor::<Aes256Enc>::new(key.into(), iv.into()).encrypt_blocks(blocks);
}

/// Decrypts in place.
///
/// # Panics
/// When the length is not a multiple of 16, which every caller makes sure of.
pub fn ige_decrypt(data: &mut [u8], key: &[u8; 32], iv: &[u8; 32]) {
    let (blocks, rest) = Array::<u8, _>::slice_as_chunks_mut(data);
    assert!(rest.is_empty(), "IGE works on whole blocks of {BLOCK_BYTES} bytes");
    ige::Decryptor::<Aes256Dec>::new(key.into(), iv.into()).decrypt_blocks(blocks);
}

/// A running AES-256-CTR key stream; each call goes on where the last one ended.
pub struct CtrStream(Ctr128BE<Aes256>);

impl CtrStream {
    /// Starts at the beginning of the stream.
    #[must_use]
    pub fn new(key: &[u8; 32], iv: &[u8; 16]) -> Self {
        Self(Ctr128BE::new(key.into(), iv.into()))
    }

    /// Encrypts or decrypts in place.
    pub fn apply(&mut self, data: &mut [u8]) {
        self.0.apply_keystream(data);
    }
}
