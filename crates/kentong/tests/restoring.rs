//! People on real clients while a backup is made, and on what was restored from it: nothing acknowledged before is missing,
//! nobody loses their key, whoever has seen more starts their lists anew, and life goes on, on any engine.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use common::kentong;
use storm::faults::bench::{Bench, Size};
use storm::load::Fleet;
use storm::oracle::Order;
use storm::record::Told;
use storm::requests;
use storm::server::Launch;
use tl::enums::updates::{Difference, State};
use tl::functions;

const SEED: u64 = 20_261_123;
/// Acknowledgements before the backup begins, and again in the life after it.
const ACKS: u64 = 400;
/// Longest wait for them.
const PATIENCE: Duration = Duration::from_secs(120);

/// Few people: this binary is not optimised.
fn size(order: Order) -> Size {
    Size { people: 4, window: 16, order, ..Size::default() }
}

/// A server with people, and where its backup goes.
struct Place {
    folder: tempfile::TempDir,
    config: PathBuf,
    file: PathBuf,
    launch: Launch,
    order: Order,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (config, file) = (folder.path().join("kentong.toml"), folder.path().join("all.backup"));
        fs::write(&config, "").unwrap();
        let launch = Launch::default().with("KENTONG_CONFIG", config.to_str().unwrap());
        Self { folder, config, file, launch, order: Order::Shared }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    async fn bench(&self) -> Bench {
        let (binary, launch) = (Path::new(env!("CARGO_BIN_EXE_kentong")), self.launch.clone());
        Bench::start("restored", binary, self.data(), launch, size(self.order)).await.unwrap()
    }

    /// What a command on this folder prints; it must succeed, or end with a warning where that is allowed.
    async fn run(&self, arguments: &[&str], worst: i32) -> String {
        let mut command = kentong();
        command.arg("--data").arg(self.data()).arg("--config").arg(&self.config).args(arguments);
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code().unwrap() <= worst, "{arguments:?}: {text}{error}");
        text
    }

    fn file(&self) -> &str {
        self.file.to_str().unwrap()
    }
}

/// What everybody was told so far, by their numbers.
fn told(fleet: &Fleet) -> HashMap<u32, Told> {
    fleet.accounts().map(|account| (account.number, account.record.told())).collect()
}

/// Where everybody's mailbox stands, as they are told.
async fn pts(fleet: &Fleet) -> HashMap<u32, i32> {
    let mut all = HashMap::new();
    for account in fleet.accounts() {
        let State::State(state) = account.client.insist(&functions::updates::GetState {}).await.unwrap();
        all.insert(account.number, state.pts);
    }
    all
}

/// From here on people answer for what they were told before the backup: of the rest nothing is promised, but what they
/// deleted or changed meanwhile may be so in the backup.
fn forget_what_came_after(fleet: &Fleet, mut before: HashMap<u32, Told>) {
    for account in fleet.accounts() {
        let mut before = before.remove(&account.number).unwrap();
        account.record.with(|told| {
            for (tag, fate) in &told.fates {
                before.fates.entry(*tag).or_default().deletion_asked |= fate.deletion_asked;
            }
            *told = before;
        });
    }
}

/// Everybody comes back with the key and the session they had, and is told to start anew.
async fn come_back(fleet: &Fleet, seen: &HashMap<u32, i32>) {
    for account in fleet.accounts() {
        let seen = seen[&account.number];
        let difference = account.client.insist(&requests::difference(seen, i32::MAX)).await.unwrap();
        let Difference::TooLong(it) = difference else { panic!("person {}: {difference:?}", account.number) };
        assert!(it.pts > seen, "person {}: {} after {seen}", account.number, it.pts);
    }
}

/// Makes a backup in the middle of everything, loses the server, restores it by this configuration, and lives on.
async fn there_and_back(place: &Place, after: &str) {
    let mut bench = place.bench().await;
    let fleet = bench.fleet(0).await.unwrap();
    let storm = fleet.begin(SEED);
    fleet.wait_for_acks(ACKS, PATIENCE).await.unwrap();
    let before = told(&fleet);
    let made = place.run(&["backup", "create", place.file()], 0).await;
    let meanwhile = fleet.acks() - before.values().map(|told| told.acks).sum::<u64>();
    assert!(meanwhile > 0, "nobody was answered while the backup was made");
    fleet.wait_for_acks(ACKS / 4, PATIENCE).await.unwrap();
    storm.finish().await.unwrap();
    let seen = pts(&fleet).await;
    eprintln!("{meanwhile} acknowledgements while this was made:\n{made}");

    bench.server.stop().await.unwrap();
    fs::rename(place.data(), place.folder.path().join("lost")).unwrap();
    fs::write(&place.config, after).unwrap();
    place.run(&["backup", "verify", place.file()], 0).await;
    place.run(&["backup", "restore", place.file()], 0).await;
    let launch = bench.launch.clone();
    bench.server.start(&launch).await.unwrap().expect("the restored server starts");
    come_back(&fleet, &seen).await;
    forget_what_came_after(&fleet, before);

    let storm = fleet.begin(SEED + 1);
    fleet.wait_for_acks(ACKS, PATIENCE).await.unwrap();
    storm.finish().await.unwrap();
    bench.judge(&fleet, "after the restore").await.unwrap();
    bench.end().await.unwrap();
    let verdict = &bench.verdict;
    assert!(verdict.is_clean(), "{verdict}\n{:#?}\n{}", verdict.findings, bench.server.log());
    assert!(verdict.acks > 2 * ACKS - 1, "{verdict}");
    let looked = place.run(&["doctor"], 1).await;
    for about in ["records", "logs", "counters", "media"] {
        assert!(looked.lines().any(|line| line.starts_with("ok") && line.contains(about)), "{about}: {looked}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_go_on_in_what_was_restored() {
    there_and_back(&Place::new(), "").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_go_on_in_a_database() {
    let url = testing_postgres::Instance::shared().fresh_url();
    there_and_back(&Place::new(), &format!("store = \"{url}\"\n")).await;
}

/// Letters that waited at the instant of the backup arrive after the restore, once.
#[tokio::test(flavor = "multi_thread")]
async fn people_go_on_by_letter() {
    let mut place = Place::new();
    place.launch = place.launch.with("KENTONG_SERVER_DELIVERY", "outbox");
    place.order = Order::OfEach;
    there_and_back(&place, "").await;
}
