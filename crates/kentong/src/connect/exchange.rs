//! A key exchange with the running server, for clients whose built-in keys cannot be changed: they are given the key it makes.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bytes::BytesMut;
use crypto::{PublicKey, SystemEntropy};
use mtproto::client::{Answer, Handshake, KnownServer, Options, Padding, connect};
use mtproto::envelope::{parse_plain, write_plain};
use mtproto::transport::{Codec, Frame, Framing};

/// The server answers each step within this time, or it does not run.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// Answers come in pieces of at most this many bytes.
const PIECE_BYTES: usize = 4096;

/// A new authorisation key of 256 bytes, in hexadecimal digits.
///
/// # Errors
/// When nobody answers there, or not as this key's owner would.
pub fn auth_key(address: SocketAddr, public: PublicKey) -> Result<String> {
    let stream = TcpStream::connect_timeout(&address, ANSWER_TIMEOUT);
    let mut stream = stream.with_context(|| format!("{address} does not answer: the server has to run for this"))?;
    stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
    let known = KnownServer::new(vec![public])?;
    let entropy = &mut SystemEntropy;
    let (mut codec, announcement) = connect(Framing::Intermediate, false, entropy).context("a transport")?;
    stream.write_all(&announcement)?;
    let options = Options { padding: Padding::Modern, dialled: None, expires_in: None };
    let (mut handshake, mut body) = Handshake::start(options, entropy);
    let mut inbox = BytesMut::new();
    loop {
        let (mut payload, mut out) = (BytesMut::new(), BytesMut::new());
        write_plain(0, &body, &mut payload);
        codec.encode(&payload, entropy, &mut out);
        stream.write_all(&out)?;
        let frame = receive(&mut stream, &mut codec, &mut inbox)?;
        let Ok(answer) = parse_plain(&frame) else { bail!("{address} answers something else than a key exchange") };
        match handshake.on_answer(answer.body, &known, entropy)? {
            Answer::Send(next) => body = next,
            Answer::Done(made) => return Ok(hex::encode(made.key.bytes())),
        }
    }
}

fn receive(stream: &mut TcpStream, codec: &mut Codec, inbox: &mut BytesMut) -> Result<BytesMut> {
    let mut piece = [0; PIECE_BYTES];
    loop {
        match codec.decode(inbox) {
            Ok(Some(Frame::Payload { bytes, .. })) => return Ok(bytes),
            Ok(Some(Frame::QuickAck(_))) => {}
            Ok(None) => match stream.read(&mut piece)? {
                0 => bail!("the server closed the connection"),
                count => inbox.extend_from_slice(&piece[..count]),
            },
            Err(error) => bail!("the server's answer is no frame: {error:?}"),
        }
    }
}
