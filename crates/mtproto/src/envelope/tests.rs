use bytes::BytesMut;
use crypto::{SystemEntropy, ige_encrypt, sha1};
use proptest::prelude::*;

use super::*;
use crate::limits::{PADDING_EXTRA_BLOCKS_MAX, PADDING_MAX_BYTES, PADDING_MIN_BYTES, PLAIN_MAX_BYTES};
use crate::wire::Writer;

const HEADER: Header = Header { salt: 11, session_id: -22, msg_id: 33, seq_no: 44 };

fn key() -> AuthKey {
    AuthKey::from_bytes(&std::array::from_fn(|index| u8::try_from(index).expect("below 256").wrapping_mul(7)))
}

fn sealed(direction: Direction, body: &[u8]) -> BytesMut {
    let plan = Sealing::plan(body.len(), &mut SystemEntropy);
    let mut out = BytesMut::new();
    seal(&key(), direction, &HEADER, body, plan, &mut SystemEntropy, &mut out);
    assert_eq!(out.len(), plan.sealed_bytes());
    out
}

fn sealed_raw(plaintext: &[u8]) -> BytesMut {
    BytesMut::from(seal_plaintext(&key(), plaintext).as_slice())
}

fn plaintext(length: i32, behind_bytes: usize) -> Vec<u8> {
    Writer::default().long(1).long(2).long(3).int(4).int(length).raw(&vec![9; behind_bytes]).done()
}

fn open_at_server(frame: BytesMut) -> Result<Opened, EnvelopeError> {
    open(&key(), Direction::ToServer, frame)
}

#[test]
fn a_key_is_named_by_both_ends_of_its_hash() {
    let digest = sha1(&[key().bytes()]);
    assert_eq!(key().id().to_le_bytes(), digest[12..]);
    assert_eq!(key().aux_hash().to_le_bytes(), digest[..8]);
    assert_eq!(format!("{:?}", key()), format!("AuthKey {{ id: {}, .. }}", key().id()));
}

#[test]
fn what_is_sealed_can_be_opened() {
    for direction in [Direction::ToServer, Direction::ToClient] {
        for length in [0, 4, 8, 12, 16, 20, 100, 4096, 1 << 20] {
            let body = vec![5; length];
            let opened = open(&key(), direction, sealed(direction, &body)).expect("genuine");
            assert_eq!((opened.salt, opened.session_id, opened.msg_id, opened.seq_no), (11, -22, 33, 44));
            assert_eq!(opened.body, body);
        }
    }
}

/// E1.
#[test]
fn frames_of_other_lengths_hold_no_message() {
    let whole = sealed(Direction::ToServer, &[1; 40]);
    for length in [0, 1, 7, 8, 23, 24, 40, 55, whole.len() - 1, whole.len() - 8, whole.len() - 15] {
        let frame = BytesMut::from(&whole[..length]);
        assert_eq!(open_at_server(frame).err(), Some(EnvelopeError::Length { got: length }), "{length}");
    }
    let mut longer = whole.clone();
    longer.extend_from_slice(&[0; 4]);
    assert_eq!(open_at_server(longer).err(), Some(EnvelopeError::Length { got: whole.len() + 4 }));
    assert!(open_at_server(whole).is_ok());
}

/// E2: a message cannot be sent back to where it came from.
#[test]
fn the_two_ways_have_keys_of_their_own() {
    for (sealed_for, opened_for) in
        [(Direction::ToServer, Direction::ToClient), (Direction::ToClient, Direction::ToServer)]
    {
        let frame = sealed(sealed_for, &[1; 16]);
        assert_eq!(open(&key(), opened_for, frame).err(), Some(EnvelopeError::Forged));
    }
}

/// E3: every single bit counts, those of the padding included.
#[test]
fn a_message_changed_anywhere_is_forged() {
    let whole = sealed(Direction::ToServer, &[1; 40]);
    for index in 0..whole.len() {
        for bit in [1, 0x80] {
            let mut frame = whole.clone();
            frame[index] ^= bit;
            let expected = if index < 8 { EnvelopeError::OtherKey } else { EnvelopeError::Forged };
            assert_eq!(open_at_server(frame).err(), Some(expected), "byte {index}");
        }
    }
}

#[test]
fn whole_blocks_cut_added_or_swapped_are_forged() {
    let whole = sealed(Direction::ToServer, &[1; 80]);
    let mut cut = whole.clone();
    cut.truncate(whole.len() - 16);
    let mut added = whole.clone();
    added.extend_from_slice(&[0; 16]);
    let mut swapped = whole.clone();
    let (first, second) = swapped[24..56].split_at_mut(16);
    first.swap_with_slice(second);
    let other = BytesMut::from(&[&sealed(Direction::ToServer, &[1; 80])[..24], &whole[24..]].concat()[..]);
    for frame in [cut, added, swapped, other] {
        assert_eq!(open_at_server(frame).err(), Some(EnvelopeError::Forged));
    }
}

#[test]
fn another_key_does_not_open_it() {
    let other = AuthKey::from_bytes(&[3; 256]);
    let frame = sealed(Direction::ToServer, &[1; 16]);
    assert_eq!(open(&other, Direction::ToServer, frame.clone()).err(), Some(EnvelopeError::OtherKey));
    let mut renamed = frame;
    renamed[..8].copy_from_slice(&other.id().to_le_bytes());
    assert_eq!(open(&other, Direction::ToServer, renamed).err(), Some(EnvelopeError::Forged));
}

/// E4: the least and the most padding are accepted.
#[test]
fn genuine_messages_within_the_rules_are_opened() {
    for (length, behind) in [(4, 16), (0, 1024), (20, 32), (16, 1040), (0, 16)] {
        let opened = open_at_server(sealed_raw(&plaintext(length, behind))).expect("within the rules");
        assert_eq!(opened.body.len(), usize::try_from(length).expect("not negative"));
    }
}

/// E4: a genuine message with a bad length or padding.
#[test]
fn genuine_messages_that_break_the_rules_are_refused() {
    let cases = [
        ("negative", -4, 64),
        ("most negative", i32::MIN, 64),
        ("longest", i32::MAX, 64),
        ("not made of words", 18, 32),
        ("longer than what is there", 68, 64),
        ("no padding", 64, 64),
        ("eight bytes of padding", 56, 64),
        ("too much padding", 0, 1040),
        ("far too much padding", 4, 4096),
        ("nothing at all", 0, 0),
    ];
    for (name, length, behind) in cases {
        let result = open_at_server(sealed_raw(&plaintext(length, behind)));
        assert_eq!(result.err(), Some(EnvelopeError::Inner), "{name}");
    }
}

#[test]
fn padding_is_fresh_and_within_the_rules() {
    let most = PADDING_MIN_BYTES + 15 + usize::from(PADDING_EXTRA_BLOCKS_MAX) * 16;
    let mut lengths = std::collections::BTreeSet::new();
    let mut sealings = std::collections::HashSet::new();
    for _ in 0..200 {
        let frame = sealed(Direction::ToClient, &[1; 20]);
        let padding = frame.len() - OUTER_BYTES - INNER_BYTES - 20;
        assert!((PADDING_MIN_BYTES..=most.min(PADDING_MAX_BYTES)).contains(&padding));
        lengths.insert(frame.len());
        assert!(sealings.insert(frame), "the same message was sealed into the same bytes");
    }
    assert_eq!(lengths.len(), usize::from(PADDING_EXTRA_BLOCKS_MAX) + 1);
}

/// Page "mtproto/mtproto-transports": the first 32 bits of the hash, marked.
#[test]
fn the_quick_acknowledgement_names_the_message() {
    let text = plaintext(20, 32);
    let large = key().msg_key_large(Direction::ToServer, &text);
    let opened = open_at_server(sealed_raw(&text)).expect("within the rules");
    let [a, b, c, d] = opened.quick_ack.to_le_bytes();
    assert_eq!([a, b, c, d & 0x7f], [large[0], large[1], large[2], large[3] & 0x7f]);
    assert_eq!(d & 0x80, 0x80);
}

#[test]
fn a_frame_names_its_key() {
    assert_eq!(auth_key_id(&sealed(Direction::ToServer, &[])), Some(key().id()));
    assert_eq!(auth_key_id(&[0; 8]), Some(0));
    assert_eq!(auth_key_id(&[0; 7]), None);
}

#[test]
fn plain_messages_come_back() {
    for (msg_id, length) in [(0, 4), (1, 20), (-1, 340), (i64::MAX, PLAIN_MAX_BYTES - 20)] {
        let body = vec![6; length];
        let mut frame = Vec::new();
        write_plain(msg_id, &body, &mut frame);
        assert_eq!(parse_plain(&frame), Ok(Plain { msg_id, body: &body }));
    }
}

#[test]
fn other_plain_messages_are_refused() {
    let message = |key_id, length, body: &[u8]| Writer::default().long(key_id).long(0).int(length).raw(body).done();
    let long = vec![0; PLAIN_MAX_BYTES];
    let cases = [
        ("empty", Vec::new()),
        ("cut in its key", vec![0; 7]),
        ("cut in its id", vec![0; 15]),
        ("cut in its length", vec![0; 19]),
        ("shorter than it says", message(0, 8, &[0; 4])),
        ("longer than it says", message(0, 4, &[0; 8])),
        ("negative", message(0, -4, &[0; 4])),
        ("not made of words", message(0, 5, &[0; 5])),
        ("too long", message(0, i32::try_from(long.len()).expect("short"), &long)),
    ];
    for (name, frame) in cases {
        assert_eq!(parse_plain(&frame), Err(EnvelopeError::Length { got: frame.len() }), "{name}");
    }
    assert_eq!(parse_plain(&message(1, 4, &[0; 4])), Err(EnvelopeError::OtherKey));
}

const BINDING: Binding = Binding {
    msg_id: 7 << 32,
    nonce: 1,
    temp_auth_key_id: -2,
    perm_auth_key_id: 3,
    temp_session_id: -4,
    expires_at: 5,
};

/// A message of version 1 with this plaintext, whose first `hashed` bytes are covered.
fn sealed_v1(plaintext: &[u8], hashed: usize) -> Vec<u8> {
    let mut plaintext = plaintext.to_vec();
    let mut msg_key = [0; 16];
    msg_key.copy_from_slice(&sha1(&[&plaintext[..hashed]])[4..]);
    let keys = key().v1_message_keys(&msg_key);
    ige_encrypt(&mut plaintext, &keys.key, &keys.iv);
    Writer::default().long(key().id()).raw(&msg_key).raw(&plaintext).done()
}

fn binding_plaintext(length: i32, constructor: u32, padding: usize) -> Vec<u8> {
    let head = Writer::default().raw(&[8; 16]).long(BINDING.msg_id).int(0).int(length);
    let body = head.raw(&constructor.to_le_bytes()).long(1).long(-2).long(3).long(-4).int(5);
    body.raw(&vec![7; padding]).done()
}

/// K15: the proof inside `auth.bindTempAuthKey`.
#[test]
fn a_binding_is_opened_with_the_permanent_key() {
    assert_eq!(open_binding(&key(), &seal_v1(&key(), &BINDING, &mut SystemEntropy)), Ok(BINDING));
    for padding in [8, 24, 40] {
        let message = sealed_v1(&binding_plaintext(40, 0x75a3_f765, padding), 72);
        assert_eq!(open_binding(&key(), &message), Ok(BINDING), "{padding}");
    }
}

#[test]
fn other_proofs_of_a_binding_are_refused() {
    let good = seal_v1(&key(), &BINDING, &mut SystemEntropy);
    let cut = |length: usize| good[..length].to_vec();
    let changed = |index: usize| {
        let mut message = good.clone();
        message[index] ^= 1;
        message
    };
    let length = |got| EnvelopeError::Length { got };
    let cases = [
        ("empty", Vec::new(), length(0)),
        ("cut in its key", cut(20), length(20)),
        ("cut in a block", cut(100), length(100)),
        ("without its last block", cut(88), length(88)),
        ("too long", [good.as_slice(), &[0; 512]].concat(), length(good.len() + 512)),
        ("another key", changed(0), EnvelopeError::OtherKey),
        ("another msg_key", changed(8), EnvelopeError::Forged),
        ("changed at its front", changed(24), EnvelopeError::Forged),
        ("changed at its end", changed(90), EnvelopeError::Forged),
        ("hash over the padding too", sealed_v1(&binding_plaintext(40, 0x75a3_f765, 8), 80), EnvelopeError::Forged),
        ("another length", sealed_v1(&binding_plaintext(44, 0x75a3_f765, 8), 72), EnvelopeError::Inner),
        ("a negative length", sealed_v1(&binding_plaintext(-1, 0x75a3_f765, 8), 72), EnvelopeError::Inner),
        ("another constructor", sealed_v1(&binding_plaintext(40, 0x75a3_f766, 8), 72), EnvelopeError::Inner),
    ];
    for (name, message, expected) in cases {
        assert_eq!(open_binding(&key(), &message), Err(expected), "{name}");
    }
    let other = AuthKey::from_bytes(&[3; 256]);
    assert_eq!(open_binding(&other, &good), Err(EnvelopeError::OtherKey));
}

/// A message of version 1 is no message of version 2 and the other way round.
#[test]
fn the_versions_do_not_mix() {
    let first = seal_v1(&key(), &BINDING, &mut SystemEntropy);
    assert_eq!(open_at_server(BytesMut::from(first.as_slice())).err(), Some(EnvelopeError::Forged));
    assert_eq!(open_binding(&key(), &sealed_raw(&plaintext(40, 64))), Err(EnvelopeError::Forged));
}

proptest! {
    #[test]
    fn any_body_comes_back(words in proptest::collection::vec(any::<[u8; 4]>(), 0..200)) {
        let body = words.concat();
        let opened = open_at_server(sealed(Direction::ToServer, &body)).expect("genuine");
        prop_assert_eq!(&opened.body[..], &body[..]);
    }

    #[test]
    fn noise_is_never_opened(noise in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(open_at_server(BytesMut::from(noise.as_slice())).is_err());
        let mut named = noise;
        named.splice(0..named.len().min(8), key().id().to_le_bytes());
        prop_assert!(open_at_server(BytesMut::from(named.as_slice())).is_err());
        prop_assert!(open_binding(&key(), &named).is_err());
    }
}
