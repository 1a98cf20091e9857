//! Script: a way to speak (0 to 3 plain, 4 to 6 obfuscated, else whatever the bytes begin like), a size of reads, a stream.

use bytes::BytesMut;

use super::{Counting, Script};
use crate::client::connect;
use crate::limits::{DETECT_MAX_BYTES, FRAME_MAX_BYTES, FRAME_PADDING_MAX_BYTES};
use crate::transport::{Codec, Detection, Frame, Framing, Surface, detect};

const FRAMINGS: [Framing; 4] = [Framing::Abridged, Framing::Intermediate, Framing::Padded, Framing::Full];

/// Feeds a stream to a server's transport.
///
/// # Panics
/// When a frame is longer than its bound, or more comes out than went in.
pub fn transport(input: &[u8]) {
    let mut script = Script::new(input);
    let way = usize::from(script.byte() % 9);
    let read_bytes = usize::from(script.byte()).max(1);
    let stream = script.rest();
    if way < 7 {
        if let Some(codec) = accepted(FRAMINGS[way % 4], way > 3) {
            decode_all(codec, stream, read_bytes);
        }
        return;
    }
    let surface = if way == 7 { Surface::Socket } else { Surface::WebSocket };
    match detect(stream, surface) {
        Detection::Mtproto { codec, header_bytes } => decode_all(codec, &stream[header_bytes..], read_bytes),
        Detection::Incomplete => assert!(stream.len() < DETECT_MAX_BYTES, "64 bytes decide"),
        Detection::Http | Detection::Tls | Detection::Unknown => {}
    }
}

/// The server's end of a connection that began as it should.
fn accepted(framing: Framing, is_obfuscated: bool) -> Option<Codec> {
    let (_, mut announcement) = connect(framing, is_obfuscated, &mut Counting::new())?;
    if framing == Framing::Full {
        announcement.extend_from_slice(&[36, 0, 0, 0, 0, 0, 0, 0]);
    }
    match detect(&announcement, Surface::Socket) {
        Detection::Mtproto { codec, .. } => Some(codec),
        other => panic!("{framing:?} was taken for {other:?}"),
    }
}

fn decode_all(mut codec: Codec, stream: &[u8], read_bytes: usize) {
    let mut buffer = BytesMut::with_capacity(stream.len());
    let mut out_bytes = 0;
    for read in stream.chunks(read_bytes) {
        buffer.extend_from_slice(read);
        loop {
            match codec.decode(&mut buffer) {
                Ok(Some(Frame::Payload { bytes, .. })) => {
                    assert!(bytes.len() <= FRAME_MAX_BYTES + FRAME_PADDING_MAX_BYTES);
                    out_bytes += bytes.len();
                }
                Ok(Some(Frame::QuickAck(_))) => panic!("servers get no quick acknowledgements"),
                Ok(None) => break,
                Err(_) => return,
            }
        }
    }
    assert!(out_bytes + buffer.len() <= stream.len(), "bytes from nowhere");
    assert!(buffer.capacity() <= stream.len(), "the codec made the buffer grow");
}
