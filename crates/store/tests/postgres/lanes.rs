//! Groups that are under way beside each other, in several lanes: what has an owner in common keeps its order, what has not
//! does not wait, and whatever breaks in between, nothing is lost, doubled or overtaken.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use store::{Batch, Check, Class, Commit, Key, Owner, Record, Scan, Store, StoreError};
use testing_postgres::Instance;
use tokio_postgres::NoTls;

use crate::support::{eventually, key, open, put, version};

const ACCOUNTS: usize = 24;
const WRITERS: u64 = 16;

/// Ends one connection of the store, whichever.
const BREAK_ONE: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
    WHERE application_name = 'kentong' ORDER BY random() LIMIT 1";

fn account(number: usize) -> String {
    format!("account{number}")
}

/// Where a writer notes what it changed.
fn note(writer: u64, number: u64) -> Key {
    Key::new(&notes(writer), &number.to_be_bytes())
}

fn notes(writer: u64) -> Owner {
    Owner::new(2, &writer.to_be_bytes())
}

/// Enqueues as soon as batches are taken.
async fn enqueue(store: &Store, batch: Batch) -> Commit {
    loop {
        match store.enqueue(batch.clone()) {
            Ok(commit) => return commit,
            Err(StoreError::Unavailable(_)) => tokio::time::sleep(Duration::from_millis(5)).await,
            Err(error) => panic!("{error}"),
        }
    }
}

/// Moves some accounts by one version, all or none, and notes it. Says whether it is known that it was written.
async fn change(store: &Store, writer: u64, number: u64, dice: &mut ChaCha8Rng) -> Option<bool> {
    let mut changed: Vec<usize> = (0..dice.random_range(1..4_usize)).map(|_| dice.random_range(0..ACCOUNTS)).collect();
    changed.sort_unstable();
    changed.dedup();
    let mut batch = Batch::new(Class::C1);
    for place in changed.iter().map(|number| key(&account(*number))) {
        let found = match store.get(&place).await {
            Ok(found) => found.map_or(0, |record| record.version),
            Err(_) => return Some(false),
        };
        batch.checks.push(if found == 0 { Check::Absent(place.clone()) } else { Check::Version(place.clone(), found) });
        batch.puts.push((place, Record { version: found + 1, value: Vec::new().into() }));
    }
    batch.put_fresh(note(writer, number), changed.iter().map(|number| *number as u8).collect::<Vec<_>>());
    match store.commit(batch).await {
        Ok(()) => Some(true),
        Err(StoreError::Conflict | StoreError::Unavailable(_)) => Some(false),
        Err(StoreError::Unknown(_)) => None,
        Err(error) => panic!("{error}"),
    }
}

/// Every change of an account is noted once, every acknowledged one is there, and no refused one.
async fn audit(store: &Store, known: &[HashMap<u64, Option<bool>>]) {
    let mut changes = [0_u64; ACCOUNTS];
    for (writer, known) in (0..).zip(known) {
        let scan = Scan {
            owner: notes(writer),
            prefix: Vec::new(),
            from: None,
            to: None,
            reverse: false,
            limit: 10_000,
            max_bytes: usize::MAX,
        };
        let found = store.scan(&scan).await.expect("reads").items;
        let mut noted = HashMap::new();
        for (suffix, record) in found {
            record.value.iter().for_each(|number| changes[usize::from(*number)] += 1);
            noted.insert(u64::from_be_bytes(suffix.try_into().expect("a number")), ());
        }
        for (number, outcome) in known {
            let is_there = noted.contains_key(number);
            assert!(outcome.is_none_or(|written| written == is_there), "{writer}/{number}: {outcome:?}, {is_there}");
        }
    }
    for (number, changes) in changes.into_iter().enumerate() {
        assert_eq!(version(store, &account(number)).await, changes, "account {number}");
    }
}

/// Runs writers whose batches cross each other while `trouble` is made, and compares everything afterwards.
async fn under_trouble(store: Store, trouble: impl AsyncFnOnce(&AtomicU64)) {
    let is_over = Arc::new(AtomicBool::new(false));
    let written = Arc::new(AtomicU64::new(0));
    let writer = |writer: u64| {
        let (store, is_over, written) = (store.clone(), Arc::clone(&is_over), Arc::clone(&written));
        tokio::spawn(async move {
            let (mut dice, mut known) = (ChaCha8Rng::seed_from_u64(writer), HashMap::new());
            for number in 0.. {
                if is_over.load(Ordering::Relaxed) {
                    break;
                }
                let outcome = change(&store, writer, number, &mut dice).await;
                known.insert(number, outcome);
                written.fetch_add(u64::from(outcome == Some(true)), Ordering::Relaxed);
            }
            known
        })
    };
    let writers: Vec<_> = (0..WRITERS).map(writer).collect();
    trouble(&written).await;
    is_over.store(true, Ordering::Relaxed);
    let mut known = Vec::new();
    for writer in writers {
        known.push(writer.await.expect("no outcome was wrong"));
    }
    eventually("everything can be read", async || store.get(&key("a")).await.is_ok()).await;
    audit(&store, &known).await;
}

async fn more(written: &AtomicU64, count: u64) {
    let aim = written.load(Ordering::Relaxed) + count;
    eventually("writing goes on", async || written.load(Ordering::Relaxed) >= aim).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_that_cross_are_written_whole_and_once_while_connections_break() {
    let instance = Instance::start();
    let store = open(&instance.fresh_url()).await.expect("opens");
    under_trouble(store, async |written| {
        for round in 0..25_u64 {
            more(written, 20 + round % 9).await;
            instance.sql(BREAK_ONE);
        }
        more(written, 50).await;
    })
    .await;
}

/// Whatever of the lanes' last groups reached the disk.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_that_cross_are_written_whole_and_once_while_the_database_dies() {
    let instance = Instance::start();
    let store = open(&instance.fresh_url()).await.expect("opens");
    under_trouble(store, async |written| {
        for _ in 0..4 {
            more(written, 150).await;
            instance.kill();
            tokio::time::sleep(Duration::from_millis(20)).await;
            instance.start_again();
        }
        more(written, 150).await;
    })
    .await;
}

/// No checks here: only the order of arrival decides which value is the last.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_s_batches_keep_their_order_also_where_connections_break() {
    let instance = Instance::start();
    let store = open(&instance.fresh_url()).await.expect("opens");
    let mut dice = ChaCha8Rng::seed_from_u64(9);
    let (mut commits, mut last) = (Vec::new(), [0_u64; ACCOUNTS]);
    for number in 1..=4_000_u64 {
        let mut batch = Batch::new(Class::C1);
        for _ in 0..dice.random_range(1..4_usize) {
            let account_number = dice.random_range(0..ACCOUNTS);
            let record = Record { version: number, value: Vec::new().into() };
            batch.puts.push((key(&account(account_number)), record));
            last[account_number] = number;
        }
        commits.push(enqueue(&store, batch).await);
        if number % 16 == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        if number % 400 == 0 {
            instance.sql(BREAK_ONE);
        }
    }
    for commit in commits {
        commit.await.expect("the database was there all the time");
    }
    for (number, last) in last.into_iter().enumerate() {
        assert_eq!(version(&store, &account(number)).await, last, "account {number}");
    }
}

/// Somebody who has this lane's row, so that its groups cannot be written for now.
async fn occupy(url: &str, lane: i32) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("connects");
    tokio::spawn(connection);
    client
        .batch_execute(&format!("BEGIN; SELECT 1 FROM kentong_engine WHERE lane = {lane} FOR UPDATE"))
        .await
        .expect("locks");
    client
}

/// Waits until a group is under way that waits for this client.
async fn somebody_waits(client: &tokio_postgres::Client) {
    let sql = "SELECT 1 FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))";
    eventually("a group is under way", async || !client.query(sql, &[]).await.expect("is told").is_empty()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_do_not_wait_for_a_lane_that_is_busy_and_relatives_do() {
    let url = Instance::shared().fresh_url();
    let store = open(&url).await.expect("opens");
    let busy = occupy(&url, 0).await;
    let mut first = store.enqueue(put("first", b"1")).expect("there is room");
    somebody_waits(&busy).await;
    store.commit(put("second", b"2")).await.expect("it has nothing to do with the first");
    let mut both = put("first", b"3");
    both.put(key("third"), b"3".to_vec());
    let mut both = store.enqueue(both).expect("there is room");
    let mut third = store.enqueue(put("third", b"4")).expect("there is room");
    let mut barrier = store.enqueue(Batch::new(Class::C1)).expect("there is room");
    store.commit(put("fourth", b"5")).await.expect("it has nothing to do with any of them");
    let waiting = [&mut first, &mut both, &mut third, &mut barrier].map(futures::future::poll_immediate);
    let told = futures::future::join_all(waiting).await;
    assert!(told.iter().all(Option::is_none), "{told:?}");
    busy.batch_execute("COMMIT").await.expect("lets go");
    for commit in [first, both, third, barrier] {
        commit.await.expect("is written");
    }
    assert_eq!(store.get(&key("first")).await.expect("reads").expect("it is there").value, &b"3"[..]);
    assert_eq!(store.get(&key("third")).await.expect("reads").expect("it is there").value, &b"4"[..]);
}

/// What one lane lost is lost, however far the others are.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_lane_has_a_mark_of_its_own() {
    let instance = Instance::shared();
    let url = instance.fresh_url();
    let folder = tempfile::tempdir().expect("a folder");
    let open = async |lanes: usize| {
        let mut options = crate::support::options(&url);
        options.mark = Some(folder.path().join("mark"));
        options.lanes = lanes;
        Store::open_postgres(&options).await
    };
    // As a release that knew one lane leaves it.
    let store = open(1).await.expect("a new one");
    store.commit(put("a", b"1")).await.expect("commits");
    store.close();
    let store = open(3).await.expect("lanes are added");
    let busy = occupy(&url, 0).await;
    let first = store.enqueue(put("a", b"2")).expect("there is room");
    somebody_waits(&busy).await;
    store.commit(put("b", b"2")).await.expect("in another lane");
    busy.batch_execute("COMMIT").await.expect("lets go");
    first.await.expect("is written");
    store.close();
    for lanes in [1, 3] {
        open(lanes).await.expect("nothing is missing").close();
    }
    let schema = url.rsplit("%3D").next().expect("it has a schema");
    assert_eq!(instance.sql(&format!("SELECT seq > 0 FROM {schema}.kentong_engine WHERE lane = 1")), "t");
    instance.sql(&format!("UPDATE {schema}.kentong_engine SET seq = seq - 1 WHERE lane = 1"));
    for lanes in [1, 3] {
        let refused = open(lanes).await.expect_err("it lost a group").to_string();
        assert!(refused.contains("it lost writes"), "{refused}");
    }
}

/// A release that knew one lane takes that one only.
#[tokio::test]
async fn a_server_that_lost_one_lane_stops() {
    let instance = Instance::shared();
    let url = instance.fresh_url();
    let store = open(&url).await.expect("opens");
    store.commit(put("a", b"mine")).await.expect("commits");
    let schema = url.rsplit("%3D").next().expect("it has a schema");
    instance.sql(&format!("UPDATE {schema}.kentong_engine SET holder = 'another', epoch = epoch + 1 WHERE lane = 0"));
    assert!(matches!(store.commit(put("b", b"late")).await, Err(StoreError::Unavailable(_))));
    tokio::time::timeout(Duration::from_secs(30), store.lost()).await.expect("it notices");
}
