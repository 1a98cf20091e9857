//! Sealing a message.

use bytes::{BufMut, BytesMut};
use crypto::{Entropy, ige_encrypt, random_array};

use super::key::{AuthKey, Direction};
use super::{BLOCK_BYTES, INNER_BYTES, OUTER_BYTES};
use crate::limits::{PADDING_EXTRA_BLOCKS_MAX, PADDING_MIN_BYTES};

/// What stands before the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The salt.
    pub salt: i64,
    /// The session.
    pub session_id: i64,
    /// The id of the message. The same id with the same body is never sealed twice (E14): a resend gets a new envelope.
    pub msg_id: i64,
    /// Its place among the session's content.
    pub seq_no: i32,
}

/// The decided length of a sealed message: a frame's header has to be written before the message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sealing {
    body_bytes: usize,
    padding_bytes: usize,
}

impl Sealing {
    /// Draws the padding for a body of this length.
    #[must_use]
    pub fn plan(body_bytes: usize, entropy: &mut dyn Entropy) -> Self {
        let [draw] = random_array(entropy);
        let extra = usize::from(draw % (PADDING_EXTRA_BLOCKS_MAX + 1)) * BLOCK_BYTES;
        let least = INNER_BYTES + body_bytes + PADDING_MIN_BYTES;
        let padding_bytes = least.next_multiple_of(BLOCK_BYTES) - least + PADDING_MIN_BYTES + extra;
        Self { body_bytes, padding_bytes }
    }

    /// Bytes of the sealed message.
    #[must_use]
    pub fn sealed_bytes(self) -> usize {
        OUTER_BYTES + INNER_BYTES + self.body_bytes + self.padding_bytes
    }
}

/// Appends a sealed message of exactly [`Sealing::sealed_bytes`] bytes.
///
/// # Panics
/// When the body has another length than the plan, or more than 2 GiB.
pub fn seal(
    key: &AuthKey,
    direction: Direction,
    header: &Header,
    body: &[u8],
    plan: Sealing,
    entropy: &mut dyn Entropy,
    out: &mut BytesMut,
) {
    assert_eq!(body.len(), plan.body_bytes, "the plan was made for this body");
    out.reserve(plan.sealed_bytes());
    let start = out.len();
    out.put_i64_le(key.id());
    out.put_bytes(0, OUTER_BYTES - 8);
    put_plaintext(header, body, plan, entropy, out);
    let (outer, plaintext) = out[start..].split_at_mut(OUTER_BYTES);
    let msg_key_large = key.msg_key_large(direction, plaintext);
    let mut msg_key = [0; 16];
    msg_key.copy_from_slice(&msg_key_large[8..24]);
    outer[8..].copy_from_slice(&msg_key);
    let keys = key.message_keys(direction, &msg_key);
    ige_encrypt(plaintext, &keys.key, &keys.iv);
}

fn put_plaintext(header: &Header, body: &[u8], plan: Sealing, entropy: &mut dyn Entropy, out: &mut BytesMut) {
    out.put_i64_le(header.salt);
    out.put_i64_le(header.session_id);
    out.put_i64_le(header.msg_id);
    out.put_i32_le(header.seq_no);
    out.put_i32_le(i32::try_from(body.len()).expect("bodies are bounded by the frame"));
    out.put_slice(body);
    let padding_start = out.len();
    out.put_bytes(0, plan.padding_bytes);
    entropy.fill(&mut out[padding_start..]);
}

/// Seals any plaintext of a client under a fitting `msg_key`, as only a holder of the key can: the way past E3 for those who
/// test what lies behind it.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn seal_plaintext(key: &AuthKey, plaintext: &[u8]) -> Vec<u8> {
    let mut plaintext = plaintext.to_vec();
    let mut msg_key = [0; 16];
    msg_key.copy_from_slice(&key.msg_key_large(Direction::ToServer, &plaintext)[8..24]);
    let keys = key.message_keys(Direction::ToServer, &msg_key);
    ige_encrypt(&mut plaintext, &keys.key, &keys.iv);
    [&key.id().to_le_bytes()[..], &msg_key, &plaintext].concat()
}
