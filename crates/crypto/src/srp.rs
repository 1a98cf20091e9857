//! The server's side of the password check: SRP 6a over the published prime, as page "api/srp" has it.
//!
//! The server keeps `v = g^x mod p`, of which the password cannot be read, and proves nothing to whoever does not know
//! it. Every step that touches `v` or a secret exponent takes a time that depends on lengths only. What a salt looks like
//! and how often one may guess is decided above; [`client`] is the other side, for tests and fleets of clients.

pub mod client;

use zeroize::Zeroizing;

use crate::dh::{DH_PRIME, DhGroup, GENERATOR};
use crate::entropy::Entropy;
use crate::error::CryptoError;
use crate::ffi::{Modulus, Number};
use crate::{equal, sha256};

/// Bytes of every number of the check, padded in front.
pub const NUMBER_BYTES: usize = 256;
/// Bytes of the server's exponent: 320 bits, as for the key exchange.
const EXPONENT_BYTES: usize = 40;

/// What all checks share, computed once.
pub struct SrpGroup {
    modulus: Modulus,
    generator: Number,
    /// `k = H(p | g)`.
    multiplier: Number,
    /// `H(p) xor H(g)`, the beginning of every proof.
    prefix: [u8; 32],
}

/// One check under way: a fresh secret and what the client is told of it. Good for one answer.
pub struct SrpChallenge {
    exponent: Zeroizing<[u8; EXPONENT_BYTES]>,
    public: [u8; NUMBER_BYTES],
}

impl SrpChallenge {
    /// `srp_B`.
    #[must_use]
    pub fn public(&self) -> &[u8; NUMBER_BYTES] {
        &self.public
    }
}

impl std::fmt::Debug for SrpChallenge {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SrpChallenge").finish_non_exhaustive()
    }
}

/// The client's answer.
#[derive(Clone, Copy, Debug)]
pub struct SrpAnswer<'a> {
    /// `A`, big-endian, at most [`NUMBER_BYTES`].
    pub public: &'a [u8],
    /// `M1`.
    pub proof: &'a [u8],
}

impl SrpGroup {
    /// The group every client knows.
    ///
    /// # Errors
    /// [`CryptoError::Library`] when out of memory.
    pub fn new() -> Result<Self, CryptoError> {
        let (prime, generator) = (DH_PRIME, padded(&[GENERATOR]).expect("one byte fits"));
        let mut prefix = sha256(&[&prime]);
        prefix.iter_mut().zip(sha256(&[&generator])).for_each(|(byte, other)| *byte ^= other);
        Ok(Self {
            modulus: Modulus::new(&prime)?,
            generator: Number::from_bytes(&[GENERATOR])?,
            multiplier: Number::from_bytes(&sha256(&[&prime, &generator]))?,
            prefix,
        })
    }

    /// Whether a number given as `v` can be one: as the key exchange asks of public values, so that no verifier lets
    /// everybody in.
    #[must_use]
    pub fn is_verifier(value: &[u8; NUMBER_BYTES]) -> bool {
        DhGroup::is_public_in_range(value)
    }

    /// A fresh `b` and `B = k v + g^b mod p`.
    ///
    /// # Errors
    /// [`CryptoError::Library`] when out of memory.
    pub fn challenge(
        &self,
        verifier: &[u8; NUMBER_BYTES],
        entropy: &mut dyn Entropy,
    ) -> Result<SrpChallenge, CryptoError> {
        let blind = self.modulus.multiply(&self.multiplier, &Number::from_bytes(verifier)?)?;
        loop {
            let mut exponent = Zeroizing::new([0; EXPONENT_BYTES]);
            entropy.fill(&mut *exponent);
            let power = self.modulus.power(&self.generator, &Number::from_bytes(&*exponent)?)?;
            let public = *self.modulus.add(&blind, &power)?.to_bytes()?;
            // Clients check both: a `B` of zero would do without the password.
            if DhGroup::is_public_in_range(&*power.to_bytes()?) && DhGroup::is_public_in_range(&public) {
                return Ok(SrpChallenge { exponent, public });
            }
        }
    }

    /// Whether the answer proves knowledge of the password behind `verifier` and these salts.
    ///
    /// # Errors
    /// [`CryptoError::OutOfRange`] unless `0 < A < p`.
    pub fn check(
        &self,
        challenge: &SrpChallenge,
        verifier: &[u8; NUMBER_BYTES],
        salts: (&[u8], &[u8]),
        answer: SrpAnswer<'_>,
    ) -> Result<bool, CryptoError> {
        let theirs = padded(answer.public).filter(is_residue).ok_or(CryptoError::OutOfRange)?;
        let scramble = Number::from_bytes(&sha256(&[&theirs, &challenge.public]))?;
        // (A v^u)^b
        let powered = self.modulus.power(&Number::from_bytes(verifier)?, &scramble)?;
        let base = self.modulus.multiply(&Number::from_bytes(&theirs)?, &powered)?;
        let shared = self.modulus.power(&base, &Number::from_bytes(&*challenge.exponent)?)?;
        let proof = self.proof(salts, &theirs, &challenge.public, &*shared.to_bytes()?);
        Ok(equal(&proof, answer.proof))
    }

    /// `M1 = H(H(p) xor H(g) | H(salt1) | H(salt2) | A | B | H(S))`.
    fn proof(
        &self,
        salts: (&[u8], &[u8]),
        theirs: &[u8; NUMBER_BYTES],
        ours: &[u8; NUMBER_BYTES],
        shared: &[u8; NUMBER_BYTES],
    ) -> [u8; 32] {
        let key = Zeroizing::new(sha256(&[shared]));
        sha256(&[&self.prefix, &sha256(&[salts.0]), &sha256(&[salts.1]), theirs, ours, &*key])
    }
}

impl std::fmt::Debug for SrpGroup {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SrpGroup").finish_non_exhaustive()
    }
}

/// A public number with zeros in front; `None` when it is longer.
fn padded(bytes: &[u8]) -> Option<[u8; NUMBER_BYTES]> {
    let mut out = [0; NUMBER_BYTES];
    let from = NUMBER_BYTES.checked_sub(bytes.len())?;
    out[from..].copy_from_slice(bytes);
    Some(out)
}

/// `0 < x < p`: a multiple of `p` would make the shared secret zero for everybody.
fn is_residue(value: &[u8; NUMBER_BYTES]) -> bool {
    value.iter().any(|byte| *byte != 0) && value < &DH_PRIME
}

#[cfg(test)]
mod tests;
