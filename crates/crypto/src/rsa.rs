//! The server's RSA key pair: made once, kept as PKCS#1 PEM, named by its fingerprint, used raw.
//!
//! "Raw" because the protocol brings its own padding (RSA_PAD, or the older SHA-1 form), which the key exchange checks.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::error::CryptoError;
use crate::ffi::Rsa;
use crate::hash::sha1;
use crate::limits::PEM_MAX_BYTES;

/// Bytes of the modulus, and so of every encrypted block. The key exchange fixes it.
pub const RSA_BYTES: usize = 256;

const RSA_BITS: i32 = 2048;
const PRIVATE_LABEL: &str = "RSA PRIVATE KEY";
const PUBLIC_LABEL: &str = "RSA PUBLIC KEY";
const PEM_LINE_CHARS: usize = 64;

/// The public half: what clients are given.
pub struct PublicKey {
    rsa: Rsa,
    fingerprint: i64,
    modulus: [u8; RSA_BYTES],
}

impl PublicKey {
    fn new(rsa: Rsa) -> Result<Self, CryptoError> {
        let (modulus, exponent) = rsa.public_parts();
        let fingerprint = fingerprint(&modulus, &exponent);
        let expected = CryptoError::KeySize { got: modulus.len(), expected: RSA_BYTES };
        let modulus = modulus.try_into().map_err(|_| expected)?;
        Ok(Self { rsa, fingerprint, modulus })
    }

    /// Reads `-----BEGIN RSA PUBLIC KEY-----`.
    ///
    /// # Errors
    /// [`CryptoError::Pem`], [`CryptoError::BadKey`] or [`CryptoError::KeySize`].
    pub fn from_pem(pem: &str) -> Result<Self, CryptoError> {
        Self::new(Rsa::from_public_der(&decode_pem(pem, PUBLIC_LABEL)?)?)
    }

    /// Writes `-----BEGIN RSA PUBLIC KEY-----`.
    ///
    /// # Errors
    /// [`CryptoError::Library`] when out of memory.
    pub fn to_pem(&self) -> Result<String, CryptoError> {
        Ok(encode_pem(&self.rsa.public_der()?, PUBLIC_LABEL).to_string())
    }

    /// How clients name this key: the lower 64 bits of the SHA-1 of its two numbers (page "mtproto/auth_key").
    #[must_use]
    pub fn fingerprint(&self) -> i64 {
        self.fingerprint
    }

    /// The modulus, big-endian.
    #[must_use]
    pub fn modulus(&self) -> &[u8; RSA_BYTES] {
        &self.modulus
    }

    /// `input ^ e mod n`.
    ///
    /// # Errors
    /// [`CryptoError::OutOfRange`] when the number is not below the modulus.
    pub fn encrypt_raw(&self, input: &[u8; RSA_BYTES]) -> Result<[u8; RSA_BYTES], CryptoError> {
        self.rsa.public_raw(input).map(|output| *output)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PublicKey").field("fingerprint", &self.fingerprint).finish_non_exhaustive()
    }
}

/// The private half. It prints nothing of itself.
pub struct PrivateKey {
    rsa: Rsa,
    public: PublicKey,
}

impl PrivateKey {
    fn new(rsa: Rsa) -> Result<Self, CryptoError> {
        if rsa.size() != RSA_BYTES {
            return Err(CryptoError::KeySize { got: rsa.size(), expected: RSA_BYTES });
        }
        let public = PublicKey::new(Rsa::from_public_der(&rsa.public_der()?)?)?;
        Ok(Self { rsa, public })
    }

    /// A fresh 2048-bit key. One whose fingerprint begins with a zero digit is thrown away: mtcute writes fingerprints with
    /// leading zeros in one place and without in another, and would not find it.
    ///
    /// # Errors
    /// [`CryptoError::Library`] when out of memory.
    pub fn generate() -> Result<Self, CryptoError> {
        loop {
            let key = Self::new(Rsa::generate(RSA_BITS)?)?;
            if has_all_digits(key.fingerprint()) {
                return Ok(key);
            }
        }
    }

    /// Reads `-----BEGIN RSA PRIVATE KEY-----`.
    ///
    /// # Errors
    /// [`CryptoError::Pem`], [`CryptoError::BadKey`] or [`CryptoError::KeySize`].
    pub fn from_pem(pem: &str) -> Result<Self, CryptoError> {
        Self::new(Rsa::from_private_der(&decode_pem(pem, PRIVATE_LABEL)?)?)
    }

    /// Writes `-----BEGIN RSA PRIVATE KEY-----`.
    ///
    /// # Errors
    /// [`CryptoError::Library`] when out of memory.
    pub fn to_pem(&self) -> Result<Zeroizing<String>, CryptoError> {
        Ok(encode_pem(&self.rsa.private_der()?, PRIVATE_LABEL))
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The fingerprint of the public half.
    #[must_use]
    pub fn fingerprint(&self) -> i64 {
        self.public.fingerprint
    }

    /// `input ^ d mod n`, blinded and in constant time.
    ///
    /// # Errors
    /// [`CryptoError::OutOfRange`] unless `1 < input < n - 1`; the library refuses the three numbers that no key hides.
    pub fn decrypt_raw(&self, input: &[u8; RSA_BYTES]) -> Result<Zeroizing<[u8; RSA_BYTES]>, CryptoError> {
        self.rsa.private_raw(input)
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PrivateKey").field("fingerprint", &self.public.fingerprint).finish_non_exhaustive()
    }
}

/// Page "mtproto/auth_key", "Presenting proof of work": 64 lower-order bits of SHA-1 over the bare `rsa_public_key n:string
/// e:string`.
fn fingerprint(modulus: &[u8], exponent: &[u8]) -> i64 {
    let mut serialised = Vec::new();
    push_tl_string(&mut serialised, modulus);
    push_tl_string(&mut serialised, exponent);
    let digest = sha1(&[&serialised]);
    let mut low = [0; 8];
    low.copy_from_slice(&digest[12..]);
    i64::from_le_bytes(low)
}

/// The protocol's string: one length byte, or 254 and three, then the bytes, then zeros to a multiple of four.
fn push_tl_string(out: &mut Vec<u8>, bytes: &[u8]) {
    if let Ok(short) = u8::try_from(bytes.len())
        && short < 254
    {
        out.push(short);
    } else {
        out.push(254);
        out.extend_from_slice(&bytes.len().to_le_bytes()[..3]);
    }
    out.extend_from_slice(bytes);
    out.resize(out.len().next_multiple_of(4), 0);
}

/// Whether the hexadecimal form of a fingerprint has all of its sixteen digits.
fn has_all_digits(fingerprint: i64) -> bool {
    fingerprint.cast_unsigned() >> 60 != 0
}

fn encode_pem(der: &[u8], label: &str) -> Zeroizing<String> {
    let encoded = Zeroizing::new(STANDARD.encode(der));
    let mut pem = Zeroizing::new(String::with_capacity(encoded.len() * 2 + 2 * label.len()));
    pem.push_str(&format!("-----BEGIN {label}-----\n"));
    for (index, character) in encoded.chars().enumerate() {
        if index > 0 && index % PEM_LINE_CHARS == 0 {
            pem.push('\n');
        }
        pem.push(character);
    }
    pem.push_str(&format!("\n-----END {label}-----\n"));
    pem
}

fn decode_pem(pem: &str, label: &'static str) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
    let wrong = CryptoError::Pem { expected: label };
    if pem.len() > PEM_MAX_BYTES {
        return Err(wrong);
    }
    let (_, after_begin) = pem.split_once(&format!("-----BEGIN {label}-----")).ok_or(wrong)?;
    let (body, _) = after_begin.split_once(&format!("-----END {label}-----")).ok_or(wrong)?;
    let compact: Zeroizing<String> = Zeroizing::new(body.chars().filter(|c| !c.is_ascii_whitespace()).collect());
    STANDARD.decode(compact.as_bytes()).map(Zeroizing::new).map_err(|_| wrong)
}

#[cfg(test)]
mod tests;
