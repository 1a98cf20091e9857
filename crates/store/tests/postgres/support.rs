//! What the tests of the PostgreSQL engine share.

use std::time::{Duration, Instant};

use store::{Batch, Check, Class, DatabaseError, Key, Owner, PostgresOptions, Record, Store, StoreError};

/// Longest wait for something to happen.
const PATIENCE: Duration = Duration::from_secs(60);
/// The pause between two looks whether it did.
const NAP: Duration = Duration::from_millis(20);

/// The options of this URL.
pub fn options(url: &str) -> PostgresOptions {
    PostgresOptions::from_url(url).expect("a URL")
}

/// Opens the store there, waiting for nobody.
pub async fn open(url: &str) -> Result<Store, DatabaseError> {
    let mut options = options(url);
    options.lock_patience = Duration::ZERO;
    Store::open_postgres(&options).await
}

/// Why the store there does not open, which is one line without the password.
pub async fn refusal(url: &str) -> String {
    let text = open(url).await.expect_err("it is refused").to_string();
    assert!(text.lines().count() == 1 && !text.contains("drum"), "{text}");
    text
}

/// A key of one owner for each name.
pub fn key(name: &str) -> Key {
    Key::new(&Owner::new(1, name.as_bytes()), b"k")
}

/// A batch that puts one value.
pub fn put(name: &str, value: &[u8]) -> Batch {
    let mut batch = Batch::new(Class::C1);
    batch.put(key(name), value.to_vec());
    batch
}

/// A batch that moves a record from this version to the next.
pub fn step(name: &str, from: u64) -> Batch {
    let mut batch = Batch::new(Class::C1);
    batch.checks.push(if from == 0 { Check::Absent(key(name)) } else { Check::Version(key(name), from) });
    batch.puts.push((key(name), Record { version: from + 1, value: from.to_be_bytes().to_vec().into() }));
    batch
}

/// The version of a record, 0 if there is none, once it can be read.
pub async fn version(store: &Store, name: &str) -> u64 {
    let until = Instant::now() + PATIENCE;
    loop {
        match store.get(&key(name)).await {
            Ok(found) => return found.map_or(0, |record| record.version),
            Err(StoreError::Read(_)) if Instant::now() < until => tokio::time::sleep(NAP).await,
            Err(error) => panic!("{error}"),
        }
    }
}

/// Waits until `holds` does.
pub async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !holds().await {
        assert!(Instant::now() < until, "never: {what}");
        tokio::time::sleep(NAP).await;
    }
}
