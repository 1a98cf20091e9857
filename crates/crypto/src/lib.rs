//! RSA, Diffie-Hellman, AES-IGE and the hashes of the protocol; the only crate that may contain unsafe code.
