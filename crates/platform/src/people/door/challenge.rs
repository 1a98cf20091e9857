//! The proof of work before a number is given: what makes ten thousand numbers dear and one cheap.
//!
//! A challenge is not stored: a keyed hash says that this server made it, for this auth key, until then. It serves once,
//! which the reservation remembers. The work grows with what the address was given lately (numbers, and challenges), so
//! that a village behind one address pays little and a farm of accounts much, and with the number of those who wait.

use std::net::IpAddr;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::people::flood::Act;
use crate::{AuthKeyId, Platform, Refusal, limits};

/// What a newcomer has to solve: find eight bytes whose hash behind the challenge begins with so many zero bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// Opaque; given back with the answer.
    pub bytes: Vec<u8>,
    /// Zero bits at the beginning of SHA-256(challenge, answer as eight bytes, big-endian).
    pub bits: u32,
    /// How long it counts, in seconds.
    pub expires_in: i32,
}

/// Names one challenge.
pub(super) type Nonce = [u8; NONCE_BYTES];

/// Bytes of the random beginning of a challenge.
const NONCE_BYTES: usize = 16;
/// Bytes of the keyed hash at its end.
const SEAL_BYTES: usize = 16;
/// Nonce, end of its time, bits, keyed hash.
const CHALLENGE_BYTES: usize = NONCE_BYTES + 4 + 1 + SEAL_BYTES;

/// A challenge taken apart.
struct Parts {
    nonce: Nonce,
    expires_at: i32,
    bits: u8,
}

impl Parts {
    fn read(bytes: &[u8; CHALLENGE_BYTES]) -> Self {
        let (nonce, rest) = bytes.split_first_chunk().expect("the length is the type's");
        let (expires_at, rest) = rest.split_first_chunk().expect("the length is the type's");
        Self { nonce: *nonce, expires_at: i32::from_be_bytes(*expires_at), bits: rest[0] }
    }

    fn head(&self) -> Vec<u8> {
        [self.nonce.as_slice(), &self.expires_at.to_be_bytes(), &[self.bits]].concat()
    }
}

/// A challenge that was solved.
pub(super) struct Solved {
    pub(super) nonce: Nonce,
    pub(super) expires_at: i32,
}

impl Platform {
    /// A fresh challenge for this key.
    ///
    /// # Errors
    /// [`Refusal::FloodWait`] for a key that fetches too many.
    pub fn door_challenge(&self, key: AuthKeyId, ip: IpAddr) -> Result<Challenge, Refusal> {
        let (act, who) = (Act::FetchChallengeForKey, key.0.to_string());
        self.inner.people.flood.count(act, &who, 1, limits::CHALLENGES_PER_KEY, self.now())?;
        self.count_act(Act::FetchChallenge, ip, u32::MAX)?;
        let expires_at = self.now().saturating_add(limits::CHALLENGE_SECONDS);
        let bits = self.work_of(ip);
        let parts = Parts { nonce: self.random(), expires_at, bits: u8::try_from(bits).unwrap_or(u8::MAX) };
        let mut bytes = parts.head();
        bytes.extend(self.seal(key, &parts));
        Ok(Challenge { bytes, bits, expires_in: limits::CHALLENGE_SECONDS })
    }

    /// The work asked of an address: what is set, and one bit more each time that the numbers it was given doubled, or the
    /// challenges: whoever fetches many ahead pays for them, too; or those who wait to come in.
    fn work_of(&self, ip: IpAddr) -> u32 {
        let base = self.inner.settings.proof_of_work_bits;
        if base == 0 {
            return 0;
        }
        let numbers = self.acts_of(Act::ReserveNumber, ip) / limits::NUMBERS_PER_WORK_STEP;
        let steps = numbers.max(self.acts_of(Act::FetchChallenge, ip) / limits::CHALLENGES_PER_WORK_STEP);
        // While newcomers queue, everybody pays: numbers taken in bulk become dear when they hurt most.
        let queue = self.inner.people.waiting_room.places() / limits::WAITING_PER_WORK_STEP;
        let steps = steps.max(u32::try_from(queue).unwrap_or(u32::MAX));
        (base + (u32::BITS - steps.leading_zeros())).min(limits::PROOF_OF_WORK_MAX_BITS)
    }

    fn seal(&self, key: AuthKeyId, parts: &Parts) -> [u8; SEAL_BYTES] {
        let digest = self.keyed_hash(b"door challenge", &[&key.0.to_be_bytes(), &parts.head()]);
        *digest.first_chunk().expect("a digest has 32 bytes")
    }

    /// The challenge, if this server made it for this key, its time is not over and the answer fits.
    pub(super) fn check_work(&self, key: AuthKeyId, challenge: &[u8], answer: u64) -> Result<Solved, Refusal> {
        let bytes: &[u8; CHALLENGE_BYTES] = challenge.try_into().map_err(|_| Refusal::ChallengeInvalid)?;
        let parts = Parts::read(bytes);
        let is_ours: bool = self.seal(key, &parts).ct_eq(&bytes[CHALLENGE_BYTES - SEAL_BYTES..]).into();
        if !is_ours {
            return Err(Refusal::ChallengeInvalid);
        }
        if parts.expires_at <= self.now() {
            return Err(Refusal::ChallengeExpired);
        }
        if zero_bits(challenge, answer) < u32::from(parts.bits) {
            return Err(Refusal::ChallengeInvalid);
        }
        Ok(Solved { nonce: parts.nonce, expires_at: parts.expires_at })
    }
}

/// Zero bits at the beginning of the hash of challenge and answer.
#[must_use]
pub fn zero_bits(challenge: &[u8], answer: u64) -> u32 {
    let digest = Sha256::new().chain_update(challenge).chain_update(answer.to_be_bytes()).finalize();
    let mut bits = 0;
    for byte in digest {
        bits += byte.leading_zeros();
        if byte != 0 {
            break;
        }
    }
    bits
}

/// The first answer that fits: what a client does, for tests and fleets of clients.
#[must_use]
pub fn solve(challenge: &Challenge) -> u64 {
    (0..u64::MAX).find(|answer| zero_bits(&challenge.bytes, *answer) >= challenge.bits).unwrap_or(u64::MAX)
}
