//! Turning newcomers away while the gate's line is full, for as little as a connection can cost.
//!
//! In a flood nine of ten connections begin a key exchange for which there is no room, and what each of them costs is taken
//! from those who are let in. So, while the gate is shut, what has come on a connection is peeked at as soon as it is
//! accepted (`accept`): who begins an exchange is dropped there and then, before the runtime, the counters of strangers and
//! the codec's buffers know of the connection. Nothing of it was read, and a socket with unread bytes is reset when it is
//! closed: no packets to be waited for remain, nor a port. Everybody else goes the usual way, with every byte still to be
//! read; so does whoever says half of it, or comes by way of TLS, HTTP or a proxy, and meets the gate itself.

use std::io;
use std::net::TcpStream;

use bytes::{Buf, BytesMut};
use mtproto::envelope::parse_plain;
use mtproto::handshake::is_beginning;
use mtproto::transport::{Detection, Frame, Surface, detect};

use crate::limits::EARLY_BYTES;

/// What somebody has said so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opening {
    /// Nothing.
    Nothing,
    /// They want a key: drop the connection, and it is reset.
    Exchange,
    /// Whatever else, or a part of it.
    Other,
}

/// Peeks at a connection that blocks nobody.
pub(crate) fn opening(stream: &TcpStream) -> Opening {
    let mut first = [0; EARLY_BYTES];
    match stream.peek(&mut first) {
        Ok(length) if begins_exchange(&first[..length]) => Opening::Exchange,
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Opening::Nothing,
        Ok(_) | Err(_) => Opening::Other,
    }
}

/// Whether these are the first bytes of somebody who wants a key.
fn begins_exchange(first: &[u8]) -> bool {
    let mut inbox = BytesMut::from(first);
    let Detection::Mtproto { mut codec, header_bytes } = detect(&inbox, Surface::Socket) else { return false };
    inbox.advance(header_bytes);
    let Ok(Some(Frame::Payload { bytes, .. })) = codec.decode(&mut inbox) else { return false };
    parse_plain(&bytes).is_ok_and(|plain| is_beginning(plain.body))
}

#[cfg(test)]
mod tests {
    use crypto::SystemEntropy;
    use mtproto::client::{Handshake, Options, Padding, connect};
    use mtproto::envelope::write_plain;
    use mtproto::transport::Framing;

    use super::*;

    /// The first bytes of a client that speaks this transport and says this.
    fn opening(framing: Framing, is_obfuscated: bool, body: &[u8]) -> BytesMut {
        let (mut codec, announcement) = connect(framing, is_obfuscated, &mut SystemEntropy).expect("a transport");
        let (mut payload, mut bytes) = (BytesMut::new(), BytesMut::from(&announcement[..]));
        write_plain(4, body, &mut payload);
        codec.encode(&payload, &mut SystemEntropy, &mut bytes);
        bytes
    }

    fn req_pq() -> Vec<u8> {
        let options = Options { padding: Padding::Modern, dialled: None, expires_in: None };
        Handshake::start(options, &mut SystemEntropy).1
    }

    #[test]
    fn whoever_wants_a_key_is_known_in_every_transport() {
        let transports = [
            (Framing::Abridged, false),
            (Framing::Abridged, true),
            (Framing::Intermediate, false),
            (Framing::Intermediate, true),
            (Framing::Padded, true),
            (Framing::Full, false),
        ];
        for (framing, is_obfuscated) in transports {
            let bytes = opening(framing, is_obfuscated, &req_pq());
            assert!(bytes.len() <= EARLY_BYTES && begins_exchange(&bytes), "{framing:?}");
            for cut in [0, 1, 4, bytes.len() - 1] {
                assert!(!begins_exchange(&bytes[..cut]), "{framing:?}, {cut} bytes");
            }
        }
    }

    #[test]
    fn nobody_else_is_taken_for_a_newcomer() {
        let mut other = req_pq();
        other[0] ^= 1;
        assert!(!begins_exchange(&opening(Framing::Intermediate, true, &other)));
        for first in
            [&b"GET / HTTP/1.1\r\n\r\n"[..], b"\x16\x03\x01\x02\x00\x01", b"PROXY TCP4 1.2.3.4 ", &[0; 64], &[7; 128]]
        {
            assert!(!begins_exchange(first), "{first:?}");
        }
        // An encrypted message names its key where a plain one has zeros.
        let (mut codec, mut bytes) = (
            connect(Framing::Abridged, false, &mut SystemEntropy).expect("a transport").0,
            BytesMut::from(&[0xef][..]),
        );
        codec.encode(&[9; 64], &mut SystemEntropy, &mut bytes);
        assert!(!begins_exchange(&bytes));
    }
}
