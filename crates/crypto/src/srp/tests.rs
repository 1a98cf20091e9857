use super::*;
use crate::SystemEntropy;

const SALTS: (&[u8], &[u8]) = (b"first salt", b"second salt");

struct Checked {
    group: SrpGroup,
    verifier: [u8; NUMBER_BYTES],
    challenge: SrpChallenge,
}

fn begin(password: &str) -> Checked {
    let group = SrpGroup::new().unwrap();
    let verifier = client::verifier(&group, password, SALTS).unwrap();
    let challenge = group.challenge(&verifier, &mut SystemEntropy).unwrap();
    Checked { group, verifier, challenge }
}

impl Checked {
    fn answer(&self, password: &str) -> client::Answer {
        client::answer(&self.group, password, SALTS, self.challenge.public(), &mut SystemEntropy).unwrap()
    }

    fn check(&self, public: &[u8], proof: &[u8]) -> Result<bool, CryptoError> {
        self.group.check(&self.challenge, &self.verifier, SALTS, SrpAnswer { public, proof })
    }
}

#[test]
fn the_password_opens_and_no_other() {
    let checked = begin("kentongan");
    let right = checked.answer("kentongan");
    assert!(checked.check(&right.public, &right.proof).unwrap());
    let wrong = checked.answer("Kentongan");
    assert!(!checked.check(&wrong.public, &wrong.proof).unwrap());
    assert!(!checked.check(&right.public, &right.proof[..31]).unwrap());
    assert!(!checked.check(&right.public, &[]).unwrap());
}

#[test]
fn an_answer_fits_one_challenge_and_its_salts() {
    let checked = begin("kentongan");
    let right = checked.answer("kentongan");
    let other = checked.group.challenge(&checked.verifier, &mut SystemEntropy).unwrap();
    let answer = SrpAnswer { public: &right.public, proof: &right.proof };
    assert!(!checked.group.check(&other, &checked.verifier, SALTS, answer).unwrap());
    let salts: (&[u8], &[u8]) = (SALTS.0, b"another salt");
    assert!(!checked.group.check(&checked.challenge, &checked.verifier, salts, answer).unwrap());
}

/// With `A = 0` (or a multiple of `p`) the shared secret is 0 whatever the password: the proof for it is known to all.
#[test]
fn a_multiple_of_the_prime_is_refused() {
    let checked = begin("kentongan");
    for public in [vec![], vec![0; NUMBER_BYTES], DH_PRIME.to_vec(), vec![0xff; NUMBER_BYTES]] {
        let theirs = padded(&public).unwrap();
        let proof = checked.group.proof(SALTS, &theirs, checked.challenge.public(), &[0; NUMBER_BYTES]);
        assert!(matches!(checked.check(&public, &proof), Err(CryptoError::OutOfRange)));
    }
    assert!(matches!(checked.check(&[1; NUMBER_BYTES + 1], &[0; 32]), Err(CryptoError::OutOfRange)));
}

#[test]
fn a_short_number_is_padded_in_front() {
    let checked = begin("kentongan");
    assert!(!checked.check(&[7], &[0; 32]).unwrap());
    assert_eq!(padded(&[7]).unwrap()[NUMBER_BYTES - 1], 7);
}

#[test]
fn no_verifier_lets_everybody_in() {
    let mut number = [0; NUMBER_BYTES];
    assert!(!SrpGroup::is_verifier(&number));
    number[NUMBER_BYTES - 1] = 1;
    assert!(!SrpGroup::is_verifier(&number));
    assert!(!SrpGroup::is_verifier(&DH_PRIME));
    assert!(SrpGroup::is_verifier(&begin("kentongan").verifier));
}

/// Computed with Telethon 1.45.0's `password.py` for this password and these salts.
#[test]
fn the_password_is_stretched_as_clients_do() {
    let stretched = client::stretch("kentongan", SALTS).unwrap();
    assert_eq!(
        stretched.map(|byte| format!("{byte:02x}")).concat(),
        "e47a3617a157249dbb8a1befb9e6b3d699029aa190784e44449b091aa70888b3"
    );
}
