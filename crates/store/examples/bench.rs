//! Measures durable commits of the embedded engine: `cargo run --release -p kentong-store --example bench [folder]`.
//!
//! 64 senders commit as fast as they hear back, with one and with two keys of 200 bytes a batch, to random owners.

use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use store::{Batch, Class, EmbeddedOptions, Key, Owner, Store};

const SENDERS: u64 = 64;
const VALUE_BYTES: usize = 200;
const SECONDS: u64 = 10;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = std::env::args().nth(1).map_or_else(|| folder.path().to_owned(), PathBuf::from);
    let started = Instant::now();
    let store = Store::open_embedded(&path, EmbeddedOptions::default()).expect("opens");
    say(format_args!("opened in {:.1} ms, resident {} KiB", started.elapsed().as_secs_f64() * 1e3, resident_kib()));
    for keys in [1, 2] {
        measure(&store, keys).await;
        say(format_args!("  resident {} KiB", resident_kib()));
    }
    let closing = Instant::now();
    store.close();
    let opening = Instant::now();
    let store = Store::open_embedded(&path, EmbeddedOptions::default()).expect("opens again");
    say(format_args!(
        "closed in {:.0} ms, opened again in {:.0} ms, resident {} KiB",
        (opening - closing).as_secs_f64() * 1e3,
        opening.elapsed().as_secs_f64() * 1e3,
        resident_kib()
    ));
    store.close();
}

async fn measure(store: &Store, keys: usize) {
    let stalls = metrics::STORE_STALL_SECONDS.count();
    let groups = metrics::STORE_GROUP_BATCHES.count();
    let until = Instant::now() + Duration::from_secs(SECONDS);
    let senders = (0..SENDERS).map(|sender| tokio::spawn(send(store.clone(), sender, keys, until)));
    let mut times = Vec::new();
    for sender in senders.collect::<Vec<_>>() {
        times.extend(sender.await.expect("no sender panics"));
    }
    times.sort_unstable();
    let at = |share: usize| times[times.len() * share / 1_000].as_secs_f64() * 1e3;
    let rate = times.len() as u64 / SECONDS;
    say(format_args!(
        "{keys} keys: {rate} commits/s, p50 {:.2} ms, p99 {:.2} ms, p99.9 {:.2} ms, longest {:.0} ms",
        at(500),
        at(990),
        at(999),
        times[times.len() - 1].as_secs_f64() * 1e3
    ));
    say(format_args!(
        "  {} groups, {} pauses for the engine",
        metrics::STORE_GROUP_BATCHES.count() - groups,
        metrics::STORE_STALL_SECONDS.count() - stalls
    ));
}

async fn send(store: Store, sender: u64, keys: usize, until: Instant) -> Vec<Duration> {
    let mut times = Vec::new();
    let mut state = sender + 1;
    while Instant::now() < until {
        let mut batch = Batch::new(Class::C1);
        for _ in 0..keys {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let owner = Owner::new(1, &((state >> 33) % 1_000_000).to_be_bytes());
            batch.put(Key::new(&owner, &state.to_be_bytes()), vec![state as u8; VALUE_BYTES]);
        }
        let started = Instant::now();
        store.commit(batch).await.expect("commits");
        times.push(started.elapsed());
    }
    times
}

fn say(line: std::fmt::Arguments<'_>) {
    writeln!(std::io::stdout(), "{line}").expect("somebody reads");
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or(0)
}
