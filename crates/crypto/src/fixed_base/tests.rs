use super::*;
use crate::dh::{DH_PRIME, GENERATOR};
use crate::entropy::{Entropy, SystemEntropy};

#[test]
fn a_power_is_what_the_general_way_makes_of_it() {
    let modulus = Modulus::new(&DH_PRIME).expect("odd");
    let base = Number::from_bytes(&[GENERATOR]).expect("memory suffices");
    for bytes in [1, 40, 256] {
        let table = FixedBase::new(&modulus, &base, bytes).expect("memory suffices");
        let mut exponents = vec![vec![0; bytes], vec![0xff; bytes], vec![0x10; bytes], vec![1; bytes]];
        for _ in 0..20 {
            let mut exponent = vec![0; bytes];
            SystemEntropy.fill(&mut exponent);
            exponents.push(exponent);
        }
        for exponent in exponents {
            let ours: Zeroizing<[u8; 256]> =
                table.power(&modulus, &exponent).expect("memory suffices").to_bytes().expect("it fits");
            let number = Number::from_bytes(&exponent).expect("memory suffices");
            let theirs = modulus.power(&base, &number).expect("memory suffices").to_bytes().expect("it fits");
            assert_eq!(*ours, *theirs, "{exponent:02x?}");
        }
    }
}

#[test]
fn the_entry_asked_for_is_chosen() {
    let mut entries = [[0; LIMBS]; ENTRIES];
    for (entry, number) in entries.iter_mut().zip(1..) {
        entry.fill(number);
    }
    for digit in 0..16 {
        assert_eq!(*chosen(&entries, digit), [u64::from(digit) + 1; LIMBS]);
    }
}
