//! The server with TLS, as its operator sets it up: what it says of itself, what it refuses, and a certificate by ACME.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../../tls/tests/common/acme.rs"]
mod acme;
#[path = "../../tls/tests/common/authority.rs"]
mod authority;
mod common;

use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Duration;

use acme::Acme;
use authority::Authority;
use common::{Server, fail, run};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const NAME: &str = "chat.example";
/// Longest wait for a certificate.
const PATIENCE: Duration = Duration::from_secs(60);

/// A configuration file with this section `[tls]`; the arguments that lead to it.
fn configured(folder: &Path, tls: &str) -> Vec<String> {
    let path = folder.join("kentong.toml");
    std::fs::write(&path, format!("[tls]\n{tls}\n")).unwrap();
    ["--listen", "127.0.0.1:0", "--config", path.to_str().unwrap()].map(str::to_owned).to_vec()
}

fn start(folder: &Path, tls: &str) -> Server {
    let arguments = configured(folder, tls);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    Server::start_with(&folder.join("data"), &arguments, "ready address=")
}

fn refusal(folder: &Path, tls: &str) -> String {
    let arguments = configured(folder, tls);
    let arguments: Vec<&str> = ["serve"].into_iter().chain(arguments.iter().map(String::as_str)).collect();
    let refusal = fail(&folder.join("data"), &arguments);
    refusal.lines().last().unwrap_or_default().to_owned()
}

async fn get(server: &Server, authority: &Authority, path: &str) -> std::io::Result<String> {
    let stream = TcpStream::connect(server.address.unwrap()).await?;
    let mut stream = authority.greet(stream, NAME).await?;
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n").as_bytes()).await?;
    let mut text = String::new();
    stream.read_to_string(&mut text).await?;
    Ok(text)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_a_certificate_says_so_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let pair = authority.write(folder.path(), &[NAME, "www.chat.example"]);
    let tls = format!("certificate = {:?}\nkey = {:?}", pair.certificate, pair.key);
    let mut server = start(folder.path(), &tls);
    let port = server.address.unwrap().port();
    let base = format!("https://{NAME}:{port}/");
    assert!(server.wait_for("people open").contains(&format!("{base}app/")));
    let facts = get(&server, &authority, "/app/server.json").await.unwrap();
    assert!(facts.starts_with("HTTP/1.1 200") && facts.contains(&format!("\"baseUrl\":{base:?}")), "{facts}");
    assert!(facts.to_lowercase().contains("strict-transport-security: max-age=15552000"), "{facts}");

    let (status, _) = server.get("/");
    assert_eq!(status, 308, "a page for people moves to https");
    assert_eq!(server.get("/healthz/ready").0, 200);
    assert!(server.get("/metrics").1.contains("kentong_tls_handshakes_total{outcome=\"done\"} 1"));
    let config = folder.path().join("kentong.toml");
    let told = run(&folder.path().join("data"), &["connect", "--config", config.to_str().unwrap()]);
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(
        told.contains(&format!("{base}app/\n")) && told.contains(&format!("wss://{NAME}:{port}/apiws\n")),
        "{told}"
    );
    server.stop();
}

#[test]
fn what_cannot_work_is_told_in_one_line_before_anything_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let pair = authority.write(folder.path(), &[NAME]);
    let other = folder.path().join("other.pem");
    let missing = folder.path().join("missing.pem");
    let with = |certificate: &Path, key: &Path| {
        refusal(folder.path(), &format!("certificate = {certificate:?}\nkey = {key:?}"))
    };
    let (certificate, key) = (pair.certificate.as_path(), pair.key.as_path());

    let refused = with(&missing, key);
    assert!(refused.starts_with("kentong: [tls]: ") && refused.contains("missing.pem: No such file"), "{refused}");
    std::fs::write(&other, authority.issue(&[NAME]).1).unwrap();
    let refused = with(certificate, &other);
    assert!(refused.contains("other.pem: this key does not belong to the certificate in"), "{refused}");
    let refused = with(&other, key);
    assert!(refused.contains("other.pem: no certificate in PEM is in it"), "{refused}");
    let refused = with(certificate, certificate);
    assert!(refused.contains("certificate.pem: no private key in PEM is in it"), "{refused}");
    std::fs::write(&other, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
    assert!(with(&other, key).contains("other.pem: no certificate"), "{refused}");
    let refused = refusal(folder.path(), "acme_domains = [\"chat.example\"]");
    assert!(refused.contains("acme_accept_terms"), "{refused}");
    let refused = refusal(folder.path(), "acme_domains = [\"*.chat.example\"]\nacme_accept_terms = true");
    assert!(refused.contains("`*.chat.example`") && refused.contains("wildcards"), "{refused}");
}

#[test]
fn a_certificate_out_of_its_time_is_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = Authority::new().issue_with(&[NAME], |params| {
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(2021, 1, 1);
    });
    let paths = ["c.pem", "k.pem"].map(|name| folder.path().join(name));
    std::fs::write(&paths[0], certificate).unwrap();
    std::fs::write(&paths[1], key).unwrap();
    let mut server = start(folder.path(), &format!("certificate = {:?}\nkey = {:?}", paths[0], paths[1]));
    server.wait_for("the certificate has expired");
    server.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_certificate_comes_by_acme_to_the_very_port() {
    let folder = tempfile::tempdir().unwrap();
    let acme = Acme::start().await;
    let roots = folder.path().join("roots.pem");
    std::fs::write(&roots, acme.authority.root_pem()).unwrap();
    // Nothing is proved before the server's port is known.
    acme.refuses.store(true, Ordering::SeqCst);
    let tls = format!(
        "acme_domains = [{NAME:?}]\nacme_contact = [\"me@{NAME}\"]\nacme_accept_terms = true\n\
         acme_directory = {:?}\nacme_authorities = {roots:?}",
        acme.directory
    );
    let mut server = start(folder.path(), &tls);
    assert!(server.wait_for("people open").contains(&format!("https://{NAME}/app/")));
    assert_ne!(server.get("/").0, 308, "nobody is sent to a door without a certificate");
    acme.lead_to(server.address.unwrap());
    acme.refuses.store(false, Ordering::SeqCst);
    server.signal("TERM");
    assert_eq!(server.wait().code(), Some(0));

    let reserved = server.address.unwrap().to_string();
    let arguments = configured(folder.path(), &tls);
    let arguments = ["--listen", &reserved, "--config", arguments[3].as_str()];
    let mut server = Server::start_with(&folder.path().join("data"), &arguments, "ready address=");
    server.wait_for("got a certificate");
    let page = tokio::time::timeout(PATIENCE, get(&server, &acme.authority, "/healthz/live")).await.unwrap().unwrap();
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert_eq!(server.get("/").0, 308);
    server.stop();
}
