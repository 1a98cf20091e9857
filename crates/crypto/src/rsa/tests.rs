use std::sync::OnceLock;

use super::*;

/// The published key of Telegram's test servers and its published fingerprint: both sides of the derivation are known.
const PUBLISHED: &str = "-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEAyMEdY1aR+sCR3ZSJrtztKTKqigvO/vBfqACJLZtS7QMgCGXJ6XIR
yy7mx66W0/sOFa7/1mAZtEoIokDP3ShoqF4fVNb6XeqgQfaUHd8wJpDWHcR2OFwv
plUUI1PLTktZ9uW2WE23b+ixNwJjJGwBDJPQEQFBE+vfmH0JP503wr5INS1poWg/
j25sIWeYPHYeOrFp/eXaqhISP6G+q2IeTaWTXpwZj4LzXq5YOpk4bYEQ6mvRq7D1
aHWfYmlEGepfaYR8Q0YqvvhYtMte3ITnuSJs171+GDqpdKcSwHnd6FudwGO4pcCO
j4WcDuXc2CTHgH8gFTNhp/Y8/SpDOhvn9QIDAQAB
-----END RSA PUBLIC KEY-----
";
const PUBLISHED_FINGERPRINT: u64 = 0xb258_98df_208d_2603;

fn key() -> &'static PrivateKey {
    static KEY: OnceLock<PrivateKey> = OnceLock::new();
    KEY.get_or_init(|| PrivateKey::generate().expect("memory suffices"))
}

#[test]
fn the_fingerprint_is_the_published_one() {
    let public = PublicKey::from_pem(PUBLISHED).expect("a sound key");
    assert_eq!(public.fingerprint().cast_unsigned(), PUBLISHED_FINGERPRINT);
    assert_eq!(public.to_pem().expect("memory suffices"), PUBLISHED);
}

#[test]
fn what_the_public_half_encrypts_the_private_half_decrypts() {
    for first in [0, 1, 0x7f] {
        let mut number = [0xa5; RSA_BYTES];
        number[0] = first;
        let encrypted = key().public().encrypt_raw(&number).expect("below the modulus");
        assert_ne!(encrypted, number);
        assert_eq!(*key().decrypt_raw(&encrypted).expect("below the modulus"), number);
    }
}

#[test]
fn numbers_at_or_over_the_modulus_are_refused() {
    let modulus = *key().public().modulus();
    for number in [modulus, [0xff; RSA_BYTES]] {
        assert_eq!(key().decrypt_raw(&number).err(), Some(CryptoError::OutOfRange));
        assert_eq!(key().public().encrypt_raw(&number), Err(CryptoError::OutOfRange));
    }
    // The modulus is odd, so that taking one or two away borrows at most once.
    let less = |by: u8| {
        let mut number = modulus;
        let (last, borrowed) = number[255].overflowing_sub(by);
        (number[255], number[254]) = (last, number[254].wrapping_sub(u8::from(borrowed)));
        number
    };
    assert_eq!(key().decrypt_raw(&less(1)).err(), Some(CryptoError::OutOfRange), "its own inverse");
    assert_eq!(key().decrypt_raw(&[0; RSA_BYTES]).err(), Some(CryptoError::OutOfRange));
    if modulus[254] > 0 {
        assert!(key().decrypt_raw(&less(2)).is_ok());
    }
}

#[test]
fn a_key_pair_survives_its_file() {
    let pem = key().to_pem().expect("memory suffices");
    assert!(pem.starts_with("-----BEGIN RSA PRIVATE KEY-----\n"));
    assert!(pem.lines().all(|line| line.len() <= 64));
    let again = PrivateKey::from_pem(&pem).expect("a sound key");
    assert_eq!(again.fingerprint(), key().fingerprint());
    let encrypted = key().public().encrypt_raw(&[1; RSA_BYTES]).expect("below the modulus");
    assert_eq!(*again.decrypt_raw(&encrypted).expect("below the modulus"), [1; RSA_BYTES]);
}

#[test]
fn damaged_files_are_refused() {
    let pem = key().to_pem().expect("memory suffices");
    let label = CryptoError::Pem { expected: "RSA PRIVATE KEY" };
    let truncated: String = pem.chars().take(pem.len() / 2).collect();
    let wrong_end = pem.replace("END RSA PRIVATE", "END");
    let with_noise = pem.replace("\nM", "\n!");
    let too_long = format!("{}{}", *pem, " ".repeat(PEM_MAX_BYTES));
    for text in ["", "key", PUBLISHED, &truncated, &wrong_end, &with_noise, &too_long] {
        assert_eq!(PrivateKey::from_pem(text).err(), Some(label), "{text}");
    }
    let without_last_line = pem.lines().filter(|line| line.len() == 64 || line.starts_with('-')).collect::<Vec<_>>();
    assert_eq!(PrivateKey::from_pem(&without_last_line.join("\n")).err(), Some(CryptoError::BadKey));
}

#[test]
fn keys_of_another_size_are_refused() {
    let small = Rsa::generate(1024).expect("memory suffices");
    let expected = CryptoError::KeySize { got: 128, expected: RSA_BYTES };
    assert_eq!(
        PublicKey::new(Rsa::from_public_der(&small.public_der().expect("sound")).expect("sound")).err(),
        Some(expected)
    );
    assert_eq!(PrivateKey::new(small).err(), Some(expected));
}

#[test]
fn a_key_prints_its_name_only() {
    let printed = format!("{:?}", key());
    assert_eq!(printed, format!("PrivateKey {{ fingerprint: {}, .. }}", key().fingerprint()));
}

#[test]
fn fingerprints_with_leading_zeros_are_told_apart() {
    for fingerprint in [0x1000_0000_0000_0000, -1, i64::MIN, key().fingerprint()] {
        assert!(has_all_digits(fingerprint), "{fingerprint:x}");
    }
    for fingerprint in [0, 1, 0x04b6_8583_6361_a04d, 0x0fff_ffff_ffff_ffff] {
        assert!(!has_all_digits(fingerprint), "{fingerprint:x}");
    }
}
