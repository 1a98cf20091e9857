//! The real binary where the system lets it have few open files, and connections take nearly all of them: strangers wait until
//! there are more again, whoever has a key is served, and the server says so.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use storm::account::{Account, World};
use storm::client::Client;
use storm::connection::Connection;
use storm::requests;
use storm::server::{Launch, Server};
use tl::functions;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Files that the server may have open.
const FILES: usize = 256;
/// Of them so many may be open before strangers get none: without an eighth for the store, and a twentieth of the rest.
const FOR_STRANGERS: usize = (FILES - FILES / 8) * 95 / 100;
/// Messages that make the store begin new files, each of [`LENGTH`] characters of three bytes.
const MESSAGES: i64 = 1_500;
/// As long as a message may be, in characters.
const LENGTH: usize = 4_096;
/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(60);
/// What the page says.
const SAID: &str = "Nearly all connections are taken";

/// A server with few files.
struct Place {
    server: Server,
    address: SocketAddr,
    world: World,
    _folder: tempfile::TempDir,
}

impl Place {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let mut server = Server::new(&with_few_files(folder.path()), &data);
        server.start(&Launch::default()).await.unwrap();
        let address = fs::read_to_string(data.join("listen")).unwrap().trim().parse().unwrap();
        let world = World { door: server.door().unwrap(), codes: server.codes(), alarms: Arc::default() };
        Self { server, address, world, _folder: folder }
    }

    /// A page. Whoever is dropped because there is no file for them comes back, as browsers do.
    async fn get(&self, path: &str) -> String {
        let began = Instant::now();
        loop {
            match self.try_get(path).await {
                Ok(page) if !page.is_empty() => return page,
                _ => assert!(began.elapsed() < PATIENCE, "nobody answers"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn try_get(&self, path: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(self.address).await?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: test\r\nUser-Agent: curl/8\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok(answer)
    }

    async fn metric(&self, name: &str) -> usize {
        let metrics = self.get("/metrics").await;
        let line = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("{name} is missing")).parse().unwrap()
    }

    async fn are_files_scarce(&self, wanted: bool) {
        let began = Instant::now();
        while (self.metric("kentong_gateway_files_scarce").await != 0) != wanted {
            let open = self.metric("kentong_process_open_files").await;
            assert!(began.elapsed() < PATIENCE, "{open} of {FILES} files are open");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// People who connect and say nothing, until files are scarce.
    async fn crowd(&self) -> Vec<TcpStream> {
        let open = self.metric("kentong_process_open_files").await;
        let mut crowd = Vec::new();
        // Whoever asked for the metrics is gone afterwards; one more than there is room for is dropped.
        for _ in open..FOR_STRANGERS + 2 {
            crowd.push(TcpStream::connect(self.address).await.unwrap());
        }
        self.are_files_scarce(true).await;
        crowd
    }

    /// Whether a stranger gets a key, at the first try.
    async fn makes_key(&self) -> bool {
        let mut stranger = Connection::open(&self.world.door).await.unwrap();
        stranger.exchange(&self.world.door.known).await.is_ok()
    }
}

/// The server's program, as a shell starts it that allows it few files.
fn with_few_files(folder: &Path) -> PathBuf {
    let (script, program) = (folder.join("kentong"), env!("CARGO_BIN_EXE_kentong"));
    fs::write(&script, format!("#!/bin/sh\nulimit -n {FILES}\nexec '{program}' \"$@\"\n")).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o700)).unwrap();
    script
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_that_says_nothing_takes_no_files_from_people_and_none_from_the_store() {
    let mut place = Place::start().await;
    let (ayu, budi) =
        (Account::sign_up(&place.world, 1).await.unwrap(), Account::sign_up(&place.world, 2).await.unwrap());
    let peer = ayu.find(&budi).await.unwrap();
    let mut crowd = Vec::new();
    for _ in 0..FILES {
        // The kernel takes them; the server has not so many files. A few too many are enough: whoever asks how it is stands
        // behind all of them, and they are gone after a while.
        crowd.push(TcpStream::connect(place.address).await.unwrap());
    }
    place.are_files_scarce(true).await;
    budi.fresh().call(&functions::updates::GetState {}).await.unwrap();
    let long = "\u{a98f}".repeat(LENGTH);
    for random_id in 1..=MESSAGES {
        ayu.client.call(&requests::send(peer.clone(), long.clone(), random_id)).await.unwrap();
    }
    drop(crowd);
    assert_eq!(place.metric("kentong_store_reopened_total").await, 0, "the engine failed");
    place.server.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_wait_while_files_are_scarce_and_whoever_has_a_key_is_served() {
    let mut place = Place::start().await;
    assert!(place.makes_key().await);
    let (ayu, budi) =
        (Account::sign_up(&place.world, 1).await.unwrap(), Account::sign_up(&place.world, 2).await.unwrap());
    let World { door, alarms, .. } = &place.world;
    let (newcomer, _) = Client::connect(door, alarms.clone(), Arc::new(())).await.unwrap();
    assert!(!place.get("/status").await.contains(SAID));

    let crowd = place.crowd().await;
    assert!(place.get("/status").await.contains(SAID));
    for _ in 0..3 {
        assert!(!place.makes_key().await, "a stranger's exchange was answered");
    }
    // Whoever was here goes on, whoever comes back is let in, and whoever has a key may sign in with it.
    let peer = ayu.find(&budi).await.unwrap();
    ayu.client.call(&requests::send(peer, "penuh sekali".to_owned(), 1)).await.unwrap();
    budi.fresh().call(&functions::updates::GetState {}).await.unwrap();
    newcomer.call(&requests::send_code("6281199999999")).await.unwrap();

    drop(crowd);
    place.are_files_scarce(false).await;
    assert!(place.makes_key().await);
    assert!(!place.get("/status").await.contains(SAID));
    place.server.stop().await.unwrap();
}
