//! The database is killed, cut off and full while it is written to: nothing acknowledged is missing, nothing that was
//! refused is there, and writing goes on by itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use store::{Skipped, Store, StoreError};
use testing_postgres::Instance;
use tokio::task::JoinHandle;

use crate::support::{eventually, key, open, options, put, step, version};

const WRITERS: usize = 8;

/// Writers that each count one record upwards and stop at the first outcome that was not kept.
struct Load {
    is_over: Arc<AtomicBool>,
    acknowledged: Arc<AtomicU64>,
    writers: Vec<JoinHandle<u64>>,
}

impl Load {
    fn start(store: &Store) -> Self {
        let (is_over, acknowledged) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let writer = |number: usize| write(store.clone(), format!("w{number}"), is_over.clone(), acknowledged.clone());
        let writers = (0..WRITERS).map(|number| tokio::spawn(writer(number))).collect();
        Self { is_over, acknowledged, writers }
    }

    /// Waits for so many acknowledgements from now on.
    async fn more(&self, count: u64) {
        let aim = self.acknowledged.load(Ordering::Relaxed) + count;
        eventually("writing goes on", async || self.acknowledged.load(Ordering::Relaxed) >= aim).await;
    }

    /// Ends the load and compares every counter with what its writer knows.
    async fn finish(self, store: &Store) {
        self.is_over.store(true, Ordering::Relaxed);
        for (number, writer) in self.writers.into_iter().enumerate() {
            let known = writer.await.expect("no outcome was wrong");
            assert_eq!(version(store, &format!("w{number}")).await, known);
        }
    }
}

async fn write(store: Store, name: String, is_over: Arc<AtomicBool>, acknowledged: Arc<AtomicU64>) -> u64 {
    let mut at = 0;
    while !is_over.load(Ordering::Relaxed) {
        match store.commit(step(&name, at)).await {
            Ok(()) => {
                at += 1;
                acknowledged.fetch_add(1, Ordering::Relaxed);
            }
            Err(StoreError::Unavailable(_)) => {
                assert_eq!(version(&store, &name).await, at, "{name}: refused means not written");
            }
            Err(StoreError::Unknown(_)) => {
                let found = version(&store, &name).await;
                assert!(found == at || found == at + 1, "{name}: {found} after {at}");
                at = found;
            }
            Err(error) => panic!("{name} at {at}: {error}"),
        }
    }
    at
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_killed_under_load_loses_nothing() {
    let instance = Instance::start();
    let store = open(&instance.fresh_url()).await.expect("opens");
    let load = Load::start(&store);
    for _ in 0..4 {
        load.more(200).await;
        instance.kill();
        eventually("it is noticed", async || store.is_read_only()).await;
        instance.start_again();
        eventually("it heals", async || !store.is_read_only()).await;
    }
    load.more(200).await;
    load.finish(&store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_break_at_any_moment_double_nothing() {
    let instance = Instance::start();
    let store = open(&instance.fresh_url()).await.expect("opens");
    let load = Load::start(&store);
    for round in 0..25_u64 {
        load.more(20 + round % 7).await;
        instance.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kentong'");
    }
    load.more(50).await;
    load.finish(&store).await;
}

#[tokio::test]
async fn while_the_database_is_away_everything_fails_soon() {
    let instance = Instance::start();
    let mut options = options(&instance.fresh_url());
    options.patience = Duration::from_millis(300);
    let store = Store::open_postgres(&options).await.expect("opens");
    store.commit(put("a", b"1")).await.expect("commits");
    instance.kill();
    eventually("an idle store notices too", async || store.is_read_only()).await;
    let started = Instant::now();
    assert!(matches!(store.commit(put("b", b"2")).await, Err(StoreError::Unavailable(_))));
    assert!(matches!(store.get(&key("a")).await, Err(StoreError::Read(_))));
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
    instance.start_again();
    eventually("it heals", async || store.commit(put("b", b"2")).await.is_ok()).await;
    assert!(store.get(&key("a")).await.expect("reads").is_some());
    assert!(!store.is_read_only());
}

/// A write whose outcome is not known when patience ends is told so, and what is read afterwards stays true.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outcome_that_stays_unknown_is_told() {
    let instance = Instance::start();
    let mut options = options(&instance.fresh_url());
    options.patience = Duration::ZERO;
    let store = Store::open_postgres(&options).await.expect("opens");
    let load = Load::start(&store);
    for _ in 0..3 {
        load.more(100).await;
        instance.kill();
        eventually("it is noticed", async || store.is_read_only()).await;
        instance.start_again();
    }
    load.more(100).await;
    load.finish(&store).await;
}

/// A transaction that was given up but is still under way in a database that hangs must not happen later.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_hangs_for_a_while_doubles_nothing() {
    let instance = Instance::start();
    let store = open(&instance.fresh_url()).await.expect("opens");
    let load = Load::start(&store);
    load.more(100).await;
    instance.pause();
    eventually("the hang is noticed", async || store.is_read_only()).await;
    instance.resume();
    load.more(100).await;
    load.finish(&store).await;
}

/// What the database says when transactions got into each other's way, three times; then it lets them pass.
#[tokio::test]
async fn serialization_failures_are_tried_again_inside() {
    let instance = Instance::shared();
    let url = instance.fresh_url();
    let store = open(&url).await.expect("opens");
    let schema = url.rsplit("%3D").next().expect("it has a schema");
    for state in ["40001", "40P01"] {
        instance.sql(&format!(
            "CREATE SEQUENCE {schema}.tries_{state};
             CREATE FUNCTION {schema}.stumble_{state}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 IF nextval('{schema}.tries_{state}') < 4 THEN RAISE EXCEPTION 'busy' USING ERRCODE = '{state}'; END IF;
                 RETURN NEW; END $$;
             CREATE TRIGGER stumble_{state} BEFORE INSERT ON {schema}.kentong_records
                 FOR EACH STATEMENT EXECUTE FUNCTION {schema}.stumble_{state}()"
        ));
        store.commit(put("a", state.as_bytes())).await.expect("the fourth try succeeds");
        assert!(instance.sql(&format!("SELECT last_value >= 4 FROM {schema}.tries_{state}")) == "t");
    }
}

#[tokio::test]
async fn a_full_database_refuses_and_recovers() {
    let instance = Instance::shared();
    let url = instance.fresh_url();
    let store = open(&url).await.expect("opens");
    let schema = url.rsplit("%3D").next().expect("it has a schema");
    instance.sql(&format!(
        "CREATE FUNCTION {schema}.full() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$;
         CREATE TRIGGER full_disk BEFORE INSERT ON {schema}.kentong_records
             FOR EACH STATEMENT EXECUTE FUNCTION {schema}.full()"
    ));
    assert!(matches!(store.commit(put("a", b"1")).await, Err(StoreError::Unavailable(_))));
    instance.sql(&format!("DROP TRIGGER full_disk ON {schema}.kentong_records"));
    eventually("writing resumes", async || store.commit(put("a", b"1")).await.is_ok()).await;
}

#[tokio::test]
async fn damaged_records_are_named_and_never_served() {
    let instance = Instance::shared();
    let url = instance.fresh_url();
    let store = open(&url).await.expect("opens");
    for name in ["a", "b", "c"] {
        store.commit(put(name, b"value")).await.expect("commits");
    }
    let schema = url.rsplit("%3D").next().expect("it has a schema");
    instance.sql(&format!(
        "UPDATE {schema}.kentong_records SET value = set_bit(value, 20, 1 - get_bit(value, 20)) WHERE owner LIKE '%b'::bytea"
    ));
    assert!(matches!(store.get(&key("b")).await, Err(StoreError::Damaged(_))));
    assert!(store.get(&key("a")).await.expect("its neighbour is well").is_some());
    let mut snapshot = store.snapshot().await.expect("opens");
    let (mut read, mut skipped) = (0, Vec::new());
    loop {
        match snapshot.next_chunk().await {
            Ok(Some(chunk)) => read += chunk.len(),
            Ok(None) => break,
            Err(_) => skipped.extend(snapshot.skip_damaged().await.expect("goes on")),
        }
    }
    assert_eq!((read, skipped), (2, vec![Skipped::Record(key("b"))]));
}
