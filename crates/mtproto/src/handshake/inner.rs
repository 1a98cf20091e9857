//! `p_q_inner_data` in its four forms, under RSA in its two paddings.
//!
//! # Security
//! Our `pq`, `p` and `q` always take 8, 4 and 4 bytes, so that each form has one length and each field one place. That is
//! what lets K5 to K7 be checked without a branch on anything decrypted: every hash is computed, every comparison made,
//! and one [`Choice`] comes out at the end.

use crypto::{
    Choice, ConditionallySelectable, ConstantTimeEq, Pq, PrivateKey, RSA_BYTES, Zeroizing, ige_decrypt, sha1, sha256,
};

use super::dialled::{Dialled, Lifetime};
use super::messages::ids;
use crate::wire::{Malformed, Reader, Writer};

/// The forms and their lengths in bytes.
const FORMS: [(u32, usize); 4] = [
    (ids::P_Q_INNER_DATA, 96),
    (ids::P_Q_INNER_DATA_DC, 100),
    (ids::P_Q_INNER_DATA_TEMP, 100),
    (ids::P_Q_INNER_DATA_TEMP_DC, 104),
];
/// RSA_PAD brings the data to this length with random bytes.
const PADDED_BYTES: usize = 192;
const TEMP_KEY_BYTES: usize = 32;
/// The older padding: a zero byte (the number has 255), a SHA-1, the data, random bytes.
const LEGACY_HASH_AT: usize = 1;
const LEGACY_DATA_AT: usize = 21;
const NEW_NONCE_AT: usize = 64;

/// What the inner data must repeat.
#[derive(Debug)]
pub(super) struct Expected {
    pub(super) pq: Pq,
    pub(super) nonce: [u8; 16],
    pub(super) server_nonce: [u8; 16],
}

/// What the inner data adds.
pub(super) struct Inner {
    pub(super) new_nonce: Zeroizing<[u8; 32]>,
    pub(super) dialled: Option<Dialled>,
    pub(super) lifetime: Lifetime,
}

/// K5 to K8: decrypts and checks. `None` is every failure, after the same work.
pub(super) fn open_inner(
    key: &PrivateKey,
    encrypted_data: &[u8],
    accepts_legacy: bool,
    expected: &Expected,
) -> Option<Inner> {
    let (block, is_block) = decrypt(key, encrypted_data);
    let (modern, is_modern) = unpad(&block);
    let (legacy, is_legacy) = unpad_legacy(&block);
    let is_legacy = is_legacy & Choice::from(u8::from(accepts_legacy));
    let data = select(&legacy, &modern, is_modern);
    let is_genuine = is_block & (is_modern | is_legacy) & repeats(&data, expected);
    // The first branch on what was decrypted, after everything has been computed.
    if bool::from(is_genuine) { parse(&data).ok() } else { None }
}

/// K5: exactly 256 bytes and below the modulus. In place of what is neither, a number is decrypted that costs as much.
fn decrypt(key: &PrivateKey, encrypted_data: &[u8]) -> (Zeroizing<[u8; RSA_BYTES]>, Choice) {
    let given: Option<&[u8; RSA_BYTES]> = encrypted_data.try_into().ok();
    match given.map(|number| key.decrypt_raw(number)) {
        Some(Ok(block)) => (block, Choice::from(1)),
        Some(Err(_)) | None => (decrypt_stand_in(key), Choice::from(0)),
    }
}

fn decrypt_stand_in(key: &PrivateKey) -> Zeroizing<[u8; RSA_BYTES]> {
    let mut stand_in = Zeroizing::new([0x5a; RSA_BYTES]);
    stand_in[0] = 0;
    key.decrypt_raw(&stand_in).unwrap_or(stand_in)
}

/// K6, RSA_PAD: `temp_key_xor` and `aes_encrypted`. The hash covers the temporary key and the padded data.
fn unpad(block: &[u8; RSA_BYTES]) -> (Zeroizing<[u8; PADDED_BYTES]>, Choice) {
    let (temp_key_xor, aes_encrypted) = block.split_at(TEMP_KEY_BYTES);
    let mut temp_key = Zeroizing::new(sha256(&[aes_encrypted]));
    temp_key.iter_mut().zip(temp_key_xor).for_each(|(byte, mask)| *byte ^= mask);
    let mut data_with_hash = Zeroizing::new([0; RSA_BYTES - TEMP_KEY_BYTES]);
    data_with_hash.copy_from_slice(aes_encrypted);
    ige_decrypt(data_with_hash.as_mut_slice(), &temp_key, &[0; 32]);
    let (reversed, hash) = data_with_hash.split_at(PADDED_BYTES);
    let mut data = Zeroizing::new([0; PADDED_BYTES]);
    data.iter_mut().zip(reversed.iter().rev()).for_each(|(to, from)| *to = *from);
    let is_genuine = sha256(&[temp_key.as_slice(), data.as_slice()]).ct_eq(hash);
    (data, is_genuine)
}

/// K6, the older form: `SHA1(data)`, data, random bytes, 255 in all. The hash covers the data only, whose length follows
/// from its constructor, so that every form is tried.
fn unpad_legacy(block: &[u8; RSA_BYTES]) -> (Zeroizing<[u8; PADDED_BYTES]>, Choice) {
    let mut data = Zeroizing::new([0; PADDED_BYTES]);
    data.copy_from_slice(&block[LEGACY_DATA_AT..LEGACY_DATA_AT + PADDED_BYTES]);
    let hash = &block[LEGACY_HASH_AT..LEGACY_DATA_AT];
    let is_form = FORMS.iter().fold(Choice::from(0), |found, (constructor, length)| {
        let is_named = data[..4].ct_eq(&constructor.to_le_bytes());
        found | is_named & sha1(&[&data[..*length]]).ct_eq(hash)
    });
    (data, is_form & block[0].ct_eq(&0))
}

fn select(
    otherwise: &[u8; PADDED_BYTES],
    chosen: &[u8; PADDED_BYTES],
    choice: Choice,
) -> Zeroizing<[u8; PADDED_BYTES]> {
    let mut out = Zeroizing::new([0; PADDED_BYTES]);
    for (index, byte) in out.iter_mut().enumerate() {
        *byte = u8::conditional_select(&otherwise[index], &chosen[index], choice);
    }
    out
}

/// K7: `pq`, `p`, `q` and both nonces are those of this exchange.
fn repeats(data: &[u8; PADDED_BYTES], expected: &Expected) -> Choice {
    let Pq { p, q } = expected.pq;
    let fields = Writer::default()
        .string(&expected.pq.product().to_be_bytes())
        .string(&p.to_be_bytes())
        .string(&q.to_be_bytes())
        .raw(&expected.nonce)
        .raw(&expected.server_nonce)
        .done();
    data[4..NEW_NONCE_AT].ct_eq(&fields)
}

/// Reads what remains of genuine data: the form, `new_nonce`, the data centre (K7) and the lifetime (K7).
fn parse(data: &[u8; PADDED_BYTES]) -> Result<Inner, Malformed> {
    let constructor = Reader::new(data).constructor()?;
    let mut reader = Reader::new(&data[NEW_NONCE_AT..]);
    let new_nonce = Zeroizing::new(reader.array()?);
    let (has_dc, is_temporary) = match constructor {
        ids::P_Q_INNER_DATA => (false, false),
        ids::P_Q_INNER_DATA_DC => (true, false),
        ids::P_Q_INNER_DATA_TEMP => (false, true),
        ids::P_Q_INNER_DATA_TEMP_DC => (true, true),
        _ => return Err(Malformed),
    };
    let dialled = if has_dc { Some(Dialled::from_wire(reader.int()?).ok_or(Malformed)?) } else { None };
    let lifetime =
        if is_temporary { Lifetime::temporary(reader.int()?).ok_or(Malformed)? } else { Lifetime::Permanent };
    Ok(Inner { new_nonce, dialled, lifetime })
}
