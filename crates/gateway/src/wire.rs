//! What carries bytes: a socket, TLS on one, or the messages of a WebSocket. No buffer is held while nothing is under way.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::Poll;

use axum::extract::ws::{Message, WebSocket};
use bytes::BytesMut;
use futures::SinkExt;
use tls::TlsStream;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;

use crate::limits::READ_CHUNK_BYTES;

/// A stream of bytes in both directions. Reading may be given up at any time without losing bytes.
pub(crate) trait Wire: Send {
    /// Appends what has arrived, at least one byte; 0 at the end of the stream.
    fn read(&mut self, into: &mut BytesMut) -> impl Future<Output = io::Result<usize>> + Send;
    /// Writes all of it.
    fn write(&mut self, bytes: &[u8]) -> impl Future<Output = io::Result<()>> + Send;
    /// Says goodbye.
    fn close(&mut self) -> impl Future<Output = ()> + Send;
    /// Lets the connection be reset when it is dropped, without a goodbye: what is turned away by the thousand leaves nothing
    /// behind, neither packets to be waited for nor ports.
    fn abort(&mut self) {}
}

/// What arrives goes through the stack, so that no buffer waits with the connection and a message takes as much memory as it
/// has bytes.
async fn read_by_the_stack(stream: &mut (impl AsyncRead + Unpin), into: &mut BytesMut) -> io::Result<usize> {
    std::future::poll_fn(|context| {
        let mut scratch = [const { MaybeUninit::uninit() }; READ_CHUNK_BYTES];
        let mut read = ReadBuf::uninit(&mut scratch);
        std::task::ready!(Pin::new(&mut *stream).poll_read(context, &mut read))?;
        into.extend_from_slice(read.filled());
        Poll::Ready(Ok(read.filled().len()))
    })
    .await
}

impl Wire for TcpStream {
    async fn read(&mut self, into: &mut BytesMut) -> io::Result<usize> {
        read_by_the_stack(self, into).await
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes).await
    }

    async fn close(&mut self) {
        // The other side may be gone already.
        let _ = self.shutdown().await;
    }

    fn abort(&mut self) {
        // The other side may be gone already.
        let _ = self.set_zero_linger();
    }
}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Wire for TlsStream<S> {
    async fn read(&mut self, into: &mut BytesMut) -> io::Result<usize> {
        read_by_the_stack(self, into).await
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes).await?;
        // What is encrypted may still wait in the session.
        self.flush().await
    }

    async fn close(&mut self) {
        // The other side may be gone already.
        let _ = self.shutdown().await;
    }
}

impl Wire for WebSocket {
    async fn read(&mut self, into: &mut BytesMut) -> io::Result<usize> {
        loop {
            match self.recv().await {
                Some(Ok(Message::Binary(bytes))) if !bytes.is_empty() => {
                    into.extend_from_slice(&bytes);
                    return Ok(bytes.len());
                }
                Some(Ok(Message::Close(_))) | None => return Ok(0),
                Some(Ok(Message::Text(_))) => return Err(io::ErrorKind::InvalidData.into()),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(io::Error::other(error)),
            }
        }
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let message = Message::Binary(bytes::Bytes::copy_from_slice(bytes));
        SinkExt::send(self, message).await.map_err(io::Error::other)
    }

    async fn close(&mut self) {
        // The other side may be gone already.
        let _ = SinkExt::close(self).await;
    }
}
