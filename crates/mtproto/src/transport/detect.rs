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
    /// A TLS connection begins here; nothing is consumed.
    Tls,
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
/// How a TLS record with a part of a handshake begins: its kind, and the first half of its version.
const TLS_HANDSHAKE: [u8; 2] = [0x16, 0x03];
/// The versions that the first record of a connection may name in the second half (RFC 8446, section 5.1).
const TLS_VERSION_MAX: u8 = 4;
/// Most bytes of a record.
const TLS_RECORD_MAX_BYTES: u16 = 1 << 14;
/// The first message of every handshake.
const TLS_CLIENT_HELLO: u8 = 1;

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
        [kind, major, minor, _] if [*kind, *major] == TLS_HANDSHAKE && *minor <= TLS_VERSION_MAX => {
            if let Some(detection) = tls(prefix, surface) {
                return detection;
            }
        }
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

/// Six bytes tell: clients do not know to avoid all of them in their obfuscated headers, of which one in four thousand
/// million is taken for TLS and has to be drawn again.
fn tls(prefix: &[u8], surface: Surface) -> Option<Detection> {
    let Some([_, _, _, high, low, message]) = prefix.first_chunk::<6>() else { return Some(Detection::Incomplete) };
    let length = u16::from_be_bytes([*high, *low]);
    let is_hello = *message == TLS_CLIENT_HELLO && (1..=TLS_RECORD_MAX_BYTES).contains(&length);
    is_hello.then_some(match surface {
        Surface::Socket => Detection::Tls,
        Surface::WebSocket => Detection::Unknown,
    })
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
