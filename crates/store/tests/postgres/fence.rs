//! A server that was superseded never writes again, whatever it believes.

use std::time::Duration;

use store::{Store, StoreError};
use testing_postgres::Instance;

use crate::support::{key, open, put, version};

/// Another server takes the lane, as it would after the first lost its lock without noticing.
fn supersede(instance: &Instance, url: &str) {
    let schema = url.rsplit("%3D").next().expect("it has a schema");
    instance.sql(&format!("UPDATE {schema}.kentong_engine SET holder = 'another', epoch = epoch + 1"));
}

async fn lost(store: &Store) -> String {
    tokio::time::timeout(Duration::from_secs(30), store.lost()).await.expect("it notices")
}

#[tokio::test]
async fn a_superseded_server_writes_nothing_and_says_so() {
    let instance = Instance::shared();
    let url = instance.fresh_url();
    let store = open(&url).await.expect("opens");
    store.commit(put("a", b"mine")).await.expect("commits");
    supersede(instance, &url);
    assert!(matches!(store.commit(put("b", b"late")).await, Err(StoreError::Unavailable(_))));
    assert!(lost(&store).await.contains("epoch"));
    assert!(store.is_read_only());
    assert!(matches!(store.enqueue(put("c", b"later")), Err(StoreError::Unavailable(_))));
    assert!(matches!(store.get(&key("a")).await, Err(StoreError::Read(_))), "what is read may be out of date");
    store.close();
    let schema = url.rsplit("%3D").next().expect("it has a schema");
    assert_eq!(instance.sql(&format!("SELECT count(*) FROM {schema}.kentong_records")), "1");
}

/// The connection breaks, and when it is back another server has the database.
#[tokio::test]
async fn a_server_that_comes_back_too_late_stops() {
    let instance = Instance::start();
    let url = instance.fresh_url();
    let store = open(&url).await.expect("opens");
    store.commit(put("a", b"mine")).await.expect("commits");
    instance.kill();
    instance.start_again();
    supersede(&instance, &url);
    let _late = store.commit(put("b", b"late")).await;
    lost(&store).await;
    store.close();
    let schema = url.rsplit("%3D").next().expect("it has a schema");
    assert_eq!(instance.sql(&format!("SELECT count(*) FROM {schema}.kentong_records")), "1");
}

/// The same where nothing is written in between: it notices by itself.
#[tokio::test]
async fn an_idle_server_that_comes_back_too_late_stops() {
    let instance = Instance::start();
    let url = instance.fresh_url();
    let store = open(&url).await.expect("opens");
    store.commit(put("a", b"mine")).await.expect("commits");
    let schema = url.rsplit("%3D").next().expect("it has a schema");
    // In one statement with the end of its sessions, so that it cannot be back before.
    instance.sql(&format!(
        "BEGIN; UPDATE {schema}.kentong_engine SET holder = 'another', epoch = epoch + 1; COMMIT; \
         SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
    ));
    lost(&store).await;
}

/// A database that comes back without what it acknowledged (restored from an old backup, a standby that lagged).
#[tokio::test]
async fn a_database_that_lost_writes_is_not_written_to() {
    let instance = Instance::start();
    let url = instance.fresh_url();
    let store = open(&url).await.expect("opens");
    for round in 0..3_u8 {
        store.commit(put("a", &[round])).await.expect("commits");
    }
    let schema = url.rsplit("%3D").next().expect("it has a schema");
    instance.sql(&format!("UPDATE {schema}.kentong_engine SET seq = seq - 1"));
    assert!(store.commit(put("b", b"never")).await.is_err());
    lost(&store).await;
}

#[tokio::test]
async fn the_lock_is_taken_again_after_a_restart_of_the_database() {
    let instance = Instance::start();
    let url = instance.fresh_url();
    let store = open(&url).await.expect("opens");
    instance.kill();
    instance.start_again();
    assert_eq!(version(&store, "a").await, 0);
    // A second server that asks before this one has its lock again would get it, and rightly.
    crate::support::eventually("this server has its lock again", async || {
        instance.sql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted") != "0"
    })
    .await;
    assert!(open(&url).await.is_err());
}
