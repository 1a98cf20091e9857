//! Certificates by ACME, against a server of the test's own that really dials.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common {
    pub mod acme;
    pub mod authority;
}

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use common::acme::Acme;
use futures::future::AbortHandle;
use tls::{Accepted, AcmeSettings, Settings, Source, Tls};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const NAMES: [&str; 2] = ["chat.example", "www.chat.example"];
/// What every test waits for at most.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server whose certificate comes from there; ends when dropped.
struct Server {
    tls: Tls,
    address: SocketAddr,
    tasks: Vec<AbortHandle>,
}

impl Server {
    async fn start(acme: &Acme, folder: &Path) -> Self {
        let authorities = folder.join("authorities.pem");
        std::fs::write(&authorities, acme.authority.root_pem()).unwrap();
        let settings = AcmeSettings {
            contact: vec!["me@chat.example".to_owned()],
            directory: acme.directory.clone(),
            authorities: Some(authorities),
            retry_first: Duration::from_millis(50),
            silence_max: Duration::from_secs(5),
            ..AcmeSettings::new(NAMES.map(str::to_owned).to_vec(), folder.join("acme"))
        };
        let (tls, keeping) = Tls::open(Settings::new(Source::Acme(settings), Arc::new(now))).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        acme.lead_to(address);
        let mut server = Self { tls: tls.clone(), address, tasks: Vec::new() };
        server.run(keeping);
        server.run(serve(tls, listener));
        server
    }

    fn run(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        let (task, handle) = futures::future::abortable(task);
        self.tasks.push(handle);
        tokio::spawn(task);
    }

    async fn ready(&self) {
        until(|| self.tls.is_ready()).await;
    }

    /// What a client reads that trusts this authority, over a handshake with this name.
    async fn read(&self, acme: &Acme, name: &'static str) -> std::io::Result<String> {
        let mut stream = acme.authority.greet(TcpStream::connect(self.address).await?, name).await?;
        let mut text = String::new();
        stream.read_to_string(&mut text).await?;
        Ok(text)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.tasks.iter().for_each(AbortHandle::abort);
    }
}

async fn serve(tls: Tls, listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        let tls = tls.clone();
        tokio::spawn(async move {
            if let Ok(Accepted::Stream(mut stream)) = tls.accept(stream).await {
                stream.write_all(b"welcome").await.unwrap();
                stream.shutdown().await.unwrap();
            }
        });
    }
}

#[expect(clippy::disallowed_methods, reason = "a test of real certificates runs in real time")]
fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

async fn until(holds: impl Fn() -> bool) {
    let waiting = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("in time");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_got_by_proving_every_name_and_outlives_a_restart() {
    let acme = Acme::start().await;
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&acme, folder.path()).await;
    server.ready().await;
    assert_eq!(*acme.complaints.lock().unwrap(), [""; 0]);
    for name in NAMES {
        assert_eq!(server.read(&acme, name).await.unwrap(), "welcome", "{name}");
    }
    assert!(server.read(&acme, "other.example").await.is_err());
    assert_eq!(acme.contact(), serde_json::json!(["mailto:me@chat.example"]));
    assert_eq!(server.tls.names(), NAMES);
    // Account and certificate; hashes and drafts beside them have an extension.
    let entries = || std::fs::read_dir(folder.path().join("acme")).unwrap().map(|entry| entry.unwrap().path());
    until(|| entries().filter(|path| path.extension().is_none()).count() == 2).await;
    drop(server);

    let server = Server::start(&acme, folder.path()).await;
    server.ready().await;
    assert_eq!(server.read(&acme, NAMES[0]).await.unwrap(), "welcome");
    assert_eq!(acme.orders.load(Ordering::SeqCst), 1, "what is kept is used");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_is_due_is_renewed_while_it_is_shown() {
    let acme = Acme::start().await;
    acme.issues_old.store(true, Ordering::SeqCst);
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&acme, folder.path()).await;
    server.ready().await;
    assert_eq!(server.read(&acme, NAMES[0]).await.unwrap(), "welcome");
    acme.issues_old.store(false, Ordering::SeqCst);
    until(|| acme.issued.load(Ordering::SeqCst) >= 2).await;
    assert_eq!(server.read(&acme, NAMES[1]).await.unwrap(), "welcome");
    assert_eq!(*acme.complaints.lock().unwrap(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_outlived_and_nobody_is_served_before() {
    let acme = Acme::start().await;
    acme.refuses.store(true, Ordering::SeqCst);
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&acme, folder.path()).await;
    until(|| acme.complaints.lock().unwrap().len() >= 2).await;
    assert!(!server.tls.is_ready());
    assert!(server.read(&acme, NAMES[0]).await.is_err(), "there is no certificate yet");
    acme.refuses.store(false, Ordering::SeqCst);
    server.ready().await;
    assert_eq!(server.read(&acme, NAMES[0]).await.unwrap(), "welcome");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_hangs_is_begun_anew() {
    let acme = Acme::start().await;
    acme.is_mute.store(true, Ordering::SeqCst);
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&acme, folder.path()).await;
    until(|| acme.unanswered.load(Ordering::SeqCst) > 0).await;
    acme.is_mute.store(false, Ordering::SeqCst);
    server.ready().await;
    assert_eq!(server.read(&acme, NAMES[0]).await.unwrap(), "welcome");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_leads_elsewhere_gets_nothing() {
    let acme = Acme::start().await;
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&acme, folder.path()).await;
    let elsewhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    acme.lead_to(elsewhere.local_addr().unwrap());
    drop(elsewhere);
    until(|| !acme.complaints.lock().unwrap().is_empty()).await;
    assert!(!server.tls.is_ready());
    assert_eq!(acme.issued.load(Ordering::SeqCst), 0);
}

/// A stranger who asks as ACME servers do is shown nothing while nothing is being proved, and no page in any case.
#[tokio::test(flavor = "multi_thread")]
async fn the_proof_is_nobody_elses() {
    let acme = Acme::start().await;
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&acme, folder.path()).await;
    server.ready().await;
    let connector = tokio_rustls::TlsConnector::from(Arc::new(acme.authority.client(&[b"acme-tls/1"])));
    let stream = TcpStream::connect(server.address).await.unwrap();
    let name = rustls::pki_types::ServerName::try_from(NAMES[0]).unwrap();
    assert!(connector.connect(name, stream).await.is_err());
}
