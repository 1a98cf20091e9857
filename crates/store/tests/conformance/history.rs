//! Histories of concurrent writers, checked for lost and torn updates.

use store::{Batch, Check, Class, Record, Store, StoreError};

use crate::support::{key, record};

const WRITERS: u64 = 8;
const STEPS: u64 = 60;

async fn number_under(store: &Store, suffix: &[u8]) -> (u64, u64) {
    let found = store.get(&key(suffix)).await.expect("reads").unwrap_or_else(|| record(0, &0_u64.to_be_bytes()));
    (found.version, number_in(&found))
}

fn number_in(record: &Record) -> u64 {
    u64::from_be_bytes(record.value.as_ref().try_into().expect("eight bytes were written"))
}

fn swap(batch: &mut Batch, suffix: &[u8], version: u64, to: u64) {
    let check = if version == 0 { Check::Absent(key(suffix)) } else { Check::Version(key(suffix), version) };
    batch.checks.push(check);
    batch.puts.push((key(suffix), record(version + 1, &to.to_be_bytes())));
}

/// Whether `batch` was written; another writer may have been quicker.
async fn is_written(store: &Store, batch: Batch) -> bool {
    match store.commit(batch).await {
        Ok(()) => true,
        Err(StoreError::Conflict) => {
            tokio::task::yield_now().await;
            false
        }
        Err(other) => panic!("only conflicts are expected: {other}"),
    }
}

async fn increment(store: &Store) -> Batch {
    let (version, number) = number_under(store, b"counter").await;
    let mut batch = Batch::new(Class::C1);
    swap(&mut batch, b"counter", version, number + 1);
    batch
}

async fn transfer(store: &Store, amount: u64) -> Batch {
    let (left_version, left) = number_under(store, b"left").await;
    let (right_version, right) = number_under(store, b"right").await;
    let (left, right) = if left >= amount { (left - amount, right + amount) } else { (left + right, 0) };
    let mut batch = Batch::new(Class::C1);
    swap(&mut batch, b"left", left_version, left);
    swap(&mut batch, b"right", right_version, right);
    batch
}

/// Every acknowledged increment of one counter by rival writers is in its final value, and each version was written once.
pub async fn concurrent_counters_lose_nothing(store: Store) {
    let writers = (0..WRITERS).map(|_| {
        let store = store.clone();
        tokio::spawn(async move {
            for _ in 0..STEPS {
                while !is_written(&store, increment(&store).await).await {}
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.expect("no writer panics");
    }
    assert_eq!(number_under(&store, b"counter").await, (WRITERS * STEPS, WRITERS * STEPS));
}

/// Money moved between two accounts under checks is neither made nor lost, at any moment anyone looks.
pub async fn transfers_keep_their_sum(store: Store) {
    const SUM: u64 = 1_000;
    let mut start = Batch::new(Class::C1);
    swap(&mut start, b"left", 0, SUM);
    swap(&mut start, b"right", 0, 0);
    store.commit(start).await.expect("commits");
    let writers = (0..WRITERS).map(|writer| tokio::spawn(move_money(store.clone(), writer))).collect::<Vec<_>>();
    while writers.iter().any(|writer| !writer.is_finished()) {
        let accounts = store.get_many(&[key(b"left"), key(b"right")]).await.expect("reads");
        assert_eq!(accounts.iter().flatten().map(number_in).sum::<u64>(), SUM);
        tokio::task::yield_now().await;
    }
    for writer in writers {
        writer.await.expect("no writer panics");
    }
}

async fn move_money(store: Store, writer: u64) {
    for step in 0..STEPS {
        let amount = (writer + step) % 7;
        while !is_written(&store, transfer(&store, amount).await).await {}
    }
}
