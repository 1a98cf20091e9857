//! The two computations of a key exchange, as values that may be sent to another thread.
//!
//! Each owns what it needs and gives the exchange's secrets back with its result, so that the connection holds no lock and
//! no half-finished state while it waits.

use crypto::{Choice, ConditionallySelectable, ConstantTimeEq, DhGroup, Entropy, Share, Zeroizing, sha1};

use super::dialled::{Dialled, Lifetime};
use super::inner::{Expected, Inner, open_inner};
use super::keys::ServerKeys;
use super::messages::{TemporaryKeys, ids, server_dh_inner_data, server_dh_params_ok};
use crate::envelope::AuthKey;
use crate::wire::{Malformed, Reader};

const SHA1_BYTES: usize = 20;
const BLOCK_BYTES: usize = 16;
/// `client_DH_inner_data` with its hash takes 336 bytes; a `g_b` with leading zeros makes it shorter.
const CLIENT_DATA_MAX_BYTES: usize = 384;
const CLIENT_DATA_MIN_BYTES: usize = 80;

/// The secrets between the second and the last message. Used for one key: it moves from step to step and is never copied.
pub(super) struct Exchange {
    pub(super) nonce: [u8; 16],
    pub(super) server_nonce: [u8; 16],
    pub(super) new_nonce: Zeroizing<[u8; 32]>,
    pub(super) share: Share,
    pub(super) dialled: Option<Dialled>,
    pub(super) lifetime: Lifetime,
    /// 0, or the `auth_key_aux_hash` of the key that was refused last (K12).
    pub(super) retry_id: i64,
    pub(super) retries: u8,
}

impl std::fmt::Debug for Exchange {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Exchange").field("retries", &self.retries).finish_non_exhaustive()
    }
}

/// A computation for the pool.
#[derive(Debug)]
pub struct Job {
    generation: u32,
    work: Work,
}

#[derive(Debug)]
enum Work {
    Open(Box<OpenInner>),
    Agree(Box<Agree>),
}

/// RSA, a fresh share, `server_DH_params_ok`.
pub(super) struct OpenInner {
    pub(super) expected: Expected,
    pub(super) fingerprint: i64,
    pub(super) encrypted_data: Vec<u8>,
    pub(super) now: i32,
}

/// The power that is the key.
#[derive(Debug)]
pub(super) struct Agree {
    pub(super) exchange: Exchange,
    pub(super) encrypted_data: Vec<u8>,
}

impl std::fmt::Debug for OpenInner {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("OpenInner").field("fingerprint", &self.fingerprint).finish_non_exhaustive()
    }
}

/// What a job came to, for [`super::Handshake::on_computed`].
#[derive(Debug)]
pub struct Computed {
    pub(super) generation: u32,
    pub(super) outcome: Outcome,
}

#[derive(Debug)]
pub(super) enum Outcome {
    /// Any failure.
    Refused,
    /// The client proved its work: the exchange goes on with this answer.
    Opened { exchange: Box<Exchange>, answer: Vec<u8> },
    /// The key.
    Agreed { exchange: Box<Exchange>, key: AuthKey },
}

impl Job {
    /// Whether the exchange has its key after it: what was begun is best carried to the end.
    #[must_use]
    pub fn is_last(&self) -> bool {
        matches!(self.work, Work::Agree(_))
    }

    pub(super) fn open_inner(generation: u32, work: OpenInner) -> Self {
        Self { generation, work: Work::Open(Box::new(work)) }
    }

    pub(super) fn agree(generation: u32, work: Agree) -> Self {
        Self { generation, work: Work::Agree(Box::new(work)) }
    }

    /// Computes: about a third of a millisecond.
    #[must_use]
    pub fn run(self, keys: &ServerKeys, entropy: &mut dyn Entropy) -> Computed {
        let outcome = match self.work {
            Work::Open(work) => open(&work, keys, entropy),
            Work::Agree(work) => agree(*work, keys.group()),
        };
        Computed { generation: self.generation, outcome: outcome.unwrap_or(Outcome::Refused) }
    }
}

fn open(work: &OpenInner, keys: &ServerKeys, entropy: &mut dyn Entropy) -> Option<Outcome> {
    let key = keys.by_fingerprint(work.fingerprint)?;
    let inner = open_inner(key, &work.encrypted_data, keys.accepts_legacy_padding(), &work.expected)?;
    let Inner { new_nonce, dialled, lifetime } = inner;
    let share = keys.stock().share(keys.group(), entropy).ok()?;
    let Expected { nonce, server_nonce, .. } = work.expected;
    let exchange = Exchange { nonce, server_nonce, new_nonce, share, dialled, lifetime, retry_id: 0, retries: 0 };
    let answer = encrypted_answer(&exchange, work.now, entropy);
    let answer = server_dh_params_ok(&nonce, &server_nonce, &answer);
    Some(Outcome::Opened { exchange: Box::new(exchange), answer })
}

/// `SHA1(answer)`, the answer and 0 to 15 random bytes, encrypted with the temporary keys.
fn encrypted_answer(exchange: &Exchange, now: i32, entropy: &mut dyn Entropy) -> Vec<u8> {
    let Exchange { nonce, server_nonce, new_nonce, share, .. } = exchange;
    let answer = server_dh_inner_data(nonce, server_nonce, share.public(), now);
    let mut data = sha1(&[&answer]).to_vec();
    data.extend_from_slice(&answer);
    let unpadded = data.len();
    data.resize(unpadded.next_multiple_of(BLOCK_BYTES), 0);
    entropy.fill(&mut data[unpadded..]);
    TemporaryKeys::new(new_nonce, server_nonce).encrypt(&mut data);
    data
}

fn agree(work: Agree, group: &DhGroup) -> Option<Outcome> {
    let Agree { exchange, encrypted_data } = work;
    let g_b = open_client_data(&exchange, encrypted_data)?;
    // K11: the range of `g_b` is checked before its power is taken.
    let key = group.agree(&exchange.share, &g_b).ok()?;
    Some(Outcome::Agreed { exchange: Box::new(exchange), key: AuthKey::new(key) })
}

/// K11: decrypts, checks the hash, and only then reads.
fn open_client_data(exchange: &Exchange, encrypted_data: Vec<u8>) -> Option<[u8; 256]> {
    let length = encrypted_data.len();
    if !length.is_multiple_of(BLOCK_BYTES) || !(CLIENT_DATA_MIN_BYTES..=CLIENT_DATA_MAX_BYTES).contains(&length) {
        return None;
    }
    let mut plaintext = Zeroizing::new(encrypted_data);
    TemporaryKeys::new(&exchange.new_nonce, &exchange.server_nonce).decrypt(&mut plaintext);
    let (hash, data) = plaintext.split_at(SHA1_BYTES);
    let data_bytes = hashed_length(hash, data)?;
    read_client_data(exchange, &data[..data_bytes]).ok()
}

/// The hash covers the data without its padding, which is 0 to 15 bytes of which the data, being made of words, leaves
/// four possibilities. All are tried, so that nothing has to be read to know the length.
fn hashed_length(hash: &[u8], data: &[u8]) -> Option<usize> {
    let (mut found, mut length) = (Choice::from(0), 0);
    for padding in (0..BLOCK_BYTES as u64).step_by(4) {
        let candidate = data.len() as u64 - padding;
        let fits = sha1(&[&data[..data.len() - padding as usize]]).ct_eq(hash);
        length.conditional_assign(&candidate, fits);
        found |= fits;
    }
    bool::from(found).then_some(length as usize)
}

fn read_client_data(exchange: &Exchange, data: &[u8]) -> Result<[u8; 256], Malformed> {
    let mut reader = Reader::new(data);
    let is_expected = reader.constructor()? == ids::CLIENT_DH_INNER_DATA
        && reader.array()? == exchange.nonce
        && reader.array()? == exchange.server_nonce
        && reader.long()? == exchange.retry_id;
    let g_b = left_padded(reader.string()?)?;
    reader.end()?;
    if is_expected { Ok(g_b) } else { Err(Malformed) }
}

/// Clients leave leading zeros out.
fn left_padded(bytes: &[u8]) -> Result<[u8; 256], Malformed> {
    let mut out = [0; 256];
    let zeros = out.len().checked_sub(bytes.len()).ok_or(Malformed)?;
    out[zeros..].copy_from_slice(bytes);
    Ok(out)
}
