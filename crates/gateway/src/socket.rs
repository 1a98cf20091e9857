//! A socket that is polled by whichever runtime its connection lives in: registered anew where it is polled first after a move,
//! so that TLS, HTTP and WebSockets around it bring it along without knowing.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::runtimes::Side;

/// A socket, and where its readiness is told.
pub(crate) struct Socket {
    /// None after it could not be registered anew: then it is closed.
    stream: Option<TcpStream>,
    side: Side,
}

impl Socket {
    /// A socket that blocks nobody, for the runtime of this thread.
    pub(crate) fn new(stream: std::net::TcpStream) -> io::Result<Self> {
        Ok(Self { stream: Some(TcpStream::from_std(stream)?), side: Side::here() })
    }

    /// Lets it be reset when it is dropped, without a goodbye.
    pub(crate) fn abort(&self) {
        // The other side may be gone already.
        let _ = self.stream.as_ref().map(TcpStream::set_zero_linger);
    }

    /// The socket, registered with the runtime that polls it. What came meanwhile is told at once: a registration begins
    /// with how things stand.
    fn stream(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        let here = Side::here();
        if self.side != here
            && let Some(stream) = self.stream.take()
        {
            self.stream = Some(TcpStream::from_std(stream.into_std()?)?);
            self.side = here;
        }
        self.stream.as_mut().map(Pin::new).ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_read(context, into)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.stream()?.poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_shutdown(context)
    }
}
