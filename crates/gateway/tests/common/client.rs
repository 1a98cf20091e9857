//! The client's side of a connection: transport, key exchange, one session.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::{Bytes, BytesMut};
use crypto::SystemEntropy;
use mtproto::client::{Answer, Handshake, KnownServer, Options, Padding, connect};
use mtproto::envelope::{AuthKey, Direction, Header, Sealing, open, parse_plain, seal, write_plain};
use mtproto::handshake::Dialled;
use mtproto::session::schema::{self, MSG_CONTAINER};
use mtproto::transport::{Codec, Frame, Framing};
use mtproto::wire::{Reader, Writer, constructor_of};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::{PATIENCE, Server, WebSocket};

/// What carries the bytes.
pub enum Stream {
    Tcp(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
    WebSocket(WebSocket),
}

impl Stream {
    /// Writes, unless the server has closed already: that is told by reading.
    pub async fn write(&mut self, bytes: &[u8]) {
        match self {
            Self::Tcp(stream) => drop(stream.write_all(bytes).await),
            Self::Tls(stream) => {
                drop(stream.write_all(bytes).await);
                drop(stream.flush().await);
            }
            Self::WebSocket(socket) => socket.send(bytes).await,
        }
    }

    /// False at the end of the stream.
    pub async fn read(&mut self, into: &mut BytesMut) -> bool {
        match self {
            Self::Tcp(stream) => stream.read_buf(into).await.is_ok_and(|count| count > 0),
            Self::Tls(stream) => stream.read_buf(into).await.is_ok_and(|count| count > 0),
            Self::WebSocket(socket) => socket.receive(into).await,
        }
    }
}

/// A connection without a key.
pub struct Plain {
    pub stream: Stream,
    pub codec: Codec,
    inbox: BytesMut,
}

impl Plain {
    pub async fn open(mut stream: Stream, framing: Framing, is_obfuscated: bool) -> Self {
        let (codec, announcement) = connect(framing, is_obfuscated, &mut SystemEntropy).expect("a transport");
        stream.write(&announcement).await;
        Self { stream, codec, inbox: BytesMut::new() }
    }

    pub async fn send(&mut self, payload: &[u8]) {
        let mut out = BytesMut::new();
        self.codec.encode(payload, &mut SystemEntropy, &mut out);
        self.stream.write(&out).await;
    }

    /// The next frame; none at the end of the stream.
    pub async fn receive(&mut self) -> Option<BytesMut> {
        let receiving = async {
            loop {
                match self.codec.decode(&mut self.inbox).expect("a frame") {
                    Some(Frame::Payload { bytes, .. }) => return Some(bytes),
                    Some(Frame::QuickAck(_)) => {}
                    None => {
                        if !self.stream.read(&mut self.inbox).await {
                            return None;
                        }
                    }
                }
            }
        };
        tokio::time::timeout(PATIENCE, receiving).await.expect("in time")
    }

    pub async fn exchange(&mut self, known: &KnownServer) -> (AuthKey, i64) {
        self.try_exchange(known).await.expect("an answer")
    }

    /// None when the server closes midway.
    pub async fn try_exchange(&mut self, known: &KnownServer) -> Option<(AuthKey, i64)> {
        self.exchange_at(known, None).await
    }

    /// The same with a data centre by name.
    pub async fn exchange_at(&mut self, known: &KnownServer, dialled: Option<Dialled>) -> Option<(AuthKey, i64)> {
        self.exchange_with(known, Options { padding: Padding::Modern, dialled, expires_in: None }).await
    }

    /// The same for a key that lives for so many seconds.
    pub async fn exchange_temporary(&mut self, known: &KnownServer, seconds: i32) -> (AuthKey, i64) {
        let options = Options { padding: Padding::Modern, dialled: None, expires_in: Some(seconds) };
        self.exchange_with(known, options).await.expect("an answer")
    }

    /// Begins an exchange, and goes no further.
    pub async fn ask_for_a_key(&mut self) {
        let options = Options { padding: Padding::Modern, dialled: None, expires_in: None };
        let (_, body) = Handshake::start(options, &mut SystemEntropy);
        let mut payload = BytesMut::new();
        write_plain(0, &body, &mut payload);
        self.send(&payload).await;
    }

    async fn exchange_with(&mut self, known: &KnownServer, options: Options) -> Option<(AuthKey, i64)> {
        let (mut handshake, mut body) = Handshake::start(options, &mut SystemEntropy);
        loop {
            let mut payload = BytesMut::new();
            write_plain(0, &body, &mut payload);
            self.send(&payload).await;
            let frame = self.receive().await?;
            let answer = parse_plain(&frame).expect("a plain message");
            assert_eq!(answer.msg_id % 4, 1);
            match handshake.on_answer(answer.body, known, &mut SystemEntropy).expect("no failure") {
                Answer::Send(next) => body = next,
                Answer::Done(key) => return Some((key.key, key.server_salt)),
            }
        }
    }
}

/// A message of the server, containers taken apart.
#[derive(Clone, Debug)]
pub struct Got {
    pub msg_id: i64,
    pub body: Vec<u8>,
}

impl Got {
    pub fn constructor(&self) -> u32 {
        constructor_of(&self.body)
    }
}

/// A client with a key and a session.
pub struct Client {
    pub plain: Plain,
    pub key: AuthKey,
    pub salt: i64,
    pub session_id: i64,
    pub last_id: i64,
    pub content: i32,
    pub waiting: VecDeque<Got>,
}

impl Client {
    /// Makes a key over TCP in this transport.
    pub async fn connect(server: &Server, framing: Framing, is_obfuscated: bool) -> Self {
        let mut plain = Plain::open(Stream::Tcp(server.dial().await), framing, is_obfuscated).await;
        let (key, salt) = plain.exchange(&server.known).await;
        Self::with_key(plain, key, salt)
    }

    /// Makes a key at this data centre.
    pub async fn connect_to_dc(server: &Server, dc: i32) -> Self {
        let mut plain = Plain::open(Stream::Tcp(server.dial().await), Framing::Intermediate, false).await;
        let dialled = Dialled { dc, is_media: false, is_test: false };
        let (key, salt) = plain.exchange_at(&server.known, Some(dialled)).await.expect("an answer");
        Self::with_key(plain, key, salt)
    }

    pub fn with_key(plain: Plain, key: AuthKey, salt: i64) -> Self {
        let session_id = i64::from_le_bytes(crypto::random_array(&mut SystemEntropy)) | 1;
        Self { plain, key, salt, session_id, last_id: 0, content: 0, waiting: VecDeque::new() }
    }

    /// The same client on another connection.
    pub fn moved_to(self, plain: Plain) -> Self {
        Self { plain, waiting: VecDeque::new(), ..self }
    }

    #[allow(clippy::disallowed_methods, reason = "a test of real sockets runs in real time")]
    pub fn next_id(&mut self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
        let now = (i64::try_from(since.as_secs()).expect("in range") << 32) | i64::from(since.subsec_nanos()) << 2;
        self.last_id = now.max(self.last_id + 4);
        self.last_id
    }

    pub fn sealed(&self, msg_id: i64, seq_no: i32, body: &[u8]) -> BytesMut {
        let header = Header { salt: self.salt, session_id: self.session_id, msg_id, seq_no };
        let (mut out, entropy) = (BytesMut::new(), &mut SystemEntropy);
        let plan = Sealing::plan(body.len(), entropy);
        seal(&self.key, Direction::ToServer, &header, body, plan, entropy, &mut out);
        out
    }

    pub async fn send_raw(&mut self, msg_id: i64, seq_no: i32, body: &[u8]) {
        let sealed = self.sealed(msg_id, seq_no, body);
        self.plain.send(&sealed).await;
    }

    /// Sends a service message.
    pub async fn send(&mut self, body: &[u8]) -> i64 {
        let (msg_id, seq_no) = (self.next_id(), self.content * 2);
        self.send_raw(msg_id, seq_no, body).await;
        msg_id
    }

    /// Sends a request.
    pub async fn request(&mut self, body: &[u8]) -> i64 {
        self.content += 1;
        let (msg_id, seq_no) = (self.next_id(), self.content * 2 - 1);
        self.send_raw(msg_id, seq_no, body).await;
        msg_id
    }

    /// Takes a sealed frame apart.
    pub fn opened(&self, frame: BytesMut) -> Vec<Got> {
        let opened = open(&self.key, Direction::ToClient, frame).expect("opens");
        assert_eq!(opened.session_id, self.session_id, "a message of another session");
        take_apart(opened.msg_id, &opened.body)
    }

    /// The next message; none at the end of the stream. Salts are learnt on the way.
    pub async fn receive(&mut self) -> Option<Got> {
        while self.waiting.is_empty() {
            let frame = self.plain.receive().await?;
            if frame.len() == 4 {
                return Some(Got { msg_id: 0, body: frame.to_vec() });
            }
            self.waiting = self.opened(frame).into();
        }
        let got = self.waiting.pop_front()?;
        if got.constructor() == schema::BAD_SERVER_SALT {
            self.salt = i64::from_le_bytes(*got.body[20..].first_chunk().expect("a salt"));
        }
        Some(got)
    }

    /// Reads on until a message of this constructor.
    pub async fn receive_a(&mut self, constructor: u32) -> Got {
        loop {
            let got = self.receive().await.expect("the stream goes on");
            if got.constructor() == constructor {
                return got;
            }
        }
    }

    /// Reads on until the result of this request.
    pub async fn result_of(&mut self, request: i64) -> Vec<u8> {
        loop {
            let got = self.receive_a(schema::RPC_RESULT).await;
            if got.body[4..12] == request.to_le_bytes() {
                return got.body[12..].to_vec();
            }
        }
    }

    pub async fn ping(&mut self) {
        let msg_id = self.send(&ping(7)).await;
        loop {
            let got = self.receive_a(schema::PONG).await;
            if got.body[4..12] == msg_id.to_le_bytes() {
                return;
            }
        }
    }
}

fn take_apart(msg_id: i64, body: &[u8]) -> Vec<Got> {
    if constructor_of(body) != MSG_CONTAINER {
        return vec![Got { msg_id, body: body.to_vec() }];
    }
    let mut reader = Reader::new(&body[4..]);
    let count = reader.size().expect("count");
    let mut message = || {
        let (msg_id, _) = (reader.long().expect("msg_id"), reader.int().expect("seq_no"));
        let length = reader.size().expect("length");
        take_apart(msg_id, reader.take(length).expect("body"))
    };
    (0..count).flat_map(|_| message()).collect()
}

pub fn ping(ping_id: i64) -> Vec<u8> {
    Writer::sized(schema::PING, 12).long(ping_id).done()
}

/// A call in `invokeWithLayer` at the home layer.
pub fn function<F: tl::Serializable>(function: &F) -> Vec<u8> {
    const INVOKE_WITH_LAYER: u32 = 0xda9b_0d0d;
    let mut body = Vec::new();
    body.extend_from_slice(&INVOKE_WITH_LAYER.to_le_bytes());
    body.extend_from_slice(&tl::LAYER.to_le_bytes());
    function.serialize(&mut body);
    body
}

/// Keeps the type in reach of the tests.
pub type Known = Arc<KnownServer>;
