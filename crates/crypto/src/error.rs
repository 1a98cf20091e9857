//! What can go wrong.

/// Why an operation was refused or failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CryptoError {
    /// The text is not a PEM block of the expected kind.
    #[error("not a PKCS#1 PEM block of the kind {expected}")]
    Pem {
        /// The label between the dashes.
        expected: &'static str,
    },
    /// The bytes inside the PEM block are not a usable key.
    #[error("not a usable RSA key")]
    BadKey,
    /// Only 2048-bit keys are served: the messages of the key exchange have no room for others.
    #[error("an RSA key of {got} bytes, expected {expected}")]
    KeySize {
        /// Bytes of the modulus found.
        got: usize,
        /// Bytes of the modulus wanted.
        expected: usize,
    },
    /// The number is not below the modulus.
    #[error("the number is not below the modulus")]
    OutOfRange,
    /// The prime and generator do not meet the conditions of the protocol.
    #[error("the group fails its conditions: {condition}")]
    BadGroup {
        /// Which one.
        condition: &'static str,
    },
    /// The library ran out of memory or failed in a way that it does not explain.
    #[error("the cryptographic library failed in {operation}")]
    Library {
        /// What was being done.
        operation: &'static str,
    },
}
