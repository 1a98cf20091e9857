//! What carries bytes: a socket, TLS on one, or the messages of a WebSocket. No buffer is held while nothing is under way.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::extract::ws::{Message, WebSocket};
use bytes::BytesMut;
use futures::{SinkExt, StreamExt};
use tls::TlsStream;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};

use crate::limits::READ_CHUNK_BYTES;
use crate::socket::Socket;

/// A stream of bytes in both directions.
pub(crate) trait Wire: Send {
    /// Appends what has arrived, at least one byte; 0 at the end of the stream. A poll and no future: whoever waits for
    /// several things keeps no state for this one.
    fn poll_read(&mut self, context: &mut Context<'_>, into: &mut BytesMut) -> Poll<io::Result<usize>>;
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
fn read_by_the_stack(
    stream: &mut (impl AsyncRead + Unpin),
    context: &mut Context<'_>,
    into: &mut BytesMut,
) -> Poll<io::Result<usize>> {
    let mut scratch = [const { MaybeUninit::uninit() }; READ_CHUNK_BYTES];
    let mut read = ReadBuf::uninit(&mut scratch);
    ready!(Pin::new(stream).poll_read(context, &mut read))?;
    into.extend_from_slice(read.filled());
    Poll::Ready(Ok(read.filled().len()))
}

impl Wire for Socket {
    fn poll_read(&mut self, context: &mut Context<'_>, into: &mut BytesMut) -> Poll<io::Result<usize>> {
        read_by_the_stack(self, context, into)
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes).await
    }

    async fn close(&mut self) {
        // The other side may be gone already.
        let _ = self.shutdown().await;
    }

    fn abort(&mut self) {
        Self::abort(self);
    }
}

/// Boxed: with its session it takes more than all the rest of a connection, which moves more than once.
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Wire for Box<TlsStream<S>> {
    fn poll_read(&mut self, context: &mut Context<'_>, into: &mut BytesMut) -> Poll<io::Result<usize>> {
        read_by_the_stack(self, context, into)
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
    fn poll_read(&mut self, context: &mut Context<'_>, into: &mut BytesMut) -> Poll<io::Result<usize>> {
        loop {
            let read = match ready!(self.poll_next_unpin(context)) {
                Some(Ok(Message::Binary(bytes))) if !bytes.is_empty() => {
                    into.extend_from_slice(&bytes);
                    Ok(bytes.len())
                }
                Some(Ok(Message::Close(_))) | None => Ok(0),
                Some(Ok(Message::Text(_))) => Err(io::ErrorKind::InvalidData.into()),
                Some(Ok(_)) => continue,
                Some(Err(error)) => Err(io::Error::other(error)),
            };
            return Poll::Ready(read);
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
