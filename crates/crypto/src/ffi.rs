//! The narrow, safe face of AWS-LC: big numbers, one Montgomery context, one RSA key. All unsafe code of the project is
//! in this file.
//!
//! Every pointer that AWS-LC gives us is owned by exactly one of the types below and freed in its `Drop`. Types are
//! `Sync` only where the library promises that shared use is safe.

use std::ptr::NonNull;

use aws_lc_sys as lc;
use zeroize::Zeroizing;

use crate::error::CryptoError;

/// Fills a buffer from AWS-LC's generator. It aborts the process rather than return without randomness.
pub(crate) fn fill_random(buffer: &mut [u8]) {
    // SAFETY: the pointer and length describe one writable slice.
    let done = unsafe { lc::RAND_bytes(buffer.as_mut_ptr(), buffer.len()) };
    assert_eq!(done, 1, "the generator of the library cannot fail once it runs");
}

/// A number of any size; wiped when dropped.
pub(crate) struct Number(NonNull<lc::BIGNUM>);

// SAFETY: a BIGNUM has no ties to a thread, and none of the functions called with a shared reference changes it.
unsafe impl Send for Number {}
// SAFETY: as above: shared references are only read.
unsafe impl Sync for Number {}

impl Number {
    /// From big-endian bytes.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, CryptoError> {
        // SAFETY: the slice is readable; a null third argument asks for a new number, which we own from here on.
        let pointer = unsafe { lc::BN_bin2bn(bytes.as_ptr(), bytes.len(), std::ptr::null_mut()) };
        NonNull::new(pointer).map(Self).ok_or(CryptoError::Library { operation: "BN_bin2bn" })
    }

    /// From words, the least significant first; all of them count for the time that computing with it takes.
    pub(crate) fn from_words(words: &[u64; LIMBS]) -> Result<Self, CryptoError> {
        let mut bytes = Zeroizing::new([0; LIMBS * 8]);
        for (bytes, word) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(words) {
            *bytes = word.to_le_bytes();
        }
        // SAFETY: the bytes are readable; a null third argument asks for a new number, which we own from here on.
        let pointer = unsafe { lc::BN_le2bn(bytes.as_ptr(), bytes.len(), std::ptr::null_mut()) };
        NonNull::new(pointer).map(Self).ok_or(CryptoError::Library { operation: "BN_le2bn" })
    }

    /// Its words, the least significant first, in a time that does not depend on the value.
    pub(crate) fn to_words(&self) -> Result<Zeroizing<[u64; LIMBS]>, CryptoError> {
        let bytes = self.to_bytes::<{ LIMBS * 8 }>()?;
        let mut words = Zeroizing::new([0; LIMBS]);
        for (word, bytes) in words.iter_mut().rev().zip(bytes.as_chunks::<8>().0) {
            *word = u64::from_be_bytes(*bytes);
        }
        Ok(words)
    }

    fn zero() -> Result<Self, CryptoError> {
        // SAFETY: no arguments; the result is ours or null.
        let pointer = unsafe { lc::BN_new() };
        NonNull::new(pointer).map(Self).ok_or(CryptoError::Library { operation: "BN_new" })
    }

    /// Big-endian bytes, padded in front, in a time that depends on `N` only.
    pub(crate) fn to_bytes<const N: usize>(&self) -> Result<Zeroizing<[u8; N]>, CryptoError> {
        let mut bytes = Zeroizing::new([0; N]);
        // SAFETY: the output is writable for N bytes; the number is alive.
        let done = unsafe { lc::BN_bn2bin_padded(bytes.as_mut_ptr(), N, self.0.as_ptr()) };
        if done == 1 { Ok(bytes) } else { Err(CryptoError::Library { operation: "BN_bn2bin_padded" }) }
    }

    /// The shortest big-endian form; for public numbers only, since its time depends on the value.
    pub(crate) fn to_public_bytes(&self) -> Vec<u8> {
        public_bytes(self.0.as_ptr())
    }
}

/// The shortest big-endian form of a public number.
fn public_bytes(number: *const lc::BIGNUM) -> Vec<u8> {
    // SAFETY: callers pass a live number.
    let bits = unsafe { lc::BN_num_bits(number) } as usize;
    let mut bytes = vec![0; bits.div_ceil(8)];
    // SAFETY: the vector has exactly BN_num_bytes of room, which is what BN_bn2bin writes.
    unsafe { lc::BN_bn2bin(number, bytes.as_mut_ptr()) };
    bytes
}

impl Drop for Number {
    fn drop(&mut self) {
        // SAFETY: we own the pointer and nobody can use it after this.
        unsafe { lc::BN_clear_free(self.0.as_ptr()) };
    }
}

/// Scratch space of one computation; never shared, never kept.
struct Scratch(NonNull<lc::BN_CTX>);

impl Scratch {
    fn new() -> Result<Self, CryptoError> {
        // SAFETY: no arguments; the result is ours or null.
        let pointer = unsafe { lc::BN_CTX_new() };
        NonNull::new(pointer).map(Self).ok_or(CryptoError::Library { operation: "BN_CTX_new" })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // SAFETY: we own the pointer.
        unsafe { lc::BN_CTX_free(self.0.as_ptr()) };
    }
}

/// Words of a number of 2048 bits.
pub(crate) const LIMBS: usize = 32;

/// An odd public modulus with what its powers need, computed once.
pub(crate) struct Modulus {
    number: Number,
    montgomery: NonNull<lc::BN_MONT_CTX>,
}

// SAFETY: a BN_MONT_CTX is immutable after its making and AWS-LC takes it as const.
unsafe impl Send for Modulus {}
// SAFETY: as above.
unsafe impl Sync for Modulus {}

impl Modulus {
    /// `bytes` is an odd number greater than one, big-endian.
    pub(crate) fn new(bytes: &[u8]) -> Result<Self, CryptoError> {
        let number = Number::from_bytes(bytes)?;
        let scratch = Scratch::new()?;
        // SAFETY: both pointers are alive; the result is ours or null.
        let pointer = unsafe { lc::BN_MONT_CTX_new_for_modulus(number.0.as_ptr(), scratch.0.as_ptr()) };
        let montgomery =
            NonNull::new(pointer).ok_or(CryptoError::Library { operation: "BN_MONT_CTX_new_for_modulus" })?;
        Ok(Self { number, montgomery })
    }

    /// `base ^ exponent mod self`. Takes a time that depends on the lengths of its arguments only: the exponent is read
    /// through a table access that touches every entry. `base` must be below the modulus.
    pub(crate) fn power(&self, base: &Number, exponent: &Number) -> Result<Number, CryptoError> {
        let result = Number::zero()?;
        let scratch = Scratch::new()?;
        // SAFETY: all pointers are alive for the call; result is not shared with anyone yet; the Montgomery context was
        // made for this modulus.
        let done = unsafe {
            lc::BN_mod_exp_mont_consttime(
                result.0.as_ptr(),
                base.0.as_ptr(),
                exponent.0.as_ptr(),
                self.number.0.as_ptr(),
                scratch.0.as_ptr(),
                self.montgomery.as_ptr(),
            )
        };
        if done == 1 { Ok(result) } else { Err(CryptoError::Library { operation: "BN_mod_exp_mont_consttime" }) }
    }

    /// `left * right mod self`, in a time that depends on the modulus only. Both must be below the modulus.
    pub(crate) fn multiply(&self, left: &Number, right: &Number) -> Result<Number, CryptoError> {
        let (lifted, result) = (Number::zero()?, Number::zero()?);
        let scratch = Scratch::new()?;
        let (montgomery, scratch) = (self.montgomery.as_ptr(), scratch.0.as_ptr());
        // SAFETY: all pointers are alive for both calls, the results are shared with nobody, and the Montgomery context was
        // made for this modulus. Lifting one factor and multiplying by the other plain one leaves the plain product.
        let done = unsafe {
            lc::BN_to_montgomery(lifted.0.as_ptr(), left.0.as_ptr(), montgomery, scratch) == 1
                && lc::BN_mod_mul_montgomery(
                    result.0.as_ptr(),
                    lifted.0.as_ptr(),
                    right.0.as_ptr(),
                    montgomery,
                    scratch,
                ) == 1
        };
        if done { Ok(result) } else { Err(CryptoError::Library { operation: "BN_mod_mul_montgomery" }) }
    }

    /// For many products in a row, of numbers that stay lifted into Montgomery's form.
    pub(crate) fn products(&self) -> Result<Products<'_>, CryptoError> {
        Ok(Products { modulus: self, scratch: Scratch::new()? })
    }

    /// `left + right mod self`, in constant time. Both must be below the modulus.
    pub(crate) fn add(&self, left: &Number, right: &Number) -> Result<Number, CryptoError> {
        self.linear("BN_mod_add_quick", lc::BN_mod_add_quick, left, right)
    }

    /// `left - right mod self`, in constant time. Both must be below the modulus.
    pub(crate) fn subtract(&self, left: &Number, right: &Number) -> Result<Number, CryptoError> {
        self.linear("BN_mod_sub_quick", lc::BN_mod_sub_quick, left, right)
    }

    fn linear(
        &self,
        operation: &'static str,
        call: LinearOperation,
        left: &Number,
        right: &Number,
    ) -> Result<Number, CryptoError> {
        let result = Number::zero()?;
        // SAFETY: all pointers are alive for the call and the result is shared with nobody.
        let done = unsafe { call(result.0.as_ptr(), left.0.as_ptr(), right.0.as_ptr(), self.number.0.as_ptr()) };
        if done == 1 { Ok(result) } else { Err(CryptoError::Library { operation }) }
    }
}

/// Products of lifted numbers, which share their scratch space. Each takes a time that depends on the modulus only.
pub(crate) struct Products<'m> {
    modulus: &'m Modulus,
    scratch: Scratch,
}

impl Products<'_> {
    /// Lifts a number below the modulus.
    pub(crate) fn lift(&self, number: &Number) -> Result<Number, CryptoError> {
        self.call("BN_to_montgomery", |result, montgomery, scratch| {
            // SAFETY: all pointers are alive for the call, and the result is shared with nobody.
            unsafe { lc::BN_to_montgomery(result, number.0.as_ptr(), montgomery, scratch) }
        })
    }

    /// The number that was lifted.
    pub(crate) fn lower(&self, lifted: &Number) -> Result<Number, CryptoError> {
        self.call("BN_from_montgomery", |result, montgomery, scratch| {
            // SAFETY: all pointers are alive for the call, and the result is shared with nobody.
            unsafe { lc::BN_from_montgomery(result, lifted.0.as_ptr(), montgomery, scratch) }
        })
    }

    /// The lifted product of two lifted numbers.
    pub(crate) fn of(&self, left: &Number, right: &Number) -> Result<Number, CryptoError> {
        self.call("BN_mod_mul_montgomery", |result, montgomery, scratch| {
            // SAFETY: all pointers are alive for the call, and the result is shared with nobody.
            unsafe { lc::BN_mod_mul_montgomery(result, left.0.as_ptr(), right.0.as_ptr(), montgomery, scratch) }
        })
    }

    fn call(
        &self,
        operation: &'static str,
        call: impl FnOnce(*mut lc::BIGNUM, *const lc::BN_MONT_CTX, *mut lc::BN_CTX) -> i32,
    ) -> Result<Number, CryptoError> {
        let result = Number::zero()?;
        let done = call(result.0.as_ptr(), self.modulus.montgomery.as_ptr(), self.scratch.0.as_ptr());
        if done == 1 { Ok(result) } else { Err(CryptoError::Library { operation }) }
    }
}

type LinearOperation =
    unsafe extern "C" fn(*mut lc::BIGNUM, *const lc::BIGNUM, *const lc::BIGNUM, *const lc::BIGNUM) -> i32;

/// PBKDF2 with HMAC-SHA-512.
pub(crate) fn pbkdf2_sha512<const N: usize>(
    password: &[u8],
    salt: &[u8],
    iterations: u32,
) -> Result<Zeroizing<[u8; N]>, CryptoError> {
    let mut key = Zeroizing::new([0; N]);
    // SAFETY: both inputs are readable and the output writable for their lengths; EVP_sha512 is a constant of the library.
    let done = unsafe {
        lc::PKCS5_PBKDF2_HMAC(
            password.as_ptr().cast(),
            password.len(),
            salt.as_ptr(),
            salt.len(),
            iterations,
            lc::EVP_sha512(),
            N,
            key.as_mut_ptr(),
        )
    };
    if done == 1 { Ok(key) } else { Err(CryptoError::Library { operation: "PKCS5_PBKDF2_HMAC" }) }
}

impl Drop for Modulus {
    fn drop(&mut self) {
        // SAFETY: we own the pointer.
        unsafe { lc::BN_MONT_CTX_free(self.montgomery.as_ptr()) };
    }
}

/// An RSA key, public or private.
pub(crate) struct Rsa(NonNull<lc::RSA>);

// SAFETY: AWS-LC allows concurrent use of one RSA object for operations with it; its caches and blinding values are
// behind a lock of its own, and we never change a key after its making.
unsafe impl Send for Rsa {}
// SAFETY: as above.
unsafe impl Sync for Rsa {}

impl Rsa {
    fn own(pointer: *mut lc::RSA, error: CryptoError) -> Result<Self, CryptoError> {
        NonNull::new(pointer).map(Self).ok_or(error)
    }

    /// A fresh key with the exponent 65537, from AWS-LC's own generator.
    pub(crate) fn generate(bits: i32) -> Result<Self, CryptoError> {
        const FAILED: CryptoError = CryptoError::Library { operation: "RSA_generate_key_ex" };
        let exponent = Number::from_bytes(&[1, 0, 1])?;
        // SAFETY: no arguments; the result is ours or null.
        let key = Self::own(unsafe { lc::RSA_new() }, FAILED)?;
        // SAFETY: the key is new and unshared, the exponent alive, and a null callback is allowed.
        let done = unsafe { lc::RSA_generate_key_ex(key.0.as_ptr(), bits, exponent.0.as_ptr(), std::ptr::null_mut()) };
        if done == 1 { Ok(key) } else { Err(FAILED) }
    }

    /// From a DER RSAPrivateKey; AWS-LC checks that its parts fit together.
    pub(crate) fn from_private_der(der: &[u8]) -> Result<Self, CryptoError> {
        // SAFETY: the slice is readable; the result is ours or null.
        let pointer = unsafe { lc::RSA_private_key_from_bytes(der.as_ptr(), der.len()) };
        Self::own(pointer, CryptoError::BadKey)
    }

    /// From a DER RSAPublicKey.
    pub(crate) fn from_public_der(der: &[u8]) -> Result<Self, CryptoError> {
        // SAFETY: the slice is readable; the result is ours or null.
        let pointer = unsafe { lc::RSA_public_key_from_bytes(der.as_ptr(), der.len()) };
        Self::own(pointer, CryptoError::BadKey)
    }

    /// The DER RSAPrivateKey.
    pub(crate) fn private_der(&self) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        // SAFETY: the closure hands on live out-pointers and a live key.
        take_bytes("RSA_private_key_to_bytes", |out, length| unsafe {
            lc::RSA_private_key_to_bytes(out, length, self.0.as_ptr())
        })
    }

    /// The DER RSAPublicKey.
    pub(crate) fn public_der(&self) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        // SAFETY: the closure hands on live out-pointers and a live key.
        take_bytes("RSA_public_key_to_bytes", |out, length| unsafe {
            lc::RSA_public_key_to_bytes(out, length, self.0.as_ptr())
        })
    }

    /// Bytes of the modulus.
    pub(crate) fn size(&self) -> usize {
        // SAFETY: the key is alive.
        (unsafe { lc::RSA_size(self.0.as_ptr()) }) as usize
    }

    /// The modulus and the public exponent, each in its shortest big-endian form.
    pub(crate) fn public_parts(&self) -> (Vec<u8>, Vec<u8>) {
        // SAFETY: the key is alive, and every key made here has both numbers, which live as long as it does.
        let (modulus, exponent) = unsafe { (lc::RSA_get0_n(self.0.as_ptr()), lc::RSA_get0_e(self.0.as_ptr())) };
        (public_bytes(modulus), public_bytes(exponent))
    }

    /// `input ^ d mod n` without any padding: blinded, by the Chinese remainder theorem, in constant time, and checked
    /// against a faulty computation before it is given out.
    pub(crate) fn private_raw<const N: usize>(&self, input: &[u8; N]) -> Result<Zeroizing<[u8; N]>, CryptoError> {
        self.raw(input, lc::RSA_decrypt)
    }

    /// `input ^ e mod n` without any padding.
    pub(crate) fn public_raw<const N: usize>(&self, input: &[u8; N]) -> Result<Zeroizing<[u8; N]>, CryptoError> {
        self.raw(input, lc::RSA_encrypt)
    }

    fn raw<const N: usize>(&self, input: &[u8; N], operation: RawOperation) -> Result<Zeroizing<[u8; N]>, CryptoError> {
        let mut output = Zeroizing::new([0; N]);
        let mut length = 0;
        // SAFETY: input is readable and output writable for N bytes, the length is alive, and the key is shared only
        // for operations that the library allows from several threads.
        let done = unsafe {
            operation(self.0.as_ptr(), &raw mut length, output.as_mut_ptr(), N, input.as_ptr(), N, lc::RSA_NO_PADDING)
        };
        if done == 1 && length == N {
            return Ok(output);
        }
        // SAFETY: no arguments. The queue of this thread is emptied so that refusals do not pile up in it.
        unsafe { lc::ERR_clear_error() };
        Err(CryptoError::OutOfRange)
    }
}

type RawOperation = unsafe extern "C" fn(*mut lc::RSA, *mut usize, *mut u8, usize, *const u8, usize, i32) -> i32;

/// Calls a function that allocates its result, copies the result and wipes the original.
fn take_bytes(
    operation: &'static str,
    call: impl FnOnce(*mut *mut u8, *mut usize) -> i32,
) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
    let mut pointer = std::ptr::null_mut();
    let mut length = 0;
    if call(&raw mut pointer, &raw mut length) != 1 || pointer.is_null() {
        return Err(CryptoError::Library { operation });
    }
    // SAFETY: the call succeeded, so that pointer and length describe one allocation that is now ours.
    let bytes = Zeroizing::new(unsafe { std::slice::from_raw_parts(pointer, length) }.to_vec());
    // SAFETY: allocated by the library and not used after this; OPENSSL_free wipes what it frees.
    unsafe { lc::OPENSSL_free(pointer.cast()) };
    Ok(bytes)
}

impl Drop for Rsa {
    fn drop(&mut self) {
        // SAFETY: we own this reference.
        unsafe { lc::RSA_free(self.0.as_ptr()) };
    }
}

/// The library's own test with its full number of rounds; too slow for start-up.
#[cfg(test)]
pub(crate) fn is_prime(bytes: &[u8]) -> bool {
    let number = Number::from_bytes(bytes).expect("memory suffices");
    let scratch = Scratch::new().expect("memory suffices");
    let mut result = 0;
    // SAFETY: all pointers are alive; a null callback is allowed.
    let done = unsafe {
        lc::BN_primality_test(&raw mut result, number.0.as_ptr(), 64, scratch.0.as_ptr(), 1, std::ptr::null_mut())
    };
    done == 1 && result == 1
}
