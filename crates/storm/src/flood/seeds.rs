//! A population that the fleet knows without having made it: numbers and keys follow from a person's place in it. The server's
//! program writes it into an empty folder (`kentong seed`); keys that everybody can work out protect nobody.

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// The life of the temporary keys of such people, in seconds: a week.
pub const TEMPORARY_SECONDS: i32 = 7 * 86_400;

/// Which key of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The one that stays.
    Permanent = 1,
    /// The one bound to it.
    Temporary = 2,
}

/// A person's key.
#[must_use]
pub fn key(number: u32, kind: Kind) -> [u8; 256] {
    let mut key = [0; 256];
    ChaCha8Rng::seed_from_u64(u64::from(number) << 8 | kind as u64).fill_bytes(&mut key);
    key
}

/// A person's number.
#[must_use]
pub fn phone(number: u32) -> String {
    format!("90{number:010}")
}

/// Whether the `number`-th belongs to this part of all, spread evenly.
#[must_use]
pub fn is_among(number: u32, part: f64) -> bool {
    let before = (f64::from(number) * part).floor();
    (f64::from(number + 1) * part).floor() > before
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_different_and_always_the_same() {
        assert_eq!(key(7, Kind::Permanent), key(7, Kind::Permanent));
        assert_ne!(key(7, Kind::Permanent), key(7, Kind::Temporary));
        assert_ne!(key(7, Kind::Permanent), key(8, Kind::Permanent));
    }

    #[test]
    fn a_part_is_spread_evenly() {
        assert_eq!((0..10).filter(|number| is_among(*number, 0.5)).count(), 5);
        assert_eq!((0..10).filter(|number| is_among(*number, 0.0)).count(), 0);
        assert_eq!((0..10).filter(|number| is_among(*number, 1.0)).count(), 10);
    }
}
