//! Disks that fill up: writing stops with an error, reading goes on, writing resumes by itself.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use store::{EmbeddedOptions, Space, SpaceOptions, SpaceProbe, Store, StoreError};

use crate::support::{count_whole, key, open, put, value};

const MIB: u64 = 1024 * 1024;
/// Set for the process that runs in a mount namespace of its own.
const IN_NAMESPACE: &str = "KENTONG_STORE_TEST_NAMESPACE";
const PATIENCE: Duration = Duration::from_secs(20);

fn options(probe: SpaceProbe, floor_bytes: u64, reserve_bytes: u64) -> EmbeddedOptions {
    let space = SpaceOptions {
        probe,
        interval: Duration::from_millis(20),
        floor_bytes: Some(floor_bytes),
        reserve_bytes: Some(reserve_bytes),
    };
    EmbeddedOptions { space, ..EmbeddedOptions::default() }
}

async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let started = Instant::now();
    while !holds().await {
        assert!(started.elapsed() < PATIENCE, "it never came true that {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn writing_stops_at_the_floor_and_resumes_above_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let free = Arc::new(AtomicU64::new(1_000 * MIB));
    let reported = Arc::clone(&free);
    let probe =
        SpaceProbe::new(move |_| Ok(Space { free_bytes: reported.load(Ordering::SeqCst), total_bytes: 2_000 * MIB }));
    let store = Store::open_embedded(folder.path(), options(probe, 100 * MIB, MIB)).expect("opens");
    let reserve = folder.path().join("reserve");
    store.commit(put(0, 100)).await.expect("there is room");
    assert_eq!(fs::metadata(&reserve).expect("a reserve is kept").len(), MIB);

    free.store(99 * MIB, Ordering::SeqCst);
    eventually("the store is read-only", async || store.is_read_only()).await;
    assert!(matches!(store.enqueue(put(1, 100)), Err(StoreError::Unavailable(_))));
    assert_eq!(count_whole(&store, 2, 100).await, 1, "reading goes on");
    eventually("the reserve is freed", async || !reserve.exists()).await;

    free.store(110 * MIB, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(store.is_read_only(), "a little above the floor is not enough: it would flap");
    free.store(200 * MIB, Ordering::SeqCst);
    eventually("the store writes again", async || !store.is_read_only()).await;
    store.commit(put(1, 100)).await.expect("there is room again");
    assert!(reserve.exists());
}

#[tokio::test]
async fn a_store_opened_on_a_full_disk_is_read_only() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = open(folder.path()).expect("opens");
    store.commit(put(0, 100)).await.expect("commits");
    store.close();
    let probe = SpaceProbe::new(|_| Ok(Space { free_bytes: 0, total_bytes: 1_000 * MIB }));
    let store = Store::open_embedded(folder.path(), options(probe, MIB, MIB)).expect("opens for reading");
    assert!(store.is_read_only());
    assert_eq!(count_whole(&store, 1, 100).await, 1);
}

#[tokio::test]
async fn a_probe_that_fails_stops_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let probe = SpaceProbe::new(|_| Err(ErrorKind::PermissionDenied.into()));
    let store = Store::open_embedded(folder.path(), options(probe, MIB, MIB)).expect("opens");
    store.commit(put(0, 100)).await.expect("commits");
}

/// A small file system of its own, unmounted when dropped.
struct TinyDisk {
    folder: tempfile::TempDir,
}

impl TinyDisk {
    /// `None` where this process may not mount.
    fn mount(bytes: u64) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={bytes}"), "tmpfs"])
            .arg(folder.path())
            .output()
            .is_ok_and(|output| output.status.success());
        mounted.then_some(Self { folder })
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    /// Takes all but so many bytes, as another program would.
    fn fill(&self, leave: u64) {
        let free = free_bytes(self.folder.path());
        let mut file = File::options().append(true).create(true).open(self.filler()).expect("opens");
        let block = vec![1; 64 * 1024];
        let mut left = free.saturating_sub(leave);
        while left > 0 {
            let part = block.len().min(left as usize);
            if file.write_all(&block[..part]).is_err() {
                return;
            }
            left -= part as u64;
        }
    }

    fn clear(&self) {
        fs::remove_file(self.filler()).expect("removes");
    }

    fn filler(&self) -> PathBuf {
        self.folder.path().join("filler")
    }
}

impl Drop for TinyDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.folder.path()).status();
    }
}

fn free_bytes(path: &Path) -> u64 {
    let stat = rustix::fs::statvfs(path).expect("statvfs");
    stat.f_bavail * stat.f_frsize
}

/// Runs `test` with a tiny disk: here if this process may mount, else in a namespace of its own where it may. Where not
/// even that is allowed the tests with a probe of their own must do, and the log says so.
fn with_tiny_disk(name: &str, test: impl AsyncFnOnce(TinyDisk)) {
    if let Some(disk) = TinyDisk::mount(192 * MIB) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        return runtime.block_on(test(disk));
    }
    assert!(std::env::var_os(IN_NAMESPACE).is_none(), "mounting failed although the namespace allows it");
    let namespace = ["--user", "--map-root-user", "--mount"];
    let is_allowed = Command::new("unshare").args(namespace).arg("true").status().is_ok_and(|status| status.success());
    if !is_allowed {
        return eprintln!(
            "{name}: NOT SHOWN on a real full disk: neither mounting nor user namespaces are allowed here"
        );
    }
    let program = std::env::current_exe().expect("this test has a file");
    let mut command = Command::new("unshare");
    command.args(namespace).arg(program).args(["--exact", name, "--nocapture"]).env(IN_NAMESPACE, "1");
    assert!(command.status().expect("unshare is there").success(), "the test failed in its namespace");
}

/// Another program fills the disk: the store stops before the engine notices, and goes on when there is room.
#[test]
fn a_filling_disk_makes_the_store_read_only_for_a_while() {
    with_tiny_disk("space::a_filling_disk_makes_the_store_read_only_for_a_while", async |disk| {
        let options = options(SpaceProbe::file_system(), 16 * MIB, MIB);
        let store = Store::open_embedded(&disk.store(), options).expect("opens");
        for number in 0..100 {
            store.commit(put(number, 10_000)).await.expect("there is room");
        }
        disk.fill(10 * MIB);
        eventually("the store is read-only", async || store.is_read_only()).await;
        assert!(matches!(store.commit(put(100, 100)).await, Err(StoreError::Unavailable(_))));
        assert_eq!(count_whole(&store, 100, 10_000).await, 100);
        disk.clear();
        eventually("the store writes again", async || store.commit(put(100, 10_000)).await.is_ok()).await;
        store.close();
        assert_eq!(count_whole(&open(&disk.store()).expect("opens"), 101, 10_000).await, 101);
    });
}

/// The disk is full before anyone looked: the engine's write fails in the middle and poisons it. Nothing that was
/// acknowledged is lost, nothing that failed appears, reading goes on, and the engine is reopened in this process.
#[test]
fn a_full_disk_poisons_the_engine_for_a_while() {
    with_tiny_disk("space::a_full_disk_poisons_the_engine_for_a_while", async |disk| {
        let blind = SpaceProbe::new(|_| Ok(Space { free_bytes: 1_000 * MIB, total_bytes: 2_000 * MIB }));
        let store = Store::open_embedded(&disk.store(), options(blind, MIB, 0)).expect("opens");
        for number in 0..100 {
            store.commit(put(number, 10_000)).await.expect("there is room");
        }
        disk.fill(0);
        let end = fill_until_refused(&store).await;
        assert_eq!(count_whole(&store, end + 50, 10_000).await, end, "reading goes on");
        let reopened = metrics::STORE_REOPENED.get();
        disk.clear();
        eventually("the store writes again", async || store.commit(put(end, 10_000)).await.is_ok()).await;
        assert!(metrics::STORE_REOPENED.get() > reopened, "it had to be reopened");
        assert_eq!(count_whole(&store, end + 50, 10_000).await, end + 1, "what failed did not come back");
        store.close();
        assert_eq!(count_whole(&open(&disk.store()).expect("opens"), end + 50, 10_000).await, end + 1);
    });
}

/// The disk fills up again and again at a different moment of the engine's work: journal, table, merge.
#[test]
fn a_disk_that_fills_up_at_any_moment_loses_nothing() {
    with_tiny_disk("space::a_disk_that_fills_up_at_any_moment_loses_nothing", async |disk| {
        let blind = SpaceProbe::new(|_| Ok(Space { free_bytes: 1_000 * MIB, total_bytes: 2_000 * MIB }));
        let options = EmbeddedOptions { memtable_bytes: MIB, ..options(blind, MIB, 0) };
        let store = Store::open_embedded(&disk.store(), options).expect("opens");
        let mut written = BTreeSet::new();
        for round in 0..8_u64 {
            disk.fill((round % 4) * 2 * MIB);
            flood(&store, round * 1_000, &mut written).await;
            disk.clear();
            let last = round * 1_000 + 999;
            eventually("the store writes again", async || store.commit(put(last, 10_000)).await.is_ok()).await;
            written.insert(last);
            check(&store, round, &written).await;
        }
        store.close();
        check(&open(&disk.store()).expect("opens"), 7, &written).await;
    });
}

/// Commits up to 900 records at once, or as many as the disk takes, and notes those acknowledged.
async fn flood(store: &Store, from: u64, written: &mut BTreeSet<u64>) {
    let mut waiting = Vec::new();
    for number in from..from + 900 {
        match store.enqueue(put(number, 10_000)) {
            Ok(commit) => waiting.push((number, commit)),
            Err(_) => break,
        }
    }
    for (number, commit) in waiting {
        if commit.await.is_ok() {
            written.insert(number);
        }
    }
}

/// Exactly these records of the last two rounds are there.
async fn check(store: &Store, round: u64, written: &BTreeSet<u64>) {
    for number in round.saturating_sub(1) * 1_000..(round + 1) * 1_000 {
        let found = store.get(&key(number)).await.expect("reads");
        let expected = written.contains(&number).then(|| value(number, 10_000));
        assert_eq!(found.map(|record| record.value.to_vec()), expected, "record {number}");
    }
}

/// A full disk is no reason not to start: people can read, and the administrator can make room.
#[test]
fn a_store_opens_on_a_disk_that_is_really_full() {
    with_tiny_disk("space::a_store_opens_on_a_disk_that_is_really_full", async |disk| {
        let options = options(SpaceProbe::file_system(), 8 * MIB, MIB);
        let store = Store::open_embedded(&disk.store(), options.clone()).expect("opens");
        for number in 0..100 {
            store.commit(put(number, 10_000)).await.expect("there is room");
        }
        store.close();
        disk.fill(0);
        let store = Store::open_embedded(&disk.store(), options).expect("opens");
        assert!(store.is_read_only());
        assert_eq!(count_whole(&store, 100, 10_000).await, 100);
        disk.clear();
        eventually("the store writes again", async || store.commit(put(100, 10_000)).await.is_ok()).await;
    });
}

/// Writes until the first failure; returns the number of the first record that was not acknowledged.
async fn fill_until_refused(store: &Store) -> u64 {
    for number in 100..10_000 {
        match store.commit(put(number, 10_000)).await {
            Ok(()) => {}
            Err(StoreError::Unknown(_)) => return number,
            Err(other) => panic!("the outcome is unknown, not {other}"),
        }
    }
    panic!("the disk never filled up");
}
