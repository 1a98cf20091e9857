//! Diffie-Hellman over the one group that every client knows.
//!
//! Clients compare the published prime or skip their own test for it, so that serving another would make each of them
//! test a 2048-bit number for primality, and some refuse. Page "mtproto/auth_key", "Checks" and "Security guidelines".

use std::fmt;

use zeroize::Zeroizing;

use crate::entropy::Entropy;
use crate::error::CryptoError;
use crate::ffi::{Modulus, Number};
use crate::fixed_base::FixedBase;

/// The published 2048-bit safe prime, big-endian.
pub const DH_PRIME: [u8; 256] = decode_hex(concat!(
    "c71caeb9c6b1c9048e6c522f70f13f73980d40238e3e21c14934d037563d930f",
    "48198a0aa7c14058229493d22530f4dbfa336f6e0ac925139543aed44cce7c37",
    "20fd51f69458705ac68cd4fe6b6b13abdc9746512969328454f18faf8c595f64",
    "2477fe96bb2a941d5bcd1d4ac8cc49880708fa9b378e3c4f3a9060bee67cf9a4",
    "a4a695811051907e162753b56b0f6b410dba74d8a84b2a14b3144e0ef1284754",
    "fd17ed950d5965b4b9dd46582db1178d169c6bc465b0d6ff9ca3928fef5b9ae4",
    "e418fc15e83ebea0f87fa9ff5eed70050ded2849f47bf959d956850ce929851f",
    "0d8115f635b105ee2e4e15d04b2454bf6f4fadf034b10403119cd8e3b92fcc5b",
));

/// The generator that goes with it: a quadratic residue, so that it spans the subgroup of prime order.
pub const GENERATOR: u8 = 3;

/// Security guidelines: a public value must be at least `2^(2048-64)` and at most `p - 2^(2048-64)`.
const MARGIN_BITS_FROM_TOP: usize = 64;

const fn decode_hex(text: &str) -> [u8; 256] {
    let text = text.as_bytes();
    let mut out = [0; 256];
    let mut index = 0;
    while index < 256 {
        out[index] = nibble(text[2 * index]) << 4 | nibble(text[2 * index + 1]);
        index += 1;
    }
    out
}

const fn nibble(character: u8) -> u8 {
    match character {
        b'0'..=b'9' => character - b'0',
        _ => character - b'a' + 10,
    }
}

/// How long the server's secret exponents are.
///
/// The page asks clients for 2048 bits and says nothing of a shorter form; on a safe prime of this size 225 bits carry the
/// full strength (RFC 7919, 5.2), and the short form costs a seventh of the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExponentLength {
    /// 320 bits.
    #[default]
    Short,
    /// 2048 bits.
    Full,
    /// 256 bits: still the group's full strength, for generators of load, which should cost little beside the server.
    Least,
}

impl ExponentLength {
    const fn bytes(self) -> usize {
        match self {
            Self::Short => 40,
            Self::Full => 256,
            Self::Least => 32,
        }
    }
}

/// A secret exponent `a` and its public `g^a`: made ahead of need, used for one key, wiped when dropped.
pub struct Share {
    exponent: Number,
    public: [u8; 256],
}

impl Share {
    /// `g^a mod p`, big-endian.
    #[must_use]
    pub fn public(&self) -> &[u8; 256] {
        &self.public
    }
}

impl fmt::Debug for Share {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Share").finish_non_exhaustive()
    }
}

/// The group with what its powers need, computed and checked once at start-up.
pub struct DhGroup {
    modulus: Modulus,
    generator: Number,
    /// The generator's powers: half of all powers of a key exchange are of it.
    generators: FixedBase,
    length: ExponentLength,
}

impl DhGroup {
    /// Makes the published group and checks its conditions, which takes some 10 ms.
    ///
    /// # Errors
    /// [`CryptoError::BadGroup`] when a condition fails: the binary is damaged.
    pub fn new(length: ExponentLength) -> Result<Self, CryptoError> {
        let group = Self::unchecked(&DH_PRIME, length)?;
        group.check(&DH_PRIME)?;
        Ok(group)
    }

    fn unchecked(prime: &[u8; 256], length: ExponentLength) -> Result<Self, CryptoError> {
        let (modulus, generator) = (Modulus::new(prime)?, Number::from_bytes(&[GENERATOR])?);
        let generators = FixedBase::new(&modulus, &generator, length.bytes())?;
        Ok(Self { modulus, generator, generators, length })
    }

    /// Page "mtproto/auth_key": `2^2047 < p < 2^2048`, `p` and `q = (p-1)/2` prime, `g` generates the subgroup of order
    /// `q`. When `q` is prime, `g^q = 1` proves both that `p` is prime (Pocklington, since `g^2 - 1 = 8` shares no factor
    /// with an odd `p`) and that `g` lies in the subgroup. `q` itself is tested to three bases, which is enough for a constant
    /// that nobody chooses; a test of this crate gives it the full number of rounds.
    fn check(&self, prime: &[u8; 256]) -> Result<(), CryptoError> {
        if prime[0] & 0x80 == 0 || prime[255] & 1 == 0 {
            return Err(CryptoError::BadGroup { condition: "an odd number of 2048 bits" });
        }
        let half = halve(prime);
        if !is_one(&self.modulus.power(&self.generator, &Number::from_bytes(&half)?)?)? {
            return Err(CryptoError::BadGroup { condition: "g generates the subgroup of order (p-1)/2" });
        }
        if !passes_fermat(&half)? {
            return Err(CryptoError::BadGroup { condition: "(p-1)/2 is prime" });
        }
        Ok(())
    }

    /// K10: a fresh, uniform exponent and its public value, which passes the same range check as the client's.
    ///
    /// # Errors
    /// [`CryptoError::Library`] when out of memory.
    pub fn make_share(&self, entropy: &mut dyn Entropy) -> Result<Share, CryptoError> {
        loop {
            let mut bytes = Zeroizing::new(vec![0; self.length.bytes()]);
            entropy.fill(&mut bytes);
            let public = *self.generators.power(&self.modulus, &bytes)?.to_bytes()?;
            let exponent = Number::from_bytes(&bytes)?;
            if Self::is_public_in_range(&public) {
                return Ok(Share { exponent, public });
            }
        }
    }

    /// `peer ^ a mod p`: the auth key.
    ///
    /// # Errors
    /// [`CryptoError::OutOfRange`] unless the peer's value passes [`DhGroup::is_public_in_range`].
    pub fn agree(&self, share: &Share, peer: &[u8; 256]) -> Result<Zeroizing<[u8; 256]>, CryptoError> {
        if !Self::is_public_in_range(peer) {
            return Err(CryptoError::OutOfRange);
        }
        self.modulus.power(&Number::from_bytes(peer)?, &share.exponent)?.to_bytes()
    }

    /// K11, page "mtproto/security_guidelines": `2^(2048-64) <= x <= p - 2^(2048-64)`, which contains `1 < x < p-1`.
    #[must_use]
    pub fn is_public_in_range(value: &[u8; 256]) -> bool {
        let lowest = margin();
        let highest = subtract(&DH_PRIME, &lowest);
        value >= &lowest && value <= &highest
    }
}

impl fmt::Debug for DhGroup {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("DhGroup").field("length", &self.length).finish_non_exhaustive()
    }
}

/// `2^(2048-64)`, big-endian.
const fn margin() -> [u8; 256] {
    let mut out = [0; 256];
    out[MARGIN_BITS_FROM_TOP / 8 - 1] = 1;
    out
}

fn subtract(left: &[u8; 256], right: &[u8; 256]) -> [u8; 256] {
    let mut out = [0; 256];
    let mut borrow = 0;
    for index in (0..256).rev() {
        let difference = i16::from(left[index]) - i16::from(right[index]) - borrow;
        borrow = i16::from(difference < 0);
        out[index] = difference.to_le_bytes()[0];
    }
    out
}

/// `(x - 1) / 2` of an odd number.
fn halve(number: &[u8; 256]) -> [u8; 256] {
    let mut out = [0; 256];
    let mut carry = 0;
    for (to, from) in out.iter_mut().zip(number) {
        *to = (from >> 1) | carry;
        carry = from << 7;
    }
    out
}

/// `b^(n-1) = 1 mod n` for the bases 2, 3 and 5.
fn passes_fermat(number: &[u8; 256]) -> Result<bool, CryptoError> {
    let modulus = Modulus::new(number)?;
    let mut less_one = *number;
    less_one[255] &= !1;
    let exponent = Number::from_bytes(&less_one)?;
    for base in [2, 3, 5] {
        if !is_one(&modulus.power(&Number::from_bytes(&[base])?, &exponent)?)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_one(number: &Number) -> Result<bool, CryptoError> {
    Ok(number.to_public_bytes() == [1])
}

#[cfg(test)]
mod tests;
