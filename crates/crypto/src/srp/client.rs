//! The client's side of the password check, for tests and for fleets of clients. Page "api/srp".

use zeroize::Zeroizing;

use super::{NUMBER_BYTES, SrpGroup};
use crate::entropy::Entropy;
use crate::error::CryptoError;
use crate::ffi::{self, Number};
use crate::sha256;

/// Rounds of PBKDF2 that the algorithm's name promises.
const ITERATIONS: u32 = 100_000;

/// What `inputCheckPasswordSRP` carries, besides the id.
#[derive(Clone, Debug)]
pub struct Answer {
    /// `A`.
    pub public: [u8; NUMBER_BYTES],
    /// `M1`.
    pub proof: [u8; 32],
}

/// The password, stretched: `PH2(password, salt1, salt2)`.
///
/// # Errors
/// [`CryptoError::Library`] when out of memory.
pub fn stretch(password: &str, salts: (&[u8], &[u8])) -> Result<Zeroizing<[u8; 32]>, CryptoError> {
    let salted = |data: &[u8], salt: &[u8]| Zeroizing::new(sha256(&[salt, data, salt]));
    let first = salted(&*salted(password.as_bytes(), salts.0), salts.1);
    let slow = ffi::pbkdf2_sha512::<64>(&*first, salts.0, ITERATIONS)?;
    Ok(salted(&*slow, salts.1))
}

/// `v = g^x mod p`: what the server keeps of a password.
///
/// # Errors
/// [`CryptoError::Library`] when out of memory.
pub fn verifier(group: &SrpGroup, password: &str, salts: (&[u8], &[u8])) -> Result<[u8; NUMBER_BYTES], CryptoError> {
    let secret = Number::from_bytes(&*stretch(password, salts)?)?;
    Ok(*group.modulus.power(&group.generator, &secret)?.to_bytes()?)
}

/// The answer to the server's `B`.
///
/// # Errors
/// [`CryptoError::Library`] when out of memory.
pub fn answer(
    group: &SrpGroup,
    password: &str,
    salts: (&[u8], &[u8]),
    server: &[u8; NUMBER_BYTES],
    entropy: &mut dyn Entropy,
) -> Result<Answer, CryptoError> {
    let mut exponent = Zeroizing::new([0; NUMBER_BYTES]);
    entropy.fill(&mut *exponent);
    let own = Number::from_bytes(&*exponent)?;
    let public = *group.modulus.power(&group.generator, &own)?.to_bytes()?;
    let (secret, scramble) = (stretch(password, salts)?, sha256(&[&public, server]));
    let shared = shared_secret(group, server, &own, &Number::from_bytes(&*secret)?, &Number::from_bytes(&scramble)?)?;
    Ok(Answer { proof: group.proof(salts, &public, server, &*shared.to_bytes()?), public })
}

/// `(B - k g^x)^(a + u x)`, as `base^a * (base^x)^u` so that no exponent needs arithmetic of its own.
fn shared_secret(
    group: &SrpGroup,
    server: &[u8; NUMBER_BYTES],
    own: &Number,
    secret: &Number,
    scramble: &Number,
) -> Result<Number, CryptoError> {
    let field = &group.modulus;
    let blind = field.multiply(&group.multiplier, &field.power(&group.generator, secret)?)?;
    let base = field.subtract(&Number::from_bytes(server)?, &blind)?;
    field.multiply(&field.power(&base, own)?, &field.power(&field.power(&base, secret)?, scramble)?)
}
