//! A database that came back without what was acknowledged while no server was there to see it.

use std::path::Path;

use store::{DatabaseError, Store};
use testing_postgres::Instance;

use crate::support::{key, options, put};

/// Opens the store there with a mark in `folder`.
async fn open(url: &str, folder: &Path, accept_loss: bool) -> Result<Store, DatabaseError> {
    let mut options = options(url);
    options.mark = Some(folder.join("mark"));
    options.accept_loss = accept_loss;
    Store::open_postgres(&options).await
}

async fn write(store: &Store, names: &[&str]) {
    for name in names {
        store.commit(put(name, b"value")).await.expect("commits");
    }
}

/// The database as a dump would have it, taken after two of three groups.
#[tokio::test]
async fn a_database_that_lost_writes_while_nobody_looked_is_refused_until_accepted() {
    let instance = Instance::shared();
    let url = instance.fresh_url();
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&url, folder.path(), false).await.expect("a new one");
    write(&store, &["a", "b", "c"]).await;
    store.close();
    let store = open(&url, folder.path(), false).await.expect("nothing is missing");
    write(&store, &["d"]).await;
    store.close();
    let schema = url.rsplit("%3D").next().expect("it has a schema");
    instance.sql(&format!(
        "DELETE FROM {schema}.kentong_records WHERE owner LIKE '%d'::bytea; UPDATE {schema}.kentong_engine SET seq = seq - 1"
    ));
    for _ in 0..2 {
        let refused = open(&url, folder.path(), false).await.expect_err("it lost a group").to_string();
        assert!(refused.contains("at group 3, group 4 was acknowledged") && refused.contains("--salvage"), "{refused}");
    }
    let store = open(&url, folder.path(), true).await.expect("it was accepted");
    assert!(store.get(&key("c")).await.expect("reads").is_some());
    write(&store, &["e"]).await;
    store.close();
    open(&url, folder.path(), false).await.expect("what is left is the truth now").close();
}

#[tokio::test]
async fn a_damaged_mark_is_refused_until_accepted_and_a_missing_one_begins_anew() {
    let instance = Instance::shared();
    let url = instance.fresh_url();
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&url, folder.path(), false).await.expect("a new one");
    write(&store, &["a"]).await;
    store.close();
    std::fs::write(folder.path().join("mark"), b"rot").expect("writes");
    let refused = open(&url, folder.path(), false).await.expect_err("nobody can tell").to_string();
    assert!(refused.contains("is damaged") && refused.contains("--salvage"), "{refused}");
    open(&url, folder.path(), true).await.expect("it was accepted").close();
    std::fs::remove_file(folder.path().join("mark")).expect("it is there");
    open(&url, folder.path(), false).await.expect("a folder of before").close();
    let schema = url.rsplit("%3D").next().expect("it has a schema");
    instance.sql(&format!("UPDATE {schema}.kentong_engine SET seq = seq - 1"));
    assert!(matches!(open(&url, folder.path(), false).await, Err(DatabaseError::Shortened { .. })));
}
