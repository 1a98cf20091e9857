//! RSA, Diffie-Hellman, AES-IGE and the hashes of the protocol; the only crate that may contain unsafe code.
//!
//! The two slow operations (a private RSA operation, a 2048-bit power) go to AWS-LC, whose versions of both take the same
//! time for every secret; everything else is RustCrypto. This crate knows no message of the protocol: which bytes are
//! hashed, encrypted or compared is decided above it.
//!
//! Randomness is an argument ([`Entropy`]), so that what stands above runs in a deterministic simulator; only the making
//! of an RSA key draws from AWS-LC's own generator.

mod aes;
mod dh;
mod entropy;
mod error;
mod ffi;
mod fixed_base;
mod hash;
pub mod limits;
mod pq;
mod rsa;
pub mod srp;
mod stock;

pub use self::aes::{CtrStream, ige_decrypt, ige_encrypt};
pub use self::dh::{DH_PRIME, DhGroup, ExponentLength, GENERATOR, Share};
pub use self::entropy::{Entropy, PaddingEntropy, SystemEntropy, random_array};
pub use self::error::CryptoError;
pub use self::hash::{Md5Sum, md5, sha1, sha256};
pub use self::pq::{Pq, factor};
pub use self::rsa::{PrivateKey, PublicKey, RSA_BYTES};
pub use self::stock::Stock;

pub use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
pub use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Whether two byte strings are the same, in a time that depends on their lengths only.
#[must_use]
pub fn equal(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}
