//! Where connections live: among newcomers until somebody is signed in on them, then among the people, with nothing lost on
//! the way. Whoever moved goes on when the newcomers' runtime has ended, which nothing does that still lives there.

mod common;

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use bytes::BytesMut;
use common::{Authority, Client, Pair, Plain, Server, Stream, WebSocket, function, ping};
use crypto::SystemEntropy;
use gateway::limits::GATE_WINDOW_FIRST;
use gateway::{GatewayConfig, Https};
use mtproto::client::seal_binding;
use mtproto::envelope::{AuthKey, Binding};
use mtproto::session::schema::{PONG, RPC_ERROR, RPC_RESULT};
use mtproto::transport::Framing;
use mtproto::wire::constructor_of;
use store::Faults;
use tempfile::TempDir;
use tl::functions;
use tls::{FileSettings, Settings, Source, Tls};
use tokio::net::TcpSocket;

/// The life of a temporary key, in seconds.
const LIFE_SECONDS: i32 = 3_600;
const NAME: &str = "chat.example";

/// A server with TLS, and how to reach it.
struct Village {
    server: Server,
    authority: Authority,
    _folder: TempDir,
}

impl Village {
    async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let authority = Authority::new();
        let https = https(&authority.write(folder.path(), &[NAME]));
        let config = GatewayConfig { https: Some(https), ..GatewayConfig::default() };
        Self { server: Server::start_with(config, Faults::none()).await, authority, _folder: folder }
    }

    async fn dial(&self, way: Way) -> Stream {
        let socket = self.server.dial().await;
        let tls = async |socket| self.authority.greet(socket, NAME).await.expect("a handshake");
        match way {
            Way::Tcp => Stream::Tcp(socket),
            Way::Tls => Stream::Tls(Box::new(tls(socket).await)),
            Way::WebSocket => Stream::WebSocket(WebSocket::upgrade(tls(socket).await).await),
        }
    }

    /// A client with a key where nobody is signed in.
    async fn stranger(&self, way: Way) -> Client {
        let mut plain = self.plain(way).await;
        let (key, salt) = plain.exchange(&self.server.known).await;
        Client::with_key(plain, key, salt)
    }

    async fn plain(&self, way: Way) -> Plain {
        // A WebSocket takes nothing but obfuscated transports.
        Plain::open(self.dial(way).await, Framing::Intermediate, true).await
    }

    fn strangers(&self) -> usize {
        self.server.gateway.strangers()
    }
}

/// What a connection goes through.
#[derive(Clone, Copy, Debug)]
enum Way {
    Tcp,
    Tls,
    WebSocket,
}

const WAYS: [Way; 3] = [Way::Tcp, Way::Tls, Way::WebSocket];

fn https(pair: &Pair) -> Https {
    let files = FileSettings::new(pair.certificate.clone(), pair.key.clone());
    let settings = Settings::new(Source::Files(files), Arc::new(|| 1_800_000_000));
    let (tls, keeping) = Tls::open(settings).expect("opens");
    tokio::spawn(keeping);
    Https { tls, redirect: false, origin: "https://elsewhere.example".to_owned(), strict_seconds: 0 }
}

fn nearest() -> Vec<u8> {
    function(&functions::help::GetNearestDc {})
}

/// Requests in one write, behind each other.
async fn ask_at_once(client: &mut Client, bodies: &[Vec<u8>]) -> HashSet<i64> {
    let (mut together, mut asked) = (BytesMut::new(), HashSet::new());
    for body in bodies {
        client.content += 1;
        let (msg_id, seq_no) = (client.next_id(), client.content * 2 - 1);
        let sealed = client.sealed(msg_id, seq_no, body);
        client.plain.codec.encode(&sealed, &mut SystemEntropy, &mut together);
        asked.insert(msg_id);
    }
    client.plain.stream.write(&together).await;
    asked
}

/// Reads on until each of these requests has an answer, and none two.
async fn hear_answers(client: &mut Client, mut asked: HashSet<i64>) {
    while !asked.is_empty() {
        let got = client.receive_a(RPC_RESULT).await;
        let request = i64::from_le_bytes(*got.body[4..].first_chunk().expect("an id"));
        assert!(asked.remove(&request), "an answer that nobody asked for, or one that came twice");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_up_moves_to_the_people() {
    for (number, way) in WAYS.into_iter().enumerate() {
        let mut village = Village::start().await;
        let mut client = village.stranger(way).await;
        for _ in 0..3 {
            let request = client.request(&nearest()).await;
            client.result_of(request).await;
            assert_eq!(village.strangers(), 1, "{way:?}: a key alone makes nobody known");
        }
        client.sign_in_here(&village.server, &format!("1555000000{number}")).await;
        client.own_user().await;
        assert_eq!(village.strangers(), 0, "{way:?}");
        village.server.end_newcomers();
        assert_eq!(client.own_user().await.phone, Some(format!("1555000000{number}")), "{way:?}");
        client.ping().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_while_a_connection_moves() {
    for way in WAYS {
        let mut village = Village::start().await;
        let mut client = village.stranger(way).await;
        let phone = "15550000001";
        let tl::enums::auth::SentCode::Code(sent) = client.call(&testing_requests::send_code(phone)).await else {
            panic!("no code was sent")
        };
        let code = village.server.codes.of(phone);
        client.call(&testing_requests::sign_in(phone, &sent.phone_code_hash, code)).await;
        let sign_up = testing_requests::sign_up(phone, &sent.phone_code_hash, "Ani".to_owned());
        let mut bodies = vec![nearest(); 40];
        bodies[7] = function(&functions::auth::SignUp { no_joined_notifications: true, ..sign_up });
        let mut asked = ask_at_once(&mut client, &bodies).await;
        for _ in 0..20 {
            asked.extend(ask_at_once(&mut client, &[nearest()]).await);
        }
        hear_answers(&mut client, asked).await;
        client.own_user().await;
        assert_eq!(village.strangers(), 0, "{way:?}");
        village.server.end_newcomers();
        client.ping().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_back_moves_with_the_first_message() {
    for way in WAYS {
        let mut village = Village::start().await;
        let mut client = village.stranger(way).await;
        client.sign_in_here(&village.server, "15550000002").await;
        let mut client = client.moved_to(village.plain(way).await);
        client.send(&ping(1)).await;
        client.receive_a(PONG).await;
        assert_eq!(village.strangers(), 0, "{way:?}: it was answered among the people");
        // Another session: what the first one has said is not said again.
        let client = client.moved_to(village.plain(way).await);
        let mut client = Client { session_id: client.session_id ^ 2, ..client };
        let asked = ask_at_once(&mut client, &vec![nearest(); 40]).await;
        hear_answers(&mut client, asked).await;
        assert_eq!(village.strangers(), 0, "{way:?}");
        village.server.end_newcomers();
        client.own_user().await;
    }
}

/// `auth.bindTempAuthKey`: from now on this client's key acts for whoever is signed in under that one.
async fn bind(client: &mut Client, permanent: &AuthKey, expires_at: i32) {
    client.content += 1;
    let (msg_id, seq_no) = (client.next_id(), client.content * 2 - 1);
    let (nonce, perm_auth_key_id) = (7, permanent.id());
    let (temp_auth_key_id, temp_session_id) = (client.key.id(), client.session_id);
    let binding = Binding { msg_id, nonce, temp_auth_key_id, perm_auth_key_id, temp_session_id, expires_at };
    let encrypted_message = seal_binding(permanent, &binding, &mut SystemEntropy);
    let call = functions::auth::BindTempAuthKey { perm_auth_key_id, nonce, expires_at, encrypted_message };
    client.send_raw(msg_id, seq_no, &function(&call)).await;
    assert_ne!(constructor_of(&client.result_of(msg_id).await), RPC_ERROR);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_temporary_key_moves_with_its_binding_and_later_with_its_first_message() {
    for way in WAYS {
        let mut village = Village::start().await;
        let mut client = village.stranger(way).await;
        client.sign_in_here(&village.server, "15550000003").await;
        client.own_user().await;
        let mut plain = village.plain(way).await;
        let (key, salt) = plain.exchange_temporary(&village.server.known, LIFE_SECONDS).await;
        let mut temporary = Client::with_key(plain, key, salt);
        temporary.ping().await;
        assert_eq!(village.strangers(), 1, "{way:?}: it acts for nobody");
        let expires_at = (temporary.next_id() >> 32) as i32 + LIFE_SECONDS;
        bind(&mut temporary, &client.key, expires_at).await;
        temporary.own_user().await;
        assert_eq!(village.strangers(), 0, "{way:?}");
        let mut temporary = temporary.moved_to(village.plain(way).await);
        temporary.send(&ping(1)).await;
        temporary.receive_a(PONG).await;
        assert_eq!(village.strangers(), 0, "{way:?}: it was answered among the people");
        village.server.end_newcomers();
        temporary.own_user().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_find_whoever_moved() {
    let mut village = Village::start().await;
    let mut clients = Vec::new();
    for (number, way) in WAYS.into_iter().enumerate() {
        let mut client = village.stranger(way).await;
        client.sign_in_here(&village.server, &format!("1555000001{number}")).await;
        client.own_user().await;
        clients.push(client);
    }
    village.server.end_newcomers();
    let mut writer = clients.remove(0);
    for (number, reader) in clients.iter_mut().enumerate() {
        let peer = writer.find(&format!("1555000001{}", number + 1)).await;
        let sent = writer.request(&function(&common::text(peer, "are you there?"))).await;
        let told = loop {
            let got = reader.receive().await.expect("goes on");
            if got.body.windows(14).any(|part| part == b"are you there?") {
                break got;
            }
        };
        assert_ne!(told.constructor(), RPC_RESULT);
        writer.result_of(sent).await;
    }
}

/// Strangers who begin an exchange at once, from addresses that have nothing to do with one another.
async fn begin_elsewhere(server: &Server, count: usize) -> Vec<Plain> {
    let begin = |number: usize| async move {
        let socket = TcpSocket::new_v4().expect("a socket");
        let address = IpAddr::from([127, 0, 1, 1 + (number / 16) as u8]);
        socket.bind(SocketAddr::new(address, 0)).expect("loopback");
        let socket = socket.connect(server.address).await.expect("connects");
        let mut stranger = Plain::open(Stream::Tcp(socket), Framing::Intermediate, true).await;
        stranger.ask_for_a_key().await;
        stranger
    };
    futures::future::join_all((0..count).map(begin)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn people_who_are_here_need_not_wait_for_keys_behind_strangers() {
    let village = Village::start().await;
    let mut client = village.stranger(Way::Tcp).await;
    client.sign_in_here(&village.server, "15550000004").await;
    client.own_user().await;
    let mut begun = begin_elsewhere(&village.server, GATE_WINDOW_FIRST).await;
    for stranger in &mut begun {
        stranger.receive().await.expect("an answer");
    }
    let mut waiting = begin_elsewhere(&village.server, 1).await;
    let mut plain = village.plain(Way::Tcp).await;
    tokio::select! {
        biased;
        _ = waiting[0].receive() => panic!("there is no line"),
        _ = plain.exchange_temporary(&village.server.known, LIFE_SECONDS) => {}
    }
}

/// Clients over HTTP and pages are the people's from the start, and count nowhere.
#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_who_leaves_is_counted_no_more() {
    let village = Village::start().await;
    let client = village.stranger(Way::Tcp).await;
    assert_eq!(village.strangers(), 1);
    drop(client);
    let gone = async {
        while village.strangers() > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(common::PATIENCE, gone).await.expect("gone");
}
