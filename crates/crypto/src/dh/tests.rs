use super::*;
use crate::entropy::SystemEntropy;
use crate::ffi::is_prime;

#[test]
fn the_published_prime_is_a_safe_prime() {
    assert!(is_prime(&DH_PRIME));
    assert!(is_prime(&halve(&DH_PRIME)));
    assert!(DhGroup::new(ExponentLength::Short).is_ok());
}

#[test]
fn groups_that_break_a_condition_are_refused() {
    let condition = |change: &dyn Fn(&mut [u8; 256])| {
        let mut prime = DH_PRIME;
        change(&mut prime);
        let group = DhGroup::unchecked(&prime, ExponentLength::Short).expect("odd");
        group.check(&prime).err()
    };
    let bad = |condition| Some(CryptoError::BadGroup { condition });
    assert_eq!(condition(&|_| ()), None);
    assert_eq!(condition(&|prime| prime[0] &= 0x7f), bad("an odd number of 2048 bits"));
    for index in [1, 100, 200, 254] {
        assert_eq!(condition(&|prime| prime[index] ^= 4), bad("g generates the subgroup of order (p-1)/2"), "{index}");
    }
}

#[test]
fn numbers_with_factors_fail_the_test_for_primes() {
    let mut composite = halve(&DH_PRIME);
    composite[255] ^= 4;
    assert_eq!(passes_fermat(&composite), Ok(false));
    assert_eq!(passes_fermat(&halve(&DH_PRIME)), Ok(true));
}

#[test]
fn both_ends_agree() {
    for length in [ExponentLength::Short, ExponentLength::Full] {
        let group = DhGroup::new(length).expect("sound");
        let ours = group.make_share(&mut SystemEntropy).expect("memory suffices");
        let theirs = group.make_share(&mut SystemEntropy).expect("memory suffices");
        assert_ne!(ours.public(), theirs.public());
        let key = group.agree(&ours, theirs.public()).expect("in range");
        assert_eq!(*key, *group.agree(&theirs, ours.public()).expect("in range"));
    }
}

#[test]
fn exponents_have_the_length_that_was_asked_for() {
    assert_eq!((ExponentLength::Short.bytes() * 8, ExponentLength::Full.bytes() * 8), (320, 2048));
}

/// K11: the ends of the range, and what lies just outside.
#[test]
fn public_values_outside_the_range_are_refused() {
    let lowest = margin();
    let highest = subtract(&DH_PRIME, &lowest);
    let one = small(1);
    let mut accepted = DH_PRIME;
    accepted[0] = 0x40;
    for value in [lowest, highest, accepted] {
        assert!(DhGroup::is_public_in_range(&value));
    }
    let below_prime = subtract(&DH_PRIME, &one);
    let just_below = subtract(&lowest, &one);
    let just_above = subtract(&DH_PRIME, &just_below);
    let group = DhGroup::new(ExponentLength::Short).expect("sound");
    let share = group.make_share(&mut SystemEntropy).expect("memory suffices");
    for value in [small(0), one, small(2), just_below, just_above, below_prime, DH_PRIME, [0xff; 256]] {
        assert!(!DhGroup::is_public_in_range(&value));
        assert_eq!(group.agree(&share, &value).err(), Some(CryptoError::OutOfRange));
    }
}

fn small(value: u8) -> [u8; 256] {
    let mut bytes = [0; 256];
    bytes[255] = value;
    bytes
}

#[test]
fn a_share_prints_nothing() {
    let group = DhGroup::new(ExponentLength::Short).expect("sound");
    let share = group.make_share(&mut SystemEntropy).expect("memory suffices");
    assert_eq!(format!("{share:?}"), "Share { .. }");
}

/// An exponent that would give a value out of range is drawn again.
#[test]
fn exponents_that_leave_the_range_are_drawn_again() {
    struct ZerosFirst(u8);
    impl Entropy for ZerosFirst {
        fn fill(&mut self, buffer: &mut [u8]) {
            buffer.fill(self.0);
            self.0 += 1;
        }
    }
    let group = DhGroup::new(ExponentLength::Short).expect("sound");
    let mut entropy = ZerosFirst(0);
    let share = group.make_share(&mut entropy).expect("memory suffices");
    assert_eq!(entropy.0, 2, "g^0 = 1 was refused");
    assert!(DhGroup::is_public_in_range(share.public()));
}
