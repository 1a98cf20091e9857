//! The client's side of a WebSocket, as little of it as the tests need.

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

const MASK: [u8; 4] = [1, 2, 3, 4];
const FINAL_BINARY: u8 = 0x82;

/// What a WebSocket can be carried by.
pub trait Carrier: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Carrier for S {}

pub struct WebSocket {
    stream: Box<dyn Carrier>,
    inbox: BytesMut,
}

impl WebSocket {
    /// Upgrades; the server must take the subprotocol.
    pub async fn upgrade(mut stream: impl Carrier + 'static) -> Self {
        let request = "GET /apiws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
            Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
            Sec-WebSocket-Protocol: binary\r\n\r\n";
        stream.write_all(request.as_bytes()).await.expect("writes");
        let mut inbox = BytesMut::new();
        let end = loop {
            if let Some(end) = inbox.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            assert!(stream.read_buf(&mut inbox).await.expect("reads") > 0, "closed instead of upgraded");
        };
        let head = String::from_utf8_lossy(&inbox[..end]).to_lowercase();
        assert!(head.starts_with("http/1.1 101") && head.contains("sec-websocket-protocol: binary"), "{head}");
        inbox.advance(end);
        Self { stream: Box::new(stream), inbox }
    }

    pub async fn send(&mut self, bytes: &[u8]) {
        let mut frame = vec![FINAL_BINARY];
        match bytes.len() {
            short @ 0..=125 => frame.push(0x80 | u8::try_from(short).expect("short")),
            medium @ 126..=65_535 => {
                frame.push(0x80 | 126);
                frame.extend_from_slice(&u16::try_from(medium).expect("medium").to_be_bytes());
            }
            long => {
                frame.push(0x80 | 127);
                frame.extend_from_slice(&(long as u64).to_be_bytes());
            }
        }
        frame.extend_from_slice(&MASK);
        frame.extend(bytes.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        self.stream.write_all(&frame).await.expect("writes");
    }

    /// False when the server closes.
    pub async fn receive(&mut self, into: &mut BytesMut) -> bool {
        loop {
            if let Some((kind, payload)) = self.frame() {
                if kind != FINAL_BINARY {
                    return false;
                }
                into.extend_from_slice(&payload);
                return true;
            }
            if !self.stream.read_buf(&mut self.inbox).await.is_ok_and(|count| count > 0) {
                return false;
            }
        }
    }

    fn frame(&mut self) -> Option<(u8, BytesMut)> {
        let (kind, short) = (*self.inbox.first()?, usize::from(*self.inbox.get(1)?));
        let (header, length) = match short {
            126 => (4, usize::from(u16::from_be_bytes(*self.inbox.get(2..)?.first_chunk()?))),
            127 => (10, usize::try_from(u64::from_be_bytes(*self.inbox.get(2..)?.first_chunk()?)).ok()?),
            length => (2, length),
        };
        if self.inbox.len() < header + length {
            return None;
        }
        self.inbox.advance(header);
        Some((kind, self.inbox.split_to(length)))
    }
}
