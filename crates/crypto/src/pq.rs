//! The small proof of work of the key exchange: `pq`, the product of two distinct odd primes.
//!
//! Both primes have exactly 31 bits and their two top bits set, so that `pq` always takes eight bytes and lies below
//! `2^62`, and each prime takes four: the inner data of the key exchange then has one of three fixed lengths, which lets
//! the server check it without parsing anything first.

mod curves;

use crate::entropy::{Entropy, random_array};

/// A product and its factors, `p < q`. Public as soon as the client has done its work; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pq {
    /// The smaller prime.
    pub p: u32,
    /// The larger prime.
    pub q: u32,
}

impl Pq {
    /// Draws two distinct primes.
    #[must_use]
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        let first = random_prime(entropy);
        loop {
            let second = random_prime(entropy);
            if second != first {
                return Self { p: first.min(second), q: first.max(second) };
            }
        }
    }

    /// The product, at most `2^62`.
    #[must_use]
    pub fn product(&self) -> u64 {
        u64::from(self.p) * u64::from(self.q)
    }
}

fn random_prime(entropy: &mut dyn Entropy) -> u32 {
    const TOP_BITS: u32 = 0x6000_0000;
    loop {
        // A draw is dear beside looking at what was drawn.
        for drawn in random_array::<64>(entropy).as_chunks::<4>().0 {
            let candidate = u32::from_le_bytes(*drawn) & 0x7fff_ffff | TOP_BITS | 1;
            if is_prime(candidate) {
                return candidate;
            }
        }
    }
}

/// Of factors below the modulus: their product takes 64 bits.
fn multiply_small(left: u64, right: u64, modulus: u32) -> u64 {
    left * right % u64::from(modulus)
}

fn power(base: u32, mut exponent: u32, modulus: u32) -> u64 {
    let (mut result, mut base) = (1, u64::from(base % modulus));
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = multiply_small(result, base, modulus);
        }
        base = multiply_small(base, base, modulus);
        exponent >>= 1;
    }
    result
}

/// Miller-Rabin; the bases 2, 3, 5 and 7 decide every number below 3,215,031,751 (Jaeschke, 1993), which covers 31 bits.
fn is_prime(number: u32) -> bool {
    const BASES: [u32; 4] = [2, 3, 5, 7];
    if number < 11 || BASES.iter().any(|base| number.is_multiple_of(*base)) {
        return BASES.contains(&number);
    }
    let twos = (number - 1).trailing_zeros();
    let odd = (number - 1) >> twos;
    BASES.iter().all(|base| passes_miller_rabin(number, power(*base, odd, number), twos))
}

fn passes_miller_rabin(number: u32, start: u64, twos: u32) -> bool {
    if start == 1 {
        return true;
    }
    let mut value = start;
    for _ in 0..twos {
        if value == u64::from(number - 1) {
            return true;
        }
        value = multiply_small(value, value, number);
    }
    false
}

/// The client's side: the factors of a product of two odd primes, smaller one first, by elliptic curves, and by Pollard's rho
/// where these tell nothing. `None` when no factor is found within a bound that suffices for 32-bit factors.
#[must_use]
pub fn factor(product: u64) -> Option<(u64, u64)> {
    const ATTEMPTS: u64 = 32;
    if product < 4 || product.is_multiple_of(2) || product >> 62 != 0 {
        return None;
    }
    let walked = || (1..=ATTEMPTS).find_map(|increment| rho(product, increment));
    let one = curves::by_curves(product).or_else(walked)?;
    let other = product / one;
    Some((one.min(other), one.max(other)))
}

/// One walk. The differences of a batch of steps are multiplied up, so that the slow divisor is taken once per batch; when
/// a batch holds both factors, it is walked again step by step.
fn rho(product: u64, increment: u64) -> Option<u64> {
    const BATCHES: usize = 1 << 13;
    const BATCH_STEPS: usize = 128;
    let mut walk = Walk { ring: Montgomery::new(product), increment, slow: 2, fast: 2 };
    for _ in 0..BATCHES {
        let before = walk;
        let gathered = (0..BATCH_STEPS).fold(1, |gathered, _| walk.ring.multiply(gathered, walk.step()));
        match greatest_common_divisor(gathered, product) {
            1 => {}
            divisor if divisor < product => return Some(divisor),
            _ => return before.slowly(BATCH_STEPS),
        }
    }
    None
}

/// Products without divisions, modulo an odd number below 2^62. Each carries a factor of 2^-64, which changes neither the
/// walk's nature nor what divides a difference.
#[derive(Clone, Copy)]
struct Montgomery {
    modulus: u64,
    /// `-1 / modulus` modulo 2^64.
    inverse: u64,
}

impl Montgomery {
    fn new(modulus: u64) -> Self {
        // Newton's iteration doubles the correct bits, from the three that every odd number has.
        let inverse =
            (0..5).fold(modulus, |guess: u64, _| guess.wrapping_mul(2_u64.wrapping_sub(modulus.wrapping_mul(guess))));
        Self { modulus, inverse: inverse.wrapping_neg() }
    }

    /// `left * right / 2^64` modulo the number, for factors below twice of it; below the number.
    fn multiply(self, left: u64, right: u64) -> u64 {
        let product = u128::from(left) * u128::from(right);
        let correction = (product as u64).wrapping_mul(self.inverse);
        let sum = (product + u128::from(correction) * u128::from(self.modulus)) >> 64;
        let reduced = sum as u64;
        if reduced >= self.modulus { reduced - self.modulus } else { reduced }
    }
}

#[derive(Clone, Copy)]
struct Walk {
    ring: Montgomery,
    increment: u64,
    slow: u64,
    fast: u64,
}

impl Walk {
    fn next(&self, value: u64) -> u64 {
        self.ring.multiply(value, value) + self.increment
    }

    /// One step of the slow walker and two of the fast one; how far apart they are.
    fn step(&mut self) -> u64 {
        self.slow = self.next(self.slow);
        self.fast = self.next(self.next(self.fast));
        self.slow.abs_diff(self.fast)
    }

    fn slowly(mut self, steps: usize) -> Option<u64> {
        let product = self.ring.modulus;
        let divisors = (0..steps).map(|_| greatest_common_divisor(self.step(), product));
        divisors.into_iter().find(|divisor| *divisor > 1).filter(|divisor| *divisor < product)
    }
}

fn greatest_common_divisor(mut left: u64, mut right: u64) -> u64 {
    while right != 0 {
        (left, right) = (right, left % right);
    }
    left
}

#[cfg(test)]
mod tests;
