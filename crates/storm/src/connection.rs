//! One TCP connection to a server: obfuscated, intermediate framing, and the key exchange over it.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use bytes::BytesMut;
use crypto::{PublicKey, SystemEntropy};
use mtproto::client::{Answer, Handshake, KnownServer, NewKey, Options, Padding, connect};
use mtproto::envelope::{parse_plain, write_plain};
use mtproto::transport::{Codec, Frame, Framing};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::limits;

/// Where a server is, now and after each of its restarts, and which keys it has.
#[derive(Clone)]
pub struct Door {
    address: watch::Receiver<Option<SocketAddr>>,
    /// What clients know of it beforehand.
    pub known: Arc<KnownServer>,
}

impl Door {
    /// A door whose address is told by `address`; `pem` holds the server's public key.
    ///
    /// # Errors
    /// When there is no key in it.
    pub fn new(address: watch::Receiver<Option<SocketAddr>>, pem: &str) -> Result<Self> {
        let public = PublicKey::from_pem(pem).context("no public key")?;
        Ok(Self { address, known: Arc::new(KnownServer::new(vec![public])?) })
    }

    async fn address(&self) -> Option<SocketAddr> {
        let mut address = self.address.clone();
        let known = address.wait_for(Option::is_some).await.ok()?;
        *known
    }

    /// Dials the server as soon as it has an address.
    async fn dial(&self) -> Result<TcpStream> {
        let address = self.address().await.context("the server is gone for good")?;
        let stream = timeout(limits::DIAL_TIMEOUT, TcpStream::connect(address)).await??;
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

/// A connection that cuts frames.
pub struct Connection {
    pub(crate) stream: TcpStream,
    codec: Codec,
    inbox: BytesMut,
    pub(crate) outbox: BytesMut,
}

impl Connection {
    /// Dials and says which transport is spoken.
    ///
    /// # Errors
    /// When nobody is there.
    pub async fn open(door: &Door) -> Result<Self> {
        let stream = door.dial().await?;
        let (codec, announcement) = connect(Framing::Intermediate, true, &mut SystemEntropy).context("a transport")?;
        Ok(Self { stream, codec, inbox: BytesMut::new(), outbox: BytesMut::from(&announcement[..]) })
    }

    /// Queues a frame.
    pub(crate) fn queue(&mut self, payload: &[u8]) {
        self.codec.encode(payload, &mut SystemEntropy, &mut self.outbox);
    }

    /// The next whole frame among the bytes that came.
    pub(crate) fn frame(&mut self) -> Result<Option<BytesMut>> {
        loop {
            match self.codec.decode(&mut self.inbox)? {
                Some(Frame::Payload { bytes, .. }) => return Ok(Some(bytes)),
                Some(Frame::QuickAck(_)) => {}
                None => return Ok(None),
            }
        }
    }

    /// Takes what the socket has; false at its end.
    pub(crate) fn take_bytes(&mut self) -> Result<bool> {
        loop {
            match self.stream.try_read_buf(&mut self.inbox) {
                Ok(0) => return Ok(false),
                Ok(_) => {}
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return Ok(true),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Writes what the socket takes.
    pub(crate) fn give_bytes(&mut self) -> Result<()> {
        while !self.outbox.is_empty() {
            match self.stream.try_write(&self.outbox) {
                Ok(written) => drop(self.outbox.split_to(written)),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Makes a permanent key.
    ///
    /// # Errors
    /// When the server closes, falls silent, refuses, or fails one of the checks that clients owe it.
    pub async fn exchange(&mut self, known: &KnownServer) -> Result<NewKey> {
        let options = Options { padding: Padding::Modern, dialled: None, expires_in: None };
        let (mut handshake, mut body) = Handshake::start(options, &mut SystemEntropy);
        loop {
            let mut payload = BytesMut::new();
            write_plain(0, &body, &mut payload);
            self.queue(&payload);
            let frame = timeout(limits::EXCHANGE_TIMEOUT, self.answer()).await??;
            let answer = parse_plain(&frame).context("not a plain message")?;
            match handshake.on_answer(answer.body, known, &mut SystemEntropy)? {
                Answer::Send(next) => body = next,
                Answer::Done(key) => return Ok(key),
            }
        }
    }

    async fn answer(&mut self) -> Result<BytesMut> {
        self.stream.write_all(&self.outbox).await?;
        self.outbox.clear();
        loop {
            if let Some(frame) = self.frame()? {
                ensure!(frame.len() > 4, "the server refuses the exchange");
                return Ok(frame);
            }
            if self.stream.read_buf(&mut self.inbox).await? == 0 {
                bail!("closed during a key exchange");
            }
        }
    }
}
