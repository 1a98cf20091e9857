//! A server whose store is a PostgreSQL database: it outlives it, keeps others out of it, and says plainly what is wrong.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::path::Path;
use std::process::Output;
use std::time::{Duration, Instant};

use common::{Server, fail, kentong, run, succeed};
use storm::faults::bench::{Bench, Size};
use storm::server::Launch;
use testing_postgres::Instance;

const PATIENCE: Duration = Duration::from_secs(60);

/// A configuration file that names the database.
fn configure(folder: &Path, url: &str) -> String {
    let path = folder.join("kentong.toml");
    std::fs::write(&path, format!("store = \"{url}\"\n")).unwrap();
    path.display().to_string()
}

fn serve(data: &Path, config: &str) -> Server {
    Server::start_with(data, &["--config", config, "--listen", "127.0.0.1:0"], "ready address=")
}

/// A server that should not start, in a data folder of its own.
fn refused(config: &str) -> String {
    let data = tempfile::tempdir().unwrap();
    let serve = ["serve", "--no-network", "--config", config, "--data"];
    let Output { status, stdout, stderr } = kentong().args(serve).arg(data.path()).output().unwrap();
    assert_eq!(status.code(), Some(1));
    let said = String::from_utf8_lossy(&stderr) + String::from_utf8_lossy(&stdout);
    assert!(!said.contains("drum"), "{said}");
    let complaints: Vec<_> = said.lines().filter(|line| line.starts_with("kentong: ")).collect();
    assert_eq!(complaints.len(), 1, "{said}");
    complaints[0].to_owned()
}

/// What the doctor says, who finds no fault; that no backup was ever made is a warning.
fn examined(data: &Path, config: &str, rest: &[&str]) -> String {
    let output = run(data, &[&["--config", config, "doctor"], rest].concat());
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(!said.contains("FAULT") && said.contains("ok       records"), "{said}");
    said
}

/// What senders acknowledge before something happens.
const ACKS: u64 = 150;

fn wait_until_ready(server: &Server, part: &str) {
    let until = Instant::now() + PATIENCE;
    loop {
        let (status, body) = server.get("/healthz/ready");
        assert_eq!(status, 200, "{body}");
        if body.contains("store: read-only") == (part == "read-only") {
            return;
        }
        assert!(Instant::now() < until, "never {part}: {body}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_server_outlives_its_database() {
    let instance = Instance::start();
    let folder = tempfile::tempdir().unwrap();
    let config = configure(folder.path(), &instance.url());
    let data = folder.path().join("data");
    let server = serve(&data, &config);
    let invite = || succeed(&data, &["--config", &config, "admin", "invite", "create"]);
    let first = invite();
    instance.kill();
    wait_until_ready(&server, "read-only");
    instance.start_again();
    wait_until_ready(&server, "writing again");
    assert_ne!(invite(), first);
    let second = refused(&config);
    assert!(second.contains("in use by another server"), "{second}");
    assert!(server.seen.iter().all(|line| !line.contains("drum")), "a password was logged: {:?}", server.seen);
    server.stop();
    let server = serve(&data, &config);
    invite();
    server.stop();
}

#[test]
fn what_is_wrong_with_a_database_is_said_in_one_line() {
    let instance = Instance::start_with(&[("fsync", "off")]);
    let folder = tempfile::tempdir().unwrap();
    let unsafe_config = configure(folder.path(), &instance.url());
    let said = refused(&unsafe_config);
    assert!(said.contains("fsync is off") && said.contains("--unsafe"), "{said}");
    let data = folder.path().join("data");
    let arguments = ["--config", &unsafe_config, "--listen", "127.0.0.1:0", "--unsafe"];
    Server::start_with(&data, &arguments, "ready address=").stop();
    let nobody = configure(folder.path(), "postgres://kentong:drum@127.0.0.1:1/kentong");
    assert!(refused(&nobody).contains("cannot reach the database 127.0.0.1:1/kentong"));
}

/// A database that came back shorter while no server was there to see it.
#[test]
fn a_database_that_lost_writes_while_no_server_ran_is_refused_until_the_operator_accepts_it() {
    let instance = Instance::start();
    let folder = tempfile::tempdir().unwrap();
    let config = configure(folder.path(), &instance.url());
    let data = folder.path().join("data");
    serve(&data, &config).stop();
    instance.sql("UPDATE kentong_engine SET seq = seq - 1");
    let said = fail(&data, &["--config", &config, "serve", "--no-network"]);
    assert!(said.contains("it lost writes") && said.contains("kentong doctor --salvage"), "{said}");
    let doctor = examined(&data, &config, &["--salvage"]);
    assert!(doctor.contains("salvage-"), "{doctor}");
    serve(&data, &config).stop();
}

/// Two people talk while their database is killed, again and again, and once the server with it.
#[tokio::test(flavor = "multi_thread")]
async fn people_talk_on_when_the_database_was_killed() {
    let instance = Instance::start();
    let folder = tempfile::tempdir().unwrap();
    let launch = Launch::default().with("KENTONG_STORE", instance.url());
    let size = Size { people: 2, window: 16, ..Size::default() };
    let binary = Path::new(env!("CARGO_BIN_EXE_kentong"));
    let mut bench = Bench::start("database", binary, folder.path().join("data"), launch, size).await.unwrap();
    let fleet = bench.fleet(0).await.unwrap();
    let storm = fleet.begin(20_261_123);
    for round in 0..4 {
        fleet.wait_for_acks(ACKS, PATIENCE).await.unwrap();
        instance.kill();
        if round == 3 {
            bench.server.kill().unwrap();
        }
        instance.start_again();
    }
    bench.recover().await.unwrap();
    fleet.wait_for_acks(ACKS, PATIENCE).await.unwrap();
    storm.calm();
    storm.finish().await.unwrap();
    bench.judge(&fleet, "after the deaths").await.unwrap();
    bench.end().await.unwrap();
    assert!(bench.verdict.is_clean(), "{}\n{:#?}", bench.verdict, bench.verdict.findings);
    assert!(bench.verdict.acks > 5 * ACKS, "{}", bench.verdict);
    move_away(&instance, folder.path());
}

/// The doctor finds nothing wrong with what they said, and a backup takes all of it to another database.
fn move_away(instance: &Instance, folder: &Path) {
    let (data, elsewhere) = (folder.join("data"), folder.join("elsewhere"));
    let config = configure(folder, &instance.url());
    let call = |data: &Path, config: &str, rest: &[&str]| succeed(data, &[&["--config", config], rest].concat());
    let healthy = examined(&data, &config, &[]);
    assert!(healthy.contains("\"postgres\", opened"), "{healthy}");
    let file = folder.join("all.backup").display().to_string();
    call(&data, &config, &["backup", "create", &file]);
    std::fs::create_dir(&elsewhere).unwrap();
    let other = configure(&elsewhere, &instance.fresh_url());
    let copy = elsewhere.join("data");
    let restored = call(&copy, &other, &["backup", "restore", &file]);
    assert!(restored.contains("people    2"), "{restored}");
    examined(&copy, &other, &[]);
    serve(&copy, &other).stop();
}
