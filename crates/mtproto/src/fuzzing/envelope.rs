//! Script: what to do, then its bytes. 0 opens them as they are; 1 seals them first, as only a holder of the key can; 2
//! reads a plain message; 3 and 4 are 0 and 1 for the proof of a binding; else a genuine message is changed and opened.

use bytes::BytesMut;

use super::{Counting, Script};
use crate::envelope::{
    AuthKey, Binding, Direction, Header, Sealing, open, open_binding, parse_plain, seal, seal_plaintext, seal_v1,
    seal_v1_plaintext,
};

const MOST_BYTES: usize = 1 << 20;

/// Opens messages of a client.
///
/// # Panics
/// When what comes out is longer than what went in, or a changed message is taken for genuine.
pub fn envelope(input: &[u8]) {
    let mut script = Script::new(&input[..input.len().min(MOST_BYTES)]);
    let key = AuthKey::from_bytes(&[0x5e; 256]);
    match script.byte() % 6 {
        0 => open_any(&key, script.rest().to_vec()),
        1 => open_any(&key, seal_plaintext(&key, &blocks(script.rest()))),
        2 => drop(parse_plain(script.rest()).map(|plain| assert!(plain.body.len() <= input.len()))),
        3 => drop(open_binding(&key, script.rest())),
        4 => drop(open_binding(&key, &seal_v1_plaintext(&key, &blocks(script.rest()), &mut Counting::new()))),
        _ => open_changed(&key, script),
    }
}

/// Whole blocks, and at least enough of them to be looked into.
fn blocks(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes.resize(bytes.len().max(80).next_multiple_of(16), 0);
    bytes
}

fn open_any(key: &AuthKey, frame: Vec<u8>) {
    let length = frame.len();
    if let Ok(opened) = open(key, Direction::ToServer, BytesMut::from(frame.as_slice())) {
        assert!(opened.body.len() < length && opened.body.len().is_multiple_of(4));
    }
}

fn open_changed(key: &AuthKey, mut script: Script<'_>) {
    let header = Header { salt: 1, session_id: 2, msg_id: 3, seq_no: 4 };
    let body = vec![7; usize::from(script.byte()) * 4];
    let entropy = &mut Counting::new();
    let plan = Sealing::plan(body.len(), entropy);
    let mut frame = BytesMut::new();
    seal(key, Direction::ToServer, &header, &body, plan, entropy, &mut frame);
    let genuine = frame.clone();
    script.change(&mut frame);
    let is_genuine = frame == genuine;
    assert_eq!(open(key, Direction::ToServer, frame).is_ok(), is_genuine);
    let binding =
        Binding { msg_id: 1, nonce: 2, temp_auth_key_id: 3, perm_auth_key_id: 4, temp_session_id: 5, expires_at: 6 };
    let mut message = seal_v1(key, &binding, entropy);
    script.change(&mut message);
    let _ = open_binding(key, &message);
}
