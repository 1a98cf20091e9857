//! What a client's bytes travel over: a bare TCP connection, or a WebSocket on one, as clients in browsers have it.
//!
//! Neither has a task: whoever drives the client asks for bytes, and gives some whenever there are some.

use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use anyhow::{Result, bail};
use bytes::BytesMut;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::net::TcpStream;
use tungstenite::handshake::HandshakeError;
use tungstenite::{ClientRequestBuilder, Error, Message, WebSocket};

/// Where servers take WebSockets that carry the protocol, and the subprotocol that says so.
const PATH: &str = "/apiws";
const SUBPROTOCOL: &str = "binary";

/// A connection that carries bytes.
pub enum Line {
    /// TCP.
    Bare(TcpStream),
    /// A WebSocket on TCP; a message for each time that something is given.
    Web(Box<WebSocket<Socket>>),
}

/// TCP for a library that asks at once and hears "not now".
pub struct Socket(TcpStream);

impl Read for Socket {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.try_read(into)
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.try_write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Line {
    /// Makes a WebSocket of a connection to this address.
    ///
    /// # Errors
    /// When the server does not agree, or breaks off.
    pub async fn web(stream: TcpStream, address: SocketAddr) -> Result<Self> {
        let uri = format!("ws://{address}{PATH}").parse()?;
        let request = ClientRequestBuilder::new(uri).with_sub_protocol(SUBPROTOCOL);
        let mut attempt = tungstenite::client(request, Socket(stream));
        loop {
            attempt = match attempt {
                Ok((socket, _answer)) => return Ok(Self::Web(Box::new(socket))),
                Err(HandshakeError::Failure(error)) => bail!("no websocket: {error}"),
                Err(HandshakeError::Interrupted(waiting)) => {
                    // The request is a few lines, which any socket takes at once: it is the answer that is waited for.
                    waiting.get_ref().get_ref().0.readable().await?;
                    waiting.handshake()
                }
            };
        }
    }

    /// Appends what came, through `chunk` where that saves a look; false at the end of the connection.
    ///
    /// # Errors
    /// When the connection breaks.
    pub fn poll_take(
        &mut self,
        context: &mut Context<'_>,
        chunk: &mut [u8],
        into: &mut BytesMut,
    ) -> Poll<Result<bool>> {
        let socket = match self {
            Self::Web(socket) => socket,
            Self::Bare(stream) => {
                let mut buffer = ReadBuf::new(chunk);
                // A read that does not fill the buffer tells the loop that the socket is empty: no second look is needed.
                ready!(Pin::new(stream).poll_read(context, &mut buffer))?;
                into.extend_from_slice(buffer.filled());
                return Poll::Ready(Ok(!buffer.filled().is_empty()));
            }
        };
        loop {
            match socket.read() {
                Ok(Message::Binary(bytes)) => {
                    into.extend_from_slice(&bytes);
                    return Poll::Ready(Ok(true));
                }
                Ok(Message::Close(_)) | Err(Error::ConnectionClosed | Error::AlreadyClosed) => {
                    return Poll::Ready(Ok(false));
                }
                Ok(_) => {}
                Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => {
                    ready!(socket.get_ref().0.poll_read_ready(context))?;
                }
                Err(error) => return Poll::Ready(Err(error.into())),
            }
        }
    }

    /// Asks to be woken when more can be given.
    ///
    /// # Errors
    /// When the connection breaks.
    pub fn poll_room(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Bare(stream) => stream.poll_write_ready(context),
            Self::Web(socket) => socket.get_ref().0.poll_write_ready(context),
        }
    }

    /// Gives what can be given now; whether that was all.
    ///
    /// # Errors
    /// When the connection breaks.
    pub fn give(&mut self, outbox: &mut BytesMut) -> Result<bool> {
        match self {
            Self::Bare(stream) => give_bare(stream, outbox),
            Self::Web(socket) => give_web(socket, outbox),
        }
    }
}

fn give_bare(stream: &TcpStream, outbox: &mut BytesMut) -> Result<bool> {
    while !outbox.is_empty() {
        match stream.try_write(outbox) {
            Ok(written) if written == outbox.len() => *outbox = BytesMut::new(),
            Ok(written) => drop(outbox.split_to(written)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(true)
}

fn give_web(socket: &mut WebSocket<Socket>, outbox: &mut BytesMut) -> Result<bool> {
    if !outbox.is_empty() {
        // Where the socket takes nothing more, the message is kept by the library.
        is_done(socket.write(Message::Binary(std::mem::take(outbox).freeze())))?;
    }
    is_done(socket.flush())
}

/// Whether it was done; an error unless it only has to be asked again.
fn is_done(result: tungstenite::Result<()>) -> Result<bool> {
    match result {
        Ok(()) => Ok(true),
        Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => Ok(false),
        Err(error) => Err(error.into()),
    }
}
