//! The one place where MTProto 1.0 is still spoken: the message inside `auth.bindTempAuthKey`, which proves that whoever
//! holds the temporary key also holds the permanent one (page "method/auth.bindTempAuthKey").
//!
//! Version 1 leaves its padding unauthenticated, which is why nothing else may use it.

use crypto::{Entropy, Zeroizing, equal, ige_decrypt, ige_encrypt, random_array, sha1};

use super::BLOCK_BYTES;
use super::key::AuthKey;
use super::open::EnvelopeError;
use crate::wire::{Malformed, Reader, Writer};

const BIND_AUTH_KEY_INNER: u32 = 0x75a3_f765;
/// `bind_auth_key_inner`: a constructor, four longs and an int.
const BODY_BYTES: usize = 40;
/// random 16, `msg_id` 8, `seq_no` 4, length 4, body.
const PLAINTEXT_BYTES: usize = 32 + BODY_BYTES;
/// The message takes one shape only; a few blocks of slack are left for clients that pad more.
const ENCRYPTED_MAX_BYTES: usize = 256;

/// `bind_auth_key_inner` and the id of the message that carried it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding {
    /// Must equal the id of the message that called `auth.bindTempAuthKey`.
    pub msg_id: i64,
    /// Must equal the call's `nonce`.
    pub nonce: i64,
    /// Must equal the key that the call came under.
    pub temp_auth_key_id: i64,
    /// Must equal the call's `perm_auth_key_id`.
    pub perm_auth_key_id: i64,
    /// Must equal the session that the call came in.
    pub temp_session_id: i64,
    /// Must equal the call's `expires_at`.
    pub expires_at: i32,
}

/// Opens the `encrypted_message` of `auth.bindTempAuthKey` under the permanent key (K15). The fields are compared by the
/// caller, who knows what they must equal.
///
/// # Errors
/// [`EnvelopeError`]; every one of them gets the same answer, `ENCRYPTED_MESSAGE_INVALID`.
pub fn open_binding(permanent: &AuthKey, encrypted_message: &[u8]) -> Result<Binding, EnvelopeError> {
    let wrong_length = EnvelopeError::Length { got: encrypted_message.len() };
    let mut outer = Reader::new(encrypted_message);
    let (Ok(auth_key_id), Ok(msg_key)) = (outer.long(), outer.array::<16>()) else {
        return Err(wrong_length);
    };
    let mut plaintext = Zeroizing::new(outer.rest().to_vec());
    let is_whole = plaintext.len().is_multiple_of(BLOCK_BYTES);
    if !is_whole || !(PLAINTEXT_BYTES..=ENCRYPTED_MAX_BYTES).contains(&plaintext.len()) {
        return Err(wrong_length);
    }
    if auth_key_id != permanent.id() {
        return Err(EnvelopeError::OtherKey);
    }
    let keys = permanent.v1_message_keys(&msg_key);
    ige_decrypt(&mut plaintext, &keys.key, &keys.iv);
    // Version 1 hashes the plaintext without its padding. The length of that is fixed here, so that nothing has to be
    // read before the comparison.
    if !equal(&sha1(&[&plaintext[..PLAINTEXT_BYTES]])[4..], &msg_key) {
        return Err(EnvelopeError::Forged);
    }
    read_binding(&plaintext[16..PLAINTEXT_BYTES]).map_err(|Malformed| EnvelopeError::Inner)
}

fn read_binding(bytes: &[u8]) -> Result<Binding, Malformed> {
    let mut reader = Reader::new(bytes);
    let msg_id = reader.long()?;
    let _seq_no = reader.int()?;
    let has_length = usize::try_from(reader.int()?) == Ok(BODY_BYTES);
    if !has_length || reader.constructor()? != BIND_AUTH_KEY_INNER {
        return Err(Malformed);
    }
    let binding = Binding {
        msg_id,
        nonce: reader.long()?,
        temp_auth_key_id: reader.long()?,
        perm_auth_key_id: reader.long()?,
        temp_session_id: reader.long()?,
        expires_at: reader.int()?,
    };
    reader.end()?;
    Ok(binding)
}

/// The client's half: the `encrypted_message` that proves a binding.
pub(crate) fn seal_v1(permanent: &AuthKey, binding: &Binding, entropy: &mut dyn Entropy) -> Vec<u8> {
    let body = Writer::object(BIND_AUTH_KEY_INNER)
        .long(binding.nonce)
        .long(binding.temp_auth_key_id)
        .long(binding.perm_auth_key_id)
        .long(binding.temp_session_id)
        .int(binding.expires_at)
        .done();
    let length = i32::try_from(body.len()).expect("the body is short");
    let random = random_array::<16>(entropy);
    let plaintext =
        Zeroizing::new(Writer::default().raw(&random).long(binding.msg_id).int(0).int(length).raw(&body).done());
    seal_v1_plaintext(permanent, &plaintext, entropy)
}

/// Seals any plaintext of version 1. Its first 72 bytes are covered by the hash.
pub(crate) fn seal_v1_plaintext(permanent: &AuthKey, plaintext: &[u8], entropy: &mut dyn Entropy) -> Vec<u8> {
    let mut plaintext = Zeroizing::new(plaintext.to_vec());
    let mut msg_key = [0; 16];
    msg_key.copy_from_slice(&sha1(&[&plaintext[..PLAINTEXT_BYTES]])[4..]);
    let unpadded = plaintext.len();
    plaintext.resize(unpadded.next_multiple_of(BLOCK_BYTES), 0);
    entropy.fill(&mut plaintext[unpadded..]);
    let keys = permanent.v1_message_keys(&msg_key);
    ige_encrypt(&mut plaintext, &keys.key, &keys.iv);
    [&permanent.id().to_le_bytes()[..], &msg_key, &plaintext].concat()
}
