//! Where the server is and what a client knows of it beforehand; dialling from many loopback addresses.

use std::cell::Cell;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use anyhow::{Context, Result, bail};
use crypto::{PublicKey, SystemEntropy};
use mtproto::client::{KnownServer, connect};
use mtproto::transport::{Codec, Framing};
use serde::{Deserialize, Serialize};
use tokio::net::TcpSocket;
use tokio::time::timeout;

use super::codes::Codes;
use super::limits;
use super::line::Line;

/// How frames travel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// Abridged, in clear.
    Abridged,
    /// Intermediate, in clear.
    Intermediate,
    /// Padded intermediate, in clear.
    Padded,
    /// Full, with numbers and checksums.
    Full,
    /// Abridged, obfuscated.
    ObfuscatedAbridged,
    /// Intermediate, obfuscated: what most apps speak.
    #[default]
    Obfuscated,
    /// Padded intermediate, obfuscated.
    ObfuscatedPadded,
    /// Intermediate, obfuscated, within a WebSocket: as browsers come.
    #[serde(rename = "websocket")]
    #[value(name = "websocket")]
    WebSocket,
}

impl Transport {
    fn parts(self) -> (Framing, bool) {
        match self {
            Self::Abridged => (Framing::Abridged, false),
            Self::Intermediate => (Framing::Intermediate, false),
            Self::Padded => (Framing::Padded, false),
            Self::Full => (Framing::Full, false),
            Self::ObfuscatedAbridged => (Framing::Abridged, true),
            Self::Obfuscated | Self::WebSocket => (Framing::Intermediate, true),
            Self::ObfuscatedPadded => (Framing::Padded, true),
        }
    }
}

/// A connection, its codec, and the bytes to begin with.
pub type Dialled = (Line, Codec, Vec<u8>);

/// The server as one worker sees it.
pub struct Place {
    address: SocketAddr,
    transport: Transport,
    /// Its public key, and the exponent that all exchanges share.
    pub known: KnownServer,
    /// Login codes.
    pub codes: Codes,
    next_source: Cell<u32>,
}

impl Place {
    /// A server whose public key is in `pem`; sources count from `first_source`.
    ///
    /// # Errors
    /// When there is no key in it.
    pub fn new(address: SocketAddr, transport: Transport, pem: &str, codes: Codes, first_source: u32) -> Result<Self> {
        let public = PublicKey::from_pem(pem).context("no public key")?;
        let known = KnownServer::for_load(vec![public], &mut SystemEntropy)?;
        Ok(Self { address, transport, known, codes, next_source: Cell::new(first_source) })
    }

    /// The next loopback address in turn; none where the server is not on loopback.
    pub fn source(&self) -> Option<Ipv4Addr> {
        let number = self.next_source.get();
        self.next_source.set((number + 1) % limits::SOURCES_MAX);
        source_address(number).filter(|_| is_loopback_v4(self.address.ip()))
    }

    /// Dials from this address, and says which transport is spoken: the codec and the bytes to begin with.
    ///
    /// # Errors
    /// When nobody takes the connection in time.
    pub async fn dial(&self, source: Option<Ipv4Addr>) -> Result<Dialled> {
        self.dial_at(self.address, source).await
    }

    /// The same, somewhere else.
    ///
    /// # Errors
    /// When nobody takes the connection in time.
    pub async fn dial_at(&self, address: SocketAddr, source: Option<Ipv4Addr>) -> Result<Dialled> {
        let (framing, is_obfuscated) = self.transport.parts();
        let Some((codec, announcement)) = connect(framing, is_obfuscated, &mut SystemEntropy) else {
            bail!("there is no such transport")
        };
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        if let Some(source) = source {
            socket.bind(SocketAddr::from((source, 0)))?;
        }
        let line = timeout(limits::DIAL_TIMEOUT, self.line(socket, address)).await.context("dialling")??;
        Ok((line, codec, announcement))
    }

    async fn line(&self, socket: TcpSocket, address: SocketAddr) -> Result<Line> {
        let stream = socket.connect(address).await?;
        stream.set_nodelay(true)?;
        if self.transport == Transport::WebSocket {
            return Line::web(stream, address).await;
        }
        Ok(Line::Bare(stream))
    }
}

/// 127.16.0.1 and on; no address that ends in 0 or 255.
fn source_address(number: u32) -> Option<Ipv4Addr> {
    let (high, low) = (number / 254, number % 254 + 1);
    Some(Ipv4Addr::new(127, 16, u8::try_from(high).ok()?, u8::try_from(low).ok()?))
}

fn is_loopback_v4(address: IpAddr) -> bool {
    matches!(address, IpAddr::V4(address) if address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_different_and_on_loopback() {
        let all: std::collections::HashSet<_> = (0..limits::SOURCES_MAX).map(source_address).collect();
        assert_eq!(all.len(), limits::SOURCES_MAX as usize);
        assert!(all.iter().flatten().all(|address| address.is_loopback()));
        assert_eq!(source_address(0), Some(Ipv4Addr::new(127, 16, 0, 1)));
    }
}
