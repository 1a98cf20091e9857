//! The server as its operator meets it: start, health, what it refuses, how it stops.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use common::{Server, fail, run, succeed};

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).expect("the file is there").permissions().mode() & 0o777
}

#[test]
fn a_first_start_says_where_whom_to_trust_and_what_to_do_next() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut server = Server::start(&data);
    server.wait_for("Ctrl-C stops the server");
    let text = server.seen.join("\n");
    let address = server.address.unwrap().to_string();
    for part in [
        "is ready.",
        "/app/",
        "fingerprint",
        "/invite/",
        "/admin\n",
        "becomes the administrator",
        " connect ",
        &address,
    ] {
        assert!(text.contains(part), "{part:?} is missing in\n{text}");
    }
    assert_eq!(mode(&data), 0o700);
    assert_eq!(mode(&data.join("private.pem")), 0o600);
    assert_eq!(mode(&data.join("admin.sock")), 0o600);
    assert_eq!(std::fs::read_to_string(data.join("listen")).unwrap(), format!("{address}\n"));
    server.stop();
}

#[test]
fn the_identity_and_the_first_invite_outlive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let facts = |mut server: Server| {
        let invite = server.wait_for("  invite ");
        let fingerprint = server.wait_for("  fingerprint ");
        server.stop();
        (invite, fingerprint)
    };
    assert_eq!(facts(Server::start(folder.path())), facts(Server::start(folder.path())));
}

#[test]
fn a_second_process_is_kept_out() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let refusal = fail(folder.path(), &["serve", "--listen", "127.0.0.1:0"]);
    assert!(refusal.contains(&format!("in use by process {}", server.id())), "{refusal}");
    server.stop();
}

#[test]
fn a_newer_format_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    Server::start(folder.path()).stop();
    let format = folder.path().join("format");
    let newer = std::fs::read_to_string(&format).unwrap().replace('1', "2");
    std::fs::write(&format, newer).unwrap();
    let refusal = fail(folder.path(), &["serve", "--listen", "127.0.0.1:0"]);
    assert!(refusal.contains("format 2") && refusal.contains("newer"), "{refusal}");
}

#[test]
fn health_follows_the_life_of_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let absent = fail(folder.path(), &["health"]);
    assert!(absent.contains("not running"), "{absent}");
    let server = Server::start(folder.path());
    assert_eq!(server.get("/healthz/live"), (200, "live\n".to_owned()));
    assert_eq!(server.get("/healthz/ready").0, 200);
    assert!(server.get("/metrics").1.contains("\nkentong_ready 1\n"));
    assert!(server.get("/").1.contains("public.pem"));
    assert!(server.get("/public.pem").1.starts_with("-----BEGIN RSA PUBLIC KEY-----"));
    assert_eq!(server.get("/nothing").0, 404);
    assert!(succeed(folder.path(), &["health"]).starts_with("ready"));
    server.stop();
    let output = run(folder.path(), &["health"]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn both_signals_stop_it_cleanly_and_soon() {
    for signal in ["TERM", "INT"] {
        let folder = tempfile::tempdir().unwrap();
        let mut server = Server::start(folder.path());
        let began = Instant::now();
        server.signal(signal);
        assert_eq!(server.wait().code(), Some(0), "{:#?}", server.seen);
        assert!(began.elapsed() < Duration::from_secs(5), "an idle server has nothing to wait for");
        assert!(server.seen.iter().any(|line| line.contains("draining")), "{:#?}", server.seen);
        assert!(!folder.path().join("admin.sock").exists());
    }
}

#[test]
fn an_idle_connection_does_not_hold_up_the_stop() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(folder.path());
    let mut connection = TcpStream::connect(server.address.unwrap()).unwrap();
    connection.write_all(&[0xef]).unwrap();
    let began = Instant::now();
    server.signal("TERM");
    assert_eq!(server.wait().code(), Some(0), "{:#?}", server.seen);
    assert!(began.elapsed() < Duration::from_secs(12), "{:?}", began.elapsed());
}

#[test]
fn a_kill_leaves_nothing_that_stops_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(folder.path());
    server.signal("KILL");
    server.wait();
    Server::start(folder.path()).stop();
}

#[test]
fn a_taken_port_is_told_in_one_line_and_leaves_the_folder_free() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refusal = fail(folder.path(), &["serve", "--listen", &address]);
    let last = refusal.lines().last().unwrap_or_default();
    assert!(last.starts_with("kentong: ") && last.contains(&address), "{refusal}");
    assert!(succeed(folder.path(), &["admin", "mode"]).starts_with("open"));
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    Server::start(folder.path()).stop();
    let key = folder.path().join("private.pem");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let refusal = fail(folder.path(), &["serve", "--listen", "127.0.0.1:0"]);
    assert!(refusal.contains("can be read by others"), "{refusal}");
}

#[test]
fn no_secret_is_logged_even_at_the_finest_level() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("kentong.toml");
    std::fs::write(&config, "[log]\nfilter = \"trace\"\nformat = \"json\"\n").unwrap();
    let data = folder.path().join("data");
    let arguments = ["--listen", "127.0.0.1:0", "--config", config.to_str().unwrap()];
    let mut server = Server::start_with(&data, &arguments, "\"ready\"");
    server.signal("TERM");
    assert_eq!(server.wait().code(), Some(0));
    let log = server.seen.join("\n");
    assert!(log.contains("{\"timestamp\""), "the format is JSON: {log}");
    let key = std::fs::read_to_string(data.join("private.pem")).unwrap();
    assert!(key.lines().all(|line| !log.contains(line)), "a line of the private key is in the log");
}
