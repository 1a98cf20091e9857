//! Databases that are refused, in one clear line, and those that are taken.

use store::Store;
use testing_postgres::{Instance, SHARDS};

use crate::support::{key, open, options, put, refusal};

#[tokio::test]
async fn what_cannot_be_reached_is_named() {
    let instance = Instance::shared();
    let url = instance.url();
    let nobody = refusal("postgres://kentong:drum@127.0.0.1:1/kentong").await;
    assert!(nobody.starts_with("cannot reach the database 127.0.0.1:1/kentong: "), "{nobody}");
    let nowhere = refusal("postgres://kentong:drum@nowhere.invalid/kentong").await;
    assert!(nowhere.starts_with("cannot reach the database nowhere.invalid:5432/kentong: "), "{nowhere}");
    let password = refusal(&url.replace("drum", "gong")).await;
    assert!(password.contains("password authentication failed") && !password.contains("gong"), "{password}");
    let missing = refusal(&format!("{}/nothing", url.trim_end_matches("/kentong"))).await;
    assert!(missing.contains("database \"nothing\" does not exist"), "{missing}");
    let schema = refusal(&instance.url_of_schema("nothing")).await;
    assert!(schema.contains("names no schema"), "{schema}");
}

#[tokio::test]
async fn a_second_server_is_refused_until_the_first_is_gone() {
    let url = Instance::shared().fresh_url();
    let first = open(&url).await.expect("opens");
    let refused = refusal(&url).await;
    assert!(refused.contains("is in use by another server"), "{refused}");
    first.commit(put("a", b"1")).await.expect("the first is not disturbed");
    first.close();
    let second = Store::open_postgres(&options(&url)).await.expect("opens");
    assert!(second.get(&key("a")).await.expect("reads").is_some());
}

#[tokio::test]
async fn data_of_a_newer_version_is_refused_and_left_alone() {
    let instance = Instance::shared();
    let url = instance.fresh_url();
    open(&url).await.expect("opens").close();
    let schema = url.rsplit("%3D").next().expect("it has a schema");
    instance.sql(&format!("UPDATE {schema}.kentong_engine SET format = 99"));
    let before = instance.sql(&format!("SELECT * FROM {schema}.kentong_engine"));
    let refused = refusal(&url).await;
    assert!(refused.contains("format 99") && refused.contains("use a newer one"), "{refused}");
    assert_eq!(instance.sql(&format!("SELECT * FROM {schema}.kentong_engine")), before);
}

#[tokio::test]
async fn tables_of_somebody_else_are_refused() {
    let instance = Instance::shared();
    let url = instance.fresh_url();
    let schema = url.rsplit("%3D").next().expect("it has a schema");
    instance.sql(&format!("CREATE TABLE {schema}.kentong_records (a int)"));
    let refused = refusal(&url).await;
    assert!(refused.contains("only one is there"), "{refused}");
}

#[tokio::test]
async fn a_database_that_may_lose_writes_is_refused_unless_told_otherwise() {
    let url = Instance::shared().fresh_url();
    let careless = format!("{url}%20-csynchronous_commit%3Doff");
    let refused = refusal(&careless).await;
    assert!(refused.contains("synchronous_commit is off") && refused.contains("--unsafe"), "{refused}");
    let mut options = options(&careless);
    options.accept_unsafe = true;
    let store = Store::open_postgres(&options).await.expect("told otherwise");
    store.commit(put("a", b"1")).await.expect("commits");
}

#[tokio::test]
async fn a_database_without_fsync_is_refused() {
    for setting in ["fsync", "full_page_writes"] {
        let instance = Instance::start_with(&[(setting, "off")]);
        let refused = refusal(&instance.url()).await;
        assert!(refused.contains(&format!("{setting} is off")), "{refused}");
    }
}

#[tokio::test]
async fn a_citus_database_is_distributed_by_owner_once() {
    let instance = Instance::shared();
    let url = instance.fresh_sharded_url();
    let schema = url.rsplit("%3D").next().and_then(|path| path.split(',').next()).expect("it has a schema");
    for _ in 0..2 {
        let store = Store::open_postgres(&options(&url)).await.expect("opens");
        store.commit(put("a", b"1")).await.expect("commits");
        store.close();
        let count = |table| instance.sql(&format!("SELECT count(*) FROM {schema}.{table}"));
        assert_eq!([count("pg_dist_partition"), count("pg_dist_shard")], ["1".to_owned(), SHARDS.to_string()]);
    }
}

#[tokio::test]
async fn a_standby_is_refused() {
    let primary = Instance::start();
    let standby = primary.standby();
    let refused = refusal(&standby.url()).await;
    assert!(refused.contains("is a standby") && refused.contains("name the primary"), "{refused}");
    open(&primary.url()).await.expect("the primary is not refused");
}
