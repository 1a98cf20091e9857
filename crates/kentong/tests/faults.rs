//! A little of `make faults` in every test run: real clients, the real binary, a few kills and a power cut, and the judge
//! who reads everything again. The whole of it is `make faults`.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;
use std::time::Duration;

use storm::faults::bench::{Bench, Size};
use storm::faults::disk::Disk;
use storm::faults::{kill, power};
use storm::load::Mix;
use storm::oracle::Order;
use storm::server::Launch;

const KILLS: u64 = 5;
const SPECIAL_KILLS: u64 = 2;
/// Fewer acknowledgements say nothing, however busy the machine is.
const ACKS_MIN: u64 = 200;
const SEED: u64 = 20_261_122;
const DISK_MIB: u64 = 1024;

/// Few people: this binary is not optimised.
const SIZE: Size =
    Size { people: 4, window: 16, runs_per_fleet: 3, load_max: Duration::from_millis(1500), order: Order::Shared };

async fn bench(name: &str, folder: &Path) -> Bench {
    bench_with(name, folder, Launch::default(), SIZE).await
}

async fn bench_with(name: &str, folder: &Path, launch: Launch, size: Size) -> Bench {
    let binary = Path::new(env!("CARGO_BIN_EXE_kentong"));
    Bench::start(name, binary, folder.join("data"), launch, size).await.unwrap()
}

fn clean(bench: &Bench) {
    let verdict = &bench.verdict;
    assert!(verdict.is_clean(), "{verdict}\n{:#?}\n{}", verdict.findings, bench.server.log());
    assert!(verdict.acks > ACKS_MIN, "hardly anything was acknowledged: {verdict}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = bench("kill", folder.path()).await;
    for run in 0..KILLS {
        kill::run(&mut bench, run, SEED + run, Mix::Talk).await.unwrap();
    }
    bench.end().await.unwrap();
    clean(&bench);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_on_their_way_survive_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = bench("upload", folder.path()).await;
    for run in 0..SPECIAL_KILLS {
        kill::run(&mut bench, run, SEED + run, Mix::Files).await.unwrap();
    }
    bench.end().await.unwrap();
    clean(&bench);
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_on_their_way_survive_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let launch = Launch::default().with("KENTONG_SERVER_DELIVERY", "outbox");
    let mut bench = bench_with("letters", folder.path(), launch, Size { order: Order::OfEach, ..SIZE }).await;
    for run in 0..SPECIAL_KILLS {
        kill::run(&mut bench, run, SEED + run, Mix::Talk).await.unwrap();
    }
    bench.end().await.unwrap();
    clean(&bench);
}

/// Mounting needs root; without it, this says so and leaves the cut to `make faults`.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_the_power_is_cut() {
    if let Err(reason) = Disk::check() {
        eprintln!("no power was cut: {reason:#}");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut disk = Disk::make(folder.path(), DISK_MIB).unwrap();
    let size = Size { load_max: Duration::from_secs(4), ..SIZE };
    let mut bench = bench_with("power", disk.path(), Launch::default(), size).await;
    power::run(&mut bench, &mut disk, 0, SEED).await.unwrap();
    bench.end().await.unwrap();
    clean(&bench);
}
