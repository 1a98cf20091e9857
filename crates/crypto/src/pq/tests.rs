use super::*;
use crate::entropy::SystemEntropy;

/// K1, and the promises of this module that the key exchange builds on.
#[test]
fn a_pq_is_two_distinct_odd_primes_of_31_bits() {
    for _ in 0..200 {
        let Pq { p, q } = Pq::generate(&mut SystemEntropy);
        assert!(p < q);
        for prime in [p, q] {
            assert!(is_prime_by_division(prime), "{prime}");
            assert_eq!(prime.leading_zeros(), 1);
        }
        let product = Pq { p, q }.product();
        assert!((1 << 61..1 << 62).contains(&product), "{product}");
        assert_eq!(factor(product), Some((u64::from(p), u64::from(q))));
    }
}

fn is_prime_by_division(number: u32) -> bool {
    number % 2 == 1
        && (3..)
            .step_by(2)
            .take_while(|d| u64::from(*d) * u64::from(*d) <= u64::from(number))
            .all(|d| !number.is_multiple_of(d))
}

#[test]
fn small_numbers_and_strong_pseudoprimes_are_told_apart() {
    let primes: Vec<u32> = (0..60).filter(|number| is_prime(*number)).collect();
    assert_eq!(primes, [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59]);
    // Strong pseudoprimes to the bases 2; 2 and 3; 2, 3 and 5; and a Carmichael number.
    for number in [2047, 1_373_653, 25_326_001, 561] {
        assert!(!is_prime(number), "{number}");
    }
    assert!(is_prime(2_147_483_647));
}

#[test]
fn runs_are_fresh() {
    let first = Pq::generate(&mut SystemEntropy);
    assert_ne!(first, Pq::generate(&mut SystemEntropy));
}

#[test]
fn equal_primes_are_drawn_again() {
    struct Repeats(Vec<u32>);
    impl Entropy for Repeats {
        fn fill(&mut self, buffer: &mut [u8]) {
            let drawn = self.0.pop().expect("drawn too often").to_le_bytes();
            buffer.as_chunks_mut::<4>().0.fill(drawn);
        }
    }
    let (one, other) = (2_147_483_647, 2_147_483_629);
    let mut entropy = Repeats(vec![other, one, one]);
    assert_eq!(Pq::generate(&mut entropy), Pq { p: other, q: one });
}

#[test]
fn both_ways_of_factoring_find_factors() {
    for _ in 0..100 {
        let Pq { p, q } = Pq::generate(&mut SystemEntropy);
        let product = Pq { p, q }.product();
        let is_factor = |found: Option<u64>| found.is_some_and(|one| one == u64::from(p) || one == u64::from(q));
        assert!(is_factor(curves::by_curves(product)) || is_factor(rho(product, 1)), "{product}");
        assert!((1..=32).any(|increment| is_factor(rho(product, increment))), "{product}");
    }
    let found = (0..100).filter(|_| curves::by_curves(Pq::generate(&mut SystemEntropy).product()).is_some()).count();
    assert!(found > 90, "curves tell {found} of 100");
}

#[test]
fn primes_have_no_factors() {
    for number in [0, 1, 2, 3, 13, 2_147_483_647] {
        assert_eq!(factor(number), None, "{number}");
    }
    // The example of the page "mtproto/samples-auth_key".
    assert_eq!(factor(0x17ED_4894_1A08_F981), Some((0x494C_553B, 0x5391_1073)));
}
