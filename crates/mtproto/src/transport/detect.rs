//! Which transport a connection speaks, from its first bytes.
//!
//! T1. The header of the obfuscated transport is chosen by clients so that it begins like none of the others, which is what
//! makes the first bytes decide.

use super::codec::{Codec, Role};
use super::framing::Framing;
use super::obfuscation::{HEADER_BYTES, Obfuscation};
use crate::limits::FRAME_MAX_BYTES;

/// Where the bytes came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// Straight from a socket, where HTTP may begin too.
    Socket,
    /// From inside a WebSocket: never HTTP again.
    WebSocket,
}

/// What the first bytes say.
#[derive(Debug)]
pub enum Detection {
    /// More bytes decide.
    Incomplete,
    /// An HTTP request begins here; nothing is consumed.
    Http,
    /// MTProto: drop this many bytes from the front of the buffer and hand the rest to the codec.
    Mtproto {
        /// The connection's codec.
        codec: Codec,
        /// Bytes of the announcement.
        header_bytes: usize,
    },
    /// None of ours: close.
    Unknown,
}

const HTTP_VERBS: [[u8; 4]; 5] = [*b"GET ", *b"POST", *b"HEAD", *b"OPTI", *b"PUT "];
/// How a TLS connection begins: somebody mistook the port.
const TLS_HANDSHAKE: [u8; 3] = [0x16, 0x03, 0x01];

/// Looks at everything received so far on a new connection. Answers for good at the latest at
/// [`crate::limits::DETECT_MAX_BYTES`].
#[must_use]
pub fn detect(prefix: &[u8], surface: Surface) -> Detection {
    if prefix.first() == Some(&0xef) {
        return plain(Framing::Abridged, 1);
    }
    let Some(first) = prefix.first_chunk::<4>() else { return Detection::Incomplete };
    match first {
        [0xee, 0xee, 0xee, 0xee] => return plain(Framing::Intermediate, 4),
        [0xdd, 0xdd, 0xdd, 0xdd] => return plain(Framing::Padded, 4),
        verb if HTTP_VERBS.contains(verb) => return http(surface),
        [a, b, c, _] if [*a, *b, *c] == TLS_HANDSHAKE => return Detection::Unknown,
        _ => {}
    }
    let Some(word) = prefix[4..].first_chunk::<4>() else { return Detection::Incomplete };
    if *word == [0; 4] {
        return full(u32::from_le_bytes(*first));
    }
    prefix.first_chunk::<HEADER_BYTES>().map_or(Detection::Incomplete, obfuscated)
}

fn plain(framing: Framing, header_bytes: usize) -> Detection {
    Detection::Mtproto { codec: Codec::new(Role::Server, framing, None), header_bytes }
}

fn http(surface: Surface) -> Detection {
    match surface {
        Surface::Socket => Detection::Http,
        Surface::WebSocket => Detection::Unknown,
    }
}

/// The full transport announces nothing; its first frame has the number 0, which no obfuscated header has in that place.
fn full(length: u32) -> Detection {
    let is_plausible = usize::try_from(length).is_ok_and(|length| length <= FRAME_MAX_BYTES);
    if is_plausible { plain(Framing::Full, 0) } else { Detection::Unknown }
}

fn obfuscated(header: &[u8; HEADER_BYTES]) -> Detection {
    Obfuscation::accept(header).map_or(Detection::Unknown, |(obfuscation, framing)| Detection::Mtproto {
        codec: Codec::new(Role::Server, framing, Some(obfuscation)),
        header_bytes: HEADER_BYTES,
    })
}
