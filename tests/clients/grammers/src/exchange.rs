//! The key exchange: the keys that grammers trusts are built into it, so the session is given a key made here, by the client's
//! half of Kentong's own protocol crate.

use std::time::Duration;

use bytes::BytesMut;
use crypto::{PublicKey, SystemEntropy};
use mtproto::client::{Answer, Handshake, KnownServer, Options, Padding, connect};
use mtproto::envelope::{parse_plain, write_plain};
use mtproto::transport::{Codec, Frame, Framing};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::fault::Fault;

/// The whole exchange takes no longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// A new authorisation key of the server at this address, whose public key this is.
pub async fn auth_key(host: &str, port: u16, pem: &str) -> Result<[u8; 256], Fault> {
    let public = PublicKey::from_pem(pem).map_err(Fault::new)?;
    let known = KnownServer::new(vec![public]).map_err(Fault::new)?;
    let exchange = exchange((host.to_owned(), port), known);
    tokio::time::timeout(PATIENCE, exchange).await.map_err(Fault::new)?
}

async fn exchange(address: (String, u16), known: KnownServer) -> Result<[u8; 256], Fault> {
    let mut stream = TcpStream::connect(address).await.map_err(Fault::new)?;
    let entropy = &mut SystemEntropy;
    let (mut codec, announcement) = connect(Framing::Full, false, entropy).ok_or_else(|| Fault::new("no transport"))?;
    stream.write_all(&announcement).await.map_err(Fault::new)?;
    let options = Options { padding: Padding::Modern, dialled: None, expires_in: None };
    let (mut handshake, mut body) = Handshake::start(options, entropy);
    let mut inbox = BytesMut::new();
    loop {
        let (mut payload, mut out) = (BytesMut::new(), BytesMut::new());
        write_plain(0, &body, &mut payload);
        codec.encode(&payload, entropy, &mut out);
        stream.write_all(&out).await.map_err(Fault::new)?;
        let frame = receive(&mut stream, &mut codec, &mut inbox).await?;
        let answer = parse_plain(&frame).map_err(|error| Fault::new(format!("{error:?}")))?;
        match handshake.on_answer(answer.body, &known, entropy).map_err(Fault::new)? {
            Answer::Send(next) => body = next,
            Answer::Done(made) => return Ok(*made.key.bytes()),
        }
    }
}

async fn receive(stream: &mut TcpStream, codec: &mut Codec, inbox: &mut BytesMut) -> Result<BytesMut, Fault> {
    loop {
        match codec.decode(inbox).map_err(|error| Fault::new(format!("{error:?}")))? {
            Some(Frame::Payload { bytes, .. }) => return Ok(bytes),
            Some(Frame::QuickAck(_)) => {}
            None if stream.read_buf(inbox).await.map_err(Fault::new)? == 0 => return Err(Fault::new("closed midway")),
            None => {}
        }
    }
}
