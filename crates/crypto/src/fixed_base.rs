//! Powers of one base that never changes: a table of the base's powers replaces all squarings by one product a digit.
//!
//! The exponent is read in digits of four bits. For every place there are the sixteen powers that a digit there can ask
//! for, so a power of 320 bits takes 80 products where the general way takes 320 squarings besides. Which entry is taken
//! must not be seen in the processor's caches: all sixteen are read each time, and one is kept by masks. A larger table
//! would save products and lose the time again in reading it (320 KiB as it is).

use zeroize::Zeroizing;

use crate::error::CryptoError;
use crate::ffi::{LIMBS, Modulus, Number};

const DIGIT_BITS: usize = 4;
const ENTRIES: usize = 1 << DIGIT_BITS;

/// A number below the modulus, lifted into Montgomery's form, least significant word first.
type Words = [u64; LIMBS];

/// The powers of one base, for exponents of a fixed length.
pub(crate) struct FixedBase {
    /// For each digit, the least significant first, `base ^ (entry * 16 ^ place)`.
    places: Vec<[Words; ENTRIES]>,
}

impl FixedBase {
    /// Makes the table for exponents of so many bytes: sixteen products a digit, a few milliseconds.
    pub(crate) fn new(modulus: &Modulus, base: &Number, exponent_bytes: usize) -> Result<Self, CryptoError> {
        let products = modulus.products()?;
        let one = products.lift(&Number::from_bytes(&[1])?)?;
        let mut step = products.lift(base)?;
        let mut places = Vec::with_capacity(exponent_bytes * 8 / DIGIT_BITS);
        for _ in 0..exponent_bytes * 8 / DIGIT_BITS {
            let mut entries = [[0; LIMBS]; ENTRIES];
            let mut power = Number::from_words(&*one.to_words()?)?;
            for entry in &mut entries {
                *entry = *power.to_words()?;
                power = products.of(&power, &step)?;
            }
            // After sixteen products the power is the base of the next place.
            step = power;
            places.push(entries);
        }
        Ok(Self { places })
    }

    /// `base ^ exponent`, the exponent big-endian and of the length that the table was made for. Takes a time that depends
    /// on that length only.
    pub(crate) fn power(&self, modulus: &Modulus, exponent: &[u8]) -> Result<Number, CryptoError> {
        debug_assert_eq!(exponent.len() * 8 / DIGIT_BITS, self.places.len(), "the table is for another length");
        let products = modulus.products()?;
        let mut digits = exponent.iter().rev().flat_map(|byte| [byte & 0xf, byte >> DIGIT_BITS]).zip(&self.places);
        let Some((digit, entries)) = digits.next() else { return Number::from_bytes(&[1]) };
        let mut power = Number::from_words(&chosen(entries, digit))?;
        for (digit, entries) in digits {
            power = products.of(&power, &Number::from_words(&chosen(entries, digit))?)?;
        }
        products.lower(&power)
    }
}

/// One of the entries; all are read.
fn chosen(entries: &[Words; ENTRIES], digit: u8) -> Zeroizing<Words> {
    let mut found = Zeroizing::new([0; LIMBS]);
    for (entry, place) in entries.iter().zip(0_u8..) {
        let mask = mask_of_equal(place, digit);
        for (word, part) in found.iter_mut().zip(entry) {
            *word |= part & mask;
        }
    }
    found
}

/// All ones when the two are equal, else zero; the compiler is not told that it is a choice.
fn mask_of_equal(left: u8, right: u8) -> u64 {
    let difference = u64::from(left ^ right);
    std::hint::black_box(difference.wrapping_sub(1) >> 63).wrapping_neg()
}

#[cfg(test)]
mod tests;
