//! AES-256 in the two modes of the protocol: IGE for messages, CTR for the obfuscated transport.

use ::aes::{Aes256Dec, Aes256Enc};
use ctr::Ctr128BE;
use ige::cipher::{Array, BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, StreamCipher, StreamCipherSeek};

use crate::Zeroizing;

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
///
/// Every obfuscated connection has two, mostly at rest: what is worked out of the key, four times as long as all this, is
/// worked out anew each time, in less than a tenth of a microsecond.
pub struct CtrStream {
    key: Zeroizing<[u8; 32]>,
    iv: [u8; 16],
    /// In bytes from the beginning.
    position: u64,
}

impl CtrStream {
    /// Starts at the beginning of the stream.
    #[must_use]
    pub fn new(key: &[u8; 32], iv: &[u8; 16]) -> Self {
        Self { key: Zeroizing::new(*key), iv: *iv, position: 0 }
    }

    /// Encrypts or decrypts in place.
    pub fn apply(&mut self, data: &mut [u8]) {
        if data.is_empty() {
            return;
        }
        let mut stream = Ctr128BE::<Aes256Enc>::new((&*self.key).into(), (&self.iv).into());
        stream.seek(self.position);
        stream.apply_keystream(data);
        self.position += data.len() as u64;
    }
}

#[cfg(test)]
mod tests {
    use ::aes::cipher::BlockCipherEncrypt;
    use ::aes::cipher::KeyInit;

    use super::*;

    /// IGE by its definition: each block is encrypted with the cipher block before it mixed in before, and the plain
    /// block before it mixed in after.
    fn by_definition(data: &[u8], key: &[u8; 32], iv: &[u8; 32]) -> Vec<u8> {
        let cipher = Aes256Enc::new(key.into());
        let (mut cipher_before, mut plain_before) = (iv[..16].to_vec(), iv[16..].to_vec());
        let mut out = Vec::new();
        for plain in data.chunks(BLOCK_BYTES) {
            let mixed: Vec<u8> = plain.iter().zip(&cipher_before).map(|(a, b)| a ^ b).collect();
            let mut block = Array::try_from(mixed.as_slice()).expect("a whole block");
            cipher.encrypt_block(&mut block);
            cipher_before = block.iter().zip(&plain_before).map(|(a, b)| a ^ b).collect();
            plain_before = plain.to_vec();
            out.extend_from_slice(&cipher_before);
        }
        out
    }

    fn numbered<const N: usize>(from: u8) -> [u8; N] {
        std::array::from_fn(|index| from.wrapping_add(u8::try_from(index % 256).expect("a remainder")))
    }

    #[test]
    fn ige_is_what_its_definition_says_and_comes_back() {
        let (key, iv) = (numbered(1), numbered(77));
        for blocks in [0, 1, 2, 3, 17] {
            let plain: Vec<u8> = numbered::<272>(9)[..blocks * BLOCK_BYTES].to_vec();
            let mut data = plain.clone();
            ige_encrypt(&mut data, &key, &iv);
            assert_eq!(data, by_definition(&plain, &key, &iv));
            ige_decrypt(&mut data, &key, &iv);
            assert_eq!(data, plain);
        }
    }

    #[test]
    #[should_panic(expected = "whole blocks")]
    fn ige_insists_on_whole_blocks() {
        ige_encrypt(&mut [0; 17], &[0; 32], &[0; 32]);
    }

    /// NIST SP 800-38A, F.5.5, in pieces that do not fall on block boundaries.
    #[test]
    fn ctr_gives_the_standard_stream_however_it_is_cut() {
        let key = [
            0x60, 0x3d, 0xeb, 0x10, 0x15, 0xca, 0x71, 0xbe, 0x2b, 0x73, 0xae, 0xf0, 0x85, 0x7d, 0x77, 0x81, 0x1f, 0x35,
            0x2c, 0x07, 0x3b, 0x61, 0x08, 0xd7, 0x2d, 0x98, 0x10, 0xa3, 0x09, 0x14, 0xdf, 0xf4,
        ];
        let iv = numbered(0xf0);
        let plain = [
            0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96, 0xe9, 0x3d, 0x7e, 0x11, 0x73, 0x93, 0x17, 0x2a, 0xae, 0x2d,
            0x8a, 0x57, 0x1e, 0x03, 0xac, 0x9c, 0x9e, 0xb7, 0x6f, 0xac, 0x45, 0xaf, 0x8e, 0x51,
        ];
        let expected = [
            0x60, 0x1e, 0xc3, 0x13, 0x77, 0x57, 0x89, 0xa5, 0xb7, 0xa7, 0xf5, 0x04, 0xbb, 0xf3, 0xd2, 0x28, 0xf4, 0x43,
            0xe3, 0xca, 0x4d, 0x62, 0xb5, 0x9a, 0xca, 0x84, 0xe9, 0x90, 0xca, 0xca, 0xf5, 0xc5,
        ];
        for cut in 0..=plain.len() {
            let mut data = plain;
            let mut stream = CtrStream::new(&key, &iv);
            stream.apply(&mut data[..cut]);
            stream.apply(&mut data[cut..]);
            assert_eq!(data, expected, "cut at {cut}");
        }
    }

    /// Every obfuscated connection has two, and most connections rest.
    #[test]
    fn a_stream_at_rest_is_small() {
        assert!(size_of::<CtrStream>() <= 64);
    }
}
